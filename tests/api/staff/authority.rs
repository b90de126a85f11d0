//! Nobody gives what they do not hold there, and nobody who was sent away comes in again.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use super::{account, login, me, refresh, try_login};
use crate::harness::world::PASSWORD;
use crate::harness::{Answer, Backend, Person, World};

async fn create(world: &World, by: &Person, email: &str, memberships: Value) -> Answer {
    let body = json!({"email": email, "display_name": "New", "language": "zh-CN", "password": "copper-window-17-forest", "memberships": memberships});
    world.post("/v1/staff").by(by).json(&body).await
}

#[rstest]
#[actix_web::test]
async fn a_suspended_colleague_is_out_at_once_and_everywhere(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let made = account(
        &world,
        &manager,
        "li.na@example.com",
        json!([{"hotel_id": world.home.hotel, "role": "front_desk"}]),
    )
    .await;
    let path = format!("/v1/staff/{}", made["id"].as_str().unwrap());
    let (access, token) = login(&world, "li.na@example.com").await;
    assert_eq!(me(&world, &access).await, 200);
    world.post(&format!("{path}/suspend")).by(&manager).send().await.problem(428, "precondition_required");
    world
        .post(&format!("{path}/suspend"))
        .by(&manager)
        .if_match("\"77\"")
        .send()
        .await
        .problem(412, "precondition_failed");
    let done = world.post(&format!("{path}/suspend")).by(&manager).if_match("\"1\"").send().await.ok(200);
    assert_eq!(done["status"], "suspended");
    assert_eq!(me(&world, &access).await, 401);
    refresh(&world, &token).await.problem(401, "session_ended");
    try_login(&world, "li.na@example.com", PASSWORD).await.problem(401, "login_failed");
    world
        .post(&format!("{path}/suspend"))
        .by(&manager)
        .if_match("*")
        .send()
        .await
        .problem(409, "state_conflict");
    world.post(&format!("{path}/reactivate")).by(&manager).if_match("*").send().await.ok(200);
    assert_eq!(me(&world, &access).await, 401, "the old session stays over");
    login(&world, "li.na@example.com").await;
    let own = format!("/v1/staff/{}/suspend", manager.staff);
    let refused = world.post(&own).by(&manager).if_match("*").send().await;
    assert!(refused.problem(409, "state_conflict")["detail"].as_str().unwrap().contains("own"));
}

#[rstest]
#[actix_web::test]
async fn another_server_believes_an_old_token_for_a_second_at_most(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let made = account(&world, &admin, "li.na@example.com", json!([{"role": "front_desk"}])).await;
    let (access, _) = login(&world, "li.na@example.com").await;
    assert_eq!(me(&world, &access).await, 200);
    // Another server suspends the account behind this one's back.
    let (id, now) = (made["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap(), world.app.db.clone());
    crate::harness::world::write(&now, move |tx| {
        use diesel::prelude::*;
        use hospes::db::Reads;
        use hospes::db::schema::staff;
        let row = staff::table.filter(staff::id.eq(hospes::kit::ids::StaffId(id)));
        diesel::update(row).set(staff::status.eq("suspended")).execute(tx.conn())?;
        Ok(())
    })
    .await;
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(me(&world, &access).await, 401);
}

#[rstest]
#[actix_web::test]
async fn nobody_gives_more_than_they_hold(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (first, second) = (world.home.hotel, world.home.other_hotel);
    let admin = world.staff("admin").await;
    let manager = world.staff_at(world.home, Some(first), "general_manager").await;
    let made =
        create(&world, &manager, "new@example.com", json!([{"hotel_id": first, "role": "housekeeping"}]))
            .await;
    let text = String::from_utf8(made.bytes.clone()).unwrap();
    assert!(!text.contains("argon2") && !text.contains("password"), "{text}");
    let made = made.ok(201);
    for (memberships, why) in [
        (json!([{"hotel_id": first, "role": "admin"}]), "more than their own"),
        (json!([{"role": "housekeeping"}]), "in the whole group"),
        (
            json!([{"hotel_id": first, "role": "housekeeping"}, {"hotel_id": first, "role": "admin"}]),
            "hidden among others",
        ),
    ] {
        assert_eq!(
            create(&world, &manager, "no@example.com", memberships.clone()).await.status,
            403,
            "{why}"
        );
        let path = format!("/v1/staff/{}/memberships", made["id"].as_str().unwrap());
        let replaced =
            world.put(&path).by(&manager).if_match("*").json(&json!({"memberships": memberships})).await;
        assert_eq!(replaced.status, 403, "{why}");
    }
    let elsewhere =
        create(&world, &manager, "no@example.com", json!([{"hotel_id": second, "role": "housekeeping"}]))
            .await;
    assert_eq!(elsewhere.faults(422, "invalid_content"), ["/memberships/0/hotel_id unknown_reference"]);
    let crossed =
        json!([{"hotel_id": second, "department_id": world.home.department, "role": "housekeeping"}]);
    let crossed = create(&world, &admin, "no@example.com", crossed).await;
    assert_eq!(crossed.faults(422, "invalid_content"), ["/memberships/0/department_id unknown_reference"]);
    // Nobody makes themselves more.
    let own = format!("/v1/staff/{}/memberships", manager.staff);
    let body = json!({"memberships": [{"role": "admin"}]});
    let refused = world.put(&own).by(&manager).if_match("*").json(&body).await;
    assert!([403, 409].contains(&refused.status), "{}", refused.status);
    // Someone of two hotels is seen without the other place, and managed by neither alone.
    let path = format!("/v1/staff/{}", made["id"].as_str().unwrap());
    let both = json!({"memberships": [{"hotel_id": first, "role": "front_desk"}, {"hotel_id": second, "role": "front_desk"}]});
    world.put(&format!("{path}/memberships")).by(&admin).if_match("*").json(&both).await.ok(200);
    let seen = world.get(&path).by(&manager).send().await.ok(200);
    assert!(!seen.to_string().contains(&second.to_string()));
    assert_eq!(world.post(&format!("{path}/suspend")).by(&manager).if_match("*").send().await.status, 403);
}

#[rstest]
#[actix_web::test]
async fn a_demotion_is_felt_at_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let made = account(&world, &admin, "li.na@example.com", json!([{"role": "admin"}])).await;
    let (access, token) = login(&world, "li.na@example.com").await;
    assert_eq!(world.get("/v1/staff").token(&access).send().await.status, 200);
    let path = format!("/v1/staff/{}/memberships", made["id"].as_str().unwrap());
    let less = json!({"memberships": [{"hotel_id": world.home.hotel, "role": "housekeeping"}]});
    world.put(&path).by(&admin).if_match("*").json(&less).await.ok(200);
    assert_eq!(world.get("/v1/staff").token(&access).send().await.status, 401);
    refresh(&world, &token).await.problem(401, "session_ended");
    let (access, _) = login(&world, "li.na@example.com").await;
    world.get("/v1/staff").token(&access).send().await.problem(403, "forbidden");
}
