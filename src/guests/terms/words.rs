//! Words of a name or a query: splitting folded text into runs of Han, kana and
//! Hangul and into words of alphabetic scripts, and reading telephone numbers.

use crate::kit::text::{fold, is_han};

/// The words of a name, and of a query, that are looked at.
pub(super) const MAX_WORDS: usize = 16;

/// The shortest digit string taken for the end of a telephone number.
pub(super) const MIN_PHONE_DIGITS: usize = 3;

/// From this length on, leading zeros are trunk or international prefixes.
const DIALLED_DIGITS: usize = 8;

/// A word of a name: a run of Han, kana and Hangul, or a word in an alphabetic
/// script with the parts that hyphens and apostrophes make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) run: bool,
    pub(super) parts: Vec<String>,
}

impl Word {
    pub(super) fn joined(&self) -> String {
        self.parts.concat()
    }
}

/// Splits a folded text into its words.
pub(super) fn words(folded: &str) -> Vec<Word> {
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
    found.truncate(MAX_WORDS);
    found
}

/// Cuts a token where runs of Han, kana and Hangul meet anything else.
pub(super) fn split_scripts(token: &str) -> Vec<String> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for c in token.chars() {
        match pieces.last_mut().filter(|(run, _)| *run == is_run(c)) {
            Some((_, piece)) => piece.push(c),
            None => pieces.push((is_run(c), c.to_string())),
        }
    }
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

/// The digits of a written telephone number without the prefixes that depend
/// on where it is dialled from, and without an extension.
pub(super) fn dialled(written: &str) -> String {
    let from_digit = written.trim_start_matches(|c: char| !c.is_ascii_digit());
    let extension = |c: char| c.is_alphabetic() || ";,#*".contains(c);
    let number = from_digit.split(extension).next().unwrap_or("").replace("(0)", "");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0');
    if digits.len() >= DIALLED_DIGITS && significant.len() >= MIN_PHONE_DIGITS {
        significant.to_owned()
    } else {
        digits
    }
}

pub(super) fn is_long_number(text: &str) -> bool {
    text.len() >= MIN_PHONE_DIGITS && text.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn is_phone_sign(c: char) -> bool {
    c.is_ascii_digit() || "+()[]-‐‑‒–—−./·".contains(c)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | 'ʼ' | 'ʻ' | 'ʹ' | '-' | '‐' | '‑' | '‒' | '–')
}

fn is_run(c: char) -> bool {
    is_han(c)
        || matches!(c,
        '\u{3006}' | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}'
        | '\u{A960}'..='\u{A97C}' | '\u{AC00}'..='\u{D7FB}')
}

fn one_kana(c: char) -> char {
    match c {
        '\u{30A1}'..='\u{30F6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// Folded, with the spacing accent that is typed for an apostrophe kept as one:
/// folding alone would make it a space.
pub(super) fn fold_name(text: &str) -> String {
    fold(&text.replace('´', "'"))
}
