//! Rows of attachments. The group comes first, absent is `None`, no rules.

use diesel::prelude::*;

use crate::complaints::attachments::Attachment;
use crate::complaints::model::MessageVisibility;
use crate::db::schema::complaint_attachments;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, AttachmentId, ComplaintId, GroupId};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_attachments)]
struct AttachmentRow {
    group_id: GroupId,
    id: AttachmentId,
    complaint_id: ComplaintId,
    visibility: String,
    file_name: String,
    media_type: String,
    size_bytes: i64,
    sha256: String,
    created_at: Instant,
    created_by: ActorId,
}

impl From<&Attachment> for AttachmentRow {
    fn from(attachment: &Attachment) -> Self {
        let Attachment {
            group,
            id,
            complaint_id,
            visibility,
            file_name,
            media_type,
            size_bytes,
            sha256,
            created,
        } = attachment.clone();
        Self {
            group_id: group,
            id,
            complaint_id,
            visibility: visibility.code().to_owned(),
            file_name,
            media_type,
            size_bytes,
            sha256,
            created_at: created.0,
            created_by: created.1,
        }
    }
}

impl From<AttachmentRow> for Attachment {
    fn from(row: AttachmentRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            complaint_id: row.complaint_id,
            // The column has a check: no other codes can stand there.
            visibility: MessageVisibility::of(&row.visibility).unwrap_or(MessageVisibility::Internal),
            file_name: row.file_name,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            created: (row.created_at, row.created_by),
        }
    }
}

/// One attachment of a complaint.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: AttachmentId) -> DbResult<Option<Attachment>> {
    let row: Option<AttachmentRow> = complaint_attachments::table
        .filter(complaint_attachments::group_id.eq(group))
        .filter(complaint_attachments::id.eq(id))
        .select(AttachmentRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Attachment::from))
}

/// Attachments of a complaint after one, the oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn after(
    reads: &mut impl Reads,
    group: GroupId,
    complaints: &[ComplaintId],
    visibility: Option<MessageVisibility>,
    after: Option<AttachmentId>,
    limit: i64,
) -> DbResult<Vec<Attachment>> {
    let mut query = complaint_attachments::table
        .into_boxed::<MultiBackend>()
        .filter(complaint_attachments::group_id.eq(group))
        .filter(complaint_attachments::complaint_id.eq_any(complaints.to_vec()));
    if let Some(visibility) = visibility {
        query = query.filter(complaint_attachments::visibility.eq(visibility.code()));
    }
    if let Some(after) = after {
        query = query.filter(complaint_attachments::id.gt(after));
    }
    let rows: Vec<AttachmentRow> = query
        .order(complaint_attachments::id)
        .limit(limit)
        .select(AttachmentRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// Attachments of a group after one, the oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn all_after(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<AttachmentId>,
    limit: i64,
) -> DbResult<Vec<Attachment>> {
    let mut query = complaint_attachments::table
        .into_boxed::<MultiBackend>()
        .filter(complaint_attachments::group_id.eq(group));
    if let Some(after) = after {
        query = query.filter(complaint_attachments::id.gt(after));
    }
    let rows: Vec<AttachmentRow> = query
        .order(complaint_attachments::id)
        .limit(limit)
        .select(AttachmentRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// How many attachments a complaint has.
///
/// # Errors
/// When the database fails.
pub fn count(reads: &mut impl Reads, group: GroupId, complaint: ComplaintId) -> DbResult<i64> {
    Ok(complaint_attachments::table
        .filter(complaint_attachments::group_id.eq(group))
        .filter(complaint_attachments::complaint_id.eq(complaint))
        .count()
        .get_result(reads.conn())?)
}

/// Writes a new attachment.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, attachment: &Attachment) -> DbResult<()> {
    let rows = [AttachmentRow::from(attachment)];
    insert_all!(tx, complaint_attachments::table, &rows)
}

/// Takes an attachment away; `false` when it is gone already.
///
/// # Errors
/// When the database fails.
pub fn delete(tx: &mut Tx<'_>, group: GroupId, id: AttachmentId) -> DbResult<bool> {
    let row = complaint_attachments::table
        .filter(complaint_attachments::group_id.eq(group))
        .filter(complaint_attachments::id.eq(id));
    Ok(diesel::delete(row).execute(tx.conn())? > 0)
}
