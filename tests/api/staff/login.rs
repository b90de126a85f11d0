use rstest::rstest;
use serde_json::{Value, json};

use super::{account, address, login, me, try_login};
use crate::harness::world::PASSWORD;
use crate::harness::{Answer, Backend, World};

fn said(answer: &Answer) -> Value {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

#[rstest]
#[actix_web::test]
async fn who_knows_the_password_is_let_in_and_told_who_they_are(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    account(
        &world,
        &admin,
        "li.na@example.com",
        json!([{"hotel_id": world.home.hotel, "role": "front_desk"}]),
    )
    .await;
    let (token, _) = login(&world, " Li.Na@Example.com ").await;
    let answer = world.get("/v1/me").token(&token).send().await;
    let body = answer.ok(200);
    assert_eq!(body["staff"]["memberships"][0]["role"], "front_desk");
    assert_eq!(body["hotels"].as_array().unwrap().len(), 1);
    assert!(!body.to_string().contains("argon2"));
}

#[rstest]
#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let made = account(&world, &admin, "li.na@example.com", json!([{"role": "front_desk"}])).await;
    let path = format!("/v1/staff/{}/suspend", made["id"].as_str().unwrap());
    let wrong = try_login(&world, "li.na@example.com", "nope-nope-nope").await;
    let unknown = try_login(&world, "nobody@example.com", "nope-nope-nope").await;
    world.post(&path).by(&admin).if_match("*").send().await.ok(200);
    let suspended = try_login(&world, "li.na@example.com", PASSWORD).await;
    for answer in [&wrong, &unknown, &suspended] {
        answer.problem(401, "login_failed");
        assert_eq!(said(answer), said(&wrong));
        assert_eq!(answer.header("www-authenticate"), wrong.header("www-authenticate"));
    }
}

#[rstest]
#[actix_web::test]
async fn guessing_is_slowed_down_by_account_and_by_address(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    account(&world, &admin, "li.na@example.com", json!([{"role": "front_desk"}])).await;
    let mut refused = 0;
    for _ in 0..14 {
        let answer = try_login(&world, "LI.NA@example.com", "nope-nope-nope").await;
        if answer.status == 429 {
            answer.problem(429, "too_many_requests");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
            refused += 1;
        }
    }
    assert!((3..=4).contains(&refused), "{refused}: by account, whatever the address");
    assert_eq!(try_login(&world, "li.na@example.com", PASSWORD).await.status, 429, "even with the right one");
    // An unknown account is slowed down like a known one.
    let (one, mut stopped) = (address(&world), 0);
    for name in 0..64 {
        let body = json!({"email": format!("{name}@example.com"), "password": "nope-nope-nope"});
        let answer = world.post("/v1/auth/login").at_address(one).json(&body).await;
        stopped += usize::from(answer.status == 429);
    }
    assert!((3..=4).contains(&stopped), "{stopped}: by address, whatever the account");
    // A header that anybody can send makes no new address.
    let body = json!({"email": "x@example.com", "password": "nope-nope-nope"});
    let forwarded =
        world.post("/v1/auth/login").at_address(one).header("x-forwarded-for", "10.9.9.9").json(&body).await;
    assert_eq!(forwarded.status, 429);
}

#[rstest]
#[actix_web::test]
async fn a_new_password_ends_the_other_sessions(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    account(&world, &admin, "li.na@example.com", json!([{"role": "front_desk"}])).await;
    let (here, _) = login(&world, "li.na@example.com").await;
    let (there, refresh) = login(&world, "li.na@example.com").await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        world.post("/v1/me/password").token(&here).json(&body).await
    };
    assert_eq!(
        change("wrong-wrong-wrong", "copper-window-17-forest").await.faults(422, "invalid_content"),
        ["/current_password wrong_password"]
    );
    assert_eq!(
        change(PASSWORD, "qwertyuiop1").await.faults(422, "invalid_content"),
        ["/new_password weak_password"]
    );
    assert_eq!((me(&world, &here).await, me(&world, &there).await), (200, 200));
    change(PASSWORD, "copper-window-17-forest").await.ok(204);
    assert_eq!((me(&world, &here).await, me(&world, &there).await), (200, 401));
    super::refresh(&world, &refresh).await.problem(401, "session_ended");
    try_login(&world, "li.na@example.com", PASSWORD).await.problem(401, "login_failed");
    try_login(&world, "li.na@example.com", "copper-window-17-forest").await.ok(200);
}

#[rstest]
#[actix_web::test]
async fn an_unknown_address_is_worth_as_much_work_as_a_known_one(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    account(&world, &admin, "li.na@example.com", json!([{"role": "front_desk"}])).await;
    let mut work = Vec::new();
    for email in ["li.na@example.com", "nobody@example.com"] {
        let before = world.app.password_workers.begun();
        try_login(&world, email, "nope-nope-nope").await.problem(401, "login_failed");
        work.push(world.app.password_workers.begun() - before);
    }
    // One password is checked either way, against hashes of the same parameters: those of nobody's are the present
    // ones, as `staff::passwords` holds.
    assert_eq!(work, [1, 1]);
}
