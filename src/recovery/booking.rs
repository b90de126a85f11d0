//! Reserving, settling and releasing money for what other slices decide.
//!
//! All functions run in the caller's transaction, all or nothing: when one refuses, the transaction may go on as if it
//! had not been called. They write the ledger, but no audit row and no event of their own: the caller's change, such as
//! a solution that was approved, is the one mutation, and tells it.
//!
//! A subject is the caller's own: whoever settles or releases has seen to it that the one who acts may see and change it.
//!
//! A transaction that uses authority and books takes the authority first and books then. Every booking takes the row of
//! its subject first, then the budgets in the order of their ids. Two transactions that book several subjects each may still meet crosswise: PostgreSQL then
//! ends one of them, which is answered 503 and can be repeated.

use std::collections::BTreeMap;

use crate::db::{Reads, Tx};
use crate::hotels::service as hotels;
use crate::kit::ids::BudgetId;
use crate::platform::context::Ctx;
use crate::recovery::authority::{checked, day_of};
use crate::recovery::booking_repo;
use crate::recovery::budget_repo;
use crate::recovery::error::RecoveryError;
use crate::recovery::model::{
    Booked, Booking, CostEntry, CostEntryKind, Overrun, ReservationStatus, Reserved, Subject,
};

/// Sets money aside for a subject, in every budget that is for such a cost: of its department and category, of its
/// department, of its category, and of the whole hotel. Hard budgets refuse what they do not have; soft ones let it
/// pass and are named when they are over. Where no budget is for it the cost is recorded all the same.
///
/// What was released before can be reserved anew, under other terms.
///
/// # Errors
/// [`RecoveryError::Amount`], [`RecoveryError::NotFound`] for a hotel that the caller may not see,
/// [`RecoveryError::ForeignCurrency`], [`RecoveryError::AlreadyReserved`], [`RecoveryError::AlreadySettled`],
/// [`RecoveryError::OverBudget`].
pub fn reserve(tx: &mut Tx<'_>, cx: &Ctx, booking: &Booking) -> Result<Booked, RecoveryError> {
    let amount = checked(booking.amount)?;
    let hotel = hotels::find_hotel(tx, cx, booking.hotel)?;
    if hotel.currency != booking.currency {
        return Err(RecoveryError::ForeignCurrency(hotel.currency));
    }
    let known = booking_repo::find(tx, cx.group, booking.subject)?;
    match known.as_ref().map(|known| known.status) {
        Some(ReservationStatus::Reserved) => return Err(RecoveryError::AlreadyReserved),
        Some(ReservationStatus::Settled) => return Err(RecoveryError::AlreadySettled),
        Some(ReservationStatus::Released) | None => {}
    }
    tx.savepoint(|tx| {
        let mut reserved = Reserved {
            subject_kind: booking.subject.kind.to_owned(),
            subject_id: booking.subject.id,
            hotel: booking.hotel,
            department: booking.department.clone(),
            category: booking.category,
            month: booking.month.clone(),
            booked_on: day_of(&hotel, cx.now),
            currency: booking.currency,
            amount,
            spent: None,
            status: ReservationStatus::Reserved,
            budgets: budget_repo::bearing(tx, cx.group, booking)?,
            reserved_at: cx.now,
            ended_at: None,
        };
        let written = match known {
            None => booking_repo::insert(tx, cx.group, &reserved)?.is_some(),
            Some(known) => booking_repo::replace(tx, cx.group, known.status, &reserved)?,
        };
        if !written {
            return Err(RecoveryError::AlreadyReserved);
        }
        let bearing = book_each(tx, cx, &reserved.budgets, (amount, 0))?;
        if bearing != reserved.budgets {
            reserved.budgets = bearing;
            booking_repo::replace(tx, cx.group, ReservationStatus::Reserved, &reserved)?;
        }
        write_down(tx, cx, &reserved, &[(CostEntryKind::Reserve, amount)])?;
        booked(tx, cx, reserved.budgets)
    })
}

/// Spends what was set aside for a subject: what it cost in the end, in minor units, which may be less or more. What
/// is more must fit into the hard budgets like a reservation; what is less is free again.
///
/// # Errors
/// [`RecoveryError::Amount`], [`RecoveryError::NothingReserved`], [`RecoveryError::AlreadySettled`],
/// [`RecoveryError::AlreadyReleased`], [`RecoveryError::OverBudget`].
pub fn settle(tx: &mut Tx<'_>, cx: &Ctx, subject: Subject, actual: i64) -> Result<Booked, RecoveryError> {
    let actual = checked(actual)?;
    let old = standing(tx, cx, subject)?;
    let department = old.department.clone();
    spend(tx, cx, subject, old, department, actual)
}

/// Spends what was set aside for a subject as [`settle`] does, for a department that may be another one than it was set
/// aside for: what is not spent by the one is free again, and all of it has to fit into the budgets of the other, those of
/// the month in which it was reserved.
///
/// # Errors
/// As [`settle`].
pub fn settle_on(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    subject: Subject,
    department: Option<String>,
    actual: i64,
) -> Result<Booked, RecoveryError> {
    let actual = checked(actual)?;
    let old = standing(tx, cx, subject)?;
    spend(tx, cx, subject, old, department, actual)
}

fn spend(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    subject: Subject,
    old: Reserved,
    department: Option<String>,
    actual: i64,
) -> Result<Booked, RecoveryError> {
    tx.savepoint(|tx| {
        let mut settled = Reserved { status: ReservationStatus::Settled, spent: Some(actual), ..old.clone() };
        if department != old.department {
            let booking = Booking {
                subject,
                hotel: old.hotel,
                department: department.clone(),
                category: old.category,
                month: old.month.clone(),
                amount: actual,
                currency: old.currency,
            };
            settled.department = department;
            settled.budgets = budget_repo::bearing(tx, cx.group, &booking)?;
        }
        let mut settled = end(tx, cx, subject, settled)?;
        // One pass over those that give back and those that bear, so that all are held in the order of their ids.
        let mut steps: BTreeMap<BudgetId, (i64, i64)> = BTreeMap::new();
        for budget in &old.budgets {
            steps.entry(*budget).or_default().0 -= old.amount;
        }
        for budget in &settled.budgets {
            steps.entry(*budget).or_default().1 += actual;
        }
        let mut there = Vec::with_capacity(steps.len());
        for (budget, step) in steps {
            there.extend(book_each(tx, cx, &[budget], step)?);
        }
        if settled.budgets.iter().any(|budget| !there.contains(budget)) {
            settled.budgets.retain(|budget| there.contains(budget));
            booking_repo::replace(tx, cx.group, ReservationStatus::Settled, &settled)?;
        }
        let given_back = Reserved { ended_at: settled.ended_at, ..old };
        write_down(tx, cx, &given_back, &[(CostEntryKind::Release, given_back.amount)])?;
        write_down(tx, cx, &settled, &[(CostEntryKind::Spend, actual)])?;
        booked(tx, cx, settled.budgets)
    })
}

/// Gives back what was set aside for a subject.
///
/// # Errors
/// [`RecoveryError::NothingReserved`], [`RecoveryError::AlreadySettled`], [`RecoveryError::AlreadyReleased`].
pub fn release(tx: &mut Tx<'_>, cx: &Ctx, subject: Subject) -> Result<(), RecoveryError> {
    let old = standing(tx, cx, subject)?;
    tx.savepoint(|tx| {
        let released = end(tx, cx, subject, Reserved { status: ReservationStatus::Released, ..old })?;
        book_each(tx, cx, &released.budgets, (-released.amount, 0))?;
        write_down(tx, cx, &released, &[(CostEntryKind::Release, released.amount)])
    })
}

/// What is, or was, set aside for a subject; `None` when nothing ever was.
///
/// # Errors
/// When the database fails.
pub fn reservation(
    reads: &mut impl Reads,
    cx: &Ctx,
    subject: Subject,
) -> Result<Option<Reserved>, RecoveryError> {
    Ok(booking_repo::find(reads, cx.group, subject)?)
}

/// What is set aside for a subject just now.
fn standing(reads: &mut impl Reads, cx: &Ctx, subject: Subject) -> Result<Reserved, RecoveryError> {
    let found = booking_repo::find(reads, cx.group, subject)?.ok_or(RecoveryError::NothingReserved)?;
    match found.status {
        ReservationStatus::Reserved => Ok(found),
        ReservationStatus::Settled => Err(RecoveryError::AlreadySettled),
        ReservationStatus::Released => Err(RecoveryError::AlreadyReleased),
    }
}

/// Ends a reservation, whoever else tries the same.
fn end(tx: &mut Tx<'_>, cx: &Ctx, subject: Subject, next: Reserved) -> Result<Reserved, RecoveryError> {
    let ended = Reserved { ended_at: Some(cx.after(next.reserved_at)), ..next };
    if booking_repo::replace(tx, cx.group, ReservationStatus::Reserved, &ended)? {
        return Ok(ended);
    }
    standing(tx, cx, subject).and(Err(RecoveryError::Stale))
}

/// Books on each budget, in the order of their ids; those that were deleted before anything was booked on them are
/// left out. Returns the budgets that bear it.
fn book_each(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    budgets: &[BudgetId],
    (reserved, spent): (i64, i64),
) -> Result<Vec<BudgetId>, RecoveryError> {
    let mut booked = Vec::with_capacity(budgets.len());
    for budget in budgets {
        if budget_repo::book(tx, cx.group, *budget, (reserved, spent))? {
            booked.push(*budget);
        } else if let Some(full) = budget_repo::find(tx, cx.group, *budget)? {
            return Err(RecoveryError::OverBudget {
                budget: full.id,
                available: full.available(),
                asked: reserved.saturating_add(spent),
                currency: full.currency,
            });
        }
    }
    Ok(booked)
}

/// Writes the steps of a cost into the ledger: a row for each budget, the first of them tallied, or one without.
fn write_down(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    of: &Reserved,
    steps: &[(CostEntryKind, i64)],
) -> Result<(), RecoveryError> {
    let mut budgets: Vec<Option<BudgetId>> = of.budgets.iter().copied().map(Some).collect();
    if budgets.is_empty() {
        budgets.push(None);
    }
    let mut entries = Vec::with_capacity(budgets.len().saturating_mul(steps.len()));
    for (kind, amount) in steps {
        for (at, budget) in budgets.iter().enumerate() {
            entries.push(CostEntry {
                id: cx.new_id(),
                at: of.ended_at.unwrap_or(of.reserved_at),
                actor: cx.actor.id,
                hotel: of.hotel,
                department: of.department.clone(),
                category: of.category,
                month: of.month.clone(),
                booked_on: of.booked_on,
                currency: of.currency,
                kind: *kind,
                amount: *amount,
                budget: *budget,
                subject_kind: of.subject_kind.clone(),
                subject_id: of.subject_id,
                tallied: at == 0,
            });
        }
    }
    Ok(booking_repo::append(tx, cx.group, entries)?)
}

/// Which budgets bear a cost, and which of them are over now.
fn booked(tx: &mut Tx<'_>, cx: &Ctx, budgets: Vec<BudgetId>) -> Result<Booked, RecoveryError> {
    let known = if budgets.is_empty() { Vec::new() } else { budget_repo::find_many(tx, cx.group, &budgets)? };
    let over = known
        .iter()
        .filter(|budget| budget.available() < 0)
        .map(|budget| Overrun { budget: budget.id, by: budget.available().saturating_neg() })
        .collect();
    Ok(Booked { budgets, over })
}
