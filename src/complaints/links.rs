//! What complaints have to do with each other. A link is written with a new version of the complaint it is made on, and
//! seen from both.

use serde_json::{Value, json};

use crate::codes;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::Complaint;
use crate::complaints::service::{get, save};
use crate::complaints::{link_repo, repo};
use crate::db::{DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, ComplaintLinkId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;

/// Most links of a complaint.
const MOST: usize = 100;
/// The version of every link: none is ever changed.
pub const VERSION: i64 = 1;

codes! {
    /// What a complaint has to do with another one.
    ComplaintLinkType {
        /// It is about the same, told once more.
        DuplicateOf = "duplicate_of",
        /// It would not have come about without the other one.
        CausedBy = "caused_by",
        /// It came after the other one, about what became of it.
        Follows = "follows",
        /// They have something to do with each other.
        Related = "related",
    }
    /// What a complaint has to do with another one, as it is seen from either side.
    ComplaintRelation {
        /// It is about the same, told once more.
        DuplicateOf = "duplicate_of",
        /// The other one is about the same, told once more.
        DuplicatedBy = "duplicated_by",
        /// It would not have come about without the other one.
        CausedBy = "caused_by",
        /// The other one would not have come about without it.
        Causes = "causes",
        /// It came after the other one, about what became of it.
        Follows = "follows",
        /// The other one came after it.
        FollowedBy = "followed_by",
        /// They have something to do with each other.
        Related = "related",
    }
}

impl ComplaintLinkType {
    /// What it is called from the side where it was made (`forward`), or from the other one.
    pub const fn seen(self, forward: bool) -> ComplaintRelation {
        match (self, forward) {
            (Self::DuplicateOf, true) => ComplaintRelation::DuplicateOf,
            (Self::DuplicateOf, false) => ComplaintRelation::DuplicatedBy,
            (Self::CausedBy, true) => ComplaintRelation::CausedBy,
            (Self::CausedBy, false) => ComplaintRelation::Causes,
            (Self::Follows, true) => ComplaintRelation::Follows,
            (Self::Follows, false) => ComplaintRelation::FollowedBy,
            (Self::Related, _) => ComplaintRelation::Related,
        }
    }
}

/// A link between two complaints, as it is stored: from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: ComplaintLinkId,
    /// The complaint that has something to do with the other one.
    pub from: ComplaintId,
    /// The other one.
    pub to: ComplaintId,
    /// What.
    pub kind: ComplaintLinkType,
    /// When and by whom it was made.
    pub created: (Instant, ActorId),
}

/// A link as it is seen from a complaint, with the other one.
#[derive(Debug, Clone)]
pub struct SeenLink {
    /// The link.
    pub link: Link,
    /// What the complaint has to do with the other one.
    pub relation: ComplaintRelation,
    /// The other one.
    pub other: Complaint,
}

/// A page of the links of a complaint, the oldest first, and where the next one starts. Links to complaints the caller may
/// not see are left out.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ComplaintId,
    after: Option<ComplaintLinkId>,
    limit: i64,
) -> Result<(Vec<SeenLink>, Option<ComplaintLinkId>), ComplaintError> {
    get(reads, cx, id)?;
    let mut found = link_repo::of(reads, cx.group, id, after, limit.saturating_add(1))?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| last.id);
    Ok((seen_from(reads, cx, id, &found)?, next))
}

fn seen_from(reads: &mut impl Reads, cx: &Ctx, id: ComplaintId, links: &[Link]) -> DbResult<Vec<SeenLink>> {
    let far = |link: &Link| if link.from == id { link.to } else { link.from };
    let ids: Vec<ComplaintId> = links.iter().map(far).collect();
    let mut others = repo::find_many(reads, cx.group, &ids)?;
    others.retain(|_, other| cx.sight.covers(Some(other.hotel_id)));
    let seen = |link: &Link| {
        let other = others.get(&far(link))?.clone();
        Some(SeenLink { link: *link, relation: link.kind.seen(link.from == id), other })
    };
    Ok(links.iter().filter_map(seen).collect())
}

/// Says what a complaint has to do with another one, both of which the caller may see.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Invalid`] when the other one is not to be seen, or is itself,
/// [`ComplaintError::State`] when the two are linked so already, either way round, or with too many links.
pub fn link(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    other: ComplaintId,
    kind: ComplaintLinkType,
) -> Result<SeenLink, ComplaintError> {
    repo::hold(tx, cx.group, id)?;
    let old = get(tx, cx, id)?;
    if other == id {
        let text = "must be another complaint";
        return Err(ComplaintError::invalid_at("/other_complaint_id", "itself", text));
    }
    let far = match get(tx, cx, other) {
        Ok(far) => far,
        Err(ComplaintError::NotFound) => {
            let text = "is not a complaint you can see";
            return Err(ComplaintError::invalid_at("/other_complaint_id", "unknown_reference", text));
        }
        Err(error) => return Err(error),
    };
    let wanted = i64::try_from(MOST).unwrap_or(i64::MAX);
    if link_repo::of(tx, cx.group, id, None, wanted)?.len() >= MOST {
        return Err(ComplaintError::State("complaint_links"));
    }
    let created = (cx.after(old.updated.0), cx.actor.id);
    let made = Link { id: cx.new_id(), from: id, to: other, kind, created };
    link_repo::insert(tx, cx.group, &made)?.ok_or(ComplaintError::State("complaint_linked"))?;
    save(tx, cx, "complaint.linked", &old, old.clone(), Some((None, told(&old, &far, &made))))?;
    Ok(SeenLink { link: made, relation: kind.seen(true), other: far })
}

/// Takes a link away; that is written down with the complaint on which it was made. A link to a complaint the caller may not see is none.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`].
pub fn unlink(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    link: ComplaintLinkId,
    expected: &Expected,
) -> Result<(), ComplaintError> {
    let found = link_repo::find(tx, cx.group, link)?.ok_or(ComplaintError::NotFound)?;
    repo::hold(tx, cx.group, found.from)?;
    let old = get(tx, cx, found.from)?;
    let seen = seen_from(tx, cx, found.from, &[found])?.pop().ok_or(ComplaintError::NotFound)?;
    if !expected.allows(VERSION) || !link_repo::delete(tx, cx.group, link)? {
        return Err(ComplaintError::Stale);
    }
    let gone = told(&old, &seen.other, &found);
    save(tx, cx, "complaint.unlinked", &old, old.clone(), Some((Some(gone), Value::Null)))?;
    Ok(())
}

/// The link as log and feed keep it. A complaint of another hotel is not named to those who read of this one.
fn told(own: &Complaint, other: &Complaint, link: &Link) -> Value {
    let relation = link.kind.seen(link.from == own.id);
    if own.hotel_id == other.hotel_id {
        return json!({ "link": { "id": link.id, "relation": relation, "complaint_id": other.id } });
    }
    json!({ "link": { "id": link.id, "relation": relation } })
}
