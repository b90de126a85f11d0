//! A guest's set of preferences replaced as a whole.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::db::{DbResult, Tx};
use crate::guests::model::Guest;
use crate::guests::service as guests;
use crate::kit::fault::Fault;
use crate::kit::ids::GuestId;
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::conflicts::{Clash, clash};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{Clearance, NewPreference, Preference, PreferenceStatus};
use crate::preferences::repo;
use crate::preferences::rules::{Settled, settle_alone};
use crate::preferences::service::{today, visible};
use crate::preferences::writing::{document, fresh, next, permit, refuse_clashes, refuse_too_many, writable};

/// What becomes of the set.
struct Plan {
    /// Preferences that stand as they are, those out of the caller's reach included.
    kept: Vec<Preference>,
    /// Preferences that change, before and after, with the place in what was sent.
    changed: Vec<(usize, Preference, Preference)>,
    /// New ones, with the place in what was sent.
    added: Vec<(usize, Preference)>,
    /// Preferences that go.
    gone: Vec<Preference>,
}

/// Replaces what a guest prefers by what is sent. A preference that is sent as it stands keeps its id and version; one
/// about the same thing with the same polarity is changed; the others are recorded, and what is not sent goes. What
/// the caller may not see or write stays, and so does what is over.
///
/// # Errors
/// As [`super::writing::add`], and [`PreferenceError::Stale`]; two that contradict within what is sent are
/// [`PreferenceError::Invalid`] at both places.
pub fn replace(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    expected: &Expected,
    sent: Vec<NewPreference>,
) -> Result<(), PreferenceError> {
    let reached = guests::resolve(tx, cx, guest)?;
    let version = repo::set_version(tx, cx.group, reached.id)?;
    if !expected.allows(version) {
        return Err(PreferenceError::Stale);
    }
    let catalogue = catalogue::load(tx, cx.group)?;
    let standing = repo::active(tx, cx.group, &[reached.id])?;
    let settled = settle_all(&catalogue, &sent, &standing)?;
    let mut plan = plan(cx, clearance, (reached.id, guest), sent, settled, standing);
    refuse_within(cx, &catalogue, &plan)?;
    if plan.changed.is_empty() && plan.added.is_empty() && plan.gone.is_empty() {
        return Ok(());
    }
    permit_all(tx, cx, clearance, &mut plan)?;
    let held = repo::hold_sets(tx, cx.group, &[reached.id])?;
    if held.get(&reached.id) != Some(&(version + 1)) {
        // Another writer was faster: what was decided on is not what stands.
        return Err(PreferenceError::Stale);
    }
    let news = plan.changed.iter().map(|(_, _, new)| new).chain(plan.added.iter().map(|(_, new)| new));
    for new in news.clone() {
        refuse_clashes(cx, clearance, &catalogue, new, &plan.kept)?;
    }
    refuse_too_many(cx, &catalogue, plan.kept.iter().chain(news))?;
    write(tx, cx, &plan)?;
    note(tx, cx, &reached, version + 1, &plan)?;
    Ok(())
}

/// Holds each against the catalogue; one that stands already may be of a retired item.
fn settle_all(
    catalogue: &Catalogue,
    sent: &[NewPreference],
    standing: &[Preference],
) -> Result<Vec<Settled>, PreferenceError> {
    let (mut settled, mut faults) = (Vec::new(), Vec::new());
    for (at, new) in sent.iter().enumerate() {
        let fresh = !standing.iter().any(|old| old.code == new.code && new.code.is_some());
        match settle_alone(catalogue, new, fresh) {
            Ok(one) => settled.push(one),
            Err(found) => faults.extend(below(at, found)),
        }
    }
    if faults.is_empty() { Ok(settled) } else { Err(PreferenceError::Invalid(faults)) }
}

fn below(at: usize, faults: Vec<Fault>) -> impl Iterator<Item = Fault> {
    faults.into_iter().map(move |fault| Fault { pointer: format!("/items/{at}{}", fault.pointer), ..fault })
}

/// Matches what is sent with what stands: what is wholly alike first, then what is about the same thing.
fn plan(
    cx: &Ctx,
    clearance: &Clearance,
    (guest, origin): (GuestId, GuestId),
    sent: Vec<NewPreference>,
    settled: Vec<Settled>,
    standing: Vec<Preference>,
) -> Plan {
    let wanted: Vec<Preference> =
        sent.into_iter().zip(settled).map(|(new, settled)| fresh(cx, guest, origin, new, settled)).collect();
    let reach = |old: &Preference| visible(cx, clearance, old) && writable(cx, clearance, old);
    let about = |old: &Preference, new: &Preference| {
        old.category == new.category
            && old.code == new.code
            && old.polarity == new.polarity
            && (old.code.is_some() || old.details.text == new.details.text)
    };
    let mut matched: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut taken: HashSet<usize> = HashSet::new();
    for whole in [true, false] {
        for (new, place) in wanted.iter().zip(&mut matched).filter(|(_, place)| place.is_none()) {
            *place = standing.iter().enumerate().position(|(at, old)| {
                !taken.contains(&at)
                    && reach(old)
                    && about(old, new)
                    && (!whole || old.details == new.details)
            });
            taken.extend(*place);
        }
    }
    let mut plan = Plan { kept: Vec::new(), changed: Vec::new(), added: Vec::new(), gone: Vec::new() };
    for (at, (new, place)) in wanted.into_iter().zip(matched).enumerate() {
        match place.and_then(|place| standing.get(place)) {
            None => plan.added.push((at, new)),
            Some(old) if old.details == new.details => plan.kept.push(old.clone()),
            Some(old) => {
                let new = Preference { details: new.details, ..old.clone() };
                plan.changed.push((at, old.clone(), next(cx, old, new)));
            }
        }
    }
    for (at, old) in standing.into_iter().enumerate() {
        if taken.contains(&at) {
            continue;
        }
        if reach(&old) && !old.expired_on(today(cx)) {
            plan.gone.push(old);
        } else {
            plan.kept.push(old);
        }
    }
    plan
}

/// Refuses what contradicts itself: both places are told.
fn refuse_within(cx: &Ctx, catalogue: &Catalogue, plan: &Plan) -> Result<(), PreferenceError> {
    let changed = plan.changed.iter().map(|(at, _, new)| (*at, new));
    let news: Vec<(usize, &Preference)> =
        changed.chain(plan.added.iter().map(|(at, new)| (*at, new))).collect();
    let mut faults = Vec::new();
    for (place, (at, one)) in news.iter().enumerate() {
        for (other_at, other) in news.iter().skip(place + 1) {
            let Some(found) = clash(catalogue, one, other, today(cx)) else { continue };
            for (here, there) in [(at, other_at), (other_at, at)] {
                let (code, message) = match found {
                    Clash::Same => ("duplicate", format!("says the same as /items/{there}")),
                    Clash::Contrary => ("contradiction", format!("contradicts /items/{there}")),
                };
                let pointer = format!("/items/{here}");
                faults.push(Fault { pointer, code: code.to_owned(), message });
            }
        }
    }
    faults.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    faults.dedup_by(|a, b| a.pointer == b.pointer);
    if faults.is_empty() { Ok(()) } else { Err(PreferenceError::Invalid(faults)) }
}

fn permit_all(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    plan: &mut Plan,
) -> Result<(), PreferenceError> {
    let changed = plan.changed.iter_mut().map(|(at, _, new)| (*at, new));
    let news: Vec<(usize, &mut Preference)> =
        changed.chain(plan.added.iter_mut().map(|(at, new)| (*at, new))).collect();
    for (at, new) in news {
        permit(tx, cx, clearance, new).map_err(|error| match error {
            PreferenceError::Invalid(faults) => PreferenceError::Invalid(below(at, faults).collect()),
            other => other,
        })?;
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, cx: &Ctx, plan: &Plan) -> Result<(), PreferenceError> {
    let added: Vec<Preference> = plan.added.iter().map(|(_, new)| new.clone()).collect();
    repo::insert(tx, &added)?;
    let gone = plan.gone.iter().map(|old| {
        let new = Preference { status: PreferenceStatus::Removed, ..old.clone() };
        (old.clone(), next(cx, old, new))
    });
    let changed = plan.changed.iter().map(|(_, old, new)| (old.clone(), new.clone()));
    for (old, new) in changed.chain(gone) {
        if !repo::replace(tx, &old, &new)? {
            return Err(PreferenceError::Stale);
        }
    }
    Ok(())
}

/// One change is told: of the set, with what went and what came.
fn note(tx: &mut Tx<'_>, cx: &Ctx, guest: &Guest, version: Version, plan: &Plan) -> DbResult<()> {
    let before = plan.changed.iter().map(|(_, old, _)| old).chain(&plan.gone);
    let after = plan.changed.iter().map(|(_, _, new)| new).chain(plan.added.iter().map(|(_, new)| new));
    record(tx, cx, change(cx, guest, version, before, after))
}

/// The trace of several changes of one set.
pub fn change<'p>(
    cx: &Ctx,
    guest: &Guest,
    version: Version,
    before: impl Iterator<Item = &'p Preference>,
    after: impl Iterator<Item = &'p Preference>,
) -> Change {
    let hotel = guest.profile.private_to_hotel_id;
    let told = |preference: &Preference| {
        let mut value = document(preference, hotel);
        if let Some(members) = value.as_object_mut() {
            members.insert("id".into(), json!(preference.id));
        }
        value
    };
    let items = |told: Vec<Value>| json!({"guest_id": guest.id, "preferences": told});
    Change {
        action: "preferences.changed",
        subject_kind: "preferences",
        subject_id: guest.id.0,
        version,
        hotel,
        at: cx.now,
        before: Some(items(before.map(told).collect())),
        after: Some(items(after.map(told).collect())),
    }
}
