//! Preference plans: drawn, worked on, brought into line, and counted.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Person, World};

pub async fn guest(world: &World, by: &Person) -> String {
    world.named(by, "王", "小明").await["id"].as_str().unwrap().to_owned()
}

pub async fn wish(world: &World, by: &Person, guest: &str, body: Value) -> Value {
    world.post(&format!("/v1/guests/{guest}/preferences")).by(by).json(&body).await.ok(201)
}

pub async fn stay(world: &World, by: &Person, guest: &str, from: &str, to: &str) -> Value {
    let body = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": guest}, "arrival_on": from, "departure_on": to,
        "room": "1806"});
    world.post("/v1/stays").by(by).json(&body).await.ok(201)
}

pub async fn posted(world: &World, by: &Person, path: &str) -> Answer {
    world.request(Method::POST, path).by(by).if_match("*").send().await
}

pub fn plan_of(stay: &Value) -> String {
    format!("/v1/stays/{}/preference-plan", stay["id"].as_str().unwrap())
}

fn told(plan: &Value) -> Vec<(&str, &str)> {
    let items = plan["plan_items"].as_array().unwrap().iter();
    items.map(|item| (item["code"].as_str().unwrap(), item["status"].as_str().unwrap())).collect()
}

fn item<'p>(plan: &'p Value, code: &str) -> &'p Value {
    plan["plan_items"].as_array().unwrap().iter().find(|item| item["code"] == code).unwrap()
}

#[rstest]
#[actix_web::test]
async fn a_plan_is_drawn_worked_on_and_brought_into_line(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (main, along) = (guest(&world, &desk).await, guest(&world, &desk).await);
    let floor =
        wish(&world, &desk, &main, json!({"code": "high_floor", "polarity": "like", "importance": 2})).await;
    wish(&world, &desk, &main, json!({"code": "quiet_room", "polarity": "must"})).await;
    wish(&world, &desk, &along, json!({"code": "crib", "polarity": "like", "importance": 5})).await;
    // For another hotel, and over before the stay: not planned.
    let elsewhere = json!({"code": "bathtub", "polarity": "like", "hotel_ids": [world.home.other_hotel]});
    wish(&world, &desk, &main, elsewhere).await;
    wish(&world, &desk, &main, json!({"code": "shower", "polarity": "like", "valid_from": "2027-01-01"}))
        .await;
    let body = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": main}, "companions": [{"guest_id": along}],
        "arrival_on": "2026-12-24", "departure_on": "2026-12-26", "room": "1806"});
    let stay = world.post("/v1/stays").by(&desk).json(&body).await.ok(201);
    let path = plan_of(&stay);
    let empty = world.get(&path).by(&desk).send().await;
    assert_eq!(empty.etag(), "\"0\"");
    assert_eq!(empty.ok(200)["plan_items"], json!([]));
    let drawn = posted(&world, &desk, &path).await;
    assert_eq!(drawn.etag(), "\"3\"");
    let drawn = drawn.ok(200);
    assert_eq!(told(&drawn), [("quiet_room", "planned"), ("crib", "planned"), ("high_floor", "planned")]);
    let high = item(&drawn, "high_floor");
    assert_eq!(
        (&high["due_on"], &high["room"], &high["guest_name"], &high["department"]),
        (&json!("2026-12-24"), &json!("1806"), &json!("王小明"), &json!("front-office"))
    );
    assert_eq!(posted(&world, &desk, &path).await.ok(200), drawn);
    let read = world.get(&path).by(&desk).send().await;
    assert_eq!((read.etag(), read.ok(200)), ("\"3\"", drawn.clone()));
    assert_eq!(world.get(&path).by(&desk).header("if-none-match", "\"3\"").send().await.status, 304);

    let at = |code: &str| format!("/v1/plan-items/{}", item(&drawn, code)["id"].as_str().unwrap());
    let crib = at("crib");
    let done = world.request(Method::POST, &format!("{crib}/done")).by(&desk).if_match("\"1\"").send().await;
    let done = done.ok(200);
    assert_eq!((&done["status"], &done["decided_by"]), (&json!("done"), &json!(desk.staff)));
    assert_eq!(posted(&world, &desk, &format!("{crib}/done")).await.ok(200)["version"], 2);
    let stale =
        world.request(Method::POST, &format!("{crib}/reopen")).by(&desk).if_match("\"1\"").send().await;
    stale.problem(412, "precondition_failed");
    let refuse = |path: String, reason: &'static str| {
        let request = world.request(Method::POST, &format!("{path}/not-possible")).by(&desk).if_match("*");
        async move { request.json(&json!({"reason": reason})).await }
    };
    refuse(crib.clone(), "no crib left").await.problem(409, "state_conflict");
    assert_eq!(refuse(at("quiet_room"), " ").await.faults(422, "invalid_content"), ["/reason length"]);
    let refused = refuse(at("quiet_room"), "full house").await.ok(200);
    assert_eq!((&refused["status"], &refused["reason"]), (&json!("not_possible"), &json!("full house")));
    let reopened = posted(&world, &desk, &format!("{}/reopen", at("quiet_room"))).await.ok(200);
    assert_eq!(
        (&reopened["status"], reopened.get("reason"), reopened.get("decided_at")),
        (&json!("planned"), None, None)
    );

    // The wish is gone, another one has come, the stay has moved.
    let gone = format!("/v1/guest-preferences/{}", floor["id"].as_str().unwrap());
    world.delete(&gone).by(&desk).if_match("*").send().await.ok(204);
    wish(&world, &desk, &main, json!({"code": "twin_beds", "polarity": "like"})).await;
    let moved = json!({"arrival_on": "2026-12-25"});
    let stay_path = format!("/v1/stays/{}", stay["id"].as_str().unwrap());
    world.patch(&stay_path).by(&desk).if_match("*").json(&moved).await.ok(200);
    let anew = posted(&world, &desk, &path).await.ok(200);
    let mut seen = told(&anew);
    seen.sort_unstable();
    assert_eq!(
        seen,
        [("crib", "done"), ("high_floor", "dropped"), ("quiet_room", "planned"), ("twin_beds", "planned")]
    );
    assert_eq!(item(&anew, "quiet_room")["due_on"], "2026-12-25");
    posted(&world, &desk, &format!("{}/done", at("high_floor"))).await.problem(409, "state_conflict");
    world.sequence(world.home.id).await;
    let manager = world.staff("general_manager").await;
    let feed = world.get("/v1/events?limit=200").by(&manager).send().await.ok(200);
    let types = feed["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap());
    let drawn = types.filter(|kind| *kind == "plan.drawn").count();
    assert_eq!(drawn, 2);
}

#[rstest]
#[actix_web::test]
async fn a_stay_that_is_over_or_called_off_is_not_planned_for(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let main = guest(&world, &desk).await;
    wish(&world, &desk, &main, json!({"code": "high_floor", "polarity": "like"})).await;
    let stay = stay(&world, &desk, &main, "2026-12-24", "2026-12-26").await;
    posted(&world, &desk, &plan_of(&stay)).await.ok(200);
    let list = "/v1/plan-items?date=2026-12-24&department=front-office";
    assert_eq!(world.get(list).by(&desk).send().await.ok(200)["items"].as_array().unwrap().len(), 1);
    let plan = world.get(&plan_of(&stay)).by(&desk).send().await.ok(200);
    let done = format!("/v1/plan-items/{}/done", plan["plan_items"][0]["id"].as_str().unwrap());
    let cancel = format!("/v1/stays/{}/cancel", stay["id"].as_str().unwrap());
    let request = world.request(Method::POST, &cancel).by(&desk).if_match("*");
    request.json(&json!({"reason": "ill"})).await.ok(200);
    posted(&world, &desk, &plan_of(&stay)).await.problem(409, "state_conflict");
    posted(&world, &desk, &done).await.problem(409, "state_conflict");
    // What was planned stays readable and is no work any more.
    assert_eq!(
        world.get(&plan_of(&stay)).by(&desk).send().await.ok(200)["plan_items"].as_array().unwrap().len(),
        1
    );
    assert_eq!(world.get(list).by(&desk).send().await.ok(200)["items"], json!([]));
    posted(&world, &desk, "/v1/stays/0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0/preference-plan")
        .await
        .problem(404, "not_found");
    let other = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    world.get(&plan_of(&stay)).by(&other).send().await.problem(404, "not_found");
    assert_eq!(world.get("/v1/plan-items").by(&other).send().await.ok(200)["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn sensitive_items_are_planned_and_hidden(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, engineer) = (world.staff("front_desk").await, world.staff("engineering").await);
    let main = guest(&world, &desk).await;
    let consent = json!({"purpose": "sensitive_data", "method": "written"});
    let consents = format!("/v1/guests/{main}/consents");
    let consent = world.post(&consents).by(&desk).json(&consent).await.ok(201);
    let allergy =
        json!({"category": "allergy", "polarity": "must_not", "text": "peanuts", "severity": "severe"});
    wish(&world, &desk, &main, allergy).await;
    wish(&world, &desk, &main, json!({"code": "quiet_room", "polarity": "must", "importance": 5})).await;
    let stay = stay(&world, &desk, &main, "2026-12-24", "2026-12-26").await;
    // Drawn by somebody who may not see it.
    let seen = posted(&world, &engineer, &plan_of(&stay)).await.ok(200);
    assert_eq!((seen["plan_items"].as_array().unwrap().len(), &seen["version"]), (1, &json!(2)));
    let whole = world.get(&plan_of(&stay)).by(&desk).send().await.ok(200);
    assert_eq!(
        (&whole["plan_items"][0]["text"], &whole["plan_items"][0]["sensitive"]),
        (&json!("peanuts"), &json!(true))
    );
    let hidden = format!("/v1/plan-items/{}", whole["plan_items"][0]["id"].as_str().unwrap());
    world.get(&hidden).by(&engineer).send().await.problem(404, "not_found");
    posted(&world, &engineer, &format!("{hidden}/done")).await.problem(404, "not_found");
    assert_eq!(
        world.get("/v1/plan-items").by(&engineer).send().await.ok(200)["items"].as_array().unwrap().len(),
        1
    );
    assert_eq!(
        world.get("/v1/plan-items").by(&desk).send().await.ok(200)["items"].as_array().unwrap().len(),
        2
    );
    let brief = format!("/v1/hotels/{}/arrivals?date=2026-12-24", world.home.hotel);
    let seen = world.get(&brief).by(&engineer).send().await;
    assert!(!String::from_utf8_lossy(&seen.bytes).contains("peanuts"));
    let seen = world.get(&brief).by(&desk).send().await.ok(200);
    let first = &seen["arrivals"]["entries"][0]["guest"]["preferences"][0];
    assert_eq!((&first["text"], &first["plan_status"]), (&json!("peanuts"), &json!("planned")));
    world.sequence(world.home.id).await;
    let manager = world.staff("general_manager").await;
    let feed = world.get("/v1/events?limit=200").by(&manager).send().await.ok(200);
    let plans = feed["items"].as_array().unwrap().iter().filter(|event| event["type"] == "plan.drawn");
    assert!(plans.into_iter().all(|event| !event.to_string().contains("allergy")));
    // Without consent it is not asked for any more.
    let withdraw = format!("/v1/guest-consents/{}/withdraw", consent["id"].as_str().unwrap());
    world.request(Method::POST, &withdraw).by(&desk).if_match("*").json(&json!({})).await.ok(200);
    let anew = world.get(&plan_of(&stay)).by(&desk).send().await.ok(200);
    let allergy =
        anew["plan_items"].as_array().unwrap().iter().find(|item| item["category"] == "allergy").unwrap();
    assert_eq!(allergy["status"], "dropped");
    let seen = world.get(&brief).by(&desk).send().await;
    assert!(!String::from_utf8_lossy(&seen.bytes).contains("peanuts"));
}

#[rstest]
#[actix_web::test]
async fn two_who_draw_one_plan_at_once_draw_it_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let main = guest(&world, &desk).await;
    for code in ["high_floor", "quiet_room", "crib"] {
        wish(&world, &desk, &main, json!({"code": code, "polarity": "like"})).await;
    }
    let stay = stay(&world, &desk, &main, "2026-12-24", "2026-12-26").await;
    let path = plan_of(&stay);
    let drawn = futures_util::future::join_all((0..4).map(|_| posted(&world, &desk, &path))).await;
    for answer in drawn {
        assert_eq!(answer.ok(200)["plan_items"].as_array().unwrap().len(), 3);
    }
}

#[rstest]
#[actix_web::test]
async fn fulfilment_is_counted_by_group_and_absent_without_items(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let report = async |query: &str| {
        let path = format!("/v1/reports/fulfilment?from=2026-12-01&to=2027-01-31{query}");
        world.get(&path).by(&manager).send().await.ok(200)
    };
    let none = report("").await;
    assert_eq!(none["total"], json!({"planned": 0, "done": 0, "not_possible": 0, "open": 0}));
    for (from, to, done) in [("2026-12-24", "2026-12-26", 2), ("2027-01-03", "2027-01-04", 1)] {
        let main = guest(&world, &manager).await;
        for code in ["high_floor", "quiet_room", "no_alcohol_in_minibar"] {
            wish(&world, &manager, &main, json!({"code": code, "polarity": "like"})).await;
        }
        let stay = stay(&world, &manager, &main, from, to).await;
        let plan = posted(&world, &manager, &plan_of(&stay)).await.ok(200);
        for item in plan["plan_items"].as_array().unwrap().iter().take(done) {
            posted(&world, &manager, &format!("/v1/plan-items/{}/done", item["id"].as_str().unwrap()))
                .await
                .ok(200);
        }
    }
    // A stay that was called off counts for nothing.
    let main = guest(&world, &manager).await;
    wish(&world, &manager, &main, json!({"code": "high_floor", "polarity": "like"})).await;
    let off = stay(&world, &manager, &main, "2026-12-28", "2026-12-29").await;
    posted(&world, &manager, &plan_of(&off)).await.ok(200);
    world
        .delete(&format!("/v1/stays/{}", off["id"].as_str().unwrap()))
        .by(&manager)
        .if_match("*")
        .send()
        .await
        .ok(204);

    let total = report("").await["total"].clone();
    assert_eq!(total, json!({"planned": 6, "done": 3, "not_possible": 0, "open": 3, "fulfilment_rate": 500}));
    let months = report("&group_by=month").await;
    let rates: Vec<_> =
        months["items"].as_array().unwrap().iter().map(|m| (&m["month"], &m["fulfilment_rate"])).collect();
    assert_eq!(rates, [(&json!("2026-12"), &json!(667)), (&json!("2027-01"), &json!(333))]);
    let departments = report("&group_by=department").await;
    let sum: i64 =
        departments["items"].as_array().unwrap().iter().map(|d| d["planned"].as_i64().unwrap()).sum();
    assert_eq!(sum, 6);
    assert!(departments["items"].as_array().unwrap().iter().all(|d| d["department"].is_string()));
    let categories = report("&group_by=category&category=room").await;
    assert_eq!(categories["items"].as_array().unwrap().len(), 1);
    let hotels = report("&group_by=hotel").await;
    assert_eq!(hotels["items"][0]["hotel_id"], json!(world.home.hotel));
    let other = format!("&hotel_id={}", world.home.other_hotel);
    assert_eq!(report(&other).await["total"]["planned"], 0);
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    let path = "/v1/reports/fulfilment?from=2026-12-01&to=2027-01-31&group_by=hotel";
    assert_eq!(world.get(path).by(&there).send().await.ok(200)["items"], json!([]));
    for query in
        ["from=2026-02-30", "from=2027-01-01&to=2026-01-01", "from=2000-01-01&to=2026-01-01", "group_by=room"]
    {
        let answer = world.get(&format!("/v1/reports/fulfilment?{query}")).by(&manager).send().await;
        answer.problem(400, "invalid_parameter");
    }
}

#[rstest]
#[actix_web::test]
async fn a_hotels_own_code_of_a_department_finds_its_work(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let departments = format!("/v1/hotels/{}/departments", world.home.hotel);
    let main = guest(&world, &admin).await;
    wish(&world, &admin, &main, json!({"code": "high_floor", "polarity": "like"})).await;
    wish(&world, &admin, &main, json!({"code": "latex_pillow", "polarity": "like"})).await;
    for class in ["front_office", "housekeeping", "food_and_beverage"] {
        let note = json!({"class": class, "text": class, "confidential": false});
        world.post(&format!("/v1/guests/{main}/notes")).by(&admin).json(&note).await.ok(201);
    }
    let stay = stay(&world, &admin, &main, "2026-11-21", "2026-11-23").await;
    posted(&world, &admin, &plan_of(&stay)).await.ok(200);
    for (code, wanted, class) in
        [("front-office", "high_floor", "front_office"), ("food-beverage", "", "food_and_beverage")]
    {
        // The hotel has a front office from the start.
        let body = json!({"code": code, "names": {"en": code}});
        let made = world.post(&departments).by(&admin).json(&body).await.status;
        assert_eq!(made, if code == "front-office" { 409 } else { 201 });
        let all = world.get(&departments).by(&admin).send().await.ok(200);
        let department =
            all["items"].as_array().unwrap().iter().find(|department| department["code"] == code);
        let own = department.unwrap()["code"].as_str().unwrap();
        let list = format!("/v1/plan-items?date=2026-11-21&department={own}");
        let found = world.get(&list).by(&admin).send().await.ok(200);
        let codes: Vec<&str> =
            found["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
        assert_eq!(codes.join(","), wanted);
        let brief = format!("/v1/hotels/{}/arrivals?date=2026-11-21&department={own}", world.home.hotel);
        let brief = world.get(&brief).by(&admin).send().await.ok(200);
        let text = brief["arrivals"].to_string();
        assert_eq!(text.contains("high_floor"), code == "front-office", "{text}");
        assert!(!text.contains("latex_pillow"), "{text}");
        assert!(text.contains(&format!("\"text\":\"{class}\"")), "{text}");
        assert!(!text.contains("\"text\":\"housekeeping\""), "{text}");
    }
    // The catalogue takes no code that no department of a hotel can have.
    let room = json!({"names": {"en": "Room"}, "department": "front_office"});
    let path = "/v1/preference-catalogue/categories/room";
    let refused = world.put(path).by(&admin).if_match("*").json(&room).await;
    assert_eq!(refused.faults(422, "invalid_content"), ["/department department_code"]);
}
