//! Calendars: when working time counts, as local times of a week and of special days, and the instants these
//! are in a hotel's time zone. Pure; ADR 0020 tells the rules.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Datelike as _, MappedLocalTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kit::clock::Instant;
use crate::service_levels::model::Names;

/// Minutes of a day, the end included.
const DAY: u16 = 1_440;
/// Most stretches of opening hours a day may have.
pub const MOST_OPENINGS: usize = 8;
/// Most special days a calendar may have.
pub const MOST_SPECIAL_DAYS: usize = 1_000;
/// The years clocks are counted in: outside of them, nothing is ever open.
const YEARS: std::ops::RangeInclusive<i32> = 1_900..=9_998;

/// A local time of day in whole minutes, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayMinute(u16);

impl DayMinute {
    /// The start of the day.
    pub const START: Self = Self(0);
    /// The end of the day, `24:00`.
    pub const END: Self = Self(DAY);

    /// Takes minutes since the start of the day, 0 to 1440; `None` for more.
    pub fn new(minutes: u16) -> Option<Self> {
        (minutes <= DAY).then_some(Self(minutes))
    }

    /// Takes `HH:MM`, `00:00` to `24:00`; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (minutes < 60 && hours <= 24).then(|| Self::new(hours * 60 + minutes)).flatten()
    }

    /// Minutes since the start of the day.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    fn on(self, day: NaiveDate) -> Option<NaiveDateTime> {
        day.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::minutes(self.0.into()))
    }
}

impl fmt::Display for DayMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for DayMinute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DayMinute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a time of day"))
    }
}

/// A stretch of opening hours of a day: from the first time on, up to but without the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// When it opens.
    pub from: DayMinute,
    /// When it closes; later than `from`.
    pub to: DayMinute,
}

/// The whole day.
const ALL_DAY: &[Opening] = &[Opening { from: DayMinute::START, to: DayMinute::END }];

/// A day that is not like its weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialDay {
    /// What day it is.
    pub names: Names,
    /// Its hours, in order and apart; a holiday has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Opening>,
}

/// When working time counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Its names.
    pub names: Names,
    /// Whether it never closes; it then has neither hours nor special days.
    #[serde(default)]
    pub round_the_clock: bool,
    /// Hours of Monday to Sunday, each in order and apart.
    #[serde(default)]
    pub weekly: [Vec<Opening>; 7],
    /// Days whose hours stand in the place of their weekday's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub special_days: BTreeMap<NaiveDate, SpecialDay>,
}

impl Calendar {
    /// One that never closes.
    pub fn always() -> Self {
        Self { round_the_clock: true, ..Self::default() }
    }

    /// Whether it has any hours at all, in any week or on any day.
    pub fn opens(&self) -> bool {
        self.round_the_clock
            || self.weekly.iter().any(|hours| !hours.is_empty())
            || self.special_days.values().any(|day| !day.hours.is_empty())
    }

    /// The hours of a day.
    pub fn hours(&self, day: NaiveDate) -> &[Opening] {
        if self.round_the_clock {
            return ALL_DAY;
        }
        let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
        match self.special_days.get(&day) {
            Some(special) => &special.hours,
            None => self.weekly.get(weekday).map_or(&[], Vec::as_slice),
        }
    }

    /// The instants of a day's hours in a zone, in order; those that the clocks skip are left out.
    pub fn intervals(&self, day: NaiveDate, zone: Tz) -> Vec<(Instant, Instant)> {
        if !YEARS.contains(&day.year()) {
            return Vec::new();
        }
        let bounds = |opening: &Opening| {
            let from = opens_at(zone, opening.from.on(day)?)?;
            let to = closes_at(zone, opening.to.on(day)?)?;
            (from < to).then_some((from, to))
        };
        self.hours(day).iter().filter_map(bounds).collect()
    }

    /// When the hours of a day are over; `None` when the day has none.
    pub fn closing(&self, day: NaiveDate, zone: Tz) -> Option<Instant> {
        self.intervals(day, zone).into_iter().map(|(_, to)| to).max()
    }

    /// The stretches of opening hours that end after an instant, in order and apart, of at most `days` days;
    /// the first one is cut to start no earlier than the instant.
    pub fn openings_from(
        &self,
        from: Instant,
        zone: Tz,
        days: usize,
    ) -> impl Iterator<Item = (Instant, Instant)> {
        // The day before may reach into this one where clocks are put back at midnight.
        let today = local_day(zone, from).filter(|_| self.opens());
        let first = today.and_then(|day| day.pred_opt());
        let mut done = from;
        first
            .into_iter()
            .flat_map(|day| std::iter::once(day).chain(days_after(day)))
            .take(days)
            .flat_map(move |day| self.intervals(day, zone))
            .filter_map(move |(open, close)| {
                let open = open.max(done);
                done = done.max(close);
                (open < close).then_some((open, close))
            })
    }
}

/// The days after a day, as long as they are counted.
pub fn days_after(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let next = |day: &NaiveDate| day.succ_opt().filter(|day| YEARS.contains(&day.year()));
    std::iter::successors(Some(day), next).skip(1)
}

/// The local day of an instant; `None` outside the years that are counted.
pub fn local_day(zone: Tz, at: Instant) -> Option<NaiveDate> {
    let utc = DateTime::from_timestamp_micros(at.micros())?;
    let day = YEARS.contains(&utc.year()).then(|| utc.with_timezone(&zone).date_naive())?;
    YEARS.contains(&day.year()).then_some(day)
}

/// The instant hours begin at a local time: the earlier of two, the first one after a gap.
fn opens_at(zone: Tz, local: NaiveDateTime) -> Option<Instant> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => Some(at.to_utc().into()),
        MappedLocalTime::Ambiguous(one, other) => Some(one.min(other).to_utc().into()),
        MappedLocalTime::None => after_gap(zone, local),
    }
}

/// The instant hours end at a local time: the later of two, the first one after a gap.
fn closes_at(zone: Tz, local: NaiveDateTime) -> Option<Instant> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Ambiguous(one, other) => Some(one.max(other).to_utc().into()),
        _ => opens_at(zone, local),
    }
}

/// The first instant after the gap that a local time falls into, by halving: no zone is further than a day
/// from UTC, and none skips more than a day.
fn after_gap(zone: Tz, local: NaiveDateTime) -> Option<Instant> {
    const REACH: i64 = 50 * 3_600;
    let middle = local.and_utc().timestamp();
    let (mut before, mut after) = (middle - REACH, middle + REACH);
    while after - before > 1 {
        let between = before + (after - before) / 2;
        let shown = DateTime::from_timestamp(between, 0)?.with_timezone(&zone).naive_local();
        if shown >= local {
            after = between;
        } else {
            before = between;
        }
    }
    DateTime::from_timestamp(after, 0).map(Instant::from)
}
