//! What the wires of all settings share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::complaint_settings::model::{Names, is_code};
use crate::hotels::model::{Code, LanguageTag};
use crate::hotels::names::LocalizedText;
use crate::kit::fault::Faults;
use crate::kit::version::Version;
use crate::platform::idempotency::Reply;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Code of a department, as hotels have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 40, examples("guest-relations"))]
pub struct DepartmentCode(pub String);

/// A code in a path: one that cannot exist is the code of nothing.
pub fn code(path: PathId<String>) -> Result<String, Problem> {
    if is_code(&path.0) { Ok(path.0) } else { Err(Problem::not_found()) }
}

/// The answer to a setting that was written.
pub fn written(location: String, version: Version, created: bool, view: &impl Serialize) -> Reply {
    if created { reply::created(location, version, view) } else { reply::changed(version, view) }
}

/// Text on one line: no control characters at all, not blank.
pub fn one_line(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        let error = validator::ValidationError::new("single_line");
        return Err(error.with_message("must be text on one line, not blank".into()));
    }
    Ok(())
}

/// Names, checked.
pub fn names_of(faults: &mut Faults, names: LocalizedText) -> Option<Names> {
    let names = faults.at("names", |faults| names.check(faults))?;
    Some(names.texts().clone())
}

/// Notes a text that cannot be the code of a department.
pub fn check_department(faults: &mut Faults, text: &str) {
    if !(1..=40).contains(&text.chars().count()) {
        faults.add("length", "must have 1 to 40 characters");
    } else if Code::parse(text).is_none() {
        faults.add("department_code", "must be of a-z, 0-9 and -, with no - first or last");
    }
}

/// Notes a text that cannot be the code of a setting.
pub fn check_code(faults: &mut Faults, text: &str) {
    if !(1..=60).contains(&text.chars().count()) {
        faults.add("length", "must have 1 to 60 characters");
    } else if !is_code(text) {
        faults.add("snake_code", "must be of a-z, 0-9, _ and -");
    }
}

/// A language tag in canonical case; what is none is noted.
pub fn language_of(faults: &mut Faults, text: &str) -> Option<String> {
    if !(2..=35).contains(&text.chars().count()) {
        faults.add("length", "must have 2 to 35 characters");
        return None;
    }
    let tag = LanguageTag::parse(text);
    if tag.is_none() {
        faults.add("language", "must be a BCP 47 language tag, such as zh-CN");
    }
    tag.map(|tag| tag.as_str().to_owned())
}

/// Checks each item of a list at its place; items that stand in it twice are noted.
pub fn each<T: PartialEq>(
    faults: &mut Faults,
    member: &str,
    items: &[T],
    mut check: impl FnMut(&mut Faults, &T),
) {
    faults.at(member, |faults| {
        for (at, item) in items.iter().enumerate() {
            faults.at(at, |faults| {
                check(faults, item);
                if items.iter().take(at).any(|other| other == item) {
                    faults.add("duplicate", "is in the list already");
                }
            });
        }
    });
}
