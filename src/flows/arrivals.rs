//! The arrivals brief: what a department of a hotel needs to know of the guests of a day, in one answer.
//!
//! Everything is looked up for all guests at once: the number of queries does not depend on how many there are. Each
//! part is left out for those who may not see it.

pub mod api;
pub mod people;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::complaints::list_repo;
use crate::complaints::model::Complaint;
use crate::db::{DbError, Reads};
use crate::guests::model::Guest;
use crate::guests::notes::{self, Note, NoteClass};
use crate::guests::{note_repo, repo as guest_repo};
use crate::hotels::error::HotelError;
use crate::hotels::service::find_hotel;
use crate::kit::ids::{GuestId, HotelId, PartnerId, PreferenceId, StaffId, StayId};
use crate::partners::model::Partner;
use crate::partners::service::survivors;
use crate::plans::model::{Clearance, PlanItem, PlanItemStatus, visible};
use crate::plans::repo as plan_repo;
use crate::platform::context::{Ctx, Sight};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::Preference;
use crate::preferences::service::effective;
use crate::staff::error::StaffError;
use crate::staff::service::display_names;
use crate::stays::day_repo::{self, HotelDay};
use crate::stays::figures::{self, Statistics};
use crate::stays::model::Stay;

/// Most stays of one section.
pub const MOST: usize = 2_000;
/// Most notes read for one brief.
const MOST_NOTES: i64 = 10_000;

/// What the caller may see beside stays; nothing of a kind when absent.
#[derive(Debug, Clone)]
pub struct Rights {
    /// Guests.
    pub guests: Option<Sight>,
    /// Preferences.
    pub preferences: Option<Sight>,
    /// Sensitive preferences.
    pub sensitive: Clearance,
    /// Notes.
    pub notes: Option<Sight>,
    /// Confidential notes.
    pub confidential: notes::Clearance,
    /// Plans.
    pub plans: Option<Sight>,
    /// Partners.
    pub partners: bool,
    /// Complaints.
    pub complaints: Option<Sight>,
}

/// What a brief is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The hotel.
    pub hotel: HotelId,
    /// The day; the hotel's today when absent.
    pub date: Option<NaiveDate>,
    /// The department for which alone preferences and notes are told; all when absent.
    pub department: Option<String>,
}

/// Why there is no brief.
#[derive(Debug, thiserror::Error)]
pub enum BriefError {
    /// There is no such hotel for this caller.
    #[error(transparent)]
    Hotel(#[from] HotelError),
    /// Preferences cannot be read.
    #[error(transparent)]
    Preference(#[from] PreferenceError),
    /// Names of staff cannot be read.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A part of the brief.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// The stays.
    pub stays: Vec<Stay>,
    /// Whether there are more than are told.
    pub truncated: bool,
}

/// A brief: the stays, and all that is known around them.
#[derive(Debug)]
pub struct Brief {
    /// The hotel.
    pub hotel: HotelId,
    /// The day.
    pub date: NaiveDate,
    /// Who comes.
    pub arrivals: Section,
    /// Who stays.
    pub in_house: Section,
    /// Who leaves.
    pub departures: Section,
    /// What is known of the guests.
    pub known: Known,
}

/// What is known around the stays of a brief.
#[derive(Debug, Default)]
pub struct Known {
    /// The guests the caller may see.
    pub guests: HashMap<GuestId, Guest>,
    /// Names of those who look after them.
    pub owners: HashMap<StaffId, String>,
    /// What is to be acted on, by guest; absent for those who may not see it.
    pub preferences: Option<HashMap<GuestId, Vec<Preference>>>,
    /// The catalogue in whose words that is told.
    pub catalogue: Catalogue,
    /// Notes by guest; absent for those who may not see them.
    pub notes: Option<HashMap<GuestId, Vec<Note>>>,
    /// Items of plans by stay; absent for those who may not see them.
    pub plans: Option<HashMap<StayId, Vec<PlanItem>>>,
    /// Complaints of the guests, open ones first; absent for those who may not see them.
    pub complaints: Option<HashMap<GuestId, Vec<Complaint>>>,
    /// Partners by the id the stay names; none for those who may not see them.
    pub partners: HashMap<PartnerId, Partner>,
    /// Figures of the guests' stays.
    pub statistics: HashMap<GuestId, Statistics>,
}

impl Known {
    /// What became of a preference for a stay.
    pub fn planned(&self, stay: StayId, preference: PreferenceId) -> Option<&PlanItem> {
        let items = self.plans.as_ref()?.get(&stay)?;
        items.iter().find(|item| item.preference_id == preference && item.status != PlanItemStatus::Dropped)
    }
}

/// Puts a brief together.
///
/// # Errors
/// [`BriefError::Hotel`] for a hotel the caller may not see.
pub fn brief(reads: &mut impl Reads, cx: &Ctx, rights: &Rights, asked: &Asked) -> Result<Brief, BriefError> {
    let hotel = find_hotel(reads, cx, asked.hotel)?;
    let today = cx.now.to_utc().with_timezone(&hotel.time_zone.0).date_naive();
    let date = asked.date.unwrap_or(today);
    let day = HotelDay { group: cx.group, hotel: hotel.id, day: date, tense: date.cmp(&today) };
    let wanted = i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1);
    let arrivals = section(day_repo::arriving(reads, &day, wanted)?, |stay| {
        (stay.facts.eta.is_none(), stay.facts.eta, stay.facts.room.clone())
    });
    let by_room = |stay: &Stay| (stay.facts.room.is_none(), stay.facts.etd, stay.facts.room.clone());
    let in_house = section(day_repo::staying(reads, &day, wanted)?, by_room);
    let departures = section(day_repo::leaving(reads, &day, wanted)?, by_room);
    let all: Vec<&Stay> =
        [&arrivals, &in_house, &departures].into_iter().flat_map(|section| &section.stays).collect();
    let known = around(reads, cx, rights, asked, date, &all)?;
    Ok(Brief { hotel: hotel.id, date, arrivals, in_house, departures, known })
}

fn section<K: Ord>(mut stays: Vec<Stay>, key: impl Fn(&Stay) -> K) -> Section {
    let truncated = stays.len() > MOST;
    stays.truncate(MOST);
    stays.sort_by_key(|stay| (key(stay), stay.id));
    Section { stays, truncated }
}

fn around(
    reads: &mut impl Reads,
    cx: &Ctx,
    rights: &Rights,
    asked: &Asked,
    date: NaiveDate,
    stays: &[&Stay],
) -> Result<Known, BriefError> {
    let here = |sight: &Option<Sight>| sight.as_ref().is_some_and(|sight| sight.covers(Some(asked.hotel)));
    let mut ids: Vec<GuestId> = stays.iter().flat_map(|stay| stay.facts.guests()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = Known::default();
    if let Some(sight) = &rights.guests {
        known.guests = guest_repo::find_many(reads, cx.group, &ids)?;
        known.guests.retain(|_, guest| sight.covers(guest.profile.private_to_hotel_id));
    }
    let mut owners: Vec<StaffId> = known.guests.values().filter_map(|guest| guest.profile.owner_id).collect();
    owners.sort_unstable();
    owners.dedup();
    known.owners = display_names(reads, cx, &owners)?;
    // What a hidden guest prefers is hidden with the guest.
    ids.retain(|id| known.guests.contains_key(id));
    known.statistics = figures::of(reads, cx, &ids)?;
    if here(&rights.preferences) {
        known.catalogue = catalogue::load(reads, cx.group)?;
        let until = stays.iter().map(|stay| stay.facts.departure_on).max().unwrap_or(date).max(date);
        let mut found = effective(reads, cx, &ids, date, until, asked.hotel)?;
        for preferences in found.values_mut() {
            preferences.retain(|one| told(&known.catalogue, rights, asked, one));
        }
        known.preferences = Some(found);
    }
    if here(&rights.notes) {
        known.notes = Some(notes_of(reads, cx, rights, asked, &ids)?);
    }
    if let Some(sight) = rights.complaints.as_ref().filter(|_| here(&rights.complaints)) {
        known.complaints = Some(list_repo::of_guests(reads, cx.group, sight, &ids)?);
    }
    if here(&rights.plans) {
        let stay_ids: Vec<StayId> = stays.iter().map(|stay| stay.id).collect();
        let mut found = plan_repo::of_stays(reads, cx.group, &stay_ids)?;
        for items in found.values_mut() {
            items.retain(|item| visible(&cx.sight, &rights.sensitive, item));
        }
        known.plans = Some(found);
    }
    if rights.partners {
        let parties = stays.iter().flat_map(|stay| [stay.facts.agent_id, stay.facts.company_id]);
        let parties: Vec<PartnerId> = parties.flatten().collect();
        known.partners = survivors(reads, cx.group, &parties)?;
    }
    Ok(known)
}

/// Whether a preference is told to the caller and the department. What may harm a guest is told to every department.
fn told(catalogue: &Catalogue, rights: &Rights, asked: &Asked, preference: &Preference) -> bool {
    let cleared = !preference.details.sensitive || rights.sensitive.reads(&[asked.hotel]);
    let harmful = matches!(preference.category.as_str(), "allergy" | "medical");
    let concerned = asked.department.as_deref().is_none_or(|department| {
        catalogue.department(&preference.category, preference.code.as_deref()) == Some(department)
    });
    cleared && (harmful || concerned)
}

fn notes_of(
    reads: &mut impl Reads,
    cx: &Ctx,
    rights: &Rights,
    asked: &Asked,
    guests: &[GuestId],
) -> Result<HashMap<GuestId, Vec<Note>>, BriefError> {
    let classes = asked.department.as_deref().map(classes_of);
    let found = note_repo::in_use(reads, cx.group, guests, asked.hotel, classes.as_deref(), MOST_NOTES)?;
    let mut by_guest: HashMap<GuestId, Vec<Note>> = HashMap::new();
    for note in found {
        if !note.confidential || rights.confidential.covers(note.hotel_id) {
            by_guest.entry(note.guest_id).or_default().push(note);
        }
    }
    Ok(by_guest)
}

/// The classes of notes on which a department acts.
fn classes_of(department: &str) -> Vec<NoteClass> {
    let own: &[NoteClass] = match department {
        "front-office" => &[NoteClass::FrontOffice, NoteClass::Reservations, NoteClass::Accounting],
        "housekeeping" => &[NoteClass::Housekeeping],
        "food-beverage" => &[NoteClass::FoodAndBeverage],
        "engineering" => &[NoteClass::Maintenance],
        "security" => &[NoteClass::Security],
        "concierge" => &[NoteClass::Concierge],
        "guest-relations" => {
            &[NoteClass::PreviousStay, NoteClass::FamilyRelations, NoteClass::Gifts, NoteClass::Complaints]
        }
        _ => &[],
    };
    std::iter::once(NoteClass::General).chain(own.iter().copied()).collect()
}

/// How many items of a stay's plan stand how.
pub fn plan_counts(items: &[PlanItem]) -> BTreeMap<PlanItemStatus, i64> {
    let mut counts = BTreeMap::new();
    for item in items.iter().filter(|item| item.status != PlanItemStatus::Dropped) {
        *counts.entry(item.status).or_default() += 1;
    }
    counts
}

/// The days of a stay on which a brief looks: from its day, or the arrival if that comes later, to the departure.
pub fn days_of(brief: &Brief, stay: &Stay) -> (NaiveDate, NaiveDate) {
    let from = match stay.facts.arrival_on.cmp(&brief.date) {
        Ordering::Greater => stay.facts.arrival_on,
        Ordering::Less | Ordering::Equal => brief.date,
    };
    (from, stay.facts.departure_on.max(from))
}
