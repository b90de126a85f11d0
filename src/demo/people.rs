//! Invented guests for demonstrations and load runs: the same people for the
//! same seed, one at a time, in the shape guests are created with through the
//! API. Any resemblance to a real person is chance.
//!
//! A person depends on the seed and the position alone, so a run needs no
//! memory of earlier people, not even for the duplicates of them it contains.

mod again;
mod dice;
mod make;
mod names_data;
#[cfg(test)]
mod tests;

use serde::Serialize;

/// A guest to create. Absent members and empty lists are left out of the JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The primary name first.
    pub names: Vec<Name>,
    /// `male`, `female` or `undisclosed`.
    pub gender: &'static str,
    /// `YYYY-MM-DD`, between 1945 and 2005.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<&'static str>,
    /// BCP 47 tags, the preferred one first.
    pub languages: Vec<&'static str>,
    /// BCP 47 tag.
    pub preferred_language: &'static str,
    /// In the person's language for Chinese guests, else in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<&'static str>,
    /// At most one; only some duplicates have none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// None to two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
    /// None or one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// None or one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messaging: Vec<Messaging>,
    /// `vip1`, `vip2` or `vip3`; rare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_level: Option<&'static str>,
    /// None to two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<&'static str>,
    /// Exactly one, in system `pms`, counted from `G000001`.
    pub external_refs: Vec<ExternalRef>,
}

/// A name of a [`Person`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    /// `primary`, `alternate` or `phonetic`.
    pub name_type: &'static str,
    /// Never empty.
    pub given_name: String,
    /// Never empty.
    pub surname: String,
    /// Rare; Latin-script names only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// `Mr`, `Ms` or `Dr`; Latin-script names only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<&'static str>,
    /// ISO 15924: `Hani`, `Latn`, `Jpan` or `Kore`.
    pub script: &'static str,
    /// BCP 47 tag.
    pub language: &'static str,
    /// `surname_first` or `given_first`.
    pub display_order: &'static str,
}

/// A telephone number in E.164 form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phone {
    /// `+` and digits.
    pub number: String,
    /// Always `mobile`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Always true: nobody has a second number.
    pub primary: bool,
}

/// An e-mail address under a reserved domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Email {
    /// ASCII, in lower case.
    pub address: String,
    /// Always `home`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// True for exactly one address of a person.
    pub primary: bool,
    /// Whether a booking site made the address up to relay messages.
    pub is_ota_alias: bool,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// One line.
    pub lines: Vec<String>,
    /// City.
    pub city: &'static str,
    /// Chinese addresses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<&'static str>,
    /// State, province or prefecture, where addresses name one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// As written in the country.
    pub postal_code: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// Always `home`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Always true.
    pub primary: bool,
}

/// A messenger account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Messaging {
    /// Always `wechat`.
    pub service: &'static str,
    /// ASCII letters, digits and underscores.
    pub handle: String,
}

/// The number another system knows the person by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExternalRef {
    /// Always `pms`.
    pub system: &'static str,
    /// `G` and at least six digits; unique within a run.
    pub id: String,
}

/// The first `count` people of a seed. About 65 % are Chinese, the others of
/// several countries; about 1 % are an earlier person again, slightly changed
/// and under a number of their own. A longer run begins with the shorter one.
pub fn people(seed: u64, count: usize) -> impl Iterator<Item = Person> {
    (0..u64::MAX).map(move |position| make::person(seed, position)).take(count)
}
