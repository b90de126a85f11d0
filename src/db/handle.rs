//! The doors: [`Db::read`] and [`Db::write`] are the only way to a connection, and the only place that
//! leaves the event loop for the database.

use std::fmt;

use super::connection::AnyConn;
use super::error::{DbError, DbResult};
use super::postgres::{PostgresDb, in_transaction};
use super::sqlite::SqliteDb;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DbUrl {
    /// `postgres://…` or `postgresql://…`.
    Postgres(String),
    /// `sqlite://PATH`: the path of the file.
    Sqlite(String),
}

impl DbUrl {
    /// Chooses the backend by the scheme of the URL.
    ///
    /// # Errors
    /// A sentence for the operator when the scheme is unknown or the path is empty.
    pub fn parse(url: &str) -> Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite://") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.to_owned())),
            _ => Err("the database URL must start with sqlite://PATH or postgres://".to_owned()),
        }
    }
}

impl fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DbUrl {
    /// Shows the place without user name or password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(url) => {
                let place =
                    url.rsplit_once('@').map_or_else(|| url.split_once("//").map_or("", |p| p.1), |p| p.1);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
            Self::Sqlite(path) => write!(f, "sqlite://{path}"),
        }
    }
}

/// A connection inside [`Db::read`]: it cannot change a row.
pub struct Read<'c>(pub(super) &'c mut AnyConn);

/// A connection inside the one transaction of [`Db::write`].
pub struct Tx<'c>(pub(super) &'c mut AnyConn);

impl Tx<'_> {
    /// Runs `work` in a savepoint: when it fails, what it wrote is undone and the transaction goes on.
    ///
    /// # Errors
    /// What `work` answers, or that the savepoint could not be made or kept.
    pub fn savepoint<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        in_transaction(self.0, work)
    }
}

/// What a read-only repository function takes: a [`Read`] or a [`Tx`].
pub trait Reads {
    /// The connection, for repositories only.
    fn conn(&mut self) -> &mut AnyConn;
}

impl Reads for Read<'_> {
    fn conn(&mut self) -> &mut AnyConn {
        self.0
    }
}

impl Reads for Tx<'_> {
    fn conn(&mut self) -> &mut AnyConn {
        self.0
    }
}

impl Reads for &mut dyn Reads {
    fn conn(&mut self) -> &mut AnyConn {
        (**self).conn()
    }
}

/// The database of the process, with the bounds on how many use it at once. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// A pool of PostgreSQL connections (and a second one for reads where a replica is configured).
    Postgres(PostgresDb),
    /// One SQLite writer and a few readers.
    Sqlite(SqliteDb),
}

impl Db {
    /// Prepares the connections; nothing is opened before it is needed.
    ///
    /// # Errors
    /// When the threads of the SQLite backend cannot be started.
    pub fn open(url: &DbUrl, read_url: Option<&DbUrl>, connections: u32) -> anyhow::Result<Self> {
        Ok(match url {
            DbUrl::Postgres(url) => {
                let replica = match read_url {
                    Some(DbUrl::Postgres(replica)) => Some(replica.as_str()),
                    Some(DbUrl::Sqlite(_)) => {
                        anyhow::bail!("HOSPES_DATABASE_READ_URL must be a postgres:// URL")
                    }
                    None => None,
                };
                Self::Postgres(PostgresDb::open(url, replica, connections)?)
            }
            DbUrl::Sqlite(path) => Self::Sqlite(SqliteDb::open(path)?),
        })
    }

    /// Whether the schema may be brought up to date without being asked (the embedded database).
    pub fn is_embedded(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Name of the backend, for logs and metrics.
    pub fn backend(&self) -> &'static str {
        if self.is_embedded() { "sqlite" } else { "postgres" }
    }

    /// Runs `work` on a connection that is only read from.
    ///
    /// # Errors
    /// [`DbError::Busy`] when no connection becomes free within half a second, else what `work` answers.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    {
        match self {
            Self::Postgres(db) => db.read(work).await,
            Self::Sqlite(db) => db.read(work).await,
        }
    }

    /// Runs `work` in one transaction, committed when it answers `Ok` and rolled back otherwise. On SQLite the
    /// write lock is held from the start.
    ///
    /// # Errors
    /// [`DbError::Busy`] when no connection becomes free within half a second, [`DbError::Unavailable`] when the
    /// commit fails, else what `work` answers.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match self {
            Self::Postgres(db) => db.write(work).await,
            Self::Sqlite(db) => db.write(work).await,
        }
    }

    /// Runs `work` on a bare connection outside any transaction: for migrations only.
    ///
    /// # Errors
    /// What `work` answers, or why no connection could be opened.
    pub fn with_bare<T>(&self, work: impl FnOnce(&mut AnyConn) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let mut conn = match self {
            Self::Postgres(db) => db.open_bare(),
            Self::Sqlite(db) => db.open_bare(),
        }
        .map_err(|error| anyhow::anyhow!("cannot open the database: {error}"))?;
        work(&mut conn)
    }

    /// Asks the database something it can only answer when it is well and its schema is this binary's.
    ///
    /// # Errors
    /// Why it could not answer, or that migrations are pending.
    pub async fn ready(&self) -> DbResult<()> {
        self.read(|r| super::migrate::check(r)).await
    }
}
