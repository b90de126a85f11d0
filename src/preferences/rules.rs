//! What a preference must be by itself: that the catalogue knows it, and that its members fit together.

use crate::kit::fault::{Fault, Faults};
use crate::preferences::catalogue::{Catalogue, Item};
use crate::preferences::model::{Details, NewPreference, PreferenceValueKind};

/// A preference that fits the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Code of its category.
    pub category: String,
    /// All else that is said, with what the catalogue adds: whether it is sensitive.
    pub details: Details,
}

/// Holds a preference against the catalogue. `fresh` when it is new: retired categories and items take no new ones.
/// Every fault is noted.
pub fn settle(
    catalogue: &Catalogue,
    new: &NewPreference,
    fresh: bool,
    faults: &mut Faults,
) -> Option<Settled> {
    let category = category_of(catalogue, new, fresh, faults)?;
    let item = new.code.as_deref().and_then(|code| catalogue.item(code));
    let mut details = new.details.clone();
    details.hotel_ids.sort_unstable();
    details.hotel_ids.dedup();
    details.sensitive |= catalogue.sensitive(&category, new.code.as_deref()).is_some();
    faults.at("value", |faults| check_value(item, details.value.as_deref(), faults));
    let graded = catalogue.category(&category).is_some_and(|category| category.graded);
    if details.severity.is_some() && !graded {
        faults.at("severity", |f| f.add("not_applicable", "is for allergies and medical needs"));
    }
    if let (Some(first), Some(last)) = (details.valid_from, details.valid_until)
        && last < first
    {
        faults.at("valid_until", |f| f.add("period", "must not lie before valid_from"));
    }
    Some(Settled { category, details })
}

fn category_of(
    catalogue: &Catalogue,
    new: &NewPreference,
    fresh: bool,
    faults: &mut Faults,
) -> Option<String> {
    let unknown = "is not in the preference catalogue, or retired there";
    let Some(code) = &new.code else {
        if new.details.text.is_none() {
            faults.at("text", |f| f.add("required", "is required where there is no code"));
        }
        let Some(category) = &new.category else {
            faults.at("category", |f| f.add("required", "is required where there is no code"));
            return None;
        };
        let known = catalogue.category(category).filter(|category| !fresh || !category.retired);
        if known.is_none() {
            faults.at("category", |f| f.add("unknown_reference", unknown));
        }
        return known.map(|_| category.clone());
    };
    let Some(item) = catalogue.item(code).filter(|item| !fresh || catalogue.open(item)) else {
        faults.at("code", |f| f.add("unknown_reference", unknown));
        return None;
    };
    if new.category.as_ref().is_some_and(|category| *category != item.category) {
        faults.at("category", |f| f.add("not_applicable", "is not the category of this code"));
    }
    Some(item.category.clone())
}

fn check_value(item: Option<&Item>, value: Option<&str>, faults: &mut Faults) {
    let kind = item.map_or(PreferenceValueKind::None, |item| item.value_kind);
    match (kind, value) {
        (PreferenceValueKind::None, Some(_)) => faults.add("not_applicable", "is not asked for by this code"),
        (PreferenceValueKind::None, None) | (PreferenceValueKind::Text, Some(_)) => {}
        (PreferenceValueKind::Number, Some(text)) if is_number(text) => {}
        (PreferenceValueKind::Number, Some(_)) => {
            faults.add("number", "must be a number, such as 22 or 22.5")
        }
        (PreferenceValueKind::Choice, Some(text)) => {
            if !item.is_some_and(|item| item.choices.iter().any(|choice| choice.code == text)) {
                faults.add("unknown_value", "is not one of the choices of this code");
            }
        }
        (_, None) => faults.add("required", "is required with this code"),
    }
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part)
}

/// Settles one preference of a list; faults are noted below its place.
///
/// # Errors
/// Every fault found.
pub fn settle_alone(catalogue: &Catalogue, new: &NewPreference, fresh: bool) -> Result<Settled, Vec<Fault>> {
    let mut faults = Faults::new();
    let settled = settle(catalogue, new, fresh, &mut faults);
    faults.finish(settled)
}
