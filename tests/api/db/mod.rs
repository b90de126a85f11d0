//! The database floor: both schemas are one, and steps back work.

mod postgres;
mod schema;
