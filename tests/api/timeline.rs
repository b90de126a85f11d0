//! The timeline of a guest: everything, newest first, as far as the reader may see it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

async fn actions(world: &World, by: &Person, guest: &str, rest: &str) -> (Vec<String>, Value) {
    let page = world.get(&format!("/v1/guests/{guest}/timeline{rest}")).by(by).send().await.ok(200);
    let found = page["items"].as_array().unwrap().iter();
    (found.map(|entry| entry["action"].as_str().unwrap().to_owned()).collect(), page)
}

#[rstest]
#[actix_web::test]
async fn everything_is_told_newest_first_to_those_who_may_see_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let guest = world.named(&manager, "王", "小明").await;
    let id = guest["id"].as_str().unwrap();
    let wish = json!({"code": "quiet_room", "polarity": "like"});
    world.post(&format!("/v1/guests/{id}/preferences")).by(&manager).json(&wish).await.ok(201);
    for (text, confidential) in [("荞麦枕", false), ("保密", true)] {
        let note = json!({"class": "general", "text": text, "confidential": confidential});
        world.post(&format!("/v1/guests/{id}/notes")).by(&manager).json(&note).await.ok(201);
    }
    let consent = json!({"purpose": "sensitive_data", "method": "written"});
    world.post(&format!("/v1/guests/{id}/consents")).by(&manager).json(&consent).await.ok(201);
    let stay = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": id}, "arrival_on": "2026-12-20",
        "departure_on": "2026-12-22"});
    let stay = world.post("/v1/stays").by(&manager).json(&stay).await.ok(201);
    let cancel = format!("/v1/stays/{}/cancel", stay["id"].as_str().unwrap());
    world.post(&cancel).by(&manager).if_match("\"1\"").json(&json!({"reason": "改期"})).await.ok(200);

    let whole = [
        "stay.cancelled",
        "stay.created",
        "consent.given",
        "note.created",
        "note.created",
        "preference.created",
        "guest.created",
    ];
    let (told, page) = actions(&world, &manager, id, "").await;
    assert_eq!(told, whole);
    assert!(!page.to_string().contains("保密"));
    // Page by page it is the same.
    let (first, page) = actions(&world, &manager, id, "?limit=3").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let (second, page) = actions(&world, &manager, id, &format!("?limit=200&cursor={cursor}")).await;
    assert_eq!([first, second].concat(), whole);
    assert_eq!(page["has_more"], false);
    // Engineers see no consents and no confidential note.
    let engineer = world.staff("engineering").await;
    let (told, _) = actions(&world, &engineer, id, "").await;
    assert_eq!(
        told,
        ["stay.cancelled", "stay.created", "note.created", "preference.created", "guest.created"]
    );
    let foreign = world.staff_at(world.foreign, None, "general_manager").await;
    world.get(&format!("/v1/guests/{id}/timeline")).by(&foreign).send().await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn what_was_recorded_of_a_merged_guest_is_told_of_the_one_it_became(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("general_manager").await;
    let (a, b) = (world.named(&by, "王", "小明").await, world.named(&by, "李", "雷").await);
    let (a_id, b_id) = (a["id"].as_str().unwrap(), b["id"].as_str().unwrap());
    let body = json!({"survivor_id": a_id, "merged_id": b_id, "survivor_version": 1, "merged_version": 1});
    world.post("/v1/guest-merges").by(&by).json(&body).await.ok(201);
    let (told, _) = actions(&world, &by, a_id, "").await;
    assert_eq!(told, ["guest.merged", "guest.created", "guest.created"]);
    assert_eq!(actions(&world, &by, b_id, "").await.0, told);
}
