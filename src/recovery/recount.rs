//! Whether what budgets keep is what the ledger says: the same figures on two ways, side by side.

use std::collections::HashMap;

use crate::db::{DbResult, Reads};
use crate::kit::ids::BudgetId;
use crate::platform::context::Ctx;
use crate::recovery::budget_repo;
use crate::recovery::ledger_repo;
use crate::recovery::model::{Budget, CostEntryKind};

/// Budgets looked at in one step.
const BUDGETS: i64 = 200;

/// What is reserved and spent of a budget, in minor units of its currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Reserved and not spent yet.
    pub reserved: i64,
    /// Spent.
    pub spent: i64,
}

/// A budget whose figures are not what the ledger says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The budget.
    pub budget: BudgetId,
    /// What it keeps.
    pub kept: Figures,
    /// What its rows in the ledger come to.
    pub counted: Figures,
}

/// What one step of a recount found.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Budgets looked at.
    pub budgets: u64,
    /// Rows of the ledger that were summed up.
    pub entries: u64,
    /// Budgets that differ.
    pub different: Vec<Difference>,
    /// Behind which budget the next step starts; none at the end.
    pub next: Option<BudgetId>,
}

/// Sums up the ledger of the next budgets behind `from` and compares with what they keep. What is booked meanwhile is
/// looked at again, so that only what is wrong is told.
///
/// # Errors
/// When the database fails.
pub fn step(reads: &mut impl Reads, cx: &Ctx, from: Option<BudgetId>) -> DbResult<Step> {
    let budgets = budget_repo::after(reads, cx.group, from, BUDGETS)?;
    let (counted, entries) = count(reads, cx, &budgets)?;
    let mut different = Vec::new();
    for budget in &budgets {
        if differs(budget, &counted).is_some() {
            different.extend(again(reads, cx, budget.id)?);
        }
    }
    let seen = budgets.len();
    let full = i64::try_from(seen).unwrap_or(i64::MAX) >= BUDGETS;
    let next = budgets.last().map(|budget| budget.id).filter(|_| full);
    Ok(Step { budgets: u64::try_from(seen).unwrap_or(u64::MAX), entries, different, next })
}

/// What the ledger says of each budget, and of how many rows.
fn count(
    reads: &mut impl Reads,
    cx: &Ctx,
    budgets: &[Budget],
) -> DbResult<(HashMap<BudgetId, Figures>, u64)> {
    let ids: Vec<BudgetId> = budgets.iter().map(|budget| budget.id).collect();
    let (mut counted, mut entries): (HashMap<BudgetId, Figures>, u64) = (HashMap::new(), 0);
    for (budget, parts) in ledger_repo::of_budgets(reads, cx.group, &ids)? {
        let figures = counted.entry(budget).or_default();
        for (kind, amount, rows) in parts {
            entries = entries.saturating_add(u64::try_from(rows).unwrap_or(0));
            match kind {
                CostEntryKind::Reserve => figures.reserved = figures.reserved.saturating_add(amount),
                CostEntryKind::Release => figures.reserved = figures.reserved.saturating_sub(amount),
                CostEntryKind::Spend => figures.spent = figures.spent.saturating_add(amount),
            }
        }
    }
    Ok((counted, entries))
}

fn differs(budget: &Budget, counted: &HashMap<BudgetId, Figures>) -> Option<Difference> {
    let kept = Figures { reserved: budget.reserved, spent: budget.spent };
    let counted = counted.get(&budget.id).copied().unwrap_or_default();
    (kept != counted).then_some(Difference { budget: budget.id, kept, counted })
}

/// One budget, looked at anew: it differs only if it keeps doing so.
fn again(reads: &mut impl Reads, cx: &Ctx, id: BudgetId) -> DbResult<Option<Difference>> {
    let mut found = None;
    for _ in 0..3 {
        let Some(budget) = budget_repo::find(reads, cx.group, id)? else { return Ok(None) };
        let (counted, _) = count(reads, cx, std::slice::from_ref(&budget))?;
        found = differs(&budget, &counted);
        if found.is_none() {
            break;
        }
    }
    Ok(found)
}
