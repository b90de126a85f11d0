//! What is said about a complaint, to the guest or among staff. Nothing said is ever changed.

use serde_json::json;

use crate::complaints::commands::NewMessage;
use crate::complaints::error::ComplaintError;
use crate::complaints::merging::whole;
use crate::complaints::message_repo;
use crate::complaints::model::{Complaint, Message, MessageAuthor, MessageVisibility};
use crate::complaints::moves::in_round;
use crate::complaints::repo;
use crate::complaints::service::{get, moment, save};
use crate::db::{Reads, Tx};
use crate::kit::ids::{ComplaintId, MessageId};
use crate::platform::context::Ctx;

/// A page of messages, the oldest first, and where the next one starts: those of what became part of the complaint, too.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ComplaintId,
    visibility: Option<MessageVisibility>,
    after: Option<MessageId>,
    limit: i64,
) -> Result<(Vec<Message>, Option<MessageId>), ComplaintError> {
    let ids = whole(reads, cx, id)?;
    let wanted = limit.saturating_add(1);
    let mut found = message_repo::after(reads, cx.group, &ids, visibility, after, wanted)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|message| message.id);
    Ok((found, next))
}

/// Says something. The hotel's first word to the guest acknowledges the complaint.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Merged`], [`ComplaintError::Invalid`] for words of the guest that the
/// guest may not read.
pub fn say(tx: &mut Tx<'_>, cx: &Ctx, id: ComplaintId, told: NewMessage) -> Result<Message, ComplaintError> {
    if told.author == MessageAuthor::Guest && told.visibility == MessageVisibility::Internal {
        let text = "must be guest for the guest's own words";
        return Err(ComplaintError::invalid_at("/visibility", "author", text));
    }
    speak(tx, cx, id, told, false)
}

/// Says something to whoever complained, also where the complaint became part of another one: who complained there need
/// not be the same.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn inform(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    told: NewMessage,
) -> Result<Message, ComplaintError> {
    speak(tx, cx, id, told, true)
}

fn speak(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    told: NewMessage,
    on_merged: bool,
) -> Result<Message, ComplaintError> {
    let NewMessage { visibility, author, channel, language, body } = told;
    // Messages meet at one complaint all the time; nobody's words are to wait for another try.
    repo::hold(tx, cx.group, id)?;
    let old = get(tx, cx, id)?;
    if let Some(merged) = old.progress.merged.as_ref().filter(|_| !on_merged) {
        return Err(ComplaintError::Merged(merged.complaint));
    }
    let at = moment(cx, &old);
    let message = Message {
        group: cx.group,
        id: cx.new_id(),
        complaint_id: id,
        visibility,
        author,
        channel,
        language,
        body,
        created: (at, cx.actor.id),
    };
    write(tx, cx, &old, &message)?;
    Ok(message)
}

fn write(tx: &mut Tx<'_>, cx: &Ctx, old: &Complaint, message: &Message) -> Result<Complaint, ComplaintError> {
    message_repo::insert(tx, message)?;
    let at = message.created.0;
    let mut new = old.clone();
    match (message.visibility, message.author) {
        (MessageVisibility::Guest, MessageAuthor::Staff) => {
            new.progress.last_staff_contact_at = Some(at);
            // A word after the end acknowledges nothing: the clocks stand.
            if old.status.is_open() {
                in_round(&mut new, |round| {
                    round.acknowledged_at.get_or_insert(at);
                });
            }
        }
        (MessageVisibility::Guest, MessageAuthor::Guest | MessageAuthor::Partner) => {
            new.progress.last_guest_contact_at = Some(at);
        }
        (MessageVisibility::Internal, _) => {}
    }
    let told = json!({ "message": {
        "id": message.id, "visibility": message.visibility, "author": message.author, "channel": message.channel,
    }});
    save(tx, cx, "complaint_message.created", old, new, Some((None, told)))
}
