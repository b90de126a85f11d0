//! Rows of links between complaints: the smaller id first, so that a pair stands here once a type, whichever side made it.

use diesel::prelude::*;

use crate::complaints::links::{ComplaintLinkType, Link};
use crate::db::schema::complaint_links;
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, ComplaintLinkId, GroupId};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_links)]
struct LinkRow {
    group_id: GroupId,
    id: ComplaintLinkId,
    first_id: ComplaintId,
    second_id: ComplaintId,
    kind: String,
    forward: bool,
    created_at: Instant,
    created_by: ActorId,
}

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Self {
        let LinkRow { group_id: _, id, first_id, second_id, kind, forward, created_at, created_by } = row;
        let (from, to) = if forward { (first_id, second_id) } else { (second_id, first_id) };
        // The column has a check: no other code can stand there.
        let kind = ComplaintLinkType::of(&kind).unwrap_or(ComplaintLinkType::Related);
        Self { id, from, to, kind, created: (created_at, created_by) }
    }
}

/// Links of a complaint from either side behind one, the oldest first; at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn of(
    reads: &mut impl Reads,
    group: GroupId,
    complaint: ComplaintId,
    after: Option<ComplaintLinkId>,
    limit: i64,
) -> DbResult<Vec<Link>> {
    let either = complaint_links::first_id.eq(complaint).or(complaint_links::second_id.eq(complaint));
    let mut query = complaint_links::table
        .into_boxed::<MultiBackend>()
        .filter(complaint_links::group_id.eq(group))
        .filter(either);
    if let Some(after) = after {
        query = query.filter(complaint_links::id.gt(after));
    }
    let rows: Vec<LinkRow> =
        query.order(complaint_links::id).limit(limit).select(LinkRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(Link::from).collect())
}

/// One link.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: ComplaintLinkId) -> DbResult<Option<Link>> {
    let row: Option<LinkRow> = complaint_links::table
        .filter(complaint_links::group_id.eq(group))
        .filter(complaint_links::id.eq(id))
        .select(LinkRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Link::from))
}

/// Writes a new link. `None` when the two are linked so already, either way round.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, group: GroupId, link: &Link) -> DbResult<Option<()>> {
    let forward = link.from < link.to;
    let (first_id, second_id) = if forward { (link.from, link.to) } else { (link.to, link.from) };
    let rows = [LinkRow {
        group_id: group,
        id: link.id,
        first_id,
        second_id,
        kind: link.kind.code().to_owned(),
        forward,
        created_at: link.created.0,
        created_by: link.created.1,
    }];
    dialect::unless_taken(tx, |tx| insert_all!(tx, complaint_links::table, &rows))
}

/// Takes a link away; `false` when it is gone.
///
/// # Errors
/// When the database fails.
pub fn delete(tx: &mut Tx<'_>, group: GroupId, id: ComplaintLinkId) -> DbResult<bool> {
    let row =
        complaint_links::table.filter(complaint_links::group_id.eq(group)).filter(complaint_links::id.eq(id));
    Ok(diesel::delete(row).execute(tx.conn())? == 1)
}
