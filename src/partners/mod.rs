//! Business partners: those who bring guests, and who brought which stay.

pub mod api;
pub mod bulk;
pub mod error;
pub mod index;
pub mod merging;
pub mod model;
pub mod repo;
pub mod service;
