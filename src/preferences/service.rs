//! Rules of preferences. No HTTP; the caller holds the transaction.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::db::Reads;
use crate::kit::ids::{GuestId, HotelId};
use crate::platform::context::Ctx;
use crate::preferences::error::PreferenceError;
use crate::preferences::model::Preference;
use crate::preferences::repo;

/// What is to be acted on for guests who are at a hotel from one day to another: in use, valid on at least one of the
/// days, meant for that hotel, and consented to where sensitive. The caller leaves sensitive ones out for those who
/// may not see them. A constant number of queries, whatever the number of guests.
///
/// # Errors
/// When the database fails.
pub fn effective(
    reads: &mut impl Reads,
    cx: &Ctx,
    guests: &[GuestId],
    on_from: NaiveDate,
    on_to: NaiveDate,
    hotel: HotelId,
) -> Result<HashMap<GuestId, Vec<Preference>>, PreferenceError> {
    let mut found: HashMap<GuestId, Vec<Preference>> = HashMap::new();
    for preference in repo::active(reads, cx.group, guests)? {
        if preference.valid_within(on_from, on_to) && preference.holds_at(hotel) {
            found.entry(preference.guest_id).or_default().push(preference);
        }
    }
    Ok(found)
}
