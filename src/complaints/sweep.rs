//! Keeps the order of the queue right when something else moves a clock: a stay that is extended, a policy, a calendar or
//! a hotel's time zone. All open complaints are worked out anew, every few seconds; what a single complaint shows is
//! worked out when it is read and does not wait for this.

use std::collections::HashMap;

use crate::complaints::model::{Complaint, NextDue};
use crate::complaints::repo;
use crate::complaints::timing::Timing;
use crate::db::{DbResult, Reads};
use crate::hotels;
use crate::hotels::model::Hotel;
use crate::kit::ids::{ComplaintId, GroupId, HotelId, StayId};
use crate::stays;

/// Complaints looked at in one step.
const STEP: i64 = 500;

/// A complaint, and when its clocks are of interest now.
pub type Moved = (Complaint, NextDue);

/// A step: the open complaints behind one whose clocks are of interest at another time than is written down, and where
/// the next step starts.
///
/// # Errors
/// When the database fails.
pub fn step(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<ComplaintId>,
) -> DbResult<(Vec<Moved>, Option<ComplaintId>)> {
    let open = repo::open_after(reads, group, after, STEP)?;
    let full = i64::try_from(open.len()).unwrap_or(STEP) >= STEP;
    let next = open.last().filter(|_| full).map(|last| last.id);
    if open.is_empty() {
        return Ok((Vec::new(), None));
    }
    let timing = Timing::load(reads, group)?;
    let ids: Vec<StayId> = open.iter().filter_map(|one| one.facts.stay_id).collect();
    let stays = stays::repo::find_many(reads, group, &ids)?;
    let mut hotels: HashMap<HotelId, Hotel> = HashMap::new();
    for complaint in &open {
        if !hotels.contains_key(&complaint.hotel_id) {
            let hotel = hotels::service::hotel_of(reads, group, complaint.hotel_id)?;
            hotels.extend(hotel.map(|hotel| (hotel.id, hotel)));
        }
    }
    let moved = open.into_iter().filter_map(|complaint| {
        let stay = complaint.facts.stay_id.and_then(|stay| stays.get(&stay));
        let next = timing.next(hotels.get(&complaint.hotel_id)?, stay, &complaint);
        (next != complaint.next).then_some((complaint, next))
    });
    Ok((moved.collect(), next))
}
