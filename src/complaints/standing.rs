//! Who works where, as far as complaints ask.

use crate::complaints::error::ComplaintError;
use crate::complaints::model::Complaint;
use crate::db::Reads;
use crate::hotels;
use crate::hotels::error::HotelError;
use crate::kit::clock::Instant;
use crate::kit::ids::{HotelId, StaffId};
use crate::platform::context::Ctx;
use crate::service_levels::duty;
use crate::staff::error::StaffError;
use crate::staff::model::StaffStatus;
use crate::staff::roles::Role;
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

/// Who stands on a rung of the ladder for a complaint: 1 the head of the department that handles it, 2 the duty manager,
/// 3 the general manager. A head of no named department is head of all.
///
/// # Errors
/// When the database fails.
pub fn on_rung(
    reads: &mut impl Reads,
    cx: &Ctx,
    complaint: &Complaint,
    level: i32,
    at: Instant,
) -> Result<Vec<StaffId>, ComplaintError> {
    let role = match level {
        ..=1 => Role::DepartmentHead,
        2 => Role::DutyManager,
        3.. => Role::GeneralManager,
    };
    let mut found = duty::on_duty(reads, cx, complaint.hotel_id, role, at)?;
    let class = &complaint.class;
    if let (Role::DepartmentHead, Some(code)) =
        (role, class.handling_department.as_ref().or(class.department.as_ref()))
    {
        let mut heads = Vec::with_capacity(found.len());
        for head in found {
            if is_head_of(reads, cx, complaint.hotel_id, head, code)? {
                heads.push(head);
            }
        }
        found = heads;
    }
    Ok(found)
}

fn is_head_of(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    head: StaffId,
    code: &str,
) -> Result<bool, ComplaintError> {
    for place in service::find_own(reads, cx, head)?.memberships {
        let here = place.hotel_id.is_none_or(|one| one == hotel) && place.role == Role::DepartmentHead;
        let is_it = match place.department_id.filter(|_| here) {
            None => here,
            Some(id) => match hotels::service::find_department(reads, cx, id) {
                Ok(department) => department.code.as_str() == code,
                Err(HotelError::NotFound) => false,
                Err(error) => return Err(error.into()),
            },
        };
        if is_it {
            return Ok(true);
        }
    }
    Ok(false)
}
