//! What cannot be: refused by the name of its member, and nothing changes.

use rstest::rstest;
use serde_json::json;

use super::{act, action_path, path, plan, problem, read};
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn what_repeats_is_told_in_one_way(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    for (repeats, fault) in [
        (json!({"kind": "asset"}), "/repeats mismatch"),
        (json!({"kind": "asset", "asset": "A", "room": "1"}), "/repeats mismatch"),
        (json!({"kind": "asset", "asset": "\u{200B}"}), "/repeats mismatch"),
        (json!({"kind": "room", "cause_category": "price"}), "/repeats mismatch"),
        (json!({"kind": "cause", "sub_cause": "equipment_failure"}), "/repeats mismatch"),
        (
            json!({"kind": "cause", "sub_cause": "nothing", "department": "front-office"}),
            "/repeats/sub_cause unknown_value",
        ),
        (
            json!({"kind": "cause", "cause_category": "price", "department": "kitchen"}),
            "/repeats/department unknown_reference",
        ),
        (json!({"kind": "room", "room": "a\nb", "cause_category": "price"}), "/repeats/room single_line"),
        (json!({"kind": "floor"}), "/repeats/kind unknown_value"),
    ] {
        let body = json!({"hotel_id": world.home.hotel, "repeats": repeats});
        let faults = world.post("/v1/problems").by(&admin).json(&body).await.faults(422, "invalid_content");
        assert_eq!(faults.first().map(String::as_str), Some(fault), "{body} {faults:?}");
    }
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "quality").await;
    let repeats = json!({"kind": "asset", "asset": "A"});
    let body = json!({"hotel_id": world.home.hotel, "repeats": repeats});
    let faults = world.post("/v1/problems").by(&elsewhere).json(&body).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/hotel_id unknown_reference"]);
    let body = json!({"hotel_id": world.home.hotel, "repeats": repeats, "owner_id": elsewhere.staff});
    let faults = world.post("/v1/problems").by(&admin).json(&body).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/owner_id unknown_reference"]);
    assert_eq!(world.get("/v1/problems").by(&admin).send().await.ok(200)["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn an_action_names_people_and_departments_of_its_hotel_and_a_day_that_exists(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "quality").await;
    let found = problem(&world, &admin, "A").await;
    let good =
        json!({"type": "design", "description": "x", "department": "front-office", "due_on": "2026-12-01"});
    for (member, value, fault) in [
        ("department", json!("kitchen"), "/department unknown_reference"),
        ("owner_id", json!(elsewhere.staff), "/owner_id unknown_reference"),
        ("due_on", json!("2026-02-30"), "/due_on date"),
        ("due_on", json!("1826-02-03"), "/due_on range"),
        ("type", json!("punishment"), "/type unknown_value"),
        ("description", json!("  "), "/description some_text"),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let place = format!("{}/actions", path(&found));
        let faults = world.post(&place).by(&admin).json(&body).await.faults(422, "invalid_content");
        assert_eq!(faults.len(), 1, "{body} {faults:?}");
        if member != "description" {
            assert_eq!(faults, [fault]);
        }
    }
    let action = plan(&world, &admin, &found, json!({})).await;
    let place = action_path(&action);
    let done = json!({"done_by_staff_id": elsewhere.staff});
    let faults = act(&world, &admin, &format!("{place}/done"), done).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/done_by_staff_id unknown_reference"]);
    let done = json!({"done_at": "2026-11-22T08:00:00Z"});
    let faults = act(&world, &admin, &format!("{place}/done"), done).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/done_at future"]);
    let patch = json!({"department": null});
    let faults =
        world.patch(&place).by(&admin).if_match("*").json(&patch).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/department not_null"]);
    assert_eq!(world.get(&place).by(&admin).send().await.ok(200), action);
    // The change of an action is none of the problem's.
    assert_eq!(read(&world, &admin, &found).await, found);
    let desk = world.staff("front_desk").await;
    assert_eq!(world.get(&place).by(&desk).send().await.status, 200);
    act(&world, &desk, &format!("{place}/start"), serde_json::Value::Null).await.problem(403, "forbidden");
}
