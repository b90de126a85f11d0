//! What a guest was given for complaints: for whoever decides on the next one.

use std::collections::BTreeMap;

use crate::complaints::error::ComplaintError;
use crate::complaints::model::Solution;
use crate::complaints::solution_repo;
use crate::db::Reads;
use crate::kit::ids::GuestId;
use crate::platform::context::Ctx;
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
    /// Solutions with the numbers of their complaints, the newest first.
    pub solutions: Vec<(Solution, String)>,
    /// Whether there are more.
    pub truncated: bool,
}

impl History {
    /// What was done, by currency.
    pub fn totals(&self) -> BTreeMap<&'static str, Total> {
        let mut found: BTreeMap<&'static str, Total> = BTreeMap::new();
        for (solution, _) in self.solutions.iter().filter(|(solution, _)| solution.status.is_done()) {
            let total = found.entry(solution.currency.code()).or_default();
            total.solutions += 1;
            total.amount_minor = total.amount_minor.saturating_add(solution.amount_minor);
            let cost = solution.actual_cost_minor.unwrap_or(0);
            total.cost_minor = total.cost_minor.saturating_add(cost);
        }
        found
    }
}

/// What a guest was given at the hotels the caller may see. A merged guest is followed.
///
/// # Errors
/// [`ComplaintError::NotFound`] for a guest the caller may not see.
pub fn history(reads: &mut impl Reads, cx: &Ctx, guest: GuestId) -> Result<History, ComplaintError> {
    let people = People::load(reads, cx, std::iter::once(guest), std::iter::empty())?;
    let guest = people.reached(cx, guest).ok_or(ComplaintError::NotFound)?;
    let mut solutions = solution_repo::of_guest(reads, cx.group, guest, MOST.saturating_add(1))?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let truncated = solutions.len() > most;
    solutions.truncate(most);
    solutions.retain(|(solution, _)| cx.sight.covers(Some(solution.hotel_id)));
    Ok(History { guest, solutions, truncated })
}
