//! Rows of preferences, and the versions of guests' whole sets of them.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::dialect::{ids_found, unless_taken};
use crate::db::schema::{guest_consents, guest_preference_sets, guest_preferences};
use crate::db::types::Json;
use crate::db::{DbError, DbResult, MultiBackend, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ConsentId, GroupId, GuestId, HotelId, PreferenceId};
use crate::kit::version::Version;
use crate::preferences::model::{Details, Polarity, Preference, PreferenceStatus};

/// Ids bound in one statement: far more than a batch or a day's arrivals have.
const IDS_A_STATEMENT: usize = 10_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = guest_preferences)]
struct PreferenceRow {
    group_id: GroupId,
    id: PreferenceId,
    guest_id: GuestId,
    origin_guest_id: GuestId,
    category: String,
    code: Option<String>,
    polarity: String,
    need_class: Option<String>,
    sensitive: bool,
    hotels: Option<String>,
    consent_id: Option<ConsentId>,
    status: String,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    details: Json<Details>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

/// The hotels as one text: each id is as long as the others, so that one is found in it by its characters.
fn hotels_text(hotels: &[HotelId]) -> Option<String> {
    let ids: Vec<String> = hotels.iter().map(ToString::to_string).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

impl From<&Preference> for PreferenceRow {
    fn from(preference: &Preference) -> Self {
        let Preference {
            group,
            id,
            guest_id,
            origin_guest_id,
            category,
            code,
            polarity,
            details,
            consent_id,
            status,
            version,
            created,
            updated,
        } = preference.clone();
        Self {
            group_id: group,
            id,
            guest_id,
            origin_guest_id,
            category,
            code,
            polarity: polarity.code().to_owned(),
            need_class: details.need_class.map(|class| class.code().to_owned()),
            sensitive: details.sensitive,
            hotels: hotels_text(&details.hotel_ids),
            consent_id,
            status: status.code().to_owned(),
            valid_from: details.valid_from,
            valid_until: details.valid_until,
            details: Json(details),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<PreferenceRow> for Preference {
    fn from(row: PreferenceRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            guest_id: row.guest_id,
            origin_guest_id: row.origin_guest_id,
            category: row.category,
            code: row.code,
            // The columns have checks: no other codes can stand there.
            polarity: Polarity::of(&row.polarity).unwrap_or(Polarity::Like),
            details: row.details.0,
            consent_id: row.consent_id,
            status: PreferenceStatus::of(&row.status).unwrap_or(PreferenceStatus::Removed),
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// One preference.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: PreferenceId) -> DbResult<Option<Preference>> {
    let row = guest_preferences::table
        .filter(guest_preferences::group_id.eq(group))
        .filter(guest_preferences::id.eq(id))
        .select(PreferenceRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Preference::from))
}

/// The preferences of guests that were not taken away, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn active(reads: &mut impl Reads, group: GroupId, guests: &[GuestId]) -> DbResult<Vec<Preference>> {
    let mut found = Vec::new();
    for part in guests.chunks(IDS_A_STATEMENT) {
        let rows = guest_preferences::table
            .filter(guest_preferences::group_id.eq(group))
            .filter(guest_preferences::guest_id.eq_any(part.to_vec()))
            .filter(guest_preferences::status.eq(PreferenceStatus::Active.code()))
            .order(ids_found("guest_preferences.id"))
            .select(PreferenceRow::as_select())
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(Preference::from));
    }
    Ok(found)
}

/// Preferences of a guest after one, in the order of their ids, those taken away included when `removed`.
///
/// # Errors
/// When the database fails.
pub fn after(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    removed: bool,
    after: Option<PreferenceId>,
    limit: i64,
) -> DbResult<Vec<Preference>> {
    let mut query = guest_preferences::table
        .into_boxed::<MultiBackend>()
        .filter(guest_preferences::group_id.eq(group))
        .filter(guest_preferences::guest_id.eq(guest));
    if !removed {
        query = query.filter(guest_preferences::status.eq(PreferenceStatus::Active.code()));
    }
    if let Some(after) = after {
        query = query.filter(guest_preferences::id.gt(after));
    }
    let rows = query
        .order(guest_preferences::id)
        .limit(limit)
        .select(PreferenceRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(Preference::from).collect())
}

/// Writes new preferences.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[Preference]) -> DbResult<()> {
    let rows: Vec<PreferenceRow> = new.iter().map(PreferenceRow::from).collect();
    insert_all!(tx, guest_preferences::table, &rows)
}

/// Writes the new state of a preference; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Preference, new: &Preference) -> DbResult<bool> {
    let row = PreferenceRow::from(new);
    let written = diesel::update(
        guest_preferences::table
            .filter(guest_preferences::group_id.eq(old.group))
            .filter(guest_preferences::id.eq(old.id))
            .filter(guest_preferences::version.eq(old.version)),
    )
    .set((
        guest_preferences::polarity.eq(row.polarity),
        guest_preferences::need_class.eq(row.need_class),
        guest_preferences::sensitive.eq(row.sensitive),
        guest_preferences::hotels.eq(row.hotels),
        guest_preferences::consent_id.eq(row.consent_id),
        guest_preferences::status.eq(row.status),
        guest_preferences::valid_from.eq(row.valid_from),
        guest_preferences::valid_until.eq(row.valid_until),
        guest_preferences::details.eq(row.details),
        guest_preferences::version.eq(row.version),
        guest_preferences::updated_at.eq(row.updated_at),
        guest_preferences::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}

/// The version of a guest's set: 1 for one that was never written to.
///
/// # Errors
/// When the database fails.
pub fn set_version(reads: &mut impl Reads, group: GroupId, guest: GuestId) -> DbResult<Version> {
    let version = guest_preference_sets::table
        .filter(guest_preference_sets::group_id.eq(group))
        .filter(guest_preference_sets::guest_id.eq(guest))
        .select(guest_preference_sets::version)
        .first(reads.conn())
        .optional()?;
    Ok(version.unwrap_or(1))
}

/// Moves the version of guests' sets on, which holds the sets until the transaction ends: two writers of one set come
/// one after the other, and what is read afterwards is all there is. Answers the new versions.
///
/// # Errors
/// When the database fails.
pub fn hold_sets(tx: &mut Tx<'_>, group: GroupId, guests: &[GuestId]) -> DbResult<HashMap<GuestId, Version>> {
    let mut guests = guests.to_vec();
    // One order for all writers, so that two of them wait for each other instead of locking up.
    guests.sort_unstable();
    guests.dedup();
    let missing = missing_sets(tx, group, &guests)?;
    let rows: Vec<_> = missing.iter().map(|guest| new_set(group, *guest)).collect();
    let made = unless_taken(tx, |tx| insert_all!(tx, guest_preference_sets::table, &rows))?;
    if made.is_none() {
        // Another writer was faster with at least one of them.
        for row in rows {
            unless_taken(tx, |tx| {
                diesel::insert_into(guest_preference_sets::table).values(row).execute(tx.conn())?;
                Ok::<(), DbError>(())
            })?;
        }
    }
    for part in guests.chunks(IDS_A_STATEMENT) {
        let sets = guest_preference_sets::table
            .filter(guest_preference_sets::group_id.eq(group))
            .filter(guest_preference_sets::guest_id.eq_any(part.to_vec()));
        diesel::update(sets)
            .set(guest_preference_sets::version.eq(guest_preference_sets::version + 1))
            .execute(tx.conn())?;
    }
    versions(tx, group, &guests)
}

#[derive(Insertable)]
#[diesel(table_name = guest_preference_sets)]
struct SetRow {
    group_id: GroupId,
    guest_id: GuestId,
    version: i64,
}

const fn new_set(group: GroupId, guest: GuestId) -> SetRow {
    SetRow { group_id: group, guest_id: guest, version: 1 }
}

fn versions(
    reads: &mut impl Reads,
    group: GroupId,
    guests: &[GuestId],
) -> DbResult<HashMap<GuestId, Version>> {
    let mut found = HashMap::new();
    for part in guests.chunks(IDS_A_STATEMENT) {
        let rows: Vec<(GuestId, Version)> = guest_preference_sets::table
            .filter(guest_preference_sets::group_id.eq(group))
            .filter(guest_preference_sets::guest_id.eq_any(part.to_vec()))
            .select((guest_preference_sets::guest_id, guest_preference_sets::version))
            .load(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

fn missing_sets(reads: &mut impl Reads, group: GroupId, guests: &[GuestId]) -> DbResult<Vec<GuestId>> {
    let known = versions(reads, group, guests)?;
    Ok(guests.iter().copied().filter(|guest| !known.contains_key(guest)).collect())
}

/// How many preferences and consents hang on a guest; with `origins` only those recorded for one of these.
///
/// # Errors
/// When the database fails.
pub fn count(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<(i64, i64)> {
    let preferences = || {
        guest_preferences::table
            .filter(guest_preferences::group_id.eq(group))
            .filter(guest_preferences::guest_id.eq(guest))
    };
    let consents = || {
        guest_consents::table
            .filter(guest_consents::group_id.eq(group))
            .filter(guest_consents::guest_id.eq(guest))
    };
    let Some(origins) = origins else {
        let first: i64 = preferences().count().get_result(reads.conn())?;
        return Ok((first, consents().count().get_result(reads.conn())?));
    };
    let mut count = (0, 0);
    for part in origins.chunks(IDS_A_STATEMENT) {
        let origin = guest_preferences::origin_guest_id.eq_any(part.to_vec());
        count.0 += preferences().filter(origin).count().get_result::<i64>(reads.conn())?;
        let origin = guest_consents::origin_guest_id.eq_any(part.to_vec());
        count.1 += consents().filter(origin).count().get_result::<i64>(reads.conn())?;
    }
    Ok(count)
}

/// Hangs every preference and consent of one guest on another, and moves both sets on.
///
/// # Errors
/// When the database fails.
pub fn hand_over(tx: &mut Tx<'_>, group: GroupId, from: GuestId, to: GuestId) -> DbResult<()> {
    hold_sets(tx, group, &[from, to])?;
    let preferences = guest_preferences::table
        .filter(guest_preferences::group_id.eq(group))
        .filter(guest_preferences::guest_id.eq(from));
    diesel::update(preferences).set(guest_preferences::guest_id.eq(to)).execute(tx.conn())?;
    let consents = guest_consents::table
        .filter(guest_consents::group_id.eq(group))
        .filter(guest_consents::guest_id.eq(from));
    diesel::update(consents).set(guest_consents::guest_id.eq(to)).execute(tx.conn())?;
    Ok(())
}

/// Hangs what was recorded for one of `origins` back on `to`, and moves both sets on.
///
/// # Errors
/// When the database fails.
pub fn hand_back(
    tx: &mut Tx<'_>,
    group: GroupId,
    from: GuestId,
    to: GuestId,
    origins: &[GuestId],
) -> DbResult<()> {
    hold_sets(tx, group, &[from, to])?;
    for part in origins.chunks(IDS_A_STATEMENT) {
        let preferences = guest_preferences::table
            .filter(guest_preferences::group_id.eq(group))
            .filter(guest_preferences::guest_id.eq(from))
            .filter(guest_preferences::origin_guest_id.eq_any(part.to_vec()));
        diesel::update(preferences).set(guest_preferences::guest_id.eq(to)).execute(tx.conn())?;
        let consents = guest_consents::table
            .filter(guest_consents::group_id.eq(group))
            .filter(guest_consents::guest_id.eq(from))
            .filter(guest_consents::origin_guest_id.eq_any(part.to_vec()));
        diesel::update(consents).set(guest_consents::guest_id.eq(to)).execute(tx.conn())?;
    }
    Ok(())
}
