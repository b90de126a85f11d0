//! The arithmetic of clocks: when a target is due, when to warn, and how much working time has passed. Pure
//! and total; nothing here knows complaints. ADR 0020 tells the rules.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::kit::clock::Instant;
use crate::service_levels::hours::{Calendar, days_after, local_day};
use crate::service_levels::model::{BeforeDeparture, Span, Target};

/// Days ahead in which a target may be reached; later is never.
pub const HORIZON_DAYS: usize = 3_660;
/// Days over which working time is measured; what is later does not count.
const MEASURED_DAYS: usize = 36_600;

/// A time in which a clock waits, from `from` on, up to but without `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it began.
    pub from: Instant,
    /// When it ended; absent while it lasts. One that ends before it begins is none.
    pub until: Option<Instant>,
}

/// When a clock is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When; absent while an open pause holds the clock, and when the calendar leaves no time for it within
    /// ten years.
    pub at: Option<Instant>,
    /// Whether an open pause holds the clock.
    pub held: bool,
    /// Whether it is the limit before a departure: plain time, which pauses do not move.
    pub by_departure: bool,
}

/// What a clock counts in: its calendar at a place, without the pauses.
#[derive(Debug, Clone)]
pub struct Counting<'c> {
    calendar: &'c Calendar,
    zone: Tz,
    pauses: Vec<(Instant, Instant)>,
    open: bool,
}

/// What came of counting up to an amount of working time.
enum Reached {
    At(Instant),
    Held,
    Never,
}

impl<'c> Counting<'c> {
    /// Counts in a calendar in a zone. Pauses may come in any order and overlap.
    pub fn new(calendar: &'c Calendar, zone: Tz, pauses: &[Pause]) -> Self {
        let end = |pause: &Pause| pause.until.unwrap_or(Instant::from_micros(i64::MAX));
        let mut sorted: Vec<_> = pauses.iter().map(|pause| (pause.from, end(pause))).collect();
        sorted.retain(|(from, until)| from < until);
        sorted.sort_unstable();
        let mut united: Vec<(Instant, Instant)> = Vec::with_capacity(sorted.len());
        for (from, until) in sorted {
            match united.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => united.push((from, until)),
            }
        }
        let open = pauses.iter().any(|pause| pause.until.is_none());
        Self { calendar, zone, pauses: united, open }
    }

    /// Counts the same without any pause.
    fn unpaused(&self) -> Self {
        Self { calendar: self.calendar, zone: self.zone, pauses: Vec::new(), open: false }
    }

    /// Working time from one instant to another, pauses removed; zero when they run backwards. What lies more
    /// than a hundred years after the start does not count.
    pub fn worked(&self, from: Instant, to: Instant) -> Duration {
        let mut micros: i64 = 0;
        for (open, close) in self.openings(from, MEASURED_DAYS) {
            if open >= to {
                break;
            }
            for (start, end) in self.without_pauses(open, close.min(to)) {
                micros = micros.saturating_add(end.micros().saturating_sub(start.micros()));
            }
        }
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    /// The first instant at which so much working time has passed since a start.
    fn reach(&self, from: Instant, amount: Duration) -> Reached {
        let mut left = i64::try_from(amount.as_micros()).unwrap_or(i64::MAX);
        if left == 0 {
            return Reached::At(from);
        }
        for (open, close) in self.openings(from, HORIZON_DAYS) {
            for (start, end) in self.without_pauses(open, close) {
                let length = end.micros().saturating_sub(start.micros());
                if length >= left {
                    return Reached::At(Instant::from_micros(start.micros().saturating_add(left)));
                }
                left -= length;
            }
            if self.open && self.pauses.last().is_some_and(|last| last.0 <= close) {
                return Reached::Held;
            }
        }
        Reached::Never
    }

    /// Opening hours from an instant on. Those of a calendar that never closes need no days.
    fn openings(&self, from: Instant, days: usize) -> Box<dyn Iterator<Item = (Instant, Instant)> + '_> {
        if self.calendar.round_the_clock {
            let span = Duration::from_secs(86_400 * u64::try_from(days).unwrap_or(0));
            return Box::new(local_day(self.zone, from).map(|_| (from, from.plus(span))).into_iter());
        }
        Box::new(self.calendar.openings_from(from, self.zone, days))
    }

    /// What pauses leave of a stretch of time, in order.
    fn without_pauses(&self, from: Instant, to: Instant) -> impl Iterator<Item = (Instant, Instant)> {
        let first = self.pauses.partition_point(|pause| pause.1 <= from);
        let pauses = self.pauses.get(first..).unwrap_or_default().iter();
        let until_last = pauses.take_while(move |pause| pause.0 < to).copied();
        let end = Instant::from_micros(i64::MAX);
        let mut at = from;
        until_last.chain([(to, end)]).filter_map(move |(pause, resumed)| {
            let piece = (at, pause);
            at = resumed;
            (piece.0 < piece.1).then_some(piece)
        })
    }

    /// Working time that a span is long from a start, pauses not counted; `None` when the calendar leaves no
    /// time for it.
    fn length(&self, span: Span, start: Instant) -> Option<Duration> {
        match span {
            Span::Minutes(minutes) => Some(Duration::from_secs(u64::from(minutes) * 60)),
            Span::WorkingDays(0) => Some(Duration::ZERO),
            Span::WorkingDays(days) => {
                let today = local_day(self.zone, start).filter(|_| self.calendar.opens())?;
                let closing = |day: NaiveDate| self.calendar.closing(day, self.zone);
                let last = usize::try_from(days).unwrap_or(usize::MAX) - 1;
                let end = days_after(today).take(HORIZON_DAYS).filter_map(closing).nth(last)?;
                Some(self.unpaused().worked(start, end))
            }
        }
    }
}

/// Time from one instant to another, pauses removed, whatever any calendar says; zero when they run
/// backwards.
pub fn elapsed(from: Instant, to: Instant, pauses: &[Pause]) -> Duration {
    Counting::new(&Calendar::always(), Tz::UTC, pauses).worked(from, to)
}

/// The instant that a departure leaves for a clock that started at an instant; `None` without a departure
/// that is still to come.
fn before(limit: BeforeDeparture, start: Instant, departure: Option<Instant>) -> Option<Instant> {
    let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
    let departure = departure.filter(|departure| start < *departure)?;
    let least = start.plus(minutes(limit.least_minutes));
    Some(departure.minus(minutes(limit.margin_minutes)).max(least))
}

fn span_due(span: Span, start: Instant, counting: &Counting<'_>) -> Due {
    let reached = match counting.length(span, start) {
        Some(length) => counting.reach(start, length),
        None => Reached::Never,
    };
    let (at, held) = match reached {
        Reached::At(at) => (Some(at), false),
        Reached::Held => (None, true),
        Reached::Never => (None, false),
    };
    Due { at, held, by_departure: false }
}

/// When a target is due for a clock that started at `start`; `departure` is when the guest leaves, for one in
/// the house.
///
/// The span ends once its working time has passed, pauses removed; that of working days is what lies between
/// the start and the close of the last one. The limit before the departure holds when it is earlier, whatever
/// was paused.
pub fn due(target: Target, start: Instant, counting: &Counting<'_>, departure: Option<Instant>) -> Due {
    let span = span_due(target.span, start, counting);
    match target.before_departure.and_then(|limit| before(limit, start, departure)) {
        Some(limit) if span.at.is_none_or(|at| limit < at) => {
            Due { at: Some(limit), held: false, by_departure: true }
        }
        _ => span,
    }
}

/// The instant at which `percent` (0–100; more counts as 100) of the time to a due instant has passed:
/// working time without pauses, or plain time when the departure is the limit. `None` while nothing is due.
pub fn warn_at(start: Instant, due: Due, percent: u8, counting: &Counting<'_>) -> Option<Instant> {
    let at = due.at?;
    let share = |whole: Duration| {
        let micros = u64::try_from(whole.as_micros()).unwrap_or(u64::MAX);
        let percent = u64::from(percent.min(100));
        Duration::from_micros(micros / 100 * percent + micros % 100 * percent / 100)
    };
    if due.by_departure {
        return Some(start.plus(share(at.since(start))));
    }
    match counting.reach(start, share(counting.worked(start, at))) {
        Reached::At(warn) => Some(warn.min(at)),
        Reached::Held | Reached::Never => Some(at),
    }
}

#[cfg(test)]
#[path = "clock_model_tests.rs"]
mod model_tests;
#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
