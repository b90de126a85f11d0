//! Words in which complaints are sorted: causes, severities, channels, priorities; and what all settings share.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::kit::version::Version;
pub use crate::service_levels::model::{ComplaintChannel, Severity};

codes! {
    /// Which part of the service failed.
    CauseCategory {
        /// What was sold was not what was delivered: a room, a meal, a thing.
        ProductQuality = "product_quality",
        /// Service was slow, careless or unkind.
        ServiceLevel = "service_level",
        /// Something was told wrongly, late or not at all.
        Information = "information",
        /// A price, a charge or a deposit.
        Price = "price",
        /// Something came late, damaged or not at all.
        Delivery = "delivery",
        /// The house was badly organised: overbooking, wrong order, no handover.
        InternalManagement = "internal_management",
        /// The guest expected what was never promised.
        GuestExpectation = "guest_expectation",
        /// Something outside the house's power.
        External = "external",
    }

    /// Where a failure came from.
    FailureOrigin {
        /// A person made a mistake.
        StaffError = "staff_error",
        /// A system, a process or the building failed.
        SystemDefect = "system_defect",
        /// The guest brought it about.
        GuestFactor = "guest_factor",
    }

    /// How soon something is to be taken up.
    Priority {
        /// When there is time.
        Low = "low",
        /// In turn.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    }



    /// What a message to a guest is for.
    TemplatePurpose {
        /// The complaint has arrived.
        Acknowledgement = "acknowledgement",
        /// How far it is.
        Update = "update",
        /// What is offered.
        Solution = "solution",
        /// An apology.
        Apology = "apology",
        /// It is closed.
        Closing = "closing",
        /// A request for the guest's own verdict.
        SurveyInvitation = "survey_invitation",
        /// What was improved because of it.
        ImprovementTold = "improvement_told",
        /// Anything else.
        Other = "other",
    }

    /// What is put into a message when it is written.
    TemplatePlaceholder {
        /// How the guest is addressed.
        GuestName = "guest_name",
        /// Name of the hotel.
        HotelName = "hotel_name",
        /// Number of the complaint.
        ComplaintNumber = "complaint_number",
        /// Who writes.
        StaffName = "staff_name",
        /// Until when something is done.
        DueAt = "due_at",
        /// What is offered.
        Solution = "solution",
        /// Where the guest gives a verdict.
        SurveyLink = "survey_link",
    }
}

impl Priority {
    /// The usual priority of a severity.
    pub const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Minor => Self::Low,
            Severity::General => Self::Normal,
            Severity::Major => Self::High,
            Severity::Crisis => Self::Urgent,
        }
    }

    /// One step higher; the highest stays.
    #[must_use]
    pub const fn raised(self) -> Self {
        match self {
            Self::Low => Self::Normal,
            Self::Normal => Self::High,
            Self::High | Self::Urgent => Self::Urgent,
        }
    }
}

/// Names by language, BCP 47.
pub type Names = BTreeMap<String, String>;

/// A setting with its version: 1 for what came with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined<T> {
    /// What is set.
    pub is: T,
    /// Its version.
    pub version: Version,
}

/// A word in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyword {
    /// BCP 47 tag.
    pub language: String,
    /// The word or words, 1 to 60 characters.
    pub text: String,
}

/// Names in Chinese and English.
pub(super) fn both(zh: String, en: String) -> Names {
    [("zh-CN".to_owned(), zh), ("en".to_owned(), en)].into()
}

/// Whether a text can be the code of a setting: 1 to 60 of a–z, 0–9, `_` and `-`.
pub fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{Priority, Severity, is_code};

    #[test]
    fn priorities_follow_severity_and_rise_by_one() {
        let usual: Vec<Priority> = Severity::ALL.iter().map(|one| Priority::of_severity(*one)).collect();
        assert_eq!(usual, Priority::ALL);
        let raised: Vec<Priority> = Priority::ALL.iter().map(|one| one.raised()).collect();
        assert_eq!(raised, [Priority::Normal, Priority::High, Priority::Urgent, Priority::Urgent]);
    }

    #[test]
    fn codes_are_plain_and_short() {
        assert!(is_code("food_safety") && is_code("a-1") && is_code(&"a".repeat(60)));
        for bad in ["", "A", "客房", "a b", "a/b", &"a".repeat(61)] {
            assert!(!is_code(bad), "{bad}");
        }
    }
}
