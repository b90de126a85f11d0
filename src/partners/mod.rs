//! Business partners: those who bring guests, and who brought which stay.

pub mod api;
