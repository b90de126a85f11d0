//! What can go wrong with complaints, in the words of the domain.

use crate::complaints::machine::{ComplaintMove, ComplaintNeed};
use crate::complaints::model::ComplaintStatus;
use crate::db::DbError;
use crate::hotels::error::HotelError;
use crate::kit::fault::Fault;
use crate::kit::ids::ComplaintId;
use crate::partners::error::PartnerError;
use crate::recovery::error::RecoveryError;
use crate::staff::error::StaffError;

/// Why something cannot be done with a complaint.
#[derive(Debug, thiserror::Error)]
pub enum ComplaintError {
    /// There is no such complaint, solution or guest for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// An external reference belongs to another complaint, named if the caller may see it.
    #[error("an external reference is taken")]
    ReferenceTaken(Option<ComplaintId>),
    /// Values that only the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The status does not allow the move.
    #[error("not allowed when {}", .status.code())]
    Move {
        /// The status it has.
        status: ComplaintStatus,
        /// The moves that can be made now.
        allowed: Vec<ComplaintMove>,
    },
    /// The status allows the move, but something is missing.
    #[error("something is missing")]
    Needs {
        /// The status it has.
        status: ComplaintStatus,
        /// What is missing.
        needs: Vec<ComplaintNeed>,
        /// The moves that can be made now.
        allowed: Vec<ComplaintMove>,
    },
    /// The complaint became part of another one.
    #[error("merged into {0}")]
    Merged(ComplaintId),
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// A scope is missing that only the content of the request asks for.
    #[error("needs the scope {0}")]
    Scope(&'static str),
    /// Money is not there, or not the caller's to give.
    #[error(transparent)]
    Money(#[from] RecoveryError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ComplaintError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::Invalid(vec![Fault {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }])
    }

    /// The same, of values that stand below a member of the body.
    #[must_use]
    pub fn below(self, member: &str) -> Self {
        let moved = |fault: Fault| Fault { pointer: format!("/{member}{}", fault.pointer), ..fault };
        match self {
            Self::Invalid(faults) => Self::Invalid(faults.into_iter().map(moved).collect()),
            other => other,
        }
    }
}

impl From<HotelError> for ComplaintError {
    fn from(error: HotelError) -> Self {
        match error {
            HotelError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}

impl From<PartnerError> for ComplaintError {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}

impl From<StaffError> for ComplaintError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}
