//! Preference plans: what is to be prepared for a stay from what its guests prefer, and what came of it.

pub mod api;
pub mod error;
pub mod fulfilment;
pub mod merge;
pub mod model;
pub mod repo;
pub mod report_repo;
pub mod service;
