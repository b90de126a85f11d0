//! From what clients send to what the domain trusts: every value parsed, every fault noted.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::guests::api::wire::{self, GuestCreate, GuestPatch, RestrictionSet};
use crate::guests::model::{
    self, EmailContact, PersonName, PhoneContact, PostalAddress, Profile, ProfilePatch, Restriction,
    RestrictionScope,
};
use crate::kit::clock::Instant;
use crate::kit::contact::BadValue;
use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::{ActorId, HotelId, StaffId};
use crate::kit::patch::Patch;
use crate::web::input::{Input, date_of, read_value};

/// Earliest birth date taken for true.
const EARLIEST_BIRTH: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// Reads a document of a guest as if a client had sent it to create one: the rules of imports are those of the API.
///
/// # Errors
/// Every fault found.
pub fn document(document: serde_json::Value) -> Result<Profile, Vec<Fault>> {
    read_value::<GuestCreate>(document)
}

impl Input for GuestCreate {
    type Command = Profile;

    fn check(self, faults: &mut Faults) -> Option<Profile> {
        let GuestCreate {
            names,
            gender,
            birth_date,
            birthday_calendar,
            birth_place,
            birth_country,
            nationality,
            citizenships,
            languages,
            preferred_language,
            occupation,
            business_title,
            phones,
            emails,
            addresses,
            messaging,
            vip_level,
            tags,
            external_refs,
            match_keys,
            custom_fields,
            owner_id,
            private_to_hotel_id,
        } = self;
        let custom = custom_fields.into_iter().map(|(name, value)| (name, Some(value))).collect();
        Some(Profile {
            names: faults.at("names", |f| names_of(f, names)),
            gender,
            birth_date: birth_date.and_then(|text| faults.at("birth_date", |f| birth_date_of(f, &text))),
            birthday_calendar,
            birth_place,
            birth_country: birth_country.and_then(|text| faults.at("birth_country", |f| standard(f, &text))),
            nationality: nationality.and_then(|text| faults.at("nationality", |f| standard(f, &text))),
            citizenships: faults
                .at("citizenships", |f| each(f, citizenships, |f, code| standard(f, &code.0))),
            languages: faults.at("languages", |f| each(f, languages, |f, code| standard(f, &code.0))),
            preferred_language: preferred_language
                .and_then(|text| faults.at("preferred_language", |f| standard(f, &text))),
            occupation,
            business_title,
            phones: faults.at("phones", |f| phones_of(f, phones)),
            emails: faults.at("emails", |f| emails_of(f, emails)),
            addresses: faults.at("addresses", |f| addresses_of(f, addresses)),
            messaging: messaging.into_iter().map(messaging_of).collect(),
            vip_level,
            tags: faults.at("tags", |f| tags_of(f, tags)),
            external_refs: faults.at("external_refs", |f| refs_of(f, external_refs)),
            match_keys: match_keys.into_iter().map(match_key_of).collect(),
            custom_fields: faults
                .at("custom_fields", |f| custom_of(f, custom))
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
            owner_id: owner_id.map(StaffId),
            private_to_hotel_id: private_to_hotel_id.map(HotelId),
        })
    }
}

impl Input for GuestPatch {
    type Command = ProfilePatch;

    fn check(self, faults: &mut Faults) -> Option<ProfilePatch> {
        let GuestPatch {
            names,
            gender,
            birth_date,
            birthday_calendar,
            birth_place,
            birth_country,
            nationality,
            citizenships,
            languages,
            preferred_language,
            occupation,
            business_title,
            phones,
            emails,
            addresses,
            messaging,
            vip_level,
            tags,
            external_refs,
            match_keys,
            custom_fields,
            owner_id,
            private_to_hotel_id,
        } = self;
        if names == Patch::Null {
            faults.at("names", |f| f.add("not_null", "cannot be cleared"));
        }
        Some(ProfilePatch {
            names: validated(faults, "names", names, 20, names_of).filter(|names| !names.is_empty()),
            gender,
            birth_date: scalar(faults, "birth_date", birth_date, |f, text| birth_date_of(f, &text)),
            birthday_calendar,
            birth_place: text(faults, "birth_place", birth_place, 100),
            birth_country: scalar(faults, "birth_country", birth_country, |f, text| standard(f, &text)),
            nationality: scalar(faults, "nationality", nationality, |f, text| standard(f, &text)),
            citizenships: list(faults, "citizenships", citizenships, 10, |f, l| {
                each(f, l, |f, code: wire::CountryCode| standard(f, &code.0))
            }),
            languages: list(faults, "languages", languages, 20, |f, l| {
                each(f, l, |f, code: wire::LanguageCode| standard(f, &code.0))
            }),
            preferred_language: scalar(faults, "preferred_language", preferred_language, |f, text| {
                standard(f, &text)
            }),
            occupation: text(faults, "occupation", occupation, 100),
            business_title: text(faults, "business_title", business_title, 100),
            phones: validated(faults, "phones", phones, 20, phones_of),
            emails: validated(faults, "emails", emails, 20, emails_of),
            addresses: validated(faults, "addresses", addresses, 20, addresses_of),
            messaging: validated(faults, "messaging", messaging, 20, |_, l| {
                l.into_iter().map(messaging_of).collect()
            }),
            vip_level: text(faults, "vip_level", vip_level, 20),
            tags: list(faults, "tags", tags, 50, tags_of),
            external_refs: validated(faults, "external_refs", external_refs, 50, refs_of),
            match_keys: validated(faults, "match_keys", match_keys, 20, |_, l| {
                l.into_iter().map(match_key_of).collect()
            }),
            custom_fields: match custom_fields {
                Patch::Absent => BTreeMap::new(),
                Patch::Null => {
                    faults.at("custom_fields", |f| f.add("not_null", "cannot be cleared as a whole"));
                    BTreeMap::new()
                }
                Patch::Value(members) => faults.at("custom_fields", |f| custom_of(f, members)),
            },
            owner_id: map(owner_id, StaffId),
            private_to_hotel_id: map(private_to_hotel_id, HotelId),
        })
    }
}

impl Input for RestrictionSet {
    type Command = Restriction;

    fn check(self, faults: &mut Faults) -> Option<Restriction> {
        let RestrictionSet { reason_code, reason, scope, hotel_id, approved_by, review_on } = self;
        if (scope == RestrictionScope::Hotel) != hotel_id.is_some() {
            faults.at("hotel_id", |f| {
                f.add("hotel_required", "goes with a restriction of one hotel, and only with it")
            });
        }
        let review_on = faults.at("review_on", |f| date_of(f, &review_on))?;
        Some(Restriction {
            reason_code,
            reason,
            scope,
            hotel_id: hotel_id.map(HotelId),
            approved_by: StaffId(approved_by),
            review_on,
            // The service puts in who sets it, and when.
            set_at: Instant::from_micros(0),
            set_by: ActorId(uuid::Uuid::nil()),
        })
    }
}

fn map<A, B>(patch: Patch<A>, convert: impl FnOnce(A) -> B) -> Patch<B> {
    match patch {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(value) => Patch::Value(convert(value)),
    }
}

fn scalar<A, B>(
    faults: &mut Faults,
    member: &str,
    patch: Patch<A>,
    convert: impl FnOnce(&mut Faults, A) -> Option<B>,
) -> Patch<B> {
    match patch {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(value) => faults.at(member, |f| convert(f, value)).map_or(Patch::Absent, Patch::Value),
    }
}

fn text(faults: &mut Faults, member: &str, patch: Patch<String>, longest: usize) -> Patch<String> {
    scalar(faults, member, patch, |f, text| bounded_text(f, text, longest))
}

fn bounded_text(faults: &mut Faults, text: String, longest: usize) -> Option<String> {
    if !(1..=longest).contains(&text.chars().count()) {
        faults.add("length", format!("must have 1 to {longest} characters"));
        return None;
    }
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        faults.add("single_line", "must be text on one line, not blank");
        return None;
    }
    Some(text)
}

/// A list of a patch: `null` empties it.
fn list<A, B>(
    faults: &mut Faults,
    member: &str,
    patch: Patch<Vec<A>>,
    longest: usize,
    convert: impl FnOnce(&mut Faults, Vec<A>) -> Vec<B>,
) -> Option<Vec<B>> {
    match patch {
        Patch::Absent => None,
        Patch::Null => Some(Vec::new()),
        Patch::Value(items) if items.len() > longest => {
            faults.at(member, |f| f.add("length", format!("must have at most {longest} items")));
            None
        }
        Patch::Value(items) => Some(faults.at(member, |f| convert(f, items))),
    }
}

/// A list of a patch whose items have bounds of their own.
fn validated<A: validator::Validate, B>(
    faults: &mut Faults,
    member: &str,
    patch: Patch<Vec<A>>,
    longest: usize,
    convert: impl FnOnce(&mut Faults, Vec<A>) -> Vec<B>,
) -> Option<Vec<B>> {
    list(faults, member, patch, longest, |faults, items| {
        validate_items(faults, &items);
        convert(faults, items)
    })
}

fn validate_items<A: validator::Validate>(faults: &mut Faults, items: &[A]) {
    for (at, item) in items.iter().enumerate() {
        if let Err(errors) = item.validate() {
            for fault in crate::web::input::bound_faults(&errors, String::new()) {
                let path = format!("{at}{}", fault.pointer);
                faults.at(path, |faults| faults.add(&fault.code, fault.message));
            }
        }
    }
}

fn each<A, B>(faults: &mut Faults, items: Vec<A>, convert: impl Fn(&mut Faults, A) -> Option<B>) -> Vec<B> {
    items.into_iter().enumerate().filter_map(|(at, item)| faults.at(at, |f| convert(f, item))).collect()
}

fn standard<T: FromStr<Err = BadValue>>(faults: &mut Faults, text: &str) -> Option<T> {
    text.parse().map_err(|bad: BadValue| faults.add(bad.code(), bad.to_string())).ok()
}

fn optional<T: FromStr<Err = BadValue>>(
    faults: &mut Faults,
    member: &str,
    text: Option<String>,
) -> Option<T> {
    text.and_then(|text| faults.at(member, |f| standard(f, &text)))
}

fn birth_date_of(faults: &mut Faults, text: &str) -> Option<NaiveDate> {
    let date = date_of(faults, text)?;
    // Whether it lies in the future is judged by the service, which knows the day.
    if date < EARLIEST_BIRTH {
        faults.add("birth_date", "must be 1900-01-01 or later");
        return None;
    }
    Some(date)
}

fn names_of(faults: &mut Faults, names: Vec<wire::PersonName>) -> Vec<PersonName> {
    if names.is_empty() {
        faults.add("length", "must have at least 1 item");
    }
    each(faults, names, |faults, name| {
        let wire::PersonName {
            name_type,
            given_name,
            middle_name,
            surname,
            second_surname,
            full_name,
            prefix,
            suffix,
            script,
            language,
            display_order,
            placeholder,
        } = name;
        if given_name.is_none() && surname.is_none() && full_name.is_none() {
            faults.add("name", "needs given_name, surname or full_name");
        }
        Some(PersonName {
            name_type,
            given_name,
            middle_name,
            surname,
            second_surname,
            full_name,
            prefix,
            suffix,
            script: optional(faults, "script", script),
            language: optional(faults, "language", language),
            display_order,
            placeholder,
        })
    })
}

fn at_most_one_primary(faults: &mut Faults, primaries: impl Iterator<Item = bool>) {
    if primaries.filter(|primary| *primary).count() > 1 {
        faults.add("too_many_primary", "at most one item may be primary");
    }
}

fn phones_of(faults: &mut Faults, phones: Vec<wire::Phone>) -> Vec<PhoneContact> {
    at_most_one_primary(faults, phones.iter().map(|phone| phone.primary));
    each(faults, phones, |faults, phone| {
        let wire::Phone { number, extension, usage, tech, primary, verified } = phone;
        let number = faults.at("number", |f| standard(f, &number))?;
        Some(PhoneContact { number, extension, usage, tech, primary, verified })
    })
}

fn emails_of(faults: &mut Faults, emails: Vec<wire::EmailAddress>) -> Vec<EmailContact> {
    at_most_one_primary(faults, emails.iter().map(|email| email.primary));
    each(faults, emails, |faults, email| {
        let wire::EmailAddress { address, usage, primary, verified, is_ota_alias } = email;
        let address = faults.at("address", |f| standard(f, &address))?;
        Some(EmailContact { address, usage, primary, verified, is_ota_alias })
    })
}

fn addresses_of(faults: &mut Faults, addresses: Vec<wire::Address>) -> Vec<PostalAddress> {
    at_most_one_primary(faults, addresses.iter().map(|address| address.primary));
    each(faults, addresses, |faults, address| {
        let wire::Address { lines, city, district, state, postal_code, country, usage, primary, language } =
            address;
        Some(PostalAddress {
            lines: faults.at("lines", |f| each(f, lines, |f, line| bounded_text(f, line.0, 200))),
            city,
            district,
            state,
            postal_code,
            country: optional(faults, "country", country),
            usage,
            primary,
            language: optional(faults, "language", language),
        })
    })
}

fn messaging_of(handle: wire::MessagingHandle) -> model::MessagingHandle {
    let wire::MessagingHandle { service, handle } = handle;
    model::MessagingHandle { service, handle }
}

fn match_key_of(key: wire::MatchKey) -> model::MatchKey {
    let wire::MatchKey { kind, value } = key;
    model::MatchKey { kind, value }
}

fn tags_of(faults: &mut Faults, tags: Vec<wire::Tag>) -> Vec<String> {
    let tags = each(faults, tags, |f, tag| bounded_text(f, tag.0, 40));
    refuse_twins(faults, &tags);
    tags
}

fn refs_of(faults: &mut Faults, refs: Vec<wire::ExternalRef>) -> Vec<model::ExternalRef> {
    let refs = each(faults, refs, |f, wire::ExternalRef { system, id }| {
        f.at("system", |f| system_code(f, &system))?;
        Some(model::ExternalRef { system, id })
    });
    refuse_twins(faults, &refs);
    refs
}

/// Checks the code of an external system.
pub fn system_code(faults: &mut Faults, system: &str) -> Option<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let good =
        system.bytes().all(plain) && !system.starts_with(['-', '_']) && (1..=40).contains(&system.len());
    if !good {
        faults.add("code", "must be 1 to 40 lower-case letters, digits, hyphens and underscores, not first");
        return None;
    }
    Some(())
}

fn refuse_twins<T: PartialEq>(faults: &mut Faults, items: &[T]) {
    for (at, item) in items.iter().enumerate() {
        if items.iter().take(at).any(|earlier| earlier == item) {
            faults.at(at, |f| f.add("duplicate", "is in the list already"));
        }
    }
}

fn custom_of(
    faults: &mut Faults,
    members: BTreeMap<String, Option<String>>,
) -> BTreeMap<String, Option<String>> {
    if members.len() > 50 {
        faults.add("length", "must have at most 50 members");
    }
    for (name, value) in &members {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        faults.at(escaped, |faults| {
            drop(bounded_text(faults, name.clone(), 40));
            if value.as_ref().is_some_and(|value| value.chars().count() > 500) {
                faults.add("length", "must have at most 500 characters");
            }
        });
    }
    members
}
