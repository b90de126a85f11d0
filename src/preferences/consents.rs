//! Consents of guests: what they allow to be kept of them or done with it. Model and rules.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::codes;
use crate::db::{DbResult, Reads, Tx};
use crate::guests::{repo as guest_repo, service as guests};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ConsentId, GroupId, GuestId, HotelId};
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::preferences::error::PreferenceError;
use crate::preferences::{consent_repo, repo};

codes! {
    /// What a guest consents to.
    ConsentPurpose {
        /// Preferences that tell of health, religion or disability are kept.
        SensitiveData = "sensitive_data",
        /// Offers are sent.
        Marketing = "marketing",
        /// The guest is asked for market research.
        MarketResearch = "market_research",
        /// Data is given to others.
        ThirdPartySharing = "third_party_sharing",
        /// Habits are evaluated.
        Profiling = "profiling",
        /// A photo of the guest is kept.
        GuestPhoto = "guest_photo",
        /// A copy of an identity document is kept.
        DocumentCopy = "document_copy",
        /// The guest is asked, after a complaint, whether all is well.
        ServiceFollowUp = "service_follow_up",
    }
    /// By which way the guest may be reached for a purpose.
    ConsentChannel {
        /// E-mail.
        Email = "email",
        /// Text message.
        Sms = "sms",
        /// Phone.
        Phone = "phone",
        /// Letter.
        Post = "post",
        /// Messaging service.
        Messaging = "messaging",
    }
    /// How a consent was given.
    ConsentMethod {
        /// On paper.
        Written = "written",
        /// In words.
        Spoken = "spoken",
        /// On a web page or in an app.
        Online = "online",
        /// Taken over from another system.
        Imported = "imported",
    }
    /// Where a consent stands.
    ConsentStatus {
        /// Given.
        Given = "given",
        /// Withdrawn.
        Withdrawn = "withdrawn",
    }
}

/// What is kept of how a consent was given and withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// How it was given.
    pub method: ConsentMethod,
    /// What the guest was told and agreed to, or the version of that text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// Where the proof is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Why it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<String>,
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: ConsentId,
    /// The guest who gave it.
    pub guest_id: GuestId,
    /// The guest for whom it was recorded; another one after a merge.
    pub origin_guest_id: GuestId,
    /// The hotel for which alone it is good; the whole group when absent.
    pub hotel_id: Option<HotelId>,
    /// What for.
    pub purpose: ConsentPurpose,
    /// By which way alone, if one was named.
    pub channel: Option<ConsentChannel>,
    /// Where it stands.
    pub status: ConsentStatus,
    /// When it was given.
    pub given_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// Last day on which it is good.
    pub expires_on: Option<NaiveDate>,
    /// How it was given.
    pub receipt: Receipt,
    /// Its version.
    pub version: Version,
    /// When and by whom it was recorded.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl Consent {
    /// Whether it is good on a day.
    pub fn good_on(&self, day: NaiveDate) -> bool {
        self.status == ConsentStatus::Given && self.expires_on.is_none_or(|last| last >= day)
    }
}

/// A consent of those given that is good on a day for preferences meant for some hotels (none: the whole group).
/// Where each hotel has a consent of its own, that is enough; the first is told.
pub fn covering<'c>(consents: &'c [Consent], hotels: &[HotelId], day: NaiveDate) -> Option<&'c Consent> {
    let good =
        |hotel: Option<HotelId>| move |consent: &&Consent| consent.hotel_id == hotel && consent.good_on(day);
    if let Some(whole) = consents.iter().find(good(None)) {
        return Some(whole);
    }
    let found: Option<Vec<&Consent>> =
        hotels.iter().map(|hotel| consents.iter().find(good(Some(*hotel)))).collect();
    found.and_then(|found| found.first().copied())
}

/// A consent to record.
#[derive(Debug, Clone)]
pub struct GiveConsent {
    /// See [`Consent::hotel_id`].
    pub hotel_id: Option<HotelId>,
    /// See [`Consent::purpose`].
    pub purpose: ConsentPurpose,
    /// See [`Consent::channel`].
    pub channel: Option<ConsentChannel>,
    /// When it was given; now when absent.
    pub given_at: Option<Instant>,
    /// See [`Consent::expires_on`].
    pub expires_on: Option<NaiveDate>,
    /// See [`Receipt::method`].
    pub method: ConsentMethod,
    /// See [`Receipt::wording`].
    pub wording: Option<String>,
    /// See [`Receipt::evidence`].
    pub evidence: Option<String>,
}

/// A consent the caller may see.
///
/// # Errors
/// [`PreferenceError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: ConsentId) -> Result<Consent, PreferenceError> {
    let consent = consent_repo::find(reads, cx.group, id)?.ok_or(PreferenceError::NotFound)?;
    guests::get(reads, cx, consent.guest_id)?;
    if cx.sight.covers(consent.hotel_id) { Ok(consent) } else { Err(PreferenceError::NotFound) }
}

/// The consents of a guest, newest first, after `after`.
///
/// # Errors
/// [`PreferenceError::NotFound`] for the guest.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    guest: GuestId,
    purpose: Option<ConsentPurpose>,
    after: Option<ConsentId>,
    limit: i64,
) -> Result<(Vec<Consent>, Option<ConsentId>), PreferenceError> {
    let guest = guests::resolve(reads, cx, guest)?;
    Ok(consent_repo::list(reads, cx, guest.id, purpose, after, limit)?)
}

/// What guests said of a purpose at the hotels the caller may see, by guest, newest first, in one query.
///
/// # Errors
/// When the database fails.
pub fn said(
    reads: &mut impl Reads,
    cx: &Ctx,
    guests: &[GuestId],
    purpose: ConsentPurpose,
) -> DbResult<HashMap<GuestId, Vec<Consent>>> {
    consent_repo::said(reads, cx, guests, purpose)
}

/// Records a consent. A merged guest's goes to the one it became part of.
///
/// # Errors
/// [`PreferenceError::NotFound`], [`PreferenceError::Invalid`] for an unknown hotel or an impossible time.
pub fn give(tx: &mut Tx<'_>, cx: &Ctx, guest: GuestId, new: GiveConsent) -> Result<Consent, PreferenceError> {
    let reached = guests::resolve(tx, cx, guest)?;
    if let Some(hotel) = new.hotel_id
        && (!cx.sight.covers(Some(hotel)) || !guest_repo::hotel_exists(tx, cx.group, hotel)?)
    {
        return Err(PreferenceError::invalid_at(
            "/hotel_id",
            "unknown_reference",
            "is not a hotel you can see",
        ));
    }
    let GiveConsent { hotel_id, purpose, channel, given_at, expires_on, method, wording, evidence } = new;
    let given_at = given_at.unwrap_or(cx.now);
    if given_at > cx.now {
        return Err(PreferenceError::invalid_at("/given_at", "future", "must not lie in the future"));
    }
    if expires_on.is_some_and(|last| last < given_at.to_utc().date_naive()) {
        return Err(PreferenceError::invalid_at("/expires_on", "period", "must not lie before given_at"));
    }
    let stamp = (cx.now, cx.actor.id);
    let consent = Consent {
        group: cx.group,
        id: cx.new_id(),
        guest_id: reached.id,
        origin_guest_id: guest,
        hotel_id,
        purpose,
        channel,
        status: ConsentStatus::Given,
        given_at,
        withdrawn_at: None,
        expires_on,
        receipt: Receipt { method, wording, evidence, withdrawal_reason: None },
        version: 1,
        created: stamp,
        updated: stamp,
    };
    consent_repo::insert(tx, &consent)?;
    moved(tx, cx, &consent)?;
    let hotel = hotel_id.or(reached.profile.private_to_hotel_id);
    record(tx, cx, change("consent.given", hotel, None, &consent))?;
    Ok(consent)
}

/// Withdraws a consent: from now on. What was kept by it stays in the history, but is no longer acted on.
///
/// # Errors
/// [`PreferenceError::NotFound`], [`PreferenceError::Stale`], [`PreferenceError::State`] when it was withdrawn.
pub fn withdraw(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ConsentId,
    expected: &Expected,
    reason: Option<String>,
) -> Result<Consent, PreferenceError> {
    let old = get(tx, cx, id)?;
    if !expected.allows(old.version) {
        return Err(PreferenceError::Stale);
    }
    if old.status == ConsentStatus::Withdrawn {
        return Err(PreferenceError::State("consent_withdrawn"));
    }
    let at = cx.after(old.updated.0);
    let mut new = old.clone();
    new.status = ConsentStatus::Withdrawn;
    new.withdrawn_at = Some(at);
    new.receipt.withdrawal_reason = reason;
    new.version += 1;
    new.updated = (at, cx.actor.id);
    if !consent_repo::replace(tx, &old, &new)? {
        return Err(PreferenceError::Stale);
    }
    moved(tx, cx, &new)?;
    let guest = guests::get(tx, cx, new.guest_id)?;
    let hotel = new.hotel_id.or(guest.profile.private_to_hotel_id);
    record(tx, cx, change("consent.withdrawn", hotel, Some(&old), &new))?;
    Ok(new)
}

/// How sensitive preferences stand changes with the consent, so that their set does.
fn moved(tx: &mut Tx<'_>, cx: &Ctx, consent: &Consent) -> Result<(), PreferenceError> {
    if consent.purpose == ConsentPurpose::SensitiveData {
        repo::hold_sets(tx, cx.group, &[consent.guest_id])?;
    }
    Ok(())
}

fn change(action: &'static str, hotel: Option<HotelId>, before: Option<&Consent>, after: &Consent) -> Change {
    Change {
        action,
        subject_kind: "consent",
        subject_id: after.id.0,
        version: after.version,
        hotel,
        at: after.updated.0,
        before: before.map(document),
        after: Some(document(after)),
    }
}

/// The consent as log and feed keep it.
fn document(consent: &Consent) -> Value {
    let mut value = json!({
        "guest_id": consent.guest_id, "purpose": consent.purpose, "status": consent.status,
        "given_at": consent.given_at, "method": consent.receipt.method,
    });
    if let Some(members) = value.as_object_mut() {
        members.extend(consent.hotel_id.map(|hotel| ("hotel_id".to_owned(), json!(hotel))));
        members.extend(consent.channel.map(|channel| ("channel".to_owned(), json!(channel))));
        members.extend(consent.expires_on.map(|day| ("expires_on".to_owned(), json!(day))));
        members.extend(consent.withdrawn_at.map(|at| ("withdrawn_at".to_owned(), json!(at))));
        members.extend(consent.receipt.wording.clone().map(|text| ("wording".to_owned(), json!(text))));
    }
    value
}
