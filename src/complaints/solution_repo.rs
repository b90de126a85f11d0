//! Rows of solutions. The group comes first, absent is `None`, no rules.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::complaints::model::{Currency, Solution, SolutionDetails, SolutionStatus, SolutionType};
use crate::db::dialect::ids_found;
use crate::db::schema::{complaint_solutions, complaints};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, GuestId, HotelId, SolutionId};
use crate::platform::context::{Ctx, Sight};

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
    awaits_role: Option<String>,
}

impl From<&Solution> for SolutionRow {
    fn from(solution: &Solution) -> Self {
        let awaits_role = solution.awaits_role().map(|role| role.code().to_owned());
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
            awaits_role,
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

/// Narrows a query of solutions, grouped or not, to those of a guest's complaints at the hotels the caller may see.
macro_rules! given {
    ($query:expr, $cx:expr, $guest:expr) => {{
        let (cx, guest): (&Ctx, GuestId) = ($cx, $guest);
        let mut query = $query
            .into_boxed::<MultiBackend>()
            .filter(complaint_solutions::group_id.eq(cx.group))
            .filter(complaints::group_id.eq(cx.group))
            .filter(complaints::guest_id.eq(guest).assume_not_null());
        if let Sight::Hotels(hotels) = &cx.sight {
            query = query.filter(complaint_solutions::hotel_id.eq_any(hotels.clone()));
        }
        query
    }};
}

/// Solutions with their complaints.
macro_rules! joined {
    () => {
        complaint_solutions::table.inner_join(
            complaints::table.on(complaints::group_id
                .eq(complaint_solutions::group_id)
                .and(complaints::id.eq(complaint_solutions::complaint_id))),
        )
    };
}

/// What a guest was given, or is to be given, at the hotels the caller may see, with the numbers of the complaints: the
/// newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn of_guest(
    reads: &mut impl Reads,
    cx: &Ctx,
    guest: GuestId,
    limit: i64,
) -> DbResult<Vec<(Solution, String)>> {
    let all = joined!().select((SolutionRow::as_select(), complaints::number));
    let rows: Vec<(SolutionRow, String)> = given!(all, cx, guest)
        .order(ids_found("complaint_solutions.id").desc())
        .limit(limit)
        .load(reads.conn())?;
    Ok(rows.into_iter().map(|(row, number)| (row.into(), number)).collect())
}

/// All that was done for a guest at the hotels the caller may see: by currency how many solutions, what the guest got and
/// what it did cost.
///
/// # Errors
/// When the database fails.
pub fn done_for_guest(
    reads: &mut impl Reads,
    cx: &Ctx,
    guest: GuestId,
) -> DbResult<Vec<(Currency, i64, i64, i64)>> {
    let done: Vec<&str> =
        SolutionStatus::ALL.iter().filter(|status| status.is_done()).map(|status| status.code()).collect();
    let sums = joined!().group_by(complaint_solutions::currency).select((
        complaint_solutions::currency,
        sql::<BigInt>("COUNT(*)"),
        // Sums of whole numbers are a wider type on one backend: they are asked for as what they fit into.
        sql::<BigInt>("CAST(COALESCE(SUM(complaint_solutions.amount_minor), 0) AS BIGINT)"),
        sql::<BigInt>("CAST(COALESCE(SUM(complaint_solutions.actual_cost_minor), 0) AS BIGINT)"),
    ));
    let rows: Vec<(String, i64, i64, i64)> =
        given!(sums, cx, guest).filter(complaint_solutions::status.eq_any(done)).load(reads.conn())?;
    let told = |(currency, solutions, amount, cost): (String, i64, i64, i64)| {
        (Currency::parse(&currency).unwrap_or_else(Currency::none), solutions, amount, cost)
    };
    Ok(rows.into_iter().map(told).collect())
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
