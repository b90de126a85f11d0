//! Stays that change hands when guests are merged, and when that is taken back. Whom each was written for stays with it.

use diesel::prelude::*;

use crate::db::schema::{stay_companions, stays};
use crate::db::{DbResult, Reads, Tx};
use crate::kit::ids::{GroupId, GuestId};
use crate::stays::repo::IDS_A_STATEMENT;

/// How many stays hang on a guest, as main guest and as companion; with `origins` only those written for one of these.
///
/// # Errors
/// When the database fails.
pub fn count(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<(i64, i64)> {
    let main =
        || stays::table.filter(stays::group_id.eq(group)).filter(stays::guest_id.eq(guest).assume_not_null());
    let along = || {
        stay_companions::table
            .filter(stay_companions::group_id.eq(group))
            .filter(stay_companions::guest_id.eq(guest).assume_not_null())
    };
    let Some(origins) = origins else {
        let stays: i64 = main().count().get_result(reads.conn())?;
        return Ok((stays, along().count().get_result(reads.conn())?));
    };
    let mut found = (0, 0);
    for part in origins.chunks(IDS_A_STATEMENT) {
        let origin = stays::origin_guest_id.eq_any(part.to_vec()).assume_not_null();
        found.0 += main().filter(origin).count().get_result::<i64>(reads.conn())?;
        let origin = stay_companions::origin_guest_id.eq_any(part.to_vec()).assume_not_null();
        found.1 += along().filter(origin).count().get_result::<i64>(reads.conn())?;
    }
    Ok(found)
}

/// Hangs every stay of one guest on another.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    diesel::update(stays::table.filter(stays::group_id.eq(group)).filter(stays::guest_id.eq(from)))
        .set(stays::guest_id.eq(to))
        .execute(tx.conn())?;
    let along = stay_companions::table
        .filter(stay_companions::group_id.eq(group))
        .filter(stay_companions::guest_id.eq(from));
    diesel::update(along).set(stay_companions::guest_id.eq(to)).execute(tx.conn())?;
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
        let main = stays::table
            .filter(stays::group_id.eq(group))
            .filter(stays::guest_id.eq(from))
            .filter(stays::origin_guest_id.eq_any(part.to_vec()));
        diesel::update(main).set(stays::guest_id.eq(to)).execute(tx.conn())?;
        let along = stay_companions::table
            .filter(stay_companions::group_id.eq(group))
            .filter(stay_companions::guest_id.eq(from))
            .filter(stay_companions::origin_guest_id.eq_any(part.to_vec()));
        diesel::update(along).set(stay_companions::guest_id.eq(to)).execute(tx.conn())?;
    }
    Ok(())
}
