//! What a complaint is shown with: names, clocks, solutions, and what may be done next.

use std::collections::{BTreeSet, HashMap};

use crate::complaints::aftercare::{self, Aftercare};
use crate::complaints::error::ComplaintError;
use crate::complaints::machine::{self, ComplaintMove, ComplaintNeed};
use crate::complaints::model::{Complaint, Solution};
use crate::complaints::solution_repo;
use crate::complaints::timing::{self, Clock, Timing};
use crate::db::Reads;
use crate::guests;
use crate::hotels;
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GuestId, HotelId, ProblemId, StaffId, StayId};
use crate::platform::context::{Ctx, Sight};
use crate::platform::scopes::Scope;
use crate::problems;
use crate::staff;
use crate::stays;
use crate::stays::model::Stay;

/// What the caller may, besides reading complaints.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Where each scope is held that moves ask for.
    pub scopes: Vec<(Scope, Sight)>,
    /// Where guests may be read.
    pub guests: Option<Sight>,
}

impl Rights {
    fn permits(&self, wanted: ComplaintMove, hotel: HotelId) -> bool {
        let held = |(scope, sight): &(Scope, Sight)| *scope == wanted.scope() && sight.covers(Some(hotel));
        self.scopes.iter().any(held)
    }
}

/// Everything that some complaints are shown with.
#[derive(Debug)]
pub struct Seen {
    /// The present.
    pub now: Instant,
    by: ActorId,
    /// Names of the guests the caller may see.
    pub guests: HashMap<GuestId, String>,
    /// Names of staff.
    pub staff: HashMap<StaffId, String>,
    /// The problems they belong to.
    pub problems: HashMap<ComplaintId, ProblemId>,
    /// How asking their guests once more is planned, by what these allow now.
    pub aftercare: HashMap<ComplaintId, Aftercare>,
    rights: Rights,
    solutions: HashMap<ComplaintId, Vec<Solution>>,
    stays: HashMap<StayId, Stay>,
    hotels: HashMap<HotelId, Hotel>,
    timing: Timing,
}

impl Seen {
    /// Looks everything up: the same few queries for one complaint and for a page of them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(
        reads: &mut impl Reads,
        cx: &Ctx,
        rights: &Rights,
        complaints: &[Complaint],
    ) -> Result<Self, ComplaintError> {
        let ids: Vec<ComplaintId> = complaints.iter().map(|one| one.id).collect();
        let of = |pick: fn(&Complaint) -> Option<uuid::Uuid>| -> Vec<uuid::Uuid> {
            let found: BTreeSet<uuid::Uuid> = complaints.iter().filter_map(pick).collect();
            found.into_iter().collect()
        };
        let stay_ids: Vec<StayId> =
            of(|one| one.facts.stay_id.map(Into::into)).into_iter().map(StayId).collect();
        let people: Vec<GuestId> =
            of(|one| one.facts.guest.map(|guest| guest.id.0)).into_iter().map(GuestId).collect();
        let staff: BTreeSet<StaffId> = complaints.iter().flat_map(named).collect();
        let staff: Vec<StaffId> = staff.into_iter().collect();
        let mut hotels = HashMap::new();
        for id in of(|one| Some(one.hotel_id.0)).into_iter().map(HotelId) {
            hotels.extend(hotels::service::hotel_of(reads, cx.group, id)?.map(|hotel| (id, hotel)));
        }
        let guests = match &rights.guests {
            Some(sight) => guests::repo::display_names(reads, cx.group, &people)?
                .into_iter()
                .filter(|(_, (_, private))| sight.covers(*private))
                .map(|(id, (name, _))| (id, name))
                .collect(),
            None => HashMap::new(),
        };
        Ok(Self {
            now: cx.now,
            by: cx.actor.id,
            guests,
            staff: staff::service::display_names(reads, cx, &staff)?,
            problems: problems::members::of_complaints(reads, cx.group, &ids)?,
            aftercare: aftercare::planned(reads, cx, complaints)?,
            rights: rights.clone(),
            solutions: solution_repo::of_complaints(reads, cx.group, &ids)?,
            stays: stays::repo::find_many(reads, cx.group, &stay_ids)?,
            hotels,
            timing: Timing::load(reads, cx.group)?,
        })
    }

    fn stay(&self, complaint: &Complaint) -> Option<&Stay> {
        self.stays.get(&complaint.facts.stay_id?)
    }

    /// The clocks of a complaint, worked out now.
    pub fn clocks(&self, complaint: &Complaint) -> Vec<Clock> {
        let Some(hotel) = self.hotels.get(&complaint.hotel_id) else { return Vec::new() };
        self.timing.clocks(hotel, self.stay(complaint), complaint)
    }

    /// Whether the guest was in the house when a complaint was received.
    pub fn in_house(&self, complaint: &Complaint) -> bool {
        let hotel = self.hotels.get(&complaint.hotel_id);
        let stay = self.stay(complaint);
        hotel
            .zip(stay)
            .is_some_and(|(hotel, stay)| timing::in_house(hotel, stay, complaint.facts.received_at))
    }

    /// The solutions of a complaint, in the order they were proposed.
    pub fn solutions_of(&self, complaint: &Complaint) -> &[Solution] {
        self.solutions.get(&complaint.id).map_or(&[], Vec::as_slice)
    }

    /// The moves its status allows, what each still needs, and whether the caller may make it.
    pub fn moves(&self, complaint: &Complaint) -> Vec<(ComplaintMove, Vec<ComplaintNeed>, bool)> {
        let solutions = self.solutions_of(complaint);
        machine::allowed(complaint.status)
            .into_iter()
            .map(|wanted| {
                let needs = machine::needs(complaint, solutions, wanted, self.by);
                (wanted, needs, self.rights.permits(wanted, complaint.hotel_id))
            })
            .collect()
    }
}

/// Staff whose names a complaint is shown with.
fn named(complaint: &Complaint) -> impl Iterator<Item = StaffId> + use<'_> {
    let progress = &complaint.progress;
    let told = progress.escalations.iter().flat_map(|one| one.told.iter().copied());
    let watchers = progress.watchers.iter().copied();
    progress.owner_id.into_iter().chain(progress.first_contact_id).chain(watchers).chain(told)
}
