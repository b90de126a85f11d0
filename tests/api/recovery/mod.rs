//! Money of recovery: limits of authority, budgets, what is booked on them, and the ledger.

mod against_a_model;
mod at_once;
mod authority;
mod booking;
mod budgets;
mod ledger;
mod limits;

use std::sync::Arc;

use hospes::db::{DbError, Tx};
use hospes::kit::clock::Clock;
use hospes::kit::ids::{ActorId, BudgetId, Ids, SubjectId, TimeOrderedIds};
use hospes::platform::context::{Actor, ActorKind, Ctx, Sight};
use hospes::recovery::error::RecoveryError;
use hospes::recovery::model::{Booking, Budget, CostCategory, Currency, Month, Subject};
use hospes::recovery::recount;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, World};

pub const MONTH: &str = "2026-11";

/// Somebody who acts in the whole home group.
pub fn acting(world: &World) -> Ctx {
    Ctx {
        group: world.home.id,
        actor: Actor { kind: ActorKind::Staff, id: ActorId(Uuid::from_u128(7)) },
        sight: Sight::WholeGroup,
        request_id: "test".into(),
        now: world.clock.now(),
        ids: Arc::new(TimeOrderedIds),
    }
}

pub fn yuan() -> Currency {
    Currency::parse("CNY").unwrap()
}

pub fn subject() -> Subject {
    Subject { kind: "test_solution", id: SubjectId(TimeOrderedIds.next()) }
}

/// A compensation at the first hotel in this month.
pub fn cost(world: &World, subject: Subject, amount: i64) -> Booking {
    Booking {
        subject,
        hotel: world.home.hotel,
        department: Some("front-office".into()),
        category: CostCategory::Compensation,
        month: Month::parse(MONTH).unwrap(),
        amount,
        currency: yuan(),
    }
}

/// Runs something in one transaction. One that had to wait too long, or met another one crosswise, is tried again, as
/// its caller would.
pub async fn done<T, F>(world: &World, work: F) -> Result<T, RecoveryError>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>, &Ctx) -> Result<T, RecoveryError> + Clone + Send + 'static,
{
    let mut tries = 0;
    loop {
        let (cx, work) = (acting(world), work.clone());
        let ended = world.app.db.write(move |tx| work(tx, &cx)).await;
        match ended {
            Err(RecoveryError::Db(DbError::Busy | DbError::Unavailable(_))) if tries < 100 => tries += 1,
            other => return other,
        }
    }
}

/// Sets a budget of the first hotel up over HTTP.
pub async fn budget(world: &World, by: &Person, set: Value) -> Value {
    let mut body = json!({"hotel_id": world.home.hotel, "month": MONTH, "currency": "CNY", "amount_minor": 1_000,
        "enforcement": "hard"});
    for (name, value) in set.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.post("/v1/budgets").by(by).json(&body).await.ok(201)
}

pub fn id(budget: &Value) -> BudgetId {
    budget["id"].as_str().unwrap().parse().unwrap()
}

pub fn path(budget: &Value) -> String {
    format!("/v1/budgets/{}", budget["id"].as_str().unwrap())
}

/// What is reserved, spent and left of a budget.
pub async fn figures(world: &World, by: &Person, budget: &Value) -> (i64, i64, i64) {
    let seen = world.get(&path(budget)).by(by).send().await.ok(200);
    let of = |member: &str| seen[member].as_i64().unwrap();
    (of("reserved_minor"), of("spent_minor"), of("available_minor"))
}

pub async fn stored(world: &World, id: BudgetId) -> Budget {
    let cx = acting(world);
    world.app.db.read(move |r| hospes::recovery::budgets::get(r, &cx, id)).await.unwrap()
}

/// Every budget is what the ledger says.
pub async fn agree(world: &World) -> recount::Step {
    let cx = acting(world);
    let step = world.app.db.read(move |r| recount::step(r, &cx, None)).await.unwrap();
    assert!(step.different.is_empty() && step.next.is_none(), "{step:?}");
    step
}
