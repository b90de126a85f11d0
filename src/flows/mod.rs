//! Floor 4: what needs more than one slice in one transaction.

pub mod arrivals;
pub mod drafts;
pub mod duplicate_scan;
pub mod imports;
pub mod improvements;
pub mod overview;
pub mod timeline;
pub mod withdrawal;
