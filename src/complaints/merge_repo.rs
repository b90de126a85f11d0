//! Complaints that change hands when guests are merged, and when that is taken back.

use diesel::prelude::*;

use crate::db::schema::complaints;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::kit::ids::{GroupId, GuestId};

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 500;

/// How many complaints hang on a guest; with `origins` only those written for one of these.
///
/// # Errors
/// When the database fails.
pub fn count(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<i64> {
    let mut query = complaints::table
        .into_boxed::<MultiBackend>()
        .filter(complaints::group_id.eq(group))
        .filter(complaints::guest_id.eq(guest).assume_not_null());
    if let Some(origins) = origins {
        query = query.filter(complaints::origin_guest_id.eq_any(origins.to_vec()).assume_not_null());
    }
    Ok(query.count().get_result(reads.conn())?)
}

/// Hangs every complaint of one guest on another.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    let held = complaints::table
        .filter(complaints::group_id.eq(group))
        .filter(complaints::guest_id.eq(from).assume_not_null());
    diesel::update(held).set(complaints::guest_id.eq(to)).execute(tx.conn())?;
    Ok(())
}

/// Hangs what was written for one of `origins` back on `to`.
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
        let held = complaints::table
            .filter(complaints::group_id.eq(group))
            .filter(complaints::guest_id.eq(from).assume_not_null())
            .filter(complaints::origin_guest_id.eq_any(part.to_vec()).assume_not_null());
        diesel::update(held).set(complaints::guest_id.eq(to)).execute(tx.conn())?;
    }
    Ok(())
}
