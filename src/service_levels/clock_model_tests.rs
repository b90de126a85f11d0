//! The arithmetic held against a model that goes minute by minute.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::{Counting, Pause, due, elapsed, warn_at};
use crate::kit::clock::Instant;
use crate::service_levels::hours::{Calendar, DayMinute, Opening, SpecialDay};
use crate::service_levels::model::{Span, Target};

/// Days of local time the model knows, around a change of the clocks.
const WINDOW: i64 = 16;

/// Zones and days on which, or near which, their clocks change.
const CHANGES: [(Tz, &str); 20] = [
    (Tz::Europe__Berlin, "2026-03-29"),
    (Tz::Europe__Berlin, "2026-10-25"),
    (Tz::America__New_York, "2026-03-08"),
    (Tz::America__New_York, "2026-11-01"),
    (Tz::Australia__Lord_Howe, "2026-04-05"),
    (Tz::Australia__Lord_Howe, "2026-10-04"),
    (Tz::Asia__Shanghai, "2026-10-01"),
    (Tz::Asia__Shanghai, "1986-05-04"),
    (Tz::Asia__Shanghai, "1986-09-14"),
    (Tz::Asia__Kathmandu, "1986-01-01"),
    (Tz::America__Sao_Paulo, "2018-02-17"),
    (Tz::America__Sao_Paulo, "2018-11-04"),
    (Tz::Pacific__Apia, "2011-12-30"),
    (Tz::Pacific__Kwajalein, "1993-08-21"),
    (Tz::America__Havana, "2026-03-08"),
    (Tz::America__Havana, "2026-11-01"),
    (Tz::Africa__Casablanca, "2026-02-15"),
    (Tz::Asia__Tehran, "2022-09-21"),
    (Tz::America__Caracas, "2016-05-01"),
    (Tz::UTC, "2026-06-01"),
];

/// Every minute of the window: its local time, and where a local time is found.
struct Minutes {
    first: i64,
    local: Vec<NaiveDateTime>,
    found: HashMap<NaiveDateTime, (usize, usize)>,
}

impl Minutes {
    fn new(zone: Tz, middle: NaiveDate) -> Self {
        let first =
            (middle - TimeDelta::days(WINDOW / 2)).and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
        let mut local = Vec::new();
        let mut found: HashMap<NaiveDateTime, (usize, usize)> = HashMap::new();
        for number in 0..WINDOW * 1_440 {
            let shown = DateTime::from_timestamp(first + number * 60, 0).unwrap().with_timezone(&zone);
            let place = local.len();
            found.entry(shown.naive_local()).or_insert((place, place)).1 = place;
            local.push(shown.naive_local());
        }
        Self { first, local, found }
    }

    fn instant(&self, place: usize) -> Instant {
        Instant::from_micros((self.first + i64::try_from(place).unwrap() * 60) * 1_000_000)
    }

    /// First and last minute that shows a local time, or twice the first one after it was skipped.
    fn places(&self, wanted: NaiveDateTime) -> Option<(usize, usize)> {
        let skipped = || {
            let place = self.local.iter().position(|shown| *shown > wanted)?;
            Some((place, place))
        };
        self.found.get(&wanted).copied().or_else(skipped)
    }

    /// The minutes of each local day's hours.
    fn days(&self, calendar: &Calendar) -> Vec<(NaiveDate, Vec<(usize, usize)>)> {
        let from = self.local[0].date() + TimeDelta::days(1);
        let to = self.local[self.local.len() - 1].date() - TimeDelta::days(2);
        let mut days = Vec::new();
        for day in from.iter_days().take_while(|day| *day <= to) {
            let midnight = day.and_hms_opt(0, 0, 0).unwrap();
            let minute = |time: DayMinute| midnight + TimeDelta::minutes(time.minutes().into());
            let stretch = |opening: &Opening| {
                let open = self.places(minute(opening.from)).unwrap().0;
                let close = self.places(minute(opening.to)).unwrap().1;
                (open < close).then_some((open, close))
            };
            days.push((day, calendar.hours(day).iter().filter_map(stretch).collect()));
        }
        days
    }
}

fn some_hours(rng: &mut StdRng) -> Vec<Opening> {
    let mut times: Vec<u16> = (0..rng.random_range(0..4) * 2)
        .map(|_| match rng.random_range(0..4) {
            // Often where clocks change, and on the round.
            0 => rng.random_range(0..5) * 30,
            1 => 1_440 - rng.random_range(0..4) * 30,
            _ => rng.random_range(0..=1_440),
        })
        .collect();
    times.sort_unstable();
    let opening = |pair: &[u16]| {
        let (from, to) = (DayMinute::new(pair[0])?, DayMinute::new(pair[1])?);
        (from < to).then_some(Opening { from, to })
    };
    times.chunks(2).filter_map(opening).collect()
}

fn some_calendar(rng: &mut StdRng, middle: NaiveDate) -> Calendar {
    let mut calendar = Calendar { round_the_clock: rng.random_bool(0.15), ..Calendar::default() };
    if calendar.round_the_clock {
        return calendar;
    }
    for hours in &mut calendar.weekly {
        *hours = some_hours(rng);
    }
    for _ in 0..rng.random_range(0..5) {
        let day = middle + TimeDelta::days(rng.random_range(-6..6));
        let hours = if rng.random_bool(0.5) { Vec::new() } else { some_hours(rng) };
        calendar.special_days.insert(day, SpecialDay { names: Default::default(), hours });
    }
    calendar
}

fn some_pauses(rng: &mut StdRng, minutes: &Minutes) -> (Vec<Pause>, Vec<bool>) {
    let mut paused = vec![false; minutes.local.len()];
    let mut pauses = Vec::new();
    for _ in 0..rng.random_range(0..5) {
        let from = rng.random_range(0..paused.len() - 1);
        let open = rng.random_bool(0.1);
        let length = if rng.random_bool(0.5) { 200 } else { 3_000 };
        let until = (from + rng.random_range(0..length)).min(paused.len() - 1);
        paused[from..if open { minutes.local.len() } else { until }].fill(true);
        let until = (!open).then(|| minutes.instant(until));
        pauses.push(Pause { from: minutes.instant(from), until });
    }
    (pauses, paused)
}

/// One random case, as the model sees it.
struct Case<'m> {
    minutes: &'m Minutes,
    days: Vec<(NaiveDate, Vec<(usize, usize)>)>,
    open: Vec<bool>,
    paused: Vec<bool>,
    start: usize,
    /// The model knows hours up to here.
    end: usize,
}

impl Case<'_> {
    /// The minute after the n-th open and unpaused one from a minute on.
    fn after(&self, from: usize, mut amount: usize) -> Option<usize> {
        let mut at = from;
        while amount > 0 {
            if at >= self.end {
                return None;
            }
            amount -= usize::from(self.open[at] && !self.paused[at]);
            at += 1;
        }
        Some(at)
    }

    fn worked(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|at| self.open[*at] && !self.paused[*at]).count()
    }

    /// The close of the n-th working day after the start's, and on top of it what pauses took of the time
    /// before.
    fn working_days(&self, number: usize) -> Option<usize> {
        let today = self.minutes.local[self.start].date();
        let working = self.days.iter().filter(|(day, hours)| *day > today && !hours.is_empty());
        let close =
            working.map(|(_, hours)| hours.iter().map(|hours| hours.1).max().unwrap()).nth(number - 1)?;
        let close = close.max(self.start);
        let lost = (self.start..close).filter(|at| self.open[*at] && self.paused[*at]).count();
        if lost == 0 { Some(close) } else { self.after(close, lost) }
    }
}

fn check(rng: &mut StdRng, zone: Tz, middle: NaiveDate, minutes: &Minutes) {
    let calendar = some_calendar(rng, middle);
    let (pauses, paused) = some_pauses(rng, minutes);
    let days = minutes.days(&calendar);
    let mut open = vec![false; minutes.local.len()];
    for (from, to) in days.iter().flat_map(|(_, hours)| hours) {
        open[*from..*to].fill(true);
    }
    // The hours of the first and last days are not whole in the window.
    let first = minutes.places(days[0].0.and_hms_opt(0, 0, 0).unwrap()).unwrap().0 + 1_440 * 2;
    let end = minutes.local.len() - 1_440 * 3;
    let start = rng.random_range(first..end - 1_440 * 3);
    let case = Case { minutes, days, open, paused, start, end };

    let counting = Counting::new(&calendar, zone, &pauses);
    let begin = minutes.instant(start);
    let told = format!("{zone} {middle} from {begin}: {calendar:?}, {pauses:?}");
    let held = pauses.iter().any(|pause| pause.until.is_none());

    let to = rng.random_range(start..end);
    let worked = u64::try_from(case.worked(start, to)).unwrap() * 60;
    assert_eq!(counting.worked(begin, minutes.instant(to)).as_secs(), worked, "{told}");
    let plain = (start..to).filter(|at| !case.paused[*at]).count();
    let plain = u64::try_from(plain).unwrap() * 60;
    assert_eq!(elapsed(begin, minutes.instant(to), &pauses).as_secs(), plain, "{told}");

    let amount = rng.random_range(0..2_000_u32);
    let number = rng.random_range(1..4_u32);
    let expected = [
        (Span::Minutes(amount), case.after(start, usize::try_from(amount).unwrap())),
        (Span::WorkingDays(number), case.working_days(usize::try_from(number).unwrap())),
    ];
    for (span, expected) in expected {
        let found = due(Target { span, before_departure: None }, begin, &counting, None);
        match expected {
            Some(place) => {
                assert_eq!(found.at, Some(minutes.instant(place)), "{span:?} {told}");
                let whole = case.worked(start, place);
                let warned = warn_at(begin, found, 50, &counting).unwrap();
                let half = case.after(start, whole / 2).filter(|_| whole.is_multiple_of(2));
                if let Some(half) = half {
                    assert_eq!(warned, minutes.instant(half), "{span:?} {told}");
                } else {
                    assert!(begin <= warned && warned <= minutes.instant(place), "{span:?} {told}");
                }
            }
            None => assert!(
                found.at.is_none_or(|at| at > minutes.instant(end)),
                "{span:?} at {:?}: {told}",
                found.at
            ),
        }
        if found.held {
            assert!(held && found.at.is_none(), "{told}");
        } else if found.at.is_none() {
            assert!(!calendar.opens() || span_is_out_of_reach(&calendar), "{told}");
        }
    }
}

/// Special days alone may be over.
fn span_is_out_of_reach(calendar: &Calendar) -> bool {
    !calendar.round_the_clock && calendar.weekly.iter().all(Vec::is_empty)
}

#[test]
fn due_times_and_working_time_are_those_of_counting_minute_by_minute() {
    let mut rng = StdRng::seed_from_u64(20_261_122);
    for (zone, day) in CHANGES {
        let middle: NaiveDate = day.parse().unwrap();
        let minutes = Minutes::new(zone, middle);
        for _ in 0..60 {
            check(&mut rng, zone, middle, &minutes);
        }
    }
}
