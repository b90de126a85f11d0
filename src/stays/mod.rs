//! Stays: bookings and what became of them, and the figures of a guest that follow from them.

pub mod api;
