//! What can go wrong with guests, in the words of the domain.

use crate::db::DbError;
use crate::guests::matching::Score;
use crate::guests::model::Guest;
use crate::kit::fault::Fault;
use crate::kit::ids::GuestId;

/// An existing guest that looks like another profile.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The existing guest.
    pub guest: Guest,
    /// How alike, field by field.
    pub score: Score,
}

/// Why something cannot be done with a guest.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// There is no such guest, note, relationship, merge or suggestion for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// The new guest looks like existing ones.
    #[error("looks like {} existing guests", .0.len())]
    PossibleDuplicate(Vec<Candidate>),
    /// An external reference belongs to another guest, named if the caller may see it.
    #[error("an external reference is taken")]
    ReferenceTaken(Option<GuestId>),
    /// Values that only the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The guest became part of another one.
    #[error("merged into another guest")]
    Merged(GuestId),
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// A scope is missing that only the content of the request asks for.
    #[error("needs the scope {0}")]
    Scope(&'static str),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl GuestError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::Invalid(vec![Fault { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }
}
