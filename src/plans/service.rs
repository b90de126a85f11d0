//! Rules of plans: how they are drawn from preferences, read and decided. No HTTP; the caller holds the transaction.
//!
//! A plan is drawn whole, whoever draws it: what the caller may not see is planned all the same, and left out of the
//! answer.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use crate::db::{Reads, Tx};
use crate::kit::ids::{GuestId, PlanItemId, PreferenceId, StayId};
use crate::kit::version::Expected;
use crate::plans::error::PlanError;
use crate::plans::model::{
    Clearance, Outcome, Plan, PlanItem, PlanItemStatus, VOID, Wish, is_open, rank, visible,
};
use crate::plans::repo::{self, PlanItemFilter, Position};
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::model::Preference;
use crate::preferences::service::effective;
use crate::stays;
use crate::stays::model::Stay;

/// How often a plan is drawn anew when others draw the same one at the same time.
const TRIES: usize = 5;

/// The plan of a stay the caller may see; empty before it was drawn.
///
/// # Errors
/// [`PlanError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, clearance: &Clearance, id: StayId) -> Result<Plan, PlanError> {
    let stay = stays::service::get(reads, cx, id)?;
    let items = repo::of_stays(reads, cx.group, &[id])?.remove(&id).unwrap_or_default();
    Ok(plan(cx, clearance, &stay, items))
}

fn plan(cx: &Ctx, clearance: &Clearance, stay: &Stay, mut items: Vec<PlanItem>) -> Plan {
    let version = items.iter().map(|item| item.version).sum();
    items.retain(|item| visible(&cx.sight, clearance, item));
    items.sort_by_key(|item| (rank(&item.category, &item.wish), item.id));
    Plan { stay_id: stay.id, hotel_id: stay.hotel_id, version, items }
}

/// Draws the plan of a stay, or brings it into line: what is to be acted on and not planned yet is planned, what is no
/// longer asked for and not decided is dropped, what was decided stays.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::State`] when the stay is over or was called off.
pub fn draw(tx: &mut Tx<'_>, cx: &Ctx, clearance: &Clearance, id: StayId) -> Result<Plan, PlanError> {
    let stay = stays::service::get(tx, cx, id)?;
    if !is_open(stay.status) {
        return Err(PlanError::State("plan_stay_over"));
    }
    let catalogue = catalogue::load(tx, cx.group)?;
    for _ in 0..TRIES {
        match tx.savepoint(|tx| align(tx, cx, &stay, &catalogue)) {
            Err(PlanError::Stale) => {}
            drawn => return Ok(plan(cx, clearance, &stay, drawn?)),
        }
    }
    Err(PlanError::Stale)
}

/// Brings into line the plans with something to do yet for a guest, of stays to which somebody may still come.
///
/// # Errors
/// [`PlanError::Stale`].
pub fn realign(tx: &mut Tx<'_>, cx: &Ctx, guest: GuestId) -> Result<(), PlanError> {
    // All of the guest's plans, whatever the caller may see of them.
    let cx = &Ctx { sight: Sight::WholeGroup, ..cx.clone() };
    let clearance = Clearance(Some(Sight::WholeGroup));
    let items = repo::open_of(tx, cx, &clearance, guest, i64::MAX)?;
    let ids: BTreeSet<StayId> = items.iter().map(|item| item.stay_id).collect();
    for id in ids {
        draw(tx, cx, &clearance, id)?;
    }
    Ok(())
}

fn align(tx: &mut Tx<'_>, cx: &Ctx, stay: &Stay, catalogue: &Catalogue) -> Result<Vec<PlanItem>, PlanError> {
    let guests: Vec<GuestId> = stay.facts.guests().collect();
    let (from, to) = (stay.facts.arrival_on, stay.facts.departure_on);
    let asked = effective(tx, cx, &guests, from, to, stay.hotel_id)?;
    let held = repo::of_stays(tx, cx.group, &[stay.id])?.remove(&stay.id).unwrap_or_default();
    let last = held.iter().map(|item| item.updated.0).max();
    let stamp = (last.map_or(cx.now, |last| cx.after(last)), cx.actor.id);
    let mut wanted: HashMap<PreferenceId, &Preference> =
        asked.values().flatten().map(|preference| (preference.id, preference)).collect();
    let (mut items, mut changed) = (Vec::new(), Vec::new());
    for old in held {
        let new = match (wanted.remove(&old.preference_id), old.status) {
            (_, PlanItemStatus::Done | PlanItemStatus::NotPossible) => old.clone(),
            (Some(preference), _) => PlanItem {
                guest_id: preference.guest_id,
                status: PlanItemStatus::Planned,
                ..told(stay, catalogue, preference, &old)
            },
            (None, _) => PlanItem { status: PlanItemStatus::Dropped, ..old.clone() },
        };
        if new == old {
            items.push(old);
            continue;
        }
        let new = PlanItem { version: old.version + 1, updated: stamp, ..new };
        items.push(new.clone());
        changed.push((old, new));
    }
    let mut added: Vec<PlanItem> = wanted
        .into_values()
        .map(|preference| {
            let empty = fresh(cx, stay, preference, stamp);
            told(stay, catalogue, preference, &empty)
        })
        .collect();
    added.sort_by_key(|item| item.id);
    if changed.is_empty() && added.is_empty() {
        return Ok(items);
    }
    for (old, new) in &changed {
        if !repo::replace(tx, old, new)? {
            return Err(PlanError::Stale);
        }
    }
    repo::insert(tx, &added)?.ok_or(PlanError::Stale)?;
    let before: Vec<Value> = changed.iter().map(|(old, _)| document(old)).collect();
    let after: Vec<Value> = changed.iter().map(|(_, new)| new).chain(&added).map(document).collect();
    items.extend(added);
    let change = Change {
        action: "plan.drawn",
        subject_kind: "stay",
        subject_id: stay.id.0,
        version: items.iter().map(|item| item.version).sum(),
        hotel: Some(stay.hotel_id),
        at: stamp.0,
        before: Some(json!({ "items": before })),
        after: Some(json!({ "items": after })),
    };
    record(tx, cx, change)?;
    Ok(items)
}

fn fresh(
    cx: &Ctx,
    stay: &Stay,
    preference: &Preference,
    stamp: (crate::kit::clock::Instant, crate::kit::ids::ActorId),
) -> PlanItem {
    PlanItem {
        group: cx.group,
        id: cx.new_id(),
        stay_id: stay.id,
        hotel_id: stay.hotel_id,
        guest_id: preference.guest_id,
        origin_guest_id: preference.origin_guest_id,
        preference_id: preference.id,
        category: preference.category.clone(),
        code: preference.code.clone(),
        department: None,
        due_on: stay.facts.arrival_on,
        sensitive: preference.details.sensitive,
        wish: Wish::from(preference),
        status: PlanItemStatus::Planned,
        reason: None,
        decided: None,
        version: 1,
        created: stamp,
        updated: stamp,
    }
}

/// The item with all that the preference, the catalogue and the stay say of it now.
fn told(stay: &Stay, catalogue: &Catalogue, preference: &Preference, item: &PlanItem) -> PlanItem {
    let department = catalogue.department(&preference.category, preference.code.as_deref());
    PlanItem {
        category: preference.category.clone(),
        code: preference.code.clone(),
        department: department.map(str::to_owned),
        due_on: stay.facts.arrival_on,
        sensitive: preference.details.sensitive,
        wish: Wish::from(preference),
        ..item.clone()
    }
}

/// An item the caller may see.
///
/// # Errors
/// [`PlanError::NotFound`].
pub fn item(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    id: PlanItemId,
) -> Result<PlanItem, PlanError> {
    let found = repo::find(reads, cx.group, id)?;
    found.filter(|item| visible(&cx.sight, clearance, item)).ok_or(PlanError::NotFound)
}

/// A page of a work list.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    filter: &PlanItemFilter,
    after: Option<Position>,
    limit: i64,
) -> Result<(Vec<PlanItem>, Option<Position>), PlanError> {
    Ok(repo::list(reads, cx, clearance, filter, after, limit)?)
}

/// The stays of items, for rooms and dates in a work list.
///
/// # Errors
/// When the database fails.
pub fn stays_of(
    reads: &mut impl Reads,
    cx: &Ctx,
    items: &[PlanItem],
) -> Result<HashMap<StayId, Stay>, PlanError> {
    let ids: HashSet<StayId> = items.iter().map(|item| item.stay_id).collect();
    let ids: Vec<StayId> = ids.into_iter().collect();
    Ok(stays::repo::find_many(reads, cx.group, &ids)?)
}

/// Says what became of an item, or takes that back. Saying the same again changes nothing.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::Stale`], [`PlanError::State`] when the item was dropped or decided otherwise.
pub fn decide(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: PlanItemId,
    expected: &Expected,
    outcome: Outcome,
) -> Result<PlanItem, PlanError> {
    let old = item(tx, cx, clearance, id)?;
    if !expected.allows(old.version) {
        return Err(PlanError::Stale);
    }
    let (action, status, reason) = match outcome {
        Outcome::Done => ("plan_item.done", PlanItemStatus::Done, None),
        Outcome::NotPossible(reason) => ("plan_item.not_possible", PlanItemStatus::NotPossible, Some(reason)),
        Outcome::Reopened => ("plan_item.reopened", PlanItemStatus::Planned, None),
    };
    if old.status == status && old.reason == reason {
        return Ok(old);
    }
    if stays::repo::find(tx, cx.group, old.stay_id)?.is_none_or(|stay| VOID.contains(&stay.status)) {
        return Err(PlanError::State("plan_stay_over"));
    }
    match (old.status, status) {
        (PlanItemStatus::Dropped, _) => return Err(PlanError::State("plan_item_dropped")),
        (PlanItemStatus::Planned, _) | (_, PlanItemStatus::Planned) => {}
        _ => return Err(PlanError::State("plan_item_decided")),
    }
    let stamp = (cx.after(old.updated.0), cx.actor.id);
    let decided = (status != PlanItemStatus::Planned).then_some(stamp);
    let new = PlanItem { status, reason, decided, version: old.version + 1, updated: stamp, ..old.clone() };
    if !repo::replace(tx, &old, &new)? {
        return Err(PlanError::Stale);
    }
    let change = Change {
        action,
        subject_kind: "plan_item",
        subject_id: new.id.0,
        version: new.version,
        hotel: Some(new.hotel_id),
        at: new.updated.0,
        before: Some(document(&old)),
        after: Some(document(&new)),
    };
    record(tx, cx, change)?;
    Ok(new)
}

/// The item as log and feed keep it. What a sensitive one is about stays in the plan: readers of the feed are not all
/// cleared for it.
fn document(item: &PlanItem) -> Value {
    let mut value = json!({
        "id": item.id, "stay_id": item.stay_id, "status": item.status, "due_on": item.due_on,
        "sensitive": item.sensitive,
    });
    if let Some(members) = value.as_object_mut().filter(|_| !item.sensitive) {
        members.insert("guest_id".into(), item.guest_id.to_string().into());
        members.insert("preference_id".into(), item.preference_id.to_string().into());
        members.insert("category".into(), item.category.clone().into());
        let texts = [("code", &item.code), ("department", &item.department), ("reason", &item.reason)];
        members.extend(
            texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into()))),
        );
    }
    value
}
