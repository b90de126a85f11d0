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
/// Page cache of one SQLite connection, in KiB.
const SQLITE_CACHE_KIB: u32 = 16_384;

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
pub(super) fn open_sqlite(path: &str) -> ConnectionResult<AnyConn> {
    let mut conn = SqliteConnection::establish(path)?;
    // busy_timeout comes first: switching to WAL itself needs the lock.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {SQLITE_BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -{SQLITE_CACHE_KIB}; PRAGMA temp_store = MEMORY; \
         PRAGMA trusted_schema = OFF"
    ))
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(AnyConn::Sqlite(conn))
}
