//! Histories that were taken over, counted in what is stored: to compare with what the sender counts.

use std::collections::BTreeMap;

use crate::complaint_settings::model::Priority;
use crate::complaints::history::OddCounts;
use crate::complaints::model::Complaint;
use crate::complaints::repo;
use crate::db::{DbResult, Reads};
use crate::kit::ids::{ComplaintId, GroupId};

/// Complaints looked at in one step.
const STEP: i64 = 500;

/// How many there are, and how many of them were kept in time and not, in the sender's view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// All of them.
    pub all: u64,
    /// In time.
    pub in_time: u64,
    /// Not in time.
    pub late: u64,
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Histories.
    pub histories: Kept,
    /// Events they were made of.
    pub events: u64,
    /// Histories of complaints that were opened again.
    pub reopened: u64,
    /// Histories by priority; `None` for those without one.
    pub by_priority: BTreeMap<Option<Priority>, Kept>,
    /// Histories without a moment of resolution.
    pub unresolved: u64,
    /// Seconds from the receipt to the resolution of each history that has one, in no order.
    pub seconds: Vec<u64>,
    /// What could not have happened here.
    pub odd: OddCounts,
}

impl Kept {
    fn count(&mut self, in_time: Option<bool>) {
        self.all += 1;
        self.in_time += u64::from(in_time == Some(true));
        self.late += u64::from(in_time == Some(false));
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.in_time += other.in_time;
        self.late += other.late;
    }
}

impl Figures {
    /// Counts a complaint, if it has a history.
    fn count(&mut self, complaint: &Complaint) {
        let progress = &complaint.progress;
        let Some(history) = progress.history.as_ref().filter(|history| history.is_replayed()) else { return };
        self.histories.count(history.in_time);
        self.by_priority.entry(complaint.class.priority).or_default().count(history.in_time);
        self.events += u64::try_from(history.events).unwrap_or(u64::MAX);
        self.reopened += u64::from(progress.reopened() > 0);
        let resolved_at = history.resolved_at.or(complaint.round().resolved_at);
        match resolved_at {
            Some(at) => self.seconds.push(at.since(complaint.facts.received_at).as_secs()),
            None => self.unresolved += 1,
        }
        for odd in &history.odd_moves {
            *self.odd.entry((odd.kind, odd.from, odd.to)).or_default() += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        let Self { histories, events, reopened, by_priority, unresolved, seconds, odd } = other;
        self.histories.add(histories);
        self.events += events;
        self.reopened += reopened;
        self.unresolved += unresolved;
        self.seconds.extend(seconds);
        for (priority, kept) in by_priority {
            self.by_priority.entry(priority).or_default().add(kept);
        }
        for (kind, count) in odd {
            *self.odd.entry(kind).or_default() += count;
        }
    }

    /// The seconds that so many tenths of the histories took at most, between two of them by their distance; absent
    /// without any: 5 for the median.
    pub fn tenths(&self, tenths: u64) -> Option<u64> {
        let mut sorted = self.seconds.clone();
        sorted.sort_unstable();
        let last = u64::try_from(sorted.len().checked_sub(1)?).ok()?;
        let (place, rest) = (last * tenths / 10, last * tenths % 10);
        let low = *sorted.get(usize::try_from(place).ok()?)?;
        let high = usize::try_from(place + 1).ok().and_then(|next| sorted.get(next)).copied().unwrap_or(low);
        Some(low + (high - low) * rest / 10)
    }
}

/// A step: what the complaints behind one are, and where the next step starts.
///
/// # Errors
/// When the database fails.
pub fn step(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<ComplaintId>,
) -> DbResult<(Figures, Option<ComplaintId>)> {
    let found = repo::after(reads, group, after, STEP)?;
    let mut figures = Figures::default();
    found.iter().for_each(|complaint| figures.count(complaint));
    let full = i64::try_from(found.len()).unwrap_or(STEP) >= STEP;
    Ok((figures, found.last().filter(|_| full).map(|last| last.id)))
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn a_quantile_lies_between_two_by_their_distance() {
        let of = |seconds: &[u64]| Figures { seconds: seconds.to_vec(), ..Figures::default() };
        assert_eq!((of(&[]).tenths(5), of(&[7]).tenths(9)), (None, Some(7)));
        assert_eq!(of(&[30, 10]).tenths(5), Some(20));
        assert_eq!(of(&[0, 100, 200]).tenths(9), Some(180));
    }
}
