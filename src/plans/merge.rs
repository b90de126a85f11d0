//! What becomes of plan items when guests are merged, and when that is taken back.

use crate::db::{DbResult, Reads, Tx};
use crate::kit::ids::{GroupId, GuestId};
use crate::plans::repo;

/// How many items hang on a guest; with `origins` only those planned for one of these.
///
/// # Errors
/// When the database fails.
pub fn count(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<i64> {
    repo::count(reads, group, guest, origins)
}

/// Hangs every item of one guest on another. For whom they were planned stays with them.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    repo::hand(tx, group, from, to, None)
}

/// Hangs what was planned for one of `origins` back on `to`.
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
    repo::hand(tx, group, from, to, Some(origins))
}
