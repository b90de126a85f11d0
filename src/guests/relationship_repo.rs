//! Rows of links between guests.

use diesel::prelude::*;

use crate::db::schema::guest_relationships as links;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::guests::relationships::{Relation, Relationship};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, RelationshipId};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = links)]
struct LinkRow {
    group_id: GroupId,
    id: RelationshipId,
    guest_id: GuestId,
    other_guest_id: GuestId,
    origin_guest_id: GuestId,
    origin_other_id: GuestId,
    relation: String,
    inverse_relation: String,
    travels_together: bool,
    comment: Option<String>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
}

impl From<LinkRow> for Relationship {
    fn from(row: LinkRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            guest_id: row.guest_id,
            other_guest_id: row.other_guest_id,
            origin_guest_id: row.origin_guest_id,
            origin_other_id: row.origin_other_id,
            relation: Relation::of(&row.relation).unwrap_or(Relation::Other),
            travels_together: row.travels_together,
            comment: row.comment,
            version: row.version,
            created: (row.created_at, row.created_by),
        }
    }
}

/// One link.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: RelationshipId) -> DbResult<Option<Relationship>> {
    let row = links::table
        .filter(links::group_id.eq(group))
        .filter(links::id.eq(id))
        .select(LinkRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Relationship::from))
}

/// A page of the links of a guest, at either end, oldest first. A link whose ends became one guest is not shown.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    after: Option<RelationshipId>,
    limit: i64,
) -> DbResult<(Vec<Relationship>, Option<RelationshipId>)> {
    let mut query = links::table
        .into_boxed::<MultiBackend>()
        .filter(links::group_id.eq(group))
        .filter(links::guest_id.eq(guest).or(links::other_guest_id.eq(guest)))
        .filter(links::guest_id.ne(links::other_guest_id));
    if let Some(after) = after {
        query = query.filter(links::id.gt(after));
    }
    let rows = query.order(links::id).limit(limit + 1).select(LinkRow::as_select()).load(reads.conn())?;
    let mut found: Vec<Relationship> = rows.into_iter().map(Relationship::from).collect();
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|link| link.id);
    Ok((found, next))
}

/// Writes a new link.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, link: &Relationship) -> DbResult<()> {
    let Relationship {
        group,
        id,
        guest_id,
        other_guest_id,
        origin_guest_id,
        origin_other_id,
        relation,
        travels_together,
        comment,
        version,
        created,
    } = link.clone();
    let row = LinkRow {
        group_id: group,
        id,
        guest_id,
        other_guest_id,
        origin_guest_id,
        origin_other_id,
        relation: relation.code().to_owned(),
        inverse_relation: relation.inverse().code().to_owned(),
        travels_together,
        comment,
        version,
        created_at: created.0,
        created_by: created.1,
    };
    diesel::insert_into(links::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Removes a link.
///
/// # Errors
/// When the database fails.
pub fn delete(tx: &mut Tx<'_>, group: GroupId, id: RelationshipId) -> DbResult<()> {
    diesel::delete(links::table.filter(links::group_id.eq(group)).filter(links::id.eq(id)))
        .execute(tx.conn())?;
    Ok(())
}
