//! Owns what is compared of a guest: takes the guest's details as stored and
//! keeps every form of them that comparison and blocking need, folded once.

use chrono::{Datelike, NaiveDate};

use super::blocking::{BlockingKey, KeyKind};
use super::names::Split;
use super::text::{fold, words};

/// One name of a guest as entered, either in parts or unsplit in `full`.
/// Absent parts are unknown, not empty; nothing needs to be folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// Given name(s).
    pub given: Option<String>,
    /// Middle name(s).
    pub middle: Option<String>,
    /// Surname, or the first of two.
    pub surname: Option<String>,
    /// Second surname, as in Spanish and Portuguese names.
    pub second_surname: Option<String>,
    /// Whole name when it is not known which word is which; only read when
    /// both the given name and the surname are absent.
    pub full: Option<String>,
    /// True when the name was made up (such as "Guest 1234" from an
    /// importer's id) and says nothing about the person.
    pub placeholder: bool,
}

/// A birth date whose parts may be missing, mistyped or impossible, so that
/// typing errors can be compared part by part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartialDate {
    /// Year, any number; absent when unknown.
    pub year: Option<u16>,
    /// Month, normally 1 to 12; absent when unknown.
    pub month: Option<u8>,
    /// Day of the month, normally 1 to 31; absent when unknown.
    pub day: Option<u8>,
}

impl From<NaiveDate> for PartialDate {
    fn from(date: NaiveDate) -> Self {
        Self {
            year: u16::try_from(date.year()).ok(),
            month: u8::try_from(date.month()).ok(),
            day: u8::try_from(date.day()).ok(),
        }
    }
}

/// One e-mail address of a guest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Email {
    /// The address as entered.
    pub address: String,
    /// True when it is an alias made by a booking site, which proves little.
    pub is_ota_alias: bool,
}

/// One identifying key that is compared but not interpreted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpaqueKey {
    /// What the key is, such as `document_hash` or `passport`. A kind ending in
    /// `_hash` is compared for equality only, any other kind forgives one
    /// typing error; `name_hash` stands in for a name that is not known.
    pub kind: String,
    /// The key itself; an empty value is ignored.
    pub value: String,
}

/// One postal address of a guest; absent parts are unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Street lines in the order given.
    pub lines: Vec<String>,
    /// City, town or suburb.
    pub city: Option<String>,
    /// District below the city.
    pub district: Option<String>,
    /// State, province or region.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country, as a code or a name, but the same way for all guests.
    pub country: Option<String>,
}

/// Everything of a guest that takes part in the comparison, as stored.
/// Empty lists and absent values count neither for nor against a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Names of the guest, each of which may match.
    pub names: Vec<Name>,
    /// Birth date, if any part of it is known.
    pub birth_date: Option<PartialDate>,
    /// E-mail addresses.
    pub emails: Vec<Email>,
    /// Phone numbers in E.164 form.
    pub phones: Vec<String>,
    /// Documents, hashes and other identifying keys.
    pub keys: Vec<OpaqueKey>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// Nationality, as a country code.
    pub nationality: Option<String>,
    /// Gender, in any one vocabulary.
    pub gender: Option<String>,
}

/// The folded forms of one guest's details, ready to be compared with those of
/// another guest by [`super::score`].
#[derive(Debug, Clone, Default)]
pub struct Features {
    pub(super) names: Vec<Split>,
    /// Both names spelled out, to ask how common they are.
    pub(super) full_names: Vec<BlockingKey>,
    pub(super) name_hashes: Vec<BlockingKey>,
    pub(super) birth_date: PartialDate,
    pub(super) emails: Vec<FoldedEmail>,
    pub(super) phones: Vec<BlockingKey>,
    pub(super) documents: Vec<Document>,
    pub(super) addresses: Vec<FoldedAddress>,
    pub(super) nationality: Option<String>,
    pub(super) gender: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct FoldedEmail {
    pub(super) key: BlockingKey,
    pub(super) local: String,
    pub(super) domain: String,
    pub(super) is_ota_alias: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) key: BlockingKey,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) hashed: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct FoldedAddress {
    /// Letters of each line, without the numbers.
    pub(super) lines: Vec<String>,
    /// House, flat and box numbers of all lines, sorted.
    pub(super) numbers: Vec<String>,
    pub(super) places: Vec<String>,
    pub(super) state: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) country: Option<String>,
}

impl Features {
    /// Folds the details of one guest. Placeholder names and empty values are
    /// left out, so that they neither match nor conflict.
    #[must_use]
    pub fn new(details: &Details) -> Self {
        let (name_keys, document_keys): (Vec<_>, Vec<_>) = details
            .keys
            .iter()
            .filter(|key| !key.value.trim().is_empty())
            .partition(|key| key.kind == "name_hash");
        let names: Vec<Split> = details.names.iter().flat_map(Split::all_of).collect();
        Self {
            full_names: names.iter().filter_map(Split::key).collect(),
            names,
            name_hashes: name_keys
                .iter()
                .map(|key| BlockingKey::new(KeyKind::NameHash, fold(key.value.trim())))
                .collect(),
            birth_date: details.birth_date.unwrap_or_default(),
            emails: details.emails.iter().filter_map(FoldedEmail::new).collect(),
            phones: details.phones.iter().filter_map(|p| phone_key(p)).collect(),
            documents: document_keys.iter().filter_map(|key| Document::new(key)).collect(),
            addresses: details.addresses.iter().map(FoldedAddress::new).collect(),
            nationality: folded(details.nationality.as_deref()),
            gender: folded(details.gender.as_deref()),
        }
    }
}

impl FoldedEmail {
    fn new(email: &Email) -> Option<Self> {
        let address = fold(email.address.trim());
        let (local, domain) = address.rsplit_once('@')?;
        if local.is_empty() || domain.is_empty() {
            return None;
        }
        Some(Self {
            key: BlockingKey::new(KeyKind::Email, address.clone()),
            local: local.to_owned(),
            domain: domain.to_owned(),
            is_ota_alias: email.is_ota_alias,
        })
    }
}

impl Document {
    fn new(key: &OpaqueKey) -> Option<Self> {
        let value = words(&fold(&key.value)).concat();
        let kind = fold(key.kind.trim());
        (!value.is_empty()).then(|| Self {
            key: BlockingKey::new(KeyKind::Document, format!("{kind}:{value}")),
            hashed: kind.ends_with("_hash"),
            kind,
            value,
        })
    }
}

impl FoldedAddress {
    fn new(address: &Address) -> Self {
        let mut lines = Vec::new();
        let mut numbers = Vec::new();
        for line in &address.lines {
            let (figures, letters): (Vec<_>, Vec<_>) =
                words(&fold(line)).into_iter().partition(|word| word.chars().any(|c| c.is_ascii_digit()));
            numbers.extend(figures);
            if !letters.is_empty() {
                lines.push(letters.join(" "));
            }
        }
        numbers.sort();
        let places = [&address.city, &address.district];
        Self {
            lines,
            numbers,
            places: places.iter().filter_map(|p| folded(p.as_deref())).collect(),
            state: folded(address.state.as_deref()),
            postal_code: folded(address.postal_code.as_deref()).map(|code| code.replace(' ', "")),
            country: folded(address.country.as_deref()),
        }
    }
}

/// A phone number as its digits; fewer than seven identify nobody.
fn phone_key(phone: &str) -> Option<BlockingKey> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 7).then(|| BlockingKey::new(KeyKind::Phone, digits))
}

fn folded(value: Option<&str>) -> Option<String> {
    let text = words(&fold(value?)).join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_are_left_out() {
        let features = Features::new(&Details {
            emails: vec![Email { address: "nobody".into(), is_ota_alias: false }],
            phones: vec!["+12".into()],
            keys: vec![OpaqueKey { kind: "passport".into(), value: " -- ".into() }],
            nationality: Some("  ".into()),
            ..Details::default()
        });
        assert!(features.emails.is_empty() && features.phones.is_empty());
        assert!(features.documents.is_empty() && features.nationality.is_none());
    }

    #[test]
    fn house_numbers_are_kept_apart_from_the_street() {
        let address = FoldedAddress::new(&Address {
            lines: vec!["12b Milne Cove".into(), "Unit 4".into()],
            ..Address::default()
        });
        assert_eq!(address.lines, ["milne cove", "unit"]);
        assert_eq!(address.numbers, ["12b", "4"]);
    }

    #[test]
    fn phones_are_compared_by_their_digits() {
        assert_eq!(phone_key("+49 151 2345678"), phone_key("+491512345678"));
        assert_eq!(phone_key("+49 110"), None);
    }
}
