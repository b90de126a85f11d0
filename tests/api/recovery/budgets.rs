//! Budgets over HTTP.

use hospes::recovery::booking::{release, reserve};
use rstest::rstest;
use serde_json::{Value, json};

use super::{MONTH, budget, cost, done, figures, path, subject};
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_budget_is_set_up_changed_and_taken_away(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let body = json!({"hotel_id": world.home.hotel, "department": "front-office", "category": "gift", "month": MONTH,
        "currency": "CNY", "amount_minor": 0, "enforcement": "soft"});
    let made = world.post("/v1/budgets").by(&manager).json(&body).await;
    assert_eq!(made.etag(), "\"1\"");
    let location = made.header("location").to_owned();
    let made = made.ok(201);
    assert_eq!((&made["available_minor"], made.get("utilisation")), (&json!(0), None));
    let read = world.get(&location).by(&manager).send().await.ok(200);
    assert_eq!(read, made);
    assert_eq!(world.get(&location).by(&manager).header("if-none-match", "\"1\"").send().await.status, 304);
    let taken = world.post("/v1/budgets").by(&manager).json(&body).await.problem(409, "already_taken");
    assert_eq!(taken["conflicting_id"], made["id"]);

    let patch = |etag: &'static str, body: Value| {
        let request = world.patch(&location).by(&manager);
        let request = if etag.is_empty() { request } else { request.if_match(etag) };
        async move { request.json(&body).await }
    };
    patch("", json!({"amount_minor": 5})).await.problem(428, "precondition_required");
    let changed = patch("\"1\"", json!({"amount_minor": 3_000})).await.ok(200);
    assert_eq!((&changed["version"], &changed["utilisation"]), (&json!(2), &json!(0)));
    patch("\"1\"", json!({"amount_minor": 5})).await.problem(412, "precondition_failed");
    assert_eq!(patch("\"2\"", json!({"enforcement": "soft"})).await.etag(), "\"2\"");

    // A booking makes the version another one: what is shown has changed.
    let gift = subject();
    let mut booking = cost(&world, gift, 1_000);
    booking.category = hospes::recovery::model::CostCategory::Gift;
    done(&world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    assert_eq!(figures(&world, &manager, &made).await, (1_000, 0, 2_000));
    patch("\"2\"", json!({"amount_minor": 999})).await.problem(412, "precondition_failed");
    let soft = patch("\"3\"", json!({"amount_minor": 500})).await.ok(200);
    assert_eq!((&soft["available_minor"], &soft["utilisation"]), (&json!(-500), &json!(2_000)));
    patch("\"4\"", json!({"enforcement": "hard"})).await.problem(409, "state_conflict");
    patch("\"4\"", json!({"enforcement": "hard", "amount_minor": 999})).await.problem(409, "state_conflict");
    let hard = patch("\"4\"", json!({"enforcement": "hard", "amount_minor": 1_000})).await.ok(200);
    assert_eq!((&hard["enforcement"], &hard["utilisation"]), (&json!("hard"), &json!(1_000)));

    // What was booked once stays, even when it was given back.
    done(&world, move |tx, cx| release(tx, cx, gift)).await.unwrap();
    assert_eq!(figures(&world, &manager, &made).await, (0, 0, 1_000));
    world.delete(&location).by(&manager).if_match("*").send().await.problem(409, "state_conflict");
    let idle = budget(&world, &manager, json!({"month": "2027-01"})).await;
    world
        .delete(&path(&idle))
        .by(&manager)
        .if_match("\"9\"")
        .send()
        .await
        .problem(412, "precondition_failed");
    world.delete(&path(&idle)).by(&manager).if_match("\"1\"").send().await.ok(204);
    world.get(&path(&idle)).by(&manager).send().await.problem(404, "not_found");
    budget(&world, &manager, json!({"month": "2027-01"})).await;

    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events?limit=200").by(&manager).send().await.ok(200);
    let types: Vec<_> =
        feed["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    let told = ["created", "updated", "updated", "updated", "created", "deleted", "created"];
    assert_eq!(types, told.map(|what| format!("budget.{what}")));
}

#[rstest]
#[actix_web::test]
async fn bad_budgets_are_refused_by_the_name_of_each_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let good = json!({"hotel_id": world.home.hotel, "month": MONTH, "currency": "CNY", "amount_minor": 1,
        "enforcement": "hard"});
    let faults = async |set: Value| {
        let mut body = good.clone();
        for (name, value) in set.as_object().unwrap() {
            body[name] = value.clone();
        }
        let mut found =
            world.post("/v1/budgets").by(&manager).json(&body).await.faults(422, "invalid_content");
        found.sort();
        found
    };
    let several = json!({"amount_minor": -1, "month": "2026-13", "currency": "cny", "department": ""});
    assert_eq!(
        faults(several).await,
        ["/amount_minor range", "/currency currency", "/department length", "/month month"]
    );
    for (set, told) in [
        (json!({"amount_minor": 1_000_000_000_000_001_i64}), "/amount_minor range"),
        (json!({"amount_minor": i64::MAX}), "/amount_minor range"),
        (json!({"amount_minor": 9_300_000_000_000_000_000_u64}), "/amount_minor wrong_type"),
        (json!({"amount_minor": 1.5}), "/amount_minor wrong_type"),
        (json!({"month": "1999-12"}), "/month month"),
        (json!({"month": "2026-1"}), "/month length"),
        (json!({"currency": "USD"}), "/currency foreign_currency"),
        (json!({"hotel_id": world.foreign.hotel}), "/hotel_id unknown_reference"),
        (json!({"hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"}), "/hotel_id unknown_reference"),
        (json!({"department": "spa"}), "/department unknown_reference"),
        (
            json!({"hotel_id": world.home.other_hotel, "department": "engineering"}),
            "/department unknown_reference",
        ),
        (json!({"category": "bribes"}), "/category unknown_value"),
        (json!({"enforcement": null}), "/enforcement wrong_type"),
        (json!({"amount": 1}), "/amount unknown_member"),
    ] {
        assert_eq!(faults(set.clone()).await, [told], "{set}");
    }
    let most = json!({"amount_minor": 1_000_000_000_000_000_i64, "category": "training"});
    assert_eq!(budget(&world, &manager, most).await["available_minor"], 1_000_000_000_000_000_i64);
    let listed = world.get("/v1/budgets").by(&manager).send().await.ok(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[rstest]
#[actix_web::test]
async fn budgets_are_listed_by_month_and_seen_by_their_hotel(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    for set in [
        json!({"month": "2026-10"}),
        json!({"month": "2026-12", "department": "front-office"}),
        json!({"month": "2026-11", "category": "gift"}),
        json!({"month": "2026-11"}),
        json!({"month": "2026-11", "hotel_id": world.home.other_hotel}),
    ] {
        budget(&world, &manager, set).await;
    }
    let months = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["month"].as_str().unwrap().to_owned()).collect()
    };
    let all = world.get("/v1/budgets").by(&manager).send().await.ok(200);
    assert_eq!(months(&all), ["2026-12", "2026-11", "2026-11", "2026-11", "2026-10"]);
    let (mut seen, mut at) = (Vec::new(), "/v1/budgets?limit=2".to_owned());
    loop {
        let page = world.get(&at).by(&manager).send().await;
        assert_eq!(page.header("link").is_empty(), page.json().get("next_cursor").is_none());
        let page = page.ok(200);
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        at = format!("/v1/budgets?limit=2&cursor={cursor}");
    }
    assert_eq!(json!(seen), all["items"]);
    let count = async |query: &str| {
        let page = world.get(&format!("/v1/budgets?{query}")).by(&manager).send().await.ok(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("month=2026-11").await, 3);
    assert_eq!(count(&format!("hotel_id={}&month=2026-11", world.home.hotel)).await, 2);
    assert_eq!(count("department=front-office").await, 1);
    world.get("/v1/budgets?month=2026-99").by(&manager).send().await.problem(400, "invalid_parameter");

    let there = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    let theirs = world.get("/v1/budgets").by(&there).send().await.ok(200);
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
    let other = format!("/v1/budgets/{}", all["items"][0]["id"].as_str().unwrap());
    world.get(&other).by(&there).send().await.problem(404, "not_found");
    let patch = json!({"amount_minor": 1});
    world.patch(&other).by(&there).if_match("*").json(&patch).await.problem(404, "not_found");
    world.delete(&other).by(&there).if_match("*").send().await.problem(404, "not_found");
    let body = json!({"hotel_id": world.home.hotel, "month": "2026-09", "currency": "CNY", "amount_minor": 1,
        "enforcement": "hard"});
    let faults = world.post("/v1/budgets").by(&there).json(&body).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/hotel_id unknown_reference"]);
}

#[rstest]
#[actix_web::test]
async fn of_two_writers_one_is_late(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let made = budget(&world, &manager, json!({})).await;
    let changes = (0..6).map(|at| {
        let request = world.patch(&path(&made)).by(&manager).if_match("\"1\"");
        async move { request.json(&json!({"amount_minor": 2_000 + at})).await.status }
    });
    let mut ended = futures_util::future::join_all(changes).await;
    ended.sort_unstable();
    assert_eq!(ended, [200, 412, 412, 412, 412, 412]);
    let same = (0..6).map(|_| {
        let body = json!({"hotel_id": world.home.hotel, "month": "2027-05", "currency": "CNY", "amount_minor": 1,
            "enforcement": "hard"});
        let request = world.post("/v1/budgets").by(&manager);
        async move { request.json(&body).await.status }
    });
    let mut ended = futures_util::future::join_all(same).await;
    ended.sort_unstable();
    assert_eq!(ended, [201, 409, 409, 409, 409, 409]);
}
