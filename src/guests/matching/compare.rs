//! Owns the comparison of one field of two guests: how far it agrees and what
//! that weighs. Names have a module of their own.

use strsim::damerau_levenshtein;

use super::blocking::BlockingKey;
use super::features::{Document, Features, FoldedAddress, FoldedEmail, PartialDate};
use super::names::{Level, NameMatch, compare_names};
use super::text::similarity;
use super::weights as w;
use super::{Agreement, Frequency};

/// Verdict on one field: its agreement and its weight in bits.
pub(super) type Verdict = (Agreement, f64);

/// A field that is missing on one side.
pub(super) const ABSENT: Verdict = (Agreement::Absent, 0.0);

/// Compares the names, or the hashes of names that are not known; the second
/// value says whether the names speak of two different persons.
pub(super) fn names(a: &Features, b: &Features, holders: Frequency<'_>) -> (Verdict, bool) {
    if let Some(found) = compare_names(&a.names, &b.names) {
        let weight = found.weight - common_name(a, b, holders);
        return ((name_agreement(&found), weight), names_conflict(&found));
    }
    if a.name_hashes.is_empty() || b.name_hashes.is_empty() {
        return (ABSENT, false);
    }
    match a.name_hashes.iter().find(|key| b.name_hashes.contains(key)) {
        Some(key) => {
            let weight = personal(key, w::NAME_HASH_EXACT, holders);
            ((Agreement::Exact, weight), false)
        }
        None => ((Agreement::Disagree, w::NAME_HASH_DIFFER), true),
    }
}

/// Bits taken off names that agree in full but that many guests bear: one for
/// each doubling of the bearers.
fn common_name(a: &Features, b: &Features, holders: Frequency<'_>) -> f64 {
    let shared = a.full_names.iter().filter(|key| b.full_names.contains(key));
    let bearers = shared.filter_map(holders).max().unwrap_or(0);
    (f64::from(bearers.max(w::RARE_NAME)) / f64::from(w::RARE_NAME)).log2()
}

fn name_agreement(found: &NameMatch) -> Agreement {
    let worst = found.given.max(found.surname);
    match worst {
        Some(Level::Exact) => Agreement::Exact,
        Some(Level::Close | Level::Subset) => Agreement::Close,
        _ if found.weight > 0.0 => Agreement::Partial,
        _ => Agreement::Disagree,
    }
}

/// A surname changes with marriage, a given name hardly ever.
fn names_conflict(found: &NameMatch) -> bool {
    found.given == Some(Level::Differ) || found.given.is_none() && found.weight < 0.0
}

/// Compares two birth dates part by part.
pub(super) fn birth_date(a: PartialDate, b: PartialDate) -> Verdict {
    let parts = [
        part(a.year, b.year, w::YEAR),
        part(a.month.map(u16::from), b.month.map(u16::from), w::MONTH),
        part(a.day.map(u16::from), b.day.map(u16::from), w::DAY),
    ];
    let known = parts.iter().flatten().count();
    let equal = parts.iter().flatten().filter(|part| part.equal).count();
    if known == 0 {
        return ABSENT;
    }
    let sum: f64 = parts.iter().flatten().map(|part| part.weight).sum();
    if equal == known {
        let new_year = (a.month, a.day) == (Some(1), Some(1));
        let agreement = if known == 3 { Agreement::Exact } else { Agreement::Partial };
        return (agreement, if new_year { sum + w::NEW_YEAR } else { sum });
    }
    if a.year == b.year && known == 3 && a.month == b.day && a.day == b.month {
        return (Agreement::Close, w::DATE_SWAPPED);
    }
    if known == 3 && equal == 2 {
        return (Agreement::Close, sum);
    }
    if known == 3 && equal == 1 && damerau_levenshtein(&digits(a), &digits(b)) == 1 {
        return (Agreement::Close, w::DATE_TYPO);
    }
    let agreement = if equal > 0 { Agreement::Partial } else { Agreement::Disagree };
    (agreement, sum.clamp(w::DATE_DIFFER, 0.0))
}

struct DatePart {
    equal: bool,
    weight: f64,
}

fn part(a: Option<u16>, b: Option<u16>, agreed: f64) -> Option<DatePart> {
    let (a, b) = (a?, b?);
    let typo = || damerau_levenshtein(&format!("{a:02}"), &format!("{b:02}")) == 1;
    let weight = match a == b {
        true => agreed,
        false if typo() => w::DATE_PART_TYPO,
        false => w::DATE_PART_DIFFER,
    };
    Some(DatePart { equal: a == b, weight })
}

fn digits(date: PartialDate) -> String {
    let (year, month, day) = (date.year, date.month, date.day);
    format!("{:04}{:02}{:02}", year.unwrap_or_default(), month.unwrap_or_default(), day.unwrap_or_default())
}

/// Compares the e-mail addresses; the best pair of them counts.
pub(super) fn emails(a: &[FoldedEmail], b: &[FoldedEmail], holders: Frequency<'_>) -> Verdict {
    best(a, b, |x, y| email(x, y, holders))
}

fn email(a: &FoldedEmail, b: &FoldedEmail, holders: Frequency<'_>) -> Verdict {
    let alias = a.is_ota_alias || b.is_ota_alias;
    if a.key == b.key {
        let weight = if alias { w::EMAIL_ALIAS } else { w::EMAIL_EXACT };
        return (Agreement::Exact, personal(&a.key, weight, holders));
    }
    if alias {
        return ABSENT;
    }
    let long = a.local.chars().count() >= 5;
    if long && a.domain == b.domain && damerau_levenshtein(&a.local, &b.local) == 1 {
        return (Agreement::Close, w::EMAIL_CLOSE);
    }
    if long && a.local == b.local {
        return (Agreement::Partial, w::EMAIL_LOCAL);
    }
    (Agreement::Disagree, w::EMAIL_DIFFER)
}

/// Compares the phone numbers; the best pair of them counts.
pub(super) fn phones(a: &[BlockingKey], b: &[BlockingKey], holders: Frequency<'_>) -> Verdict {
    best(a, b, |x, y| {
        if x == y {
            return (Agreement::Exact, personal(x, w::PHONE_EXACT, holders));
        }
        if damerau_levenshtein(&x.value, &y.value) == 1 {
            return (Agreement::Partial, w::PHONE_CLOSE);
        }
        (Agreement::Disagree, w::PHONE_DIFFER)
    })
}

/// Compares documents and other identifying keys of the same kind; the best
/// pair of them counts.
pub(super) fn documents(a: &[Document], b: &[Document], holders: Frequency<'_>) -> Verdict {
    best(a, b, |x, y| document(x, y, holders))
}

fn document(a: &Document, b: &Document, holders: Frequency<'_>) -> Verdict {
    if a.kind != b.kind {
        return ABSENT;
    }
    if a.key == b.key {
        return (Agreement::Exact, personal(&a.key, w::DOCUMENT_EXACT, holders));
    }
    let long = a.value.chars().count() >= 6;
    if long && !a.hashed && damerau_levenshtein(&a.value, &b.value) == 1 {
        return (Agreement::Close, w::DOCUMENT_CLOSE);
    }
    (Agreement::Disagree, w::DOCUMENT_DIFFER)
}

/// Weight of a value that should belong to one person: each doubling of its
/// holders takes one bit away, and a value of many holders is a placeholder.
fn personal(key: &BlockingKey, weight: f64, holders: Frequency<'_>) -> f64 {
    let holders = holders(key).unwrap_or(2).max(2);
    if holders > w::MAX_SHARED {
        return 0.0;
    }
    (weight + 1.0 - f64::from(holders).log2()).max(0.0)
}

/// Compares the postal addresses; the best pair of them counts.
pub(super) fn addresses(a: &[FoldedAddress], b: &[FoldedAddress]) -> Verdict {
    best(a, b, address)
}

fn address(a: &FoldedAddress, b: &FoldedAddress) -> Verdict {
    let street = street(a, b);
    let places = a.places.iter().flat_map(|x| b.places.iter().map(move |y| (x, y)));
    let place = places.map(|(x, y)| graded(x, y)).reduce(f64::max);
    let parts = [
        street,
        both(&a.postal_code, &b.postal_code, |x, y| postal_code(x, y)),
        place,
        both(&a.state, &b.state, |x, y| if x == y { w::STATE_EXACT } else { w::PLACE_DIFFER }),
        both(&a.country, &b.country, |x, y| if x == y { 0.0 } else { w::PLACE_DIFFER }),
    ];
    if parts.iter().all(Option::is_none) {
        return ABSENT;
    }
    let weight = parts.iter().flatten().sum::<f64>();
    let agreement = match street {
        Some(found) if found >= w::STREET_EXACT && weight > found => Agreement::Exact,
        _ if weight >= w::STREET_CLOSE => Agreement::Close,
        _ if weight > 0.0 => Agreement::Partial,
        _ => Agreement::Disagree,
    };
    (agreement, weight.clamp(w::ADDRESS_MIN, w::ADDRESS_MAX))
}

/// Each line is held against every line of the other, since lines get
/// reordered; another house number in the same street counts for little.
fn street(a: &FoldedAddress, b: &FoldedAddress) -> Option<f64> {
    let pairs = a.lines.iter().flat_map(|x| b.lines.iter().map(move |y| similarity(x, y)));
    let alike = pairs.reduce(f64::max)?;
    let known = !a.numbers.is_empty() && !b.numbers.is_empty();
    let same_house = a.numbers.iter().any(|number| b.numbers.contains(number));
    Some(match alike {
        _ if alike < 0.85 => w::STREET_DIFFER,
        _ if known && !same_house || alike < 0.92 => w::STREET_PARTIAL,
        _ if alike < 1.0 || !known => w::STREET_CLOSE,
        _ => w::STREET_EXACT,
    })
}

fn postal_code(a: &str, b: &str) -> f64 {
    match damerau_levenshtein(a, b) {
        0 => w::POSTAL_EXACT,
        1 => w::POSTAL_CLOSE,
        _ => w::PLACE_DIFFER,
    }
}

fn graded(a: &str, b: &str) -> f64 {
    match similarity(a, b) {
        _ if a == b => w::PLACE_EXACT,
        alike if alike >= 0.9 => w::PLACE_CLOSE,
        _ => w::PLACE_DIFFER,
    }
}

fn both<T>(a: &Option<T>, b: &Option<T>, weight: impl Fn(&T, &T) -> f64) -> Option<f64> {
    a.as_ref().zip(b.as_ref()).map(|(x, y)| weight(x, y))
}

/// Compares the nationalities.
pub(super) fn nationality(a: &Features, b: &Features) -> Verdict {
    category(&a.nationality, &b.nationality, w::NATIONALITY_EXACT, w::NATIONALITY_DIFFER)
}

/// Compares the genders.
pub(super) fn gender(a: &Features, b: &Features) -> Verdict {
    category(&a.gender, &b.gender, w::GENDER_EXACT, w::GENDER_DIFFER)
}

fn category(a: &Option<String>, b: &Option<String>, same: f64, differ: f64) -> Verdict {
    match a.as_ref().zip(b.as_ref()) {
        None => ABSENT,
        Some((x, y)) if x == y => (Agreement::Exact, same),
        Some(_) => (Agreement::Disagree, differ),
    }
}

fn best<T>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> Verdict) -> Verdict {
    let rank = |(agreement, weight): &Verdict| (*agreement != Agreement::Absent, *weight);
    a.iter()
        .flat_map(|x| b.iter().map(move |y| (x, y)))
        .map(|(x, y)| compare(x, y))
        .reduce(|known, found| if rank(&found) > rank(&known) { found } else { known })
        .unwrap_or(ABSENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u16, month: u8, day: u8) -> PartialDate {
        PartialDate { year: Some(year), month: Some(month), day: Some(day) }
    }

    #[test]
    fn typing_errors_in_a_birth_date_weigh_less_than_another_date() {
        let original = date(1971, 3, 12);
        let (exact, full) = birth_date(original, original);
        assert_eq!(exact, Agreement::Exact);
        let typos =
            [date(1917, 3, 12), date(1971, 12, 3), date(1971, 3, 13), date(1971, 2, 12), date(1971, 1, 32)];
        for typo in typos {
            let (agreement, weight) = birth_date(original, typo);
            assert_eq!(agreement, Agreement::Close, "{typo:?}");
            assert!(weight > 0.0 && weight < full, "{typo:?} {weight}");
        }
        let (agreement, weight) = birth_date(original, date(1984, 7, 25));
        assert_eq!((agreement, weight), (Agreement::Disagree, w::DATE_DIFFER));
    }

    #[test]
    fn unknown_parts_of_a_date_are_neutral() {
        let year = PartialDate { year: Some(1971), ..PartialDate::default() };
        assert_eq!(birth_date(year, date(1971, 3, 12)), (Agreement::Partial, w::YEAR));
        assert_eq!(birth_date(PartialDate::default(), date(1971, 3, 12)), ABSENT);
    }

    #[test]
    fn new_year_dates_weigh_less() {
        let (_, new_year) = birth_date(date(1980, 1, 1), date(1980, 1, 1));
        let (_, other) = birth_date(date(1980, 2, 1), date(1980, 2, 1));
        assert!(new_year < other);
    }

    #[test]
    fn another_house_of_the_same_street_counts_for_little() {
        let home = |number: &str| FoldedAddress {
            lines: vec!["milne cove".into()],
            numbers: vec![number.into()],
            ..FoldedAddress::default()
        };
        assert_eq!(street(&home("5"), &home("5")), Some(w::STREET_EXACT));
        assert_eq!(street(&home("5"), &home("7")), Some(w::STREET_PARTIAL));
    }
}
