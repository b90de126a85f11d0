//! Rows of what is set aside for subjects, and of the cost ledger as it is written.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::dialect::unless_taken;
use crate::db::schema::{cost_entries, cost_reservations};
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, BudgetId, CostEntryId, GroupId, HotelId, SubjectId};
use crate::recovery::model::{
    CostCategory, CostEntry, Currency, Month, ReservationStatus, Reserved, Subject,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = cost_reservations)]
struct ReservationRow {
    group_id: GroupId,
    subject_kind: String,
    subject_id: SubjectId,
    hotel_id: HotelId,
    department: Option<String>,
    category: String,
    month: String,
    booked_on: NaiveDate,
    currency: String,
    amount: i64,
    spent: Option<i64>,
    status: String,
    budgets: Json<Vec<BudgetId>>,
    reserved_at: Instant,
    ended_at: Option<Instant>,
}

impl ReservationRow {
    fn new(group: GroupId, reserved: &Reserved) -> Self {
        let Reserved {
            subject_kind,
            subject_id,
            hotel,
            department,
            category,
            month,
            booked_on,
            currency,
            amount,
            spent,
            status,
            budgets,
            reserved_at,
            ended_at,
        } = reserved.clone();
        Self {
            group_id: group,
            subject_kind,
            subject_id,
            hotel_id: hotel,
            department,
            category: category.code().to_owned(),
            month: month.to_string(),
            booked_on,
            currency: currency.code().to_owned(),
            amount,
            spent,
            status: status.code().to_owned(),
            budgets: Json(budgets),
            reserved_at,
            ended_at,
        }
    }
}

impl From<ReservationRow> for Reserved {
    fn from(row: ReservationRow) -> Self {
        Self {
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            hotel: row.hotel_id,
            department: row.department,
            // The column has a check: another code comes from a later program alone.
            category: CostCategory::of(&row.category).unwrap_or(CostCategory::Other),
            month: Month::stored(row.month),
            booked_on: row.booked_on,
            currency: Currency::parse(&row.currency).unwrap_or_else(Currency::none),
            amount: row.amount,
            spent: row.spent,
            status: ReservationStatus::stored(&row.status),
            budgets: row.budgets.0,
            reserved_at: row.reserved_at,
            ended_at: row.ended_at,
        }
    }
}

/// What is, or was, set aside for a subject.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, subject: Subject) -> DbResult<Option<Reserved>> {
    let row: Option<ReservationRow> = cost_reservations::table
        .filter(cost_reservations::group_id.eq(group))
        .filter(cost_reservations::subject_kind.eq(subject.kind))
        .filter(cost_reservations::subject_id.eq(subject.id))
        .select(ReservationRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Reserved::from))
}

/// Writes the first reservation of a subject; `None` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, group: GroupId, reserved: &Reserved) -> DbResult<Option<()>> {
    unless_taken(tx, |tx| {
        let row = ReservationRow::new(group, reserved);
        diesel::insert_into(cost_reservations::table).values(row).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes `next` over a reservation of the status `from`; `false` when it has another one by now.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, group: GroupId, from: ReservationStatus, next: &Reserved) -> DbResult<bool> {
    let next = ReservationRow::new(group, next);
    let row = cost_reservations::table
        .filter(cost_reservations::group_id.eq(group))
        .filter(cost_reservations::subject_kind.eq(next.subject_kind))
        .filter(cost_reservations::subject_id.eq(next.subject_id))
        .filter(cost_reservations::status.eq(from.code()));
    let written = diesel::update(row)
        .set((
            cost_reservations::hotel_id.eq(next.hotel_id),
            cost_reservations::department.eq(next.department),
            cost_reservations::category.eq(next.category),
            cost_reservations::month.eq(next.month),
            cost_reservations::booked_on.eq(next.booked_on),
            cost_reservations::currency.eq(next.currency),
            cost_reservations::amount.eq(next.amount),
            cost_reservations::spent.eq(next.spent),
            cost_reservations::status.eq(next.status),
            cost_reservations::budgets.eq(next.budgets),
            cost_reservations::reserved_at.eq(next.reserved_at),
            cost_reservations::ended_at.eq(next.ended_at),
        ))
        .execute(tx.conn())?;
    Ok(written == 1)
}

#[derive(Insertable)]
#[diesel(table_name = cost_entries)]
struct EntryRow {
    group_id: GroupId,
    id: CostEntryId,
    at: Instant,
    actor_id: ActorId,
    hotel_id: HotelId,
    department: Option<String>,
    category: &'static str,
    month: String,
    booked_on: NaiveDate,
    currency: &'static str,
    kind: &'static str,
    amount: i64,
    budget_id: Option<BudgetId>,
    subject_kind: String,
    subject_id: SubjectId,
    tallied: bool,
}

/// Adds rows to the ledger. There is no function that changes or removes one.
///
/// # Errors
/// When the database fails.
pub fn append(tx: &mut Tx<'_>, group: GroupId, entries: Vec<CostEntry>) -> DbResult<()> {
    let row = |entry: CostEntry| {
        let CostEntry {
            id,
            at,
            actor,
            hotel,
            department,
            category,
            month,
            booked_on,
            currency,
            kind,
            amount,
            budget,
            subject_kind,
            subject_id,
            tallied,
        } = entry;
        EntryRow {
            group_id: group,
            id,
            at,
            actor_id: actor,
            hotel_id: hotel,
            department,
            category: category.code(),
            month: month.to_string(),
            booked_on,
            currency: currency.code(),
            kind: kind.code(),
            amount,
            budget_id: budget,
            subject_kind,
            subject_id,
            tallied,
        }
    };
    let rows: Vec<EntryRow> = entries.into_iter().map(row).collect();
    insert_all!(tx, cost_entries::table, &rows)
}
