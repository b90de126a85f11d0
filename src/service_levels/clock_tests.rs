use std::time::Duration;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::{Counting, Due, Pause, due, elapsed, warn_at};
use crate::kit::clock::Instant;
use crate::service_levels::hours::{Calendar, DayMinute, Opening, SpecialDay};
use crate::service_levels::model::{BeforeDeparture, Span, Target};

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

fn opening(from: &str, to: &str) -> Opening {
    Opening { from: DayMinute::parse(from).unwrap(), to: DayMinute::parse(to).unwrap() }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Monday to Friday, nine to six.
fn office() -> Calendar {
    let mut calendar = Calendar::default();
    for hours in &mut calendar.weekly[..5] {
        hours.push(opening("09:00", "18:00"));
    }
    calendar
}

fn special(hours: &[Opening]) -> SpecialDay {
    SpecialDay { names: [("en".to_owned(), "Special".to_owned())].into(), hours: hours.to_vec() }
}

fn pause(from: &str, until: Option<&str>) -> Pause {
    Pause { from: at(from), until: until.map(at) }
}

const fn span(span: Span) -> Target {
    Target { span, before_departure: None }
}

fn when(span_of: Span, start: &str, calendar: &Calendar, zone: Tz, pauses: &[Pause]) -> Due {
    due(span(span_of), at(start), &Counting::new(calendar, zone, pauses), None)
}

fn met(expected: &str) -> Due {
    Due { at: Some(at(expected)), held: false, by_departure: false }
}

const HELD: Due = Due { at: None, held: true, by_departure: false };
const NEVER: Due = Due { at: None, held: false, by_departure: false };
const SHANGHAI: Tz = Tz::Asia__Shanghai;
const BERLIN: Tz = Tz::Europe__Berlin;

#[test]
fn times_of_day_are_read_and_shown() {
    for good in ["00:00", "09:05", "23:59", "24:00"] {
        assert_eq!(DayMinute::parse(good).unwrap().to_string(), good);
    }
    for bad in ["24:01", "25:00", "9:00", "09:60", "0900", "", "09:0", "+9:00", "09:00:00", "０9:00"] {
        assert_eq!(DayMinute::parse(bad), None, "{bad}");
    }
}

#[test]
fn minutes_count_in_opening_hours_only() {
    let calendar = office();
    // Friday 17:30 at the hotel, and an hour: half an hour on Friday, half an hour on Monday.
    let due = when(Span::Minutes(60), "2026-11-20T09:30:00Z", &calendar, SHANGHAI, &[]);
    assert_eq!(due, met("2026-11-23T01:30:00Z"));
    // What comes in on Sunday begins to count on Monday at nine.
    let due = when(Span::Minutes(60), "2026-11-22T03:00:00Z", &calendar, SHANGHAI, &[]);
    assert_eq!(due, met("2026-11-23T02:00:00Z"));
    // A target that ends with the day ends at its close, not with the next morning.
    let due = when(Span::Minutes(30), "2026-11-20T09:30:00Z", &calendar, SHANGHAI, &[]);
    assert_eq!(due, met("2026-11-20T10:00:00Z"));
}

#[test]
fn holidays_do_not_count_and_make_up_days_do() {
    let mut calendar = office();
    // Saturday 10 October is worked, Thursday 1 to Wednesday 7 October are a holiday.
    for number in 1..=7 {
        calendar.special_days.insert(NaiveDate::from_ymd_opt(2026, 10, number).unwrap(), special(&[]));
    }
    calendar.special_days.insert(day("2026-10-10"), special(&[opening("09:00", "18:00")]));
    let start = "2026-09-30T02:00:00Z";
    let closes = [
        (1, "2026-10-08T10:00:00Z"),
        (2, "2026-10-09T10:00:00Z"),
        (3, "2026-10-10T10:00:00Z"),
        (4, "2026-10-12T10:00:00Z"),
    ];
    for (days, close) in closes {
        assert_eq!(when(Span::WorkingDays(days), start, &calendar, SHANGHAI, &[]), met(close));
    }
}

#[test]
fn three_working_days_end_at_the_close_of_the_third_day_after() {
    let calendar = office();
    for start in ["2026-11-18T16:00:00Z", "2026-11-19T02:00:00Z", "2026-11-19T15:59:00Z"] {
        let due = when(Span::WorkingDays(3), start, &calendar, SHANGHAI, &[]);
        assert_eq!(due, met("2026-11-24T10:00:00Z"), "{start} is a Thursday at the hotel");
    }
}

#[test]
fn pauses_move_a_target_by_the_working_time_they_take() {
    let calendar = office();
    // An hour on Thursday, over lunch; twice the same, and one at night that takes nothing.
    let pauses = [
        pause("2026-11-19T03:30:00Z", Some("2026-11-19T04:30:00Z")),
        pause("2026-11-19T03:45:00Z", Some("2026-11-19T04:15:00Z")),
        pause("2026-11-19T12:00:00Z", Some("2026-11-19T22:00:00Z")),
        pause("2026-11-19T08:00:00Z", Some("2026-11-19T07:00:00Z")),
    ];
    let due = when(Span::Minutes(120), "2026-11-19T03:00:00Z", &calendar, SHANGHAI, &pauses);
    assert_eq!(due, met("2026-11-19T06:00:00Z"));
    // Working days: the hour comes on top, on the morning after the nominal end.
    let due = when(Span::WorkingDays(3), "2026-11-19T03:00:00Z", &calendar, SHANGHAI, &pauses);
    assert_eq!(due, met("2026-11-25T02:00:00Z"));
}

#[test]
fn an_open_pause_holds_what_was_not_reached_before_it() {
    let (always, office) = (Calendar::always(), office());
    for calendar in [&always, &office] {
        let open = [pause("2026-11-19T04:00:00Z", None)];
        let start = "2026-11-19T03:00:00Z";
        assert_eq!(when(Span::Minutes(61), start, calendar, SHANGHAI, &open), HELD);
        assert_eq!(when(Span::Minutes(60), start, calendar, SHANGHAI, &open), met("2026-11-19T04:00:00Z"));
        assert_eq!(when(Span::WorkingDays(1), start, calendar, SHANGHAI, &open), HELD);
        let night = [pause("2026-11-19T23:00:00Z", None)];
        assert_eq!(when(Span::Minutes(60 * 24), start, calendar, SHANGHAI, &night), HELD);
    }
}

#[test]
fn a_change_of_the_clocks_makes_days_longer_and_shorter() {
    let mut calendar = Calendar::default();
    calendar.weekly[6].push(opening("00:00", "24:00"));
    // Sunday 29 March 2026 has 23 hours in Berlin, Sunday 25 October has 25.
    for (start, hours) in [("2026-03-28T23:00:00Z", 23), ("2026-10-24T22:00:00Z", 25)] {
        let counting = Counting::new(&calendar, BERLIN, &[]);
        let day = counting.worked(at(start), at(start).plus(Duration::from_secs(36 * 3_600)));
        assert_eq!(day, Duration::from_secs(hours * 3_600));
    }
    // 02:30 does not exist in March: it means 03:00. In October it comes twice.
    calendar.weekly[6] = vec![opening("02:30", "04:00")];
    let march = calendar.intervals(day("2026-03-29"), BERLIN);
    assert_eq!(march, [(at("2026-03-29T01:00:00Z"), at("2026-03-29T02:00:00Z"))]);
    let october = calendar.intervals(day("2026-10-25"), BERLIN);
    assert_eq!(october, [(at("2026-10-25T00:30:00Z"), at("2026-10-25T03:00:00Z"))]);
    // Hours that would overlap where the clocks go back count once.
    calendar.weekly[6] = vec![opening("00:00", "02:30"), opening("02:30", "04:00")];
    let counting = Counting::new(&calendar, BERLIN, &[]);
    let worked = counting.worked(at("2026-10-24T00:00:00Z"), at("2026-10-26T00:00:00Z"));
    assert_eq!(worked, Duration::from_secs(5 * 3_600));
}

#[test]
fn a_day_that_never_was_is_no_working_day() {
    let mut calendar = Calendar::default();
    for hours in &mut calendar.weekly {
        hours.push(opening("09:00", "18:00"));
    }
    let apia = Tz::Pacific__Apia;
    assert_eq!(calendar.intervals(day("2011-12-30"), apia), []);
    // From Thursday 29 December; Friday is left out, so Saturday the 31st is the first day after.
    let due = when(Span::WorkingDays(1), "2011-12-29T22:00:00Z", &calendar, apia, &[]);
    assert_eq!(due, met("2011-12-31T04:00:00Z"));
}

#[test]
fn the_departure_is_a_limit_for_guests_in_the_house() {
    let calendar = office();
    let limit = BeforeDeparture { margin_minutes: 120, least_minutes: 30 };
    let target = Target { span: Span::WorkingDays(3), before_departure: Some(limit) };
    let start = at("2026-11-19T03:00:00Z");
    let open = [pause("2026-11-19T03:05:00Z", None)];
    let done = |pauses: &[Pause], departure: Option<&str>| {
        due(target, start, &Counting::new(&calendar, SHANGHAI, pauses), departure.map(at))
    };
    let limited = |expected| Due { by_departure: true, ..met(expected) };
    assert_eq!(done(&[], Some("2026-11-20T04:00:00Z")), limited("2026-11-20T02:00:00Z"));
    assert_eq!(
        done(&[], Some("2026-11-19T04:00:00Z")),
        limited("2026-11-19T03:30:00Z"),
        "what there is time for"
    );
    assert_eq!(done(&[], Some("2026-12-20T04:00:00Z")), met("2026-11-24T10:00:00Z"), "the span is earlier");
    assert_eq!(done(&[], None), met("2026-11-24T10:00:00Z"));
    assert_eq!(done(&[], Some("2026-11-19T03:00:00Z")), met("2026-11-24T10:00:00Z"), "gone already");
    assert_eq!(done(&open, Some("2026-11-20T04:00:00Z")), limited("2026-11-20T02:00:00Z"), "leaves anyway");
    assert_eq!(done(&open, None), HELD);
}

#[test]
fn a_warning_comes_at_its_share_of_the_target() {
    let calendar = office();
    let counting = Counting::new(&calendar, SHANGHAI, &[]);
    // Four working hours from Friday 17:00: three of them are over on Monday at eleven.
    let start = at("2026-11-20T09:00:00Z");
    let whole = due(span(Span::Minutes(240)), start, &counting, None);
    assert_eq!(whole, met("2026-11-23T04:00:00Z"));
    assert_eq!(warn_at(start, whole, 75, &counting), Some(at("2026-11-23T03:00:00Z")));
    assert_eq!(warn_at(start, whole, 100, &counting), whole.at);
    assert_eq!(warn_at(start, whole, 255, &counting), whole.at);
    assert_eq!(warn_at(start, whole, 0, &counting), Some(start));
    let limit = Due { by_departure: true, ..met("2026-11-20T19:00:00Z") };
    assert_eq!(warn_at(start, limit, 75, &counting), Some(at("2026-11-20T16:30:00Z")));
    assert_eq!(warn_at(start, NEVER, 75, &counting), None);
}

#[test]
fn nothing_is_due_where_nothing_opens_or_the_calendar_of_the_world_ends() {
    let (closed, always, office) = (Calendar::default(), Calendar::always(), office());
    assert!(!closed.opens() && always.opens() && office.opens());
    for span in [Span::Minutes(1), Span::WorkingDays(1), Span::WorkingDays(u32::MAX)] {
        assert_eq!(when(span, "2026-11-19T03:00:00Z", &closed, SHANGHAI, &[]), NEVER);
    }
    for calendar in [&closed, &always, &office] {
        for span in [Span::Minutes(0), Span::WorkingDays(0)] {
            let open = [pause("2020-01-01T00:00:00Z", None)];
            let due = when(span, "2026-11-19T03:00:00Z", calendar, SHANGHAI, &open);
            assert_eq!(due, met("2026-11-19T03:00:00Z"));
        }
        for span in [Span::Minutes(u32::MAX), Span::WorkingDays(u32::MAX)] {
            assert_eq!(when(span, "2026-11-19T03:00:00Z", calendar, SHANGHAI, &[]), NEVER);
        }
        for micros in [i64::MIN, i64::MAX, -4_000_000_000_000_000, 253_402_300_799_000_000] {
            let start = Instant::from_micros(micros);
            let counting = Counting::new(calendar, SHANGHAI, &[]);
            assert_eq!(due(span(Span::WorkingDays(9)), start, &counting, None), NEVER);
            assert_eq!(due(span(Span::Minutes(9)), start, &counting, None), NEVER);
            assert_eq!(counting.worked(start, at("2026-11-19T03:00:00Z")), Duration::ZERO);
        }
    }
}

#[test]
fn plain_time_leaves_out_pauses_alone() {
    let pauses = [pause("2026-11-21T00:00:00Z", Some("2026-11-21T06:00:00Z"))];
    let (from, to) = (at("2026-11-20T00:00:00Z"), at("2026-11-22T00:00:00Z"));
    assert_eq!(elapsed(from, to, &pauses), Duration::from_secs(42 * 3_600));
    assert_eq!(elapsed(to, from, &pauses), Duration::ZERO);
    assert_eq!(elapsed(from, to, &[pause("2026-11-20T01:00:00Z", None)]), Duration::from_secs(3_600));
}
