//! What is done with a complaint, move by move.

use crate::complaints::aftercare;
use crate::complaints::commands::{Assign, Classify, Close, FollowUpNote, Investigate, PutOnHold};
use crate::complaints::error::ComplaintError;
use crate::complaints::judging::judge;
use crate::complaints::machine::{self, ComplaintMove, HIGHEST_LEVEL, Target};
use crate::complaints::model::{
    Complaint, ComplaintStatus, Ending, Escalation, FollowUp, Hold, Investigation, Round, Solution,
};
use crate::complaints::service::{expect, get, moment, rewritten_of, save, solutions};
use crate::complaints::standing;
use crate::db::{Reads, Tx};
use crate::hotels;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, StaffId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::staff;

/// Everything a move is judged by.
#[derive(Debug)]
pub(super) struct Case {
    /// The complaint before.
    pub complaint: Complaint,
    /// Its solutions.
    pub solutions: Vec<Solution>,
    /// The status the move leads to.
    pub status: ComplaintStatus,
}

/// Looks whether a move is allowed, and what it leads to.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Move`] when the status does not allow it,
/// [`ComplaintError::Needs`] when something is missing.
pub(super) fn begin(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    wanted: ComplaintMove,
) -> Result<Case, ComplaintError> {
    let complaint = expect(get(reads, cx, id)?, expected)?;
    let solutions = solutions(reads, &complaint)?;
    let status = allowed(&complaint, &solutions, wanted, cx.actor.id)?;
    Ok(Case { complaint, solutions, status })
}

/// The status a move leads to.
///
/// # Errors
/// [`ComplaintError::Move`], [`ComplaintError::Needs`].
pub(super) fn allowed(
    complaint: &Complaint,
    solutions: &[Solution],
    wanted: ComplaintMove,
    by: ActorId,
) -> Result<ComplaintStatus, ComplaintError> {
    let status = complaint.status;
    let mut allowed = machine::allowed(status);
    allowed.retain(|one| machine::needs(complaint, solutions, *one, by).is_empty());
    let Some(target) = machine::target(status, wanted) else {
        return Err(ComplaintError::Move { status, allowed });
    };
    let needs = machine::needs(complaint, solutions, wanted, by);
    if !needs.is_empty() {
        return Err(ComplaintError::Needs { status, needs, allowed });
    }
    Ok(match target {
        Target::To(status) => status,
        Target::Before => complaint.progress.merged.as_ref().map_or(status, |merged| merged.status_before),
    })
}

/// Judges a complaint; the first time records it.
///
/// # Errors
/// As [`begin`]; [`ComplaintError::Invalid`].
pub fn classify(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Classify,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Classify)?.complaint;
    let hotel = hotels::service::find_hotel(tx, cx, old.hotel_id)?;
    let new = judge(tx, cx, &hotel, old.clone(), told)?;
    if new == old {
        return Ok(old);
    }
    save(tx, cx, "complaint.classified", &old, new, None)
}

/// Gives a complaint to somebody who works at its hotel, to a department, or to nobody.
///
/// # Errors
/// As [`begin`]; [`ComplaintError::Invalid`].
pub fn assign(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Assign,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Assign)?.complaint;
    let mut new = old.clone();
    told.owner_id.apply(&mut new.progress.owner_id);
    told.handling_department.apply(&mut new.class.handling_department);
    if let Some(owner) = new.progress.owner_id.filter(|owner| old.progress.owner_id != Some(*owner))
        && !standing::works_at(tx, cx, old.hotel_id, owner)?
    {
        let text = "is nobody who works at this hotel";
        return Err(ComplaintError::invalid_at("/owner_id", "unknown_reference", text));
    }
    if let Some(code) = &new.class.handling_department
        && !hotels::service::department_codes(tx, cx, old.hotel_id)?.contains(code)
    {
        let text = "is not a department of this hotel";
        return Err(ComplaintError::invalid_at("/handling_department", "unknown_reference", text));
    }
    if new == old {
        return Ok(old);
    }
    save(tx, cx, "complaint.assigned", &old, new, None)
}

/// Says that the guest was told. Whoever tells owns the complaint unless somebody does.
///
/// # Errors
/// As [`begin`].
pub fn acknowledge(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Acknowledge)?.complaint;
    let mut new = old.clone();
    let at = moment(cx, &old);
    in_round(&mut new, |round| round.acknowledged_at = Some(at));
    new.progress.last_staff_contact_at = Some(at);
    new.progress.owner_id = new.progress.owner_id.or(Some(StaffId(cx.actor.id.0)));
    save(tx, cx, "complaint.acknowledged", &old, new, None)
}

/// Says that somebody is with the guest, who thereby knows, too. Whoever is there owns the complaint unless somebody does.
///
/// # Errors
/// As [`begin`].
pub fn attend(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Attend)?.complaint;
    let mut new = old.clone();
    let at = moment(cx, &old);
    in_round(&mut new, |round| {
        round.attended_at = Some(at);
        round.acknowledged_at.get_or_insert(at);
    });
    new.progress.last_staff_contact_at = Some(at);
    new.progress.owner_id = new.progress.owner_id.or(Some(StaffId(cx.actor.id.0)));
    save(tx, cx, "complaint.attended", &old, new, None)
}

/// Begins an investigation, or writes down what it found.
///
/// # Errors
/// As [`begin`]; [`ComplaintError::Invalid`].
pub fn investigate(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Investigate,
) -> Result<Complaint, ComplaintError> {
    let Case { complaint: old, status, .. } = begin(tx, cx, id, expected, ComplaintMove::Investigate)?;
    let mut new = Complaint { status, ..old.clone() };
    let stamp = (moment(cx, &old), cx.actor.id);
    if let Some(asked) = &told.interviewed {
        let known = staff::service::display_names(tx, cx, asked)?;
        if asked.iter().any(|one| !known.contains_key(one)) {
            let text = "names somebody who is not on the staff";
            return Err(ComplaintError::invalid_at("/interviewed_staff_ids", "unknown_reference", text));
        }
    }
    let investigation = new.progress.investigation.get_or_insert(Investigation {
        started: stamp,
        finding: None,
        summary: None,
        root_cause: None,
        interviewed: Vec::new(),
        found: None,
    });
    let before = investigation.clone();
    let found = told.finding.is_some();
    investigation.finding = told.finding.or(investigation.finding);
    investigation.summary = told.summary.or(investigation.summary.take());
    investigation.root_cause = told.root_cause.or(investigation.root_cause.take());
    investigation.interviewed = told.interviewed.unwrap_or(std::mem::take(&mut investigation.interviewed));
    if investigation.finding.is_some() && (*investigation != before || investigation.found.is_none()) {
        investigation.found = Some(stamp);
    }
    // What was found before the complaint was opened again does not answer what is said now.
    if found {
        in_round(&mut new, |round| {
            round.investigated_at.get_or_insert(stamp.0);
        });
    }
    if new == old {
        return Ok(old);
    }
    let words = |one: Option<&Investigation>| {
        one.map(|one| (one.summary.clone(), one.root_cause.clone(), one.interviewed.clone()))
    };
    let (was, is) = (old.progress.investigation.as_ref(), new.progress.investigation.as_ref());
    let [summary, root_cause, interviewed] = [
        words(was).map(|one| one.0) != words(is).map(|one| one.0),
        words(was).map(|one| one.1) != words(is).map(|one| one.1),
        words(was).map(|one| one.2) != words(is).map(|one| one.2),
    ];
    let rewritten =
        [("summary", summary), ("root_cause", root_cause), ("interviewed_staff_ids", interviewed)];
    let with = rewritten_of(&rewritten);
    save(tx, cx, "complaint.investigated", &old, new, with)
}

/// Says that all is done, and, if the guest was asked, what came of it. One who is not content opens the complaint again.
///
/// # Errors
/// As [`begin`]; [`ComplaintError::Invalid`].
pub fn follow_up(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    note: Option<FollowUpNote>,
) -> Result<Complaint, ComplaintError> {
    use crate::complaints::model::ContactOutcome;
    let Case { complaint: old, status, .. } = begin(tx, cx, id, expected, ComplaintMove::FollowUp)?;
    let mut new = Complaint { status, ..old.clone() };
    let at = moment(cx, &old);
    in_round(&mut new, |round| {
        round.resolved_at.get_or_insert(at);
    });
    if let Some(note) = note {
        let reached = note.outcome != ContactOutcome::NotReached;
        let against = match note.outcome {
            ContactOutcome::Satisfied => note.rating.is_some_and(|mark| mark <= LOW_MARK),
            ContactOutcome::Dissatisfied => note.rating.is_some_and(|mark| mark >= HIGH_MARK),
            ContactOutcome::NoOpinion | ContactOutcome::NotReached => false,
        };
        if against {
            let text = "says the opposite of the outcome: 1 and 2 are not content, 4 and 5 are";
            return Err(ComplaintError::invalid_at("/rating", "opposite", text));
        }
        if !reached && (note.rating.is_some() || note.comment.is_some()) {
            let text = "somebody who was not reached gives no mark and says nothing";
            return Err(ComplaintError::invalid_at("/outcome", "not_reached", text));
        }
        new.progress.last_staff_contact_at = Some(at);
        if reached {
            new.progress.last_guest_contact_at = Some(at);
            in_round(&mut new, |round| {
                round.acknowledged_at.get_or_insert(at);
            });
        }
        let answer = FollowUp {
            at,
            by: cx.actor.id,
            channel: note.channel,
            outcome: note.outcome,
            rating: note.rating,
            comment: note.comment,
            round: old.progress.reopened(),
        };
        aftercare::answered(tx, cx, &mut new, answer)?;
    }
    if new == old {
        return Ok(old);
    }
    save(tx, cx, "complaint.followed_up", &old, new, None)
}

/// Closes a complaint.
///
/// # Errors
/// As [`begin`].
pub fn close(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Close,
) -> Result<Complaint, ComplaintError> {
    let ending = |at| Ending { at, by: cx.actor.id, text: told.summary, lesson: Some(told.lesson) };
    end(tx, cx, id, expected, (ComplaintMove::Close, "complaint.closed"), ending)
}

/// The guest takes a complaint back.
///
/// # Errors
/// As [`begin`].
pub fn withdraw(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    reason: String,
) -> Result<Complaint, ComplaintError> {
    let ending = |at| Ending { at, by: cx.actor.id, text: reason, lesson: None };
    end(tx, cx, id, expected, (ComplaintMove::Withdraw, "complaint.withdrawn"), ending)
}

/// Refuses a complaint. Whoever handles it, or found out what happened, does not refuse it: somebody else decides.
///
/// # Errors
/// As [`begin`].
pub fn reject(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    reason: String,
) -> Result<Complaint, ComplaintError> {
    let ending = |at| Ending { at, by: cx.actor.id, text: reason, lesson: None };
    end(tx, cx, id, expected, (ComplaintMove::Reject, "complaint.rejected"), ending)
}

fn end(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    (wanted, action): (ComplaintMove, &'static str),
    ending: impl FnOnce(Instant) -> Ending,
) -> Result<Complaint, ComplaintError> {
    let Case { complaint: old, status, .. } = begin(tx, cx, id, expected, wanted)?;
    let at = moment(cx, &old);
    let mut new = Complaint { status, ..old.clone() };
    release(&mut new, at);
    new.progress.ending = Some(ending(at));
    if status == ComplaintStatus::Closed {
        new.progress.aftercare = aftercare::plan(tx, cx, &new, at)?;
    }
    save(tx, cx, action, &old, new, None)
}

/// Opens a complaint again: the clocks start anew.
///
/// # Errors
/// As [`begin`]; [`ComplaintError::State`] when it has been over for too long.
pub fn reopen(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    reason: String,
) -> Result<Complaint, ComplaintError> {
    let Case { complaint: old, status, .. } = begin(tx, cx, id, expected, ComplaintMove::Reopen)?;
    let at = moment(cx, &old);
    if old.progress.ending.as_ref().is_some_and(|ending| at.since(ending.at) > REOPEN_WITHIN) {
        return Err(ComplaintError::State("complaint_too_old"));
    }
    let mut new = Complaint { status, ..old.clone() };
    new.progress.ending = None;
    new.progress.aftercare = None;
    new.progress.rounds.push(Round::begun(at, Some(reason)));
    new.progress.last_guest_contact_at = Some(at);
    save(tx, cx, "complaint.reopened", &old, new, None)
}

/// Highest mark of a guest who is not content, as through the rating link.
const LOW_MARK: i32 = 2;
/// Lowest mark of a guest who is content.
const HIGH_MARK: i32 = 4;

/// How long after its end a complaint can be opened again: a later one is a new one that can be linked.
pub const REOPEN_WITHIN: std::time::Duration = std::time::Duration::from_secs(90 * 24 * 60 * 60);

/// Says that a complaint waits for somebody outside: its clocks wait, too.
///
/// # Errors
/// As [`begin`].
pub fn hold(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: PutOnHold,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Hold)?.complaint;
    let mut new = old.clone();
    let PutOnHold { reason, note } = told;
    new.progress.holds.push(Hold { from: moment(cx, &old), until: None, reason, note, by: cx.actor.id });
    save(tx, cx, "complaint.held", &old, new, None)
}

/// Says that a complaint no longer waits.
///
/// # Errors
/// As [`begin`].
pub fn resume(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Resume)?.complaint;
    let mut new = old.clone();
    release(&mut new, moment(cx, &old));
    save(tx, cx, "complaint.resumed", &old, new, None)
}

/// Takes a complaint to the next higher level.
///
/// # Errors
/// As [`begin`].
pub fn escalate(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    reason: String,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Escalate)?.complaint;
    let at = moment(cx, &old);
    let mut new = old.clone();
    let next = rung(tx, cx, &old, old.progress.level() + 1, at, reason, cx.actor.id)?;
    new.progress.escalations.push(next);
    save(tx, cx, "complaint.escalated", &old, new, None)
}

/// A step up the ladder: the head of the department that handles the complaint, the duty manager, the general manager,
/// whoever is on duty. A rung on which nobody stands is passed over, unless nobody stands higher either.
///
/// # Errors
/// When the database fails.
pub(super) fn rung(
    reads: &mut impl Reads,
    cx: &Ctx,
    complaint: &Complaint,
    level: i32,
    at: Instant,
    reason: String,
    by: ActorId,
) -> Result<Escalation, ComplaintError> {
    for level in level..=HIGHEST_LEVEL {
        let told = standing::on_rung(reads, cx, complaint, level, at)?;
        if !told.is_empty() {
            return Ok(Escalation { level, at, reason, by, told });
        }
    }
    Ok(Escalation { level, at, reason, by, told: Vec::new() })
}

/// Ends the hold that lasts, if one does.
pub(super) fn release(complaint: &mut Complaint, at: Instant) {
    if let Some(hold) = complaint.progress.holds.last_mut().filter(|hold| hold.until.is_none()) {
        hold.until = Some(at);
    }
}

/// Changes the present round.
pub(super) fn in_round(complaint: &mut Complaint, change: impl FnOnce(&mut Round)) {
    if let Some(round) = complaint.progress.rounds.last_mut() {
        change(round);
    }
}
