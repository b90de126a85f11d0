//! What can go wrong with partners, in the words of the domain.

use crate::db::DbError;
use crate::kit::fault::Fault;
use crate::kit::ids::PartnerId;

/// Why something cannot be done with a partner.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    /// The group has no such partner.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// A code or reference belongs to another partner.
    #[error("a code or external reference is taken")]
    Taken(Option<PartnerId>),
    /// Values that only the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The partner became part of another one.
    #[error("merged into another partner")]
    Merged(PartnerId),
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl PartnerError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::Invalid(vec![Fault { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }
}
