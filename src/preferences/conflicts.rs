//! Which two preferences of one guest cannot both stand. Pure.

use chrono::NaiveDate;

use crate::kit::codes::Coded;
use crate::kit::language::Language;
use crate::preferences::catalogue::{Catalogue, Names, told};
use crate::preferences::model::{Polarity, Preference};

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

/// A preference in a few words, for a refusal, in whatever language that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    polarity: Polarity,
    thing: Names,
    value: Option<Names>,
}

impl Saying {
    /// What a preference says, by the names of the catalogue; the guest's own words where it has none.
    pub fn of(catalogue: &Catalogue, preference: &Preference) -> Self {
        let own = |text: &String| Names::from([(String::new(), text.clone())]);
        let item = preference.code.as_deref().and_then(|code| catalogue.item(code));
        let words = preference.code.as_ref().or(preference.details.text.as_ref());
        let choice = |value: &String| {
            let known = item.and_then(|item| item.choices.iter().find(|choice| choice.code == *value));
            known.map_or_else(|| own(value), |choice| choice.names.clone())
        };
        Self {
            polarity: preference.polarity,
            thing: item.map(|item| item.names.clone()).or_else(|| words.map(own)).unwrap_or_default(),
            value: preference.code.as_ref().and(preference.details.value.as_ref()).map(choice),
        }
    }

    /// The words in a language, at most 200 characters.
    pub fn told(&self, language: Language) -> String {
        let (polarity, thing) = (self.polarity.label(language), told(&self.thing, language));
        let value = self.value.as_ref().map(|value| told(value, language));
        let text = match (language, value) {
            (Language::En, None) => format!("{polarity}: {thing}"),
            (Language::En, Some(value)) => format!("{polarity}: {thing} ({value})"),
            (Language::ZhCn, None) => format!("{polarity}：{thing}"),
            (Language::ZhCn, Some(value)) => format!("{polarity}：{thing}（{value}）"),
        };
        text.chars().take(200).collect()
    }
}

#[cfg(test)]
#[path = "conflicts_tests.rs"]
mod tests;
