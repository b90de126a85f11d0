//! The figures of a guest's stays. They are never stored: the database sums the rows whenever they are asked for, so
//! that they are right after every late, changed or deleted stay, after a merge and after its undoing.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::db::{DbResult, Reads};
use crate::kit::ids::GuestId;
use crate::platform::context::Ctx;
use crate::stays::figure_repo;
use crate::stays::model::{Stay, StayStatus};

/// Figures of the stays in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earned {
    /// Stays that took place.
    pub stays: i64,
    /// Their nights.
    pub nights: i64,
    /// Their nights times rooms.
    pub room_nights: i64,
    /// What their rooms brought in, minor units.
    pub room: i64,
    /// What they ate and drank, minor units.
    pub food_beverage: i64,
    /// Everything else, minor units.
    pub other: i64,
    /// What cancelled and no-show stays brought in, minor units.
    pub from_cancelled: i64,
}

impl Earned {
    /// All that stays that took place brought in.
    pub const fn total(&self) -> i64 {
        self.room.saturating_add(self.food_beverage).saturating_add(self.other)
    }

    /// Room revenue a room and night, rounded half away from zero; none without nights.
    pub fn average_daily_rate(&self) -> Option<i64> {
        divided(self.room, self.room_nights)
    }
}

/// A quotient of whole numbers, rounded half away from zero; none for nothing to divide by.
pub fn divided(sum: i64, count: i64) -> Option<i64> {
    if count <= 0 {
        return None;
    }
    let (sum, count) = (i128::from(sum), i128::from(count));
    let rounded = (sum.abs() * 2 + count) / (count * 2) * sum.signum();
    i64::try_from(rounded).ok()
}

/// The figures of one guest's stays as main guest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// By currency of the revenue.
    pub by_currency: BTreeMap<String, Earned>,
    /// Stays that took place, in all currencies.
    pub stays: i64,
    /// Their nights.
    pub nights: i64,
    /// Their nights times rooms.
    pub room_nights: i64,
    /// Days from booking to arrival, summed over stays that took place and whose booking day is known.
    pub lead_days: i64,
    /// How many these are.
    pub lead_known: i64,
    /// Stays that took place by channel; those without one under none.
    pub channels: BTreeMap<Option<String>, i64>,
    /// Nights and stays that took place by room type.
    pub room_types: BTreeMap<String, (i64, i64)>,
    /// Cancelled stays.
    pub cancellations: i64,
    /// Stays whose guest never came.
    pub no_shows: i64,
    /// Stays to come.
    pub upcoming: i64,
    /// First arrival of the stays that took place.
    pub first_arrival: Option<NaiveDate>,
    /// Last arrival of the stays that took place.
    pub last_arrival: Option<NaiveDate>,
    /// Last departure of the stays that took place.
    pub last_departure: Option<NaiveDate>,
}

/// A part of the sum: stays that agree in everything that is counted apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Their status.
    pub status: StayStatus,
    /// Currency of their revenue.
    pub currency: String,
    /// Their channel.
    pub channel: Option<String>,
    /// The type of the room given, else booked.
    pub room_type: Option<String>,
    /// How many they are.
    pub stays: i64,
    /// Nights.
    pub nights: i64,
    /// Nights times rooms.
    pub room_nights: i64,
    /// Room revenue.
    pub room: i64,
    /// Food and beverage.
    pub food_beverage: i64,
    /// Everything else.
    pub other: i64,
    /// Sum of the days from booking to arrival.
    pub lead_days: i64,
    /// For how many of them that is known.
    pub lead_known: i64,
    /// First arrival.
    pub first_arrival: NaiveDate,
    /// Last arrival.
    pub last_arrival: NaiveDate,
    /// Last departure.
    pub last_departure: NaiveDate,
}

impl Statistics {
    /// Adds stays that agree.
    pub fn add(&mut self, part: Part) {
        let money = part.room.saturating_add(part.food_beverage).saturating_add(part.other);
        match part.status {
            StayStatus::Reserved | StayStatus::DueIn => self.upcoming += part.stays,
            StayStatus::Cancelled | StayStatus::NoShow => {
                if part.status == StayStatus::Cancelled {
                    self.cancellations += part.stays;
                } else {
                    self.no_shows += part.stays;
                }
                if money != 0 {
                    self.by_currency.entry(part.currency).or_default().from_cancelled += money;
                }
            }
            StayStatus::Deleted => {}
            StayStatus::InHouse | StayStatus::CheckedOut => {
                let earned = self.by_currency.entry(part.currency).or_default();
                earned.stays += part.stays;
                earned.nights += part.nights;
                earned.room_nights += part.room_nights;
                earned.room += part.room;
                earned.food_beverage += part.food_beverage;
                earned.other += part.other;
                self.stays += part.stays;
                self.nights += part.nights;
                self.room_nights += part.room_nights;
                self.lead_days += part.lead_days;
                self.lead_known += part.lead_known;
                *self.channels.entry(part.channel).or_default() += part.stays;
                if let Some(room_type) = part.room_type {
                    let counted = self.room_types.entry(room_type).or_default();
                    counted.0 += part.nights;
                    counted.1 += part.stays;
                }
                let first = self.first_arrival.map_or(part.first_arrival, |day| day.min(part.first_arrival));
                self.first_arrival = Some(first);
                self.last_arrival = self.last_arrival.max(Some(part.last_arrival));
                self.last_departure = self.last_departure.max(Some(part.last_departure));
            }
        }
    }

    /// Adds one stay, from the row and not from a sum: the other way to the same figures.
    pub fn count(&mut self, stay: &Stay) {
        let facts = &stay.facts;
        let lead = facts.lead_days();
        self.add(Part {
            status: stay.status,
            currency: facts.currency.code().to_owned(),
            channel: facts.channel.clone(),
            room_type: facts.actual_room_type().map(str::to_owned),
            stays: 1,
            nights: facts.nights().into(),
            room_nights: i64::from(facts.nights()) * i64::from(facts.rooms),
            room: facts.revenue.room,
            food_beverage: facts.revenue.food_beverage,
            other: facts.revenue.other,
            lead_days: lead.unwrap_or(0).into(),
            lead_known: lead.is_some().into(),
            first_arrival: facts.arrival_on,
            last_arrival: facts.arrival_on,
            last_departure: facts.departure_on,
        });
    }

    /// Mean days from booking to arrival, rounded; none where no booking day is known.
    pub fn mean_lead_days(&self) -> Option<i64> {
        divided(self.lead_days, self.lead_known)
    }

    /// The room type of most nights; of most stays among equals, then the first by code.
    pub fn favourite_room_type(&self) -> Option<(&str, i64, i64)> {
        let best = self.room_types.iter().max_by(|one, other| {
            let rank = |(nights, stays): (i64, i64)| (nights, stays);
            rank(*one.1).cmp(&rank(*other.1)).then_with(|| other.0.cmp(one.0))
        });
        best.map(|(code, (nights, stays))| (code.as_str(), *nights, *stays))
    }
}

/// The figures of guests, over the stays the caller may see: one query for up to 500 guests. A guest without stays has
/// none.
///
/// # Errors
/// When the database fails.
pub fn of(reads: &mut impl Reads, cx: &Ctx, guests: &[GuestId]) -> DbResult<HashMap<GuestId, Statistics>> {
    let mut found: HashMap<GuestId, Statistics> = HashMap::new();
    for (guest, part) in figure_repo::parts(reads, cx.group, &cx.sight, guests)? {
        found.entry(guest).or_default().add(part);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Statistics, divided};

    #[test]
    fn quotients_are_rounded_half_away_from_zero() {
        assert_eq!(divided(5, 2), Some(3));
        assert_eq!(divided(-5, 2), Some(-3));
        assert_eq!(divided(4, 3), Some(1));
        assert_eq!(divided(0, 3), Some(0));
        assert_eq!(divided(7, 0), None);
    }

    #[test]
    fn the_favourite_is_that_of_most_nights_then_stays_then_the_first() {
        let mut figures = Statistics::default();
        assert_eq!(figures.favourite_room_type(), None);
        for (code, counted) in [("B", (3, 1)), ("A", (3, 1)), ("C", (2, 9))] {
            figures.room_types.insert(code.to_owned(), counted);
        }
        assert_eq!(figures.favourite_room_type(), Some(("A", 3, 1)));
        figures.room_types.insert("Z".to_owned(), (3, 2));
        assert_eq!(figures.favourite_room_type(), Some(("Z", 3, 2)));
    }
}
