//! The audit log for people: reading it, and the history of one guest, over `platform::audit`.

pub mod api;
