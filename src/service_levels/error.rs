//! What can go wrong with service levels and the duty roster, in the words of the domain.

use crate::db::DbError;
use crate::hotels::error::HotelError;
use crate::kit::fault::Fault;

/// Why something cannot be done with a calendar, a policy or a shift.
#[derive(Debug, thiserror::Error)]
pub enum ServiceLevelError {
    /// There is no such thing for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// A version has to be named.
    #[error("no version named")]
    NoVersion,
    /// Values that contradict each other, or name what is not there.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// Only those who act for the whole group may do it.
    #[error("needs the whole group")]
    NeedsWholeGroup,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Reading a hotel fails when it is not there for the caller, or with the database.
impl From<HotelError> for ServiceLevelError {
    fn from(error: HotelError) -> Self {
        match error {
            HotelError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}
