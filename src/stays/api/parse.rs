//! From what clients send to what the domain trusts: every value parsed, every fault noted.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveTime};

use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::{GuestId, HotelId, PartnerId};
use crate::partners::bulk::DeliveredPartner;
use crate::partners::model::PartnerType;
use crate::stays::api::wire::{
    StayCreate, StayDelivery, StayMoney, StayPartyDelivery, StayPersonDelivery, StayPersonSet, StayRef,
};
use crate::stays::commands::NewStay;
use crate::stays::delivery::{DeliveredParty, DeliveredPerson, DeliveredRevenue, Delivery, HotelRef};
use crate::stays::model::{
    Currency, ExternalRef, Facts, LinkedGuest, Money, Person, Revenue, SourceOrder, StayStatus,
};
use crate::web::fields::is_system;
pub(super) use crate::web::fields::{custom_field, instant};
use crate::web::input::{Input, read_value};

/// A delivery whose own reference is not settled: that of the path, or the first of its references.
pub struct Unaddressed(Delivery);

impl Unaddressed {
    /// The delivery of the stay behind a reference.
    pub fn about(self, reference: ExternalRef) -> Delivery {
        let mut delivery = self.0;
        delivery.external_refs.retain(|other| *other != reference);
        Delivery { reference, ..delivery }
    }
}

/// Reads a document of a stay as if a client had delivered it: the body of `PUT /v1/stays/by-ref/…` with the stay's own
/// reference first in `external_refs`. The rules of imports are those of the API.
///
/// # Errors
/// Every fault found.
pub fn document(document: serde_json::Value) -> Result<Delivery, Vec<Fault>> {
    let delivery = read_value::<StayDelivery>(document)?;
    match delivery.0.external_refs.first().cloned() {
        Some(reference) => Ok(delivery.about(reference)),
        None => Err(vec![Fault {
            pointer: "/external_refs".into(),
            code: "required".into(),
            message: "must have the stay's own reference first".into(),
        }]),
    }
}

impl Input for StayCreate {
    type Command = NewStay;

    fn check(self, faults: &mut Faults) -> Option<NewStay> {
        let status = self.status.unwrap_or(StayStatus::Reserved);
        if status == StayStatus::Deleted {
            faults.at("status", |f| f.add("status", "must not be deleted"));
        }
        let arrival_on = faults.at("arrival_on", |f| date(f, &self.arrival_on));
        let departure_on = faults.at("departure_on", |f| date(f, &self.departure_on));
        let currency = self.currency.and_then(|text| faults.at("currency", |f| currency(f, &text)));
        let revenue = self.revenue.as_ref();
        let facts = Facts {
            guest: faults.at("guest", |f| person(f, self.guest)),
            companions: faults.at("companions", |f| each(f, self.companions, person)),
            arrival_on: arrival_on.unwrap_or_default(),
            departure_on: departure_on.unwrap_or_default(),
            rooms: self.rooms.unwrap_or(1),
            adults: self.adults.unwrap_or(1),
            children: self.children.unwrap_or(0),
            infants: self.infants.unwrap_or(0),
            booked_on: optional_date(faults, "booked_on", self.booked_on),
            cancelled_on: optional_date(faults, "cancelled_on", self.cancelled_on),
            cancellation_reason: self.cancellation_reason,
            room: self.room,
            room_type: self.room_type,
            booked_room_type: self.booked_room_type,
            rate_code: self.rate_code,
            rate: self.rate.and_then(|rate| faults.at("rate", |f| money(f, &rate))),
            channel: self.channel,
            segment: self.segment,
            purpose: self.purpose,
            agent_id: self.agent_id.map(PartnerId),
            company_id: self.company_id.map(PartnerId),
            currency: currency.unwrap_or_else(Currency::none),
            revenue: Revenue {
                room: revenue.and_then(|sent| sent.room).unwrap_or(0),
                food_beverage: revenue.and_then(|sent| sent.food_beverage).unwrap_or(0),
                other: revenue.and_then(|sent| sent.other).unwrap_or(0),
            },
            special_requests: self.special_requests,
            eta: optional_time(faults, "eta", self.eta),
            etd: optional_time(faults, "etd", self.etd),
            board: self.board,
            custom_fields: faults.at("custom_fields", |f| custom(f, self.custom_fields)),
            external_refs: faults.at("external_refs", |f| references(f, self.external_refs)),
        };
        let names_revenue = self.revenue.is_some();
        arrival_on.zip(departure_on)?;
        Some(NewStay { hotel_id: HotelId(self.hotel_id), status, currency, names_revenue, facts })
    }
}

impl Input for StayDelivery {
    type Command = Unaddressed;

    fn check(self, faults: &mut Faults) -> Option<Unaddressed> {
        let hotel = match (self.hotel_id, self.hotel_code) {
            (Some(id), None) => Some(HotelRef::Id(HotelId(id))),
            (None, Some(code)) => Some(HotelRef::Code(code)),
            _ => {
                faults.at("hotel_id", |f| f.add("one_of", "needs hotel_id or hotel_code, and not both"));
                None
            }
        };
        let arrival_on = faults.at("arrival_on", |f| date(f, &self.arrival_on));
        let departure_on = match (self.departure_on, self.nights) {
            (Some(text), None) => faults.at("departure_on", |f| date(f, &text)),
            (None, Some(nights)) => arrival_on.and_then(|day| later(day, nights)),
            _ => {
                faults.at("departure_on", |f| f.add("one_of", "needs departure_on or nights, and not both"));
                None
            }
        };
        let booked_on = match (self.booked_on, self.lead_time_days) {
            (Some(text), None) => faults.at("booked_on", |f| date(f, &text)),
            (None, Some(days)) => arrival_on.and_then(|day| earlier(day, days)),
            (None, None) => None,
            (Some(_), Some(_)) => {
                let message = "cannot stand beside booked_on";
                faults.at("lead_time_days", |f| f.add("one_of", message));
                None
            }
        };
        let order = SourceOrder {
            version: self.source_version,
            updated_at: self
                .source_updated_at
                .and_then(|text| faults.at("source_updated_at", |f| instant(f, &text))),
        };
        let revenue = self.revenue.as_ref();
        let delivery = Delivery {
            reference: ExternalRef { system: String::new(), id: String::new() },
            external_refs: faults.at("external_refs", |f| references(f, self.external_refs)),
            order,
            hotel: hotel.clone().unwrap_or(HotelRef::Code(String::new())),
            status: self.status,
            arrival_on: arrival_on.unwrap_or_default(),
            departure_on: departure_on.unwrap_or_default(),
            guest: self.guest.map(|sent| faults.at("guest", |f| delivered(f, sent))),
            companions: self.companions.map(|sent| faults.at("companions", |f| each(f, sent, delivered))),
            rooms: self.rooms,
            adults: self.adults,
            children: self.children,
            infants: self.infants,
            booked_on,
            cancelled_on: optional_date(faults, "cancelled_on", self.cancelled_on),
            cancellation_reason: self.cancellation_reason,
            room: self.room,
            room_type: self.room_type,
            booked_room_type: self.booked_room_type,
            rate_code: self.rate_code,
            rate: self.rate.and_then(|rate| faults.at("rate", |f| money(f, &rate))),
            channel: self.channel,
            segment: self.segment,
            purpose: self.purpose,
            agent: self
                .agent
                .and_then(|sent| faults.at("agent", |f| party(f, sent, PartnerType::TravelAgency))),
            company: self
                .company
                .and_then(|sent| faults.at("company", |f| party(f, sent, PartnerType::Corporate))),
            currency: self.currency.and_then(|text| faults.at("currency", |f| currency(f, &text))),
            revenue: DeliveredRevenue {
                room: revenue.and_then(|sent| sent.room),
                food_beverage: revenue.and_then(|sent| sent.food_beverage),
                other: revenue.and_then(|sent| sent.other),
            },
            special_requests: self.special_requests,
            eta: optional_time(faults, "eta", self.eta),
            etd: optional_time(faults, "etd", self.etd),
            board: self.board,
            custom_fields: faults.at("custom_fields", |f| custom(f, self.custom_fields)),
        };
        arrival_on.zip(departure_on).zip(hotel)?;
        Some(Unaddressed(delivery))
    }
}

/// A list, each item checked at its place.
pub fn each<A, B>(faults: &mut Faults, items: Vec<A>, check: impl Fn(&mut Faults, A) -> B) -> Vec<B> {
    items.into_iter().enumerate().map(|(at, item)| faults.at(at, |f| check(f, item))).collect()
}

fn later(day: NaiveDate, days: i32) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::try_from(days).unwrap_or(0)))
}

fn earlier(day: NaiveDate, days: i32) -> Option<NaiveDate> {
    day.checked_sub_days(Days::new(u64::try_from(days).unwrap_or(0)))
}

/// A date of the calendar, `YYYY-MM-DD`.
pub fn date(faults: &mut Faults, text: &str) -> Option<NaiveDate> {
    let date = if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None };
    if date.is_none() {
        faults.add("date", "must be a date that exists, YYYY-MM-DD");
    }
    date
}

fn optional_date(faults: &mut Faults, member: &str, text: Option<String>) -> Option<NaiveDate> {
    text.and_then(|text| faults.at(member, |f| date(f, &text)))
}

/// A time of day, `HH:MM`.
pub fn time(faults: &mut Faults, text: &str) -> Option<NaiveTime> {
    let time = if text.len() == 5 { NaiveTime::parse_from_str(text, "%H:%M").ok() } else { None };
    if time.is_none() {
        faults.add("time", "must be a time of day, HH:MM");
    }
    time
}

fn optional_time(faults: &mut Faults, member: &str, text: Option<String>) -> Option<NaiveTime> {
    text.and_then(|text| faults.at(member, |f| time(f, &text)))
}

/// A currency, ISO 4217.
pub fn currency(faults: &mut Faults, text: &str) -> Option<Currency> {
    let known = Currency::parse(text).filter(|currency| *currency != Currency::none());
    if known.is_none() {
        faults.add("currency", "must be an ISO 4217 currency code, such as CNY");
    }
    known
}

/// A price.
pub fn money(faults: &mut Faults, sent: &StayMoney) -> Option<Money> {
    let currency = faults.at("currency", |f| currency(f, &sent.currency))?;
    Some(Money { amount_minor: sent.amount_minor, currency })
}

/// Somebody who stays; whether the guest exists is judged by the service.
pub fn person(faults: &mut Faults, sent: StayPersonSet) -> Person {
    let person = Person {
        guest: sent.guest_id.map(|id| LinkedGuest { id: GuestId(id), origin: GuestId(id) }),
        name: sent.name,
    };
    if person.is_nobody() {
        faults.add("person", "needs guest_id or name");
    }
    person
}

fn delivered(faults: &mut Faults, sent: StayPersonDelivery) -> DeliveredPerson {
    let StayPersonDelivery { guest_id, reference, name } = sent;
    let reference = reference.and_then(|sent| faults.at("reference", |f| reference_of(f, sent)));
    if guest_id.is_none() && reference.is_none() && name.is_none() {
        faults.add("person", "needs guest_id, reference or name");
    }
    DeliveredPerson { guest_id: guest_id.map(GuestId), reference, name }
}

fn party(faults: &mut Faults, sent: StayPartyDelivery, usual: PartnerType) -> Option<DeliveredParty> {
    let StayPartyDelivery { partner_id, reference, kind, name, code } = sent;
    match (partner_id, reference) {
        (Some(id), _) => Some(DeliveredParty::Known(PartnerId(id))),
        (None, Some(reference)) => {
            let reference = faults.at("reference", |f| reference_of(f, reference))?;
            let kind = kind.unwrap_or(usual);
            Some(DeliveredParty::Named(DeliveredPartner { reference, kind, name, code }))
        }
        (None, None) => {
            faults.add("one_of", "needs partner_id or reference");
            None
        }
    }
}

fn reference_of(faults: &mut Faults, StayRef { system, id }: StayRef) -> Option<ExternalRef> {
    if !is_system(&system) {
        faults.at("system", |f| {
            f.add("code", "must be 1 to 40 lower-case letters, digits, hyphens and underscores, not first")
        });
        return None;
    }
    Some(ExternalRef { system, id })
}

/// References, none of them twice.
pub fn references(faults: &mut Faults, sent: Vec<StayRef>) -> Vec<ExternalRef> {
    let refs: Vec<ExternalRef> = each(faults, sent, reference_of).into_iter().flatten().collect();
    for (at, reference) in refs.iter().enumerate() {
        if refs.iter().take(at).any(|earlier| earlier == reference) {
            faults.at(at, |f| f.add("duplicate", "is in the list already"));
        }
    }
    refs
}

fn custom(faults: &mut Faults, fields: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for (name, value) in &fields {
        custom_field(faults, name, Some(value));
    }
    fields
}
