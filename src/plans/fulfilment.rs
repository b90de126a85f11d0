//! How much of what was planned was done.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use crate::codes;
use crate::db::Reads;
use crate::kit::ids::HotelId;
use crate::plans::error::PlanError;
use crate::plans::model::PlanItemStatus;
use crate::plans::report_repo;
use crate::platform::context::Ctx;

codes! {
    /// By what figures of plans are told apart.
    FulfilmentGroup {
        /// By hotel.
        Hotel = "hotel",
        /// By department.
        Department = "department",
        /// By category of preferences.
        Category = "category",
        /// By month.
        Month = "month",
    }
}

/// What the report is asked for.
#[derive(Debug, Clone, Serialize)]
pub struct FulfilmentQuery {
    /// First day on which items were due.
    pub from: NaiveDate,
    /// Last day on which items were due.
    pub to: NaiveDate,
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only this department's.
    pub department: Option<String>,
    /// Only this category's.
    pub category: Option<String>,
    /// By what to tell them apart.
    pub group_by: Option<FulfilmentGroup>,
}

/// How many items, and what became of them. Dropped ones do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Planned in all.
    pub planned: i64,
    /// Done.
    pub done: i64,
    /// Not possible.
    pub not_possible: i64,
    /// Not decided yet.
    pub open: i64,
}

impl Tally {
    fn add(&mut self, status: PlanItemStatus, items: i64) {
        match status {
            PlanItemStatus::Planned => self.open += items,
            PlanItemStatus::Done => self.done += items,
            PlanItemStatus::NotPossible => self.not_possible += items,
            PlanItemStatus::Dropped => return,
        }
        self.planned += items;
    }

    /// What was done of what was planned, in thousandths, rounded half up; `None` where nothing was planned.
    pub fn rate(&self) -> Option<i64> {
        let (done, planned) = (self.done, self.planned);
        (planned > 0).then(|| (done.saturating_mul(2_000) + planned) / planned.saturating_mul(2))
    }
}

/// The figures, as a whole and group by group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fulfilment {
    /// All of it.
    pub total: Tally,
    /// Each group by its key: an id, a code, or a month as `YYYY-MM`; no key for items without a department.
    pub groups: BTreeMap<Option<String>, Tally>,
}

/// Counts what became of the items that were due in a period, at the hotels the caller may see.
///
/// # Errors
/// When the database fails.
pub fn report(reads: &mut impl Reads, cx: &Ctx, asked: &FulfilmentQuery) -> Result<Fulfilment, PlanError> {
    let rows: Vec<(Option<String>, String, i64)> = match asked.group_by {
        None | Some(FulfilmentGroup::Hotel) => {
            let rows = report_repo::by_hotel(reads, cx, asked)?;
            rows.into_iter().map(|(hotel, status, n)| (Some(hotel.to_string()), status, n)).collect()
        }
        Some(FulfilmentGroup::Department) => report_repo::by_department(reads, cx, asked)?,
        Some(FulfilmentGroup::Category) => {
            let rows = report_repo::by_category(reads, cx, asked)?;
            rows.into_iter().map(|(category, status, n)| (Some(category), status, n)).collect()
        }
        Some(FulfilmentGroup::Month) => {
            let rows = report_repo::by_day(reads, cx, asked)?;
            let month = |day: NaiveDate| format!("{:04}-{:02}", day.year(), day.month());
            rows.into_iter().map(|(day, status, n)| (Some(month(day)), status, n)).collect()
        }
    };
    let mut found = Fulfilment::default();
    for (key, status, items) in rows {
        let Some(status) = PlanItemStatus::of(&status) else { continue };
        found.total.add(status, items);
        if asked.group_by.is_some() {
            found.groups.entry(key).or_default().add(status, items);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{PlanItemStatus, Tally};

    #[test]
    fn the_rate_is_rounded_and_absent_without_items() {
        let mut tally = Tally::default();
        assert_eq!(tally.rate(), None);
        tally.add(PlanItemStatus::Dropped, 5);
        assert_eq!(tally.rate(), None);
        tally.add(PlanItemStatus::Done, 2);
        tally.add(PlanItemStatus::Planned, 1);
        assert_eq!((tally.planned, tally.open, tally.rate()), (3, 1, Some(667)));
        tally.add(PlanItemStatus::NotPossible, 3);
        assert_eq!((tally.planned, tally.not_possible, tally.rate()), (6, 3, Some(333)));
    }
}
