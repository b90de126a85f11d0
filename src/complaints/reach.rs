//! By which ways the guest of a complaint can be reached, and which of them the guest has forbidden.

use std::collections::HashMap;

use crate::complaints::aftercare::AftercareBar;
use crate::complaints::model::{Complaint, ComplaintChannel, ContactChannel};
use crate::db::{DbResult, Reads};
use crate::guests;
use crate::guests::model::Guest;
use crate::kit::ids::GuestId;
use crate::platform::context::Ctx;
use crate::preferences::consents::{self, Consent, ConsentChannel, ConsentPurpose, ConsentStatus};

/// The guests of some complaints and what they said about being asked, the newest word first.
#[derive(Debug, Default)]
pub struct Wishes {
    guests: HashMap<GuestId, Guest>,
    said: HashMap<GuestId, Vec<Consent>>,
}

impl Wishes {
    /// Looks them up: two queries, however many complaints.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load<'c>(
        reads: &mut impl Reads,
        cx: &Ctx,
        complaints: impl Iterator<Item = &'c Complaint>,
    ) -> DbResult<Self> {
        let mut ids: Vec<GuestId> =
            complaints.filter_map(|one| one.facts.guest.map(|guest| guest.id)).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let guests = guests::repo::find_many(reads, cx.group, &ids)?;
        let said = consents::said(reads, cx, &ids, ConsentPurpose::ServiceFollowUp)?;
        Ok(Self { guests, said })
    }

    /// The guest of a complaint.
    pub fn guest(&self, complaint: &Complaint) -> Option<&Guest> {
        self.guests.get(&complaint.facts.guest?.id)
    }

    /// What the guest of a complaint said.
    pub fn said(&self, complaint: &Complaint) -> &[Consent] {
        let guest = complaint.facts.guest.map(|guest| guest.id);
        guest.and_then(|guest| self.said.get(&guest)).map_or(&[], Vec::as_slice)
    }
}

/// The way by which somebody who complained is reached: the one that is wanted, else the first one they have not forbidden.
/// `Ok(None)` is a way that is none of the channels, told in words in the complaint.
///
/// # Errors
/// Why there is none.
pub fn way(
    complaint: &Complaint,
    guest: Option<&Guest>,
    said: &[Consent],
    wanted: Option<ContactChannel>,
) -> Result<Option<ContactChannel>, AftercareBar> {
    let mut ways = ways(complaint, guest);
    if let Some(wanted) = wanted {
        let known = has(complaint, guest, wanted) && !ways.is_empty();
        ways = known.then_some(Some(wanted)).into_iter().collect();
    }
    if ways.is_empty() {
        return Err(AftercareBar::NoContact);
    }
    let allowed = ways.into_iter().find(|way| !is_forbidden(complaint, said, *way));
    allowed.ok_or(AftercareBar::NoConsent)
}

/// The ways by which somebody can be reached, the one by which they complained first; `None` is a way that is none of the
/// channels.
fn ways(complaint: &Complaint, guest: Option<&Guest>) -> Vec<Option<ContactChannel>> {
    let own = match complaint.facts.channel {
        ComplaintChannel::Email | ComplaintChannel::Web => Some(ContactChannel::Email),
        ComplaintChannel::Wechat => Some(ContactChannel::Wechat),
        ComplaintChannel::App => Some(ContactChannel::App),
        ComplaintChannel::Letter => Some(ContactChannel::Letter),
        _ => None,
    };
    let own = own.filter(|way| has(complaint, guest, *way));
    let messaging = guest.is_some_and(|guest| !guest.profile.messaging.is_empty());
    let addresses = guest.is_some_and(|guest| !guest.profile.addresses.is_empty());
    let known = [
        (has(complaint, guest, ContactChannel::Phone), ContactChannel::Phone),
        (has(complaint, guest, ContactChannel::Email), ContactChannel::Email),
        (messaging, ContactChannel::Wechat),
        (addresses, ContactChannel::Letter),
    ];
    let mut found: Vec<Option<ContactChannel>> = own.into_iter().map(Some).collect();
    for (_, way) in known.into_iter().filter(|(known, _)| *known) {
        if !found.contains(&Some(way)) {
            found.push(Some(way));
        }
    }
    if found.is_empty() && complaint.facts.contact.as_ref().is_some_and(|one| one.other.is_some()) {
        found.push(None);
    }
    found
}

/// Whether it is known how to reach somebody by a way. Face to face and by a link anybody can be who can be reached at
/// all. What is told in words may be an account or an address.
fn has(complaint: &Complaint, guest: Option<&Guest>, way: ContactChannel) -> bool {
    let contact = complaint.facts.contact.as_ref();
    let profile = guest.map(|guest| &guest.profile);
    let other = contact.is_some_and(|one| one.other.is_some());
    match way {
        ContactChannel::Phone | ContactChannel::Sms => {
            contact.is_some_and(|one| one.phone.is_some())
                || profile.is_some_and(|profile| !profile.phones.is_empty())
        }
        ContactChannel::Email => {
            contact.is_some_and(|one| one.email.is_some())
                || profile.is_some_and(|profile| !profile.emails.is_empty())
        }
        ContactChannel::Wechat => other || profile.is_some_and(|profile| !profile.messaging.is_empty()),
        ContactChannel::Letter => other || profile.is_some_and(|profile| !profile.addresses.is_empty()),
        ContactChannel::App => guest.is_some(),
        ContactChannel::InPerson | ContactChannel::RatingLink => true,
    }
}

/// Whether the guest forbade a way: the newest word on it counts. Without any word it is allowed, as whoever complains
/// expects an answer.
fn is_forbidden(complaint: &Complaint, said: &[Consent], way: Option<ContactChannel>) -> bool {
    let channel = match way {
        Some(ContactChannel::Phone) => Some(ConsentChannel::Phone),
        Some(ContactChannel::Email) => Some(ConsentChannel::Email),
        Some(ContactChannel::Sms) => Some(ConsentChannel::Sms),
        Some(ContactChannel::Letter) => Some(ConsentChannel::Post),
        Some(ContactChannel::Wechat | ContactChannel::App) => Some(ConsentChannel::Messaging),
        Some(ContactChannel::InPerson | ContactChannel::RatingLink) => return false,
        None => None,
    };
    said.iter()
        .filter(|one| one.hotel_id.is_none_or(|hotel| hotel == complaint.hotel_id))
        .find(|one| one.channel.is_none_or(|only| Some(only) == channel))
        .is_some_and(|one| one.status == ConsentStatus::Withdrawn)
}
