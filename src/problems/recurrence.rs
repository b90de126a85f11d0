//! What comes back: a complaint that shares a key with another of its hotel within 30 days belongs to a problem, the one
//! there is or a new one. Judged in the transaction in which the complaint is written.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::db::{DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, HotelId, ProblemId};
use crate::platform::context::Ctx;
use crate::problems::error::ProblemError;
use crate::problems::model::{
    Member, Occurrence, ProblemDetails, ProblemStanding, ProblemStatus, Repeats, ServiceProblem,
};
use crate::problems::{key_repo, member_repo, repo, service};

/// How far apart complaints may be that make a problem (DOMAIN, formula of recurrence: 30 days).
pub const WINDOW: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Complaints looked at under one key.
const LOOKED_AT: i64 = 50;
/// Tries to join what somebody else closes in the same moment.
const TRIES: usize = 3;

/// Judges a complaint that was just written: `old` is what it was, `None` for a new one. Nothing is asked when nothing
/// changed that could matter. A complaint that somebody put into a problem stays there, and one that somebody took out
/// stays out.
///
/// # Errors
/// [`ProblemError::Stale`] when others are faster again and again; when the database fails.
pub fn observe(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    old: Option<&Occurrence>,
    new: &Occurrence,
) -> Result<(), ProblemError> {
    let (before, after) = (old.map(open_keys).unwrap_or_default(), open_keys(new));
    if old.map_or(after.is_empty() && new.repeats.is_empty(), |old| old == new) {
        return Ok(());
    }
    for key in before.union(&after) {
        key_repo::hold(tx, cx.group, new.hotel_id, key, cx.now)?;
    }
    if before != after {
        let keys: Vec<String> = after.into_iter().collect();
        key_repo::replace(tx, cx.group, new.hotel_id, new.complaint_id, new.received_at, &keys)?;
    }
    let ids = [new.complaint_id];
    let member = member_repo::find_many(tx, cx.group, &ids)?.remove(&new.complaint_id);
    match member {
        Some(member) if member.standing == ProblemStanding::Left => Ok(()),
        Some(member) if stays(tx, cx, &member, new)? => recounted(tx, cx, &member, new.counts),
        Some(member) => {
            leave(tx, cx, &member)?;
            seek(tx, cx, new)
        }
        None if new.counts => seek(tx, cx, new),
        None => Ok(()),
    }
}

/// Takes hold of everything that a batch of complaints will be judged under, in one order for all: two batches that met at
/// two keys in different orders would wait for each other for ever.
///
/// # Errors
/// When the database fails.
pub fn prepare(tx: &mut Tx<'_>, cx: &Ctx, batch: &[Occurrence]) -> DbResult<()> {
    let keys: BTreeSet<(HotelId, String)> =
        batch.iter().flat_map(|one| open_keys(one).into_iter().map(|key| (one.hotel_id, key))).collect();
    keys.iter().try_for_each(|(hotel, key)| key_repo::hold(tx, cx.group, *hotel, key, cx.now))
}

/// The keys under which a complaint is found by others.
fn open_keys(one: &Occurrence) -> BTreeSet<String> {
    let counted = one.repeats.iter().filter(|repeats| one.counts && repeats.opens());
    counted.map(Repeats::key).collect()
}

/// Whether a complaint stays where it is: put there by somebody, or still sharing what repeats, or not counted anyway.
fn stays(reads: &mut impl Reads, cx: &Ctx, member: &Member, now: &Occurrence) -> DbResult<bool> {
    if member.standing == ProblemStanding::ByHand || !now.counts {
        return Ok(true);
    }
    let Some(problem) = repo::find(reads, cx.group, member.problem_id)? else { return Ok(false) };
    let key = problem.repeats.key();
    Ok(now.repeats.iter().any(|repeats| repeats.key() == key))
}

fn recounted(tx: &mut Tx<'_>, cx: &Ctx, member: &Member, counts: bool) -> Result<(), ProblemError> {
    if member.counts == counts {
        return Ok(());
    }
    let Some(old) = repo::hold(tx, cx.group, member.problem_id)? else { return Ok(()) };
    let member = Member { counts, ..*member };
    member_repo::change(tx, cx.group, &member)?;
    if counts {
        welcome(tx, cx, &old, &[member])?;
    } else {
        farewell(tx, cx, &old, member.complaint_id)?;
    }
    Ok(())
}

/// A complaint that no longer shares what repeats goes out by itself, and may come back.
fn leave(tx: &mut Tx<'_>, cx: &Ctx, member: &Member) -> Result<(), ProblemError> {
    let held = repo::hold(tx, cx.group, member.problem_id)?;
    member_repo::remove(tx, cx.group, member.complaint_id)?;
    if let Some(old) = held {
        farewell(tx, cx, &old, member.complaint_id)?;
    }
    Ok(())
}

/// Looks where a complaint belongs: to a problem seen within 30 days; else, together with others received within
/// 30 days, to the problem there is about the same, or to a new one. The narrowest key comes first.
fn seek(tx: &mut Tx<'_>, cx: &Ctx, new: &Occurrence) -> Result<(), ProblemError> {
    let keys: Vec<String> = new.repeats.iter().map(Repeats::key).collect();
    let own = (new.complaint_id, new.received_at);
    for _ in 0..TRIES {
        let live = repo::live(tx, cx.group, new.hotel_id, &keys)?;
        let near = |problem: &&ServiceProblem| {
            let (first, last) = problem.window();
            new.received_at >= first.minus(WINDOW) && new.received_at <= last.plus(WINDOW)
        };
        if let Some(problem) = keys.iter().find_map(|key| live.get(key).filter(near)) {
            if join(tx, cx, problem.id, &[own])? {
                return Ok(());
            }
            continue;
        }
        let mut met = None;
        for repeats in new.repeats.iter().filter(|repeats| repeats.opens()) {
            let key = repeats.key();
            if let Some(free) = others(tx, cx, new.hotel_id, &key, own)? {
                met = Some((repeats, live.get(&key), free));
                break;
            }
        }
        let Some((repeats, there, mut members)) = met else { return Ok(()) };
        members.push(own);
        let done = match there {
            Some(problem) => join(tx, cx, problem.id, &members)?,
            None => open(tx, cx, new.hotel_id, repeats, &members)?,
        };
        if done {
            return Ok(());
        }
    }
    Err(ProblemError::Stale)
}

/// Other complaints of a key within 30 days of one, those that belong to no problem; `None` when there is none at all.
/// One that belongs elsewhere stays there and is a sign all the same; one that was taken out by hand is none.
fn others(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    key: &str,
    (own, at): (ComplaintId, Instant),
) -> DbResult<Option<Vec<(ComplaintId, Instant)>>> {
    let window = (at.minus(WINDOW), at.plus(WINDOW));
    let mut found = key_repo::between(reads, cx.group, hotel, key, window, LOOKED_AT)?;
    let ids: Vec<ComplaintId> = found.iter().map(|(id, _)| *id).collect();
    let members = member_repo::find_many(reads, cx.group, &ids)?;
    let left = |id: &ComplaintId| members.get(id).is_some_and(|one| one.standing == ProblemStanding::Left);
    found.retain(|(id, _)| *id != own && !left(id));
    if found.is_empty() {
        return Ok(None);
    }
    found.retain(|(id, _)| !members.contains_key(id));
    Ok(Some(found))
}

/// The complaints of the last 30 days that share a key and belong to no problem, for one that is opened by hand.
///
/// # Errors
/// When the database fails.
pub(super) fn unclaimed(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    hotel: HotelId,
    repeats: &Repeats,
) -> DbResult<Vec<(ComplaintId, Instant)>> {
    if !repeats.opens() {
        return Ok(Vec::new());
    }
    let key = repeats.key();
    key_repo::hold(tx, cx.group, hotel, &key, cx.now)?;
    let nobody = (ComplaintId(uuid::Uuid::nil()), cx.now);
    Ok(others(tx, cx, hotel, &key, nobody)?.unwrap_or_default())
}

/// Counts complaints to a problem; `false` when it was closed meanwhile.
fn join(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    complaints: &[(ComplaintId, Instant)],
) -> Result<bool, ProblemError> {
    let held = repo::hold(tx, cx.group, id)?;
    let Some(old) = held.filter(|problem| problem.status != ProblemStatus::Closed) else { return Ok(false) };
    let members = claim(tx, cx, id, complaints)?;
    if !members.is_empty() {
        welcome(tx, cx, &old, &members)?;
    }
    Ok(true)
}

/// Opens a problem with complaints; `false` when there is one about the same meanwhile.
fn open(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    hotel: HotelId,
    repeats: &Repeats,
    complaints: &[(ComplaintId, Instant)],
) -> Result<bool, ProblemError> {
    let details = ProblemDetails { by_itself: true, ..ProblemDetails::default() };
    let draft = service::draft(cx, hotel, repeats.clone(), repeats.title(), None, details);
    Ok(begin(tx, cx, draft, complaints)?.is_some())
}

/// Writes a new problem with the complaints that belong to it; `None` when there is one about the same.
///
/// # Errors
/// When the database fails.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    draft: ServiceProblem,
    complaints: &[(ComplaintId, Instant)],
) -> DbResult<Option<ServiceProblem>> {
    if repo::insert(tx, &draft)?.is_none() {
        return Ok(None);
    }
    let members = claim(tx, cx, draft.id, complaints)?;
    let (complaint_count, seen) = member_repo::summary(tx, cx.group, draft.id)?;
    let problem = ServiceProblem { complaint_count, seen, ..draft.clone() };
    repo::replace(tx, &draft, &problem)?;
    let ids: Vec<ComplaintId> = members.iter().map(|one| one.complaint_id).collect();
    service::trace(tx, cx, "problem.created", None, &problem, Some(json!({ "joined": ids })))?;
    Ok(Some(problem))
}

/// Writes that complaints belong to a problem by themselves, and which do: others may have been faster.
fn claim(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    complaints: &[(ComplaintId, Instant)],
) -> DbResult<Vec<Member>> {
    let mut complaints = complaints.to_vec();
    // All in one order, so that two who want the same ones do not wait for each other.
    complaints.sort_unstable();
    let mut claimed = Vec::with_capacity(complaints.len());
    for (complaint_id, received_at) in complaints {
        let member = Member {
            complaint_id,
            problem_id: id,
            standing: ProblemStanding::ByItself,
            counts: true,
            received_at,
            since: (cx.now, cx.actor.id),
        };
        if member_repo::claim(tx, cx.group, &member)? {
            claimed.push(member);
        }
    }
    Ok(claimed)
}

/// Counts anew what belongs to a problem that is held, now that some have come. One that was resolved before one of them
/// was received has come back.
///
/// # Errors
/// When the database fails.
pub(super) fn welcome(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    old: &ServiceProblem,
    members: &[Member],
) -> Result<ServiceProblem, ProblemError> {
    let (complaint_count, seen) = member_repo::summary(tx, cx.group, old.id)?;
    let new = ServiceProblem { complaint_count, seen, ..old.clone() };
    let resolved = old.details.resolved.filter(|_| old.status == ProblemStatus::Resolved);
    let back = resolved.is_some_and(|(at, _)| members.iter().any(|one| one.received_at > at));
    let ids: Vec<ComplaintId> = members.iter().map(|one| one.complaint_id).collect();
    let told = Some(json!({ "joined": ids }));
    if back {
        let new = service::again(cx, old, new, None);
        return service::save(tx, cx, "problem.reopened", old, new, told);
    }
    service::save(tx, cx, "problem.complaint_joined", old, new, told)
}

/// Counts anew what belongs to a problem that is held, now that one is gone.
///
/// # Errors
/// When the database fails.
pub(super) fn farewell(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    old: &ServiceProblem,
    gone: ComplaintId,
) -> Result<ServiceProblem, ProblemError> {
    let (complaint_count, seen) = member_repo::summary(tx, cx.group, old.id)?;
    let new = ServiceProblem { complaint_count, seen, ..old.clone() };
    service::save(tx, cx, "problem.complaint_left", old, new, Some(json!({ "left": [gone] })))
}
