//! Complaints put into problems by hand, and taken out of them.

use rstest::rstest;
use serde_json::{Value, json};

use super::{about, complaints_of, path, problem, problem_of, read};
use crate::complaints::{make, path as complaint_path};
use crate::harness::{Answer, Backend, Person, World};

async fn join(world: &World, by: &Person, problem: &Value, complaint: &Value, etag: &str) -> Answer {
    let place = format!("{}/complaints/{}", path(problem), complaint["id"].as_str().unwrap());
    world.put(&place).by(by).if_match(etag).send().await
}

async fn leave(world: &World, by: &Person, problem: &Value, complaint: &Value) -> Answer {
    let place = format!("{}/complaints/{}", path(problem), complaint["id"].as_str().unwrap());
    world.delete(&place).by(by).if_match("*").send().await
}

#[rstest]
#[actix_web::test]
async fn what_was_taken_out_by_hand_stays_out_until_it_is_put_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let one = about(&world, &quality, "A", "1", json!({})).await;
    let two = about(&world, &quality, "A", "2", json!({})).await;
    let found = problem_of(&world, &quality, &two).await.unwrap();
    leave(&world, &quality, &found, &one).await.ok(204);
    leave(&world, &quality, &found, &one).await.problem(404, "not_found");
    assert_eq!(read(&world, &quality, &found).await["complaint_count"], 1);
    // Neither a judgement of its own, nor another one of its kind brings it back.
    for asset in ["B", "A"] {
        let body = json!({"asset": asset});
        world.patch(&complaint_path(&one)).by(&quality).if_match("*").json(&body).await.ok(200);
    }
    about(&world, &quality, "A", "3", json!({})).await;
    assert!(problem_of(&world, &quality, &one).await.is_none());
    assert_eq!(read(&world, &quality, &found).await["complaint_count"], 2);
    // It is no sign for others, either.
    leave(&world, &quality, &found, &two).await.ok(204);
    let answer = join(&world, &quality, &found, &one, "*").await.ok(200);
    assert_eq!(answer["complaint_count"], 2);
    assert_eq!(problem_of(&world, &quality, &one).await.unwrap()["id"], found["id"]);
}

#[rstest]
#[actix_web::test]
async fn what_was_left_alone_is_no_sign_for_others(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let own = problem(&world, &quality, "other").await;
    let one = about(&world, &quality, "A", "1", json!({})).await;
    join(&world, &quality, &own, &one, "*").await.ok(200);
    leave(&world, &quality, &own, &one).await.ok(204);
    let two = about(&world, &quality, "A", "2", json!({})).await;
    assert!(problem_of(&world, &quality, &two).await.is_none());
}

#[rstest]
#[actix_web::test]
async fn a_complaint_belongs_to_one_problem_and_stays_where_it_was_put(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let head = world.staff("department_head").await;
    let (first, second) = (problem(&world, &head, "A").await, problem(&world, &head, "B").await);
    let one = about(&world, &head, "C", "1", json!({})).await;
    join(&world, &head, &first, &one, "\"7\"").await.problem(412, "precondition_failed");
    let joined = join(&world, &head, &first, &one, "\"1\"").await.ok(200);
    assert_eq!((&joined["version"], &joined["complaint_count"]), (&json!(2), &json!(1)));
    // Once more changes nothing.
    assert_eq!(join(&world, &head, &first, &one, "*").await.ok(200), joined);
    let taken = join(&world, &head, &second, &one, "*").await.problem(409, "state_conflict");
    assert_eq!(taken["conflicting_id"], first["id"]);
    let body = json!({"asset": "B"});
    let moved = world.patch(&complaint_path(&one)).by(&head).if_match("*").json(&body).await.ok(200);
    assert_eq!(moved["problem_id"], first["id"]);
    assert_eq!(complaints_of(&world, &head, &first).await.len(), 1);
    // Taken back, it does not count; it is still there.
    make(&world, &head, &one, "withdraw", json!({"reason": "误会"})).await.ok(200);
    assert_eq!(read(&world, &head, &first).await["complaint_count"], 0);
    assert_eq!(complaints_of(&world, &head, &first).await.len(), 1);
    let gone = about(&world, &head, "D", "2", json!({})).await;
    make(&world, &head, &gone, "withdraw", json!({"reason": "误会"})).await.ok(200);
    join(&world, &head, &first, &gone, "*").await.problem(409, "state_conflict");
    let elsewhere = json!({"hotel_id": world.home.other_hotel});
    let elsewhere = about(&world, &head, "D", "3", elsewhere).await;
    join(&world, &head, &first, &elsewhere, "*").await.problem(409, "state_conflict");
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let theirs = about(&world, &foreign, "D", "3", json!({"hotel_id": world.foreign.hotel})).await;
    join(&world, &head, &first, &theirs, "*").await.problem(404, "not_found");
    let desk = world.staff("front_desk").await;
    join(&world, &desk, &first, &gone, "*").await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn one_complaint_is_put_into_one_of_two_problems_at_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let (first, second) = (problem(&world, &quality, "A").await, problem(&world, &quality, "B").await);
    for room in 0..5 {
        let one = about(&world, &quality, &format!("C{room}"), &format!("{room}"), json!({})).await;
        let (left, right) = futures_util::future::join(
            join(&world, &quality, &first, &one, "*"),
            join(&world, &quality, &second, &one, "*"),
        )
        .await;
        let mut both = [left.status, right.status];
        both.sort_unstable();
        assert_eq!(both, [200, 409]);
    }
    let count = |problem: &Value| problem["complaint_count"].as_i64().unwrap();
    let all = [read(&world, &quality, &first).await, read(&world, &quality, &second).await];
    assert_eq!(all.iter().map(count).sum::<i64>(), 5);
}
