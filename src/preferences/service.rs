//! Preferences as they are read: one, a guest's set, and what is to be acted on. No HTTP.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::db::{DbResult, Reads};
use crate::guests::model::Guest;
use crate::guests::service as guests;
use crate::kit::ids::{GroupId, GuestId, HotelId, PreferenceId};
use crate::kit::version::Version;
use crate::platform::context::Ctx;
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::conflicts::{Clash, clash};
use crate::preferences::consents::{Consent, covering};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{
    Clearance, Preference, PreferenceFilter, PreferenceStanding, PreferenceStatus, seen,
};
use crate::preferences::{consent_repo, repo};

/// Rows read at once for a page.
const ROWS_AT_ONCE: i64 = 500;

/// A preference and how it stands today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The preference.
    pub preference: Preference,
    /// How it stands.
    pub standing: PreferenceStanding,
}

/// A page of a guest's set.
#[derive(Debug, Clone)]
pub struct SeenSet {
    /// The guest the set belongs to.
    pub guest: Guest,
    /// Version of the whole set.
    pub version: Version,
    /// The preferences of the page, in the order in which they were recorded.
    pub preferences: Vec<Standing>,
    /// Pairs of the page that cannot both hold: a merge can bring them together.
    pub contradictions: Vec<(PreferenceId, PreferenceId)>,
    /// Where the next page starts.
    pub next: Option<PreferenceId>,
    /// Whether it looks the same until its version changes: nothing in it begins, ends or hangs on a consent.
    pub steady: bool,
}

/// The day of a request, UTC.
pub fn today(cx: &Ctx) -> NaiveDate {
    cx.now.to_utc().date_naive()
}

/// Whether the caller may see a preference on a guest the caller may see.
pub fn visible(cx: &Ctx, clearance: &Clearance, preference: &Preference) -> bool {
    let hotels = &preference.details.hotel_ids;
    seen(&cx.sight, hotels) && (!preference.details.sensitive || clearance.reads(hotels))
}

/// How a preference stands on a day, with the consents its guest has given.
pub fn standing(preference: &Preference, given: &[Consent], day: NaiveDate) -> PreferenceStanding {
    let details = &preference.details;
    if preference.status == PreferenceStatus::Removed {
        PreferenceStanding::Removed
    } else if preference.expired_on(day) {
        PreferenceStanding::Expired
    } else if details.sensitive && covering(given, &details.hotel_ids, day).is_none() {
        PreferenceStanding::WithoutConsent
    } else if details.valid_from.is_some_and(|first| first > day) {
        PreferenceStanding::Upcoming
    } else {
        PreferenceStanding::Effective
    }
}

/// The consents to keep sensitive data that guests have given, for those that need to be asked about.
///
/// # Errors
/// When the database fails.
pub fn consents_of<'p>(
    reads: &mut impl Reads,
    group: GroupId,
    preferences: impl Iterator<Item = &'p Preference>,
) -> DbResult<HashMap<GuestId, Vec<Consent>>> {
    let mut guests: Vec<GuestId> =
        preferences.filter(|one| one.details.sensitive).map(|one| one.guest_id).collect();
    guests.sort_unstable();
    guests.dedup();
    consent_repo::sensitive_data(reads, group, &guests)
}

/// Adds to each preference how it stands today.
///
/// # Errors
/// When the database fails.
pub fn with_standing(
    reads: &mut impl Reads,
    cx: &Ctx,
    preferences: Vec<Preference>,
) -> DbResult<Vec<Standing>> {
    let given = consents_of(reads, cx.group, preferences.iter())?;
    let day = today(cx);
    let stands = |preference: Preference| {
        let given = given.get(&preference.guest_id).map_or(&[][..], Vec::as_slice);
        Standing { standing: standing(&preference, given, day), preference }
    };
    Ok(preferences.into_iter().map(stands).collect())
}

/// A preference the caller may see on a guest the caller may see.
///
/// # Errors
/// [`PreferenceError::NotFound`].
pub fn get(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    id: PreferenceId,
) -> Result<Preference, PreferenceError> {
    let preference = repo::find(reads, cx.group, id)?.ok_or(PreferenceError::NotFound)?;
    guests::get(reads, cx, preference.guest_id)?;
    if visible(cx, clearance, &preference) { Ok(preference) } else { Err(PreferenceError::NotFound) }
}

/// A page of what a guest prefers, as far as the caller may see it. Merged guests are followed.
///
/// # Errors
/// [`PreferenceError::NotFound`] for the guest.
pub fn set(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    filter: &PreferenceFilter,
    after: Option<PreferenceId>,
    limit: i64,
) -> Result<SeenSet, PreferenceError> {
    let guest = guests::resolve(reads, cx, guest)?;
    let version = repo::set_version(reads, cx.group, guest.id)?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let day = today(cx);
    let shown = |preference: &Preference| {
        visible(cx, clearance, preference)
            && filter.category.as_ref().is_none_or(|category| *category == preference.category)
            && (preference.status == PreferenceStatus::Removed
                || filter.expired
                || !preference.expired_on(day))
    };
    let lasting = |row: &Preference| {
        !row.details.sensitive && row.details.valid_from.is_none() && row.details.valid_until.is_none()
    };
    let (mut found, mut at, mut steady) = (Vec::new(), after, true);
    while found.len() <= wanted {
        let rows = repo::after(reads, cx.group, guest.id, filter.removed, at, ROWS_AT_ONCE)?;
        let last = rows.len() < usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX);
        at = rows.last().map(|row| row.id);
        steady &= rows.iter().all(lasting);
        found.extend(rows.into_iter().filter(shown));
        if last {
            break;
        }
    }
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let catalogue = catalogue::load(reads, cx.group)?;
    let contradictions = contradictions(&catalogue, &found, day);
    let preferences = with_standing(reads, cx, found)?;
    Ok(SeenSet { guest, version, preferences, contradictions, next, steady })
}

fn contradictions(
    catalogue: &Catalogue,
    found: &[Preference],
    day: NaiveDate,
) -> Vec<(PreferenceId, PreferenceId)> {
    let active: Vec<&Preference> =
        found.iter().filter(|one| one.status == PreferenceStatus::Active).collect();
    let mut pairs = Vec::new();
    for (at, one) in active.iter().enumerate() {
        for other in active.iter().skip(at + 1) {
            if clash(catalogue, one, other, day) == Some(Clash::Contrary) {
                pairs.push((one.id, other.id));
            }
        }
    }
    pairs
}

/// What is to be acted on for guests who are at a hotel from one day to another: in use, valid on at least one of the
/// days, meant for that hotel, and consented to where sensitive. The caller leaves sensitive ones out for those who
/// may not see them. A constant number of queries, whatever the number of guests.
///
/// # Errors
/// When the database fails.
pub fn effective(
    reads: &mut impl Reads,
    cx: &Ctx,
    guests: &[GuestId],
    on_from: NaiveDate,
    on_to: NaiveDate,
    hotel: HotelId,
) -> Result<HashMap<GuestId, Vec<Preference>>, PreferenceError> {
    let active = repo::active(reads, cx.group, guests)?;
    let given = consents_of(reads, cx.group, active.iter())?;
    // A consent has to be good now, and when the guest comes.
    let day = today(cx).max(on_from);
    let mut found: HashMap<GuestId, Vec<Preference>> = HashMap::new();
    for preference in active {
        let consents = given.get(&preference.guest_id).map_or(&[][..], Vec::as_slice);
        let consented = !preference.details.sensitive || covering(consents, &[hotel], day).is_some();
        if preference.valid_within(on_from, on_to) && preference.holds_at(hotel) && consented {
            found.entry(preference.guest_id).or_default().push(preference);
        }
    }
    Ok(found)
}
