//! Service levels: the codes complaints are measured by, targets, and rules that say which targets hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::kit::ids::HotelId;

codes! {
    /// How grave a complaint is.
    Severity {
        /// Put right on the spot.
        Minor = "minor",
        /// What a department settles.
        General = "general",
        /// What the management has to know.
        Major = "major",
        /// Danger to people, to the house or to its name: its clocks run round the clock.
        Crisis = "crisis",
    }

    /// How a complaint came in.
    ComplaintChannel {
        /// At the desk or anywhere in the house, face to face.
        FrontDesk = "front_desk",
        /// By telephone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// Through a form of the web site.
        Web = "web",
        /// Through the app.
        App = "app",
        /// By WeChat.
        Wechat = "wechat",
        /// In the answer to a survey.
        Survey = "survey",
        /// In a review at an online travel agency.
        OtaReview = "ota_review",
        /// In social media.
        Social = "social",
        /// Through a business partner.
        Partner = "partner",
        /// By letter.
        Letter = "letter",
    }

    /// What is measured of a complaint.
    ClockKind {
        /// Until the guest knows that the complaint has arrived.
        Acknowledge = "acknowledge",
        /// Until somebody is with the guest.
        Attend = "attend",
        /// Until it is known what happened.
        Investigate = "investigate",
        /// Until it is put right.
        Resolve = "resolve",
    }

    /// A day of the week.
    Weekday {
        /// The first working day of most weeks.
        Monday = "monday",
        /// The second day.
        Tuesday = "tuesday",
        /// The third day.
        Wednesday = "wednesday",
        /// The fourth day.
        Thursday = "thursday",
        /// The fifth day.
        Friday = "friday",
        /// The sixth day.
        Saturday = "saturday",
        /// The seventh day.
        Sunday = "sunday",
    }

    /// How the time of a target is told.
    TargetKind {
        /// Minutes of the calendar's opening hours.
        Elapsed = "elapsed",
        /// Until the close of a later working day.
        WorkingDays = "working_days",
    }
}

/// Names by language, BCP 47.
pub type Names = BTreeMap<String, String>;

/// Most minutes a target may be told in: a year.
pub const MOST_MINUTES: u32 = 527_040;
/// Most working days a target may be told in.
pub const MOST_DAYS: u32 = 366;
/// When to warn unless a rule says otherwise, per cent of the target.
pub const USUAL_WARNING: u8 = 75;

/// A stretch of a calendar's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// So many minutes of opening hours; 0 is over at once.
    Minutes(u32),
    /// Until the close of the n-th working day after the day of the start; 0 is over at once.
    WorkingDays(u32),
}

/// The limit that the departure of a guest in the house sets: so that it is put right while the guest is
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeDeparture {
    /// How long before the departure, in minutes.
    pub margin_minutes: u32,
    /// What there is time for at least, in minutes from the start, however near the departure is.
    pub least_minutes: u32,
}

/// What a clock runs to: the end of the span or, for a guest in the house, the limit that the departure sets
/// when it is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The span of calendar time.
    pub span: Span,
    /// The limit before a departure; absent when departures do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_departure: Option<BeforeDeparture>,
}

/// The target of one clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockTarget {
    /// The clock.
    pub clock: ClockKind,
    /// What it runs to.
    #[serde(flatten)]
    pub target: Target,
    /// Code of the calendar it runs in.
    pub calendar: String,
    /// When to warn, 1–100 per cent of the target.
    #[serde(default = "usual_warning")]
    pub warn_percent: u8,
    /// Whether it runs for guests in the house only.
    #[serde(default)]
    pub in_house_only: bool,
}

const fn usual_warning() -> u8 {
    USUAL_WARNING
}

/// A rule: which complaints it is for, and their targets. An empty condition holds for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its code, unique in the list.
    pub code: String,
    /// Its names.
    pub names: Names,
    /// Only complaints at these hotels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hotels: Vec<HotelId>,
    /// Only complaints as grave as these; one whose severity is not known yet is none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Severity>,
    /// Only complaints that came in like this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ComplaintChannel>,
    /// Targets, at most one a clock. A clock without one does not run.
    pub targets: Vec<ClockTarget>,
    /// Days after the close on which the guest is asked whether all is well; absent when nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_after_days: Option<u32>,
}

impl Rule {
    /// Whether every complaint meets its conditions.
    pub const fn is_for_all(&self) -> bool {
        self.hotels.is_empty() && self.severities.is_empty() && self.channels.is_empty()
    }

    /// Whether a complaint meets its conditions.
    pub fn is_for(&self, hotel: HotelId, severity: Option<Severity>, channel: ComplaintChannel) -> bool {
        let grave = || severity.is_some_and(|severity| self.severities.contains(&severity));
        (self.hotels.is_empty() || self.hotels.contains(&hotel))
            && (self.severities.is_empty() || grave())
            && (self.channels.is_empty() || self.channels.contains(&channel))
    }
}
