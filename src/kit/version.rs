//! Versions of single resources and what a writer expects of them.

/// Version of a resource: 1 when created, one more with each change. Shown as a strong ETag `"<version>"`.
pub type Version = i64;

/// What the caller says about the version it wants to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Any version will do (`If-Match: *`, or an upsert by a machine).
    Any,
    /// Only one of these.
    OneOf(Vec<Version>),
}

impl Expected {
    /// Whether `current` is what the caller expects.
    pub fn allows(&self, current: Version) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&current),
        }
    }
}
