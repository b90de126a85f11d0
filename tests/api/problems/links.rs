//! What two complaints have to do with each other, seen from both sides.

use rstest::rstest;
use serde_json::{Value, json};

use super::about;
use crate::complaints::{path, read};
use crate::harness::{Answer, Backend, Person, World};

async fn link(world: &World, by: &Person, from: &Value, kind: &str, to: &Value) -> Answer {
    let body = json!({"type": kind, "other_complaint_id": to["id"]});
    world.post(&format!("{}/links", path(from))).by(by).json(&body).await
}

async fn links(world: &World, by: &Person, of: &Value) -> Vec<(String, Value)> {
    let list = world.get(&format!("{}/links", path(of))).by(by).send().await.ok(200);
    let seen =
        |one: &Value| (one["relation"].as_str().unwrap().to_owned(), one["other_complaint_id"].clone());
    list["items"].as_array().unwrap().iter().map(seen).collect()
}

#[rstest]
#[actix_web::test]
async fn a_link_is_seen_from_both_sides_and_taken_away_from_either(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let mut made = Vec::new();
    for asset in ["A", "B", "C"] {
        made.push(about(&world, &desk, asset, asset, json!({})).await);
    }
    let [one, two, three] = made.as_slice() else { panic!() };
    let linked = link(&world, &desk, one, "caused_by", two).await.ok(201);
    assert_eq!((&linked["relation"], &linked["other_number"]), (&json!("caused_by"), &two["number"]));
    link(&world, &desk, three, "duplicate_of", one).await.ok(201);
    link(&world, &desk, two, "related", three).await.ok(201);
    link(&world, &desk, one, "follows", two).await.ok(201);
    let seen = |relation: &str, other: &Value| (relation.to_owned(), other["id"].clone());
    let expected = [seen("caused_by", two), seen("duplicated_by", three), seen("follows", two)];
    assert_eq!(links(&world, &desk, one).await, expected);
    let expected = [seen("causes", one), seen("related", three), seen("followed_by", one)];
    assert_eq!(links(&world, &desk, two).await, expected);
    assert_eq!(links(&world, &desk, three).await, [seen("duplicate_of", one), seen("related", two)]);
    // Two are linked once in one way, whichever side says so.
    link(&world, &desk, one, "caused_by", two).await.problem(409, "state_conflict");
    link(&world, &desk, two, "caused_by", one).await.problem(409, "state_conflict");
    link(&world, &desk, three, "related", two).await.problem(409, "state_conflict");
    // The complaint on which it was made has a new version, and its timeline tells of it.
    assert_eq!(read(&world, &desk, one).await["version"], 3);
    let timeline = world.get(&format!("{}/timeline", path(one))).by(&desk).send().await.ok(200);
    assert_eq!(timeline["items"][0]["action"], "complaint.linked");
    let place = format!("/v1/complaint-links/{}", linked["id"].as_str().unwrap());
    world.delete(&place).by(&desk).if_match("\"2\"").send().await.problem(412, "precondition_failed");
    world.delete(&place).by(&desk).if_match("\"1\"").send().await.ok(204);
    world.delete(&place).by(&desk).if_match("*").send().await.problem(404, "not_found");
    assert_eq!(links(&world, &desk, one).await.len(), 2);
    // Page by page.
    let page = world.get(&format!("{}/links?limit=1", path(one))).by(&desk).send().await.ok(200);
    let next = format!("{}/links?limit=1&cursor={}", path(one), page["next_cursor"].as_str().unwrap());
    assert_eq!(world.get(&next).by(&desk).send().await.ok(200)["items"][0]["relation"], "follows");
}

#[rstest]
#[actix_web::test]
async fn a_complaint_is_linked_only_to_another_that_can_be_seen(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "front_desk").await;
    let one = about(&world, &admin, "A", "1", json!({})).await;
    let elsewhere = about(&world, &admin, "B", "2", json!({"hotel_id": world.home.other_hotel})).await;
    let theirs = about(&world, &foreign, "C", "3", json!({"hotel_id": world.foreign.hotel})).await;
    let faults = link(&world, &here, &one, "related", &one).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/other_complaint_id itself"]);
    for hidden in [&elsewhere, &theirs] {
        let faults = link(&world, &here, &one, "related", hidden).await.faults(422, "invalid_content");
        assert_eq!(faults, ["/other_complaint_id unknown_reference"]);
    }
    link(&world, &here, &elsewhere, "related", &one).await.problem(404, "not_found");
    // Somebody who sees both links them; whoever sees one does not hear of the other.
    let made = link(&world, &admin, &one, "related", &elsewhere).await.ok(201);
    assert_eq!(links(&world, &admin, &one).await.len(), 1);
    assert!(links(&world, &here, &one).await.is_empty());
    let place = format!("/v1/complaint-links/{}", made["id"].as_str().unwrap());
    world.delete(&place).by(&here).if_match("*").send().await.problem(404, "not_found");
    let timeline = world.get(&format!("{}/timeline", path(&one))).by(&here).send().await.ok(200);
    assert!(!timeline.to_string().contains(elsewhere["id"].as_str().unwrap()));
    let body = json!({"type": "same_problem", "other_complaint_id": elsewhere["id"]});
    let answer = world.post(&format!("{}/links", path(&one))).by(&admin).json(&body).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/type unknown_value"]);
}
