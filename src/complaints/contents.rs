//! Contents of attachments between the database and their store. A content is written down before it is stored and
//! forgotten after it is removed, so that the database always knows of more than the store has, never of less: what a
//! crash leaves behind is found by its row. While a content is being removed nobody can add it again.

use std::time::Duration;

use crate::complaints::attachment_repo;
use crate::complaints::attachments::Attachment;
use crate::complaints::blob_repo;
use crate::db::{Db, DbError, DbResult, Reads};
use crate::kit::clock::Instant;
use crate::kit::ids::{AttachmentId, GroupId};
use crate::platform::blobs::{BlobError, BlobKey, Blobs, Draft};

/// How long a content that is expected, or that no attachment has, is left alone.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);
/// After this time whoever began to remove a content is not at it any more; the store answers much sooner.
const STALLED: Duration = Duration::from_secs(30 * 60);
/// Tries while a content is being removed, and the time between them.
const TRIES: u32 = 20;
const BREATH: Duration = Duration::from_millis(250);
/// Contents cleared away in a round.
const ROUND: i64 = 100;
/// Attachments looked at in a step.
const STEP: i64 = 200;

/// What can go wrong between database and store.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The store failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Stores a content that an attachment is about to have. [`super::attachments::attach`] or [`give_back`] ends it.
///
/// # Errors
/// [`ContentError`]; nothing is left behind then.
pub async fn store(
    db: &Db,
    blobs: &Blobs,
    key: &BlobKey,
    draft: Draft,
    now: Instant,
) -> Result<(), ContentError> {
    let size = i64::try_from(draft.size()).unwrap_or(i64::MAX);
    let mut tries = 0;
    loop {
        let expected = key.clone();
        if db.write(move |tx| blob_repo::expect(tx, &expected, size, now)).await? {
            break;
        }
        tries += 1;
        if tries > TRIES {
            return Err(DbError::Busy.into());
        }
        // Nobody may be at it any more.
        discard(db, blobs, key, now).await?;
        tokio::time::sleep(BREATH).await;
    }
    let put = blobs.put(key, draft).await;
    if put.is_err() {
        give_back(db, blobs, key, now).await;
    }
    Ok(put?)
}

/// Ends the storing of a content that no attachment came to have; it is removed unless another attachment has it.
pub async fn give_back(db: &Db, blobs: &Blobs, key: &BlobKey, now: Instant) {
    let settled = key.clone();
    let settled: DbResult<bool> = db.write(move |tx| blob_repo::settle(tx, &settled)).await;
    let done = match settled {
        Ok(_) => discard(db, blobs, key, now).await,
        Err(error) => Err(error.into()),
    };
    // Nobody waits for this: what is left here is swept a day later.
    if let Err(error) = done {
        log::warn!("a content was left behind: {error}");
    }
}

/// Removes a content that no attachment has and none is about to have; `false` when it stays.
///
/// # Errors
/// [`ContentError`].
pub async fn discard(db: &Db, blobs: &Blobs, key: &BlobKey, now: Instant) -> Result<bool, ContentError> {
    let marked = key.clone();
    let (forgotten, stalled) = (now.minus(FORGOTTEN), now.minus(STALLED));
    if !db.write(move |tx| blob_repo::condemn(tx, &marked, now, forgotten, stalled)).await? {
        return Ok(false);
    }
    blobs.remove(key).await?;
    let gone = key.clone();
    db.write(move |tx| blob_repo::forget(tx, &gone, now)).await?;
    Ok(true)
}

/// Removes contents of a group that no attachment has since a day. Whether there may be more.
///
/// # Errors
/// [`ContentError`].
pub async fn sweep(db: &Db, blobs: &Blobs, group: GroupId, now: Instant) -> Result<bool, ContentError> {
    let before = now.minus(FORGOTTEN);
    let found = db.read(move |r| blob_repo::unused(r, group, before, ROUND)).await?;
    let mut removed = 0;
    for key in &found {
        removed += usize::from(discard(db, blobs, key, now).await?);
    }
    Ok(removed > 0 && removed == found.len() && i64::try_from(removed).is_ok_and(|count| count == ROUND))
}

/// Some attachments of a group, and after which one to go on; for the check that their contents are there.
///
/// # Errors
/// When the database fails.
pub fn step(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<AttachmentId>,
) -> DbResult<(Vec<Attachment>, Option<AttachmentId>)> {
    let found = attachment_repo::all_after(reads, group, after, STEP)?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == STEP);
    let next = found.last().map(|last| last.id).filter(|_| full);
    Ok((found, next))
}

/// Whether the content of an attachment is in the store and is what was stored.
///
/// # Errors
/// [`BlobError`].
pub async fn check(blobs: &Blobs, attachment: &Attachment) -> Result<(), BlobError> {
    let size = u64::try_from(attachment.size_bytes).unwrap_or_default();
    blobs.read(&attachment.key()?, size).await.map(drop)
}
