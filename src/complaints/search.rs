//! How complaints are found by words: what of one is searched, the terms it is indexed under, the parsing of a query, and
//! the recheck. Pure.
//!
//! A complaint is found when it has every word of a query. Each word is one or two ranges of terms ([`Probe`]), so any
//! word may drive the search and the others are checked against the words of the complaint. The terms are
//! - words in alphabetic scripts, folded; found by their beginning;
//! - of each run of Han, kana or Hangul every suffix, its first eight characters: any part of the run begins one;
//! - the running number, and the year, behind `#`, tags behind `+` and the asset behind `@`, marks that no word contains; found whole.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::complaints::model::Complaint;
use crate::kit::text::fold;
use crate::kit::text::words::{Probe, cut, is_run, words};

/// Characters of a description that are searched, from its beginning: each begins one term at most, so that the longest
/// description makes no more than 2,000 of them.
pub const SEARCHED_CHARS: usize = 2_000;
/// Characters of a term that begins a run; a longer run that is asked for is checked against the words.
const RUN_CHARS: usize = 8;
/// The words of a query that are looked at.
const MOST_WORDS: usize = 16;
/// What stands before the term of a running number.
const NUMBER: char = '#';
/// What stands before the term of a tag.
const TAG: char = '+';
/// What stands before the term of an asset.
const ASSET: char = '@';

/// What of a complaint is searched. Two that are equal have the same terms.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Searched<'a> {
    number: &'a str,
    asset: Option<&'a str>,
    tags: &'a [String],
    /// Texts that are searched for their words only.
    texts: Vec<&'a str>,
}

/// What a complaint is found by.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Index {
    /// Its words, one a line, in bytewise order: what a query is checked against.
    pub words: String,
    /// Its terms, in bytewise order, none twice.
    pub terms: Vec<String>,
}

impl<'a> Searched<'a> {
    /// What of a complaint is searched: number, subject, room, asset, location, tags, the names of contact and reporter,
    /// its ids in other systems, and the first 2,000 characters of its description.
    pub(super) fn of(complaint: &'a Complaint) -> Self {
        let Complaint { number, facts, .. } = complaint;
        let contact = facts.contact.as_ref().and_then(|contact| contact.name.as_deref());
        let short = [&facts.subject, &facts.room, &facts.location, &facts.reporter.name];
        let mut texts: Vec<&str> = short.into_iter().filter_map(|text| text.as_deref()).collect();
        texts.extend(contact);
        texts.extend(facts.external_refs.iter().map(|reference| reference.id.as_str()));
        texts.push(beginning(&facts.description, SEARCHED_CHARS));
        Self { number, asset: facts.asset.as_deref(), tags: &facts.tags, texts }
    }

    /// What it is found by.
    pub(super) fn index(&self) -> Index {
        let mut found: BTreeSet<String> = numbered(self.number);
        let tags = self.tags.iter().map(String::as_str);
        for text in self.texts.iter().copied().chain(tags).chain(self.asset) {
            // Folding makes more than one character of some.
            for word in words(beginning(&fold(text), SEARCHED_CHARS)) {
                found.insert(word.joined());
                found.extend(word.parts);
            }
        }
        let mut terms: Vec<String> = Vec::new();
        for term in found.iter().flat_map(|word| beginnings(word)).collect::<BTreeSet<_>>() {
            // In bytewise order, whatever a term begins comes right after it. Only what is found whole is needed then.
            match terms.last_mut() {
                Some(last) if term.starts_with(last.as_str()) && !term.starts_with(NUMBER) => {
                    *last = term.to_owned();
                }
                _ => terms.push(term.to_owned()),
            }
        }
        // These are found whole: one that begins another is none the less needed.
        terms.extend(self.tags.iter().filter_map(|tag| tag_term(tag)));
        terms.extend(self.asset.and_then(asset_term));
        terms.sort();
        terms.dedup();
        Index { words: found.into_iter().collect::<Vec<_>>().join("\n"), terms }
    }
}

/// The term of a tag; absent for blank text. Tags are the same whatever their case, width and accents.
pub fn tag_term(tag: &str) -> Option<String> {
    marked(TAG, tag)
}

/// The term of an asset; absent for blank text. Assets are the same whatever their case, width and accents.
pub fn asset_term(asset: &str) -> Option<String> {
    marked(ASSET, asset)
}

/// A word that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Sought {
    text: String,
    /// The running number or year that digits may be, as its term.
    number: Option<String>,
}

/// A parsed search; see [`Query::parse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Query {
    sought: Vec<Sought>,
}

impl Query {
    /// Parses what was typed: words in any order, each to be found. A run of Han, kana or Hangul is to occur contiguously;
    /// digits are a running number, with or without zeros before it, or begin a word; any other word begins a word. Words
    /// past the sixteenth are ignored. `None` when nothing searchable is left.
    pub fn parse(q: &str) -> Option<Self> {
        let mut sought: Vec<Sought> = Vec::new();
        for word in words(&fold(q)) {
            let text = word.joined();
            let one = Sought { number: whole(&text), text };
            if !sought.contains(&one) {
                sought.push(one);
            }
        }
        sought.truncate(MOST_WORDS);
        (!sought.is_empty()).then_some(Self { sought })
    }

    /// The ranges of each word, at least one word and one range: a complaint that matches has a term in a range of each.
    pub fn probes(&self) -> impl Iterator<Item = Vec<Probe>> {
        self.sought.iter().map(Sought::probes)
    }

    /// Whether everything with a term in a range of the first word matches, so that no recheck is needed.
    pub fn is_decided_by_terms(&self) -> bool {
        matches!(self.sought.as_slice(), [only] if only.term() == only.text)
    }

    /// Whether a complaint with these words, one a line, matches.
    pub fn matches(&self, words: &str) -> bool {
        self.sought.iter().all(|one| words.split('\n').any(|word| one.is_met_by(word)))
    }
}

impl Sought {
    /// As much of it as a term can tell.
    fn term(&self) -> &str {
        if is_a_run(&self.text) { beginning(&self.text, RUN_CHARS) } else { cut(&self.text) }
    }

    fn probes(&self) -> Vec<Probe> {
        let number = self.number.as_deref().map(Probe::exact);
        std::iter::once(Probe::prefix(self.term())).chain(number).collect()
    }

    fn is_met_by(&self, word: &str) -> bool {
        let found =
            if is_a_run(&self.text) { word.contains(&self.text) } else { word.starts_with(&self.text) };
        found || self.number.as_deref() == Some(word)
    }
}

/// The words of a number, `XIHU-2026-00042`: from each of its parts to the end, and its year. What is digits alone is found
/// whole, or the first digits of the year would find every complaint.
fn numbered(number: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for word in words(&fold(number)) {
        for first in 0..word.parts.len() {
            let end = word.parts.get(first..).map(<[_]>::concat).unwrap_or_default();
            found.insert(whole(&end).unwrap_or(end));
        }
        found.extend(word.parts.iter().rev().nth(1).and_then(|year| whole(year)));
    }
    found
}

/// The term of a running number, of a year, or of both; absent for anything but digits, and for zeros alone.
fn whole(text: &str) -> Option<String> {
    let number = text.trim_start_matches('0');
    let is_number = !number.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{NUMBER}{number}"))
}

/// The terms of a word: every suffix of a run, as much of it as a term tells; any other word itself.
fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    let starts = if is_a_run(word) { word.chars().count() } else { 1 };
    word.char_indices().take(starts).filter_map(move |(at, first)| {
        let suffix = word.get(at..)?;
        Some(if is_run(first) { beginning(suffix, RUN_CHARS) } else { cut(suffix) })
    })
}

fn is_a_run(word: &str) -> bool {
    word.chars().next().is_some_and(is_run)
}

fn beginning(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn marked(mark: char, text: &str) -> Option<String> {
    let folded = fold(text);
    (!folded.is_empty()).then(|| format!("{mark}{folded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[&str]) -> Index {
        Searched {
            number: "XIHU-2026-00042",
            asset: Some("AC-1208"),
            tags: &["VIP".into()],
            texts: texts.to_vec(),
        }
        .index()
    }

    /// Whether terms and recheck find it; they must agree wherever the terms decide alone.
    fn finds(index: &Index, q: &str) -> bool {
        let query = Query::parse(q).unwrap();
        let is_met = |probes: Vec<Probe>| {
            probes.iter().any(|probe| index.terms.iter().any(|term| probe.contains(term)))
        };
        let by_terms = query.probes().all(is_met);
        let by_words = query.matches(&index.words);
        assert!(by_terms || !by_words, "{q}: the terms miss what the words find");
        assert!(!query.is_decided_by_terms() || by_terms == by_words, "{q}: the terms find too much");
        by_words
    }

    #[test]
    fn what_is_found_by_what() {
        let index =
            index(&["空调不制冷，半夜热醒了两次。", "Wi-Fi in the Café: Straße, ｶﾒﾗ カメラ", "空调AC坏了"]);
        for q in [
            "空",
            "冷",
            "制冷",
            "空调 不制",
            "空调不制冷",
            "热醒了两次",
            "wi-fi",
            "fi",
            "wif",
            "CAFE",
            "ｓｔｒａ",
            "かめ",
            "the wi",
            "ac坏",
            "空调ac",
            "XIHU-2026-00042",
            "xihu-2026",
            "2026-00042",
            "00042",
            "42",
            "042",
            "xihu 42",
            "vip",
            "ac-1208",
            "1208",
            "ac1208",
        ] {
            assert!(finds(&index, q), "{q}");
        }
        for q in [
            "冷半",
            "空半",
            "4",
            "0042x",
            "142",
            "420",
            "afe",
            "ihu",
            "空调 coffee",
            "08",
            "热醒了两次三次四次五次",
        ] {
            assert!(!finds(&index, q), "{q}");
        }
        assert_eq!(Query::parse(" ，-… "), None);
    }

    #[test]
    fn long_runs_and_words_are_rechecked_whole() {
        let index = index(&["一二三四五六七八九十百千万", &"x".repeat(90)]);
        assert!(finds(&index, "二三四五六七八九十百") && !finds(&index, "二三四五六七八九百"));
        assert!(finds(&index, &"x".repeat(80)) && !finds(&index, &format!("{}y", "x".repeat(80))));
    }

    #[test]
    fn the_longest_description_makes_a_bounded_number_of_terms() {
        let long: String =
            (0..50_000_u32).filter_map(|at| char::from_u32(0x4E00 + at * 7 % 20_000)).collect();
        let text = beginning(&long, SEARCHED_CHARS);
        let index = index(&[text]);
        assert!((1_000..=SEARCHED_CHARS + 12).contains(&index.terms.len()), "{}", index.terms.len());
        assert!(index.terms.iter().all(|term| term.len() <= 64));
    }

    #[test]
    fn marks_are_kept_whole_and_found_by_no_word() {
        let tags = ["VIP".to_owned(), "vip2".to_owned()];
        let index = Searched { number: "A-2026-00001", asset: None, tags: &tags, texts: vec![] }.index();
        assert!(index.terms.contains(&"+vip".to_owned()) && index.terms.contains(&"+vip2".to_owned()));
        let early = Searched { number: "A-2026-00020", asset: None, tags: &[], texts: vec![] }.index();
        assert!(
            finds(&early, "20")
                && finds(&early, "2026")
                && finds(&early, "2026-00020")
                && !finds(&early, "2")
        );
        assert_eq!(tag_term("Ｖip"), Some("+vip".to_owned()));
        assert_eq!((tag_term("\u{3000}"), asset_term(" ")), (None, None));
    }
}
