//! From what clients send to what the domain trusts: every value parsed, every fault noted.

use std::str::FromStr;

use crate::kit::contact::BadValue;
use crate::kit::fault::Faults;
use crate::kit::ids::PartnerId;
use crate::kit::patch::Patch;
use crate::partners::api::wire::{self, PartnerCreate, PartnerMerge};
use crate::partners::model::{ExternalRef, PartnerName, PartnerPatch, PartnerProfile};
use crate::web::fields::is_system;
use crate::web::input::Input;

impl Input for PartnerCreate {
    type Command = PartnerProfile;

    fn check(self, faults: &mut Faults) -> Option<PartnerProfile> {
        let Self { kind, code, names, website, country, notes, external_refs } = self;
        Some(PartnerProfile {
            kind,
            code,
            names: faults.at("names", |f| names_of(f, names)),
            website: website.and_then(|text| faults.at("website", |f| website_of(f, text))),
            country: country.and_then(|text| faults.at("country", |f| standard(f, &text))),
            notes,
            external_refs: faults.at("external_refs", |f| refs_of(f, external_refs)),
        })
    }
}

impl Input for wire::PartnerPatch {
    type Command = PartnerPatch;

    fn check(self, faults: &mut Faults) -> Option<PartnerPatch> {
        let Self { kind, code, names, website, country, notes, external_refs } = self;
        Some(PartnerPatch {
            kind,
            code: scalar(faults, "code", code, |f, text| bounded(f, text, 40, true)),
            names: names.map(|names| faults.at("names", |f| names_of(f, names))),
            website: scalar(faults, "website", website, |f, text| {
                bounded(f, text, 500, true).and_then(|text| website_of(f, text))
            }),
            country: scalar(faults, "country", country, |f, text| {
                if text.chars().count() != 2 {
                    f.add("length", "must have 2 characters");
                    return None;
                }
                standard(f, &text)
            }),
            notes: scalar(faults, "notes", notes, |f, text| bounded(f, text, 2000, false)),
            external_refs: external_refs.map(|refs| faults.at("external_refs", |f| refs_of(f, refs))),
        })
    }
}

impl Input for PartnerMerge {
    type Command = PartnerId;

    fn check(self, _: &mut Faults) -> Option<PartnerId> {
        Some(PartnerId(self.into_partner_id))
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

fn bounded(faults: &mut Faults, text: String, longest: usize, line: bool) -> Option<String> {
    if !(1..=longest).contains(&text.chars().count()) {
        faults.add("length", format!("must have 1 to {longest} characters"));
        return None;
    }
    if line && (text.trim().is_empty() || text.chars().any(char::is_control)) {
        faults.add("single_line", "must be text on one line, not blank");
        return None;
    }
    Some(text)
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

fn website_of(faults: &mut Faults, text: String) -> Option<String> {
    let parsed = url::Url::parse(&text).ok();
    let good = parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !good {
        faults.add("url", "must be an address on the web, such as https://www.example.com/");
        return None;
    }
    Some(text)
}

fn each<A, B>(faults: &mut Faults, items: Vec<A>, convert: impl Fn(&mut Faults, A) -> Option<B>) -> Vec<B> {
    items.into_iter().enumerate().filter_map(|(at, item)| faults.at(at, |f| convert(f, item))).collect()
}

fn names_of(faults: &mut Faults, names: Vec<wire::PartnerName>) -> Vec<PartnerName> {
    each(faults, names, |faults, name| {
        let wire::PartnerName { text, name_type, script, language } = name;
        let script = optional(faults, "script", script);
        let language = optional(faults, "language", language);
        Some(PartnerName { text, name_type, script, language })
    })
}

fn refs_of(faults: &mut Faults, refs: Vec<wire::PartnerRef>) -> Vec<ExternalRef> {
    let refs = each(faults, refs, |faults, wire::PartnerRef { system, id }| {
        if !is_system(&system) {
            faults.at("system", |f| {
                f.add(
                    "code",
                    "must be 1 to 40 lower-case letters, digits, hyphens and underscores, not first",
                )
            });
            return None;
        }
        Some(ExternalRef { system, id })
    });
    for (at, reference) in refs.iter().enumerate() {
        if refs.iter().take(at).any(|earlier| earlier == reference) {
            faults.at(at, |f| f.add("duplicate", "is in the list already"));
        }
    }
    refs
}
