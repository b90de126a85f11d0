//! After the close: the guest is asked once more whether all is well, some days later and by a way the guest has not
//! forbidden. Whoever is not content opens the complaint again; the second time it goes up the ladder, too.

use std::time::Duration;

use crate::codes;
use crate::complaints::error::ComplaintError;
use crate::complaints::machine::HIGHEST_LEVEL;
use crate::complaints::model::{
    ATTEMPTS, Complaint, ComplaintChannel, ComplaintStatus, ContactChannel, ContactOutcome, FollowUp,
    NextDue, Round,
};
use crate::complaints::moves::{REOPEN_WITHIN, rung};
use crate::db::{Reads, Tx};
use crate::guests;
use crate::guests::model::Guest;
use crate::kit::clock::Instant;
use crate::platform::context::Ctx;
use crate::preferences::consents::{self, Consent, ConsentChannel, ConsentPurpose, ConsentStatus};
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
    /// How; absent when the guest is not asked.
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
    let Complaint { facts, class, .. } = complaint;
    let policy = policies.matching(complaint.hotel_id, class.severity, facts.channel);
    let Some(days) = policy.rule.follow_up_after_days else { return Ok(None) };
    let (guest, consents) = match facts.guest {
        None => (None, Vec::new()),
        Some(linked) => {
            let guest = guests::repo::find_many(reads, cx.group, &[linked.id])?.remove(&linked.id);
            (guest, consents::said(reads, cx, linked.id, ConsentPurpose::ServiceFollowUp)?)
        }
    };
    let ways = ways(complaint, guest.as_ref());
    let channel = ways.iter().copied().find(|way| !is_forbidden(complaint, &consents, *way));
    let barred = match channel {
        Some(_) => None,
        None if ways.is_empty() => Some(AftercareBar::NoContact),
        None => Some(AftercareBar::NoConsent),
    };
    Ok(Some(Aftercare { planned_at: at, due_at: at.plus(DAY * days), channel, barred, told: false }))
}

/// The ways by which the guest can be asked, the one by which the guest complained first.
fn ways(complaint: &Complaint, guest: Option<&Guest>) -> Vec<ContactChannel> {
    let contact = complaint.facts.contact.as_ref();
    let profile = guest.map(|guest| &guest.profile);
    let phone = contact.is_some_and(|one| one.phone.is_some())
        || profile.is_some_and(|profile| !profile.phones.is_empty());
    let email = contact.is_some_and(|one| one.email.is_some())
        || profile.is_some_and(|profile| !profile.emails.is_empty());
    let messaging = profile.is_some_and(|profile| !profile.messaging.is_empty());
    let other = contact.is_some_and(|one| one.other.is_some());
    let own = match complaint.facts.channel {
        ComplaintChannel::Email | ComplaintChannel::Web => email.then_some(ContactChannel::Email),
        ComplaintChannel::Wechat => (messaging || other).then_some(ContactChannel::Wechat),
        ComplaintChannel::App => guest.map(|_| ContactChannel::App),
        ComplaintChannel::Letter => other.then_some(ContactChannel::Letter),
        _ => None,
    };
    let known =
        [(phone, ContactChannel::Phone), (email, ContactChannel::Email), (messaging, ContactChannel::Wechat)];
    let mut found: Vec<ContactChannel> = own.into_iter().collect();
    for (_, way) in known.into_iter().filter(|(known, _)| *known) {
        if !found.contains(&way) {
            found.push(way);
        }
    }
    found
}

/// Whether the guest forbade a way: the newest word on it counts. Without any word it is allowed, as whoever complains
/// expects an answer.
fn is_forbidden(complaint: &Complaint, consents: &[Consent], way: ContactChannel) -> bool {
    let channel = match way {
        ContactChannel::Phone => ConsentChannel::Phone,
        ContactChannel::Email => ConsentChannel::Email,
        ContactChannel::Sms => ConsentChannel::Sms,
        ContactChannel::Letter => ConsentChannel::Post,
        ContactChannel::Wechat | ContactChannel::App => ConsentChannel::Messaging,
        ContactChannel::InPerson | ContactChannel::RatingLink => return false,
    };
    consents
        .iter()
        .filter(|one| one.hotel_id.is_none_or(|hotel| hotel == complaint.hotel_id))
        .find(|one| one.channel.is_none_or(|only| only == channel))
        .is_some_and(|one| one.status == ConsentStatus::Withdrawn)
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
