//! What a guest was given for complaints: for whoever decides on the next one.

use std::collections::BTreeMap;

use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Currency, Solution};
use crate::complaints::solution_repo;
use crate::db::Reads;
use crate::kit::ids::GuestId;
use crate::platform::context::Ctx;
use crate::recovery::model::LARGEST_SUM;
use crate::stays::people::People;

/// Most solutions that are told.
const MOST: i64 = 200;

/// What was done in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// How many solutions.
    pub solutions: i64,
    /// What the guest got.
    pub amount_minor: i64,
    /// What it did cost.
    pub cost_minor: i64,
}

/// What a guest was given.
#[derive(Debug, Clone)]
pub struct History {
    /// The guest now.
    pub guest: GuestId,
    /// All that was done, by currency.
    pub totals: BTreeMap<&'static str, Total>,
    /// Solutions with the numbers of their complaints, the newest first, at most two hundred.
    pub solutions: Vec<(Solution, String)>,
    /// Whether there are more.
    pub truncated: bool,
}

/// What a guest was given at the hotels the caller may see. A merged guest is followed.
///
/// # Errors
/// [`ComplaintError::NotFound`] for a guest the caller may not see.
pub fn history(reads: &mut impl Reads, cx: &Ctx, guest: GuestId) -> Result<History, ComplaintError> {
    let people = People::load(reads, cx, std::iter::once(guest), std::iter::empty())?;
    let guest = people.reached(cx, guest).ok_or(ComplaintError::NotFound)?;
    let mut solutions = solution_repo::of_guest(reads, cx, guest, MOST.saturating_add(1))?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let truncated = solutions.len() > most;
    solutions.truncate(most);
    let total = |(currency, solutions, amount, cost): (Currency, i64, i64, i64)| {
        let amount_minor = amount.min(LARGEST_SUM);
        (currency.code(), Total { solutions, amount_minor, cost_minor: cost.min(LARGEST_SUM) })
    };
    let totals = solution_repo::done_for_guest(reads, cx, guest)?.into_iter().map(total).collect();
    Ok(History { guest, totals, solutions, truncated })
}
