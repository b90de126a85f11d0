//! Guests, operation by operation.

mod create;
mod duplicates;
mod lists;
mod merges;
mod notes;
mod update;
