//! Numbers that people read out on the telephone: one series a hotel and year, without gaps.

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;

use crate::complaints::model::Complaint;
use crate::complaints::number_repo;
use crate::db::{DbResult, Tx};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, HotelId};

/// The next number of a hotel for a complaint received at an instant, in the year it was there: `XIHU-2026-00042`.
///
/// # Errors
/// When the database fails.
pub fn next(tx: &mut Tx<'_>, group: GroupId, hotel: &Hotel, received_at: Instant) -> DbResult<String> {
    let year = year(hotel, received_at);
    let number = number_repo::take(tx, group, hotel.id, year, 1)?;
    Ok(written(hotel, year, number))
}

/// Numbers new complaints in their order, each hotel and year in one go. Complaints of other hotels than these stay
/// without.
///
/// # Errors
/// When the database fails.
pub fn number_all(
    tx: &mut Tx<'_>,
    group: GroupId,
    hotels: &HashMap<HotelId, Hotel>,
    new: &mut [Complaint],
) -> DbResult<()> {
    // In one order for all, so that no two batches wait for each other.
    let mut series: BTreeMap<(HotelId, i32), Vec<&mut Complaint>> = BTreeMap::new();
    for complaint in new {
        if let Some(hotel) = hotels.get(&complaint.hotel_id) {
            let year = year(hotel, complaint.facts.received_at);
            series.entry((hotel.id, year)).or_default().push(complaint);
        }
    }
    for ((id, year), complaints) in series {
        let Some(hotel) = hotels.get(&id) else { continue };
        let count = i64::try_from(complaints.len()).unwrap_or(i64::MAX);
        let before = number_repo::take(tx, group, id, year, count)? - count;
        for (number, complaint) in (before + 1..).zip(complaints) {
            complaint.number = written(hotel, year, number);
        }
    }
    Ok(())
}

fn year(hotel: &Hotel, received_at: Instant) -> i32 {
    received_at.to_utc().with_timezone(&hotel.time_zone.0).year()
}

fn written(hotel: &Hotel, year: i32, number: i64) -> String {
    format!("{}-{year}-{number:05}", hotel.code.as_str().to_uppercase())
}
