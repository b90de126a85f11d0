//! What a plan is: for each preference to be acted on one item, and what became of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, PlanItemId, PreferenceId, StayId};
use crate::kit::version::Version;
use crate::platform::context::Sight;
pub use crate::preferences::model::Clearance;
use crate::preferences::model::{Details, Polarity, Preference, PreferenceSeverity};
use crate::stays::model::StayStatus;

codes! {
    /// What became of an item of a plan.
    PlanItemStatus {
        /// To be done.
        Planned = "planned",
        /// Done.
        Done = "done",
        /// Could not be done; the reason is told.
        NotPossible = "not_possible",
        /// No longer asked for.
        Dropped = "dropped",
    }
}

/// What the guest prefers, as it stood when the plan was drawn last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Whether it is asked for, or against.
    pub polarity: Polarity,
    /// How badly the guest reacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<PreferenceSeverity>,
    /// How important, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importance: Option<i32>,
    /// How urgent, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<i32>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl From<&Preference> for Wish {
    fn from(preference: &Preference) -> Self {
        let Details { severity, importance, urgency, text, value, .. } = preference.details.clone();
        Self { polarity: preference.polarity, severity, importance, urgency, text, value }
    }
}

/// One item of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanItem {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: PlanItemId,
    /// The stay it is for.
    pub stay_id: StayId,
    /// The hotel of the stay.
    pub hotel_id: HotelId,
    /// The guest it is for now.
    pub guest_id: GuestId,
    /// The guest it was planned for; another one after a merge.
    pub origin_guest_id: GuestId,
    /// The preference it comes from.
    pub preference_id: PreferenceId,
    /// Code of the category.
    pub category: String,
    /// Code of the item of the catalogue, if it has one.
    pub code: Option<String>,
    /// Code of the department that acts on it.
    pub department: Option<String>,
    /// The day by which it is to be done: that of the arrival.
    pub due_on: NaiveDate,
    /// Whether it tells of health, religion or disability.
    pub sensitive: bool,
    /// What the guest prefers.
    pub wish: Wish,
    /// What became of it.
    pub status: PlanItemStatus,
    /// Why it could not be done.
    pub reason: Option<String>,
    /// When and by whom that was said.
    pub decided: Option<(Instant, ActorId)>,
    /// Its version.
    pub version: Version,
    /// When and by whom it was planned.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

/// The plan of a stay, as far as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The stay.
    pub stay_id: StayId,
    /// The hotel of the stay.
    pub hotel_id: HotelId,
    /// Grows with every change of an item; 0 before the plan was drawn with something in it.
    pub version: Version,
    /// The items, those of allergies and strong wishes first.
    pub items: Vec<PlanItem>,
}

/// What staff say of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It cannot be done, for this reason.
    NotPossible(String),
    /// It is to be done after all.
    Reopened,
}

/// Whether a stay of this status can be planned for.
pub const fn is_open(status: StayStatus) -> bool {
    matches!(status, StayStatus::Reserved | StayStatus::DueIn | StayStatus::InHouse)
}

/// Statuses of stays whose plans count for nothing: nobody came.
pub const VOID: [StayStatus; 3] = [StayStatus::Cancelled, StayStatus::NoShow, StayStatus::Deleted];

/// Whether a caller who is cleared for sensitive things there may see an item.
pub fn visible(sight: &Sight, clearance: &Clearance, item: &PlanItem) -> bool {
    sight.covers(Some(item.hotel_id)) && (!item.sensitive || clearance.reads(&[item.hotel_id]))
}

/// What must be acted on first comes first: allergies and medical needs, the worst before others; then what the guest
/// cannot do without; then by importance and urgency.
pub fn rank(category: &str, wish: &Wish) -> (u8, u8, u8, i32) {
    let grave = match category {
        "allergy" => 0,
        "medical" => 1,
        _ => 2,
    };
    let severity = match wish.severity {
        Some(PreferenceSeverity::LifeThreatening) => 0,
        Some(PreferenceSeverity::Severe) => 1,
        Some(PreferenceSeverity::Moderate) => 2,
        Some(PreferenceSeverity::Mild) => 3,
        None => 4,
    };
    let strong = match wish.polarity {
        Polarity::Must | Polarity::MustNot => 0,
        Polarity::Like | Polarity::Dislike => 1,
    };
    let priority = wish.importance.unwrap_or(3) * 10 + wish.urgency.unwrap_or(3);
    (grave, severity, strong, -priority)
}
