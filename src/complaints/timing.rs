//! The clocks of a complaint, worked out from what happened with it: nothing about them is stored but when the next one
//! is of interest.

use chrono::{NaiveTime, TimeDelta, TimeZone as _};

use crate::codes;
use crate::complaints::model::{Complaint, NextDue, Round};
use crate::db::{DbResult, Reads};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::GroupId;
use crate::service_levels::calendars::Calendars;
use crate::service_levels::clock::Pause;
use crate::service_levels::model::ClockKind;
use crate::service_levels::policies::Policies;
use crate::stays::model::{Stay, StayStatus};

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
            (Some(stopped), Some(due)) if stopped > due => ClockStatus::Missed,
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
        next_due(&self.clocks(hotel, stay, complaint), complaint.round())
    }
}

/// When the running clocks are next of interest.
pub fn next_due(clocks: &[Clock], round: &Round) -> NextDue {
    let running = || clocks.iter().filter(|clock| clock.runs());
    NextDue {
        due_at: running().filter_map(|clock| clock.due_at).min(),
        warn_at: running().filter_map(|clock| clock.warn_at.or(clock.due_at)).min(),
        alert_at: running().filter_map(|clock| next_alert(clock, round)).map(|(at, _)| at).min(),
    }
}

/// The warning a running clock gives next, and whether it will be too late then.
pub fn next_alert(clock: &Clock, round: &Round) -> Option<(Instant, bool)> {
    let is_over = |at: Instant| clock.quiet_until.is_some_and(|until| at <= until);
    let due = clock.due_at.filter(|due| !is_over(*due))?;
    let given = |breached: bool| {
        round
            .alerts
            .iter()
            .any(|one| one.clock == clock.kind && one.breached == breached && one.due_at == due)
    };
    if given(true) {
        return None;
    }
    match clock.warn_at.filter(|warn| !given(false) && !is_over(*warn)) {
        Some(warn) if warn < due => Some((warn, false)),
        _ => Some((due, true)),
    }
}

/// When a clock was stopped: by its own event, or because all was done.
fn stopped(round: &Round, kind: ClockKind) -> Option<Instant> {
    let own = match kind {
        ClockKind::Acknowledge => round.acknowledged_at,
        ClockKind::Attend => round.attended_at,
        ClockKind::Investigate => round.investigated_at,
        ClockKind::Resolve => round.resolved_at,
    };
    own.or(round.resolved_at)
}

/// When the guest of a stay leaves, or left: the check-out if there was one, else the day of departure at the hour the
/// guest told, or at noon. Absent for stays to which nobody came.
pub fn departure(hotel: &Hotel, stay: &Stay) -> Option<Instant> {
    match stay.status {
        StayStatus::Cancelled | StayStatus::NoShow | StayStatus::Deleted => None,
        StayStatus::CheckedOut if stay.checked_out_at.is_some() => stay.checked_out_at,
        _ => {
            let local = match stay.facts.etd {
                Some(etd) => stay.facts.departure_on.and_time(etd),
                None => stay.facts.departure_on.and_time(NaiveTime::MIN) + TimeDelta::hours(CHECK_OUT),
            };
            local_instant(hotel, local)
        }
    }
}

/// Whether the guest of a stay was in the house at an instant.
pub fn in_house(hotel: &Hotel, stay: &Stay, at: Instant) -> bool {
    let came =
        stay.checked_in_at.or_else(|| local_instant(hotel, stay.facts.arrival_on.and_time(NaiveTime::MIN)));
    let began = stay.status == StayStatus::InHouse || came.is_some_and(|came| came <= at);
    began && departure(hotel, stay).is_some_and(|leaves| at < leaves)
}

/// A local time at a hotel; the earlier of two, and the end of a gap for one that the clocks skip.
fn local_instant(hotel: &Hotel, local: chrono::NaiveDateTime) -> Option<Instant> {
    let zone = hotel.time_zone.0;
    let mapped = zone.from_local_datetime(&local);
    let shifted = || zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest();
    mapped.earliest().or_else(shifted).map(|at| Instant::from(at.to_utc()))
}
