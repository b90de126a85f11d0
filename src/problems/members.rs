//! What belongs to problems: asked for, put there by hand, and taken out.

use std::collections::HashMap;

use crate::db::{DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GroupId, ProblemId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::problems::error::ProblemError;
use crate::problems::model::{Member, Occurrence, ProblemStanding, ProblemStatus, ServiceProblem};
use crate::problems::{member_repo, recurrence, service};

/// The problems to which complaints belong, by complaint.
///
/// # Errors
/// When the database fails.
pub fn of_complaints(
    reads: &mut impl Reads,
    group: GroupId,
    complaints: &[ComplaintId],
) -> DbResult<HashMap<ComplaintId, ProblemId>> {
    let mut found = member_repo::find_many(reads, group, complaints)?;
    found.retain(|_, member| member.standing != ProblemStanding::Left);
    Ok(found.into_iter().map(|(complaint, member)| (complaint, member.problem_id)).collect())
}

/// Where a page of what belongs to a problem ends.
pub type Position = (Instant, ComplaintId);

/// What belongs to a problem the caller may see, in the order of receipt, and where the next page starts.
///
/// # Errors
/// [`ProblemError::NotFound`].
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ProblemId,
    after: Option<Position>,
    limit: i64,
) -> Result<(Vec<Member>, Option<Position>), ProblemError> {
    service::get(reads, cx, id)?;
    let mut found = member_repo::of_problem(reads, cx.group, id, after, limit.saturating_add(1))?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| (last.received_at, last.complaint_id));
    Ok((found, next))
}

/// Puts a complaint into a problem of its hotel. It stays there whatever it is about; nothing changes when it is there.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::Stale`], [`ProblemError::State`] for a closed problem, another hotel and
/// what does not count, [`ProblemError::Elsewhere`].
pub fn join(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    told: &Occurrence,
) -> Result<ServiceProblem, ProblemError> {
    let old = service::held(tx, cx, id, expected)?;
    if old.status == ProblemStatus::Closed {
        return Err(ProblemError::State("problem_closed"));
    }
    if told.hotel_id != old.hotel_id {
        return Err(ProblemError::State("problem_other_hotel"));
    }
    let before = find(tx, cx, told.complaint_id)?;
    match &before {
        Some(member) if member.standing == ProblemStanding::Left => {}
        Some(member) if member.problem_id == id => return Ok(old),
        Some(member) => return Err(ProblemError::Elsewhere(member.problem_id)),
        None => {}
    }
    if !told.counts {
        return Err(ProblemError::State("problem_complaint_over"));
    }
    let member = Member {
        complaint_id: told.complaint_id,
        problem_id: id,
        standing: ProblemStanding::ByHand,
        counts: true,
        received_at: told.received_at,
        since: (cx.now, cx.actor.id),
    };
    if before.is_some() {
        member_repo::change(tx, cx.group, &member)?;
    } else if !member_repo::claim(tx, cx.group, &member)? {
        return Err(ProblemError::Stale);
    }
    recurrence::welcome(tx, cx, &old, &[member])
}

/// Takes a complaint out of a problem. It is not counted to one by itself again; by hand it can be.
///
/// # Errors
/// [`ProblemError::NotFound`] when it does not belong there, [`ProblemError::Stale`], [`ProblemError::State`] for a
/// closed problem.
pub fn leave(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    complaint: ComplaintId,
) -> Result<ServiceProblem, ProblemError> {
    let old = service::held(tx, cx, id, expected)?;
    let member = find(tx, cx, complaint)?;
    let here = |one: &Member| one.problem_id == id && one.standing != ProblemStanding::Left;
    let member = member.filter(here).ok_or(ProblemError::NotFound)?;
    if old.status == ProblemStatus::Closed {
        return Err(ProblemError::State("problem_closed"));
    }
    let gone = Member { standing: ProblemStanding::Left, since: (cx.now, cx.actor.id), ..member };
    member_repo::change(tx, cx.group, &gone)?;
    recurrence::farewell(tx, cx, &old, complaint)
}

fn find(reads: &mut impl Reads, cx: &Ctx, complaint: ComplaintId) -> DbResult<Option<Member>> {
    Ok(member_repo::find_many(reads, cx.group, &[complaint])?.remove(&complaint))
}
