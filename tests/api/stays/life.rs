//! Stays as staff keep them.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{body, make, path};
use crate::harness::{Answer, Backend, Person, World};

async fn step(world: &World, by: &Person, stay: &Value, verb: &str, told: Option<Value>) -> Answer {
    let request = world.request(Method::POST, &format!("{}/{verb}", path(stay))).by(by).if_match("*");
    match told {
        Some(told) => request.json(&told).await,
        None => request.send().await,
    }
}

#[rstest]
#[actix_web::test]
async fn a_stay_is_created_read_changed_and_deleted(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("guest_relations").await;
    let guest = world.named(&desk, "王", "小明").await;
    let mut wanted = body(&world);
    wanted["guest"] = json!({"guest_id": guest["id"], "name": "WANG XIAOMING"});
    wanted["companions"] = json!([{"name": "李丽"}]);
    wanted["rate"] = json!({"amount_minor": 88000, "currency": "CNY"});
    wanted["revenue"] = json!({"room": 176000, "other": 500});
    wanted["eta"] = json!("15:30");
    let made = world.post("/v1/stays").by(&desk).json(&wanted).await;
    let location = made.header("location").to_owned();
    let stay = made.ok(201);
    assert_eq!(
        (&stay["nights"], &stay["day_use"], &stay["status"]),
        (&json!(2), &json!(false), &json!("reserved"))
    );
    assert_eq!(stay["guest"]["display_name"], "王小明");
    assert_eq!(stay["companions"], json!([{"name": "李丽"}]));
    assert_eq!(
        stay["revenue"],
        json!({"currency": "CNY", "room": 176000, "food_beverage": 0, "other": 500, "total": 176500})
    );
    assert_eq!(stay["allowed_moves"], json!(["due_in", "check_in", "cancel", "no_show"]));
    assert_eq!((&stay["eta"], &stay["marks"]), (&json!("15:30"), &json!([])));

    let read = world.get(&location).by(&desk).send().await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.ok(200), stay);
    assert_eq!(world.get(&location).by(&desk).header("if-none-match", "\"1\"").send().await.status, 304);

    let patch = json!({"room": "1208", "companions": null, "departure_on": "2026-12-23", "eta": null});
    world.patch(&location).by(&desk).json(&patch).await.problem(428, "precondition_required");
    world.patch(&location).by(&desk).if_match("\"7\"").json(&patch).await.problem(412, "precondition_failed");
    let changed = world.patch(&location).by(&desk).if_match("\"1\"").json(&patch).await.ok(200);
    assert_eq!(
        (&changed["version"], &changed["nights"], &changed["room"]),
        (&json!(2), &json!(3), &json!("1208"))
    );
    assert!(changed.get("eta").is_none());
    let same =
        world.patch(&location).by(&desk).if_match("\"2\"").json(&json!({"room": "1208"})).await.ok(200);
    assert_eq!(same["version"], 2);

    assert_eq!(world.delete(&location).by(&desk).if_match("\"2\"").send().await.status, 204);
    assert_eq!(world.get(&location).by(&desk).send().await.ok(200)["status"], "deleted");
    assert_eq!(world.get("/v1/stays").by(&desk).send().await.ok(200)["items"], json!([]));
    world.patch(&location).by(&desk).if_match("*").json(&patch).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn bad_input_is_named_and_odd_input_is_marked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("guest_relations").await;
    for (set, faults) in [
        (json!({"arrival_on": "2018-02-29"}), vec!["/arrival_on date"]),
        (json!({"departure_on": "2026-12-19"}), vec!["/departure_on before_arrival"]),
        (json!({"arrival_on": "1969-12-31"}), vec!["/arrival_on date_range", "/departure_on too_long"]),
        (json!({"rate": {"amount_minor": -1, "currency": "CNY"}}), vec!["/rate/amount_minor range"]),
        (json!({"currency": "XYZ"}), vec!["/currency currency"]),
        (json!({"currency": "XXX"}), vec!["/currency currency"]),
        (json!({"guest": {}}), vec!["/guest person"]),
        (
            json!({"guest": {"guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"}}),
            vec!["/guest/guest_id unknown_reference"],
        ),
        (json!({"agent_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"}), vec!["/agent_id unknown_reference"]),
        (json!({"hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"}), vec!["/hotel_id unknown_reference"]),
        (json!({"status": "deleted"}), vec!["/status status"]),
        (json!({"cancelled_on": "2026-12-01"}), vec!["/cancelled_on not_cancelled"]),
        (json!({"eta": "25:00"}), vec!["/eta time"]),
    ] {
        let mut wanted = body(&world);
        for (name, value) in set.as_object().unwrap() {
            wanted[name] = value.clone();
        }
        let answer = world.post("/v1/stays").by(&desk).json(&wanted).await;
        assert_eq!(answer.faults(422, "invalid_content"), faults, "{set}");
    }
    let odd = json!({"departure_on": "2026-12-20", "adults": 0, "revenue": {"room": -638}});
    let stay = make(&world, &desk, odd).await;
    assert_eq!(stay["marks"], json!(["zero_nights", "no_adults", "negative_revenue"]));
    assert_eq!((&stay["nights"], &stay["day_use"]), (&json!(0), &json!(true)));
}

#[rstest]
#[actix_web::test]
async fn the_status_moves_as_the_machine_says_and_a_refusal_names_what_is_allowed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let stay = make(&world, &desk, json!({})).await;
    let refused = step(&world, &desk, &stay, "check-out", None).await.problem(409, "state_conflict");
    let allowed = "Mark as due in, Check in, Cancel, Mark as no-show";
    assert_eq!(refused["detail"], format!("The stay is “Reserved”; allowed now: {allowed}."));
    assert_eq!(refused["allowed_moves"], json!(["due_in", "check_in", "cancel", "no_show"]));
    assert_eq!(step(&world, &desk, &stay, "due-in", None).await.ok(200)["status"], "due_in");
    let cancelled =
        step(&world, &desk, &stay, "cancel", Some(json!({"reason": "Flight cancelled"}))).await.ok(200);
    assert_eq!(
        (&cancelled["cancelled_on"], &cancelled["cancellation_reason"]),
        (&json!("2026-11-21"), &json!("Flight cancelled"))
    );
    let back = step(&world, &desk, &stay, "reinstate", None).await.ok(200);
    assert_eq!((&back["status"], &back["reinstated"]), (&json!("reserved"), &json!(1)));
    assert!(back.get("cancelled_on").is_none());
    let moved = json!({"to": "1510", "reason": "Noise"});
    step(&world, &desk, &stay, "room-moves", Some(moved.clone())).await.problem(409, "state_conflict");
    let here = step(&world, &desk, &stay, "check-in", Some(json!({"room": "1208"}))).await.ok(200);
    assert_eq!((&here["status"], &here["room"]), (&json!("in_house"), &json!("1208")));
    assert!(here["checked_in_at"].is_string());
    let there = step(&world, &desk, &stay, "room-moves", Some(moved.clone())).await.ok(200);
    assert_eq!(there["room"], "1510");
    assert_eq!(
        (&there["room_moves"][0]["from"], &there["room_moves"][0]["reason"]),
        (&json!("1208"), &json!("Noise"))
    );
    step(&world, &desk, &stay, "room-moves", Some(moved)).await.problem(409, "state_conflict");
    let gone = step(&world, &desk, &stay, "check-out", None).await.ok(200);
    assert!(gone["checked_out_at"].is_string());
    let again = step(&world, &desk, &stay, "reinstate", None).await.ok(200);
    assert_eq!((&again["status"], &again["reinstated"]), (&json!("in_house"), &json!(2)));
    assert!(again.get("checked_out_at").is_none());

    let other = make(&world, &desk, json!({})).await;
    assert_eq!(step(&world, &desk, &other, "no-show", None).await.ok(200)["status"], "no_show");

    world.sequence(world.home.id).await;
    let manager = world.staff("general_manager").await;
    let feed = world.get("/v1/events?limit=200").by(&manager).send().await.ok(200);
    let types: Vec<&str> = feed["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["subject_id"] == stay["id"])
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "stay.created",
            "stay.due_in",
            "stay.cancelled",
            "stay.reinstated",
            "stay.checked_in",
            "stay.room_moved",
            "stay.checked_out",
            "stay.reinstated"
        ]
    );
}

#[rstest]
#[actix_web::test]
async fn revenue_is_for_those_who_may_see_it(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (desk, manager) = (world.staff("front_desk").await, world.staff("general_manager").await);
    let stay = make(&world, &manager, json!({"revenue": {"room": -1000}})).await;
    assert_eq!(stay["revenue"]["total"], -1000);
    let seen = world.get(&path(&stay)).by(&desk).send().await.ok(200);
    assert!(seen.get("revenue").is_none());
    assert_eq!(seen["marks"], json!([]));
    let patch = json!({"revenue": {"room": 5}});
    world.patch(&path(&stay)).by(&desk).if_match("*").json(&patch).await.problem(403, "forbidden");
    let mut wanted = body(&world);
    wanted["revenue"] = json!({"room": 5});
    world.post("/v1/stays").by(&desk).json(&wanted).await.problem(403, "forbidden");
    world.patch(&path(&stay)).by(&manager).if_match("*").json(&patch).await.ok(200);
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events?limit=200&types=stay.updated").by(&manager).send().await.ok(200);
    assert_eq!(feed["items"][0]["data"]["changed_fields"], json!(["revenue_changed"]));
}

#[rstest]
#[actix_web::test]
async fn lists_are_filtered_sorted_and_paged(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let guest = world.named(&manager, "王", "小明").await;
    let agent = world
        .post("/v1/partners")
        .by(&manager)
        .json(&json!({"type": "ota", "names": [{"text": "Harbour Bookings"}]}))
        .await
        .ok(201);
    let main =
        json!({"guest": {"guest_id": guest["id"]}, "arrival_on": "2026-12-01", "departure_on": "2026-12-03"});
    let main = make(&world, &manager, main).await;
    let along = json!({"companions": [{"guest_id": guest["id"]}], "arrival_on": "2026-12-05", "agent_id": agent["id"]});
    let along = make(&world, &manager, along).await;
    let other =
        json!({"hotel_id": world.home.other_hotel, "company_id": agent["id"], "arrival_on": "2026-12-10"});
    let other = make(&world, &manager, other).await;
    let list = async |query: &str| -> Vec<Value> {
        let body = world.get(&format!("/v1/stays?{query}")).by(&manager).send().await.ok(200);
        body["items"].as_array().unwrap().iter().map(|stay| stay["id"].clone()).collect()
    };
    let id = |stay: &Value| stay["id"].clone();
    assert_eq!(list("").await, [id(&main), id(&along), id(&other)]);
    assert_eq!(list("sort=-arrival_on").await, [id(&other), id(&along), id(&main)]);
    assert_eq!(list("sort=updated_at").await, [id(&main), id(&along), id(&other)]);
    assert_eq!(list(&format!("guest_id={}", guest["id"].as_str().unwrap())).await, [id(&main), id(&along)]);
    assert_eq!(
        list(&format!("partner_id={}", agent["id"].as_str().unwrap())).await,
        [id(&along), id(&other)]
    );
    assert_eq!(list(&format!("hotel_id={}", world.home.other_hotel)).await, [id(&other)]);
    assert_eq!(list("arrival_from=2026-12-02&arrival_to=2026-12-09").await, [id(&along)]);
    assert_eq!(list("departure_to=2026-12-03").await, [id(&main)]);
    assert_eq!(list("status=cancelled").await, Vec::<Value>::new());
    world.get("/v1/stays?status=deleted").by(&manager).send().await.problem(400, "invalid_parameter");
    world
        .get("/v1/stays?arrival_from=2018-02-29")
        .by(&manager)
        .send()
        .await
        .problem(400, "invalid_parameter");
    let partner = format!("partner_id={}&limit=1", agent["id"].as_str().unwrap());
    let first = world.get(&format!("/v1/stays?{partner}")).by(&manager).send().await.ok(200);
    assert_eq!(first["items"][0]["agent"]["name"], "Harbour Bookings");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = world.get(&format!("/v1/stays?{partner}&cursor={cursor}")).by(&manager).send().await.ok(200);
    assert_eq!(second["items"][0]["id"], other["id"]);
    assert_eq!(second["has_more"], false);
}

#[rstest]
#[actix_web::test]
async fn another_hotel_and_another_group_see_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let stay = make(&world, &manager, json!({"external_refs": [{"system": "pms", "id": "R-1"}]})).await;
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    for person in [&elsewhere, &foreign] {
        world.get(&path(&stay)).by(person).send().await.problem(404, "not_found");
        world.get("/v1/stays/by-ref/pms/R-1").by(person).send().await.problem(404, "not_found");
        world.delete(&path(&stay)).by(person).if_match("*").send().await.problem(404, "not_found");
        assert_eq!(world.get("/v1/stays").by(person).send().await.ok(200)["items"], json!([]));
    }
    // A guest private to one hotel does not stay at another, whoever asks.
    let private = json!({"names": [{"full_name": "X"}], "private_to_hotel_id": world.home.other_hotel});
    let private = world.guest(&manager, private).await;
    let mut wanted = body(&world);
    wanted["guest"] = json!({"guest_id": private["id"]});
    let answer = world.post("/v1/stays").by(&manager).json(&wanted).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/guest/guest_id unknown_reference"]);
    let taken = json!({"external_refs": [{"system": "pms", "id": "R-1"}]});
    let mut wanted = body(&world);
    wanted["external_refs"] = taken["external_refs"].clone();
    let problem = world.post("/v1/stays").by(&manager).json(&wanted).await.problem(409, "already_taken");
    assert_eq!(problem["conflicting_id"], stay["id"]);
}

#[rstest]
#[actix_web::test]
async fn a_repeated_creation_makes_one_stay(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let key = "one-and-the-same-key";
    let send = async || {
        let request = world.request(Method::POST, "/v1/stays").by(&desk).header("idempotency-key", key);
        request.json(&body(&world)).await
    };
    let (first, second) = (send().await, send().await);
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(first.ok(201), second.ok(201));
    let list = world.get("/v1/stays").by(&desk).send().await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}
