//! Rules of budgets: how they are set up, changed and taken away. Each change leaves one audit row and one event;
//! what is booked on a budget is no change of it and is told by the ledger.

use serde_json::{Value, json};

use crate::db::{Reads, Tx};
use crate::hotels::error::HotelError;
use crate::hotels::service as hotels;
use crate::kit::ids::BudgetId;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::recovery::authority::checked;
use crate::recovery::budget_repo::{self, BudgetFilter, Position};
use crate::recovery::error::RecoveryError;
use crate::recovery::model::{Budget, BudgetEnforcement, BudgetPatch, BudgetPlace, SetUpBudget};

/// A budget of a hotel the caller may see.
///
/// # Errors
/// [`RecoveryError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: BudgetId) -> Result<Budget, RecoveryError> {
    let budget = budget_repo::find(reads, cx.group, id)?;
    budget.filter(|found| cx.sight.covers(Some(found.place.hotel))).ok_or(RecoveryError::NotFound)
}

/// A page of the budgets the caller may see, the latest month first.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &BudgetFilter,
    after: Option<&Position>,
    limit: i64,
) -> Result<(Vec<Budget>, Option<Position>), RecoveryError> {
    Ok(budget_repo::list(reads, cx, filter, after, limit)?)
}

/// Sets a budget up. Costs reserved before do not count against it.
///
/// # Errors
/// [`RecoveryError::Invalid`] when there is no such hotel or department for the caller, or the currency is not the
/// hotel's; [`RecoveryError::Amount`]; [`RecoveryError::Taken`] when there is a budget for exactly the same costs.
pub fn set_up(tx: &mut Tx<'_>, cx: &Ctx, command: SetUpBudget) -> Result<Budget, RecoveryError> {
    let SetUpBudget { place, currency, amount, enforcement } = command;
    let hotel = hotels::find_hotel(tx, cx, place.hotel)
        .map_err(|error| unknown(error, "/hotel_id", "is no hotel of the group"))?;
    if let Some(code) = &place.department {
        hotels::find_department_by_code(tx, cx, place.hotel, code)
            .map_err(|error| unknown(error, "/department", "is no department of the hotel"))?;
    }
    if hotel.currency != currency {
        let message = "must be the currency of the hotel";
        return Err(RecoveryError::invalid_at("/currency", "foreign_currency", message));
    }
    let budget = Budget {
        group: cx.group,
        id: cx.new_id(),
        version: 1,
        place,
        currency,
        amount: checked(amount)?,
        enforcement,
        reserved: 0,
        spent: 0,
        bookings: 0,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    };
    if budget_repo::insert(tx, &budget)?.is_none() {
        return Err(RecoveryError::Taken(budget_repo::find_place(tx, cx.group, &budget.place)?));
    }
    record(tx, cx, change("budget.created", &budget, None, Some(&budget)))?;
    Ok(budget)
}

fn unknown(error: HotelError, pointer: &str, message: &str) -> RecoveryError {
    match error {
        HotelError::Db(error) => error.into(),
        _ => RecoveryError::invalid_at(pointer, "unknown_reference", message),
    }
}

/// Changes how much a budget is and what it does when it is used up.
///
/// # Errors
/// [`RecoveryError::NotFound`], [`RecoveryError::Stale`] also when something was booked since it was read,
/// [`RecoveryError::State`] when a hard budget would be less than what is reserved and spent of it.
pub fn change_budget(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: BudgetId,
    expected: &Expected,
    patch: BudgetPatch,
) -> Result<Budget, RecoveryError> {
    let old = expect(get(tx, cx, id)?, expected)?;
    let amount = checked(patch.amount.unwrap_or(old.amount))?;
    let enforcement = patch.enforcement.unwrap_or(old.enforcement);
    if (amount, enforcement) == (old.amount, old.enforcement) {
        return Ok(old);
    }
    if enforcement == BudgetEnforcement::Hard && amount < old.booked() {
        return Err(RecoveryError::State("budget_below_booked"));
    }
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let new = Budget { amount, enforcement, version: old.version + 1, updated, ..old.clone() };
    if !budget_repo::replace(tx, &old, &new)? {
        return Err(RecoveryError::Stale);
    }
    record(tx, cx, change("budget.updated", &new, Some(&old), Some(&new)))?;
    Ok(new)
}

/// Takes a budget away on which nothing was ever booked.
///
/// # Errors
/// [`RecoveryError::NotFound`], [`RecoveryError::Stale`], [`RecoveryError::State`] when something was booked.
pub fn delete(tx: &mut Tx<'_>, cx: &Ctx, id: BudgetId, expected: &Expected) -> Result<(), RecoveryError> {
    let old = expect(get(tx, cx, id)?, expected)?;
    if old.bookings > 0 {
        return Err(RecoveryError::State("budget_booked"));
    }
    if !budget_repo::delete(tx, &old)? {
        return Err(RecoveryError::Stale);
    }
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let gone = Budget { version: old.version + 1, updated, ..old.clone() };
    record(tx, cx, change("budget.deleted", &gone, Some(&old), None))?;
    Ok(())
}

fn expect(budget: Budget, expected: &Expected) -> Result<Budget, RecoveryError> {
    if expected.allows(budget.version) { Ok(budget) } else { Err(RecoveryError::Stale) }
}

/// The trace of a change of a budget, which is `now` after it, or was before it was taken away.
fn change(action: &'static str, now: &Budget, before: Option<&Budget>, after: Option<&Budget>) -> Change {
    Change {
        action,
        subject_kind: "budget",
        subject_id: now.id.0,
        version: now.version,
        hotel: Some(now.place.hotel),
        at: now.updated.0,
        before: before.map(document),
        after: after.map(document),
    }
}

/// The budget as log and feed keep it: without what is booked, which changes without an event.
fn document(budget: &Budget) -> Value {
    let Budget { place, currency, amount, enforcement, .. } = budget;
    let BudgetPlace { hotel, department, category, month } = place;
    let mut value = json!({
        "hotel_id": hotel, "department": department, "category": category, "month": month,
        "currency": currency.code(), "amount_minor": amount, "enforcement": enforcement,
    });
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}
