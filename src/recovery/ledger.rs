//! What the cost ledger tells: its rows, and sums over costs.
//!
//! A cost belongs to the day of the hotel on which it was reserved, whatever becomes of it later: a report of a period
//! tells what became of the costs that were decided in it. A cost in several budgets counts once.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::codes;
use crate::db::Reads;
use crate::kit::ids::{CostEntryId, HotelId};
use crate::platform::context::Ctx;
use crate::recovery::error::RecoveryError;
use crate::recovery::ledger_repo::{self, EntryFilter};
use crate::recovery::model::{CostCategory, CostEntry, CostEntryKind};

codes! {
    /// By what figures of costs are told apart.
    CostGroup {
        /// By hotel.
        Hotel = "hotel",
        /// By the department that caused them.
        Department = "department",
        /// By category.
        Category = "category",
        /// By the month whose budgets bear them.
        Month = "month",
    }
}

/// What the report is asked for.
#[derive(Debug, Clone)]
pub struct CostQuery {
    /// First day on which costs were reserved.
    pub from: NaiveDate,
    /// Last day on which costs were reserved.
    pub to: NaiveDate,
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only this department's.
    pub department: Option<String>,
    /// Only this category's.
    pub category: Option<CostCategory>,
    /// By what to tell them apart.
    pub group_by: Option<CostGroup>,
}

/// How many costs of one currency, and how much in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Costs {
    /// How much was spent.
    pub spent: i64,
    /// Costs that were spent.
    pub spent_n: i64,
    /// How much is set aside and not spent yet.
    pub reserved: i64,
    /// Costs that are set aside and not spent yet.
    pub reserved_n: i64,
}

impl Costs {
    /// Adds the rows of one kind.
    fn add(&mut self, kind: CostEntryKind, amount: i64, rows: i64) {
        match kind {
            CostEntryKind::Spend => {
                self.spent = self.spent.saturating_add(amount);
                self.spent_n = self.spent_n.saturating_add(rows);
            }
            CostEntryKind::Reserve => {
                self.reserved = self.reserved.saturating_add(amount);
                self.reserved_n = self.reserved_n.saturating_add(rows);
            }
            CostEntryKind::Release => {
                self.reserved = self.reserved.saturating_sub(amount);
                self.reserved_n = self.reserved_n.saturating_sub(rows);
            }
        }
    }

    /// Whether there is anything to tell: costs that were released leave nothing.
    pub fn is_nothing(&self) -> bool {
        self.spent_n == 0 && self.reserved_n == 0
    }
}

/// Figures by key and currency. The key is an id, a code or a month; none for costs that no department caused.
pub type CostGroups = BTreeMap<(Option<String>, String), Costs>;

/// The figures, as a whole and group by group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CostReport {
    /// All of it, by currency.
    pub totals: BTreeMap<String, Costs>,
    /// Each group; none unless asked for.
    pub groups: CostGroups,
}

/// A page of the ledger the caller may see, the newest rows first.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &EntryFilter,
    after: Option<CostEntryId>,
    limit: i64,
) -> Result<(Vec<CostEntry>, Option<CostEntryId>), RecoveryError> {
    Ok(ledger_repo::list(reads, cx, filter, after, limit)?)
}

/// Sums up the costs that were reserved in a period at the hotels the caller may see.
///
/// # Errors
/// When the database fails.
pub fn report(reads: &mut impl Reads, cx: &Ctx, asked: &CostQuery) -> Result<CostReport, RecoveryError> {
    let parts = match asked.group_by {
        None | Some(CostGroup::Hotel) => ledger_repo::by_hotel(reads, cx, asked)?,
        Some(CostGroup::Department) => ledger_repo::by_department(reads, cx, asked)?,
        Some(CostGroup::Category) => ledger_repo::by_category(reads, cx, asked)?,
        Some(CostGroup::Month) => ledger_repo::by_month(reads, cx, asked)?,
    };
    let mut found = CostReport::default();
    for part in parts {
        let ledger_repo::Part { key, currency, kind, amount, rows } = part;
        found.totals.entry(currency.clone()).or_default().add(kind, amount, rows);
        if asked.group_by.is_some() {
            found.groups.entry((key, currency)).or_default().add(kind, amount, rows);
        }
    }
    found.totals.retain(|_, costs| !costs.is_nothing());
    found.groups.retain(|_, costs| !costs.is_nothing());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{CostEntryKind, Costs};

    #[test]
    fn what_was_released_leaves_nothing_and_what_was_spent_is_no_longer_reserved() {
        let mut costs = Costs::default();
        costs.add(CostEntryKind::Reserve, 300, 2);
        costs.add(CostEntryKind::Release, 100, 1);
        assert_eq!((costs.reserved, costs.reserved_n, costs.is_nothing()), (200, 1, false));
        costs.add(CostEntryKind::Release, 200, 1);
        assert!(costs.is_nothing());
        costs.add(CostEntryKind::Spend, 250, 1);
        assert_eq!((costs.spent, costs.spent_n, costs.reserved), (250, 1, 0));
        costs.add(CostEntryKind::Spend, i64::MAX, 1);
        assert_eq!(costs.spent, i64::MAX);
    }
}
