//! Rows of corrective actions. The group comes first, absent is `None`, no rules.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::corrective_actions;
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, CorrectiveActionId, GroupId, HotelId, ProblemId, StaffId};
use crate::platform::context::{Ctx, Sight};
use crate::problems::model::{ActionDetails, CorrectiveAction, CorrectiveActionStatus, CorrectiveActionType};

/// Limit for all actions of a problem, of which there are a hundred at most.
pub const ALL: i64 = 1_000;
/// How the end of time is stored: nothing is due. 9999-12-31T00:00:00Z.
const NEVER: Instant = Instant::from_micros(253_402_214_400_000_000);

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = corrective_actions)]
#[diesel(primary_key(group_id, id))]
#[diesel(treat_none_as_null = true)]
struct ActionRow {
    group_id: GroupId,
    id: CorrectiveActionId,
    problem_id: ProblemId,
    hotel_id: HotelId,
    kind: String,
    status: String,
    description: String,
    department: String,
    owner_id: Option<StaffId>,
    due_on: NaiveDate,
    overdue_at: Instant,
    details: Json<ActionDetails>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&CorrectiveAction> for ActionRow {
    fn from(action: &CorrectiveAction) -> Self {
        let CorrectiveAction {
            group,
            id,
            problem_id,
            hotel_id,
            kind,
            status,
            description,
            department,
            owner_id,
            due_on,
            overdue_at,
            details,
            version,
            created,
            updated,
        } = action.clone();
        Self {
            group_id: group,
            id,
            problem_id,
            hotel_id,
            kind: kind.code().to_owned(),
            status: status.code().to_owned(),
            description,
            department,
            owner_id,
            due_on,
            overdue_at: overdue_at.unwrap_or(NEVER),
            details: Json(details),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<ActionRow> for CorrectiveAction {
    fn from(row: ActionRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            problem_id: row.problem_id,
            hotel_id: row.hotel_id,
            // The columns have checks: no other codes can stand there.
            kind: CorrectiveActionType::of(&row.kind).unwrap_or(CorrectiveActionType::Other),
            status: CorrectiveActionStatus::of(&row.status).unwrap_or(CorrectiveActionStatus::Cancelled),
            description: row.description,
            department: row.department,
            owner_id: row.owner_id,
            due_on: row.due_on,
            overdue_at: (row.overdue_at < NEVER).then_some(row.overdue_at),
            details: row.details.0,
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// Which corrective actions a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ActionFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only these statuses; all when empty.
    pub status: Vec<CorrectiveActionStatus>,
    /// Only those of this owner.
    pub owner: Option<StaffId>,
    /// Only those of this department.
    pub department: Option<String>,
    /// Only those that are too late, or only those that are not.
    pub overdue: Option<bool>,
}

/// Where a page starts: behind an action that is due on this day. The instant at which the first page was asked for goes
/// with it, so that what is too late is the same on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The day.
    pub due_on: NaiveDate,
    /// The action.
    pub id: CorrectiveActionId,
    /// The present of the first page.
    pub now: Instant,
}

/// One corrective action.
///
/// # Errors
/// When the database fails.
pub fn find(
    reads: &mut impl Reads,
    group: GroupId,
    id: CorrectiveActionId,
) -> DbResult<Option<CorrectiveAction>> {
    let row: Option<ActionRow> = corrective_actions::table
        .filter(corrective_actions::group_id.eq(group))
        .filter(corrective_actions::id.eq(id))
        .select(ActionRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(CorrectiveAction::from))
}

/// The corrective actions of a problem behind one, in the order they were planned; at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn of_problem(
    reads: &mut impl Reads,
    group: GroupId,
    problem: ProblemId,
    after: Option<CorrectiveActionId>,
    limit: i64,
) -> DbResult<Vec<CorrectiveAction>> {
    let mut query = corrective_actions::table
        .into_boxed::<MultiBackend>()
        .filter(corrective_actions::group_id.eq(group))
        .filter(corrective_actions::problem_id.eq(problem));
    if let Some(after) = after {
        query = query.filter(corrective_actions::id.gt(after));
    }
    let rows: Vec<ActionRow> =
        query.order(corrective_actions::id).limit(limit).select(ActionRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(CorrectiveAction::from).collect())
}

/// Corrective actions the caller may see, what is due first first, behind `after`; one more than `limit` when there are
/// more.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &ActionFilter,
    after: Option<Position>,
    limit: i64,
) -> DbResult<Vec<CorrectiveAction>> {
    let ActionFilter { hotel, status, owner, department, overdue } = filter.clone();
    let now = after.map_or(cx.now, |after| after.now);
    let mut query = corrective_actions::table
        .into_boxed::<MultiBackend>()
        .filter(corrective_actions::group_id.eq(cx.group));
    if let Some(hotel) = hotel {
        query = query.filter(corrective_actions::hotel_id.eq(hotel));
    }
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(corrective_actions::hotel_id.eq_any(hotels.clone()));
    }
    if !status.is_empty() {
        let codes: Vec<&str> = status.iter().map(|status| status.code()).collect();
        query = query.filter(corrective_actions::status.eq_any(codes));
    }
    if let Some(owner) = owner {
        query = query.filter(corrective_actions::owner_id.eq(owner).assume_not_null());
    }
    if let Some(department) = department {
        query = query.filter(corrective_actions::department.eq(department));
    }
    match overdue {
        Some(true) => query = query.filter(corrective_actions::overdue_at.le(now)),
        Some(false) => query = query.filter(corrective_actions::overdue_at.gt(now)),
        None => {}
    }
    if let Some(Position { due_on, id, .. }) = after {
        let tie = corrective_actions::due_on.eq(due_on).and(corrective_actions::id.gt(id));
        query = query
            .filter(corrective_actions::due_on.ge(due_on))
            .filter(corrective_actions::due_on.gt(due_on).or(tie));
    }
    let rows: Vec<ActionRow> = query
        .order((corrective_actions::due_on, corrective_actions::id))
        .limit(limit.saturating_add(1))
        .select(ActionRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(CorrectiveAction::from).collect())
}

/// Writes a new corrective action.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, action: &CorrectiveAction) -> DbResult<()> {
    let rows = [ActionRow::from(action)];
    insert_all!(tx, corrective_actions::table, &rows)
}

/// Writes the new state of a corrective action over the old one; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &CorrectiveAction, new: &CorrectiveAction) -> DbResult<bool> {
    let written = diesel::update(
        corrective_actions::table
            .filter(corrective_actions::group_id.eq(old.group))
            .filter(corrective_actions::id.eq(old.id))
            .filter(corrective_actions::version.eq(old.version)),
    )
    .set(ActionRow::from(new))
    .execute(tx.conn())?;
    Ok(written > 0)
}
