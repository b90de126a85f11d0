//! Rows of suggested duplicates, and the walk through the keys by which they are found.

use diesel::prelude::*;

use crate::db::schema::{guest_duplicates, guest_keys, guests};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::guests::model::GuestStatus;
use crate::guests::suggestions::{DuplicateStatus, FieldNote, Filter, Position, Suggestion};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, DuplicateId, GroupId, GuestId};
use crate::platform::context::Sight;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = guest_duplicates)]
struct DuplicateRow {
    group_id: GroupId,
    id: DuplicateId,
    guest_id: GuestId,
    other_guest_id: GuestId,
    score: i32,
    fields: Json<Vec<FieldNote>>,
    status: String,
    version: i64,
    found_at: Instant,
    decided_at: Option<Instant>,
    decided_by: Option<ActorId>,
}

impl From<&Suggestion> for DuplicateRow {
    fn from(pair: &Suggestion) -> Self {
        let Suggestion { group, id, guest, other, score, fields, status, version, found_at, decided } = pair;
        Self {
            group_id: *group,
            id: *id,
            guest_id: *guest,
            other_guest_id: *other,
            score: *score,
            fields: Json(fields.clone()),
            status: status.code().to_owned(),
            version: *version,
            found_at: *found_at,
            decided_at: decided.map(|by| by.0),
            decided_by: decided.map(|by| by.1),
        }
    }
}

impl From<DuplicateRow> for Suggestion {
    fn from(row: DuplicateRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            guest: row.guest_id,
            other: row.other_guest_id,
            score: row.score,
            fields: row.fields.0,
            // The column has a check: no other code can stand there.
            status: DuplicateStatus::of(&row.status).unwrap_or(DuplicateStatus::Dismissed),
            version: row.version,
            found_at: row.found_at,
            decided: row.decided_at.zip(row.decided_by),
        }
    }
}

fn suggestions(rows: Vec<DuplicateRow>) -> Vec<Suggestion> {
    rows.into_iter().map(Suggestion::from).collect()
}

/// One suggestion.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: DuplicateId) -> DbResult<Option<Suggestion>> {
    let row = guest_duplicates::table
        .filter(guest_duplicates::group_id.eq(group))
        .filter(guest_duplicates::id.eq(id))
        .select(DuplicateRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Suggestion::from))
}

/// Narrows a query to pairs whose guest at `column` may be seen and has one of the statuses.
macro_rules! seen {
    ($query:expr, $group:expr, $sight:expr, $statuses:expr, $column:expr) => {{
        let guest = guests::table
            .filter(guests::group_id.eq($group))
            .filter(guests::id.eq($column))
            .filter(guests::status.eq_any($statuses.clone()));
        match $sight {
            Sight::WholeGroup => $query.filter(diesel::dsl::exists(guest)),
            Sight::Hotels(hotels) => $query.filter(diesel::dsl::exists(
                guest.filter(
                    guests::private_to_hotel_id
                        .is_null()
                        .or(guests::private_to_hotel_id.eq_any(hotels.clone()).assume_not_null()),
                ),
            )),
        }
    }};
}

/// Suggestions whose two guests may both be seen, the surest first. A suggestion still open is shown only while both
/// guests are active.
///
/// # Errors
/// When the database fails.
pub fn page(
    reads: &mut impl Reads,
    group: GroupId,
    sight: &Sight,
    filter: &Filter,
    after: Option<Position>,
    limit: i64,
) -> DbResult<Vec<Suggestion>> {
    let statuses: Vec<&str> = match filter.status {
        DuplicateStatus::Suggested => vec![GuestStatus::Active.code()],
        DuplicateStatus::Dismissed | DuplicateStatus::Merged => {
            GuestStatus::ALL.iter().map(|status| status.code()).collect()
        }
    };
    let mut query = guest_duplicates::table
        .filter(guest_duplicates::group_id.eq(group))
        .filter(guest_duplicates::status.eq(filter.status.code()))
        .into_boxed::<MultiBackend>();
    if let Some(guest) = filter.guest {
        query =
            query.filter(guest_duplicates::guest_id.eq(guest).or(guest_duplicates::other_guest_id.eq(guest)));
    }
    if let Some((score, id)) = after {
        let beside = guest_duplicates::score.eq(score).and(guest_duplicates::id.lt(id));
        query = query.filter(guest_duplicates::score.le(score));
        query = query.filter(guest_duplicates::score.lt(score).or(beside));
    }
    query = seen!(query, group, sight, statuses, guest_duplicates::guest_id);
    query = seen!(query, group, sight, statuses, guest_duplicates::other_guest_id);
    let rows = query
        .order((guest_duplicates::score.desc(), guest_duplicates::id.desc()))
        .limit(limit)
        .select(DuplicateRow::as_select())
        .load(reads.conn())?;
    Ok(suggestions(rows))
}

/// Every suggestion whose first guest is one of these, at most 500.
///
/// # Errors
/// When the database fails.
pub fn of_first(reads: &mut impl Reads, group: GroupId, firsts: &[GuestId]) -> DbResult<Vec<Suggestion>> {
    let mut found = Vec::new();
    for part in firsts.chunks(500) {
        let rows = guest_duplicates::table
            .filter(guest_duplicates::group_id.eq(group))
            .filter(guest_duplicates::guest_id.eq_any(part.to_vec()))
            .select(DuplicateRow::as_select())
            .load(reads.conn())?;
        found.extend(suggestions(rows));
    }
    Ok(found)
}

/// Open suggestions in the order of their ids, after the one at `after`.
///
/// # Errors
/// When the database fails.
pub fn open_after(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<DuplicateId>,
    limit: i64,
) -> DbResult<Vec<Suggestion>> {
    let mut query = guest_duplicates::table
        .filter(guest_duplicates::group_id.eq(group))
        .filter(guest_duplicates::status.eq(DuplicateStatus::Suggested.code()))
        .into_boxed::<MultiBackend>();
    if let Some(after) = after {
        query = query.filter(guest_duplicates::id.gt(after));
    }
    let rows = query
        .order(guest_duplicates::id)
        .limit(limit)
        .select(DuplicateRow::as_select())
        .load(reads.conn())?;
    Ok(suggestions(rows))
}

/// Writes new suggestions; `false` when one of the pairs is known already, and nothing is written then.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[Suggestion]) -> DbResult<bool> {
    let rows: Vec<DuplicateRow> = new.iter().map(DuplicateRow::from).collect();
    let written = dialect::unless_taken(tx, |tx| insert_all!(tx, guest_duplicates::table, &rows))?;
    Ok(written.is_some())
}

/// Writes the new state of a suggestion; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Suggestion, new: &Suggestion) -> DbResult<bool> {
    let row = DuplicateRow::from(new);
    let written = diesel::update(
        guest_duplicates::table
            .filter(guest_duplicates::group_id.eq(old.group))
            .filter(guest_duplicates::id.eq(old.id))
            .filter(guest_duplicates::version.eq(old.version)),
    )
    .set((
        guest_duplicates::score.eq(row.score),
        guest_duplicates::fields.eq(&row.fields),
        guest_duplicates::status.eq(&row.status),
        guest_duplicates::version.eq(row.version),
        guest_duplicates::decided_at.eq(row.decided_at),
        guest_duplicates::decided_by.eq(row.decided_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}

/// Removes an open suggestion.
///
/// # Errors
/// When the database fails.
pub fn withdraw(tx: &mut Tx<'_>, group: GroupId, id: DuplicateId) -> DbResult<()> {
    diesel::delete(
        guest_duplicates::table
            .filter(guest_duplicates::group_id.eq(group))
            .filter(guest_duplicates::id.eq(id))
            .filter(guest_duplicates::status.eq(DuplicateStatus::Suggested.code())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Marks the pair of a merge as merged and removes what else was suggested of the merged guest. What was dismissed
/// stays dismissed; what was removed is found again by the next scan after an unmerge.
///
/// # Errors
/// When the database fails.
pub fn settle_merged(
    tx: &mut Tx<'_>,
    group: GroupId,
    survivor: GuestId,
    merged: GuestId,
    by: (Instant, ActorId),
) -> DbResult<()> {
    let pair = guest_duplicates::table
        .filter(guest_duplicates::group_id.eq(group))
        .filter(guest_duplicates::guest_id.eq(survivor.min(merged)))
        .filter(guest_duplicates::other_guest_id.eq(survivor.max(merged)));
    diesel::update(pair)
        .set((
            guest_duplicates::status.eq(DuplicateStatus::Merged.code()),
            guest_duplicates::version.eq(guest_duplicates::version + 1),
            guest_duplicates::decided_at.eq(Some(by.0)),
            guest_duplicates::decided_by.eq(Some(by.1)),
        ))
        .execute(tx.conn())?;
    let others = guest_duplicates::table
        .filter(guest_duplicates::group_id.eq(group))
        .filter(guest_duplicates::guest_id.eq(merged).or(guest_duplicates::other_guest_id.eq(merged)))
        .filter(guest_duplicates::status.eq(DuplicateStatus::Suggested.code()));
    diesel::delete(others).execute(tx.conn())?;
    Ok(())
}

/// Puts the pair of a merge that was taken back among the open suggestions again.
///
/// # Errors
/// When the database fails.
pub fn reopen_merged(tx: &mut Tx<'_>, group: GroupId, survivor: GuestId, merged: GuestId) -> DbResult<()> {
    let pair = guest_duplicates::table
        .filter(guest_duplicates::group_id.eq(group))
        .filter(guest_duplicates::guest_id.eq(survivor.min(merged)))
        .filter(guest_duplicates::other_guest_id.eq(survivor.max(merged)))
        .filter(guest_duplicates::status.eq(DuplicateStatus::Merged.code()));
    diesel::update(pair)
        .set((
            guest_duplicates::status.eq(DuplicateStatus::Suggested.code()),
            guest_duplicates::version.eq(guest_duplicates::version + 1),
            guest_duplicates::decided_at.eq(None::<Instant>),
            guest_duplicates::decided_by.eq(None::<ActorId>),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Keys of one kind behind a value, with their holders, in the order of the index.
///
/// # Errors
/// When the database fails.
pub fn keys_behind(
    reads: &mut impl Reads,
    group: GroupId,
    kind: &str,
    value: &str,
    limit: i64,
) -> DbResult<Vec<(String, GuestId)>> {
    Ok(guest_keys::table
        .filter(guest_keys::group_id.eq(group))
        .filter(guest_keys::kind.eq(kind))
        .filter(guest_keys::value.gt(value))
        .order((guest_keys::value, guest_keys::guest_id))
        .limit(limit)
        .select((guest_keys::value, guest_keys::guest_id))
        .load(reads.conn())?)
}
