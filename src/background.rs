//! What runs beside the requests: each job in a loop of its own, paced, stopped with the server.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::db::{DbError, DbResult};
use crate::kit::ids::WorkerId;
use crate::platform::{idempotency, sequencer};
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
pub const JOBS: [Job; 2] = [
    Job {
        name: "sequencer",
        every: Duration::from_millis(200),
        tick: sequence,
    },
    Job {
        name: "idempotency keys",
        every: Duration::from_secs(60),
        tick: prune_keys,
    },
];

/// Rest after a round that failed, so that an outage does not fill the log.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
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
        let round = AssertUnwindSafe((job.tick)(Arc::clone(&app), worker))
            .catch_unwind()
            .await;
        let rest = match round {
            Ok(Ok(pace)) => {
                if failing {
                    log::info!(job = job.name; "a background job works again");
                }
                failing = false;
                if pace == Pace::Again {
                    Duration::ZERO
                } else {
                    job.every
                }
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
            let round = match app
                .db
                .write(move |tx| sequencer::round(tx, group, worker, now))
                .await
            {
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
