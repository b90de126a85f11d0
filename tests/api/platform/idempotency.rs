//! A creation sent again under its key is done once and answered as before; a key belongs to who sent it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Person, World};

const KEY: &str = "8f14e45f-ceea-467f-a83c-1b2c3d4e5f60";

async fn create(world: &World, by: &Person, key: &str, body: &Value) -> Answer {
    let request = world.request(actix_web::http::Method::POST, "/v1/guests").by(by);
    request.header("idempotency-key", key).header("x-allow-duplicate", "true").json(body).await
}

fn wang() -> Value {
    json!({"names": [{"surname": "Wang", "given_name": "a"}]})
}

#[rstest]
#[actix_web::test]
async fn a_key_belongs_to_one_caller_and_one_request_for_a_day(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (one, other) = (world.staff("admin").await, world.staff("admin").await);
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let first = create(&world, &one, KEY, &wang()).await;
    let id = first.ok(201)["id"].clone();
    let again = create(&world, &one, KEY, &wang()).await;
    assert_eq!(
        (again.status, &again.bytes, again.header("location")),
        (201, &first.bytes, first.header("location"))
    );
    assert_eq!((again.header("idempotent-replayed"), first.header("idempotent-replayed")), ("true", ""));
    let changed = json!({"names": [{"surname": "Wang", "given_name": "b"}]});
    create(&world, &one, KEY, &changed).await.problem(422, "idempotency_key_reused");
    for person in [&other, &foreign] {
        assert_ne!(
            create(&world, person, KEY, &wang()).await.ok(201)["id"],
            id,
            "somebody else's key is another key"
        );
    }
    for bad in ["short", &"x".repeat(65), "with blank inside it", ""] {
        create(&world, &one, bad, &wang()).await.problem(400, "invalid_header");
    }
    create(&world, &one, &"x".repeat(64), &wang()).await.ok(201);
    // Whoever may no longer do it does not hear the answer of the day it was allowed.
    let desk = world.staff("front_desk").await;
    create(&world, &desk, KEY, &wang()).await.ok(201);
    let staff = desk.staff;
    crate::harness::world::write(&world.app.db, move |tx| {
        use diesel::prelude::*;
        use hospes::db::Reads;
        use hospes::db::schema::memberships;
        let row = memberships::table.filter(memberships::staff_id.eq(hospes::kit::ids::StaffId(staff)));
        diesel::update(row).set(memberships::role.eq("housekeeping")).execute(tx.conn())?;
        Ok(())
    })
    .await;
    world.app.forget_principals();
    create(&world, &desk, KEY, &wang()).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn a_refused_request_leaves_its_key_free(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    create(&world, &admin, KEY, &json!({"names": []})).await.problem(422, "invalid_content");
    let made = create(&world, &admin, KEY, &wang()).await.ok(201);
    // A day later it is forgotten, and the request a new one.
    world.clock.advance(TimeDelta::hours(25));
    let admin = world.renewed(&admin);
    assert_ne!(create(&world, &admin, KEY, &wang()).await.ok(201)["id"], made["id"]);
}

#[rstest]
#[actix_web::test]
async fn one_request_sent_by_many_at_once_is_done_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body = wang();
    let all = (0..64).map(|_| async {
        loop {
            let answer = create(&world, &admin, KEY, &body).await;
            if answer.status != 503 {
                return answer;
            }
        }
    });
    let answers = join_all(all).await;
    let fresh = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count();
    assert_eq!(fresh, 1);
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.bytes == answers[0].bytes));
    let list = world.get("/v1/guests").by(&admin).send().await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[rstest]
#[actix_web::test]
async fn the_same_characters_on_another_path_are_another_key(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let first = create(&world, &admin, KEY, &wang()).await.ok(201);
    let second = world.named(&admin, "Li", "b").await;
    let note = json!({"class": "general", "text": "quiet room"});
    let mut made = Vec::new();
    for guest in [&first, &second, &first] {
        let path = format!("/v1/guests/{}/notes", guest["id"].as_str().unwrap());
        let request = world.request(actix_web::http::Method::POST, &path).by(&admin);
        made.push(request.header("idempotency-key", KEY).json(&note).await);
    }
    let ids: Vec<Value> = made.iter().map(|answer| answer.ok(201)["id"].clone()).collect();
    assert_ne!(ids[0], ids[1], "another guest is another path");
    assert_eq!(ids[0], ids[2]);
    assert_eq!((made[1].header("idempotent-replayed"), made[2].header("idempotent-replayed")), ("", "true"));
}

#[rstest]
#[actix_web::test]
async fn an_answer_is_not_repeated_to_whoever_moved_to_another_hotel(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff_at(world.home, Some(world.home.hotel), "front_desk").await;
    let hidden =
        json!({"names": [{"surname": "Wang", "given_name": "a"}], "private_to_hotel_id": world.home.hotel});
    let first = create(&world, &desk, KEY, &hidden).await.ok(201);
    create(&world, &desk, KEY, &hidden).await.ok(201);
    let (staff, hotel) = (desk.staff, world.home.other_hotel);
    crate::harness::world::write(&world.app.db, move |tx| {
        use diesel::prelude::*;
        use hospes::db::Reads;
        use hospes::db::schema::memberships;
        let row = memberships::table.filter(memberships::staff_id.eq(hospes::kit::ids::StaffId(staff)));
        diesel::update(row).set(memberships::hotel_id.eq(hotel)).execute(tx.conn())?;
        Ok(())
    })
    .await;
    world.app.forget_principals();
    let path = format!("/v1/guests/{}", first["id"].as_str().unwrap());
    world.get(&path).by(&desk).send().await.problem(404, "not_found");
    let again = create(&world, &desk, KEY, &hidden).await;
    again.problem(422, "idempotency_key_reused");
    assert!(!String::from_utf8_lossy(&again.bytes).contains(first["id"].as_str().unwrap()));
}
