//! All that was recorded of a guest, newest first: of the profile and of everything that hangs on it.
//!
//! The audit log has it all already. What is found here is whose entries these are: the things of a guest that the caller
//! may see now. An entry says what happened, not what was written, so that it tells no more than the thing itself would.

pub mod api;

use crate::complaints::list_repo;
use crate::db::{DbError, Reads};
use crate::flows::arrivals::Rights;
use crate::guests::error::GuestError;
use crate::guests::note_repo::{self, NoteFilter};
use crate::guests::{merges, service as guest_service};
use crate::kit::ids::{ActorId, AuditId, GuestId, StayId};
use crate::plans::repo as plan_repo;
use crate::platform::audit::{self, Entry};
use crate::platform::context::{Ctx, Sight};
use crate::preferences::consents;
use crate::preferences::error::PreferenceError;
use crate::preferences::model::PreferenceFilter;
use crate::preferences::service as preference_service;
use crate::stays::error::StayError;
use crate::stays::list_repo::{StayFilter, StaySort};
use crate::stays::service as stay_service;

/// Most notes, consents and stays of a guest whose entries are told, the newest of each; and preferences of one page.
const THINGS: i64 = 500;

/// What the caller may see of what hangs on guests.
#[derive(Debug, Clone)]
pub struct Sights {
    /// As in a brief.
    pub rights: Rights,
    /// Stays.
    pub stays: Option<Sight>,
    /// Consents.
    pub consents: Option<Sight>,
}

/// Why there is no timeline.
#[derive(Debug, thiserror::Error)]
pub enum TimelineError {
    /// There is no such guest for this caller.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// Preferences or consents cannot be read.
    #[error(transparent)]
    Preference(#[from] PreferenceError),
    /// Stays cannot be read.
    #[error(transparent)]
    Stay(#[from] StayError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A page of a guest's timeline below `before`, and where the next one starts. A merged guest is followed to the one it
/// became part of, and what was recorded of those that became part of the guest is told too.
///
/// # Errors
/// [`TimelineError::Guest`].
pub fn timeline(
    reads: &mut impl Reads,
    cx: &Ctx,
    sights: &Sights,
    id: GuestId,
    before: Option<AuditId>,
    limit: i64,
) -> Result<(Vec<Entry>, Option<AuditId>), TimelineError> {
    let guest = guest_service::resolve(reads, cx, id)?;
    let mut subjects: Vec<ActorId> =
        merges::family(reads, cx, guest.id)?.into_iter().map(|guest| ActorId(guest.0)).collect();
    let mut kinds = vec!["guest"];
    let seen_by = |sight: &Option<Sight>| {
        let own = sight.clone().map(|sight| Ctx { sight, ..cx.clone() });
        own.filter(|cx| cx.sight.covers(guest.profile.private_to_hotel_id))
    };
    if let Some(cx) = seen_by(&sights.rights.notes) {
        let filter = NoteFilter { archived: true, ..NoteFilter::default() };
        let cleared = &sights.rights.confidential;
        let (found, _) = note_repo::list(reads, &cx, cleared, guest.id, &filter, None, THINGS)?;
        subjects.extend(found.iter().map(|note| ActorId(note.id.0)));
        kinds.push("note");
    }
    if let Some(cx) = seen_by(&sights.rights.preferences) {
        let filter = PreferenceFilter { expired: true, removed: true, ..PreferenceFilter::default() };
        let mut after = None;
        loop {
            let cleared = &sights.rights.sensitive;
            let page = preference_service::set(reads, &cx, cleared, guest.id, &filter, after, THINGS)?;
            subjects.extend(page.preferences.iter().map(|one| ActorId(one.preference.id.0)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        kinds.extend(["preference", "preferences"]);
    }
    if let Some(cx) = seen_by(&sights.consents) {
        let (found, _) = consents::list(reads, &cx, guest.id, None, None, THINGS)?;
        subjects.extend(found.iter().map(|consent| ActorId(consent.id.0)));
        kinds.push("consent");
    }
    if let Some(sight) = &sights.rights.complaints {
        let found = list_repo::of_guests(reads, cx.group, sight, &[guest.id])?;
        subjects.extend(found.values().flatten().map(|complaint| ActorId(complaint.id.0)));
        kinds.push("complaint");
    }
    if let Some(cx) = seen_by(&sights.stays) {
        let filter = StayFilter { guest: Some(guest.id), ..StayFilter::default() };
        let (found, _) = stay_service::list(reads, &cx, &filter, StaySort::LatestArrival, None, THINGS)?;
        let stays: Vec<StayId> = found.iter().map(|stay| stay.id).collect();
        subjects.extend(stays.iter().map(|stay| ActorId(stay.0)));
        kinds.push("stay");
        if let Some(plans) = seen_by(&sights.rights.plans) {
            let items = plan_repo::of_stays(reads, cx.group, &stays)?.into_values().flatten();
            let shown = items.filter(|item| {
                plans.sight.covers(Some(item.hotel_id))
                    && (!item.sensitive || sights.rights.sensitive.reads(&[item.hotel_id]))
            });
            subjects.extend(shown.map(|item| ActorId(item.id.0)));
            kinds.push("plan_item");
        }
    }
    Ok(audit::about(reads, cx.group, &subjects, &kinds, before, limit)?)
}
