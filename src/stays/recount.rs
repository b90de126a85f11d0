//! Whether the figures of guests are what their rows say: the same figures on two ways, side by side.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::db::{DbResult, Reads};
use crate::kit::ids::{GuestId, StayId};
use crate::platform::context::Ctx;
use crate::stays::facts::{EARLIEST, LATEST};
use crate::stays::figure_repo;
use crate::stays::figures::{self, Statistics};

/// Rows read at once.
const ROWS: i64 = 2_000;

/// How far a recount has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(GuestId, NaiveDate, StayId);

impl Place {
    /// The beginning.
    pub const START: Self = Self(GuestId(uuid::Uuid::nil()), EARLIEST, StayId(uuid::Uuid::nil()));
}

/// What one step of a recount found.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Guests looked at.
    pub guests: u64,
    /// Stays counted.
    pub stays: u64,
    /// Guests whose figures differ from the count.
    pub different: Vec<GuestId>,
    /// Where the next step starts; none at the end.
    pub next: Option<Place>,
}

/// Counts the stays of the next guests row by row and compares with the figures that the database sums. What staff
/// write meanwhile is looked at again, so that only what is wrong is told.
///
/// # Errors
/// When the database fails.
pub fn step(reads: &mut impl Reads, cx: &Ctx, from: Place) -> DbResult<Step> {
    let Place(guest, arrival, id) = from;
    let mut rows = figure_repo::rows_after(reads, cx.group, (guest, arrival, id), ROWS)?;
    let whole = i64::try_from(rows.len()).unwrap_or(i64::MAX) < ROWS;
    let main = |stay: &crate::stays::model::Stay| stay.facts.guest.guest.map(|linked| linked.id);
    let last = rows.last().and_then(main);
    // The last guest may have more rows than were read: it is counted whole, and the next step starts behind it.
    if let Some(last) = last.filter(|_| !whole) {
        rows.retain(|stay| main(stay) != Some(last));
        rows.extend(figure_repo::rows_of(reads, cx.group, last)?);
    }
    let mut counted: HashMap<GuestId, Statistics> = HashMap::new();
    for stay in &rows {
        if let Some(guest) = main(stay) {
            counted.entry(guest).or_default().count(stay);
        }
    }
    let guests: Vec<GuestId> = counted.keys().copied().collect();
    let mut summed = figures::of(reads, cx, &guests)?;
    let mut different = Vec::new();
    for (guest, count) in &counted {
        if *count != summed.remove(guest).unwrap_or_default() && !agrees(reads, cx, *guest)? {
            different.push(*guest);
        }
    }
    different.sort();
    Ok(Step {
        guests: u64::try_from(counted.len()).unwrap_or(u64::MAX),
        stays: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        different,
        next: last.filter(|_| !whole).map(|last| Place(last, LATEST, StayId(uuid::Uuid::max()))),
    })
}

/// Whether figures and count of one guest agree, looked at anew.
fn agrees(reads: &mut impl Reads, cx: &Ctx, guest: GuestId) -> DbResult<bool> {
    for _ in 0..3 {
        let mut count = Statistics::default();
        for stay in figure_repo::rows_of(reads, cx.group, guest)? {
            count.count(&stay);
        }
        if count == figures::of(reads, cx, &[guest])?.remove(&guest).unwrap_or_default() {
            return Ok(true);
        }
    }
    Ok(false)
}
