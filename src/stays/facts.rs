//! What must hold of what is written down of a stay, whoever writes it: staff, another system, an import.

use chrono::NaiveDate;

use crate::kit::fault::Fault;
use crate::stays::error::fault;
use crate::stays::model::{Facts, StayStatus};

/// Longest stay, in nights: ten years.
pub const MOST_NIGHTS: i32 = 3_660;
/// Largest amount of money in minor units, either way: nine thousand of them fit into a sum.
pub const LARGEST_AMOUNT: i64 = 1_000_000_000_000_000;
/// Most people along with the main guest.
pub const MOST_COMPANIONS: usize = 50;
/// Most references of a stay.
pub const MOST_REFS: usize = 50;
/// Most fields of a hotel's own.
pub const MOST_CUSTOM_FIELDS: usize = 50;
/// First day a stay is believed to have been.
pub const EARLIEST: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};
/// Last day a stay is believed to be booked for.
pub const LATEST: NaiveDate = match NaiveDate::from_ymd_opt(2200, 12, 31) {
    Some(date) => date,
    None => NaiveDate::MAX,
};

/// What is wrong with arrival and departure.
pub fn date_faults(arrival_on: NaiveDate, departure_on: NaiveDate) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (pointer, day) in [("/arrival_on", arrival_on), ("/departure_on", departure_on)] {
        if !(EARLIEST..=LATEST).contains(&day) {
            faults.push(fault(pointer, "date_range", "must be 1970-01-01 to 2200-12-31"));
        }
    }
    if departure_on < arrival_on {
        faults.push(fault("/departure_on", "before_arrival", "must not be before arrival_on"));
    } else if crate::stays::model::nights(arrival_on, departure_on) > MOST_NIGHTS {
        faults.push(fault("/departure_on", "too_long", "must be at most 3660 nights after arrival_on"));
    }
    faults
}

/// What is wrong with the facts as a whole, after single values were found good.
pub fn faults(facts: &Facts, status: StayStatus) -> Vec<Fault> {
    let mut faults = date_faults(facts.arrival_on, facts.departure_on);
    if facts.guest.is_nobody() {
        faults.push(fault("/guest", "person", "needs guest_id or name"));
    }
    if facts.external_refs.len() > MOST_REFS {
        faults.push(fault("/external_refs", "length", "must have at most 50 items"));
    }
    if facts.custom_fields.len() > MOST_CUSTOM_FIELDS {
        faults.push(fault("/custom_fields", "length", "must have at most 50 members"));
    }
    let off = matches!(status, StayStatus::Cancelled | StayStatus::NoShow | StayStatus::Deleted);
    if facts.cancelled_on.is_some() && !off {
        faults.push(fault("/cancelled_on", "not_cancelled", "goes with a cancelled stay only"));
    }
    faults
}
