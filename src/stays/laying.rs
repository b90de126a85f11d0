//! How a message is laid over a stay: what counts, what stays, and which message comes too late. Pure.

use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::PartnerId;
use crate::platform::context::Ctx;
use crate::stays::delivery::{DeliveredParty, DeliveredPerson, Delivery, Laying};
use crate::stays::model::{ExternalRef, Facts, Person, Revenue, SourceOrder, Stay, StayStatus};

/// Who and what the names of a message stand for.
pub struct Context<'a> {
    /// The hotel of the stay.
    pub hotel: &'a Hotel,
    /// The person meant, given the one that stands in that place.
    pub person: &'a dyn Fn(&DeliveredPerson, Option<&Person>) -> Person,
    /// The partner meant.
    pub party: &'a dyn Fn(&DeliveredParty) -> Option<PartnerId>,
}

/// Whether a message tells of an earlier state than the stay has. The sender's versions decide where both have one, else
/// the instants of its changes; without either, messages count in the order in which they come. A deleted stay comes
/// back by a newer message only.
pub fn is_late(stay: &Stay, message: &Delivery) -> bool {
    let deleted = stay.status == StayStatus::Deleted && message.status != Some(StayStatus::Deleted);
    let (known, sent) = (stay.source, message.order);
    match (known.version, sent.version, known.updated_at, sent.updated_at) {
        (Some(known), Some(sent), _, _) => sent < known || (deleted && sent == known),
        (_, _, Some(known), Some(sent)) => sent < known || (deleted && sent == known),
        (_, _, None, Some(sent)) => deleted && sent <= stay.updated.0,
        _ => deleted,
    }
}

fn latest(known: SourceOrder, sent: SourceOrder) -> SourceOrder {
    SourceOrder { version: sent.version.or(known.version), updated_at: sent.updated_at.max(known.updated_at) }
}

/// A new stay.
pub fn fresh(cx: &Ctx, context: &Context<'_>, message: &Delivery) -> Stay {
    let status = message.status.unwrap_or(StayStatus::Reserved);
    let told = |wanted: StayStatus| message.order.updated_at.filter(|_| status == wanted);
    Stay {
        group: cx.group,
        id: cx.new_id(),
        hotel_id: context.hotel.id,
        status,
        facts: facts(context, empty(context, message), message, status),
        room_moves: Vec::new(),
        reinstated: 0,
        checked_in_at: told(StayStatus::InHouse),
        checked_out_at: told(StayStatus::CheckedOut),
        source: message.order,
        decisions: std::collections::BTreeMap::new(),
        version: 1,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    }
}

/// The stay with a message laid over it.
pub fn over(context: &Context<'_>, old: &Stay, message: &Delivery, laying: Laying) -> Stay {
    let status = message.status.unwrap_or(old.status);
    let base = match laying {
        Laying::CreateOnly | Laying::Overlay => old.facts.clone(),
        Laying::Replace => Facts {
            guest: old.facts.guest.clone(),
            companions: old.facts.companions.clone(),
            external_refs: old.facts.external_refs.clone(),
            ..empty(context, message)
        },
    };
    let back = matches!(old.status, StayStatus::Cancelled | StayStatus::NoShow)
        && !matches!(status, StayStatus::Cancelled | StayStatus::NoShow | StayStatus::Deleted);
    let (checked_in_at, checked_out_at) = presence(old, status, message.order);
    Stay {
        status,
        facts: facts(context, base, message, status),
        source: latest(old.source, message.order),
        reinstated: old.reinstated.saturating_add(i32::from(back)),
        checked_in_at,
        checked_out_at,
        ..old.clone()
    }
}

/// When the guest came and left, as far as the instants of the messages tell.
fn presence(old: &Stay, status: StayStatus, sent: SourceOrder) -> (Option<Instant>, Option<Instant>) {
    let reached = |wanted: StayStatus, at: Option<Instant>| {
        if status == wanted && old.status != wanted { sent.updated_at.or(at) } else { at }
    };
    match status {
        StayStatus::InHouse => (reached(StayStatus::InHouse, old.checked_in_at), None),
        StayStatus::CheckedOut => (old.checked_in_at, reached(StayStatus::CheckedOut, old.checked_out_at)),
        _ => (old.checked_in_at, old.checked_out_at),
    }
}

/// Nothing but what every stay has.
fn empty(context: &Context<'_>, message: &Delivery) -> Facts {
    Facts {
        guest: Person::default(),
        companions: Vec::new(),
        arrival_on: message.arrival_on,
        departure_on: message.departure_on,
        rooms: 1,
        adults: 1,
        children: 0,
        infants: 0,
        booked_on: None,
        cancelled_on: None,
        cancellation_reason: None,
        room: None,
        room_type: None,
        booked_room_type: None,
        rate_code: None,
        rate: None,
        channel: None,
        segment: None,
        purpose: None,
        agent_id: None,
        company_id: None,
        currency: context.hotel.currency,
        revenue: Revenue::default(),
        special_requests: None,
        eta: None,
        etd: None,
        board: None,
        custom_fields: std::collections::BTreeMap::new(),
        external_refs: Vec::new(),
    }
}

fn facts(context: &Context<'_>, old: Facts, message: &Delivery, status: StayStatus) -> Facts {
    fn keep<T: Clone>(sent: &Option<T>, old: Option<T>) -> Option<T> {
        sent.clone().or(old)
    }
    let guest = match &message.guest {
        Some(sent) => (context.person)(sent, Some(&old.guest)),
        None => old.guest,
    };
    let companions = match &message.companions {
        // A companion is the one that stood in that place under that name, if there was one.
        Some(sent) => sent
            .iter()
            .map(|sent| {
                let before = old.companions.iter().find(|old| sent.name.is_some() && old.name == sent.name);
                (context.person)(sent, before)
            })
            .collect(),
        None => old.companions,
    };
    let party = |sent: &Option<DeliveredParty>, old: Option<PartnerId>| {
        sent.as_ref().and_then(|party| (context.party)(party)).or(old)
    };
    let off = matches!(status, StayStatus::Cancelled | StayStatus::NoShow | StayStatus::Deleted);
    let mut custom_fields = old.custom_fields;
    custom_fields.extend(message.custom_fields.clone());
    Facts {
        guest,
        companions,
        arrival_on: message.arrival_on,
        departure_on: message.departure_on,
        rooms: message.rooms.unwrap_or(old.rooms),
        adults: message.adults.unwrap_or(old.adults),
        children: message.children.unwrap_or(old.children),
        infants: message.infants.unwrap_or(old.infants),
        booked_on: message.booked_on.or(old.booked_on),
        // A stay that is on again is no longer called off.
        cancelled_on: message.cancelled_on.or(old.cancelled_on.filter(|_| off)),
        cancellation_reason: keep(&message.cancellation_reason, old.cancellation_reason.filter(|_| off)),
        room: keep(&message.room, old.room),
        room_type: keep(&message.room_type, old.room_type),
        booked_room_type: keep(&message.booked_room_type, old.booked_room_type),
        rate_code: keep(&message.rate_code, old.rate_code),
        rate: message.rate.or(old.rate),
        channel: keep(&message.channel, old.channel),
        segment: keep(&message.segment, old.segment),
        purpose: message.purpose.or(old.purpose),
        agent_id: party(&message.agent, old.agent_id),
        company_id: party(&message.company, old.company_id),
        currency: message.currency.unwrap_or(old.currency),
        revenue: Revenue {
            room: message.revenue.room.unwrap_or(old.revenue.room),
            food_beverage: message.revenue.food_beverage.unwrap_or(old.revenue.food_beverage),
            other: message.revenue.other.unwrap_or(old.revenue.other),
        },
        special_requests: keep(&message.special_requests, old.special_requests),
        eta: message.eta.or(old.eta),
        etd: message.etd.or(old.etd),
        board: keep(&message.board, old.board),
        custom_fields,
        external_refs: references(old.external_refs, message),
    }
}

fn references(mut refs: Vec<ExternalRef>, message: &Delivery) -> Vec<ExternalRef> {
    for reference in std::iter::once(&message.reference).chain(&message.external_refs) {
        if !refs.contains(reference) {
            refs.push(reference.clone());
        }
    }
    refs
}
