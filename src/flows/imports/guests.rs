//! Guests as what is imported, with the preferences a mapping found beside them.

mod batch;

use std::borrow::Cow;

use serde_json::Value;

use crate::db::{DbError, Tx};
use crate::flows::imports::{How, Imported, RowResult, Taken};
use crate::guests::error::GuestError;
use crate::guests::model::{ExternalRef, Profile};
use crate::intake::{Mapped, Mode, Target};
use crate::kit::fault::Fault;
use crate::kit::ids::{GuestId, HotelId};
use crate::platform::context::Ctx;
use crate::platform::jobs::{RowOutcome, Subject};
use crate::preferences::bulk;
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{Details, NewPreference, Polarity, PreferenceSource};

/// Reads the document of a guest by the rules of the API.
pub type ReadGuest = fn(Value) -> Result<Profile, Vec<Fault>>;

/// Guests.
#[derive(Debug, Clone, Copy)]
pub struct Guests {
    /// How a document is read.
    pub read: ReadGuest,
    /// The hotel whose staff alone may see new guests; the whole group when absent.
    pub private_to: Option<HotelId>,
}

/// What a row says of a guest.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The reference by which the guest is known.
    pub identity: ExternalRef,
    /// The guest.
    pub profile: Profile,
    /// What the guest likes and dislikes. It is added to what is known, and takes nothing away.
    pub preferences: Vec<NewPreference>,
}

/// What can go wrong with a batch.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Something with the guests.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// Something with their preferences.
    #[error(transparent)]
    Preference(#[from] PreferenceError),
}

impl From<DbError> for ImportError {
    fn from(error: DbError) -> Self {
        Self::Guest(GuestError::Db(error))
    }
}

impl Imported for Guests {
    type Record = Sent;
    type Error = ImportError;
    const TARGET: Target = Target::Guest;

    fn read(self, mapped: Mapped) -> Result<Sent, Vec<Fault>> {
        let Mapped { system, external_id, document, preferences } = mapped;
        let profile = (self.read)(document)?;
        let preferences = preferences.iter().map(preference).collect();
        Ok(Sent { identity: ExternalRef { system, id: external_id }, profile, preferences })
    }

    fn write(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        rows: &[Taken<Sent>],
        how: How,
    ) -> Result<Vec<RowResult>, ImportError> {
        if !rows.iter().any(|row| matches!(row, Taken::Record(row) if !row.record.preferences.is_empty())) {
            return Ok(batch::run(tx, cx, rows, how, self.private_to)?);
        }
        let mut rows = Cow::Borrowed(rows);
        loop {
            match tx.savepoint(|tx| self.attempt(tx, cx, &rows, how)) {
                Ok(results) | Err(Undone::Rehearsed(results)) => return Ok(results),
                Err(Undone::Failed(error)) => return Err(error),
                // These rows cannot be taken as a whole, so nothing of them is; each turn has fewer rows to try.
                Err(Undone::Faulty(faulty)) => {
                    for (row, faults) in faulty {
                        if let Some(taken) = rows.to_mut().get_mut(row)
                            && let Taken::Record(row) = taken
                        {
                            *taken = Taken::Rejected(row.rejected(faults));
                        }
                    }
                }
            }
        }
    }

    fn is_overtaken(error: &ImportError) -> bool {
        matches!(
            error,
            ImportError::Guest(GuestError::ReferenceTaken(_) | GuestError::Stale)
                | ImportError::Preference(PreferenceError::Stale)
        )
    }

    fn database(error: ImportError) -> Result<DbError, ImportError> {
        match error {
            ImportError::Guest(GuestError::Db(error))
            | ImportError::Preference(PreferenceError::Db(error)) => Ok(error),
            other => Err(other),
        }
    }
}

/// Why a batch with preferences was taken back.
enum Undone {
    /// Preferences of these rows cannot be taken.
    Faulty(Vec<(usize, Vec<Fault>)>),
    /// It was done only to see what would become of it.
    Rehearsed(Vec<RowResult>),
    /// Something went wrong.
    Failed(ImportError),
}

impl<E: Into<ImportError>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Guests {
    /// Writes the guests, and over them their preferences: these need the guests to be there, so that a dry run is a
    /// real one that is taken back.
    fn attempt(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        rows: &[Taken<Sent>],
        how: How,
    ) -> Result<Vec<RowResult>, Undone> {
        let real = How { dry_run: false, ..how };
        let mut results = batch::run(tx, cx, rows, real, self.private_to)?;
        let mut places = Vec::new();
        let mut sent: Vec<(GuestId, Vec<NewPreference>)> = Vec::new();
        for (place, (row, result)) in rows.iter().zip(&results).enumerate() {
            if let (Taken::Record(row), Some(Subject::Guest(guest))) = (row, result.subject) {
                let stays_as_it_is = how.mode == Mode::CreateOnly && result.outcome != RowOutcome::Created;
                if !row.record.preferences.is_empty() && !stays_as_it_is {
                    places.push(place);
                    sent.push((guest, row.record.preferences.clone()));
                }
            }
        }
        let mut faulty = Vec::new();
        for (place, laid) in places.into_iter().zip(bulk::lay_over(tx, cx, &sent)?) {
            match (laid, results.get_mut(place)) {
                (Err(faults), _) => faulty.push((place, faults)),
                (Ok(true), Some(result)) if result.outcome == RowOutcome::Unchanged => {
                    result.outcome = RowOutcome::Updated;
                }
                (Ok(_), _) => {}
            }
        }
        if !faulty.is_empty() {
            return Err(Undone::Faulty(faulty));
        }
        if how.dry_run {
            for result in results.iter_mut().filter(|result| result.outcome == RowOutcome::Created) {
                result.subject = None;
            }
            return Err(Undone::Rehearsed(results));
        }
        Ok(results)
    }
}

/// A preference as a mapping found it; the mapping made sure of its members.
fn preference(found: &Value) -> NewPreference {
    let text = |member: &str| found.get(member).and_then(Value::as_str).map(str::to_owned);
    NewPreference {
        category: text("category"),
        code: text("code"),
        polarity: text("polarity").and_then(|code| Polarity::of(&code)).unwrap_or(Polarity::Like),
        details: Details {
            text: text("text"),
            value: text("value"),
            ..Details::from_source(PreferenceSource::Imported)
        },
    }
}
