//! Preferences: the domain types.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ConsentId, GroupId, GuestId, HotelId, PreferenceId};
use crate::kit::patch::Patch;
use crate::kit::version::Version;
use crate::platform::context::Sight;

codes! {
    /// Whether something is wished for or to be kept away, and how strongly.
    Polarity {
        /// Wished for.
        Like = "like",
        /// Better not.
        Dislike = "dislike",
        /// Needed in any case.
        Must = "must",
        /// Never.
        MustNot = "must_not",
    }
    /// Which class of needs a preference belongs to.
    NeedClass {
        /// What every guest expects.
        Basic = "basic",
        /// Quality.
        Quality = "quality",
        /// Price.
        Price = "price",
        /// Service.
        Service = "service",
        /// What only this guest needs.
        Personalised = "personalised",
    }
    /// How a preference came to be known.
    PreferenceSource {
        /// The guest said so.
        Stated = "stated",
        /// Staff saw it.
        Observed = "observed",
        /// Concluded from something else.
        Inferred = "inferred",
        /// Taken over from another system.
        Imported = "imported",
    }
    /// How badly a guest reacts, for allergies and medical needs.
    PreferenceSeverity {
        /// Unpleasant.
        Mild = "mild",
        /// Needs attention.
        Moderate = "moderate",
        /// Needs a doctor.
        Severe = "severe",
        /// May kill.
        LifeThreatening = "life_threatening",
    }
    /// What a preference was learnt from.
    EvidenceKind {
        /// A note.
        Note = "note",
        /// A stay.
        Stay = "stay",
        /// A complaint.
        Complaint = "complaint",
    }
    /// Where a preference stands in its life.
    PreferenceStatus {
        /// In use.
        Active = "active",
        /// Taken away; stays in the history.
        Removed = "removed",
    }
    /// What a sensitive preference tells about a guest.
    SensitiveKind {
        /// Health.
        Health = "health",
        /// Religion.
        Religion = "religion",
        /// Disability.
        Disability = "disability",
    }
    /// What a preference of an item says beside the item itself.
    PreferenceValueKind {
        /// Nothing.
        None = "none",
        /// Some words.
        Text = "text",
        /// A number.
        Number = "number",
        /// One of the item's choices.
        Choice = "choice",
    }
    /// How a preference stands on a day.
    PreferenceStanding {
        /// To be acted on.
        Effective = "effective",
        /// Not yet valid.
        Upcoming = "upcoming",
        /// No longer valid.
        Expired = "expired",
        /// Sensitive, and the guest's consent was withdrawn or ran out.
        WithoutConsent = "without_consent",
        /// Taken away.
        Removed = "removed",
    }
}

impl Polarity {
    /// Whether it asks for something, rather than against it.
    pub const fn wants(self) -> bool {
        matches!(self, Self::Like | Self::Must)
    }
}

/// Where a preference was learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Its id, here or in the system it came from.
    pub id: String,
}

/// All that is said of a preference beside what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Words: the preference itself where no code fits, else more about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The value, as the item's value kind asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// For allergies and medical needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<PreferenceSeverity>,
    /// Class of needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need_class: Option<NeedClass>,
    /// How important to the guest, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importance: Option<i32>,
    /// How urgent, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<i32>,
    /// How it came to be known.
    pub source: PreferenceSource,
    /// What it was learnt from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How sure it is, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<i32>,
    /// First day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// The hotels for which it holds; the whole group when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hotel_ids: Vec<HotelId>,
    /// Whether it tells of health, religion or disability. What the catalogue says is so is so in any case.
    #[serde(default)]
    pub sensitive: bool,
    /// A word among staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Details {
    /// Nothing but how it came to be known.
    pub const fn from_source(source: PreferenceSource) -> Self {
        Self {
            text: None,
            value: None,
            severity: None,
            need_class: None,
            importance: None,
            urgency: None,
            source,
            evidence: None,
            confidence: None,
            valid_from: None,
            valid_until: None,
            hotel_ids: Vec::new(),
            sensitive: false,
            comment: None,
        }
    }
}

/// A preference of a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: PreferenceId,
    /// The guest it is about now.
    pub guest_id: GuestId,
    /// The guest it was recorded for; another one after a merge.
    pub origin_guest_id: GuestId,
    /// Code of its category.
    pub category: String,
    /// Code of its item; absent when it is told in words.
    pub code: Option<String>,
    /// Whether it asks for it or against it.
    pub polarity: Polarity,
    /// All else that is said of it.
    pub details: Details,
    /// The consent under which a sensitive one was recorded.
    pub consent_id: Option<ConsentId>,
    /// Where it stands in its life.
    pub status: PreferenceStatus,
    /// Its version.
    pub version: Version,
    /// When and by whom it was recorded.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl Preference {
    /// Whether it holds on at least one day from `from` to `until`, both included.
    pub fn valid_within(&self, from: NaiveDate, until: NaiveDate) -> bool {
        self.details.valid_from.is_none_or(|first| first <= until)
            && self.details.valid_until.is_none_or(|last| last >= from)
    }

    /// Whether it is over on a day.
    pub fn expired_on(&self, day: NaiveDate) -> bool {
        self.details.valid_until.is_some_and(|last| last < day)
    }

    /// Whether it holds at a hotel.
    pub fn holds_at(&self, hotel: HotelId) -> bool {
        self.details.hotel_ids.is_empty() || self.details.hotel_ids.contains(&hotel)
    }

    /// Importance times urgency, where both are known.
    pub fn priority(&self) -> Option<i32> {
        self.details.importance.zip(self.details.urgency).map(|(importance, urgency)| importance * urgency)
    }
}

/// A new preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPreference {
    /// Code of its category; that of the item when absent.
    pub category: Option<String>,
    /// Code of its item; absent when it is told in words.
    pub code: Option<String>,
    /// Whether it asks for it or against it.
    pub polarity: Polarity,
    /// All else that is said of it.
    pub details: Details,
}

/// A change of a preference.
#[derive(Debug, Clone, Default)]
pub struct PreferencePatch {
    /// See [`Preference::polarity`].
    pub polarity: Option<Polarity>,
    /// See [`Details::text`].
    pub text: Patch<String>,
    /// See [`Details::value`].
    pub value: Patch<String>,
    /// See [`Details::severity`].
    pub severity: Patch<PreferenceSeverity>,
    /// See [`Details::need_class`].
    pub need_class: Patch<NeedClass>,
    /// See [`Details::importance`].
    pub importance: Patch<i32>,
    /// See [`Details::urgency`].
    pub urgency: Patch<i32>,
    /// See [`Details::source`].
    pub source: Option<PreferenceSource>,
    /// See [`Details::evidence`].
    pub evidence: Patch<Evidence>,
    /// See [`Details::confidence`].
    pub confidence: Patch<i32>,
    /// See [`Details::valid_from`].
    pub valid_from: Patch<NaiveDate>,
    /// See [`Details::valid_until`].
    pub valid_until: Patch<NaiveDate>,
    /// See [`Details::hotel_ids`].
    pub hotel_ids: Patch<Vec<HotelId>>,
    /// See [`Details::sensitive`].
    pub sensitive: Option<bool>,
    /// See [`Details::comment`].
    pub comment: Patch<String>,
}

/// Where the caller may read and write sensitive preferences; nowhere when absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance(pub Option<Sight>);

impl Clearance {
    /// Whether a sensitive preference that holds for these hotels (none: the whole group) may be read.
    pub fn reads(&self, hotels: &[HotelId]) -> bool {
        self.0.as_ref().is_some_and(|sight| seen(sight, hotels))
    }

    /// Whether a sensitive preference may be written for these hotels.
    pub fn writes(&self, hotels: &[HotelId]) -> bool {
        self.0.as_ref().is_some_and(|sight| hotels.iter().all(|hotel| sight.covers(Some(*hotel))))
    }
}

/// Whether something that holds for these hotels (none: the whole group) may be seen.
pub fn seen(sight: &Sight, hotels: &[HotelId]) -> bool {
    hotels.is_empty() || hotels.iter().any(|hotel| sight.covers(Some(*hotel)))
}

/// Which preferences a list shows beside those in use.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PreferenceFilter {
    /// Only this category.
    pub category: Option<String>,
    /// Those no longer valid, too.
    pub expired: bool,
    /// Those taken away, too.
    pub removed: bool,
}
