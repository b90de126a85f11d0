//! PostgreSQL: an r2d2 pool behind a fair semaphore of the same size.

use std::sync::Arc;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection::{AnyConn, open_postgres};
use super::error::{DbError, DbResult};
use super::handle::{Read, Tx};

/// Longest wait for a connection before the request is answered 503 (SAFETY D10: a bounded wait keeps an
/// overloaded server answering).
const WAIT: Duration = Duration::from_millis(500);

/// Opens and checks connections for r2d2.
struct Manager {
    url: String,
}

impl r2d2::ManageConnection for Manager {
    type Connection = AnyConn;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<AnyConn, Self::Error> {
        open_postgres(&self.url)
    }

    /// Asked before each use: what broke while it rested, as all do when the server restarts, is replaced before
    /// anything of a request ran on it.
    fn is_valid(&self, conn: &mut AnyConn) -> Result<(), Self::Error> {
        // Not the empty statement, which Diesel takes for a failure: every connection would be thrown away.
        conn.batch_execute("SELECT 1").map_err(diesel::ConnectionError::CouldntSetupConfiguration)
    }

    /// Asked after each use, without a word to the server: Diesel knows of a connection that broke in use.
    fn has_broken(&self, conn: &mut AnyConn) -> bool {
        use diesel::connection::TransactionManager;
        <AnyConn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}

/// A pool and the queue in front of it.
#[derive(Clone)]
struct Lane {
    pool: r2d2::Pool<Manager>,
    permits: Arc<Semaphore>,
}

impl Lane {
    fn open(url: &str, connections: u32) -> anyhow::Result<Self> {
        let pool = r2d2::Pool::builder()
            .max_size(connections)
            .min_idle(Some(0))
            .test_on_check_out(true)
            .connection_timeout(Duration::from_secs(3))
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Manager { url: url.to_owned() });
        Ok(Self { pool, permits: Arc::new(Semaphore::new(usize::try_from(connections)?)) })
    }

    async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static,
    {
        let permit = self.wait().await?;
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = match pool.get() {
                Ok(mut conn) => work(&mut conn),
                Err(error) => Err(DbError::Unavailable(error.to_string()).into()),
            };
            drop(permit);
            result
        });
        // What a panic says may hold what a client sent; the log has its place.
        done.await
            .unwrap_or_else(|_| Err(DbError::Unavailable("the database task stopped".to_owned()).into()))
    }

    async fn wait(&self) -> DbResult<OwnedSemaphorePermit> {
        match tokio::time::timeout(WAIT, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(DbError::Busy),
        }
    }
}

/// The production database.
#[derive(Clone)]
pub struct PostgresDb {
    url: String,
    primary: Lane,
    replica: Option<Lane>,
}

impl PostgresDb {
    pub(super) fn open(url: &str, replica: Option<&str>, connections: u32) -> anyhow::Result<Self> {
        Ok(Self {
            url: url.to_owned(),
            primary: Lane::open(url, connections)?,
            replica: replica.map(|url| Lane::open(url, connections)).transpose()?,
        })
    }

    pub(super) fn open_bare(&self) -> diesel::ConnectionResult<AnyConn> {
        open_postgres(&self.url)
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    {
        self.replica.as_ref().unwrap_or(&self.primary).run(|conn| work(&mut Read(conn))).await
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.primary.run(|conn| in_transaction(conn, work)).await
    }
}

/// Carries an error of the work through Diesel's transaction, which wants to make errors of its own.
enum Failed<E> {
    Work(E),
    Database(DbError),
}

impl<E> From<diesel::result::Error> for Failed<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Runs `work` inside a transaction (or a savepoint, when one is open).
pub(super) fn in_transaction<T, E, F>(conn: &mut AnyConn, work: F) -> Result<T, E>
where
    E: From<DbError>,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
{
    conn.transaction(|conn| work(&mut Tx(conn)).map_err(Failed::Work)).map_err(|failed| match failed {
        Failed::Work(error) => error,
        Failed::Database(error) => error.into(),
    })
}
