//! Rules of problems. No HTTP; the caller holds the transaction.

use serde_json::{Value, json};

use crate::complaint_settings::catalogue;
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::error::HotelError;
use crate::kit::fault::Faults;
use crate::kit::ids::{GroupId, HotelId, ProblemId, StaffId};
use crate::kit::patch::Patch;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::problems::error::ProblemError;
use crate::problems::model::{
    CorrectiveAction, ProblemDetails, ProblemNeed, ProblemStatus, Repeats, ServiceProblem,
};
use crate::problems::repo::{self, ProblemFilter};
use crate::problems::{action_repo, recurrence};
use crate::staff;

pub use crate::problems::repo::ProblemFilter as Filter;

/// A problem opened by hand.
#[derive(Debug, Clone)]
pub struct OpenProblem {
    /// The hotel.
    pub hotel_id: HotelId,
    /// What it is, in a line; made from what repeats when absent.
    pub title: Option<String>,
    /// What repeats.
    pub repeats: Repeats,
    /// What lies beneath, as far as it is known.
    pub root_cause: Option<String>,
    /// What helps until it is put right.
    pub workaround: Option<String>,
    /// Who sees to it.
    pub owner_id: Option<StaffId>,
}

/// A change of a problem: absent members stay.
#[derive(Debug, Clone, Default)]
pub struct ProblemPatch {
    /// What it is, in a line.
    pub title: Option<String>,
    /// What lies beneath.
    pub root_cause: Patch<String>,
    /// What helps until it is put right.
    pub workaround: Patch<String>,
    /// Who sees to it.
    pub owner_id: Patch<StaffId>,
}

/// A problem the caller may see.
///
/// # Errors
/// [`ProblemError::NotFound`] for missing and foreign ones alike.
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: ProblemId) -> Result<ServiceProblem, ProblemError> {
    let found = repo::find(reads, cx.group, id)?;
    found.filter(|one| cx.sight.covers(Some(one.hotel_id))).ok_or(ProblemError::NotFound)
}

/// A page of problems, the newest first, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &ProblemFilter,
    after: Option<ProblemId>,
    limit: i64,
) -> Result<(Vec<ServiceProblem>, Option<ProblemId>), ProblemError> {
    let mut found = repo::list(reads, cx, filter, after, limit)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| last.id);
    Ok((found, next))
}

/// Opens a problem by hand. Complaints of the last 30 days that share what repeats and belong nowhere belong to it.
///
/// # Errors
/// [`ProblemError::Invalid`], [`ProblemError::Taken`] when one that is not closed is about the same.
pub fn create(tx: &mut Tx<'_>, cx: &Ctx, told: OpenProblem) -> Result<ServiceProblem, ProblemError> {
    let OpenProblem { hotel_id, title, repeats, root_cause, workaround, owner_id } = told;
    match hotels::service::find_hotel(tx, cx, hotel_id) {
        Ok(_) => {}
        Err(HotelError::NotFound) => {
            let text = "is not a hotel you can see";
            return Err(ProblemError::invalid_at("/hotel_id", "unknown_reference", text));
        }
        Err(error) => return Err(error.into()),
    }
    check_repeats(tx, cx, hotel_id, &repeats)?;
    check_owner(tx, cx.group, hotel_id, owner_id)?;
    let complaints = recurrence::unclaimed(tx, cx, hotel_id, &repeats)?;
    let key = repeats.key();
    if let Some(other) = repo::live(tx, cx.group, hotel_id, std::slice::from_ref(&key))?.remove(&key) {
        return Err(ProblemError::Taken(Some(other.id)));
    }
    let details = ProblemDetails { root_cause, workaround, ..ProblemDetails::default() };
    let title = title.unwrap_or_else(|| repeats.title());
    let draft = draft(cx, hotel_id, repeats, title, owner_id, details);
    recurrence::begin(tx, cx, draft, &complaints)?.ok_or(ProblemError::Taken(None))
}

/// A problem to which nothing belongs yet.
pub(super) fn draft(
    cx: &Ctx,
    hotel_id: HotelId,
    repeats: Repeats,
    title: String,
    owner_id: Option<StaffId>,
    details: ProblemDetails,
) -> ServiceProblem {
    ServiceProblem {
        group: cx.group,
        id: cx.new_id(),
        hotel_id,
        status: ProblemStatus::Open,
        title,
        repeats,
        owner_id,
        complaint_count: 0,
        seen: None,
        reopen_count: 0,
        details,
        version: 1,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    }
}

fn check_repeats(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    repeats: &Repeats,
) -> Result<(), ProblemError> {
    let mut faults = Faults::new();
    if let Repeats::SubCause(code, _) = repeats
        && catalogue::load(reads, cx.group)?.sub_cause(code).is_none()
    {
        let text = "is not in the catalogue of causes";
        faults.at("repeats", |f| f.at("sub_cause", |f| f.add("unknown_value", text)));
    }
    if let Repeats::SubCause(_, department) | Repeats::Cause(_, department) = repeats
        && !hotels::service::department_codes(reads, cx, hotel)?.contains(department)
    {
        let text = "is not a department of this hotel";
        faults.at("repeats", |f| f.at("department", |f| f.add("unknown_reference", text)));
    }
    faults.finish(Some(())).map_err(ProblemError::Invalid)
}

pub(super) fn check_owner(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    owner: Option<StaffId>,
) -> Result<(), ProblemError> {
    let Some(owner) = owner else { return Ok(()) };
    if works_at(reads, group, hotel, owner)? {
        return Ok(());
    }
    let text = "is nobody who works at this hotel";
    Err(ProblemError::invalid_at("/owner_id", "unknown_reference", text))
}

/// Whether an account is in use and has a role at a hotel or in the whole group.
pub(super) fn works_at(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    who: StaffId,
) -> DbResult<bool> {
    let places = staff::service::workplaces(reads, group, &[who])?;
    let here = |place: &Option<HotelId>| place.is_none_or(|place| place == hotel);
    Ok(places.get(&who).is_some_and(|places| places.iter().any(here)))
}

/// A problem the caller may see and expects as it is, kept from other writers until the transaction ends.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`].
pub(super) fn held(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
) -> Result<ServiceProblem, ProblemError> {
    get(tx, cx, id)?;
    let found = repo::hold(tx, cx.group, id)?.ok_or(ProblemError::NotFound)?;
    if expected.allows(found.version) { Ok(found) } else { Err(ProblemError::Stale) }
}

/// Changes a problem.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::Invalid`], [`ProblemError::State`] for one that is
/// closed, and for taking back what lies beneath one that is no longer open.
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    patch: ProblemPatch,
) -> Result<ServiceProblem, ProblemError> {
    let old = held(tx, cx, id, expected)?;
    if old.status == ProblemStatus::Closed {
        return Err(ProblemError::State("problem_closed"));
    }
    let mut new = old.clone();
    let ProblemPatch { title, root_cause, workaround, owner_id } = patch;
    new.title = title.unwrap_or(new.title);
    root_cause.apply(&mut new.details.root_cause);
    workaround.apply(&mut new.details.workaround);
    owner_id.apply(&mut new.owner_id);
    if new.owner_id != old.owner_id {
        check_owner(tx, cx.group, old.hotel_id, new.owner_id)?;
    }
    if new.details.root_cause.is_none() && old.status != ProblemStatus::Open {
        return Err(ProblemError::State("problem_root_cause"));
    }
    if new == old {
        return Ok(old);
    }
    save(tx, cx, "problem.updated", &old, new, None)
}

/// Says what lies beneath a problem.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::State`] for one that is resolved or closed.
pub fn analyse(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    root_cause: String,
    workaround: Option<String>,
) -> Result<ServiceProblem, ProblemError> {
    let old = held(tx, cx, id, expected)?;
    if !old.is_live() {
        return Err(ProblemError::State("problem_over"));
    }
    let mut new = ServiceProblem { status: ProblemStatus::Analysed, ..old.clone() };
    new.details.root_cause = Some(root_cause);
    new.details.workaround = workaround.or(new.details.workaround);
    if new == old {
        return Ok(old);
    }
    new.details.analysed = Some((cx.after(old.updated.0), cx.actor.id));
    save(tx, cx, "problem.analysed", &old, new, None)
}

/// What a problem still needs to be resolved.
pub fn needs(problem: &ServiceProblem, actions: &[CorrectiveAction]) -> Vec<ProblemNeed> {
    let mut found = Vec::new();
    if problem.status == ProblemStatus::Open {
        found.push(ProblemNeed::Analysis);
    }
    if !actions.iter().all(CorrectiveAction::is_settled) {
        found.push(ProblemNeed::ActionsSettled);
    }
    if !improved(problem, actions) {
        found.push(ProblemNeed::VerifiedAction);
    }
    found
}

/// Whether something was found to work since a problem last came back.
pub(super) fn improved(problem: &ServiceProblem, actions: &[CorrectiveAction]) -> bool {
    let back = problem.details.reopened.as_ref().map(|(at, _)| *at);
    actions.iter().any(|action| action.verified_after(back))
}

/// Says that what was done about a problem works.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::Needs`], [`ProblemError::State`] for one that is
/// resolved or closed.
pub fn resolve(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
) -> Result<ServiceProblem, ProblemError> {
    let old = held(tx, cx, id, expected)?;
    if !old.is_live() {
        return Err(ProblemError::State("problem_over"));
    }
    let needs = needs(&old, &action_repo::of_problem(tx, cx.group, id, None, action_repo::ALL)?);
    if !needs.is_empty() {
        return Err(ProblemError::Needs(old.status, needs));
    }
    let mut new = ServiceProblem { status: ProblemStatus::Resolved, ..old.clone() };
    new.details.resolved = Some((cx.after(old.updated.0), cx.actor.id));
    save(tx, cx, "problem.resolved", &old, new, None)
}

/// Closes a problem that is resolved: what comes back from now on is a problem of its own.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::State`].
pub fn close(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
) -> Result<ServiceProblem, ProblemError> {
    let old = held(tx, cx, id, expected)?;
    if old.status != ProblemStatus::Resolved {
        return Err(ProblemError::State("problem_not_resolved"));
    }
    let mut new = ServiceProblem { status: ProblemStatus::Closed, ..old.clone() };
    new.details.closed = Some((cx.after(old.updated.0), cx.actor.id));
    save(tx, cx, "problem.closed", &old, new, None)
}

/// Says that a problem came back although it was resolved or closed.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::State`], [`ProblemError::Taken`] when another one
/// is about the same by now.
pub fn reopen(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    reason: String,
) -> Result<ServiceProblem, ProblemError> {
    let old = held(tx, cx, id, expected)?;
    if old.is_live() {
        return Err(ProblemError::State("problem_not_over"));
    }
    let new = again(cx, &old, old.clone(), Some(reason));
    save(tx, cx, "problem.reopened", &old, new, None)
}

/// A problem that came back: what was found out stays written, but has to be looked at anew.
pub(super) fn again(
    cx: &Ctx,
    old: &ServiceProblem,
    mut new: ServiceProblem,
    reason: Option<String>,
) -> ServiceProblem {
    new.status = ProblemStatus::Open;
    new.reopen_count = old.reopen_count.saturating_add(1);
    new.details.reopened = Some((cx.after(old.updated.0), reason));
    new.details.resolved = None;
    new.details.closed = None;
    new
}

/// Writes a new state of a problem: version and trace.
///
/// # Errors
/// [`ProblemError::Stale`] when another writer was faster, [`ProblemError::Taken`].
pub(super) fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &ServiceProblem,
    new: ServiceProblem,
    with: Option<Value>,
) -> Result<ServiceProblem, ProblemError> {
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let new = ServiceProblem { version: old.version + 1, updated, ..new };
    match repo::replace(tx, old, &new)? {
        None => return Err(ProblemError::Taken(None)),
        Some(false) => return Err(ProblemError::Stale),
        Some(true) => {}
    }
    trace(tx, cx, action, Some(old), &new, with)?;
    Ok(new)
}

pub(super) fn trace(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: Option<&ServiceProblem>,
    new: &ServiceProblem,
    with: Option<Value>,
) -> DbResult<()> {
    let change = Change {
        action,
        subject_kind: "problem",
        subject_id: new.id.0,
        version: new.version,
        hotel: Some(new.hotel_id),
        at: new.updated.0,
        before: old.map(|old| document(old, None)),
        after: Some(document(new, with)),
    };
    record(tx, cx, change)
}

/// The problem as log and feed keep it.
fn document(problem: &ServiceProblem, with: Option<Value>) -> Value {
    let ServiceProblem { details, .. } = problem;
    let mut value = json!({
        "id": problem.id, "hotel_id": problem.hotel_id, "status": problem.status, "title": problem.title,
        "kind": problem.repeats.kind(), "repeats": problem.repeats.key(), "owner_id": problem.owner_id,
        "complaint_count": problem.complaint_count, "first_seen_at": problem.seen.map(|(first, _)| first),
        "last_seen_at": problem.seen.map(|(_, last)| last), "reopen_count": problem.reopen_count,
        "details": details, "version": problem.version, "updated_at": problem.updated.0,
    });
    if let Some(members) = value.as_object_mut() {
        if let Some(with) = with {
            members.insert("with".into(), with);
        }
        members.retain(|_, value| !value.is_null());
    }
    value
}
