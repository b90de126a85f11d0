//! What is counted of a heap of complaints, and the figures that follow from it.

use std::collections::{BTreeMap, HashMap};

use crate::complaints::figure_repo::Counted;
use crate::complaints::model::ComplaintStatus;
use crate::kit::ids::GuestId;

/// The guest's mark from which on the guest counts as content.
pub const CONTENT: i32 = 4;

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How many of them.
    pub count: i64,
    /// Of how many.
    pub n: i64,
}

impl Share {
    fn add(&mut self, one: bool) {
        self.n += 1;
        self.count += i64::from(one);
    }

    /// The part in thousandths of the whole, rounded half up; `None` where there is nothing.
    pub fn rate(&self) -> Option<i64> {
        thousandths(self.count, self.n)
    }
}

/// So many thousandths of `n`, rounded half up; `None` where there is nothing.
pub fn thousandths(count: i64, n: i64) -> Option<i64> {
    (n > 0).then(|| (count.saturating_mul(2_000).saturating_add(n)) / n.saturating_mul(2))
}

/// Times, in whole seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times(Vec<i64>);

impl Times {
    /// How many.
    pub fn n(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap_or(i64::MAX)
    }

    /// Their mean in seconds, rounded half up; `None` where there are none.
    pub fn mean(&self) -> Option<i64> {
        let sum: i128 = self.0.iter().map(|one| i128::from(*one)).sum();
        let n = i128::from(self.n());
        (n > 0).then(|| i64::try_from((sum * 2 + n) / (n * 2)).unwrap_or(i64::MAX))
    }

    /// The time that so many hundredths of them do not exceed, in seconds, rounded half up; between two of them in
    /// proportion, as `percentile_cont` of SQL has it. `None` where there are none.
    pub fn percentile(&self, hundredths: u8) -> Option<i64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = sorted.len().checked_sub(1)? * usize::from(hundredths);
        let (at, rest) = (place / 100, i128::try_from(place % 100).ok()?);
        let low = i128::from(*sorted.get(at)?);
        let high = i128::from(*sorted.get(at + 1).or(sorted.get(at))?);
        i64::try_from((low * 200 + (high - low) * rest * 2 + 100) / 200).ok()
    }
}

/// What complaints cost, in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Complaints at hotels of this currency.
    pub n: i64,
    /// What they cost, in minor units.
    pub cost_minor: i64,
}

impl Cost {
    /// Cost of a complaint in minor units, rounded half up; `None` where there is none.
    pub fn each(&self) -> Option<i64> {
        (self.n > 0).then(|| (self.cost_minor.saturating_mul(2).saturating_add(self.n)) / (self.n * 2))
    }
}

/// The figures of a heap of complaints.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// How many were received.
    pub complaints: i64,
    /// Those that wait for somebody.
    pub open: i64,
    /// Those that are closed.
    pub closed: i64,
    /// Those that were taken back.
    pub withdrawn: i64,
    /// Those that were refused.
    pub rejected: i64,
    /// From the receipt to the first word to the guest.
    pub first_response: Times,
    /// Work until it was resolved.
    pub resolution: Times,
    /// First words in time, of those said or overdue.
    pub responded_in_time: Share,
    /// Resolved in time, of those resolved or overdue.
    pub resolved_in_time: Share,
    /// Resolved, of those received.
    pub resolved: Share,
    /// Opened again, of those that were over once.
    pub reopened: Share,
    /// Repeating an earlier one, of those received.
    pub recurring: Share,
    /// Sum of the guests' marks.
    pub ratings: i64,
    /// Marks of [`CONTENT`] and more, of all marks.
    pub content: Share,
    /// Costs by currency.
    pub costs: BTreeMap<String, Cost>,
    /// Occupied room nights of the period.
    pub room_nights: i64,
    guests: HashMap<GuestId, bool>,
}

impl Tally {
    /// Counts a complaint in: whether it repeats an earlier one, and whether its guest stayed again.
    pub fn add(&mut self, one: &Counted, recurs: bool, returned: bool) {
        let figures = &one.figures;
        let status = ComplaintStatus::of(&one.status);
        self.complaints += 1;
        self.open += i64::from(status.is_some_and(ComplaintStatus::is_open));
        self.closed += i64::from(status == Some(ComplaintStatus::Closed));
        self.withdrawn += i64::from(status == Some(ComplaintStatus::Withdrawn));
        self.rejected += i64::from(status == Some(ComplaintStatus::Rejected));
        self.first_response.0.extend(figures.response_seconds);
        self.resolution.0.extend(figures.resolution_seconds);
        if let Some(kept) = figures.response_in_time {
            self.responded_in_time.add(kept);
        }
        if let Some(kept) = figures.resolution_in_time {
            self.resolved_in_time.add(kept);
        }
        self.resolved.add(figures.resolution_seconds.is_some());
        if figures.finished_count > 0 {
            self.reopened.add(figures.reopen_count > 0);
        }
        self.recurring.add(recurs);
        if let Some(rating) = figures.rating {
            self.ratings += i64::from(rating);
            self.content.add(rating >= CONTENT);
        }
        let cost = self.costs.entry(figures.currency.clone()).or_default();
        cost.n += 1;
        cost.cost_minor = cost.cost_minor.saturating_add(one.cost_minor);
        if let Some(guest) = one.guest {
            *self.guests.entry(guest).or_default() |= returned;
        }
    }

    /// Guests who stayed again, of those who complained and are known.
    pub fn recovered(&self) -> Share {
        let count = self.guests.values().filter(|returned| **returned).count();
        let told = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Share { count: told(count), n: told(self.guests.len()) }
    }

    /// Mean of the guests' marks, in thousandths; `None` without any.
    pub fn mean_rating(&self) -> Option<i64> {
        thousandths(self.ratings, self.content.n)
    }

    /// Complaints of a hundred occupied room nights, in thousandths; `None` where no room was occupied.
    pub fn per_100_room_nights(&self) -> Option<i64> {
        thousandths(self.complaints.saturating_mul(100), self.room_nights)
    }
}

#[cfg(test)]
mod tests {
    use super::{Share, Times, thousandths};

    #[test]
    fn percentiles_lie_between_two_in_proportion() {
        assert_eq!(Times::default().percentile(50), None);
        assert_eq!(Times::default().mean(), None);
        assert_eq!(Times(vec![7]).percentile(90), Some(7));
        assert_eq!(Times(vec![10, 0]).percentile(50), Some(5));
        assert_eq!(Times(vec![0, 1]).percentile(50), Some(1));
        let ten = Times((1..=10).map(|one| one * 100).collect());
        assert_eq!((ten.percentile(90), ten.percentile(50), ten.mean()), (Some(910), Some(550), Some(550)));
        assert_eq!(ten.percentile(100), Some(1_000));
    }

    #[test]
    fn rates_are_rounded_and_absent_without_anything() {
        assert_eq!(Share::default().rate(), None);
        assert_eq!(Share { count: 2, n: 3 }.rate(), Some(667));
        assert_eq!(Share { count: 0, n: 3 }.rate(), Some(0));
        assert_eq!(thousandths(5 * 100, 400), Some(1_250));
    }
}
