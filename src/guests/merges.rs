//! Merging two guests and taking it back: what must hold, what moves, and the trace it leaves. No HTTP; the caller
//! holds the transaction.
//!
//! A merge is one change with one trace, told of the guest that stays: `guest.merged`, with `merge_id` and
//! `merged_guest_id` beside the guest's own members. Whoever follows the merged guest is led to the survivor, and so
//! to this trace. Taking it back is told in the same way as `guest.unmerged`.

use serde_json::Value;

use crate::db::{DbResult, Reads, Tx};
use crate::guests::error::GuestError;
use crate::guests::merging::{
    self, Choices, Merge, MergeField, MergeStatus, MergedField, Snapshot, too_long, unmerge,
};
use crate::guests::model::{Guest, GuestStatus};
use crate::guests::{duplicate_repo, merge_repo, repo, service};
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, GuestId, MergeId};
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};

/// How many things hang on a guest, of those of the given origins (`None`: of all).
pub type Count = fn(&mut dyn Reads, GroupId, GuestId, Option<&[GuestId]>) -> DbResult<i64>;

/// What hangs on guests in a slice above this one, and follows them through merges. Each row keeps the guest it was
/// written for, its origin, so that taking a merge back can tell whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Attachment {
    /// Kind, as previews name it: `stays`.
    pub kind: &'static str,
    /// How many hang on a guest, of those of the given origins (`None`: of all).
    pub count: Count,
    /// Hangs all of one guest on another.
    pub hand_over: fn(&mut Tx<'_>, GroupId, GuestId, GuestId) -> DbResult<()>,
    /// Hangs what has one of the origins back from one guest on another.
    pub hand_back: fn(&mut Tx<'_>, GroupId, GuestId, GuestId, &[GuestId]) -> DbResult<()>,
}

/// Everything that follows guests through merges from above.
pub type Attachments = &'static [Attachment];

/// Two guests to merge.
#[derive(Debug, Clone)]
pub struct MergeGuests {
    /// The guest that stays.
    pub survivor: GuestId,
    /// The guest that becomes part of it.
    pub merged: GuestId,
    /// Which side to take where the rule is not wanted.
    pub choices: Choices,
}

/// Versions of the survivor and the merged guest for which a merge was decided.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    /// Version of the survivor.
    pub survivor: Version,
    /// Version of the merged guest.
    pub merged: Version,
}

/// How much hangs on a guest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// Notes.
    pub notes: i64,
    /// Ends of relationships.
    pub relationships: i64,
    /// External references.
    pub external_refs: i64,
    /// What hangs on the guest from above, by kind.
    pub attached: Vec<(&'static str, i64)>,
}

/// What a merge would do.
#[derive(Debug, Clone)]
pub struct MergePlan {
    /// The guest that stays, as it is.
    pub survivor: Guest,
    /// The guest that becomes part of it, as it is.
    pub merged: Guest,
    /// The survivor as it would be.
    pub result: Guest,
    /// What happens to each member.
    pub fields: Vec<MergedField>,
    /// What moves to the survivor.
    pub moves: Moves,
}

/// What taking a merge back would do.
#[derive(Debug, Clone)]
pub struct UndoPlan {
    /// The merge.
    pub merge: Merge,
    /// The survivor as it is.
    pub now: Guest,
    /// The survivor as it would be.
    pub survivor: Guest,
    /// The merged guest as it would be.
    pub merged: Guest,
    /// Members changed since the merge, whose change stays with the survivor.
    pub kept: Vec<MergeField>,
    /// What goes back to the merged guest.
    pub back: Moves,
    /// What stays with the survivor.
    pub stays: Moves,
    stored_merged: Guest,
    family: Vec<GuestId>,
}

/// What a merge would do, without doing it.
///
/// # Errors
/// [`GuestError::NotFound`], [`GuestError::State`] when the two are one guest or not both active,
/// [`GuestError::Invalid`] when a united list would be too long.
pub fn preview(
    reads: &mut impl Reads,
    cx: &Ctx,
    attachments: Attachments,
    wanted: &MergeGuests,
) -> Result<MergePlan, GuestError> {
    if wanted.survivor == wanted.merged {
        return Err(GuestError::State("merge_same_guest"));
    }
    let survivor = service::get(reads, cx, wanted.survivor)?;
    let merged = service::get(reads, cx, wanted.merged)?;
    if survivor.status != GuestStatus::Active || merged.status != GuestStatus::Active {
        return Err(GuestError::State("merge_not_active"));
    }
    let (after, fields) =
        merging::merge(&Snapshot::from(&survivor), &Snapshot::from(&merged), &wanted.choices);
    if let Some((field, longest)) = too_long(&after.profile) {
        let message = format!("the united list would have more than {longest} items: choose one side");
        return Err(GuestError::invalid_at(&format!("/choices/{}", field.code()), "too_many", &message));
    }
    let known = &survivor.profile.external_refs;
    let moves = Moves {
        notes: merge_repo::count_notes(reads, cx.group, merged.id, None)?,
        relationships: merge_repo::count_relationships(reads, cx.group, merged.id, None)?,
        external_refs: count(merged.profile.external_refs.iter().filter(|r| !known.contains(r))),
        attached: count_attached(reads, cx, attachments, merged.id, None)?,
    };
    let at = cx.after(survivor.updated.0.max(merged.updated.0));
    let result = next(cx, &survivor, at, after.onto(&survivor));
    Ok(MergePlan { survivor, merged, result, fields, moves })
}

/// Merges two guests.
///
/// # Errors
/// As [`preview`]; [`GuestError::Stale`] when either guest has another version.
pub fn merge(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    attachments: Attachments,
    wanted: &MergeGuests,
    decided: Decided,
) -> Result<(Merge, Guest), GuestError> {
    let plan = preview(tx, cx, attachments, wanted)?;
    let MergePlan { survivor, merged, result, .. } = plan;
    if survivor.version != decided.survivor || merged.version != decided.merged {
        return Err(GuestError::Stale);
    }
    hold_both(tx, cx, &survivor, &merged)?;
    let at = result.updated.0;
    let gone = Guest { status: GuestStatus::Merged, merged_into: Some(survivor.id), ..merged.clone() };
    // The merged guest lets go of its references before the survivor takes them.
    write(tx, &merged, &next(cx, &merged, at, gone))?;
    write(tx, &survivor, &result)?;
    merge_repo::hand_over(tx, cx.group, merged.id, survivor.id)?;
    for attachment in attachments {
        (attachment.hand_over)(tx, cx.group, merged.id, survivor.id)?;
    }
    duplicate_repo::settle_merged(tx, cx.group, survivor.id, merged.id, (at, cx.actor.id))?;
    let merge = Merge {
        group: cx.group,
        id: cx.new_id(),
        survivor: survivor.id,
        merged: merged.id,
        status: MergeStatus::Merged,
        survivor_before: Snapshot::from(&survivor),
        merged_before: Snapshot::from(&merged),
        survivor_after: Snapshot::from(&result),
        version: 1,
        done: (at, cx.actor.id),
        undone: None,
    };
    merge_repo::insert(tx, &merge)?;
    record(tx, cx, trace("guest.merged", &merge, &survivor, &result))?;
    Ok((merge, result))
}

/// A merge of guests the caller may see.
///
/// # Errors
/// [`GuestError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: MergeId) -> Result<Merge, GuestError> {
    let merge = merge_repo::find(reads, cx.group, id)?.ok_or(GuestError::NotFound)?;
    service::get(reads, cx, merge.survivor)?;
    service::get(reads, cx, merge.merged)?;
    Ok(merge)
}

/// Merges of guests the caller may see, the newest first, and where the next page starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    guest: Option<GuestId>,
    after: Option<MergeId>,
    limit: usize,
) -> Result<(Vec<Merge>, Option<MergeId>), GuestError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = merge_repo::page(reads, cx.group, &cx.sight, guest, after, wanted)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|merge| merge.id);
    Ok((found, next))
}

/// What taking a merge back would do, without doing it.
///
/// # Errors
/// [`GuestError::NotFound`], [`GuestError::State`] when it was taken back already or a later merge stands on it.
pub fn preview_undo(
    reads: &mut impl Reads,
    cx: &Ctx,
    attachments: Attachments,
    id: MergeId,
) -> Result<UndoPlan, GuestError> {
    let merge = get(reads, cx, id)?;
    if merge.status == MergeStatus::Undone {
        return Err(GuestError::State("merge_undone"));
    }
    for guest in [merge.survivor, merge.merged] {
        if merge_repo::merged_since(reads, cx.group, guest, merge.done.0)? {
            return Err(GuestError::State("merge_not_latest"));
        }
    }
    let now = service::get(reads, cx, merge.survivor)?;
    let stored = service::get(reads, cx, merge.merged)?;
    let (before, kept) = unmerge(&merge.survivor_before, &merge.survivor_after, &Snapshot::from(&now));
    let at = cx.after(now.updated.0.max(stored.updated.0).max(merge.done.0));
    let survivor = next(cx, &now, at, before.onto(&now));
    let back = Guest { status: GuestStatus::Active, merged_into: None, ..stored.clone() };
    let merged = next(cx, &stored, at, merge.merged_before.clone().onto(&back));
    let family = family(reads, cx, merged.id)?;
    let (notes, relationships) = (
        merge_repo::count_notes(reads, cx.group, now.id, Some(&family))?,
        merge_repo::count_relationships(reads, cx.group, now.id, Some(&family))?,
    );
    let attached = count_attached(reads, cx, attachments, now.id, Some(&family))?;
    let all = count_attached(reads, cx, attachments, now.id, None)?;
    let left = all.iter().zip(&attached).map(|((kind, all), (_, back))| (*kind, all - back)).collect();
    let stays = Moves {
        notes: merge_repo::count_notes(reads, cx.group, now.id, None)? - notes,
        relationships: merge_repo::count_relationships(reads, cx.group, now.id, None)? - relationships,
        external_refs: count(survivor.profile.external_refs.iter()),
        attached: left,
    };
    let external_refs = count(merged.profile.external_refs.iter());
    let back = Moves { notes, relationships, external_refs, attached };
    Ok(UndoPlan { merge, now, survivor, merged, kept, back, stays, stored_merged: stored, family })
}

/// Takes a merge back: both guests become what [`preview_undo`] told.
///
/// # Errors
/// As [`preview_undo`]; [`GuestError::Stale`]; [`GuestError::ReferenceTaken`] when a reference of the merged guest was
/// given to another guest meanwhile.
pub fn undo(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    attachments: Attachments,
    id: MergeId,
    expected: &Expected,
) -> Result<Merge, GuestError> {
    if !expected.allows(get(tx, cx, id)?.version) {
        return Err(GuestError::Stale);
    }
    let plan = preview_undo(tx, cx, attachments, id)?;
    let UndoPlan { merge, now, survivor, merged, stored_merged, family, .. } = plan;
    hold_both(tx, cx, &now, &stored_merged)?;
    let at = survivor.updated.0;
    let undone = Merge {
        status: MergeStatus::Undone,
        version: merge.version + 1,
        undone: Some((at, cx.actor.id)),
        ..merge.clone()
    };
    if !merge_repo::close(tx, &merge, &undone)? {
        return Err(GuestError::Stale);
    }
    // The survivor lets go of the references before the merged guest takes them back.
    write(tx, &now, &survivor)?;
    service::refuse_taken(tx, cx, &merged.profile.external_refs, Some(merged.id))?;
    write(tx, &stored_merged, &merged)?;
    merge_repo::hand_back(tx, cx.group, survivor.id, merged.id, &family)?;
    for attachment in attachments {
        (attachment.hand_back)(tx, cx.group, survivor.id, merged.id, &family)?;
    }
    duplicate_repo::reopen_merged(tx, cx.group, survivor.id, merged.id)?;
    record(tx, cx, trace("guest.unmerged", &undone, &now, &survivor))?;
    Ok(undone)
}

fn count_attached(
    reads: &mut impl Reads,
    cx: &Ctx,
    attachments: Attachments,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> Result<Vec<(&'static str, i64)>, GuestError> {
    let mut counts = Vec::with_capacity(attachments.len());
    for attachment in attachments {
        counts.push((attachment.kind, (attachment.count)(reads, cx.group, guest, origins)?));
    }
    Ok(counts)
}

/// A guest and all that were merged into it, directly or through others.
///
/// # Errors
/// When the database fails.
pub fn family(reads: &mut impl Reads, cx: &Ctx, guest: GuestId) -> Result<Vec<GuestId>, GuestError> {
    let mut found = vec![guest];
    let mut open = vec![guest];
    while let Some(next) = open.pop() {
        let parts = repo::merged_from(reads, cx.group, next)?;
        open.extend(&parts);
        found.extend(parts);
    }
    Ok(found)
}

fn hold_both(tx: &mut Tx<'_>, cx: &Ctx, one: &Guest, other: &Guest) -> Result<(), GuestError> {
    let mut both = [(one.id, one.version), (other.id, other.version)];
    both.sort();
    for (guest, version) in both {
        if !merge_repo::hold(tx, cx.group, guest, version)? {
            return Err(GuestError::Stale);
        }
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, old: &Guest, new: &Guest) -> Result<(), GuestError> {
    match repo::replace(tx, old, new)? {
        Some(true) => Ok(()),
        Some(false) => Err(GuestError::Stale),
        None => Err(GuestError::ReferenceTaken(None)),
    }
}

/// The next version of a guest. Both guests of a merge change at one instant, later than anything before of either:
/// the order of a guest's merges is the order of their instants.
fn next(cx: &Ctx, old: &Guest, at: Instant, new: Guest) -> Guest {
    Guest { version: old.version + 1, updated: (at, cx.actor.id), ..new }
}

fn trace(action: &'static str, merge: &Merge, before: &Guest, after: &Guest) -> Change {
    let mut change = service::change(action, Some(before), Some(after));
    if let Some(Value::Object(members)) = &mut change.after {
        members.insert("merge_id".into(), merge.id.to_string().into());
        members.insert("merged_guest_id".into(), merge.merged.to_string().into());
    }
    change
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}
