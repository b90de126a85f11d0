//! Rows of the duty roster.

use diesel::prelude::*;

use crate::db::schema::duty_shifts;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, DutyShiftId, GroupId, HotelId, StaffId};
use crate::service_levels::duty::{DutyShift, LONGEST_SHIFT, Role, ShiftFilter};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = duty_shifts)]
struct ShiftRow {
    group_id: GroupId,
    id: DutyShiftId,
    hotel_id: HotelId,
    staff_id: StaffId,
    role: String,
    starts_at: Instant,
    ends_at: Instant,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&DutyShift> for ShiftRow {
    fn from(shift: &DutyShift) -> Self {
        let DutyShift { group, id, hotel, staff, role, starts_at, ends_at, version, created, updated } =
            shift;
        Self {
            group_id: *group,
            id: *id,
            hotel_id: *hotel,
            staff_id: *staff,
            role: role.code().to_owned(),
            starts_at: *starts_at,
            ends_at: *ends_at,
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl ShiftRow {
    /// `None` for a role this program does not know.
    fn known(self) -> Option<DutyShift> {
        Some(DutyShift {
            group: self.group_id,
            id: self.id,
            hotel: self.hotel_id,
            staff: self.staff_id,
            role: Role::parse(&self.role)?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            version: self.version,
            created: (self.created_at, self.created_by),
            updated: (self.updated_at, self.updated_by),
        })
    }
}

/// Where a page ends: start and id.
pub type Position = (Instant, DutyShiftId);

/// One shift.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: DutyShiftId) -> DbResult<Option<DutyShift>> {
    let row: Option<ShiftRow> = duty_shifts::table
        .filter(duty_shifts::group_id.eq(group))
        .filter(duty_shifts::id.eq(id))
        .select(ShiftRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.and_then(ShiftRow::known))
}

/// A page of the shifts of a hotel in the order of their start, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    filter: &ShiftFilter,
    after: Option<&Position>,
    limit: i64,
) -> DbResult<(Vec<DutyShift>, Option<Position>)> {
    let mut query = duty_shifts::table
        .into_boxed::<MultiBackend>()
        .filter(duty_shifts::group_id.eq(group))
        .filter(duty_shifts::hotel_id.eq(hotel));
    if let Some(from) = filter.from {
        // No shift is longer: those that began earlier are over, and the index need not be read so far.
        query = query
            .filter(duty_shifts::starts_at.gt(from.minus(LONGEST_SHIFT)))
            .filter(duty_shifts::ends_at.gt(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(duty_shifts::starts_at.lt(until));
    }
    if let Some(role) = filter.role {
        query = query.filter(duty_shifts::role.eq(role.code()));
    }
    if let Some(staff) = filter.staff {
        query = query.filter(duty_shifts::staff_id.eq(staff));
    }
    if let Some((start, id)) = after {
        let tie = duty_shifts::starts_at.eq(*start).and(duty_shifts::id.gt(*id));
        query =
            query.filter(duty_shifts::starts_at.ge(*start)).filter(duty_shifts::starts_at.gt(*start).or(tie));
    }
    let mut rows: Vec<ShiftRow> = query
        .order((duty_shifts::starts_at, duty_shifts::id))
        .limit(limit.saturating_add(1))
        .select(ShiftRow::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| (row.starts_at, row.id));
    Ok((rows.into_iter().filter_map(ShiftRow::known).collect(), next))
}

/// Whose shift in a role it is at a hotel at an instant.
///
/// # Errors
/// When the database fails.
pub fn on_shift(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    role: Role,
    at: Instant,
) -> DbResult<Vec<StaffId>> {
    Ok(duty_shifts::table
        .filter(duty_shifts::group_id.eq(group))
        .filter(duty_shifts::hotel_id.eq(hotel))
        .filter(duty_shifts::role.eq(role.code()))
        .filter(duty_shifts::starts_at.gt(at.minus(LONGEST_SHIFT)))
        .filter(duty_shifts::starts_at.le(at))
        .filter(duty_shifts::ends_at.gt(at))
        .select(duty_shifts::staff_id)
        .load(reads.conn())?)
}

/// Writes a new shift.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, shift: &DutyShift) -> DbResult<()> {
    diesel::insert_into(duty_shifts::table).values(ShiftRow::from(shift)).execute(tx.conn())?;
    Ok(())
}

/// Writes the new state of a shift; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &DutyShift, new: &DutyShift) -> DbResult<bool> {
    let row = ShiftRow::from(new);
    let written = diesel::update(
        duty_shifts::table
            .filter(duty_shifts::group_id.eq(old.group))
            .filter(duty_shifts::id.eq(old.id))
            .filter(duty_shifts::version.eq(old.version)),
    )
    .set((
        duty_shifts::staff_id.eq(row.staff_id),
        duty_shifts::role.eq(row.role),
        duty_shifts::starts_at.eq(row.starts_at),
        duty_shifts::ends_at.eq(row.ends_at),
        duty_shifts::version.eq(row.version),
        duty_shifts::updated_at.eq(row.updated_at),
        duty_shifts::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}

/// Takes a shift away; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn delete(tx: &mut Tx<'_>, shift: &DutyShift) -> DbResult<bool> {
    let row = duty_shifts::table
        .filter(duty_shifts::group_id.eq(shift.group))
        .filter(duty_shifts::id.eq(shift.id))
        .filter(duty_shifts::version.eq(shift.version));
    Ok(diesel::delete(row).execute(tx.conn())? == 1)
}
