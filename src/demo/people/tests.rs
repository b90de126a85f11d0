//! The generator's promises: shape, shares, determinism, valid numbers.

use std::collections::BTreeSet;

use super::*;
use crate::guests::terms::{NameText, index_terms};

const SAMPLE: usize = 4000;

fn share(part: usize) -> f64 {
    let [part, whole] = [part, SAMPLE].map(|n| u32::try_from(n).map_or(f64::NAN, f64::from));
    100.0 * part / whole
}

#[test]
fn a_seed_always_gives_the_same_people() {
    let first: Vec<Person> = people(7, 50).collect();
    assert_eq!(first, people(7, 80).take(50).collect::<Vec<_>>());
    assert_ne!(first, people(8, 50).collect::<Vec<_>>());
    // Demonstrations refer to these people: a change here changes them all.
    let known: Vec<String> = people(1, 1)
        .flat_map(|p| {
            let name = p.names.into_iter().map(|n| format!("{} {}", n.given_name, n.surname));
            name.chain(p.phones.into_iter().map(|p| p.number)).chain(p.birth_date).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(known, ["Sofía Ortega", "+34649094996", "1961-07-06"]);
}

#[test]
fn the_shares_are_as_promised() {
    let all: Vec<Person> = people(42, SAMPLE).collect();
    let count = |f: &dyn Fn(&Person) -> bool| share(all.iter().filter(|p| f(p)).count());
    let primary = |p: &Person, script: &str| p.names.first().is_some_and(|n| n.script == script);
    let chinese = count(&|p| p.preferred_language == "zh-CN");
    assert!((62.0..68.0).contains(&chinese), "{chinese}");
    let latin_too = count(&|p| primary(p, "Hani") && p.names.len() == 2);
    assert!((28.0..36.0).contains(&latin_too), "{latin_too}");
    assert!(count(&|p| primary(p, "Jpan")) > 3.0 && count(&|p| primary(p, "Kore")) > 1.5);
    let alias = count(&|p| p.emails.iter().any(|e| e.is_ota_alias));
    assert!((4.0..6.0).contains(&alias), "{alias}");
    let vip = count(&|p| p.vip_level.is_some());
    assert!((2.0..5.0).contains(&vip), "{vip}");
    let numbers: BTreeSet<&str> = all.iter().flat_map(|p| &p.phones).map(|p| p.number.as_str()).collect();
    let with_phone = all.iter().filter(|p| !p.phones.is_empty()).count();
    let again = share(with_phone - numbers.len());
    assert!((0.3..1.5).contains(&again), "{again} % share a number with an earlier person");
    let refs: BTreeSet<&str> = all.iter().flat_map(|p| &p.external_refs).map(|r| r.id.as_str()).collect();
    assert_eq!(refs.len(), SAMPLE);
    assert!(refs.contains("G000001") && refs.contains("G004000"));
}

#[test]
fn everybody_is_complete_and_reachable() {
    for person in people(3, SAMPLE) {
        let primaries = person.names.iter().filter(|n| n.name_type == "primary").count();
        assert_eq!(primaries, 1, "{person:?}");
        for name in &person.names {
            assert!(!name.given_name.is_empty() && !name.surname.is_empty(), "{person:?}");
            assert_eq!(
                crate::guests::display::detect_script(&name.surname),
                Some(if name.script == "Jpan" && !name.surname.contains(|c| ('ァ'..='ヶ').contains(&c)) {
                    "Hani"
                } else {
                    name.script
                }),
                "{name:?}"
            );
        }
        assert!(!person.phones.is_empty() || !person.emails.is_empty(), "{person:?}");
        assert_eq!(person.emails.iter().filter(|e| e.primary).count(), person.emails.len().min(1));
        for email in &person.emails {
            let (local, domain) = email.address.split_once('@').unwrap_or_default();
            assert!(local.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.'));
            assert_eq!(email.is_ota_alias, domain == "guest.booking.example", "{email:?}");
            assert!(local.len() > 3 && domain.contains("example"), "{email:?}");
        }
        for phone in &person.phones {
            assert!(phone.number.starts_with('+') && (11..=14).contains(&phone.number.len()));
            if let Some(rest) = phone.number.strip_prefix("+86") {
                assert!(rest.len() == 11 && ["13", "15", "17", "18"].iter().any(|p| rest.starts_with(p)));
            }
        }
        if let Some(date) = &person.birth_date {
            assert!(chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok(), "{date}");
        }
    }
}

#[test]
fn the_json_is_the_body_of_the_api() {
    let known: BTreeSet<&str> = [
        "names",
        "gender",
        "birth_date",
        "nationality",
        "languages",
        "preferred_language",
        "occupation",
        "phones",
        "emails",
        "addresses",
        "messaging",
        "vip_level",
        "tags",
        "external_refs",
    ]
    .into();
    for person in people(5, 300) {
        let json = serde_json::to_value(&person).unwrap_or_default();
        let object = json.as_object().cloned().unwrap_or_default();
        assert!(object.keys().all(|key| known.contains(key.as_str())), "{json}");
        assert!(object.values().all(|value| !value.is_null() && *value != serde_json::json!([])));
        assert!(json.pointer("/external_refs/0/id").is_some() && json.pointer("/gender").is_some());
        assert_eq!(json.pointer("/phones/0/use").is_some(), !person.phones.is_empty());
    }
}

#[test]
fn a_guest_is_indexed_under_few_terms() {
    let mut total = 0;
    for person in people(9, SAMPLE) {
        let names: Vec<NameText<'_>> = person
            .names
            .iter()
            .map(|n| NameText {
                given: Some(&n.given_name),
                middle: n.middle_name.as_deref(),
                surname: Some(&n.surname),
                ..NameText::default()
            })
            .collect();
        let emails: Vec<&str> = person.emails.iter().map(|e| e.address.as_str()).collect();
        let phones: Vec<&str> = person.phones.iter().map(|p| p.number.as_str()).collect();
        let terms = index_terms(&names, &emails, &phones);
        assert!((2..=26).contains(&terms.len()), "{terms:?}");
        total += terms.len();
    }
    let average = share(total) / 100.0;
    assert!(average < 10.0, "{average} terms on average");
}
