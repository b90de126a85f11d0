//! Words of folded text, and ranges of words by their beginning: what every search is made of. Pure.

use super::is_han;

/// The longest term, in bytes; longer ones are cut, in index and query alike.
const MAX_TERM_BYTES: usize = 64;

/// A word: a run of Han, kana and Hangul, or a word in an alphabetic script with the parts that hyphens and
/// apostrophes make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Whether it is a run of Han, kana and Hangul; such a run is one part.
    pub run: bool,
    /// Its parts, at least one; none is empty.
    pub parts: Vec<String>,
}

impl Word {
    /// The word without what joins its parts.
    pub fn joined(&self) -> String {
        self.parts.concat()
    }
}

/// Splits a folded text into its words. Hiragana and katakana are one.
pub fn words(folded: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut open = false;
    for c in folded.chars() {
        let run = is_run(c);
        if is_joiner(c) {
            match found.last_mut() {
                Some(word) if open && !word.run => word.parts.push(String::new()),
                _ => open = false,
            }
        } else if run || c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            match found.last_mut().filter(|word| open && word.run == run) {
                Some(word) => {
                    if let Some(part) = word.parts.last_mut() {
                        part.push(one_kana(c));
                    }
                }
                None => found.push(Word { run, parts: vec![one_kana(c).to_string()] }),
            }
            open = true;
        } else {
            open = false;
        }
    }
    for word in &mut found {
        word.parts.retain(|part| !part.is_empty());
    }
    found
}

/// Whether a character belongs to a run: scripts that are written without spaces between words.
pub fn is_run(c: char) -> bool {
    is_han(c)
        || matches!(c,
        '\u{3006}' | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}'
        | '\u{A960}'..='\u{A97C}' | '\u{AC00}'..='\u{D7FB}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | 'ʼ' | 'ʻ' | 'ʹ' | '-' | '‐' | '‑' | '‒' | '–')
}

fn one_kana(c: char) -> char {
    match c {
        '\u{30A1}'..='\u{30F6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// A condition on one term, compared bytewise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// The exact term, or the first string of the range. Never empty.
    pub lower: String,
    /// The first string after the range `[lower, upper)`; `None` for exactly
    /// `lower`.
    pub upper: Option<String>,
}

impl Probe {
    /// All terms that begin with `prefix`. The upper bound is the prefix with
    /// its last character replaced by the next scalar value: the order of UTF-8
    /// bytes is the order of scalar values, so no string lies between.
    pub fn prefix(prefix: &str) -> Self {
        let lower = cut(prefix).to_owned();
        let upper = after_prefix(&lower);
        Self { lower, upper }
    }

    /// This term and no other.
    pub fn exact(term: &str) -> Self {
        Self { lower: term.to_owned(), upper: None }
    }

    /// Whether the term satisfies the probe.
    pub fn contains(&self, term: &str) -> bool {
        match &self.upper {
            Some(upper) => term >= self.lower.as_str() && term < upper.as_str(),
            None => term == self.lower,
        }
    }
}

/// A term as long as terms may be: its first 64 bytes, whole characters.
pub fn cut(term: &str) -> &str {
    let end = (0..=MAX_TERM_BYTES.min(term.len())).rev().find(|end| term.is_char_boundary(*end));
    term.get(..end.unwrap_or(0)).unwrap_or("")
}

fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // `next` skips the surrogates, which are no characters.
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_bound_is_tight_and_valid() {
        for (prefix, upper) in [
            ("a", Some("b")),
            ("az", Some("a{")),
            ("王", Some("玌")),
            ("\u{D7FF}", Some("\u{E000}")),
            ("a\u{10FFFF}", Some("b")),
            ("\u{10FFFF}", None),
        ] {
            assert_eq!(after_prefix(prefix).as_deref(), upper, "{prefix}");
        }
        let probe = Probe::prefix("wang");
        assert!(probe.contains("wang") && probe.contains("wang\u{10FFFF}z") && !probe.contains("wanh"));
        let exact = Probe::exact("wang");
        assert!(exact.contains("wang") && !exact.contains("wanga"));
    }
}
