//! What is derived from a guest so that it can be found: search terms, exact keys, and the features by which
//! duplicates are told. Pure: the repository writes what this says.

use crate::guests::matching::{self, Features};
use crate::guests::model::{Guest, GuestStatus, PersonName, PostalAddress, Profile};
use crate::guests::terms;
use crate::kit::contact::Country;

/// Kind of the keys that hold tags.
pub const TAG: &str = "tag";
/// Kind of the keys that hold nationalities.
pub const NATIONALITY: &str = "nationality";

/// An exact-match key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What the value is.
    pub kind: String,
    /// The value, in the form in which it is compared.
    pub value: String,
}

impl Key {
    /// A key of a kind.
    pub fn new(kind: impl Into<String>, value: impl Into<String>) -> Self {
        Self { kind: kind.into(), value: value.into() }
    }
}

/// The search terms of a guest, sorted; none for one that was merged away.
pub fn search_terms(guest: &Guest) -> Vec<String> {
    if guest.status == GuestStatus::Merged {
        return Vec::new();
    }
    let profile = &guest.profile;
    let names: Vec<_> = profile.names.iter().map(PersonName::text).collect();
    let emails: Vec<_> = profile.emails.iter().map(|email| email.address.as_str()).collect();
    let phones: Vec<_> = profile.phones.iter().map(|phone| phone.number.as_str()).collect();
    terms::index_terms(&names, &emails, &phones)
}

/// The exact keys of a guest, sorted. One that is archived keeps those of lists but matches nobody.
pub fn keys(guest: &Guest) -> Vec<Key> {
    let profile = &guest.profile;
    let mut keys = Vec::new();
    if guest.status != GuestStatus::Merged {
        keys.extend(profile.tags.iter().map(|tag| Key::new(TAG, tag.as_str())));
        keys.extend(profile.nationality.iter().map(|country| Key::new(NATIONALITY, country.as_str())));
    }
    if guest.status == GuestStatus::Active {
        keys.extend(block_keys(&features(profile)));
    }
    keys.sort();
    keys.dedup();
    keys
}

/// The keys under which likely duplicates of a profile are found.
pub fn block_keys(features: &Features) -> Vec<Key> {
    matching::blocking_keys(features).into_iter().map(|key| block_key(&key)).collect()
}

/// A blocking key as it is stored.
pub fn block_key(key: &matching::BlockingKey) -> Key {
    Key::new(key.kind.as_str(), key.value.as_str())
}

/// What the duplicate scorer compares of a profile.
pub fn features(profile: &Profile) -> Features {
    Features::new(&matching::Details {
        names: profile.names.iter().map(name_detail).collect(),
        birth_date: profile.birth_date.map(Into::into),
        emails: profile
            .emails
            .iter()
            .map(|email| matching::Email {
                address: email.address.as_str().to_owned(),
                is_ota_alias: email.is_ota_alias,
            })
            .collect(),
        phones: profile.phones.iter().map(|phone| phone.number.as_str().to_owned()).collect(),
        keys: profile
            .match_keys
            .iter()
            .map(|key| matching::OpaqueKey { kind: key.kind.code().to_owned(), value: key.value.clone() })
            .collect(),
        addresses: profile.addresses.iter().map(address_detail).collect(),
        nationality: profile.nationality.as_ref().map(Country::to_string),
        gender: profile.gender.map(|gender| gender.code().to_owned()),
    })
}

fn name_detail(name: &PersonName) -> matching::Name {
    matching::Name {
        given: name.given_name.clone(),
        middle: name.middle_name.clone(),
        surname: name.surname.clone(),
        second_surname: name.second_surname.clone(),
        full: name.full_name.clone(),
        placeholder: name.placeholder,
    }
}

fn address_detail(address: &PostalAddress) -> matching::Address {
    matching::Address {
        lines: address.lines.clone(),
        city: address.city.clone(),
        district: address.district.clone(),
        state: address.state.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.as_ref().map(Country::to_string),
    }
}
