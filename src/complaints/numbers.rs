//! Numbers that people read out on the telephone: one series a hotel and year, without gaps.

use chrono::Datelike;

use crate::complaints::number_repo;
use crate::db::{DbResult, Tx};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::GroupId;

/// The next number of a hotel for a complaint received at an instant, in the year it was there: `XIHU-2026-00042`.
///
/// # Errors
/// When the database fails.
pub fn next(tx: &mut Tx<'_>, group: GroupId, hotel: &Hotel, received_at: Instant) -> DbResult<String> {
    let year = received_at.to_utc().with_timezone(&hotel.time_zone.0).year();
    let number = number_repo::take(tx, group, hotel.id, year, 1)?;
    Ok(format!("{}-{year}-{number:05}", hotel.code.as_str().to_uppercase()))
}
