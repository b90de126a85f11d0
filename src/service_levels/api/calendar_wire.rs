//! Service calendars as clients send and see them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::hotels::names::LocalizedText;
use crate::kit::fault::Faults;
use crate::page;
use crate::service_levels::calendars::Versioned;
use crate::service_levels::hours::{Calendar, DayMinute, MOST_OPENINGS, Opening, SpecialDay};
use crate::service_levels::model::{Names, Weekday};
use crate::web::input::{Input, date_of};

/// Opening hours of a special day, in the hotel's local time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceHours {
    /// When it opens, `HH:MM`.
    #[schema(min_length = 5, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", examples("09:00"))]
    #[validate(length(min = 5, max = 5))]
    from: String,
    /// When it closes, `HH:MM` later than `from`; `24:00` for the end of the day.
    #[schema(
        min_length = 5,
        max_length = 5,
        pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        examples("18:00")
    )]
    #[validate(length(min = 5, max = 5))]
    to: String,
}

/// Opening hours of a day of the week, in the hotel's local time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceWeekHours {
    /// The day.
    #[schema(examples("monday"))]
    weekday: Weekday,
    /// When it opens, `HH:MM`.
    #[schema(min_length = 5, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", examples("09:00"))]
    #[validate(length(min = 5, max = 5))]
    from: String,
    /// When it closes, `HH:MM` later than `from`; `24:00` for the end of the day.
    #[schema(
        min_length = 5,
        max_length = 5,
        pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        examples("18:00")
    )]
    #[validate(length(min = 5, max = 5))]
    to: String,
}

/// A day whose hours stand in the place of its weekday's.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpecialDay {
    /// The day.
    #[schema(value_type = String, format = Date, examples("2026-10-10"))]
    date: String,
    /// What day it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    names: Option<LocalizedText>,
    /// Its hours, in order; none for a holiday.
    #[serde(default)]
    #[schema(required = false, max_items = 8)]
    #[validate(nested, length(max = 8))]
    hours: Vec<ServiceHours>,
}

/// A calendar of service levels: when the time of its clocks counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceCalendar)]
pub struct ServiceCalendarView {
    /// Its code.
    #[schema(max_length = 40, examples("office-hours"))]
    code: String,
    /// Version, as in the ETag; 1 for one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// Its names.
    names: LocalizedText,
    /// Whether it never closes; it then has neither hours nor special days.
    #[schema(examples(false))]
    round_the_clock: bool,
    /// Hours of the week, in order.
    #[schema(max_items = 56)]
    weekly_hours: Vec<ServiceWeekHours>,
    /// Days unlike their weekday, in order.
    #[schema(max_items = 1000)]
    special_days: Vec<ServiceSpecialDay>,
}

impl ServiceCalendarView {
    /// A calendar as clients see it.
    pub fn new(code: &str, calendar: &Versioned) -> Self {
        let Calendar { names, round_the_clock, weekly, special_days } = &calendar.is;
        let week = Weekday::ALL.iter().zip(weekly).flat_map(|(weekday, hours)| {
            hours.iter().map(|opening| ServiceWeekHours {
                weekday: *weekday,
                from: opening.from.to_string(),
                to: opening.to.to_string(),
            })
        });
        let special = special_days.iter().map(|(date, SpecialDay { names, hours })| ServiceSpecialDay {
            date: date.to_string(),
            names: (!names.is_empty()).then(|| LocalizedText(names.clone())),
            hours: hours
                .iter()
                .map(|opening| ServiceHours { from: opening.from.to_string(), to: opening.to.to_string() })
                .collect(),
        });
        Self {
            code: code.to_owned(),
            version: calendar.version,
            names: LocalizedText(names.clone()),
            round_the_clock: *round_the_clock,
            weekly_hours: week.collect(),
            special_days: special.collect(),
        }
    }
}

page!(
    /// A page of service calendars.
    ServiceCalendarPage of ServiceCalendarView
);

/// A calendar to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceCalendarPut {
    /// Its names.
    names: LocalizedText,
    /// Whether it never closes; it then has neither hours nor special days.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    round_the_clock: bool,
    /// Hours of the week, at most eight stretches a day that do not overlap. A day without any is closed.
    #[serde(default)]
    #[schema(required = false, max_items = 56)]
    #[validate(nested, length(max = 56))]
    weekly_hours: Vec<ServiceWeekHours>,
    /// Days unlike their weekday: holidays, and days worked to make up for them; each day once.
    #[serde(default)]
    #[schema(required = false, max_items = 1000)]
    #[validate(nested, length(max = 1000))]
    special_days: Vec<ServiceSpecialDay>,
}

/// Reads opening hours; `None` for those out of order.
fn opening(faults: &mut Faults, from: &str, to: &str) -> Option<Opening> {
    let time = |faults: &mut Faults, member: &str, text: &str| {
        let time = DayMinute::parse(text);
        if time.is_none() {
            faults.at(member, |f| f.add("time", "must be a time of day, HH:MM"));
        }
        time
    };
    let (from, to) = (time(faults, "from", from), time(faults, "to", to));
    let (from, to) = (from?, to?);
    if from >= to {
        faults.at("to", |f| f.add("order", "must be later than from"));
        return None;
    }
    Some(Opening { from, to })
}

/// Adds opening hours to those of a day, unless they overlap.
fn add(faults: &mut Faults, hours: &mut Vec<Opening>, new: Opening) {
    if hours.iter().any(|old| new.from < old.to && old.from < new.to) {
        faults.add("overlap", "overlaps other hours of the day");
    } else if hours.len() >= MOST_OPENINGS {
        faults.add("too_many", "is more than eight stretches of one day");
    } else {
        hours.push(new);
        hours.sort_by_key(|opening| opening.from);
    }
}

fn names_of(faults: &mut Faults, names: LocalizedText) -> Option<Names> {
    let names = faults.at("names", |faults| names.check(faults))?;
    Some(names.texts().clone())
}

fn special_day(faults: &mut Faults, day: ServiceSpecialDay) -> Option<(NaiveDate, SpecialDay)> {
    let ServiceSpecialDay { date, names, hours } = day;
    let date = faults.at("date", |faults| date_of(faults, &date));
    let names = match names {
        Some(names) => names_of(faults, names),
        None => Some(Names::new()),
    };
    let mut found = Vec::new();
    for (at, sent) in hours.iter().enumerate() {
        faults.at("hours", |faults| {
            faults.at(at, |faults| {
                if let Some(new) = opening(faults, &sent.from, &sent.to) {
                    add(faults, &mut found, new);
                }
            });
        });
    }
    Some((date?, SpecialDay { names: names?, hours: found }))
}

impl Input for ServiceCalendarPut {
    type Command = Calendar;

    fn check(self, faults: &mut Faults) -> Option<Calendar> {
        let Self { names, round_the_clock, weekly_hours, special_days } = self;
        let names = names_of(faults, names);
        let mut weekly: [Vec<Opening>; 7] = Default::default();
        faults.at("weekly_hours", |faults| {
            if round_the_clock && !weekly_hours.is_empty() {
                faults.add("not_applicable", "is not for a calendar that never closes");
            }
            for (at, sent) in weekly_hours.iter().enumerate() {
                faults.at(at, |faults| {
                    let day = Weekday::ALL.iter().zip(&mut weekly).find(|(day, _)| **day == sent.weekday);
                    if let (Some(new), Some((_, hours))) = (opening(faults, &sent.from, &sent.to), day) {
                        add(faults, hours, new);
                    }
                });
            }
        });
        let mut special: BTreeMap<NaiveDate, SpecialDay> = BTreeMap::new();
        faults.at("special_days", |faults| {
            if round_the_clock && !special_days.is_empty() {
                faults.add("not_applicable", "is not for a calendar that never closes");
            }
            for (at, sent) in special_days.into_iter().enumerate() {
                faults.at(at, |faults| {
                    if let Some((date, day)) = special_day(faults, sent)
                        && special.insert(date, day).is_some()
                    {
                        faults.at("date", |f| f.add("duplicate", "is another special day, too"));
                    }
                });
            }
        });
        let calendar = Calendar { names: names?, round_the_clock, weekly, special_days: special };
        if faults.is_empty() && !calendar.opens() {
            faults.at("weekly_hours", |f| f.add("required", "must have hours: it would never open"));
        }
        Some(calendar)
    }
}
