//! A dry run of the policies: what would hold for a complaint.

use crate::db::Reads;
use crate::hotels::error::HotelError;
use crate::hotels::service as hotels;
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::HotelId;
use crate::platform::context::Ctx;
use crate::service_levels::calendars::Calendars;
use crate::service_levels::error::ServiceLevelError;
use crate::service_levels::model::{ComplaintChannel, Severity};
use crate::service_levels::policies::{ClockPlan, Policies, Policy};

/// A complaint to try the policies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriedComplaint {
    /// The hotel it is about.
    pub hotel: HotelId,
    /// How grave it is; `None` when not known yet.
    pub severity: Option<Severity>,
    /// How it came in.
    pub channel: ComplaintChannel,
    /// When it came in.
    pub received_at: Instant,
    /// When the guest leaves; `None` for one who is not in the house. One who left before is not there
    /// either.
    pub departure_at: Option<Instant>,
}

/// The rule that a complaint meets, and its clocks.
///
/// # Errors
/// [`ServiceLevelError::Invalid`] when there is no such hotel for the caller.
pub fn preview(
    reads: &mut impl Reads,
    cx: &Ctx,
    tried: TriedComplaint,
) -> Result<(Policy, Vec<ClockPlan>), ServiceLevelError> {
    let TriedComplaint { hotel, severity, channel, received_at, departure_at } = tried;
    let hotel = hotels::find_hotel(reads, cx, hotel).map_err(|error| match error {
        HotelError::Db(error) => ServiceLevelError::Db(error),
        _ => ServiceLevelError::Invalid(vec![Fault {
            pointer: "/hotel_id".into(),
            code: "unknown_reference".into(),
            message: "is not a hotel you can see".into(),
        }]),
    })?;
    let policies = Policies::load(reads, cx.group)?;
    let calendars = Calendars::load(reads, cx.group)?;
    let policy = policies.matching(hotel.id, severity, channel);
    let departure = departure_at.filter(|leaves| received_at < *leaves);
    let (zone, here) = (hotel.time_zone, departure.is_some());
    let clocks = policies.clocks(policy, &calendars, zone, received_at, here, departure, &[]);
    Ok((policy.clone(), clocks))
}
