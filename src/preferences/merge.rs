//! What becomes of preferences and consents when guests are merged, and when that is taken back.

use crate::db::{DbResult, Reads, Tx};
use crate::kit::ids::{GroupId, GuestId};
use crate::preferences::repo;

/// How many preferences and consents hang on a guest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Preferences, those taken away included.
    pub preferences: i64,
    /// Consents, those withdrawn included.
    pub consents: i64,
}

/// How many preferences and consents hang on a guest; with `origins` only those recorded for one of these.
///
/// # Errors
/// When the database fails.
pub fn count(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<Held> {
    let (preferences, consents) = repo::count(reads, group, guest, origins)?;
    Ok(Held { preferences, consents })
}

/// Hangs every preference and consent of one guest on another. For whom they were recorded stays with them. What the
/// two guests wish for may contradict: both stand, and the set tells it until staff decide.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    repo::hand_over(tx, group, from, to)
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
    repo::hand_back(tx, group, from, to, origins)
}
