//! The last number given to a complaint, a hotel and year.

use diesel::prelude::*;

use crate::db::schema::complaint_numbers;
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::kit::ids::{GroupId, HotelId};

/// Takes the next `count` numbers of a hotel and year and returns the last of them. They are given back when the
/// transaction is: what is shown has no gaps. Others who want one wait until then.
///
/// # Errors
/// When the database fails.
pub fn take(tx: &mut Tx<'_>, group: GroupId, hotel: HotelId, year: i32, count: i64) -> DbResult<i64> {
    if !advance(tx, group, hotel, year, count)? {
        let first = (
            complaint_numbers::group_id.eq(group),
            complaint_numbers::hotel_id.eq(hotel),
            complaint_numbers::year.eq(year),
            complaint_numbers::last.eq(0_i64),
        );
        // Somebody else may begin the year in the same moment; then theirs is there to go on from.
        dialect::unless_taken(tx, |tx| {
            diesel::insert_into(complaint_numbers::table).values(first).execute(tx.conn())?;
            Ok(())
        })?;
        advance(tx, group, hotel, year, count)?;
    }
    Ok(complaint_numbers::table
        .filter(complaint_numbers::group_id.eq(group))
        .filter(complaint_numbers::hotel_id.eq(hotel))
        .filter(complaint_numbers::year.eq(year))
        .select(complaint_numbers::last)
        .first(tx.conn())?)
}

fn advance(tx: &mut Tx<'_>, group: GroupId, hotel: HotelId, year: i32, count: i64) -> DbResult<bool> {
    let changed = diesel::update(
        complaint_numbers::table
            .filter(complaint_numbers::group_id.eq(group))
            .filter(complaint_numbers::hotel_id.eq(hotel))
            .filter(complaint_numbers::year.eq(year)),
    )
    .set(complaint_numbers::last.eq(complaint_numbers::last + count))
    .execute(tx.conn())?;
    Ok(changed > 0)
}
