//! Owns the blocking keys: the values under which a guest is indexed, so that
//! candidates for a pair are found without comparing everybody.
//!
//! A pair is found when it shares any one key that is not too common. The keys
//! are therefore composed so that each survives other errors than the rest: a
//! name with two parts of the birth date, both names with one part, the whole
//! date with an initial, both names with the postal code, and so on.

use std::collections::BTreeSet;

use super::features::{Features, FoldedAddress, PartialDate};
use super::names::Split;
use super::text::sound_code;

/// Version of the key values; it changes whenever the same guest would get
/// other keys, so that a stored index can be seen to be out of date.
pub const BLOCKING_VERSION: u32 = 1;

/// Most holders a key may have and still yield candidates. Above it the key is
/// ignored, since a pair that shares nothing rarer would not reach
/// [`super::SUGGEST`] anyway.
pub const MAX_HOLDERS: u32 = 100;

/// Most keys one guest is indexed under; a guest with one name, birth date,
/// contact and address has about fifteen. Beyond it the keys of the kinds
/// listed last in [`KeyKind`] are left out.
pub const MAX_KEYS: usize = 40;

/// What a blocking key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// A whole e-mail address.
    Email,
    /// A phone number in digits.
    Phone,
    /// A document or other identifying key, with its kind.
    Document,
    /// A hash of a name.
    NameHash,
    /// Both names spelled out.
    FullName,
    /// Both names and the birth year.
    NamesYear,
    /// Both names, birth month and day.
    NamesDay,
    /// One name, birth year and month.
    NameYearMonth,
    /// One name, birth year and day.
    NameYearDay,
    /// One name, birth month and day.
    NameMonthDay,
    /// Initial of one name and the whole birth date.
    InitialDate,
    /// One name and the postal code.
    NamePostal,
    /// Street, house number and postal code or city.
    Street,
}

impl KeyKind {
    /// The stable name of the kind, as stored in the index.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Document => "document",
            Self::NameHash => "name_hash",
            Self::FullName => "full_name",
            Self::NamesYear => "names_year",
            Self::NamesDay => "names_day",
            Self::NameYearMonth => "name_year_month",
            Self::NameYearDay => "name_year_day",
            Self::NameMonthDay => "name_month_day",
            Self::InitialDate => "initial_date",
            Self::NamePostal => "name_postal",
            Self::Street => "street",
        }
    }
}

/// One value under which a guest is indexed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockingKey {
    /// What the key is made of.
    pub kind: KeyKind,
    /// The key itself, stable for one [`BLOCKING_VERSION`].
    pub value: String,
}

impl BlockingKey {
    pub(super) const fn new(kind: KeyKind, value: String) -> Self {
        Self { kind, value }
    }
}

/// Lists the keys of one guest, each once, in a stable order. A guest with
/// nothing but unusable details has none.
#[must_use]
pub fn blocking_keys(features: &Features) -> Vec<BlockingKey> {
    let mut keys = BTreeSet::new();
    keys.extend(features.emails.iter().map(|email| email.key.clone()));
    keys.extend(features.phones.iter().cloned());
    keys.extend(features.documents.iter().map(|document| document.key.clone()));
    keys.extend(features.name_hashes.iter().cloned());
    keys.extend(features.full_names.iter().cloned());
    for split in &features.names {
        name_keys(split, features, &mut keys);
    }
    keys.extend(features.addresses.iter().filter_map(street_key));
    keys.into_iter().take(MAX_KEYS).collect()
}

fn name_keys(split: &Split, features: &Features, keys: &mut BTreeSet<BlockingKey>) {
    let mut add = |kind, value| keys.insert(BlockingKey::new(kind, value));
    let date = DateParts::of(features.birth_date);
    let parts: Vec<_> = [&split.given, &split.surname].into_iter().flatten().collect();
    if let [given, surname] = parts.as_slice() {
        let codes = sorted(&sound_code(given.text()), &sound_code(surname.text()));
        if let Some(year) = &date.year {
            add(KeyKind::NamesYear, format!("{codes}:{year}"));
        }
        if let Some(day) = &date.month_day {
            add(KeyKind::NamesDay, format!("{codes}:{day}"));
        }
    }
    for part in parts {
        for code in part.codes() {
            for (kind, rest) in date.pairs() {
                add(kind, format!("{code}:{rest}"));
            }
            for postal in features.addresses.iter().filter_map(|a| a.postal_code.as_ref()) {
                add(KeyKind::NamePostal, format!("{code}:{postal}"));
            }
        }
        if let (Some(initial), Some(year), Some(day)) =
            (part.text().chars().next(), &date.year, &date.month_day)
        {
            add(KeyKind::InitialDate, format!("{initial}:{year}:{day}"));
        }
    }
}

/// The parts of a birth date as they stand in keys; month and day sorted, so
/// that a date with the two swapped gives the same key.
struct DateParts {
    year: Option<String>,
    month: Option<String>,
    day: Option<String>,
    month_day: Option<String>,
}

impl DateParts {
    fn of(date: PartialDate) -> Self {
        let month_day = date
            .month
            .zip(date.day)
            .map(|(month, day)| format!("{:02}{:02}", month.min(day), month.max(day)));
        Self {
            year: date.year.map(|year| year.to_string()),
            month: date.month.map(|month| format!("{month:02}")),
            day: date.day.map(|day| format!("{day:02}")),
            month_day,
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (KeyKind, String)> {
        let join = |a: &Option<String>, b: &Option<String>| Some(format!("{}:{}", a.as_ref()?, b.as_ref()?));
        [
            (KeyKind::NameYearMonth, join(&self.year, &self.month)),
            (KeyKind::NameYearDay, join(&self.year, &self.day)),
            (KeyKind::NameMonthDay, self.month_day.clone()),
        ]
        .into_iter()
        .filter_map(|(kind, value)| Some((kind, value?)))
    }
}

fn street_key(address: &FoldedAddress) -> Option<BlockingKey> {
    let line = address.lines.first()?;
    let number = address.numbers.first()?;
    let place = address.postal_code.as_ref().or(address.places.first())?;
    let street: String = line.split(' ').next().map(sound_code)?;
    Some(BlockingKey::new(KeyKind::Street, format!("{street}:{number}:{place}")))
}

fn sorted(a: &str, b: &str) -> String {
    format!("{}|{}", a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guests::matching::{Details, Name};

    fn keys(given: &str, surname: &str, date: (u16, u8, u8)) -> Vec<BlockingKey> {
        let (year, month, day) = date;
        blocking_keys(&Features::new(&Details {
            names: vec![Name { given: Some(given.into()), surname: Some(surname.into()), ..Name::default() }],
            birth_date: Some(PartialDate { year: Some(year), month: Some(month), day: Some(day) }),
            ..Details::default()
        }))
    }

    fn meet(a: &[BlockingKey], b: &[BlockingKey]) -> bool {
        a.iter().any(|key| b.contains(key))
    }

    #[test]
    fn pairs_with_two_errors_still_share_a_key() {
        let original = keys("Stefan", "Krueger", (1985, 9, 3));
        let found = [
            keys("Krueger", "Stefan", (1985, 3, 9)),
            keys("Tsefan", "Krueger", (1985, 9, 30)), // spellchecker:disable-line
            keys("Sbefan", "Krajgre", (1985, 9, 3)),  // spellchecker:disable-line
            keys("Stefan", "Krueger", (1958, 10, 3)),
        ];
        for other in found {
            assert!(meet(&original, &other), "{other:?}");
        }
        assert!(!meet(&original, &keys("Sabine", "Otto", (1940, 7, 23))));
    }

    #[test]
    fn chinese_names_meet_their_pinyin() {
        let full = |text: &str| {
            blocking_keys(&Features::new(&Details {
                names: vec![Name { full: Some(text.into()), ..Name::default() }],
                ..Details::default()
            }))
        };
        assert!(meet(&full("王小明"), &full("Wang Xiaoming")));
        assert!(meet(&full("王小明"), &full("XIAO MING WANG")));
        assert!(!meet(&full("王小明"), &full("Li Dawei")));
    }

    #[test]
    fn keys_are_few_unique_and_stable() {
        let first = keys("Anna Maria", "Garcia Lopez", (1985, 9, 3));
        assert!(first.len() <= MAX_KEYS);
        assert!(first.is_sorted() && first.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(first, keys("ANNA  MARÍA", "garcía-lopez", (1985, 9, 3)));
        let plain = keys("Stefan", "Krueger", (1985, 9, 3));
        assert_eq!(plain.len(), 11);
        let year_month = plain.iter().find(|key| key.kind == KeyKind::NameYearMonth);
        assert_eq!(year_month.unwrap().value, "k626:1985:09");
    }

    #[test]
    fn a_guest_without_details_has_no_keys() {
        assert!(blocking_keys(&Features::default()).is_empty());
    }
}
