use chrono::DateTime;
use uuid::Uuid;

use super::{ClockPlan, Policies};
use crate::hotels::model::TimeZone;
use crate::kit::clock::Instant;
use crate::kit::ids::HotelId;
use crate::service_levels::calendars::Calendars;
use crate::service_levels::clock::Pause;
use crate::service_levels::model::{ClockKind, ComplaintChannel, Severity};

const HOTEL: HotelId = HotelId(Uuid::from_u128(1));

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

fn planned(
    severity: Option<Severity>,
    channel: ComplaintChannel,
    departure: Option<&str>,
    pauses: &[Pause],
) -> Vec<ClockPlan> {
    let (policies, calendars) = (Policies::shipped(), Calendars::shipped());
    let zone = TimeZone::parse("Asia/Shanghai").unwrap();
    let policy = policies.matching(HOTEL, severity, channel);
    // Saturday, ten in the evening at the hotel.
    let start = at("2026-11-21T14:00:00Z");
    let in_house = departure.is_some();
    policies.clocks(policy, &calendars, zone, start, in_house, departure.map(at), pauses)
}

fn dues(plans: &[ClockPlan]) -> Vec<(ClockKind, Option<Instant>)> {
    plans.iter().map(|plan| (plan.kind, plan.due_at)).collect()
}

#[test]
fn a_guest_in_the_house_is_answered_seen_and_satisfied_before_leaving() {
    let plans = planned(None, ComplaintChannel::FrontDesk, Some("2026-11-22T04:00:00Z"), &[]);
    let expected = [
        (ClockKind::Acknowledge, Some(at("2026-11-21T14:05:00Z"))),
        (ClockKind::Attend, Some(at("2026-11-21T14:10:00Z"))),
        (ClockKind::Investigate, Some(at("2026-11-21T15:00:00Z"))),
        (ClockKind::Resolve, Some(at("2026-11-22T02:00:00Z"))),
    ];
    assert_eq!(dues(&plans), expected);
    assert!(plans[3].by_departure && !plans[0].by_departure);
    assert_eq!(plans[0].warn_at, Some(at("2026-11-21T14:03:45Z")));
    assert_eq!(plans[3].warn_at, Some(at("2026-11-21T23:00:00Z")));
}

#[test]
fn a_guest_who_is_not_there_has_no_clock_until_somebody_comes() {
    let live = planned(None, ComplaintChannel::Phone, None, &[]);
    let expected = [
        (ClockKind::Acknowledge, Some(at("2026-11-21T14:05:00Z"))),
        (ClockKind::Investigate, Some(at("2026-11-21T15:00:00Z"))),
        // Three working days after a Saturday: Wednesday, at six.
        (ClockKind::Resolve, Some(at("2026-11-25T10:00:00Z"))),
    ];
    assert_eq!(dues(&live), expected);
    let written = planned(Some(Severity::Major), ComplaintChannel::OtaReview, None, &[]);
    // Four working hours: Monday, one o'clock.
    assert_eq!(written[0].due_at, Some(at("2026-11-23T05:00:00Z")));
    let kinds: Vec<ClockKind> = written.iter().map(|plan| plan.kind).collect();
    assert_eq!(kinds, [ClockKind::Acknowledge, ClockKind::Investigate, ClockKind::Resolve]);
}

#[test]
fn a_crisis_runs_round_the_clock_whatever_the_calendar() {
    let written = planned(Some(Severity::Crisis), ComplaintChannel::Email, None, &[]);
    assert_eq!(written[0].due_at, Some(at("2026-11-21T14:05:00Z")));
    // The end of Tuesday: the third day after, all of them working days.
    assert_eq!(written[2].due_at, Some(at("2026-11-24T16:00:00Z")));
    // Also when no rule is for crises.
    let shipped = Policies::shipped();
    let policies =
        Policies::new(2, shipped.rules().filter(|rule| rule.severities.is_empty()).cloned().collect());
    let policy = policies.matching(HOTEL, Some(Severity::Crisis), ComplaintChannel::Email);
    assert_eq!(policy.rule.code, "written");
    let zone = TimeZone::parse("Asia/Shanghai").unwrap();
    let start = at("2026-11-21T14:00:00Z");
    let plans = policies.clocks(policy, &Calendars::shipped(), zone, start, false, None, &[]);
    assert_eq!(plans[0].due_at, Some(at("2026-11-21T18:00:00Z")));
}

#[test]
fn an_open_pause_holds_clocks_but_not_the_departure() {
    let pause = [Pause { from: at("2026-11-21T14:01:00Z"), until: None }];
    let plans = planned(None, ComplaintChannel::App, Some("2026-11-22T04:00:00Z"), &pause);
    assert!(plans[..3].iter().all(|plan| plan.held && plan.due_at.is_none() && plan.warn_at.is_none()));
    assert_eq!(plans[3].due_at, Some(at("2026-11-22T02:00:00Z")));
}

#[test]
fn the_first_rule_that_fits_wins_and_an_unknown_severity_fits_none_that_asks() {
    let mut rules: Vec<_> = Policies::shipped().rules().cloned().collect();
    let mut mine = rules[0].clone();
    mine.code = "mine".to_owned();
    mine.hotels = vec![HOTEL];
    mine.severities = vec![Severity::Major, Severity::Crisis];
    mine.channels = vec![ComplaintChannel::Email];
    rules.insert(0, mine);
    let policies = Policies::new(2, rules);
    let code = |hotel: u128, severity, channel| {
        policies.matching(HotelId(Uuid::from_u128(hotel)), severity, channel).rule.code.clone()
    };
    assert_eq!(code(1, Some(Severity::Major), ComplaintChannel::Email), "mine");
    assert_eq!(code(1, Some(Severity::Crisis), ComplaintChannel::Email), "mine");
    assert_eq!(code(2, Some(Severity::Crisis), ComplaintChannel::Email), "crisis");
    assert_eq!(code(1, Some(Severity::General), ComplaintChannel::Email), "written");
    assert_eq!(code(1, None, ComplaintChannel::Email), "written");
    assert_eq!(code(1, Some(Severity::Major), ComplaintChannel::Phone), "live");
    let none = Policies::new(1, Vec::new());
    assert_eq!(none.matching(HOTEL, None, ComplaintChannel::Email).rule.targets, []);
}
