//! What is done for the guest: proposed, approved by whoever may, done, looked at. Every step keeps the money right in the
//! same transaction.

use serde_json::{Value, json};

use crate::complaints::commands::{Execute, Propose};
use crate::complaints::error::ComplaintError;
use crate::complaints::machine::ComplaintMove;
use crate::complaints::model::{
    Complaint, ComplaintStatus, OverBudget, Solution, SolutionDetails, SolutionStatus, SolutionType,
};
use crate::complaints::moves::{Case, begin};
use crate::complaints::service::{moment, save, stay_at};
use crate::complaints::solution_repo;
use crate::db::Tx;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, SolutionId, StaffId, StayId, SubjectId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::recovery::authority::{self, Grant, Held};
use crate::recovery::booking;
use crate::recovery::error::RecoveryError;
use crate::recovery::model::{Booked, Booking, CostCategory, Month, Subject};

/// Most solutions of a complaint.
const MOST: usize = 50;

/// Proposes something. What the proposer may grant is approved at once; for more it waits for somebody who may.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Move`], [`ComplaintError::Needs`],
/// [`ComplaintError::Invalid`] for days and instants that are over and for a refund or discount of nothing,
/// [`ComplaintError::Money`] when a budget has not enough left, [`ComplaintError::State`] with too many.
pub fn propose(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Propose,
) -> Result<(Complaint, Solution), ComplaintError> {
    let Case { complaint: old, solutions, status } = begin(tx, cx, id, expected, ComplaintMove::Propose)?;
    if solutions.len() >= MOST {
        return Err(ComplaintError::State("complaint_solutions"));
    }
    if told.valid_until.is_some() && !told.kind.is_offer() {
        let text = "is for what the guest uses later alone";
        return Err(ComplaintError::invalid_at("/valid_until", "not_applicable", text));
    }
    let held = authority::held(tx, cx, StaffId(cx.actor.id.0), old.hotel_id)?;
    check(cx, &held, &told)?;
    let currency = told.currency.unwrap_or(held.currency);
    if currency != held.currency {
        return Err(RecoveryError::ForeignCurrency(held.currency).into());
    }
    let at = moment(cx, &old);
    let stamp = (at, cx.actor.id);
    let mut solution = Solution {
        group: cx.group,
        id: cx.new_id(),
        complaint_id: old.id,
        hotel_id: old.hotel_id,
        kind: told.kind,
        status: SolutionStatus::PendingApproval,
        amount_minor: told.amount_minor,
        estimated_cost_minor: told.estimated_cost_minor.unwrap_or(told.amount_minor),
        actual_cost_minor: None,
        currency,
        details: SolutionDetails {
            description: told.description,
            promised_by: told.promised_by,
            valid_until: told.valid_until,
            ..SolutionDetails::default()
        },
        version: 1,
        created: stamp,
        updated: stamp,
    };
    match grant(tx, cx, &held, worth(&solution), granted_on_case(&solutions), stamp) {
        Ok(()) => approved(tx, cx, &held, &old, &mut solution, stamp)?,
        Err(RecoveryError::BeyondLimit { next, .. }) => {
            solution.details.needs_role = next.map(|role| role.code().to_owned());
        }
        Err(error) => return Err(error.into()),
    }
    solution_repo::insert(tx, &solution)?;
    let new = Complaint { status, ..old.clone() };
    let saved = save(tx, cx, "solution.proposed", &old, new, Some((None, document(&solution))))?;
    Ok((saved, solution))
}

/// Approves a solution that waits. Nobody approves what they proposed themselves.
///
/// # Errors
/// As [`propose`]; [`ComplaintError::State`] for one's own proposal, one that does not wait, or an offer whose last day is
/// over; [`ComplaintError::Money`] beyond the caller's own limits.
pub fn approve(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    solution: SolutionId,
) -> Result<Complaint, ComplaintError> {
    let case = begin(tx, cx, id, expected, ComplaintMove::Approve)?;
    let old = waiting(&case, solution)?;
    if old.created.1 == cx.actor.id {
        return Err(ComplaintError::State("solution_own_approval"));
    }
    let held = authority::held(tx, cx, StaffId(cx.actor.id.0), case.complaint.hotel_id)?;
    in_time(&held, &old)?;
    let stamp = (moment(cx, &case.complaint), cx.actor.id);
    let mut new = old.clone();
    grant(tx, cx, &held, worth(&new), granted_on_case(&case.solutions), stamp)?;
    approved(tx, cx, &held, &case.complaint, &mut new, stamp)?;
    let complaint = case.complaint.clone();
    write(tx, cx, "solution.approved", case, complaint, &old, new)
}

/// Refuses a solution that waits.
///
/// # Errors
/// As [`approve`].
pub fn decline(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    solution: SolutionId,
    reason: String,
) -> Result<Complaint, ComplaintError> {
    let case = begin(tx, cx, id, expected, ComplaintMove::Decline)?;
    let old = waiting(&case, solution)?;
    if old.created.1 == cx.actor.id {
        return Err(ComplaintError::State("solution_own_approval"));
    }
    let mut new = old.clone();
    new.status = SolutionStatus::Declined;
    new.details.decided = Some((moment(cx, &case.complaint), cx.actor.id));
    new.details.reason = Some(reason);
    let complaint = case.complaint.clone();
    write(tx, cx, "solution.declined", case, complaint, &old, new)
}

/// Calls off a solution that was not done yet: what was set aside for it is free again, and whoever approved it may grant
/// as much to others.
///
/// # Errors
/// As [`propose`]; [`ComplaintError::State`] when it was done, refused or called off.
pub fn call_off(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    solution: SolutionId,
    reason: String,
) -> Result<Complaint, ComplaintError> {
    let case = begin(tx, cx, id, expected, ComplaintMove::CallOff)?;
    let old = find(&case, solution)?;
    match old.status {
        SolutionStatus::PendingApproval => {}
        SolutionStatus::Approved => give_back(tx, cx, &old)?,
        _ => return Err(ComplaintError::State("solution_not_open")),
    }
    let mut new = old.clone();
    new.status = SolutionStatus::Cancelled;
    new.details.reason = Some(reason);
    new.details.over_budget.clear();
    let complaint = case.complaint.clone();
    write(tx, cx, "solution.called_off", case, complaint, &old, new)
}

/// Says that a solution was done, and what it did cost. What is more than was granted for it the caller grants, within
/// their own limits. The cost lands on the department that answers for the complaint now.
///
/// # Errors
/// As [`propose`]; [`ComplaintError::State`] when it is not approved, or an offer whose last day is over;
/// [`ComplaintError::Money`] when it cost more than the budget has, or more than was granted and the caller may grant.
pub fn execute(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    solution: SolutionId,
    told: Execute,
) -> Result<Complaint, ComplaintError> {
    let case = begin(tx, cx, id, expected, ComplaintMove::Execute)?;
    let old = find(&case, solution)?;
    if old.status != SolutionStatus::Approved {
        return Err(ComplaintError::State("solution_not_approved"));
    }
    let held = authority::held(tx, cx, StaffId(cx.actor.id.0), case.complaint.hotel_id)?;
    in_time(&held, &old)?;
    let actual = told.actual_cost_minor.unwrap_or(old.estimated_cost_minor);
    let mut new = old.clone();
    new.status = SolutionStatus::Executed;
    new.actual_cost_minor = Some(actual);
    let more = worth(&new).saturating_sub(worth(&old));
    let stamp = (moment(cx, &case.complaint), cx.actor.id);
    grant(tx, cx, &held, more, granted_on_case(&case.solutions), stamp)?;
    let department = case.complaint.class.department.clone();
    let booked = booking::settle_on(tx, cx, subject(old.id), department.clone(), actual)?;
    new.details.department = department;
    new.details.over_budget = over(booked);
    new.details.done = Some(stamp);
    new.details.pms_posting_ref = told.pms_posting_ref;
    new.details.offer_code = told.offer_code;
    let complaint = Complaint {
        status: ComplaintStatus::Executing,
        cost_minor: case.complaint.cost_minor.saturating_add(actual),
        ..case.complaint.clone()
    };
    write(tx, cx, "solution.executed", case, complaint, &old, new)
}

/// Says that somebody looked whether a solution was done: somebody else than who did it.
///
/// # Errors
/// As [`propose`]; [`ComplaintError::State`] for who did it, and when it is not done or was looked at.
pub fn verify(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    solution: SolutionId,
    note: Option<String>,
) -> Result<Complaint, ComplaintError> {
    let case = begin(tx, cx, id, expected, ComplaintMove::Verify)?;
    let old = find(&case, solution)?;
    if old.status != SolutionStatus::Executed {
        return Err(ComplaintError::State("solution_not_executed"));
    }
    if old.details.done.is_some_and(|(_, by)| by == cx.actor.id) {
        return Err(ComplaintError::State("solution_own_verification"));
    }
    let mut new = old.clone();
    new.status = SolutionStatus::Verified;
    new.details.verified = Some((moment(cx, &case.complaint), cx.actor.id));
    new.details.verification_note = note;
    let complaint = case.complaint.clone();
    write(tx, cx, "solution.verified", case, complaint, &old, new)
}

/// Says that the guest used an offer, at the latest on its last day at the hotel.
///
/// # Errors
/// As [`propose`]; [`ComplaintError::State`] for what is no offer, was not done, was used or has run out;
/// [`ComplaintError::Invalid`] for a stay that is not at the hotel.
pub fn redeem(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    solution: SolutionId,
    stay: Option<StayId>,
) -> Result<Complaint, ComplaintError> {
    let case = begin(tx, cx, id, expected, ComplaintMove::Redeem)?;
    let old = find(&case, solution)?;
    if !old.is_open_offer() {
        return Err(ComplaintError::State("solution_no_offer"));
    }
    let at = moment(cx, &case.complaint);
    let hotel = crate::hotels::service::find_hotel(tx, cx, old.hotel_id)?;
    if old.details.valid_until.is_some_and(|last| authority::day_of(&hotel, at) > last) {
        return Err(ComplaintError::State("solution_expired"));
    }
    stay_at(tx, cx, hotel.id, stay)?;
    let mut new = old.clone();
    new.details.redeemed = Some((at, cx.actor.id));
    new.details.redeemed_stay = stay;
    let complaint = case.complaint.clone();
    write(tx, cx, "solution.redeemed", case, complaint, &old, new)
}

fn find(case: &Case, id: SolutionId) -> Result<Solution, ComplaintError> {
    case.solutions.iter().find(|one| one.id == id).cloned().ok_or(ComplaintError::NotFound)
}

fn waiting(case: &Case, id: SolutionId) -> Result<Solution, ComplaintError> {
    let found = find(case, id)?;
    if found.status == SolutionStatus::PendingApproval {
        Ok(found)
    } else {
        Err(ComplaintError::State("solution_not_pending"))
    }
}

/// Refuses promises that are broken before they are made.
fn check(cx: &Ctx, held: &Held, told: &Propose) -> Result<(), ComplaintError> {
    if told.valid_until.is_some_and(|last| last < held.today) {
        return Err(ComplaintError::invalid_at("/valid_until", "past", "must not be over at the hotel"));
    }
    if told.promised_by.is_some_and(|by| by < cx.now) {
        return Err(ComplaintError::invalid_at("/promised_by", "past", "must not be in the past"));
    }
    if told.amount_minor == 0 && matches!(told.kind, SolutionType::Refund | SolutionType::Discount) {
        let text = "must be more than 0 for a refund or a discount";
        return Err(ComplaintError::invalid_at("/amount_minor", "required", text));
    }
    Ok(())
}

/// Refuses to go on with an offer that the guest could not use any more.
fn in_time(held: &Held, solution: &Solution) -> Result<(), ComplaintError> {
    if solution.details.valid_until.is_some_and(|last| last < held.today) {
        return Err(ComplaintError::State("solution_expired"));
    }
    Ok(())
}

/// What a solution counts for against limits: what the guest gets, or what it costs, whichever is more.
fn worth(solution: &Solution) -> i64 {
    let cost = solution.actual_cost_minor.unwrap_or(0).max(solution.estimated_cost_minor);
    solution.amount_minor.max(cost)
}

/// The budgets that a booking left over.
fn over(booked: Booked) -> Vec<OverBudget> {
    booked.over.into_iter().map(|one| OverBudget { budget: one.budget, by_minor: one.by }).collect()
}

fn granted_on_case(solutions: &[Solution]) -> i64 {
    let standing = |one: &&Solution| one.status.stands() && one.status != SolutionStatus::PendingApproval;
    solutions.iter().filter(standing).fold(0, |sum, one| sum.saturating_add(worth(one)))
}

fn grant(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    held: &Held,
    amount: i64,
    granted: i64,
    (at, by): (Instant, ActorId),
) -> Result<(), RecoveryError> {
    if amount == 0 {
        return Ok(());
    }
    let hotel = crate::hotels::service::find_hotel(tx, cx, held.hotel)?;
    let day = authority::day_of(&hotel, at);
    let grant = Grant { staff: StaffId(by.0), hotel: hotel.id, day, currency: held.currency, amount };
    authority::grant_as(tx, cx, held, &grant, granted)
}

/// Takes back what was granted and set aside.
fn give_back(tx: &mut Tx<'_>, cx: &Ctx, solution: &Solution) -> Result<(), ComplaintError> {
    if let Some((at, by)) = solution.details.decided.filter(|_| worth(solution) > 0) {
        let hotel = crate::hotels::service::find_hotel(tx, cx, solution.hotel_id)?;
        let grant = Grant {
            staff: StaffId(by.0),
            hotel: hotel.id,
            day: authority::day_of(&hotel, at),
            currency: solution.currency,
            amount: worth(solution),
        };
        authority::return_authority(tx, cx, &grant)?;
    }
    booking::release(tx, cx, subject(solution.id))?;
    Ok(())
}

fn approved(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    held: &Held,
    complaint: &Complaint,
    solution: &mut Solution,
    stamp: (Instant, ActorId),
) -> Result<(), ComplaintError> {
    solution.status = SolutionStatus::Approved;
    solution.details.decided = Some(stamp);
    solution.details.needs_role = None;
    solution.details.department = complaint.class.department.clone();
    let booking = Booking {
        subject: subject(solution.id),
        hotel: complaint.hotel_id,
        department: complaint.class.department.clone(),
        category: CostCategory::Compensation,
        month: Month::of(held.today),
        amount: solution.estimated_cost_minor,
        currency: solution.currency,
    };
    solution.details.over_budget = over(booking::reserve(tx, cx, &booking)?);
    Ok(())
}

fn subject(id: SolutionId) -> Subject {
    Subject { kind: "complaint_solution", id: SubjectId(id.0) }
}

fn write(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    case: Case,
    complaint: Complaint,
    old: &Solution,
    new: Solution,
) -> Result<Complaint, ComplaintError> {
    let at = moment(cx, &case.complaint);
    let new = Solution { version: old.version + 1, updated: (at, cx.actor.id), ..new };
    if !solution_repo::replace(tx, old, &new)? {
        return Err(ComplaintError::Stale);
    }
    let with = Some((Some(document(old)), document(&new)));
    save(tx, cx, action, &case.complaint, complaint, with)
}

/// The solution as log and feed keep it.
fn document(solution: &Solution) -> Value {
    json!({ "solution": {
        "id": solution.id, "type": solution.kind, "status": solution.status, "amount_minor": solution.amount_minor,
        "estimated_cost_minor": solution.estimated_cost_minor, "actual_cost_minor": solution.actual_cost_minor,
        "currency": solution.currency.code(), "details": solution.details,
    }})
}
