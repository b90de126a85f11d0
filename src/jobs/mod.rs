//! Jobs as clients see them: what runs in the background, how far it is, what became of each row, and stopping it.

pub mod api;
pub mod error;
pub mod service;
