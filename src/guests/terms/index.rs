//! The terms a guest is indexed under.

use std::collections::BTreeMap;

use super::words::{MIN_PHONE_DIGITS, Word, dialled, fold_name, is_long_number, words};
use super::{NameText, cut};
use crate::kit::text::readings::{
    compound_surname, given_readings, romanised_syllables, spellings, surname_readings,
};
use crate::kit::text::{fold, reversed_digits};

/// The most terms one guest is indexed under; the last ones found are dropped.
const MAX_TERMS: usize = 200;

/// A run longer than this is no name; only this many of its suffixes are kept.
const MAX_SUFFIXES: usize = 64;

/// The terms of a guest in bytewise order, without duplicates: at most 200, of
/// at most 64 bytes each. Empty when nothing is searchable.
pub fn index_terms(names: &[NameText<'_>], emails: &[&str], phones: &[&str]) -> Vec<String> {
    let mut terms = Terms::default();
    for phone in phones {
        let digits = dialled(&fold(phone));
        if digits.len() >= MIN_PHONE_DIGITS {
            terms.add(&format!("#{}", reversed_digits(&digits)));
        }
    }
    let addresses: Vec<String> = emails.iter().map(|e| address_text(e)).collect();
    for address in addresses.iter().filter(|a| !a.is_empty()) {
        terms.add(&format!("@{address}"));
    }
    for name in names {
        let parts = [name.surname, name.second_surname, name.given, name.middle];
        let [surname, second, given, middle] = parts.map(|p| words(&fold_name(p.unwrap_or(""))));
        let family = [surname, second].concat();
        let personal = [given, middle].concat();
        index_name(&mut terms, &family, &personal);
        index_full(&mut terms, &words(&fold_name(name.full.unwrap_or(""))));
    }
    for address in &addresses {
        let local = address.split('@').next().unwrap_or("");
        words(local).iter().for_each(|word| index_word(&mut terms, word));
    }
    terms.finish()
}

/// Terms by the order in which they were found.
#[derive(Default)]
struct Terms(BTreeMap<String, usize>);

impl Terms {
    fn add(&mut self, term: &str) {
        let term = cut(term);
        if !term.is_empty() {
            let order = self.0.len();
            self.0.entry(term.to_owned()).or_insert(order);
        }
    }

    fn finish(self) -> Vec<String> {
        let mut kept: Vec<(usize, String)> = Vec::new();
        for (term, order) in self.0 {
            // In bytewise order, whatever a term begins comes right after it.
            match kept.last_mut() {
                Some((first, last)) if term.starts_with(last.as_str()) => {
                    *first = order.min(*first);
                    *last = term;
                }
                _ => kept.push((order, term)),
            }
        }
        kept.sort();
        kept.truncate(MAX_TERMS);
        let mut terms: Vec<String> = kept.into_iter().map(|(_, term)| term).collect();
        terms.sort();
        terms
    }
}

fn index_name(terms: &mut Terms, family: &[Word], personal: &[Word]) {
    let family_run = run_of(family);
    let personal_run = run_of(personal);
    let whole = format!("{family_run}{personal_run}");
    index_run(terms, &whole);
    // Long runs transcribe foreign names, which are written either way round;
    // for Chinese names the reversed order would be another name.
    if whole.chars().count() > 4 {
        index_run(terms, &format!("{personal_run}{family_run}"));
    }
    index_readings(terms, &family_run, &personal_run);

    let family = alphabetic(family);
    let personal = alphabetic(personal);
    for word in family.iter().chain(&personal) {
        index_word(terms, word);
    }
    let surname_first: Vec<&Word> = family.iter().chain(&personal).copied().collect();
    let given_first: Vec<&Word> = personal.iter().chain(&family).copied().collect();
    terms.add(&joined(&surname_first));
    terms.add(&joined(&given_first));
    if let Some(initials) = romanised_initials(&surname_first) {
        terms.add(&initials);
    }
}

fn index_full(terms: &mut Terms, full: &[Word]) {
    let run = run_of(full);
    index_run(terms, &run);
    let length = run.chars().count();
    let surname = match compound_surname(&run) {
        Some(compound) if length > 2 => compound,
        _ if (2..=4).contains(&length) => run.get(..first_char_bytes(&run)).unwrap_or(""),
        _ => "",
    };
    index_readings(terms, surname, run.strip_prefix(surname).unwrap_or(""));

    let mut words = alphabetic(full);
    words.iter().for_each(|word| index_word(terms, word));
    // The surname of an unsplit name is its first or its last word.
    terms.add(&joined(&words));
    terms.add(&romanised_initials(&words).unwrap_or_default());
    if words.len() > 1 {
        words.rotate_left(1);
        terms.add(&joined(&words));
        words.rotate_right(2);
        terms.add(&joined(&words));
        terms.add(&romanised_initials(&words).unwrap_or_default());
    }
}

fn index_run(terms: &mut Terms, run: &str) {
    for (start, _) in run.char_indices().take(MAX_SUFFIXES) {
        terms.add(run.get(start..).unwrap_or(""));
    }
}

fn index_word(terms: &mut Terms, word: &Word) {
    if word.run {
        return index_run(terms, &word.joined());
    }
    for text in word.parts.iter().cloned().chain([word.joined()]) {
        if !is_long_number(&text) {
            terms.add(&text);
        }
    }
}

fn index_readings(terms: &mut Terms, surname: &str, given: &str) {
    let or_none = |readings: Vec<Vec<&'static str>>| {
        if readings.is_empty() { vec![Vec::new()] } else { readings }
    };
    let surnames = or_none(surname_readings(surname));
    for given in or_none(given_readings(given)) {
        for surname in &surnames {
            let both = [surname.clone(), given.clone()].concat();
            for spelt in spellings(&both) {
                spelt.iter().for_each(|syllable| terms.add(syllable));
                let (family, personal) = spelt.split_at(surname.len().min(spelt.len()));
                terms.add(&spelt.concat());
                terms.add(&format!("{}{}", personal.concat(), family.concat()));
            }
            terms.add(&initials(&both));
        }
    }
}

fn alphabetic(words: &[Word]) -> Vec<&Word> {
    words.iter().filter(|word| !word.run).collect()
}

fn run_of(words: &[Word]) -> String {
    words.iter().filter(|word| word.run).map(Word::joined).collect()
}

fn joined(words: &[&Word]) -> String {
    let text: String = words.iter().map(|word| word.joined()).collect();
    if is_long_number(&text) { String::new() } else { text }
}

/// The initials of a name in romanised Chinese of two to four syllables over
/// two words or more; `None` for any other name.
fn romanised_initials(words: &[&Word]) -> Option<String> {
    let split: Option<Vec<Vec<&str>>> =
        words.iter().flat_map(|word| &word.parts).map(|part| romanised_syllables(part)).collect();
    let syllables = split?.concat();
    (words.len() > 1 && (2..=4).contains(&syllables.len())).then(|| initials(&syllables))
}

fn initials(syllables: &[&str]) -> String {
    syllables.iter().filter_map(|syllable| syllable.chars().next()).collect()
}

fn first_char_bytes(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// A folded address; control characters, which no database text may hold, go.
fn address_text(address: &str) -> String {
    fold(address).chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}
