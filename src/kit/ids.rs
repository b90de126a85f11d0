//! Identifiers: one newtype a kind of thing, all UUID version 7, and the only place that makes new ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares an identifier newtype over [`Uuid`] that prints, parses and serialises as the plain UUID.
macro_rules! id {
    ($($(#[$meta:meta])* $name:ident;)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl From<$name> for Uuid {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(value).map(Self)
            }
        }
    )+ };
}

id! {
    /// A hotel group: the tenant. A lone hotel is a group of one.
    GroupId;
    /// A hotel of a group.
    HotelId;
    /// A department of one hotel.
    DepartmentId;
    /// A staff account.
    StaffId;
    /// What one staff account may do at one hotel or in the whole group.
    MembershipId;
    /// A login and the family of refresh tokens that came from it.
    SessionId;
    /// A guest profile.
    GuestId;
    /// A note on a guest.
    NoteId;
    /// A link between two guests.
    RelationshipId;
    /// A merge of two guest profiles.
    MergeId;
    /// A pair of guests that may be one person.
    DuplicateId;
    /// A business partner.
    PartnerId;
    /// A category or item of the preference catalogue.
    DefinitionId;
    /// A consent of a guest.
    ConsentId;
    /// A preference of a guest.
    PreferenceId;
    /// A stay.
    StayId;
    /// An item of a preference plan.
    PlanItemId;
    /// A complaint.
    ComplaintId;
    /// Something done, or to be done, for a guest who complained.
    SolutionId;
    /// A message about a complaint.
    MessageId;
    /// A file added to a complaint.
    AttachmentId;
    /// A link between two complaints.
    ComplaintLinkId;
    /// A problem: what complaints have in common.
    ProblemId;
    /// Something done so that a problem ends.
    CorrectiveActionId;
    /// A budget.
    BudgetId;
    /// A row of the cost ledger.
    CostEntryId;
    /// What a cost was booked for: the id of a thing of some other slice.
    SubjectId;
    /// A setting of complaints: a category, a sub-cause, the routing rules, a message template.
    ComplaintSettingId;
    /// A calendar of a group's own.
    ServiceCalendarId;
    /// A shift on duty.
    DutyShiftId;
    /// A background job.
    JobId;
    /// A row of the audit log.
    AuditId;
    /// A row of the change feed.
    EventId;
    /// Whoever acted: a staff account, or the nil id for the system itself.
    ActorId;
    /// A lease holder: one running process.
    WorkerId;
}

/// Source of new identifiers. Tests pass in a counting one.
pub trait Ids: Send + Sync {
    /// Returns an identifier never returned before, ordered by time of creation.
    fn next(&self) -> Uuid;
}

/// The real source: UUID version 7 (RFC 9562 5.7), so keys sort by creation.
#[derive(Debug, Default, Clone, Copy)]
pub struct TimeOrderedIds;

impl Ids for TimeOrderedIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes new ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
