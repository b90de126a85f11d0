//! Who works where, as far as complaints ask.

use crate::db::{DbResult, Reads};
use crate::kit::ids::{GroupId, HotelId, StaffId};
use crate::staff::model::StaffStatus;
use crate::staff::repo;

/// Whether an account is in use and has a role at a hotel or in the whole group.
///
/// # Errors
/// When the database fails.
pub fn works_at(reads: &mut impl Reads, group: GroupId, hotel: HotelId, staff: StaffId) -> DbResult<bool> {
    let account = repo::find_staff(reads, group, staff)?;
    Ok(account.is_some_and(|account| {
        let here = |place: Option<HotelId>| place.is_none_or(|place| place == hotel);
        account.status == StaffStatus::Active && account.memberships.iter().any(|one| here(one.hotel_id))
    }))
}
