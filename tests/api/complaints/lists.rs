//! Work queues: what is due first, exactly, page by page.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, make, path};
use crate::harness::world::PASSWORD;
use crate::harness::{Backend, Person, World};

async fn ids(world: &World, by: &Person, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let page = world.get(&format!("/v1/complaints?{query}{next}")).by(by).send().await.ok(200);
        found.extend(
            page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return found,
        }
    }
}

fn id(complaint: &Value) -> String {
    complaint["id"].as_str().unwrap().to_owned()
}

#[rstest]
#[actix_web::test]
async fn what_is_due_first_comes_first_and_no_page_misses_any(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let mut made = Vec::new();
    for at in 0..7 {
        let received = format!("2026-11-21T07:5{at}:00Z");
        made.push(id(&complaint(&world, &desk, json!({"received_at": received})).await));
    }
    // The latest received first; the queue turns them round.
    made.reverse();
    assert_eq!(ids(&world, &desk, "sort=-received_at&limit=3").await, made);
    made.reverse();
    assert_eq!(ids(&world, &desk, "queue=unassigned&limit=2").await, made);
    // What is acknowledged is due later than the others.
    let first = json!({"id": made[0]});
    make(&world, &desk, &first, "acknowledge", Value::Null).await.ok(200);
    let mine = ids(&world, &desk, "queue=mine").await;
    assert_eq!(mine, [made[0].clone()]);
    let all = ids(&world, &desk, "limit=3").await;
    assert_eq!((all.len(), all.last()), (7, Some(&made[0])));
    assert_eq!(ids(&world, &desk, "queue=unassigned").await.len(), 6);

    // At risk or too late is what was so when the first page was asked for.
    world.clock.advance(TimeDelta::seconds(1));
    let breached = ids(&world, &desk, "sla=breached&limit=1").await;
    let at_risk = ids(&world, &desk, "sla=at_risk&limit=1").await;
    assert!(breached.iter().all(|one| !at_risk.contains(one)));
    assert_eq!((breached.len(), at_risk.len()), (5, 1), "{breached:?}");
}

#[rstest]
#[actix_web::test]
async fn a_department_sees_its_own_and_filters_narrow(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, admin) = (world.staff("front_desk").await, world.staff("admin").await);
    let one = complaint(&world, &desk, json!({})).await;
    let grave = json!({"category": "temperature", "cause_category": "product_quality", "severity": "crisis",
        "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"});
    let two =
        complaint(&world, &desk, json!({"classification": grave, "room": "101", "channel": "phone"})).await;
    assert_eq!(ids(&world, &desk, "queue=department").await, Vec::<String>::new());
    let body = json!({"memberships": [{"hotel_id": world.home.hotel, "department_id": world.home.department,
        "role": "front_desk"}]});
    let place = format!("/v1/staff/{}/memberships", desk.staff);
    world.put(&place).by(&admin).if_match("*").json(&body).await.ok(200);
    let fresh = world.staff_at(world.home, Some(world.home.hotel), "front_desk").await;
    assert_eq!(ids(&world, &fresh, "department=front-office").await.len(), 2);
    for (query, expected) in [
        ("severity=crisis", vec![id(&two)]),
        ("severity=general,minor", vec![id(&one)]),
        ("room=101", vec![id(&two)]),
        ("channel=phone", vec![id(&two)]),
        ("category=temperature&room=1208", vec![id(&one)]),
        ("on_hold=true", vec![]),
        ("escalation_level_from=1", vec![]),
        ("received_to=2026-11-21T00:00:00Z", vec![]),
        ("guest_id=0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e99", vec![]),
    ] {
        assert_eq!(ids(&world, &fresh, query).await, expected, "{query}");
    }
    let wrong = world.get("/v1/complaints?status=open").by(&fresh).send().await;
    assert_eq!(wrong.faults(400, "invalid_parameter"), ["?status unknown_value"]);
    let list = world.get("/v1/complaints").by(&fresh).send().await.ok(200);
    assert_eq!((list["items"][0].get("description"), list["items"][0]["excerpt"].is_string()), (None, true));
}

#[rstest]
#[actix_web::test]
async fn staff_follow_a_complaint_and_a_dispute_is_written_down(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, head) = (world.staff("front_desk").await, world.staff("department_head").await);
    let made = complaint(&world, &desk, json!({})).await;
    complaint(&world, &desk, json!({"room": "9"})).await;
    let change = async |body: Value| world.patch(&path(&made)).by(&desk).if_match("*").json(&body).await;
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    let faults = change(json!({"watcher_ids": [elsewhere.staff]})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/watcher_ids/0 unknown_reference"]);
    let watched = change(json!({"watcher_ids": [head.staff, head.staff]})).await.ok(200);
    assert_eq!(watched["watchers"].as_array().unwrap().len(), 1);
    assert_eq!(watched["watchers"][0]["staff_id"], json!(head.staff));
    let queue = async |by: &Person| {
        let found = world.get("/v1/complaints?queue=watched").by(by).send().await.ok(200);
        found["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(queue(&head).await, [made["id"].clone()]);
    assert!(queue(&desk).await.is_empty());
    change(json!({"watcher_ids": []})).await.ok(200);
    assert!(queue(&head).await.is_empty());

    let faults = change(json!({"dispute": {"body": "court", "reference": ""}})).await;
    assert_eq!(faults.faults(422, "invalid_content"), ["/dispute/reference length"]);
    let dispute = json!({"body": "hotline_12345", "reference": "20261220-00871", "claim": "退一赔三",
        "answer_by": "2026-11-28T09:00:00.000000Z"});
    assert_eq!(change(json!({"dispute": dispute})).await.ok(200)["dispute"], dispute);
    assert_eq!(change(json!({"dispute": null})).await.ok(200).get("dispute"), None);
}

/// Somebody of the front office, who has logged in since.
async fn in_front_office(world: &World, admin: &Person) -> Person {
    let body = json!({"email": "front@example.com", "display_name": "Front", "language": "en", "password": PASSWORD,
        "memberships": [{"hotel_id": world.home.hotel, "department_id": world.home.department,
            "role": "front_desk"}]});
    let made = world.post("/v1/staff").by(admin).json(&body).await.ok(201);
    let login = json!({"email": "front@example.com", "password": PASSWORD});
    let tokens = world.post("/v1/auth/login").json(&login).await.ok(200);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    Person { token, staff: made["id"].as_str().unwrap().parse().unwrap(), ..admin.clone() }
}

#[rstest]
#[actix_web::test]
async fn a_department_that_a_rule_tells_of_a_complaint_finds_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let front = in_front_office(&world, &admin).await;
    let place = format!("/v1/hotels/{}/departments", world.home.hotel);
    let body = json!({"code": "security", "names": {"zh-CN": "安保"}});
    world.post(&place).by(&admin).json(&body).await.ok(201);
    // A department that the hotel does not have can be told nothing.
    let rules = json!({"rules": [
        {"name": "Theft", "categories": ["security"], "inform": ["front-office", "spa", "security"]},
        {"name": "All else"},
    ]});
    world.put("/v1/complaint-routing").by(&admin).if_match("*").json(&rules).await.ok(200);
    let theft = json!({"category": "security", "cause_category": "external", "severity": "major",
        "occurred_at": "2026-11-21T02:00:00Z"});
    let made = complaint(&world, &admin, json!({"classification": theft})).await;
    assert_eq!(
        (&made["department"], &made["informed_departments"]),
        (&json!("security"), &json!(["front-office"]))
    );
    assert_eq!(ids(&world, &front, "queue=informed").await, [id(&made)]);
    assert!(ids(&world, &front, "queue=department").await.is_empty());
    assert!(ids(&world, &admin, "queue=informed").await.is_empty());
    // It is theirs once they handle it, and nobody's news once it is about something else.
    let theirs = json!({"handling_department": "front-office"});
    let handled = make(&world, &admin, &made, "classify", theirs).await.ok(200);
    assert_eq!(handled["informed_departments"], json!([]));
    assert_eq!(ids(&world, &front, "queue=department").await, [id(&made)]);
    assert!(ids(&world, &front, "queue=informed").await.is_empty());
    let back = make(&world, &admin, &made, "classify", json!({"handling_department": null})).await.ok(200);
    assert_eq!(back["informed_departments"], json!(["front-office"]));
    make(&world, &admin, &made, "classify", json!({"category": "noise"})).await.ok(200);
    assert!(ids(&world, &front, "queue=informed").await.is_empty());
}

#[rstest]
#[actix_web::test]
async fn a_department_is_one_of_its_hotel(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let department = async |hotel: uuid::Uuid, code: &str| {
        let body = json!({"code": code, "names": {"zh-CN": code}});
        let made = world.post(&format!("/v1/hotels/{hotel}/departments")).by(&admin).json(&body).await;
        made.ok(201)["id"].clone()
    };
    let (here, there) = (world.home.hotel.0, world.home.other_hotel.0);
    let guards = department(here, "security").await;
    department(there, "security").await;
    let all = world.get(&format!("/v1/hotels/{there}/departments")).by(&admin).send().await.ok(200);
    let is_desk = |one: &&Value| one["code"] == "front-office";
    let desk = all["items"].as_array().unwrap().iter().find(is_desk).unwrap()["id"].clone();
    let body = json!({"email": "front@example.com", "display_name": "Front", "language": "en", "password": PASSWORD,
        "memberships": [{"hotel_id": here, "department_id": guards, "role": "security"},
            {"hotel_id": there, "department_id": desk, "role": "front_desk"}]});
    let made = world.post("/v1/staff").by(&admin).json(&body).await.ok(201);
    let login = json!({"email": "front@example.com", "password": PASSWORD});
    let tokens = world.post("/v1/auth/login").json(&login).await.ok(200);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let both = Person { token, staff: made["id"].as_str().unwrap().parse().unwrap(), ..admin.clone() };
    let rules = json!({"rules": [
        {"name": "Noise", "categories": ["noise"], "inform": ["front-office", "security"]}, {"name": "All else"}]});
    world.put("/v1/complaint-routing").by(&admin).if_match("*").json(&rules).await.ok(200);
    let about = async |hotel: uuid::Uuid, category: &str, department: &str| {
        let class = json!({"category": category, "cause_category": "external", "severity": "minor",
            "department": department, "occurred_at": "2026-11-21T02:00:00Z"});
        id(&complaint(&world, &admin, json!({"hotel_id": hotel, "classification": class})).await)
    };
    let first = about(here, "temperature", "security").await;
    let second = about(there, "temperature", "front-office").await;
    about(there, "temperature", "security").await;
    about(here, "temperature", "front-office").await;
    let mut found = ids(&world, &both, "queue=department").await;
    found.sort();
    assert_eq!(found, [first.clone(), second.clone()]);
    assert_eq!(ids(&world, &both, "queue=department&department=security").await, [first]);
    assert_eq!(ids(&world, &both, &format!("queue=department&hotel_id={there}")).await, [second]);
    // Each is told by the rule, and by the hotel whose department it is.
    let told_here = about(here, "noise", "front-office").await;
    let told_there = about(there, "noise", "security").await;
    let mut found = ids(&world, &both, "queue=informed").await;
    found.sort();
    assert_eq!(found, [told_here, told_there]);
    about(here, "noise", "security").await;
    assert_eq!(ids(&world, &both, "queue=informed").await.len(), 2);
}
