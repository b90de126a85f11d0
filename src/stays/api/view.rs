//! What clients see of stays.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::kit::clock::Instant;
use crate::kit::ids::PartnerId;
use crate::stays::api::wire::{StayMoney, StayRef};
use crate::stays::model::{ExternalRef, Facts, Person, RoomMove, Stay, StayMark, StayPurpose, StayStatus};
use crate::stays::moves::{self, StayMove};
use crate::stays::people::Called;
use crate::stays::service::RevenueSight;

/// Somebody who stays.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayPerson {
    /// The guest of the file, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: Option<uuid::Uuid>,
    /// What the guest is called now; left out for guests the caller may not see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, examples("王小明"))]
    display_name: Option<String>,
    /// The name as it was booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("WANG XIAOMING"))]
    name: Option<String>,
}

/// An agency or company of a stay.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayParty {
    /// The partner as it was recorded.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    partner_id: uuid::Uuid,
    /// The partner it is now: another one after a merge.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    current_partner_id: uuid::Uuid,
    /// What it is called now.
    #[schema(max_length = 200, examples("West Lake Travel"))]
    name: String,
}

/// What a stay brought in, in minor units of its currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayRevenue {
    /// Currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: &'static str,
    /// The room.
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, examples(176000))]
    room: i64,
    /// Food and beverage.
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, examples(32000))]
    food_beverage: i64,
    /// Everything else.
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, examples(0))]
    other: i64,
    /// All of it.
    #[schema(minimum = -3_000_000_000_000_000_i64, maximum = 3_000_000_000_000_000_i64, examples(208000))]
    total: i64,
}

/// A change of rooms.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayRoomMove {
    /// When.
    #[schema(format = DateTime, examples("2026-12-20T19:05:00.000000Z"))]
    at: String,
    /// The room left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 20, examples("1208"))]
    from: Option<String>,
    /// The new room.
    #[schema(max_length = 20, examples("1510"))]
    to: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("Air conditioning failed"))]
    reason: Option<String>,
    /// Who noted it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    by: uuid::Uuid,
}

/// A stay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stay)]
pub struct StayView {
    /// Id of the stay.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// Where it stands in its life.
    #[schema(examples("reserved"))]
    status: StayStatus,
    /// Changes of status that are allowed now.
    #[schema(max_items = 10, examples(json!(["due_in", "check_in", "cancel", "no_show"])))]
    allowed_moves: Vec<StayMove>,
    /// The main guest.
    guest: StayPerson,
    /// Who stays with the main guest.
    #[schema(max_items = 50)]
    companions: Vec<StayPerson>,
    /// Day of arrival, in the hotel's time zone.
    #[schema(examples("2026-12-20"))]
    arrival_on: NaiveDate,
    /// Day of departure; the day of arrival for day use.
    #[schema(examples("2026-12-22"))]
    departure_on: NaiveDate,
    /// Nights.
    #[schema(minimum = 0, maximum = 3660, examples(2))]
    nights: i32,
    /// Whether arrival and departure are the same day.
    #[schema(examples(false))]
    day_use: bool,
    /// What is allowed but seldom meant.
    #[schema(max_items = 10, examples(json!([])))]
    marks: Vec<StayMark>,
    /// Rooms.
    #[schema(minimum = 1, maximum = 999, examples(1))]
    rooms: i32,
    /// Adults.
    #[schema(minimum = 0, maximum = 999, examples(2))]
    adults: i32,
    /// Children.
    #[schema(minimum = 0, maximum = 999, examples(0))]
    children: i32,
    /// Infants.
    #[schema(minimum = 0, maximum = 999, examples(0))]
    infants: i32,
    /// The day it was booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-02"))]
    booked_on: Option<NaiveDate>,
    /// The day it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-12-01"))]
    cancelled_on: Option<NaiveDate>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("Flight cancelled"))]
    cancellation_reason: Option<String>,
    /// The room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 20, examples("1208"))]
    room: Option<String>,
    /// Code of the type of the room given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("DLX"))]
    room_type: Option<String>,
    /// Code of the type of the room booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("STD"))]
    booked_room_type: Option<String>,
    /// Changes of rooms, the oldest first.
    #[schema(max_items = 100)]
    room_moves: Vec<StayRoomMove>,
    /// Code of the rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("BAR"))]
    rate_code: Option<String>,
    /// Price a room and night.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rate: Option<StayMoney>,
    /// Code of the channel it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("ota"))]
    channel: Option<String>,
    /// Code of the market segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("leisure"))]
    segment: Option<String>,
    /// Why the guest travels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("leisure"))]
    purpose: Option<StayPurpose>,
    /// The agency it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    agent: Option<StayParty>,
    /// The company it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    company: Option<StayParty>,
    /// What it brought in; left out for callers without the scope `stays:revenue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revenue: Option<StayRevenue>,
    /// What the guest asked for, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("高楼层，不要羽绒枕"))]
    special_requests: Option<String>,
    /// Expected time of arrival on the hotel's clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 5, examples("15:30"))]
    eta: Option<String>,
    /// Expected time of departure on the hotel's clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 5, examples("11:00"))]
    etd: Option<String>,
    /// Code of the board or meals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("BB"))]
    board: Option<String>,
    /// Fields of the hotel's own.
    #[schema(examples(json!({"floor_wish": "12"})))]
    custom_fields: BTreeMap<String, String>,
    /// Ids of the stay in other systems.
    #[schema(max_items = 50)]
    external_refs: Vec<StayRef>,
    /// The sender's version in the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(7))]
    source_version: Option<i64>,
    /// The instant of the sender's last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    source_updated_at: Option<String>,
    /// How often it was taken back into use.
    #[schema(minimum = 0, maximum = 2_147_483_647, examples(0))]
    reinstated: i32,
    /// When the guest checked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T07:30:00.000000Z"))]
    checked_in_at: Option<String>,
    /// When the guest checked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-22T03:10:00.000000Z"))]
    checked_out_at: Option<String>,
    /// When it was created.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who created it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    updated_by: uuid::Uuid,
}

crate::page! {
    /// A page of stays.
    StayPage of StayView
}

fn person(called: &Called, person: Person) -> StayPerson {
    StayPerson {
        guest_id: person.guest.map(|guest| guest.id.0),
        display_name: person.guest.and_then(|guest| called.guests.get(&guest.id).cloned()),
        name: person.name,
    }
}

fn party(called: &Called, id: PartnerId) -> StayParty {
    let known = called.partners.get(&id);
    StayParty {
        partner_id: id.0,
        current_partner_id: known.map_or(id, |partner| partner.now).0,
        name: known.map(|partner| partner.name.clone()).unwrap_or_default(),
    }
}

fn room_move(step: RoomMove) -> StayRoomMove {
    let RoomMove { at, from, to, reason, by } = step;
    StayRoomMove { at: at.to_string(), from, to, reason, by: by.0 }
}

fn reference(ExternalRef { system, id }: ExternalRef) -> StayRef {
    StayRef { system, id }
}

impl StayView {
    /// A stay with the names of today, and its revenue where the caller may see it.
    pub fn of(stay: &Stay, called: &Called, sight: &RevenueSight) -> Self {
        let open = sight.covers(stay.hotel_id);
        let Stay {
            group: _,
            id,
            hotel_id,
            status,
            facts,
            room_moves,
            reinstated,
            checked_in_at,
            checked_out_at,
            source,
            decisions: _,
            version,
            created,
            updated,
        } = stay.clone();
        let nights = facts.nights();
        let marks = facts.marks().into_iter().filter(|mark| open || *mark != StayMark::NegativeRevenue);
        let marks = marks.collect();
        let Facts {
            guest,
            companions,
            arrival_on,
            departure_on,
            rooms,
            adults,
            children,
            infants,
            booked_on,
            cancelled_on,
            cancellation_reason,
            room,
            room_type,
            booked_room_type,
            rate_code,
            rate,
            channel,
            segment,
            purpose,
            agent_id,
            company_id,
            currency,
            revenue,
            special_requests,
            eta,
            etd,
            board,
            custom_fields,
            external_refs,
        } = facts;
        let text = |at: Option<Instant>| at.map(|at| at.to_string());
        let clock = |time: Option<chrono::NaiveTime>| time.map(|time| time.format("%H:%M").to_string());
        Self {
            id: id.0,
            version,
            hotel_id: hotel_id.0,
            status,
            allowed_moves: moves::allowed(status),
            guest: person(called, guest),
            companions: companions.into_iter().map(|along| person(called, along)).collect(),
            arrival_on,
            departure_on,
            nights,
            day_use: nights == 0,
            marks,
            rooms,
            adults,
            children,
            infants,
            booked_on,
            cancelled_on,
            cancellation_reason,
            room,
            room_type,
            booked_room_type,
            room_moves: room_moves.into_iter().map(room_move).collect(),
            rate_code,
            rate: rate.map(|money| StayMoney {
                amount_minor: money.amount_minor,
                currency: money.currency.code().to_owned(),
            }),
            channel,
            segment,
            purpose,
            agent: agent_id.map(|id| party(called, id)),
            company: company_id.map(|id| party(called, id)),
            revenue: open.then(|| StayRevenue {
                currency: currency.code(),
                room: revenue.room,
                food_beverage: revenue.food_beverage,
                other: revenue.other,
                total: revenue.total(),
            }),
            special_requests,
            eta: clock(eta),
            etd: clock(etd),
            board,
            custom_fields,
            external_refs: external_refs.into_iter().map(reference).collect(),
            source_version: source.version,
            source_updated_at: text(source.updated_at),
            reinstated,
            checked_in_at: text(checked_in_at),
            checked_out_at: text(checked_out_at),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

/// The example of a stay in the document.
pub fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "version": 1, "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02",
        "status": "reserved", "allowed_moves": ["due_in", "check_in", "cancel", "no_show"],
        "guest": {"guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "display_name": "王小明", "name": "WANG XIAOMING"},
        "companions": [], "arrival_on": "2026-12-20", "departure_on": "2026-12-22", "nights": 2, "day_use": false,
        "marks": [], "rooms": 1, "adults": 2, "children": 0, "infants": 0, "booked_on": "2026-11-02",
        "booked_room_type": "STD", "room_moves": [], "rate_code": "BAR",
        "rate": {"amount_minor": 88000, "currency": "CNY"}, "channel": "ota",
        "agent": {"partner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10",
            "current_partner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10", "name": "West Lake Travel"},
        "revenue": {"currency": "CNY", "room": 176000, "food_beverage": 32000, "other": 0, "total": 208000},
        "special_requests": "高楼层，不要羽绒枕", "eta": "15:30", "custom_fields": {},
        "external_refs": [{"system": "pms", "id": "R-88213"}], "source_version": 7, "reinstated": 0,
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}
