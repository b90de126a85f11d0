//! Rows of the keys under which complaints come back. The group comes first, no rules.

use diesel::prelude::*;

use crate::db::schema::{recurrence_keys, recurrences};
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GroupId, HotelId};

/// Keeps a key of a hotel from others until the transaction ends; there is one from then on. Whoever holds several takes
/// them in the order of their text.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, group: GroupId, hotel: HotelId, key: &str, now: Instant) -> DbResult<()> {
    if touch(tx, group, hotel, key)? {
        return Ok(());
    }
    let new = (
        recurrence_keys::group_id.eq(group),
        recurrence_keys::hotel_id.eq(hotel),
        recurrence_keys::repeat_key.eq(key),
        recurrence_keys::since.eq(now),
    );
    let made = dialect::unless_taken(tx, |tx| {
        diesel::insert_into(recurrence_keys::table).values(new).execute(tx.conn())?;
        Ok(())
    })?;
    if made.is_none() {
        touch(tx, group, hotel, key)?;
    }
    Ok(())
}

fn touch(tx: &mut Tx<'_>, group: GroupId, hotel: HotelId, key: &str) -> DbResult<bool> {
    let row = recurrence_keys::table
        .filter(recurrence_keys::group_id.eq(group))
        .filter(recurrence_keys::hotel_id.eq(hotel))
        .filter(recurrence_keys::repeat_key.eq(key));
    let held =
        diesel::update(row).set(recurrence_keys::since.eq(recurrence_keys::since)).execute(tx.conn())?;
    Ok(held > 0)
}

#[derive(Insertable)]
#[diesel(table_name = recurrences)]
struct RecurrenceRow<'a> {
    group_id: GroupId,
    hotel_id: HotelId,
    repeat_key: &'a str,
    complaint_id: ComplaintId,
    received_at: Instant,
}

/// Writes under which keys a complaint counts, in the place of what was written before.
///
/// # Errors
/// When the database fails.
pub fn replace(
    tx: &mut Tx<'_>,
    group: GroupId,
    hotel: HotelId,
    complaint: ComplaintId,
    received_at: Instant,
    keys: &[String],
) -> DbResult<()> {
    let before = recurrences::table
        .filter(recurrences::group_id.eq(group))
        .filter(recurrences::complaint_id.eq(complaint));
    diesel::delete(before).execute(tx.conn())?;
    let rows: Vec<RecurrenceRow<'_>> = keys
        .iter()
        .map(|key| RecurrenceRow {
            group_id: group,
            hotel_id: hotel,
            repeat_key: key,
            complaint_id: complaint,
            received_at,
        })
        .collect();
    insert_all!(tx, recurrences::table, &rows)
}

/// Complaints that count under a key of a hotel and were received between two instants, both included: the last ones
/// first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn between(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    key: &str,
    (from, to): (Instant, Instant),
    limit: i64,
) -> DbResult<Vec<(ComplaintId, Instant)>> {
    Ok(recurrences::table
        .filter(recurrences::group_id.eq(group))
        .filter(recurrences::hotel_id.eq(hotel))
        .filter(recurrences::repeat_key.eq(key))
        .filter(recurrences::received_at.ge(from))
        .filter(recurrences::received_at.le(to))
        .order((recurrences::received_at.desc(), recurrences::complaint_id.desc()))
        .limit(limit)
        .select((recurrences::complaint_id, recurrences::received_at))
        .load(reads.conn())?)
}
