//! Every id a caller may send, in a body, a query or a cursor, swapped for one of another group.

use hospes::kit::ids::HotelId;
use rstest::rstest;
use serde_json::{Value, json};

use super::callers::traces;
use super::driver::{Operation, Owner, fresh, operation, operations, path, send};
use super::policy::{Target, row_of};
use crate::harness::{Backend, World};

/// Pointers of members that hold an id, below a schema.
fn id_members(document: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        return id_members(document, document.pointer(&reference[1..]).unwrap(), at, found);
    }
    if schema["format"] == "uuid" {
        found.push(at.to_owned());
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        id_members(document, member, &format!("{at}/{name}"), found);
    }
    if schema["items"].is_object() {
        id_members(document, &schema["items"], &format!("{at}/0"), found);
    }
    for part in schema["oneOf"].as_array().into_iter().flatten() {
        id_members(document, part, at, found);
    }
}

/// The id of an owner's object that fits a member.
async fn fitting(owner: &Owner<'_>, member: &str) -> String {
    match member {
        "other_guest_id" | "survivor_id" | "merged_id" | "guest_id" | "subject" => {
            owner.guest().await["id"].as_str().unwrap().to_owned()
        }
        "into_partner_id" | "partner_id" | "agent_id" | "company_id" => {
            owner.target(Target::Partner).await.remove(0)
        }
        "hotel_id" | "hotel_ids" | "private_to_hotel_id" => {
            owner.hotel.unwrap_or(owner.group.hotel).to_string()
        }
        "stay_id" => owner.target(Target::Stay).await.remove(0),
        "into_complaint_id" | "other_complaint_id" | "complaint_id" => {
            owner.target(Target::Complaint).await.remove(0)
        }
        "problem_id" => owner.target(Target::ServiceProblem).await.remove(0),
        "budget_id" => owner.target(Target::Budget).await.remove(0),
        "subject_id" => owner.target(Target::Cost).await.remove(0),
        "department_id" => owner.group.department.to_string(),
        "owner_id"
        | "approved_by"
        | "actor"
        | "staff_id"
        | "interviewed_staff_ids"
        | "done_by_staff_id"
        | "watcher_ids" => owner.admin.staff.to_string(),
        other => panic!("nothing fits {other}: say here what it is the id of"),
    }
}

/// The part of a body at a pointer, made where it is missing.
fn reach<'b>(body: &'b mut Value, pointer: &str) -> &'b mut Value {
    let mut part = body;
    for step in pointer.split('/').skip(1) {
        part = if step == "0" {
            if !part.is_array() {
                *part = json!([{}]);
            }
            &mut part[0]
        } else {
            if !part[step].is_object() && !part[step].is_array() {
                part[step] = json!({});
            }
            &mut part[step]
        };
    }
    part
}

fn put(body: &mut Value, pointer: &str, id: &str) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    if member == "0" {
        let (above, list) = parent.rsplit_once('/').unwrap();
        body.pointer_mut(above).unwrap()[list] = json!([id]);
        return;
    }
    reach(body, parent)[member] = json!(id);
    if pointer == "/hotel_id" && body.get("reason_code").is_some() {
        body["scope"] = json!("hotel");
    }
}

async fn with(caller: &Owner<'_>, operation: &Operation, pointer: &str, id: &str) -> (u16, String) {
    let ids = caller.target(row_of(&operation.id).target).await;
    let mut body = caller.filled(&operation.body.as_ref().unwrap().2).await;
    put(&mut body, pointer, id);
    let body = Some(("application/json".to_owned(), body.to_string()));
    let answer = send(caller.world, operation, &path(operation, &ids), Some(&caller.admin.token), body).await;
    (answer.status, String::from_utf8_lossy(&answer.bytes).into_owned())
}

#[rstest]
#[actix_web::test]
async fn an_id_of_another_group_in_a_body_is_an_id_of_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "Zqxcanary" };
    let caller = Owner { world: &world, admin: &foreign, group: world.foreign, hotel: None, word: "Own" };
    let document = hospes::app::document();
    let mut swapped = 0;
    for operation in operations() {
        let Some((media, schema, _)) = &operation.body else { continue };
        if media != "application/json" {
            continue;
        }
        let mut members = Vec::new();
        id_members(&document, schema, "", &mut members);
        for pointer in members {
            let member = pointer.rsplit('/').find(|part| *part != "0").unwrap();
            let own = fitting(&caller, member).await;
            let (status, text) = with(&caller, &operation, &pointer, &own).await;
            assert!(
                (200..300).contains(&status),
                "{} {pointer} with one's own: {status} {text}",
                operation.id
            );
            let theirs = fitting(&owner, member).await;
            let before = traces(&world, world.home).await;
            for id in [theirs, fresh()] {
                let (status, text) = with(&caller, &operation, &pointer, &id).await;
                assert!([404, 409, 422].contains(&status), "{} {pointer}: {status} {text}", operation.id);
                assert!(!text.contains("Zqxcanary"), "{} {pointer}: {text}", operation.id);
            }
            assert_eq!(traces(&world, world.home).await, before, "{} {pointer}", operation.id);
            swapped += 1;
        }
    }
    assert!(swapped >= 15, "{swapped}");
}

#[rstest]
#[actix_web::test]
async fn an_id_of_another_hotel_in_a_body_is_an_id_of_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (first, second): (HotelId, HotelId) = (world.home.hotel, world.home.other_hotel);
    let admin = world.staff("admin").await;
    let theirs =
        Owner { world: &world, admin: &admin, group: world.home, hotel: Some(first), word: "Zqxprivate" };
    let here = world.staff_at(world.home, Some(second), "admin").await;
    for (id, pointer) in [
        ("create_guest", "/private_to_hotel_id"),
        ("update_guest", "/private_to_hotel_id"),
        ("create_guest_note", "/hotel_id"),
        ("set_guest_restriction", "/hotel_id"),
        ("create_guest_relationship", "/other_guest_id"),
        ("create_merge", "/merged_id"),
        ("preview_merge", "/survivor_id"),
        ("create_guest_preference", "/hotel_ids/0"),
        ("update_guest_preference", "/hotel_ids/0"),
        ("replace_guest_preferences", "/items/0/hotel_ids/0"),
        ("create_guest_consent", "/hotel_id"),
        ("create_stay", "/hotel_id"),
        ("create_stay", "/guest/guest_id"),
        ("create_stay", "/companions/0/guest_id"),
        ("deliver_stay", "/hotel_id"),
        ("deliver_stay", "/guest/guest_id"),
        ("deliver_complaint", "/hotel_id"),
        ("deliver_complaint", "/guest_id"),
        ("deliver_complaint", "/stay_id"),
        ("create_budget", "/hotel_id"),
        ("create_staff", "/memberships/0/hotel_id"),
        ("replace_memberships", "/memberships/0/hotel_id"),
        ("preview_service_levels", "/hotel_id"),
    ] {
        let operation = operation(id);
        let caller = Owner { admin: &here, hotel: Some(second), word: "Own", ..theirs };
        let id = fitting(&theirs, pointer.rsplit('/').find(|part| *part != "0").unwrap()).await;
        let (status, text) = with(&caller, &operation, pointer, &id).await;
        assert!([403, 404, 409, 422].contains(&status), "{} {pointer}: {status} {text}", operation.id);
        assert!(!text.contains("Zqxprivate"), "{} {pointer}: {text}", operation.id);
    }
}

#[rstest]
#[actix_web::test]
async fn an_id_of_another_group_in_a_query_finds_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "Zqxcanary" };
    let caller = Owner { admin: &foreign, group: world.foreign, word: "Own", ..owner };
    let mut asked = 0;
    for operation in operations() {
        for parameter in
            operation.parameters.iter().filter(|p| p["in"] == "query" && p["schema"]["format"] == "uuid")
        {
            let name = parameter["name"].as_str().unwrap();
            let theirs = fitting(&owner, name).await;
            let own = caller.target(row_of(&operation.id).target).await;
            let path = format!("{}?{name}={theirs}", path(&operation, &own));
            let body = world.get(&path).by(&foreign).send().await.ok(200);
            assert_eq!(body["items"], json!([]), "{path}");
            asked += 1;
        }
    }
    assert!(asked >= 6, "{asked}");
}

#[rstest]
#[actix_web::test]
async fn a_cursor_is_good_for_its_own_list_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "Zqxcanary" };
    use super::policy::Target::{
        Budget, Complaint, CorrectiveAction, Cost, Duplicate, Job, Merge, Partner, PlanItem, Staff, Stay,
    };
    let twice = [Budget, Complaint, CorrectiveAction, Cost, Duplicate, Merge, Job, Partner, PlanItem, Stay];
    for target in twice.into_iter().chain(twice).chain([Staff]) {
        owner.target(target).await;
    }
    let mut tried = 0;
    for operation in operations() {
        if operation.path.contains('{') || !operation.parameters.iter().any(|p| p["name"] == "cursor") {
            continue;
        }
        let first = world.get(&format!("{}?limit=1", operation.path)).by(&admin).send().await.ok(200);
        let cursor = first["next_cursor"]
            .as_str()
            .unwrap_or_else(|| panic!("{} has one page", operation.id))
            .to_owned();
        let at = |cursor: &str| format!("{}?limit=1&cursor={cursor}", operation.path);
        world.get(&at(&cursor)).by(&admin).send().await.ok(200);
        if operation.id != "list_roles" {
            // Roles are the same for everybody; all else is a group's own.
            world.get(&at(&cursor)).by(&foreign).send().await.problem(400, "invalid_cursor");
        }
        for place in (0..cursor.len()).step_by(5) {
            let mut bytes = cursor.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            world.get(&at(&forged)).by(&admin).send().await.problem(400, "invalid_cursor");
        }
        let elsewhere = if operation.path == "/v1/hotels" { "/v1/roles" } else { "/v1/hotels" };
        world
            .get(&format!("{elsewhere}?cursor={cursor}"))
            .by(&admin)
            .send()
            .await
            .problem(400, "invalid_cursor");
        tried += 1;
    }
    assert!(tried >= 7, "{tried}");
}
