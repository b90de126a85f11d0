//! Complaints that are one, and one that is two. A merge keeps both as they were and can be taken back; whoever reads the
//! one that goes on finds the other one's messages and files there.

use std::collections::BTreeSet;

use serde_json::json;

use crate::complaints::commands::{Merge, Split};
use crate::complaints::error::ComplaintError;
use crate::complaints::machine::ComplaintMove;
use crate::complaints::model::{
    Class, Complaint, ComplaintStatus, Facts, Hold, MergedInto, NextDue, Progress,
};
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
    // Held in one order by all, so that two merges into each other meet, and one of them finds the other one's work.
    for one in BTreeSet::from([id, told.into]) {
        repo::hold(tx, cx.group, one)?;
    }
    let Case { complaint: old, status, .. } = begin(tx, cx, id, expected, ComplaintMove::Merge)?;
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
    let merged = save(tx, cx, "complaint.merged", &old, new, None)?;
    let mut survivor = other.clone();
    survivor.progress.joined.push(old.id);
    tell(tx, cx, "complaint.joined", &other, survivor, &merged)?;
    Ok(merged)
}

/// Writes down on a complaint that another one became part of it, or went its own way.
fn tell(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &Complaint,
    new: Complaint,
    other: &Complaint,
) -> Result<(), ComplaintError> {
    let with = json!({ "other": { "id": other.id, "number": other.number } });
    save(tx, cx, action, old, new, Some((None, with)))?;
    Ok(())
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
    let into = get(tx, cx, id)?.progress.merged.map(|merged| merged.complaint);
    for one in into.into_iter().chain([id]).collect::<BTreeSet<_>>() {
        repo::hold(tx, cx.group, one)?;
    }
    let old = expect(get(tx, cx, id)?, expected)?;
    let solutions = solutions(tx, &old)?;
    let status = allowed(&old, &solutions, ComplaintMove::Unmerge, cx.actor.id)?;
    let mut new = Complaint { status, ..old.clone() };
    new.progress.merged = None;
    let unmerged = save(tx, cx, "complaint.unmerged", &old, new, None)?;
    if let Some(survivor) =
        old.progress.merged.and_then(|merged| repo::find(tx, cx.group, merged.complaint).transpose())
    {
        let was = survivor?;
        let mut is = was.clone();
        is.progress.joined.retain(|one| *one != id);
        tell(tx, cx, "complaint.parted", &was, is, &unmerged)?;
    }
    Ok(unmerged)
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
    repo::hold(tx, cx.group, id)?;
    let old = begin(tx, cx, id, expected, ComplaintMove::Split)?.complaint;
    let hotel = hotels::service::find_hotel(tx, cx, old.hotel_id)?;
    let stay = stay_of(tx, &old)?;
    let facts = Facts {
        subject: told.subject,
        description: told.description,
        asset: None,
        external_refs: Vec::new(),
        ..old.facts.clone()
    };
    // What was said of it was said then: the clocks of the part began with the whole, and waited with it.
    let at = moment(cx, &old);
    let waited = |hold: &Hold| Hold { until: hold.until.or(Some(at)), ..hold.clone() };
    let progress = Progress {
        holds: old.progress.holds.iter().map(waited).collect(),
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
    let mut rest = old.clone();
    rest.progress.split_into.push(part.id);
    tell(tx, cx, "complaint.parted", &old, rest, &part)?;
    Ok(part)
}

/// A complaint with all that became part of it, itself first.
///
/// # Errors
/// [`ComplaintError::NotFound`]; when the database fails.
pub fn whole(reads: &mut impl Reads, cx: &Ctx, id: ComplaintId) -> Result<Vec<ComplaintId>, ComplaintError> {
    let mut found = vec![id];
    let mut next = get(reads, cx, id)?.progress.joined;
    for _ in 0..DEEPEST {
        if next.is_empty() {
            break;
        }
        let parts = repo::find_many(reads, cx.group, &next)?;
        found.append(&mut next);
        next = parts
            .into_values()
            .flat_map(|part| part.progress.joined)
            .filter(|one| !found.contains(one))
            .collect();
    }
    Ok(found)
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
