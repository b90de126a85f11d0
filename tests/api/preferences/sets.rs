use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use super::guest;
use crate::harness::{Backend, World};

fn codes(set: &Value) -> Vec<&str> {
    set["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_preference_is_recorded_changed_and_taken_away(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (_, list) = guest(&world, &desk).await;
    let empty = world.get(&list).by(&desk).send().await;
    assert_eq!(empty.header("etag"), "\"1\"");
    let body = json!({"code": "high_floor", "polarity": "like", "importance": 4, "urgency": 3});
    let made = world.post(&list).by(&desk).json(&body).await;
    let path = made.header("location").to_owned();
    let made = made.ok(201);
    assert_eq!(
        (&made["category"], &made["priority"], &made["source"]),
        (&json!("room"), &json!(12), &json!("stated"))
    );
    let set = world.get(&list).by(&desk).send().await.ok(200);
    assert_eq!((&set["version"], &set["items"][0]["standing"]), (&json!(2), &json!("effective")));
    let patch = json!({"polarity": "must", "importance": null, "comment": "老客人"});
    let changed = world.patch(&path).by(&desk).if_match("\"1\"").json(&patch).await.ok(200);
    assert_eq!(
        (&changed["polarity"], changed.get("importance"), &changed["version"]),
        (&json!("must"), None, &json!(2))
    );
    world.patch(&path).by(&desk).if_match("\"1\"").json(&patch).await.problem(412, "precondition_failed");
    assert_eq!(world.delete(&path).by(&desk).if_match("\"2\"").send().await.status, 204);
    assert_eq!(codes(&world.get(&list).by(&desk).send().await.ok(200)), Vec::<&str>::new());
    let past = world.get(&format!("{list}?include=removed")).by(&desk).send().await.ok(200);
    assert_eq!(past["items"][0]["standing"], "removed");
    world.patch(&path).by(&desk).if_match("\"3\"").json(&patch).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn contradictions_are_refused_with_both_named(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (_, list) = guest(&world, &desk).await;
    let like =
        world.post(&list).by(&desk).json(&json!({"code": "high_floor", "polarity": "like"})).await.ok(201);
    for body in [
        json!({"code": "high_floor", "polarity": "must_not"}),
        json!({"code": "low_floor", "polarity": "must"}),
    ] {
        let refused = world.post(&list).by(&desk).json(&body).await.problem(409, "state_conflict");
        assert_eq!(refused["conflicting_id"], like["id"]);
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("“Likes: High floor”") && detail.starts_with("“Must"), "{detail}");
    }
    let again = json!({"code": "high_floor", "polarity": "like"});
    assert_eq!(
        world.post(&list).by(&desk).json(&again).await.problem(409, "already_taken")["conflicting_id"],
        like["id"]
    );
    for body in [
        json!({"code": "medium_floor", "polarity": "like"}),
        json!({"code": "king_size_bed", "polarity": "like"}),
        json!({"code": "twin_beds", "polarity": "like"}),
    ] {
        world.post(&list).by(&desk).json(&body).await.ok(201);
    }
    let both = json!({"items": [{"code": "bathtub", "polarity": "like"}, {"code": "shower", "polarity": "like"},
        {"code": "bathtub", "polarity": "must_not"}]});
    assert_eq!(
        world.put(&list).by(&desk).if_match("*").json(&both).await.faults(422, "invalid_content"),
        ["/items/0 contradiction", "/items/2 contradiction"]
    );
}

#[rstest]
#[actix_web::test]
async fn a_set_is_replaced_by_what_is_sent_and_nothing_else(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (_, list) = guest(&world, &desk).await;
    let body = json!({"items": [{"code": "high_floor", "polarity": "like"}, {"code": "bathtub", "polarity": "like"},
        {"category": "room", "text": "镜子少一点", "polarity": "must"}]});
    world.put(&list).by(&desk).json(&body).await.problem(428, "precondition_required");
    let first = world.put(&list).by(&desk).if_match("\"1\"").json(&body).await;
    assert_eq!(first.header("etag"), "\"2\"");
    let first = first.ok(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    let same = world.put(&list).by(&desk).if_match("\"2\"").json(&body).await.ok(200);
    assert_eq!(same, first, "the same again changes nothing");
    let body = json!({"items": [{"code": "high_floor", "polarity": "like", "importance": 5}, {"code": "shower", "polarity": "like"}]});
    world.put(&list).by(&desk).if_match("\"1\"").json(&body).await.problem(412, "precondition_failed");
    let second = world.put(&list).by(&desk).if_match("\"2\"").json(&body).await.ok(200);
    assert_eq!(codes(&second), ["high_floor", "shower"]);
    assert_eq!(
        (&second["items"][0]["id"], &second["items"][0]["version"]),
        (&first["items"][0]["id"], &json!(2))
    );
    assert_eq!(world.get(&list).by(&desk).send().await.ok(200), second, "the answer tells what is stored");
    let all = world.get(&format!("{list}?include=removed")).by(&desk).send().await.ok(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 4);
    let unknown = json!({"items": [{"code": "no_such_thing", "polarity": "like"}, {"polarity": "like"}]});
    assert_eq!(
        world.put(&list).by(&desk).if_match("*").json(&unknown).await.faults(422, "invalid_content"),
        ["/items/0/code unknown_reference", "/items/1/text required", "/items/1/category required"]
    );
}

#[rstest]
#[actix_web::test]
async fn expired_ones_stay_in_the_history_and_out_of_the_set(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (_, list) = guest(&world, &desk).await;
    let body = json!({"code": "crib", "polarity": "must", "valid_until": "2026-11-22"});
    world.post(&list).by(&desk).json(&body).await.ok(201);
    assert_eq!(codes(&world.get(&list).by(&desk).send().await.ok(200)), ["crib"]);
    world.clock.advance(TimeDelta::days(2));
    let desk = world.staff("front_desk").await;
    let answer = world.get(&list).by(&desk).header("if-none-match", "\"2\"").send().await;
    assert_eq!(codes(&answer.ok(200)), Vec::<&str>::new(), "what ends by itself is told though nobody wrote");
    let past = world.get(&format!("{list}?include=expired")).by(&desk).send().await.ok(200);
    assert_eq!(past["items"][0]["standing"], "expired");
    // What is over contradicts nothing any more.
    world.post(&list).by(&desk).json(&json!({"code": "crib", "polarity": "must_not"})).await.ok(201);
    let odd = json!({"code": "bathtub", "polarity": "like", "valid_from": "2027-02-01", "valid_until": "2027-01-01"});
    assert_eq!(
        world.post(&list).by(&desk).json(&odd).await.faults(422, "invalid_content"),
        ["/valid_until period"]
    );
}

#[rstest]
#[actix_web::test]
async fn another_hotel_sees_nothing_of_what_is_meant_for_one(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "front_desk").await;
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    let (_, list) = guest(&world, &here).await;
    let body = json!({"code": "same_room", "polarity": "like", "hotel_ids": [world.home.hotel]});
    let made = world.post(&list).by(&here).json(&body).await;
    let path = made.header("location").to_owned();
    made.ok(201);
    assert_eq!(codes(&world.get(&list).by(&here).send().await.ok(200)), ["same_room"]);
    assert_eq!(codes(&world.get(&list).by(&there).send().await.ok(200)), Vec::<&str>::new());
    world.get(&path).by(&there).send().await.problem(404, "not_found");
    assert_eq!(
        world.post(&list).by(&there).json(&body).await.faults(422, "invalid_content"),
        ["/hotel_ids/0 unknown_reference"]
    );
    // An empty set of theirs takes nothing away that they cannot see.
    world.put(&list).by(&there).if_match("*").json(&json!({"items": []})).await.ok(200);
    assert_eq!(codes(&world.get(&list).by(&here).send().await.ok(200)), ["same_room"]);
}

#[rstest]
#[actix_web::test]
async fn a_long_history_is_read_page_by_page(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (_, list) = guest(&world, &desk).await;
    for code in ["bathtub", "shower", "balcony"] {
        world.post(&list).by(&desk).json(&json!({"code": code, "polarity": "like"})).await.ok(201);
    }
    let first = world.get(&format!("{list}?limit=2")).by(&desk).send().await.ok(200);
    assert_eq!((codes(&first), &first["has_more"]), (vec!["bathtub", "shower"], &json!(true)));
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = world.get(&format!("{list}?limit=2&cursor={cursor}")).by(&desk).send().await.ok(200);
    assert_eq!((codes(&next), &next["has_more"]), (vec!["balcony"], &json!(false)));
}
