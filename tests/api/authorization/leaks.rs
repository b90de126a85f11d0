//! Nothing of a group or hotel stands in any answer to those who may not see it: lists, search, counts, cursors,
//! events, audit, export, duplicates, matches and conflicts.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::driver::{Operation, Owner, fresh, operations, send};
use super::policy::Target;
use crate::harness::{Answer, Backend, Person, World};

const WORD: &str = "Zqxcanary";

/// One object of each kind, and the ids by which they could be asked for.
async fn everything(owner: &Owner<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for target in [
        Target::Guest,
        Target::ArchivedGuest,
        Target::RestrictedGuest,
        Target::Note,
        Target::ArchivedNote,
        Target::Relationship,
        Target::PlanItem,
        Target::Budget,
        Target::Cost,
        Target::Merge,
        Target::Duplicate,
        Target::Preference,
        Target::Consent,
        Target::Stay,
        Target::StayInHouse,
        Target::StayCancelled,
        Target::ServiceProblem,
        Target::CorrectiveAction,
        Target::Staff,
        Target::DutyShift,
        Target::Job,
    ] {
        ids.extend(owner.target(target).await);
    }
    let department = format!("/v1/departments/{}", owner.group.department);
    let names = json!({"names": {"en": WORD}});
    owner.world.patch(&department).by(owner.admin).if_match("*").json(&names).await.ok(200);
    let hotel = format!("/v1/hotels/{}", owner.group.hotel);
    let names = json!({"names": {"en": WORD, "zh-CN": WORD}});
    owner.world.patch(&hotel).by(owner.admin).if_match("*").json(&names).await.ok(200);
    ids.extend([owner.group.hotel.to_string(), owner.group.department.to_string()]);
    if owner.hotel.is_none() {
        // Partners are the whole group's, and so are calendars, which have no ids.
        for target in [Target::Partner, Target::ArchivedPartner, Target::MergedPartner] {
            ids.extend(owner.target(target).await);
        }
        owner.target(Target::ServiceCalendar).await;
    }
    owner.world.sequence(owner.group.id).await;
    ids
}

/// Query strings that could bring something up: each id and the word itself in each parameter that takes them.
fn queries(operation: &Operation, ids: &[String]) -> Vec<String> {
    let mut found = vec!["limit=200".to_owned(), String::new()];
    for parameter in operation.parameters.iter().filter(|parameter| parameter["in"] == "query") {
        let name = parameter["name"].as_str().unwrap();
        if parameter["schema"]["format"] == "uuid" {
            found.extend(ids.iter().map(|id| format!("{name}={id}")));
        }
        match name {
            "q" | "tag" => {
                found.extend([format!("{name}={WORD}"), format!("{name}={}", WORD.to_lowercase())])
            }
            "status" if operation.id == "list_guests" => found.push("status=active,archived,merged".into()),
            "archived" => found.push("archived=true".into()),
            _ => {}
        }
    }
    let limited = |query: &String| {
        !query.contains("limit") || operation.parameters.iter().any(|p| p["name"] == "limit")
    };
    found.retain(limited);
    found
}

/// All that an answer says, but for what the caller sent.
fn said(answer: &Answer) -> String {
    let headers: String =
        answer.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
    format!("{headers}{}", String::from_utf8_lossy(&answer.bytes))
}

async fn lists(world: &World, by: &Person, ids: &[String]) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for operation in operations() {
        if operation.method != Method::GET
            || operation.path.contains('{')
            || operation.path.starts_with("/metrics")
        {
            continue;
        }
        for query in queries(&operation, ids) {
            let path =
                if query.is_empty() { operation.path.clone() } else { format!("{}?{query}", operation.path) };
            let answer = send(world, &operation, &path, Some(&by.token), None).await;
            assert!(answer.status == 200, "{path}: {}", said(&answer));
            told.push((path, said(&answer)));
        }
    }
    let name = json!({"names": [{"surname": WORD, "given_name": format!("{WORD}a")}], "birth_date": "1988-05-17",
        "phones": [{"number": "+8613800138000"}], "emails": [{"address": format!("{WORD}@example.com")}]});
    let answer = world.post("/v1/guests/match").by(by).json(&name).await;
    told.push(("match".into(), said(&answer)));
    told
}

fn assert_nothing(told: &[(String, String)], ids: &[String]) {
    for (path, text) in told {
        assert!(!text.to_lowercase().contains(&WORD.to_lowercase()), "{path}: {text}");
        for id in ids {
            assert!(!text.contains(id.as_str()), "{path} names {id}: {text}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_foreign_group_hears_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: WORD };
    let ids = everything(&owner).await;
    let shown = lists(&world, &admin, &ids).await;
    for path in [
        "/v1/guests",
        "/v1/events",
        "/v1/audit-entries",
        "/v1/guests/export",
        "/v1/hotels",
        "/v1/staff",
        "/v1/guests/duplicates",
        "/v1/partners",
        "/v1/service-calendars",
        "match",
    ] {
        let whole = shown.iter().filter(|(at, _)| at.split('?').next() == Some(path));
        assert!(
            whole.into_iter().any(|(_, text)| text.contains(WORD)),
            "{path} does not show it to its own admin"
        );
    }
    world.sequence(world.foreign.id).await;
    let told = lists(&world, &foreign, &ids).await;
    assert!(told.len() > 100, "{}", told.len());
    assert_nothing(&told, &ids);
    // A namesake is no duplicate over there, and a reference is free there.
    let guest: Value = world.get(&format!("/v1/guests/{}", ids[0])).by(&admin).send().await.ok(200);
    let body = json!({"names": guest["names"], "phones": guest["phones"], "birth_date": "1988-05-17", "external_refs": guest["external_refs"]});
    world.post("/v1/guests").by(&foreign).json(&body).await.ok(201);
}

#[rstest]
#[case("general_manager")]
#[case("admin")]
#[actix_web::test]
async fn another_hotel_hears_nothing_of_what_one_keeps(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] role: &str,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let other = world.staff_at(world.home, Some(world.home.other_hotel), role).await;
    let owner =
        Owner { world: &world, admin: &admin, group: world.home, hotel: Some(world.home.hotel), word: WORD };
    let mut ids = everything(&owner).await;
    // That a scan was asked for is no secret of a hotel.
    let job = ids.remove(ids.len() - 3);
    assert_eq!(world.get(&format!("/v1/jobs/{job}")).by(&admin).send().await.status, 200);
    let told = lists(&world, &other, &ids).await;
    assert_nothing(&told, &ids);
    let guest: Value = world.get(&format!("/v1/guests/{}", ids[0])).by(&admin).send().await.ok(200);
    let body = json!({"names": guest["names"], "phones": guest["phones"], "birth_date": "1988-05-17"});
    world.post("/v1/guests").by(&other).json(&body).await.ok(201);
    let taken = json!({"names": [{"surname": "Li"}], "external_refs": guest["external_refs"]});
    let answer = world.post("/v1/guests").by(&other).header("x-request-id", &fresh()).json(&taken).await;
    assert!(answer.problem(409, "already_taken").get("conflicting_id").is_none());
}
