//! Guests: the file a hotel group keeps of a person, how it is found, and how two files become one.

pub mod api;
pub mod birthdays;
pub mod bulk;
pub mod display;
pub mod duplicate_repo;
pub mod duplicates;
pub mod error;
pub mod index;
pub mod matching;
pub mod merge_repo;
pub mod merges;
pub mod merging;
pub mod model;
pub mod note_repo;
pub mod notes;
pub mod relationship_repo;
pub mod relationships;
pub mod repo;
pub mod search_repo;
pub mod service;
pub mod spoken;
pub mod suggestions;
pub mod terms;
