//! Answers kept under an idempotency key for a day, in the transaction of the mutation they answer
//! (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! A key belongs to one account and one operation on one path: the same characters elsewhere are another key. What it
//! answers belongs to the request and to what the caller was allowed to do and see when it was made. An answer may
//! hold what only some hotels see, and nothing in it says which; so it is not judged by its content. Whoever has other
//! memberships than at the first request makes another request, and hears nothing of the first answer. That refuses
//! more than it must (a role that was widened, too), for a day at most and only to clients that repeat a request over
//! a change of their rights; it never does anything twice.

use std::time::Duration;

use diesel::prelude::*;

use crate::db::schema::idempotency_keys;
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId};
use crate::platform::context::Ctx;

/// How long a key is remembered.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer as it can be kept: no HTTP type, only what a replay needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status, 200–299.
    pub status: u16,
    /// The ETag header, if the answer is a versioned resource.
    pub etag: Option<String>,
    /// The Location header, if something was created.
    pub location: Option<String>,
    /// The JSON body; empty for 204.
    pub body: String,
}

/// A key with the fingerprint of the request it came with.
#[derive(Debug, Clone)]
pub struct Once {
    /// 16–64 characters chosen by the client.
    pub key: String,
    /// Method and path: `POST /v1/guests`.
    pub target: String,
    /// Digest of method, path, query, body, and what the caller may do where.
    pub fingerprint: String,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Never seen: it is now taken by this transaction.
    New,
    /// Seen with the same request: answer this again.
    Same(Reply),
    /// Seen with another request.
    Other,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
struct KeyRow {
    group_id: GroupId,
    actor_id: ActorId,
    target: String,
    key: String,
    fingerprint: String,
    status: i32,
    etag: Option<String>,
    location: Option<String>,
    body: String,
    created_at: Instant,
}

/// Status of a key whose mutation has not answered yet. It is never seen outside its own transaction.
const RUNNING: i32 = 0;

/// Takes the key, or tells what came of it before. A second transaction with the same key waits here for the
/// first one to end.
///
/// # Errors
/// When the database fails.
pub fn take(tx: &mut Tx<'_>, cx: &Ctx, once: &Once) -> DbResult<Seen> {
    let row = KeyRow {
        group_id: cx.group,
        actor_id: cx.actor.id,
        target: once.target.clone(),
        key: once.key.clone(),
        fingerprint: once.fingerprint.clone(),
        status: RUNNING,
        etag: None,
        location: None,
        body: String::new(),
        created_at: cx.now,
    };
    let inserted = dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(idempotency_keys::table).values(&row).execute(tx.conn())?)
    })?;
    if inserted.is_some() {
        return Ok(Seen::New);
    }
    let found = one(cx, once).select(KeyRow::as_select()).first(tx.conn()).optional()?;
    Ok(match found {
        Some(found) if found.created_at < cx.now.minus(KEPT) => {
            diesel::delete(one(cx, once)).execute(tx.conn())?;
            diesel::insert_into(idempotency_keys::table).values(&row).execute(tx.conn())?;
            Seen::New
        }
        Some(found) if found.fingerprint == once.fingerprint => Seen::Same(Reply {
            status: u16::try_from(found.status).unwrap_or(200),
            etag: found.etag,
            location: found.location,
            body: found.body,
        }),
        Some(_) | None => Seen::Other,
    })
}

/// Keeps the answer of the mutation that took the key.
///
/// # Errors
/// When the database fails.
pub fn keep(tx: &mut Tx<'_>, cx: &Ctx, once: &Once, reply: &Reply) -> DbResult<()> {
    diesel::update(one(cx, once))
        .set((
            idempotency_keys::status.eq(i32::from(reply.status)),
            idempotency_keys::etag.eq(reply.etag.as_deref()),
            idempotency_keys::location.eq(reply.location.as_deref()),
            idempotency_keys::body.eq(reply.body.as_str()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Groups that have keys.
///
/// # Errors
/// When the database fails.
pub fn groups(reads: &mut impl Reads) -> DbResult<Vec<GroupId>> {
    Ok(idempotency_keys::table.select(idempotency_keys::group_id).distinct().load(reads.conn())?)
}

/// Forgets the keys of a group that are older than [`KEPT`]; returns how many.
///
/// # Errors
/// When the database fails.
pub fn prune(tx: &mut Tx<'_>, group: GroupId, now: Instant) -> DbResult<usize> {
    Ok(diesel::delete(
        idempotency_keys::table
            .filter(idempotency_keys::group_id.eq(group))
            .filter(idempotency_keys::created_at.lt(now.minus(KEPT))),
    )
    .execute(tx.conn())?)
}

#[diesel::dsl::auto_type]
fn one<'a>(cx: &'a Ctx, once: &'a Once) -> _ {
    let group: GroupId = cx.group;
    let actor: ActorId = cx.actor.id;
    let (target, key): (&'a str, &'a str) = (&once.target, &once.key);
    idempotency_keys::table
        .filter(idempotency_keys::group_id.eq(group))
        .filter(idempotency_keys::actor_id.eq(actor))
        .filter(idempotency_keys::target.eq(target))
        .filter(idempotency_keys::key.eq(key))
}
