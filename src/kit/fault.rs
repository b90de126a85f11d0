//! Faults of an input: every one found, each with the place where it was found.

use serde::{Deserialize, Serialize};

/// One fault: where (RFC 6901 pointer into the body, or `?name` for a query parameter), what, and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// JSON pointer to the member at fault, e.g. `/phones/0/number`; empty for the whole body.
    pub pointer: String,
    /// Stable code of the fault, lower snake case.
    pub code: String,
    /// The fault in English, without the offending value.
    pub message: String,
}

/// Collects faults while an input is checked, with the path of the member being checked.
#[derive(Debug, Default)]
pub struct Faults {
    path: String,
    found: Vec<Fault>,
}

impl Faults {
    /// Starts at the root of the body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks a member (or list index) below the present one.
    pub fn at<T>(&mut self, member: impl std::fmt::Display, check: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(&member.to_string());
        let result = check(self);
        self.path.truncate(length);
        result
    }

    /// Notes a fault of the member being checked, unless it has one already: what is too long to be a phone number
    /// is not told to be none, too.
    pub fn add(&mut self, code: &str, message: impl Into<String>) {
        let fault = Fault { pointer: self.path.clone(), code: code.to_owned(), message: message.into() };
        self.extend([fault]);
    }

    /// Takes over faults found elsewhere, relative to the root; the first of each place.
    pub fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            if !self.found.iter().any(|known| known.pointer == fault.pointer) {
                self.found.push(fault);
            }
        }
    }

    /// Returns `value` when nothing was found.
    ///
    /// # Errors
    /// Every fault found, in the order of the checks.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(self.found),
        }
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Every fault found.
    pub fn into_vec(self) -> Vec<Fault> {
        self.found
    }
}
