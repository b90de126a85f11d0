//! The figures of guests, and whether they are what the rows say.

use hospes::kit::ids::{GroupId, GuestId};
use hospes::stays::merge;
use hospes::stays::recount::{self, Place};
use rstest::rstest;
use serde_json::{Value, json};

use super::delivery::operator;
use super::{make, path};
use crate::harness::{Backend, Person, World};

async fn figures(world: &World, by: &Person, guest: &Value) -> Value {
    let path = format!("/v1/guests/{}/statistics", guest["id"].as_str().unwrap());
    world.get(&path).by(by).send().await.ok(200)
}

async fn agree(world: &World) {
    let cx = operator(world);
    let step = world.app.db.read(move |r| recount::step(r, &cx, Place::START)).await.unwrap();
    assert!(step.different.is_empty() && step.next.is_none(), "{step:?}");
    assert!(step.guests > 0 && step.stays > 0, "{step:?}");
}

fn id(guest: &Value) -> GuestId {
    guest["id"].as_str().unwrap().parse().unwrap()
}

#[rstest]
#[actix_web::test]
async fn figures_follow_every_stay(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let guest = world.named(&manager, "王", "小明").await;
    let empty = figures(&world, &manager, &guest).await;
    assert_eq!(
        (&empty["stays"], &empty["earnings"], &empty["lead_time"]),
        (&json!(0), &json!([]), &json!({"total_days": 0, "n": 0}))
    );
    let stay = |set: Value| {
        let mut body = json!({"guest": {"guest_id": guest["id"]}, "status": "checked_out"});
        for (name, value) in set.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let first =
        stay(json!({"arrival_on": "2026-05-01", "departure_on": "2026-05-04", "booked_on": "2026-04-20",
        "revenue": {"room": 100000, "food_beverage": 2500}, "room_type": "DLX", "channel": "ota"}));
    make(&world, &manager, first).await;
    let second = stay(
        json!({"arrival_on": "2026-06-01", "departure_on": "2026-06-02", "rooms": 2, "booked_on": "2026-05-31",
        "revenue": {"room": 33333}, "booked_room_type": "STD", "channel": "phone"}),
    );
    let second = make(&world, &manager, second).await;
    make(&world, &manager, stay(json!({"status": "cancelled", "revenue": {"other": 700}}))).await;
    make(&world, &manager, stay(json!({"status": "no_show"}))).await;
    make(&world, &manager, stay(json!({"status": "reserved"}))).await;
    make(
        &world,
        &manager,
        stay(json!({"currency": "USD", "arrival_on": "2026-07-01", "departure_on": "2026-07-01"})),
    )
    .await;
    let seen = figures(&world, &manager, &guest).await;
    assert_eq!(seen["stays"], 3);
    assert_eq!((&seen["nights"], &seen["room_nights"]), (&json!(4), &json!(5)));
    assert_eq!(
        (&seen["cancellations"], &seen["no_shows"], &seen["upcoming"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(
        (&seen["first_arrival_on"], &seen["last_arrival_on"]),
        (&json!("2026-05-01"), &json!("2026-07-01"))
    );
    assert_eq!(seen["lead_time"], json!({"mean_days": 6, "total_days": 12, "n": 2}));
    assert_eq!(seen["favourite_room_type"], json!({"room_type": "DLX", "nights": 3, "stays": 1}));
    assert_eq!(seen["channels"].as_array().unwrap().len(), 3);
    let cny = &seen["earnings"][0];
    assert_eq!(
        (&cny["currency"], &cny["room"], &cny["average_daily_rate"]),
        (&json!("CNY"), &json!(133_333), &json!(26_667))
    );
    assert_eq!((&cny["from_cancelled"], &cny["total"]), (&json!(700), &json!(135_833)));
    let usd = &seen["earnings"][1];
    assert_eq!((&usd["currency"], &usd["stays"]), (&json!("USD"), &json!(1)));
    assert!(usd.get("average_daily_rate").is_none());
    agree(&world).await;

    // A change, a deletion: the figures follow.
    let patch = json!({"departure_on": "2026-06-03"});
    world.patch(&path(&second)).by(&manager).if_match("*").json(&patch).await.ok(200);
    assert_eq!(figures(&world, &manager, &guest).await["room_nights"], 7);
    world.delete(&path(&second)).by(&manager).if_match("*").send().await;
    assert_eq!(figures(&world, &manager, &guest).await["stays"], 2);
    agree(&world).await;

    // Money is for those who may see it, hotels for those who see them.
    let desk = world.staff("front_desk").await;
    assert!(figures(&world, &desk, &guest).await.get("earnings").is_none());
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    assert_eq!(figures(&world, &elsewhere, &guest).await["stays"], 0);
}

#[rstest]
#[actix_web::test]
async fn stays_change_hands_with_a_merge_and_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let (one, other) = (world.named(&manager, "王", "小明").await, world.named(&manager, "李", "丽").await);
    let set = json!({"status": "checked_out", "guest": {"guest_id": one["id"]}, "companions": [{"guest_id": other["id"]}]});
    make(&world, &manager, set).await;
    let set = json!({"status": "checked_out", "guest": {"guest_id": other["id"]}});
    make(&world, &manager, set).await;
    let (group, from, to): (GroupId, GuestId, GuestId) = (world.home.id, id(&other), id(&one));
    let held = async |guest: GuestId, origins: Option<Vec<GuestId>>| {
        let found =
            world.app.db.read(move |r| merge::count(r, group, guest, origins.as_deref())).await.unwrap();
        (found.stays, found.companions)
    };
    assert_eq!(held(from, None).await, (1, 1));
    world.app.db.write(move |tx| merge::hand_over(tx, group, from, to)).await.unwrap();
    assert_eq!(held(to, None).await, (2, 1));
    assert_eq!(held(to, Some(vec![from])).await, (1, 1));
    assert_eq!(figures(&world, &manager, &one).await["stays"], 2);
    agree(&world).await;
    world.app.db.write(move |tx| merge::hand_back(tx, group, to, from, &[from])).await.unwrap();
    assert_eq!((held(from, None).await, held(to, None).await), ((1, 1), (1, 0)));
    assert_eq!(figures(&world, &manager, &one).await["stays"], 1);
    agree(&world).await;
}
