//! Owns the question whether two guest profiles are one person: what is
//! compared ([`Features`]), how sure a pair is ([`score`]) and which pairs are
//! worth comparing ([`blocking_keys`]).
//!
//! The score is a Fellegi-Sunter sum: each field adds log-likelihood weight for
//! or against the pair, a missing field adds nothing, and the sum is turned
//! into a value between 0 and 1. Nothing here reads or writes anything.

pub mod blocking;
mod compare;
pub mod features;
mod names;
mod text;
pub mod weights;

pub use blocking::{BLOCKING_VERSION, BlockingKey, KeyKind, MAX_HOLDERS, blocking_keys};
pub use features::{Address, Details, Email, Features, Name, OpaqueKey, PartialDate};
pub use weights::{LIKELY, SUGGEST};

/// Tells how many guests hold a key, both compared guests included; `None`
/// when not known, which is taken as rare. Asked only for keys that the two
/// guests share, of the kinds e-mail, phone, document, name hash and full name,
/// which are all [`blocking_keys`]. Counting may stop above [`MAX_HOLDERS`].
pub type Frequency<'a> = &'a dyn Fn(&BlockingKey) -> Option<u32>;

/// How far one field of two guests agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// The same.
    Exact,
    /// The same but for a typing error or a shorter form.
    Close,
    /// Somewhat alike.
    Partial,
    /// Different.
    Disagree,
    /// Not known of at least one of the two.
    Absent,
}

impl Agreement {
    /// The stable name of the level, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Close => "close",
            Self::Partial => "partial",
            Self::Disagree => "disagree",
            Self::Absent => "absent",
        }
    }
}

/// What one field contributes to a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldScore {
    /// One of `names`, `birth_date`, `document`, `email`, `phone`, `address`,
    /// `nationality`, `gender`, or `conflict` for what is taken off a pair
    /// because nothing in it speaks of one person rather than one household.
    pub field: &'static str,
    /// How far the field agrees.
    pub agreement: Agreement,
    /// Contribution to the log2 odds, in bits: positive for, negative against
    /// the pair, 0 when the field is absent or proves nothing.
    pub weight: f64,
}

/// How sure it is that two guests are one person, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Probability-like value from 0 to 1; see [`SUGGEST`] and [`LIKELY`].
    pub value: f64,
    /// Every field in a fixed order, absent ones included. The weights and
    /// [`weights::PRIOR`] add up to the log2 odds of `value`.
    pub fields: Vec<FieldScore>,
}

/// Compares two guests. The result does not depend on their order.
#[must_use]
pub fn score(a: &Features, b: &Features, holders: Frequency<'_>) -> Score {
    let (names, conflict) = compare::names(a, b, holders);
    let date = compare::birth_date(a.birth_date, b.birth_date);
    let document = compare::documents(&a.documents, &b.documents, holders);
    let verdicts = [
        ("names", names),
        ("birth_date", date),
        ("document", document),
        ("email", compare::emails(&a.emails, &b.emails, holders)),
        ("phone", compare::phones(&a.phones, &b.phones, holders)),
        ("address", compare::addresses(&a.addresses, &b.addresses)),
        ("nationality", compare::nationality(a, b)),
        ("gender", compare::gender(a, b)),
    ];
    let explained = |(field, (agreement, weight))| FieldScore { field, agreement, weight };
    let mut fields: Vec<FieldScore> = verdicts.into_iter().map(explained).collect();
    let sum = weights::PRIOR + fields.iter().map(|field| field.weight).sum::<f64>();
    let excess = sum - ceiling(names.1, document.1, date.1, conflict);
    if excess > 0.0 {
        fields.push(explained(("conflict", (Agreement::Disagree, -excess))));
    }
    Score { value: logistic(sum - excess.max(0.0)), fields }
}

/// Most that a pair may reach whatever else agrees. Names have to speak for a
/// pair to be likely. Where they speak against it, contacts and an address are
/// those of a household, a document may have been entered for a companion, and
/// twins share a birth date: only document and date together make one person.
fn ceiling(names: f64, document: f64, date: f64, conflict: bool) -> f64 {
    if conflict && (document <= 0.0 || date <= 0.0) {
        return weights::CONFLICT_MAX;
    }
    if conflict || names <= 0.0 {
        return weights::UNNAMED_MAX;
    }
    f64::INFINITY
}

fn logistic(log2_odds: f64) -> f64 {
    1.0 / (1.0 + (-log2_odds).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rare(_: &BlockingKey) -> Option<u32> {
        None
    }

    fn person(given: &str, surname: &str, date: (u16, u8, u8)) -> Details {
        let (year, month, day) = date;
        Details {
            names: vec![named(given, surname)],
            birth_date: Some(PartialDate { year: Some(year), month: Some(month), day: Some(day) }),
            ..Details::default()
        }
    }

    fn named(given: &str, surname: &str) -> Name {
        Name { given: Some(given.into()), surname: Some(surname.into()), ..Name::default() }
    }

    fn key(kind: &str, value: &str) -> OpaqueKey {
        OpaqueKey { kind: kind.into(), value: value.into() }
    }

    fn value(a: &Details, b: &Details) -> f64 {
        score(&Features::new(a), &Features::new(b), &rare).value
    }

    #[test]
    fn same_names_and_birth_date_are_likely() {
        let a = person("Petra", "Lusted", (1971, 3, 12));
        assert!(value(&a, &a) >= LIKELY);
        assert!(value(&a, &person("Lusted", "Pétra", (1971, 12, 3))) >= SUGGEST);
        assert!(value(&a, &person("Petra", "Lusted", (1950, 8, 30))) < SUGGEST);
    }

    #[test]
    fn names_alone_are_not_enough() {
        let a = Details { names: vec![named("Petra", "Lusted")], ..Details::default() };
        assert!(value(&a, &a) < SUGGEST);
    }

    #[test]
    fn chinese_and_pinyin_with_one_phone_are_likely() {
        let with_phone = |full: &str| Details {
            names: vec![Name { full: Some(full.into()), ..Name::default() }],
            phones: vec!["+8613800138000".into()],
            ..Details::default()
        };
        let han = with_phone("王小明");
        for latin in ["Wang Xiaoming", "WANG XIAO MING", "Xiaoming Wang"] {
            assert!(value(&han, &with_phone(latin)) >= LIKELY, "{latin}");
        }
        assert!(value(&han, &with_phone("李大伟")) < SUGGEST);
        assert!(value(&han, &with_phone("王小民")) < value(&han, &han));
    }

    #[test]
    fn a_document_of_different_names_never_suggests() {
        let mut a = person("Anna", "Berg", (1980, 5, 17));
        let mut b = person("Bruno", "Berg", (1978, 2, 3));
        for details in [&mut a, &mut b] {
            details.keys = vec![key("passport", "X1234567")];
            details.phones = vec!["+4930123456".into()];
            details.emails = vec![Email { address: "berg@example.org".into(), is_ota_alias: false }];
        }
        assert!(value(&a, &b) < SUGGEST);
        b.birth_date = None;
        assert!(value(&a, &b) < SUGGEST);
    }

    #[test]
    fn a_placeholder_document_joins_nobody() {
        let guest = |id: u32| {
            Features::new(&Details {
                names: vec![Name { full: Some(format!("Guest {id}")), placeholder: true, ..Name::default() }],
                keys: vec![key("document_hash", "0x5FA1E009"), key("name_hash", &format!("0x{id:08X}"))],
                nationality: Some("PRT".into()),
                ..Details::default()
            })
        };
        let guests: Vec<_> = (10..38).map(guest).collect();
        let pair = |holders: u32| score(&guests[0], &guests[1], &move |_| Some(holders));
        assert!(pair(28).value < SUGGEST && pair(2).value < SUGGEST);
        let document = |found: &Score| found.fields.iter().find(|f| f.field == "document").unwrap().weight;
        assert_eq!(document(&pair(28)), 0.0);
        assert!(document(&pair(2)) > 10.0);
    }

    #[test]
    fn equal_name_and_document_hashes_are_likely() {
        let a = Details {
            keys: vec![key("document_hash", "0xAB"), key("name_hash", "0xCD")],
            ..Details::default()
        };
        assert!(value(&a, &a) >= LIKELY);
    }

    #[test]
    fn twins_and_families_are_not_suggested() {
        let mut a = person("Clara", "Vogt", (2001, 9, 4));
        a.phones = vec!["+4940987654".into()];
        a.addresses = vec![Address {
            lines: vec!["Lindenweg 4".into()],
            postal_code: Some("20095".into()),
            ..Address::default()
        }];
        let mut b = a.clone();
        b.names = vec![named("Moritz", "Vogt")];
        assert!(value(&a, &b) < SUGGEST);
    }

    #[test]
    fn missing_fields_are_neutral() {
        let a = person("Petra", "Lusted", (1971, 3, 12));
        let mut b = a.clone();
        b.emails = vec![Email { address: "p@example.org".into(), is_ota_alias: false }];
        b.nationality = Some("DE".into());
        assert!((value(&a, &a) - value(&a, &b)).abs() < f64::EPSILON);
        let empty = score(&Features::default(), &Features::new(&a), &rare);
        assert!(empty.fields.iter().all(|field| field.weight == 0.0));
        assert!(empty.value < 0.01);
    }

    #[test]
    fn an_alias_of_a_booking_site_proves_little() {
        let with_email = |is_ota_alias| Details {
            names: vec![named("Petra", "Lusted")],
            emails: vec![Email { address: "abc123@guest.example.com".into(), is_ota_alias }],
            ..Details::default()
        };
        assert!(value(&with_email(true), &with_email(true)) < SUGGEST);
        assert!(value(&with_email(false), &with_email(false)) >= LIKELY);
    }

    #[test]
    fn common_names_weigh_less() {
        let a = Features::new(&person("Peter", "Müller", (1971, 3, 12)));
        let b = Features::new(&person("Peter", "Müller", (1971, 3, 19)));
        let with = |bearers| score(&a, &b, &move |_| Some(bearers)).value;
        assert!(with(2) >= SUGGEST);
        assert!(with(64) < SUGGEST);
    }

    #[test]
    fn scores_are_symmetric_and_explained_by_their_fields() {
        let mut a = person("Anne Marie", "O'Brien", (1971, 3, 12));
        a.gender = Some("female".into());
        a.emails = vec![Email { address: "ann.obrien@example.org".into(), is_ota_alias: false }];
        let mut b = person("Obrian", "Anne", (1971, 12, 3)); // spellchecker:disable-line
        b.gender = Some("male".into());
        b.emails = vec![Email { address: "anne.obrien@example.org".into(), is_ota_alias: false }];
        let twin = person("Moritz", "O'Brien", (1971, 3, 12));
        for (x, y) in [(&a, &b), (&a, &twin), (&b, &twin)] {
            let (x, y) = (Features::new(x), Features::new(y));
            let found = score(&x, &y, &rare);
            assert_eq!(found, score(&y, &x, &rare));
            let sum = weights::PRIOR + found.fields.iter().map(|field| field.weight).sum::<f64>();
            assert!((logistic(sum) - found.value).abs() < 1e-9);
        }
    }
}
