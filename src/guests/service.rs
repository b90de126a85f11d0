//! Rules of guests: how they come, change, are put away and found again. No HTTP; the caller holds the transaction.

use std::time::Duration;

use serde_json::Value;

use crate::db::{Reads, Tx};
use crate::guests::duplicates;
use crate::guests::error::GuestError;
use crate::guests::matching;
use crate::guests::merge_repo;
use crate::guests::model::{ExternalRef, Guest, GuestStatus, PersonName, Profile, ProfilePatch, Restriction};
use crate::guests::repo;
use crate::guests::search_repo::{self, GuestFilter, GuestSort, Position};
use crate::guests::terms::Query;
use crate::kit::ids::GuestId;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record, record_all};

/// How far local dates lie around the UTC one.
const ONE_DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
/// Candidates told with a refusal.
const CANDIDATES_TOLD: usize = 5;

/// A new guest.
#[derive(Debug, Clone)]
pub struct RegisterGuest {
    /// What is known of the guest.
    pub profile: Profile,
    /// Whether the caller says that this is another person than those who look alike.
    pub allow_duplicate: bool,
}

/// A change of a guest's profile.
#[derive(Debug, Clone)]
pub enum EditGuest {
    /// Some members.
    Patch(Box<ProfilePatch>),
    /// The whole profile.
    Replace(Box<Profile>),
}

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// A new guest.
    Created,
    /// A changed one.
    Updated,
    /// Nothing was different.
    Unchanged,
}

/// A guest the caller may see, following no redirect.
///
/// # Errors
/// [`GuestError::NotFound`] for missing and foreign ones alike.
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: GuestId) -> Result<Guest, GuestError> {
    let found = repo::find(reads, cx.group, id)?;
    found.filter(|guest| cx.sight.covers(guest.profile.private_to_hotel_id)).ok_or(GuestError::NotFound)
}

/// A guest the caller may see; one that was merged is followed to the one it became part of.
///
/// # Errors
/// [`GuestError::NotFound`].
pub fn resolve(reads: &mut impl Reads, cx: &Ctx, id: GuestId) -> Result<Guest, GuestError> {
    let mut guest = get(reads, cx, id)?;
    while let Some(survivor) = guest.merged_into {
        guest = get(reads, cx, survivor)?;
    }
    Ok(guest)
}

/// Most tries to hold a guest that others change all the time.
const HOLD_TRIES: usize = 8;

/// Guests that something is about to be attached to, found as by [`resolve`] and held until the transaction ends: no
/// merge can run between looking and attaching, and leave what was attached on an id that is no more. Held in the
/// order of their ids, as merges do. A merge or change that was faster is waited for, and looked at again.
///
/// # Errors
/// [`GuestError::NotFound`]; [`GuestError::Stale`] when others are faster again and again.
pub fn hold<const N: usize>(
    tx: &mut Tx<'_>,
    find: impl Fn(&mut Tx<'_>) -> Result<[Guest; N], GuestError>,
) -> Result<[Guest; N], GuestError> {
    for _ in 0..HOLD_TRIES {
        let found = find(tx)?;
        let mut order: Vec<&Guest> = found.iter().collect();
        order.sort_by_key(|guest| guest.id);
        let mut held = true;
        for guest in order {
            held = held && merge_repo::hold(tx, guest.group, guest.id, guest.version)?;
        }
        if held {
            return Ok(found);
        }
    }
    Err(GuestError::Stale)
}

/// The guest that holds an external reference, if the caller may see it.
///
/// # Errors
/// [`GuestError::NotFound`].
pub fn get_by_ref(reads: &mut impl Reads, cx: &Ctx, reference: &ExternalRef) -> Result<Guest, GuestError> {
    let id = repo::by_ref(reads, cx.group, reference)?.ok_or(GuestError::NotFound)?;
    get(reads, cx, id)
}

/// A page of the guests the caller may see: those a query finds, or a list in one of its orders.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    query: Option<&Query>,
    filter: &GuestFilter,
    sort: GuestSort,
    after: Option<&Position>,
    limit: i64,
) -> Result<search_repo::Page, GuestError> {
    Ok(match query {
        Some(query) => search_repo::search(reads, cx, filter, query, after, limit)?,
        None => search_repo::list(reads, cx, filter, sort, after, limit)?,
    })
}

/// Creates a guest.
///
/// # Errors
/// [`GuestError::PossibleDuplicate`] unless overridden, [`GuestError::ReferenceTaken`], [`GuestError::Invalid`].
pub fn register(tx: &mut Tx<'_>, cx: &Ctx, new: RegisterGuest) -> Result<Guest, GuestError> {
    check_references(tx, cx, &new.profile)?;
    refuse_taken(tx, cx, &new.profile.external_refs, None)?;
    if !new.allow_duplicate {
        let mut alike = duplicates::candidates(tx, cx, &new.profile, None, matching::LIKELY)?;
        alike.truncate(CANDIDATES_TOLD);
        if !alike.is_empty() {
            return Err(GuestError::PossibleDuplicate(alike));
        }
    }
    let guest = fresh(cx, new.profile);
    repo::insert(tx, std::slice::from_ref(&guest))?.ok_or(GuestError::ReferenceTaken(None))?;
    record(tx, cx, change("guest.created", None, Some(&guest)))?;
    Ok(guest)
}

fn fresh(cx: &Ctx, profile: Profile) -> Guest {
    Guest {
        group: cx.group,
        id: cx.new_id(),
        version: 1,
        status: GuestStatus::Active,
        merged_into: None,
        profile,
        restriction: None,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    }
}

/// Changes a guest's profile.
///
/// # Errors
/// [`GuestError::NotFound`], [`GuestError::Stale`], [`GuestError::Merged`], [`GuestError::State`] when archived,
/// [`GuestError::ReferenceTaken`], [`GuestError::Invalid`].
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: GuestId,
    expected: &Expected,
    edit: EditGuest,
) -> Result<Guest, GuestError> {
    let old = writable(tx, cx, id, expected)?;
    let mut profile = old.profile.clone();
    match edit {
        EditGuest::Patch(patch) => patch.apply(&mut profile),
        EditGuest::Replace(whole) => profile = *whole,
    }
    if profile == old.profile {
        return Ok(old);
    }
    check_references(tx, cx, &profile)?;
    refuse_taken(tx, cx, &profile.external_refs, Some(old.id))?;
    let new = Guest { profile, ..old.clone() };
    save(tx, cx, "guest.updated", &old, new)
}

/// An active guest of the version the caller expects.
fn writable(tx: &mut Tx<'_>, cx: &Ctx, id: GuestId, expected: &Expected) -> Result<Guest, GuestError> {
    let guest = get(tx, cx, id)?;
    if let Some(survivor) = guest.merged_into {
        return Err(GuestError::Merged(survivor));
    }
    if !expected.allows(guest.version) {
        return Err(GuestError::Stale);
    }
    if guest.status == GuestStatus::Archived {
        return Err(GuestError::State("guest_archived"));
    }
    Ok(guest)
}

/// Writes the next version of a guest with its audit and event rows.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &Guest,
    new: Guest,
) -> Result<Guest, GuestError> {
    let new = next_version(cx, old, new);
    match repo::replace(tx, old, &new)? {
        Some(true) => {}
        Some(false) => return Err(GuestError::Stale),
        None => return Err(GuestError::ReferenceTaken(None)),
    }
    record(tx, cx, change(action, Some(old), Some(&new)))?;
    Ok(new)
}

fn next_version(cx: &Ctx, old: &Guest, new: Guest) -> Guest {
    Guest { version: old.version + 1, updated: (cx.after(old.updated.0), cx.actor.id), ..new }
}

/// Puts a guest away. Its references are free again and it matches nobody.
///
/// # Errors
/// As [`edit`].
pub fn archive(tx: &mut Tx<'_>, cx: &Ctx, id: GuestId, expected: &Expected) -> Result<Guest, GuestError> {
    let old = writable(tx, cx, id, expected)?;
    let new = Guest { status: GuestStatus::Archived, ..old.clone() };
    save(tx, cx, "guest.archived", &old, new)
}

/// Takes an archived guest back into use.
///
/// # Errors
/// [`GuestError::State`] when it is not archived, [`GuestError::ReferenceTaken`] when a reference was given to another
/// guest meanwhile.
pub fn restore(tx: &mut Tx<'_>, cx: &Ctx, id: GuestId, expected: &Expected) -> Result<Guest, GuestError> {
    let old = get(tx, cx, id)?;
    if let Some(survivor) = old.merged_into {
        return Err(GuestError::Merged(survivor));
    }
    if !expected.allows(old.version) {
        return Err(GuestError::Stale);
    }
    if old.status != GuestStatus::Archived {
        return Err(GuestError::State("guest_not_archived"));
    }
    refuse_taken(tx, cx, &old.profile.external_refs, Some(old.id))?;
    let new = Guest { status: GuestStatus::Active, ..old.clone() };
    save(tx, cx, "guest.restored", &old, new)
}

/// Puts a guest under restriction, or changes it (`Some`), or lifts it (`None`).
///
/// # Errors
/// As [`edit`]; [`GuestError::Invalid`] when approver or hotel do not exist.
pub fn restrict(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: GuestId,
    expected: &Expected,
    restriction: Option<Restriction>,
) -> Result<Guest, GuestError> {
    let old = writable(tx, cx, id, expected)?;
    if let Some(wanted) = &restriction {
        // Somewhere it is yesterday still.
        if wanted.review_on < cx.now.minus(ONE_DAY).to_utc().date_naive() {
            return Err(GuestError::invalid_at("/review_on", "review_date", "must not be in the past"));
        }
        if !repo::staff_exists(tx, cx.group, wanted.approved_by)? {
            return Err(GuestError::invalid_at(
                "/approved_by",
                "unknown_reference",
                "is not an account of the group",
            ));
        }
        if let Some(hotel) = wanted.hotel_id
            && (!cx.sight.covers(Some(hotel)) || !repo::hotel_exists(tx, cx.group, hotel)?)
        {
            return Err(GuestError::invalid_at(
                "/hotel_id",
                "unknown_reference",
                "is not a hotel you can see",
            ));
        }
    } else if old.restriction.is_none() {
        return Ok(old);
    }
    let action = if restriction.is_some() { "guest.restricted" } else { "guest.unrestricted" };
    let restriction = restriction.map(|wanted| Restriction {
        set_at: cx.after(old.updated.0),
        set_by: cx.actor.id,
        ..wanted
    });
    let new = Guest { restriction, ..old.clone() };
    save(tx, cx, action, &old, new)
}

/// Creates the guest of an external reference, or updates it with what the sender knows: members the sender leaves out
/// stay, lists it sends replace, external references are added.
///
/// # Errors
/// [`GuestError::ReferenceTaken`] when another reference of the profile belongs to another guest,
/// [`GuestError::Invalid`].
pub fn upsert(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    reference: ExternalRef,
    profile: Profile,
    expected: Option<&Expected>,
) -> Result<(Guest, Upserted), GuestError> {
    check_references(tx, cx, &profile)?;
    let holder = repo::by_ref(tx, cx.group, &reference)?;
    let profile = with_reference(profile, reference);
    let Some(id) = holder else {
        let guest = register(tx, cx, RegisterGuest { profile, allow_duplicate: true })?;
        return Ok((guest, Upserted::Created));
    };
    // A guest of another hotel is not told from a missing one, but its reference cannot be given away.
    let old = get(tx, cx, id).map_err(|error| match error {
        GuestError::NotFound => GuestError::ReferenceTaken(None),
        other => other,
    })?;
    if !expected.is_none_or(|expected| expected.allows(old.version)) {
        return Err(GuestError::Stale);
    }
    refuse_taken(tx, cx, &profile.external_refs, Some(old.id))?;
    match overlay(&old, profile) {
        None => Ok((old, Upserted::Unchanged)),
        Some(new) => Ok((save(tx, cx, "guest.updated", &old, new)?, Upserted::Updated)),
    }
}

/// Adds the reference a profile was sent under.
pub fn with_reference(mut profile: Profile, reference: ExternalRef) -> Profile {
    if !profile.external_refs.contains(&reference) {
        profile.external_refs.push(reference);
    }
    profile
}

/// The guest with what a sender knows laid over it; `None` when nothing is different.
pub fn overlay(old: &Guest, sent: Profile) -> Option<Guest> {
    overlay_profile(&old.profile, sent).map(|profile| Guest { profile, ..old.clone() })
}

/// The profile with what a sender knows laid over it; `None` when nothing is different. Names made up from a number
/// never take the place of real ones.
pub fn overlay_profile(old: &Profile, sent: Profile) -> Option<Profile> {
    fn keep<T>(sent: Option<T>, field: &mut Option<T>) {
        if sent.is_some() {
            *field = sent;
        }
    }
    fn keep_list<T>(sent: Vec<T>, field: &mut Vec<T>) {
        if !sent.is_empty() {
            *field = sent;
        }
    }
    let mut profile = old.clone();
    if !all_made_up(&sent.names) || all_made_up(&old.names) {
        keep_list(sent.names, &mut profile.names);
    }
    keep(sent.gender, &mut profile.gender);
    keep(sent.birth_date, &mut profile.birth_date);
    keep(sent.birthday_calendar, &mut profile.birthday_calendar);
    keep(sent.birth_place, &mut profile.birth_place);
    keep(sent.birth_country, &mut profile.birth_country);
    keep(sent.nationality, &mut profile.nationality);
    keep_list(sent.citizenships, &mut profile.citizenships);
    keep_list(sent.languages, &mut profile.languages);
    keep(sent.preferred_language, &mut profile.preferred_language);
    keep(sent.occupation, &mut profile.occupation);
    keep(sent.business_title, &mut profile.business_title);
    keep_list(sent.phones, &mut profile.phones);
    keep_list(sent.emails, &mut profile.emails);
    keep_list(sent.addresses, &mut profile.addresses);
    keep_list(sent.messaging, &mut profile.messaging);
    keep(sent.vip_level, &mut profile.vip_level);
    keep_list(sent.tags, &mut profile.tags);
    for reference in sent.external_refs {
        if !profile.external_refs.contains(&reference) {
            profile.external_refs.push(reference);
        }
    }
    keep_list(sent.match_keys, &mut profile.match_keys);
    profile.custom_fields.extend(sent.custom_fields);
    keep(sent.owner_id, &mut profile.owner_id);
    keep(sent.private_to_hotel_id, &mut profile.private_to_hotel_id);
    (profile != *old).then_some(profile)
}

/// The profile replaced by what a sender knows; `None` when nothing is different. What no sender knows stays: references
/// to other systems, the owner and the privacy, and real names where the sender has made some up.
pub fn replace_profile(old: &Profile, sent: Profile) -> Option<Profile> {
    let mut profile = sent;
    if all_made_up(&profile.names) && !all_made_up(&old.names) {
        profile.names.clone_from(&old.names);
    }
    let mut refs = old.external_refs.clone();
    refs.extend(profile.external_refs.into_iter().filter(|reference| !old.external_refs.contains(reference)));
    profile.external_refs = refs;
    profile.owner_id = profile.owner_id.or(old.owner_id);
    profile.private_to_hotel_id = profile.private_to_hotel_id.or(old.private_to_hotel_id);
    (profile != *old).then_some(profile)
}

/// Whether the birth date has not come yet anywhere on earth.
pub fn born_later(cx: &Ctx, profile: &Profile) -> bool {
    let tomorrow = cx.now.plus(Duration::from_secs(24 * 60 * 60)).to_utc().date_naive();
    profile.birth_date.is_some_and(|date| date > tomorrow)
}

/// Whether no real name is known.
pub fn all_made_up(names: &[PersonName]) -> bool {
    names.iter().all(|name| name.placeholder)
}

/// Writes a batch of new and changed guests with their audit and event rows; versions are set here. Used by imports,
/// which have looked every reference up in the same transaction.
///
/// # Errors
/// [`GuestError::ReferenceTaken`] or [`GuestError::Stale`] when another writer came between: the whole batch should be
/// tried again.
pub fn save_batch(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    new: Vec<Profile>,
    changed: Vec<(Guest, Guest)>,
) -> Result<Vec<GuestId>, GuestError> {
    let created: Vec<Guest> = new.into_iter().map(|profile| fresh(cx, profile)).collect();
    repo::insert(tx, &created)?.ok_or(GuestError::ReferenceTaken(None))?;
    let mut changes: Vec<Change> =
        created.iter().map(|guest| change("guest.created", None, Some(guest))).collect();
    for (old, new) in changed {
        let new = next_version(cx, &old, new);
        match repo::replace(tx, &old, &new)? {
            Some(true) => changes.push(change("guest.updated", Some(&old), Some(&new))),
            Some(false) => return Err(GuestError::Stale),
            None => return Err(GuestError::ReferenceTaken(None)),
        }
    }
    record_all(tx, cx, changes)?;
    Ok(created.iter().map(|guest| guest.id).collect())
}

/// Checks what only the day and the database can tell of a profile: birth date, owner and hotel.
///
/// # Errors
/// [`GuestError::Invalid`] with every fault.
pub fn check_references(reads: &mut impl Reads, cx: &Ctx, profile: &Profile) -> Result<(), GuestError> {
    let mut faults = crate::kit::fault::Faults::new();
    if born_later(cx, profile) {
        faults.at("birth_date", |faults| faults.add("birth_date", "must not be in the future"));
    }
    if let Some(owner) = profile.owner_id
        && !repo::staff_exists(reads, cx.group, owner)?
    {
        faults.at("owner_id", |faults| faults.add("unknown_reference", "is not an account of the group"));
    }
    if let Some(hotel) = profile.private_to_hotel_id
        && (!cx.sight.covers(Some(hotel)) || !repo::hotel_exists(reads, cx.group, hotel)?)
    {
        faults.at("private_to_hotel_id", |faults| {
            faults.add("unknown_reference", "is not a hotel you can see")
        });
    }
    faults.finish(Some(())).map_err(GuestError::Invalid)
}

pub(crate) fn refuse_taken(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    refs: &[ExternalRef],
    own: Option<GuestId>,
) -> Result<(), GuestError> {
    for reference in refs {
        let holder = repo::by_ref(tx, cx.group, reference)?.filter(|holder| Some(*holder) != own);
        if let Some(holder) = holder {
            let visible = get(tx, cx, holder).is_ok();
            return Err(GuestError::ReferenceTaken(visible.then_some(holder)));
        }
    }
    Ok(())
}

/// The trace of a change of a guest.
pub fn change(action: &'static str, before: Option<&Guest>, after: Option<&Guest>) -> Change {
    let subject = after.or(before);
    Change {
        action,
        subject_kind: "guest",
        subject_id: subject.map(|guest| guest.id.0).unwrap_or_default(),
        version: subject.map_or(0, |guest| guest.version),
        hotel: subject.and_then(|guest| guest.profile.private_to_hotel_id),
        at: subject.map_or(crate::kit::clock::Instant::from_micros(0), |guest| guest.updated.0),
        before: before.map(document),
        after: after.map(document),
    }
}

/// The guest as the audit log and the feed keep it: the profile's members without empty ones, status and restriction.
pub fn document(guest: &Guest) -> Value {
    let mut value = serde_json::to_value(&guest.profile).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| match member {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(inner) => !inner.is_empty(),
            _ => true,
        });
        members.insert("status".into(), guest.status.code().into());
        members.insert("display_name".into(), guest.profile.display_name().into());
        if let Some(survivor) = guest.merged_into {
            members.insert("merged_into".into(), survivor.to_string().into());
        }
        if let Some(restriction) = &guest.restriction {
            members.insert("restriction".into(), serde_json::to_value(restriction).unwrap_or_default());
        }
    }
    value
}
