//! Anchors of the audit log: every hour the server signs how far the chain of each group went, and its last link.
//!
//! The chain alone shows a change to whoever knows its end. The owner of the database can cut the end off and rewrite
//! what the head says, or hash the whole chain anew; but cannot sign, as the keys are not in the database. So what
//! stood in the chain when an anchor was made must stand there for ever. Each anchor names the one before, so that
//! none can be taken out of the middle; each is also in the server's log, where it outlives the removal of the last
//! ones from the database. Rows since the last anchor, an hour of them, are guarded by the chain alone.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::prelude::*;

use crate::db::schema::{audit_anchors, audit_entries};
use crate::db::{Db, DbResult, Reads, Tx, dialect};
use crate::kit::clock::Instant;
use crate::kit::ids::GroupId;
use crate::platform::audit::{self, Verdict};
use crate::platform::keys::{Attested, Keys, Signature};

/// Time between two anchors of a group at work (SAFETY S28). A group at rest gets none.
pub const EVERY: Duration = Duration::from_secs(60 * 60);

/// A signed statement of how far a chain went.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_anchors)]
pub struct Anchor {
    group_id: GroupId,
    /// The last position of the chain then.
    pub position: i64,
    /// Its link.
    pub hash: String,
    /// Position of the anchor before; 0 for the first.
    pub previous: i64,
    /// When it was made.
    pub made_at: Instant,
    key_id: String,
    signature: String,
}

impl Anchor {
    /// What is signed.
    fn statement(group: GroupId, position: i64, hash: &str, previous: i64, made_at: Instant) -> String {
        format!("hospes audit anchor 1\n{group}\n{position}\n{hash}\n{previous}\n{made_at}")
    }

    fn judge(&self, keys: &Keys) -> anyhow::Result<Attested> {
        let Self { group_id, position, hash, previous, made_at, key_id, signature } = self;
        let statement = Self::statement(*group_id, *position, hash, *previous, *made_at);
        keys.attested(&statement, &Signature { key_id: key_id.clone(), text: signature.clone() })
    }
}

/// Something that is not as it was signed or chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The chain does not hold at this position.
    Chain(i64),
    /// The chain holds, but does not have what was signed at this position: it ends before, or was made anew.
    Anchored(i64),
    /// The anchor at this position was not signed by a key of this installation.
    Signature(i64),
    /// The anchor at this position was signed by a key whose public half is not in the key directory.
    UnknownKey(i64),
    /// An anchor before the one at this position was taken away.
    AnchorMissing(i64),
}

/// What an inspection of a group's log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Rows that hold, counted from the first.
    pub rows: i64,
    /// Rows that no server has chained yet: written a moment ago, or at the command line since no server runs.
    pub waiting: i64,
    /// Anchors looked at.
    pub anchors: usize,
    /// Position and time of the last anchor.
    pub last: Option<(i64, Instant)>,
    /// Everything that is wrong; empty when all is well.
    pub damage: Vec<Damage>,
}

/// Signs how far the chain of a group went, when that is due. Says so in the log.
///
/// # Errors
/// When the database fails.
pub async fn make(db: &Db, keys: &Keys, group: GroupId, now: Instant) -> DbResult<()> {
    let Some((position, hash, previous)) = db.read(move |r| due(r, group, now)).await? else {
        return Ok(());
    };
    let signed = keys.attest(&Anchor::statement(group, position, &hash, previous, now));
    let Signature { key_id, text } = match signed {
        Ok(signature) => signature,
        Err(error) => {
            log::error!("the audit log cannot be anchored: {error:#}");
            return Ok(());
        }
    };
    log::info!(
        group:% = group, position = position, hash = hash.as_str(), previous = previous, made_at:% = now,
        key_id = key_id.as_str(), signature = text.as_str();
        "audit anchor"
    );
    let anchor = Anchor { group_id: group, position, hash, previous, made_at: now, key_id, signature: text };
    db.write(move |tx| insert(tx, &anchor)).await
}

/// What the next anchor has to say: position, link and the anchor before.
fn due(reads: &mut impl Reads, group: GroupId, now: Instant) -> DbResult<Option<(i64, String, i64)>> {
    let last =
        anchors(group).order(audit_anchors::position.desc()).first::<Anchor>(reads.conn()).optional()?;
    let (before, at) = last.map_or((0, None), |last| (last.position, Some(last.made_at)));
    if at.is_some_and(|at| now < at.plus(EVERY)) {
        return Ok(None);
    }
    let Some((position, hash)) = audit::head(reads, group)? else { return Ok(None) };
    if position < before {
        log::error!(group:% = group; "the audit log is shorter than it was: see `hospes audit verify`");
    }
    Ok((position > before).then_some((position, hash, before)))
}

/// Writes an anchor, unless another server was faster with this position.
fn insert(tx: &mut Tx<'_>, anchor: &Anchor) -> DbResult<()> {
    dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(audit_anchors::table).values(anchor).execute(tx.conn())?)
    })?;
    Ok(())
}

#[diesel::dsl::auto_type]
fn anchors(group: GroupId) -> _ {
    audit_anchors::table.filter(audit_anchors::group_id.eq(group))
}

/// Walks the chain of a group and holds every anchor to it. The group may be at work meanwhile.
///
/// # Errors
/// When the database or a key cannot be read.
pub fn inspect(reads: &mut impl Reads, keys: &Keys, group: GroupId) -> anyhow::Result<Report> {
    let kept: Vec<Anchor> = anchors(group).order(audit_anchors::position).load(reads.conn())?;
    let mut open: BTreeMap<i64, &str> =
        kept.iter().map(|anchor| (anchor.position, anchor.hash.as_str())).collect();
    let mut rows = 0;
    let verdict = audit::walk(reads, group, |position, hash| {
        rows = position;
        if open.get(&position) == Some(&hash) {
            open.remove(&position);
        }
    })?;
    let waiting = audit_entries::table
        .filter(audit_entries::group_id.eq(group))
        .filter(audit_entries::position.is_null())
        .count()
        .get_result(reads.conn())?;
    let mut damage = Vec::new();
    // Behind a broken link nothing was looked at.
    let seen = match verdict {
        Verdict::Broken { position } => {
            damage.push(Damage::Chain(position));
            rows
        }
        Verdict::Intact { .. } => i64::MAX,
    };
    damage.extend(open.into_keys().filter(|position| *position <= seen).map(Damage::Anchored));
    let mut before = 0;
    for anchor in &kept {
        match anchor.judge(keys)? {
            Attested::Good if anchor.previous == before => {}
            Attested::Good => damage.push(Damage::AnchorMissing(anchor.position)),
            Attested::Forged => damage.push(Damage::Signature(anchor.position)),
            Attested::UnknownKey => damage.push(Damage::UnknownKey(anchor.position)),
        }
        before = anchor.position;
    }
    let last = kept.last().map(|anchor| (anchor.position, anchor.made_at));
    Ok(Report { rows, waiting, anchors: kept.len(), last, damage })
}
