//! All about one guest in one answer: the profile, what to act on, stays, figures, and what waits for somebody.

pub mod api;

use crate::complaints::list_repo;
use crate::complaints::model::Complaint;
use crate::db::{DbError, Reads};
use crate::flows::arrivals::Rights;
use crate::guests::error::GuestError;
use crate::guests::model::Guest;
use crate::guests::service as guest_service;
use crate::guests::suggestions::{self, DuplicateStatus, Filter};
use crate::kit::ids::GuestId;
use crate::plans::model::PlanItem;
use crate::plans::repo as plan_repo;
use crate::platform::context::{Ctx, Sight};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{Preference, PreferenceFilter, PreferenceStanding};
use crate::preferences::service as preference_service;
use crate::stays::error::StayError;
use crate::stays::figures::{self, Statistics};
use crate::stays::list_repo::{StayFilter, StaySort};
use crate::stays::model::{Stay, StayStatus};
use crate::stays::service as stay_service;

/// Most preferences told.
const PREFERENCES: i64 = 200;
/// Most stays to come that are told.
const COMING: i64 = 20;
/// Most stays of the past that are told.
const PAST: i64 = 5;
/// Most open items of plans that are told.
const ITEMS: i64 = 50;
/// Most open complaints that are told.
const COMPLAINTS: usize = 20;
/// Most suggested duplicates that are counted.
const DUPLICATES: usize = 50;

/// What the caller may see beside the guest.
#[derive(Debug, Clone)]
pub struct Sights {
    /// As in a brief.
    pub rights: Rights,
    /// Stays.
    pub stays: Option<Sight>,
    /// Suggested duplicates.
    pub duplicates: Option<Sight>,
}

/// The guest's stays.
#[derive(Debug, Default)]
pub struct Stays {
    /// In the house.
    pub current: Vec<Stay>,
    /// To come, the earliest first.
    pub upcoming: Vec<Stay>,
    /// Over, the latest first.
    pub last: Vec<Stay>,
    /// The figures.
    pub statistics: Statistics,
}

/// All about a guest; parts the caller may not see are absent.
#[derive(Debug)]
pub struct Overview {
    /// The guest.
    pub guest: Guest,
    /// What is to be acted on, and the catalogue in whose words it is told.
    pub preferences: Option<(Vec<Preference>, Catalogue)>,
    /// Stays.
    pub stays: Option<Stays>,
    /// Items of plans to be done yet.
    pub plan_items: Option<Vec<PlanItem>>,
    /// Complaints that are not over.
    pub complaints: Option<Vec<Complaint>>,
    /// Profiles that may be the same person and wait for a decision.
    pub duplicates: Option<usize>,
    /// Whether the day on which the restriction was to be looked at again has come.
    pub review_due: bool,
}

/// Why there is no overview.
#[derive(Debug, thiserror::Error)]
pub enum OverviewError {
    /// There is no such guest for this caller.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// Preferences cannot be read.
    #[error(transparent)]
    Preference(#[from] PreferenceError),
    /// Stays cannot be read.
    #[error(transparent)]
    Stay(#[from] StayError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Puts an overview together. A merged guest is followed to the one it became part of.
///
/// # Errors
/// [`OverviewError::Guest`].
pub fn overview(
    reads: &mut impl Reads,
    cx: &Ctx,
    sights: &Sights,
    id: GuestId,
) -> Result<Overview, OverviewError> {
    let guest = guest_service::resolve(reads, cx, id)?;
    let seen_by = |sight: &Option<Sight>| sight.clone().map(|sight| Ctx { sight, ..cx.clone() });
    let today = cx.now.to_utc().date_naive();
    let preferences = match seen_by(&sights.rights.preferences) {
        // A guest who may be read with one right need not be with another.
        Some(cx) if cx.sight.covers(guest.profile.private_to_hotel_id) => {
            let filter = PreferenceFilter::default();
            let clearance = &sights.rights.sensitive;
            let set = preference_service::set(reads, &cx, clearance, guest.id, &filter, None, PREFERENCES)?;
            let effective =
                set.preferences.into_iter().filter(|one| one.standing == PreferenceStanding::Effective);
            let found = effective.map(|one| one.preference).collect();
            Some((found, catalogue::load(reads, cx.group)?))
        }
        _ => None,
    };
    let stays = match seen_by(&sights.stays) {
        Some(cx) => Some(stays_of(reads, &cx, guest.id)?),
        None => None,
    };
    let plan_items = match seen_by(&sights.rights.plans) {
        Some(cx) => Some(plan_repo::open_of(reads, &cx, &sights.rights.sensitive, guest.id, ITEMS)?),
        None => None,
    };
    let complaints = match &sights.rights.complaints {
        Some(sight) => {
            let found = list_repo::of_guests(reads, cx.group, sight, &[guest.id])?.remove(&guest.id);
            let open = found.into_iter().flatten().filter(|one| one.status.is_open()).take(COMPLAINTS);
            Some(open.collect())
        }
        None => None,
    };
    let duplicates = match seen_by(&sights.duplicates) {
        Some(cx) => {
            let filter = Filter { status: DuplicateStatus::Suggested, guest: Some(guest.id) };
            Some(suggestions::list(reads, &cx, &filter, None, DUPLICATES)?.0.len())
        }
        None => None,
    };
    let review_due = guest.restriction.as_ref().is_some_and(|restriction| restriction.review_on <= today);
    Ok(Overview { guest, preferences, stays, plan_items, complaints, duplicates, review_due })
}

fn stays_of(reads: &mut impl Reads, cx: &Ctx, guest: GuestId) -> Result<Stays, OverviewError> {
    let filter = |status: &[StayStatus]| StayFilter {
        guest: Some(guest),
        status: status.to_vec(),
        ..StayFilter::default()
    };
    let coming = filter(&[StayStatus::Reserved, StayStatus::DueIn, StayStatus::InHouse]);
    let over = filter(&[StayStatus::CheckedOut]);
    let (coming, _) = stay_service::list(reads, cx, &coming, StaySort::Arrival, None, COMING)?;
    let (last, _) = stay_service::list(reads, cx, &over, StaySort::LatestArrival, None, PAST)?;
    let (current, upcoming) = coming.into_iter().partition(|stay| stay.status == StayStatus::InHouse);
    let statistics = figures::of(reads, cx, &[guest])?.remove(&guest).unwrap_or_default();
    Ok(Stays { current, upcoming, last, statistics })
}
