//! What guests prefer: the catalogue, each preference with its evidence, and the consents that sensitive ones need.

pub mod api;
pub mod bulk;
pub mod catalogue;
pub mod configure;
mod conflicts;
mod consent_repo;
pub mod consents;
mod definition_repo;
pub mod error;
pub mod merge;
pub mod model;
pub mod needs;
mod needs_repo;
mod repo;
mod rules;
pub mod service;
pub mod sets;
pub mod suggest;
pub mod writing;
