//! Stays: bookings and what became of them, and the figures of a guest that follow from them.

pub mod api;
pub mod bulk;
pub mod delivery;
pub mod error;
pub mod model;
pub mod moves;
