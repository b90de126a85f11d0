//! Rows of merges, and the notes and relationships that change hands with them.

use diesel::prelude::*;

use crate::db::schema::{guest_merges, guest_notes, guest_relationships, guests};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::guests::merging::{Merge, MergeStatus, Snapshot};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, MergeId};
use crate::kit::version::Version;
use crate::platform::context::Sight;

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 500;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = guest_merges)]
struct MergeRow {
    group_id: GroupId,
    id: MergeId,
    survivor_id: GuestId,
    merged_id: GuestId,
    status: String,
    survivor_before: Json<Snapshot>,
    merged_before: Json<Snapshot>,
    survivor_after: Json<Snapshot>,
    version: i64,
    merged_at: Instant,
    merged_by: ActorId,
    undone_at: Option<Instant>,
    undone_by: Option<ActorId>,
}

impl From<&Merge> for MergeRow {
    fn from(merge: &Merge) -> Self {
        let Merge {
            group,
            id,
            survivor,
            merged,
            status,
            survivor_before,
            merged_before,
            survivor_after,
            version,
            done,
            undone,
        } = merge;
        Self {
            group_id: *group,
            id: *id,
            survivor_id: *survivor,
            merged_id: *merged,
            status: status.code().to_owned(),
            survivor_before: Json(survivor_before.clone()),
            merged_before: Json(merged_before.clone()),
            survivor_after: Json(survivor_after.clone()),
            version: *version,
            merged_at: done.0,
            merged_by: done.1,
            undone_at: undone.map(|by| by.0),
            undone_by: undone.map(|by| by.1),
        }
    }
}

impl From<MergeRow> for Merge {
    fn from(row: MergeRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            survivor: row.survivor_id,
            merged: row.merged_id,
            // The column has a check: no other code can stand there.
            status: MergeStatus::of(&row.status).unwrap_or(MergeStatus::Undone),
            survivor_before: row.survivor_before.0,
            merged_before: row.merged_before.0,
            survivor_after: row.survivor_after.0,
            version: row.version,
            done: (row.merged_at, row.merged_by),
            undone: row.undone_at.zip(row.undone_by),
        }
    }
}

/// One merge.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: MergeId) -> DbResult<Option<Merge>> {
    let row = guest_merges::table
        .filter(guest_merges::group_id.eq(group))
        .filter(guest_merges::id.eq(id))
        .select(MergeRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Merge::from))
}

/// Narrows a query of a table that names guests to rows whose guest may be seen.
macro_rules! seen {
    ($query:expr, $group:expr, $hotels:expr, $column:expr) => {
        $query.filter(diesel::dsl::exists(
            guests::table.filter(guests::group_id.eq($group)).filter(guests::id.eq($column)).filter(
                guests::private_to_hotel_id
                    .is_null()
                    .or(guests::private_to_hotel_id.eq_any($hotels.clone()).assume_not_null()),
            ),
        ))
    };
}

/// Merges of guests that may be seen, the newest first, after the one at `after`.
///
/// # Errors
/// When the database fails.
pub fn page(
    reads: &mut impl Reads,
    group: GroupId,
    sight: &Sight,
    guest: Option<GuestId>,
    after: Option<MergeId>,
    limit: i64,
) -> DbResult<Vec<Merge>> {
    let mut query = guest_merges::table.filter(guest_merges::group_id.eq(group)).into_boxed::<MultiBackend>();
    if let Some(guest) = guest {
        query = query.filter(guest_merges::survivor_id.eq(guest).or(guest_merges::merged_id.eq(guest)));
    }
    if let Some(after) = after {
        query = query.filter(guest_merges::id.lt(after));
    }
    if let Sight::Hotels(hotels) = sight {
        query = seen!(query, group, hotels, guest_merges::survivor_id);
        query = seen!(query, group, hotels, guest_merges::merged_id);
    }
    let rows =
        query.order(guest_merges::id.desc()).limit(limit).select(MergeRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(Merge::from).collect())
}

/// Whether a guest took part in a merge in force later than `instant`.
///
/// # Errors
/// When the database fails.
pub fn merged_since(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    instant: Instant,
) -> DbResult<bool> {
    let later: i64 = guest_merges::table
        .filter(guest_merges::group_id.eq(group))
        .filter(guest_merges::survivor_id.eq(guest).or(guest_merges::merged_id.eq(guest)))
        .filter(guest_merges::status.eq(MergeStatus::Merged.code()))
        .filter(guest_merges::merged_at.gt(instant))
        .count()
        .get_result(reads.conn())?;
    Ok(later > 0)
}

/// Writes a merge.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, merge: &Merge) -> DbResult<()> {
    diesel::insert_into(guest_merges::table).values(&MergeRow::from(merge)).execute(tx.conn())?;
    Ok(())
}

/// Writes that a merge was taken back; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn close(tx: &mut Tx<'_>, old: &Merge, new: &Merge) -> DbResult<bool> {
    let written = diesel::update(
        guest_merges::table
            .filter(guest_merges::group_id.eq(old.group))
            .filter(guest_merges::id.eq(old.id))
            .filter(guest_merges::version.eq(old.version)),
    )
    .set((
        guest_merges::status.eq(new.status.code()),
        guest_merges::version.eq(new.version),
        guest_merges::undone_at.eq(new.undone.map(|by| by.0)),
        guest_merges::undone_by.eq(new.undone.map(|by| by.1)),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}

/// Holds a guest of a version until the transaction ends; `false` when it has another version. Whoever holds two
/// guests does it in the order of their ids, so that two of them wait for each other instead of locking up.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, group: GroupId, guest: GuestId, version: Version) -> DbResult<bool> {
    let held = diesel::update(
        guests::table
            .filter(guests::group_id.eq(group))
            .filter(guests::id.eq(guest))
            .filter(guests::version.eq(version)),
    )
    .set(guests::version.eq(version))
    .execute(tx.conn())?;
    Ok(held == 1)
}

/// How many notes hang on a guest; with `origins` only those written for one of these.
///
/// # Errors
/// When the database fails.
pub fn count_notes(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<i64> {
    let of_guest =
        || guest_notes::table.filter(guest_notes::group_id.eq(group)).filter(guest_notes::guest_id.eq(guest));
    let Some(origins) = origins else {
        return Ok(of_guest().count().get_result(reads.conn())?);
    };
    let mut count = 0;
    for part in origins.chunks(IDS_A_STATEMENT) {
        let origin = guest_notes::origin_guest_id.eq_any(part.to_vec());
        count += of_guest().filter(origin).count().get_result::<i64>(reads.conn())?;
    }
    Ok(count)
}

/// How many ends of relationships hang on a guest; with `origins` only those recorded for one of these. A
/// relationship between the two guests of a merge has both ends there.
///
/// # Errors
/// When the database fails.
pub fn count_relationships(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<i64> {
    let all = || guest_relationships::table.filter(guest_relationships::group_id.eq(group));
    let near = || all().filter(guest_relationships::guest_id.eq(guest));
    let far = || all().filter(guest_relationships::other_guest_id.eq(guest));
    let Some(origins) = origins else {
        let count: i64 = near().count().get_result(reads.conn())?;
        return Ok(count + far().count().get_result::<i64>(reads.conn())?);
    };
    let mut count = 0;
    for part in origins.chunks(IDS_A_STATEMENT) {
        let origin = guest_relationships::origin_guest_id.eq_any(part.to_vec());
        count += near().filter(origin).count().get_result::<i64>(reads.conn())?;
        let origin = guest_relationships::origin_other_id.eq_any(part.to_vec());
        count += far().filter(origin).count().get_result::<i64>(reads.conn())?;
    }
    Ok(count)
}

/// Hangs every note and every end of a relationship of one guest on another. Where they were recorded stays with
/// them. A relationship between the two is kept with both ends on one guest, where it is not shown.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    let notes =
        guest_notes::table.filter(guest_notes::group_id.eq(group)).filter(guest_notes::guest_id.eq(from));
    diesel::update(notes).set(guest_notes::guest_id.eq(to)).execute(tx.conn())?;
    let links = guest_relationships::table.filter(guest_relationships::group_id.eq(group));
    diesel::update(links.filter(guest_relationships::guest_id.eq(from)))
        .set(guest_relationships::guest_id.eq(to))
        .execute(tx.conn())?;
    diesel::update(links.filter(guest_relationships::other_guest_id.eq(from)))
        .set(guest_relationships::other_guest_id.eq(to))
        .execute(tx.conn())?;
    Ok(())
}

/// Hangs what was recorded for one of `origins` back on `to`.
///
/// # Errors
/// When the database fails.
pub fn hand_back(
    tx: &mut Tx<'_>,
    group: GroupId,
    from: GuestId,
    to: GuestId,
    origins: &[GuestId],
) -> DbResult<()> {
    for part in origins.chunks(IDS_A_STATEMENT) {
        let notes = guest_notes::table
            .filter(guest_notes::group_id.eq(group))
            .filter(guest_notes::guest_id.eq(from))
            .filter(guest_notes::origin_guest_id.eq_any(part.to_vec()));
        diesel::update(notes).set(guest_notes::guest_id.eq(to)).execute(tx.conn())?;
        let links = guest_relationships::table.filter(guest_relationships::group_id.eq(group));
        let near = links
            .filter(guest_relationships::guest_id.eq(from))
            .filter(guest_relationships::origin_guest_id.eq_any(part.to_vec()));
        diesel::update(near).set(guest_relationships::guest_id.eq(to)).execute(tx.conn())?;
        let far = links
            .filter(guest_relationships::other_guest_id.eq(from))
            .filter(guest_relationships::origin_other_id.eq_any(part.to_vec()));
        diesel::update(far).set(guest_relationships::other_guest_id.eq(to)).execute(tx.conn())?;
    }
    Ok(())
}
