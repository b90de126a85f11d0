//! The duty roster of a hotel: whose shift it is in which role. What is to be told somebody on duty goes to
//! them.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::db::{DbResult, Reads, Tx};
use crate::hotels::service as hotels;
use crate::kit::clock::Instant;
use crate::kit::fault::Faults;
use crate::kit::ids::{ActorId, DutyShiftId, GroupId, HotelId, StaffId};
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::service_levels::duty_repo::{self, Position};
use crate::service_levels::error::ServiceLevelError;
pub use crate::staff::roles::Role;
use crate::staff::service as staff;

/// Longest shift: two days.
pub const LONGEST_SHIFT: Duration = Duration::from_secs(48 * 3_600);

/// A shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyShift {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: DutyShiftId,
    /// Where.
    pub hotel: HotelId,
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// From when on.
    pub starts_at: Instant,
    /// Up to but without when; at most 48 hours after the start.
    pub ends_at: Instant,
    /// Its version.
    pub version: Version,
    /// When and by whom it was written.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

/// What makes a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteShift {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// From when on.
    pub starts_at: Instant,
    /// Up to but without when.
    pub ends_at: Instant,
}

/// What of a shift to change; absent members stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeShift {
    /// Who.
    pub staff: Option<StaffId>,
    /// As what.
    pub role: Option<Role>,
    /// From when on.
    pub starts_at: Option<Instant>,
    /// Up to but without when.
    pub ends_at: Option<Instant>,
}

/// Which shifts a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShiftFilter {
    /// Only those that end after this.
    pub from: Option<Instant>,
    /// Only those that start before this.
    pub until: Option<Instant>,
    /// Only those in this role.
    pub role: Option<Role>,
    /// Only those of this account.
    pub staff: Option<StaffId>,
}

/// Who can be reached in a role at a hotel at an instant, by id: those whose shift it is; when it is
/// nobody's, every active account with the role at the hotel or in the whole group. Whoever has lost the role
/// since the shift was written, or is suspended, is not reached.
///
/// # Errors
/// When the database fails.
pub fn on_duty(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    role: Role,
    at: Instant,
) -> DbResult<Vec<StaffId>> {
    let holders = staff::role_holders(reads, cx, hotel, role)?;
    let on_shift = duty_repo::on_shift(reads, cx.group, hotel, role, at)?;
    let there: Vec<StaffId> = holders.iter().copied().filter(|one| on_shift.contains(one)).collect();
    Ok(if there.is_empty() { holders } else { there })
}

/// A page of the shifts of a hotel in the order of their start, and where the next one starts.
///
/// # Errors
/// [`ServiceLevelError::NotFound`] when there is no such hotel for the caller.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    filter: &ShiftFilter,
    after: Option<&Position>,
    limit: i64,
) -> Result<(Vec<DutyShift>, Option<Position>), ServiceLevelError> {
    hotels::find_hotel(reads, cx, hotel)?;
    Ok(duty_repo::list(reads, cx.group, hotel, filter, after, limit)?)
}

/// A shift the caller may see.
///
/// # Errors
/// [`ServiceLevelError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: DutyShiftId) -> Result<DutyShift, ServiceLevelError> {
    let shift = duty_repo::find(reads, cx.group, id)?;
    shift.filter(|shift| cx.sight.covers(Some(shift.hotel))).ok_or(ServiceLevelError::NotFound)
}

/// Writes a shift.
///
/// # Errors
/// [`ServiceLevelError::NotFound`] when there is no such hotel for the caller, [`ServiceLevelError::Invalid`]
/// when the times are out of order or too far apart, or the account has not the role there.
pub fn write(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    hotel: HotelId,
    command: WriteShift,
) -> Result<DutyShift, ServiceLevelError> {
    hotels::find_hotel(tx, cx, hotel)?;
    let WriteShift { staff, role, starts_at, ends_at } = command;
    let stamp = (cx.now, cx.actor.id);
    let shift = DutyShift {
        group: cx.group,
        id: cx.new_id(),
        hotel,
        staff,
        role,
        starts_at,
        ends_at,
        version: 1,
        created: stamp,
        updated: stamp,
    };
    check(tx, cx, &shift)?;
    duty_repo::insert(tx, &shift)?;
    record(tx, cx, change("duty_shift.created", None, Some(&shift), &shift))?;
    Ok(shift)
}

/// Changes a shift.
///
/// # Errors
/// [`ServiceLevelError::NotFound`], [`ServiceLevelError::Stale`], [`ServiceLevelError::Invalid`] as
/// [`write`].
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: DutyShiftId,
    expected: &Expected,
    patch: ChangeShift,
) -> Result<DutyShift, ServiceLevelError> {
    let old = expect(tx, cx, id, expected)?;
    let ChangeShift { staff, role, starts_at, ends_at } = patch;
    let mut new = DutyShift {
        staff: staff.unwrap_or(old.staff),
        role: role.unwrap_or(old.role),
        starts_at: starts_at.unwrap_or(old.starts_at),
        ends_at: ends_at.unwrap_or(old.ends_at),
        ..old.clone()
    };
    if new == old {
        return Ok(old);
    }
    check(tx, cx, &new)?;
    new.version = old.version + 1;
    new.updated = (cx.after(old.updated.0), cx.actor.id);
    if !duty_repo::replace(tx, &old, &new)? {
        return Err(ServiceLevelError::Stale);
    }
    record(tx, cx, change("duty_shift.updated", Some(&old), Some(&new), &new))?;
    Ok(new)
}

/// Takes a shift away.
///
/// # Errors
/// [`ServiceLevelError::NotFound`], [`ServiceLevelError::Stale`].
pub fn remove(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: DutyShiftId,
    expected: &Expected,
) -> Result<(), ServiceLevelError> {
    let old = expect(tx, cx, id, expected)?;
    if !duty_repo::delete(tx, &old)? {
        return Err(ServiceLevelError::Stale);
    }
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let gone = DutyShift { version: old.version + 1, updated, ..old.clone() };
    record(tx, cx, change("duty_shift.deleted", Some(&old), None, &gone))?;
    Ok(())
}

fn expect(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: DutyShiftId,
    expected: &Expected,
) -> Result<DutyShift, ServiceLevelError> {
    let shift = get(tx, cx, id)?;
    if expected.allows(shift.version) { Ok(shift) } else { Err(ServiceLevelError::Stale) }
}

fn check(reads: &mut impl Reads, cx: &Ctx, shift: &DutyShift) -> Result<(), ServiceLevelError> {
    let mut faults = Faults::new();
    if shift.ends_at <= shift.starts_at {
        faults.at("ends_at", |f| f.add("order", "must be later than starts_at"));
    } else if shift.ends_at.since(shift.starts_at) > LONGEST_SHIFT {
        faults.at("ends_at", |f| f.add("range", "must be at most 48 hours after starts_at"));
    }
    // Whether there is such an account elsewhere is not told.
    if !staff::role_holders(reads, cx, shift.hotel, shift.role)?.contains(&shift.staff) {
        let message = "is no active account with this role at the hotel";
        faults.at("staff_id", |f| f.add("unknown_reference", message));
    }
    faults.finish(Some(())).map_err(ServiceLevelError::Invalid)
}

/// What the audit log and the feed keep of a shift.
#[derive(Serialize)]
struct Told {
    id: DutyShiftId,
    hotel_id: HotelId,
    staff_id: StaffId,
    role: &'static str,
    starts_at: Instant,
    ends_at: Instant,
}

fn told(shift: &DutyShift) -> Value {
    let DutyShift {
        group: _,
        id,
        hotel,
        staff,
        role,
        starts_at,
        ends_at,
        version: _,
        created: _,
        updated: _,
    } = *shift;
    json!(Told { id, hotel_id: hotel, staff_id: staff, role: role.code(), starts_at, ends_at })
}

fn change(
    action: &'static str,
    before: Option<&DutyShift>,
    after: Option<&DutyShift>,
    now: &DutyShift,
) -> Change {
    Change {
        action,
        subject_kind: "duty_shift",
        subject_id: now.id.0,
        version: now.version,
        hotel: Some(now.hotel),
        at: now.updated.0,
        before: before.map(told),
        after: after.map(told),
    }
}
