//! Rules that nobody notices until they are broken: words that stay, guests who gave no name, routes that follow the case,
//! who is told, and what early departures do to clocks.

use std::sync::Arc;

use actix_web::http::Method;
use chrono::TimeDelta;
use hospes::background::warn_of_complaints;
use hospes::kit::ids::WorkerId;
use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, investigated, make, open_moves, path, read, resolved, words};
use crate::harness::{Backend, Person, World};

/// A stay of a guest who is in the house since now.
async fn staying(world: &World, by: &Person, guest: Option<&Value>) -> Value {
    let guest = guest.map_or(json!({"name": "王小明"}), |guest| json!({"guest_id": guest["id"]}));
    let stay = json!({"hotel_id": world.home.hotel, "guest": guest, "arrival_on": "2026-11-20",
        "departure_on": "2026-11-23", "room": "1806"});
    let stay = world.post("/v1/stays").by(by).json(&stay).await.ok(201);
    let check_in = format!("/v1/stays/{}/check-in", stay["id"].as_str().unwrap());
    let request = world.request(Method::POST, &check_in).by(by).if_match("*");
    request.json(&json!({"room": "1806"})).await.ok(200)
}

async fn guest(world: &World, by: &Person, more: Value) -> Value {
    let mut body =
        json!({"names": [{"surname": "李", "given_name": "雷"}], "phones": [{"number": "+8613912340000"}]});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    world.post("/v1/guests").by(by).header("x-allow-duplicate", "true").json(&body).await.ok(201)
}

async fn change(world: &World, by: &Person, complaint: &Value, body: Value) -> crate::harness::Answer {
    world.patch(&path(complaint)).by(by).if_match("*").json(&body).await
}

async fn messages(world: &World, by: &Person, complaint: &Value) -> Vec<Value> {
    let found = world.get(&format!("{}/messages", path(complaint))).by(by).send().await.ok(200);
    found["items"].as_array().unwrap().clone()
}

fn clock<'c>(complaint: &'c Value, kind: &str) -> &'c Value {
    complaint["clocks"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap()
}

/// Gives every warning that is due.
async fn warn(world: &World) {
    let app: Arc<_> = world.app.clone().into_inner();
    let worker = WorkerId(uuid::Uuid::nil());
    while warn_of_complaints(Arc::clone(&app), worker).await.unwrap() != hospes::background::Pace::Rest {}
}

#[rstest]
#[actix_web::test]
async fn the_guests_words_are_kept_when_somebody_writes_others_over_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = complaint(&world, &desk, json!({})).await;
    let first = made["description"].clone();
    change(&world, &desk, &made, json!({"description": "Nothing happened", "demand": "Money"})).await.ok(200);
    let kept = messages(&world, &desk, &made).await;
    assert_eq!((kept.len(), &kept[0]["body"]), (1, &first));
    assert_eq!((&kept[0]["visibility"], &kept[0]["author"]), (&json!("internal"), &json!("guest")));
    let log = world.get(&format!("{}/timeline", path(&made))).by(&desk).send().await.ok(200);
    let updated =
        log["items"].as_array().unwrap().iter().find(|one| one["action"] == "complaint.updated").unwrap();
    let text = updated.to_string();
    assert!(text.contains("\"description\"") && text.contains("\"demand\""), "{text}");
    assert!(!text.contains("Money"), "{text}");
    make(&world, &desk, &made, "withdraw", json!({"reason": "So it is"})).await.ok(200);
    change(&world, &desk, &made, json!({"description": "Again"})).await.problem(409, "state_conflict");
    change(&world, &desk, &made, json!({"tags": ["late"]})).await.ok(200);
}

#[rstest]
#[actix_web::test]
async fn who_gives_no_name_is_no_known_guest_whatever_the_room(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let someone = guest(&world, &desk, json!({})).await;
    let stay = staying(&world, &desk, Some(&someone)).await;
    let anonymous = json!({"stay_id": stay["id"], "reporter": {"kind": "anonymous"}});
    let made = complaint(&world, &desk, anonymous.clone()).await;
    assert_eq!((made.get("guest"), &made["in_house"]), (None, &json!(true)));
    let mut told = words(&world, anonymous);
    told["guest_id"] = someone["id"].clone();
    let answer = world.post("/v1/complaints").by(&desk).json(&told).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/guest_id not_applicable"]);
    let answer = change(&world, &desk, &made, json!({"guest_id": someone["id"]})).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/guest_id not_applicable"]);
}

#[rstest]
#[actix_web::test]
async fn a_stay_that_is_told_later_brings_its_guest_and_room(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let someone = guest(&world, &desk, json!({})).await;
    let stay = staying(&world, &desk, Some(&someone)).await;
    let mut body = words(&world, json!({}));
    body.as_object_mut().unwrap().remove("room");
    let made = world.post("/v1/complaints").by(&desk).json(&body).await.ok(201);
    let told = change(&world, &desk, &made, json!({"stay_id": stay["id"]})).await.ok(200);
    assert_eq!((&told["guest"]["guest_id"], &told["room"]), (&someone["id"], &json!("1806")));
    // What is told beside it comes first.
    let made = world.post("/v1/complaints").by(&desk).json(&body).await.ok(201);
    let told = json!({"stay_id": stay["id"], "room": "9", "guest_id": null});
    let told = change(&world, &desk, &made, told).await.ok(200);
    assert_eq!((told.get("guest"), &told["room"]), (None, &json!("9")));
}

#[rstest]
#[actix_web::test]
async fn what_a_rule_gave_follows_the_case_and_what_somebody_said_stays(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, admin) = (world.staff("front_desk").await, world.staff("admin").await);
    let place = format!("/v1/hotels/{}/departments", world.home.hotel);
    for code in ["security", "engineering"] {
        world.post(&place).by(&admin).json(&json!({"code": code, "names": {"en": code}})).await.ok(201);
    }
    let rules = json!({"rules": [
        {"name": "Theft", "categories": ["security"], "department": "security", "priority": "urgent"},
        {"name": "Price", "cause_categories": ["price"], "department": "nowhere", "priority": "low"},
        {"name": "French", "languages": ["fr"], "department": "security"},
        {"name": "All else", "department": "engineering"},
    ]});
    world.put("/v1/complaint-routing").by(&admin).if_match("*").json(&rules).await.ok(200);
    let class = |more: Value| {
        let mut class = json!({"category": "temperature", "cause_category": "product_quality", "severity": "general",
            "occurred_at": "2026-11-21T02:00:00Z"});
        class.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"classification": class})
    };
    let made = complaint(&world, &desk, class(json!({}))).await;
    let is = |complaint: &Value| {
        [&complaint["department"], &complaint["priority"], &complaint["routed_by"]]
            .map(|one| one.as_str().unwrap().to_owned())
    };
    assert_eq!(is(&made), ["engineering", "normal", "All else"]);
    let theft = make(&world, &desk, &made, "classify", json!({"category": "security"})).await.ok(200);
    assert_eq!(is(&theft), ["security", "urgent", "Theft"]);
    // A rule that names what the hotel does not have leaves it to who usually handles the category.
    let back = json!({"category": "temperature", "cause_category": "price"});
    let price = make(&world, &desk, &made, "classify", back).await.ok(200);
    assert_eq!(is(&price), ["engineering", "low", "Price"]);
    let preview = json!({"hotel_id": world.home.hotel, "category": "temperature", "cause_category": "price", "severity": "general"});
    let preview = world.post("/v1/complaint-routing/preview").by(&admin).json(&preview).await.ok(200);
    assert_eq!(
        (&preview["department"], &preview["department_missing"]),
        (&json!("engineering"), &json!(true))
    );
    // What somebody said is left alone.
    let said =
        complaint(&world, &desk, class(json!({"department": "front-office", "priority": "high"}))).await;
    let said = make(&world, &desk, &said, "classify", json!({"cause_category": "price"})).await.ok(200);
    assert_eq!(is(&said), ["front-office", "high", "Price"]);
    // A guest who comes to light later is part of the case: a VIP, and what language is spoken.
    let vip = guest(&world, &desk, json!({"vip_level": "vip1", "preferred_language": "fr"})).await;
    let mut plain = words(&world, class(json!({})));
    plain.as_object_mut().unwrap().remove("language");
    let plain = world.post("/v1/complaints").by(&desk).json(&plain).await.ok(201);
    assert_eq!(is(&plain), ["engineering", "normal", "All else"]);
    let known = change(&world, &desk, &plain, json!({"guest_id": vip["id"]})).await.ok(200);
    assert_eq!(is(&known), ["security", "high", "French"]);
}

#[rstest]
#[actix_web::test]
async fn where_a_failure_came_from_goes_with_the_cause_it_came_with(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = complaint(&world, &desk, json!({})).await;
    let told = json!({"sub_cause": "equipment_failure"});
    let broken = make(&world, &desk, &made, "classify", told).await.ok(200);
    assert_eq!(broken["failure_origin"], "system_defect");
    let told = json!({"cause_category": "price", "sub_cause": "charge_not_explained"});
    let price = make(&world, &desk, &made, "classify", told).await.ok(200);
    assert_eq!(price["failure_origin"], "staff_error");
    let none = make(&world, &desk, &made, "classify", json!({"sub_cause": null})).await.ok(200);
    assert_eq!(none.get("failure_origin"), None);
    let told = json!({"sub_cause": "charge_not_explained", "failure_origin": "guest_factor"});
    make(&world, &desk, &made, "classify", told).await.ok(200);
    let said = make(&world, &desk, &made, "classify", json!({"sub_cause": null})).await.ok(200);
    assert_eq!(said["failure_origin"], "guest_factor");
}

#[rstest]
#[actix_web::test]
async fn what_became_part_of_a_complaint_is_found_there(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let (one, two) =
        (complaint(&world, &manager, json!({})).await, complaint(&world, &manager, json!({})).await);
    let say = json!({"body": "On the way", "visibility": "internal"});
    make(&world, &manager, &one, "messages", say).await.ok(201);
    make(&world, &manager, &one, "merge", json!({"into_complaint_id": two["id"]})).await.ok(200);
    let whole = read(&world, &manager, &two).await;
    assert_eq!(whole["merged_from"], json!([one["id"]]));
    let told = messages(&world, &manager, &two).await;
    assert_eq!((told.len(), &told[0]["complaint_id"]), (1, &one["id"]));
    make(&world, &manager, &one, "unmerge", Value::Null).await.ok(200);
    assert_eq!(read(&world, &manager, &two).await["merged_from"], json!([]));
    assert!(messages(&world, &manager, &two).await.is_empty());
    let part = json!({"description": "And the bill was wrong"});
    let part = make(&world, &manager, &two, "split", part).await.ok(201);
    let rest = read(&world, &manager, &two).await;
    assert_eq!((&rest["split_into"], &part["split_from"]), (&json!([part["id"]]), &two["id"]));
    let log = world.get(&format!("{}/timeline", path(&two))).by(&manager).send().await.ok(200);
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    for action in ["complaint.joined", "complaint.parted"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    // A part is no sign that anything came back.
    let class = json!({"category": "noise", "cause_category": "external", "severity": "minor",
        "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"});
    let alone = complaint(&world, &manager, json!({"room": "77", "asset": "TV-77"})).await;
    let part = json!({"description": "And the bill was wrong"});
    let part = make(&world, &manager, &alone, "split", part).await.ok(201);
    let part = make(&world, &manager, &part, "classify", class).await.ok(200);
    assert_eq!(part.get("problem_id"), None);
}

#[rstest]
#[actix_web::test]
async fn what_was_found_can_be_found_anew_and_has_to_be_after_a_reopening(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, manager) = (world.staff("front_desk").await, world.staff("duty_manager").await);
    let made = investigated(&world, &desk, json!({})).await;
    let offer = json!({"type": "refund", "amount_minor": 30_000});
    let proposed = make(&world, &desk, &made, "solutions", offer).await.ok(201);
    let solution = proposed["solutions"][0]["id"].as_str().unwrap();
    let found = json!({"finding": "unfounded"});
    make(&world, &desk, &made, "investigation", found.clone()).await.problem(409, "state_conflict");
    assert!(!open_moves(&proposed).contains(&"withdraw"), "something is promised");
    let no = json!({"reason": "Not so"});
    make(&world, &manager, &made, &format!("solutions/{solution}/decline"), no.clone()).await.ok(200);
    let again = make(&world, &desk, &made, "investigation", found).await.ok(200);
    assert_eq!(
        (&again["status"], &again["investigation"]["finding"]),
        (&json!("investigating"), &json!("unfounded"))
    );
    // Whoever found out what happened does not refuse it.
    let looked = world.staff("duty_manager").await;
    let found = json!({"finding": "unfounded", "summary": "Looked again"});
    let judged = make(&world, &looked, &made, "investigation", found).await.ok(200);
    assert!(!open_moves(&judged).contains(&"reject"));
    make(&world, &looked, &made, "reject", no.clone()).await.problem(409, "state_conflict");
    make(&world, &manager, &made, "reject", no.clone()).await.ok(200);
    let reopened = make(&world, &desk, &made, "reopen", no).await.ok(200);
    assert!(!open_moves(&reopened).contains(&"propose"));
    make(&world, &desk, &made, "solutions", json!({"type": "apology"})).await.problem(409, "state_conflict");
    let partly = json!({"finding": "partly"});
    let partly = make(&world, &desk, &made, "investigation", partly).await.ok(200);
    assert_eq!(clock(&partly, "investigate")["status"], "met");
    make(&world, &desk, &made, "solutions", json!({"type": "apology"})).await.ok(201);
}

#[rstest]
#[case("satisfied", 2, false)]
#[case("satisfied", 3, true)]
#[case("dissatisfied", 4, false)]
#[case("no_opinion", 1, true)]
#[actix_web::test]
async fn a_mark_does_not_say_the_opposite_of_the_outcome(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] outcome: &str,
    #[case] rating: i64,
    #[case] fits: bool,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = resolved(&world, &desk, json!({})).await;
    let told = json!({"channel": "phone", "outcome": outcome, "rating": rating});
    let answer = make(&world, &desk, &made, "follow-up", told).await;
    match fits {
        true => drop(answer.ok(200)),
        false => assert_eq!(answer.faults(422, "invalid_content"), ["/rating opposite"]),
    }
}

#[rstest]
#[actix_web::test]
async fn what_cannot_have_happened_or_is_needed_still_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let create = async |more: Value| {
        let answer = world.post("/v1/complaints").by(&desk).json(&words(&world, more)).await;
        answer.faults(422, "invalid_content")
    };
    assert_eq!(create(json!({"received_at": "1999-12-31T23:59:59Z"})).await, ["/received_at too_early"]);
    let mut early = words(&world, json!({}));
    early["received_at"] = json!("2026-11-01T00:00:00Z");
    let answer = world.post("/v1/complaints").by(&desk).json(&early).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/classification/occurred_at after_receipt"]);
    let contact = json!({"contact": {"phone": "+8613800138000"}, "reporter": {"kind": "anonymous"}});
    let made = complaint(&world, &desk, contact).await;
    let refused = async |body: Value| change(&world, &desk, &made, body).await.faults(422, "invalid_content");
    assert_eq!(refused(json!({"occurred_at": null})).await, ["/occurred_at required"]);
    assert_eq!(refused(json!({"contact": null})).await, ["/contact required"]);
    change(&world, &desk, &made, json!({"contact": {"email": "a@example.com"}})).await.ok(200);
}

#[rstest]
#[actix_web::test]
async fn a_guest_is_in_the_house_from_the_check_in_to_the_check_out(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let stay = staying(&world, &desk, None).await;
    // Before the check-in the guest was not here, whatever becomes of the stay.
    let early =
        complaint(&world, &desk, json!({"stay_id": stay["id"], "received_at": "2026-11-21T07:00:00Z"})).await;
    assert_eq!(early["in_house"], false);
    let made = complaint(&world, &desk, json!({"stay_id": stay["id"]})).await;
    assert_eq!(
        (&made["in_house"], &clock(&made, "resolve")["due_at"]),
        (&json!(true), &json!("2026-11-23T02:00:00.000000Z"))
    );
    // Whoever leaves earlier makes nobody late.
    let done = resolved(&world, &desk, json!({"stay_id": stay["id"]})).await;
    let place = format!("/v1/stays/{}/check-out", stay["id"].as_str().unwrap());
    world.request(Method::POST, &place).by(&desk).if_match("*").json(&json!({})).await.ok(200);
    let left = read(&world, &desk, &made).await;
    assert_eq!((&left["in_house"], clock(&left, "resolve")), (&json!(true), clock(&made, "resolve")));
    assert_eq!(clock(&read(&world, &desk, &done).await, "resolve")["status"], "met");
    // Later than planned is still in the house.
    let stay = staying(&world, &desk, None).await;
    world.clock.advance(TimeDelta::hours(50));
    let desk = world.renewed(&desk);
    let late = complaint(&world, &desk, json!({"stay_id": stay["id"]})).await;
    assert_eq!(late["in_house"], true);
    assert_eq!(clock(&late, "attend")["status"], "running");
}

#[rstest]
#[actix_web::test]
async fn a_later_policy_changes_no_verdict_and_raises_nothing_twice(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, admin) = (world.staff("front_desk").await, world.staff("admin").await);
    let policy = async |minutes: i64| {
        let targets = json!([{"clock": "acknowledge", "kind": "elapsed", "minutes": minutes, "calendar": "round-the-clock"}]);
        let rules = json!({"rules": [{"code": "all", "names": {"en": "All"}, "targets": targets}]});
        let admin = world.renewed(&admin);
        world.put("/v1/service-level-policies").by(&admin).if_match("*").json(&rules).await.ok(200);
    };
    policy(5).await;
    let kept = complaint(&world, &desk, json!({})).await;
    let late = complaint(&world, &desk, json!({"room": "9"})).await;
    world.clock.advance(TimeDelta::minutes(2));
    make(&world, &desk, &kept, "acknowledge", Value::Null).await.ok(200);
    world.clock.advance(TimeDelta::minutes(5));
    warn(&world).await;
    policy(1).await;
    warn(&world).await;
    let say = json!({"body": "Noted", "visibility": "internal"});
    make(&world, &desk, &kept, "messages", say).await.ok(201);
    assert_eq!(clock(&read(&world, &desk, &kept).await, "acknowledge")["status"], "met");
    let told = read(&world, &desk, &late).await;
    assert_eq!((&told["escalation_level"], &told["breached"]), (&json!(1), &json!(["acknowledge"])));
    let log = world.get(&format!("{}/timeline", path(&late))).by(&desk).send().await.ok(200);
    let breaches =
        log["items"].as_array().unwrap().iter().filter(|one| one["action"] == "complaint.clock_breached");
    assert_eq!(breaches.count(), 1);
    // What was missed stays missed when the guest takes it back.
    make(&world, &desk, &late, "withdraw", json!({"reason": "So it is"})).await.ok(200);
    let report = "/v1/reports/complaints?from=2026-11-21&to=2026-11-21";
    let admin = world.renewed(&admin);
    let report = world.get(report).by(&admin).send().await.ok(200);
    let timeliness = &report["total"]["response_timeliness"];
    assert_eq!((&timeliness["count"], &timeliness["n"]), (&json!(1), &json!(2)));
}

#[rstest]
#[actix_web::test]
async fn what_stays_overdue_climbs_past_empty_rungs_and_other_departments(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, admin) = (world.staff("front_desk").await, world.staff("admin").await);
    let place = format!("/v1/hotels/{}/departments", world.home.hotel);
    let body = json!({"code": "kitchen", "names": {"en": "Kitchen"}});
    let kitchen = world.post(&place).by(&admin).json(&body).await.ok(201);
    let cook = json!({"email": "cook@example.com", "display_name": "Cook", "language": "en", "password": "copper-window-17-forest",
        "memberships": [{"hotel_id": world.home.hotel, "department_id": kitchen["id"], "role": "department_head"}]});
    world.post("/v1/staff").by(&admin).json(&cook).await.ok(201);
    let general = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let made = complaint(&world, &desk, json!({})).await;
    world.clock.advance(TimeDelta::minutes(6));
    warn(&world).await;
    // The kitchen's head has nothing to do with the front office, and nobody is duty manager.
    let late = read(&world, &desk, &made).await;
    assert_eq!(
        (&late["escalation_level"], &late["escalations"][0]["told"][0]["staff_id"]),
        (&json!(3), &json!(general.staff))
    );

    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    world.staff_at(world.home, Some(world.home.hotel), "department_head").await;
    let duty = world.staff_at(world.home, Some(world.home.hotel), "duty_manager").await;
    let made = complaint(&world, &desk, json!({})).await;
    world.clock.advance(TimeDelta::minutes(6));
    warn(&world).await;
    world.clock.advance(TimeDelta::minutes(29));
    let desk = world.renewed(&desk);
    warn(&world).await;
    assert_eq!(read(&world, &desk, &made).await["escalation_level"], 1);
    world.clock.advance(TimeDelta::minutes(2));
    warn(&world).await;
    let late = read(&world, &desk, &made).await;
    assert_eq!(
        (&late["escalation_level"], &late["escalations"][1]["told"][0]["staff_id"]),
        (&json!(2), &json!(duty.staff))
    );
}
