//! What another system says of a stay, and when its word counts.
//!
//! A stay is known to its sender by a reference. What a message leaves out stays as it is; lists it sends replace. The
//! sender's version, or else the instant of its change, orders the messages: an older one never overwrites a newer one.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use crate::db::Tx;
use crate::guests::model::ExternalRef;
use crate::hotels::model::Currency;
use crate::kit::ids::{GuestId, HotelId, PartnerId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::stays::error::StayError;
use crate::stays::model::{Money, SourceOrder, Stay, StayPurpose, StayStatus};

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

/// A partner by its id in another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredPartner {
    /// Its id there.
    pub reference: ExternalRef,
    /// Code of its type.
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<String>,
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

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// A new stay.
    Created,
    /// A changed one.
    Updated,
    /// Nothing was different.
    Unchanged,
    /// A newer message came before: nothing was written.
    Superseded,
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

/// Takes one message in.
///
/// # Errors
/// [`StayError::Invalid`], [`StayError::Stale`] when the stay has another version than expected,
/// [`StayError::ReferenceTaken`] when another reference of the message belongs to another stay.
pub fn deliver(
    _tx: &mut Tx<'_>,
    _cx: &Ctx,
    _delivery: &Delivery,
    _expected: Option<&Expected>,
) -> Result<(Stay, Delivered), StayError> {
    Err(StayError::NotFound)
}
