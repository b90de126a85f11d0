//! Stays: bookings and what became of them, and the figures of a guest that follow from them.

pub mod api;
pub mod bulk;
pub mod commands;
pub mod day_repo;
pub mod delivery;
pub mod error;
pub mod facts;
pub mod figure_repo;
pub mod figures;
pub mod laying;
pub mod list_repo;
pub mod merge;
pub mod merge_repo;
pub mod model;
pub mod moves;
pub mod people;
pub mod progress;
pub mod recount;
pub mod repo;
pub mod requests;
pub mod service;
