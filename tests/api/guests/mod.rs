//! Guests, operation by operation.

mod attachments;
mod create;
mod duplicates;
mod lists;
mod merges;
mod notes;
mod update;
