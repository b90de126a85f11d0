//! Pairs of guests that may be one person: how they are found, shown and dismissed.
//!
//! A suggestion is derived from the profiles and can be found again, so a scan leaves one trace when it is asked for
//! and none for each pair. Dismissing is a decision and leaves its own.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::codes;
use crate::db::{DbResult, Reads, Tx};
use crate::guests::duplicates::thousandths;
use crate::guests::error::GuestError;
use crate::guests::matching::{self, BlockingKey, Features, KeyKind, Score};
use crate::guests::model::{Guest, GuestStatus};
use crate::guests::{duplicate_repo, index, repo, service};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, DuplicateId, GroupId, GuestId};
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};

codes! {
    /// Where a suggested pair stands.
    DuplicateStatus {
        /// Nobody has decided yet.
        Suggested = "suggested",
        /// Two persons; stays so through later scans.
        Dismissed = "dismissed",
        /// The two were merged.
        Merged = "merged",
    }
}

/// What one field says about a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldNote {
    /// The field.
    pub field: String,
    /// How far it agrees.
    pub agreement: String,
    /// Contribution in hundredths of a bit of log odds.
    pub weight: i32,
}

/// A pair of guests that may be one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: DuplicateId,
    /// The guest with the smaller id.
    pub guest: GuestId,
    /// The other one.
    pub other: GuestId,
    /// How sure, in thousandths.
    pub score: i32,
    /// Why, field by field.
    pub fields: Vec<FieldNote>,
    /// Where it stands.
    pub status: DuplicateStatus,
    /// Its version.
    pub version: Version,
    /// When it was first found.
    pub found_at: Instant,
    /// When and by whom it was decided.
    pub decided: Option<(Instant, ActorId)>,
}

/// Which suggestions a list shows.
#[derive(Debug, Clone, Serialize)]
pub struct Filter {
    /// Only these.
    pub status: DuplicateStatus,
    /// Only pairs with this guest.
    pub guest: Option<GuestId>,
}

/// Where a page of suggestions ends: score and id.
pub type Position = (i32, DuplicateId);

/// A suggestion with its two guests.
#[derive(Debug, Clone)]
pub struct SeenPair {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// The guest with the smaller id.
    pub guest: Guest,
    /// The other one.
    pub other: Guest,
}

/// What the fields of a score say; fields that are known of one guest only are left out.
pub fn notes(score: &Score) -> Vec<FieldNote> {
    let known = score.fields.iter().filter(|field| field.agreement != matching::Agreement::Absent);
    known
        .map(|field| FieldNote {
            field: field.field.to_owned(),
            agreement: field.agreement.as_str().to_owned(),
            weight: format!("{:.0}", field.weight * 100.0).parse().unwrap_or(0),
        })
        .collect()
}

/// Suggestions whose two guests the caller may see, the surest first, and where the next page starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &Filter,
    after: Option<Position>,
    limit: usize,
) -> Result<(Vec<SeenPair>, Option<Position>), GuestError> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = duplicate_repo::page(reads, cx.group, &cx.sight, filter, after, wanted)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|pair| (pair.score, pair.id));
    let ids: Vec<GuestId> = found.iter().flat_map(|pair| [pair.guest, pair.other]).collect();
    let guests = repo::find_many(reads, cx.group, &ids)?;
    let seen = found.into_iter().filter_map(|suggestion| {
        let (guest, other) = (guests.get(&suggestion.guest)?.clone(), guests.get(&suggestion.other)?.clone());
        Some(SeenPair { suggestion, guest, other })
    });
    Ok((seen.collect(), next))
}

/// Decides that a suggested pair are two persons.
///
/// # Errors
/// [`GuestError::NotFound`] unless the caller may see both guests, [`GuestError::Stale`], [`GuestError::State`] when
/// it was decided already.
pub fn dismiss(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: DuplicateId,
    expected: &Expected,
) -> Result<SeenPair, GuestError> {
    let old = duplicate_repo::find(tx, cx.group, id)?.ok_or(GuestError::NotFound)?;
    let guest = service::get(tx, cx, old.guest)?;
    let other = service::get(tx, cx, old.other)?;
    if !expected.allows(old.version) {
        return Err(GuestError::Stale);
    }
    if old.status != DuplicateStatus::Suggested {
        return Err(GuestError::State("duplicate_decided"));
    }
    let at = cx.after(old.found_at);
    let new = Suggestion {
        status: DuplicateStatus::Dismissed,
        version: old.version + 1,
        decided: Some((at, cx.actor.id)),
        ..old.clone()
    };
    if !duplicate_repo::replace(tx, &old, &new)? {
        return Err(GuestError::Stale);
    }
    let change = Change {
        action: "duplicate.dismissed",
        subject_kind: "duplicate",
        subject_id: new.id.0,
        version: new.version,
        hotel: guest.profile.private_to_hotel_id.or(other.profile.private_to_hotel_id),
        at,
        before: Some(document(&old)),
        after: Some(document(&new)),
    };
    record(tx, cx, change)?;
    Ok(SeenPair { suggestion: new, guest, other })
}

fn document(pair: &Suggestion) -> Value {
    json!({"guest_id": pair.guest, "other_guest_id": pair.other, "score": pair.score, "status": pair.status})
}

/// Rows of the key index looked at in one step. More than a key that still counts can have holders, so that a step
/// always gets past one.
const KEY_ROWS: usize = 1_000;
/// Guests counted in one step.
const COUNTED: i64 = 10_000;
/// Open suggestions looked at again in one step.
const REVIEWED: usize = 200;

/// The kinds of keys in the order of the walk: those that prove most come first.
const KINDS: [KeyKind; 13] = [
    KeyKind::Email,
    KeyKind::Phone,
    KeyKind::Document,
    KeyKind::NameHash,
    KeyKind::FullName,
    KeyKind::NamesYear,
    KeyKind::NamesDay,
    KeyKind::NameYearMonth,
    KeyKind::NameYearDay,
    KeyKind::NameMonthDay,
    KeyKind::InitialDate,
    KeyKind::NamePostal,
    KeyKind::Street,
];

/// How far a scan has come: counting the guests first, then through their keys, then once through the suggestions that
/// were open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checkpoint {
    /// Counting the guests there are to compare; the one named is counted.
    Count {
        /// Last guest counted.
        after: GuestId,
    },
    /// Walking through the keys of one kind; the value is done.
    Keys {
        /// Code of the kind.
        kind: String,
        /// Last value done.
        value: String,
    },
    /// Looking again at open suggestions; the one named is done.
    Review {
        /// Last suggestion done.
        after: Option<DuplicateId>,
    },
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self::Count { after: GuestId(uuid::Uuid::nil()) }
    }
}

impl Checkpoint {
    fn start_of(kind: Option<KeyKind>) -> Self {
        kind.map_or(Self::Review { after: None }, |kind| Self::Keys {
            kind: kind.as_str().to_owned(),
            value: String::new(),
        })
    }

    fn behind_kind(kind: &str) -> Self {
        let at = KINDS.iter().position(|known| known.as_str() == kind);
        Self::start_of(at.and_then(|at| KINDS.get(at + 1)).copied())
    }
}

/// What one step of a scan did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanStep {
    /// Where to go on; `None` when the scan is over.
    pub next: Option<Checkpoint>,
    /// Guests that are compared.
    pub guests: i64,
    /// New suggestions.
    pub found: i64,
    /// Suggestions whose score changed.
    pub changed: i64,
    /// Suggestions that hold no longer.
    pub withdrawn: i64,
}

/// One bounded step of a scan over the whole group, whoever asked for it: lists show only what their reader may see.
/// A pair that shares several keys is judged at each of them with the same outcome, so that a step can be repeated.
///
/// # Errors
/// When the database fails.
pub fn scan_step(tx: &mut Tx<'_>, cx: &Ctx, at: &Checkpoint) -> DbResult<ScanStep> {
    match at {
        Checkpoint::Count { after } => count(tx, cx, *after),
        Checkpoint::Keys { kind, value } => walk_keys(tx, cx, kind, value),
        Checkpoint::Review { after } => review(tx, cx, *after),
    }
}

type Pair = (GuestId, GuestId);

fn count(tx: &mut Tx<'_>, cx: &Ctx, after: GuestId) -> DbResult<ScanStep> {
    let guests = repo::active_ids_after(tx, cx.group, after, COUNTED)?;
    let counted = i64::try_from(guests.len()).unwrap_or(i64::MAX);
    let next = match guests.last() {
        Some(last) if counted == COUNTED => Checkpoint::Count { after: *last },
        _ => Checkpoint::start_of(KINDS.first().copied()),
    };
    Ok(ScanStep { next: Some(next), guests: counted, ..ScanStep::default() })
}

fn walk_keys(tx: &mut Tx<'_>, cx: &Ctx, kind: &str, value: &str) -> DbResult<ScanStep> {
    let limit = i64::try_from(KEY_ROWS).unwrap_or(i64::MAX);
    let rows = duplicate_repo::keys_behind(tx, cx.group, kind, value, limit)?;
    let whole = rows.len() < KEY_ROWS;
    let mut values: Vec<(String, Vec<GuestId>)> = Vec::new();
    for (value, guest) in rows {
        match values.last_mut() {
            Some((last, holders)) if *last == value => holders.push(guest),
            _ => values.push((value, vec![guest])),
        }
    }
    // The last value may go on behind the rows read: it waits for the next step. Alone it is too common anyway.
    if !whole && values.len() > 1 {
        values.pop();
    }
    let next = match values.last() {
        Some((value, _)) if !whole => Checkpoint::Keys { kind: kind.to_owned(), value: value.clone() },
        _ => Checkpoint::behind_kind(kind),
    };
    let most = usize::try_from(matching::MAX_HOLDERS).unwrap_or(usize::MAX);
    let pairs: BTreeSet<Pair> = values
        .iter()
        .filter(|(_, holders)| holders.len() <= most)
        .flat_map(|(_, holders)| pairs(holders))
        .collect();
    let mut judge = Judge::of(tx, cx, pairs.iter())?;
    let mut alike = Vec::new();
    for pair in pairs {
        if let Some(score) = judge.score(tx, pair)? {
            alike.push((pair, score));
        }
    }
    Ok(ScanStep { next: Some(next), ..keep(tx, cx, alike)? })
}

fn pairs(holders: &[GuestId]) -> impl Iterator<Item = Pair> {
    holders
        .iter()
        .enumerate()
        .flat_map(|(at, one)| holders.iter().skip(at + 1).map(|other| (*one.min(other), *one.max(other))))
}

/// Scores pairs of guests it has loaded, with the frequencies of what they share.
struct Judge {
    group: GroupId,
    known: HashMap<GuestId, (Features, Vec<BlockingKey>)>,
    holders: HashMap<BlockingKey, u32>,
}

impl Judge {
    /// Loads the active guests of the pairs.
    fn of<'a>(reads: &mut impl Reads, cx: &Ctx, pairs: impl Iterator<Item = &'a Pair>) -> DbResult<Self> {
        let ids: BTreeSet<GuestId> = pairs.flat_map(|pair| [pair.0, pair.1]).collect();
        let ids: Vec<GuestId> = ids.into_iter().collect();
        let guests = repo::find_many(reads, cx.group, &ids)?;
        let active = guests.into_values().filter(|guest| guest.status == GuestStatus::Active);
        let known = active.map(|guest| {
            let features = index::features(&guest.profile);
            let keys = matching::blocking_keys(&features);
            (guest.id, (features, keys))
        });
        Ok(Self { group: cx.group, known: known.collect(), holders: HashMap::new() })
    }

    /// The score of a pair that is worth suggesting.
    fn score(&mut self, reads: &mut impl Reads, pair: Pair) -> DbResult<Option<Score>> {
        let (Some((one, keys)), Some((other, other_keys))) =
            (self.known.get(&pair.0), self.known.get(&pair.1))
        else {
            return Ok(None);
        };
        // Taking everything shared for rare gives the highest score there can be, and asks the database nothing.
        if matching::score(one, other, &|_| None).value < matching::SUGGEST {
            return Ok(None);
        }
        let most = i64::from(matching::MAX_HOLDERS) + 1;
        for key in keys.iter().filter(|key| other_keys.contains(key)) {
            if !self.holders.contains_key(key) {
                let found = repo::holders(reads, self.group, &index::block_key(key), most)?;
                self.holders.insert(key.clone(), u32::try_from(found.len()).unwrap_or(u32::MAX));
            }
        }
        let score = matching::score(one, other, &|key| self.holders.get(key).copied());
        Ok((score.value >= matching::SUGGEST).then_some(score))
    }
}

/// Keeps what was found: new pairs, and new scores of known ones. A dismissed pair stays dismissed.
fn keep(tx: &mut Tx<'_>, cx: &Ctx, alike: Vec<(Pair, Score)>) -> DbResult<ScanStep> {
    let firsts: BTreeSet<GuestId> = alike.iter().map(|(pair, _)| pair.0).collect();
    let firsts: Vec<GuestId> = firsts.into_iter().collect();
    let known: HashMap<Pair, Suggestion> = duplicate_repo::of_first(tx, cx.group, &firsts)?
        .into_iter()
        .map(|suggestion| ((suggestion.guest, suggestion.other), suggestion))
        .collect();
    let mut step = ScanStep::default();
    let mut new = Vec::new();
    for (pair, score) in alike {
        match known.get(&pair) {
            None => new.push(fresh(cx, pair, &score)),
            Some(old) => step.changed += i64::from(rescore(tx, old, &score)?),
        }
    }
    if !new.is_empty() && !duplicate_repo::insert(tx, &new)? {
        // Another scan was faster with at least one of them.
        for suggestion in new.drain(..) {
            step.found += i64::from(duplicate_repo::insert(tx, &[suggestion])?);
        }
    }
    step.found += i64::try_from(new.len()).unwrap_or(i64::MAX);
    Ok(step)
}

fn fresh(cx: &Ctx, pair: Pair, score: &Score) -> Suggestion {
    Suggestion {
        group: cx.group,
        id: cx.new_id(),
        guest: pair.0,
        other: pair.1,
        score: thousandths(score.value),
        fields: notes(score),
        status: DuplicateStatus::Suggested,
        version: 1,
        found_at: cx.now,
        decided: None,
    }
}

/// Brings an open suggestion up to date; whether there was a difference.
fn rescore(tx: &mut Tx<'_>, old: &Suggestion, score: &Score) -> DbResult<bool> {
    let new = Suggestion {
        score: thousandths(score.value),
        fields: notes(score),
        version: old.version + 1,
        ..old.clone()
    };
    let same = new.score == old.score && new.fields == old.fields;
    if old.status != DuplicateStatus::Suggested || same {
        return Ok(false);
    }
    duplicate_repo::replace(tx, old, &new)
}

fn review(tx: &mut Tx<'_>, cx: &Ctx, after: Option<DuplicateId>) -> DbResult<ScanStep> {
    let limit = i64::try_from(REVIEWED).unwrap_or(i64::MAX);
    let open = duplicate_repo::open_after(tx, cx.group, after, limit)?;
    let pairs: Vec<Pair> = open.iter().map(|suggestion| (suggestion.guest, suggestion.other)).collect();
    let mut judge = Judge::of(tx, cx, pairs.iter())?;
    let mut step = ScanStep::default();
    for suggestion in &open {
        match judge.score(tx, (suggestion.guest, suggestion.other))? {
            Some(score) => step.changed += i64::from(rescore(tx, suggestion, &score)?),
            None => {
                duplicate_repo::withdraw(tx, cx.group, suggestion.id)?;
                step.withdrawn += 1;
            }
        }
    }
    let more = open.len() == REVIEWED;
    step.next = open.last().filter(|_| more).map(|last| Checkpoint::Review { after: Some(last.id) });
    Ok(step)
}
