//! Rows of budgets. The group comes first, absent is `None`, no rules but the one that a hard budget is never
//! overspent: it stands in the statement that books, so that no two transactions can break it together.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::dialect::unless_taken;
use crate::db::schema::budgets;
use crate::db::{DbError, DbResult, MultiBackend, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, BudgetId, GroupId, HotelId};
use crate::platform::context::{Ctx, Sight};
use crate::recovery::model::{
    Booking, Budget, BudgetEnforcement, BudgetPlace, CostCategory, Currency, LARGEST_SUM, Month,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = budgets)]
struct BudgetRow {
    group_id: GroupId,
    id: BudgetId,
    hotel_id: HotelId,
    department: String,
    category: String,
    month: String,
    currency: String,
    amount: i64,
    reserved: i64,
    spent: i64,
    bookings: i64,
    enforcement: String,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Budget> for BudgetRow {
    fn from(budget: &Budget) -> Self {
        let Budget {
            group,
            id,
            version,
            place,
            currency,
            amount,
            enforcement,
            reserved,
            spent,
            bookings,
            created,
            updated,
        } = budget;
        let BudgetPlace { hotel, department, category, month } = place;
        Self {
            group_id: *group,
            id: *id,
            hotel_id: *hotel,
            department: department.clone().unwrap_or_default(),
            category: code_of(*category).to_owned(),
            month: month.to_string(),
            currency: currency.code().to_owned(),
            amount: *amount,
            reserved: *reserved,
            spent: *spent,
            bookings: *bookings,
            enforcement: enforcement.code().to_owned(),
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<BudgetRow> for Budget {
    fn from(row: BudgetRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            version: row.version,
            place: BudgetPlace {
                hotel: row.hotel_id,
                department: Some(row.department).filter(|code| !code.is_empty()),
                category: CostCategory::of(&row.category),
                month: Month::stored(row.month),
            },
            currency: Currency::parse(&row.currency).unwrap_or_else(Currency::none),
            amount: row.amount,
            // The column has a check: another code comes from a later program alone.
            enforcement: BudgetEnforcement::of(&row.enforcement).unwrap_or(BudgetEnforcement::Hard),
            reserved: row.reserved,
            spent: row.spent,
            bookings: row.bookings,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// The code of a category in the key; empty for all of them.
fn code_of(category: Option<CostCategory>) -> &'static str {
    category.map_or("", CostCategory::code)
}

/// Which budgets a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BudgetFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only this month's.
    pub month: Option<Month>,
    /// Only this department's; those of the whole hotel are none's.
    pub department: Option<String>,
}

/// Where a page ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(Month, BudgetId);

/// One budget.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: BudgetId) -> DbResult<Option<Budget>> {
    Ok(find_many(reads, group, &[id])?.pop())
}

/// The budgets with these ids that exist, in the order of their ids; at most a few hundred.
///
/// # Errors
/// When the database fails.
pub fn find_many(reads: &mut impl Reads, group: GroupId, ids: &[BudgetId]) -> DbResult<Vec<Budget>> {
    let rows = budgets::table
        .filter(budgets::group_id.eq(group))
        .filter(budgets::id.eq_any(ids.to_vec()))
        .order(budgets::id)
        .select(BudgetRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(Budget::from).collect())
}

/// The budget for exactly these costs.
///
/// # Errors
/// When the database fails.
pub fn find_place(reads: &mut impl Reads, group: GroupId, place: &BudgetPlace) -> DbResult<Option<BudgetId>> {
    let BudgetPlace { hotel, department, category, month } = place;
    Ok(budgets::table
        .filter(budgets::group_id.eq(group))
        .filter(budgets::hotel_id.eq(*hotel))
        .filter(budgets::month.eq(month.as_str()))
        .filter(budgets::department.eq(department.as_deref().unwrap_or_default()))
        .filter(budgets::category.eq(code_of(*category)))
        .select(budgets::id)
        .first(reads.conn())
        .optional()?)
}

/// The budgets a cost counts against: of its department or the whole hotel, of its category or all of them, in its
/// currency. In the order of their ids, in which every transaction books.
///
/// # Errors
/// When the database fails.
pub fn bearing(reads: &mut impl Reads, group: GroupId, booking: &Booking) -> DbResult<Vec<BudgetId>> {
    let departments = [Some(String::new()), booking.department.clone()].into_iter().flatten();
    Ok(budgets::table
        .filter(budgets::group_id.eq(group))
        .filter(budgets::hotel_id.eq(booking.hotel))
        .filter(budgets::month.eq(booking.month.as_str()))
        .filter(budgets::department.eq_any(departments.collect::<Vec<_>>()))
        .filter(budgets::category.eq_any(["", booking.category.code()]))
        .filter(budgets::currency.eq(booking.currency.code()))
        .order(budgets::id)
        .select(budgets::id)
        .load(reads.conn())?)
}

/// A page of budgets the caller may see, the latest month first, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &BudgetFilter,
    after: Option<&Position>,
    limit: i64,
) -> DbResult<(Vec<Budget>, Option<Position>)> {
    let mut query = budgets::table.into_boxed::<MultiBackend>().filter(budgets::group_id.eq(cx.group));
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(budgets::hotel_id.eq_any(hotels.clone()));
    }
    if let Some(hotel) = filter.hotel {
        query = query.filter(budgets::hotel_id.eq(hotel));
    }
    if let Some(month) = &filter.month {
        query = query.filter(budgets::month.eq(month.as_str()));
    }
    if let Some(department) = &filter.department {
        query = query.filter(budgets::department.eq(department));
    }
    if let Some(Position(month, id)) = after {
        let tie = budgets::month.eq(month.as_str()).and(budgets::id.lt(*id));
        query =
            query.filter(budgets::month.le(month.as_str())).filter(budgets::month.lt(month.as_str()).or(tie));
    }
    let mut rows = query
        .order((budgets::month.desc(), budgets::id.desc()))
        .limit(limit + 1)
        .select(BudgetRow::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| Position(Month::stored(row.month.clone()), row.id));
    Ok((rows.into_iter().map(Budget::from).collect(), next))
}

/// Budgets behind an id, at most `limit`, to go through all of them.
///
/// # Errors
/// When the database fails.
pub fn after(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<BudgetId>,
    limit: i64,
) -> DbResult<Vec<Budget>> {
    let mut query = budgets::table.into_boxed::<MultiBackend>().filter(budgets::group_id.eq(group));
    if let Some(after) = after {
        query = query.filter(budgets::id.gt(after));
    }
    let rows = query.order(budgets::id).limit(limit).select(BudgetRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(Budget::from).collect())
}

/// Inserts a budget; `None` when there is one for the same costs.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, budget: &Budget) -> DbResult<Option<()>> {
    unless_taken(tx, |tx| {
        diesel::insert_into(budgets::table).values(BudgetRow::from(budget)).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes amount and enforcement of a budget; `false` when another writer was faster, or something was booked
/// meanwhile.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Budget, new: &Budget) -> DbResult<bool> {
    let row = budgets::table
        .filter(budgets::group_id.eq(old.group))
        .filter(budgets::id.eq(old.id))
        .filter(budgets::version.eq(old.version));
    let written = diesel::update(row)
        .set((
            budgets::amount.eq(new.amount),
            budgets::enforcement.eq(new.enforcement.code()),
            budgets::version.eq(new.version),
            budgets::updated_at.eq(new.updated.0),
            budgets::updated_by.eq(new.updated.1),
        ))
        .execute(tx.conn())?;
    Ok(written == 1)
}

/// Deletes a budget on which nothing was booked; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn delete(tx: &mut Tx<'_>, old: &Budget) -> DbResult<bool> {
    let row = budgets::table
        .filter(budgets::group_id.eq(old.group))
        .filter(budgets::id.eq(old.id))
        .filter(budgets::version.eq(old.version))
        .filter(budgets::bookings.eq(0_i64));
    Ok(diesel::delete(row).execute(tx.conn())? == 1)
}

/// Books on a budget: `reserved` and `spent` are what comes to each, negative to take away. What makes both together
/// more must fit: into what is left of a hard budget, and into [`LARGEST_SUM`] on a soft one. `false` when it does
/// not, or when the budget is gone. The condition is judged on the newest row, under its lock.
///
/// # Errors
/// When the database fails.
pub fn book(tx: &mut Tx<'_>, group: GroupId, id: BudgetId, (reserved, spent): (i64, i64)) -> DbResult<bool> {
    let more = reserved.saturating_add(spent);
    let row = budgets::table.filter(budgets::group_id.eq(group)).filter(budgets::id.eq(id));
    let next = (
        budgets::reserved.eq(budgets::reserved + reserved),
        budgets::spent.eq(budgets::spent + spent),
        budgets::bookings.eq(budgets::bookings + 1),
        budgets::version.eq(budgets::version + 1),
    );
    let written = if more <= 0 {
        diesel::update(row).set(next).execute(tx.conn())?
    } else {
        let hard = budgets::enforcement.eq(BudgetEnforcement::Hard.code());
        let left = (budgets::reserved + budgets::spent).le(budgets::amount - more);
        let soft = budgets::enforcement.eq(BudgetEnforcement::Soft.code());
        let room = (budgets::reserved + budgets::spent).le(LARGEST_SUM.saturating_sub(more));
        let fits = hard.and(left).or(soft.and(room));
        diesel::update(row.filter(fits)).set(next).execute(tx.conn())?
    };
    Ok(written == 1)
}
