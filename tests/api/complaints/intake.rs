//! How complaints are taken in.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, make, path, read, words};
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn every_word_is_kept_and_every_complaint_has_a_number(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    for (at, text) in
        ["a".repeat(50_000), "投".repeat(50_000), "😀".repeat(50_000), "  tabs\tand\r\nlines  ".to_owned()]
            .into_iter()
            .enumerate()
    {
        let made = complaint(&world, &desk, json!({"description": text})).await;
        assert_eq!(made["description"].as_str(), Some(text.as_str()));
        assert_eq!(read(&world, &desk, &made).await["description"].as_str(), Some(text.as_str()));
        assert_eq!(made["number"], format!("FIRST-2026-{:05}", at + 1));
        assert_eq!((&made["status"], &made["version"]), (&json!("recorded"), &json!(1)));
        assert_eq!(made["first_contact"]["staff_id"], json!(desk.staff));
    }
    let body = words(&world, json!({"description": "x".repeat(50_001)}));
    let refused = world.post("/v1/complaints").by(&desk).json(&body).await;
    assert_eq!(refused.faults(422, "invalid_content"), ["/description length"]);
    // A refused one takes no number; another hotel and another year have a series of their own.
    let elsewhere = json!({"hotel_id": world.home.other_hotel, "classification": null});
    let body: Value = words(&world, elsewhere);
    let body = json!({"hotel_id": body["hotel_id"], "channel": "email", "description": "Cold soup."});
    let made = world.post("/v1/complaints").by(&desk).json(&body).await.ok(201);
    assert_eq!((&made["number"], &made["status"]), (&json!("SECOND-2026-00001"), &json!("received")));
    // New Year's Eve in London is the new year in Shanghai.
    let old = complaint(&world, &desk, json!({"received_at": "2025-12-31T17:00:00Z"})).await;
    assert_eq!(old["number"], "FIRST-2026-00005");
    let older = complaint(&world, &desk, json!({"received_at": "2025-12-31T15:00:00Z"})).await;
    assert_eq!(older["number"], "FIRST-2025-00001");
}

#[rstest]
#[actix_web::test]
async fn a_complaint_knows_its_stay_its_guest_and_its_partner(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("duty_manager").await;
    let guest = world.named(&desk, "王", "小明").await;
    let stay = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": guest["id"]}, "arrival_on": "2026-11-20",
        "departure_on": "2026-11-23", "room": "1806"});
    let stay = world.post("/v1/stays").by(&desk).json(&stay).await.ok(201);
    let partner = json!({"type": "ota", "names": [{"text": "携程"}]});
    let partner = world.post("/v1/partners").by(&desk).json(&partner).await.ok(201);
    let more = json!({"stay_id": stay["id"], "partner_id": partner["id"], "room": null, "channel": "partner",
        "reporter": {"kind": "partner", "name": "携程客服"}});
    let mut body = words(&world, more);
    body.as_object_mut().unwrap().remove("room");
    let made = world.post("/v1/complaints").by(&desk).json(&body).await.ok(201);
    assert_eq!(made["guest"], json!({"guest_id": guest["id"], "display_name": "王小明"}));
    // Nobody has checked in yet.
    assert_eq!((&made["room"], &made["in_house"]), (&json!("1806"), &json!(false)));
    let by_guest = format!("/v1/complaints?guest_id={}", guest["id"].as_str().unwrap());
    assert_eq!(world.get(&by_guest).by(&desk).send().await.ok(200)["items"][0]["id"], made["id"]);
    let by_partner = format!("/v1/complaints?partner_id={}", partner["id"].as_str().unwrap());
    assert_eq!(world.get(&by_partner).by(&desk).send().await.ok(200)["items"][0]["id"], made["id"]);

    // Somebody without a name, but with a number.
    let anonymous = json!({"reporter": {"kind": "anonymous"}, "contact": {"phone": "+8613800138000"}});
    let made = complaint(&world, &desk, anonymous).await;
    assert_eq!((made.get("guest"), &made["contact"]["phone"]), (None, &json!("+8613800138000")));
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let stranger = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e99";
    let class = |more: Value| {
        let mut class = words(&world, json!({}))["classification"].clone();
        class.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "classification": class })
    };
    let cases = [
        (json!({"hotel_id": stranger}), "/hotel_id unknown_reference"),
        (json!({"guest_id": stranger}), "/guest_id unknown_reference"),
        (json!({"stay_id": stranger}), "/stay_id unknown_reference"),
        (json!({"partner_id": stranger}), "/partner_id unknown_reference"),
        (json!({"received_at": "2027-01-01T00:00:00Z"}), "/received_at future"),
        (json!({"received_at": "2026-12-00T00:00:00Z"}), "/received_at date_time"),
        (json!({"description": " \n\t"}), "/description blank"),
        (json!({"language": "??"}), "/language language"),
        (json!({"contact": {"phone": "abc"}}), "/contact/phone phone"),
        (json!({"tags": [""]}), "/tags/0 length"),
        (json!({"external_refs": [{"system": "A B", "id": "1"}]}), "/external_refs/0/system code"),
        (class(json!({"department": "spa"})), "/classification/department unknown_reference"),
        (class(json!({"category": "weather"})), "/classification/category unknown_value"),
        (class(json!({"sub_cause": "weather"})), "/classification/sub_cause unknown_value"),
        (class(json!({"occurred_at": "2027-01-01T00:00:00Z"})), "/classification/occurred_at future"),
    ];
    for (more, fault) in cases {
        let answer = world.post("/v1/complaints").by(&desk).json(&words(&world, more.clone())).await;
        assert_eq!(answer.faults(422, "invalid_content"), [fault], "{more}");
    }
    // A delivery points at the same places, for a new complaint and for one that is not judged yet.
    let mut delivered = words(&world, class(json!({"category": "weather", "department": "spa"})));
    let place = "/v1/complaints/by-ref/helpdesk/T-0";
    let wrong = ["/classification/category unknown_value", "/classification/department unknown_reference"];
    let answer = world.request(Method::PUT, place).by(&desk).json(&delivered).await;
    assert_eq!(answer.faults(422, "invalid_content"), wrong);
    let class = delivered.as_object_mut().unwrap().remove("classification").unwrap();
    world.request(Method::PUT, place).by(&desk).json(&delivered).await.ok(201);
    delivered["classification"] = class.clone();
    let answer = world.request(Method::PUT, place).by(&desk).json(&delivered).await;
    assert_eq!(answer.faults(422, "invalid_content"), wrong);
    // Judged by itself there is nothing above.
    let known = world.get(place).by(&desk).send().await.ok(200);
    let wrong = ["/category unknown_value", "/department unknown_reference"];
    assert_eq!(make(&world, &desk, &known, "classify", class).await.faults(422, "invalid_content"), wrong);

    let ours = json!({"external_refs": [{"system": "helpdesk", "id": "T-1"}]});
    let made = complaint(&world, &desk, ours.clone()).await;
    let again = world.post("/v1/complaints").by(&desk).json(&words(&world, ours)).await;
    again.problem(409, "already_taken");
    let found = world.get("/v1/complaints/by-ref/helpdesk/T-1").by(&desk).send().await.ok(200);
    assert_eq!(found["id"], made["id"]);

    // Another hotel's staff see nothing of it, and foreigners neither.
    let other = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    world.get(&path(&made)).by(&other).send().await.problem(404, "not_found");
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    world.get(&path(&made)).by(&foreign).send().await.problem(404, "not_found");
}
