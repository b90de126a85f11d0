//! Runs jobs: one step of one job of each group a turn, so that no group waits for another's large import.

use std::sync::Arc;
use std::time::Duration;

use crate::db::{Db, DbError, DbResult, Tx};
use crate::kit::clock::{Clock, Instant};
use crate::kit::ids::{GroupId, Ids, WorkerId};
use crate::platform::context::{Actor, ActorKind, Ctx};
use crate::platform::jobs::{Job, JobStatus, Runner, StepError, StepOutcome, store};
use crate::platform::record::record;

/// How long a worker that went away blocks its job. Every step renews it.
const LEASE: Duration = Duration::from_secs(60);

/// What a worker needs.
#[derive(Clone)]
pub struct Workshop {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Source of new ids.
    pub ids: Arc<dyn Ids>,
    /// What runs each kind of job.
    pub runners: &'static [Runner],
}

/// One turn: a step of the oldest open job of every group. Returns how many steps were run; with none the caller may
/// rest a second before the next turn.
///
/// # Errors
/// When the groups cannot be read. A job that fails is marked as failed, not reported here; an outage in the middle
/// of a step leaves the job for a later turn.
pub async fn work(shop: &Workshop, worker: WorkerId) -> DbResult<usize> {
    let groups = shop.db.read(|r| store::groups(r)).await?;
    let mut steps = 0;
    for group in groups {
        match turn(shop, group, worker).await {
            Ok(true) => steps += 1,
            Ok(false) => {}
            Err(error) => log::warn!("a job step was put off: {error}"),
        }
    }
    Ok(steps)
}

async fn turn(shop: &Workshop, group: GroupId, worker: WorkerId) -> DbResult<bool> {
    let now = shop.clock.now();
    let kinds: Vec<&'static str> = shop.runners.iter().map(|runner| runner.kind.code()).collect();
    let found = shop.db.read(move |r| store::next(r, group, &kinds, worker, now)).await?;
    let Some(job) = found else { return Ok(false) };
    let Some(runner) = shop.runners.iter().find(|runner| runner.kind == job.kind).copied() else {
        return Ok(false);
    };
    let cx = context(shop, &job, now);
    let (seen, step_cx) = (job.clone(), cx.clone());
    let stepped = shop.db.write(move |tx| step(tx, &step_cx, &seen, runner, worker)).await;
    match stepped {
        Ok(ran) => Ok(ran),
        Err(StepError::Impossible(reason)) => fail(shop, cx, job, reason).await,
        Err(StepError::Db(DbError::Query(error))) => {
            log::error!("job {} ends: the database refused a statement: {error}", job.id);
            fail(shop, cx, job, "An internal error; the server's log says more.".to_owned()).await
        }
        Err(StepError::Db(outage)) => Err(outage),
    }
}

/// The job acts as whoever started it and sees no more.
fn context(shop: &Workshop, job: &Job, now: Instant) -> Ctx {
    let by = job.created.1;
    let actor = if by == Actor::SYSTEM.id { Actor::SYSTEM } else { Actor { kind: ActorKind::Staff, id: by } };
    Ctx {
        group: job.group,
        actor,
        sight: job.sight.clone(),
        request_id: job.id.to_string(),
        now,
        ids: Arc::clone(&shop.ids),
    }
}

/// One step in one transaction; `false` when the job changed since it was read, which the next turn sees.
fn step(tx: &mut Tx<'_>, cx: &Ctx, job: &Job, runner: Runner, worker: WorkerId) -> Result<bool, StepError> {
    if !store::lease(tx, job, worker, cx.now, cx.now.plus(LEASE))? {
        return Ok(false);
    }
    if job.cancel_requested {
        return Ok(finish(tx, cx, job, job.clone(), JobStatus::Cancelled)?);
    }
    let StepOutcome { progress, checkpoint, done } = (runner.step)(tx, cx, job)?;
    let new = Job { progress, checkpoint, ..job.clone() };
    if done {
        return Ok(finish(tx, cx, job, new, JobStatus::Succeeded)?);
    }
    let new = Job {
        status: JobStatus::Running,
        version: job.version + 1,
        updated_at: cx.after(job.updated_at),
        ..new
    };
    if store::write(tx, job, &new)? { Ok(true) } else { Err(lost()) }
}

fn finish(tx: &mut Tx<'_>, cx: &Ctx, job: &Job, new: Job, status: JobStatus) -> DbResult<bool> {
    let at = cx.after(job.updated_at);
    let new = Job { status, version: job.version + 1, updated_at: at, finished_at: Some(at), ..new };
    let written = store::write(tx, job, &new)?;
    if written {
        let action = match status {
            JobStatus::Cancelled => "job.cancelled",
            JobStatus::Failed => "job.failed",
            _ => "job.succeeded",
        };
        record(tx, cx, store::trace(action, Some(job), &new))?;
    }
    Ok(written)
}

async fn fail(shop: &Workshop, cx: Ctx, job: Job, reason: String) -> DbResult<bool> {
    shop.db
        .write(move |tx| {
            let new = Job { failure: Some(reason), ..job.clone() };
            finish(tx, &cx, &job, new, JobStatus::Failed)
        })
        .await
}

/// The row cannot change under the lease taken in the same transaction; if it does, nothing of the step may stay.
fn lost() -> StepError {
    StepError::Db(DbError::Unavailable("the job was changed during its step".to_owned()))
}
