//! What clients send and see of hotels and departments.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::hotels::model::{
    ChangeDepartment, ChangeHotel, Code, CreateDepartment, CreateHotel, Currency, Department, Hotel,
    LanguageTag, Status, TimeZone,
};
pub use crate::hotels::names::LocalizedText;
use crate::kit::clock::Instant;
use crate::kit::fault::Faults;
use crate::kit::patch::Patch;
use crate::page;
use crate::web::input::{Input, settable};

/// Whether a hotel is in use.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HotelStatus {
    /// In use.
    Active,
    /// No longer in use; kept for what refers to it.
    Closed,
}

impl From<Status> for HotelStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Closed => Self::Closed,
        }
    }
}

/// A hotel of the group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hotel)]
pub struct HotelView {
    /// Id of the hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub id: Uuid,
    /// Short name, unique in the group; never changes.
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
        examples("west-lake")
    )]
    pub code: String,
    /// Name of the hotel, at least in its default language.
    pub names: LocalizedText,
    /// IANA time zone: business dates of the hotel begin and end in it.
    #[schema(max_length = 60, examples("Asia/Shanghai"))]
    pub time_zone: String,
    /// ISO 4217 code of the currency the hotel charges in.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", examples("CNY"))]
    pub currency: String,
    /// BCP 47 tag of the language the hotel writes in unless the guest has another.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    pub default_language: String,
    /// Whether the hotel is in use.
    pub status: HotelStatus,
    /// Version of the hotel, as in its ETag.
    #[schema(minimum = 1, maximum = 9007199254740991_i64, examples(1))]
    pub version: i64,
    /// When the hotel was created.
    #[schema(value_type = String, format = DateTime, max_length = 40, examples("2026-03-01T08:00:00.000000Z"))]
    pub created_at: Instant,
    /// When the hotel was last changed.
    #[schema(value_type = String, format = DateTime, max_length = 40, examples("2026-03-01T08:00:00.000000Z"))]
    pub updated_at: Instant,
}

impl From<&Hotel> for HotelView {
    fn from(hotel: &Hotel) -> Self {
        let Hotel {
            id,
            code,
            names,
            time_zone,
            currency,
            default_language,
            status,
            version,
            created_at,
            updated_at,
        } = hotel;
        Self {
            id: id.0,
            code: code.to_string(),
            names: LocalizedText(names.texts().clone()),
            time_zone: time_zone.name().to_owned(),
            currency: currency.code().to_owned(),
            default_language: default_language.as_str().to_owned(),
            status: (*status).into(),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

page!(
    /// A page of hotels, by code.
    HotelPage of HotelView
);

/// A department of a hotel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Department)]
pub struct DepartmentView {
    /// Id of the department.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11"))]
    pub id: Uuid,
    /// The hotel it belongs to.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub hotel_id: Uuid,
    /// Short name, unique in the hotel; never changes.
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
        examples("housekeeping")
    )]
    pub code: String,
    /// Name of the department.
    pub names: LocalizedText,
    /// Whether the department is in use.
    pub status: HotelStatus,
    /// Version of the department, as in its ETag.
    #[schema(minimum = 1, maximum = 9007199254740991_i64, examples(1))]
    pub version: i64,
    /// When the department was created.
    #[schema(value_type = String, format = DateTime, max_length = 40, examples("2026-03-01T08:00:00.000000Z"))]
    pub created_at: Instant,
    /// When the department was last changed.
    #[schema(value_type = String, format = DateTime, max_length = 40, examples("2026-03-01T08:00:00.000000Z"))]
    pub updated_at: Instant,
}

impl From<&Department> for DepartmentView {
    fn from(department: &Department) -> Self {
        let Department { id, hotel_id, code, names, status, version, created_at, updated_at } = department;
        Self {
            id: id.0,
            hotel_id: hotel_id.0,
            code: code.to_string(),
            names: LocalizedText(names.texts().clone()),
            status: (*status).into(),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

page!(
    /// A page of departments, by code.
    DepartmentPage of DepartmentView
);

/// A new hotel.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HotelCreate {
    /// Short name, unique in the group; never changes.
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
        examples("west-lake")
    )]
    code: String,
    /// Name of the hotel, at least in its default language.
    names: LocalizedText,
    /// IANA time zone.
    #[schema(max_length = 60, examples("Asia/Shanghai"))]
    time_zone: String,
    /// ISO 4217 code of the currency.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", examples("CNY"))]
    currency: String,
    /// BCP 47 tag of the default language.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    default_language: String,
}

impl Input for HotelCreate {
    type Command = CreateHotel;

    fn check(self, faults: &mut Faults) -> Option<CreateHotel> {
        let code = faults.at("code", |faults| check_code(faults, self.code));
        let names = faults.at("names", |faults| self.names.check(faults));
        let time_zone = faults.at("time_zone", |faults| check_time_zone(faults, self.time_zone));
        let currency = faults.at("currency", |faults| check_currency(faults, self.currency));
        let default_language =
            faults.at("default_language", |faults| check_language(faults, self.default_language));
        Some(CreateHotel {
            code: code?,
            names: names?,
            time_zone: time_zone?,
            currency: currency?,
            default_language: default_language?,
        })
    }
}

/// Changes to a hotel: absent members stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HotelPatch {
    /// Name of the hotel, replaced as a whole; at least in the default language.
    #[serde(default)]
    #[schema(value_type = Option<LocalizedText>, nullable = false)]
    names: Patch<LocalizedText>,
    /// IANA time zone.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, max_length = 60, examples("Asia/Shanghai"))]
    time_zone: Patch<String>,
    /// ISO 4217 code of the currency.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", examples("CNY"))]
    currency: Patch<String>,
    /// BCP 47 tag of the default language.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    default_language: Patch<String>,
}

impl Input for HotelPatch {
    type Command = ChangeHotel;

    fn check(self, faults: &mut Faults) -> Option<ChangeHotel> {
        Some(ChangeHotel {
            names: settable(faults, "names", self.names, |faults, names| names.check(faults)),
            time_zone: settable(faults, "time_zone", self.time_zone, check_time_zone),
            currency: settable(faults, "currency", self.currency, check_currency),
            default_language: settable(faults, "default_language", self.default_language, check_language),
        })
    }
}

/// A new department.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentCreate {
    /// Short name, unique in the hotel; never changes.
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
        examples("housekeeping")
    )]
    code: String,
    /// Name of the department.
    names: LocalizedText,
}

impl Input for DepartmentCreate {
    type Command = CreateDepartment;

    fn check(self, faults: &mut Faults) -> Option<CreateDepartment> {
        let code = faults.at("code", |faults| check_code(faults, self.code));
        let names = faults.at("names", |faults| self.names.check(faults));
        Some(CreateDepartment { code: code?, names: names? })
    }
}

/// Changes to a department: absent members stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentPatch {
    /// Name of the department, replaced as a whole.
    #[serde(default)]
    #[schema(value_type = Option<LocalizedText>, nullable = false)]
    names: Patch<LocalizedText>,
}

impl Input for DepartmentPatch {
    type Command = ChangeDepartment;

    fn check(self, faults: &mut Faults) -> Option<ChangeDepartment> {
        Some(ChangeDepartment {
            names: settable(faults, "names", self.names, |faults, names| names.check(faults)),
        })
    }
}

fn noted<T>(faults: &mut Faults, value: Option<T>, code: &str, message: &str) -> Option<T> {
    if value.is_none() {
        faults.add(code, message);
    }
    value
}

fn check_code(faults: &mut Faults, text: String) -> Option<Code> {
    noted(faults, Code::parse(&text), "code", "must be 1 to 40 lower-case letters, digits and inner hyphens")
}

fn check_time_zone(faults: &mut Faults, text: String) -> Option<TimeZone> {
    noted(faults, TimeZone::parse(&text), "time_zone", "must be an IANA time zone, such as Asia/Shanghai")
}

fn check_currency(faults: &mut Faults, text: String) -> Option<Currency> {
    noted(faults, Currency::parse(&text), "currency", "must be an ISO 4217 currency code, such as CNY")
}

fn check_language(faults: &mut Faults, text: String) -> Option<LanguageTag> {
    noted(faults, LanguageTag::parse(&text), "language", "must be a BCP 47 language tag, such as zh-CN")
}
