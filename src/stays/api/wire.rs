//! What clients send of stays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::partners::model::PartnerType;
use crate::stays::model::{StayPurpose, StayStatus};

/// Text on one line: no control characters at all.
pub(super) fn one_line(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let error = validator::ValidationError::new("single_line");
        return Err(error.with_message("must be text on one line, not blank".into()));
    }
    Ok(())
}

/// The stay's id in another system; unique within the group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayRef {
    /// Code of the system: lower-case letters, digits, hyphens, underscores.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", examples("pms"))]
    #[validate(length(min = 1, max = 40))]
    pub system: String,
    /// Id there.
    #[schema(min_length = 1, max_length = 120, examples("R-88213"))]
    #[validate(length(min = 1, max = 120), custom(function = "one_line"))]
    pub id: String,
}

/// Somebody who stays: a guest of the file, a name, or both. At least one member is needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayPersonSet {
    /// The guest of the file. A merged one is followed.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Option<uuid::Uuid>,
    /// The name as it was booked.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("王小明"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub name: Option<String>,
}

/// Somebody who stays, as another system names them. At least one member is needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayPersonDelivery {
    /// The guest of the file.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Option<uuid::Uuid>,
    /// The guest's id in another system. While no guest has it, the name stands alone; the next delivery looks again.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub reference: Option<StayRef>,
    /// The name as it was booked.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("王小明"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub name: Option<String>,
}

/// An agency or company, as another system names it: `partner_id`, which is taken first, or `reference`. A reference that
/// no partner has makes a provisional partner.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayPartyDelivery {
    /// The partner of the file.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    pub partner_id: Option<uuid::Uuid>,
    /// The partner's id in another system.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub reference: Option<StayRef>,
    /// Its type, for a new partner; `travel_agency` for an agency and `corporate` for a company unless told.
    #[serde(rename = "type")]
    #[schema(nullable = false, examples("travel_agency"))]
    pub kind: Option<PartnerType>,
    /// Its name, for a new partner.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("West Lake Travel"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pub name: Option<String>,
    /// Its code, for a new partner.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("WLT"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub code: Option<String>,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayMoney {
    /// Amount in minor units of the currency, such as cents; never negative.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(88000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    pub amount_minor: i64,
    /// Currency, ISO 4217.
    #[schema(min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    pub currency: String,
}

/// What a stay brought in, in minor units of its currency. Negative amounts are corrections: they are taken and marked.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayRevenueSet {
    /// The room.
    #[schema(nullable = false, minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, examples(176000))]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    pub room: Option<i64>,
    /// Food and beverage.
    #[schema(nullable = false, minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, examples(32000))]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    pub food_beverage: Option<i64>,
    /// Everything else.
    #[schema(nullable = false, minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, examples(0))]
    #[validate(range(min = -1_000_000_000_000_000_i64, max = 1_000_000_000_000_000_i64))]
    pub other: Option<i64>,
}

/// A stay to write down.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayCreate {
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: uuid::Uuid,
    /// Where it stands; `reserved` unless told. `deleted` is refused.
    #[schema(nullable = false, examples("reserved"))]
    pub status: Option<StayStatus>,
    /// The main guest.
    #[validate(nested)]
    pub guest: StayPersonSet,
    /// Who stays with the main guest.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub companions: Vec<StayPersonSet>,
    /// Day of arrival, in the hotel's time zone.
    #[schema(format = Date, examples("2026-12-20"))]
    pub arrival_on: String,
    /// Day of departure; the day of arrival for day use.
    #[schema(format = Date, examples("2026-12-22"))]
    pub departure_on: String,
    /// Rooms; 1 unless told.
    #[schema(nullable = false, minimum = 1, maximum = 999, examples(1))]
    #[validate(range(min = 1, max = 999))]
    pub rooms: Option<i32>,
    /// Adults; 1 unless told. 0 is taken and marked.
    #[schema(nullable = false, minimum = 0, maximum = 999, examples(2))]
    #[validate(range(min = 0, max = 999))]
    pub adults: Option<i32>,
    /// Children; 0 unless told.
    #[schema(nullable = false, minimum = 0, maximum = 999, examples(0))]
    #[validate(range(min = 0, max = 999))]
    pub children: Option<i32>,
    /// Infants; 0 unless told.
    #[schema(nullable = false, minimum = 0, maximum = 999, examples(0))]
    #[validate(range(min = 0, max = 999))]
    pub infants: Option<i32>,
    /// The day it was booked.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-11-02"))]
    pub booked_on: Option<String>,
    /// The day it was called off.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-01"))]
    pub cancelled_on: Option<String>,
    /// Why it was called off.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("Flight cancelled"))]
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    pub cancellation_reason: Option<String>,
    /// The room.
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("1208"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    pub room: Option<String>,
    /// Code of the type of the room given.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("DLX"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub room_type: Option<String>,
    /// Code of the type of the room booked.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("STD"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub booked_room_type: Option<String>,
    /// Code of the rate.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("BAR"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub rate_code: Option<String>,
    /// Code of the channel it came through.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("ota"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub channel: Option<String>,
    /// Code of the market segment.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("leisure"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub segment: Option<String>,
    /// Code of the board or meals.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("BB"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub board: Option<String>,
    /// Price a room and night.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub rate: Option<StayMoney>,
    /// Why the guest travels.
    #[schema(nullable = false, examples("leisure"))]
    pub purpose: Option<StayPurpose>,
    /// The agency it came from: a partner of the file.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    pub agent_id: Option<uuid::Uuid>,
    /// The company it is for: a partner of the file.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11"))]
    pub company_id: Option<uuid::Uuid>,
    /// Currency of the revenue, ISO 4217; the hotel's unless told.
    #[schema(nullable = false, min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    pub currency: Option<String>,
    /// What it brought in; needs the scope `stays:revenue`.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub revenue: Option<StayRevenueSet>,
    /// What the guest asked for, in words.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("高楼层，不要羽绒枕"))]
    #[validate(length(min = 1, max = 2000))]
    pub special_requests: Option<String>,
    /// Expected time of arrival on the hotel's clocks.
    #[schema(
        nullable = false,
        min_length = 5,
        max_length = 5,
        pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples("15:30")
    )]
    #[validate(length(min = 5, max = 5))]
    pub eta: Option<String>,
    /// Expected time of departure on the hotel's clocks.
    #[schema(
        nullable = false,
        min_length = 5,
        max_length = 5,
        pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples("11:00")
    )]
    #[validate(length(min = 5, max = 5))]
    pub etd: Option<String>,
    /// Fields of the hotel's own: up to 50 names of 1–40 characters with texts of up to 500.
    #[serde(default)]
    #[schema(required = false, examples(json!({"floor_wish": "12"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, String>,
    /// Ids of the stay in other systems.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<StayRef>,
}

/// What another system says of a stay. Members left out stay as they are, lists that are sent replace.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayDelivery {
    /// The sender's version of the stay, growing with each change: of two messages the one with the higher version counts.
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(7))]
    #[validate(range(min = 0, max = 9_007_199_254_740_991_i64))]
    pub source_version: Option<i64>,
    /// When the stay was changed in the sender's system: decides where versions are not told.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, max_length = 40, examples("2026-11-21T08:30:00Z"))]
    #[validate(length(max = 40))]
    pub source_updated_at: Option<String>,
    /// The hotel, by its id; or `hotel_code`.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: Option<uuid::Uuid>,
    /// The hotel, by its code.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("west-lake"))]
    #[validate(length(min = 1, max = 40), custom(function = "one_line"))]
    pub hotel_code: Option<String>,
    /// Where it stands; a new one is `reserved` unless told. Any status may follow any other: the sender's system knows.
    #[schema(nullable = false, examples("reserved"))]
    pub status: Option<StayStatus>,
    /// The main guest; a new stay needs one.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub guest: Option<StayPersonDelivery>,
    /// Who stays with the main guest.
    #[schema(nullable = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub companions: Option<Vec<StayPersonDelivery>>,
    /// Day of arrival, in the hotel's time zone.
    #[schema(format = Date, examples("2026-12-20"))]
    pub arrival_on: String,
    /// Day of departure; or `nights`.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-22"))]
    pub departure_on: Option<String>,
    /// Nights, in place of `departure_on`.
    #[schema(nullable = false, minimum = 0, maximum = 3660, examples(2))]
    #[validate(range(min = 0, max = 3660))]
    pub nights: Option<i32>,
    /// Days from booking to arrival, in place of `booked_on`.
    #[schema(nullable = false, minimum = 0, maximum = 3660, examples(18))]
    #[validate(range(min = 0, max = 3660))]
    pub lead_time_days: Option<i32>,
    /// Rooms.
    #[schema(nullable = false, minimum = 1, maximum = 999, examples(1))]
    #[validate(range(min = 1, max = 999))]
    pub rooms: Option<i32>,
    /// Adults. 0 is taken and marked.
    #[schema(nullable = false, minimum = 0, maximum = 999, examples(2))]
    #[validate(range(min = 0, max = 999))]
    pub adults: Option<i32>,
    /// Children.
    #[schema(nullable = false, minimum = 0, maximum = 999, examples(0))]
    #[validate(range(min = 0, max = 999))]
    pub children: Option<i32>,
    /// Infants.
    #[schema(nullable = false, minimum = 0, maximum = 999, examples(0))]
    #[validate(range(min = 0, max = 999))]
    pub infants: Option<i32>,
    /// The day it was booked.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-11-02"))]
    pub booked_on: Option<String>,
    /// The day it was called off.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-01"))]
    pub cancelled_on: Option<String>,
    /// Why it was called off.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("Flight cancelled"))]
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    pub cancellation_reason: Option<String>,
    /// The room.
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("1208"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    pub room: Option<String>,
    /// Code of the type of the room given.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("DLX"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub room_type: Option<String>,
    /// Code of the type of the room booked.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("STD"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub booked_room_type: Option<String>,
    /// Code of the rate.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("BAR"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub rate_code: Option<String>,
    /// Code of the channel it came through.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("ota"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub channel: Option<String>,
    /// Code of the market segment.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("leisure"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub segment: Option<String>,
    /// Code of the board or meals.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("BB"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    pub board: Option<String>,
    /// Price a room and night.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub rate: Option<StayMoney>,
    /// Why the guest travels.
    #[schema(nullable = false, examples("leisure"))]
    pub purpose: Option<StayPurpose>,
    /// The agency it came from.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub agent: Option<StayPartyDelivery>,
    /// The company it is for.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub company: Option<StayPartyDelivery>,
    /// Currency of the revenue, ISO 4217; the hotel's unless told.
    #[schema(nullable = false, min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    pub currency: Option<String>,
    /// What it brought in; needs the scope `stays:revenue`.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub revenue: Option<StayRevenueSet>,
    /// What the guest asked for, in words.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("高楼层，不要羽绒枕"))]
    #[validate(length(min = 1, max = 2000))]
    pub special_requests: Option<String>,
    /// Expected time of arrival on the hotel's clocks.
    #[schema(
        nullable = false,
        min_length = 5,
        max_length = 5,
        pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples("15:30")
    )]
    #[validate(length(min = 5, max = 5))]
    pub eta: Option<String>,
    /// Expected time of departure on the hotel's clocks.
    #[schema(
        nullable = false,
        min_length = 5,
        max_length = 5,
        pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples("11:00")
    )]
    #[validate(length(min = 5, max = 5))]
    pub etd: Option<String>,
    /// Fields of the hotel's own: up to 50 names of 1–40 characters with texts of up to 500.
    #[serde(default)]
    #[schema(required = false, examples(json!({"floor_wish": "12"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, String>,
    /// Further ids of the stay in other systems.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<StayRef>,
}
