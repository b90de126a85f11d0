//! Files added to a complaint: photos, recordings, letters. An attachment is never changed, only taken away; its content
//! is kept outside of the database.

use serde_json::{Value, json};

use crate::complaints::error::ComplaintError;
use crate::complaints::merging::whole;
use crate::complaints::model::{Complaint, MessageVisibility};
use crate::complaints::service::{get, moment, save};
use crate::complaints::{attachment_repo, blob_repo, repo};
use crate::db::{DbError, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, AttachmentId, ComplaintId, GroupId};
use crate::kit::version::{Expected, Version};
use crate::platform::blobs::{BlobError, BlobKey};
use crate::platform::context::Ctx;

pub use crate::complaints::file_names::{ascii, cleaned, known_ending};

/// Attachments of a complaint at most.
pub const MOST: i64 = 50;
/// The one version an attachment ever has.
pub const VERSION: Version = 1;

/// A file added to a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The group it belongs to.
    pub group: GroupId,
    /// Its id; later ones are greater.
    pub id: AttachmentId,
    /// The complaint.
    pub complaint_id: ComplaintId,
    /// Who may read it.
    pub visibility: MessageVisibility,
    /// Its name, without folders and without characters that deceive.
    pub file_name: String,
    /// What its content is, an allowed media type.
    pub media_type: String,
    /// Size of its content, 1 or more.
    pub size_bytes: i64,
    /// SHA-256 of its content, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// When and by whom it was added.
    pub created: (Instant, ActorId),
}

impl Attachment {
    /// Where its content is.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] when the row names no content.
    pub fn key(&self) -> Result<BlobKey, BlobError> {
        BlobKey::new(self.group, &self.sha256).ok_or(BlobError::Damaged)
    }
}

/// What is added; its content is in the store already.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Who may read it.
    pub visibility: MessageVisibility,
    /// Its name.
    pub file_name: String,
    /// What its content is.
    pub media_type: &'static str,
    /// Size of its content.
    pub size_bytes: i64,
    /// Its content.
    pub content: BlobKey,
}

/// A page of attachments, the oldest first, and where the next one starts.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ComplaintId,
    visibility: Option<MessageVisibility>,
    after: Option<AttachmentId>,
    limit: i64,
) -> Result<(Vec<Attachment>, Option<AttachmentId>), ComplaintError> {
    let ids = whole(reads, cx, id)?;
    let wanted = limit.saturating_add(1);
    let mut found = attachment_repo::after(reads, cx.group, &ids, visibility, after, wanted)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|attachment| attachment.id);
    Ok((found, next))
}

/// An attachment of a complaint that the caller may see.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn find(reads: &mut impl Reads, cx: &Ctx, id: AttachmentId) -> Result<Attachment, ComplaintError> {
    let found = attachment_repo::find(reads, cx.group, id)?.ok_or(ComplaintError::NotFound)?;
    get(reads, cx, found.complaint_id)?;
    Ok(found)
}

/// Adds a file whose content is in the store.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Merged`], [`ComplaintError::State`] when the complaint has as many
/// as can be kept.
pub fn attach(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    new: NewAttachment,
) -> Result<Attachment, ComplaintError> {
    let old = held(tx, cx, id)?;
    if attachment_repo::count(tx, cx.group, id)? >= MOST {
        return Err(ComplaintError::State("complaint_attachments"));
    }
    // Somebody took it for left behind, after a day.
    if !blob_repo::settle(tx, &new.content)? {
        return Err(DbError::Busy.into());
    }
    let attachment = Attachment {
        group: cx.group,
        id: cx.new_id(),
        complaint_id: id,
        visibility: new.visibility,
        file_name: new.file_name,
        media_type: new.media_type.to_owned(),
        size_bytes: new.size_bytes,
        sha256: new.content.digest().to_owned(),
        created: (moment(cx, &old), cx.actor.id),
    };
    attachment_repo::insert(tx, &attachment)?;
    let with = (None, told(&attachment));
    save(tx, cx, "complaint_attachment.created", &old, old.clone(), Some(with))?;
    Ok(attachment)
}

/// Takes a file away. Its content is the caller's to discard, once this is committed.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Merged`], [`ComplaintError::State`] when
/// the complaint has ended: its files are evidence then.
pub fn detach(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: AttachmentId,
    expected: &Expected,
) -> Result<Attachment, ComplaintError> {
    let attachment = find(tx, cx, id)?;
    if !expected.allows(VERSION) {
        return Err(ComplaintError::Stale);
    }
    let old = held(tx, cx, attachment.complaint_id)?;
    if !old.status.is_open() {
        return Err(ComplaintError::State("attachment_ended"));
    }
    if !attachment_repo::delete(tx, cx.group, id)? {
        return Err(ComplaintError::NotFound);
    }
    let with = (Some(told(&attachment)), Value::Null);
    save(tx, cx, "complaint_attachment.deleted", &old, old.clone(), Some(with))?;
    Ok(attachment)
}

/// The complaint, kept from other writers: files meet at it all the time, and none is to wait for another try.
fn held(tx: &mut Tx<'_>, cx: &Ctx, id: ComplaintId) -> Result<Complaint, ComplaintError> {
    repo::hold(tx, cx.group, id)?;
    let complaint = get(tx, cx, id)?;
    match &complaint.progress.merged {
        Some(merged) => Err(ComplaintError::Merged(merged.complaint)),
        None => Ok(complaint),
    }
}

/// What log and feed say of a file: neither its name nor its content, as what is in the log stays there.
fn told(attachment: &Attachment) -> Value {
    json!({ "attachment": {
        "id": attachment.id, "visibility": attachment.visibility, "media_type": attachment.media_type,
        "size_bytes": attachment.size_bytes,
    }})
}
