//! After the close: the guest is asked once more whether all is well, some days later and by a way the guest has not
//! forbidden. Whoever is not content opens the complaint again; the second time it goes up the ladder, too.

use std::collections::HashMap;
use std::time::Duration;

use crate::codes;
use crate::complaints::error::ComplaintError;
use crate::complaints::machine::HIGHEST_LEVEL;
use crate::complaints::model::{
    ATTEMPTS, Complaint, ComplaintStatus, ContactChannel, ContactOutcome, FollowUp, NextDue, Round,
};
use crate::complaints::moves::{REOPEN_WITHIN, rung};
use crate::complaints::reach::{self, Wishes};
use crate::db::{Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::ComplaintId;
use crate::platform::context::Ctx;
use crate::service_levels::policies::Policies;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

codes! {
    /// How it stands with asking the guest after the close.
    AftercareStatus {
        /// It is for a later day.
        Planned = "planned",
        /// The guest is to be asked now.
        Due = "due",
        /// The guest was asked, or tried three times.
        Done = "done",
        /// The guest cannot, or must not, be asked.
        Barred = "barred",
    }
    /// Why a guest is not asked.
    AftercareBar {
        /// The guest does not want to be.
        NoConsent = "no_consent",
        /// Nobody knows how.
        NoContact = "no_contact",
    }
}

/// That the guest is to be asked after the close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Aftercare {
    /// When it was planned: with the close.
    pub planned_at: Instant,
    /// From when on.
    pub due_at: Instant,
    /// How; absent when the guest is not asked, or by a way that is none of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ContactChannel>,
    /// Why the guest is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barred: Option<AftercareBar>,
    /// Whether the hotel was told that it is due.
    #[serde(default)]
    pub told: bool,
}

impl Aftercare {
    /// The same, by the ways that a guest has and allows.
    fn by(self, complaint: &Complaint, wishes: &Wishes) -> Self {
        match reach::way(complaint, wishes.guest(complaint), wishes.said(complaint), None) {
            Ok(channel) => Self { channel, barred: None, ..self },
            Err(bar) => Self { channel: None, barred: Some(bar), ..self },
        }
    }

    /// How it stands at an instant, with the attempts to ask the guest.
    pub fn status(&self, asked: &[FollowUp], now: Instant) -> AftercareStatus {
        let since = || asked.iter().filter(|one| one.at > self.planned_at);
        let reached = since().any(|one| one.outcome != ContactOutcome::NotReached);
        match self.barred {
            _ if reached || since().count() >= ATTEMPTS => AftercareStatus::Done,
            Some(_) => AftercareStatus::Barred,
            None if self.due_at <= now => AftercareStatus::Due,
            None => AftercareStatus::Planned,
        }
    }
}

/// What a closed complaint waits for: that the guest is asked.
pub(super) fn next(complaint: &Complaint) -> NextDue {
    let open = complaint.progress.aftercare.filter(|one| {
        let status = one.status(&complaint.progress.follow_ups, one.due_at);
        complaint.status == ComplaintStatus::Closed && status == AftercareStatus::Due
    });
    NextDue {
        due_at: open.map(|one| one.due_at),
        warn_at: open.map(|one| one.due_at),
        alert_at: open.filter(|one| !one.told).map(|one| one.due_at),
    }
}

/// Plans to ask the guest of a complaint that is being closed; `None` when its service level does not ask for it.
///
/// # Errors
/// When the database fails.
pub(super) fn plan(
    reads: &mut impl Reads,
    cx: &Ctx,
    complaint: &Complaint,
    at: Instant,
) -> Result<Option<Aftercare>, ComplaintError> {
    let policies = Policies::load(reads, cx.group)?;
    let policy = policies.matching(complaint.hotel_id, complaint.class.severity, complaint.facts.channel);
    let Some(days) = policy.rule.follow_up_after_days else { return Ok(None) };
    let wishes = Wishes::load(reads, cx, std::iter::once(complaint))?;
    let due_at = at.plus(DAY * days);
    let open = Aftercare { planned_at: at, due_at, channel: None, barred: None, told: false };
    Ok(Some(open.by(complaint, &wishes)))
}

/// How asking the guests of some complaints is planned, by what is known of them now: one who does not want to be asked any
/// more is not. Who could not be asked at the close is not either: nobody is told when that changes.
///
/// # Errors
/// When the database fails.
pub(super) fn planned(
    reads: &mut impl Reads,
    cx: &Ctx,
    complaints: &[Complaint],
) -> Result<HashMap<ComplaintId, Aftercare>, ComplaintError> {
    let open = || complaints.iter().filter(|one| next(one).due_at.is_some());
    let wishes = Wishes::load(reads, cx, open())?;
    let mut found: HashMap<ComplaintId, Aftercare> =
        complaints.iter().filter_map(|one| Some((one.id, one.progress.aftercare?))).collect();
    for complaint in open() {
        if let Some(one) = found.get_mut(&complaint.id) {
            *one = one.by(complaint, &wishes);
        }
    }
    Ok(found)
}

/// Writes into a complaint what the guest answered. One who is not content opens it again, from the second time on with a
/// step up the ladder; one that ended too long ago stays closed.
///
/// # Errors
/// When the database fails.
pub(super) fn answered(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    complaint: &mut Complaint,
    answer: FollowUp,
) -> Result<(), ComplaintError> {
    let (at, reason) = (answer.at, answer.comment.clone());
    let dissatisfied = answer.outcome == ContactOutcome::Dissatisfied;
    complaint.progress.follow_ups.push(answer);
    let over = complaint.progress.ending.as_ref();
    if !dissatisfied || over.is_some_and(|ending| at.since(ending.at) > REOPEN_WITHIN) {
        return Ok(());
    }
    if complaint.progress.reopened() > 0 && complaint.progress.level() < HIGHEST_LEVEL {
        let why = "the guest is not content again".to_owned();
        let level = complaint.progress.level() + 1;
        let next = rung(tx, cx, complaint, level, at, why, cx.actor.id)?;
        complaint.progress.escalations.push(next);
    }
    complaint.status = ComplaintStatus::Investigating;
    complaint.progress.ending = None;
    complaint.progress.aftercare = None;
    complaint.progress.rounds.push(Round::begun(at, reason));
    Ok(())
}
