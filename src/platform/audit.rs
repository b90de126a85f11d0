//! Reading the audit log and verifying its hash chain. Writing is [`super::record`]'s, chaining [`super::sequencer`]'s.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::db::dialect::ids_found;
use crate::db::schema::{audit_entries, sequencer_heads};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, AuditId, GroupId};
use crate::platform::context::Sight;
use crate::platform::sequencer::{ChainRow, GENESIS};

/// A row of the audit log.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    /// Id of the row.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// Kind of who acted.
    pub actor_kind: String,
    /// Who acted.
    pub actor_id: ActorId,
    /// The request it came with.
    pub request_id: String,
    /// What happened.
    pub action: String,
    /// Kind of the subject.
    pub subject_kind: String,
    /// Id of the subject.
    pub subject_id: ActorId,
    /// Version of the subject after it.
    pub subject_version: i64,
    /// The subject before.
    pub before: Option<Json<Value>>,
    /// The subject after.
    pub after: Option<Json<Value>>,
    /// Place in the chain, from 1; absent for the second until it is chained.
    pub position: Option<i64>,
    /// The link of the chain.
    pub hash: Option<String>,
}

/// Which rows are read.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntryFilter {
    /// Only those about this subject.
    pub subject: Option<ActorId>,
    /// Only those of this actor.
    pub actor: Option<ActorId>,
    /// Only those of this action.
    pub action: Option<String>,
}

/// Rows of the log, newest first, below `before`, that the reader may see; and where the next page starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    group: GroupId,
    sight: &Sight,
    filter: &EntryFilter,
    before: Option<AuditId>,
    limit: i64,
) -> DbResult<(Vec<Entry>, Option<AuditId>)> {
    let mut query =
        audit_entries::table.into_boxed::<MultiBackend>().filter(audit_entries::group_id.eq(group));
    if let Sight::Hotels(hotels) = sight {
        let own = audit_entries::hotel_id.eq_any(hotels.clone()).assume_not_null();
        query = query.filter(audit_entries::hotel_id.is_null().or(own));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(audit_entries::subject_id.eq(subject));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(audit_entries::actor_id.eq(actor));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_entries::action.eq(action.clone()));
    }
    if let Some(before) = before {
        query = query.filter(audit_entries::id.lt(before));
    }
    let mut rows: Vec<Entry> = query
        .order(audit_entries::id.desc())
        .limit(limit + 1)
        .select(Entry::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// Ids a statement.
const SUBJECTS_A_STATEMENT: usize = 500;

/// Rows about any of the subjects that are of one of the kinds, newest first, below `before`; and where the next page
/// starts. Whether the reader may see the subjects has been asked before.
///
/// # Errors
/// When the database fails.
pub fn about(
    reads: &mut impl Reads,
    group: GroupId,
    subjects: &[ActorId],
    kinds: &[&'static str],
    before: Option<AuditId>,
    limit: i64,
) -> DbResult<(Vec<Entry>, Option<AuditId>)> {
    let mut rows: Vec<Entry> = Vec::new();
    for part in subjects.chunks(SUBJECTS_A_STATEMENT) {
        let mut query = audit_entries::table
            .into_boxed::<MultiBackend>()
            .filter(audit_entries::group_id.eq(group))
            .filter(audit_entries::subject_id.eq_any(part.to_vec()))
            .filter(audit_entries::subject_kind.eq_any(kinds.to_vec()));
        if let Some(before) = before {
            query = query.filter(audit_entries::id.lt(before));
        }
        let newest = ids_found("audit_entries.id").desc();
        let found = query.order(newest).limit(limit + 1).select(Entry::as_select());
        rows.extend(found.load::<Entry>(reads.conn())?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows, next))
}

/// What a verification of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every link holds; the last position and its hash, to be compared with one kept elsewhere.
    Intact {
        /// Rows in the chain.
        rows: i64,
        /// The last link.
        hash: String,
    },
    /// The row at this position was changed, removed, added or moved.
    Broken {
        /// The first position that does not hold.
        position: i64,
    },
}

/// Rows read at a time while verifying.
const VERIFY_BATCH: i64 = 2_000;

/// Recomputes the chain of a group from its first row. The group may be at work meanwhile.
///
/// # Errors
/// When the database fails.
pub fn verify(reads: &mut impl Reads, group: GroupId) -> DbResult<Verdict> {
    walk(reads, group, |_, _| {})
}

/// As [`verify`], showing every link that holds, with its position.
///
/// # Errors
/// When the database fails.
pub fn walk(reads: &mut impl Reads, group: GroupId, mut show: impl FnMut(i64, &str)) -> DbResult<Verdict> {
    // The head knows how far the chain went: rows cut off its end are missed there. It is read before and after the
    // rows, as it moves on while they are read.
    let before = head(reads, group)?;
    let mut hash = GENESIS.to_owned();
    let mut position = 0;
    loop {
        let rows = audit_entries::table
            .filter(audit_entries::group_id.eq(group))
            .filter(audit_entries::position.gt(position).assume_not_null())
            .order(audit_entries::position)
            .limit(VERIFY_BATCH)
            .select((ChainRow::as_select(), audit_entries::position, audit_entries::hash))
            .load::<(ChainRow, Option<i64>, Option<String>)>(reads.conn())?;
        if rows.is_empty() {
            break;
        }
        for (row, at, kept) in rows {
            position += 1;
            hash = row.link(group, position, &hash);
            if at != Some(position) || kept.as_deref() != Some(hash.as_str()) {
                return Ok(Verdict::Broken { position });
            }
            if before.as_ref().is_some_and(|(last, kept)| *last == position && *kept != hash) {
                return Ok(Verdict::Broken { position });
            }
            show(position, &hash);
        }
    }
    let cut = before.is_some_and(|(last, _)| last > position);
    let added = head(reads, group)?.is_some_and(|(last, _)| last < position);
    Ok(match (cut, added) {
        (true, _) => Verdict::Broken { position: position + 1 },
        (false, true) => Verdict::Broken { position },
        (false, false) => Verdict::Intact { rows: position, hash },
    })
}

/// How far the chain of a group went, and its last link.
///
/// # Errors
/// When the database fails.
pub fn head(reads: &mut impl Reads, group: GroupId) -> DbResult<Option<(i64, String)>> {
    Ok(sequencer_heads::table
        .filter(sequencer_heads::group_id.eq(group))
        .select((sequencer_heads::audit_position, sequencer_heads::audit_hash))
        .first(reads.conn())
        .optional()?)
}
