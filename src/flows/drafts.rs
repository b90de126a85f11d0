//! Messages about a complaint, written with the templates of the settings.

pub mod api;
