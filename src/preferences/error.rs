//! What can go wrong with preferences, in the words of the domain.

use crate::db::DbError;
use crate::guests::error::GuestError;
use crate::kit::fault::Fault;
use crate::kit::ids::PreferenceId;
use crate::preferences::conflicts::Saying;

/// Why something cannot be done with a preference, a consent or the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum PreferenceError {
    /// There is no such thing for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// A version has to be named.
    #[error("no version named")]
    NoVersion,
    /// Two preferences of one guest cannot both hold; what each says, and the other one if the caller may see it.
    #[error("contradicts another preference")]
    Contradiction(Box<Contradiction>),
    /// The guest has this preference already.
    #[error("recorded already")]
    Recorded(Option<PreferenceId>),
    /// A sensitive preference lacks the guest's consent.
    #[error("no consent for a sensitive preference")]
    NoConsent,
    /// Values that only the catalogue or the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// A scope is missing that only the content of the request asks for.
    #[error("needs the scope {0}")]
    Scope(&'static str),
    /// Only those who act for the whole group may do it.
    #[error("needs the whole group")]
    NeedsWholeGroup,
    /// Something is wrong with the guest.
    #[error(transparent)]
    Guest(GuestError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Two preferences of one guest that cannot both hold.
#[derive(Debug)]
pub struct Contradiction {
    /// What was to be written.
    pub wanted: Saying,
    /// What stands in the way, with its id; absent when hidden from the caller.
    pub standing: Option<(PreferenceId, Saying)>,
}

impl PreferenceError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::Invalid(vec![Fault { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }
}

impl From<GuestError> for PreferenceError {
    fn from(error: GuestError) -> Self {
        match error {
            GuestError::NotFound => Self::NotFound,
            GuestError::Db(error) => Self::Db(error),
            other => Self::Guest(other),
        }
    }
}
