//! What every test stands on: a database of its own on either backend, the whole application in the process, and
//! callers with roles.

pub mod answer;
pub mod database;
pub mod world;

pub use answer::Answer;
pub use database::Backend;
pub use world::{Person, World};
