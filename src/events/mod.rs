//! The change feed for integrations: one operation over `platform::events`.

pub mod api;
