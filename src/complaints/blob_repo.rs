//! Rows of contents in the store: which it has, which are about to come, which are to go. The group comes first, no
//! rules.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::db::schema::{attachment_blobs, complaint_attachments};
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::kit::clock::Instant;
use crate::kit::ids::GroupId;
use crate::platform::blobs::BlobKey;

/// The row of a content.
#[diesel::dsl::auto_type]
fn one<'a>(key: &'a BlobKey) -> _ {
    let group: GroupId = key.group();
    let digest: &'a str = key.digest();
    attachment_blobs::table
        .filter(attachment_blobs::group_id.eq(group))
        .filter(attachment_blobs::sha256.eq(digest))
}

/// Notes that a content is about to come, for the first time or once more; `false` while it is being removed.
///
/// # Errors
/// When the database fails.
pub fn expect(tx: &mut Tx<'_>, key: &BlobKey, size: i64, now: Instant) -> DbResult<bool> {
    let first = (
        attachment_blobs::group_id.eq(key.group()),
        attachment_blobs::sha256.eq(key.digest()),
        attachment_blobs::size_bytes.eq(size),
        attachment_blobs::arriving.eq(1),
        attachment_blobs::touched_at.eq(now),
    );
    let inserted = dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(attachment_blobs::table).values(first).execute(tx.conn())?)
    })?;
    if inserted.is_some() {
        return Ok(true);
    }
    let again = diesel::update(one(key).filter(attachment_blobs::removing_at.is_null()))
        .set((
            attachment_blobs::arriving.eq(attachment_blobs::arriving + 1),
            attachment_blobs::touched_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(again > 0)
}

/// Notes that a content that was about to come is there, or will not come; `false` when nobody expects it any more.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx<'_>, key: &BlobKey) -> DbResult<bool> {
    let expected =
        one(key).filter(attachment_blobs::removing_at.is_null()).filter(attachment_blobs::arriving.gt(0));
    let settled = diesel::update(expected)
        .set(attachment_blobs::arriving.eq(attachment_blobs::arriving - 1))
        .execute(tx.conn())?;
    Ok(settled > 0)
}

/// Marks a content for removal if no attachment has it and none is about to. Nobody waits any more for what was expected
/// before `forgotten`, nor for a removal that began before `stalled`. `false` when it stays.
///
/// # Errors
/// When the database fails.
pub fn condemn(
    tx: &mut Tx<'_>,
    key: &BlobKey,
    now: Instant,
    forgotten: Instant,
    stalled: Instant,
) -> DbResult<bool> {
    // Held first and asked after: what another transaction did to the row before is seen then.
    diesel::update(one(key))
        .set(attachment_blobs::size_bytes.eq(attachment_blobs::size_bytes))
        .execute(tx.conn())?;
    let used: i64 = complaint_attachments::table
        .filter(complaint_attachments::group_id.eq(key.group()))
        .filter(complaint_attachments::sha256.eq(key.digest()))
        .count()
        .get_result(tx.conn())?;
    if used > 0 {
        return Ok(false);
    }
    let idle = attachment_blobs::arriving.eq(0).or(attachment_blobs::touched_at.lt(forgotten));
    let free = attachment_blobs::removing_at
        .is_null()
        .or(attachment_blobs::removing_at.lt(stalled).assume_not_null());
    let marked = diesel::update(one(key).filter(idle).filter(free))
        .set(attachment_blobs::removing_at.eq(Some(now)))
        .execute(tx.conn())?;
    Ok(marked > 0)
}

/// Forgets a content that was marked at an instant and is removed.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, key: &BlobKey, marked: Instant) -> DbResult<()> {
    diesel::delete(one(key).filter(attachment_blobs::removing_at.eq(marked).assume_not_null()))
        .execute(tx.conn())?;
    Ok(())
}

/// Contents of a group that were last expected, and not marked since, before an instant and that no attachment has; at
/// most `limit`.
///
/// # Errors
/// When the database fails.
pub fn unused(reads: &mut impl Reads, group: GroupId, before: Instant, limit: i64) -> DbResult<Vec<BlobKey>> {
    let used = complaint_attachments::table
        .filter(complaint_attachments::group_id.eq(group))
        .filter(complaint_attachments::sha256.eq(attachment_blobs::sha256));
    let digests: Vec<String> = attachment_blobs::table
        .into_boxed::<MultiBackend>()
        .filter(attachment_blobs::group_id.eq(group))
        .filter(attachment_blobs::touched_at.lt(before))
        .filter(
            attachment_blobs::removing_at
                .is_null()
                .or(attachment_blobs::removing_at.lt(before).assume_not_null()),
        )
        .filter(not(exists(used)))
        .order(attachment_blobs::sha256)
        .limit(limit)
        .select(attachment_blobs::sha256)
        .load(reads.conn())?;
    Ok(digests.iter().filter_map(|digest| BlobKey::new(group, digest)).collect())
}
