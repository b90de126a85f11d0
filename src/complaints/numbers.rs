//! Numbers that people read out on the telephone: one series a hotel and year, without gaps.

use diesel::prelude::*;

use crate::db::schema::complaint_numbers;
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, HotelId};

/// Takes the next `count` numbers of a hotel for complaints received at an instant, in the year it was there. They are
/// given back when the transaction is: what is shown has no gaps. Others who want one wait until then.
///
/// # Errors
/// When the database fails.
pub fn take(
    tx: &mut Tx<'_>,
    group: GroupId,
    hotel: &Hotel,
    received_at: Instant,
    count: i64,
) -> DbResult<Vec<String>> {
    let year = year(hotel, received_at);
    if !advance(tx, group, hotel.id, year, count)? {
        let first = (
            complaint_numbers::group_id.eq(group),
            complaint_numbers::hotel_id.eq(hotel.id),
            complaint_numbers::year.eq(year),
            complaint_numbers::last.eq(0_i64),
        );
        // Somebody else may begin the year in the same moment; then theirs is there to go on from.
        dialect::unless_taken(tx, |tx| {
            diesel::insert_into(complaint_numbers::table).values(first).execute(tx.conn())?;
            Ok(())
        })?;
        advance(tx, group, hotel.id, year, count)?;
    }
    let last: i64 = complaint_numbers::table
        .filter(complaint_numbers::group_id.eq(group))
        .filter(complaint_numbers::hotel_id.eq(hotel.id))
        .filter(complaint_numbers::year.eq(year))
        .select(complaint_numbers::last)
        .first(tx.conn())?;
    let code = hotel.code.as_str().to_uppercase();
    Ok((last - count + 1..=last).map(|number| format!("{code}-{year}-{number:05}")).collect())
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

/// The year an instant lies in, at a hotel.
pub fn year(hotel: &Hotel, at: Instant) -> i32 {
    use chrono::Datelike;
    at.to_utc().with_timezone(&hotel.time_zone.0).year()
}
