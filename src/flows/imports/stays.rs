//! Stays as what is imported: each row is a message of the system it comes from, taken in as if that system had
//! delivered it.

use serde_json::Value;

use crate::db::{DbError, Tx};
use crate::flows::imports::{How, Imported, RowResult, Taken};
use crate::intake::{Mapped, Mode, Target};
use crate::kit::fault::Fault;
use crate::kit::ids::HotelId;
use crate::platform::context::Ctx;
use crate::platform::jobs::{RowOutcome, Subject};
use crate::stays::bulk;
use crate::stays::delivery::{self, Delivered, Delivery, Laying};
use crate::stays::error::StayError;

/// Reads the document of a stay by the rules of the API.
pub type ReadStay = fn(Value) -> Result<Delivery, Vec<Fault>>;

/// Stays.
#[derive(Debug, Clone, Copy)]
pub struct Stays {
    /// How a document is read.
    pub read: ReadStay,
    /// The hotel of rows that name none.
    pub hotel: Option<HotelId>,
}

impl Imported for Stays {
    type Record = Delivery;
    type Error = StayError;
    const TARGET: Target = Target::Stay;

    fn read(self, mapped: Mapped) -> Result<Delivery, Vec<Fault>> {
        let mut document = mapped.document;
        if let (Some(hotel), Some(members)) = (self.hotel, document.as_object_mut())
            && !members.contains_key("hotel_code")
        {
            members.entry("hotel_id").or_insert_with(|| hotel.to_string().into());
        }
        (self.read)(document)
    }

    fn write(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        rows: &[Taken<Delivery>],
        how: How,
    ) -> Result<Vec<RowResult>, StayError> {
        let message = |row: &Taken<Delivery>| match row {
            Taken::Record(row) => Some(row.record.clone()),
            Taken::Rejected(_) | Taken::Skipped { .. } => None,
        };
        let messages: Vec<Delivery> = rows.iter().filter_map(message).collect();
        let laying = match how.mode {
            Mode::Merge => Laying::Overlay,
            Mode::Replace => Laying::Replace,
            Mode::CreateOnly => Laying::CreateOnly,
        };
        let how = delivery::How { laying, dry_run: how.dry_run };
        let mut delivered = bulk::deliver_all(tx, cx, &messages, how)?.into_iter();
        let told = |row: &Taken<Delivery>| match row {
            Taken::Record(row) => match delivered.next() {
                Some(Ok((what, stay))) => row.became(outcome(what), stay.map(Subject::Stay)),
                Some(Err(faults)) => row.rejected(faults),
                None => row.rejected(Vec::new()),
            },
            Taken::Rejected(result) => result.clone(),
            Taken::Skipped { line } => RowResult::skipped(*line),
        };
        Ok(rows.iter().map(told).collect())
    }

    fn is_overtaken(error: &StayError) -> bool {
        matches!(error, StayError::ReferenceTaken(_) | StayError::Stale)
    }

    fn database(error: StayError) -> Result<DbError, StayError> {
        match error {
            StayError::Db(error) => Ok(error),
            other => Err(other),
        }
    }
}

fn outcome(what: Delivered) -> RowOutcome {
    match what {
        Delivered::Created => RowOutcome::Created,
        Delivered::Updated => RowOutcome::Updated,
        Delivered::Unchanged => RowOutcome::Unchanged,
        // A newer message came before this one.
        Delivered::Superseded => RowOutcome::Skipped,
    }
}
