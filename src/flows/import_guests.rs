//! Taking in guests from files: the one engine behind the command line and the import job.
//!
//! Rows come as [`intake::Item`]s, are read by the same rules as a guest sent to the API ([`take`]), and are written
//! in batches, each in one transaction ([`apply`]). A row that cannot be taken is reported and stops nothing. The
//! rules of the API live in its own room, which a flow may not enter; they are handed in as [`ReadDocument`].
//!
//! A guest is known by the first of its external references. One that is known gets what the row says laid over it,
//! by the mode of the mapping; one that is as the row says is not written at all, so that a second run of the same
//! file changes nothing.

pub mod api;
mod batch;
pub mod job;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::db::Tx;
use crate::guests::error::GuestError;
use crate::guests::model::{ExternalRef, Profile};
use crate::intake::{Item, Mode};
use crate::kit::fault::Fault;
use crate::kit::ids::{GuestId, HotelId};
use crate::platform::context::Ctx;
use crate::platform::jobs::RowOutcome;

/// Reads the document of a guest by the rules of the API.
pub type ReadDocument = fn(Value) -> Result<Profile, Vec<Fault>>;

/// Rows written in one transaction.
pub const BATCH: usize = 500;
/// Tries of a row that other writers keep coming before.
const TRIES: usize = 3;

/// How guests are to be taken in.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// What happens to a guest that is known.
    pub mode: Mode,
    /// The hotel whose staff alone may see new guests; the whole group when absent.
    pub private_to: Option<HotelId>,
    /// Whether to check everything and change nothing.
    pub dry_run: bool,
}

/// A row that was read.
#[derive(Debug, Clone)]
pub enum Taken {
    /// A guest.
    Guest(Box<Row>),
    /// A row that cannot be taken.
    Rejected(RowResult),
    /// A row that is no guest.
    Skipped {
        /// Physical line on which the row starts, from 1.
        line: u64,
    },
}

/// A guest of a file.
#[derive(Debug, Clone)]
pub struct Row {
    /// Physical line on which the row starts, from 1.
    pub line: u64,
    /// The reference by which the guest is known.
    pub identity: ExternalRef,
    /// What the row says.
    pub profile: Profile,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// Physical line on which the row starts, from 1.
    pub line: u64,
    /// Identifier of the guest in the system it comes from, where known.
    pub external_id: Option<String>,
    /// What became of it.
    pub outcome: RowOutcome,
    /// The guest; absent for rows that were not taken, and for new guests of a dry run.
    pub guest: Option<GuestId>,
    /// Why it was not taken. The values at fault are not repeated.
    pub faults: Vec<Fault>,
}

impl RowResult {
    fn rejected(line: u64, external_id: Option<String>, faults: Vec<Fault>) -> Self {
        Self { line, external_id, outcome: RowOutcome::Rejected, guest: None, faults }
    }
}

fn fault(pointer: impl Into<String>, code: &str, message: &str) -> Fault {
    Fault { pointer: pointer.into(), code: code.to_owned(), message: message.to_owned() }
}

/// Reads what the file yielded into what can be written. Needs no database and may run on a thread of its own.
pub fn take(item: Item, read: ReadDocument) -> Taken {
    match item {
        Item::Record { line, mapped } => {
            let identity = ExternalRef { system: mapped.system, id: mapped.external_id };
            match read(mapped.document) {
                Ok(profile) => Taken::Guest(Box::new(Row { line, identity, profile })),
                Err(faults) => Taken::Rejected(RowResult::rejected(line, Some(identity.id), faults)),
            }
        }
        Item::Fault(found) => {
            let faults = vec![fault(found.field, found.code, &found.message)];
            Taken::Rejected(RowResult::rejected(found.line, found.external_id, faults))
        }
        Item::Skipped { line, .. } => Taken::Skipped { line },
    }
}

/// Writes a batch of rows and tells what became of each, in the order of the rows.
///
/// # Errors
/// When the database fails; nothing of the batch is kept then.
pub fn apply(tx: &mut Tx<'_>, cx: &Ctx, rows: &[Taken], how: How) -> Result<Vec<RowResult>, GuestError> {
    match tx.savepoint(|tx| batch::run(tx, cx, rows, how)) {
        // Another writer came between the looking up and the writing: find out for which row.
        Err(GuestError::ReferenceTaken(_) | GuestError::Stale) => one_by_one(tx, cx, rows, how),
        done => done,
    }
}

fn one_by_one(tx: &mut Tx<'_>, cx: &Ctx, rows: &[Taken], how: How) -> Result<Vec<RowResult>, GuestError> {
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let mut tries = 0;
        let done = loop {
            tries += 1;
            match tx.savepoint(|tx| batch::run(tx, cx, std::slice::from_ref(row), how)) {
                Err(GuestError::ReferenceTaken(_) | GuestError::Stale) if tries < TRIES => {}
                done => break done,
            }
        };
        match done {
            Ok(done) => results.extend(done),
            Err(GuestError::ReferenceTaken(_) | GuestError::Stale) => results.push(overtaken(row)),
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}

fn overtaken(row: &Taken) -> RowResult {
    let why = fault("", "changed_meanwhile", "others keep changing this guest; import the row again");
    match row {
        Taken::Guest(row) => RowResult::rejected(row.line, Some(row.identity.id.clone()), vec![why]),
        Taken::Rejected(result) => result.clone(),
        Taken::Skipped { line } => RowResult::rejected(*line, None, vec![why]),
    }
}
