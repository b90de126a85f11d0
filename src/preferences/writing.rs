//! Single preferences as they are written: recorded, changed, taken away. No HTTP; the caller holds the transaction.
//!
//! Whoever writes one moves the version of the guest's whole set on first, which holds the set: of two writers the
//! second one sees what the first one wrote, so that no two preferences that contradict are ever let in.

use serde_json::{Value, json};

use crate::db::{DbResult, Tx};
use crate::guests::model::Guest;
use crate::guests::{repo as guest_repo, service as guests};
use crate::kit::ids::{GuestId, HotelId, PreferenceId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::conflicts::{Clash, Saying, clash};
use crate::preferences::consents::covering;
use crate::preferences::error::{Contradiction, PreferenceError};
use crate::preferences::model::{
    Clearance, Details, NewPreference, Preference, PreferencePatch, PreferenceStatus,
};
use crate::preferences::rules::{Settled, settle_alone};
use crate::preferences::service::{get, today, visible};
use crate::preferences::{consent_repo, repo};

/// Preferences in use a guest may have at most.
pub const MOST_ACTIVE: usize = 200;

/// Records a preference of a guest. A merged guest's goes to the one it became part of.
///
/// # Errors
/// [`PreferenceError::NotFound`], [`PreferenceError::Invalid`] where the catalogue does not take it,
/// [`PreferenceError::Scope`] and [`PreferenceError::NoConsent`] for a sensitive one,
/// [`PreferenceError::Contradiction`], [`PreferenceError::Recorded`], [`PreferenceError::State`] when there are too
/// many.
pub fn add(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    new: NewPreference,
) -> Result<Preference, PreferenceError> {
    let reached = guests::resolve(tx, cx, guest)?;
    let catalogue = catalogue::load(tx, cx.group)?;
    let settled = settle_alone(&catalogue, &new, true).map_err(PreferenceError::Invalid)?;
    let mut preference = fresh(cx, reached.id, guest, new, settled);
    permit(tx, cx, clearance, &mut preference)?;
    repo::hold_sets(tx, cx.group, &[reached.id])?;
    let standing = repo::active(tx, cx.group, &[reached.id])?;
    refuse_clashes(cx, clearance, &catalogue, &preference, &standing)?;
    refuse_too_many(cx, &catalogue, standing.iter().chain([&preference]))?;
    repo::insert(tx, std::slice::from_ref(&preference))?;
    note(tx, cx, "preference.created", &reached, None, &preference)?;
    Ok(preference)
}

/// A preference that nobody wrote yet.
pub fn fresh(cx: &Ctx, guest: GuestId, origin: GuestId, new: NewPreference, settled: Settled) -> Preference {
    let stamp = (cx.now, cx.actor.id);
    Preference {
        group: cx.group,
        id: cx.new_id(),
        guest_id: guest,
        origin_guest_id: origin,
        category: settled.category,
        code: new.code,
        polarity: new.polarity,
        details: settled.details,
        consent_id: None,
        status: PreferenceStatus::Active,
        version: 1,
        created: stamp,
        updated: stamp,
    }
}

/// Checks that the caller may write this for these hotels, and that the guest consents to a sensitive one.
///
/// # Errors
/// As [`add`].
pub fn permit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    preference: &mut Preference,
) -> Result<(), PreferenceError> {
    for (at, hotel) in preference.details.hotel_ids.iter().enumerate() {
        if !cx.sight.covers(Some(*hotel)) || !guest_repo::hotel_exists(tx, cx.group, *hotel)? {
            let pointer = format!("/hotel_ids/{at}");
            return Err(PreferenceError::invalid_at(
                &pointer,
                "unknown_reference",
                "is not a hotel you can see",
            ));
        }
    }
    if !preference.details.sensitive {
        preference.consent_id = None;
        return Ok(());
    }
    if !clearance.writes(&preference.details.hotel_ids) {
        return Err(PreferenceError::Scope("preferences:sensitive"));
    }
    let given = consent_repo::sensitive_data(tx, cx.group, &[preference.guest_id])?;
    let given = given.get(&preference.guest_id).map_or(&[][..], Vec::as_slice);
    let consent = covering(given, &preference.details.hotel_ids, today(cx));
    preference.consent_id = Some(consent.ok_or(PreferenceError::NoConsent)?.id);
    Ok(())
}

/// Refuses what cannot stand beside what is there. What the caller may not see is in the way all the same, but is not
/// named.
///
/// # Errors
/// [`PreferenceError::Contradiction`], [`PreferenceError::Recorded`].
pub fn refuse_clashes(
    cx: &Ctx,
    clearance: &Clearance,
    catalogue: &Catalogue,
    wanted: &Preference,
    standing: &[Preference],
) -> Result<(), PreferenceError> {
    for other in standing.iter().filter(|other| other.id != wanted.id) {
        let open = visible(cx, clearance, other).then_some(other.id);
        match clash(catalogue, wanted, other, today(cx)) {
            None => {}
            Some(Clash::Same) => return Err(PreferenceError::Recorded(open)),
            Some(Clash::Contrary) => {
                let standing = open.map(|id| (id, Saying::of(catalogue, other)));
                let wanted = Saying::of(catalogue, wanted);
                return Err(PreferenceError::Contradiction(Box::new(Contradiction { wanted, standing })));
            }
        }
    }
    Ok(())
}

/// Refuses more preferences than a guest, or a category of the catalogue, takes.
///
/// # Errors
/// [`PreferenceError::State`].
pub fn refuse_too_many<'p>(
    cx: &Ctx,
    catalogue: &Catalogue,
    all: impl Iterator<Item = &'p Preference> + Clone,
) -> Result<(), PreferenceError> {
    let day = today(cx);
    let counted = all.filter(|one| !one.expired_on(day));
    if counted.clone().count() > MOST_ACTIVE {
        return Err(PreferenceError::State("preferences_too_many"));
    }
    for (code, category) in &catalogue.categories {
        let Some(most) = category.is.at_most.and_then(|most| usize::try_from(most).ok()) else { continue };
        if counted.clone().filter(|one| one.category == *code).count() > most {
            return Err(PreferenceError::State("preference_category_full"));
        }
    }
    Ok(())
}

fn patched(old: &Preference, patch: PreferencePatch) -> NewPreference {
    let mut details: Details = old.details.clone();
    patch.text.apply(&mut details.text);
    patch.value.apply(&mut details.value);
    patch.severity.apply(&mut details.severity);
    patch.need_class.apply(&mut details.need_class);
    patch.importance.apply(&mut details.importance);
    patch.urgency.apply(&mut details.urgency);
    patch.evidence.apply(&mut details.evidence);
    patch.confidence.apply(&mut details.confidence);
    patch.valid_from.apply(&mut details.valid_from);
    patch.valid_until.apply(&mut details.valid_until);
    patch.comment.apply(&mut details.comment);
    let mut hotels: Option<Vec<HotelId>> = Some(details.hotel_ids);
    patch.hotel_ids.apply(&mut hotels);
    details.hotel_ids = hotels.unwrap_or_default();
    details.source = patch.source.unwrap_or(details.source);
    details.sensitive = patch.sensitive.unwrap_or(details.sensitive);
    NewPreference {
        category: Some(old.category.clone()),
        code: old.code.clone(),
        polarity: patch.polarity.unwrap_or(old.polarity),
        details,
    }
}

/// A preference the caller may change: one in use, of the version expected, meant for no hotel out of sight.
fn changeable(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: PreferenceId,
    expected: &Expected,
) -> Result<Preference, PreferenceError> {
    let old = get(tx, cx, clearance, id)?;
    if !expected.allows(old.version) {
        return Err(PreferenceError::Stale);
    }
    if old.status == PreferenceStatus::Removed {
        return Err(PreferenceError::State("preference_removed"));
    }
    if !writable(cx, clearance, &old) {
        return Err(PreferenceError::Scope("preferences:write"));
    }
    Ok(old)
}

/// Whether the caller may write a preference as it is: at all the hotels it is meant for.
pub fn writable(cx: &Ctx, clearance: &Clearance, preference: &Preference) -> bool {
    let hotels = &preference.details.hotel_ids;
    hotels.iter().all(|hotel| cx.sight.covers(Some(*hotel)))
        && (!preference.details.sensitive || clearance.writes(hotels))
}

/// Changes a preference.
///
/// # Errors
/// As [`add`], and [`PreferenceError::Stale`], [`PreferenceError::State`] when it was taken away.
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: PreferenceId,
    expected: &Expected,
    patch: PreferencePatch,
) -> Result<Preference, PreferenceError> {
    let old = changeable(tx, cx, clearance, id, expected)?;
    let catalogue = catalogue::load(tx, cx.group)?;
    let changed = patched(&old, patch);
    let settled = settle_alone(&catalogue, &changed, false).map_err(PreferenceError::Invalid)?;
    let mut new = Preference { polarity: changed.polarity, details: settled.details, ..old.clone() };
    if new == old {
        return Ok(old);
    }
    permit(tx, cx, clearance, &mut new)?;
    repo::hold_sets(tx, cx.group, &[old.guest_id])?;
    let standing = repo::active(tx, cx.group, &[old.guest_id])?;
    refuse_clashes(cx, clearance, &catalogue, &new, &standing)?;
    let others = standing.iter().filter(|other| other.id != new.id);
    refuse_too_many(cx, &catalogue, others.chain([&new]))?;
    save(tx, cx, "preference.updated", &old, new)
}

/// Takes a preference away. It stays in the history.
///
/// # Errors
/// As [`edit`].
pub fn remove(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: PreferenceId,
    expected: &Expected,
) -> Result<(), PreferenceError> {
    let old = changeable(tx, cx, clearance, id, expected)?;
    repo::hold_sets(tx, cx.group, &[old.guest_id])?;
    let new = Preference { status: PreferenceStatus::Removed, ..old.clone() };
    save(tx, cx, "preference.removed", &old, new)?;
    Ok(())
}

/// The next state of a preference, with its version and who wrote it when.
pub fn next(cx: &Ctx, old: &Preference, new: Preference) -> Preference {
    Preference { version: old.version + 1, updated: (cx.after(old.updated.0), cx.actor.id), ..new }
}

fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &Preference,
    new: Preference,
) -> Result<Preference, PreferenceError> {
    let new = next(cx, old, new);
    if !repo::replace(tx, old, &new)? {
        return Err(PreferenceError::Stale);
    }
    let guest = guests::get(tx, cx, new.guest_id)?;
    note(tx, cx, action, &guest, Some(old), &new)?;
    Ok(new)
}

fn note(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    guest: &Guest,
    before: Option<&Preference>,
    after: &Preference,
) -> DbResult<()> {
    let own = |preference: &Preference| match preference.details.hotel_ids.as_slice() {
        [hotel] => Some(*hotel),
        _ => None,
    };
    let hotel = own(after).filter(|hotel| before.is_none_or(|before| own(before) == Some(*hotel)));
    let change = Change {
        action,
        subject_kind: "preference",
        subject_id: after.id.0,
        version: after.version,
        hotel: hotel.or(guest.profile.private_to_hotel_id),
        at: after.updated.0,
        before: before.map(|before| document(before, hotel)),
        after: Some(document(after, hotel)),
    };
    record(tx, cx, change)
}

/// The preference as log and feed keep it, told to the staff of `hotel`, or to the whole group. What a sensitive one
/// is about stays in the preference, as not all readers are cleared for it; so does what is meant for other hotels.
pub fn document(preference: &Preference, hotel: Option<HotelId>) -> Value {
    let details = &preference.details;
    let mut value = json!({
        "guest_id": preference.guest_id, "sensitive": details.sensitive, "status": preference.status,
    });
    let open = !details.sensitive && details.hotel_ids.iter().all(|one| Some(*one) == hotel);
    if let Some(members) = value.as_object_mut().filter(|_| open) {
        members.insert("category".into(), json!(preference.category));
        members.insert("polarity".into(), json!(preference.polarity));
        members.extend(preference.code.clone().map(|code| ("code".to_owned(), json!(code))));
        if let Ok(Value::Object(told)) = serde_json::to_value(details) {
            members.extend(told);
        }
    }
    value
}
