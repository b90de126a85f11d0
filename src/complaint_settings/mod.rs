//! Settings of complaints: the catalogue of matters and causes, routing rules, message templates. Knows no ticket.

pub mod api;
pub mod catalogue;
pub mod configure;
pub mod error;
pub mod model;
mod repo;
pub mod routing;
pub mod rules;
mod suggest;
pub mod templates;
mod text;
