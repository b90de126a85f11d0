//! What runs beside the requests: each job in a loop of its own, paced, stopped with the server.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::work_jobs;
use crate::complaints::contents::{self, ContentError};
use crate::complaints::error::ComplaintError;
use crate::complaints::{self, alerts, sweep};
use crate::db::{DbError, DbResult};
use crate::kit::ids::{GroupId, WorkerId};
use crate::platform::context::{Actor, Ctx, Sight};
use crate::platform::{anchors, idempotency, jobs, sequencer};
use crate::staff::service as staff;
use crate::web::app::App;
use crate::web::metrics;

/// What a round of a job found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// There is more to do: come again at once.
    Again,
    /// Nothing is left for now.
    Rest,
}

/// One round of a job. It should end within a second or so: a server that stops waits for it.
pub type Tick = fn(Arc<App>, WorkerId) -> BoxFuture<'static, DbResult<Pace>>;

/// A job and how often it looks for work.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Name for the log.
    pub name: &'static str,
    /// Rest between rounds.
    pub every: Duration,
    /// A round.
    pub tick: Tick,
}

/// The jobs every server runs.
pub const JOBS: [Job; 10] = [
    Job { name: "sequencer", every: Duration::from_millis(200), tick: sequence },
    Job { name: "audit anchors", every: Duration::from_secs(60), tick: anchor },
    Job { name: "idempotency keys", every: Duration::from_secs(60), tick: prune_keys },
    Job { name: "sessions", every: Duration::from_secs(10 * 60), tick: prune_sessions },
    Job { name: "jobs", every: Duration::from_millis(500), tick: run_jobs },
    Job { name: "complaint clocks", every: Duration::from_secs(1), tick: warn_of_complaints },
    Job { name: "order of complaints", every: Duration::from_secs(15), tick: order_complaints },
    Job { name: "broken uploads", every: Duration::from_secs(5 * 60), tick: prune_uploads },
    Job { name: "contents of attachments", every: Duration::from_secs(60 * 60), tick: sweep_contents },
    Job { name: "rows of jobs", every: Duration::from_secs(10 * 60), tick: prune_job_rows },
];

/// Rest between rounds that follow each other: long enough for another process (the command line) to get the write lock
/// of SQLite, which it asks for at most ten times a second.
const BREATH: Duration = Duration::from_millis(120);
/// Rest after a round that failed, so that an outage does not fill the log.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How long an ended session is kept, for questions about who was logged in.
const SESSIONS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Longest wait for rounds under way when the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// The running jobs.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts every job on the present runtime.
    pub fn start(app: &Arc<App>, jobs: impl IntoIterator<Item = Job>) -> Self {
        let worker = WorkerId(app.ids.next());
        let (stop, stopped) = watch::channel(false);
        let tasks = jobs
            .into_iter()
            .map(|job| tokio::spawn(run(job, Arc::clone(app), worker, stopped.clone())))
            .collect();
        Self { stop, tasks }
    }

    /// Lets every round under way end, starts no other, and returns when all is quiet or patience is over.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(PATIENCE, task).await.is_err() {
                abort.abort();
            }
        }
    }
}

async fn run(job: Job, app: Arc<App>, worker: WorkerId, mut stopped: watch::Receiver<bool>) {
    let mut failing = false;
    while !*stopped.borrow() {
        let round = AssertUnwindSafe((job.tick)(Arc::clone(&app), worker)).catch_unwind().await;
        let rest = match round {
            Ok(Ok(pace)) => {
                if failing {
                    log::info!(job = job.name; "a background job works again");
                }
                failing = false;
                if pace == Pace::Again { BREATH } else { job.every }
            }
            Ok(Err(error)) => {
                if !failing {
                    log::warn!(job = job.name, error:% = error; "a background job fails; it goes on trying");
                }
                failing = true;
                job.every.max(REST_AFTER_FAILURE)
            }
            Err(_) => {
                log::error!(job = job.name; "a background job panicked; it goes on");
                job.every.max(REST_AFTER_FAILURE)
            }
        };
        // An answer means stop; running out of time means the next round.
        drop(tokio::time::timeout(rest, stopped.wait_for(|stop| *stop)).await);
    }
}

/// Numbers a batch of every group that has something to number.
fn sequence(app: Arc<App>, worker: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        let mut pace = Pace::Rest;
        let mut numbered = 0;
        for group in app.db.read(|r| sequencer::open_groups(r)).await? {
            let now = app.clock.now();
            let round = match app.db.write(move |tx| sequencer::round(tx, group, worker, now)).await {
                // Requests come first: the rows wait for a quieter moment.
                Err(DbError::Busy) => return Ok(Pace::Rest),
                round => round?,
            };
            numbered += round.events;
            let full = usize::try_from(sequencer::BATCH).unwrap_or(usize::MAX);
            if round.events >= full || round.audit >= full {
                pace = Pace::Again;
            }
        }
        metrics::sequenced(numbered);
        Ok(pace)
    })
}

/// Signs how far the audit chain of each group went, where an hour passed since the last time.
fn anchor(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        for group in app.db.read(|r| sequencer::groups(r)).await? {
            anchors::make(&app.db, &app.keys, group, app.clock.now()).await?;
        }
        Ok(Pace::Rest)
    })
}

/// Forgets idempotency keys past their day.
fn prune_keys(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        for group in app.db.read(|r| idempotency::groups(r)).await? {
            let now = app.clock.now();
            app.db.write(move |tx| idempotency::prune(tx, group, now)).await?;
        }
        Ok(Pace::Rest)
    })
}

/// Forgets sessions that ended long ago.
fn prune_sessions(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        for group in app.db.read(|r| sequencer::groups(r)).await? {
            let before = app.clock.now().minus(SESSIONS_KEPT);
            app.db.write(move |tx| staff::prune_sessions(tx, group, before)).await?;
        }
        Ok(Pace::Rest)
    })
}

/// Runs a step of one job of each group.
fn run_jobs(app: Arc<App>, worker: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        let steps = work_jobs(&app, worker).await?;
        Ok(if steps > 0 { Pace::Again } else { Pace::Rest })
    })
}

/// The server itself, at work for a group.
fn system(app: &App, group: GroupId) -> Ctx {
    Ctx {
        group,
        actor: Actor::SYSTEM,
        sight: Sight::WholeGroup,
        request_id: app.ids.next().to_string(),
        now: app.clock.now(),
        ids: Arc::clone(&app.ids),
    }
}

/// Gives the warnings of complaints that are due. Any number of servers may do so: each warning is given once.
pub fn warn_of_complaints(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        let mut pace = Pace::Rest;
        for group in app.db.read(|r| sequencer::groups(r)).await? {
            let now = app.clock.now();
            let due = app.db.read(move |r| alerts::due(r, group, now)).await?;
            for id in due {
                let cx = system(&app, group);
                match app.db.write(move |tx| alerts::give(tx, &cx, id)).await {
                    // One that was given may be followed by another one of the same complaint.
                    Ok(true) => pace = Pace::Again,
                    // Somebody was faster: what is right now is seen in the next round.
                    Ok(false) | Err(ComplaintError::Stale) => {}
                    Err(ComplaintError::Db(error)) => return Err(error),
                    Err(error) => {
                        log::error!(complaint:% = id, error:% = error; "a warning could not be given")
                    }
                }
            }
        }
        Ok(pace)
    })
}

/// Works out anew when the clocks of open complaints are next of interest.
pub fn order_complaints(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        for group in app.db.read(|r| sequencer::groups(r)).await? {
            let mut after = None;
            loop {
                let (moved, next) = app.db.read(move |r| sweep::step(r, group, after)).await?;
                if !moved.is_empty() {
                    app.db
                        .write(move |tx| {
                            moved
                                .iter()
                                .try_for_each(|(one, next)| complaints::repo::reschedule(tx, one, *next))
                        })
                        .await?;
                }
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(Pace::Rest)
    })
}

/// Forgets what became of the rows of jobs that ended long ago.
pub fn prune_job_rows(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        let mut pace = Pace::Rest;
        for group in app.db.read(|r| sequencer::groups(r)).await? {
            let now = app.clock.now();
            let before = now.minus(app.bounds.job_rows_kept);
            if app.db.write(move |tx| jobs::prune_rows(tx, group, before, now)).await? {
                pace = Pace::Again;
            }
        }
        Ok(pace)
    })
}

/// Forgets uploads that broke off.
fn prune_uploads(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        for group in app.db.read(|r| jobs::groups(r)).await? {
            let now = app.clock.now();
            app.db.write(move |tx| jobs::prune_uploads(tx, group, now)).await?;
        }
        Ok(Pace::Rest)
    })
}

/// Removes contents that no attachment has since a day, and what a crash left of those that were arriving.
pub fn sweep_contents(app: Arc<App>, _: WorkerId) -> BoxFuture<'static, DbResult<Pace>> {
    Box::pin(async move {
        let mut pace = Pace::Rest;
        let mut failed = app.blobs.clear_drafts().await.err();
        for group in app.db.read(|r| sequencer::groups(r)).await? {
            match contents::sweep(&app.db, &app.blobs, group, app.clock.now()).await {
                Ok(true) => pace = Pace::Again,
                Ok(false) => {}
                Err(ContentError::Db(error)) => return Err(error),
                Err(ContentError::Blob(error)) => failed = Some(error),
            }
        }
        match failed {
            Some(error) => {
                log::warn!(error:% = error; "contents of attachments could not be swept");
                Ok(Pace::Rest)
            }
            None => Ok(pace),
        }
    })
}
