//! What people may grant, counted by day.

use chrono::NaiveDate;
use hospes::kit::ids::StaffId;
use hospes::recovery::authority::{Grant, decide, granted_on, held, return_authority, use_authority};
use hospes::recovery::error::{LimitSpan, RecoveryError};
use hospes::recovery::limits::{Limit, Role};
use rstest::rstest;
use serde_json::json;

use super::{acting, done, yuan};
use crate::harness::{Backend, Person, World};

fn grant(world: &World, by: &Person, amount: i64) -> Grant {
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    Grant { staff: StaffId(by.staff), hotel: world.home.hotel, day, currency: yuan(), amount }
}

async fn granted(world: &World, of: Grant) -> i64 {
    let cx = acting(world);
    world.app.db.read(move |r| granted_on(r, &cx, &of)).await.unwrap()
}

async fn used(world: &World, of: Grant, already: i64, limit: Limit) -> Result<(), RecoveryError> {
    done(world, move |tx, cx| use_authority(tx, cx, &of, already, limit)).await
}

async fn returned(world: &World, of: Grant) -> Result<(), RecoveryError> {
    done(world, move |tx, cx| return_authority(tx, cx, &of)).await
}

fn beyond(ended: Result<(), RecoveryError>) -> (LimitSpan, i64) {
    match ended {
        Err(RecoveryError::BeyondLimit { span, limit, .. }) => (span, limit),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[actix_web::test]
async fn a_case_and_a_day_have_their_limits_and_what_is_returned_is_free_again(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let limit = Limit { per_case: Some(200), per_day: Some(500) };
    let of = |amount| grant(&world, &desk, amount);
    assert_eq!(beyond(used(&world, of(201), 0, limit).await), (LimitSpan::Case, 200));
    assert_eq!(beyond(used(&world, of(101), 100, limit).await), (LimitSpan::Case, 200));
    assert_eq!(beyond(used(&world, of(1), i64::MAX, limit).await), (LimitSpan::Case, 200));
    assert_eq!(granted(&world, of(0)).await, 0);
    for _ in 0..2 {
        used(&world, of(200), 0, limit).await.unwrap();
    }
    assert_eq!(beyond(used(&world, of(101), 0, limit).await), (LimitSpan::Day, 500));
    used(&world, of(100), 100, limit).await.unwrap();
    assert_eq!(granted(&world, of(0)).await, 500);
    // Another day, hotel or person has room of its own.
    let tomorrow = Grant { day: of(0).day.succ_opt().unwrap(), ..of(200) };
    used(&world, tomorrow, 0, limit).await.unwrap();
    used(&world, Grant { hotel: world.home.other_hotel, ..of(200) }, 0, limit).await.unwrap();
    let colleague = world.staff("front_desk").await;
    used(&world, grant(&world, &colleague, 200), 0, limit).await.unwrap();

    returned(&world, of(200)).await.unwrap();
    assert_eq!(granted(&world, of(0)).await, 300);
    assert!(matches!(returned(&world, of(301)).await, Err(RecoveryError::NothingToReturn)));
    used(&world, of(200), 0, limit).await.unwrap();
    assert_eq!(beyond(used(&world, of(1), 0, limit).await), (LimitSpan::Day, 500));
    // What was granted without a limit counts, too.
    used(&world, of(1_000_000_000_000_000), 0, Limit::UNLIMITED).await.unwrap();
    assert_eq!(beyond(used(&world, of(1), 0, limit).await), (LimitSpan::Day, 500));
    for bad in [-1, 1_000_000_000_000_001, i64::MIN, i64::MAX] {
        assert!(matches!(used(&world, of(bad), 0, Limit::UNLIMITED).await, Err(RecoveryError::Amount)));
        assert!(matches!(returned(&world, of(bad)).await, Err(RecoveryError::Amount)));
    }
    assert_eq!(beyond(used(&world, of(1), 0, Limit::NONE).await), (LimitSpan::Case, 0));
}

#[rstest]
#[actix_web::test]
async fn what_somebody_holds_is_by_hotel_and_currency(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (first, second) = (world.home.hotel, world.home.other_hotel);
    let duty = world.staff_at(world.home, Some(first), "duty_manager").await;
    let manager = world.staff("general_manager").await;
    let of = async |person: &Person, hotel| {
        let (cx, staff) = (acting(&world), StaffId(person.staff));
        world.app.db.read(move |r| held(r, &cx, staff, hotel)).await
    };
    let here = of(&duty, first).await.unwrap();
    let limit = Limit { per_case: Some(300_000), per_day: Some(1_000_000) };
    assert_eq!((here.limit, here.roles.as_slice(), here.currency), (limit, &[Role::DutyManager][..], yuan()));
    assert_eq!(here.today.to_string(), "2026-11-21");
    world.clock.advance(chrono::TimeDelta::hours(9));
    // It is 17:00 UTC and past midnight in Shanghai.
    assert_eq!(of(&duty, first).await.unwrap().today.to_string(), "2026-11-22");
    assert_eq!(
        (here.next_role(1), here.next_role(i64::MAX)),
        (Some(Role::GeneralManager), Some(Role::GeneralManager))
    );
    let there = of(&duty, second).await.unwrap();
    assert_eq!((there.limit, there.roles.len()), (Limit::NONE, 0));
    assert_eq!(there.next_role(20_001), Some(Role::GuestRelations));
    assert_eq!(of(&manager, second).await.unwrap().limit, Limit::UNLIMITED);

    let admin = world.staff("admin").await;
    let hotel = format!("/v1/hotels/{first}");
    world.patch(&hotel).by(&admin).if_match("*").json(&json!({"currency": "USD"})).await.ok(200);
    assert_eq!(of(&duty, first).await.unwrap().limit, Limit::NONE);
    assert_eq!(of(&manager, first).await.unwrap().limit, Limit::UNLIMITED);
    let rules = json!({"rules": [{"role": "duty_manager", "currency": "USD", "per_case_minor": 5, "per_day_minor": 9}]});
    world.put("/v1/authority-limits").by(&admin).if_match("*").json(&rules).await.ok(200);
    let own = Limit { per_case: Some(5), per_day: Some(9) };
    assert_eq!(of(&duty, first).await.unwrap().limit, own);

    let suspend = format!("/v1/staff/{}/suspend", duty.staff);
    world.request(actix_web::http::Method::POST, &suspend).by(&admin).if_match("*").send().await.ok(200);
    assert_eq!(of(&duty, first).await.unwrap().limit, Limit::NONE);
    assert!(matches!(of(&duty, world.foreign.hotel).await, Err(RecoveryError::NotFound)));
    let stranger = world.staff_at(world.foreign, None, "general_manager").await;
    assert!(matches!(of(&stranger, first).await, Err(RecoveryError::NotFound)));
}

#[rstest]
#[actix_web::test]
async fn a_decision_is_counted_today_or_names_who_has_to_take_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, admin) = (world.staff("front_desk").await, world.staff("admin").await);
    let hotel = world.home.hotel;
    let decided = async |by: &Person, amount: i64, already: i64| {
        let staff = StaffId(by.staff);
        done(&world, move |tx, cx| decide(tx, cx, staff, hotel, amount, already)).await
    };
    let grant = decided(&desk, 20_000, 0).await.unwrap();
    assert_eq!((grant.day.to_string(), grant.currency, grant.amount), ("2026-11-21".into(), yuan(), 20_000));
    assert_eq!(granted(&world, grant).await, 20_000);
    let named = |ended: Result<Grant, RecoveryError>| match ended {
        Err(RecoveryError::BeyondLimit { span, next, .. }) => (span, next),
        other => panic!("{other:?}"),
    };
    assert_eq!(named(decided(&desk, 10_000, 20_000).await), (LimitSpan::Case, Some(Role::GuestRelations)));
    assert_eq!(named(decided(&desk, 10_000, 290_001).await), (LimitSpan::Case, Some(Role::GeneralManager)));
    decided(&desk, 20_000, 0).await.unwrap();
    assert_eq!(named(decided(&desk, 20_000, 0).await), (LimitSpan::Day, Some(Role::GuestRelations)));
    assert_eq!(named(decided(&admin, 1, 0).await), (LimitSpan::Case, Some(Role::FrontDesk)));
    returned(&world, grant).await.unwrap();
    decided(&desk, 20_000, 0).await.unwrap();
    assert!(matches!(decided(&desk, -1, 0).await, Err(RecoveryError::Amount)));
    assert!(matches!(decided(&desk, i64::MAX, i64::MAX).await, Err(RecoveryError::Amount)));
}
