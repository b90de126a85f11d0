//! Reserving, settling and releasing, one after the other.

use hospes::db::Tx;
use hospes::platform::context::{Ctx, Sight};
use hospes::recovery::booking::{release, reservation, reserve, settle};
use hospes::recovery::error::RecoveryError;
use hospes::recovery::model::{Booking, Currency, Overrun, ReservationStatus};
use rstest::rstest;
use serde_json::{Value, json};

use super::{MONTH, acting, agree, budget, cost, done, figures, id, subject};
use crate::harness::{Backend, Person, World};

async fn entries(world: &World, by: &Person, query: &str) -> Vec<Value> {
    let page = world.get(&format!("/v1/cost-entries?{query}")).by(by).send().await.ok(200);
    page["items"].as_array().unwrap().clone()
}

#[rstest]
#[actix_web::test]
async fn a_cost_counts_against_every_budget_that_is_for_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let narrow = json!({"department": "front-office", "category": "compensation", "amount_minor": 500});
    let narrow = budget(&world, &manager, narrow).await;
    let department = budget(&world, &manager, json!({"department": "front-office"})).await;
    let category = budget(&world, &manager, json!({"category": "compensation"})).await;
    let hotel = budget(&world, &manager, json!({"enforcement": "soft", "amount_minor": 400})).await;
    let bearing = [&narrow, &department, &category, &hotel];
    for other in [
        json!({"category": "gift"}),
        json!({"department": "front-office", "category": "gift"}),
        json!({"month": "2026-12"}),
        json!({"hotel_id": world.home.other_hotel}),
    ] {
        budget(&world, &manager, other).await;
    }
    let of = subject();
    let booking = cost(&world, of, 450);
    let booked = done(&world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    assert_eq!(booked.budgets, bearing.map(id));
    assert_eq!(booked.over, [Overrun { budget: id(&hotel), by: 50 }]);
    let seen = async || {
        let mut seen = Vec::new();
        for budget in bearing {
            seen.push(figures(&world, &manager, budget).await);
        }
        seen
    };
    assert_eq!(seen().await, [(450, 0, 50), (450, 0, 550), (450, 0, 550), (450, 0, -50)]);

    // All or nothing: the narrowest has no room, so none of them takes it.
    let booking = cost(&world, subject(), 51);
    let other = booking.clone();
    match done(&world, move |tx, cx| reserve(tx, cx, &booking)).await {
        Err(RecoveryError::OverBudget { budget, available, asked, currency }) => {
            assert_eq!((budget, available, asked, currency.code()), (id(&narrow), 50, 51, "CNY"));
        }
        refused => panic!("{refused:?}"),
    }
    assert_eq!(seen().await[1], (450, 0, 550));
    // Whoever goes on after a refusal finds nothing booked, and no reservation.
    let went_on = done(&world, move |tx: &mut Tx<'_>, cx: &Ctx| {
        assert!(reserve(tx, cx, &other).is_err());
        reservation(tx, cx, other.subject)
    });
    assert_eq!(went_on.await.unwrap(), None);
    assert_eq!(seen().await[1], (450, 0, 550));

    // Less was spent than was set aside: the rest is free again.
    done(&world, move |tx, cx| settle(tx, cx, of, 300)).await.unwrap();
    assert_eq!(seen().await, [(0, 300, 200), (0, 300, 700), (0, 300, 700), (0, 300, 100)]);
    let rows = entries(&world, &manager, &format!("subject_id={}", of.id)).await;
    assert_eq!(rows.len(), 12);
    assert_eq!(rows.iter().filter(|row| row["tallied"] == true).count(), 3);
    let step = agree(&world).await;
    assert_eq!((step.budgets, step.entries), (8, 12));
    let kept = done(&world, move |tx, cx| reservation(tx, cx, of)).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.amount, kept.spent), (ReservationStatus::Settled, 450, Some(300)));
}

#[rstest]
#[actix_web::test]
async fn what_costs_more_than_was_set_aside_must_fit_like_a_reservation(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let hard = budget(&world, &manager, json!({"category": "compensation"})).await;
    let soft = budget(&world, &manager, json!({"enforcement": "soft", "amount_minor": 0})).await;
    let of = subject();
    let booking = cost(&world, of, 600);
    done(&world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    let refused = done(&world, move |tx, cx| settle(tx, cx, of, 1_001)).await;
    assert!(
        matches!(refused, Err(RecoveryError::OverBudget { available: 400, asked: 401, .. })),
        "{refused:?}"
    );
    assert_eq!(figures(&world, &manager, &hard).await, (600, 0, 400));
    assert_eq!(figures(&world, &manager, &soft).await, (600, 0, -600));
    let booked = done(&world, move |tx, cx| settle(tx, cx, of, 1_000)).await.unwrap();
    assert_eq!(booked.over, [Overrun { budget: id(&soft), by: 1_000 }]);
    assert_eq!(figures(&world, &manager, &hard).await, (0, 1_000, 0));
    agree(&world).await;
}

#[rstest]
#[actix_web::test]
async fn a_subject_is_reserved_settled_and_released_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let whole = budget(&world, &manager, json!({})).await;
    let (of, never) = (subject(), subject());
    let reserved = async |amount: i64| {
        let booking = cost(&world, of, amount);
        done(&world, move |tx, cx| reserve(tx, cx, &booking)).await
    };
    let settled = async |amount| done(&world, move |tx, cx| settle(tx, cx, of, amount)).await;
    let released = async || done(&world, move |tx, cx| release(tx, cx, of)).await;
    assert!(matches!(
        done(&world, move |tx, cx| settle(tx, cx, never, 1)).await,
        Err(RecoveryError::NothingReserved)
    ));
    assert!(matches!(released().await, Err(RecoveryError::NothingReserved)));
    reserved(100).await.unwrap();
    assert!(matches!(reserved(100).await, Err(RecoveryError::AlreadyReserved)));
    released().await.unwrap();
    assert_eq!(figures(&world, &manager, &whole).await, (0, 0, 1_000));
    assert!(matches!(released().await, Err(RecoveryError::AlreadyReleased)));
    assert!(matches!(settled(100).await, Err(RecoveryError::AlreadyReleased)));
    // Approved anew, under other terms.
    reserved(250).await.unwrap();
    settled(200).await.unwrap();
    assert!(matches!(settled(200).await, Err(RecoveryError::AlreadySettled)));
    assert!(matches!(released().await, Err(RecoveryError::AlreadySettled)));
    assert!(matches!(reserved(100).await, Err(RecoveryError::AlreadySettled)));
    assert_eq!(figures(&world, &manager, &whole).await, (0, 200, 800));
    let kinds: Vec<_> = entries(&world, &manager, &format!("budget_id={}", id(&whole)))
        .await
        .iter()
        .rev()
        .map(|row| (row["kind"].as_str().unwrap().to_owned(), row["amount_minor"].as_i64().unwrap()))
        .collect();
    let told = [("reserve", 100), ("release", 100), ("reserve", 250), ("release", 250), ("spend", 200)];
    assert_eq!(kinds, told.map(|(kind, amount)| (kind.to_owned(), amount)));
    agree(&world).await;
}

#[rstest]
#[actix_web::test]
async fn a_cost_without_a_budget_is_recorded_all_the_same(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let of = subject();
    let booking = Booking { department: None, ..cost(&world, of, 70) };
    let booked = done(&world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    assert!(booked.budgets.is_empty() && booked.over.is_empty());
    // A budget that comes later does not bear it.
    let late = budget(&world, &manager, json!({})).await;
    done(&world, move |tx, cx| settle(tx, cx, of, 90)).await.unwrap();
    assert_eq!(figures(&world, &manager, &late).await, (0, 0, 1_000));
    let rows = entries(&world, &manager, &format!("subject_id={}", of.id)).await;
    let kinds: Vec<_> = rows.iter().rev().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reserve", "release", "spend"]);
    for row in rows {
        assert!(row.get("budget_id").is_none() && row.get("department").is_none(), "{row}");
        assert_eq!(
            (&row["tallied"], &row["booked_on"], &row["month"]),
            (&json!(true), &json!("2026-11-21"), &json!(MONTH))
        );
    }
    let nothing = subject();
    let booking = cost(&world, nothing, 0);
    done(&world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    done(&world, move |tx, cx| settle(tx, cx, nothing, 0)).await.unwrap();
    agree(&world).await;
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_booked_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let soft =
        budget(&world, &manager, json!({"enforcement": "soft", "amount_minor": 1_000_000_000_000_000_i64}))
            .await;
    let tried = async |booking: Booking| done(&world, move |tx, cx| reserve(tx, cx, &booking)).await;
    for bad in [-1, 1_000_000_000_000_001, i64::MAX, i64::MIN] {
        assert!(matches!(tried(cost(&world, subject(), bad)).await, Err(RecoveryError::Amount)), "{bad}");
        let of = subject();
        assert!(matches!(
            done(&world, move |tx, cx| settle(tx, cx, of, bad)).await,
            Err(RecoveryError::Amount)
        ));
    }
    let dollars = Booking { currency: Currency::parse("USD").unwrap(), ..cost(&world, subject(), 1) };
    assert!(matches!(tried(dollars).await, Err(RecoveryError::ForeignCurrency(own)) if own.code() == "CNY"));
    let elsewhere = Booking { hotel: world.foreign.hotel, ..cost(&world, subject(), 1) };
    assert!(matches!(tried(elsewhere).await, Err(RecoveryError::NotFound)));
    let blind = Ctx { sight: Sight::Hotels(vec![world.home.other_hotel]), ..acting(&world) };
    let booking = cost(&world, subject(), 1);
    let unseen = world.app.db.write(move |tx| reserve(tx, &blind, &booking)).await;
    assert!(matches!(unseen, Err(RecoveryError::NotFound)));

    // A soft budget takes what a sum can hold, and not one more.
    let most = 1_000_000_000_000_000;
    for _ in 0..9 {
        tried(cost(&world, subject(), most)).await.unwrap();
    }
    assert!(matches!(tried(cost(&world, subject(), most)).await, Err(RecoveryError::OverBudget { .. })));
    tried(cost(&world, subject(), 7_199_254_740_991)).await.unwrap();
    assert!(matches!(tried(cost(&world, subject(), 1)).await, Err(RecoveryError::OverBudget { .. })));
    assert_eq!(figures(&world, &manager, &soft).await.0, 9_007_199_254_740_991);
    let report = world.get("/v1/reports/costs").by(&manager).send().await.ok(200);
    assert_eq!(report["totals"][0]["reserved_minor"], 9_007_199_254_740_991_i64);
    agree(&world).await;
}

#[rstest]
#[actix_web::test]
async fn a_budget_of_another_currency_bears_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let yuan = budget(&world, &admin, json!({})).await;
    let of = subject();
    let booking = cost(&world, of, 100);
    done(&world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    let hotel = format!("/v1/hotels/{}", world.home.hotel);
    world.patch(&hotel).by(&admin).if_match("*").json(&json!({"currency": "USD"})).await.ok(200);
    let dollars = Booking { currency: Currency::parse("USD").unwrap(), ..cost(&world, subject(), 5_000) };
    let booked = done(&world, move |tx, cx| reserve(tx, cx, &dollars)).await.unwrap();
    assert!(booked.budgets.is_empty());
    // What was begun in the old currency is ended in it.
    done(&world, move |tx, cx| settle(tx, cx, of, 100)).await.unwrap();
    assert_eq!(figures(&world, &admin, &yuan).await, (0, 100, 900));
    let report = world.get("/v1/reports/costs").by(&admin).send().await.ok(200);
    assert_eq!(
        report["totals"],
        json!([{"currency": "CNY", "spent_minor": 100, "spent_n": 1, "reserved_n": 0},
            {"currency": "USD", "spent_n": 0, "reserved_minor": 5_000, "reserved_n": 1}])
    );
}
