//! What can go wrong with hotels, in the domain's words.

use crate::db::DbError;
use crate::kit::fault::Fault;

/// Why a hotel or department could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum HotelError {
    /// There is none, or the caller may not see it.
    #[error("no such hotel or department")]
    NotFound,
    /// Somebody changed it since the caller read it.
    #[error("changed since it was read")]
    Stale,
    /// The code is in use; by what, where the caller may see it.
    #[error("the code is taken")]
    CodeTaken(Option<uuid::Uuid>),
    /// Only somebody with the scope in the whole group may do this.
    #[error("needs the scope in the whole group")]
    NeedsWholeGroup,
    /// The hotel is closed.
    #[error("the hotel is closed")]
    Closed,
    /// A rule over several members does not hold.
    #[error("invalid content")]
    Invalid(Vec<Fault>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
