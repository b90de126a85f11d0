//! Guests in bulk: what imports look up before they write, and what exports read. One query a batch, not one a guest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::db::{DbResult, Reads, Tx};
use crate::guests::model::{ExternalRef, Guest, Profile};
use crate::guests::repo;
use crate::kit::ids::{GroupId, GuestId};
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};

/// Code of the system under which a guest is known by its own id: exports name guests so that no other system knows.
pub const OWN_SYSTEM: &str = "hospes";
/// Guests an export reads at once.
pub const EXPORT_PAGE: i64 = 500;

/// What is known of references.
#[derive(Debug, Default)]
pub struct Known {
    /// The guest behind each reference that has one.
    pub by_ref: HashMap<ExternalRef, GuestId>,
    /// These guests, whoever may see them.
    pub guests: HashMap<GuestId, Guest>,
}

/// Whether a reference is the guest's own id.
pub fn is_own(reference: &ExternalRef, guest: GuestId) -> bool {
    reference.system == OWN_SYSTEM && reference.id == guest.to_string()
}

/// Looks references up, one query a system.
///
/// # Errors
/// When the database fails.
pub fn known<'a>(
    reads: &mut impl Reads,
    group: GroupId,
    refs: impl Iterator<Item = &'a ExternalRef>,
) -> DbResult<Known> {
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reference in refs {
        systems.entry(&reference.system).or_default().insert(&reference.id);
    }
    let mut known = Known::default();
    for (system, ids) in systems {
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        for (id, guest) in repo::by_refs(reads, group, system, &ids)? {
            known.by_ref.insert(ExternalRef { system: system.to_owned(), id }, guest);
        }
        if system == OWN_SYSTEM {
            own_ids(reads, group, ids, &mut known)?;
        }
    }
    let mut missing: Vec<GuestId> = known.by_ref.values().copied().collect();
    missing.retain(|id| !known.guests.contains_key(id));
    missing.sort_unstable();
    missing.dedup();
    known.guests.extend(repo::find_many(reads, group, &missing)?);
    Ok(known)
}

fn own_ids(reads: &mut impl Reads, group: GroupId, ids: Vec<String>, known: &mut Known) -> DbResult<()> {
    let reference = |id: String| ExternalRef { system: OWN_SYSTEM.to_owned(), id };
    let ids: Vec<GuestId> = ids
        .into_iter()
        .filter(|id| !known.by_ref.contains_key(&reference(id.clone())))
        .filter_map(|id| id.parse::<GuestId>().ok().filter(|parsed| parsed.to_string() == id))
        .collect();
    for (id, guest) in repo::find_many(reads, group, &ids)? {
        known.by_ref.insert(reference(id.to_string()), id);
        known.guests.insert(id, guest);
    }
    Ok(())
}

/// The active guests the caller may see, in the order of their ids, after `after`: one page of an export.
///
/// # Errors
/// When the database fails.
pub fn export_page(reads: &mut impl Reads, cx: &Ctx, after: GuestId) -> DbResult<Vec<Guest>> {
    let hotels = match &cx.sight {
        Sight::WholeGroup => None,
        Sight::Hotels(hotels) => Some(hotels.as_slice()),
    };
    repo::active_after(reads, cx.group, hotels, after, EXPORT_PAGE)
}

/// The profile as an export writes it: one that no other system knows is given its own id for a reference, so that an
/// import finds it again.
pub fn exported(guest: &Guest) -> Profile {
    let mut profile = guest.profile.clone();
    if profile.external_refs.is_empty() {
        profile.external_refs.push(ExternalRef { system: OWN_SYSTEM.to_owned(), id: guest.id.to_string() });
    }
    profile
}

/// Leaves the trace of an export: who took the guests out, and when.
///
/// # Errors
/// When the database fails.
pub fn record_export(tx: &mut Tx<'_>, cx: &Ctx) -> DbResult<()> {
    record(
        tx,
        cx,
        Change {
            action: "guests.exported",
            subject_kind: "group",
            subject_id: cx.group.0,
            version: 1,
            hotel: None,
            at: cx.now,
            before: None,
            after: None,
        },
    )
}
