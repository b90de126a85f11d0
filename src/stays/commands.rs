//! What staff ask to be done with a stay.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use crate::kit::clock::Instant;
use crate::kit::ids::{HotelId, PartnerId};
use crate::kit::patch::Patch;
use crate::stays::model::{Currency, ExternalRef, Facts, Money, Person, StayPurpose, StayStatus};
use crate::stays::moves::StayMove;

/// A new stay.
#[derive(Debug, Clone)]
pub struct NewStay {
    /// The hotel.
    pub hotel_id: HotelId,
    /// Where it stands.
    pub status: StayStatus,
    /// Currency of its revenue; the hotel's when absent.
    pub currency: Option<Currency>,
    /// Whether it says what it brought in.
    pub names_revenue: bool,
    /// What is written down; guests are named by their own ids, the currency is not settled.
    pub facts: Facts,
}

/// A change of what a stay brought in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RevenuePatch {
    /// The room.
    pub room: Option<i64>,
    /// Food and beverage.
    pub food_beverage: Option<i64>,
    /// Everything else.
    pub other: Option<i64>,
}

/// A change of what is written down of a stay: absent members stay, `null` clears, lists are replaced whole.
#[derive(Debug, Clone, Default)]
pub struct StayPatch {
    /// See [`Facts::guest`]; cannot be cleared.
    pub guest: Option<Person>,
    /// See [`Facts::companions`].
    pub companions: Option<Vec<Person>>,
    /// See [`Facts::arrival_on`].
    pub arrival_on: Option<NaiveDate>,
    /// See [`Facts::departure_on`].
    pub departure_on: Option<NaiveDate>,
    /// See [`Facts::rooms`].
    pub rooms: Option<i32>,
    /// See [`Facts::adults`].
    pub adults: Option<i32>,
    /// See [`Facts::children`].
    pub children: Option<i32>,
    /// See [`Facts::infants`].
    pub infants: Option<i32>,
    /// See [`Facts::booked_on`].
    pub booked_on: Patch<NaiveDate>,
    /// See [`Facts::cancelled_on`].
    pub cancelled_on: Patch<NaiveDate>,
    /// See [`Facts::cancellation_reason`].
    pub cancellation_reason: Patch<String>,
    /// See [`Facts::room`].
    pub room: Patch<String>,
    /// See [`Facts::room_type`].
    pub room_type: Patch<String>,
    /// See [`Facts::booked_room_type`].
    pub booked_room_type: Patch<String>,
    /// See [`Facts::rate_code`].
    pub rate_code: Patch<String>,
    /// See [`Facts::rate`].
    pub rate: Patch<Money>,
    /// See [`Facts::channel`].
    pub channel: Patch<String>,
    /// See [`Facts::segment`].
    pub segment: Patch<String>,
    /// See [`Facts::purpose`].
    pub purpose: Patch<StayPurpose>,
    /// See [`Facts::agent_id`].
    pub agent_id: Patch<PartnerId>,
    /// See [`Facts::company_id`].
    pub company_id: Patch<PartnerId>,
    /// See [`Facts::currency`].
    pub currency: Option<Currency>,
    /// See [`Facts::revenue`].
    pub revenue: RevenuePatch,
    /// See [`Facts::special_requests`].
    pub special_requests: Patch<String>,
    /// See [`Facts::eta`].
    pub eta: Patch<NaiveTime>,
    /// See [`Facts::etd`].
    pub etd: Patch<NaiveTime>,
    /// See [`Facts::board`].
    pub board: Patch<String>,
    /// Members to set, or to remove (`None`).
    pub custom_fields: BTreeMap<String, Option<String>>,
    /// See [`Facts::external_refs`].
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl StayPatch {
    /// Whether it says anything of money earned.
    pub fn names_revenue(&self) -> bool {
        self.revenue != RevenuePatch::default() || self.currency.is_some()
    }

    /// Applies the change.
    pub fn apply(self, facts: &mut Facts) {
        fn set<T>(value: Option<T>, field: &mut T) {
            if let Some(value) = value {
                *field = value;
            }
        }
        if let Some(guest) = self.guest {
            facts.guest = kept(guest, [&facts.guest]);
        }
        if let Some(companions) = self.companions {
            let before = std::mem::take(&mut facts.companions);
            facts.companions = companions.into_iter().map(|person| kept(person, &before)).collect();
        }
        set(self.arrival_on, &mut facts.arrival_on);
        set(self.departure_on, &mut facts.departure_on);
        set(self.rooms, &mut facts.rooms);
        set(self.adults, &mut facts.adults);
        set(self.children, &mut facts.children);
        set(self.infants, &mut facts.infants);
        self.booked_on.apply(&mut facts.booked_on);
        self.cancelled_on.apply(&mut facts.cancelled_on);
        self.cancellation_reason.apply(&mut facts.cancellation_reason);
        self.room.apply(&mut facts.room);
        self.room_type.apply(&mut facts.room_type);
        self.booked_room_type.apply(&mut facts.booked_room_type);
        self.rate_code.apply(&mut facts.rate_code);
        self.rate.apply(&mut facts.rate);
        self.channel.apply(&mut facts.channel);
        self.segment.apply(&mut facts.segment);
        self.purpose.apply(&mut facts.purpose);
        self.agent_id.apply(&mut facts.agent_id);
        self.company_id.apply(&mut facts.company_id);
        set(self.currency, &mut facts.currency);
        set(self.revenue.room, &mut facts.revenue.room);
        set(self.revenue.food_beverage, &mut facts.revenue.food_beverage);
        set(self.revenue.other, &mut facts.revenue.other);
        self.special_requests.apply(&mut facts.special_requests);
        self.eta.apply(&mut facts.eta);
        self.etd.apply(&mut facts.etd);
        self.board.apply(&mut facts.board);
        for (name, value) in self.custom_fields {
            match value {
                Some(value) => drop(facts.custom_fields.insert(name, value)),
                None => drop(facts.custom_fields.remove(&name)),
            }
        }
        set(self.external_refs, &mut facts.external_refs);
    }
}

/// A person as sent, with the memory of whom it was written for when it is a guest that was there before.
fn kept<'a>(sent: Person, before: impl IntoIterator<Item = &'a Person>) -> Person {
    let linked = before.into_iter().filter_map(|person| person.guest);
    let same = sent.guest.and_then(|guest| {
        let mut linked = linked;
        linked.find(|old| old.id == guest.id)
    });
    Person { guest: same.or(sent.guest), name: sent.name }
}

/// A change of a stay's status.
#[derive(Debug, Clone)]
pub struct MoveStay {
    /// The change.
    pub wanted: StayMove,
    /// The room given, at check-in.
    pub room: Option<String>,
    /// Why, when a stay is called off.
    pub reason: Option<String>,
}

/// A change of rooms.
#[derive(Debug, Clone)]
pub struct MoveRoom {
    /// The new room.
    pub to: String,
    /// Code of its type, when it is another one.
    pub room_type: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When; now unless told.
    pub at: Option<Instant>,
}
