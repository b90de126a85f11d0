//! Keeps payment card numbers out of guest documents.
//!
//! Owns: recognising a card number inside text and masking it, and the walk
//! over a finished document. Must not know where the document comes from.
//!
//! A card number is 13 to 19 digits that pass the Luhn check, written in one
//! piece or in groups parted by a single space, hyphen, dot or their full-width
//! forms. One number in ten of that length passes by chance and is masked too:
//! a lost loyalty number can be looked up, a leaked card number cannot be taken
//! back. Phone numbers, match keys and external identifiers are not free text;
//! in them only numbers with the prefix and length of a card scheme count.

use serde_json::Value;

/// Fewest and most digits of a card number (ISO/IEC 7812-1).
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Replaces each card number in `text` by asterisks and its last four digits.
/// Returns `None` when there is none.
#[must_use]
pub fn mask(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut masked = characters.clone();
    let mut is_changed = false;
    for run in runs(&characters) {
        for (place, is_kept) in card_places(&run) {
            is_changed = true;
            if let Some(slot) = masked.get_mut(place).filter(|_| !is_kept) {
                *slot = '*';
            }
        }
    }
    is_changed.then(|| masked.into_iter().collect())
}

/// True when all of `text`, apart from separators, is a number with the prefix
/// and length of a card scheme and passes the Luhn check. Far stricter than
/// [`mask`], for values in which ordinary long numbers are expected.
#[must_use]
pub fn is_scheme_card(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().filter(|c| !is_separator(*c)).map(digit).collect();
    let Some(digits) = digits else {
        return false;
    };
    let prefix = digits.iter().take(4).fold(0, |sum, d| sum * 10 + d);
    let is_scheme = match digits.len() {
        13 => prefix / 1000 == 4,
        14 => matches!(prefix / 100, 36 | 38 | 39) || matches!(prefix / 10, 300..=305),
        15 => matches!(prefix / 100, 34 | 37),
        16 => {
            matches!(prefix / 1000, 4)
                || matches!(prefix / 100, 51..=55 | 62 | 65 | 35)
                || matches!(prefix, 2221..=2720 | 2200..=2204 | 6011)
        }
        17..=19 => matches!(prefix / 100, 62) || prefix / 1000 == 4,
        _ => false,
    };
    is_scheme && passes_luhn(&digits)
}

/// Masks card numbers in every text of a guest document; a phone number, match
/// key or external identifier that is a card number is taken out with the entry
/// it stands in. Returns true when anything was changed.
pub fn screen(document: &mut Value) -> bool {
    let mut is_changed = false;
    if let Value::Object(members) = document {
        for (list, key) in [("phones", "number"), ("match_keys", "value"), ("external_refs", "id")] {
            if let Some(Value::Array(entries)) = members.get_mut(list) {
                let before = entries.len();
                entries.retain(|entry| {
                    let value = entry.get(key).and_then(Value::as_str);
                    !value.is_some_and(|text| is_scheme_card(text.trim_start_matches('+')))
                });
                is_changed |= entries.len() != before;
                if entries.is_empty() {
                    members.remove(list);
                }
            }
        }
        for (name, value) in members.iter_mut() {
            let spared = match name.as_str() {
                "phones" => Some("number"),
                "match_keys" => Some("value"),
                "external_refs" => Some("id"),
                _ => None,
            };
            is_changed |= mask_all(value, spared);
        }
    }
    is_changed
}

/// As [`screen`], but leaves these members of the document as they are: what somebody said is kept character by
/// character, as it is when it is told by hand.
pub fn screen_but(document: &mut Value, spared: impl Iterator<Item = &'static str>) -> bool {
    let take = |name: &'static str| {
        let members = document.as_object_mut()?;
        members.remove(name).map(|value| (name, value))
    };
    let kept: Vec<(&'static str, Value)> = spared.filter_map(take).collect();
    let is_changed = screen(document);
    if let Some(members) = document.as_object_mut() {
        members.extend(kept.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    is_changed
}

fn mask_all(value: &mut Value, spared: Option<&str>) -> bool {
    match value {
        Value::String(text) => match mask(text) {
            Some(masked) => {
                *text = masked;
                true
            }
            None => false,
        },
        Value::Number(number) => match mask(&number.to_string()) {
            Some(masked) => {
                *value = Value::String(masked);
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| mask_all(item, spared) | changed),
        Value::Object(members) => members
            .iter_mut()
            .filter(|(name, _)| Some(name.as_str()) != spared)
            .fold(false, |changed, (_, item)| mask_all(item, spared) | changed),
        Value::Null | Value::Bool(_) => false,
    }
}

/// The digits of a run with where they stand, parted into groups.
type Run = Vec<Vec<(usize, u32)>>;

/// Runs of digit groups that are parted by single separators.
fn runs(characters: &[char]) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut run: Run = Vec::new();
    let mut group: Vec<(usize, u32)> = Vec::new();
    for (place, character) in characters.iter().enumerate() {
        if let Some(value) = digit(*character) {
            group.push((place, value));
            continue;
        }
        if !group.is_empty() {
            run.push(std::mem::take(&mut group));
            if is_separator(*character) {
                continue;
            }
        }
        found.push(std::mem::take(&mut run));
    }
    run.extend((!group.is_empty()).then_some(group));
    found.push(run);
    found.retain(|run| run.iter().map(Vec::len).sum::<usize>() >= *DIGITS.start());
    found
}

/// Where the digits of card numbers in a run stand, and which of them are among
/// the last four. A number begins and ends where a group does, so that an
/// expiry date after the number does not hide it.
fn card_places(run: &Run) -> Vec<(usize, bool)> {
    let mut places = Vec::new();
    let mut first = 0;
    while first < run.len() {
        let mut digits: Vec<(usize, u32)> = Vec::new();
        let mut next = first + 1;
        for (offset, group) in run.iter().skip(first).enumerate() {
            digits.extend(group);
            if digits.len() > *DIGITS.end() {
                break;
            }
            let values: Vec<u32> = digits.iter().map(|(_, value)| *value).collect();
            if DIGITS.contains(&values.len()) && passes_luhn(&values) {
                let hidden = digits.len() - 4;
                let marked = digits.iter().enumerate();
                places.extend(marked.map(|(index, (place, _))| (*place, index >= hidden)));
                next = first + offset + 1;
                break;
            }
        }
        first = next;
    }
    places
}

fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    // All zeros pass the arithmetic and are never a card.
    sum > 0 && sum.is_multiple_of(10)
}

fn digit(character: char) -> Option<u32> {
    let ascii = match character {
        '０'..='９' => char::from_u32(u32::from(character) - u32::from('０') + u32::from('0')),
        other => Some(other),
    };
    ascii?.to_digit(10)
}

fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '.' | '\u{a0}' | '\u{3000}' | '\u{2010}'..='\u{2015}' | '－' | '．')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn card_numbers_are_masked_to_the_last_four_however_they_are_written() {
        for (text, expected) in [
            ("4111111111111111", "************1111"),
            ("card 4111 1111 1111 1111 ok", "card **** **** **** 1111 ok"),
            ("4111-1111-1111-1111", "****-****-****-1111"),
            ("CC4111111111111111 12/28", "CC************1111 12/28"),
            ("4111 1111 1111 1111 2028", "**** **** **** 1111 2028"),
            ("7 4111 1111 1111 1111", "7 **** **** **** 1111"),
            ("４１１１１１１１１１１１１１１１", "************１１１１"),
            ("378282246310005 / 6200000000000005", "***********0005 / ************0005"),
        ] {
            assert_eq!(mask(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in ["4111111111111112", "2021-06-30", "12345", "0000000000000000", "", "张伟"] {
            assert_eq!(mask(text), None, "{text}");
        }
    }

    #[test]
    fn a_scheme_card_needs_a_scheme_prefix() {
        assert!(is_scheme_card("4111 1111 1111 1111"));
        assert!(is_scheme_card("5555555555554444"));
        assert!(!is_scheme_card("8613812345678"));
        assert!(!is_scheme_card("1000000000000008"));
        assert!(!is_scheme_card("Visa 4111111111111111"));
    }

    #[test]
    fn a_document_is_screened_everywhere_but_phones_and_hashes_keep_long_numbers() {
        let hash = "4111111111111111".repeat(4);
        let mut document = json!({
            "names": [{"surname": "4111111111111111"}],
            "phones": [{"number": "+8613800000000"}, {"number": "+4111111111111111"}],
            "custom_fields": {"note": "pay 5555 5555 5555 4444"},
            "match_keys": [{"kind": "document_hash", "value": hash}],
            "external_refs": [{"system": "x", "id": "1000000000000008"}, {"system": "x", "id": "4111111111111111"}],
        });
        assert!(screen(&mut document));
        assert_eq!(
            document,
            json!({
                "names": [{"surname": "************1111"}],
                "phones": [{"number": "+8613800000000"}],
                "custom_fields": {"note": "pay **** **** **** 4444"},
                "match_keys": [{"kind": "document_hash", "value": hash}],
                "external_refs": [{"system": "x", "id": "1000000000000008"}],
            })
        );
        assert!(!screen(&mut document));
    }
}
