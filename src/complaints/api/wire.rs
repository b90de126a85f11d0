//! What clients send of complaints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::complaint_settings::model::{CauseCategory, FailureOrigin, Priority};
use crate::complaints::model::{
    ComplaintChannel, Contact, Dispute, DisputeBody, ExternalRef, Reporter, ReporterKind, Severity,
};
use crate::kit::patch::Patch;

/// Largest body with the words of a guest, in bytes: 50,000 characters, each written as two escapes of six bytes.
pub(super) const LONG_BODY: usize = 704 * 1024;

/// Text on one line: no control characters at all.
pub(super) fn one_line(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let error = validator::ValidationError::new("single_line");
        return Err(error.with_message("must be text on one line, not blank".into()));
    }
    Ok(())
}

/// Text on as many lines as it needs, but some text.
pub(super) fn some_text(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() {
        let error = validator::ValidationError::new("blank");
        return Err(error.with_message("must not be blank".into()));
    }
    Ok(())
}

/// An id of the complaint in another system; unique within the group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRef {
    /// Code of the system: lower-case letters, digits, hyphens, underscores.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", examples("helpdesk"))]
    #[validate(length(min = 1, max = 40))]
    pub system: String,
    /// Id there.
    #[schema(min_length = 1, max_length = 120, examples("T-88213"))]
    #[validate(length(min = 1, max = 120), custom(function = "one_line"))]
    pub id: String,
}

impl ComplaintRef {
    pub(super) fn of(reference: &ExternalRef) -> Self {
        Self { system: reference.system.clone(), id: reference.id.clone() }
    }
}

/// A word to find complaints by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 60, examples("VIP"))]
pub struct ComplaintTag(pub String);

/// Who told of a complaint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReporter {
    /// What they are to it.
    #[schema(examples("companion"))]
    pub kind: ReporterKind,
    /// Their name, when it is not the guest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("李女士"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub name: Option<String>,
}

impl ComplaintReporter {
    pub(super) fn of(reporter: &Reporter) -> Self {
        Self { kind: reporter.kind, name: reporter.name.clone() }
    }

    pub(super) fn read(self) -> Reporter {
        Reporter { kind: self.kind, name: self.name }
    }
}

/// How somebody without a guest profile can be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintContact {
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("李女士"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub name: Option<String>,
    /// Their telephone number, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 3, max_length = 40, examples("+8613800138000"))]
    #[validate(length(min = 3, max = 40), custom(function = "one_line"))]
    pub phone: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 3, max_length = 254, format = Email, examples("li@example.com"))]
    #[validate(length(min = 3, max = 254), custom(function = "one_line"))]
    pub email: Option<String>,
    /// Any other way, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("微信 li_2026"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub other: Option<String>,
}

impl ComplaintContact {
    pub(super) fn of(contact: &Contact) -> Self {
        let Contact { name, phone, email, other } = contact.clone();
        Self { name, phone, email, other }
    }
}

/// How a complaint is judged. What is left out is left to the routing rules, or stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintClassification {
    /// Code of what it is about.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("temperature"))]
    #[validate(length(min = 1, max = 60))]
    pub category: Option<String>,
    /// Why it happened.
    #[schema(nullable = false, examples("product_quality"))]
    pub cause_category: Option<CauseCategory>,
    /// Code of the exact cause; `null` takes it back.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("ac_not_cooling"))]
    pub sub_cause: Patch<String>,
    /// Where the failure came from; `null` takes it back.
    #[serde(default)]
    #[schema(value_type = Option<FailureOrigin>, nullable = false, required = false, examples("system_defect"))]
    pub failure_origin: Patch<FailureOrigin>,
    /// Code of the department that answers for it.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("engineering"))]
    #[validate(length(min = 1, max = 40))]
    pub department: Option<String>,
    /// Code of the department that handles it; `null` takes it back.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 40, examples("guest-relations"))]
    pub handling_department: Patch<String>,
    /// How grave it is.
    #[schema(nullable = false, examples("general"))]
    pub severity: Option<Severity>,
    /// What comes first.
    #[schema(nullable = false, examples("normal"))]
    pub priority: Option<Priority>,
    /// When it happened.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-12-20T02:00:00Z"))]
    #[validate(length(max = 40))]
    pub occurred_at: Option<String>,
}

/// A new complaint.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintCreate {
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: uuid::Uuid,
    /// How the hotel heard of it.
    #[schema(examples("front_desk"))]
    pub channel: ComplaintChannel,
    /// The guest's own words, character by character.
    #[schema(min_length = 1, max_length = 50000, examples("空调不制冷，半夜热醒了两次。"))]
    #[validate(length(min = 1, max = 50000), custom(function = "some_text"))]
    pub description: String,
    /// The matter in a line.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("空调不制冷"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub subject: Option<String>,
    /// The guest. A merged one is followed; that of the stay unless told.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Option<uuid::Uuid>,
    /// Who told of it; the guest unless told.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub reporter: Option<ComplaintReporter>,
    /// How they can be reached, where there is no guest profile.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub contact: Option<ComplaintContact>,
    /// The stay it is about: past, present or to come.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    pub stay_id: Option<uuid::Uuid>,
    /// The partner who is concerned, or tells of it.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    pub partner_id: Option<uuid::Uuid>,
    /// The room; that of the stay unless told.
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("1208"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    pub room: Option<String>,
    /// Any other place.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("大堂吧"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub location: Option<String>,
    /// The thing that failed, as the hotel numbers its things.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("AC-1208"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub asset: Option<String>,
    /// When the hotel heard of it; now unless told.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-12-20T08:30:00Z"))]
    #[validate(length(max = 40))]
    pub received_at: Option<String>,
    /// The language of the words, BCP 47.
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    pub language: Option<String>,
    /// What the guest wants.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("换房"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    pub demand: Option<String>,
    /// How the guest feels, in a word or two.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("angry"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub emotion: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    #[schema(required = false, max_items = 50, examples(json!(["VIP"])))]
    #[validate(length(max = 50))]
    pub tags: Vec<ComplaintTag>,
    /// Fields of the hotel's own.
    #[serde(default)]
    #[schema(required = false, examples(json!({"floor": "12"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, String>,
    /// Ids in other systems.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<ComplaintRef>,
    /// How it is judged, as far as that is known: a complaint told with all that is needed is recorded at once.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub classification: Option<ComplaintClassification>,
}

/// What another system says of a complaint. Members left out stay as they are; lists sent replace, references and fields
/// are added.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintDelivery {
    /// The hotel, by its id; or `hotel_code`.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: Option<uuid::Uuid>,
    /// The hotel, by its code.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("west-lake"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub hotel_code: Option<String>,
    /// How the hotel heard of it.
    #[schema(examples("front_desk"))]
    pub channel: ComplaintChannel,
    /// The guest's own words, character by character.
    #[schema(min_length = 1, max_length = 50000, examples("空调不制冷，半夜热醒了两次。"))]
    #[validate(length(min = 1, max = 50000), custom(function = "some_text"))]
    pub description: String,
    /// The matter in a line.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("空调不制冷"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub subject: Option<String>,
    /// The guest. A merged one is followed; that of the stay unless told.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Option<uuid::Uuid>,
    /// The guest's id in another system, in place of `guest_id`.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub guest_reference: Option<ComplaintRef>,
    /// Who told of it; the guest of a new one unless told.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub reporter: Option<ComplaintReporter>,
    /// How they can be reached, where there is no guest profile.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub contact: Option<ComplaintContact>,
    /// The stay it is about: past, present or to come.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    pub stay_id: Option<uuid::Uuid>,
    /// The stay's id in another system, in place of `stay_id`.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub stay_reference: Option<ComplaintRef>,
    /// The partner who is concerned, or tells of it.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    pub partner_id: Option<uuid::Uuid>,
    /// The room; that of the stay unless told.
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("1208"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    pub room: Option<String>,
    /// Any other place.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("大堂吧"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub location: Option<String>,
    /// The thing that failed, as the hotel numbers its things.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("AC-1208"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub asset: Option<String>,
    /// When the hotel heard of it; now for a new one unless told. It is told once: that of a known complaint stays.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-12-20T08:30:00Z"))]
    #[validate(length(max = 40))]
    pub received_at: Option<String>,
    /// The language of the words, BCP 47.
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    pub language: Option<String>,
    /// What the guest wants.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("换房"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    pub demand: Option<String>,
    /// How the guest feels, in a word or two.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("angry"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub emotion: Option<String>,
    /// Words to find it by.
    #[schema(nullable = false, max_items = 50, examples(json!(["VIP"])))]
    #[validate(length(max = 50))]
    pub tags: Option<Vec<ComplaintTag>>,
    /// Fields of the hotel's own.
    #[serde(default)]
    #[schema(required = false, examples(json!({"floor": "12"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, String>,
    /// Further ids in other systems; in a file the complaint's own comes first.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<ComplaintRef>,
    /// How it is judged, as far as that is known: a complaint told with all that is needed is recorded at once. It counts
    /// until somebody here has recorded the complaint.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub classification: Option<ComplaintClassification>,
}

/// A change of what is written down (JSON Merge Patch, RFC 7396): absent members stay, `null` clears, lists are replaced
/// whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintPatch {
    /// The guest; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Patch<uuid::Uuid>,
    /// Who told of it.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub reporter: Option<ComplaintReporter>,
    /// How they can be reached; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<ComplaintContact>, nullable = false, required = false)]
    pub contact: Patch<ComplaintContact>,
    /// The stay it is about; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    pub stay_id: Patch<uuid::Uuid>,
    /// The partner; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    pub partner_id: Patch<uuid::Uuid>,
    /// The room; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 20, examples("1208"))]
    pub room: Patch<String>,
    /// Any other place; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 200, examples("大堂吧"))]
    pub location: Patch<String>,
    /// The thing that failed; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("AC-1208"))]
    pub asset: Patch<String>,
    /// When it happened; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = DateTime, examples("2026-12-20T02:00:00Z"))]
    pub occurred_at: Patch<String>,
    /// How the hotel heard of it.
    #[schema(nullable = false, examples("phone"))]
    pub channel: Option<ComplaintChannel>,
    /// The language of the words, BCP 47; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    pub language: Patch<String>,
    /// The matter in a line; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 200, examples("空调不制冷"))]
    pub subject: Patch<String>,
    /// The guest's own words.
    #[schema(nullable = false, min_length = 1, max_length = 50000, examples("空调不制冷，半夜热醒了两次。"))]
    #[validate(length(min = 1, max = 50000), custom(function = "some_text"))]
    pub description: Option<String>,
    /// What the guest wants; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 2000, examples("换房"))]
    pub demand: Patch<String>,
    /// How the guest feels; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("angry"))]
    pub emotion: Patch<String>,
    /// Words to find it by.
    #[schema(nullable = false, max_items = 50, examples(json!(["VIP"])))]
    #[validate(length(max = 50))]
    pub tags: Option<Vec<ComplaintTag>>,
    /// Fields of the hotel's own to set, or to remove (`null`).
    #[serde(default)]
    #[schema(required = false, examples(json!({"floor": "12"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, Option<String>>,
    /// Ids in other systems.
    #[schema(nullable = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Option<Vec<ComplaintRef>>,
    /// Staff of the hotel who follow it beside its owner.
    #[schema(nullable = false, max_items = 50, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0b"))]
    #[validate(length(max = 50))]
    pub watcher_ids: Option<Vec<uuid::Uuid>>,
    /// That the guest takes it to somebody outside; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<ComplaintDispute>, nullable = false, required = false)]
    pub dispute: Patch<ComplaintDispute>,
}

/// That the guest takes a complaint to somebody outside the hotel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintDispute {
    /// To whom.
    #[schema(examples("hotline_12345"))]
    pub body: DisputeBody,
    /// The number it has there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 120, examples("20261220-00871"))]
    #[validate(length(min = 1, max = 120), custom(function = "one_line"))]
    pub reference: Option<String>,
    /// What the guest claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("退一赔三"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    pub claim: Option<String>,
    /// By when the hotel has to answer there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-12-27T09:00:00Z"))]
    #[validate(length(max = 40))]
    pub answer_by: Option<String>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("双方和解"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    pub outcome: Option<String>,
}

impl ComplaintDispute {
    pub(super) fn of(dispute: &Dispute) -> Self {
        let Dispute { body, reference, claim, answer_by, outcome } = dispute.clone();
        Self { body, reference, claim, answer_by: answer_by.map(|at| at.to_string()), outcome }
    }
}
