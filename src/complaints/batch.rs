//! A batch of complaints: looked up by their references, changed, and written in a constant number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, ExternalRef};
use crate::complaints::service::{change, timed};
use crate::complaints::timing::Timing;
use crate::complaints::{numbers, recurrence, repo};
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::error::HotelError;
use crate::hotels::model::{Code, Hotel};
use crate::kit::fault::Fault;
use crate::kit::ids::{ComplaintId, HotelId, StayId};
use crate::platform::context::Ctx;
use crate::platform::record::record_all;
use crate::stays::delivery::HotelRef;
use crate::stays::model::Stay;

/// Most hotels of a group.
const MOST_HOTELS: i64 = 10_000;

/// A complaint of the batch.
#[derive(Debug)]
struct Entry {
    /// As it was read; absent for a new one.
    old: Option<Complaint>,
    /// As it is to be.
    new: Complaint,
    /// What is said to have happened to it.
    action: &'static str,
}

/// The hotels that are named.
#[derive(Debug, Default)]
pub(super) struct Hotels {
    by_id: HashMap<HotelId, Hotel>,
    codes: HashMap<String, HotelId>,
}

impl Hotels {
    /// Looks them up: the only one there is, else all the caller may see.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load<'a>(
        reads: &mut impl Reads,
        cx: &Ctx,
        named: impl Iterator<Item = &'a HotelRef>,
    ) -> Result<Self, ComplaintError> {
        let mut distinct: Vec<&HotelRef> = Vec::new();
        for hotel in named {
            if !distinct.contains(&hotel) {
                distinct.push(hotel);
            }
            if distinct.len() > 1 {
                break;
            }
        }
        let found = match distinct.as_slice() {
            [] => Vec::new(),
            [one] => {
                let found = match one {
                    HotelRef::Id(id) => hotels::service::find_hotel(reads, cx, *id),
                    HotelRef::Code(code) => match Code::parse(code) {
                        Some(code) => hotels::service::find_hotel_by_code(reads, cx, &code),
                        None => Err(HotelError::NotFound),
                    },
                };
                match found {
                    Ok(hotel) => vec![hotel],
                    Err(HotelError::NotFound) => Vec::new(),
                    Err(error) => return Err(error.into()),
                }
            }
            _ => hotels::service::list_hotels(reads, cx, None, MOST_HOTELS)?.items,
        };
        let codes = found.iter().map(|hotel| (hotel.code.to_string(), hotel.id)).collect();
        Ok(Self { by_id: found.into_iter().map(|hotel| (hotel.id, hotel)).collect(), codes })
    }

    /// The hotel that is meant, if the caller may see it.
    pub(super) fn meant(&self, wanted: &HotelRef) -> Option<&Hotel> {
        let id = match wanted {
            HotelRef::Id(id) => id,
            HotelRef::Code(code) => self.codes.get(code)?,
        };
        self.by_id.get(id)
    }

    /// The hotel that is meant.
    ///
    /// # Errors
    /// The fault of the member that names it, when the caller may not see it.
    pub(super) fn asked(&self, wanted: &HotelRef) -> Result<&Hotel, Fault> {
        let member = match wanted {
            HotelRef::Id(_) => "/hotel_id",
            HotelRef::Code(_) => "/hotel_code",
        };
        self.meant(wanted).ok_or_else(|| fault(member, "unknown_reference", "is not a hotel you can see"))
    }
}

/// Complaints by their references, as they stand after what was said so far.
#[derive(Debug)]
pub(super) struct Batch {
    entries: Vec<Entry>,
    by_ref: HashMap<ExternalRef, usize>,
}

impl Batch {
    /// The complaints behind references, one query a system, and the complaints themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load<'a>(
        reads: &mut impl Reads,
        cx: &Ctx,
        refs: impl Iterator<Item = &'a ExternalRef>,
    ) -> DbResult<Self> {
        let mut by_ref = HashMap::new();
        for (system, ids) in by_system(refs) {
            for (id, complaint) in repo::by_refs(reads, cx.group, &system, &ids)? {
                by_ref.insert(ExternalRef { system: system.clone(), id }, complaint);
            }
        }
        let ids: BTreeSet<ComplaintId> = by_ref.values().copied().collect();
        let found = repo::find_many(reads, cx.group, &ids.into_iter().collect::<Vec<_>>())?;
        let mut entries = Vec::with_capacity(found.len());
        let mut places = HashMap::with_capacity(found.len());
        for (id, complaint) in found {
            places.insert(id, entries.len());
            entries.push(Entry { old: Some(complaint.clone()), new: complaint, action: "" });
        }
        let by_ref = by_ref
            .into_iter()
            .filter_map(|(reference, id)| places.get(&id).map(|place| (reference, *place)))
            .collect();
        Ok(Self { entries, by_ref })
    }

    /// Where the complaint of a reference stands.
    pub(super) fn place(&self, reference: &ExternalRef) -> Option<usize> {
        self.by_ref.get(reference).copied()
    }

    /// The complaint at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Complaint> {
        self.entries.get(place).map(|entry| &entry.new)
    }

    /// Every complaint.
    pub(super) fn all(&self) -> impl Iterator<Item = &Complaint> {
        self.entries.iter().map(|entry| &entry.new)
    }

    /// What a reference that belongs to another complaint than the one at `place` is refused with.
    pub(super) fn taken(&self, refs: &[ExternalRef], place: Option<usize>) -> Vec<Fault> {
        let is_taken = |reference: &ExternalRef| self.place(reference).is_some_and(|at| Some(at) != place);
        let pointer = |at: usize| format!("/external_refs/{at}");
        refs.iter()
            .enumerate()
            .filter(|(_, reference)| is_taken(reference))
            .map(|(at, _)| fault(pointer(at), "reference_taken", "belongs to another complaint"))
            .collect()
    }

    /// Puts a complaint at its place, or at a new one, and says where that is.
    pub(super) fn keep(&mut self, place: Option<usize>, new: Complaint, action: &'static str) -> usize {
        let place = place.unwrap_or(self.entries.len());
        for reference in &new.facts.external_refs {
            self.by_ref.insert(reference.clone(), place);
        }
        match self.entries.get_mut(place) {
            Some(entry) => {
                entry.new = new;
                entry.action = action;
            }
            None => self.entries.push(Entry { old: None, new, action }),
        }
        place
    }

    /// The complaint of each place when nothing is written: absent for new ones.
    pub(super) fn known(self) -> Vec<Option<ComplaintId>> {
        self.entries.into_iter().map(|entry| entry.old.map(|old| old.id)).collect()
    }

    /// Writes what is new and what changed, numbers and traces with it, and returns the complaint of each place.
    ///
    /// # Errors
    /// [`ComplaintError::ReferenceTaken`] or [`ComplaintError::Stale`] when another writer came between.
    pub(super) fn write(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        hotels: &Hotels,
        stays: &HashMap<StayId, Stay>,
    ) -> Result<Vec<Option<ComplaintId>>, ComplaintError> {
        let ids = self.entries.iter().map(|entry| Some(entry.new.id)).collect();
        let timing = Timing::load(tx, cx.group)?;
        let time = |complaint: &mut Complaint| {
            let stay = complaint.facts.stay_id.and_then(|stay| stays.get(&stay));
            if let Some(hotel) = hotels.by_id.get(&complaint.hotel_id) {
                timed(&timing, hotel, stay, complaint, cx.now);
            }
        };
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for Entry { old, new: mut complaint, action } in self.entries {
            match old {
                Some(old) if old == complaint => {}
                Some(old) => {
                    time(&mut complaint);
                    complaint.version = old.version + 1;
                    complaint.updated = (cx.after(old.updated.0), cx.actor.id);
                    changed.push((old, complaint, action));
                }
                None => {
                    time(&mut complaint);
                    new.push(complaint);
                }
            }
        }
        let mut changes = Vec::with_capacity(new.len() + changed.len());
        for (old, complaint, action) in &changed {
            match repo::replace(tx, old, complaint)? {
                None => return Err(ComplaintError::ReferenceTaken(None)),
                Some(false) => return Err(ComplaintError::Stale),
                Some(true) => changes.push(change(action, Some(old), complaint, None)),
            }
        }
        if !new.is_empty() {
            // Late, because everybody else who needs a number of these hotels waits for the end of the transaction.
            numbers::number_all(tx, cx.group, &hotels.by_id, &mut new)?;
            repo::insert(tx, &new)?.ok_or(ComplaintError::ReferenceTaken(None))?;
        }
        // What is over is no sign of anything that comes back now.
        let open = || new.iter().filter(|complaint| complaint.status.is_open());
        let both = changed.iter().flat_map(|(old, complaint, _)| [old, complaint]);
        recurrence::prepare(tx, cx, open().chain(both))?;
        for complaint in open() {
            recurrence::observe(tx, cx, None, complaint)?;
        }
        for (old, complaint, _) in &changed {
            recurrence::observe(tx, cx, Some(old), complaint)?;
        }
        changes.extend(new.iter().map(|complaint| change("complaint.created", None, complaint, None)));
        Ok(record_all(tx, cx, changes).map(|()| ids)?)
    }
}

/// References by their system.
pub(super) fn by_system<'a>(refs: impl Iterator<Item = &'a ExternalRef>) -> BTreeMap<String, Vec<String>> {
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reference in refs {
        systems.entry(&reference.system).or_default().insert(&reference.id);
    }
    let owned = |ids: BTreeSet<&str>| ids.into_iter().map(str::to_owned).collect();
    systems.into_iter().map(|(system, ids)| (system.to_owned(), owned(ids))).collect()
}

/// A fault of one member.
pub(super) fn fault(pointer: impl Into<String>, code: &str, message: &str) -> Fault {
    Fault { pointer: pointer.into(), code: code.to_owned(), message: message.to_owned() }
}
