//! Histories of complaints, taken over a batch at a time.

use crate::complaints::batch::{Batch, Hotels, fault};
use crate::complaints::bulk::{Intake, RowDelivered};
use crate::complaints::delivery::{ComplaintOutcome, Delivery, How};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, History};
use crate::complaints::replay::{Told, replay};
use crate::db::{Reads, Tx};
use crate::hotels::model::Hotel;
use crate::kit::fault::Fault;
use crate::platform::context::Ctx;

/// A complaint with its life.
#[derive(Debug, Clone)]
pub struct Lived {
    /// What was said, and how it is judged now.
    pub said: Delivery,
    /// What happened with it.
    pub told: Told,
}

/// Takes a batch of complaints over with their lives, and tells what became of each. One that cannot be taken stops
/// nothing. One that is known is told anew as long as nobody here worked on it.
///
/// # Errors
/// As [`crate::complaints::bulk::deliver_all`].
pub fn take_over_all(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    lives: &[Lived],
    how: How,
) -> Result<Vec<RowDelivered>, ComplaintError> {
    let said = || lives.iter().map(|lived| &lived.said);
    let hotels = Hotels::load(tx, cx, said().map(|said| &said.hotel))?;
    let refs = said().flat_map(|said| std::iter::once(&said.reference).chain(&said.external_refs));
    let batch = Batch::load(tx, cx, refs)?;
    let mut intake = Intake::new(tx, cx, How { taken_over: true, ..how }, batch, said())?;
    let mut results = Vec::with_capacity(lives.len());
    for lived in lives {
        let taken = match hotels.asked(&lived.said.hotel) {
            Ok(hotel) => take(&mut intake, tx, cx, hotel, lived),
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

fn take(
    intake: &mut Intake<'_>,
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: &Hotel,
    lived: &Lived,
) -> Result<(ComplaintOutcome, usize), ComplaintError> {
    let Lived { said, told } = lived;
    intake.check(hotel, said)?;
    let fresh = intake.fresh(reads, hotel, said)?;
    let lived = replay(fresh, told, cx.actor.id, cx.now);
    let Some((place, known)) = intake.known(said) else {
        let lived = with_version(lived, 1);
        return Ok((ComplaintOutcome::Created, intake.batch.keep(None, lived, "complaint.created")));
    };
    match laid_over(hotel, &known, lived).map_err(|fault| ComplaintError::Invalid(vec![fault]))? {
        None => Ok((ComplaintOutcome::Unchanged, place)),
        Some(new) => {
            Ok((ComplaintOutcome::Updated, intake.batch.keep(Some(place), new, "complaint.updated")))
        }
    }
}

/// A history in place of the one that is known; nothing when it is the same.
fn laid_over(hotel: &Hotel, known: &Complaint, lived: Complaint) -> Result<Option<Complaint>, Fault> {
    let refuse = |code: &str, text: &str| Err(fault("", code, text));
    if known.hotel_id != hotel.id {
        return refuse("hotel_changed", "the complaint is kept by another hotel");
    }
    let before = known.progress.history.as_ref().filter(|history| history.is_replayed());
    let after = lived.progress.history.clone();
    let (Some(before), Some(after)) = (before, after) else {
        return refuse("not_a_history", "is known, but was not told by its history");
    };
    if before.first_event_at != after.first_event_at {
        return refuse(
            "not_whole",
            "does not begin as the history that is known: the rows of a complaint must follow each other",
        );
    }
    let is_untouched = known.version == before.version;
    if !is_untouched && before.events == after.events {
        return Ok(None);
    }
    if !is_untouched {
        return refuse("worked_on", "was worked on here since its history was told");
    }
    let history = History { told_at: before.told_at, version: before.version, ..after };
    let mut new = Complaint {
        id: known.id,
        number: known.number.clone(),
        cost_minor: known.cost_minor,
        currency: known.currency,
        next: known.next,
        version: known.version,
        created: known.created,
        updated: known.updated,
        ..lived
    };
    new.progress.history = Some(history);
    Ok((new != *known).then(|| with_version(new, known.version + 1)))
}

/// Notes which version of a complaint its history made.
fn with_version(mut complaint: Complaint, version: i64) -> Complaint {
    if let Some(history) = &mut complaint.progress.history {
        history.version = version;
    }
    complaint
}
