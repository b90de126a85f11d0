//! Terms and words of complaints, and the search over them. The group comes first, no rules.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::complaints::list_repo::{self, Asked, ComplaintFilter, ComplaintSort, Position};
use crate::complaints::model::Complaint;
use crate::complaints::repo;
use crate::complaints::search::{Query, Searched};
use crate::db::schema::{complaint_terms, complaint_words};
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GroupId};
use crate::kit::text::words::Probe;
use crate::platform::context::Ctx;

/// Ids or terms bound in one statement.
const BOUND_A_STATEMENT: usize = 500;
/// Rows of terms up to which a word is rare: what has it is found by its terms and sorted. More frequent words are met so
/// often that the list itself is gone through.
const RARE: usize = 2_000;
/// Complaints of a list looked at in one search before the page is handed out as far as it got, so that a search for a rare
/// combination of frequent words stays bounded.
const MOST_EXAMINED: usize = 4_000;
/// Complaints of a list looked at at a time.
const BATCH: i64 = 250;

#[derive(Insertable)]
#[diesel(table_name = complaint_terms)]
struct TermRow {
    group_id: GroupId,
    term: String,
    complaint_id: ComplaintId,
}

#[derive(Insertable)]
#[diesel(table_name = complaint_words)]
struct WordsRow {
    group_id: GroupId,
    complaint_id: ComplaintId,
    words: String,
}

/// Writes what new complaints are found by.
///
/// # Errors
/// When the database fails.
pub(super) fn insert(tx: &mut Tx<'_>, new: &[Complaint]) -> DbResult<()> {
    let (mut words, mut terms) = (Vec::with_capacity(new.len()), Vec::new());
    for complaint in new {
        let index = Searched::of(complaint).index();
        words.push(WordsRow { group_id: complaint.group, complaint_id: complaint.id, words: index.words });
        terms.extend(term_rows(complaint, index.terms));
    }
    insert_all!(tx, complaint_words::table, &words)?;
    insert_all!(tx, complaint_terms::table, &terms)
}

/// Writes what a complaint that changed is found by, if what is searched of it changed.
///
/// # Errors
/// When the database fails.
pub(super) fn replace(tx: &mut Tx<'_>, old: &Complaint, new: &Complaint) -> DbResult<()> {
    let (before, after) = (Searched::of(old), Searched::of(new));
    if before == after {
        return Ok(());
    }
    let (before, after) = (before.index(), after.index());
    let row = complaint_words::table
        .filter(complaint_words::group_id.eq(old.group))
        .filter(complaint_words::complaint_id.eq(old.id));
    let written = diesel::update(row).set(complaint_words::words.eq(&after.words)).execute(tx.conn())?;
    if written == 0 {
        // It is older than these tables.
        return insert(tx, std::slice::from_ref(new));
    }
    let (before, after): (BTreeSet<String>, BTreeSet<String>) =
        (before.terms.into_iter().collect(), after.terms.into_iter().collect());
    let gone: Vec<&String> = before.difference(&after).collect();
    for part in gone.chunks(BOUND_A_STATEMENT) {
        diesel::delete(
            complaint_terms::table
                .filter(complaint_terms::group_id.eq(old.group))
                .filter(complaint_terms::term.eq_any(part.to_vec()))
                .filter(complaint_terms::complaint_id.eq(old.id)),
        )
        .execute(tx.conn())?;
    }
    let added: Vec<TermRow> = term_rows(new, after.difference(&before).cloned().collect()).collect();
    insert_all!(tx, complaint_terms::table, &added)
}

/// Complaints of a list that a query finds, behind `after`, in the order of the list, and where the next page starts. A
/// page may be short, or empty, and still have a next one.
///
/// # Errors
/// When the database fails.
pub fn search(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &ComplaintFilter,
    query: &Query,
    sort: ComplaintSort,
    after: Option<Position>,
    limit: i64,
) -> DbResult<(Vec<Complaint>, Option<Position>)> {
    let asked = Asked { cx, filter, sort, after };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    // Both ways go by the same positions, so a word may become frequent between two pages.
    let (found, next) = match rarest(reads, cx.group, query)? {
        Some(ids) => by_terms(reads, &asked, query, ids, most)?,
        None => by_list(reads, asked, query, most)?,
    };
    let mut complaints = repo::find_many(reads, cx.group, &found)?;
    Ok((found.iter().filter_map(|id| complaints.remove(id)).collect(), next))
}

/// Complaints that were found, and where the next page starts.
type Found = (Vec<ComplaintId>, Option<Position>);

/// The complaints that have a term of the word with the fewest of them; `None` when every word is frequent.
fn rarest(reads: &mut impl Reads, group: GroupId, query: &Query) -> DbResult<Option<BTreeSet<ComplaintId>>> {
    let mut best: Option<(usize, BTreeSet<ComplaintId>)> = None;
    for probes in query.probes() {
        let mut rows = Vec::new();
        for probe in &probes {
            rows.extend(with_term(reads, group, probe)?);
        }
        if rows.len() <= best.as_ref().map_or(RARE, |(fewest, _)| *fewest) {
            best = Some((rows.len(), rows.into_iter().collect()));
        }
    }
    Ok(best.map(|(_, ids)| ids))
}

/// The complaint of each term in a range, read a little beyond what is rare.
fn with_term(reads: &mut impl Reads, group: GroupId, probe: &Probe) -> DbResult<Vec<ComplaintId>> {
    let query =
        complaint_terms::table.into_boxed::<MultiBackend>().filter(complaint_terms::group_id.eq(group));
    let query = match &probe.upper {
        Some(upper) => {
            query.filter(complaint_terms::term.ge(&probe.lower)).filter(complaint_terms::term.lt(upper))
        }
        None => query.filter(complaint_terms::term.eq(&probe.lower)),
    };
    let limit = i64::try_from(RARE).unwrap_or(i64::MAX).saturating_add(1);
    Ok(query.limit(limit).select(complaint_terms::complaint_id).load(reads.conn())?)
}

/// Finds among the complaints that have a rare word.
fn by_terms(
    reads: &mut impl Reads,
    asked: &Asked<'_>,
    query: &Query,
    ids: BTreeSet<ComplaintId>,
    most: usize,
) -> DbResult<Found> {
    let there = list_repo::among(reads, asked, &ids.into_iter().collect::<Vec<_>>())?;
    let mut found: Vec<(Instant, ComplaintId)> = Vec::new();
    if query.is_decided_by_terms() {
        found = there;
    } else {
        for part in there.chunks(BOUND_A_STATEMENT) {
            found.extend(matching(reads, asked.cx.group, query, part)?);
            if found.len() > most {
                break;
            }
        }
    }
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|&(at, id)| Position { at, id, now: asked.now() });
    Ok((found.into_iter().map(|(_, id)| id).collect(), next))
}

/// Finds by going through the list.
fn by_list(reads: &mut impl Reads, mut asked: Asked<'_>, query: &Query, most: usize) -> DbResult<Found> {
    let now = asked.now();
    let mut found = Vec::new();
    let mut examined = 0;
    loop {
        let batch = list_repo::positions(reads, &asked, BATCH)?;
        for (at, id) in matching(reads, asked.cx.group, query, &batch)? {
            if found.len() == most {
                return Ok((found, asked.after));
            }
            found.push(id);
            asked.after = Some(Position { at, id, now });
        }
        let Some(&(at, id)) = batch.last().filter(|_| batch.len() >= usize::try_from(BATCH).unwrap_or(0))
        else {
            return Ok((found, None));
        };
        examined += batch.len();
        asked.after = Some(Position { at, id, now });
        if examined >= MOST_EXAMINED {
            return Ok((found, asked.after));
        }
    }
}

/// What of a part of a list matches, in its order.
fn matching(
    reads: &mut impl Reads,
    group: GroupId,
    query: &Query,
    part: &[(Instant, ComplaintId)],
) -> DbResult<Vec<(Instant, ComplaintId)>> {
    let ids: Vec<ComplaintId> = part.iter().map(|(_, id)| *id).collect();
    let words: HashMap<ComplaintId, String> = complaint_words::table
        .filter(complaint_words::group_id.eq(group))
        .filter(complaint_words::complaint_id.eq_any(ids))
        .select((complaint_words::complaint_id, complaint_words::words))
        .load::<(ComplaintId, String)>(reads.conn())?
        .into_iter()
        .collect();
    let is_met = |id: &ComplaintId| words.get(id).is_some_and(|words| query.matches(words));
    Ok(part.iter().filter(|(_, id)| is_met(id)).copied().collect())
}

fn term_rows(complaint: &Complaint, terms: Vec<String>) -> impl Iterator<Item = TermRow> + use<> {
    let (group_id, complaint_id) = (complaint.group, complaint.id);
    terms.into_iter().map(move |term| TermRow { group_id, term, complaint_id })
}
