//! The demo: a hotel group to try things on, and the invented people who stay there.

pub mod people;
