//! When a birthday falls, in the calendar in which the guest keeps it. Pure.
//!
//! The Chinese lunar calendar is that of ICU4X, from tables for the years in which guests are born and stay.

use chrono::{Datelike, NaiveDate};
use icu_calendar::Date;
use icu_calendar::cal::ChineseTraditional;

use crate::guests::model::BirthdayCalendar;

/// Days looked at: a stay longer than this has every birthday in it.
const MOST_DAYS: usize = 400;

/// A day of the lunar calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LunarDay {
    month: u8,
    leap: bool,
    day: u8,
    days_in_month: u8,
}

fn lunar(day: NaiveDate) -> Option<LunarDay> {
    let month = u8::try_from(day.month()).ok()?;
    let of_month = u8::try_from(day.day()).ok()?;
    let date = Date::try_new_iso(day.year(), month, of_month).ok()?.to_calendar(ChineseTraditional::new());
    let month = date.month();
    Some(LunarDay {
        month: month.number(),
        leap: month.to_input().is_leap(),
        day: date.day_of_month().0,
        days_in_month: date.days_in_month(),
    })
}

/// The first day from one to another, both included, on which somebody born on a day has a birthday.
///
/// One born on 29 February has it on the 28th of other years. A lunar birthday is kept in the month of its number, never
/// in the leap month behind it; one on the 30th falls on the 29th of a month without a 30th.
pub fn within(
    birth: NaiveDate,
    calendar: BirthdayCalendar,
    from: NaiveDate,
    to: NaiveDate,
) -> Option<NaiveDate> {
    let mut days = from.iter_days().take_while(|day| *day <= to).take(MOST_DAYS).filter(|day| *day > birth);
    match calendar {
        BirthdayCalendar::Gregorian => days.find(|day| {
            let same = (day.month(), day.day()) == (birth.month(), birth.day());
            let instead = (birth.month(), birth.day()) == (2, 29)
                && (day.month(), day.day()) == (2, 28)
                && !day.leap_year();
            same || instead
        }),
        BirthdayCalendar::Lunar => {
            let born = lunar(birth)?;
            days.find(|day| {
                lunar(*day).is_some_and(|day| {
                    let last = born.day > day.days_in_month && day.day == day.days_in_month;
                    !day.leap && day.month == born.month && (day.day == born.day || last)
                })
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{BirthdayCalendar, lunar, within};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_lunar_calendar_is_the_one_people_keep() {
        // New year's days and a mid-autumn day as published.
        for (date, month, of_month, leap) in [
            ("1988-02-17", 1, 1, false),
            ("2026-02-17", 1, 1, false),
            ("2026-09-25", 8, 15, false),
            ("2025-07-25", 6, 1, true),
            ("1955-01-24", 1, 1, false),
        ] {
            let found = lunar(day(date)).unwrap();
            assert_eq!((found.month, found.day, found.leap), (month, of_month, leap), "{date}");
        }
    }

    #[test]
    fn birthdays_fall_where_they_are_kept() {
        use BirthdayCalendar::{Gregorian, Lunar};
        for (birth, calendar, from, to, on) in [
            ("1988-05-17", Gregorian, "2026-05-15", "2026-05-17", Some("2026-05-17")),
            ("1988-05-17", Gregorian, "2026-05-18", "2026-05-20", None),
            ("1988-12-31", Gregorian, "2026-12-30", "2027-01-02", Some("2026-12-31")),
            ("1988-02-29", Gregorian, "2026-02-27", "2026-03-01", Some("2026-02-28")),
            ("1988-02-29", Gregorian, "2028-02-27", "2028-03-01", Some("2028-02-29")),
            // Born on the first day of the lunar year 1988.
            ("1988-02-17", Lunar, "2026-02-16", "2026-02-18", Some("2026-02-17")),
            ("1988-02-17", Lunar, "2025-01-28", "2025-01-30", Some("2025-01-29")),
            ("1988-02-17", Gregorian, "2025-01-28", "2025-01-30", None),
            // On the birth day itself there is none.
            ("2026-02-17", Lunar, "2026-02-17", "2026-02-17", None),
        ] {
            let found = within(day(birth), calendar, day(from), day(to));
            assert_eq!(found, on.map(day), "{birth} {from}");
        }
    }

    #[test]
    fn nobody_loses_a_birthday_in_a_year() {
        for birth in (0..800).map(|days| day("1987-01-01") + chrono::Days::new(days)) {
            for calendar in [BirthdayCalendar::Gregorian, BirthdayCalendar::Lunar] {
                for year in [2025, 2026, 2028] {
                    let (from, to) = (format!("{year}-01-01"), format!("{}-02-20", year + 1));
                    assert!(within(birth, calendar, day(&from), day(&to)).is_some(), "{birth} {year}");
                }
            }
        }
    }
}
