//! What can go wrong with jobs, in the words of the domain.

use crate::db::DbError;

/// Why something cannot be done with a job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// There is no such job for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
