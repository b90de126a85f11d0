//! What can go wrong with settings of complaints, in the words of the domain.

use crate::db::DbError;
use crate::kit::fault::Fault;

/// Why something cannot be done with a setting of complaints.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such thing for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// A version has to be named.
    #[error("no version named")]
    NoVersion,
    /// The code is taken by something the caller may not see.
    #[error("taken")]
    Taken,
    /// Values that only the group's own data can judge are invalid.
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
