//! What a brief tells of one guest.

use chrono::NaiveDate;

use crate::codes;
use crate::flows::arrivals::{Brief, days_of};
use crate::guests::birthdays;
use crate::guests::model::{BirthdayCalendar, Guest, RestrictionScope};
use crate::kit::ids::HotelId;
use crate::plans::model::{Wish, rank};
use crate::preferences::model::Preference;
use crate::stays::model::Stay;

codes! {
    /// What is celebrated.
    OccasionKind {
        /// A birthday.
        Birthday = "birthday",
        /// A wedding anniversary.
        Anniversary = "anniversary",
    }
}

/// A day to be celebrated during a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// What it is.
    pub kind: OccasionKind,
    /// When.
    pub on: NaiveDate,
    /// In which calendar it is kept.
    pub calendar: BirthdayCalendar,
}

/// Code of the item of the catalogue whose words have the date of a wedding.
const ANNIVERSARY: &str = "wedding_anniversary";

/// What is to be acted on for a guest during a stay, the gravest first.
pub fn preferences<'b>(brief: &'b Brief, stay: &Stay, guest: &Guest) -> Vec<&'b Preference> {
    let (from, to) = days_of(brief, stay);
    let all = brief.known.preferences.as_ref().and_then(|all| all.get(&guest.id));
    let mut found: Vec<&Preference> =
        all.into_iter().flatten().filter(|one| one.valid_within(from, to)).collect();
    found.sort_by_key(|one| (rank(&one.category, &Wish::from(*one)), one.id));
    found
}

/// What is celebrated during a stay: the birthday, and an anniversary of which a preference tells the date. From the
/// arrival on, so that a day of celebration just past is not missed.
pub fn occasions(stay: &Stay, guest: &Guest, preferences: &[&Preference]) -> Vec<Occasion> {
    let (from, to) = (stay.facts.arrival_on, stay.facts.departure_on);
    let calendar = guest.profile.birthday_calendar.unwrap_or(BirthdayCalendar::Gregorian);
    let born = guest.profile.birth_date.and_then(|birth| birthdays::within(birth, calendar, from, to));
    let mut found: Vec<Occasion> =
        born.into_iter().map(|on| Occasion { kind: OccasionKind::Birthday, on, calendar }).collect();
    let weddings = preferences
        .iter()
        .filter(|one| one.code.as_deref() == Some(ANNIVERSARY) && one.polarity.wants())
        .filter_map(|one| one.details.value.as_deref().or(one.details.text.as_deref()))
        .filter_map(date_in);
    for wedding in weddings {
        let calendar = BirthdayCalendar::Gregorian;
        if let Some(on) = birthdays::within(wedding, calendar, from, to) {
            found.push(Occasion { kind: OccasionKind::Anniversary, on, calendar });
        }
    }
    found.sort_by_key(|occasion| occasion.on);
    found
}

/// The first date in a text, `YYYY-MM-DD`.
fn date_in(text: &str) -> Option<NaiveDate> {
    let dates = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    dates.filter(|part| part.len() == 10).find_map(|part| NaiveDate::parse_from_str(part, "%Y-%m-%d").ok())
}

/// Whether a guest is under a restriction that reaches a hotel.
pub fn restricted(guest: &Guest, hotel: HotelId) -> bool {
    guest.restriction.as_ref().is_some_and(|restriction| match restriction.scope {
        RestrictionScope::Group => true,
        RestrictionScope::Hotel => restriction.hotel_id == Some(hotel),
    })
}

#[cfg(test)]
mod tests {
    use super::date_in;

    #[test]
    fn a_date_is_found_among_words() {
        for (text, found) in [
            ("结婚纪念日2010-05-20，百合", Some("2010-05-20")),
            ("married 2010-05-20.", Some("2010-05-20")),
            ("2010-02-30", None),
            ("in May", None),
        ] {
            assert_eq!(date_in(text).map(|day| day.to_string()).as_deref(), found, "{text}");
        }
    }
}
