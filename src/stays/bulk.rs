//! Stays in bulk: one batch of messages, everything they name looked up in a constant number of queries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::error::HotelError;
use crate::hotels::model::{Code, Hotel};
use crate::kit::fault::Fault;
use crate::kit::ids::{GroupId, HotelId, PartnerId, StayId};
use crate::partners;
use crate::partners::bulk::DeliveredPartner;
use crate::platform::context::Ctx;
use crate::stays::delivery::{Delivered, DeliveredParty, DeliveredPerson, Delivery, HotelRef, How, Laying};
use crate::stays::error::{StayError, fault};
use crate::stays::laying;
use crate::stays::model::{ExternalRef, Person, Stay};
use crate::stays::people::People;
use crate::stays::{facts, repo, service};

/// Most hotels of a group.
const MOST_HOTELS: i64 = 10_000;

/// What became of one message: the stay (absent for a new one of a dry run), or why it was not taken.
pub type RowDelivered = Result<(Delivered, Option<StayId>), Vec<Fault>>;

/// A stay of the batch as it stands after the messages so far.
struct Entry {
    /// As it was read; absent for a new one.
    old: Option<Stay>,
    /// As it is to be.
    new: Stay,
}

/// Everything the batch names.
struct Batch<'a> {
    cx: &'a Ctx,
    how: How,
    hotels: HashMap<HotelId, Hotel>,
    codes: HashMap<String, HotelId>,
    people: People,
    partners: HashMap<PartnerId, bool>,
    parties: HashMap<ExternalRef, PartnerId>,
    entries: Vec<Entry>,
    by_ref: HashMap<ExternalRef, usize>,
}

/// Takes a batch of messages in, in their order, and tells what became of each. One that cannot be taken stops nothing.
///
/// # Errors
/// [`StayError::ReferenceTaken`] or [`StayError::Stale`] when another writer came between: nothing is kept, and the
/// whole batch should be tried again in a savepoint.
pub fn deliver_all(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    messages: &[Delivery],
    how: How,
) -> Result<Vec<RowDelivered>, StayError> {
    let mut batch = Batch::load(tx, cx, messages, how)?;
    let faults: Vec<Vec<Fault>> = messages.iter().map(|message| batch.faults(message)).collect();
    let good = || messages.iter().zip(&faults).filter(|(_, faults)| faults.is_empty()).map(|(m, _)| m);
    if !how.dry_run {
        batch.parties = parties(tx, cx, good())?;
    }
    let mut results = Vec::with_capacity(messages.len());
    for (message, faults) in messages.iter().zip(faults) {
        results.push(if faults.is_empty() { batch.take(message) } else { Err(faults) });
    }
    let ids = batch.write(tx)?;
    Ok(results
        .into_iter()
        .map(|result| result.map(|(outcome, entry)| (outcome, ids.get(entry).copied().flatten())))
        .collect())
}

/// The hotels that messages name: the one of a single message, else all the caller may see.
fn hotels_of(reads: &mut impl Reads, cx: &Ctx, messages: &[Delivery]) -> Result<Vec<Hotel>, StayError> {
    let one = match messages {
        [Delivery { hotel: HotelRef::Id(id), .. }] => hotels::service::find_hotel(reads, cx, *id),
        [Delivery { hotel: HotelRef::Code(code), .. }] => match Code::parse(code) {
            Some(code) => hotels::service::find_hotel_by_code(reads, cx, &code),
            None => Err(HotelError::NotFound),
        },
        _ => return Ok(hotels::service::list_hotels(reads, cx, None, MOST_HOTELS)?.items),
    };
    match one {
        Ok(hotel) => Ok(vec![hotel]),
        Err(HotelError::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The partners that messages name by reference; unknown ones are created as provisional.
fn parties<'a>(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    messages: impl Iterator<Item = &'a Delivery>,
) -> Result<HashMap<ExternalRef, PartnerId>, StayError> {
    let wanted: Vec<DeliveredPartner> = messages
        .flat_map(|message| [&message.agent, &message.company])
        .filter_map(|party| match party {
            Some(DeliveredParty::Named(partner)) => Some(partner.clone()),
            Some(DeliveredParty::Known(_)) | None => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(partners::bulk::resolve_or_create(tx, cx, &wanted)?)
}

/// The stays behind references, one query a system, and the stays themselves.
fn known_stays<'a>(
    reads: &mut impl Reads,
    group: GroupId,
    refs: impl Iterator<Item = &'a ExternalRef>,
) -> DbResult<(HashMap<ExternalRef, StayId>, HashMap<StayId, Stay>)> {
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reference in refs {
        systems.entry(&reference.system).or_default().insert(&reference.id);
    }
    let mut by_ref = HashMap::new();
    for (system, ids) in systems {
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        for (id, stay) in repo::by_refs(reads, group, system, &ids)? {
            by_ref.insert(ExternalRef { system: system.to_owned(), id }, stay);
        }
    }
    let ids: BTreeSet<StayId> = by_ref.values().copied().collect();
    let stays = repo::find_many(reads, group, &ids.into_iter().collect::<Vec<_>>())?;
    Ok((by_ref, stays))
}

impl<'a> Batch<'a> {
    fn load(tx: &mut Tx<'_>, cx: &'a Ctx, messages: &[Delivery], how: How) -> Result<Self, StayError> {
        let hotels = hotels_of(tx, cx, messages)?;
        let codes = hotels.iter().map(|hotel| (hotel.code.to_string(), hotel.id)).collect();
        let refs = messages
            .iter()
            .flat_map(|message| std::iter::once(&message.reference).chain(&message.external_refs));
        let (known, stays) = known_stays(tx, cx.group, refs)?;
        let people = || {
            let along = messages.iter().flat_map(|message| message.companions.iter().flatten());
            messages.iter().filter_map(|message| message.guest.as_ref()).chain(along)
        };
        let people = People::load(
            tx,
            cx,
            people().filter_map(|person| person.guest_id),
            people().filter_map(|person| person.reference.as_ref()),
        )?;
        let named: BTreeSet<PartnerId> = messages
            .iter()
            .flat_map(|message| [&message.agent, &message.company])
            .filter_map(|party| match party {
                Some(DeliveredParty::Known(id)) => Some(*id),
                Some(DeliveredParty::Named(_)) | None => None,
            })
            .collect();
        let partners = service::known_partners(tx, cx, named.into_iter().collect())?;
        let mut entries = Vec::with_capacity(stays.len());
        let mut places = HashMap::with_capacity(stays.len());
        for (id, stay) in stays {
            places.insert(id, entries.len());
            entries.push(Entry { old: Some(stay.clone()), new: stay });
        }
        let by_ref = known
            .into_iter()
            .filter_map(|(reference, id)| places.get(&id).map(|place| (reference, *place)))
            .collect();
        let hotels = hotels.into_iter().map(|hotel| (hotel.id, hotel)).collect();
        Ok(Self { cx, how, hotels, codes, people, partners, parties: HashMap::new(), entries, by_ref })
    }

    fn hotel(&self, wanted: &HotelRef) -> Option<&Hotel> {
        let id = match wanted {
            HotelRef::Id(id) => id,
            HotelRef::Code(code) => self.codes.get(code)?,
        };
        self.hotels.get(id)
    }

    /// What only the database can tell of a message, whatever stands in the batch.
    fn faults(&self, message: &Delivery) -> Vec<Fault> {
        let mut faults = facts::date_faults(message.arrival_on, message.departure_on);
        let Some(hotel) = self.hotel(&message.hotel) else {
            let member = match message.hotel {
                HotelRef::Id(_) => "/hotel_id",
                HotelRef::Code(_) => "/hotel_code",
            };
            faults.push(fault(member, "unknown_reference", "is not a hotel you can see"));
            return faults;
        };
        let mut person = |pointer: String, person: &DeliveredPerson| {
            if let Some(id) = person.guest_id
                && self.people.at(self.cx, hotel.id, id).is_none()
            {
                let pointer = format!("{pointer}/guest_id");
                faults.push(fault(pointer, "unknown_reference", "is not a guest you can see"));
            } else if let Some(reference) = &person.reference
                && person.guest_id.is_none()
                && person.name.is_none()
                && self.people.by_ref(self.cx, hotel.id, reference).is_none()
            {
                let pointer = format!("{pointer}/reference");
                let message = "is not the reference of a guest you can see; a name is needed beside it";
                faults.push(fault(pointer, "unknown_reference", message));
            }
        };
        if let Some(main) = &message.guest {
            person("/guest".to_owned(), main);
        }
        for (at, along) in message.companions.iter().flatten().enumerate() {
            person(format!("/companions/{at}"), along);
        }
        for (pointer, party) in
            [("/agent/partner_id", &message.agent), ("/company/partner_id", &message.company)]
        {
            if let Some(DeliveredParty::Known(id)) = party
                && !self.partners.contains_key(id)
            {
                faults.push(fault(pointer, "unknown_reference", "is not a partner of the group"));
            }
        }
        faults
    }

    /// Lays a message over what stands in the batch.
    fn take(&mut self, message: &Delivery) -> Result<(Delivered, usize), Vec<Fault>> {
        let place = self.by_ref.get(&message.reference).copied();
        for (at, reference) in message.external_refs.iter().enumerate() {
            if self.by_ref.get(reference).is_some_and(|other| Some(*other) != place) {
                let pointer = format!("/external_refs/{at}");
                return Err(vec![fault(pointer, "reference_taken", "belongs to another stay")]);
            }
        }
        let Some(hotel) = self.hotel(&message.hotel) else { return Ok((Delivered::Unchanged, usize::MAX)) };
        let known = place.and_then(|place| self.entries.get(place)).map(|entry| &entry.new);
        if let Some(known) = known {
            if !self.cx.sight.covers(Some(known.hotel_id)) {
                return Err(vec![fault("", "reference_taken", "is known in a hotel you cannot see")]);
            }
            if known.hotel_id != hotel.id {
                return Err(vec![fault("", "hotel_changed", "the stay is kept by another hotel")]);
            }
        }
        let context = laying::Context {
            hotel,
            person: &|sent: &DeliveredPerson, old: Option<&Person>| self.person(hotel.id, sent, old),
            party: &|party: &DeliveredParty| match party {
                DeliveredParty::Known(id) => Some(*id),
                DeliveredParty::Named(partner) => self.parties.get(&partner.reference).copied(),
            },
        };
        let outcome = match known {
            None => Delivered::Created,
            Some(_) if self.how.laying == Laying::CreateOnly => Delivered::Unchanged,
            Some(known) if laying::is_late(known, message) => Delivered::Superseded,
            Some(_) => Delivered::Updated,
        };
        let new = match (outcome, known) {
            (Delivered::Created, _) => laying::fresh(self.cx, &context, message),
            (Delivered::Updated, Some(known)) => laying::over(&context, known, message, self.how.laying),
            (outcome, _) => return Ok((outcome, place.unwrap_or(usize::MAX))),
        };
        let faults = facts::faults(&new.facts, new.status);
        if !faults.is_empty() {
            return Err(faults);
        }
        let outcome = if known.is_some_and(|known| service::is_same(known, &new)) {
            Delivered::Unchanged
        } else {
            outcome
        };
        Ok((outcome, self.keep(place, new)))
    }

    fn keep(&mut self, place: Option<usize>, new: Stay) -> usize {
        let place = place.unwrap_or(self.entries.len());
        for reference in &new.facts.external_refs {
            self.by_ref.insert(reference.clone(), place);
        }
        match self.entries.get_mut(place) {
            Some(entry) => entry.new = new,
            None => self.entries.push(Entry { old: None, new }),
        }
        place
    }

    /// Who is meant: the guest named, or the one linked before as long as the sender does not say that somebody else
    /// stays.
    fn person(&self, hotel: HotelId, sent: &DeliveredPerson, old: Option<&Person>) -> Person {
        let named = sent
            .guest_id
            .and_then(|id| self.people.at(self.cx, hotel, id))
            .or_else(|| sent.reference.as_ref().and_then(|found| self.people.by_ref(self.cx, hotel, found)));
        let Some(old) = old else { return Person { guest: named, name: sent.name.clone() } };
        let same_name = sent.name.is_none() || old.name.is_none() || sent.name == old.name;
        // A guest linked through one that was merged since is the same guest.
        let same_guest = |guest: crate::stays::model::LinkedGuest| {
            old.guest.filter(|linked| linked.id == guest.id).unwrap_or(guest)
        };
        Person {
            guest: named.map(same_guest).or(old.guest.filter(|_| same_name)),
            name: sent.name.clone().or_else(|| old.name.clone()),
        }
    }

    /// Writes what changed and returns the stay of each entry.
    fn write(self, tx: &mut Tx<'_>) -> Result<Vec<Option<StayId>>, StayError> {
        let dry_run = self.how.dry_run;
        let ids = self
            .entries
            .iter()
            .map(|entry| (entry.old.is_some() || !dry_run).then_some(entry.new.id))
            .collect();
        if dry_run {
            return Ok(ids);
        }
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for Entry { old, new: stay } in self.entries {
            match old {
                None => new.push(stay),
                Some(old) if old != stay => changed.push((old, stay)),
                Some(_) => {}
            }
        }
        service::save_batch(tx, self.cx, new, changed)?;
        Ok(ids)
    }
}
