//! What becomes of plan items when guests are merged, and when that is taken back.

use crate::db::{DbResult, Tx};
use crate::kit::ids::{GroupId, GuestId};
use crate::plans::repo;

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
