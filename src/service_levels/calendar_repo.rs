//! Rows of what groups changed of the calendars. The group comes first, absent is `None`, no rules.

use diesel::prelude::*;

use crate::db::dialect::unless_taken;
use crate::db::schema::service_calendars;
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, ServiceCalendarId};
use crate::kit::version::Version;
use crate::service_levels::hours::Calendar;

/// A calendar as a group has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCalendar {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: ServiceCalendarId,
    /// Its code, unique in the group.
    pub code: String,
    /// The calendar.
    pub calendar: Calendar,
    /// When it was deleted; absent while it is in use. The row stays, so that no version comes twice.
    pub deleted_at: Option<Instant>,
    /// Its version.
    pub version: Version,
    /// When and by whom the group first wrote it.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = service_calendars)]
struct CalendarRow {
    group_id: GroupId,
    id: ServiceCalendarId,
    code: String,
    calendar: Json<Calendar>,
    deleted_at: Option<Instant>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&StoredCalendar> for CalendarRow {
    fn from(stored: &StoredCalendar) -> Self {
        let StoredCalendar { group, id, code, calendar, deleted_at, version, created, updated } = stored;
        Self {
            group_id: *group,
            id: *id,
            code: code.clone(),
            calendar: Json(calendar.clone()),
            deleted_at: *deleted_at,
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<CalendarRow> for StoredCalendar {
    fn from(row: CalendarRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            code: row.code,
            calendar: row.calendar.0,
            deleted_at: row.deleted_at,
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// The calendars a group has in use of its own.
///
/// # Errors
/// When the database fails.
pub fn all(reads: &mut impl Reads, group: GroupId) -> DbResult<Vec<StoredCalendar>> {
    let rows = service_calendars::table
        .filter(service_calendars::group_id.eq(group))
        .filter(service_calendars::deleted_at.is_null())
        .select(CalendarRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(StoredCalendar::from).collect())
}

/// What a group has or had of one code, deleted ones included.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, code: &str) -> DbResult<Option<StoredCalendar>> {
    let row = service_calendars::table
        .filter(service_calendars::group_id.eq(group))
        .filter(service_calendars::code.eq(code))
        .select(CalendarRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(StoredCalendar::from))
}

/// How many calendars a group has or had of its own.
///
/// # Errors
/// When the database fails.
pub fn count(reads: &mut impl Reads, group: GroupId) -> DbResult<i64> {
    let rows = service_calendars::table.filter(service_calendars::group_id.eq(group));
    Ok(rows.count().get_result(reads.conn())?)
}

/// Writes the first calendar of a code; `None` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, calendar: &StoredCalendar) -> DbResult<Option<()>> {
    unless_taken(tx, |tx| {
        let row = CalendarRow::from(calendar);
        diesel::insert_into(service_calendars::table).values(row).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes the new state of a calendar; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &StoredCalendar, new: &StoredCalendar) -> DbResult<bool> {
    let row = CalendarRow::from(new);
    let written = diesel::update(
        service_calendars::table
            .filter(service_calendars::group_id.eq(old.group))
            .filter(service_calendars::id.eq(old.id))
            .filter(service_calendars::version.eq(old.version)),
    )
    .set((
        service_calendars::calendar.eq(row.calendar),
        service_calendars::deleted_at.eq(row.deleted_at),
        service_calendars::version.eq(row.version),
        service_calendars::updated_at.eq(row.updated_at),
        service_calendars::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}
