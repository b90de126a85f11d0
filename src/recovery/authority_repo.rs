//! What people granted at a hotel on one of its days, counted so that two at once never pass a limit together.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::dialect::unless_taken;
use crate::db::schema::authority_uses;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::kit::ids::{GroupId, HotelId, StaffId};
use crate::recovery::model::Currency;

/// Whose day is counted.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// Who grants.
    pub staff: StaffId,
    /// The hotel.
    pub hotel: HotelId,
    /// The day of the hotel.
    pub day: NaiveDate,
    /// The currency.
    pub currency: Currency,
}

/// The row of a day.
macro_rules! row {
    ($group:expr, $of:expr) => {
        authority_uses::table
            .filter(authority_uses::group_id.eq($group))
            .filter(authority_uses::staff_id.eq($of.staff))
            .filter(authority_uses::hotel_id.eq($of.hotel))
            .filter(authority_uses::used_on.eq($of.day))
            .filter(authority_uses::currency.eq($of.currency.code()))
    };
}

/// What was granted on a day, in minor units; 0 when nothing was.
///
/// # Errors
/// When the database fails.
pub fn used(reads: &mut impl Reads, group: GroupId, of: &Day) -> DbResult<i64> {
    let found = row!(group, of).select(authority_uses::used).first(reads.conn()).optional()?;
    Ok(found.unwrap_or(0))
}

/// Counts `amount` more on a day, unless that would come to more than `most`; whether it was counted.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx<'_>, group: GroupId, of: &Day, amount: i64, most: i64) -> DbResult<bool> {
    if amount > most {
        return Ok(false);
    }
    if raise(tx, group, of, amount, most)? {
        return Ok(true);
    }
    // No row yet, or no room in it: another transaction may write the first row of the day at the same time.
    let first = unless_taken(tx, |tx| {
        diesel::insert_into(authority_uses::table)
            .values((
                authority_uses::group_id.eq(group),
                authority_uses::staff_id.eq(of.staff),
                authority_uses::hotel_id.eq(of.hotel),
                authority_uses::used_on.eq(of.day),
                authority_uses::currency.eq(of.currency.code()),
                authority_uses::used.eq(amount),
            ))
            .execute(tx.conn())?;
        Ok::<(), DbError>(())
    })?;
    if first.is_some() { Ok(true) } else { raise(tx, group, of, amount, most) }
}

fn raise(tx: &mut Tx<'_>, group: GroupId, of: &Day, amount: i64, most: i64) -> DbResult<bool> {
    let room = row!(group, of).filter(authority_uses::used.le(most.saturating_sub(amount)));
    let written = diesel::update(room)
        .set(authority_uses::used.eq(authority_uses::used + amount))
        .execute(tx.conn())?;
    Ok(written == 1)
}

/// Takes `amount` off a day again; `false` when less was granted.
///
/// # Errors
/// When the database fails.
pub fn subtract(tx: &mut Tx<'_>, group: GroupId, of: &Day, amount: i64) -> DbResult<bool> {
    let enough = row!(group, of).filter(authority_uses::used.ge(amount));
    let written = diesel::update(enough)
        .set(authority_uses::used.eq(authority_uses::used - amount))
        .execute(tx.conn())?;
    Ok(written == 1)
}
