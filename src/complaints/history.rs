//! What a complaint that was taken over from another system brought with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::complaints::model::ComplaintStatus;
use crate::kit::clock::Instant;
use crate::kit::version::Version;

codes! {
    /// In what way the history of a complaint is not what could have happened here.
    OddKind {
        /// It began in another status than `received`.
        Began = "began",
        /// A status that the work asks for was passed over.
        Skipped = "skipped",
        /// It was opened again longer after its end than can be done here.
        TooOld = "too_old",
        /// An event is told to have been earlier than the one told before it.
        WentBack = "went_back",
        /// An event is told to have been before the complaint itself.
        BeforeReceipt = "before_receipt",
    }
}

/// Something in a history that could not have happened here, and was taken as told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddMove {
    /// In what way.
    pub kind: OddKind,
    /// When, as told.
    pub at: Instant,
    /// The status before; absent at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ComplaintStatus>,
    /// The status after.
    pub to: ComplaintStatus,
}

/// To whom a complaint was given, in the words of the other system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// When.
    pub at: Instant,
    /// The group or department; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The person; absent for nobody yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// What a complaint that was taken over brought with it. What was before it came is taken as told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When it was taken over: what was due by then raises no warning.
    pub told_at: Instant,
    /// The sender's own verdict whether the service level was kept; absent when it gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// When it was resolved as the sender says, where its events say otherwise. The last round has this instant too,
    /// unless it began later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Instant>,
    /// When it was resolved as the events say, where the sender says otherwise or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by_events: Option<Instant>,
    /// Events it was made of; 0 for one that came as it stood, without its past.
    #[serde(default)]
    pub events: usize,
    /// The version of the complaint that was made of it: a later one was worked on here.
    #[serde(default)]
    pub version: Version,
    /// When the first of the events was; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event_at: Option<Instant>,
    /// To whom it was given, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
    /// What could not have happened here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub odd_moves: Vec<OddMove>,
}

impl History {
    /// That of a complaint which came as it stood.
    pub const fn untold(told_at: Instant) -> Self {
        Self {
            told_at,
            in_time: None,
            resolved_at: None,
            resolved_by_events: None,
            events: 0,
            version: 0,
            first_event_at: None,
            assignments: Vec::new(),
            odd_moves: Vec::new(),
        }
    }

    /// Whether it has a past, and not only came from somewhere.
    pub const fn is_replayed(&self) -> bool {
        self.events > 0
    }
}

/// How often each odd move was met, by kind and statuses.
pub type OddCounts = BTreeMap<(OddKind, Option<ComplaintStatus>, ComplaintStatus), u64>;
