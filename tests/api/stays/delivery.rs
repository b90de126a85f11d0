//! Stays as other systems deliver them.

use hospes::db::Reads;
use hospes::stays::api::parse::document;
use hospes::stays::bulk::deliver_all;
use hospes::stays::delivery::{Delivered, Delivery, How};
use hospes::stays::error::StayError;
use rstest::rstest;
use serde_json::{Value, json};

use super::make;
use crate::harness::{Backend, Person, World};

const AT: &str = "/v1/stays/by-ref/pms/R-1";

fn message(set: Value) -> Value {
    let mut body = json!({
        "hotel_code": "first", "guest": {"name": "WANG XIAOMING"}, "arrival_on": "2026-12-20", "nights": 2
    });
    for (name, value) in set.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn deliver(world: &World, by: &Person, set: Value) -> (String, Value) {
    let answer = world.put(AT).by(by).json(&message(set)).await;
    assert!([200, 201].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.bytes));
    let body = answer.json();
    (body["outcome"].as_str().unwrap().to_owned(), body["stay"].clone())
}

#[rstest]
#[actix_web::test]
async fn a_delivery_creates_then_lays_over_and_the_same_again_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let machine = world.staff("admin").await;
    let set = json!({"agent": {"reference": {"system": "pms", "id": "A-9"}, "name": "West Lake Travel"},
        "lead_time_days": 18, "revenue": {"room": 20000}, "room": "1208"});
    let (outcome, stay) = deliver(&world, &machine, set.clone()).await;
    assert_eq!(
        (outcome.as_str(), &stay["status"], &stay["nights"]),
        ("created", &json!("reserved"), &json!(2))
    );
    assert_eq!(
        (&stay["booked_on"], &stay["agent"]["name"]),
        (&json!("2026-12-02"), &json!("West Lake Travel"))
    );
    let partner = format!("/v1/partners/{}", stay["agent"]["partner_id"].as_str().unwrap());
    assert_eq!(world.get(&partner).by(&machine).send().await.ok(200)["status"], "provisional");
    let (outcome, same) = deliver(&world, &machine, set).await;
    assert_eq!((outcome.as_str(), &same["version"]), ("unchanged", &json!(1)));
    let (outcome, stay) = deliver(&world, &machine, json!({"status": "checked_out", "adults": 2})).await;
    assert_eq!(outcome, "updated");
    assert_eq!(
        (&stay["room"], &stay["status"], &stay["version"]),
        (&json!("1208"), &json!("checked_out"), &json!(2))
    );
    let read = world.get(AT).by(&machine).send().await;
    assert_eq!(read.header("etag"), "\"2\"");
    let stale = world.put(AT).by(&machine).if_match("\"1\"").json(&message(json!({"room": "9"}))).await;
    stale.problem(412, "precondition_failed");
}

#[rstest]
#[actix_web::test]
async fn an_older_message_never_overwrites_a_newer_one(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let machine = world.staff("admin").await;
    let send = async |set: Value| {
        let (outcome, stay) = deliver(&world, &machine, set).await;
        (outcome, stay["room"].clone(), stay["version"].clone())
    };
    assert_eq!(
        send(json!({"source_version": 5, "room": "5"})).await,
        ("created".into(), json!("5"), json!(1))
    );
    assert_eq!(
        send(json!({"source_version": 3, "room": "3"})).await,
        ("superseded".into(), json!("5"), json!(1))
    );
    assert_eq!(
        send(json!({"source_version": 5, "room": "5b"})).await,
        ("updated".into(), json!("5b"), json!(2))
    );
    // Nothing new is told, but that it is the seventh message: the sixth comes too late then.
    assert_eq!(send(json!({"source_version": 7})).await, ("unchanged".into(), json!("5b"), json!(2)));
    assert_eq!(
        send(json!({"source_version": 6, "room": "6"})).await,
        ("superseded".into(), json!("5b"), json!(2))
    );
    // Without versions the instants decide.
    let late = json!({"source_updated_at": "2026-11-20T08:00:00Z", "room": "A"});
    assert_eq!(send(late.clone()).await.0, "updated");
    let early = json!({"source_updated_at": "2026-11-20T09:59:59+02:00", "room": "B"});
    assert_eq!(send(early).await, ("superseded".into(), json!("A"), json!(3)));

    // A deleted stay comes back by a newer message only.
    let by_ref = world.get(AT).by(&machine).send().await.ok(200);
    let at = super::path(&by_ref);
    assert_eq!(world.delete(&at).by(&machine).if_match("*").send().await.status, 204);
    for old in [late, json!({"source_version": 7, "room": "C"}), json!({"room": "D"})] {
        let (outcome, stay) = deliver(&world, &machine, old).await;
        assert_eq!((outcome.as_str(), &stay["status"]), ("superseded", &json!("deleted")));
    }
    let (outcome, stay) = deliver(&world, &machine, json!({"source_version": 8, "status": "reserved"})).await;
    assert_eq!((outcome.as_str(), &stay["status"]), ("updated", &json!("reserved")));
}

#[rstest]
#[actix_web::test]
async fn guests_are_found_by_reference_followed_and_kept(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let machine = world.staff("admin").await;
    let unknown = json!({"guest": {"reference": {"system": "pms", "id": "G-1"}}});
    let answer = world.put(AT).by(&machine).json(&message(unknown)).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/guest/reference unknown_reference"]);
    let named = json!({"guest": {"reference": {"system": "pms", "id": "G-1"}, "name": "WANG XIAOMING"}});
    let (_, stay) = deliver(&world, &machine, named.clone()).await;
    assert_eq!(stay["guest"], json!({"name": "WANG XIAOMING"}));
    let guest =
        json!({"names": [{"full_name": "王小明"}], "external_refs": [{"system": "pms", "id": "G-1"}]});
    let guest = world.guest(&machine, guest).await;
    let (outcome, stay) = deliver(&world, &machine, named).await;
    assert_eq!((outcome.as_str(), &stay["guest"]["guest_id"]), ("updated", &guest["id"]));
    // A name alone takes no guest away, another name does.
    let (outcome, stay) = deliver(&world, &machine, json!({})).await;
    assert_eq!((outcome.as_str(), &stay["guest"]["guest_id"]), ("unchanged", &guest["id"]));
    let (_, stay) = deliver(&world, &machine, json!({"guest": {"name": "LI LEI"}})).await;
    assert_eq!(stay["guest"], json!({"name": "LI LEI"}));
    // A merged guest is the one it became part of.
    let survivor = world.named(&machine, "王", "大明").await;
    let merge = json!({"survivor_id": survivor["id"], "merged_id": guest["id"], "survivor_version": 1, "merged_version": 1});
    world.post("/v1/guest-merges").by(&machine).json(&merge).await.ok(201);
    let (_, stay) = deliver(&world, &machine, json!({"guest": {"guest_id": guest["id"]}})).await;
    assert_eq!(stay["guest"]["guest_id"], survivor["id"]);
}

#[rstest]
#[actix_web::test]
async fn what_is_wrong_with_a_message_is_named(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let machine = world.staff("admin").await;
    for (set, faults) in [
        (json!({"arrival_on": "2018-02-29"}), vec!["/arrival_on date"]),
        (json!({"departure_on": "2026-12-22"}), vec!["/departure_on one_of"]),
        (json!({"nights": null, "departure_on": "2026-12-19"}), vec!["/departure_on before_arrival"]),
        (json!({"hotel_id": world.home.hotel}), vec!["/hotel_id one_of"]),
        (json!({"hotel_code": "none"}), vec!["/hotel_code unknown_reference"]),
        (json!({"guest": null}), vec!["/guest person"]),
        (json!({"agent": {"name": "X"}}), vec!["/agent one_of"]),
        (json!({"booked_on": "2026-12-01", "lead_time_days": 3}), vec!["/lead_time_days one_of"]),
        (json!({"source_updated_at": "yesterday"}), vec!["/source_updated_at date_time"]),
    ] {
        let answer = world.put(AT).by(&machine).json(&message(set.clone())).await;
        assert_eq!(answer.faults(422, "invalid_content"), faults, "{set}");
    }
    world.get(AT).by(&machine).send().await.problem(404, "not_found");
    let first = make(&world, &machine, json!({"external_refs": [{"system": "ota", "id": "7"}]})).await;
    let taken = world
        .put(AT)
        .by(&machine)
        .json(&message(json!({"external_refs": [{"system": "ota", "id": "7"}]})))
        .await;
    assert_eq!(taken.faults(422, "invalid_content"), ["/external_refs/0 reference_taken"]);
    let moved = world
        .put("/v1/stays/by-ref/ota/7")
        .by(&machine)
        .json(&message(json!({"hotel_code": "second"})))
        .await;
    assert_eq!(moved.faults(422, "invalid_content"), [" hotel_changed"]);
    assert_eq!(first["version"], 1);
}

#[rstest]
#[actix_web::test]
async fn two_messages_for_one_stay_at_once_make_one_stay(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let machine = world.staff("admin").await;
    let bodies: Vec<Value> = (1..=8)
        .map(|version| message(json!({"source_version": version, "room": version.to_string()})))
        .collect();
    let sent = bodies.iter().map(|body| world.put(AT).by(&machine).json(body));
    let answers = futures_util::future::join_all(sent).await;
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.ok(200);
    }
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(world.get(AT).by(&machine).send().await.ok(200)["room"], "8");
}

fn batch(count: usize, set: &Value) -> Vec<Delivery> {
    let one = |at: usize| {
        let mut body = message(set.clone());
        body["external_refs"] = json!([{"system": "csv", "id": format!("row-{at}")}]);
        body["agent"] = json!({"reference": {"system": "csv", "id": format!("agent-{}", at % 7)}});
        document(body).unwrap()
    };
    (0..count).map(one).collect()
}

#[rstest]
#[actix_web::test]
async fn a_batch_is_taken_at_once_and_a_second_run_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let cx = operator(&world);
    let run = async |messages: Vec<Delivery>, how: How| {
        let cx = cx.clone();
        let done = world.app.db.write(move |tx| deliver_all(tx, &cx, &messages, how));
        let rows = done.await.map_err(|error: StayError| error.to_string()).unwrap();
        rows.into_iter().map(|row| row.map(|(outcome, stay)| (outcome, stay.is_some()))).collect::<Vec<_>>()
    };
    let dry = How { dry_run: true, ..How::default() };
    let rows = run(batch(20, &json!({})), dry).await;
    assert!(rows.iter().all(|row| *row == Ok((Delivered::Created, false))));
    let rows = run(batch(500, &json!({})), How::default()).await;
    assert!(rows.iter().all(|row| *row == Ok((Delivered::Created, true))));
    let rows = run(batch(500, &json!({})), How::default()).await;
    assert!(rows.iter().all(|row| *row == Ok((Delivered::Unchanged, true))));
    let mut mixed = batch(3, &json!({"status": "checked_out"}));
    mixed[1].hotel = hospes::stays::delivery::HotelRef::Code("none".into());
    let again = mixed[0].clone();
    mixed.push(again);
    let rows = run(mixed, How::default()).await;
    assert_eq!(rows[0], Ok((Delivered::Updated, true)));
    assert_eq!(rows[1].as_ref().unwrap_err()[0].pointer, "/hotel_code");
    assert_eq!(rows[3], Ok((Delivered::Unchanged, true)));
    let group = world.home.id;
    let partners: i64 = world
        .app
        .db
        .read(move |r| {
            use diesel::prelude::*;
            use hospes::db::schema::partners;
            Ok::<i64, hospes::db::DbError>(
                partners::table.filter(partners::group_id.eq(group)).count().get_result(r.conn())?,
            )
        })
        .await
        .unwrap();
    assert_eq!(partners, 7);
}

/// Somebody at the command line.
pub fn operator(world: &World) -> hospes::platform::context::Ctx {
    use hospes::kit::clock::Clock;
    hospes::platform::context::Ctx {
        group: world.home.id,
        actor: hospes::platform::context::Actor::OPERATOR,
        sight: hospes::platform::context::Sight::WholeGroup,
        request_id: "test".into(),
        now: world.clock.now(),
        ids: std::sync::Arc::new(hospes::kit::ids::TimeOrderedIds),
    }
}
