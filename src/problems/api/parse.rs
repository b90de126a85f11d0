//! Members that bodies of problems have in common.

use validator::ValidationError;

use crate::kit::fault::Faults;
use crate::kit::patch::Patch;
use crate::kit::text::has_control;

/// Not blank.
pub fn some_text(text: &str) -> Result<(), ValidationError> {
    if text.trim().is_empty() { Err(ValidationError::new("blank")) } else { Ok(()) }
}

/// One line, not blank.
pub fn one_line(text: &str) -> Result<(), ValidationError> {
    if text.trim().is_empty() || has_control(text) {
        return Err(ValidationError::new("single_line"));
    }
    Ok(())
}

/// A text of a patch that may be set or cleared; what is too long or blank is noted.
pub(super) fn words(faults: &mut Faults, member: &str, sent: Patch<String>, longest: usize) -> Patch<String> {
    let Patch::Value(text) = sent else { return sent };
    if !(1..=longest).contains(&text.chars().count()) {
        faults.at(member, |f| f.add("length", format!("must have 1 to {longest} characters")));
    } else if some_text(&text).is_err() {
        faults.at(member, |f| f.add("blank", "must not be blank"));
    }
    Patch::Value(text)
}

/// An id of a patch that may be set or cleared.
pub(super) fn id<T>(sent: Patch<uuid::Uuid>, make: impl FnOnce(uuid::Uuid) -> T) -> Patch<T> {
    match sent {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(id) => Patch::Value(make(id)),
    }
}

/// Values of a comma-separated list, each once; unknown ones are noted.
pub(super) fn each<T: Ord>(
    faults: &mut Faults,
    name: &str,
    list: Option<&str>,
    of: fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    for code in list.into_iter().flat_map(|list| list.split(',')) {
        match of(code.trim()) {
            Some(value) => found.push(value),
            None => faults.at(name, |f| f.add("unknown_value", "has a value that is not allowed here")),
        }
    }
    found.sort();
    found.dedup();
    found
}
