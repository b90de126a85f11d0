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

/// How often a step is begun before the job is given up. A step that is done sets the count back.
pub const MOST_ATTEMPTS: i32 = 5;
/// Wait after the first attempt that failed; each further one is four times as long: 10 s, 40 s, 160 s, 640 s.
const FIRST_WAIT: Duration = Duration::from_secs(10);

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
/// When the groups cannot be read. A job that fails is marked as failed, not reported here; one whose step panics or
/// meets an outage is left for a later turn.
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
    let claim_cx = cx.clone();
    let job = match shop.db.write(move |tx| claim(tx, &claim_cx, job, worker)).await? {
        Claim::Mine(job) => *job,
        Claim::Ended => return Ok(true),
        Claim::Lost => return Ok(false),
    };
    let (seen, step_cx) = (job.clone(), cx.clone());
    let stepped = shop.db.write(move |tx| step(tx, &step_cx, &seen, runner, worker)).await;
    match stepped {
        Ok(ran) => Ok(ran),
        Err(StepError::Impossible(reason)) => fail(shop, cx, job, reason).await,
        Err(StepError::Db(DbError::Query(error))) => {
            log::error!("job {} ends: the database refused a statement: {error}", job.id);
            fail(shop, cx, job, "An internal error; the server's log says more.".to_owned()).await
        }
        Err(StepError::Db(outage)) => put_off(shop, cx, job, worker, outage).await,
    }
}

/// Whose job it is now.
enum Claim {
    /// This worker's, with the attempt counted.
    Mine(Box<Job>),
    /// Nobody's: it was asked to stop, or tried too often.
    Ended,
    /// It changed since it was read, or another worker was faster.
    Lost,
}

/// Takes a job and counts the attempt, in a transaction of its own: an attempt that takes the whole process with it
/// counts too.
fn claim(tx: &mut Tx<'_>, cx: &Ctx, job: Job, worker: WorkerId) -> DbResult<Claim> {
    let mine = Job { attempts: job.attempts.saturating_add(1), ..job.clone() };
    if !store::lease(tx, &mine, worker, cx.now, cx.now.plus(LEASE))? {
        return Ok(Claim::Lost);
    }
    if job.cancel_requested {
        finish(tx, cx, &job, job.clone(), JobStatus::Cancelled)?;
        return Ok(Claim::Ended);
    }
    if job.attempts >= MOST_ATTEMPTS {
        let new = Job { failure: Some(given_up()), ..job.clone() };
        finish(tx, cx, &job, new, JobStatus::Failed)?;
        return Ok(Claim::Ended);
    }
    Ok(Claim::Mine(Box::new(mine)))
}

/// Leaves a job whose step panicked or met an outage for later, or gives it up when this was its last attempt. While the
/// database is away nothing is counted: the claim before each attempt fails too.
async fn put_off(shop: &Workshop, cx: Ctx, job: Job, worker: WorkerId, outage: DbError) -> DbResult<bool> {
    // The step did not even begin.
    let begun = !matches!(outage, DbError::Busy);
    if begun && job.attempts >= MOST_ATTEMPTS {
        log::error!("job {} is given up after {} attempts: {outage}", job.id, job.attempts);
        return fail(shop, cx, job, given_up()).await;
    }
    let (attempts, retry_at) = if begun {
        (job.attempts, Some(shop.clock.now().plus(wait(job.attempts))))
    } else {
        (job.attempts.saturating_sub(1), None)
    };
    shop.db.write(move |tx| store::put_off(tx, &job, worker, attempts, retry_at)).await?;
    Err(outage)
}

/// The wait after an attempt that failed.
fn wait(attempts: i32) -> Duration {
    let times = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(8);
    FIRST_WAIT.saturating_mul(4_u32.saturating_pow(times))
}

fn given_up() -> String {
    format!("Given up after {MOST_ATTEMPTS} attempts that failed; the server's log says why.")
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
    let StepOutcome { progress, checkpoint, done } = (runner.step)(tx, cx, job)?;
    let new = Job { progress, checkpoint, attempts: 0, ..job.clone() };
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
