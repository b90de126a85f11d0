//! Complaints as what is imported: each row is a message of the system it comes from, taken in as if that system had
//! delivered it. Others dealt with it before: what was due by now raises no warning.

use serde_json::Value;

use crate::complaints::bulk;
use crate::complaints::delivery::{self, ComplaintOutcome, Delivery, Laying};
use crate::complaints::error::ComplaintError;
use crate::db::{DbError, Tx};
use crate::flows::imports::{How, Imported, RowResult, Taken};
use crate::intake::{Mapped, Mode, Target};
use crate::kit::fault::Fault;
use crate::kit::ids::HotelId;
use crate::platform::context::Ctx;
use crate::platform::jobs::{RowOutcome, Subject};

/// Reads the document of a complaint by the rules of the API.
pub type ReadComplaint = fn(Value) -> Result<Delivery, Vec<Fault>>;

/// Complaints.
#[derive(Debug, Clone, Copy)]
pub struct Complaints {
    /// How a document is read.
    pub read: ReadComplaint,
    /// The hotel of rows that name none.
    pub hotel: Option<HotelId>,
}

/// Names the hotel of a document that names none.
pub(super) fn at_hotel(document: &mut Value, hotel: Option<HotelId>) {
    if let (Some(hotel), Some(members)) = (hotel, document.as_object_mut())
        && !members.contains_key("hotel_code")
    {
        members.entry("hotel_id").or_insert_with(|| hotel.to_string().into());
    }
}

impl Imported for Complaints {
    type Record = Delivery;
    type Error = ComplaintError;
    const TARGET: Target = Target::Complaint;

    fn read(self, mapped: Mapped) -> Result<Delivery, Vec<Fault>> {
        let mut document = mapped.document;
        at_hotel(&mut document, self.hotel);
        (self.read)(document)
    }

    fn write(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        rows: &[Taken<Delivery>],
        how: How,
    ) -> Result<Vec<RowResult>, ComplaintError> {
        let message = |row: &Taken<Delivery>| match row {
            Taken::Record(row) => Some(row.record.clone()),
            Taken::Rejected(_) | Taken::Skipped { .. } => None,
        };
        let messages: Vec<Delivery> = rows.iter().filter_map(message).collect();
        let how = delivery::How { laying: laying(how.mode), dry_run: how.dry_run, taken_over: true };
        Ok(report(rows, bulk::deliver_all(tx, cx, &messages, how)?))
    }

    fn is_overtaken(error: &ComplaintError) -> bool {
        is_overtaken(error)
    }

    fn database(error: ComplaintError) -> Result<DbError, ComplaintError> {
        database(error)
    }
}

pub(super) fn is_overtaken(error: &ComplaintError) -> bool {
    matches!(error, ComplaintError::ReferenceTaken(_) | ComplaintError::Stale)
}

pub(super) fn database(error: ComplaintError) -> Result<DbError, ComplaintError> {
    match error {
        ComplaintError::Db(error) => Ok(error),
        other => Err(other),
    }
}

/// What happens to a complaint that is known.
pub(super) const fn laying(mode: Mode) -> Laying {
    match mode {
        Mode::Merge => Laying::Overlay,
        Mode::Replace => Laying::Replace,
        Mode::CreateOnly => Laying::CreateOnly,
    }
}

/// What became of each row, in their order, by what became of the records among them.
pub(super) fn report<R>(rows: &[Taken<R>], delivered: Vec<bulk::RowDelivered>) -> Vec<RowResult> {
    let mut delivered = delivered.into_iter();
    let told = |row: &Taken<R>| match row {
        Taken::Record(row) => match delivered.next() {
            Some(Ok((what, complaint))) => row.became(outcome(what), complaint.map(Subject::Complaint)),
            Some(Err(faults)) => row.rejected(faults),
            None => row.rejected(Vec::new()),
        },
        Taken::Rejected(result) => result.clone(),
        Taken::Skipped { line } => RowResult::skipped(*line),
    };
    rows.iter().map(told).collect()
}

fn outcome(what: ComplaintOutcome) -> RowOutcome {
    match what {
        ComplaintOutcome::Created => RowOutcome::Created,
        ComplaintOutcome::Updated => RowOutcome::Updated,
        ComplaintOutcome::Unchanged => RowOutcome::Unchanged,
    }
}
