//! What clients send to change a stay.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::PartnerId;
use crate::kit::patch::Patch;
use crate::stays::api::parse::{currency, custom_field, date, each, money, person, references, time};
use crate::stays::api::wire::{StayMoney, StayPersonSet, StayRef, StayRevenueSet, one_line};
use crate::stays::commands::{self, RevenuePatch};
use crate::stays::model::StayPurpose;
use crate::web::input::{Input, bound_faults};

/// A change of a stay (JSON Merge Patch, RFC 7396): absent members stay, `null` clears, lists are replaced whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayPatch {
    /// The main guest.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub guest: Option<StayPersonSet>,
    /// Who stays with the main guest.
    #[schema(nullable = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub companions: Option<Vec<StayPersonSet>>,
    /// Day of arrival, in the hotel's time zone.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-20"))]
    pub arrival_on: Option<String>,
    /// Day of departure; the day of arrival for day use.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-22"))]
    pub departure_on: Option<String>,
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
    /// The day it was booked; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = Date, examples("2026-11-02"))]
    pub booked_on: Patch<String>,
    /// The day it was called off; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = Date, examples("2026-12-01"))]
    pub cancelled_on: Patch<String>,
    /// Why it was called off; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 500, examples("Flight cancelled"))]
    pub cancellation_reason: Patch<String>,
    /// The room; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 20, examples("1208"))]
    pub room: Patch<String>,
    /// Code of the type of the room given; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("DLX"))]
    pub room_type: Patch<String>,
    /// Code of the type of the room booked; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("STD"))]
    pub booked_room_type: Patch<String>,
    /// Code of the rate; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("BAR"))]
    pub rate_code: Patch<String>,
    /// Code of the channel it came through; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("ota"))]
    pub channel: Patch<String>,
    /// Code of the market segment; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("leisure"))]
    pub segment: Patch<String>,
    /// Code of the board or meals; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 60, examples("BB"))]
    pub board: Patch<String>,
    /// Price a room and night; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<StayMoney>, nullable = false, required = false)]
    pub rate: Patch<StayMoney>,
    /// Why the guest travels; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<StayPurpose>, nullable = false, required = false, examples("leisure"))]
    pub purpose: Patch<StayPurpose>,
    /// The agency it came from; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    pub agent_id: Patch<uuid::Uuid>,
    /// The company it is for; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11"))]
    pub company_id: Patch<uuid::Uuid>,
    /// Currency of the revenue, ISO 4217.
    #[schema(nullable = false, min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    pub currency: Option<String>,
    /// What it brought in; needs the scope `stays:revenue`.
    #[schema(nullable = false)]
    #[validate(nested)]
    pub revenue: Option<StayRevenueSet>,
    /// What the guest asked for, in words; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 2000, examples("高楼层，不要羽绒枕"))]
    pub special_requests: Patch<String>,
    /// Expected time of arrival on the hotel's clocks; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 5, max_length = 5, pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples("15:30"))]
    pub eta: Patch<String>,
    /// Expected time of departure on the hotel's clocks; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 5, max_length = 5, pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples("11:00"))]
    pub etd: Patch<String>,
    /// Fields of the hotel's own to set, or to remove (`null`).
    #[serde(default)]
    #[schema(required = false, examples(json!({"floor_wish": "12"})))]
    #[validate(length(max = 50))]
    pub custom_fields: BTreeMap<String, Option<String>>,
    /// Ids of the stay in other systems.
    #[schema(nullable = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Option<Vec<StayRef>>,
}

impl Input for StayPatch {
    type Command = commands::StayPatch;

    fn check(self, faults: &mut Faults) -> Option<commands::StayPatch> {
        for (name, value) in &self.custom_fields {
            faults.at("custom_fields", |f| custom_field(f, name, value.as_deref()));
        }
        let revenue = self.revenue.as_ref();
        let day = |faults: &mut Faults, member: &str, sent: Option<String>| {
            sent.and_then(|text| faults.at(member, |f| date(f, &text)))
        };
        Some(commands::StayPatch {
            guest: self.guest.map(|sent| faults.at("guest", |f| person(f, sent))),
            companions: self.companions.map(|sent| faults.at("companions", |f| each(f, sent, person))),
            arrival_on: day(faults, "arrival_on", self.arrival_on),
            departure_on: day(faults, "departure_on", self.departure_on),
            rooms: self.rooms,
            adults: self.adults,
            children: self.children,
            infants: self.infants,
            booked_on: scalar(faults, "booked_on", self.booked_on, |f, text| date(f, &text)),
            cancelled_on: scalar(faults, "cancelled_on", self.cancelled_on, |f, text| date(f, &text)),
            cancellation_reason: line(faults, "cancellation_reason", self.cancellation_reason, 500),
            room: line(faults, "room", self.room, 20),
            room_type: line(faults, "room_type", self.room_type, 60),
            booked_room_type: line(faults, "booked_room_type", self.booked_room_type, 60),
            rate_code: line(faults, "rate_code", self.rate_code, 60),
            rate: scalar(faults, "rate", self.rate, |f, sent| {
                if let Err(errors) = sent.validate() {
                    for fault in bound_faults(&errors, String::new()) {
                        f.at(fault.pointer.trim_start_matches('/'), |f| f.add(&fault.code, fault.message));
                    }
                    return None;
                }
                money(f, &sent)
            }),
            channel: line(faults, "channel", self.channel, 60),
            segment: line(faults, "segment", self.segment, 60),
            purpose: self.purpose,
            agent_id: scalar(faults, "agent_id", self.agent_id, |_, id| Some(PartnerId(id))),
            company_id: scalar(faults, "company_id", self.company_id, |_, id| Some(PartnerId(id))),
            currency: self.currency.and_then(|text| faults.at("currency", |f| currency(f, &text))),
            revenue: RevenuePatch {
                room: revenue.and_then(|sent| sent.room),
                food_beverage: revenue.and_then(|sent| sent.food_beverage),
                other: revenue.and_then(|sent| sent.other),
            },
            special_requests: scalar(faults, "special_requests", self.special_requests, |f, text| {
                bounded(f, text, 2000)
            }),
            eta: scalar(faults, "eta", self.eta, |f, text| clock(f, &text)),
            etd: scalar(faults, "etd", self.etd, |f, text| clock(f, &text)),
            board: line(faults, "board", self.board, 60),
            custom_fields: self.custom_fields,
            external_refs: self.external_refs.map(|sent| faults.at("external_refs", |f| references(f, sent))),
        })
    }
}

fn scalar<A, B>(
    faults: &mut Faults,
    member: &str,
    sent: Patch<A>,
    check: impl FnOnce(&mut Faults, A) -> Option<B>,
) -> Patch<B> {
    match sent {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(value) => faults.at(member, |f| check(f, value)).map_or(Patch::Absent, Patch::Value),
    }
}

fn bounded(faults: &mut Faults, text: String, longest: usize) -> Option<String> {
    if !(1..=longest).contains(&text.chars().count()) {
        faults.add("length", format!("must have 1 to {longest} characters"));
        return None;
    }
    Some(text)
}

fn line(faults: &mut Faults, member: &str, sent: Patch<String>, longest: usize) -> Patch<String> {
    scalar(faults, member, sent, |faults, text| {
        let text = bounded(faults, text, longest)?;
        if one_line(&text).is_err() {
            faults.add("single_line", "must be text on one line, not blank");
            return None;
        }
        Some(text)
    })
}

/// A time of day; the bounds of its length are told first.
fn clock(faults: &mut Faults, text: &str) -> Option<chrono::NaiveTime> {
    if text.chars().count() != 5 {
        faults.add("length", "must have 5 characters");
        return None;
    }
    time(faults, text)
}
