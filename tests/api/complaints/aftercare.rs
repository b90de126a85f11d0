//! After the close: the guest is asked once more, judges by a link, and uses what was offered.

use std::sync::Arc;

use chrono::TimeDelta;
use hospes::background::warn_of_complaints;
use hospes::kit::ids::WorkerId;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{make, path, read, resolved};
use crate::harness::{Answer, Backend, Person, World};

async fn guest(world: &World, by: &Person) -> Value {
    let body = json!({"names": [{"surname": "王", "given_name": "小明"}],
        "phones": [{"number": "+8613800138000"}], "emails": [{"address": "wang@example.com"}]});
    world.guest(by, body).await
}

/// Brings a new complaint of a guest all the way to its close, the guest content.
async fn closed(world: &World, by: &Person, more: Value) -> Value {
    let complaint = resolved(world, by, more).await;
    let content = json!({"channel": "phone", "outcome": "satisfied", "rating": 4});
    make(world, by, &complaint, "follow-up", content).await.ok(200);
    close(world, by, &complaint).await
}

async fn close(world: &World, by: &Person, complaint: &Value) -> Value {
    let ending = json!({"resolution_summary": "已更换", "lesson": "每月清洗滤网"});
    make(world, by, complaint, "close", ending).await.ok(200)
}

async fn listed(world: &World, by: &Person, query: &str) -> usize {
    let found = world.get(&format!("/v1/complaints?{query}")).by(by).send().await.ok(200);
    found["items"].as_array().unwrap().len()
}

async fn told(world: &World, kind: &str) -> usize {
    world.sequence(world.home.id).await;
    let manager = world.staff("general_manager").await;
    let feed = world.get("/v1/events?limit=200").by(&manager).send().await.ok(200);
    feed["items"].as_array().unwrap().iter().filter(|event| event["type"] == kind).count()
}

async fn tick(world: &World) {
    warn_of_complaints(Arc::clone(&world.app), WorkerId(Uuid::nil())).await.unwrap();
}

#[rstest]
#[actix_web::test]
async fn three_days_after_the_close_the_guest_is_to_be_asked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = guest(&world, &desk).await;
    let made = closed(&world, &desk, json!({"guest_id": guest["id"]})).await;
    assert_eq!(made["aftercare"]["status"], "planned");
    assert_eq!(made["aftercare"]["channel"], "phone");
    let ended: chrono::DateTime<chrono::Utc> = made["ending"]["at"].as_str().unwrap().parse().unwrap();
    let due: chrono::DateTime<chrono::Utc> = made["aftercare"]["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(due - ended, TimeDelta::days(3));
    tick(&world).await;
    assert_eq!(
        (listed(&world, &desk, "aftercare=planned").await, listed(&world, &desk, "aftercare=due").await),
        (1, 0)
    );
    assert_eq!(told(&world, "complaint.follow_up_due").await, 0);

    world.clock.advance(TimeDelta::days(3) + TimeDelta::minutes(1));
    let desk = world.renewed(&desk);
    tick(&world).await;
    tick(&world).await;
    assert_eq!(told(&world, "complaint.follow_up_due").await, 1);
    assert_eq!(read(&world, &desk, &made).await["aftercare"]["status"], "due");
    // What is to be asked is no clock that was missed.
    assert_eq!(
        (listed(&world, &desk, "aftercare=due").await, listed(&world, &desk, "sla=breached").await),
        (1, 0)
    );

    let missed = json!({"channel": "phone", "outcome": "not_reached"});
    make(&world, &desk, &made, "follow-up", missed).await.ok(200);
    assert_eq!(listed(&world, &desk, "aftercare=due").await, 1);
    let content = json!({"channel": "phone", "outcome": "satisfied", "rating": 5});
    let asked = make(&world, &desk, &made, "follow-up", content).await.ok(200);
    assert_eq!((&asked["status"], &asked["aftercare"]["status"]), (&json!("closed"), &json!("done")));
    assert_eq!(listed(&world, &desk, "aftercare=planned").await, 0);
}

#[rstest]
#[actix_web::test]
async fn a_guest_is_asked_by_no_way_that_was_forbidden(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let relations = world.staff("guest_relations").await;
    let guest = guest(&world, &desk).await;
    let consents = format!("/v1/guests/{}/consents", guest["id"].as_str().unwrap());
    let forbid = async |channel: &str| {
        let body = json!({"purpose": "service_follow_up", "channel": channel, "method": "spoken"});
        let given = world.post(&consents).by(&relations).json(&body).await.ok(201);
        let withdraw = format!("/v1/guest-consents/{}/withdraw", given["id"].as_str().unwrap());
        let request = world.request(actix_web::http::Method::POST, &withdraw).by(&relations);
        request.if_match("*").json(&json!({"reason": "Not by this way"})).await.ok(200);
    };
    forbid("phone").await;
    let made = closed(&world, &desk, json!({"guest_id": guest["id"]})).await;
    assert_eq!(made["aftercare"]["channel"], "email");
    forbid("email").await;
    let made = closed(&world, &desk, json!({"guest_id": guest["id"]})).await;
    assert_eq!(
        (&made["aftercare"]["status"], &made["aftercare"]["reason"], made["aftercare"].get("channel")),
        (&json!("barred"), &json!("no_consent"), None)
    );
    let nobody = resolved(&world, &desk, json!({})).await;
    let nobody = close(&world, &desk, &nobody).await;
    assert_eq!(nobody["aftercare"]["reason"], "no_contact");
    assert_eq!(listed(&world, &desk, "aftercare=planned").await, 1);
}

#[rstest]
#[actix_web::test]
async fn a_guest_who_withdraws_after_the_close_is_not_asked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, relations) = (world.staff("front_desk").await, world.staff("guest_relations").await);
    let guest = guest(&world, &desk).await;
    let consents = format!("/v1/guests/{}/consents", guest["id"].as_str().unwrap());
    let given = async |body: Value| world.post(&consents).by(&relations).json(&body).await.ok(201);
    let withdrawn = async |given: &Value| {
        let withdraw = format!("/v1/guest-consents/{}/withdraw", given["id"].as_str().unwrap());
        let request = world.request(actix_web::http::Method::POST, &withdraw).by(&relations);
        request.if_match("*").json(&json!({"reason": "No more"})).await.ok(200);
    };
    let all = given(json!({"purpose": "service_follow_up", "method": "spoken"})).await;
    let phone = json!({"purpose": "service_follow_up", "channel": "phone", "method": "spoken"});
    let phone = given(phone).await;
    let made = closed(&world, &desk, json!({"guest_id": guest["id"]})).await;
    assert_eq!(
        (&made["aftercare"]["status"], &made["aftercare"]["channel"]),
        (&json!("planned"), &json!("phone"))
    );
    withdrawn(&phone).await;
    assert_eq!(read(&world, &desk, &made).await["aftercare"]["channel"], "email");
    withdrawn(&all).await;
    let seen = read(&world, &desk, &made).await["aftercare"].clone();
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("barred"), &json!("no_consent")));

    world.clock.advance(TimeDelta::days(3) + TimeDelta::minutes(1));
    let desk = world.renewed(&desk);
    tick(&world).await;
    tick(&world).await;
    assert_eq!(told(&world, "complaint.follow_up_due").await, 0);
    assert_eq!(told(&world, "complaint.follow_up_barred").await, 1);
    assert_eq!(
        (listed(&world, &desk, "aftercare=planned").await, listed(&world, &desk, "aftercare=due").await),
        (0, 0)
    );
    assert_eq!(read(&world, &desk, &made).await["aftercare"]["status"], "barred");
}

#[rstest]
#[actix_web::test]
async fn whoever_can_be_reached_some_other_way_is_asked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = closed(&world, &desk, json!({"contact": {"name": "Ann", "other": "LINE ann-lee"}})).await;
    let seen = &made["aftercare"];
    assert_eq!((&seen["status"], seen.get("channel"), seen.get("reason")), (&json!("planned"), None, None));
    assert_eq!(listed(&world, &desk, "aftercare=planned").await, 1);
}

async fn link(world: &World, by: &Person, complaint: &Value) -> String {
    let link = make(world, by, complaint, "rating-link", Value::Null).await.ok(200);
    let token = link["token"].as_str().unwrap().to_owned();
    assert_eq!(link["path"], format!("/rate#{token}"));
    token
}

async fn rate(world: &World, token: &str, rating: i32) -> Answer {
    world.post("/v1/ratings").json(&json!({"token": token, "rating": rating, "comment": "还是不凉"})).await
}

async fn preview(world: &World, token: &str) -> Answer {
    world.post("/v1/ratings/preview").json(&json!({"token": token})).await
}

#[rstest]
#[actix_web::test]
async fn the_guest_judges_by_a_link_and_opens_it_again(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let early = super::investigated(&world, &desk, json!({})).await;
    make(&world, &desk, &early, "rating-link", Value::Null).await.problem(409, "state_conflict");
    let guest = guest(&world, &desk).await;
    let made = closed(&world, &desk, json!({"guest_id": guest["id"]})).await;
    let (token, second) = (link(&world, &desk, &made).await, link(&world, &desk, &made).await);

    let seen = preview(&world, &token).await.ok(200);
    assert_eq!((&seen["complaint_number"], &seen["rated"]), (&made["number"], &json!(false)));
    assert!(!seen.to_string().contains("空调"), "{seen}");
    let mut forged = token.clone().into_bytes();
    forged[3] ^= 1;
    let forged = String::from_utf8(forged).unwrap();
    preview(&world, &forged).await.problem(404, "not_found");
    rate(&world, &forged, 5).await.problem(404, "not_found");
    preview(&world, "nothing").await.problem(404, "not_found");
    rate(&world, &token, 6).await.faults(422, "invalid_content");

    let answered = rate(&world, &token, 2).await.ok(200);
    assert_eq!(answered, json!({"rating": 2, "reopened": true}));
    let open = read(&world, &desk, &made).await;
    assert_eq!((&open["status"], &open["reopen_count"]), (&json!("investigating"), &json!(1)));
    assert_eq!(open["escalation_level"], 0);
    let last = open["follow_ups"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["channel"], &last["rating"]), (&json!("rating_link"), &json!(2)));
    assert_eq!(told(&world, "complaint.rated").await, 1);
    // Each round is judged once, whichever link is used.
    rate(&world, &token, 5).await.problem(409, "state_conflict");
    rate(&world, &second, 5).await.problem(409, "state_conflict");
    assert_eq!(preview(&world, &second).await.ok(200)["rated"], true);

    let found = json!({"finding": "substantiated"});
    make(&world, &desk, &made, "investigation", found).await.ok(200);
    let proposed = make(&world, &desk, &made, "solutions", json!({"type": "apology"})).await.ok(201);
    let solution = proposed["solutions"][1]["id"].as_str().unwrap().to_owned();
    make(&world, &desk, &made, &format!("solutions/{solution}/execute"), json!({})).await.ok(200);
    make(&world, &desk, &made, "follow-up", json!({})).await.ok(200);
    let token = link(&world, &desk, &made).await;
    assert_eq!(rate(&world, &token, 1).await.ok(200)["reopened"], true);
    let open = read(&world, &desk, &made).await;
    // Nobody heads the department or has the duty: it goes to the general manager.
    assert_eq!((&open["reopen_count"], &open["escalation_level"]), (&json!(2), &json!(3)));

    let history = world.get(&format!("{}/timeline?limit=200", path(&made))).by(&desk).send().await.ok(200);
    let rated = |entry: &&Value| entry["action"] == "complaint.rated";
    let rated: Vec<&Value> = history["items"].as_array().unwrap().iter().filter(rated).collect();
    assert_eq!((rated.len(), &rated[0]["actor_kind"]), (2, &json!("guest")));
}

#[rstest]
#[actix_web::test]
async fn a_link_is_good_for_thirty_days(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = resolved(&world, &desk, json!({})).await;
    let token = link(&world, &desk, &made).await;
    world.clock.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
    preview(&world, &token).await.ok(200);
    world.clock.advance(TimeDelta::minutes(2));
    preview(&world, &token).await.problem(404, "not_found");
    rate(&world, &token, 5).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_link_is_used_once_however_many_press_at_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = resolved(&world, &desk, json!({})).await;
    let token = link(&world, &desk, &made).await;
    let answers = futures_util::future::join_all((0..4).map(|_| rate(&world, &token, 5))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    assert_eq!(read(&world, &desk, &made).await["follow_ups"].as_array().unwrap().len(), 1);
}

#[rstest]
#[actix_web::test]
async fn the_page_of_the_link_asks_nobody_else(#[values(Backend::Sqlite)] backend: Backend) {
    let world = World::new(backend).await;
    let page = world.get("/rate").send().await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let script = world.get("/rate.js").send().await;
    for answer in [&page, &script] {
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(!text.contains("http://") && !text.contains("https://"));
    }
}

#[rstest]
#[actix_web::test]
async fn an_offer_is_used_once_and_in_time(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = super::investigated(&world, &desk, json!({})).await;
    let apology = json!({"type": "apology", "valid_until": "2026-12-01"});
    let faults = make(&world, &desk, &made, "solutions", apology).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/valid_until not_applicable"]);
    let mut offers = Vec::new();
    for (kind, until) in [("voucher", "2026-12-01"), ("gift", "2026-11-21")] {
        let offer = json!({"type": kind, "amount_minor": 1_000, "valid_until": until});
        let proposed = make(&world, &desk, &made, "solutions", offer).await.ok(201);
        let all = proposed["solutions"].as_array().unwrap();
        offers.push(format!("solutions/{}", all.last().unwrap()["id"].as_str().unwrap()));
    }
    let redeem = async |by: &Person, offer: &str, body: Value| {
        make(&world, by, &made, &format!("{offer}/redeem"), body).await
    };
    redeem(&desk, &offers[0], json!({})).await.problem(409, "state_conflict");
    for offer in &offers {
        let code = json!({"offer_code": "SORRY-7K2M"});
        make(&world, &desk, &made, &format!("{offer}/execute"), code).await.ok(200);
    }
    let nowhere = json!({"stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e99"});
    let faults = redeem(&desk, &offers[0], nowhere).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/stay_id unknown_reference"]);
    world.clock.advance(TimeDelta::days(2));
    let desk = world.renewed(&desk);
    redeem(&desk, &offers[1], json!({})).await.problem(409, "state_conflict");
    let used = redeem(&desk, &offers[0], json!({})).await.ok(200);
    assert_eq!(
        (&used["solutions"][0]["redeemed_by"], &used["solutions"][0]["offer_code"]),
        (&json!(desk.staff), &json!("SORRY-7K2M"))
    );
    redeem(&desk, &offers[0], json!({})).await.problem(409, "state_conflict");
}
