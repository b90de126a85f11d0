//! Preferences recognised in what a guest asks for in words. Nothing is stored: staff accept or dismiss them.
//!
//! The words of the catalogue's items are looked for, the longest first, so that "no smoking room" is not taken for
//! "smoking room". A word that turns the meaning before it in the same clause turns the polarity.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

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

/// Characters of a text that are looked at.
const LONGEST_TEXT: usize = 4_000;
/// How far before a word something that turns it may stand, in characters.
const REACH: usize = 24;
/// The same in Chinese, which says more in fewer characters.
const REACH_HAN: usize = 7;

/// Where a clause ends.
const STOPS: &str = "。，,.;；!！?？\n\r:：（）()";
/// Against, strictly.
const AGAINST: [&str; 28] = [
    "不要",
    "不能",
    "不可",
    "不住",
    "不用",
    "不需",
    "不想",
    "不吃",
    "不喝",
    "不放",
    "不含",
    "不安排",
    "请勿",
    "切勿",
    "避免",
    "拒绝",
    "谢绝",
    "忌",
    "没有",
    "别",
    " no ",
    " not ",
    " without ",
    " avoid ",
    " never ",
    " cannot ",
    " don't ",
    " can't ",
];
/// Against, mildly.
const RATHER_NOT: [&str; 9] = [
    "不喜欢",
    "不爱",
    "讨厌",
    "不太喜欢",
    " dislike ",
    " dislikes ",
    " don't like ",
    " not like ",
    " prefer not ",
];
/// For, strictly.
const NEEDED: [&str; 9] =
    ["必须", "务必", "一定", "必需", " must ", " need ", " needs ", " require ", " requires "];
/// Words that hand on what was said of the thing before.
const AND_SO: [&str; 8] = ["和", "或", "或者", "及", "与", "、", "or", "nor"];

/// How the words before a match turn it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    As,
    Against,
    RatherNot,
    Needed,
}

/// A text as it is compared: compatibility forms united, lower case, with the place each character came from.
struct Folded {
    chars: Vec<char>,
    from: Vec<usize>,
}

fn fold(text: &str) -> Folded {
    let (mut chars, mut from) = (Vec::new(), Vec::new());
    for (at, original) in text.chars().take(LONGEST_TEXT).enumerate() {
        for folded in std::iter::once(original).nfkc().flat_map(char::to_lowercase) {
            chars.push(if folded == '’' { '\'' } else { folded });
            from.push(at);
        }
    }
    Folded { chars, from }
}

fn is_latin(letter: Option<&char>) -> bool {
    letter.is_some_and(|letter| letter.is_alphanumeric() && !is_han(*letter))
}

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether a word stands at a place of a text, and not inside a longer Latin word; a plural is the same word.
fn stands_at(text: &[char], at: usize, word: &[char]) -> Option<usize> {
    if !text.get(at..)?.starts_with(word) {
        return None;
    }
    let starts_inside =
        is_latin(word.first()) && at.checked_sub(1).is_some_and(|before| is_latin(text.get(before)));
    let mut end = at + word.len();
    if is_latin(word.last()) && text.get(end) == Some(&'s') {
        end += 1;
    }
    let ends_inside = is_latin(word.last()) && is_latin(text.get(end));
    (!starts_inside && !ends_inside).then_some(end)
}

struct Found<'c> {
    start: usize,
    end: usize,
    code: &'c str,
}

/// Every place where a word of an item stands; of those that overlap, the longest.
fn find<'c>(catalogue: &'c Catalogue, text: &[char]) -> Vec<Found<'c>> {
    let mut words: HashMap<char, Vec<(Vec<char>, &'c str)>> = HashMap::new();
    for (code, item) in catalogue.items.iter().filter(|(_, item)| catalogue.open(&item.is)) {
        let own = item.is.keywords.iter().map(|word| &word.text).chain(item.is.names.values());
        for word in own {
            let word = fold(word.trim()).chars;
            if let Some(first) = word.first().copied() {
                words.entry(first).or_default().push((word, code));
            }
        }
    }
    let mut all: Vec<Found<'c>> = Vec::new();
    for (start, first) in text.iter().enumerate() {
        for (word, code) in words.get(first).into_iter().flatten() {
            if let Some(end) = stands_at(text, start, word) {
                all.push(Found { start, end, code });
            }
        }
    }
    all.sort_by_key(|found| (std::cmp::Reverse(found.end - found.start), found.start));
    let mut kept: Vec<Found<'c>> = Vec::new();
    for found in all {
        if !kept.iter().any(|other| found.start < other.end && other.start < found.end) {
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.start);
    kept
}

/// The words before a match that may turn it: of the same clause, and behind the match before.
fn before(text: &[char], start: usize, floor: usize) -> String {
    let mut from = start;
    let mut reach = REACH;
    while from > floor && start - from < reach {
        let Some(letter) = text.get(from - 1) else { break };
        if STOPS.contains(*letter) {
            break;
        }
        if is_han(*letter) {
            reach = REACH_HAN;
        }
        from -= 1;
    }
    let words: String = text.get(from..start).unwrap_or_default().iter().collect();
    // A conjunction begins a new thought, too.
    let last =
        [" and ", " but ", "但", "而"].iter().filter_map(|word| Some(words.rfind(word)? + word.len())).max();
    let words = last.and_then(|at| words.get(at..)).unwrap_or(&words);
    format!(" {} ", words.trim())
}

fn turn(words: &str) -> Turn {
    let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if has(&RATHER_NOT) {
        Turn::RatherNot
    } else if has(&AGAINST) {
        Turn::Against
    } else if has(&NEEDED) {
        Turn::Needed
    } else {
        Turn::As
    }
}

/// The polarity of an item that is usually meant one way, in a sentence that turns it; `None` when nothing is asked.
fn turned(usual: Polarity, turn: Turn) -> Option<Polarity> {
    match (usual.wants(), turn) {
        (_, Turn::As) => Some(usual),
        (true, Turn::Against) => Some(Polarity::MustNot),
        (true, Turn::RatherNot) => Some(Polarity::Dislike),
        (true, Turn::Needed) => Some(Polarity::Must),
        (false, Turn::Needed) => Some(usual),
        // "No peanut allergy" asks for nothing.
        (false, Turn::Against | Turn::RatherNot) => None,
    }
}

/// What a text asks for, in the order of the text, each item once.
pub fn from_text(catalogue: &Catalogue, text: &str) -> Vec<Suggested> {
    let folded = fold(text);
    let original: Vec<char> = text.chars().collect();
    let mut suggested = Vec::new();
    let mut told: HashSet<&str> = HashSet::new();
    let mut last: Option<(usize, Turn)> = None;
    for found in find(catalogue, &folded.chars) {
        let floor = last.map_or(0, |(end, _)| end);
        let between: String = folded.chars.get(floor..found.start).unwrap_or_default().iter().collect();
        let how = match last {
            Some((_, how)) if AND_SO.contains(&between.trim()) => how,
            _ => turn(&before(&folded.chars, found.start, floor)),
        };
        last = Some((found.end, how));
        let Some(item) = catalogue.item(found.code) else { continue };
        let Some(polarity) = turned(item.polarity, how) else { continue };
        if !told.insert(found.code) {
            continue;
        }
        let place = |at: usize| folded.from.get(at).copied();
        let end = found.end.checked_sub(1).and_then(place).map_or(0, |at| at + 1);
        let matched = place(found.start).and_then(|start| original.get(start..end)).unwrap_or_default();
        suggested.push(Suggested {
            category: item.category.clone(),
            code: found.code.to_owned(),
            polarity,
            matched: matched.iter().collect(),
        });
    }
    suggested
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
