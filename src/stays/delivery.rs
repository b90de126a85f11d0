//! What another system says of a stay, and when its word counts.
//!
//! A stay is known to its sender by a reference. What a message leaves out stays as it is; lists it sends replace. The
//! sender's version, or else the instant of its change, orders the messages: an older one never overwrites a newer one.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use crate::codes;
use crate::db::Tx;
use crate::kit::ids::{GuestId, HotelId, PartnerId};
use crate::kit::version::Expected;
use crate::partners::bulk::DeliveredPartner;
use crate::platform::context::Ctx;
use crate::stays::bulk;
use crate::stays::error::StayError;
use crate::stays::model::{Currency, ExternalRef, Money, SourceOrder, Stay, StayPurpose, StayStatus};
use crate::stays::repo;

/// The hotel of a delivered stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HotelRef {
    /// By its id.
    Id(HotelId),
    /// By its code.
    Code(String),
}

/// Somebody who stays, as the sender names them. At least one member is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveredPerson {
    /// The guest of the file.
    pub guest_id: Option<GuestId>,
    /// The guest's id in another system. One that is not known yet leaves the name alone.
    pub reference: Option<ExternalRef>,
    /// The name as it was booked.
    pub name: Option<String>,
}

/// An agency or company, as the sender names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveredParty {
    /// A partner of the file.
    Known(PartnerId),
    /// A partner by its id in another system; one that is not known yet becomes a provisional partner.
    Named(DeliveredPartner),
}

/// What a stay brought in, as far as the sender says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveredRevenue {
    /// The room.
    pub room: Option<i64>,
    /// Food and beverage.
    pub food_beverage: Option<i64>,
    /// Everything else.
    pub other: Option<i64>,
}

/// A message about one stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The id by which the sender knows the stay.
    pub reference: ExternalRef,
    /// Further ids of the stay in other systems.
    pub external_refs: Vec<ExternalRef>,
    /// Where the message stands in the order of the sender's messages.
    pub order: SourceOrder,
    /// The hotel.
    pub hotel: HotelRef,
    /// Where the stay stands; a new one is reserved unless told.
    pub status: Option<StayStatus>,
    /// See [`super::model::Facts::arrival_on`].
    pub arrival_on: NaiveDate,
    /// See [`super::model::Facts::departure_on`].
    pub departure_on: NaiveDate,
    /// The main guest; a new stay needs one.
    pub guest: Option<DeliveredPerson>,
    /// Who stays with the main guest.
    pub companions: Option<Vec<DeliveredPerson>>,
    /// See [`super::model::Facts::rooms`].
    pub rooms: Option<i32>,
    /// See [`super::model::Facts::adults`].
    pub adults: Option<i32>,
    /// See [`super::model::Facts::children`].
    pub children: Option<i32>,
    /// See [`super::model::Facts::infants`].
    pub infants: Option<i32>,
    /// See [`super::model::Facts::booked_on`].
    pub booked_on: Option<NaiveDate>,
    /// See [`super::model::Facts::cancelled_on`].
    pub cancelled_on: Option<NaiveDate>,
    /// See [`super::model::Facts::cancellation_reason`].
    pub cancellation_reason: Option<String>,
    /// See [`super::model::Facts::room`].
    pub room: Option<String>,
    /// See [`super::model::Facts::room_type`].
    pub room_type: Option<String>,
    /// See [`super::model::Facts::booked_room_type`].
    pub booked_room_type: Option<String>,
    /// See [`super::model::Facts::rate_code`].
    pub rate_code: Option<String>,
    /// See [`super::model::Facts::rate`].
    pub rate: Option<Money>,
    /// See [`super::model::Facts::channel`].
    pub channel: Option<String>,
    /// See [`super::model::Facts::segment`].
    pub segment: Option<String>,
    /// See [`super::model::Facts::purpose`].
    pub purpose: Option<StayPurpose>,
    /// The agency it came from.
    pub agent: Option<DeliveredParty>,
    /// The company it is for.
    pub company: Option<DeliveredParty>,
    /// See [`super::model::Facts::currency`]; the hotel's for a new stay unless told.
    pub currency: Option<Currency>,
    /// See [`super::model::Facts::revenue`].
    pub revenue: DeliveredRevenue,
    /// See [`super::model::Facts::special_requests`].
    pub special_requests: Option<String>,
    /// See [`super::model::Facts::eta`].
    pub eta: Option<NaiveTime>,
    /// See [`super::model::Facts::etd`].
    pub etd: Option<NaiveTime>,
    /// See [`super::model::Facts::board`].
    pub board: Option<String>,
    /// Fields of the hotel's own; those left out stay.
    pub custom_fields: BTreeMap<String, String>,
}

codes! {
    /// What became of a message about a stay.
    Delivered {
        /// A new stay.
        Created = "created",
        /// The stay was changed.
        Updated = "updated",
        /// The stay was so already.
        Unchanged = "unchanged",
        /// A newer message came before: nothing was written.
        Superseded = "superseded",
    }
}

/// What happens to a stay that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Laying {
    /// Nothing.
    CreateOnly,
    /// What the message says is laid over it.
    #[default]
    Overlay,
    /// It becomes what the message says; guests linked by hand, references and what happened in the house stay.
    Replace,
}

/// How messages are to be taken in.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// What happens to a stay that is known.
    pub laying: Laying,
    /// Whether to check everything and change nothing.
    pub dry_run: bool,
}

/// Not the version the sender expects: another try would not help.
const UNEXPECTED: &str = "unexpected";
/// Kept by a hotel the sender may not see: another try would not help.
const HIDDEN: &str = "hidden";
/// Times a message is tried that other writers keep coming before.
const TRIES: usize = 10;

/// Takes one message in. Of two messages for one stay at once each is judged by what the other one left.
///
/// # Errors
/// [`StayError::Invalid`], [`StayError::Stale`] when the stay has another version than expected.
pub fn deliver(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    message: &Delivery,
    expected: Option<&Expected>,
) -> Result<(Stay, Delivered), StayError> {
    let mut tries = 0;
    let (id, outcome) = loop {
        tries += 1;
        let holder = repo::by_ref(tx, cx.group, &message.reference)?;
        if let Some(id) = holder {
            // Before the savepoint: a row that a savepoint which failed had locked is a deadlock to come.
            repo::hold(tx, cx.group, id)?;
        }
        let taken = tx.savepoint(|tx| {
            let holder = holder.map(|id| repo::find(tx, cx.group, id)).transpose()?.flatten();
            if let Some(stay) = holder {
                // A stay of another hotel is not told from a missing one, but its reference cannot be given away.
                if !cx.sight.covers(Some(stay.hotel_id)) {
                    return Err(StayError::State(HIDDEN));
                }
                if !expected.is_none_or(|expected| expected.allows(stay.version)) {
                    return Err(StayError::State(UNEXPECTED));
                }
            }
            bulk::deliver_all(tx, cx, std::slice::from_ref(message), How::default())
        });
        match taken {
            Ok(mut rows) => match rows.pop() {
                Some(Ok((outcome, Some(id)))) => break (id, outcome),
                Some(Err(faults)) => return Err(StayError::Invalid(faults)),
                Some(Ok((_, None))) | None => return Err(StayError::NotFound),
            },
            Err(StayError::State(UNEXPECTED)) => return Err(StayError::Stale),
            Err(StayError::State(HIDDEN)) => return Err(StayError::ReferenceTaken(None)),
            Err(StayError::Stale | StayError::ReferenceTaken(_)) if tries < TRIES => {}
            Err(error) => return Err(error),
        }
    };
    let stay = repo::find(tx, cx.group, id)?.ok_or(StayError::NotFound)?;
    Ok((stay, outcome))
}
