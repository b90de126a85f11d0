//! The one tokeniser of guest search: the terms a guest is indexed under, the
//! parsing of a query into probes over those terms, and the recheck. Pure.
//!
//! Every probe is one bytewise range, and a guest matches when each probe of
//! the query holds at least one of its terms. So any single probe is necessary
//! and may drive the index scan. Three kinds of terms make this possible:
//!
//! - words in alphabetic scripts and pinyin, folded; found by prefix;
//! - runs of Han, kana or Hangul: every suffix of the run, so that a prefix of
//!   a suffix, that is any contiguous part of the run, is one range;
//! - whole e-mail addresses behind `@` and reversed telephone numbers behind
//!   `#`, markers that no word contains.
//!
//! As all terms are found by prefix, a term that begins another term of the
//! same guest is redundant and not stored. Hiragana and katakana are one.

mod index;
#[cfg(test)]
mod tests;
mod words;

pub use index::index_terms;

pub use crate::kit::text::words::Probe;

use crate::kit::text::reversed_digits;
use crate::kit::text::words::cut;
use words::{
    MAX_WORDS, MIN_PHONE_DIGITS, dialled, fold_name, is_long_number, is_phone_sign, split_scripts, words,
};

/// Stored with each guest; a guest indexed under another version is reindexed.
pub const TERMS_VERSION: i32 = 1;

/// One name of a guest, as stored: in parts, or unsplit in `full`, or both; all
/// that is given is indexed. Absent and blank parts are alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NameText<'a> {
    /// Given name or names.
    pub given: Option<&'a str>,
    /// Middle names.
    pub middle: Option<&'a str>,
    /// Surname.
    pub surname: Option<&'a str>,
    /// Second surname, where custom has two.
    pub second_surname: Option<&'a str>,
    /// The unsplit name.
    pub full: Option<&'a str>,
}

/// A parsed search; see [`Query::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    probes: Vec<Probe>,
}

impl Query {
    /// Parses what was typed: words in any order, each to be found. A word with
    /// `@` is the beginning of an e-mail address; digits, also over several
    /// groups and with the signs telephone numbers are written with, are the
    /// last digits of one (three at least); a run of Han, kana or Hangul is to
    /// occur contiguously; any other word begins a word, a reading or its
    /// initials. Words past the sixteenth are ignored. `None` when nothing
    /// searchable is left.
    pub fn parse(q: &str) -> Option<Self> {
        let mut probes = Vec::new();
        let mut digits = String::new();
        let folded = fold_name(q);
        let separator = |c: char| c.is_whitespace() || ",;、。|<>\"".contains(c);
        for token in folded.split(separator).filter(|t| !t.is_empty()) {
            if token.contains('@') {
                push_phone(&mut probes, &mut digits);
                let address = token.trim_matches(|c: char| c.is_control() || "()[]:.".contains(c));
                if address != "@" {
                    probes.push(Probe::prefix(&format!("@{address}")));
                }
                continue;
            }
            for piece in split_scripts(token) {
                if piece.chars().all(is_phone_sign) {
                    digits.push_str(&piece);
                    continue;
                }
                push_phone(&mut probes, &mut digits);
                for word in words(&piece) {
                    let text = word.joined();
                    if is_long_number(&text) {
                        digits.push_str(&text);
                        push_phone(&mut probes, &mut digits);
                    } else {
                        probes.push(Probe::prefix(&text));
                    }
                }
            }
        }
        push_phone(&mut probes, &mut digits);
        let mut distinct: Vec<Probe> = Vec::new();
        for probe in probes {
            if !distinct.contains(&probe) {
                distinct.push(probe);
            }
        }
        distinct.truncate(MAX_WORDS);
        (!distinct.is_empty()).then_some(Self { probes: distinct })
    }

    /// One probe per word of the query, at least one, none twice. Every guest
    /// that matches has a term in every probe.
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }

    /// Whether a guest with these stored terms (see [`join`]) matches: every
    /// probe holds at least one term; one term may serve several probes.
    pub fn matches(&self, stored: &str) -> bool {
        self.probes.iter().all(|probe| split(stored).any(|term| probe.contains(term)))
    }
}

/// The bytewise smallest of a guest's terms that satisfies the probe: the row
/// to keep when a scan of the probe's range meets the guest several times.
/// `None` when no term satisfies it.
pub fn smallest_match<'t>(terms: impl IntoIterator<Item = &'t str>, probe: &Probe) -> Option<&'t str> {
    terms.into_iter().filter(|term| probe.contains(term)).min()
}

/// The stored form of a list of terms: one a line, without a final line end.
pub fn join(terms: &[String]) -> String {
    terms.join("\n")
}

/// The terms of a stored form, in stored order.
pub fn split(stored: &str) -> impl Iterator<Item = &str> {
    stored.split('\n').filter(|term| !term.is_empty())
}

fn push_phone(probes: &mut Vec<Probe>, written: &mut String) {
    let digits = dialled(written);
    if digits.len() >= MIN_PHONE_DIGITS {
        probes.push(Probe::prefix(&format!("#{}", reversed_digits(&digits))));
    } else if !digits.is_empty() {
        probes.push(Probe::prefix(&digits));
    }
    written.clear();
}
