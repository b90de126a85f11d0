//! The one connection type over both backends, and how each kind is opened.

use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionResult, PgConnection, SqliteConnection};

/// A connection to either backend. Its variants are told apart inside `db` only.
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// How long SQLite waits for a lock held by another process.
const SQLITE_BUSY_MS: u32 = 5_000;
/// Page cache of an SQLite connection that reads, in KiB.
pub(super) const SQLITE_READ_CACHE_KIB: u32 = 16_384;
/// Page cache of the SQLite connection that writes, in KiB: an import touches index pages all over the file.
pub(super) const SQLITE_WRITE_CACHE_KIB: u32 = 131_072;
/// Pages of 4 KiB in the write-ahead log before it is taken into the file. The more there are, the more changes of one
/// page are written once; the log takes some 64 MiB of disk.
const SQLITE_CHECKPOINT_PAGES: u32 = 16_000;

/// Opens a PostgreSQL connection with the time-outs every statement of the server runs under.
pub(super) fn open_postgres(url: &str) -> ConnectionResult<AnyConn> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute(
        "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
         SET idle_in_transaction_session_timeout = '60s'; SET timezone = 'UTC'",
    )
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(AnyConn::Pg(conn))
}

/// Opens an SQLite file in WAL mode with full durability and foreign keys on.
pub(super) fn open_sqlite(path: &str, cache_kib: u32) -> ConnectionResult<AnyConn> {
    let mut conn = SqliteConnection::establish(path)?;
    // busy_timeout comes first: switching to WAL itself needs the lock.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {SQLITE_BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY; \
         PRAGMA wal_autocheckpoint = {SQLITE_CHECKPOINT_PAGES}; PRAGMA trusted_schema = OFF"
    ))
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(AnyConn::Sqlite(conn))
}
