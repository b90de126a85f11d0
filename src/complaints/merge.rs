//! What becomes of complaints when guests are merged, and when that is taken back.

use crate::complaints::merge_repo;
use crate::db::{DbResult, Reads, Tx};
use crate::kit::ids::{GroupId, GuestId};

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
    merge_repo::count(reads, group, guest, origins)
}

/// Hangs every complaint of one guest on another. For whom each was written stays with it. Versions stay as they are: the
/// trace of the merge is the trace of this.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    merge_repo::hand_over(tx, group, from, to)
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
    merge_repo::hand_back(tx, group, from, to, origins)
}
