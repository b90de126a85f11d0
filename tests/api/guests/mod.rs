//! Guests, operation by operation.

mod create;
mod lists;
mod notes;
mod update;
