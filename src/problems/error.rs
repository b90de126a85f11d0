//! What can go wrong with problems, in the words of the domain.

use crate::db::DbError;
use crate::hotels::error::HotelError;
use crate::kit::fault::Fault;
use crate::kit::ids::ProblemId;
use crate::problems::model::{ProblemNeed, ProblemStatus};
use crate::staff::error::StaffError;

/// Why something cannot be done with a problem.
#[derive(Debug, thiserror::Error)]
pub enum ProblemError {
    /// There is no such problem, action or complaint for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// Another problem that is not closed is about the same.
    #[error("another problem is about the same")]
    Taken(Option<ProblemId>),
    /// Values that only the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// Something is missing.
    #[error("something is missing")]
    Needs(ProblemStatus, Vec<ProblemNeed>),
    /// The complaint belongs to another problem.
    #[error("belongs to another problem")]
    Elsewhere(ProblemId),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ProblemError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        let (pointer, code, message) = (pointer.to_owned(), code.to_owned(), message.to_owned());
        Self::Invalid(vec![Fault { pointer, code, message }])
    }
}

impl From<HotelError> for ProblemError {
    fn from(error: HotelError) -> Self {
        match error {
            HotelError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}

impl From<StaffError> for ProblemError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}
