//! What a problem is, what a complaint has to share with it, and what is done about it.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};

use crate::codes;
pub use crate::complaint_settings::model::CauseCategory;
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, CorrectiveActionId, GroupId, HotelId, ProblemId, StaffId};
use crate::kit::text::fold;
use crate::kit::version::Version;

codes! {
    /// How far a problem has come.
    ProblemStatus {
        /// Something comes back; it is not known why.
        Open = "open",
        /// It is known what lies beneath.
        Analysed = "analysed",
        /// What was done works.
        Resolved = "resolved",
        /// It is over: what comes back from now on is a problem of its own.
        Closed = "closed",
    }
    /// What complaints of a problem share.
    ProblemKind {
        /// The thing that failed.
        Asset = "asset",
        /// The room, and the category of the cause.
        Room = "room",
        /// The cause, and the department that answers for it.
        Cause = "cause",
    }
    /// What a problem still needs to be resolved.
    ProblemNeed {
        /// It has to be found out what lies beneath.
        Analysis = "analysis",
        /// Every corrective action must be verified or called off.
        ActionsSettled = "actions_settled",
        /// A corrective action must have been verified since the problem last came back.
        VerifiedAction = "verified_action",
    }
    /// How a complaint came to its problem.
    ProblemStanding {
        /// It shares what repeats.
        ByItself = "by_itself",
        /// Somebody put it there.
        ByHand = "by_hand",
        /// Somebody took it out; it is not counted to a problem by itself again.
        Left = "left",
    }
    /// What a corrective action is.
    CorrectiveActionType {
        /// Something is mended or replaced.
        Repair = "repair",
        /// Work is done in another way.
        Procedure = "procedure",
        /// People learn something.
        Training = "training",
        /// More people, or others.
        Staffing = "staffing",
        /// A supplier changes something, or is changed.
        Supplier = "supplier",
        /// What is sold, or where, is made in another way.
        Design = "design",
        /// Anything else.
        Other = "other",
    }
    /// How far a corrective action has come.
    CorrectiveActionStatus {
        /// It is to be done.
        Planned = "planned",
        /// It is being done.
        InProgress = "in_progress",
        /// It was done; nobody else has looked.
        Done = "done",
        /// It was done, and works.
        Verified = "verified",
        /// It was called off.
        Cancelled = "cancelled",
    }
    /// What whoever looked found.
    CorrectiveActionResult {
        /// It works.
        Effective = "effective",
        /// It does not: the action goes on.
        NotEffective = "not_effective",
    }
}

/// What complaints have to share, the narrowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repeats {
    /// The same thing failed.
    Asset(String),
    /// The same category of causes in the same room; with none, the same room.
    Room(String, Option<CauseCategory>),
    /// The same exact cause in the same department.
    SubCause(String, String),
    /// The same category of causes in the same department: too general to open a problem by itself.
    Cause(CauseCategory, String),
}

impl Repeats {
    /// The key under which it is stored: capitals, accents and widths do not matter.
    pub fn key(&self) -> String {
        match self {
            Self::Asset(asset) => format!("asset/{}", fold(asset)),
            Self::Room(room, Some(cause)) => format!("room/{}/{}", cause.code(), fold(room)),
            Self::Room(room, None) => format!("room//{}", fold(room)),
            Self::SubCause(cause, department) => format!("sub_cause/{department}/{cause}"),
            Self::Cause(cause, department) => format!("cause/{department}/{}", cause.code()),
        }
    }

    /// Whether two complaints that share it make a problem by themselves.
    pub const fn opens(&self) -> bool {
        !matches!(self, Self::Cause(..))
    }

    /// What it is called.
    pub const fn kind(&self) -> ProblemKind {
        match self {
            Self::Asset(_) => ProblemKind::Asset,
            Self::Room(..) => ProblemKind::Room,
            Self::SubCause(..) | Self::Cause(..) => ProblemKind::Cause,
        }
    }

    /// A title for who gives none: the codes themselves, which need no language.
    pub fn title(&self) -> String {
        match self {
            Self::Asset(asset) => asset.clone(),
            Self::Room(room, Some(cause)) => format!("{room} · {}", cause.code()),
            Self::Room(room, None) => room.clone(),
            Self::SubCause(cause, department) => format!("{cause} · {department}"),
            Self::Cause(cause, department) => format!("{} · {department}", cause.code()),
        }
    }
}

/// What of a complaint can repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// Its hotel.
    pub hotel_id: HotelId,
    /// When the hotel heard of it.
    pub received_at: Instant,
    /// Whether it counts: not merged, rejected or withdrawn.
    pub counts: bool,
    /// What it can share with others, the narrowest first; nothing before it is recorded.
    pub repeats: Vec<Repeats>,
}

/// What is neither filtered by nor summed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProblemDetails {
    /// What lies beneath.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// What helps until it is put right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
    /// Whether it was opened by itself.
    pub by_itself: bool,
    /// When and by whom it was found out what lies beneath.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysed: Option<(Instant, ActorId)>,
    /// When and by whom it was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<(Instant, ActorId)>,
    /// When and by whom it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<(Instant, ActorId)>,
    /// When it last came back, and why, if somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopened: Option<(Instant, Option<String>)>,
    /// When and by whom guests were last told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notified: Option<(Instant, ActorId)>,
}

/// A problem of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceProblem {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: ProblemId,
    /// Its hotel.
    pub hotel_id: HotelId,
    /// How far it has come.
    pub status: ProblemStatus,
    /// What it is, in a line.
    pub title: String,
    /// What repeats.
    pub repeats: Repeats,
    /// Who sees to it.
    pub owner_id: Option<StaffId>,
    /// How many complaints count to it.
    pub complaint_count: i64,
    /// When the first and the last of them were received.
    pub seen: Option<(Instant, Instant)>,
    /// How often it came back after it was resolved.
    pub reopen_count: i32,
    /// The rest.
    pub details: ProblemDetails,
    /// Its version.
    pub version: Version,
    /// When and by whom it was opened.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl ServiceProblem {
    /// Whether something can be done about it.
    pub const fn is_live(&self) -> bool {
        matches!(self.status, ProblemStatus::Open | ProblemStatus::Analysed)
    }

    /// When it was seen, or opened while nothing was.
    pub fn window(&self) -> (Instant, Instant) {
        self.seen.unwrap_or((self.created.0, self.created.0))
    }
}

/// A complaint that belongs to a problem, or was taken out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// The problem.
    pub problem_id: ProblemId,
    /// How it came there.
    pub standing: ProblemStanding,
    /// Whether it counts.
    pub counts: bool,
    /// When the hotel heard of it.
    pub received_at: Instant,
    /// When and by whom it was put there or taken out.
    pub since: (Instant, ActorId),
}

/// What has no column of a corrective action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActionDetails {
    /// When and by whom it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<(Instant, ActorId)>,
    /// When and by whom it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<(Instant, StaffId)>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_note: Option<String>,
    /// What whoever looked found, when, and who it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<(Instant, ActorId, CorrectiveActionResult)>,
    /// Note of whoever looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_note: Option<String>,
    /// When, by whom and why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<(Instant, ActorId, String)>,
}

/// Something done so that a problem ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectiveAction {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: CorrectiveActionId,
    /// Its problem.
    pub problem_id: ProblemId,
    /// The hotel of the problem.
    pub hotel_id: HotelId,
    /// What it is.
    pub kind: CorrectiveActionType,
    /// How far it has come.
    pub status: CorrectiveActionStatus,
    /// What is to be done.
    pub description: String,
    /// Code of the department that does it.
    pub department: String,
    /// Who sees to it.
    pub owner_id: Option<StaffId>,
    /// The day by whose end it is to be done, where the hotel is.
    pub due_on: NaiveDate,
    /// When it is too late; absent when nothing is left to do.
    pub overdue_at: Option<Instant>,
    /// The rest.
    pub details: ActionDetails,
    /// Its version.
    pub version: Version,
    /// When and by whom it was planned.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl CorrectiveAction {
    /// Whether nothing is left to do or to look at.
    pub const fn is_settled(&self) -> bool {
        matches!(self.status, CorrectiveActionStatus::Verified | CorrectiveActionStatus::Cancelled)
    }

    /// Whether somebody else found that it works, after an instant.
    pub fn verified_after(&self, at: Option<Instant>) -> bool {
        let found = self.details.verified.filter(|_| self.status == CorrectiveActionStatus::Verified);
        found.is_some_and(|(when, _, _)| at.is_none_or(|at| when > at))
    }
}

/// When a day is over where a hotel is; `None` for the last day of the calendar.
pub fn end_of_day(hotel: &Hotel, day: NaiveDate) -> Option<Instant> {
    let midnight = day.succ_opt()?.and_time(NaiveTime::MIN);
    let zone = hotel.time_zone.0;
    // Where clocks skip midnight, the day is over when they have.
    let skipped = || zone.from_local_datetime(&(midnight + TimeDelta::hours(1))).earliest();
    let found = zone.from_local_datetime(&midnight).earliest().or_else(skipped);
    found.map(|at| Instant::from(at.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::{CauseCategory, Repeats};

    #[test]
    fn keys_tell_apart_what_is_different_and_nothing_else() {
        let room = |room: &str, cause| Repeats::Room(room.to_owned(), cause).key();
        let (price, external) = (Some(CauseCategory::Price), Some(CauseCategory::External));
        assert_eq!(room("Ａ-101", price), room("a-101", price));
        assert_ne!(room("101", price), room("101", external));
        assert_ne!(room("101", price), room("101", None));
        assert_ne!(room("101", price), room("102", price));
        assert_ne!(Repeats::Asset("101".into()).key(), room("101", None));
        let cause = |code: &str, place: &str| Repeats::SubCause(code.into(), place.into()).key();
        assert_ne!(cause("noise", "housekeeping"), cause("noise", "engineering"));
        assert_ne!(
            Repeats::Cause(CauseCategory::Price, "sales".into()).key(),
            Repeats::SubCause("price".into(), "sales".into()).key()
        );
    }
}
