//! From the domain to what clients see. Conversions take the domain apart, so that a new field cannot be forgotten.

use crate::guests::api::wire::{
    Address, AddressLine, CountryCode, EmailAddress, ExternalRef, GuestCreate, GuestView, LanguageCode,
    MatchKey, MessagingHandle, PersonName, Phone, RestrictionView, Tag,
};
use crate::guests::model::{self, EmailContact, Guest, PhoneContact, PostalAddress, Profile, Restriction};

impl From<&Guest> for GuestView {
    fn from(guest: &Guest) -> Self {
        let Guest { group: _, id, version, status, merged_into, profile, restriction, created, updated } =
            guest;
        let display_name = profile.display_name();
        let GuestCreate {
            names,
            gender,
            birth_date: _,
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
        } = GuestCreate::from(profile);
        Self {
            id: id.0,
            version: *version,
            status: *status,
            merged_into: merged_into.map(Into::into),
            display_name,
            names,
            gender,
            birth_date: profile.birth_date,
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
            restriction: restriction.as_ref().map(RestrictionView::from),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

/// The profile as it would be sent to create it: what exports write and imports read.
impl From<&Profile> for GuestCreate {
    fn from(profile: &Profile) -> Self {
        let Profile {
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
        } = profile;
        Self {
            names: names.iter().map(PersonName::from).collect(),
            gender: *gender,
            birth_date: birth_date.map(|date| date.to_string()),
            birthday_calendar: *birthday_calendar,
            birth_place: birth_place.clone(),
            birth_country: birth_country.clone().map(Into::into),
            nationality: nationality.clone().map(Into::into),
            citizenships: citizenships.iter().map(|country| CountryCode(country.to_string())).collect(),
            languages: languages.iter().map(|language| LanguageCode(language.to_string())).collect(),
            preferred_language: preferred_language.clone().map(Into::into),
            occupation: occupation.clone(),
            business_title: business_title.clone(),
            phones: phones.iter().map(Phone::from).collect(),
            emails: emails.iter().map(EmailAddress::from).collect(),
            addresses: addresses.iter().map(Address::from).collect(),
            messaging: messaging.iter().map(MessagingHandle::from).collect(),
            vip_level: vip_level.clone(),
            tags: tags.iter().cloned().map(Tag).collect(),
            external_refs: external_refs.iter().map(ExternalRef::from).collect(),
            match_keys: match_keys.iter().map(MatchKey::from).collect(),
            custom_fields: custom_fields.clone(),
            owner_id: owner_id.map(Into::into),
            private_to_hotel_id: private_to_hotel_id.map(Into::into),
        }
    }
}

impl From<&model::PersonName> for PersonName {
    fn from(name: &model::PersonName) -> Self {
        let model::PersonName {
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
        } = name.clone();
        Self {
            name_type,
            given_name,
            middle_name,
            surname,
            second_surname,
            full_name,
            prefix,
            suffix,
            script: script.map(Into::into),
            language: language.map(Into::into),
            display_order,
            placeholder,
        }
    }
}

impl From<&PhoneContact> for Phone {
    fn from(phone: &PhoneContact) -> Self {
        let PhoneContact { number, extension, usage, tech, primary, verified } = phone.clone();
        Self { number: number.into(), extension, usage, tech, primary, verified }
    }
}

impl From<&EmailContact> for EmailAddress {
    fn from(email: &EmailContact) -> Self {
        let EmailContact { address, usage, primary, verified, is_ota_alias } = email.clone();
        Self { address: address.into(), usage, primary, verified, is_ota_alias }
    }
}

impl From<&PostalAddress> for Address {
    fn from(address: &PostalAddress) -> Self {
        let PostalAddress { lines, city, district, state, postal_code, country, usage, primary, language } =
            address.clone();
        Self {
            lines: lines.into_iter().map(AddressLine).collect(),
            city,
            district,
            state,
            postal_code,
            country: country.map(Into::into),
            usage,
            primary,
            language: language.map(Into::into),
        }
    }
}

impl From<&model::MessagingHandle> for MessagingHandle {
    fn from(handle: &model::MessagingHandle) -> Self {
        let model::MessagingHandle { service, handle } = handle.clone();
        Self { service, handle }
    }
}

impl From<&model::ExternalRef> for ExternalRef {
    fn from(reference: &model::ExternalRef) -> Self {
        let model::ExternalRef { system, id } = reference.clone();
        Self { system, id }
    }
}

impl From<&model::MatchKey> for MatchKey {
    fn from(key: &model::MatchKey) -> Self {
        let model::MatchKey { kind, value } = key.clone();
        Self { kind, value }
    }
}

impl From<&Restriction> for RestrictionView {
    fn from(restriction: &Restriction) -> Self {
        let Restriction { reason_code, reason, scope, hotel_id, approved_by, review_on, set_at, set_by } =
            restriction.clone();
        Self {
            reason_code,
            reason,
            scope,
            hotel_id: hotel_id.map(Into::into),
            approved_by: approved_by.0,
            review_on,
            set_at: set_at.to_string(),
            set_by: set_by.0,
        }
    }
}
