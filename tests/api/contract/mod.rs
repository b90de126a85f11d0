//! The contract: what must hold for every operation, by enumeration of the document.

mod compatibility;
pub mod document;
mod trace;
