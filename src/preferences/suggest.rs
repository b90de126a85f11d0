//! Preferences recognised in what a guest asks for in words. Nothing is stored: staff accept or dismiss them.

use crate::preferences::catalogue::Catalogue;
use crate::preferences::model::Polarity;

/// A preference that a text seems to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Code of its category.
    pub category: String,
    /// Code of its item.
    pub code: String,
    /// Whether the text asks for it or against it.
    pub polarity: Polarity,
    /// The words of the text by which it was recognised.
    pub matched: String,
}

/// What a text asks for, in the order of the text, each item once.
pub fn from_text(_catalogue: &Catalogue, _text: &str) -> Vec<Suggested> {
    Vec::new()
}
