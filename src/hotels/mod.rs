//! Hotel groups, their hotels and the departments of a hotel. Knows nothing of staff or guests.

pub mod api;
pub mod error;
pub mod model;
pub mod names;
mod repo;
pub mod service;
