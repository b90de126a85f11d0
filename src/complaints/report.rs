//! Figures over complaints: how fast, how well, how often again, and at what cost.
//!
//! A complaint belongs to the day of its hotel on which the hotel heard of it, whatever becomes of it later. Those that
//! became part of another one do not count. Sources of the formulas: DOMAIN 1.12, 1.13 and 1.15.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};

use crate::codes;
use crate::complaints::error::ComplaintError;
use crate::complaints::figure_repo::{self, Counted, Occupied};
use crate::complaints::tally::Tally;
use crate::db::Reads;
use crate::hotels;
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GuestId, HotelId};
use crate::kit::text::fold;
use crate::platform::context::Ctx;
use crate::service_levels::model::{ComplaintChannel, Severity};

/// Most hotels of a group.
const MOST_HOTELS: i64 = 10_000;
/// Days within which the same fault is the same fault again.
pub const RECURS_WITHIN: u64 = 30;
/// Days within which a guest who complained is won back by another stay.
pub const RETURNS_WITHIN: u64 = 365;

codes! {
    /// By what figures of complaints are told apart.
    ComplaintGroup {
        /// By hotel.
        Hotel = "hotel",
        /// By the department that answers for them.
        Department = "department",
        /// By what they are about.
        Category = "category",
        /// By the category of their cause.
        CauseCategory = "cause_category",
        /// By channel.
        Channel = "channel",
        /// By severity.
        Severity = "severity",
        /// By day.
        Day = "day",
        /// By week, from Monday.
        Week = "week",
        /// By month.
        Month = "month",
    }
}

impl ComplaintGroup {
    /// Whether it is a stretch of time: the period before is then the line before.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }
}

/// What the report is asked for.
#[derive(Debug, Clone, Default)]
pub struct ComplaintQuery {
    /// First day on which complaints were received.
    pub from: NaiveDate,
    /// Last day on which complaints were received.
    pub to: NaiveDate,
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only this department's.
    pub department: Option<String>,
    /// Only what is about this.
    pub category: Option<String>,
    /// Only of causes of this category.
    pub cause_category: Option<String>,
    /// Only through this channel.
    pub channel: Option<ComplaintChannel>,
    /// Only as grave as this.
    pub severity: Option<Severity>,
    /// By what to tell them apart.
    pub group_by: Option<ComplaintGroup>,
}

impl ComplaintQuery {
    /// Length of the period, in days; at least 1.
    pub fn days(&self) -> u64 {
        u64::try_from((self.to - self.from).num_days()).unwrap_or(0).saturating_add(1)
    }

    /// First day of the period of the same length that ends the day before.
    pub fn before(&self) -> NaiveDate {
        earlier(self.from, self.days())
    }

    fn wants(&self, one: &Counted) -> bool {
        let same = |asked: &Option<String>, has: &Option<String>| asked.is_none() || asked == has;
        same(&self.department, &one.department)
            && same(&self.category, &one.category)
            && same(&self.cause_category, &one.cause_category)
            && self.channel.is_none_or(|asked| asked.code() == one.channel)
            && self.severity.is_none_or(|asked| Some(asked.code()) == one.severity.as_deref())
    }
}

/// The figures of the period and of the one before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pair {
    /// The period.
    pub now: Tally,
    /// The period before; stays empty for lines that are stretches of time.
    pub before: Tally,
}

/// The figures, as a whole and line by line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ComplaintReport {
    /// All of it.
    pub total: Pair,
    /// Each line by its key: an id, a code, or the first day; no key for complaints of which it is not known. None unless
    /// asked for.
    pub lines: BTreeMap<Option<String>, Pair>,
}

/// Counts the complaints that were received in a period at the hotels the caller may see.
///
/// # Errors
/// When the database fails.
pub fn report(
    reads: &mut impl Reads,
    cx: &Ctx,
    asked: &ComplaintQuery,
) -> Result<ComplaintReport, ComplaintError> {
    let mut hotels: HashMap<HotelId, Hotel> = HashMap::new();
    for hotel in hotels::service::list_hotels(reads, cx, None, MOST_HOTELS)?.items {
        if asked.hotel.is_none_or(|wanted| wanted == hotel.id) {
            hotels.insert(hotel.id, hotel);
        }
    }
    let ids: Vec<HotelId> = hotels.keys().copied().collect();
    // A day more on either side for the zones, and what may be repeated before.
    let from = midnight(earlier(asked.before(), RECURS_WITHIN + 1));
    let until = midnight(after(asked.to, 2));
    let counted = figure_repo::received(reads, cx.group, &ids, from, until)?;
    let again = recurring(&counted);
    let complaints: Vec<(NaiveDate, Counted)> = counted
        .into_iter()
        .filter_map(|one| Some((local_day(hotels.get(&one.hotel)?, one.received_at), one)))
        .filter(|(day, one)| *day >= asked.before() && *day <= asked.to && asked.wants(one))
        .collect();
    let guests: HashSet<GuestId> = complaints.iter().filter_map(|(_, one)| one.guest).collect();
    let guests: Vec<GuestId> = guests.into_iter().collect();
    let mut stays: HashMap<GuestId, Vec<_>> = HashMap::new();
    for (guest, stay, arrival) in figure_repo::stays_of(reads, cx.group, &guests, asked.before())? {
        stays.entry(guest).or_default().push((stay, arrival));
    }
    let mut found = ComplaintReport::default();
    for (day, one) in &complaints {
        let returned = one.guest.and_then(|guest| stays.get(&guest)).is_some_and(|stays| {
            let last = after(*day, RETURNS_WITHIN);
            stays.iter().any(|(stay, on)| *on > *day && *on <= last && Some(*stay) != one.stay)
        });
        let recurs = again.contains(&one.id);
        let before = *day < asked.from;
        for tally in found.places(asked, before, key(asked, *day, one)) {
            tally.add(one, recurs, returned);
        }
    }
    found.fill(asked);
    let places: Vec<(HotelId, bool)> =
        hotels.values().map(|hotel| (hotel.id, is_west(hotel, cx.now))).collect();
    let occupied = figure_repo::occupied(reads, cx.group, &places, asked.before(), after(asked.to, 1))?;
    for stays in occupied {
        let Some(hotel) = hotels.get(&stays.hotel) else { continue };
        found.occupy(asked, &stays, last_day(hotel, &stays, cx.now));
    }
    Ok(found)
}

impl ComplaintReport {
    /// The figures that a complaint counts in.
    fn places(
        &mut self,
        asked: &ComplaintQuery,
        before: bool,
        key: Option<String>,
    ) -> impl Iterator<Item = &mut Tally> {
        let Self { total, lines } = self;
        let line =
            asked.group_by.filter(|by| !(before && by.is_time())).map(|_| lines.entry(key).or_default());
        std::iter::once(total)
            .chain(line)
            .map(move |pair| if before { &mut pair.before } else { &mut pair.now })
    }

    /// Adds the lines of stretches of time in which nobody complained.
    fn fill(&mut self, asked: &ComplaintQuery) {
        let Some(by) = asked.group_by.filter(|by| by.is_time()) else { return };
        for day in asked.from.iter_days().take_while(|day| *day <= asked.to) {
            self.lines.entry(Some(stretch(by, day).to_string())).or_default();
        }
    }

    /// Adds the nights of stays to the figures they belong to: to those of their hotel or their time, and to every other
    /// line, as complaints of a department are seen against all rooms.
    fn occupy(&mut self, asked: &ComplaintQuery, stays: &Occupied, end: NaiveDate) {
        let rooms = stays.rooms.unwrap_or(0);
        let nights = |from: NaiveDate, to: NaiveDate| {
            let first = stays.arrival_on.max(from);
            (end.min(to) - first).num_days().max(0).saturating_mul(rooms)
        };
        let next = after(asked.to, 1);
        let (before, now) = (nights(asked.before(), asked.from), nights(asked.from, next));
        self.total.before.room_nights += before;
        self.total.now.room_nights += now;
        for (key, pair) in &mut self.lines {
            let day = || key.as_deref().and_then(|key| key.parse::<NaiveDate>().ok());
            match asked.group_by {
                Some(ComplaintGroup::Hotel) if key.as_deref() != Some(&stays.hotel.to_string()) => {}
                Some(by) if by.is_time() => {
                    let Some(first) = day() else { continue };
                    let (first, past) = (first.max(asked.from), past(by, first).min(next));
                    pair.now.room_nights += nights(first, past);
                }
                _ => {
                    pair.before.room_nights += before;
                    pair.now.room_nights += now;
                }
            }
        }
    }
}

/// The day behind the last night of stays: nights to come are not occupied yet, and those after an early departure never
/// were.
fn last_day(hotel: &Hotel, stays: &Occupied, now: Instant) -> NaiveDate {
    let minute = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok();
    let left = stays.left.as_deref().and_then(minute);
    let left = left.map(|left| local_day(hotel, Instant::from(left.and_utc())));
    let last = if stays.status == "in_house" { Some(local_day(hotel, now)) } else { left };
    last.map_or(stays.departure_on, |last| last.min(stays.departure_on))
}

/// Whether the days of a hotel may begin later than by UTC, in summer or in winter.
fn is_west(hotel: &Hotel, now: Instant) -> bool {
    use chrono::Offset as _;
    now.to_utc().with_timezone(&hotel.time_zone.0).offset().fix().local_minus_utc() <= 0
}

/// The complaints that repeat an earlier one: same hotel and cause, and the same room, thing or department, within thirty
/// days. The cause is the exact one where it was told, else its category. The oldest come first.
fn recurring(complaints: &[Counted]) -> HashSet<ComplaintId> {
    let mut last: HashMap<(HotelId, &str, u8, String), Instant> = HashMap::new();
    let mut again = HashSet::new();
    let within = std::time::Duration::from_secs(RECURS_WITHIN * 86_400);
    for one in complaints {
        let Some(cause) = one.figures.sub_cause.as_deref().or(one.cause_category.as_deref()) else {
            continue;
        };
        // Rooms and things are written by hand, and folded as problems fold them.
        let places =
            [one.room.as_deref().map(fold), one.figures.asset.as_deref().map(fold), one.department.clone()];
        for (kind, place) in (0_u8..).zip(places) {
            let Some(place) = place else { continue };
            let seen = last.insert((one.hotel, cause, kind, place), one.received_at);
            if seen.is_some_and(|seen| one.received_at.since(seen) <= within) {
                again.insert(one.id);
            }
        }
    }
    again
}

fn key(asked: &ComplaintQuery, day: NaiveDate, one: &Counted) -> Option<String> {
    match asked.group_by? {
        ComplaintGroup::Hotel => Some(one.hotel.to_string()),
        ComplaintGroup::Department => one.department.clone(),
        ComplaintGroup::Category => one.category.clone(),
        ComplaintGroup::CauseCategory => one.cause_category.clone(),
        ComplaintGroup::Channel => Some(one.channel.clone()),
        ComplaintGroup::Severity => one.severity.clone(),
        by @ (ComplaintGroup::Day | ComplaintGroup::Week | ComplaintGroup::Month) => {
            Some(stretch(by, day).to_string())
        }
    }
}

/// First day of the stretch of time that a day lies in.
fn stretch(by: ComplaintGroup, day: NaiveDate) -> NaiveDate {
    match by {
        ComplaintGroup::Week => earlier(day, u64::from(day.weekday().num_days_from_monday())),
        ComplaintGroup::Month => day.with_day(1).unwrap_or(day),
        _ => day,
    }
}

/// The day after a stretch of time that begins on a day.
fn past(by: ComplaintGroup, first: NaiveDate) -> NaiveDate {
    match by {
        ComplaintGroup::Week => after(first, 7),
        ComplaintGroup::Month => first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX),
        _ => after(first, 1),
    }
}

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

fn midnight(day: NaiveDate) -> Instant {
    Instant::from(chrono::Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN)))
}

/// The day that it is at a hotel.
fn local_day(hotel: &Hotel, at: Instant) -> NaiveDate {
    at.to_utc().with_timezone(&hotel.time_zone.0).date_naive()
}
