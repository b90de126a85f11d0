//! One batch: all references looked up in one query, each row applied in memory in its order, everything written at
//! once.

use std::collections::HashMap;

use crate::db::Tx;
use crate::flows::imports::guests::Sent;
use crate::flows::imports::{How, RowResult, Taken, fault};
use crate::guests::bulk;
use crate::guests::error::GuestError;
use crate::guests::model::{ExternalRef, Guest, GuestStatus, Profile};
use crate::guests::service;
use crate::intake::Mode;
use crate::kit::fault::Fault;
use crate::kit::ids::{GuestId, HotelId, StaffId};
use crate::platform::context::Ctx;
use crate::platform::jobs::{RowOutcome, Subject};

/// A guest of the batch as it stands after the rows so far.
struct Entry {
    /// As it was read; absent for a new one.
    old: Option<Guest>,
    /// As it is to be.
    profile: Profile,
    /// Whether it has to be written.
    changed: bool,
}

/// The guests of the batch, by every reference they have or get.
struct Batch<'a> {
    cx: &'a Ctx,
    how: How,
    private_to: Option<HotelId>,
    entries: Vec<Entry>,
    by_ref: HashMap<ExternalRef, usize>,
    /// What is known of owners and hotels the rows name.
    named: HashMap<(Option<StaffId>, Option<HotelId>), Vec<Fault>>,
}

/// What became of a row, and of which entry.
type Applied = Result<(RowOutcome, usize), Vec<Fault>>;

/// Runs a batch. `private_to` is the hotel whose staff alone may see new guests; the whole group when absent.
pub(super) fn run(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    rows: &[Taken<Sent>],
    how: How,
    private_to: Option<HotelId>,
) -> Result<Vec<RowResult>, GuestError> {
    let mut batch = Batch::of(tx, cx, rows, how, private_to)?;
    let mut applied = Vec::with_capacity(rows.len());
    for row in rows {
        applied.push(match row {
            Taken::Record(row) => batch.take_in(tx, &row.record)?,
            Taken::Rejected(result) => Err(result.faults.clone()),
            Taken::Skipped { .. } => Ok((RowOutcome::Skipped, usize::MAX)),
        });
    }
    let ids = batch.write(tx)?;
    let told = |(row, applied): (&Taken<Sent>, Applied)| match (row, applied) {
        (Taken::Record(row), Ok((outcome, entry))) => {
            row.became(outcome, ids.get(entry).copied().flatten().map(Subject::Guest))
        }
        (Taken::Record(row), Err(faults)) => row.rejected(faults),
        (Taken::Rejected(result), _) => result.clone(),
        (Taken::Skipped { line }, _) => RowResult::skipped(*line),
    };
    Ok(rows.iter().zip(applied).map(told).collect())
}

impl<'a> Batch<'a> {
    fn of(
        tx: &mut Tx<'_>,
        cx: &'a Ctx,
        rows: &[Taken<Sent>],
        how: How,
        private_to: Option<HotelId>,
    ) -> Result<Self, GuestError> {
        let guests = || {
            rows.iter().filter_map(|row| if let Taken::Record(row) = row { Some(&row.record) } else { None })
        };
        let refs = guests()
            .flat_map(|sent| sent.profile.external_refs.iter().chain(std::iter::once(&sent.identity)));
        let known = bulk::known(tx, cx.group, refs)?;
        let mut entries = Vec::with_capacity(known.guests.len());
        let mut places: HashMap<GuestId, usize> = HashMap::with_capacity(known.guests.len());
        for (id, guest) in known.guests {
            places.insert(id, entries.len());
            entries.push(Entry { profile: guest.profile.clone(), old: Some(guest), changed: false });
        }
        let place = |(reference, id)| places.get(&id).map(|place| (reference, *place));
        let by_ref = known.by_ref.into_iter().filter_map(place).collect();
        Ok(Self { cx, how, private_to, entries, by_ref, named: HashMap::new() })
    }

    fn take_in(&mut self, tx: &mut Tx<'_>, row: &Sent) -> Result<Applied, GuestError> {
        let faults = self.faults(tx, &row.profile)?;
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let place = self.by_ref.get(&row.identity).copied();
        for (at, reference) in row.profile.external_refs.iter().enumerate() {
            if self.by_ref.get(reference).is_some_and(|other| Some(*other) != place) {
                return Ok(Err(vec![taken(at)]));
            }
        }
        Ok(match place {
            Some(place) => self.lay_over(place, row),
            None => Ok((RowOutcome::Created, self.add(row))),
        })
    }

    /// What only the database and the calendar can tell of a profile.
    fn faults(&mut self, tx: &mut Tx<'_>, profile: &Profile) -> Result<Vec<Fault>, GuestError> {
        let names = (profile.owner_id, profile.private_to_hotel_id);
        if names != (None, None) && !self.named.contains_key(&names) {
            let named = Profile { owner_id: names.0, private_to_hotel_id: names.1, ..Profile::default() };
            let faults = match service::check_references(tx, self.cx, &named) {
                Ok(()) => Vec::new(),
                Err(GuestError::Invalid(faults)) => faults,
                Err(error) => return Err(error),
            };
            self.named.insert(names, faults);
        }
        let mut faults = self.named.get(&names).cloned().unwrap_or_default();
        if service::born_later(self.cx, profile) {
            faults.push(fault("/birth_date", "birth_date", "must not be in the future"));
        }
        Ok(faults)
    }

    fn add(&mut self, row: &Sent) -> usize {
        let mut profile = service::with_reference(row.profile.clone(), row.identity.clone());
        profile.private_to_hotel_id = profile.private_to_hotel_id.or(self.private_to);
        let place = self.entries.len();
        for reference in &profile.external_refs {
            self.by_ref.insert(reference.clone(), place);
        }
        self.entries.push(Entry { old: None, profile, changed: true });
        place
    }

    fn lay_over(&mut self, place: usize, row: &Sent) -> Applied {
        let Some(entry) = self.entries.get_mut(place) else {
            return Err(vec![taken(0)]);
        };
        let mut sent = service::with_reference(row.profile.clone(), row.identity.clone());
        if let Some(old) = &entry.old {
            if !self.cx.sight.covers(old.profile.private_to_hotel_id) {
                return Err(vec![taken(0)]);
            }
            if old.status != GuestStatus::Active {
                return Err(vec![fault("/external_refs/0", "not_active", "is archived or was merged")]);
            }
            sent.external_refs.retain(|reference| !bulk::is_own(reference, old.id));
        }
        let new = match self.how.mode {
            Mode::CreateOnly => None,
            Mode::Merge => service::overlay_profile(&entry.profile, sent),
            Mode::Replace => service::replace_profile(&entry.profile, sent),
        };
        let Some(new) = new else {
            return Ok((RowOutcome::Unchanged, place));
        };
        for reference in &new.external_refs {
            self.by_ref.insert(reference.clone(), place);
        }
        entry.profile = new;
        entry.changed = true;
        Ok((RowOutcome::Updated, place))
    }

    /// Writes what changed and returns the guest of each entry.
    fn write(self, tx: &mut Tx<'_>) -> Result<Vec<Option<GuestId>>, GuestError> {
        let mut ids: Vec<Option<GuestId>> = Vec::with_capacity(self.entries.len());
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for entry in self.entries {
            ids.push(entry.old.as_ref().map(|old| old.id));
            match entry.old {
                None => new.push(entry.profile),
                Some(old) if entry.changed && entry.profile != old.profile => {
                    let to = Guest { profile: entry.profile, ..old.clone() };
                    changed.push((old, to));
                }
                Some(_) => {}
            }
        }
        if self.how.dry_run || (new.is_empty() && changed.is_empty()) {
            return Ok(ids);
        }
        let mut created = service::save_batch(tx, self.cx, new, changed)?.into_iter();
        for id in ids.iter_mut().filter(|id| id.is_none()) {
            *id = created.next();
        }
        Ok(ids)
    }
}

fn taken(at: usize) -> Fault {
    fault(format!("/external_refs/{at}"), "reference_taken", "belongs to another guest")
}
