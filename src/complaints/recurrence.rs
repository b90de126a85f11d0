//! What of a complaint can repeat, told to whoever looks for what repeats.

use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, ComplaintStatus};
use crate::db::Tx;
use crate::kit::text::fold;
use crate::platform::context::Ctx;
use crate::problems::error::ProblemError;
use crate::problems::model::{Occurrence, Repeats};
use crate::problems::recurrence;

/// What of a complaint can repeat: nothing before it is recorded. It counts unless it is merged, rejected or withdrawn. A
/// part of another complaint shares room and thing with it from the start, which is no sign that anything came back.
pub fn occurrence(complaint: &Complaint) -> Occurrence {
    let Complaint { facts, class, progress, status, .. } = complaint;
    let told = |text: &&String| !fold(text).is_empty();
    let mut repeats = Vec::new();
    if *status != ComplaintStatus::Received {
        let whole = progress.split_from.is_none();
        let room = facts.room.as_ref().filter(told).filter(|_| whole);
        repeats.extend(facts.asset.as_ref().filter(told).filter(|_| whole).cloned().map(Repeats::Asset));
        let with_cause = room.zip(class.cause_category);
        repeats.extend(with_cause.map(|(room, cause)| Repeats::Room(room.clone(), Some(cause))));
        if let Some(department) = &class.department {
            let exact = class.sub_cause.clone().map(|cause| Repeats::SubCause(cause, department.clone()));
            repeats.extend(exact);
        }
        repeats.extend(room.map(|room| Repeats::Room(room.clone(), None)));
        if let Some(department) = &class.department {
            repeats.extend(class.cause_category.map(|cause| Repeats::Cause(cause, department.clone())));
        }
    }
    Occurrence {
        complaint_id: complaint.id,
        hotel_id: complaint.hotel_id,
        received_at: facts.received_at,
        counts: counts(*status),
        repeats,
    }
}

const fn counts(status: ComplaintStatus) -> bool {
    !matches!(status, ComplaintStatus::Merged | ComplaintStatus::Rejected | ComplaintStatus::Withdrawn)
}

/// Looks whether a complaint that was just written belongs to a problem; `old` is what it was, `None` for a new one.
///
/// # Errors
/// [`ComplaintError::Stale`] when others are faster again and again; when the database fails.
pub fn observe(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    old: Option<&Complaint>,
    new: &Complaint,
) -> Result<(), ComplaintError> {
    let before = old.map(occurrence);
    recurrence::observe(tx, cx, before.as_ref(), &occurrence(new)).map_err(|error| match error {
        ProblemError::Db(error) => error.into(),
        _ => ComplaintError::Stale,
    })
}

/// Takes hold of what a batch of complaints will be judged under, before the first of them is observed.
///
/// # Errors
/// When the database fails.
pub fn prepare<'c>(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    complaints: impl Iterator<Item = &'c Complaint>,
) -> Result<(), ComplaintError> {
    let batch: Vec<Occurrence> = complaints.map(occurrence).collect();
    Ok(recurrence::prepare(tx, cx, &batch)?)
}
