//! Words of a name or a query, and reading telephone numbers.

pub(super) use crate::kit::text::words::Word;

use crate::kit::text::words::is_run;
use crate::kit::text::{self, fold};

/// The words of a name, and of a query, that are looked at.
pub(super) const MAX_WORDS: usize = 16;

/// The shortest digit string taken for the end of a telephone number.
pub(super) const MIN_PHONE_DIGITS: usize = 3;

/// From this length on, leading zeros are trunk or international prefixes.
const DIALLED_DIGITS: usize = 8;

/// Splits a folded text into its words; those past the sixteenth are left out.
pub(super) fn words(folded: &str) -> Vec<Word> {
    let mut found = text::words::words(folded);
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

/// Folded, with the spacing accent that is typed for an apostrophe kept as one:
/// folding alone would make it a space.
pub(super) fn fold_name(text: &str) -> String {
    fold(&text.replace('´', "'"))
}
