//! The arrivals brief and the overview: what is told, to whom, and with how many queries.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use hospes::guests::api::parse::document as guest_document;
use hospes::guests::service::save_batch;
use hospes::kit::clock::Clock;
use hospes::kit::ids::TimeOrderedIds;
use hospes::platform::context::{Actor, Ctx, Sight};
use hospes::preferences::bulk::lay_over;
use hospes::preferences::model::{Details, NewPreference, Polarity, PreferenceSource};
use hospes::stays::api::parse::document as stay_document;
use hospes::stays::bulk::deliver_all;
use hospes::stays::delivery::How;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;

use crate::harness::{Backend, Person, World};
use crate::plans::{guest, plan_of, posted, stay, wish};

fn brief(world: &World, query: &str) -> String {
    format!("/v1/hotels/{}/arrivals?{query}", world.home.hotel)
}

async fn check_in(world: &World, by: &Person, stay: &Value) {
    let path = format!("/v1/stays/{}/check-in", stay["id"].as_str().unwrap());
    world.request(Method::POST, &path).by(by).if_match("*").json(&json!({})).await.ok(200);
}

fn ids(section: &Value) -> Vec<String> {
    let entries = section["entries"].as_array().unwrap().iter();
    let mut ids: Vec<String> = entries.map(|entry| entry["stay_id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn id(stay: &Value) -> String {
    stay["id"].as_str().unwrap().to_owned()
}

#[rstest]
#[actix_web::test]
async fn a_brief_tells_who_comes_stays_and_leaves(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    // It is 2026-11-21 in Shanghai.
    let main = guest(&world, &desk).await;
    let coming = stay(&world, &desk, &main, "2026-11-21", "2026-11-23").await;
    let day_use = stay(&world, &desk, &main, "2026-11-21", "2026-11-21").await;
    let staying = stay(&world, &desk, &main, "2026-11-19", "2026-11-23").await;
    let leaving = stay(&world, &desk, &main, "2026-11-18", "2026-11-21").await;
    let overdue = stay(&world, &desk, &main, "2026-11-17", "2026-11-20").await;
    let long = stay(&world, &desk, &main, "2026-07-01", "2026-12-31").await;
    let never_came = stay(&world, &desk, &main, "2026-11-20", "2026-11-22").await;
    let cancelled = stay(&world, &desk, &main, "2026-11-21", "2026-11-22").await;
    for here in [&staying, &leaving, &overdue, &long] {
        check_in(&world, &desk, here).await;
    }
    let cancel = format!("/v1/stays/{}/cancel", id(&cancelled));
    world.request(Method::POST, &cancel).by(&desk).if_match("*").json(&json!({})).await.ok(200);
    let sorted = |stays: &[&Value]| {
        let mut ids: Vec<String> = stays.iter().map(|stay| id(stay)).collect();
        ids.sort();
        ids
    };
    let told = |brief: &Value| [ids(&brief["arrivals"]), ids(&brief["in_house"]), ids(&brief["departures"])];
    let today = world.get(&brief(&world, "")).by(&desk).send().await.ok(200);
    assert_eq!(today["date"], "2026-11-21");
    assert_eq!(
        told(&today),
        [sorted(&[&coming, &day_use]), sorted(&[&staying, &overdue, &long]), sorted(&[&leaving])]
    );
    let tomorrow = world.get(&brief(&world, "date=2026-11-22")).by(&desk).send().await.ok(200);
    assert_eq!(told(&tomorrow), [vec![], sorted(&[&coming, &staying, &long]), sorted(&[&never_came])]);
    let before = world.get(&brief(&world, "date=2026-11-19")).by(&desk).send().await.ok(200);
    assert_eq!(told(&before), [sorted(&[&staying]), sorted(&[&leaving, &overdue, &long]), vec![]]);
    world.get(&brief(&world, "date=2026-02-30")).by(&desk).send().await.problem(400, "invalid_parameter");
    let other = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    world.get(&brief(&world, "")).by(&other).send().await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_brief_tells_each_what_it_may_know(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (desk, manager) = (world.staff("front_desk").await, world.staff("general_manager").await);
    let body = json!({
        "names": [{"surname": "单", "given_name": "田芳"}, {"name_type": "phonetic", "full_name": "Shan Tianfang"}],
        "birth_date": "1988-11-22", "preferred_language": "zh-CN", "vip_level": "vip1", "owner_id": manager.staff
    });
    let main = world.guest(&desk, body).await["id"].as_str().unwrap().to_owned();
    // Born on the first day of the eighth lunar month would be wrong: this one keeps 十月十三, 2026-11-21.
    let lunar = json!({"names": [{"name_type": "primary", "full_name": "Secret Star"}, {"name_type": "incognito", "full_name": "Mr Smith"}],
        "birth_date": "1988-11-21", "birthday_calendar": "lunar"});
    let star = world.guest(&desk, lunar).await["id"].as_str().unwrap().to_owned();
    wish(&world, &desk, &main, json!({"code": "high_floor", "polarity": "like", "importance": 5})).await;
    wish(&world, &desk, &main, json!({"code": "no_alcohol_in_minibar", "polarity": "must"})).await;
    wish(
        &world,
        &desk,
        &main,
        json!({"code": "wedding_anniversary", "polarity": "like", "text": "2010-11-23 百合"}),
    )
    .await;
    for (class, text, confidential) in
        [("housekeeping", "荞麦枕", false), ("gifts", "茶", false), ("general", "secret words", true)]
    {
        let note = json!({"class": class, "text": text, "confidential": confidential});
        world.post(&format!("/v1/guests/{main}/notes")).by(&manager).json(&note).await.ok(201);
    }
    let body = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": main}, "companions": [{"guest_id": star}, {"name": "Li"}],
        "arrival_on": "2026-11-21", "departure_on": "2026-11-23", "room": "1806", "eta": "15:30"});
    let coming = world.post("/v1/stays").by(&desk).json(&body).await.ok(201);
    posted(&world, &desk, &plan_of(&coming)).await.ok(200);
    let seen =
        world.get(&brief(&world, "")).by(&manager).header("accept-language", "zh-CN").send().await.ok(200);
    let entry = &seen["arrivals"]["entries"][0];
    let told = &entry["guest"];
    assert_eq!(
        (&told["name"], &told["pronunciation"], &told["vip_level"], &told["language"], &entry["eta"]),
        (&json!("单田芳"), &json!("Shan Tianfang"), &json!("vip1"), &json!("zh-CN"), &json!("15:30"))
    );
    assert_eq!(
        (&told["owner_id"], &told["stays_so_far"], &told["restricted"]),
        (&json!(manager.staff), &json!(0), &json!(false))
    );
    assert!(told["owner_name"].as_str().unwrap().starts_with("general_manager"));
    let codes: Vec<&str> =
        told["preferences"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["no_alcohol_in_minibar", "high_floor", "wedding_anniversary"]);
    assert_eq!(
        (&told["preferences"][1]["label"], &told["preferences"][1]["plan_status"]),
        (&json!("高楼层"), &json!("planned"))
    );
    let occasions = json!([
        {"kind": "birthday", "on": "2026-11-22", "calendar": "gregorian"},
        {"kind": "anniversary", "on": "2026-11-23", "calendar": "gregorian"}
    ]);
    assert_eq!(told["occasions"], occasions);
    assert_eq!(entry["plan"], json!({"open": 3, "done": 0, "not_possible": 0}));
    assert_eq!(told["notes"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&entry["companions"][0]["name"], &entry["companions"][1]["name"]),
        (&json!("Mr Smith"), &json!("Li"))
    );
    assert!(!entry.to_string().contains("Secret Star"));
    assert_eq!(entry["companions"][0]["occasions"][0]["calendar"], "lunar");

    let rooms = world.get(&brief(&world, "department=housekeeping")).by(&desk).send().await.ok(200);
    let told = &rooms["arrivals"]["entries"][0]["guest"];
    let classes: Vec<&str> =
        told["notes"].as_array().unwrap().iter().map(|n| n["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["housekeeping"]);
    assert!(told["preferences"].as_array().unwrap().iter().all(|p| p["code"] != "high_floor"));
    let overview = format!("/v1/guests/{main}/overview");
    let seen = world.get(&overview).by(&desk).send().await.ok(200);
    assert_eq!(seen["guest"]["id"], json!(main));
    assert_eq!(seen["preferences"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&seen["stays"]["upcoming"][0]["stay_id"], &seen["stays"]["figures"]["stays"]),
        (&coming["id"], &json!(0))
    );
    assert_eq!(seen["open_matters"]["plan_items"].as_array().unwrap().len(), 3);
    assert_eq!(seen["open_matters"]["restriction_review_due"], false);
    check_in(&world, &desk, &coming).await;
    let seen = world.get(&overview).by(&desk).send().await.ok(200);
    assert_eq!(
        (&seen["stays"]["current"][0]["stay_id"], &seen["stays"]["figures"]["stays"]),
        (&coming["id"], &json!(1))
    );
    let engineer = world.staff("engineering").await;
    let seen = world.get(&overview).by(&engineer).send().await.ok(200);
    assert!(seen["open_matters"].get("suggested_duplicates").is_none());
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    world.get(&overview).by(&foreign).send().await.problem(404, "not_found");
}

/// SELECT statements since the last look.
static SELECTS: AtomicUsize = AtomicUsize::new(0);

struct Counter;

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event
            && query.to_string().to_ascii_uppercase().contains("SELECT")
        {
            SELECTS.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Guests with a preference each, and a stay of each that begins on a day.
async fn crowd(world: &World, day: &'static str, number: usize) {
    let cx = Ctx {
        group: world.home.id,
        actor: Actor::SYSTEM,
        sight: Sight::WholeGroup,
        request_id: "test".into(),
        now: world.clock.now(),
        ids: Arc::new(TimeOrderedIds),
    };
    let hotel = world.home.hotel;
    let made = world.app.db.write(move |tx| {
        let profile = |at: usize| {
            guest_document(json!({"names": [{"surname": "Guest", "given_name": format!("N{at}")}]})).unwrap()
        };
        let guests = save_batch(tx, &cx, (0..number).map(profile).collect(), vec![]).unwrap();
        let wish = NewPreference {
            category: None,
            code: Some("high_floor".into()),
            polarity: Polarity::Like,
            details: Details::from_source(PreferenceSource::Stated),
        };
        let wishes: Vec<_> = guests.iter().map(|guest| (*guest, vec![wish.clone()])).collect();
        assert!(lay_over(tx, &cx, &wishes).unwrap().iter().all(|added| added == &Ok(true)));
        let stays: Vec<_> = guests
            .iter()
            .map(|guest| {
                stay_document(
                    json!({"external_refs": [{"system": "crowd", "id": guest.to_string()}], "hotel_id": hotel,
                    "guest": {"guest_id": guest}, "arrival_on": day, "nights": 2}),
                )
                .unwrap()
            })
            .collect();
        let taken = deliver_all(tx, &cx, &stays, How::default()).unwrap();
        assert!(taken.iter().all(Result::is_ok));
        Ok::<_, hospes::db::DbError>(())
    });
    made.await.unwrap();
}

#[rstest]
#[actix_web::test]
async fn five_hundred_arrivals_take_no_more_queries_than_five(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    set_default_instrumentation(|| Some(Box::new(Counter))).unwrap();
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    crowd(&world, "2027-03-01", 5).await;
    crowd(&world, "2027-05-01", 500).await;
    let mut counted = Vec::new();
    for (day, number) in [("2027-03-01", 5), ("2027-05-01", 500)] {
        let path = brief(&world, &format!("date={day}"));
        world.get(&path).by(&desk).send().await.ok(200);
        let before = SELECTS.load(Ordering::SeqCst);
        let seen = world.get(&path).by(&desk).send().await.ok(200);
        counted.push(SELECTS.load(Ordering::SeqCst) - before);
        let entries = seen["arrivals"]["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &seen["arrivals"]["truncated"]), (number, &json!(false)));
        assert!(entries.iter().all(|entry| entry["guest"]["preferences"][0]["code"] == "high_floor"));
    }
    assert!(counted[0] > 5 && counted[0] == counted[1], "{counted:?}");
    assert!(counted[1] < 25, "{counted:?}");
}
