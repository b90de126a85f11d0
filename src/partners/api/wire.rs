//! What clients send and see of partners.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::patch::Patch;
use crate::partners::model::{self, Partner, PartnerNameType, PartnerProfile, PartnerStatus, PartnerType};

/// Text on one line: no control characters at all.
fn one_line(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let error = validator::ValidationError::new("single_line");
        return Err(error.with_message("must be text on one line, not blank".into()));
    }
    Ok(())
}

fn primary() -> PartnerNameType {
    PartnerNameType::Primary
}

/// One name of a partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PartnerName {
    /// The name.
    #[schema(min_length = 1, max_length = 200, examples("携程旅行网"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub text: String,
    /// What the name is used for; `primary` unless told. The first primary name is the one shown.
    #[serde(default = "primary")]
    #[schema(required = false, examples("primary"))]
    pub name_type: PartnerNameType,
    /// Script, ISO 15924.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 4, max_length = 4, examples("Hani"))]
    #[validate(length(min = 4, max = 4))]
    pub script: Option<String>,
    /// Language, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    pub language: Option<String>,
}

/// Id of a partner in another system; unique within the group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PartnerRef {
    /// Code of the system.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", examples("pms"))]
    #[validate(length(min = 1, max = 40))]
    pub system: String,
    /// Id of the partner there.
    #[schema(min_length = 1, max_length = 120, examples("agent-9"))]
    #[validate(length(min = 1, max = 120), custom(function = "one_line"))]
    pub id: String,
}

/// What is recorded of a partner.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PartnerCreate {
    /// What the partner does.
    #[serde(rename = "type")]
    #[schema(examples("ota"))]
    pub kind: PartnerType,
    /// The group's own code for the partner; unique among those in use.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("CTRIP"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub code: Option<String>,
    /// Names; the first primary one is shown.
    #[schema(min_items = 1, max_items = 20)]
    #[validate(length(min = 1, max = 20), nested)]
    pub names: Vec<PartnerName>,
    /// Page on the web, `http` or `https`.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("https://www.trip.com/"))]
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    pub website: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[schema(nullable = false, min_length = 2, max_length = 2, examples("CN"))]
    #[validate(length(min = 2, max = 2))]
    pub country: Option<String>,
    /// What staff should know of the partner.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("月结，每月 5 日前对账。"))]
    #[validate(length(min = 1, max = 2000))]
    pub notes: Option<String>,
    /// Ids of the partner in other systems.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<PartnerRef>,
}

/// Members of a partner to change: absent ones stay, `null` clears, lists are replaced whole.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PartnerPatch {
    /// What the partner does; cannot be cleared.
    #[serde(rename = "type", default)]
    #[schema(nullable = false, required = false, examples("ota"))]
    pub kind: Option<PartnerType>,
    /// Code; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 40, examples("CTRIP"))]
    pub code: Patch<String>,
    /// Names, at least one.
    #[serde(default)]
    #[schema(nullable = false, required = false, min_items = 1, max_items = 20)]
    #[validate(length(min = 1, max = 20), nested)]
    pub names: Option<Vec<PartnerName>>,
    /// Page on the web; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 500, examples("https://www.trip.com/"))]
    pub website: Patch<String>,
    /// Country; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 2, max_length = 2, examples("CN"))]
    pub country: Patch<String>,
    /// What staff should know; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 2000, examples("月结，每月 5 日前对账。"))]
    pub notes: Patch<String>,
    /// Ids in other systems.
    #[serde(default)]
    #[schema(nullable = false, required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Option<Vec<PartnerRef>>,
}

/// Which partner another one becomes part of.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PartnerMerge {
    /// The partner that stays: one in use.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea1"))]
    pub into_partner_id: uuid::Uuid,
}

/// A partner.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Partner)]
pub struct PartnerView {
    /// Id of the partner.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"))]
    pub id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// What the partner does.
    #[serde(rename = "type")]
    #[schema(examples("ota"))]
    pub kind: PartnerType,
    /// The group's own code for the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("CTRIP"))]
    pub code: Option<String>,
    /// Where the partner stands in its life.
    #[schema(examples("active"))]
    pub status: PartnerStatus,
    /// The partner this one became part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea1"))]
    pub merged_into: Option<uuid::Uuid>,
    /// The name that is shown.
    #[schema(max_length = 200, examples("携程旅行网"))]
    pub display_name: String,
    /// Names.
    #[schema(max_items = 20)]
    pub names: Vec<PartnerName>,
    /// Page on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("https://www.trip.com/"))]
    pub website: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2, examples("CN"))]
    pub country: Option<String>,
    /// What staff should know of the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("月结，每月 5 日前对账。"))]
    pub notes: Option<String>,
    /// Ids of the partner in other systems. A merged partner keeps its own: they lead to the one it became.
    #[schema(max_items = 1000)]
    pub external_refs: Vec<PartnerRef>,
    /// When the partner was created.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub created_at: String,
    /// Who created the partner; the nil id for the system and its operators.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub created_by: uuid::Uuid,
    /// When the partner was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub updated_at: String,
    /// Who last changed the partner.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub updated_by: uuid::Uuid,
}

impl From<&Partner> for PartnerView {
    fn from(partner: &Partner) -> Self {
        let Partner {
            group: _,
            id,
            version,
            status,
            status_before: _,
            merged_into,
            profile,
            created,
            updated,
        } = partner;
        let PartnerProfile { kind, code, names, website, country, notes, external_refs } = profile.clone();
        Self {
            id: id.0,
            version: *version,
            kind,
            code,
            status: *status,
            merged_into: merged_into.map(Into::into),
            display_name: profile.display_name().to_owned(),
            names: names.into_iter().map(PartnerName::from).collect(),
            website,
            country: country.map(Into::into),
            notes,
            external_refs: external_refs.into_iter().map(PartnerRef::from).collect(),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

impl From<model::PartnerName> for PartnerName {
    fn from(name: model::PartnerName) -> Self {
        let model::PartnerName { text, name_type, script, language } = name;
        Self { text, name_type, script: script.map(Into::into), language: language.map(Into::into) }
    }
}

impl From<model::ExternalRef> for PartnerRef {
    fn from(reference: model::ExternalRef) -> Self {
        let model::ExternalRef { system, id } = reference;
        Self { system, id }
    }
}

crate::page! {
    /// A page of partners.
    PartnerPage of PartnerView
}
