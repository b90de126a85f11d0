//! Problems: what complaints have in common, and what is done so that it ends. Knows complaints by their ids and by what
//! repeats, and nothing else of them.

mod action_repo;
pub mod actions;
pub mod api;
pub mod error;
mod key_repo;
mod member_repo;
pub mod members;
pub mod model;
pub mod notices;
pub mod recurrence;
mod repo;
pub mod service;
