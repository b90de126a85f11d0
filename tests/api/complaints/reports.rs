//! Figures of complaints: known histories by hand, and everything once more in plain SQL.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable};
use hospes::db::{AnyConn, Reads};
use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, investigated, make, words};
use crate::harness::{Backend, Person, World};

async fn report(world: &World, by: &Person, query: &str) -> Value {
    world.get(&format!("/v1/reports/complaints?{query}")).by(by).send().await.ok(200)
}

fn minutes(world: &World, minutes: i64) {
    world.clock.advance(TimeDelta::minutes(minutes));
}

async fn settle(world: &World, by: &Person, complaint: &Value, cost: i64) {
    let solution = json!({"type": "gift", "amount_minor": cost});
    let proposed = make(world, by, complaint, "solutions", solution).await.ok(201);
    let id = proposed["solutions"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    make(world, by, complaint, &format!("solutions/{id}/execute"), json!({})).await.ok(200);
    make(world, by, complaint, "follow-up", json!({})).await.ok(200);
}

#[rstest]
#[actix_web::test]
async fn times_rates_and_costs_are_as_counted_by_hand(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = world.named(&desk, "王", "小明").await;

    // Told after 2 minutes, waited 30, resolved after 62: 32 minutes of work, 9 yuan.
    let first = complaint(&world, &desk, json!({"guest_id": guest["id"]})).await;
    minutes(&world, 2);
    make(&world, &desk, &first, "acknowledge", Value::Null).await.ok(200);
    make(&world, &desk, &first, "investigation", json!({"finding": "partly"})).await.ok(200);
    make(&world, &desk, &first, "hold", json!({"reason": "waiting_guest"})).await.ok(200);
    minutes(&world, 30);
    let desk = world.renewed(&desk);
    make(&world, &desk, &first, "resume", Value::Null).await.ok(200);
    minutes(&world, 30);
    let desk = world.renewed(&desk);
    settle(&world, &desk, &first, 900).await;
    let judged = json!({"channel": "phone", "outcome": "satisfied", "rating": 4});
    make(&world, &desk, &first, "follow-up", judged).await.ok(200);
    let ending = json!({"resolution_summary": "好", "lesson": "好"});
    make(&world, &desk, &first, "close", ending).await.ok(200);

    // The same fault in the same room once more, told too late, after 8 minutes, and not resolved.
    let second = complaint(&world, &desk, json!({})).await;
    minutes(&world, 8);
    make(&world, &desk, &second, "acknowledge", Value::Null).await.ok(200);
    // Of another department, by telephone, taken back.
    let other = json!({"hotel_id": world.home.hotel, "channel": "phone", "description": "吵"});
    let third = world.post("/v1/complaints").by(&desk).json(&other).await.ok(201);
    make(&world, &desk, &third, "withdraw", json!({"reason": "误会"})).await.ok(200);
    // One that became part of another one does not count.
    let fourth = complaint(&world, &desk, json!({"room": "9"})).await;
    let manager = world.staff("duty_manager").await;
    let into = json!({"into_complaint_id": second["id"]});
    make(&world, &manager, &fourth, "merge", into).await.ok(200);

    let general = world.staff("general_manager").await;
    let all = report(&world, &general, "from=2026-11-21&to=2026-11-22&group_by=channel").await;
    let total = &all["total"];
    assert_eq!(
        (&total["complaints"], &total["open"], &total["closed"], &total["withdrawn"]),
        (&json!(3), &json!(1), &json!(1), &json!(1))
    );
    let seconds = |name: &str| (total[name]["n"].clone(), total[name]["median_seconds"].as_i64().unwrap());
    let (n, median) = seconds("first_response");
    assert_eq!((n, (299..=301).contains(&median)), (json!(2), true), "{median}");
    let (n, median) = seconds("resolution");
    assert_eq!((n, (1_919..=1_922).contains(&median)), (json!(1), true), "{median}");
    assert_eq!(total["response_timeliness"], json!({"count": 1, "n": 2, "rate": 500}));
    assert_eq!(total["resolution_timeliness"], json!({"count": 1, "n": 1, "rate": 1000}));
    assert_eq!(total["resolution_rate"], json!({"count": 1, "n": 3, "rate": 333}));
    assert_eq!(total["reopen_rate"], json!({"count": 0, "n": 2, "rate": 0}));
    assert_eq!(total["recurrence_rate"], json!({"count": 1, "n": 3, "rate": 333}));
    assert_eq!(total["recovery_rate"], json!({"count": 0, "n": 1, "rate": 0}));
    assert_eq!((&total["satisfaction"]["rate"], &total["mean_rating"]), (&json!(1000), &json!(4000)));
    assert_eq!(
        total["costs"],
        json!([{"currency": "CNY", "n": 3, "cost_minor": 900, "mean_cost_minor": 300}])
    );
    assert_eq!(
        (&total["occupied_room_nights"], total.get("complaints_per_100_room_nights")),
        (&json!(0), None)
    );
    let lines = all["items"].as_array().unwrap();
    let channels: Vec<&str> = lines.iter().map(|line| line["channel"].as_str().unwrap()).collect();
    assert_eq!(channels, ["front_desk", "phone"]);
    assert_eq!(lines[1]["figures"]["complaints"], 1);
    assert_eq!((&all["previous"]["complaints"], &all["previous_from"]), (&json!(0), &json!("2026-11-19")));
    // Nothing is said of what was not.
    assert_eq!(lines[1]["figures"]["first_response"], json!({"n": 0}));
    assert_eq!(lines[1]["figures"]["response_timeliness"], json!({"count": 0, "n": 0}));

    // A day later everything belongs to the period before; by department, the second is not known.
    let later = report(&world, &general, "from=2026-11-23&to=2026-11-24&group_by=department").await;
    assert_eq!((&later["total"]["complaints"], &later["previous"]["complaints"]), (&json!(0), &json!(3)));
    let known: Vec<(Option<&str>, i64)> = later["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["department"].as_str(), line["previous"]["complaints"].as_i64().unwrap()))
        .collect();
    assert_eq!(known, [(None, 1), (Some("front-office"), 2)]);
}

#[rstest]
#[actix_web::test]
async fn who_came_again_and_how_many_rooms_were_taken(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (back, gone) = (world.named(&desk, "王", "小明").await, world.named(&desk, "李", "雷").await);
    let stay = async |guest: &Value, arrival: &str, departure: &str, status: &str, rooms: i64| {
        let id = format!("S-{arrival}-{}-{departure}", guest["id"].as_str().unwrap());
        let body = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": guest["id"]}, "arrival_on": arrival,
            "departure_on": departure, "status": status, "rooms": rooms});
        let path = format!("/v1/stays/by-ref/pms/{id}");
        world.put(&path).by(&desk).json(&body).await.ok(201);
    };
    stay(&back, "2026-11-18", "2026-11-22", "checked_out", 2).await;
    stay(&gone, "2026-11-19", "2026-11-21", "cancelled", 5).await;
    stay(&gone, "2026-09-01", "2026-11-20", "checked_out", 1).await;
    // A stay to come is no return, and its nights are not occupied.
    stay(&gone, "2026-12-01", "2026-12-03", "reserved", 1).await;
    for (guest, at) in [(&back, "2026-11-19T05:00:00Z"), (&gone, "2026-11-19T06:00:00Z")] {
        let body = words(&world, json!({"guest_id": guest["id"], "received_at": at}));
        world.post("/v1/complaints").by(&desk).json(&body).await.ok(201);
    }
    let general = world.staff("general_manager").await;
    let read = async || report(&world, &general, "from=2026-11-18&to=2026-11-20&group_by=day").await;
    let found = read().await;
    // Three nights of two rooms, and two of one that began in September; the day of departure is no night.
    assert_eq!(found["total"]["occupied_room_nights"], 8);
    assert_eq!(found["total"]["complaints_per_100_room_nights"], 25_000);
    // Before: three nights of the long stay.
    assert_eq!(found["previous"]["occupied_room_nights"], 3);
    let nights: Vec<(&str, i64)> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| {
            let nights = day["figures"]["occupied_room_nights"].as_i64().unwrap();
            (day["starts_on"].as_str().unwrap(), nights)
        })
        .collect();
    assert_eq!(nights, [("2026-11-18", 3), ("2026-11-19", 3), ("2026-11-20", 2)]);
    assert_eq!(found["total"]["recovery_rate"], json!({"count": 0, "n": 2, "rate": 0}));
    stay(&back, "2026-11-21", "2026-11-22", "in_house", 1).await;
    assert_eq!(read().await["total"]["recovery_rate"], json!({"count": 1, "n": 2, "rate": 500}));
    // Whoever leaves earlier than planned sleeps elsewhere from then on: of five nights two were slept.
    let planned = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": gone["id"]}, "status": "in_house",
        "arrival_on": "2026-11-19", "departure_on": "2026-11-24"});
    world.put("/v1/stays/by-ref/pms/early").by(&desk).json(&planned).await.ok(201);
    let planned = world.get("/v1/stays/by-ref/pms/early").by(&desk).send().await.ok(200);
    let ahead = async || {
        report(&world, &general, "from=2026-11-18&to=2026-11-25").await["total"]["occupied_room_nights"]
            .clone()
    };
    assert_eq!(ahead().await, json!(8 + 2 + 2));
    let out = format!("/v1/stays/{}/check-out", planned["id"].as_str().unwrap());
    let request = world.request(actix_web::http::Method::POST, &out).by(&desk).if_match("*");
    request.send().await.ok(200);
    assert_eq!(ahead().await, json!(8 + 2 + 2));
}

#[rstest]
#[actix_web::test]
async fn a_room_is_the_same_however_it_is_written(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    for (room, department) in [("12A", "front-office"), ("12a", "spa"), ("１２Ａ", "security")] {
        if department != "front-office" {
            let place = format!("/v1/hotels/{}/departments", world.home.hotel);
            let body = json!({"code": department, "names": {"zh-CN": department}});
            let admin = world.staff("admin").await;
            world.post(&place).by(&admin).json(&body).await.ok(201);
        }
        let class = json!({"category": "temperature", "cause_category": "product_quality", "severity": "general",
            "department": department, "occurred_at": "2026-11-21T02:00:00Z"});
        complaint(&world, &general, json!({"room": room, "classification": class})).await;
    }
    let found = report(&world, &general, "from=2026-11-20&to=2026-11-22").await;
    assert_eq!(found["total"]["recurrence_rate"], json!({"count": 2, "n": 3, "rate": 667}));
}

#[rstest]
#[actix_web::test]
async fn who_comes_again_with_somebody_came_again(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    let (main, with) = (world.named(&general, "王", "小明").await, world.named(&general, "李", "雷").await);
    let received = json!({"guest_id": with["id"], "received_at": "2026-11-19T05:00:00Z"});
    complaint(&world, &general, received).await;
    let read = async || {
        report(&world, &general, "from=2026-11-18&to=2026-11-20").await["total"]["recovery_rate"].clone()
    };
    assert_eq!(read().await, json!({"count": 0, "n": 1, "rate": 0}));
    let body = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": main["id"]},
        "companions": [{"guest_id": with["id"]}], "arrival_on": "2026-11-20", "departure_on": "2026-11-22",
        "status": "in_house"});
    world.put("/v1/stays/by-ref/pms/S-1").by(&general).json(&body).await.ok(201);
    assert_eq!(read().await, json!({"count": 1, "n": 1, "rate": 1000}));
}

#[rstest]
#[actix_web::test]
async fn a_period_that_cannot_be_is_refused(#[values(Backend::Sqlite)] backend: Backend) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    for query in [
        "from=2026-11-02&to=2026-11-01",
        "from=2024-11-01&to=2026-11-21",
        "from=2026-02-30",
        "group_by=mood",
        "from=2026-06-01&to=2026-11-21&group_by=day",
        "severity=bad",
    ] {
        let answer = world.get(&format!("/v1/reports/complaints?{query}")).by(&general).send().await;
        assert_eq!(answer.status, 400, "{query}");
    }
    let empty = report(&world, &general, "").await;
    assert_eq!((&empty["total"]["complaints"], &empty["items"]), (&json!(0), &json!([])));
}

#[derive(QueryableByName, Debug)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    complaints: i64,
    #[diesel(sql_type = BigInt)]
    responded: i64,
    #[diesel(sql_type = Nullable<Double>)]
    mean: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    median: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    p90: Option<f64>,
    #[diesel(sql_type = BigInt)]
    in_time: i64,
    #[diesel(sql_type = BigInt)]
    resolved: i64,
    #[diesel(sql_type = BigInt)]
    reopened: i64,
    #[diesel(sql_type = BigInt)]
    cost: i64,
    #[diesel(sql_type = BigInt)]
    again: i64,
}

/// The same figures in plain SQL, by severity, over everything.
async fn recount(world: &World, severity: &'static str) -> Counted {
    // PostgreSQL has percentiles; SQLite counts rows.
    let cont = move |share: &str, backend: &AnyConn| match backend {
        AnyConn::Pg(_) => format!(
            "(SELECT percentile_cont({share}) WITHIN GROUP (ORDER BY f.response_seconds) FROM complaints c \
             JOIN complaint_figures f ON f.group_id = c.group_id AND f.complaint_id = c.id \
             WHERE c.severity = '{severity}' AND c.status <> 'merged')"
        ),
        AnyConn::Sqlite(_) => format!(
            "(SELECT AVG(v * 1.0) * 0 + (SELECT lo + (hi - lo) * part FROM (SELECT \
             (SELECT v FROM o WHERE i = CAST((n - 1) * {share} AS INTEGER)) AS lo, \
             (SELECT v FROM o WHERE i = MIN(n - 1, CAST((n - 1) * {share} AS INTEGER) + 1)) AS hi, \
             (n - 1) * {share} - CAST((n - 1) * {share} AS INTEGER) AS part \
             FROM (SELECT COUNT(*) AS n FROM o))) FROM o)"
        ),
    };
    let same = "e.group_id = c.group_id AND e.hotel_id = c.hotel_id AND e.id <> c.id AND e.status <> 'merged' \
        AND (e.received_at < c.received_at OR (e.received_at = c.received_at AND e.id < c.id)) \
        AND COALESCE(ef.sub_cause, e.cause_category) = COALESCE(f.sub_cause, c.cause_category) \
        AND (e.room = c.room OR ef.asset = f.asset OR e.department = c.department)";
    world
        .app
        .db
        .read(move |r| {
            let conn = r.conn();
            let (median, p90) = (cont("0.5", conn), cont("0.9", conn));
            let (within, float) = match conn {
                AnyConn::Pg(_) => ("c.received_at - e.received_at <= interval '30 days'", "double precision"),
                AnyConn::Sqlite(_) => ("c.received_at - e.received_at <= 2592000000000", "REAL"),
            };
            let ordered = format!(
                "WITH o AS (SELECT f.response_seconds AS v, ROW_NUMBER() OVER (ORDER BY f.response_seconds) - 1 AS i \
                 FROM complaints c JOIN complaint_figures f ON f.group_id = c.group_id AND f.complaint_id = c.id \
                 WHERE c.severity = '{severity}' AND c.status <> 'merged' AND f.response_seconds IS NOT NULL)"
            );
            let text = format!(
                "{ordered} SELECT COUNT(*) AS complaints, COUNT(f.response_seconds) AS responded, \
                 CAST(AVG(f.response_seconds) AS {float}) AS mean, CAST({median} AS {float}) AS median, \
                 CAST({p90} AS {float}) AS p90, \
                 CAST(COALESCE(SUM(CASE WHEN f.response_in_time THEN 1 ELSE 0 END), 0) AS BIGINT) AS in_time, \
                 COUNT(f.resolution_seconds) AS resolved, \
                 CAST(COALESCE(SUM(CASE WHEN f.reopen_count > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS reopened, \
                 CAST(COALESCE(SUM(c.cost_minor), 0) AS BIGINT) AS cost, \
                 CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM complaints e JOIN complaint_figures ef \
                 ON ef.group_id = e.group_id AND ef.complaint_id = e.id WHERE {same} AND {within}) \
                 THEN 1 ELSE 0 END), 0) AS BIGINT) AS again \
                 FROM complaints c JOIN complaint_figures f ON f.group_id = c.group_id AND f.complaint_id = c.id \
                 WHERE c.severity = '{severity}' AND c.status <> 'merged'"
            );
            Ok::<_, hospes::db::DbError>(diesel::sql_query(text).get_result::<Counted>(conn)?)
        })
        .await
        .unwrap()
}

#[rstest]
#[actix_web::test]
async fn the_report_is_what_plain_sql_counts(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let mut desk = world.staff("front_desk").await;
    // Rooms, causes, waits and prices by a walk that meets every remainder.
    for step in 0..24_i64 {
        let severity = ["minor", "general"][usize::try_from(step % 2).unwrap()];
        let cause = ["product_quality", "service_level"][usize::try_from(step / 3 % 2).unwrap()];
        let class = json!({"category": "temperature", "severity": severity, "department": "front-office",
            "cause_category": cause, "occurred_at": "2026-11-20T02:00:00Z"});
        let more = json!({"room": (step % 5).to_string(), "classification": class});
        let one = complaint(&world, &desk, more).await;
        minutes(&world, step * 7 % 11);
        if step % 4 > 0 {
            make(&world, &desk, &one, "acknowledge", Value::Null).await.ok(200);
        }
        if step % 3 > 0 {
            make(&world, &desk, &one, "investigation", json!({"finding": "partly"})).await.ok(200);
            settle(&world, &desk, &one, step * 13).await;
        }
        if step % 5 == 4 && step % 3 > 0 {
            make(&world, &desk, &one, "reopen", json!({"reason": "还是坏的"})).await.ok(200);
        }
        desk = world.renewed(&desk);
    }
    let general = world.staff("general_manager").await;
    let found = report(&world, &general, "from=2026-11-20&to=2026-11-23&group_by=severity").await;
    let lines: BTreeMap<&str, &Value> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["severity"].as_str().unwrap(), &line["figures"]))
        .collect();
    for severity in ["minor", "general"] {
        let (told, counted) = (lines[severity], recount(&world, severity).await);
        let round = |value: Option<f64>| {
            let whole = |value: f64| format!("{:.0}", (value + 0.5).floor()).parse::<i64>().unwrap();
            value.map(|value| json!(whole(value)))
        };
        assert_eq!(told["complaints"], json!(counted.complaints), "{severity}");
        let response = &told["first_response"];
        assert_eq!(response["n"], json!(counted.responded));
        assert_eq!(response.get("mean_seconds"), round(counted.mean).as_ref());
        assert_eq!(response.get("median_seconds"), round(counted.median).as_ref());
        assert_eq!(response.get("p90_seconds"), round(counted.p90).as_ref());
        assert_eq!(told["response_timeliness"]["count"], json!(counted.in_time));
        assert_eq!(told["resolution_rate"]["count"], json!(counted.resolved));
        assert_eq!(told["reopen_rate"]["count"], json!(counted.reopened));
        assert_eq!(told["recurrence_rate"]["count"], json!(counted.again));
        assert_eq!(told["costs"][0]["cost_minor"], json!(counted.cost));
        assert!(counted.responded > 3 && counted.again > 2 && counted.reopened > 0, "{counted:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_hotel_tells_of_itself_alone(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    investigated(&world, &desk, json!({})).await;
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    assert_eq!(report(&world, &there, "").await["total"]["complaints"], 0);
    let hotel = format!("hotel_id={}&group_by=hotel", world.home.hotel);
    let theirs = report(&world, &there, &hotel).await;
    assert_eq!((&theirs["total"]["complaints"], &theirs["items"]), (&json!(0), &json!([])));
    let whole = world.staff("general_manager").await;
    let line = report(&world, &whole, "group_by=hotel").await["items"][0].clone();
    assert_eq!(line["hotel_id"], json!(world.home.hotel));
    assert_eq!(line["figures"]["complaints"], 1);
}
