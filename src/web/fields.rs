//! Members that many bodies and queries have in common, checked the same everywhere.

use chrono::DateTime;

use crate::kit::clock::Instant;
use crate::kit::fault::Faults;

/// An instant, RFC 3339.
pub fn instant(faults: &mut Faults, text: &str) -> Option<Instant> {
    let parsed = DateTime::parse_from_rfc3339(text).ok().map(|at| Instant::from(at.to_utc()));
    if parsed.is_none() {
        faults.add("date_time", "must be an instant, RFC 3339, such as 2026-11-21T08:30:00Z");
    }
    parsed
}

/// Whether a text can be the code of another system.
pub fn is_system(system: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    system.bytes().all(plain) && !system.starts_with(['-', '_']) && (1..=40).contains(&system.len())
}

/// Notes what is wrong with a field of a hotel's own.
pub fn custom_field(faults: &mut Faults, name: &str, value: Option<&str>) {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    faults.at(escaped, |faults| {
        if !(1..=40).contains(&name.chars().count()) {
            faults.add("length", "must have a name of 1 to 40 characters");
        } else if name.trim().is_empty() || name.chars().any(char::is_control) {
            faults.add("single_line", "must have a name on one line, not blank");
        }
        if value.is_some_and(|value| value.chars().count() > 500) {
            faults.add("length", "must have at most 500 characters");
        }
    });
}
