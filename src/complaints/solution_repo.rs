//! Rows of solutions. The group comes first, absent is `None`, no rules.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::complaints::model::{Currency, Solution, SolutionDetails, SolutionStatus, SolutionType};
use crate::db::dialect::ids_found;
use crate::db::schema::{complaint_solutions, complaints};
use crate::db::types::Json;
use crate::db::{DbResult, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, GuestId, HotelId, SolutionId};

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = complaint_solutions)]
#[diesel(primary_key(group_id, id))]
#[diesel(treat_none_as_null = true)]
struct SolutionRow {
    group_id: GroupId,
    id: SolutionId,
    complaint_id: ComplaintId,
    hotel_id: HotelId,
    kind: String,
    status: String,
    amount_minor: i64,
    estimated_cost_minor: i64,
    actual_cost_minor: Option<i64>,
    currency: String,
    details: Json<SolutionDetails>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Solution> for SolutionRow {
    fn from(solution: &Solution) -> Self {
        let Solution {
            group,
            id,
            complaint_id,
            hotel_id,
            kind,
            status,
            amount_minor,
            estimated_cost_minor,
            actual_cost_minor,
            currency,
            details,
            version,
            created,
            updated,
        } = solution.clone();
        Self {
            group_id: group,
            id,
            complaint_id,
            hotel_id,
            kind: kind.code().to_owned(),
            status: status.code().to_owned(),
            amount_minor,
            estimated_cost_minor,
            actual_cost_minor,
            currency: currency.code().to_owned(),
            details: Json(details),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<SolutionRow> for Solution {
    fn from(row: SolutionRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            complaint_id: row.complaint_id,
            hotel_id: row.hotel_id,
            // A code of a newer program reads as anything else.
            kind: SolutionType::of(&row.kind).unwrap_or(SolutionType::Other),
            // The column has a check: no other code can stand there.
            status: SolutionStatus::of(&row.status).unwrap_or(SolutionStatus::Cancelled),
            amount_minor: row.amount_minor,
            estimated_cost_minor: row.estimated_cost_minor,
            actual_cost_minor: row.actual_cost_minor,
            currency: Currency::parse(&row.currency).unwrap_or_else(Currency::none),
            details: row.details.0,
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// The solutions of complaints, by complaint, in the order they were proposed.
///
/// # Errors
/// When the database fails.
pub fn of_complaints(
    reads: &mut impl Reads,
    group: GroupId,
    complaints: &[ComplaintId],
) -> DbResult<HashMap<ComplaintId, Vec<Solution>>> {
    let mut found: HashMap<ComplaintId, Vec<Solution>> = HashMap::new();
    for part in complaints.chunks(500) {
        let rows: Vec<SolutionRow> = complaint_solutions::table
            .filter(complaint_solutions::group_id.eq(group))
            .filter(complaint_solutions::complaint_id.eq_any(part.to_vec()))
            .order(ids_found("complaint_solutions.id"))
            .select(SolutionRow::as_select())
            .load(reads.conn())?;
        for row in rows {
            found.entry(row.complaint_id).or_default().push(row.into());
        }
    }
    Ok(found)
}

/// What a guest was given, or is to be given, for other complaints, the newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn of_guest(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    limit: i64,
) -> DbResult<Vec<(Solution, String)>> {
    let rows: Vec<(SolutionRow, String)> = complaint_solutions::table
        .inner_join(
            complaints::table.on(complaints::group_id
                .eq(complaint_solutions::group_id)
                .and(complaints::id.eq(complaint_solutions::complaint_id))),
        )
        .filter(complaint_solutions::group_id.eq(group))
        .filter(complaints::group_id.eq(group))
        .filter(complaints::guest_id.eq(guest).assume_not_null())
        .order(ids_found("complaint_solutions.id").desc())
        .limit(limit)
        .select((SolutionRow::as_select(), complaints::number))
        .load(reads.conn())?;
    Ok(rows.into_iter().map(|(row, number)| (row.into(), number)).collect())
}

/// Writes a new solution.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, solution: &Solution) -> DbResult<()> {
    let rows = [SolutionRow::from(solution)];
    insert_all!(tx, complaint_solutions::table, &rows)
}

/// Writes the new state of a solution over the old one; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Solution, new: &Solution) -> DbResult<bool> {
    let written = diesel::update(
        complaint_solutions::table
            .filter(complaint_solutions::group_id.eq(old.group))
            .filter(complaint_solutions::id.eq(old.id))
            .filter(complaint_solutions::version.eq(old.version)),
    )
    .set(SolutionRow::from(new))
    .execute(tx.conn())?;
    Ok(written > 0)
}
