//! Gives events their feed position and audit rows their place in the hash chain, after commit.
//!
//! Mutations write rows without a position, so that writers of a group never queue on one row. One leased
//! sequencer a group then numbers what is committed: what commits late gets a later number and is never skipped
//! by a reader. The window until a row is numbered is one round of the sequencer, under a second.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::db::schema::{audit_entries, events, sequencer_heads};
use crate::db::types::Json;
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::kit::canonical::canonical_json;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, AuditId, EventId, GroupId, HotelId, WorkerId};

/// Rows numbered in one transaction.
pub const BATCH: i64 = 1_000;
/// How long a sequencer that went away blocks its group.
const LEASE: Duration = Duration::from_secs(15);
/// Hash before the first audit row of a group.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Events numbered.
    pub events: usize,
    /// Audit rows chained.
    pub audit: usize,
}

/// An audit row as it is hashed: every column but position and hash.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct ChainRow {
    /// Row id.
    pub id: AuditId,
    at: Instant,
    actor_kind: String,
    actor_id: ActorId,
    request_id: String,
    action: String,
    subject_kind: String,
    subject_id: ActorId,
    subject_version: i64,
    hotel_id: Option<HotelId>,
    before: Option<Json<Value>>,
    after: Option<Json<Value>>,
}

impl ChainRow {
    /// The link of this row at `position` behind `previous`: SHA-256 over the previous hash, the position and the
    /// canonical row, in lower-case hex.
    pub fn link(&self, group: GroupId, position: i64, previous: &str) -> String {
        let row = json!({
            "group_id": group, "id": self.id, "at": self.at, "actor_kind": self.actor_kind,
            "actor_id": self.actor_id, "request_id": self.request_id, "action": self.action,
            "subject_kind": self.subject_kind, "subject_id": self.subject_id,
            "subject_version": self.subject_version, "hotel_id": self.hotel_id,
            "before": self.before.as_ref().map(|doc| &doc.0), "after": self.after.as_ref().map(|doc| &doc.0),
        });
        let mut digest = Sha256::new();
        digest.update(previous.as_bytes());
        digest.update(position.to_be_bytes());
        digest.update(canonical_json(&row).as_bytes());
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Numbers one batch of a group; nothing when another worker holds the lease.
///
/// # Errors
/// When the database fails.
pub fn round(tx: &mut Tx<'_>, group: GroupId, worker: WorkerId, now: Instant) -> DbResult<Round> {
    let Some((event_position, audit_position, audit_hash)) = lease(tx, group, worker, now)? else {
        return Ok(Round::default());
    };
    let event_ids = events::table
        .filter(events::group_id.eq(group))
        .filter(events::position.is_null())
        .order((events::at, events::id))
        .limit(BATCH)
        .select(events::id)
        .load::<EventId>(tx.conn())?;
    let numbered: Vec<(uuid::Uuid, i64)> =
        event_ids.iter().map(|id| id.0).zip(event_position + 1..).collect();
    dialect::number_events(tx, group, &numbered)?;

    let rows = audit_entries::table
        .filter(audit_entries::group_id.eq(group))
        .filter(audit_entries::position.is_null())
        .order((audit_entries::at, audit_entries::id))
        .limit(BATCH)
        .select(ChainRow::as_select())
        .load(tx.conn())?;
    let mut hash = audit_hash;
    let mut chained = Vec::with_capacity(rows.len());
    for (row, position) in rows.iter().zip(audit_position + 1..) {
        hash = row.link(group, position, &hash);
        chained.push((row.id.0, position, hash.clone()));
    }
    dialect::chain_audit(tx, group, &chained)?;

    diesel::update(sequencer_heads::table.filter(sequencer_heads::group_id.eq(group)))
        .set((
            sequencer_heads::event_position.eq(numbered.last().map_or(event_position, |row| row.1)),
            sequencer_heads::audit_position.eq(chained.last().map_or(audit_position, |row| row.1)),
            sequencer_heads::audit_hash.eq(hash),
        ))
        .execute(tx.conn())?;
    Ok(Round { events: numbered.len(), audit: chained.len() })
}

/// Takes or renews the lease of a group by compare-and-swap and returns where its sequencer stands.
fn lease(
    tx: &mut Tx<'_>,
    group: GroupId,
    worker: WorkerId,
    now: Instant,
) -> DbResult<Option<(i64, i64, String)>> {
    let head = || sequencer_heads::table.filter(sequencer_heads::group_id.eq(group));
    let taken = diesel::update(
        head().filter(
            sequencer_heads::lease_owner
                .is_null()
                .or(sequencer_heads::lease_owner.eq(worker))
                .or(sequencer_heads::lease_until.lt(now)),
        ),
    )
    .set((sequencer_heads::lease_owner.eq(worker), sequencer_heads::lease_until.eq(now.plus(LEASE))))
    .execute(tx.conn())?;
    if taken == 0 {
        return Ok(None);
    }
    Ok(head()
        .select((
            sequencer_heads::event_position,
            sequencer_heads::audit_position,
            sequencer_heads::audit_hash,
        ))
        .first(tx.conn())
        .optional()?)
}

/// Every group.
///
/// # Errors
/// When the database fails.
pub fn groups(reads: &mut impl Reads) -> DbResult<Vec<GroupId>> {
    Ok(sequencer_heads::table.select(sequencer_heads::group_id).load(reads.conn())?)
}

/// Groups with something to number. A small index holds just the rows without a position, so asking often costs
/// nothing, and a group at rest is not written to.
///
/// # Errors
/// When the database fails.
pub fn open_groups(reads: &mut impl Reads) -> DbResult<Vec<GroupId>> {
    let mut found: Vec<GroupId> = events::table
        .filter(events::position.is_null())
        .select(events::group_id)
        .distinct()
        .load(reads.conn())?;
    found.extend(
        audit_entries::table
            .filter(audit_entries::position.is_null())
            .select(audit_entries::group_id)
            .distinct()
            .load::<GroupId>(reads.conn())?,
    );
    found.sort();
    found.dedup();
    Ok(found)
}

/// Starts the feed and the chain of a new group.
///
/// # Errors
/// When the database fails.
pub fn begin(tx: &mut Tx<'_>, group: GroupId) -> DbResult<()> {
    diesel::insert_into(sequencer_heads::table)
        .values((
            sequencer_heads::group_id.eq(group),
            sequencer_heads::event_position.eq(0),
            sequencer_heads::audit_position.eq(0),
            sequencer_heads::audit_hash.eq(GENESIS),
        ))
        .execute(tx.conn())?;
    Ok(())
}
