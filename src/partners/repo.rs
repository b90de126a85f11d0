//! Rows of partners and of what is derived from them. The group comes first, absent is `None`, no rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::dialect::ids_found;
use crate::db::schema::{partner_refs, partner_terms, partners};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::contact::Country;
use crate::kit::ids::{ActorId, GroupId, PartnerId};
use crate::kit::version::Version;
use crate::partners::index::{self, Range};
use crate::partners::model::{ExternalRef, Partner, PartnerName, PartnerProfile, PartnerStatus, PartnerType};

/// What of a partner has no column of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Document {
    names: Vec<PartnerName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    website: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    #[serde(default)]
    external_refs: Vec<ExternalRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_before: Option<PartnerStatus>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = partners)]
struct PartnerRow {
    group_id: GroupId,
    id: PartnerId,
    kind: String,
    code: Option<String>,
    status: String,
    merged_into: Option<PartnerId>,
    display_name: String,
    sort_key: String,
    profile: Json<Document>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Partner> for PartnerRow {
    fn from(partner: &Partner) -> Self {
        let Partner { group, id, version, status, status_before, merged_into, profile, created, updated } =
            partner;
        let PartnerProfile { kind, code, names, website, country, notes, external_refs } = profile.clone();
        Self {
            group_id: *group,
            id: *id,
            kind: kind.code().to_owned(),
            code,
            status: status.code().to_owned(),
            merged_into: *merged_into,
            display_name: profile.display_name().to_owned(),
            sort_key: index::sort_key(partner),
            profile: Json(Document {
                names,
                website,
                country,
                notes,
                external_refs,
                status_before: *status_before,
            }),
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<PartnerRow> for Partner {
    fn from(row: PartnerRow) -> Self {
        let Document { names, website, country, notes, external_refs, status_before } = row.profile.0;
        Self {
            group: row.group_id,
            id: row.id,
            version: row.version,
            // The columns have checks: other codes come from a later program alone.
            status: PartnerStatus::of(&row.status).unwrap_or(PartnerStatus::Archived),
            status_before,
            merged_into: row.merged_into,
            profile: PartnerProfile {
                kind: PartnerType::of(&row.kind).unwrap_or(PartnerType::Other),
                code: row.code,
                names,
                website,
                country,
                notes,
                external_refs,
            },
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = partner_refs)]
struct RefRow {
    group_id: GroupId,
    system: String,
    external_id: String,
    partner_id: PartnerId,
}

#[derive(Insertable)]
#[diesel(table_name = partner_terms)]
struct TermRow {
    group_id: GroupId,
    term: String,
    partner_id: PartnerId,
}

/// Which partners a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PartnerFilter {
    /// Ranges of search terms, all of which must be met.
    pub ranges: Vec<Range>,
    /// Only this type.
    pub kind: Option<PartnerType>,
    /// Only these statuses; never empty.
    pub status: Vec<PartnerStatus>,
}

/// Where a page ends: sort key and id.
pub type Position = (String, PartnerId);

/// One partner.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: PartnerId) -> DbResult<Option<Partner>> {
    Ok(find_many(reads, group, &[id])?.remove(&id))
}

/// The partners with these ids that exist, by id.
///
/// # Errors
/// When the database fails.
pub fn find_many(
    reads: &mut impl Reads,
    group: GroupId,
    ids: &[PartnerId],
) -> DbResult<HashMap<PartnerId, Partner>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = partners::table
            .filter(partners::group_id.eq(group))
            .filter(partners::id.eq_any(part.to_vec()))
            .select(PartnerRow::as_select())
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(|row| (row.id, Partner::from(row))));
    }
    Ok(found)
}

/// A page of partners in the order of their names, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    group: GroupId,
    filter: &PartnerFilter,
    after: Option<&Position>,
    limit: i64,
) -> DbResult<(Vec<Partner>, Option<Position>)> {
    let statuses: Vec<&str> = filter.status.iter().map(|status| status.code()).collect();
    let mut query = partners::table
        .into_boxed::<MultiBackend>()
        .filter(partners::group_id.eq(group))
        .filter(partners::status.eq_any(statuses));
    if let Some(kind) = filter.kind {
        query = query.filter(partners::kind.eq(kind.code()));
    }
    for (lower, upper) in &filter.ranges {
        let terms = partner_terms::table
            .filter(partner_terms::group_id.eq(group))
            .filter(partner_terms::term.ge(lower))
            .filter(partner_terms::term.lt(upper))
            .select(partner_terms::partner_id);
        query = query.filter(partners::id.eq_any(terms));
    }
    if let Some((key, id)) = after {
        let tie = partners::sort_key.eq(key).and(partners::id.gt(*id));
        query = query.filter(partners::sort_key.ge(key)).filter(partners::sort_key.gt(key).or(tie));
    }
    let mut rows = query
        .order((partners::sort_key, partners::id))
        .limit(limit + 1)
        .select(PartnerRow::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| (row.sort_key.clone(), row.id));
    Ok((rows.into_iter().map(Partner::from).collect(), next))
}

/// Ids of the partners that were merged into any of these, directly.
///
/// # Errors
/// When the database fails.
pub fn merged_from(
    reads: &mut impl Reads,
    group: GroupId,
    survivors: &[PartnerId],
) -> DbResult<Vec<PartnerId>> {
    let mut found = Vec::new();
    for part in survivors.chunks(500) {
        let into = partners::merged_into.eq_any(part.to_vec()).assume_not_null();
        found.extend(
            partners::table
                .filter(partners::group_id.eq(group))
                .filter(partners::merged_into.is_not_null())
                .filter(into)
                .select(partners::id)
                .order(ids_found("partners.id"))
                .load::<PartnerId>(reads.conn())?,
        );
    }
    Ok(found)
}

/// The partners to which references were given, one query a system.
///
/// # Errors
/// When the database fails.
pub fn by_refs(
    reads: &mut impl Reads,
    group: GroupId,
    refs: &BTreeSet<ExternalRef>,
) -> DbResult<HashMap<ExternalRef, PartnerId>> {
    let mut systems: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for reference in refs {
        systems.entry(&reference.system).or_default().push(reference.id.clone());
    }
    let mut found = HashMap::new();
    for (system, ids) in systems {
        for part in ids.chunks(500) {
            let rows = partner_refs::table
                .filter(partner_refs::group_id.eq(group))
                .filter(partner_refs::system.eq(system))
                .filter(partner_refs::external_id.eq_any(part.to_vec()))
                .select((partner_refs::external_id, partner_refs::partner_id))
                .load::<(String, PartnerId)>(reads.conn())?;
            let of_system = |(id, partner)| (ExternalRef { system: system.to_owned(), id }, partner);
            found.extend(rows.into_iter().map(of_system));
        }
    }
    Ok(found)
}

/// The partners in use that have one of these codes, by code.
///
/// # Errors
/// When the database fails.
pub fn by_codes(
    reads: &mut impl Reads,
    group: GroupId,
    codes: &[String],
) -> DbResult<HashMap<String, PartnerId>> {
    let free = [PartnerStatus::Merged.code(), PartnerStatus::Archived.code()];
    let mut found = HashMap::new();
    for part in codes.chunks(500) {
        let rows = partners::table
            .filter(partners::group_id.eq(group))
            .filter(partners::code.eq_any(part.to_vec()).assume_not_null())
            .filter(partners::status.ne_all(free))
            .select((partners::code.assume_not_null(), partners::id))
            .load::<(String, PartnerId)>(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes new partners with everything derived from them. `None` when a code or an external reference of one is taken;
/// nothing is written then.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[Partner]) -> DbResult<Option<()>> {
    let rows: Vec<PartnerRow> = new.iter().map(PartnerRow::from).collect();
    dialect::unless_taken(tx, |tx| {
        insert_all!(tx, partners::table, &rows)?;
        let refs: Vec<RefRow> = new
            .iter()
            .flat_map(|partner| partner.profile.external_refs.iter().map(|r| ref_row(partner, r)))
            .collect();
        insert_all!(tx, partner_refs::table, &refs)?;
        let terms: Vec<TermRow> =
            new.iter().flat_map(|partner| term_rows(partner, index::terms(partner))).collect();
        insert_all!(tx, partner_terms::table, &terms)
    })
}

/// Writes the new state of a partner over the old one and brings what is derived into line. `Ok(false)` when another
/// writer was faster; `None` when a code or an external reference is taken.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Partner, new: &Partner) -> DbResult<Option<bool>> {
    dialect::unless_taken(tx, |tx| {
        let row = PartnerRow::from(new);
        let written = diesel::update(
            partners::table
                .filter(partners::group_id.eq(old.group))
                .filter(partners::id.eq(old.id))
                .filter(partners::version.eq(old.version)),
        )
        .set((
            partners::kind.eq(&row.kind),
            partners::code.eq(&row.code),
            partners::status.eq(&row.status),
            partners::merged_into.eq(row.merged_into),
            partners::display_name.eq(&row.display_name),
            partners::sort_key.eq(&row.sort_key),
            partners::profile.eq(&row.profile),
            partners::version.eq(row.version),
            partners::updated_at.eq(row.updated_at),
            partners::updated_by.eq(row.updated_by),
        ))
        .execute(tx.conn())?;
        if written == 0 {
            return Ok(false);
        }
        align_refs(tx, old, new)?;
        align_terms(tx, old, new)?;
        Ok(true)
    })
}

/// Holds a partner of a version until the transaction ends; `false` when it has another version.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, group: GroupId, id: PartnerId, version: Version) -> DbResult<bool> {
    let held = diesel::update(
        partners::table
            .filter(partners::group_id.eq(group))
            .filter(partners::id.eq(id))
            .filter(partners::version.eq(version)),
    )
    .set(partners::version.eq(version))
    .execute(tx.conn())?;
    Ok(held == 1)
}

fn align_refs(tx: &mut Tx<'_>, old: &Partner, new: &Partner) -> DbResult<()> {
    let (before, after) = (&old.profile.external_refs, &new.profile.external_refs);
    for gone in before.iter().filter(|reference| !after.contains(reference)) {
        diesel::delete(
            partner_refs::table
                .filter(partner_refs::group_id.eq(old.group))
                .filter(partner_refs::system.eq(&gone.system))
                .filter(partner_refs::external_id.eq(&gone.id)),
        )
        .execute(tx.conn())?;
    }
    let added: Vec<RefRow> =
        after.iter().filter(|reference| !before.contains(reference)).map(|r| ref_row(new, r)).collect();
    insert_all!(tx, partner_refs::table, &added)
}

fn align_terms(tx: &mut Tx<'_>, old: &Partner, new: &Partner) -> DbResult<()> {
    let (before, after) = (index::terms(old), index::terms(new));
    let gone: Vec<&str> = before.iter().filter(|term| !after.contains(term)).map(String::as_str).collect();
    for part in gone.chunks(200) {
        diesel::delete(
            partner_terms::table
                .filter(partner_terms::group_id.eq(old.group))
                .filter(partner_terms::term.eq_any(part.to_vec()))
                .filter(partner_terms::partner_id.eq(old.id)),
        )
        .execute(tx.conn())?;
    }
    let added = after.into_iter().filter(|term| !before.contains(term)).collect();
    let added: Vec<TermRow> = term_rows(new, added).collect();
    insert_all!(tx, partner_terms::table, &added)
}

fn ref_row(partner: &Partner, reference: &ExternalRef) -> RefRow {
    let ExternalRef { system, id } = reference.clone();
    RefRow { group_id: partner.group, system, external_id: id, partner_id: partner.id }
}

fn term_rows(partner: &Partner, terms: Vec<String>) -> impl Iterator<Item = TermRow> + use<> {
    let (group_id, partner_id) = (partner.group, partner.id);
    terms.into_iter().map(move |term| TermRow { group_id, term, partner_id })
}
