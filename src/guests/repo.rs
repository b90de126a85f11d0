//! Rows of guests and of what is derived from them. The group comes first, absent is `None`, no rules.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::dialect::ids_found;
use crate::db::schema::{guest_keys, guest_refs, guest_terms, guests, hotels, staff};
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx, dialect};
use crate::guests::index::{self, Key};
use crate::guests::model::{ExternalRef, Guest, GuestStatus, Profile, Restriction};
use crate::guests::terms;
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, StaffId};

/// A row of the guests table.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = guests)]
pub struct GuestRow {
    group_id: GroupId,
    /// The guest.
    pub id: GuestId,
    version: i64,
    status: String,
    merged_into: Option<GuestId>,
    private_to_hotel_id: Option<HotelId>,
    owner_id: Option<StaffId>,
    display_name: String,
    /// The key lists by name are sorted by.
    pub sort_key: String,
    vip_level: Option<String>,
    nationality: Option<String>,
    restricted: bool,
    profile: Json<Profile>,
    restriction: Option<Json<Restriction>>,
    /// The guest's search terms, joined.
    pub search_terms: String,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Guest> for GuestRow {
    fn from(guest: &Guest) -> Self {
        let Guest { group, id, version, status, merged_into, profile, restriction, created, updated } = guest;
        Self {
            group_id: *group,
            id: *id,
            version: *version,
            status: status.code().to_owned(),
            merged_into: *merged_into,
            private_to_hotel_id: profile.private_to_hotel_id,
            owner_id: profile.owner_id,
            display_name: profile.display_name(),
            sort_key: profile.sort_key(),
            vip_level: profile.vip_level.clone(),
            nationality: profile.nationality.as_ref().map(ToString::to_string),
            restricted: restriction.is_some(),
            search_terms: terms::join(&index::search_terms(guest)),
            profile: Json(profile.clone()),
            restriction: restriction.clone().map(Json),
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<GuestRow> for Guest {
    fn from(row: GuestRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            version: row.version,
            // The column has a check: no other code can stand there.
            status: GuestStatus::of(&row.status).unwrap_or(GuestStatus::Archived),
            merged_into: row.merged_into,
            profile: row.profile.0,
            restriction: row.restriction.map(|doc| doc.0),
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = guest_refs)]
struct RefRow<'a> {
    group_id: GroupId,
    system: &'a str,
    external_id: &'a str,
    guest_id: GuestId,
}

#[derive(Insertable)]
#[diesel(table_name = guest_keys)]
struct KeyRow {
    group_id: GroupId,
    kind: String,
    value: String,
    guest_id: GuestId,
}

#[derive(Insertable)]
#[diesel(table_name = guest_terms)]
struct TermRow {
    group_id: GroupId,
    term: String,
    guest_id: GuestId,
}

/// One guest.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: GuestId) -> DbResult<Option<Guest>> {
    let row = guests::table
        .filter(guests::group_id.eq(group))
        .filter(guests::id.eq(id))
        .select(GuestRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Guest::from))
}

/// The guests with these ids that exist, by id.
///
/// # Errors
/// When the database fails.
pub fn find_many(
    reads: &mut impl Reads,
    group: GroupId,
    ids: &[GuestId],
) -> DbResult<HashMap<GuestId, Guest>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = guests::table
            .filter(guests::group_id.eq(group))
            .filter(guests::id.eq_any(part.to_vec()))
            .select(GuestRow::as_select())
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(|row| (row.id, Guest::from(row))));
    }
    Ok(found)
}

/// How guests with these ids are called, and the hotel whose staff alone may see them.
///
/// # Errors
/// When the database fails.
pub fn display_names(
    reads: &mut impl Reads,
    group: GroupId,
    ids: &[GuestId],
) -> DbResult<HashMap<GuestId, (String, Option<HotelId>)>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = guests::table
            .filter(guests::group_id.eq(group))
            .filter(guests::id.eq_any(part.to_vec()))
            .select((guests::id, guests::display_name, guests::private_to_hotel_id))
            .load::<(GuestId, String, Option<HotelId>)>(reads.conn())?;
        found.extend(rows.into_iter().map(|(id, name, hotel)| (id, (name, hotel))));
    }
    Ok(found)
}

/// Active guests in the order of their ids, after `after`; of those private to a hotel only `hotels`', or all (`None`).
///
/// # Errors
/// When the database fails.
pub fn active_after(
    reads: &mut impl Reads,
    group: GroupId,
    hotels: Option<&[HotelId]>,
    after: GuestId,
    limit: i64,
) -> DbResult<Vec<Guest>> {
    let mut query = guests::table
        .filter(guests::group_id.eq(group))
        .filter(guests::id.gt(after))
        .filter(guests::status.eq(GuestStatus::Active.code()))
        .into_boxed();
    if let Some(hotels) = hotels {
        let own = guests::private_to_hotel_id.eq_any(hotels.to_vec()).assume_not_null();
        query = query.filter(guests::private_to_hotel_id.is_null().or(own));
    }
    let rows = query.order(guests::id).limit(limit).select(GuestRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(Guest::from).collect())
}

/// Ids of the active guests of a group, in order, after `after`.
///
/// # Errors
/// When the database fails.
pub fn active_ids_after(
    reads: &mut impl Reads,
    group: GroupId,
    after: GuestId,
    limit: i64,
) -> DbResult<Vec<GuestId>> {
    Ok(guests::table
        .filter(guests::group_id.eq(group))
        .filter(guests::id.gt(after))
        .filter(guests::status.eq(GuestStatus::Active.code()))
        .order(guests::id)
        .limit(limit)
        .select(guests::id)
        .load(reads.conn())?)
}

/// Ids of the guests that were merged into one, directly.
///
/// # Errors
/// When the database fails.
pub fn merged_from(reads: &mut impl Reads, group: GroupId, survivor: GuestId) -> DbResult<Vec<GuestId>> {
    Ok(guests::table
        .filter(guests::group_id.eq(group))
        .filter(guests::merged_into.eq(survivor))
        .select(guests::id)
        .order(ids_found("guests.id"))
        .load(reads.conn())?)
}

/// The guest that holds an external reference.
///
/// # Errors
/// When the database fails.
pub fn by_ref(reads: &mut impl Reads, group: GroupId, reference: &ExternalRef) -> DbResult<Option<GuestId>> {
    Ok(guest_refs::table
        .filter(guest_refs::group_id.eq(group))
        .filter(guest_refs::system.eq(&reference.system))
        .filter(guest_refs::external_id.eq(&reference.id))
        .select(guest_refs::guest_id)
        .first(reads.conn())
        .optional()?)
}

/// The guests that hold references of one system, by external id.
///
/// # Errors
/// When the database fails.
pub fn by_refs(
    reads: &mut impl Reads,
    group: GroupId,
    system: &str,
    ids: &[String],
) -> DbResult<HashMap<String, GuestId>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = guest_refs::table
            .filter(guest_refs::group_id.eq(group))
            .filter(guest_refs::system.eq(system))
            .filter(guest_refs::external_id.eq_any(part.to_vec()))
            .select((guest_refs::external_id, guest_refs::guest_id))
            .load::<(String, GuestId)>(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// Guests that hold a key, at most `limit`, by id.
///
/// # Errors
/// When the database fails.
pub fn holders(reads: &mut impl Reads, group: GroupId, key: &Key, limit: i64) -> DbResult<Vec<GuestId>> {
    Ok(guest_keys::table
        .filter(guest_keys::group_id.eq(group))
        .filter(guest_keys::kind.eq(&key.kind))
        .filter(guest_keys::value.eq(&key.value))
        .order(guest_keys::guest_id)
        .limit(limit)
        .select(guest_keys::guest_id)
        .load(reads.conn())?)
}

/// Keys of the given kinds in the order of the index, after `after`, at most `limit` rows.
///
/// # Errors
/// When the database fails.
pub fn keys_after(
    reads: &mut impl Reads,
    group: GroupId,
    after: &(String, String, GuestId),
    limit: i64,
) -> DbResult<Vec<(String, String, GuestId)>> {
    let (kind, value, guest) = after;
    let in_value =
        guest_keys::kind.eq(kind).and(guest_keys::value.eq(value)).and(guest_keys::guest_id.gt(*guest));
    let in_kind = guest_keys::kind.eq(kind).and(guest_keys::value.gt(value));
    Ok(guest_keys::table
        .filter(guest_keys::group_id.eq(group))
        .filter(guest_keys::kind.ge(kind))
        .filter(guest_keys::kind.gt(kind).or(in_kind).or(in_value))
        .order((guest_keys::kind, guest_keys::value, guest_keys::guest_id))
        .limit(limit)
        .select((guest_keys::kind, guest_keys::value, guest_keys::guest_id))
        .load(reads.conn())?)
}

/// Writes new guests with everything derived from them. `None` when an external reference of one is taken; nothing
/// is written then.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[Guest]) -> DbResult<Option<()>> {
    let rows: Vec<GuestRow> = new.iter().map(GuestRow::from).collect();
    dialect::unless_taken(tx, |tx| {
        insert_all!(tx, guests::table, &rows)?;
        for_all_refs(tx, new.iter().map(|guest| (guest.group, guest.id, live_refs(guest).iter().collect())))?;
        let mut keys = Vec::new();
        let mut term_rows = Vec::new();
        for (guest, row) in new.iter().zip(&rows) {
            keys.extend(index::keys(guest).into_iter().map(|key| key_row(guest, key)));
            term_rows.extend(terms::split(&row.search_terms).map(|term| term_row(guest, term)));
        }
        insert_all!(tx, guest_keys::table, &keys)?;
        insert_all!(tx, guest_terms::table, &term_rows)
    })
}

/// Writes the new state of a guest over the old one and brings what is derived into line. `Ok(false)` when another
/// writer was faster; `None` when an external reference is taken.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Guest, new: &Guest) -> DbResult<Option<bool>> {
    dialect::unless_taken(tx, |tx| {
        let row = GuestRow::from(new);
        let written = diesel::update(
            guests::table
                .filter(guests::group_id.eq(old.group))
                .filter(guests::id.eq(old.id))
                .filter(guests::version.eq(old.version)),
        )
        .set((
            (
                guests::version.eq(row.version),
                guests::status.eq(&row.status),
                guests::merged_into.eq(row.merged_into),
                guests::private_to_hotel_id.eq(row.private_to_hotel_id),
                guests::owner_id.eq(row.owner_id),
                guests::display_name.eq(&row.display_name),
                guests::sort_key.eq(&row.sort_key),
            ),
            (
                guests::vip_level.eq(&row.vip_level),
                guests::nationality.eq(&row.nationality),
                guests::restricted.eq(row.restricted),
                guests::profile.eq(&row.profile),
                guests::restriction.eq(&row.restriction),
                guests::search_terms.eq(&row.search_terms),
                guests::updated_at.eq(row.updated_at),
                guests::updated_by.eq(row.updated_by),
            ),
        ))
        .execute(tx.conn())?;
        if written == 0 {
            return Ok(false);
        }
        align_refs(tx, old, new)?;
        align_keys(tx, old, new)?;
        align_terms(tx, old, new, &row)?;
        Ok(true)
    })
}

/// References are kept for live guests alone: a profile that is put away must not block a new one.
fn live_refs(guest: &Guest) -> &[ExternalRef] {
    if guest.status == GuestStatus::Active { &guest.profile.external_refs } else { &[] }
}

fn for_all_refs<'a>(
    tx: &mut Tx<'_>,
    owners: impl Iterator<Item = (GroupId, GuestId, Vec<&'a ExternalRef>)>,
) -> DbResult<()> {
    let rows: Vec<RefRow<'_>> = owners
        .flat_map(|(group_id, guest_id, refs)| {
            refs.into_iter().map(move |r| RefRow {
                group_id,
                system: &r.system,
                external_id: &r.id,
                guest_id,
            })
        })
        .collect();
    insert_all!(tx, guest_refs::table, &rows)
}

fn align_refs(tx: &mut Tx<'_>, old: &Guest, new: &Guest) -> DbResult<()> {
    let (before, after) = (live_refs(old), live_refs(new));
    for gone in before.iter().filter(|reference| !after.contains(reference)) {
        diesel::delete(
            guest_refs::table
                .filter(guest_refs::group_id.eq(old.group))
                .filter(guest_refs::system.eq(&gone.system))
                .filter(guest_refs::external_id.eq(&gone.id)),
        )
        .execute(tx.conn())?;
    }
    let added = after.iter().filter(|reference| !before.contains(reference)).collect();
    for_all_refs(tx, std::iter::once((new.group, new.id, added)))
}

fn align_keys(tx: &mut Tx<'_>, old: &Guest, new: &Guest) -> DbResult<()> {
    let (before, after) = (index::keys(old), index::keys(new));
    for gone in before.iter().filter(|key| after.binary_search(key).is_err()) {
        diesel::delete(
            guest_keys::table
                .filter(guest_keys::group_id.eq(old.group))
                .filter(guest_keys::kind.eq(&gone.kind))
                .filter(guest_keys::value.eq(&gone.value))
                .filter(guest_keys::guest_id.eq(old.id)),
        )
        .execute(tx.conn())?;
    }
    let added: Vec<KeyRow> = after
        .into_iter()
        .filter(|key| before.binary_search(key).is_err())
        .map(|key| key_row(new, key))
        .collect();
    insert_all!(tx, guest_keys::table, &added)
}

fn align_terms(tx: &mut Tx<'_>, old: &Guest, new: &Guest, row: &GuestRow) -> DbResult<()> {
    let before = index::search_terms(old);
    let after: Vec<&str> = terms::split(&row.search_terms).collect();
    let gone: Vec<&String> = before.iter().filter(|term| !after.contains(&term.as_str())).collect();
    for part in gone.chunks(200) {
        diesel::delete(
            guest_terms::table
                .filter(guest_terms::group_id.eq(old.group))
                .filter(guest_terms::term.eq_any(part.iter().map(|term| term.as_str()).collect::<Vec<_>>()))
                .filter(guest_terms::guest_id.eq(old.id)),
        )
        .execute(tx.conn())?;
    }
    let added: Vec<TermRow> = after
        .into_iter()
        .filter(|term| !before.iter().any(|old| old == term))
        .map(|term| term_row(new, term))
        .collect();
    insert_all!(tx, guest_terms::table, &added)
}

fn key_row(guest: &Guest, key: Key) -> KeyRow {
    KeyRow { group_id: guest.group, kind: key.kind, value: key.value, guest_id: guest.id }
}

fn term_row(guest: &Guest, term: &str) -> TermRow {
    TermRow { group_id: guest.group, term: term.to_owned(), guest_id: guest.id }
}

/// Whether a member of staff of the group exists.
///
/// # Errors
/// When the database fails.
pub fn staff_exists(reads: &mut impl Reads, group: GroupId, id: StaffId) -> DbResult<bool> {
    let rows: i64 = staff::table
        .filter(staff::group_id.eq(group))
        .filter(staff::id.eq(id))
        .count()
        .get_result(reads.conn())
        .map_err(DbError::from)?;
    Ok(rows > 0)
}

/// Whether a hotel of the group exists.
///
/// # Errors
/// When the database fails.
pub fn hotel_exists(reads: &mut impl Reads, group: GroupId, id: HotelId) -> DbResult<bool> {
    let rows: i64 = hotels::table
        .filter(hotels::group_id.eq(group))
        .filter(hotels::id.eq(id))
        .count()
        .get_result(reads.conn())
        .map_err(DbError::from)?;
    Ok(rows > 0)
}
