//! Rows of the cost ledger as they are read, and sums over them, made by the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;

use crate::db::schema::cost_entries;
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, BudgetId, CostEntryId, GroupId, HotelId, SubjectId};
use crate::platform::context::{Ctx, Sight};
use crate::recovery::ledger::CostQuery;
use crate::recovery::model::{CostCategory, CostEntry, CostEntryKind, Currency, Month};

/// Sums of whole numbers are a wider type on one backend: they are asked for as what they fit into.
const SUM: &str = "CAST(SUM(amount) AS BIGINT)";
/// How many rows.
const COUNT: &str = "COUNT(*)";

#[derive(Queryable, Selectable)]
#[diesel(table_name = cost_entries)]
struct EntryRow {
    id: CostEntryId,
    at: Instant,
    actor_id: ActorId,
    hotel_id: HotelId,
    department: Option<String>,
    category: String,
    month: String,
    booked_on: NaiveDate,
    currency: String,
    kind: String,
    amount: i64,
    budget_id: Option<BudgetId>,
    subject_kind: String,
    subject_id: SubjectId,
    tallied: bool,
}

impl EntryRow {
    /// `None` for a row that this program cannot read: a later one wrote it.
    fn read(self) -> Option<CostEntry> {
        Some(CostEntry {
            id: self.id,
            at: self.at,
            actor: self.actor_id,
            hotel: self.hotel_id,
            department: self.department,
            category: CostCategory::of(&self.category)?,
            month: Month::stored(self.month),
            booked_on: self.booked_on,
            currency: Currency::parse(&self.currency).unwrap_or_else(Currency::none),
            kind: CostEntryKind::of(&self.kind)?,
            amount: self.amount,
            budget: self.budget_id,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            tallied: self.tallied,
        })
    }
}

/// Which rows of the ledger a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntryFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only those of costs that this department caused.
    pub department: Option<String>,
    /// Only those that budgets of this month bear.
    pub month: Option<Month>,
    /// Only those of this subject.
    pub subject: Option<SubjectId>,
    /// Only those on this budget.
    pub budget: Option<BudgetId>,
}

/// A page of the ledger the caller may see, the newest rows first, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &EntryFilter,
    after: Option<CostEntryId>,
    limit: i64,
) -> DbResult<(Vec<CostEntry>, Option<CostEntryId>)> {
    let mut query =
        cost_entries::table.into_boxed::<MultiBackend>().filter(cost_entries::group_id.eq(cx.group));
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(cost_entries::hotel_id.eq_any(hotels.clone()));
    }
    if let Some(hotel) = filter.hotel {
        query = query.filter(cost_entries::hotel_id.eq(hotel));
    }
    if let Some(department) = &filter.department {
        query = query.filter(cost_entries::department.eq(department).assume_not_null());
    }
    if let Some(month) = &filter.month {
        query = query.filter(cost_entries::month.eq(month.as_str()));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(cost_entries::subject_id.eq(subject));
    }
    if let Some(budget) = filter.budget {
        query = query.filter(cost_entries::budget_id.eq(budget).assume_not_null());
    }
    if let Some(after) = after {
        query = query.filter(cost_entries::id.lt(after));
    }
    let mut rows = query
        .order(cost_entries::id.desc())
        .limit(limit + 1)
        .select(EntryRow::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows.into_iter().filter_map(EntryRow::read).collect(), next))
}

/// Rows of one key, currency and kind, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What they are told apart by.
    pub key: Option<String>,
    /// Code of the currency.
    pub currency: String,
    /// What happened.
    pub kind: CostEntryKind,
    /// How much, in minor units.
    pub amount: i64,
    /// How many rows.
    pub rows: i64,
}

fn parts<K>(rows: Vec<(K, String, String, i64, i64)>, told: impl Fn(K) -> Option<String>) -> Vec<Part> {
    rows.into_iter()
        .filter_map(|(key, currency, kind, amount, rows)| {
            Some(Part { key: told(key), currency, kind: CostEntryKind::of(&kind)?, amount, rows })
        })
        .collect()
}

/// Sums over the tallied rows that were asked for, apart by a column.
macro_rules! summed {
    ($cx:expr, $asked:expr, $key:expr) => {{
        let (cx, asked): (&Ctx, &CostQuery) = ($cx, $asked);
        let mut query = cost_entries::table
            .group_by(($key, cost_entries::currency, cost_entries::kind))
            .select((
                $key,
                cost_entries::currency,
                cost_entries::kind,
                sql::<BigInt>(SUM),
                sql::<BigInt>(COUNT),
            ))
            .filter(cost_entries::group_id.eq(cx.group))
            .filter(cost_entries::booked_on.ge(asked.from))
            .filter(cost_entries::booked_on.le(asked.to))
            .filter(cost_entries::tallied.eq(true))
            .into_boxed::<MultiBackend>();
        if let Sight::Hotels(hotels) = &cx.sight {
            query = query.filter(cost_entries::hotel_id.eq_any(hotels.clone()));
        }
        if let Some(hotel) = asked.hotel {
            query = query.filter(cost_entries::hotel_id.eq(hotel));
        }
        if let Some(department) = &asked.department {
            query = query.filter(cost_entries::department.eq(department).assume_not_null());
        }
        if let Some(category) = asked.category {
            query = query.filter(cost_entries::category.eq(category.code()));
        }
        query
    }};
}

/// Costs by hotel.
///
/// # Errors
/// When the database fails.
pub fn by_hotel(reads: &mut impl Reads, cx: &Ctx, asked: &CostQuery) -> DbResult<Vec<Part>> {
    let rows = summed!(cx, asked, cost_entries::hotel_id).load(reads.conn())?;
    Ok(parts(rows, |hotel: HotelId| Some(hotel.to_string())))
}

/// Costs by the department that caused them.
///
/// # Errors
/// When the database fails.
pub fn by_department(reads: &mut impl Reads, cx: &Ctx, asked: &CostQuery) -> DbResult<Vec<Part>> {
    let rows = summed!(cx, asked, cost_entries::department).load(reads.conn())?;
    Ok(parts(rows, |department: Option<String>| department))
}

/// Costs by category.
///
/// # Errors
/// When the database fails.
pub fn by_category(reads: &mut impl Reads, cx: &Ctx, asked: &CostQuery) -> DbResult<Vec<Part>> {
    let rows = summed!(cx, asked, cost_entries::category).load(reads.conn())?;
    Ok(parts(rows, Some::<String>))
}

/// Costs by the month whose budgets bear them.
///
/// # Errors
/// When the database fails.
pub fn by_month(reads: &mut impl Reads, cx: &Ctx, asked: &CostQuery) -> DbResult<Vec<Part>> {
    let rows = summed!(cx, asked, cost_entries::month).load(reads.conn())?;
    Ok(parts(rows, Some::<String>))
}

/// A kind of rows with their sum in minor units and how many there are.
pub type Kinds = (CostEntryKind, i64, i64);

/// What the ledger says of budgets. One without rows is left out.
///
/// # Errors
/// When the database fails.
pub fn of_budgets(
    reads: &mut impl Reads,
    group: GroupId,
    budgets: &[BudgetId],
) -> DbResult<HashMap<BudgetId, Vec<Kinds>>> {
    let rows: Vec<(Option<BudgetId>, String, i64, i64)> = cost_entries::table
        .group_by((cost_entries::budget_id, cost_entries::kind))
        .select((cost_entries::budget_id, cost_entries::kind, sql::<BigInt>(SUM), sql::<BigInt>(COUNT)))
        .filter(cost_entries::group_id.eq(group))
        .filter(cost_entries::budget_id.eq_any(budgets.to_vec()).assume_not_null())
        .load(reads.conn())?;
    let mut found: HashMap<_, Vec<Kinds>> = HashMap::new();
    for (budget, kind, amount, rows) in rows {
        if let (Some(budget), Some(kind)) = (budget, CostEntryKind::of(&kind)) {
            found.entry(budget).or_default().push((kind, amount, rows));
        }
    }
    Ok(found)
}
