//! SQLite: one writer thread that commits waiting mutations together, and a few reader threads.
//!
//! At `synchronous=FULL` a commit waits for the disk; mutations that wait anyway share one such wait, each in a
//! savepoint of its own, so that one that fails leaves the others alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use tokio::sync::oneshot;

use super::connection::{AnyConn, SQLITE_READ_CACHE_KIB, SQLITE_WRITE_CACHE_KIB, open_sqlite};
use super::error::{DbError, DbResult};
use super::handle::{Read, Tx};
use super::postgres::in_transaction;

/// Reader threads: two keep both cores of a small server busy.
const READERS: usize = 2;
/// Waiting jobs before new ones are refused with 503.
const QUEUE: usize = 512;
/// Most mutations that share one commit.
const SHARED: usize = 32;

/// What a finished job still has to do: tell the caller whether the commit held.
type Answer = Box<dyn FnOnce(DbResult<()>) + Send>;
/// A mutation: runs in a savepoint and keeps its answer until the commit.
type WriteJob = Box<dyn FnOnce(&mut AnyConn) -> Answer + Send>;
/// A mutation that waits, and how to refuse it.
type Waiting = (WriteJob, Box<dyn FnOnce(DbError) + Send>);
/// A read: answers by itself.
type ReadJob = Box<dyn FnOnce(DbResult<&mut AnyConn>) + Send>;

/// The embedded database.
#[derive(Clone)]
pub struct SqliteDb {
    path: Arc<str>,
    writer: SyncSender<Waiting>,
    readers: SyncSender<ReadJob>,
}

impl SqliteDb {
    pub(super) fn open(path: &str) -> anyhow::Result<Self> {
        let path: Arc<str> = path.into();
        let (writer, jobs) = sync_channel(QUEUE);
        let file = Arc::clone(&path);
        std::thread::Builder::new().name("sqlite-writer".into()).spawn(move || write_loop(&file, &jobs))?;
        let (readers, jobs) = sync_channel(QUEUE);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..READERS {
            let (file, jobs) = (Arc::clone(&path), Arc::clone(&jobs));
            std::thread::Builder::new()
                .name(format!("sqlite-reader-{number}"))
                .spawn(move || read_loop(&file, &jobs))?;
        }
        Ok(Self { path, writer, readers })
    }

    pub(super) fn open_bare(&self) -> diesel::ConnectionResult<AnyConn> {
        open_sqlite(&self.path, SQLITE_READ_CACHE_KIB)
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job: ReadJob = Box::new(move |conn| {
            let result = match conn {
                Ok(conn) => work(&mut Read(conn)),
                Err(error) => Err(error.into()),
            };
            // A caller that went away wants no answer.
            drop(tell.send(result));
        });
        submit(&self.readers, job)?;
        told.await.unwrap_or_else(|_| Err(gone().into()))
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let tell = Arc::new(Mutex::new(Some(tell)));
        let take = |tell: &Mutex<Option<oneshot::Sender<Result<T, E>>>>| {
            tell.lock().unwrap_or_else(PoisonError::into_inner).take()
        };
        let refused = Arc::clone(&tell);
        let job: WriteJob = Box::new(move |conn| {
            let result = in_transaction(conn, work);
            Box::new(move |committed| {
                if let Some(tell) = take(&tell) {
                    drop(tell.send(committed.map_err(E::from).and(result)));
                }
            })
        });
        let refuse: Box<dyn FnOnce(DbError) + Send> = Box::new(move |error| {
            if let Some(tell) = take(&refused) {
                drop(tell.send(Err(error.into())));
            }
        });
        submit(&self.writer, (job, refuse))?;
        told.await.unwrap_or_else(|_| Err(gone().into()))
    }
}

fn gone() -> DbError {
    DbError::Unavailable("the database thread stopped".to_owned())
}

fn submit<J>(queue: &SyncSender<J>, job: J) -> DbResult<()> {
    queue.try_send(job).map_err(|error| match error {
        TrySendError::Full(_) => DbError::Busy,
        TrySendError::Disconnected(_) => gone(),
    })
}

fn write_loop(path: &str, jobs: &Receiver<Waiting>) {
    let mut conn: Option<AnyConn> = None;
    while let Ok(first) = jobs.recv() {
        let waiting = std::iter::once(first).chain(jobs.try_iter().take(SHARED - 1)).collect::<Vec<_>>();
        let open = match conn.take() {
            Some(open) => Ok(open),
            None => open_sqlite(path, SQLITE_WRITE_CACHE_KIB),
        };
        match open {
            Ok(mut open) => {
                if run_together(&mut open, waiting) {
                    conn = Some(open);
                }
            }
            Err(error) => {
                for (_, refuse) in waiting {
                    refuse(DbError::Unavailable(error.to_string()));
                }
            }
        }
    }
}

/// Runs the jobs in one immediate transaction; `false` when the connection should not be used again.
fn run_together(conn: &mut AnyConn, waiting: Vec<Waiting>) -> bool {
    if let Err(error) = begin(conn) {
        let message = error.to_string();
        for (_, refuse) in waiting {
            refuse(DbError::Unavailable(message.clone()));
        }
        return false;
    }
    let mut answers = Vec::with_capacity(waiting.len());
    let mut panicked = false;
    for (job, _) in waiting {
        // A panic must not take the only writer with it: its caller sees an outage, the thread goes on.
        match catch_unwind(AssertUnwindSafe(|| job(conn))) {
            Ok(answer) => answers.push(answer),
            Err(_) => panicked = true,
        }
    }
    let committed = if panicked { Err("a mutation panicked".to_owned()) } else { commit(conn) };
    for answer in answers {
        answer(committed.clone().map_err(DbError::Unavailable));
    }
    committed.is_ok()
}

fn begin(conn: &mut AnyConn) -> diesel::QueryResult<()> {
    match conn {
        // The write lock is taken at once: a deferred transaction that reads before it writes loses the race.
        AnyConn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        AnyConn::Pg(_) => Err(diesel::result::Error::NotInTransaction),
    }
}

fn commit(conn: &mut AnyConn) -> Result<(), String> {
    <AnyConn as Connection>::TransactionManager::commit_transaction(conn).map_err(|error| error.to_string())
}

fn read_loop(path: &str, jobs: &Mutex<Receiver<ReadJob>>) {
    let mut conn: Option<AnyConn> = None;
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if conn.is_none() {
            match open_sqlite(path, SQLITE_READ_CACHE_KIB) {
                Ok(open) => conn = Some(open),
                Err(error) => {
                    job(Err(DbError::Unavailable(error.to_string())));
                    continue;
                }
            }
        }
        if let Some(open) = conn.as_mut() {
            // A panic must not take a reader with it: its caller sees an outage, the thread goes on.
            let done = catch_unwind(AssertUnwindSafe(|| job(Ok(open))));
            if done.is_err() {
                conn = None;
            }
        }
    }
}
