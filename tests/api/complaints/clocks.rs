//! Clocks: started, stopped, paused, moved by the stay, and warned of once.

use std::sync::Arc;

use chrono::TimeDelta;
use hospes::background::{order_complaints, warn_of_complaints};
use hospes::kit::ids::WorkerId;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{complaint, make, path, read};
use crate::harness::{Backend, Person, World};

fn clock<'c>(complaint: &'c Value, kind: &str) -> &'c Value {
    complaint["clocks"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap()
}

fn due(complaint: &Value, kind: &str) -> chrono::DateTime<chrono::Utc> {
    clock(complaint, kind)["due_at"].as_str().unwrap().parse().unwrap()
}

fn received(complaint: &Value) -> chrono::DateTime<chrono::Utc> {
    complaint["received_at"].as_str().unwrap().parse().unwrap()
}

async fn in_house(world: &World, by: &Person) -> Value {
    let stay = json!({"hotel_id": world.home.hotel, "guest": {"name": "王小明"}, "arrival_on": "2026-11-20",
        "departure_on": "2026-11-23", "room": "1806"});
    let stay = world.post("/v1/stays").by(by).json(&stay).await.ok(201);
    let check_in = format!("/v1/stays/{}/check-in", stay["id"].as_str().unwrap());
    let request = world.request(actix_web::http::Method::POST, &check_in).by(by).if_match("*");
    request.json(&json!({"room": "1806"})).await.ok(200)
}

/// Runs the warnings of two servers at once until nothing is left to warn of.
async fn warn(world: &World) {
    let app: Arc<_> = world.app.clone().into_inner();
    let worker = || WorkerId(Uuid::nil());
    loop {
        let (one, two) = futures_util::future::join(
            warn_of_complaints(Arc::clone(&app), worker()),
            warn_of_complaints(Arc::clone(&app), worker()),
        )
        .await;
        let rest = hospes::background::Pace::Rest;
        if (one.unwrap(), two.unwrap()) == (rest, rest) {
            return;
        }
    }
}

async fn types(world: &World, prefix: &str) -> Vec<String> {
    world.sequence(world.home.id).await;
    let manager = world.staff("general_manager").await;
    let feed = world.get("/v1/events?limit=200").by(&manager).send().await.ok(200);
    let types = feed["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap());
    types.filter(|kind| kind.starts_with(prefix)).map(str::to_owned).collect()
}

#[rstest]
#[actix_web::test]
async fn for_a_guest_in_the_house_the_clock_is_bound_to_the_stay(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let stay = in_house(&world, &desk).await;
    let made = complaint(&world, &desk, json!({"stay_id": stay["id"]})).await;
    assert_eq!(made["in_house"], true);
    assert_eq!(due(&made, "acknowledge") - received(&made), TimeDelta::minutes(5));
    assert_eq!(due(&made, "attend") - received(&made), TimeDelta::minutes(10));
    assert_eq!(due(&made, "investigate") - received(&made), TimeDelta::hours(1));
    // Two hours before noon in Shanghai on the day of departure.
    assert_eq!(clock(&made, "resolve")["due_at"], "2026-11-23T02:00:00.000000Z");

    // The stay moves, and the clock with it: at once where it is read, and in the queue when that is put in order.
    let stay_path = format!("/v1/stays/{}", stay["id"].as_str().unwrap());
    let shorter = json!({"departure_on": "2026-11-22", "etd": "18:00"});
    world.patch(&stay_path).by(&desk).if_match("*").json(&shorter).await.ok(200);
    assert_eq!(clock(&read(&world, &desk, &made).await, "resolve")["due_at"], "2026-11-22T08:00:00.000000Z");
    for wanted in ["acknowledge", "attend"] {
        let answer = make(&world, &desk, &made, wanted, Value::Null).await;
        answer.ok(200);
    }
    let found = json!({"finding": "substantiated"});
    make(&world, &desk, &made, "investigation", found).await.ok(200);
    let later = json!({"departure_on": "2026-11-25", "etd": null});
    world.patch(&stay_path).by(&desk).if_match("*").json(&later).await.ok(200);
    order_complaints(world.app.clone().into_inner(), WorkerId(Uuid::nil())).await.unwrap();
    let queue = world.get("/v1/complaints?queue=mine").by(&desk).send().await.ok(200);
    assert_eq!(queue["items"][0]["next_due_at"], "2026-11-25T02:00:00.000000Z");
    assert_eq!(queue["items"][0]["version"], read(&world, &desk, &made).await["version"]);
}

#[rstest]
#[actix_web::test]
async fn a_pause_moves_what_is_due_and_survives_a_change_of_severity(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = complaint(&world, &desk, json!({})).await;
    let before = due(&made, "investigate");
    let held = make(&world, &desk, &made, "hold", json!({"reason": "waiting_guest"})).await.ok(200);
    assert_eq!(
        (&clock(&held, "investigate")["status"], clock(&held, "investigate").get("due_at")),
        (&json!("paused"), None)
    );
    world.clock.advance(TimeDelta::minutes(30));
    let desk = world.renewed(&desk);
    let resumed = make(&world, &desk, &made, "resume", Value::Null).await.ok(200);
    let moved = due(&resumed, "investigate") - before;
    assert!((moved - TimeDelta::minutes(30)).num_seconds().abs() <= 1, "{moved}");
    let graver = json!({"severity": "major"});
    let graver = make(&world, &desk, &made, "classify", graver).await.ok(200);
    assert_eq!(due(&graver, "investigate"), due(&resumed, "investigate"));
    assert_eq!((&graver["priority"], &resumed["priority"]), (&json!("high"), &json!("normal")));
    assert!(graver["hold_seconds"].as_i64().unwrap() >= 1_800);
}

#[rstest]
#[actix_web::test]
async fn every_clock_warns_once_however_many_servers_run(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let head = world.staff_at(world.home, Some(world.home.hotel), "department_head").await;
    let stay = in_house(&world, &desk).await;
    let made = complaint(&world, &desk, json!({"stay_id": stay["id"]})).await;
    warn(&world).await;
    assert_eq!(types(&world, "complaint.clock").await, Vec::<String>::new());

    // Three quarters of the five minutes to acknowledge are over.
    world.clock.advance(TimeDelta::seconds(230));
    warn(&world).await;
    assert_eq!(types(&world, "complaint.clock").await, ["complaint.clock_warning"]);
    let list = |query: &str| format!("/v1/complaints?{query}");
    let at_risk = world.get(&list("sla=at_risk")).by(&desk).send().await.ok(200);
    assert_eq!(at_risk["items"].as_array().unwrap().len(), 1);

    world.clock.advance(TimeDelta::seconds(100));
    warn(&world).await;
    warn(&world).await;
    assert_eq!(
        types(&world, "complaint.clock").await,
        ["complaint.clock_warning", "complaint.clock_breached"]
    );
    let late = read(&world, &desk, &made).await;
    assert_eq!((&late["breached"], &late["escalation_level"]), (&json!(["acknowledge"]), &json!(1)));
    assert_eq!(late["escalations"][0]["told"][0]["staff_id"], json!(head.staff));
    let breached = world.get(&list("sla=breached")).by(&desk).send().await.ok(200);
    assert_eq!(breached["items"][0]["id"], made["id"]);

    // A night without a server: everything overdue is raised, once.
    world.clock.advance(TimeDelta::hours(9));
    warn(&world).await;
    let all = types(&world, "complaint.clock").await;
    let breaches = all.iter().filter(|kind| *kind == "complaint.clock_breached").count();
    assert_eq!(breaches, 3, "{all:?}");
    let night = read(&world, &world.renewed(&desk), &made).await;
    assert_eq!(night["escalation_level"], 3);

    // What is acknowledged late was missed and warns no more.
    let desk = world.renewed(&desk);
    let answered = make(&world, &desk, &made, "acknowledge", Value::Null).await.ok(200);
    assert_eq!(clock(&answered, "acknowledge")["status"], "missed");
    assert!(clock(&answered, "acknowledge")["breached_by_s"].as_i64().unwrap() > 3_600);
    warn(&world).await;
    assert_eq!(types(&world, "complaint.clock").await.len(), all.len());
}

#[rstest]
#[actix_web::test]
async fn a_clock_stops_on_its_event_and_starts_again_on_reopening(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = super::resolved(&world, &desk, json!({})).await;
    for one in made["clocks"].as_array().unwrap() {
        assert_eq!(one["status"], "met", "{one}");
    }
    assert_eq!(made.get("next_due_at"), None);
    world.clock.advance(TimeDelta::hours(2));
    let again = make(&world, &desk, &made, "reopen", json!({"reason": "又坏了"})).await;
    // Two hours later the token has ended.
    assert_eq!(again.status, 401);
    let desk = world.renewed(&desk);
    let again = make(&world, &desk, &made, "reopen", json!({"reason": "又坏了"})).await.ok(200);
    let started: chrono::DateTime<chrono::Utc> =
        clock(&again, "acknowledge")["started_at"].as_str().unwrap().parse().unwrap();
    assert!(started - received(&again) >= TimeDelta::hours(2));
    assert_eq!(due(&again, "acknowledge") - started, TimeDelta::minutes(5));
    assert_eq!(world.get(&path(&made)).by(&desk).send().await.ok(200)["reopen_count"], 1);
}
