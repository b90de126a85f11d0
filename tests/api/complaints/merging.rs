//! Complaints that are one, and one that is two; and guests that are one.

use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, make, read};
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_merge_can_be_taken_back(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let head = world.staff("department_head").await;
    let (one, two) = (complaint(&world, &head, json!({})).await, complaint(&world, &head, json!({})).await);
    let into = json!({"into_complaint_id": two["id"], "reason": "同一件事"});
    let merged = make(&world, &head, &one, "merge", into.clone()).await.ok(200);
    assert_eq!((&merged["status"], &merged["merged_into"]), (&json!("merged"), &two["id"]));
    make(&world, &head, &one, "merge", into).await.problem(409, "state_conflict");
    make(&world, &head, &one, "messages", json!({"body": "x", "visibility": "guest"}))
        .await
        .problem(409, "state_conflict");
    // Not into one that is merged: that would be a circle.
    let back = json!({"into_complaint_id": one["id"]});
    make(&world, &head, &two, "merge", back).await.problem(409, "state_conflict");
    let itself = json!({"into_complaint_id": two["id"]});
    make(&world, &head, &two, "merge", itself).await.problem(409, "state_conflict");

    let again = make(&world, &head, &one, "unmerge", Value::Null).await.ok(200);
    let mut expected = one.clone();
    for (at, told) in [
        ("version", &again),
        ("problem_id", &again),
        ("updated_at", &again),
        ("updated_by", &again),
        ("clocks", &again),
    ] {
        expected[at] = told[at].clone();
    }
    assert_eq!(again, expected);
}

#[rstest]
#[actix_web::test]
async fn two_merges_into_each_other_make_no_circle(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let head = world.staff("department_head").await;
    for _ in 0..5 {
        let (one, two) =
            (complaint(&world, &head, json!({})).await, complaint(&world, &head, json!({})).await);
        let (first, second) = futures_util::future::join(
            make(&world, &head, &one, "merge", json!({"into_complaint_id": two["id"]})),
            make(&world, &head, &two, "merge", json!({"into_complaint_id": one["id"]})),
        )
        .await;
        let merged = [first.status, second.status].iter().filter(|status| **status == 200).count();
        assert_eq!(merged, 1, "{} {}", first.status, second.status);
    }
}

#[rstest]
#[actix_web::test]
async fn only_what_belongs_together_is_merged(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let head = world.staff("department_head").await;
    let one = complaint(&world, &head, json!({})).await;
    let body = json!({"hotel_id": world.home.other_hotel, "channel": "phone", "description": "x"});
    let elsewhere = world.post("/v1/complaints").by(&head).json(&body).await.ok(201);
    let into = |other: &Value| json!({"into_complaint_id": other["id"]});
    make(&world, &head, &one, "merge", into(&elsewhere)).await.problem(409, "state_conflict");
    let over = complaint(&world, &head, json!({})).await;
    make(&world, &head, &over, "withdraw", json!({"reason": "误会"})).await.ok(200);
    make(&world, &head, &one, "merge", into(&over)).await.problem(409, "state_conflict");
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let body = json!({"hotel_id": world.foreign.hotel, "channel": "phone", "description": "x"});
    let foreign = world.post("/v1/complaints").by(&foreign).json(&body).await.ok(201);
    let faults = make(&world, &head, &one, "merge", into(&foreign)).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/into_complaint_id unknown_reference"]);
    let desk = world.staff("front_desk").await;
    make(&world, &desk, &one, "merge", into(&elsewhere)).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn a_part_becomes_a_complaint_of_its_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let head = world.staff("department_head").await;
    let guest = world.named(&head, "王", "小明").await;
    let one = complaint(&world, &head, json!({"guest_id": guest["id"]})).await;
    let part = json!({"description": "早餐也是冷的。", "subject": "早餐不热"});
    let made = make(&world, &head, &one, "split", part).await.ok(201);
    assert_eq!((&made["split_from"], &made["status"]), (&one["id"], &json!("received")));
    assert_eq!((&made["number"], &made["guest"]), (&json!("FIRST-2026-00002"), &one["guest"]));
    assert_eq!((&made["description"], &made["received_at"]), (&json!("早餐也是冷的。"), &one["received_at"]));
    assert_eq!(read(&world, &head, &one).await["status"], "recorded");
}

#[rstest]
#[actix_web::test]
async fn complaints_follow_a_guest_through_a_merge_and_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let relations = world.staff("guest_relations").await;
    let (one, two) =
        (world.named(&relations, "王", "小明").await, world.named(&relations, "王", "晓明").await);
    let made = complaint(&world, &relations, json!({"guest_id": two["id"]})).await;
    let body = json!({"survivor_id": one["id"], "merged_id": two["id"], "survivor_version": 1, "merged_version": 1,
        "choices": {}});
    let merge = world.post("/v1/guest-merges").by(&relations).json(&body).await.ok(201);
    assert_eq!(read(&world, &relations, &made).await["guest"]["guest_id"], one["id"]);
    let old = format!("/v1/complaints?guest_id={}", two["id"].as_str().unwrap());
    assert_eq!(world.get(&old).by(&relations).send().await.ok(200)["items"][0]["id"], made["id"]);
    let undo = format!("/v1/guest-merges/{}/undo", merge["id"].as_str().unwrap());
    world.request(actix_web::http::Method::POST, &undo).by(&relations).if_match("*").send().await.ok(200);
    assert_eq!(read(&world, &relations, &made).await["guest"]["guest_id"], two["id"]);
}
