//! Who works where, as far as complaints ask.

use crate::complaints::error::ComplaintError;
use crate::db::Reads;
use crate::kit::ids::{HotelId, StaffId};
use crate::platform::context::Ctx;
use crate::staff::error::StaffError;
use crate::staff::model::StaffStatus;
use crate::staff::service;

/// Whether an account is in use and has a role at a hotel or in the whole group.
///
/// # Errors
/// When the database fails.
pub fn works_at(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    staff: StaffId,
) -> Result<bool, ComplaintError> {
    match service::find_own(reads, cx, staff) {
        Ok(account) => {
            let here = |place: Option<HotelId>| place.is_none_or(|place| place == hotel);
            let active = account.status == StaffStatus::Active;
            Ok(active && account.memberships.iter().any(|one| here(one.hotel_id)))
        }
        Err(StaffError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
