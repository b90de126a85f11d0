//! Taking in guests, stays and complaints from files: the one engine behind the command line and the import jobs.
//!
//! Rows come as [`intake::Item`]s, are read by the same rules as what is sent to the API ([`take`]), and are written
//! in batches, each in one transaction ([`apply`]). A row that cannot be taken is reported and stops nothing. What is
//! imported, and how a batch of it is written, is an [`Imported`]: [`guests::Guests`], [`stays::Stays`] or
//! [`complaints::Complaints`]. The rules
//! of the API live in rooms of their own, which a flow may not enter; they are handed in with it.
//!
//! A guest or stay is known by the first of its external references. One that is known gets what the row says laid
//! over it, by the mode of the mapping; one that is as the row says is not written at all, so that a second run of
//! the same file changes nothing.

pub mod api;
pub mod complaints;
pub mod guests;
pub mod histories;
pub mod job;
pub mod stays;
#[cfg(test)]
mod tests;

use crate::db::{DbError, Tx};
use crate::intake::{Item, Mapped, Mode, Target};
use crate::kit::fault::Fault;
use crate::platform::context::Ctx;
use crate::platform::jobs::{RowOutcome, Subject};

/// Rows written in one transaction.
pub const BATCH: usize = 500;
/// Tries of a row that other writers keep coming before.
const TRIES: usize = 3;

/// How rows are to be taken in.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// What happens to what is known.
    pub mode: Mode,
    /// Whether to check everything and change nothing.
    pub dry_run: bool,
}

/// What is imported: how it is read, and how a batch of it is written.
pub trait Imported: Copy + Send + Sync + 'static {
    /// What a row says.
    type Record: Clone + Send + Sync + 'static;
    /// What can go wrong with a batch as a whole.
    type Error: From<DbError> + std::error::Error + Send + Sync + 'static;
    /// What the rows are.
    const TARGET: Target;
    /// Whether the rows of one identity that follow each other are one record.
    const GROUPED: bool = false;

    /// Reads the document of a row by the rules of the API.
    ///
    /// # Errors
    /// Every fault found.
    fn read(self, mapped: Mapped) -> Result<Self::Record, Vec<Fault>>;

    /// Writes a batch and tells what became of each row, in the order of the rows.
    ///
    /// # Errors
    /// When another writer came between or the database failed.
    fn write(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        rows: &[Taken<Self::Record>],
        how: How,
    ) -> Result<Vec<RowResult>, Self::Error>;

    /// Whether another writer came between the looking up and the writing.
    fn is_overtaken(error: &Self::Error) -> bool;

    /// The failure of the database, if it is one.
    ///
    /// # Errors
    /// The error, when it is another one.
    fn database(error: Self::Error) -> Result<DbError, Self::Error>;
}

/// A row that was read.
#[derive(Debug, Clone)]
pub enum Taken<R> {
    /// A guest or stay.
    Record(Box<Row<R>>),
    /// A row that cannot be taken.
    Rejected(RowResult),
    /// A row that is not to be imported.
    Skipped {
        /// Physical line on which the row starts, from 1.
        line: u64,
    },
}

/// A guest or stay of a file.
#[derive(Debug, Clone)]
pub struct Row<R> {
    /// Physical line on which the row starts, from 1.
    pub line: u64,
    /// Identifier in the system it comes from.
    pub external_id: String,
    /// What the row says.
    pub record: R,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// Physical line on which the row starts, from 1.
    pub line: u64,
    /// Identifier in the system it comes from, where known.
    pub external_id: Option<String>,
    /// What became of it.
    pub outcome: RowOutcome,
    /// The guest or stay; absent for rows that were not taken, and for what a dry run would create.
    pub subject: Option<Subject>,
    /// Why it was not taken. The values at fault are not repeated.
    pub faults: Vec<Fault>,
}

impl RowResult {
    fn rejected(line: u64, external_id: Option<String>, faults: Vec<Fault>) -> Self {
        Self { line, external_id, outcome: RowOutcome::Rejected, subject: None, faults }
    }

    fn skipped(line: u64) -> Self {
        Self { line, external_id: None, outcome: RowOutcome::Skipped, subject: None, faults: Vec::new() }
    }
}

impl<R> Row<R> {
    fn became(&self, outcome: RowOutcome, subject: Option<Subject>) -> RowResult {
        let external_id = Some(self.external_id.clone());
        RowResult { line: self.line, external_id, outcome, subject, faults: Vec::new() }
    }

    fn rejected(&self, faults: Vec<Fault>) -> RowResult {
        RowResult::rejected(self.line, Some(self.external_id.clone()), faults)
    }
}

fn fault(pointer: impl Into<String>, code: &str, message: &str) -> Fault {
    Fault { pointer: pointer.into(), code: code.to_owned(), message: message.to_owned() }
}

/// Reads what the file yielded into what can be written. Needs no database and may run on a thread of its own.
pub fn take<K: Imported>(kind: K, item: Item) -> Taken<K::Record> {
    match item {
        Item::Record { line, mapped } => {
            let external_id = mapped.external_id.clone();
            match kind.read(mapped) {
                Ok(record) => Taken::Record(Box::new(Row { line, external_id, record })),
                Err(faults) => Taken::Rejected(RowResult::rejected(line, Some(external_id), faults)),
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
pub fn apply<K: Imported>(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    kind: K,
    rows: &[Taken<K::Record>],
    how: How,
) -> Result<Vec<RowResult>, K::Error> {
    match tx.savepoint(|tx| kind.write(tx, cx, rows, how)) {
        // Find out for which row.
        Err(error) if K::is_overtaken(&error) => one_by_one(tx, cx, kind, rows, how),
        done => done,
    }
}

fn one_by_one<K: Imported>(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    kind: K,
    rows: &[Taken<K::Record>],
    how: How,
) -> Result<Vec<RowResult>, K::Error> {
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let mut tries = 0;
        let done = loop {
            tries += 1;
            match tx.savepoint(|tx| kind.write(tx, cx, std::slice::from_ref(row), how)) {
                Err(error) if K::is_overtaken(&error) && tries < TRIES => {}
                done => break done,
            }
        };
        match done {
            Ok(done) => results.extend(done),
            Err(error) if K::is_overtaken(&error) => results.push(overtaken(row)),
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}

fn overtaken<R>(row: &Taken<R>) -> RowResult {
    let why = fault("", "changed_meanwhile", "others keep changing this record; import the row again");
    match row {
        Taken::Record(row) => row.rejected(vec![why]),
        Taken::Rejected(result) => result.clone(),
        Taken::Skipped { line } => RowResult::rejected(*line, None, vec![why]),
    }
}
