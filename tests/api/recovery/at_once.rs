//! Many transactions at the same time: nothing is overspent, nothing happens twice.

use chrono::NaiveDate;
use futures_util::future::{join_all, join3};
use hospes::kit::ids::StaffId;
use hospes::recovery::authority::{Grant, granted_on, use_authority};
use hospes::recovery::booking::{release, reserve, settle};
use hospes::recovery::error::RecoveryError;
use hospes::recovery::limits::Limit;
use hospes::recovery::model::Booking;
use rstest::rstest;
use serde_json::json;

use super::{acting, agree, budget, cost, done, figures, subject, yuan};
use crate::harness::{Backend, World};

/// How many come at once.
const MANY: usize = 48;

fn went_through<T>(ended: &[Result<T, RecoveryError>]) -> usize {
    ended.iter().filter(|one| one.is_ok()).count()
}

#[rstest]
#[actix_web::test]
async fn a_hard_budget_is_never_overspent(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let hotel = budget(&world, &manager, json!({"amount_minor": 1_050})).await;
    let office = budget(&world, &manager, json!({"department": "front-office", "amount_minor": 450})).await;
    let subjects: Vec<_> = (0..MANY).map(|_| subject()).collect();
    let tries = subjects.iter().enumerate().map(|(at, of)| {
        // Every other cost is none of the office's.
        let department = (at % 2 == 0).then(|| "front-office".to_owned());
        let booking = Booking { department, ..cost(&world, *of, 100) };
        done(&world, move |tx, cx| reserve(tx, cx, &booking))
    });
    let ended = join_all(tries).await;
    let refused = |one: &Result<_, RecoveryError>| matches!(one, Err(RecoveryError::OverBudget { .. }));
    assert_eq!(went_through(&ended), 10);
    assert_eq!(ended.iter().filter(|one| refused(one)).count(), MANY - 10);
    assert_eq!(figures(&world, &manager, &hotel).await, (1_000, 0, 50));
    let (reserved, _, left) = figures(&world, &manager, &office).await;
    assert!(reserved <= 400 && left >= 50, "{reserved}");
    agree(&world).await;

    // All want to spend more than they set aside; there is room for one of them.
    let held: Vec<_> =
        subjects.iter().zip(&ended).filter(|(_, one)| one.is_ok()).map(|(of, _)| *of).collect();
    let ended = join_all(held.iter().map(|of| {
        let of = *of;
        done(&world, move |tx, cx| settle(tx, cx, of, 140))
    }))
    .await;
    assert_eq!(went_through(&ended), 1, "{ended:?}");
    assert_eq!(figures(&world, &manager, &hotel).await, (900, 140, 10));
    agree(&world).await;
}

#[rstest]
#[actix_web::test]
async fn a_subject_is_booked_once_however_many_try(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let whole = budget(&world, &manager, json!({})).await;
    let of = subject();
    let reserves = || {
        join_all((0..MANY / 2).map(|_| {
            let booking = cost(&world, of, 100);
            done(&world, move |tx, cx| reserve(tx, cx, &booking))
        }))
    };
    let ended = reserves().await;
    assert_eq!(went_through(&ended), 1, "{ended:?}");
    let ended = join_all((0..MANY / 2).map(|_| done(&world, move |tx, cx| release(tx, cx, of)))).await;
    assert_eq!(went_through(&ended), 1, "{ended:?}");
    assert_eq!(figures(&world, &manager, &whole).await, (0, 0, 1_000));
    // Anew, from what was released.
    let ended = reserves().await;
    assert_eq!(went_through(&ended), 1, "{ended:?}");
    // Some settle and some release: one of all of them.
    let ended = join_all((0..MANY).map(|at| {
        done(
            &world,
            move |tx, cx| {
                if at % 2 == 0 { settle(tx, cx, of, 80).map(|_| ()) } else { release(tx, cx, of) }
            },
        )
    }))
    .await;
    assert_eq!(went_through(&ended), 1, "{ended:?}");
    let named = |one: &Result<_, _>| {
        matches!(one, Ok(()) | Err(RecoveryError::AlreadySettled | RecoveryError::AlreadyReleased))
    };
    assert!(ended.iter().all(named), "{ended:?}");
    let (reserved, spent, _) = figures(&world, &manager, &whole).await;
    assert!(reserved == 0 && (spent == 80 || spent == 0));
    agree(&world).await;
}

#[rstest]
#[actix_web::test]
async fn the_limit_of_a_day_lets_pass_what_fits_all_together(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let grant =
        Grant { staff: StaffId(desk.staff), hotel: world.home.hotel, day, currency: yuan(), amount: 100 };
    let limit = Limit { per_case: Some(200), per_day: Some(1_050) };
    let ended =
        join_all((0..MANY).map(|_| done(&world, move |tx, cx| use_authority(tx, cx, &grant, 0, limit))))
            .await;
    assert_eq!(went_through(&ended), 10);
    assert!(ended.iter().all(|one| matches!(one, Ok(()) | Err(RecoveryError::BeyondLimit { .. }))));
    let cx = acting(&world);
    assert_eq!(world.app.db.read(move |r| granted_on(r, &cx, &grant)).await.unwrap(), 1_000);
}

#[rstest]
#[actix_web::test]
async fn a_budget_changes_and_goes_while_others_book(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    for round in 0..6 {
        let month = format!("2027-{:02}", round + 1);
        let whole = budget(&world, &manager, json!({"month": month})).await;
        let bookings = join_all((0..8).map(|_| {
            let month = hospes::recovery::model::Month::parse(&month).unwrap();
            let booking = Booking { month, ..cost(&world, subject(), 100) };
            done(&world, move |tx, cx| reserve(tx, cx, &booking))
        }));
        let change = async {
            let less = json!({"amount_minor": 300});
            world.patch(&super::path(&whole)).by(&manager).if_match("*").json(&less).await.status
        };
        let delete =
            async { world.delete(&super::path(&whole)).by(&manager).if_match("*").send().await.status };
        let (booked, changed, deleted) = join3(bookings, change, delete).await;
        assert!(
            booked.iter().all(|one| matches!(one, Ok(_) | Err(RecoveryError::OverBudget { .. }))),
            "{booked:?}"
        );
        assert!([200, 404, 409, 412].contains(&changed), "{changed}");
        if deleted == 204 {
            world.get(&super::path(&whole)).by(&manager).send().await.problem(404, "not_found");
            assert_eq!(went_through(&booked), 8);
        } else {
            assert!([409, 412].contains(&deleted), "{deleted}");
            let (reserved, _, left) = figures(&world, &manager, &whole).await;
            assert!(left >= 0 && reserved == 100 * i64::try_from(went_through(&booked)).unwrap());
        }
    }
    agree(&world).await;
}
