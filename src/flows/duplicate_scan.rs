//! The scan for guests who may be one person, as a job: each step of the job is a step of the scan.

pub mod api;

use crate::db::Tx;
use crate::guests::suggestions::{Checkpoint, scan_step};
use crate::platform::context::Ctx;
use crate::platform::jobs::{Job, Progress, StepError, StepOutcome};

/// Runs one step. `rows` of the progress counts the guests that are compared, each once, `created` new pairs, `updated` pairs with another
/// score, `rejected` pairs that hold no longer and were withdrawn.
///
/// # Errors
/// When the database fails, or the job is one of another version.
pub fn step(tx: &mut Tx<'_>, cx: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    let at: Option<Checkpoint> = serde_json::from_value(job.checkpoint.clone()).map_err(|_| {
        StepError::Impossible("The job was begun by another version of the server.".to_owned())
    })?;
    let done = scan_step(tx, cx, &at.unwrap_or_default())?;
    let before = job.progress;
    let progress = Progress {
        rows: before.rows + done.guests,
        created: before.created + done.found,
        updated: before.updated + done.changed,
        rejected: before.rejected + done.withdrawn,
        ..before
    };
    let checkpoint = serde_json::to_value(&done.next).unwrap_or_default();
    Ok(StepOutcome { progress, checkpoint, done: done.next.is_none() })
}
