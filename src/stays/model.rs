//! What a stay is: who stays where and when, what they pay, and what became of it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::codes;
pub use crate::guests::model::ExternalRef;
pub use crate::hotels::model::Currency;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, PartnerId, StayId};
use crate::kit::version::Version;

codes! {
    /// Where a stay stands in its life.
    StayStatus {
        /// Booked.
        Reserved = "reserved",
        /// Expected today.
        DueIn = "due_in",
        /// The guest is in the house.
        InHouse = "in_house",
        /// The guest has left.
        CheckedOut = "checked_out",
        /// Called off before arrival.
        Cancelled = "cancelled",
        /// The guest never came.
        NoShow = "no_show",
        /// Taken out of the records: in no list and no figure.
        Deleted = "deleted",
    }
    /// What can be noticed about a stay that is allowed but seldom meant.
    StayMark {
        /// Arrival and departure are the same day.
        ZeroNights = "zero_nights",
        /// No adult is booked.
        NoAdults = "no_adults",
        /// Some of the revenue is negative, as after a correction.
        NegativeRevenue = "negative_revenue",
    }
    /// Why the guest travels.
    StayPurpose {
        /// Holidays.
        Leisure = "leisure",
        /// Work.
        Business = "business",
        /// A conference, meeting or incentive.
        Meeting = "meeting",
        /// Study.
        Student = "student",
        /// Seeing relatives or friends.
        Family = "family",
        /// Treatment.
        Medical = "medical",
        /// On the way to somewhere else.
        Transit = "transit",
        /// Anything else.
        Other = "other",
    }
}

/// An amount of money in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Minor units, such as cents.
    pub amount_minor: i64,
    /// In which currency.
    pub currency: Currency,
}

/// What a stay brought in, minor units of the stay's currency. Negative after corrections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Revenue {
    /// The room.
    pub room: i64,
    /// Food and beverage.
    pub food_beverage: i64,
    /// Everything else.
    pub other: i64,
}

impl Revenue {
    /// All of it.
    pub const fn total(&self) -> i64 {
        self.room.saturating_add(self.food_beverage).saturating_add(self.other)
    }
}

/// A guest of the file who stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedGuest {
    /// The guest now.
    pub id: GuestId,
    /// The guest it was written for; another one after a merge.
    pub origin: GuestId,
}

/// Somebody who stays: a guest of the file, a name, or a guest with the name the booking was made under.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The guest of the file, where it is known.
    pub guest: Option<LinkedGuest>,
    /// The name as it was booked.
    pub name: Option<String>,
}

/// A change of rooms during the stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMove {
    /// When.
    pub at: Instant,
    /// The room left; absent when none was given yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The new room.
    pub to: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who noted it.
    pub by: ActorId,
}

/// What staff said to a suggestion made from the special requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It was written down as a preference.
    Accepted,
    /// It was not meant so.
    Dismissed,
}

/// Where a message stands in the order of its sender's messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceOrder {
    /// The sender's version of the stay, growing with each change.
    pub version: Option<i64>,
    /// When the stay was changed in the sender's system.
    pub updated_at: Option<Instant>,
}

/// Everything that is written down of a stay and can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The main guest.
    pub guest: Person,
    /// Who stays with the main guest.
    pub companions: Vec<Person>,
    /// Day of arrival, in the hotel's time zone.
    pub arrival_on: NaiveDate,
    /// Day of departure; the day of arrival for day use.
    pub departure_on: NaiveDate,
    /// Rooms, at least 1.
    pub rooms: i32,
    /// Adults.
    pub adults: i32,
    /// Children.
    pub children: i32,
    /// Infants.
    pub infants: i32,
    /// The day it was booked.
    pub booked_on: Option<NaiveDate>,
    /// The day it was called off.
    pub cancelled_on: Option<NaiveDate>,
    /// Why it was called off.
    pub cancellation_reason: Option<String>,
    /// The room.
    pub room: Option<String>,
    /// Code of the type of the room given.
    pub room_type: Option<String>,
    /// Code of the type of the room booked.
    pub booked_room_type: Option<String>,
    /// Code of the rate.
    pub rate_code: Option<String>,
    /// Price a room and night, never negative.
    pub rate: Option<Money>,
    /// Code of the channel it came through.
    pub channel: Option<String>,
    /// Code of the market segment.
    pub segment: Option<String>,
    /// Why the guest travels.
    pub purpose: Option<StayPurpose>,
    /// The agency it came from.
    pub agent_id: Option<PartnerId>,
    /// The company it is for.
    pub company_id: Option<PartnerId>,
    /// Currency of the revenue.
    pub currency: Currency,
    /// What it brought in.
    pub revenue: Revenue,
    /// What the guest asked for, in words.
    pub special_requests: Option<String>,
    /// Expected time of arrival, on the hotel's clocks.
    pub eta: Option<NaiveTime>,
    /// Expected time of departure, on the hotel's clocks.
    pub etd: Option<NaiveTime>,
    /// Code of the board or meals.
    pub board: Option<String>,
    /// Fields of the hotel's own.
    pub custom_fields: BTreeMap<String, String>,
    /// Ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: StayId,
    /// The hotel that keeps it.
    pub hotel_id: HotelId,
    /// Where it stands in its life.
    pub status: StayStatus,
    /// What is written down.
    pub facts: Facts,
    /// Changes of rooms, the oldest first.
    pub room_moves: Vec<RoomMove>,
    /// How often it was taken back into use.
    pub reinstated: i32,
    /// When the guest checked in.
    pub checked_in_at: Option<Instant>,
    /// When the guest checked out.
    pub checked_out_at: Option<Instant>,
    /// Where the last message about it stood.
    pub source: SourceOrder,
    /// What staff said to suggestions, by the code of the suggested item.
    pub decisions: BTreeMap<String, Decision>,
    /// Its version.
    pub version: Version,
    /// When and by whom it was created.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

/// Nights from one day to another.
pub fn nights(arrival: NaiveDate, departure: NaiveDate) -> i32 {
    i32::try_from((departure - arrival).num_days()).unwrap_or(i32::MAX)
}

impl Facts {
    /// Nights, 0 for day use.
    pub fn nights(&self) -> i32 {
        nights(self.arrival_on, self.departure_on)
    }

    /// Days from booking to arrival; none for what was written down after arrival.
    pub fn lead_days(&self) -> Option<i32> {
        self.booked_on.map(|booked| nights(booked, self.arrival_on).max(0))
    }

    /// What is allowed but seldom meant.
    pub fn marks(&self) -> Vec<StayMark> {
        let Revenue { room, food_beverage, other } = self.revenue;
        let found = [
            (StayMark::ZeroNights, self.nights() == 0),
            (StayMark::NoAdults, self.adults == 0),
            (StayMark::NegativeRevenue, room < 0 || food_beverage < 0 || other < 0),
        ];
        found.into_iter().filter(|(_, holds)| *holds).map(|(mark, _)| mark).collect()
    }

    /// Every guest of the file who stays, the main guest first.
    pub fn guests(&self) -> impl Iterator<Item = GuestId> + '_ {
        std::iter::once(&self.guest)
            .chain(&self.companions)
            .filter_map(|person| person.guest.map(|guest| guest.id))
    }

    /// The type of the room given, else of the one booked.
    pub fn actual_room_type(&self) -> Option<&str> {
        self.room_type.as_deref().or(self.booked_room_type.as_deref())
    }
}

impl Person {
    /// A guest of the file.
    pub fn guest(id: GuestId) -> Self {
        Self { guest: Some(LinkedGuest { id, origin: id }), name: None }
    }

    /// A name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { guest: None, name: Some(name.into()) }
    }

    /// Whether nobody is named.
    pub fn is_nobody(&self) -> bool {
        self.guest.is_none() && self.name.is_none()
    }
}
