//! From what clients send to what the domain trusts: every value parsed, every fault noted.

use std::collections::{BTreeMap, BTreeSet};

use crate::complaints::api::wire::{
    ComplaintClassification, ComplaintContact, ComplaintCreate, ComplaintDelivery, ComplaintPatch,
    ComplaintRef, ComplaintTag, LONG_BODY, one_line, some_text,
};
use crate::complaints::commands::{self, Classify, NewComplaint};
use crate::complaints::delivery::{Delivery, HotelRef, Named};
use crate::complaints::model::{Contact, Dispute, ExternalRef, Facts, Reporter, ReporterKind};
use crate::hotels::model::LanguageTag;
use crate::kit::clock::Instant;
use crate::kit::contact::{Email, Phone};
use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::{GuestId, HotelId, PartnerId, StaffId, StayId};
use crate::kit::patch::Patch;
use crate::web::fields::{custom_field, instant, is_system};
use crate::web::input::{Input, bound_faults, read_value};

/// Longest tag, in characters.
const LONGEST_TAG: usize = 60;

impl Input for ComplaintCreate {
    type Command = NewComplaint;
    const LARGEST: usize = LONG_BODY;

    fn check(self, faults: &mut Faults) -> Option<NewComplaint> {
        for (name, value) in &self.custom_fields {
            faults.at("custom_fields", |f| custom_field(f, name, Some(value)));
        }
        let received_at = time(faults, "received_at", self.received_at);
        let class = self
            .classification
            .map(|told| faults.at("classification", |f| classify(f, told)))
            .unwrap_or_default();
        let facts = Facts {
            guest: None,
            reporter: self
                .reporter
                .map_or(Reporter { kind: ReporterKind::Guest, name: None }, |one| one.read()),
            contact: self.contact.map(|sent| faults.at("contact", |f| contact(f, sent))),
            stay_id: self.stay_id.map(StayId),
            partner_id: self.partner_id.map(PartnerId),
            room: self.room,
            location: self.location,
            asset: self.asset,
            occurred_at: None,
            received_at: Instant::from_micros(0),
            channel: self.channel,
            language: self.language.and_then(|text| faults.at("language", |f| language(f, &text))),
            subject: self.subject,
            description: self.description,
            demand: self.demand,
            emotion: self.emotion,
            tags: faults.at("tags", |f| tags(f, self.tags)),
            custom_fields: self.custom_fields,
            external_refs: faults.at("external_refs", |f| references(f, self.external_refs)),
        };
        Some(NewComplaint {
            hotel_id: HotelId(self.hotel_id),
            guest_id: self.guest_id.map(GuestId),
            facts,
            received_at,
            class,
        })
    }
}

/// A delivery whose own reference is not settled: that of the path, or the first of its references.
pub struct Unaddressed(Delivery);

impl Unaddressed {
    /// The delivery of the complaint behind a reference.
    pub fn about(self, reference: ExternalRef) -> Delivery {
        let mut delivery = self.0;
        delivery.external_refs.retain(|other| *other != reference);
        Delivery { reference, ..delivery }
    }
}

/// Reads a document of a complaint as if a client had delivered it: the body of `PUT /v1/complaints/by-ref/…` with the
/// complaint's own reference first in `external_refs`. The rules of imports are those of the API.
///
/// # Errors
/// Every fault found.
pub fn document(document: serde_json::Value) -> Result<Delivery, Vec<Fault>> {
    let delivery = read_value::<ComplaintDelivery>(document)?;
    match delivery.0.external_refs.first().cloned() {
        Some(reference) => Ok(delivery.about(reference)),
        None => Err(vec![Fault {
            pointer: "/external_refs".into(),
            code: "required".into(),
            message: "must have the complaint's own reference first".into(),
        }]),
    }
}

impl Input for ComplaintDelivery {
    type Command = Unaddressed;
    const LARGEST: usize = LONG_BODY;

    fn check(self, faults: &mut Faults) -> Option<Unaddressed> {
        for (name, value) in &self.custom_fields {
            faults.at("custom_fields", |f| custom_field(f, name, Some(value)));
        }
        let hotel = match (self.hotel_id, self.hotel_code) {
            (Some(id), None) => Some(HotelRef::Id(HotelId(id))),
            (None, Some(code)) => Some(HotelRef::Code(code)),
            _ => {
                faults.at("hotel_id", |f| f.add("one_of", "needs hotel_id or hotel_code, and not both"));
                None
            }
        };
        let guest = named(faults, "guest", self.guest_id.map(GuestId), self.guest_reference);
        let stay = named(faults, "stay", self.stay_id.map(StayId), self.stay_reference);
        let received_at = time(faults, "received_at", self.received_at);
        let class = self
            .classification
            .map(|told| faults.at("classification", |f| classify(f, told)))
            .unwrap_or_default();
        let said = commands::ComplaintPatch {
            reporter: self.reporter.map(|one| one.read()),
            contact: told(self.contact.map(|sent| faults.at("contact", |f| contact(f, sent)))),
            partner_id: told(self.partner_id.map(PartnerId)),
            room: told(self.room),
            location: told(self.location),
            asset: told(self.asset),
            channel: Some(self.channel),
            language: told(self.language.and_then(|text| faults.at("language", |f| language(f, &text)))),
            subject: told(self.subject),
            description: Some(self.description),
            demand: told(self.demand),
            emotion: told(self.emotion),
            tags: self.tags.map(|sent| faults.at("tags", |f| tags(f, sent))),
            custom_fields: self.custom_fields.into_iter().map(|(name, value)| (name, Some(value))).collect(),
            ..commands::ComplaintPatch::default()
        };
        let external_refs = faults.at("external_refs", |f| references(f, self.external_refs));
        let reference = ExternalRef { system: String::new(), id: String::new() };
        let hotel = hotel?;
        Some(Unaddressed(Delivery { reference, external_refs, hotel, guest, stay, received_at, said, class }))
    }
}

/// A member that may be left out, but not cleared.
fn told<T>(sent: Option<T>) -> Patch<T> {
    sent.map_or(Patch::Absent, Patch::Value)
}

/// Something that is named by its id or by its id in another system.
fn named<I>(
    faults: &mut Faults,
    what: &str,
    id: Option<I>,
    reference: Option<ComplaintRef>,
) -> Option<Named<I>> {
    match (id, reference) {
        (None, None) => None,
        (Some(id), None) => Some(Named::Id(id)),
        (None, Some(ComplaintRef { system, id })) => {
            if !is_system(&system) {
                let text = "must be lower-case letters, digits, hyphens and underscores";
                faults.at(format!("{what}_reference"), |f| f.at("system", |f| f.add("code", text)));
            }
            Some(Named::Reference(ExternalRef { system, id }))
        }
        (Some(_), Some(_)) => {
            let text = format!("cannot stand beside {what}_id");
            faults.at(format!("{what}_reference"), |f| f.add("one_of", text));
            None
        }
    }
}

impl Input for ComplaintClassification {
    type Command = Classify;

    fn check(self, faults: &mut Faults) -> Option<Classify> {
        Some(classify(faults, self))
    }
}

fn classify(faults: &mut Faults, sent: ComplaintClassification) -> Classify {
    let occurred_at = time(faults, "occurred_at", sent.occurred_at);
    Classify {
        category: sent.category,
        cause_category: sent.cause_category,
        sub_cause: line(faults, "sub_cause", sent.sub_cause, 60),
        failure_origin: sent.failure_origin,
        department: sent.department,
        handling_department: line(faults, "handling_department", sent.handling_department, 40),
        severity: sent.severity,
        priority: sent.priority,
        occurred_at,
    }
}

impl Input for ComplaintPatch {
    type Command = commands::ComplaintPatch;
    const LARGEST: usize = LONG_BODY;

    fn check(self, faults: &mut Faults) -> Option<commands::ComplaintPatch> {
        for (name, value) in &self.custom_fields {
            faults.at("custom_fields", |f| custom_field(f, name, value.as_deref()));
        }
        Some(commands::ComplaintPatch {
            guest_id: map(self.guest_id, GuestId),
            reporter: self.reporter.map(|one| one.read()),
            contact: checked(faults, "contact", self.contact, |f, sent| {
                bounded(f, &sent).then(|| contact(f, sent))
            }),
            stay_id: map(self.stay_id, StayId),
            partner_id: map(self.partner_id, PartnerId),
            room: line(faults, "room", self.room, 20),
            location: line(faults, "location", self.location, 200),
            asset: line(faults, "asset", self.asset, 60),
            occurred_at: checked(faults, "occurred_at", self.occurred_at, |f, text| instant(f, &text)),
            channel: self.channel,
            language: checked(faults, "language", self.language, |f, text| language(f, &text)),
            subject: line(faults, "subject", self.subject, 200),
            description: self.description,
            demand: checked(faults, "demand", self.demand, |f, text| words(f, text, 2_000)),
            emotion: line(faults, "emotion", self.emotion, 60),
            tags: self.tags.map(|sent| faults.at("tags", |f| tags(f, sent))),
            custom_fields: self.custom_fields,
            external_refs: self.external_refs.map(|sent| faults.at("external_refs", |f| references(f, sent))),
            watchers: self.watcher_ids.map(|sent| {
                let ids: BTreeSet<StaffId> = sent.into_iter().map(StaffId).collect();
                ids.into_iter().collect()
            }),
            dispute: checked(faults, "dispute", self.dispute, |f, sent| {
                let answer_by = sent.answer_by.clone();
                bounded(f, &sent).then(|| Dispute {
                    body: sent.body,
                    reference: sent.reference,
                    claim: sent.claim,
                    answer_by: time(f, "answer_by", answer_by),
                    outcome: sent.outcome,
                })
            }),
        })
    }
}

/// Whether a member keeps its bounds; the validator does not look into one that may be cleared.
fn bounded(faults: &mut Faults, sent: &impl validator::Validate) -> bool {
    let Err(errors) = sent.validate() else { return true };
    for fault in bound_faults(&errors, String::new()) {
        faults.at(fault.pointer.trim_start_matches('/'), |f| f.add(&fault.code, fault.message));
    }
    false
}

fn map<A, B>(sent: Patch<A>, make: impl FnOnce(A) -> B) -> Patch<B> {
    match sent {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(value) => Patch::Value(make(value)),
    }
}

/// A member that may be set or cleared; what `check` refuses is noted.
pub(super) fn checked<A, B>(
    faults: &mut Faults,
    member: &str,
    sent: Patch<A>,
    check: impl FnOnce(&mut Faults, A) -> Option<B>,
) -> Patch<B> {
    match sent {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(value) => faults.at(member, |f| check(f, value)).map_or(Patch::Absent, Patch::Value),
    }
}

/// A line of text that may be set or cleared.
pub(super) fn line(faults: &mut Faults, member: &str, sent: Patch<String>, longest: usize) -> Patch<String> {
    checked(faults, member, sent, |faults, text| {
        let text = words(faults, text, longest)?;
        if one_line(&text).is_err() {
            faults.add("single_line", "must be text on one line, not blank");
            return None;
        }
        Some(text)
    })
}

fn words(faults: &mut Faults, text: String, longest: usize) -> Option<String> {
    if !(1..=longest).contains(&text.chars().count()) {
        faults.add("length", format!("must have 1 to {longest} characters"));
        return None;
    }
    if some_text(&text).is_err() {
        faults.add("blank", "must not be blank");
        return None;
    }
    Some(text)
}

/// An instant of a member that may be absent.
pub(super) fn time(faults: &mut Faults, member: &str, sent: Option<String>) -> Option<Instant> {
    sent.and_then(|text| faults.at(member, |f| instant(f, &text)))
}

/// A language tag, in canonical form.
pub(super) fn language(faults: &mut Faults, text: &str) -> Option<String> {
    let tag = LanguageTag::parse(text).map(|tag| tag.as_str().to_owned());
    if tag.is_none() {
        faults.add("language", "must be a language tag, BCP 47, such as zh-CN");
    }
    tag
}

fn contact(faults: &mut Faults, sent: ComplaintContact) -> Contact {
    let ComplaintContact { name, phone, email, other } = sent;
    let phone = phone.and_then(|text| {
        let parsed = text.parse::<Phone>().ok().map(|phone| phone.as_str().to_owned());
        if parsed.is_none() {
            faults.at("phone", |f| f.add("phone", "must be a telephone number in international form, +…"));
        }
        parsed
    });
    let email = email.and_then(|text| {
        let parsed = text.parse::<Email>().ok().map(|email| email.as_str().to_owned());
        if parsed.is_none() {
            faults.at("email", |f| f.add("email", "must be an e-mail address"));
        }
        parsed
    });
    Contact { name, phone, email, other }
}

fn tags(faults: &mut Faults, sent: Vec<ComplaintTag>) -> Vec<String> {
    let mut found: Vec<String> = Vec::with_capacity(sent.len());
    for (at, tag) in sent.into_iter().enumerate() {
        let tag = tag.0.trim().to_owned();
        if !(1..=LONGEST_TAG).contains(&tag.chars().count()) || one_line(&tag).is_err() {
            faults.at(at, |f| f.add("length", format!("must be 1 to {LONGEST_TAG} characters on one line")));
        } else if !found.contains(&tag) {
            found.push(tag);
        }
    }
    found
}

fn references(faults: &mut Faults, sent: Vec<ComplaintRef>) -> Vec<ExternalRef> {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    let mut found = Vec::with_capacity(sent.len());
    for (at, ComplaintRef { system, id }) in sent.into_iter().enumerate() {
        if !is_system(&system) {
            let text = "must be lower-case letters, digits, hyphens and underscores";
            faults.at(at, |f| f.at("system", |f| f.add("code", text)));
        }
        if seen.insert(format!("{system}\n{id}"), ()).is_some() {
            faults.at(at, |f| f.add("twice", "is given twice"));
        }
        found.push(ExternalRef { system, id });
    }
    found
}
