//! Complaints as other systems tell of them: one message a complaint, taken in as often as it comes.
//!
//! A complaint is known by the sender's reference. What a message says is laid over what is known; what it leaves out
//! stays as it is. How a complaint is judged is taken over as long as nobody here has sorted it, and when it was received
//! once and for all.

use crate::codes;
use crate::complaints::bulk;
use crate::complaints::commands::{Classify, ComplaintPatch};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, ExternalRef};
use crate::complaints::repo;
use crate::db::Tx;
use crate::kit::clock::Instant;
use crate::kit::ids::{GuestId, StayId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
pub use crate::stays::delivery::{HotelRef, Laying};

/// Something of this house, as a sender names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named<I> {
    /// By its id.
    Id(I),
    /// By its id in another system.
    Reference(ExternalRef),
}

/// A message about one complaint.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The id by which the sender knows the complaint.
    pub reference: ExternalRef,
    /// Further ids of the complaint in other systems.
    pub external_refs: Vec<ExternalRef>,
    /// The hotel.
    pub hotel: HotelRef,
    /// The guest; that of the stay unless told.
    pub guest: Option<Named<GuestId>>,
    /// The stay it is about.
    pub stay: Option<Named<StayId>>,
    /// When the hotel heard of it; the present for a new one unless told.
    pub received_at: Option<Instant>,
    /// What else is said, words and channel always; guest, stay and references stand above.
    pub said: ComplaintPatch,
    /// How it is judged, as far as that is told.
    pub class: Classify,
}

codes! {
    /// What became of a message about a complaint.
    ComplaintOutcome {
        /// A new complaint.
        Created = "created",
        /// The complaint was changed.
        Updated = "updated",
        /// The complaint was so already.
        Unchanged = "unchanged",
    }
}

/// How messages are to be taken in.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// What happens to a complaint that is known.
    pub laying: Laying,
    /// Whether to check everything and change nothing.
    pub dry_run: bool,
    /// Whether new ones were dealt with elsewhere before: what was due by now then raises no warning.
    pub taken_over: bool,
}

/// Not the version the sender expects: another try would not help.
const UNEXPECTED: &str = "unexpected";
/// Kept by a hotel the sender may not see: another try would not help.
const HIDDEN: &str = "hidden";
/// Times a message is tried that other writers keep coming before.
const TRIES: usize = 10;

/// Takes one message in. Of two messages for one complaint at once each is judged by what the other one left.
///
/// # Errors
/// [`ComplaintError::Invalid`], [`ComplaintError::Stale`] when the complaint has another version than expected,
/// [`ComplaintError::ReferenceTaken`] when a hotel the caller cannot see has it.
pub fn deliver(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    message: &Delivery,
    expected: Option<&Expected>,
) -> Result<(Complaint, ComplaintOutcome), ComplaintError> {
    let mut tries = 0;
    let (id, outcome) = loop {
        tries += 1;
        let holder = repo::by_ref(tx, cx.group, &message.reference)?;
        if let Some(id) = holder {
            // Before the savepoint: a row that a savepoint which failed had locked is a deadlock to come.
            repo::hold(tx, cx.group, id)?;
        }
        let taken = tx.savepoint(|tx| {
            let known = holder.map(|id| repo::find(tx, cx.group, id)).transpose()?.flatten();
            if let Some(known) = known {
                // A complaint of another hotel is not told from a missing one, but its reference is not free.
                if !cx.sight.covers(Some(known.hotel_id)) {
                    return Err(ComplaintError::State(HIDDEN));
                }
                if !expected.is_none_or(|expected| expected.allows(known.version)) {
                    return Err(ComplaintError::State(UNEXPECTED));
                }
            }
            bulk::deliver_all(tx, cx, std::slice::from_ref(message), How::default())
        });
        match taken {
            Ok(mut rows) => match rows.pop() {
                Some(Ok((outcome, Some(id)))) => break (id, outcome),
                Some(Err(faults)) => return Err(ComplaintError::Invalid(faults)),
                Some(Ok((_, None))) | None => return Err(ComplaintError::NotFound),
            },
            Err(ComplaintError::State(UNEXPECTED)) => return Err(ComplaintError::Stale),
            Err(ComplaintError::State(HIDDEN)) => return Err(ComplaintError::ReferenceTaken(None)),
            Err(ComplaintError::Stale | ComplaintError::ReferenceTaken(_)) if tries < TRIES => {}
            Err(error) => return Err(error),
        }
    };
    let complaint = repo::find(tx, cx.group, id)?.ok_or(ComplaintError::NotFound)?;
    Ok((complaint, outcome))
}
