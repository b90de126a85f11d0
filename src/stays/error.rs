//! What can go wrong with stays, in the words of the domain.

use crate::db::DbError;
use crate::hotels::error::HotelError;
use crate::kit::fault::Fault;
use crate::kit::ids::StayId;
use crate::partners::error::PartnerError;
use crate::preferences::error::PreferenceError;
use crate::stays::model::StayStatus;
use crate::stays::moves::StayMove;

/// Why something cannot be done with a stay.
#[derive(Debug, thiserror::Error)]
pub enum StayError {
    /// There is no such stay or guest for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// An external reference belongs to another stay, named if the caller may see it.
    #[error("an external reference is taken")]
    ReferenceTaken(Option<StayId>),
    /// Values that only the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The status does not allow the move.
    #[error("not allowed when {}", .status.code())]
    Move {
        /// The status it has.
        status: StayStatus,
        /// The moves it allows.
        allowed: Vec<StayMove>,
    },
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// A scope is missing that only the content of the request asks for.
    #[error("needs the scope {0}")]
    Scope(&'static str),
    /// The preferences refuse it.
    #[error(transparent)]
    Preference(PreferenceError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<HotelError> for StayError {
    fn from(error: HotelError) -> Self {
        match error {
            HotelError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}

impl From<PartnerError> for StayError {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::Db(error) => Self::Db(error),
            PartnerError::Invalid(faults) => Self::Invalid(faults),
            PartnerError::Taken(_) | PartnerError::Stale => Self::Stale,
            PartnerError::NotFound | PartnerError::Merged(_) | PartnerError::State(_) => Self::NotFound,
        }
    }
}

impl StayError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::Invalid(vec![fault(pointer, code, message)])
    }
}

/// One fault.
pub fn fault(pointer: impl Into<String>, code: &str, message: &str) -> Fault {
    Fault { pointer: pointer.into(), code: code.to_owned(), message: message.to_owned() }
}
