//! Staff: accounts, what their roles allow and where, logins and sessions. Knows nothing of guests.

pub mod api;
mod common_passwords;
pub mod error;
pub mod model;
pub mod passwords;
mod repo;
pub mod roles;
pub mod service;
pub mod tokens;
