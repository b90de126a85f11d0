//! The contract: what must hold for every operation, by enumeration of the document.

mod bounds;
mod compatibility;
pub mod document;
mod trace;
