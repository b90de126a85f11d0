//! Floor 2 of the HTTP side: problems, extractors, the frame around every request, the document. No Diesel.

pub mod access;
pub mod app;
pub mod conditional;
pub mod docs;
pub mod fallback;
pub mod fields;
pub mod frame;
pub mod gate;
pub mod health;
pub mod idempotency;
pub mod input;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod problem_pages;
pub mod reply;
