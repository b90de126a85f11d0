//! Sums over stays, made by the database; and the rows themselves in the order of their guests, to check the sums by.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::schema::stays;
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::ids::{GroupId, GuestId, StayId};
use crate::platform::context::Sight;
use crate::stays::figures::Part;
use crate::stays::model::{Stay, StayStatus};
use crate::stays::repo::{IDS_A_STATEMENT, StayRow, complete};

type Key = (Option<GuestId>, String, String, Option<String>, Option<String>);
type Sums = (i64, i64, i64, i64, i64, i64, i64, i64);
type Days = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);

/// Sums over the stays of guests that may be seen, apart by status, currency, channel and room type.
///
/// # Errors
/// When the database fails.
pub fn parts(
    reads: &mut impl Reads,
    group: GroupId,
    sight: &Sight,
    guests: &[GuestId],
) -> DbResult<Vec<(GuestId, Part)>> {
    let mut found = Vec::new();
    for some in guests.chunks(IDS_A_STATEMENT) {
        let key = (stays::guest_id, stays::status, stays::currency, stays::channel, stays::room_type);
        // Sums of whole numbers are a wider type on one backend: they are asked for as what they fit into.
        let sums = (
            sql::<BigInt>("COUNT(*)"),
            sql::<BigInt>("CAST(SUM(nights) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(CAST(nights AS BIGINT) * rooms) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(revenue_room) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(revenue_food_beverage) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(revenue_other) AS BIGINT)"),
            sql::<BigInt>("CAST(COALESCE(SUM(lead_days), 0) AS BIGINT)"),
            sql::<BigInt>("COUNT(lead_days)"),
        );
        let days = (
            diesel::dsl::min(stays::arrival_on),
            diesel::dsl::max(stays::arrival_on),
            diesel::dsl::max(stays::departure_on),
        );
        let mut query = stays::table
            .group_by(key)
            .select((key, sums, days))
            .filter(stays::group_id.eq(group))
            .filter(stays::guest_id.eq_any(some.to_vec()).assume_not_null())
            .filter(stays::status.ne(StayStatus::Deleted.code()))
            .into_boxed::<MultiBackend>();
        if let Sight::Hotels(hotels) = sight {
            query = query.filter(stays::hotel_id.eq_any(hotels.clone()));
        }
        let rows: Vec<(Key, Sums, Days)> = query.load(reads.conn())?;
        found.extend(rows.into_iter().filter_map(part));
    }
    Ok(found)
}

fn part((key, sums, days): (Key, Sums, Days)) -> Option<(GuestId, Part)> {
    let (guest, status, currency, channel, room_type) = key;
    let (stays, nights, room_nights, room, food_beverage, other, lead_days, lead_known) = sums;
    let (first_arrival, last_arrival, last_departure) = days;
    let part = Part {
        status: StayStatus::of(&status)?,
        currency,
        channel,
        room_type,
        stays,
        nights,
        room_nights,
        room,
        food_beverage,
        other,
        lead_days,
        lead_known,
        first_arrival: first_arrival?,
        last_arrival: last_arrival?,
        last_departure: last_departure?,
    };
    Some((guest?, part))
}

/// Stays with a main guest in the order of the guests, behind one, whatever their status.
///
/// # Errors
/// When the database fails.
pub fn rows_after(
    reads: &mut impl Reads,
    group: GroupId,
    after: (GuestId, NaiveDate, StayId),
    limit: i64,
) -> DbResult<Vec<Stay>> {
    let (guest, arrival, id) = after;
    let guest_id = stays::guest_id.assume_not_null();
    let same_guest = guest_id
        .eq(guest)
        .and(stays::arrival_on.gt(arrival).or(stays::arrival_on.eq(arrival).and(stays::id.gt(id))));
    let rows = stays::table
        .filter(stays::group_id.eq(group))
        .filter(stays::guest_id.is_not_null())
        .filter(guest_id.ge(guest))
        .filter(guest_id.gt(guest).or(same_guest))
        .order((stays::guest_id, stays::arrival_on, stays::id))
        .limit(limit)
        .select(StayRow::as_select())
        .load(reads.conn())?;
    complete(reads, group, rows)
}

/// Every stay of one guest, whatever its status.
///
/// # Errors
/// When the database fails.
pub fn rows_of(reads: &mut impl Reads, group: GroupId, guest: GuestId) -> DbResult<Vec<Stay>> {
    let rows = stays::table
        .filter(stays::group_id.eq(group))
        .filter(stays::guest_id.eq(guest).assume_not_null())
        .select(StayRow::as_select())
        .load(reads.conn())?;
    complete(reads, group, rows)
}
