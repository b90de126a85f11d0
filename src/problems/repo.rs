//! Rows of problems. The group comes first, absent is `None`, no rules.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use crate::db::schema::problems;
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, HotelId, ProblemId, StaffId};
use crate::platform::context::{Ctx, Sight};
use crate::problems::model::{
    CauseCategory, ProblemDetails, ProblemKind, ProblemStatus, Repeats, ServiceProblem,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = problems)]
#[diesel(primary_key(group_id, id))]
#[diesel(treat_none_as_null = true)]
struct ProblemRow {
    group_id: GroupId,
    id: ProblemId,
    hotel_id: HotelId,
    status: String,
    title: String,
    kind: String,
    repeat_key: String,
    room: Option<String>,
    asset: Option<String>,
    cause_category: Option<String>,
    sub_cause: Option<String>,
    department: Option<String>,
    owner_id: Option<StaffId>,
    complaint_count: i64,
    first_seen_at: Option<Instant>,
    last_seen_at: Option<Instant>,
    reopen_count: i32,
    details: Json<ProblemDetails>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&ServiceProblem> for ProblemRow {
    fn from(problem: &ServiceProblem) -> Self {
        let ServiceProblem {
            group,
            id,
            hotel_id,
            status,
            title,
            repeats,
            owner_id,
            complaint_count,
            seen,
            reopen_count,
            details,
            version,
            created,
            updated,
        } = problem.clone();
        let (repeat_key, kind) = (repeats.key(), repeats.kind().code().to_owned());
        let (mut room, mut asset, mut cause_category) = (None, None, None);
        let (mut sub_cause, mut department) = (None, None);
        match repeats {
            Repeats::Asset(thing) => asset = Some(thing),
            Repeats::Room(place, cause) => {
                room = Some(place);
                cause_category = cause.map(|cause| cause.code().to_owned());
            }
            Repeats::SubCause(cause, place) => {
                sub_cause = Some(cause);
                department = Some(place);
            }
            Repeats::Cause(cause, place) => {
                cause_category = Some(cause.code().to_owned());
                department = Some(place);
            }
        }
        Self {
            group_id: group,
            id,
            hotel_id,
            status: status.code().to_owned(),
            title,
            kind,
            repeat_key,
            room,
            asset,
            cause_category,
            sub_cause,
            department,
            owner_id,
            complaint_count,
            first_seen_at: seen.map(|(first, _)| first),
            last_seen_at: seen.map(|(_, last)| last),
            reopen_count,
            details: Json(details),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<ProblemRow> for ServiceProblem {
    fn from(row: ProblemRow) -> Self {
        // The columns are written by the conversion above, with checks on the codes.
        let cause = row.cause_category.as_deref().and_then(CauseCategory::of);
        let (place, department) = (row.room.unwrap_or_default(), row.department.unwrap_or_default());
        let repeats = match (ProblemKind::of(&row.kind), row.sub_cause) {
            (Some(ProblemKind::Asset), _) => Repeats::Asset(row.asset.unwrap_or_default()),
            (Some(ProblemKind::Room), _) => Repeats::Room(place, cause),
            (_, Some(sub_cause)) => Repeats::SubCause(sub_cause, department),
            (_, None) => Repeats::Cause(cause.unwrap_or(CauseCategory::External), department),
        };
        Self {
            group: row.group_id,
            id: row.id,
            hotel_id: row.hotel_id,
            status: ProblemStatus::of(&row.status).unwrap_or(ProblemStatus::Closed),
            title: row.title,
            repeats,
            owner_id: row.owner_id,
            complaint_count: row.complaint_count,
            seen: row.first_seen_at.zip(row.last_seen_at),
            reopen_count: row.reopen_count,
            details: row.details.0,
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// Which problems a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProblemFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only these statuses; all when empty.
    pub status: Vec<ProblemStatus>,
    /// Only those of this owner.
    pub owner: Option<StaffId>,
    /// Only those about this room.
    pub room: Option<String>,
    /// Only those about this thing.
    pub asset: Option<String>,
}

/// Keeps a problem from other writers until the transaction ends, and reads it then.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, group: GroupId, id: ProblemId) -> DbResult<Option<ServiceProblem>> {
    diesel::update(problems::table.filter(problems::group_id.eq(group)).filter(problems::id.eq(id)))
        .set(problems::version.eq(problems::version))
        .execute(tx.conn())?;
    find(tx, group, id)
}

/// One problem.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: ProblemId) -> DbResult<Option<ServiceProblem>> {
    let row: Option<ProblemRow> = problems::table
        .filter(problems::group_id.eq(group))
        .filter(problems::id.eq(id))
        .select(ProblemRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(ServiceProblem::from))
}

/// The problems of a hotel that are not closed and are about one of these keys, by key.
///
/// # Errors
/// When the database fails.
pub fn live(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    keys: &[String],
) -> DbResult<BTreeMap<String, ServiceProblem>> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<ProblemRow> = problems::table
        .filter(problems::group_id.eq(group))
        .filter(problems::hotel_id.eq(hotel))
        .filter(problems::repeat_key.eq_any(keys.to_vec()))
        .filter(problems::status.ne(ProblemStatus::Closed.code()))
        .select(ProblemRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(|row| (row.repeat_key.clone(), ServiceProblem::from(row))).collect())
}

/// Problems the caller may see, the newest first, behind `after`; one more than `limit` when there are more.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &ProblemFilter,
    after: Option<ProblemId>,
    limit: i64,
) -> DbResult<Vec<ServiceProblem>> {
    let ProblemFilter { hotel, status, owner, room, asset } = filter.clone();
    let mut query = problems::table.into_boxed::<MultiBackend>().filter(problems::group_id.eq(cx.group));
    if let Some(hotel) = hotel {
        query = query.filter(problems::hotel_id.eq(hotel));
    }
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(problems::hotel_id.eq_any(hotels.clone()));
    }
    if !status.is_empty() {
        let codes: Vec<&str> = status.iter().map(|status| status.code()).collect();
        query = query.filter(problems::status.eq_any(codes));
    }
    if let Some(owner) = owner {
        query = query.filter(problems::owner_id.eq(owner).assume_not_null());
    }
    if let Some(room) = room {
        query = query.filter(problems::room.eq(room).assume_not_null());
    }
    if let Some(asset) = asset {
        query = query.filter(problems::asset.eq(asset).assume_not_null());
    }
    if let Some(after) = after {
        query = query.filter(problems::id.lt(after));
    }
    let rows: Vec<ProblemRow> = query
        .order(problems::id.desc())
        .limit(limit.saturating_add(1))
        .select(ProblemRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(ServiceProblem::from).collect())
}

/// Writes a new problem. `None` when another one that is not closed is about the same.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, problem: &ServiceProblem) -> DbResult<Option<()>> {
    let rows = [ProblemRow::from(problem)];
    dialect::unless_taken(tx, |tx| insert_all!(tx, problems::table, &rows))
}

/// Writes the new state of a problem over the old one. `Ok(Some(false))` when another writer was faster, `None` when
/// another problem that is not closed is about the same.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &ServiceProblem, new: &ServiceProblem) -> DbResult<Option<bool>> {
    dialect::unless_taken(tx, |tx| {
        let written = diesel::update(
            problems::table
                .filter(problems::group_id.eq(old.group))
                .filter(problems::id.eq(old.id))
                .filter(problems::version.eq(old.version)),
        )
        .set(ProblemRow::from(new))
        .execute(tx.conn())?;
        Ok(written > 0)
    })
}
