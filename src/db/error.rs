//! What can go wrong below the repositories.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database. None of these is ever the caller's fault: what a violation means is decided by
/// the statement that ran, through [`super::dialect::unless_taken`].
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection became free in time.
    #[error("no database connection became free in time")]
    Busy,
    /// The database cannot be reached, is shutting down or cannot write.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The database refused or garbled a statement: a bug.
    #[error("the database refused a statement: {0}")]
    Query(#[source] DieselError),
}

/// Result of a repository function.
pub type DbResult<T> = Result<T, DbError>;

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        if is_outage(&error) { Self::Unavailable(error.to_string()) } else { Self::Query(error) }
    }
}

/// Messages of outages for which Diesel has no kind of its own: PostgreSQL classes 53 and 57, SQLite FULL,
/// IOERR, BUSY, READONLY, CANTOPEN.
const OUTAGE_MESSAGES: [&str; 19] = [
    "server closed the connection",
    "terminating connection",
    "connection to server",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "the database system is",
    "deadlock detected",
    "SSL connection has been closed",
    "canceling statement due to",
    "remaining connection slots",
    "No space left on device",
    "could not extend file",
    "database or disk is full",
    "disk I/O error",
    "database is locked",
    "database table is locked",
    "attempt to write a readonly database",
    "unable to open database file",
];

fn is_outage(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
        | DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)
        | DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            OUTAGE_MESSAGES.iter().any(|message| information.message().contains(message))
        }
        _ => false,
    }
}
