//! Preferences as clients send and see them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::kit::patch::Patch;
use crate::preferences::model::{
    Details, Evidence, EvidenceKind, NeedClass, NewPreference, Polarity, Preference, PreferencePatch,
    PreferenceSeverity, PreferenceSource, PreferenceStanding, PreferenceStatus,
};
use crate::web::input::{Input, date_of};

/// What a preference was learnt from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreferenceEvidence {
    /// What it is.
    #[schema(examples("note"))]
    pub kind: EvidenceKind,
    /// Its id, here or in the system it came from.
    #[schema(min_length = 1, max_length = 120, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"))]
    #[validate(length(min = 1, max = 120))]
    pub id: String,
}

impl From<PreferenceEvidence> for Evidence {
    fn from(sent: PreferenceEvidence) -> Self {
        Self { kind: sent.kind, id: sent.id }
    }
}

/// A preference of a guest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestPreference)]
pub struct PreferenceView {
    /// Id of the preference.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    pub id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// The guest it is about.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: uuid::Uuid,
    /// Code of its category in the preference catalogue.
    #[schema(max_length = 60, examples("room"))]
    pub category: String,
    /// Code of its item in the preference catalogue; absent when it is told in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("high_floor"))]
    pub code: Option<String>,
    /// Whether it is wished for or to be kept away, and how strongly.
    #[schema(examples("like"))]
    pub polarity: Polarity,
    /// The preference in words, or more about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, examples("十楼以上"))]
    pub text: Option<String>,
    /// Value, as the item's value kind asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("22"))]
    pub value: Option<String>,
    /// How badly the guest reacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("severe"))]
    pub severity: Option<PreferenceSeverity>,
    /// Class of needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("personalised"))]
    pub need_class: Option<NeedClass>,
    /// How important to the guest, 5 being the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(4))]
    pub importance: Option<i32>,
    /// How urgent, 5 being the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(3))]
    pub urgency: Option<i32>,
    /// Importance times urgency, where both are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 25, examples(12))]
    pub priority: Option<i32>,
    /// How it came to be known.
    #[schema(examples("stated"))]
    pub source: PreferenceSource,
    /// What it was learnt from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub evidence: Option<PreferenceEvidence>,
    /// How sure it is, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100, examples(90))]
    pub confidence: Option<i32>,
    /// First day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-12-01"))]
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2027-11-30"))]
    pub valid_until: Option<NaiveDate>,
    /// The hotels for which it holds; the whole group when there are none.
    #[schema(max_items = 50)]
    pub hotel_ids: Vec<uuid::Uuid>,
    /// Whether it tells of health, religion or disability, and is shown only to those with the scope
    /// `preferences:sensitive`.
    #[schema(examples(false))]
    pub sensitive: bool,
    /// The consent under which a sensitive one was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"))]
    pub consent_id: Option<uuid::Uuid>,
    /// A word among staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, examples("2025 年国庆入住时提到"))]
    pub comment: Option<String>,
    /// Where it stands in its life.
    #[schema(examples("active"))]
    pub status: PreferenceStatus,
    /// How it stands today, in the guest's set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("effective"))]
    pub standing: Option<PreferenceStanding>,
    /// When it was recorded.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub created_at: String,
    /// Who recorded it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub updated_by: uuid::Uuid,
}

impl From<&Preference> for PreferenceView {
    fn from(preference: &Preference) -> Self {
        let priority = preference.priority();
        let Preference {
            group: _,
            id,
            guest_id,
            origin_guest_id: _,
            category,
            code,
            polarity,
            details,
            consent_id,
            status,
            version,
            created,
            updated,
        } = preference.clone();
        let Details {
            text,
            value,
            severity,
            need_class,
            importance,
            urgency,
            source,
            evidence,
            confidence,
            valid_from,
            valid_until,
            hotel_ids,
            sensitive,
            comment,
        } = details;
        Self {
            id: id.0,
            version,
            guest_id: guest_id.0,
            category,
            code,
            polarity,
            text,
            value,
            severity,
            need_class,
            importance,
            urgency,
            priority,
            source,
            evidence: evidence.map(|of| PreferenceEvidence { kind: of.kind, id: of.id }),
            confidence,
            valid_from,
            valid_until,
            hotel_ids: hotel_ids.into_iter().map(Into::into).collect(),
            sensitive,
            consent_id: consent_id.map(Into::into),
            comment,
            status,
            standing: None,
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

/// A preference to record.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestPreferenceCreate {
    /// Code of the category; that of the code when absent.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("room"))]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// Code of the item; absent when it is told in words.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("high_floor"))]
    #[validate(length(min = 1, max = 60))]
    code: Option<String>,
    /// Whether it is wished for or to be kept away, and how strongly.
    #[schema(examples("like"))]
    polarity: Polarity,
    /// The preference in words, needed where there is no code, or more about it.
    #[schema(nullable = false, min_length = 1, max_length = 1000, examples("十楼以上"))]
    #[validate(length(min = 1, max = 1000))]
    text: Option<String>,
    /// Value, as the item's value kind asks.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("22"))]
    #[validate(length(min = 1, max = 200))]
    value: Option<String>,
    /// How badly the guest reacts; for allergies and medical needs.
    #[schema(nullable = false, examples("severe"))]
    severity: Option<PreferenceSeverity>,
    /// Class of needs.
    #[schema(nullable = false, examples("personalised"))]
    need_class: Option<NeedClass>,
    /// How important to the guest, 5 being the most.
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(4))]
    #[validate(range(min = 1, max = 5))]
    importance: Option<i32>,
    /// How urgent, 5 being the most.
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(3))]
    #[validate(range(min = 1, max = 5))]
    urgency: Option<i32>,
    /// How it came to be known; `stated` unless told.
    #[schema(nullable = false, examples("stated"))]
    source: Option<PreferenceSource>,
    /// What it was learnt from.
    #[schema(nullable = false)]
    #[validate(nested)]
    evidence: Option<PreferenceEvidence>,
    /// How sure it is, in percent.
    #[schema(nullable = false, minimum = 0, maximum = 100, examples(90))]
    #[validate(range(min = 0, max = 100))]
    confidence: Option<i32>,
    /// First day on which it holds.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-01"))]
    valid_from: Option<String>,
    /// Last day on which it holds.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2027-11-30"))]
    valid_until: Option<String>,
    /// The hotels for which it holds; the whole group when there are none.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>, required = false, max_items = 50)]
    #[validate(length(max = 50))]
    hotel_ids: Vec<String>,
    /// Whether it tells of health, religion or disability. What the catalogue says is so is so in any case.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    sensitive: bool,
    /// A word among staff.
    #[schema(nullable = false, min_length = 1, max_length = 1000, examples("2025 年国庆入住时提到"))]
    #[validate(length(min = 1, max = 1000))]
    comment: Option<String>,
}

fn day(faults: &mut Faults, member: &str, text: Option<String>) -> Option<NaiveDate> {
    text.and_then(|text| faults.at(member, |faults| date_of(faults, &text)))
}

/// Ids of hotels; what cannot be an id is noted.
fn hotels(faults: &mut Faults, sent: Vec<String>) -> Vec<HotelId> {
    let mut found = Vec::new();
    for (at, text) in sent.into_iter().enumerate() {
        match text.parse() {
            Ok(id) => found.push(id),
            Err(_) => faults.at("hotel_ids", |faults| {
                faults.at(at, |faults| faults.add("unknown_reference", "is not a hotel you can see"));
            }),
        }
    }
    found
}

impl GuestPreferenceCreate {
    /// The preference; every fault is noted below the member being checked.
    pub fn parse(self, faults: &mut Faults) -> NewPreference {
        let Self {
            category,
            code,
            polarity,
            text,
            value,
            severity,
            need_class,
            importance,
            urgency,
            source,
            evidence,
            confidence,
            valid_from,
            valid_until,
            hotel_ids,
            sensitive,
            comment,
        } = self;
        let details = Details {
            text,
            value,
            severity,
            need_class,
            importance,
            urgency,
            source: source.unwrap_or(PreferenceSource::Stated),
            evidence: evidence.map(Into::into),
            confidence,
            valid_from: day(faults, "valid_from", valid_from),
            valid_until: day(faults, "valid_until", valid_until),
            hotel_ids: hotels(faults, hotel_ids),
            sensitive,
            comment,
        };
        NewPreference { category, code, polarity, details }
    }
}

impl Input for GuestPreferenceCreate {
    type Command = NewPreference;

    fn check(self, faults: &mut Faults) -> Option<NewPreference> {
        Some(self.parse(faults))
    }
}

/// A change of a preference (JSON Merge Patch): absent members stay, `null` clears. What it is about stays: another
/// category or code is another preference.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestPreferencePatch {
    /// Whether it is wished for or to be kept away, and how strongly.
    #[schema(nullable = false, examples("must"))]
    polarity: Option<Polarity>,
    /// The preference in words, or more about it; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 1000, examples("十楼以上"))]
    text: Patch<String>,
    /// Value, as the item's value kind asks; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 200, examples("22"))]
    value: Patch<String>,
    /// How badly the guest reacts; for allergies and medical needs.
    #[serde(default)]
    #[schema(value_type = Option<PreferenceSeverity>, nullable = false, required = false, examples("severe"))]
    severity: Patch<PreferenceSeverity>,
    /// Class of needs.
    #[serde(default)]
    #[schema(value_type = Option<NeedClass>, nullable = false, required = false, examples("personalised"))]
    need_class: Patch<NeedClass>,
    /// How important to the guest, 5 being the most; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<i32>, required = false, minimum = 1, maximum = 5, examples(4))]
    importance: Patch<i32>,
    /// How urgent, 5 being the most; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<i32>, required = false, minimum = 1, maximum = 5, examples(3))]
    urgency: Patch<i32>,
    /// How it came to be known.
    #[schema(nullable = false, examples("stated"))]
    source: Option<PreferenceSource>,
    /// What it was learnt from.
    #[serde(default)]
    #[schema(value_type = Option<PreferenceEvidence>, nullable = false, required = false)]
    evidence: Patch<PreferenceEvidence>,
    /// How sure it is, in percent; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<i32>, required = false, minimum = 0, maximum = 100, examples(90))]
    confidence: Patch<i32>,
    /// First day on which it holds; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = Date, examples("2026-12-01"))]
    valid_from: Patch<String>,
    /// Last day on which it holds; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = Date, examples("2027-11-30"))]
    valid_until: Patch<String>,
    /// The hotels for which it holds; the whole group when there are none.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, nullable = false, max_items = 50)]
    #[validate(length(max = 50))]
    hotel_ids: Option<Vec<String>>,
    /// Whether it tells of health, religion or disability. What the catalogue says is so is so in any case.
    #[schema(nullable = false, examples(false))]
    sensitive: Option<bool>,
    /// A word among staff; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 1000, examples("老客人"))]
    comment: Patch<String>,
}

fn bounded(faults: &mut Faults, member: &str, text: &Patch<String>, longest: usize) {
    if text.value().is_some_and(|text| !(1..=longest).contains(&text.chars().count())) {
        faults.at(member, |f| f.add("length", format!("must have 1 to {longest} characters")));
    }
}

fn within(faults: &mut Faults, member: &str, number: &Patch<i32>, least: i32, most: i32) {
    if number.value().is_some_and(|number| !(least..=most).contains(number)) {
        faults.at(member, |f| f.add("range", format!("must be {least} to {most}")));
    }
}

fn patched_day(faults: &mut Faults, member: &str, sent: Patch<String>) -> Patch<NaiveDate> {
    match sent {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(text) => day(faults, member, Some(text)).map_or(Patch::Absent, Patch::Value),
    }
}

impl Input for GuestPreferencePatch {
    type Command = PreferencePatch;

    fn check(self, faults: &mut Faults) -> Option<PreferencePatch> {
        bounded(faults, "text", &self.text, 1000);
        bounded(faults, "value", &self.value, 200);
        bounded(faults, "comment", &self.comment, 1000);
        within(faults, "importance", &self.importance, 1, 5);
        within(faults, "urgency", &self.urgency, 1, 5);
        within(faults, "confidence", &self.confidence, 0, 100);
        let evidence = match self.evidence {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(sent) => {
                if !(1..=120).contains(&sent.id.chars().count()) {
                    faults.at("evidence/id", |f| f.add("length", "must have 1 to 120 characters"));
                }
                Patch::Value(sent.into())
            }
        };
        Some(PreferencePatch {
            polarity: self.polarity,
            text: self.text,
            value: self.value,
            severity: self.severity,
            need_class: self.need_class,
            importance: self.importance,
            urgency: self.urgency,
            source: self.source,
            evidence,
            confidence: self.confidence,
            valid_from: patched_day(faults, "valid_from", self.valid_from),
            valid_until: patched_day(faults, "valid_until", self.valid_until),
            hotel_ids: self.hotel_ids.map_or(Patch::Absent, |sent| Patch::Value(hotels(faults, sent))),
            sensitive: self.sensitive,
            comment: self.comment,
        })
    }
}

/// A preference for examples.
pub fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "version": 1, "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f",
        "category": "room", "code": "high_floor", "polarity": "like", "text": "十楼以上", "importance": 4, "urgency": 3,
        "priority": 12, "source": "stated", "confidence": 90, "hotel_ids": [], "sensitive": false, "status": "active",
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}
