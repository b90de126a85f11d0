//! What clients send and see of guests. Leaves are the same in both directions; the members of a guest differ.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::guests::model::{
    BirthdayCalendar, ContactUse, DisplayOrder, Gender, GuestStatus, MatchKeyKind, MessagingService,
    NameType, PhoneTech, RestrictionScope,
};
use crate::kit::patch::Patch;

/// Text on one line: no control characters at all.
fn one_line(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let error = validator::ValidationError::new("single_line");
        return Err(error.with_message("must be text on one line, not blank".into()));
    }
    Ok(())
}

/// One name of a guest. Give `given_name` and `surname`, or `full_name` where the parts are not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PersonName {
    /// What the name is used for; `primary` unless told. The first primary name is the one shown.
    #[serde(default = "primary")]
    #[schema(required = false, examples("primary"))]
    pub name_type: NameType,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("小明"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub given_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("Marie"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub middle_name: Option<String>,
    /// Surname.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("王"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub surname: Option<String>,
    /// Second surname, as in Spain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("López"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub second_surname: Option<String>,
    /// The whole name, where it is not known which part is which.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("Wang Xiaoming"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub full_name: Option<String>,
    /// Title in front of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("Dr"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub prefix: Option<String>,
    /// Suffix behind the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("Jr"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub suffix: Option<String>,
    /// Script, ISO 15924; found out from the letters unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 4, max_length = 4, examples("Hani"))]
    #[validate(length(min = 4, max = 4))]
    pub script: Option<String>,
    /// Language, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    pub language: Option<String>,
    /// Which part comes first when the name is shown; by script and language unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("surname_first"))]
    pub display_order: Option<DisplayOrder>,
    /// Whether the name was made up because the real one is not known. Such names match nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false, examples(false))]
    pub placeholder: bool,
}

fn primary() -> NameType {
    NameType::Primary
}

fn mobile() -> ContactUse {
    ContactUse::Mobile
}

fn home() -> ContactUse {
    ContactUse::Home
}

/// One phone of a guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// Number with its country code; answered in E.164 form.
    #[schema(min_length = 3, max_length = 40, pattern = r"^\+[0-9 ().-]{2,39}$", examples("+8613800138000"))]
    #[validate(length(min = 3, max = 40))]
    pub number: String,
    /// Extension, digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 10, examples("8001"))]
    #[validate(length(min = 1, max = 10), custom(function = "one_line"))]
    pub extension: Option<String>,
    /// What it is used for; `mobile` unless told.
    #[serde(rename = "use", default = "mobile")]
    #[schema(required = false, examples("mobile"))]
    pub usage: ContactUse,
    /// What the line carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("voice"))]
    pub tech: Option<PhoneTech>,
    /// Whether it is the one to use first; at most one is.
    #[serde(default)]
    #[schema(required = false, examples(true))]
    pub primary: bool,
    /// Whether it was checked with the guest.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    pub verified: bool,
}

/// One e-mail address of a guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EmailAddress {
    /// The address.
    #[schema(min_length = 3, max_length = 254, format = "email", examples("wang.xiaoming@example.com"))]
    #[validate(length(min = 3, max = 254))]
    pub address: String,
    /// What it is used for; `home` unless told.
    #[serde(rename = "use", default = "home")]
    #[schema(required = false, examples("home"))]
    pub usage: ContactUse,
    /// Whether it is the one to use first; at most one is.
    #[serde(default)]
    #[schema(required = false, examples(true))]
    pub primary: bool,
    /// Whether it was checked with the guest.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    pub verified: bool,
    /// Whether it is a forwarding address of a booking site, which says little about who the guest is.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    pub is_ota_alias: bool,
}

/// One line of an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 200, examples("文三路 100 号"))]
pub struct AddressLine(pub String);

/// One postal address of a guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street lines.
    #[serde(default)]
    #[schema(required = false, max_items = 6)]
    #[validate(length(max = 6))]
    pub lines: Vec<AddressLine>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("杭州"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub city: Option<String>,
    /// District.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("西湖区"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub district: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("浙江"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub state: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("310012"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    pub postal_code: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 2, examples("CN"))]
    #[validate(length(min = 2, max = 2))]
    pub country: Option<String>,
    /// What it is used for; `home` unless told.
    #[serde(rename = "use", default = "home")]
    #[schema(required = false, examples("home"))]
    pub usage: ContactUse,
    /// Whether it is the one to use first; at most one is.
    #[serde(default)]
    #[schema(required = false, examples(true))]
    pub primary: bool,
    /// Language it is written in, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    pub language: Option<String>,
}

/// One messaging account of a guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MessagingHandle {
    /// The service.
    #[schema(examples("wechat"))]
    pub service: MessagingService,
    /// The account there.
    #[schema(min_length = 1, max_length = 100, examples("xiaoming_w"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub handle: String,
}

/// Id of the guest in another system; unique within the group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ExternalRef {
    /// Code of the system.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", examples("pms"))]
    #[validate(length(min = 1, max = 40))]
    pub system: String,
    /// Id of the guest there.
    #[schema(min_length = 1, max_length = 120, examples("G-20931"))]
    #[validate(length(min = 1, max = 120), custom(function = "one_line"))]
    pub id: String,
}

/// An opaque key by which profiles can be matched, such as the hash of a document's number. Many guests may hold the
/// same one; alone it never makes a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MatchKey {
    /// What it stands for.
    #[schema(examples("document_hash"))]
    pub kind: MatchKeyKind,
    /// The key.
    #[schema(min_length = 1, max_length = 128, examples("7f83b1657ff1fc53b92dc18148a1d65d"))]
    #[validate(length(min = 1, max = 128), custom(function = "one_line"))]
    pub value: String,
}

/// A code of a country, ISO 3166-1 alpha-2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 2, max_length = 2, examples("CN"))]
pub struct CountryCode(pub String);

/// A language tag, BCP 47.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
pub struct LanguageCode(pub String);

/// A tag of the hotel's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 40, examples("returning"))]
pub struct Tag(pub String);

/// What is recorded of a guest, to create one or to replace all of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestCreate {
    /// Names; the first primary one is shown.
    #[schema(min_items = 1, max_items = 20)]
    #[validate(length(min = 1, max = 20), nested)]
    pub names: Vec<PersonName>,
    /// Gender as the guest states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("male"))]
    pub gender: Option<Gender>,
    /// Birth date, 1900-01-01 up to today.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("1988-05-17"))]
    pub birth_date: Option<String>,
    /// The calendar in which the guest keeps the birthday; the Gregorian one unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("lunar"))]
    pub birthday_calendar: Option<BirthdayCalendar>,
    /// Place of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("杭州"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub birth_place: Option<String>,
    /// Country of birth, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 2, examples("CN"))]
    #[validate(length(min = 2, max = 2))]
    pub birth_country: Option<String>,
    /// Nationality, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 2, examples("CN"))]
    #[validate(length(min = 2, max = 2))]
    pub nationality: Option<String>,
    /// All citizenships.
    #[serde(default)]
    #[schema(required = false, max_items = 10)]
    #[validate(length(max = 10))]
    pub citizenships: Vec<CountryCode>,
    /// Languages the guest speaks, the best first.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20))]
    pub languages: Vec<LanguageCode>,
    /// Language to speak to the guest in, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    pub preferred_language: Option<String>,
    /// Occupation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("建筑师"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub occupation: Option<String>,
    /// Title at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("Managing Director"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    pub business_title: Option<String>,
    /// Phones.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub phones: Vec<Phone>,
    /// E-mail addresses.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub emails: Vec<EmailAddress>,
    /// Postal addresses.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub addresses: Vec<Address>,
    /// Messaging accounts.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub messaging: Vec<MessagingHandle>,
    /// VIP level, a code of the hotel's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("vip2"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    pub vip_level: Option<String>,
    /// Tags.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50))]
    pub tags: Vec<Tag>,
    /// Ids of the guest in other systems.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<ExternalRef>,
    /// Opaque matching keys.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub match_keys: Vec<MatchKey>,
    /// Fields of the hotel's own: up to 50 names of 1–40 characters with texts of up to 500.
    #[serde(default)]
    #[schema(required = false, examples(json!({"pillow_menu": "buckwheat"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, String>,
    /// The member of staff who looks after the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub owner_id: Option<uuid::Uuid>,
    /// The hotel whose staff alone may see the guest; the whole group when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub private_to_hotel_id: Option<uuid::Uuid>,
}

/// A change of a guest (JSON Merge Patch, RFC 7396): absent members stay, `null` clears, lists are replaced whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestPatch {
    /// Names; cannot be cleared.
    #[serde(default)]
    #[schema(value_type = Option<Vec<PersonName>>, nullable = false, required = false, min_items = 1, max_items = 20)]
    pub names: Patch<Vec<PersonName>>,
    /// Gender as the guest states it.
    #[serde(default)]
    #[schema(value_type = Option<Gender>, nullable = false, required = false, examples("female"))]
    pub gender: Patch<Gender>,
    /// Birth date, 1900-01-01 up to today; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = Date, examples("1988-05-17"))]
    pub birth_date: Patch<String>,
    /// The calendar in which the guest keeps the birthday; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<BirthdayCalendar>, nullable = false, required = false, examples("lunar"))]
    pub birthday_calendar: Patch<BirthdayCalendar>,
    /// Place of birth; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 100, examples("苏州"))]
    pub birth_place: Patch<String>,
    /// Country of birth, ISO 3166-1 alpha-2; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 2, max_length = 2, examples("CN"))]
    pub birth_country: Patch<String>,
    /// Nationality, ISO 3166-1 alpha-2; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 2, max_length = 2, examples("CN"))]
    pub nationality: Patch<String>,
    /// All citizenships.
    #[serde(default)]
    #[schema(value_type = Option<Vec<CountryCode>>, nullable = false, required = false, max_items = 10)]
    pub citizenships: Patch<Vec<CountryCode>>,
    /// Languages the guest speaks.
    #[serde(default)]
    #[schema(value_type = Option<Vec<LanguageCode>>, nullable = false, required = false, max_items = 20)]
    pub languages: Patch<Vec<LanguageCode>>,
    /// Language to speak to the guest in, BCP 47; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 2, max_length = 35, examples("en"))]
    pub preferred_language: Patch<String>,
    /// Occupation; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 100, examples("律师"))]
    pub occupation: Patch<String>,
    /// Title at work; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 100, examples("Partner"))]
    pub business_title: Patch<String>,
    /// Phones.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Phone>>, nullable = false, required = false, max_items = 20)]
    pub phones: Patch<Vec<Phone>>,
    /// E-mail addresses.
    #[serde(default)]
    #[schema(value_type = Option<Vec<EmailAddress>>, nullable = false, required = false, max_items = 20)]
    pub emails: Patch<Vec<EmailAddress>>,
    /// Postal addresses.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Address>>, nullable = false, required = false, max_items = 20)]
    pub addresses: Patch<Vec<Address>>,
    /// Messaging accounts.
    #[serde(default)]
    #[schema(value_type = Option<Vec<MessagingHandle>>, nullable = false, required = false, max_items = 20)]
    pub messaging: Patch<Vec<MessagingHandle>>,
    /// VIP level; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 20, examples("vip1"))]
    pub vip_level: Patch<String>,
    /// Tags.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Tag>>, nullable = false, required = false, max_items = 50)]
    pub tags: Patch<Vec<Tag>>,
    /// Ids of the guest in other systems.
    #[serde(default)]
    #[schema(value_type = Option<Vec<ExternalRef>>, nullable = false, required = false, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
    /// Opaque matching keys.
    #[serde(default)]
    #[schema(value_type = Option<Vec<MatchKey>>, nullable = false, required = false, max_items = 20)]
    pub match_keys: Patch<Vec<MatchKey>>,
    /// Fields of the hotel's own: members are set, or removed by `null`.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>, nullable = false, required = false, examples(json!({"pillow_menu": "feather"})))]
    pub custom_fields: Patch<BTreeMap<String, Option<String>>>,
    /// The member of staff who looks after the guest; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub owner_id: Patch<uuid::Uuid>,
    /// The hotel whose staff alone may see the guest; `null` opens the guest to the whole group.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub private_to_hotel_id: Patch<uuid::Uuid>,
}

/// A restriction: why a guest is not to be received as others are.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Restriction)]
pub struct RestrictionView {
    /// Code of the reason, the hotel's own.
    #[schema(max_length = 40, examples("unpaid_bill"))]
    pub reason_code: String,
    /// The reason in words.
    #[schema(max_length = 500, examples("2025 年 3 月离店未结账"))]
    pub reason: String,
    /// How far it reaches.
    #[schema(examples("group"))]
    pub scope: RestrictionScope,
    /// The hotel, when it reaches one hotel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: Option<uuid::Uuid>,
    /// Who approved it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub approved_by: uuid::Uuid,
    /// When it is to be looked at again.
    #[schema(examples("2027-03-01"))]
    pub review_on: NaiveDate,
    /// When it was set.
    #[schema(value_type = String, format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub set_at: String,
    /// Who set it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub set_by: uuid::Uuid,
}

/// A restriction to set.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RestrictionSet {
    /// Code of the reason, the hotel's own.
    #[schema(min_length = 1, max_length = 40, examples("unpaid_bill"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub reason_code: String,
    /// The reason in words.
    #[schema(min_length = 1, max_length = 500, examples("2025 年 3 月离店未结账"))]
    #[validate(length(min = 1, max = 500))]
    pub reason: String,
    /// How far it reaches.
    #[schema(examples("group"))]
    pub scope: RestrictionScope,
    /// The hotel; needed when it reaches one hotel, else absent.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: Option<uuid::Uuid>,
    /// Who approved it: an account of the group.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub approved_by: uuid::Uuid,
    /// When it is to be looked at again; not in the past.
    #[schema(value_type = String, format = Date, examples("2027-03-01"))]
    pub review_on: String,
}

/// A guest.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Guest)]
pub struct GuestView {
    /// Id of the guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(3))]
    pub version: i64,
    /// Where the profile stands in its life.
    #[schema(examples("active"))]
    pub status: GuestStatus,
    /// The guest this one became part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"))]
    pub merged_into: Option<uuid::Uuid>,
    /// The name as it is shown and spoken.
    #[schema(max_length = 700, examples("王小明"))]
    pub display_name: String,
    /// Names.
    #[schema(max_items = 40)]
    pub names: Vec<PersonName>,
    /// Gender as the guest states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("male"))]
    pub gender: Option<Gender>,
    /// Birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("1988-05-17"))]
    pub birth_date: Option<NaiveDate>,
    /// The calendar in which the guest keeps the birthday; the Gregorian one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("lunar"))]
    pub birthday_calendar: Option<BirthdayCalendar>,
    /// Place of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("杭州"))]
    pub birth_place: Option<String>,
    /// Country of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2, examples("CN"))]
    pub birth_country: Option<String>,
    /// Nationality.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2, examples("CN"))]
    pub nationality: Option<String>,
    /// All citizenships.
    #[schema(max_items = 20)]
    pub citizenships: Vec<CountryCode>,
    /// Languages the guest speaks.
    #[schema(max_items = 40)]
    pub languages: Vec<LanguageCode>,
    /// Language to speak to the guest in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 35, examples("zh-CN"))]
    pub preferred_language: Option<String>,
    /// Occupation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("建筑师"))]
    pub occupation: Option<String>,
    /// Title at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("Managing Director"))]
    pub business_title: Option<String>,
    /// Phones.
    #[schema(max_items = 40)]
    pub phones: Vec<Phone>,
    /// E-mail addresses.
    #[schema(max_items = 40)]
    pub emails: Vec<EmailAddress>,
    /// Postal addresses.
    #[schema(max_items = 40)]
    pub addresses: Vec<Address>,
    /// Messaging accounts.
    #[schema(max_items = 40)]
    pub messaging: Vec<MessagingHandle>,
    /// VIP level.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 20, examples("vip2"))]
    pub vip_level: Option<String>,
    /// Tags.
    #[schema(max_items = 100)]
    pub tags: Vec<Tag>,
    /// Ids of the guest in other systems.
    #[schema(max_items = 200)]
    pub external_refs: Vec<ExternalRef>,
    /// Opaque matching keys.
    #[schema(max_items = 40)]
    pub match_keys: Vec<MatchKey>,
    /// Fields of the hotel's own.
    #[schema(examples(json!({"pillow_menu": "buckwheat"})))]
    pub custom_fields: BTreeMap<String, String>,
    /// The member of staff who looks after the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub owner_id: Option<uuid::Uuid>,
    /// The hotel whose staff alone may see the guest; the whole group when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub private_to_hotel_id: Option<uuid::Uuid>,
    /// The restriction, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub restriction: Option<RestrictionView>,
    /// When the guest was created.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub created_at: String,
    /// Who created the guest; the nil id for the system and its operators.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub created_by: uuid::Uuid,
    /// When the guest was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:31:00.000000Z"))]
    pub updated_at: String,
    /// Who last changed the guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub updated_by: uuid::Uuid,
}

crate::page! {
    /// A page of guests.
    GuestPage of GuestView
}
