//! Complaints in bulk: one batch of messages, everything they name looked up in a constant number of queries.

use std::collections::{BTreeSet, HashMap};

use crate::complaints::batch::{Batch, Hotels, by_system, fault};
use crate::complaints::bench::Bench;
use crate::complaints::commands::Classify;
use crate::complaints::delivery::{ComplaintOutcome, Delivery, How, Laying, Named};
use crate::complaints::error::ComplaintError;
use crate::complaints::history::History;
use crate::complaints::judging::judge_by;
use crate::complaints::model::{
    Class, Complaint, ComplaintStatus, ExternalRef, Facts, LinkedGuest, NextDue, Progress, Reporter,
    ReporterKind,
};
use crate::complaints::service::check_times;
use crate::db::{Reads, Tx};
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::{ComplaintId, PartnerId, StaffId, StayId};
use crate::kit::patch::Patch;
use crate::partners;
use crate::platform::context::{ActorKind, Ctx};
use crate::service_levels::model::ComplaintChannel;
use crate::stays;
use crate::stays::model::Stay;
use crate::stays::people::People;

/// What became of one message: the complaint (absent for a new one of a dry run), or why it was not taken.
pub type RowDelivered = Result<(ComplaintOutcome, Option<ComplaintId>), Vec<Fault>>;

/// Takes a batch of messages in, in their order, and tells what became of each. One that cannot be taken stops nothing.
///
/// # Errors
/// [`ComplaintError::ReferenceTaken`] or [`ComplaintError::Stale`] when another writer came between: nothing is kept, and
/// the whole batch should be tried again in a savepoint.
pub fn deliver_all(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    messages: &[Delivery],
    how: How,
) -> Result<Vec<RowDelivered>, ComplaintError> {
    let hotels = Hotels::load(tx, cx, messages.iter().map(|message| &message.hotel))?;
    let refs =
        messages.iter().flat_map(|message| std::iter::once(&message.reference).chain(&message.external_refs));
    let batch = Batch::load(tx, cx, refs)?;
    let mut intake = Intake::new(tx, cx, how, batch, messages.iter())?;
    let mut results = Vec::with_capacity(messages.len());
    for message in messages {
        let taken = match hotels.asked(&message.hotel) {
            Ok(hotel) => intake.take(tx, hotel, message),
            Err(fault) => Err(ComplaintError::Invalid(vec![fault])),
        };
        results.push(match taken {
            Ok(taken) => Ok(taken),
            Err(ComplaintError::Invalid(faults)) => Err(faults),
            Err(error) => return Err(error),
        });
    }
    intake.finish(tx, &hotels, results)
}

/// What the messages name besides hotels and complaints.
struct Around {
    people: People,
    stays: HashMap<StayId, Stay>,
    stay_refs: HashMap<ExternalRef, StayId>,
    partners: BTreeSet<PartnerId>,
}

impl Around {
    fn load<'a>(
        reads: &mut impl Reads,
        cx: &Ctx,
        messages: impl Iterator<Item = &'a Delivery> + Clone,
        batch: &Batch,
    ) -> Result<Self, ComplaintError> {
        let mut stay_refs = HashMap::new();
        let told = messages.clone().filter_map(|message| match &message.stay {
            Some(Named::Reference(reference)) => Some(reference),
            Some(Named::Id(_)) | None => None,
        });
        for (system, ids) in by_system(told) {
            for (id, stay) in stays::repo::by_refs(reads, cx.group, &system, &ids)? {
                stay_refs.insert(ExternalRef { system: system.clone(), id }, stay);
            }
        }
        let by_id = messages.clone().filter_map(|message| match &message.stay {
            Some(Named::Id(id)) => Some(*id),
            Some(Named::Reference(_)) | None => None,
        });
        let of_known = batch.all().filter_map(|complaint| complaint.facts.stay_id);
        let wanted: BTreeSet<StayId> = by_id.chain(stay_refs.values().copied()).chain(of_known).collect();
        let stays = stays::repo::find_many(reads, cx.group, &wanted.into_iter().collect::<Vec<_>>())?;
        let guests = messages.clone().filter_map(|message| match &message.guest {
            Some(Named::Id(id)) => Some(*id),
            Some(Named::Reference(_)) | None => None,
        });
        let of_stays = stays.values().filter_map(|stay| stay.facts.guest.guest.map(|guest| guest.id));
        let guest_refs = messages.clone().filter_map(|message| match &message.guest {
            Some(Named::Reference(reference)) => Some(reference),
            Some(Named::Id(_)) | None => None,
        });
        let people = People::load(reads, cx, guests.chain(of_stays), guest_refs)?;
        let named: Vec<PartnerId> =
            messages.clone().filter_map(|message| message.said.partner_id.value().copied()).collect();
        let partners = match named.is_empty() {
            true => BTreeSet::new(),
            false => partners::service::survivors(reads, cx.group, &named)?.into_keys().collect(),
        };
        Ok(Self { people, stays, stay_refs, partners })
    }

    /// The stay that is meant at a hotel.
    fn stay(&self, hotel: &Hotel, message: &Delivery) -> Result<Option<&Stay>, Fault> {
        let (pointer, id) = match &message.stay {
            None => return Ok(None),
            Some(Named::Id(id)) => ("/stay_id", Some(id)),
            Some(Named::Reference(reference)) => ("/stay_reference", self.stay_refs.get(reference)),
        };
        let found = id.and_then(|id| self.stays.get(id)).filter(|stay| stay.hotel_id == hotel.id);
        match found {
            Some(stay) => Ok(Some(stay)),
            None => Err(fault(pointer, "unknown_reference", "is not a stay at this hotel")),
        }
    }

    /// The guest that is meant at a hotel.
    fn guest(&self, cx: &Ctx, hotel: &Hotel, message: &Delivery) -> Result<Option<LinkedGuest>, Fault> {
        let (pointer, found) = match &message.guest {
            None => return Ok(None),
            Some(Named::Id(id)) => ("/guest_id", self.people.at(cx, hotel.id, *id)),
            Some(Named::Reference(one)) => ("/guest_reference", self.people.by_ref(cx, hotel.id, one)),
        };
        match found {
            Some(guest) => Ok(Some(guest)),
            None => Err(fault(pointer, "unknown_reference", "is not a guest you can see at this hotel")),
        }
    }
}

/// A batch while it is taken in.
pub(super) struct Intake<'a> {
    cx: &'a Ctx,
    how: How,
    /// The complaints so far.
    pub(super) batch: Batch,
    around: Around,
    bench: Bench,
}

impl<'a> Intake<'a> {
    /// Looks up what the messages name.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn new<'m>(
        reads: &mut impl Reads,
        cx: &'a Ctx,
        how: How,
        batch: Batch,
        messages: impl Iterator<Item = &'m Delivery> + Clone,
    ) -> Result<Self, ComplaintError> {
        let around = Around::load(reads, cx, messages, &batch)?;
        Ok(Self { cx, how, batch, around, bench: Bench::default() })
    }

    /// Writes what changed, and says of each row which complaint it is about.
    ///
    /// # Errors
    /// [`ComplaintError::ReferenceTaken`] or [`ComplaintError::Stale`] when another writer came between.
    pub(super) fn finish(
        self,
        tx: &mut Tx<'_>,
        hotels: &Hotels,
        results: Vec<Result<(ComplaintOutcome, usize), Vec<Fault>>>,
    ) -> Result<Vec<RowDelivered>, ComplaintError> {
        let Self { cx, how, batch, around, .. } = self;
        let ids = if how.dry_run { batch.known() } else { batch.write(tx, cx, hotels, &around.stays)? };
        let told = |(outcome, place): (ComplaintOutcome, usize)| (outcome, ids.get(place).copied().flatten());
        Ok(results.into_iter().map(|result| result.map(told)).collect())
    }

    /// Lays a message over what stands in the batch, and says where the complaint stands there.
    fn take(
        &mut self,
        reads: &mut impl Reads,
        hotel: &Hotel,
        message: &Delivery,
    ) -> Result<(ComplaintOutcome, usize), ComplaintError> {
        self.check(hotel, message)?;
        match self.known(message) {
            Some((place, known)) => self.lay_over(reads, hotel, message, place, known),
            None => {
                let fresh = self.fresh(reads, hotel, message)?;
                Ok((ComplaintOutcome::Created, self.batch.keep(None, fresh, "complaint.created")))
            }
        }
    }

    /// Where the complaint of a message stands, and what it is so far.
    pub(super) fn known(&self, message: &Delivery) -> Option<(usize, Complaint)> {
        let place = self.batch.place(&message.reference)?;
        self.batch.at(place).cloned().map(|known| (place, known))
    }

    /// Looks whether all that a message names is there, and free.
    ///
    /// # Errors
    /// [`ComplaintError::Invalid`].
    pub(super) fn check(&self, hotel: &Hotel, message: &Delivery) -> Result<(), ComplaintError> {
        let place = self.batch.place(&message.reference);
        let mut faults = self.batch.taken(&message.external_refs, place);
        if let Some(id) = message.said.partner_id.value()
            && !self.around.partners.contains(id)
        {
            faults.push(fault("/partner_id", "unknown_reference", "is not a partner of this group"));
        }
        let mut found = |result: Result<(), Fault>| faults.extend(result.err());
        found(self.around.stay(hotel, message).map(|_| ()));
        found(self.around.guest(self.cx, hotel, message).map(|_| ()));
        if faults.is_empty() { Ok(()) } else { Err(ComplaintError::Invalid(faults)) }
    }

    /// The complaint that a message makes when none is known.
    ///
    /// # Errors
    /// [`ComplaintError::Invalid`].
    pub(super) fn fresh(
        &mut self,
        reads: &mut impl Reads,
        hotel: &Hotel,
        message: &Delivery,
    ) -> Result<Complaint, ComplaintError> {
        let cx = self.cx;
        let received_at = message.received_at.unwrap_or(cx.now);
        let mut facts = self.facts(hotel, message, blank(received_at));
        if let Ok(Some(stay)) = self.around.stay(hotel, message) {
            let guest =
                stay.facts.guest.guest.and_then(|guest| self.around.people.at(cx, hotel.id, guest.id));
            facts.guest = facts.guest.or(guest);
            facts.room = facts.room.or_else(|| stay.facts.room.clone());
        }
        check_times(cx, &facts)?;
        // Whoever takes over what others dealt with is not the one whom the guest told.
        let is_first = cx.actor.kind == ActorKind::Staff && !self.how.taken_over;
        let mut progress = Progress::begun(received_at, is_first.then_some(StaffId(cx.actor.id.0)));
        progress.last_guest_contact_at = Some(received_at);
        progress.history = self.how.taken_over.then(|| History::untold(cx.now));
        let draft = Complaint {
            group: cx.group,
            id: cx.new_id(),
            hotel_id: hotel.id,
            number: String::new(),
            status: ComplaintStatus::Received,
            facts,
            class: Class::default(),
            progress,
            cost_minor: 0,
            currency: hotel.currency,
            next: NextDue::default(),
            version: 1,
            created: (cx.now, cx.actor.id),
            updated: (cx.now, cx.actor.id),
        };
        judge_by(reads, cx, &mut self.bench, hotel, draft, message.class.clone())
            .map_err(|error| error.below("classification"))
    }

    fn lay_over(
        &mut self,
        reads: &mut impl Reads,
        hotel: &Hotel,
        message: &Delivery,
        place: usize,
        known: Complaint,
    ) -> Result<(ComplaintOutcome, usize), ComplaintError> {
        let refuse = |code: &str, text: &str| Err(ComplaintError::Invalid(vec![fault("", code, text)]));
        if !self.cx.sight.covers(Some(known.hotel_id)) {
            return refuse("reference_taken", "is known in a hotel you cannot see");
        }
        if known.hotel_id != hotel.id {
            return refuse("hotel_changed", "the complaint is kept by another hotel");
        }
        let start = match self.how.laying {
            Laying::CreateOnly => return Ok((ComplaintOutcome::Unchanged, place)),
            Laying::Overlay => known.facts.clone(),
            Laying::Replace => Facts {
                guest: known.facts.guest,
                stay_id: known.facts.stay_id,
                occurred_at: known.facts.occurred_at,
                external_refs: known.facts.external_refs.clone(),
                ..blank(known.facts.received_at)
            },
        };
        let facts = self.facts(hotel, message, start);
        check_times(self.cx, &facts)?;
        let mut new = Complaint { facts, ..known.clone() };
        if known.status == ComplaintStatus::Received && message.class != Classify::default() {
            // As a new one is judged: what is not told yet may still be missing.
            let draft = Complaint { number: String::new(), version: 1, ..new };
            let judged = judge_by(reads, self.cx, &mut self.bench, hotel, draft, message.class.clone())
                .map_err(|error| error.below("classification"))?;
            new = Complaint { number: known.number.clone(), version: known.version, ..judged };
        }
        if new == known {
            return Ok((ComplaintOutcome::Unchanged, place));
        }
        if known.progress.merged.is_some() {
            return refuse("merged", "became part of another complaint");
        }
        Ok((ComplaintOutcome::Updated, self.batch.keep(Some(place), new, "complaint.updated")))
    }

    /// What a message says, laid over what is known.
    fn facts(&self, hotel: &Hotel, message: &Delivery, mut facts: Facts) -> Facts {
        message.said.clone().apply(&mut facts);
        if let Patch::Value(partner) = message.said.partner_id {
            facts.partner_id = Some(partner);
        }
        if let Ok(Some(stay)) = self.around.stay(hotel, message) {
            facts.stay_id = Some(stay.id);
        }
        if let Ok(Some(guest)) = self.around.guest(self.cx, hotel, message) {
            // A guest linked through one that was merged since is the same guest.
            facts.guest = facts.guest.filter(|linked| linked.id == guest.id).or(Some(guest));
        }
        for reference in std::iter::once(&message.reference).chain(&message.external_refs) {
            if !facts.external_refs.contains(reference) {
                facts.external_refs.push(reference.clone());
            }
        }
        facts
    }
}

/// A complaint of which nothing is said yet.
fn blank(received_at: Instant) -> Facts {
    Facts {
        guest: None,
        reporter: Reporter { kind: ReporterKind::Guest, name: None },
        contact: None,
        stay_id: None,
        partner_id: None,
        room: None,
        location: None,
        asset: None,
        occurred_at: None,
        received_at,
        channel: ComplaintChannel::FrontDesk,
        language: None,
        subject: None,
        description: String::new(),
        demand: None,
        emotion: None,
        tags: Vec::new(),
        custom_fields: std::collections::BTreeMap::new(),
        external_refs: Vec::new(),
    }
}
