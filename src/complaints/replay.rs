//! What happened with a complaint elsewhere, replayed: rounds, holds, assignments and ending follow the events. Pure.
//!
//! The machine of states judges every step and forbids none: what it would not allow is kept as an odd move.

use crate::complaints::history::{Assignment, History, OddKind, OddMove};
use crate::complaints::machine::{self, ComplaintMove, Target};
use crate::complaints::model::{Complaint, ComplaintStatus, Ending, Hold, HoldReason, Round};
use crate::complaints::moves::{REOPEN_WITHIN, in_round, release};
use crate::kit::clock::Instant;
use crate::kit::ids::ActorId;

/// Statuses that other systems have no word for: a step may pass through them untold.
const UNSAID: [ComplaintStatus; 3] =
    [ComplaintStatus::Recorded, ComplaintStatus::SolutionProposed, ComplaintStatus::Executing];

/// How a complaint stood after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldState {
    /// It had this status.
    Is(ComplaintStatus),
    /// It waited for somebody outside.
    Waits(HoldReason),
}

/// One event in the life of a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldEvent {
    /// When it was.
    pub at: Instant,
    /// How the complaint stood then.
    pub state: ToldState,
    /// The group or department that had it.
    pub group: Option<String>,
    /// The person who had it.
    pub person: Option<String>,
    /// Why it waited, in words.
    pub note: Option<String>,
}

/// The life of a complaint as it is told, beside what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its events, in the order in which they are told; at least one.
    pub events: Vec<ToldEvent>,
    /// The sender's verdict whether the service level was kept.
    pub in_time: Option<bool>,
    /// When it was resolved, in the sender's word.
    pub resolved_at: Option<Instant>,
    /// Whether the sender tells of every complaint when it was resolved: then one without has no such moment.
    pub tells_resolution: bool,
    /// When it was closed, in the sender's word.
    pub closed_at: Option<Instant>,
    /// How it ended, in words.
    pub ending: Option<String>,
}

/// Replays a life on a complaint that was just received. What was over by `now` raises no warning.
pub(super) fn replay(complaint: Complaint, told: &Told, by: ActorId, now: Instant) -> Complaint {
    let history = History { in_time: told.in_time, events: told.events.len(), ..History::untold(now) };
    let received_at = complaint.facts.received_at;
    let mut life = Life { complaint, history, by, told, status: None, last: received_at, before: None };
    for event in &told.events {
        life.event(event);
    }
    life.end()
}

/// A life while it is replayed.
struct Life<'t> {
    complaint: Complaint,
    history: History,
    by: ActorId,
    told: &'t Told,
    /// The status so far; absent before the first event.
    status: Option<ComplaintStatus>,
    /// The latest moment so far: nothing that follows was earlier.
    last: Instant,
    /// When the event before was, as told.
    before: Option<Instant>,
}

impl Life<'_> {
    fn event(&mut self, event: &ToldEvent) {
        let at = event.at.max(self.last);
        let to = self.leads_to(event.state);
        let went_back = self.before.is_some_and(|before| event.at < before);
        if went_back {
            self.odd(OddKind::WentBack, event.at, to);
        } else if event.at < self.complaint.facts.received_at {
            self.odd(OddKind::BeforeReceipt, event.at, to);
        }
        self.history.first_event_at.get_or_insert(event.at);
        (self.last, self.before) = (at, Some(event.at));
        self.assign(at, event);
        self.step(at, to);
        match event.state {
            ToldState::Is(_) => release(&mut self.complaint, at),
            ToldState::Waits(reason) => self.hold(at, reason, event.note.clone()),
        }
    }

    /// A complaint that waits keeps the status it has; one that was done is worked on again.
    fn leads_to(&self, state: ToldState) -> ComplaintStatus {
        match (state, self.status) {
            (ToldState::Is(status), _) => status,
            (ToldState::Waits(_), None) => ComplaintStatus::Received,
            (ToldState::Waits(_), Some(status)) if is_worked_on(status) => status,
            (ToldState::Waits(_), Some(_)) => ComplaintStatus::Investigating,
        }
    }

    fn odd(&mut self, kind: OddKind, at: Instant, to: ComplaintStatus) {
        self.history.odd_moves.push(OddMove { kind, at, from: self.status, to });
    }

    fn assign(&mut self, at: Instant, event: &ToldEvent) {
        let last = self.history.assignments.last();
        let (group, person) = last.map_or((&None, &None), |last| (&last.group, &last.person));
        if (group, person) != (&event.group, &event.person) {
            let (group, person) = (event.group.clone(), event.person.clone());
            self.history.assignments.push(Assignment { at, group, person });
        }
    }

    fn step(&mut self, at: Instant, to: ComplaintStatus) {
        let from = self.status;
        if from == Some(to) {
            return;
        }
        match from {
            None if to != ComplaintStatus::Received => self.odd(OddKind::Began, at, to),
            Some(from) if !leads(from, to) => self.odd(OddKind::Skipped, at, to),
            Some(_) if is_worked_on(to) && self.ended_long_before(at) => {
                self.odd(OddKind::TooOld, at, to);
            }
            None | Some(_) => {}
        }
        if is_worked_on(to) && from.is_some_and(|from| !is_worked_on(from)) {
            self.complaint.progress.rounds.push(Round::begun(at, None));
        }
        let is_over = !to.is_open();
        self.complaint.progress.ending = is_over.then(|| self.ending(at));
        if to == ComplaintStatus::FollowingUp {
            in_round(&mut self.complaint, |round| {
                round.resolved_at.get_or_insert(at);
            });
        }
        self.status = Some(to);
    }

    fn ended_long_before(&self, at: Instant) -> bool {
        let ending = self.complaint.progress.ending.as_ref();
        ending.is_some_and(|ending| at.since(ending.at) > REOPEN_WITHIN)
    }

    fn ending(&self, at: Instant) -> Ending {
        Ending { at, by: self.by, text: self.told.ending.clone().unwrap_or_default(), lesson: None }
    }

    fn hold(&mut self, at: Instant, reason: HoldReason, note: Option<String>) {
        let lasting = self.complaint.progress.hold();
        if lasting.is_some_and(|hold| hold.reason == reason && hold.note == note) {
            return;
        }
        release(&mut self.complaint, at);
        self.complaint.progress.holds.push(Hold { from: at, until: None, reason, note, by: self.by });
    }

    /// The sender's word counts over what the events say, and that is kept beside it.
    fn end(self) -> Complaint {
        let Self { mut complaint, mut history, told, status, .. } = self;
        let by_events = complaint.round().resolved_at;
        if by_events != told.resolved_at && (told.resolved_at.is_some() || told.tells_resolution) {
            history.resolved_at = told.resolved_at;
            history.resolved_by_events = by_events;
            in_round(&mut complaint, |round| match told.resolved_at {
                Some(at) if at < round.started_at => {}
                word => round.resolved_at = word,
            });
        }
        if let (Some(ending), Some(at)) = (&mut complaint.progress.ending, told.closed_at) {
            ending.at = at;
        }
        complaint.progress.history = Some(history);
        Complaint { status: status.unwrap_or(ComplaintStatus::Received), ..complaint }
    }
}

/// Whether somebody works on a complaint, or is to begin.
const fn is_worked_on(status: ComplaintStatus) -> bool {
    status.is_open() && !matches!(status, ComplaintStatus::FollowingUp)
}

/// Whether moves lead from one status to another, through nothing but what other systems have no word for.
fn leads(from: ComplaintStatus, to: ComplaintStatus) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(status) = seen.get(next).copied() {
        next += 1;
        for wanted in ComplaintMove::ALL {
            match machine::target(status, *wanted) {
                Some(Target::To(reached)) if reached == to => return true,
                Some(Target::To(reached)) if UNSAID.contains(&reached) && !seen.contains(&reached) => {
                    seen.push(reached);
                }
                _ => {}
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::leads;
    use crate::complaints::model::ComplaintStatus::{
        Closed, FollowingUp, Investigating, Merged, Received, Rejected, Withdrawn,
    };

    #[test]
    fn the_machine_judges_steps_between_the_words_of_others() {
        for (from, to) in [
            (Received, Investigating),
            (Investigating, FollowingUp),
            (FollowingUp, Closed),
            (FollowingUp, Investigating),
            (Closed, Investigating),
            (Received, Withdrawn),
            (Received, Rejected),
        ] {
            assert!(leads(from, to), "{from:?} {to:?}");
        }
        for (from, to) in [
            (Received, FollowingUp),
            (Received, Closed),
            (Investigating, Closed),
            (Investigating, Received),
            (Closed, FollowingUp),
            (Closed, Received),
            (Merged, Closed),
        ] {
            assert!(!leads(from, to), "{from:?} {to:?}");
        }
    }
}
