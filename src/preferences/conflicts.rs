//! Which two preferences of one guest cannot both stand. Pure.

use chrono::NaiveDate;

use crate::preferences::catalogue::Catalogue;
use crate::preferences::model::Preference;

/// How two preferences get in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// They say the same.
    Same,
    /// One asks for what the other asks against, or both wish for two of an exclusive set.
    Contrary,
}

/// Whether two preferences are about the same thing: the same code with the same value, or the same words.
pub fn same_thing(one: &Preference, other: &Preference) -> bool {
    let plain = |text: Option<&String>| text.map(|text| text.trim().to_lowercase());
    one.code == other.code
        && if one.code.is_some() {
            plain(one.details.value.as_ref()) == plain(other.details.value.as_ref())
        } else {
            one.category == other.category
                && plain(one.details.text.as_ref()) == plain(other.details.text.as_ref())
        }
}

/// Whether there is a day and a hotel for which both hold.
fn meet(one: &Preference, other: &Preference) -> bool {
    let (a, b) = (&one.details, &other.details);
    let before = |last: Option<NaiveDate>, first: Option<NaiveDate>| {
        last.zip(first).is_some_and(|(last, first)| last < first)
    };
    let apart = before(a.valid_until, b.valid_from) || before(b.valid_until, a.valid_from);
    let hotels = a.hotel_ids.is_empty()
        || b.hotel_ids.is_empty()
        || a.hotel_ids.iter().any(|hotel| b.hotel_ids.contains(hotel));
    !apart && hotels
}

/// How two preferences get in each other's way on or after a day.
pub fn clash(catalogue: &Catalogue, one: &Preference, other: &Preference, today: NaiveDate) -> Option<Clash> {
    if !meet(one, other) || one.expired_on(today) || other.expired_on(today) {
        return None;
    }
    if same_thing(one, other) {
        if one.polarity == other.polarity {
            return Some(Clash::Same);
        }
        return (one.polarity.wants() != other.polarity.wants()).then_some(Clash::Contrary);
    }
    let set = |preference: &Preference| {
        preference.code.as_deref().and_then(|code| catalogue.item(code)?.exclusive_set.clone())
    };
    let exclusive = one.polarity.wants() && other.polarity.wants() && set(one).is_some();
    (exclusive && set(one) == set(other)).then_some(Clash::Contrary)
}

/// A preference in a few words, for a refusal.
pub fn told(preference: &Preference) -> String {
    let thing = preference.code.as_ref().or(preference.details.text.as_ref());
    let value = preference.code.as_ref().and(preference.details.value.as_ref());
    let mut text = format!("{} {}", preference.polarity.code(), thing.map_or("", String::as_str));
    if let Some(value) = value {
        text.push_str(&format!(" ({value})"));
    }
    text.chars().take(200).collect()
}

#[cfg(test)]
#[path = "conflicts_tests.rs"]
mod tests;
