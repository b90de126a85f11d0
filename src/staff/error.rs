//! What can go wrong with staff and logins, in the domain's words.

use crate::db::DbError;
use crate::kit::fault::Fault;

/// Why an account or a session could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// There is none, or the caller may not see it.
    #[error("no such account")]
    NotFound,
    /// Somebody changed it since the caller read it.
    #[error("changed since it was read")]
    Stale,
    /// The e-mail is the login of another account; of which, where the caller may see it.
    #[error("the e-mail is taken")]
    EmailTaken(Option<uuid::Uuid>),
    /// The caller would give or touch what is beyond its own scopes or hotels.
    #[error("beyond the caller's own authority")]
    BeyondAuthority,
    /// The account's status does not allow it.
    #[error("the status does not allow it")]
    Status,
    /// Nobody does this to their own account.
    #[error("not to one's own account")]
    OwnAccount,
    /// E-mail or password is wrong, or the account may not log in.
    #[error("login failed")]
    LoginFailed,
    /// Values that contradict each other or refer to what is not there.
    #[error("invalid content")]
    Invalid(Vec<Fault>),
    /// A stored secret cannot be used.
    #[error(transparent)]
    Secret(#[from] crate::staff::passwords::BadHash),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl StaffError {
    /// One invalid member.
    pub fn invalid(pointer: impl Into<String>, code: &str, message: &str) -> Self {
        Self::Invalid(vec![Fault {
            pointer: pointer.into(),
            code: code.to_owned(),
            message: message.to_owned(),
        }])
    }
}
