//! Rules of stays: how staff create and change them, and how every change is written. No HTTP; the caller holds the
//! transaction.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::kit::clock::Instant;
use crate::kit::ids::{GuestId, HotelId, PartnerId, StayId};
use crate::kit::version::Expected;
use crate::partners;
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record, record_all};
use crate::stays::commands::{NewStay, StayPatch};
use crate::stays::error::{StayError, fault};
use crate::stays::list_repo::{self, Position, StayFilter, StaySort};
use crate::stays::model::{ExternalRef, Facts, Person, Stay, StayStatus};
use crate::stays::people::{Called, People};
use crate::stays::{facts, repo};

/// Where the caller may see and write what stays brought in; nowhere when absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevenueSight(pub Option<Sight>);

impl RevenueSight {
    /// Whether the revenue of a hotel's stays is open to the caller.
    pub fn covers(&self, hotel: HotelId) -> bool {
        self.0.as_ref().is_some_and(|sight| sight.covers(Some(hotel)))
    }
}

impl RevenueSight {
    /// Whether revenue is open in every hotel of a sight.
    pub fn reaches(&self, seen: &Sight) -> bool {
        match (&self.0, seen) {
            (Some(Sight::WholeGroup), _) => true,
            (Some(open), Sight::Hotels(hotels)) => hotels.iter().all(|hotel| open.covers(Some(*hotel))),
            _ => false,
        }
    }
}

/// The guest an id leads to, if the caller may see it.
///
/// # Errors
/// [`StayError::NotFound`].
pub fn guest(reads: &mut impl Reads, cx: &Ctx, id: GuestId) -> Result<GuestId, StayError> {
    let people = People::load(reads, cx, std::iter::once(id), std::iter::empty())?;
    people.reached(cx, id).ok_or(StayError::NotFound)
}

/// A stay the caller may see, whatever its status.
///
/// # Errors
/// [`StayError::NotFound`] for missing and foreign ones alike.
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: StayId) -> Result<Stay, StayError> {
    let found = repo::find(reads, cx.group, id)?;
    found.filter(|stay| cx.sight.covers(Some(stay.hotel_id))).ok_or(StayError::NotFound)
}

/// The stay that holds an external reference, if the caller may see it.
///
/// # Errors
/// [`StayError::NotFound`].
pub fn get_by_ref(reads: &mut impl Reads, cx: &Ctx, reference: &ExternalRef) -> Result<Stay, StayError> {
    let id = repo::by_ref(reads, cx.group, reference)?.ok_or(StayError::NotFound)?;
    get(reads, cx, id)
}

/// How guests and partners of stays are called now.
///
/// # Errors
/// When the database fails.
pub fn called(reads: &mut impl Reads, cx: &Ctx, stays: &[Stay]) -> DbResult<Called> {
    Called::load(reads, cx, stays.iter())
}

/// Stays the caller may see, page by page, and where the next page starts. A merged guest's stays are the survivor's; a
/// partner's are those of all that became part of it, too.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &StayFilter,
    sort: StaySort,
    after: Option<Position>,
    limit: i64,
) -> Result<(Vec<Stay>, Option<Position>), StayError> {
    let mut filter = filter.clone();
    if let Some(guest) = filter.guest {
        match self::guest(reads, cx, guest) {
            Ok(reached) => filter.guest = Some(reached),
            Err(StayError::NotFound) => return Ok((Vec::new(), None)),
            Err(error) => return Err(error),
        }
    }
    if let [partner] = filter.partners.as_slice() {
        filter.partners = partners::service::family(reads, cx.group, *partner)?;
    }
    let mut found = list_repo::list(reads, cx, &filter, sort, after, limit.saturating_add(1))?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|stay| list_repo::position(sort, stay));
    Ok((found, next))
}

/// Creates a stay.
///
/// # Errors
/// [`StayError::Invalid`], [`StayError::ReferenceTaken`], [`StayError::Scope`] for revenue without the right to it.
pub fn create(tx: &mut Tx<'_>, cx: &Ctx, revenue: &RevenueSight, new: NewStay) -> Result<Stay, StayError> {
    let hotel = match hotels::service::find_hotel(tx, cx, new.hotel_id) {
        Ok(hotel) => hotel,
        Err(hotels::error::HotelError::NotFound) => {
            return Err(StayError::invalid_at(
                "/hotel_id",
                "unknown_reference",
                "is not a hotel you can see",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    if new.names_revenue && !revenue.covers(hotel.id) {
        return Err(StayError::Scope("stays:revenue"));
    }
    let facts = Facts { currency: new.currency.unwrap_or(hotel.currency), ..new.facts };
    let facts = settle(tx, cx, hotel.id, facts, None, new.status)?;
    refuse_taken(tx, cx, &facts.external_refs, None)?;
    let stay = Stay {
        group: cx.group,
        id: cx.new_id(),
        hotel_id: hotel.id,
        status: new.status,
        facts,
        room_moves: Vec::new(),
        reinstated: 0,
        checked_in_at: (new.status == StayStatus::InHouse).then_some(cx.now),
        checked_out_at: None,
        source: crate::stays::model::SourceOrder::default(),
        decisions: std::collections::BTreeMap::new(),
        version: 1,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    };
    repo::insert(tx, std::slice::from_ref(&stay))?.ok_or(StayError::ReferenceTaken(None))?;
    record(tx, cx, change("stay.created", None, &stay))?;
    Ok(stay)
}

/// Changes what is written down of a stay.
///
/// # Errors
/// [`StayError::NotFound`], [`StayError::Stale`], [`StayError::State`] when deleted, [`StayError::Invalid`],
/// [`StayError::ReferenceTaken`], [`StayError::Scope`].
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    revenue: &RevenueSight,
    id: StayId,
    expected: &Expected,
    patch: StayPatch,
) -> Result<Stay, StayError> {
    let old = writable(tx, cx, id, expected)?;
    if patch.names_revenue() && !revenue.covers(old.hotel_id) {
        return Err(StayError::Scope("stays:revenue"));
    }
    let mut facts = old.facts.clone();
    patch.apply(&mut facts);
    if facts == old.facts {
        return Ok(old);
    }
    let facts = settle(tx, cx, old.hotel_id, facts, Some(&old.facts), old.status)?;
    refuse_taken(tx, cx, &facts.external_refs, Some(old.id))?;
    let new = Stay { facts, ..old.clone() };
    save(tx, cx, &old, new)
}

/// Takes a stay out of the records. It stays readable by its id, and its references stay its own, so that an old message
/// of its sender does not make it anew.
///
/// # Errors
/// [`StayError::NotFound`], [`StayError::Stale`].
pub fn delete(tx: &mut Tx<'_>, cx: &Ctx, id: StayId, expected: &Expected) -> Result<(), StayError> {
    let old = get(tx, cx, id)?;
    if !expected.allows(old.version) {
        return Err(StayError::Stale);
    }
    if old.status != StayStatus::Deleted {
        save(tx, cx, &old, Stay { status: StayStatus::Deleted, ..old.clone() })?;
    }
    Ok(())
}

/// A stay of the version the caller expects that was not deleted.
pub(super) fn writable(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: StayId,
    expected: &Expected,
) -> Result<Stay, StayError> {
    let stay = get(tx, cx, id)?;
    if !expected.allows(stay.version) {
        return Err(StayError::Stale);
    }
    if stay.status == StayStatus::Deleted {
        return Err(StayError::State("stay_deleted"));
    }
    Ok(stay)
}

/// Checks facts that staff wrote and follows merged guests; what stood there before is not judged again.
fn settle(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    mut wanted: Facts,
    before: Option<&Facts>,
    status: StayStatus,
) -> Result<Facts, StayError> {
    let stood: Vec<GuestId> = before.map(|facts| facts.guests().collect()).unwrap_or_default();
    let new: Vec<GuestId> = wanted.guests().filter(|guest| !stood.contains(guest)).collect();
    let people = People::load(reads, cx, new.into_iter(), std::iter::empty())?;
    let mut faults = facts::faults(&wanted, status);
    let mut resolve = |pointer: String, person: &mut Person| {
        let Some(named) = person.guest.filter(|guest| !stood.contains(&guest.id)) else { return };
        match people.at(cx, hotel, named.id) {
            Some(found) => person.guest = Some(found),
            None => faults.push(fault(pointer, "unknown_reference", "is not a guest you can see")),
        }
    };
    resolve("/guest/guest_id".to_owned(), &mut wanted.guest);
    for (at, person) in wanted.companions.iter_mut().enumerate() {
        resolve(format!("/companions/{at}/guest_id"), person);
    }
    let parties = [
        ("/agent_id", wanted.agent_id, before.and_then(|facts| facts.agent_id)),
        ("/company_id", wanted.company_id, before.and_then(|facts| facts.company_id)),
    ];
    let named = parties.iter().filter(|(_, wanted, before)| wanted != before);
    let named: Vec<PartnerId> = named.filter_map(|(_, wanted, _)| *wanted).collect();
    let known = known_partners(reads, cx, named)?;
    for (pointer, wanted, before) in parties {
        if wanted.is_some_and(|id| Some(id) != before && !known.contains_key(&id)) {
            faults.push(fault(pointer, "unknown_reference", "is not a partner of the group"));
        }
    }
    if faults.is_empty() { Ok(wanted) } else { Err(StayError::Invalid(faults)) }
}

/// Which of these partners there are.
pub(super) fn known_partners(
    reads: &mut impl Reads,
    cx: &Ctx,
    ids: Vec<PartnerId>,
) -> DbResult<HashMap<PartnerId, bool>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = partners::service::survivors(reads, cx.group, &ids)?;
    Ok(found.into_keys().map(|id| (id, true)).collect())
}

fn refuse_taken(
    reads: &mut impl Reads,
    cx: &Ctx,
    refs: &[ExternalRef],
    own: Option<StayId>,
) -> Result<(), StayError> {
    for reference in refs {
        let holder = repo::by_ref(reads, cx.group, reference)?.filter(|holder| Some(*holder) != own);
        if let Some(holder) = holder {
            let visible = get(reads, cx, holder).is_ok();
            return Err(StayError::ReferenceTaken(visible.then_some(holder)));
        }
    }
    Ok(())
}

/// Whether two states of a stay say the same, whenever it was said.
pub fn is_same(one: &Stay, other: &Stay) -> bool {
    Stay { source: other.source, ..one.clone() } == *other
}

/// Writes the next version of a stay; whoever asks for it leaves the trace.
pub(super) fn save_silently(tx: &mut Tx<'_>, cx: &Ctx, old: &Stay, new: Stay) -> Result<Stay, StayError> {
    let new = next_version(cx, old, new);
    written(repo::replace(tx, old, &new)?)?;
    Ok(new)
}

/// Writes the next version of a stay with its audit and event rows.
pub(super) fn save(tx: &mut Tx<'_>, cx: &Ctx, old: &Stay, new: Stay) -> Result<Stay, StayError> {
    let new = save_silently(tx, cx, old, new)?;
    record(tx, cx, change(action(old, &new), Some(old), &new))?;
    Ok(new)
}

fn next_version(cx: &Ctx, old: &Stay, new: Stay) -> Stay {
    Stay { version: old.version + 1, updated: (cx.after(old.updated.0), cx.actor.id), ..new }
}

fn written(done: Option<bool>) -> Result<(), StayError> {
    match done {
        Some(true) => Ok(()),
        Some(false) => Err(StayError::Stale),
        None => Err(StayError::ReferenceTaken(None)),
    }
}

/// Writes a batch of new and changed stays with their audit and event rows; versions are set here.
///
/// # Errors
/// [`StayError::ReferenceTaken`] or [`StayError::Stale`] when another writer came between.
pub(super) fn save_batch(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    new: Vec<Stay>,
    changed: Vec<(Stay, Stay)>,
) -> Result<(), StayError> {
    if !new.is_empty() {
        repo::insert(tx, &new)?.ok_or(StayError::ReferenceTaken(None))?;
    }
    let mut changes: Vec<Change> = new.iter().map(|stay| change("stay.created", None, stay)).collect();
    for (old, new) in changed {
        if is_same(&old, &new) {
            written(Some(repo::note_order(tx, &old, new.source)?))?;
            continue;
        }
        let new = next_version(cx, &old, new);
        written(repo::replace(tx, &old, &new)?)?;
        changes.push(change(action(&old, &new), Some(&old), &new));
    }
    Ok(record_all(tx, cx, changes)?)
}

/// What happened between two states of a stay.
fn action(old: &Stay, new: &Stay) -> &'static str {
    use StayStatus::{Cancelled, CheckedOut, Deleted, DueIn, InHouse, NoShow, Reserved};
    if new.room_moves.len() > old.room_moves.len() {
        return "stay.room_moved";
    }
    match (old.status, new.status) {
        (before, after) if before == after => "stay.updated",
        (Cancelled | NoShow | Deleted, Reserved | DueIn | InHouse) | (CheckedOut, InHouse) => {
            "stay.reinstated"
        }
        (_, Reserved) => "stay.updated",
        (_, DueIn) => "stay.due_in",
        (_, InHouse) => "stay.checked_in",
        (_, CheckedOut) => "stay.checked_out",
        (_, Cancelled) => "stay.cancelled",
        (_, NoShow) => "stay.no_show",
        (_, Deleted) => "stay.deleted",
    }
}

fn change(action: &'static str, before: Option<&Stay>, after: &Stay) -> Change {
    let mut now = document(after);
    if let Some(members) = now.as_object_mut()
        && before.is_some_and(|before| before.facts.revenue != after.facts.revenue)
    {
        members.insert("revenue_changed".into(), true.into());
    }
    Change {
        action,
        subject_kind: "stay",
        subject_id: after.id.0,
        version: after.version,
        hotel: Some(after.hotel_id),
        at: after.updated.0,
        before: before.map(document),
        after: Some(now),
    }
}

/// The stay as log and feed keep it. What it brought in stays in the stay: readers of the feed may not all see it.
fn document(stay: &Stay) -> Value {
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
        revenue: _,
        special_requests,
        eta,
        etd,
        board,
        custom_fields,
        external_refs,
    } = &stay.facts;
    let person =
        |person: &Person| json!({"guest_id": person.guest.map(|guest| guest.id), "name": person.name});
    let instant = |at: Option<Instant>| at.map(|at| at.to_string());
    let mut value = json!({
        "hotel_id": stay.hotel_id, "status": stay.status, "guest": person(guest),
        "companions": companions.iter().map(person).collect::<Vec<_>>(),
        "arrival_on": arrival_on, "departure_on": departure_on, "rooms": rooms, "adults": adults,
        "children": children, "infants": infants, "booked_on": booked_on, "cancelled_on": cancelled_on,
        "cancellation_reason": cancellation_reason, "room": room, "room_type": room_type,
        "booked_room_type": booked_room_type, "rate_code": rate_code,
        "rate": rate.map(|money| json!({"amount_minor": money.amount_minor, "currency": money.currency.code()})),
        "channel": channel, "segment": segment, "purpose": purpose, "agent_id": agent_id,
        "company_id": company_id, "currency": currency.code(), "special_requests": special_requests,
        "eta": eta, "etd": etd, "board": board, "custom_fields": custom_fields, "external_refs": external_refs,
        "room_moves": stay.room_moves, "reinstated": stay.reinstated,
        "checked_in_at": instant(stay.checked_in_at), "checked_out_at": instant(stay.checked_out_at),
    });
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| match member {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(inner) => {
                inner.retain(|_, value| !value.is_null());
                !inner.is_empty()
            }
            _ => true,
        });
    }
    value
}
