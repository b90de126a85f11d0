//! What reports count of a complaint: worked out from what happened with it, and written with it.

use crate::complaints::model::{Complaint, ComplaintStatus, ContactOutcome, Hold, Round};
use crate::complaints::timing::{self, Clock, ClockStatus, Timing};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::service_levels::model::ClockKind;
use crate::stays::model::Stay;

/// The figures of one complaint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Whole seconds from the receipt until the guest was first told, without the times it waited.
    pub response_seconds: Option<i64>,
    /// Whole seconds of work, over all rounds, without the times it waited; absent while it is not resolved.
    pub resolution_seconds: Option<i64>,
    /// Whether the guest was told in time; absent while that is open.
    pub response_in_time: Option<bool>,
    /// Whether it was resolved in time, in every round; absent while that is open.
    pub resolution_in_time: Option<bool>,
    /// Times it was resolved or over.
    pub finished_count: i32,
    /// Times it was opened again.
    pub reopen_count: i32,
    /// The guest's last mark, 1 to 5.
    pub rating: Option<i32>,
    /// What the guest said last when asked: content or not.
    pub satisfied: Option<bool>,
}

impl Figures {
    /// The figures of a complaint as it stands.
    pub fn of(complaint: &Complaint) -> Self {
        let progress = &complaint.progress;
        let holds = progress.holds.as_slice();
        let (first, last) = (progress.rounds.first(), complaint.round());
        let first_word = |round: &Round| timing::stopped(round, ClockKind::Acknowledge);
        let response = first.and_then(|round| Some(worked(holds, round.started_at, first_word(round)?)));
        let rounds = || progress.rounds.iter();
        let resolution = rounds()
            .filter_map(|round| Some(worked(holds, round.started_at, round.resolved_at?)))
            .fold(0_i64, i64::saturating_add);
        let resolved = || rounds().map(|round| round.kept.get(&ClockKind::Resolve).copied());
        let told = progress.history.as_ref().and_then(|history| history.in_time);
        let in_time = match told == Some(false) || resolved().any(|kept| kept == Some(false)) {
            true => Some(false),
            false => resolved().next_back().flatten().or(told),
        };
        let over = matches!(complaint.status, ComplaintStatus::Withdrawn | ComplaintStatus::Rejected);
        let finished = progress.reopened() + usize::from(over || last.resolved_at.is_some());
        let asked = || progress.follow_ups.iter().rev();
        Self {
            response_seconds: response.map(seconds),
            resolution_seconds: last.resolved_at.map(|_| seconds(resolution)),
            response_in_time: first.and_then(|round| round.kept.get(&ClockKind::Acknowledge).copied()),
            resolution_in_time: in_time,
            finished_count: i32::try_from(finished).unwrap_or(i32::MAX),
            reopen_count: i32::try_from(progress.reopened()).unwrap_or(i32::MAX),
            rating: asked().find_map(|one| one.rating),
            satisfied: asked().find_map(|one| match one.outcome {
                ContactOutcome::Satisfied => Some(true),
                ContactOutcome::Dissatisfied => Some(false),
                ContactOutcome::NoOpinion | ContactOutcome::NotReached => None,
            }),
        }
    }
}

/// Writes into the rounds of a complaint which of its clocks were kept. What was said of a clock that was stopped stays: a
/// policy, a calendar or a stay that changes later makes nobody late. Of a clock that still runs in time nothing is said,
/// and one that was too late when the complaint ended otherwise was missed.
pub(super) fn judge(
    timing: &Timing,
    hotel: &Hotel,
    stay: Option<&Stay>,
    complaint: &mut Complaint,
    now: Instant,
) {
    let last = complaint.progress.reopened();
    let ended = complaint.progress.ended_at();
    let before = |at: Option<Instant>| at.is_some_and(|at| at < complaint.updated.0);
    if let Some(round) = complaint.progress.rounds.last_mut() {
        let was = round.clone();
        round.kept.retain(|kind, _| before(timing::stopped(&was, *kind)) || before(ended));
    }
    // What was due before a complaint was taken over is for its sender to judge.
    let known_from = complaint.progress.history.as_ref().map(|history| history.told_at);
    for at in 0..complaint.progress.rounds.len() {
        let clocks = timing.clocks_of(hotel, stay, complaint, at);
        let Some(round) = complaint.progress.rounds.get_mut(at) else { continue };
        // Of a round that is over, what never was stopped is neither kept nor missed.
        let told = clocks.iter().filter(|clock| {
            let here = known_from.is_none_or(|from| clock.due_at.is_none_or(|due| due > from));
            here && (at == last || clock.stopped_at.is_some())
        });
        for (kind, kept) in told.filter_map(|clock| Some((clock.kind, kept(clock, now, ended)?))) {
            round.kept.entry(kind).or_insert(kept);
        }
    }
}

fn kept(clock: &Clock, now: Instant, ended: Option<Instant>) -> Option<bool> {
    match clock.status(now) {
        ClockStatus::Void if ended.is_some_and(|ended| clock.due_at.is_some_and(|due| due <= ended)) => {
            Some(false)
        }
        ClockStatus::Met => Some(true),
        ClockStatus::Missed | ClockStatus::Breached => Some(false),
        ClockStatus::Running | ClockStatus::AtRisk | ClockStatus::Paused | ClockStatus::Void => None,
    }
}

/// Microseconds from one instant to another without the times the complaint waited; zero when they run backwards.
fn worked(holds: &[Hold], from: Instant, to: Instant) -> i64 {
    let span = |from: Instant, to: Instant| to.micros().saturating_sub(from.micros()).max(0);
    let waited = holds
        .iter()
        .map(|hold| span(hold.from.max(from), hold.until.unwrap_or(to).min(to)))
        .fold(0_i64, i64::saturating_add);
    span(from, to).saturating_sub(waited).max(0)
}

const fn seconds(micros: i64) -> i64 {
    micros / 1_000_000
}
