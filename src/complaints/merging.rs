//! Complaints that are one, and one that is two. A merge keeps both as they were and can be taken back.

use serde_json::json;

use crate::complaints::commands::{Merge, Split};
use crate::complaints::error::ComplaintError;
use crate::complaints::machine::ComplaintMove;
use crate::complaints::model::{Class, Complaint, ComplaintStatus, Facts, MergedInto, NextDue, Progress};
use crate::complaints::moves::{Case, allowed, begin, release};
use crate::complaints::service::{change, expect, get, moment, save, solutions, stay_of, timed};
use crate::complaints::timing::Timing;
use crate::complaints::{numbers, recurrence, repo};
use crate::db::{Reads, Tx};
use crate::hotels;
use crate::kit::ids::ComplaintId;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::record;

/// Longest chain of merges that is followed; a longer one does not come about by hand.
const DEEPEST: usize = 100;

/// Makes a complaint part of another one of its hotel, which goes on.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Move`]; [`ComplaintError::State`] for
/// itself, another hotel's, or one that is over or merged, and while something is promised on it.
pub fn merge(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Merge,
) -> Result<Complaint, ComplaintError> {
    // Read in one order by all, so that two merges into each other meet and one of them fails.
    let Case { complaint: old, solutions, status } = begin(tx, cx, id, expected, ComplaintMove::Merge)?;
    if told.into == id {
        return Err(ComplaintError::State("complaint_merge_itself"));
    }
    let other = match get(tx, cx, told.into) {
        Ok(other) => other,
        Err(ComplaintError::NotFound) => {
            let text = "is not a complaint you can see";
            return Err(ComplaintError::invalid_at("/into_complaint_id", "unknown_reference", text));
        }
        Err(error) => return Err(error),
    };
    if other.hotel_id != old.hotel_id {
        return Err(ComplaintError::State("complaint_merge_hotel"));
    }
    if let Some(merged) = &other.progress.merged {
        return Err(ComplaintError::Merged(merged.complaint));
    }
    if !other.status.is_open() {
        return Err(ComplaintError::State("complaint_merge_over"));
    }
    if solutions.iter().any(|one| one.status.stands() && !one.status.is_done()) {
        return Err(ComplaintError::State("complaint_open_solutions"));
    }
    // The other one is written, too: whoever merges it away at the same moment is too late, so no circle comes about.
    touch(tx, &other)?;
    let at = moment(cx, &old);
    let mut new = Complaint { status, ..old.clone() };
    release(&mut new, at);
    new.progress.merged = Some(MergedInto {
        complaint: other.id,
        status_before: old.status,
        at,
        by: cx.actor.id,
        reason: told.reason,
    });
    save(tx, cx, "complaint.merged", &old, new, None)
}

/// Holds a complaint as it is against other writers until the end of the transaction.
fn touch(tx: &mut Tx<'_>, complaint: &Complaint) -> Result<(), ComplaintError> {
    match repo::replace(tx, complaint, complaint)? {
        Some(true) => Ok(()),
        _ => Err(ComplaintError::Stale),
    }
}

/// Takes a merge back: the complaint goes on where it was.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Move`].
pub fn unmerge(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
) -> Result<Complaint, ComplaintError> {
    let old = expect(get(tx, cx, id)?, expected)?;
    let solutions = solutions(tx, &old)?;
    let status = allowed(&old, &solutions, ComplaintMove::Unmerge)?;
    let mut new = Complaint { status, ..old.clone() };
    new.progress.merged = None;
    save(tx, cx, "complaint.unmerged", &old, new, None)
}

/// Makes a complaint of its own of a part: same guest, stay and channel, its own words, number and clocks. Answers the
/// new one.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Move`].
pub fn split(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    told: Split,
) -> Result<Complaint, ComplaintError> {
    let old = begin(tx, cx, id, expected, ComplaintMove::Split)?.complaint;
    touch(tx, &old)?;
    let hotel = hotels::service::find_hotel(tx, cx, old.hotel_id)?;
    let stay = stay_of(tx, &old)?;
    let facts = Facts {
        subject: told.subject,
        description: told.description,
        external_refs: Vec::new(),
        ..old.facts.clone()
    };
    // What was said of it was said then: the clocks of the part began with the whole.
    let progress = Progress {
        owner_id: old.progress.owner_id,
        split_from: Some(old.id),
        last_guest_contact_at: old.progress.last_guest_contact_at,
        last_staff_contact_at: old.progress.last_staff_contact_at,
        rounds: vec![crate::complaints::model::Round {
            acknowledged_at: old.round().acknowledged_at,
            attended_at: old.round().attended_at,
            ..crate::complaints::model::Round::begun(old.facts.received_at, None)
        }],
        ..Progress::begun(old.facts.received_at, old.progress.first_contact_id)
    };
    let mut part = Complaint {
        id: cx.new_id(),
        number: String::new(),
        status: ComplaintStatus::Received,
        facts,
        class: Class::default(),
        progress,
        cost_minor: 0,
        next: NextDue::default(),
        version: 1,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
        ..old.clone()
    };
    timed(&Timing::load(tx, cx.group)?, &hotel, stay.as_ref(), &mut part, cx.now);
    part.number = numbers::next(tx, cx.group, &hotel, part.facts.received_at)?;
    repo::insert(tx, std::slice::from_ref(&part))?.ok_or(ComplaintError::ReferenceTaken(None))?;
    recurrence::observe(tx, cx, None, &part)?;
    let whole = json!({ "split_from": { "id": old.id, "number": old.number } });
    record(tx, cx, change("complaint.split", None, &part, Some((None, whole))))?;
    Ok(part)
}

/// The complaint that one became in the end: itself, unless it was merged.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn survivor(reads: &mut impl Reads, cx: &Ctx, id: ComplaintId) -> Result<Complaint, ComplaintError> {
    let mut found = get(reads, cx, id)?;
    for _ in 0..DEEPEST {
        let Some(merged) = &found.progress.merged else { break };
        found = get(reads, cx, merged.complaint)?;
    }
    Ok(found)
}
