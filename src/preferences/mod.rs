//! What guests prefer: the catalogue, each preference with its evidence, and the consents that sensitive ones need.

pub mod api;
pub mod bulk;
pub mod catalogue;
mod definition_repo;
pub mod error;
pub mod merge;
pub mod model;
mod repo;
pub mod service;
pub mod suggest;
