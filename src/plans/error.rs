//! What can go wrong with plans, in the words of the domain.

use crate::db::DbError;
use crate::preferences::error::PreferenceError;
use crate::stays::error::StayError;

/// Why something cannot be done with a plan or one of its items.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no such stay or item for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// Something is wrong with the stay.
    #[error(transparent)]
    Stay(StayError),
    /// Something is wrong with the preferences.
    #[error(transparent)]
    Preference(PreferenceError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<StayError> for PlanError {
    fn from(error: StayError) -> Self {
        match error {
            StayError::NotFound => Self::NotFound,
            StayError::Db(error) => Self::Db(error),
            other => Self::Stay(other),
        }
    }
}

impl From<PreferenceError> for PlanError {
    fn from(error: PreferenceError) -> Self {
        match error {
            PreferenceError::Db(error) => Self::Db(error),
            other => Self::Preference(other),
        }
    }
}
