//! The guest's own verdict, given through a signed link without any login.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::complaints::aftercare;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, ComplaintStatus, ContactChannel, ContactOutcome, FollowUp};
use crate::complaints::repo;
use crate::complaints::service::{expect, get, moment, save};
use crate::db::{Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GroupId};
use crate::kit::seal::Sealer;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;

/// How long a link is good.
pub const GOOD_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The mark from which on the guest is content; the one below says neither.
const CONTENT: i32 = 4;

/// What a link is for: one round of one complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The group.
    #[serde(rename = "g")]
    pub group: GroupId,
    /// The complaint.
    #[serde(rename = "c")]
    pub complaint: ComplaintId,
    /// The round, from 0: one that was opened again asks anew.
    #[serde(rename = "r")]
    pub round: usize,
    /// Not good from then on.
    #[serde(rename = "e")]
    pub expires_at: Instant,
}

impl Invitation {
    /// The token of the link.
    pub fn seal(&self, sealer: &Sealer) -> String {
        sealer.seal(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a token; `None` when it was made elsewhere, changed, or is no longer good.
    pub fn open(token: &str, sealer: &Sealer, now: Instant) -> Option<Self> {
        let read: Self = serde_json::from_slice(&sealer.open(token)?).ok()?;
        (now < read.expires_at).then_some(read)
    }
}

/// Invites the guest to judge a complaint that is done.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::State`] when the guest cannot judge yet, or
/// did.
pub fn invite(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
) -> Result<Invitation, ComplaintError> {
    let complaint = expect(get(reads, cx, id)?, expected)?;
    let round = complaint.progress.reopened();
    let invitation = Invitation { group: cx.group, complaint: id, round, expires_at: cx.now.plus(GOOD_FOR) };
    awaits(&complaint, &invitation)?;
    Ok(invitation)
}

/// The complaint of an invitation, as it stands, and whether it is judged already.
///
/// # Errors
/// [`ComplaintError::NotFound`] when it is gone, or was opened again since.
pub fn invited(reads: &mut impl Reads, invitation: &Invitation) -> Result<(Complaint, bool), ComplaintError> {
    let found = repo::find(reads, invitation.group, invitation.complaint)?;
    let complaint = found.ok_or(ComplaintError::NotFound)?;
    let judged = complaint.progress.follow_ups.iter();
    let judged =
        judged.filter(|one| one.channel == ContactChannel::RatingLink && one.round == invitation.round);
    let judged = judged.count() > 0;
    if !judged && complaint.progress.reopened() != invitation.round {
        return Err(ComplaintError::NotFound);
    }
    Ok((complaint, judged))
}

/// Takes the guest's mark, 1 to 5, and words. 1 and 2 open the complaint again.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::State`] when the guest judged already or cannot judge.
pub fn rate(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    invitation: &Invitation,
    rating: i32,
    comment: Option<String>,
) -> Result<Complaint, ComplaintError> {
    repo::hold(tx, invitation.group, invitation.complaint)?;
    let (old, judged) = invited(tx, invitation)?;
    if judged {
        return Err(ComplaintError::State("complaint_rated"));
    }
    awaits(&old, invitation)?;
    let at = moment(cx, &old);
    let outcome = match rating {
        CONTENT.. => ContactOutcome::Satisfied,
        3 => ContactOutcome::NoOpinion,
        _ => ContactOutcome::Dissatisfied,
    };
    let mut new = old.clone();
    new.progress.last_guest_contact_at = Some(at);
    let answer = FollowUp {
        at,
        by: cx.actor.id,
        channel: ContactChannel::RatingLink,
        outcome,
        rating: Some(rating),
        comment,
        round: invitation.round,
    };
    aftercare::answered(tx, cx, &mut new, answer)?;
    save(tx, cx, "complaint.rated", &old, new, None)
}

/// Whether a complaint can be judged in a round.
fn awaits(complaint: &Complaint, invitation: &Invitation) -> Result<(), ComplaintError> {
    let done = matches!(complaint.status, ComplaintStatus::FollowingUp | ComplaintStatus::Closed);
    let judged = complaint.progress.asked().any(|one| one.channel == ContactChannel::RatingLink);
    if !done || complaint.progress.reopened() != invitation.round {
        return Err(ComplaintError::State("complaint_not_done"));
    }
    if judged { Err(ComplaintError::State("complaint_rated")) } else { Ok(()) }
}
