//! Rules of staff accounts, logins and sessions.

mod accounts;
mod sessions;

pub use accounts::{
    change_staff, create_staff, display_names, find_own, find_staff, list_staff, password_contexts,
    reactivate_staff, replace_memberships, role_holders, suspend_staff, workplaces,
};
pub use sessions::{
    Refreshed, change_password, end_session, find_login, find_password, grants, issue_access_token,
    open_session, prune_sessions, refresh, start_session,
};
