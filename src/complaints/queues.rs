//! What a queue and followed references mean for a list.

use std::collections::BTreeSet;

use crate::complaints::error::ComplaintError;
use crate::complaints::list_repo::{Approver, ComplaintFilter, ComplaintQueue};
use crate::db::Reads;
use crate::hotels;
use crate::kit::ids::{HotelId, StaffId};
use crate::partners;
use crate::platform::context::Ctx;
use crate::recovery::limits::AuthorityRole;
use crate::staff;
use crate::stays::people::People;

/// The filter of a queue for the caller, with guests and partners that were merged followed; `None` when nothing can be
/// found: a guest the caller may not see, or a caller who belongs to no department.
///
/// # Errors
/// When the database fails.
pub fn resolve(
    reads: &mut impl Reads,
    cx: &Ctx,
    queue: Option<ComplaintQueue>,
    mut filter: ComplaintFilter,
) -> Result<Option<ComplaintFilter>, ComplaintError> {
    let caller = StaffId(cx.actor.id.0);
    match queue {
        None | Some(ComplaintQueue::Unassigned) => {}
        Some(ComplaintQueue::Mine) => filter.owner = Some(caller),
        Some(ComplaintQueue::Watched) => filter.watcher = Some(caller),
        Some(ComplaintQueue::Informed) => {
            let mine = departments(reads, cx, caller)?;
            if mine.is_empty() {
                return Ok(None);
            }
            filter.informed = mine;
        }
        Some(ComplaintQueue::Department) => {
            let mine = departments(reads, cx, caller)?;
            if mine.is_empty() {
                return Ok(None);
            }
            filter.theirs = mine;
        }
        Some(ComplaintQueue::Approvals) => {
            let approver = approver(reads, cx, caller)?;
            if approver.roles.is_empty() {
                return Ok(None);
            }
            filter.approver = Some(approver);
        }
    }
    if let Some(guest) = filter.guest {
        let people = People::load(reads, cx, std::iter::once(guest), std::iter::empty())?;
        let Some(reached) = people.reached(cx, guest) else { return Ok(None) };
        filter.guest = Some(reached);
    }
    if let [partner] = filter.partners.as_slice() {
        filter.partners = partners::service::family(reads, cx.group, *partner)?;
    }
    Ok(Some(filter))
}

/// The departments an account belongs to, each of its hotel.
fn departments(
    reads: &mut impl Reads,
    cx: &Ctx,
    staff: StaffId,
) -> Result<Vec<(HotelId, String)>, ComplaintError> {
    let account = staff::service::find_own(reads, cx, staff)?;
    let mut found = BTreeSet::new();
    for id in account.memberships.iter().filter_map(|one| one.department_id) {
        match hotels::service::find_department(reads, cx, id) {
            Ok(department) => found.insert((department.hotel_id, department.code.as_str().to_owned())),
            // One of a hotel whose complaints the caller may not read.
            Err(hotels::error::HotelError::NotFound) => false,
            Err(error) => return Err(error.into()),
        };
    }
    Ok(found.into_iter().collect())
}

/// For which roles an account decides on solutions, and where: those it holds and all further down the ladder.
fn approver(reads: &mut impl Reads, cx: &Ctx, staff: StaffId) -> Result<Approver, ComplaintError> {
    let account = staff::service::find_own(reads, cx, staff)?;
    let held = account.memberships.iter().filter_map(|one| {
        let own = AuthorityRole::of_role(one.role)?;
        let below = AuthorityRole::ALL.iter().copied().filter(|role| own.decides_for(*role));
        Some((one.hotel_id, below.collect()))
    });
    Ok(Approver { staff, roles: held.collect() })
}
