//! Preference plans: what is to be done for a stay, what came of it, and how much of it was delivered.

pub mod api;
