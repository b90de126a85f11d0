//! Links between guests: family, friends, colleagues, and who travels together. Each is one row, read from both ends.

use serde_json::json;

use crate::codes;
use crate::db::{Reads, Tx};
use crate::guests::error::GuestError;
use crate::guests::model::{Guest, GuestStatus};
use crate::guests::{relationship_repo, repo, service};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, RelationshipId};
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};

codes! {
    /// What the other guest is to this one.
    Relation {
        /// Husband or wife.
        Spouse = "spouse",
        /// Partner.
        Partner = "partner",
        /// Father or mother.
        Parent = "parent",
        /// Son or daughter.
        Child = "child",
        /// Brother or sister.
        Sibling = "sibling",
        /// Another relative.
        Relative = "relative",
        /// Friend.
        Friend = "friend",
        /// Colleague.
        Colleague = "colleague",
        /// Superior at work.
        Superior = "superior",
        /// Subordinate at work.
        Subordinate = "subordinate",
        /// The one this guest assists.
        Principal = "principal",
        /// Assistant of this guest.
        Assistant = "assistant",
        /// Travels along.
        Companion = "companion",
        /// Anything else.
        Other = "other",
    }
}

impl Relation {
    /// What this guest is to the other one.
    pub const fn inverse(self) -> Self {
        match self {
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Superior => Self::Subordinate,
            Self::Subordinate => Self::Superior,
            Self::Principal => Self::Assistant,
            Self::Assistant => Self::Principal,
            same => same,
        }
    }
}

/// A link between two guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: RelationshipId,
    /// One guest.
    pub guest_id: GuestId,
    /// The other guest.
    pub other_guest_id: GuestId,
    /// The first end as recorded; another guest after a merge.
    pub origin_guest_id: GuestId,
    /// The other end as recorded.
    pub origin_other_id: GuestId,
    /// What the other guest is to the first.
    pub relation: Relation,
    /// Whether they travel together.
    pub travels_together: bool,
    /// A remark.
    pub comment: Option<String>,
    /// Its version.
    pub version: Version,
    /// When and by whom it was recorded.
    pub created: (Instant, ActorId),
}

/// A relationship seen from one guest, with the guest at the other end.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The relationship.
    pub relationship: Relationship,
    /// What the other guest is to the one looked from.
    pub relation: Relation,
    /// The guest at the other end.
    pub other: Guest,
}

/// A new relationship.
#[derive(Debug, Clone)]
pub struct Relate {
    /// The other guest.
    pub other_guest_id: GuestId,
    /// What the other guest is to this one.
    pub relation: Relation,
    /// Whether they travel together.
    pub travels_together: bool,
    /// A remark.
    pub comment: Option<String>,
}

/// The relationships of a guest whose other end the caller may see, oldest first.
///
/// # Errors
/// [`GuestError::NotFound`] for the guest.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    guest: GuestId,
    after: Option<RelationshipId>,
    limit: i64,
) -> Result<(Vec<Seen>, Option<RelationshipId>), GuestError> {
    let guest = service::resolve(reads, cx, guest)?;
    let (rows, next) = relationship_repo::list(reads, cx.group, guest.id, after, limit)?;
    let others: Vec<GuestId> = rows.iter().map(|row| far_end(row, guest.id)).collect();
    let found = repo::find_many(reads, cx.group, &others)?;
    let seen = rows.into_iter().filter_map(|row| {
        let other = found.get(&far_end(&row, guest.id))?;
        let shown = other.status != GuestStatus::Merged && cx.sight.covers(other.profile.private_to_hotel_id);
        shown.then(|| see(row, guest.id, other.clone()))
    });
    Ok((seen.collect(), next))
}

fn far_end(relationship: &Relationship, from: GuestId) -> GuestId {
    if relationship.guest_id == from { relationship.other_guest_id } else { relationship.guest_id }
}

fn see(relationship: Relationship, from: GuestId, other: Guest) -> Seen {
    let forward = relationship.guest_id == from;
    let relation = if forward { relationship.relation } else { relationship.relation.inverse() };
    Seen { relationship, relation, other }
}

/// Links two guests.
///
/// # Errors
/// [`GuestError::NotFound`] for the guest, [`GuestError::Invalid`] for the other one, [`GuestError::State`] when both are
/// the same.
pub fn relate(tx: &mut Tx<'_>, cx: &Ctx, guest: GuestId, new: Relate) -> Result<Seen, GuestError> {
    let [reached, other] = service::hold(tx, |tx| {
        let reached = service::resolve(tx, cx, guest)?;
        let other = service::resolve(tx, cx, new.other_guest_id).map_err(|error| match error {
            GuestError::NotFound => {
                GuestError::invalid_at("/other_guest_id", "unknown_reference", "is not a guest you can see")
            }
            failed => failed,
        })?;
        Ok([reached, other])
    })?;
    if reached.id == other.id {
        return Err(GuestError::State("relationship_same_guest"));
    }
    let row = Relationship {
        group: cx.group,
        id: cx.new_id(),
        guest_id: reached.id,
        other_guest_id: other.id,
        origin_guest_id: guest,
        origin_other_id: new.other_guest_id,
        relation: new.relation,
        travels_together: new.travels_together,
        comment: new.comment,
        version: 1,
        created: (cx.now, cx.actor.id),
    };
    relationship_repo::insert(tx, &row)?;
    record(tx, cx, change("relationship.created", narrowest(&reached, &other), cx.now, None, Some(&row)))?;
    Ok(see(row, reached.id, other))
}

/// Removes a link.
///
/// # Errors
/// [`GuestError::NotFound`] unless the caller may see both ends, [`GuestError::Stale`].
pub fn unrelate(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: RelationshipId,
    expected: &Expected,
) -> Result<(), GuestError> {
    let (row, first, second) = both_ends(tx, cx, id)?;
    if !expected.allows(row.version) {
        return Err(GuestError::Stale);
    }
    relationship_repo::delete(tx, cx.group, id)?;
    let at = cx.after(row.created.0);
    Ok(record(tx, cx, change("relationship.deleted", narrowest(&first, &second), at, Some(&row), None))?)
}

/// A relationship as it was recorded, seen from its first end.
///
/// # Errors
/// [`GuestError::NotFound`] unless the caller may see both ends.
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: RelationshipId) -> Result<Seen, GuestError> {
    let (row, first, second) = both_ends(reads, cx, id)?;
    Ok(see(row, first.id, second))
}

fn both_ends(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: RelationshipId,
) -> Result<(Relationship, Guest, Guest), GuestError> {
    let row = relationship_repo::find(reads, cx.group, id)?.ok_or(GuestError::NotFound)?;
    let first = service::get(reads, cx, row.guest_id)?;
    let second = service::get(reads, cx, row.other_guest_id)?;
    Ok((row, first, second))
}

/// Stands for "no one hotel": only group-wide staff see what is filed under it.
const NO_ONE_HOTEL: HotelId = HotelId(uuid::Uuid::nil());

/// A link is no more public than either end. Two guests private to different hotels are seen together by group-wide
/// staff alone.
fn narrowest(first: &Guest, second: &Guest) -> Option<HotelId> {
    match (first.profile.private_to_hotel_id, second.profile.private_to_hotel_id) {
        (Some(one), Some(other)) if one != other => Some(NO_ONE_HOTEL),
        (one, other) => one.or(other),
    }
}

fn change(
    action: &'static str,
    hotel: Option<HotelId>,
    at: Instant,
    before: Option<&Relationship>,
    after: Option<&Relationship>,
) -> Change {
    let document = |row: &Relationship| {
        json!({"guest_id": row.guest_id, "other_guest_id": row.other_guest_id, "relation": row.relation,
            "travels_together": row.travels_together, "comment": row.comment})
    };
    Change {
        action,
        subject_kind: "relationship",
        subject_id: after.or(before).map(|row| row.id.0).unwrap_or_default(),
        version: after.or(before).map_or(0, |row| row.version),
        hotel,
        at,
        before: before.map(document),
        after: after.map(document),
    }
}
