//! What is done so that a problem ends: planned, begun, done, and looked at by somebody else than who did it. Every step
//! holds the problem first, so that none slips in while it is resolved.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::kit::clock::Instant;
use crate::kit::fault::Faults;
use crate::kit::ids::{CorrectiveActionId, HotelId, ProblemId, StaffId};
use crate::kit::patch::Patch;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
pub use crate::problems::action_repo::{ActionFilter, Position};
use crate::problems::error::ProblemError;
use crate::problems::model::{
    ActionDetails, CorrectiveAction, CorrectiveActionResult, CorrectiveActionStatus, CorrectiveActionType,
    end_of_day,
};
use crate::problems::{action_repo, repo, service};

/// Most corrective actions of a problem.
const MOST: usize = 100;

/// A corrective action to be planned.
#[derive(Debug, Clone)]
pub struct PlanAction {
    /// What it is.
    pub kind: CorrectiveActionType,
    /// What is to be done.
    pub description: String,
    /// Code of the department that does it.
    pub department: String,
    /// Who sees to it.
    pub owner_id: Option<StaffId>,
    /// The day by whose end it is to be done.
    pub due_on: NaiveDate,
}

/// A change of a corrective action: absent members stay.
#[derive(Debug, Clone, Default)]
pub struct ActionPatch {
    /// What it is.
    pub kind: Option<CorrectiveActionType>,
    /// What is to be done.
    pub description: Option<String>,
    /// Code of the department that does it.
    pub department: Option<String>,
    /// Who sees to it.
    pub owner_id: Patch<StaffId>,
    /// The day by whose end it is to be done.
    pub due_on: Option<NaiveDate>,
}

/// That a corrective action was done.
#[derive(Debug, Clone, Default)]
pub struct Completed {
    /// Who did it; the caller when absent.
    pub by: Option<StaffId>,
    /// When; now when absent.
    pub at: Option<Instant>,
    /// What was done.
    pub note: Option<String>,
}

/// A corrective action the caller may see.
///
/// # Errors
/// [`ProblemError::NotFound`] for missing and foreign ones alike.
pub fn get(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: CorrectiveActionId,
) -> Result<CorrectiveAction, ProblemError> {
    let found = action_repo::find(reads, cx.group, id)?;
    found.filter(|one| cx.sight.covers(Some(one.hotel_id))).ok_or(ProblemError::NotFound)
}

/// A page of corrective actions, what is due first first, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &ActionFilter,
    after: Option<Position>,
    limit: i64,
) -> Result<(Vec<CorrectiveAction>, Option<Position>), ProblemError> {
    let now = after.map_or(cx.now, |after| after.now);
    let found = action_repo::list(reads, cx, filter, after, limit)?;
    Ok(cut(found, limit, |last| Position { due_on: last.due_on, id: last.id, now }))
}

/// A page of the corrective actions of a problem, in the order they were planned, and where the next one starts.
///
/// # Errors
/// [`ProblemError::NotFound`].
pub fn of_problem(
    reads: &mut impl Reads,
    cx: &Ctx,
    problem: ProblemId,
    after: Option<CorrectiveActionId>,
    limit: i64,
) -> Result<(Vec<CorrectiveAction>, Option<CorrectiveActionId>), ProblemError> {
    service::get(reads, cx, problem)?;
    let found = action_repo::of_problem(reads, cx.group, problem, after, limit.saturating_add(1))?;
    Ok(cut(found, limit, |last| last.id))
}

fn cut<P>(
    mut found: Vec<CorrectiveAction>,
    limit: i64,
    position: impl Fn(&CorrectiveAction) -> P,
) -> (Vec<CorrectiveAction>, Option<P>) {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(position);
    (found, next)
}

/// Plans something to be done about a problem that is open or analysed.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Invalid`], [`ProblemError::State`] for a problem that is resolved or
/// closed, and with too many.
pub fn plan(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    problem: ProblemId,
    told: PlanAction,
) -> Result<CorrectiveAction, ProblemError> {
    let of = service::held(tx, cx, problem, &Expected::Any)?;
    if !of.is_live() {
        return Err(ProblemError::State("problem_over"));
    }
    if action_repo::of_problem(tx, cx.group, problem, None, action_repo::ALL)?.len() >= MOST {
        return Err(ProblemError::State("problem_actions"));
    }
    let PlanAction { kind, description, department, owner_id, due_on } = told;
    let stamp = (cx.now, cx.actor.id);
    let mut action = CorrectiveAction {
        group: cx.group,
        id: cx.new_id(),
        problem_id: problem,
        hotel_id: of.hotel_id,
        kind,
        status: CorrectiveActionStatus::Planned,
        description,
        department,
        owner_id,
        due_on,
        overdue_at: None,
        details: ActionDetails::default(),
        version: 1,
        created: stamp,
        updated: stamp,
    };
    check(tx, cx, None, &action)?;
    action.overdue_at = overdue_at(tx, cx, &action)?;
    action_repo::insert(tx, &action)?;
    trace(tx, cx, "corrective_action.created", None, &action)?;
    Ok(action)
}

/// Department and owner, where they are new: both may be gone since an action was planned.
fn check(
    reads: &mut impl Reads,
    cx: &Ctx,
    old: Option<&CorrectiveAction>,
    new: &CorrectiveAction,
) -> Result<(), ProblemError> {
    let mut faults = Faults::new();
    if old.is_none_or(|old| old.department != new.department)
        && !hotels::service::department_codes(reads, cx, new.hotel_id)?.contains(&new.department)
    {
        let text = "is not a department of this hotel";
        faults.at("department", |f| f.add("unknown_reference", text));
    }
    if let Some(owner) = new.owner_id.filter(|owner| old.is_none_or(|old| old.owner_id != Some(*owner)))
        && !service::works_at(reads, cx.group, new.hotel_id, owner)?
    {
        faults.at("owner_id", |f| f.add("unknown_reference", "is nobody who works at this hotel"));
    }
    faults.finish(Some(())).map_err(ProblemError::Invalid)
}

/// When an action is too late; `None` when it waits for nobody who does it.
fn overdue_at(
    reads: &mut impl Reads,
    cx: &Ctx,
    action: &CorrectiveAction,
) -> Result<Option<Instant>, ProblemError> {
    let waits = matches!(action.status, CorrectiveActionStatus::Planned | CorrectiveActionStatus::InProgress);
    if !waits {
        return Ok(None);
    }
    let hotel = hotels::service::find_hotel(reads, cx, action.hotel_id)?;
    Ok(end_of_day(&hotel, action.due_on))
}

/// The action as it is, its problem held; one of a closed problem is history.
fn begin(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: CorrectiveActionId,
    expected: &Expected,
) -> Result<CorrectiveAction, ProblemError> {
    let problem = get(tx, cx, id)?.problem_id;
    let held = repo::hold(tx, cx.group, problem)?.ok_or(ProblemError::NotFound)?;
    let action = get(tx, cx, id)?;
    if !expected.allows(action.version) {
        return Err(ProblemError::Stale);
    }
    if held.is_live() { Ok(action) } else { Err(ProblemError::State("problem_over")) }
}

/// Changes an action that is not verified or called off.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::Invalid`], [`ProblemError::State`].
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: CorrectiveActionId,
    expected: &Expected,
    patch: ActionPatch,
) -> Result<CorrectiveAction, ProblemError> {
    let old = begin(tx, cx, id, expected)?;
    if old.is_settled() {
        return Err(ProblemError::State("corrective_action_settled"));
    }
    let ActionPatch { kind, description, department, owner_id, due_on } = patch;
    let mut new = CorrectiveAction {
        kind: kind.unwrap_or(old.kind),
        description: description.unwrap_or(old.description.clone()),
        department: department.unwrap_or(old.department.clone()),
        due_on: due_on.unwrap_or(old.due_on),
        ..old.clone()
    };
    owner_id.apply(&mut new.owner_id);
    if new == old {
        return Ok(old);
    }
    check(tx, cx, Some(&old), &new)?;
    save(tx, cx, "corrective_action.updated", &old, new)
}

/// Says that an action was begun.
///
/// # Errors
/// As [`edit`].
pub fn start(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: CorrectiveActionId,
    expected: &Expected,
) -> Result<CorrectiveAction, ProblemError> {
    let old = begin(tx, cx, id, expected)?;
    if old.status != CorrectiveActionStatus::Planned {
        return Err(ProblemError::State("corrective_action_not_planned"));
    }
    let mut new = CorrectiveAction { status: CorrectiveActionStatus::InProgress, ..old.clone() };
    new.details.started = Some((cx.after(old.updated.0), cx.actor.id));
    save(tx, cx, "corrective_action.started", &old, new)
}

/// Says that an action was done, when and by whom.
///
/// # Errors
/// As [`edit`].
pub fn complete(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: CorrectiveActionId,
    expected: &Expected,
    told: Completed,
) -> Result<CorrectiveAction, ProblemError> {
    let old = begin(tx, cx, id, expected)?;
    let open = matches!(old.status, CorrectiveActionStatus::Planned | CorrectiveActionStatus::InProgress);
    if !open {
        return Err(ProblemError::State("corrective_action_not_open"));
    }
    let Completed { by, at, note } = told;
    let caller = StaffId(cx.actor.id.0);
    let who = by.unwrap_or(caller);
    if who != caller && !service::works_at(tx, cx.group, old.hotel_id, who)? {
        let text = "is nobody who works at this hotel";
        return Err(ProblemError::invalid_at("/done_by_staff_id", "unknown_reference", text));
    }
    if at.is_some_and(|at| at > cx.now.plus(LENIENCE)) {
        return Err(ProblemError::invalid_at("/done_at", "future", "must not be in the future"));
    }
    let now = cx.after(old.updated.0);
    let mut new = CorrectiveAction { status: CorrectiveActionStatus::Done, ..old.clone() };
    new.details.started = new.details.started.or(Some((now, cx.actor.id)));
    new.details.done = Some((at.unwrap_or(now), who));
    new.details.done_note = note;
    new.details.verified = None;
    new.details.verification_note = None;
    save(tx, cx, "corrective_action.done", &old, new)
}

/// How far a sender's clock may be ahead.
const LENIENCE: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// Says what somebody found who looked whether an action works: somebody else than who did it. One that does not goes on.
///
/// # Errors
/// As [`edit`]; [`ProblemError::State`] for who did it.
pub fn verify(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: CorrectiveActionId,
    expected: &Expected,
    result: CorrectiveActionResult,
    note: Option<String>,
) -> Result<CorrectiveAction, ProblemError> {
    let old = begin(tx, cx, id, expected)?;
    if old.status != CorrectiveActionStatus::Done {
        return Err(ProblemError::State("corrective_action_not_done"));
    }
    if old.details.done.is_some_and(|(_, who)| who.0 == cx.actor.id.0) {
        return Err(ProblemError::State("corrective_action_own_verification"));
    }
    let status = match result {
        CorrectiveActionResult::Effective => CorrectiveActionStatus::Verified,
        CorrectiveActionResult::NotEffective => CorrectiveActionStatus::InProgress,
    };
    let mut new = CorrectiveAction { status, ..old.clone() };
    new.details.verified = Some((cx.after(old.updated.0), cx.actor.id, result));
    new.details.verification_note = note;
    save(tx, cx, "corrective_action.verified", &old, new)
}

/// Calls an action off.
///
/// # Errors
/// As [`edit`].
pub fn cancel(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: CorrectiveActionId,
    expected: &Expected,
    reason: String,
) -> Result<CorrectiveAction, ProblemError> {
    let old = begin(tx, cx, id, expected)?;
    if old.is_settled() {
        return Err(ProblemError::State("corrective_action_settled"));
    }
    let mut new = CorrectiveAction { status: CorrectiveActionStatus::Cancelled, ..old.clone() };
    new.details.cancelled = Some((cx.after(old.updated.0), cx.actor.id, reason));
    save(tx, cx, "corrective_action.cancelled", &old, new)
}

fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &CorrectiveAction,
    new: CorrectiveAction,
) -> Result<CorrectiveAction, ProblemError> {
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let overdue_at = overdue_at(tx, cx, &new)?;
    let new = CorrectiveAction { overdue_at, version: old.version + 1, updated, ..new };
    if !action_repo::replace(tx, old, &new)? {
        return Err(ProblemError::Stale);
    }
    trace(tx, cx, action, Some(old), &new)?;
    Ok(new)
}

fn trace(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: Option<&CorrectiveAction>,
    new: &CorrectiveAction,
) -> DbResult<()> {
    let hotel: Option<HotelId> = Some(new.hotel_id);
    let change = Change {
        action,
        subject_kind: "corrective_action",
        subject_id: new.id.0,
        version: new.version,
        hotel,
        at: new.updated.0,
        before: old.map(document),
        after: Some(document(new)),
    };
    record(tx, cx, change)
}

fn document(action: &CorrectiveAction) -> Value {
    let mut value = json!({
        "id": action.id, "problem_id": action.problem_id, "hotel_id": action.hotel_id, "type": action.kind,
        "status": action.status, "description": action.description, "department": action.department,
        "owner_id": action.owner_id, "due_on": action.due_on, "details": action.details,
        "version": action.version, "updated_at": action.updated.0,
    });
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    value
}
