//! Floor 0: pure building blocks. Knows nothing of HTTP, databases or hotels.

pub mod canonical;
pub mod clock;
pub mod codes;
pub mod contact;
pub mod cursor;
pub mod fault;
pub mod ids;
pub mod json;
pub mod language;
pub mod patch;
pub mod seal;
pub mod text;
pub mod version;
