//! Complaints: from the first word to the guest's own verdict.

pub mod alerts;
pub mod api;
pub mod commands;
pub mod compensation;
pub mod error;
pub mod list_repo;
pub mod machine;
pub mod merge;
mod merge_repo;
pub mod merging;
mod message_repo;
pub mod messages;
pub mod model;
pub mod moves;
mod number_repo;
mod numbers;
pub mod queues;
pub mod repo;
pub mod seen;
pub mod service;
mod solution_repo;
pub mod solutions;
mod standing;
pub mod sweep;
pub mod timing;
