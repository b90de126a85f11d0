//! Rows of messages. The group comes first, absent is `None`, no rules.

use diesel::prelude::*;

use crate::complaints::model::{ContactChannel, Message, MessageAuthor, MessageVisibility};
use crate::db::schema::complaint_messages;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, MessageId};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_messages)]
struct MessageRow {
    group_id: GroupId,
    id: MessageId,
    complaint_id: ComplaintId,
    visibility: String,
    author: String,
    channel: Option<String>,
    language: Option<String>,
    body: String,
    created_at: Instant,
    created_by: ActorId,
}

impl From<&Message> for MessageRow {
    fn from(message: &Message) -> Self {
        let Message { group, id, complaint_id, visibility, author, channel, language, body, created } =
            message.clone();
        Self {
            group_id: group,
            id,
            complaint_id,
            visibility: visibility.code().to_owned(),
            author: author.code().to_owned(),
            channel: channel.map(|channel| channel.code().to_owned()),
            language,
            body,
            created_at: created.0,
            created_by: created.1,
        }
    }
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            complaint_id: row.complaint_id,
            // The columns have checks: no other codes can stand there.
            visibility: MessageVisibility::of(&row.visibility).unwrap_or(MessageVisibility::Internal),
            author: MessageAuthor::of(&row.author).unwrap_or(MessageAuthor::Staff),
            channel: row.channel.as_deref().and_then(ContactChannel::of),
            language: row.language,
            body: row.body,
            created: (row.created_at, row.created_by),
        }
    }
}

/// Messages about complaints after one, the oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn after(
    reads: &mut impl Reads,
    group: GroupId,
    complaints: &[ComplaintId],
    visibility: Option<MessageVisibility>,
    after: Option<MessageId>,
    limit: i64,
) -> DbResult<Vec<Message>> {
    let mut query = complaint_messages::table
        .into_boxed::<MultiBackend>()
        .filter(complaint_messages::group_id.eq(group))
        .filter(complaint_messages::complaint_id.eq_any(complaints.to_vec()));
    if let Some(visibility) = visibility {
        query = query.filter(complaint_messages::visibility.eq(visibility.code()));
    }
    if let Some(after) = after {
        query = query.filter(complaint_messages::id.gt(after));
    }
    let rows: Vec<MessageRow> = query
        .order(complaint_messages::id)
        .limit(limit)
        .select(MessageRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(Message::from).collect())
}

/// Writes a new message.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, message: &Message) -> DbResult<()> {
    let rows = [MessageRow::from(message)];
    insert_all!(tx, complaint_messages::table, &rows)
}
