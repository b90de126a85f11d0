//! Who acts, where and when: passed to every service function, fixed for the length of one request.

use std::sync::Arc;

use uuid::Uuid;

use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, HotelId, Ids};

/// Kind of an actor, as the audit log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A member of staff, through the API.
    Staff,
    /// An operator at the command line.
    Operator,
    /// The server itself, in the background.
    System,
    /// A guest, through a link that needs no login.
    Guest,
}

impl ActorKind {
    /// Stable code for storage and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Operator => "operator",
            Self::System => "system",
            Self::Guest => "guest",
        }
    }
}

/// Whoever acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// What it is.
    pub kind: ActorKind,
    /// Its account, or the guest; the nil id for operators, the system and guests without a profile.
    pub id: ActorId,
}

impl Actor {
    /// The server itself.
    pub const SYSTEM: Self = Self { kind: ActorKind::System, id: ActorId(Uuid::nil()) };
    /// An operator at the command line.
    pub const OPERATOR: Self = Self { kind: ActorKind::Operator, id: ActorId(Uuid::nil()) };
}

/// Which hotels of the group the actor may look into. Objects of the group as a whole are seen by all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Every hotel of the group.
    WholeGroup,
    /// Only these.
    Hotels(Vec<HotelId>),
}

impl Sight {
    /// Whether something kept by `hotel` (`None`: by the group) may be seen.
    pub fn covers(&self, hotel: Option<HotelId>) -> bool {
        match (self, hotel) {
            (Self::WholeGroup, _) | (_, None) => true,
            (Self::Hotels(hotels), Some(hotel)) => hotels.contains(&hotel),
        }
    }
}

/// The context of one request or background step.
#[derive(Clone)]
pub struct Ctx {
    /// The tenant.
    pub group: GroupId,
    /// Who acts.
    pub actor: Actor,
    /// What the actor may see.
    pub sight: Sight,
    /// Request id for the audit log: 1–64 printable ASCII characters.
    pub request_id: String,
    /// The present.
    pub now: Instant,
    /// Source of new ids.
    pub ids: Arc<dyn Ids>,
}

impl Ctx {
    /// A new identifier.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        self.ids.next().into()
    }

    /// The instant of a change to something last changed at `previous`: always later, so that the order of
    /// instants is the order of versions even when two servers' clocks disagree.
    pub fn after(&self, previous: Instant) -> Instant {
        self.now.max(previous.next())
    }
}
