//! The clocks of a complaint, worked out from what happened with it: nothing about them is stored but when the next one
//! is of interest.

use std::time::Duration;

use chrono::{NaiveTime, TimeDelta, TimeZone as _};

use crate::codes;
use crate::complaints::machine::HIGHEST_LEVEL;
use crate::complaints::model::{Alert, Complaint, NextDue, Round};
use crate::db::{DbResult, Reads};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::GroupId;
use crate::service_levels::calendars::Calendars;
use crate::service_levels::clock::Pause;
use crate::service_levels::model::ClockKind;
use crate::service_levels::policies::Policies;
use crate::stays::model::{Stay, StayStatus};

/// How long somebody who was told has time to act before the next rung of the ladder is told.
pub const CLIMB_AFTER: Duration = Duration::from_secs(30 * 60);
/// When a guest leaves who has not said when: noon, in hours.
const CHECK_OUT: i64 = 12;

codes! {
    /// How a clock stands.
    ClockStatus {
        /// It runs.
        Running = "running",
        /// It runs, and not much is left.
        AtRisk = "at_risk",
        /// It runs, and it is too late.
        Breached = "breached",
        /// It waits, because the complaint does.
        Paused = "paused",
        /// It was stopped in time.
        Met = "met",
        /// It was stopped too late.
        Missed = "missed",
        /// The complaint ended otherwise.
        Void = "void",
    }
}

/// One clock of the present round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it measures.
    pub kind: ClockKind,
    /// When it began.
    pub started_at: Instant,
    /// When it was stopped.
    pub stopped_at: Option<Instant>,
    /// Whether it was kept, as was judged when it was stopped: what is decided later does not change it.
    pub kept: Option<bool>,
    /// When it is due; absent while it is paused, or when the calendar never opens.
    pub due_at: Option<Instant>,
    /// When it warns.
    pub warn_at: Option<Instant>,
    /// Whether the complaint ended without it.
    pub void: bool,
    /// Whether the complaint waits.
    pub paused: bool,
    /// What was due by then raises no warning: it was over before the complaint came here.
    pub quiet_until: Option<Instant>,
}

impl Clock {
    /// How it stands at an instant.
    pub fn status(&self, now: Instant) -> ClockStatus {
        match (self.stopped_at, self.due_at) {
            (Some(_), _) if self.kept == Some(false) => ClockStatus::Missed,
            (Some(stopped), Some(due)) if stopped > due && self.kept.is_none() => ClockStatus::Missed,
            (Some(_), _) => ClockStatus::Met,
            (None, _) if self.void => ClockStatus::Void,
            (None, _) if self.paused && self.due_at.is_none() => ClockStatus::Paused,
            (None, Some(due)) if due <= now => ClockStatus::Breached,
            (None, _) if self.warn_at.is_some_and(|warn| warn <= now) => ClockStatus::AtRisk,
            (None, _) => ClockStatus::Running,
        }
    }

    /// Whether it can still be missed.
    pub const fn runs(&self) -> bool {
        self.stopped_at.is_none() && !self.void
    }
}

/// What clocks of a group are worked out by, loaded once.
#[derive(Debug)]
pub struct Timing {
    policies: Policies,
    calendars: Calendars,
}

impl Timing {
    /// Loads policies and calendars.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(reads: &mut impl Reads, group: GroupId) -> DbResult<Self> {
        Ok(Self { policies: Policies::load(reads, group)?, calendars: Calendars::load(reads, group)? })
    }

    /// The clocks of the present round of a complaint.
    pub fn clocks(&self, hotel: &Hotel, stay: Option<&Stay>, complaint: &Complaint) -> Vec<Clock> {
        self.clocks_of(hotel, stay, complaint, complaint.progress.reopened())
    }

    /// The clocks of a round of a complaint, from 0; none of one that it does not have.
    pub fn clocks_of(
        &self,
        hotel: &Hotel,
        stay: Option<&Stay>,
        complaint: &Complaint,
        at: usize,
    ) -> Vec<Clock> {
        let Some(round) = complaint.progress.rounds.get(at) else { return Vec::new() };
        let start = round.started_at;
        let severity = complaint.class.severity;
        let policy = self.policies.matching(complaint.hotel_id, severity, complaint.facts.channel);
        let pauses: Vec<Pause> = complaint
            .progress
            .holds
            .iter()
            .map(|hold| Pause { from: hold.from, until: hold.until })
            .collect();
        let leaves = stay.and_then(|stay| departure(hotel, stay));
        let here = stay.is_some_and(|stay| in_house(hotel, stay, start));
        let plans = self.policies.clocks(
            policy,
            &self.calendars,
            hotel.time_zone,
            start,
            here,
            leaves.filter(|_| here),
            &pauses,
        );
        let ended = !complaint.status.is_open();
        let paused = complaint.progress.hold().is_some();
        plans
            .into_iter()
            .map(|plan| Clock {
                kind: plan.kind,
                started_at: start,
                stopped_at: stopped(round, plan.kind),
                kept: stopped(round, plan.kind).and_then(|_| round.kept.get(&plan.kind).copied()),
                due_at: plan.due_at,
                warn_at: plan.warn_at,
                void: ended,
                paused,
                quiet_until: complaint.progress.history.as_ref().map(|history| history.told_at),
            })
            .collect()
    }

    /// When clocks of a complaint are next of interest.
    pub fn next(&self, hotel: &Hotel, stay: Option<&Stay>, complaint: &Complaint) -> NextDue {
        next_due(&self.clocks(hotel, stay, complaint), complaint)
    }
}

/// When the running clocks are next of interest.
pub fn next_due(clocks: &[Clock], complaint: &Complaint) -> NextDue {
    let running = || clocks.iter().filter(|clock| clock.runs());
    let alert = running().filter_map(|clock| next_alert(clock, complaint.round())).map(|(at, _)| at).min();
    NextDue {
        due_at: running().filter_map(|clock| clock.due_at).min(),
        warn_at: running().filter_map(|clock| clock.warn_at.or(clock.due_at)).min(),
        alert_at: alert.into_iter().chain(next_rung(clocks, complaint)).min(),
    }
}

/// When a complaint that is overdue, and was said to be, goes up another rung because it still is. `None` when nothing is
/// overdue, or nobody stands higher.
pub fn next_rung(clocks: &[Clock], complaint: &Complaint) -> Option<Instant> {
    let round = complaint.round();
    let told = |clock: &Clock| clock.due_at.is_some_and(|due| was_told(round, clock.kind, true, due));
    let overdue = clocks.iter().any(|clock| clock.runs() && told(clock));
    let level = complaint.progress.level_now();
    let last = complaint.progress.escalations.last().filter(|_| (1..HIGHEST_LEVEL).contains(&level))?;
    overdue.then(|| last.at.plus(CLIMB_AFTER))
}

/// Whether a complaint may go up a rung at an instant: nobody was told in this round, or the last one had time to act.
pub fn may_climb(complaint: &Complaint, at: Instant) -> bool {
    let level = complaint.progress.level_now();
    let last = complaint.progress.escalations.last();
    level == 0 || (level < HIGHEST_LEVEL && last.is_none_or(|last| at >= last.at.plus(CLIMB_AFTER)))
}

/// Whether a warning of a clock, or that it was too late, was given for a moment: one that was given after the moment
/// covers it, however the moment has moved since.
fn was_told(round: &Round, kind: ClockKind, breached: bool, moment: Instant) -> bool {
    let covers = |one: &Alert| one.clock == kind && (one.breached || !breached) && one.at >= moment;
    round.alerts.iter().any(covers)
}

/// The warning a running clock gives next, and whether it will be too late then.
pub fn next_alert(clock: &Clock, round: &Round) -> Option<(Instant, bool)> {
    let is_over = |at: Instant| clock.quiet_until.is_some_and(|until| at <= until);
    let due = clock.due_at.filter(|due| !is_over(*due))?;
    if was_told(round, clock.kind, true, due) {
        return None;
    }
    match clock.warn_at.filter(|warn| !was_told(round, clock.kind, false, *warn) && !is_over(*warn)) {
        Some(warn) if warn < due => Some((warn, false)),
        _ => Some((due, true)),
    }
}

/// When a clock was stopped: by its own event, or because all was done.
pub(super) fn stopped(round: &Round, kind: ClockKind) -> Option<Instant> {
    let own = match kind {
        ClockKind::Acknowledge => round.acknowledged_at,
        ClockKind::Attend => round.attended_at,
        ClockKind::Investigate => round.investigated_at,
        ClockKind::Resolve => round.resolved_at,
    };
    own.or(round.resolved_at)
}

/// When the guest of a stay is to leave: the day of departure at the hour the guest told, or at noon. Whoever leaves
/// earlier makes nobody late. Absent for stays to which nobody came.
pub fn departure(hotel: &Hotel, stay: &Stay) -> Option<Instant> {
    match stay.status {
        StayStatus::Cancelled | StayStatus::NoShow | StayStatus::Deleted => None,
        _ => {
            let local = match stay.facts.etd {
                Some(etd) => stay.facts.departure_on.and_time(etd),
                None => stay.facts.departure_on.and_time(NaiveTime::MIN) + TimeDelta::hours(CHECK_OUT),
            };
            local_instant(hotel, local)
        }
    }
}

/// Whether the guest of a stay was in the house at an instant: from the check-in to the check-out, however late that is.
/// Where the moments are not known, from the day of arrival to the planned departure.
pub fn in_house(hotel: &Hotel, stay: &Stay, at: Instant) -> bool {
    let arrival = || local_instant(hotel, stay.facts.arrival_on.and_time(NaiveTime::MIN));
    let came = stay.checked_in_at.or_else(arrival).is_some_and(|came| came <= at);
    match stay.status {
        StayStatus::InHouse => came,
        StayStatus::CheckedOut => {
            let left = stay.checked_out_at.or_else(|| departure(hotel, stay));
            came && left.is_some_and(|left| at < left)
        }
        _ => false,
    }
}

/// A local time at a hotel; the earlier of two, and the end of a gap for one that the clocks skip.
fn local_instant(hotel: &Hotel, local: chrono::NaiveDateTime) -> Option<Instant> {
    let zone = hotel.time_zone.0;
    let mapped = zone.from_local_datetime(&local);
    let shifted = || zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest();
    mapped.earliest().or_else(shifted).map(|at| Instant::from(at.to_utc()))
}
