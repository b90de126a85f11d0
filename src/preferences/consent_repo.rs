//! Rows of consents.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::dialect::ids_found;
use crate::db::schema::guest_consents;
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ConsentId, GroupId, GuestId, HotelId};
use crate::platform::context::{Ctx, Sight};
use crate::preferences::consents::{Consent, ConsentChannel, ConsentPurpose, ConsentStatus, Receipt};

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 10_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = guest_consents)]
struct ConsentRow {
    group_id: GroupId,
    id: ConsentId,
    guest_id: GuestId,
    origin_guest_id: GuestId,
    hotel_id: Option<HotelId>,
    purpose: String,
    channel: Option<String>,
    status: String,
    given_at: Instant,
    withdrawn_at: Option<Instant>,
    expires_on: Option<NaiveDate>,
    record: Json<Receipt>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Consent> for ConsentRow {
    fn from(consent: &Consent) -> Self {
        let Consent {
            group,
            id,
            guest_id,
            origin_guest_id,
            hotel_id,
            purpose,
            channel,
            status,
            given_at,
            withdrawn_at,
            expires_on,
            receipt,
            version,
            created,
            updated,
        } = consent.clone();
        Self {
            group_id: group,
            id,
            guest_id,
            origin_guest_id,
            hotel_id,
            purpose: purpose.code().to_owned(),
            channel: channel.map(|channel| channel.code().to_owned()),
            status: status.code().to_owned(),
            given_at,
            withdrawn_at,
            expires_on,
            record: Json(receipt),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl ConsentRow {
    /// `None` for a purpose that this program does not know: a newer one wrote it, and it allows nothing here.
    fn read(self) -> Option<Consent> {
        Some(Consent {
            group: self.group_id,
            id: self.id,
            guest_id: self.guest_id,
            origin_guest_id: self.origin_guest_id,
            hotel_id: self.hotel_id,
            purpose: ConsentPurpose::of(&self.purpose)?,
            channel: self.channel.as_deref().and_then(ConsentChannel::of),
            status: ConsentStatus::of(&self.status).unwrap_or(ConsentStatus::Withdrawn),
            given_at: self.given_at,
            withdrawn_at: self.withdrawn_at,
            expires_on: self.expires_on,
            receipt: self.record.0,
            version: self.version,
            created: (self.created_at, self.created_by),
            updated: (self.updated_at, self.updated_by),
        })
    }
}

/// One consent.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: ConsentId) -> DbResult<Option<Consent>> {
    let row = guest_consents::table
        .filter(guest_consents::group_id.eq(group))
        .filter(guest_consents::id.eq(id))
        .select(ConsentRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.and_then(ConsentRow::read))
}

/// A page of a guest's consents, newest first, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    guest: GuestId,
    purpose: Option<ConsentPurpose>,
    after: Option<ConsentId>,
    limit: i64,
) -> DbResult<(Vec<Consent>, Option<ConsentId>)> {
    let mut query = guest_consents::table
        .into_boxed::<MultiBackend>()
        .filter(guest_consents::group_id.eq(cx.group))
        .filter(guest_consents::guest_id.eq(guest));
    if let Sight::Hotels(hotels) = &cx.sight {
        let own = guest_consents::hotel_id.eq_any(hotels.clone()).assume_not_null();
        query = query.filter(guest_consents::hotel_id.is_null().or(own));
    }
    if let Some(purpose) = purpose {
        query = query.filter(guest_consents::purpose.eq(purpose.code()));
    }
    if let Some(after) = after {
        query = query.filter(guest_consents::id.lt(after));
    }
    let mut rows = query
        .order(guest_consents::id.desc())
        .limit(limit + 1)
        .select(ConsentRow::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows.into_iter().filter_map(ConsentRow::read).collect(), next))
}

/// The consents of a purpose that guests have given or withdrawn at the hotels the caller may see, by guest, newest first,
/// in one query.
///
/// # Errors
/// When the database fails.
pub fn said(
    reads: &mut impl Reads,
    cx: &Ctx,
    guests: &[GuestId],
    purpose: ConsentPurpose,
) -> DbResult<HashMap<GuestId, Vec<Consent>>> {
    let mut found: HashMap<GuestId, Vec<Consent>> = HashMap::new();
    for part in guests.chunks(IDS_A_STATEMENT) {
        let mut query = guest_consents::table
            .into_boxed::<MultiBackend>()
            .filter(guest_consents::group_id.eq(cx.group))
            .filter(guest_consents::guest_id.eq_any(part.to_vec()))
            .filter(guest_consents::purpose.eq(purpose.code()));
        if let Sight::Hotels(hotels) = &cx.sight {
            let own = guest_consents::hotel_id.eq_any(hotels.clone()).assume_not_null();
            query = query.filter(guest_consents::hotel_id.is_null().or(own));
        }
        let rows = query
            .order(ids_found("guest_consents.id").desc())
            .select(ConsentRow::as_select())
            .load(reads.conn())?;
        for consent in rows.into_iter().filter_map(ConsentRow::read) {
            found.entry(consent.guest_id).or_default().push(consent);
        }
    }
    Ok(found)
}

/// The consents to keep sensitive data that guests have given and not withdrawn, by guest, in one query.
///
/// # Errors
/// When the database fails.
pub fn sensitive_data(
    reads: &mut impl Reads,
    group: GroupId,
    guests: &[GuestId],
) -> DbResult<HashMap<GuestId, Vec<Consent>>> {
    let mut found: HashMap<GuestId, Vec<Consent>> = HashMap::new();
    for part in guests.chunks(IDS_A_STATEMENT) {
        let rows = guest_consents::table
            .filter(guest_consents::group_id.eq(group))
            .filter(guest_consents::guest_id.eq_any(part.to_vec()))
            .filter(guest_consents::purpose.eq(ConsentPurpose::SensitiveData.code()))
            .filter(guest_consents::status.eq(ConsentStatus::Given.code()))
            .order(ids_found("guest_consents.id"))
            .select(ConsentRow::as_select())
            .load(reads.conn())?;
        for consent in rows.into_iter().filter_map(ConsentRow::read) {
            found.entry(consent.guest_id).or_default().push(consent);
        }
    }
    Ok(found)
}

/// Writes a new consent.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, consent: &Consent) -> DbResult<()> {
    diesel::insert_into(guest_consents::table).values(ConsentRow::from(consent)).execute(tx.conn())?;
    Ok(())
}

/// Writes the new state of a consent; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Consent, new: &Consent) -> DbResult<bool> {
    let row = ConsentRow::from(new);
    let written = diesel::update(
        guest_consents::table
            .filter(guest_consents::group_id.eq(old.group))
            .filter(guest_consents::id.eq(old.id))
            .filter(guest_consents::version.eq(old.version)),
    )
    .set((
        guest_consents::status.eq(row.status),
        guest_consents::withdrawn_at.eq(row.withdrawn_at),
        guest_consents::record.eq(row.record),
        guest_consents::version.eq(row.version),
        guest_consents::updated_at.eq(row.updated_at),
        guest_consents::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}
