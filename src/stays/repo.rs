//! Rows of stays, of their references and of those who come along. The group comes first, absent is `None`, no rules.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::{stay_companions, stay_refs, stays};
use crate::db::types::Json;
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, PartnerId, StayId};
use crate::stays::model::{
    Currency, Decision, ExternalRef, Facts, LinkedGuest, Money, Person, Revenue, RoomMove, SourceOrder, Stay,
    StayPurpose, StayStatus,
};

/// Ids bound in one statement.
pub(super) const IDS_A_STATEMENT: usize = 500;

/// What has no column: it is neither filtered by nor summed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    adults: i32,
    children: i32,
    infants: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    booked_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booked_room_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<(i64, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<StayPurpose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    special_requests: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eta: Option<NaiveTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etd: Option<NaiveTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    board: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    custom_fields: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<ExternalRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    room_moves: Vec<RoomMove>,
    reinstated: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_in_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_out_at: Option<Instant>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    decisions: BTreeMap<String, Decision>,
}

/// A row of the stays table.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = stays)]
#[diesel(primary_key(group_id, id))]
#[diesel(treat_none_as_null = true)]
pub(super) struct StayRow {
    group_id: GroupId,
    pub(super) id: StayId,
    hotel_id: HotelId,
    status: String,
    guest_id: Option<GuestId>,
    origin_guest_id: Option<GuestId>,
    guest_name: Option<String>,
    arrival_on: NaiveDate,
    departure_on: NaiveDate,
    nights: i32,
    rooms: i32,
    lead_days: Option<i32>,
    room: Option<String>,
    room_type: Option<String>,
    channel: Option<String>,
    segment: Option<String>,
    agent_id: Option<PartnerId>,
    company_id: Option<PartnerId>,
    currency: String,
    revenue_room: i64,
    revenue_food_beverage: i64,
    revenue_other: i64,
    source_version: Option<i64>,
    source_at: Option<Instant>,
    record: Json<Record>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Stay> for StayRow {
    fn from(stay: &Stay) -> Self {
        let Stay {
            group,
            id,
            hotel_id,
            status,
            facts,
            room_moves,
            reinstated,
            checked_in_at,
            checked_out_at,
            source,
            decisions,
            version,
            created,
            updated,
        } = stay.clone();
        let (nights, lead_days) = (facts.nights(), facts.lead_days());
        let actual_room_type = facts.actual_room_type().map(str::to_owned);
        let Facts {
            guest,
            companions: _,
            arrival_on,
            departure_on,
            rooms,
            adults,
            children,
            infants,
            booked_on,
            cancelled_on,
            cancellation_reason,
            room,
            room_type,
            booked_room_type,
            rate_code,
            rate,
            channel,
            segment,
            purpose,
            agent_id,
            company_id,
            currency,
            revenue,
            special_requests,
            eta,
            etd,
            board,
            custom_fields,
            external_refs,
        } = facts;
        Self {
            group_id: group,
            id,
            hotel_id,
            status: status.code().to_owned(),
            guest_id: guest.guest.map(|linked| linked.id),
            origin_guest_id: guest.guest.map(|linked| linked.origin),
            guest_name: guest.name,
            arrival_on,
            departure_on,
            nights,
            rooms,
            lead_days,
            room,
            room_type: actual_room_type,
            channel,
            segment,
            agent_id,
            company_id,
            currency: currency.code().to_owned(),
            revenue_room: revenue.room,
            revenue_food_beverage: revenue.food_beverage,
            revenue_other: revenue.other,
            source_version: source.version,
            source_at: source.updated_at,
            record: Json(Record {
                adults,
                children,
                infants,
                booked_on,
                cancelled_on,
                cancellation_reason,
                room_type,
                booked_room_type,
                rate_code,
                rate: rate.map(|money| (money.amount_minor, money.currency.code().to_owned())),
                purpose,
                special_requests,
                eta,
                etd,
                board,
                custom_fields,
                external_refs,
                room_moves,
                reinstated,
                checked_in_at,
                checked_out_at,
                decisions,
            }),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

/// A currency that the library dropped since it was written reads as none.
fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap_or_else(Currency::none)
}

fn linked(id: Option<GuestId>, origin: Option<GuestId>) -> Option<LinkedGuest> {
    id.map(|id| LinkedGuest { id, origin: origin.unwrap_or(id) })
}

impl StayRow {
    fn with(self, companions: Vec<Person>) -> Stay {
        let Json(record) = self.record;
        Stay {
            group: self.group_id,
            id: self.id,
            hotel_id: self.hotel_id,
            // The column has a check: no other code can stand there.
            status: StayStatus::of(&self.status).unwrap_or(StayStatus::Deleted),
            facts: Facts {
                guest: Person { guest: linked(self.guest_id, self.origin_guest_id), name: self.guest_name },
                companions,
                arrival_on: self.arrival_on,
                departure_on: self.departure_on,
                rooms: self.rooms,
                adults: record.adults,
                children: record.children,
                infants: record.infants,
                booked_on: record.booked_on,
                cancelled_on: record.cancelled_on,
                cancellation_reason: record.cancellation_reason,
                room: self.room,
                room_type: record.room_type,
                booked_room_type: record.booked_room_type,
                rate_code: record.rate_code,
                rate: record
                    .rate
                    .map(|(amount_minor, code)| Money { amount_minor, currency: currency(&code) }),
                channel: self.channel,
                segment: self.segment,
                purpose: record.purpose,
                agent_id: self.agent_id,
                company_id: self.company_id,
                currency: currency(&self.currency),
                revenue: Revenue {
                    room: self.revenue_room,
                    food_beverage: self.revenue_food_beverage,
                    other: self.revenue_other,
                },
                special_requests: record.special_requests,
                eta: record.eta,
                etd: record.etd,
                board: record.board,
                custom_fields: record.custom_fields,
                external_refs: record.external_refs,
            },
            room_moves: record.room_moves,
            reinstated: record.reinstated,
            checked_in_at: record.checked_in_at,
            checked_out_at: record.checked_out_at,
            source: SourceOrder { version: self.source_version, updated_at: self.source_at },
            decisions: record.decisions,
            version: self.version,
            created: (self.created_at, self.created_by),
            updated: (self.updated_at, self.updated_by),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = stay_companions)]
struct CompanionRow {
    group_id: GroupId,
    stay_id: StayId,
    seq: i32,
    guest_id: Option<GuestId>,
    origin_guest_id: Option<GuestId>,
    name: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = stay_refs)]
struct RefRow<'a> {
    group_id: GroupId,
    system: &'a str,
    external_id: &'a str,
    stay_id: StayId,
}

/// Makes stays of rows: one query for all who come along.
///
/// # Errors
/// When the database fails.
pub(super) fn complete(reads: &mut impl Reads, group: GroupId, rows: Vec<StayRow>) -> DbResult<Vec<Stay>> {
    let ids: Vec<StayId> = rows.iter().map(|row| row.id).collect();
    let mut companions: HashMap<StayId, Vec<Person>> = HashMap::new();
    for part in ids.chunks(IDS_A_STATEMENT) {
        let found: Vec<CompanionRow> = stay_companions::table
            .filter(stay_companions::group_id.eq(group))
            .filter(stay_companions::stay_id.eq_any(part.to_vec()))
            .order((stay_companions::stay_id, stay_companions::seq))
            .select(CompanionRow::as_select())
            .load(reads.conn())?;
        for row in found {
            let person = Person { guest: linked(row.guest_id, row.origin_guest_id), name: row.name };
            companions.entry(row.stay_id).or_default().push(person);
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let along = companions.remove(&row.id).unwrap_or_default();
            row.with(along)
        })
        .collect())
}

/// One stay.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: StayId) -> DbResult<Option<Stay>> {
    Ok(find_many(reads, group, &[id])?.remove(&id))
}

/// The stays with these ids that exist, by id.
///
/// # Errors
/// When the database fails.
pub fn find_many(reads: &mut impl Reads, group: GroupId, ids: &[StayId]) -> DbResult<HashMap<StayId, Stay>> {
    let mut found = HashMap::new();
    for part in ids.chunks(IDS_A_STATEMENT) {
        let rows = stays::table
            .filter(stays::group_id.eq(group))
            .filter(stays::id.eq_any(part.to_vec()))
            .select(StayRow::as_select())
            .load(reads.conn())?;
        found.extend(complete(reads, group, rows)?.into_iter().map(|stay| (stay.id, stay)));
    }
    Ok(found)
}

/// Keeps a stay from other writers until the transaction ends, as `SELECT … FOR UPDATE` would, which SQLite lacks.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, group: GroupId, id: StayId) -> DbResult<()> {
    diesel::update(stays::table.filter(stays::group_id.eq(group)).filter(stays::id.eq(id)))
        .set(stays::version.eq(stays::version))
        .execute(tx.conn())?;
    Ok(())
}

/// The stay that holds an external reference.
///
/// # Errors
/// When the database fails.
pub fn by_ref(reads: &mut impl Reads, group: GroupId, reference: &ExternalRef) -> DbResult<Option<StayId>> {
    Ok(stay_refs::table
        .filter(stay_refs::group_id.eq(group))
        .filter(stay_refs::system.eq(&reference.system))
        .filter(stay_refs::external_id.eq(&reference.id))
        .select(stay_refs::stay_id)
        .first(reads.conn())
        .optional()?)
}

/// The stays that hold references of one system, by external id.
///
/// # Errors
/// When the database fails.
pub fn by_refs(
    reads: &mut impl Reads,
    group: GroupId,
    system: &str,
    ids: &[String],
) -> DbResult<HashMap<String, StayId>> {
    let mut found = HashMap::new();
    for part in ids.chunks(IDS_A_STATEMENT) {
        let rows = stay_refs::table
            .filter(stay_refs::group_id.eq(group))
            .filter(stay_refs::system.eq(system))
            .filter(stay_refs::external_id.eq_any(part.to_vec()))
            .select((stay_refs::external_id, stay_refs::stay_id))
            .load::<(String, StayId)>(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes new stays with their references and those who come along. `None` when a reference of one is taken; nothing is
/// written then.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[Stay]) -> DbResult<Option<()>> {
    let rows: Vec<StayRow> = new.iter().map(StayRow::from).collect();
    dialect::unless_taken(tx, |tx| {
        insert_all!(tx, stays::table, &rows)?;
        let refs: Vec<RefRow<'_>> =
            new.iter().flat_map(|stay| ref_rows(stay, stay.facts.external_refs.iter())).collect();
        insert_all!(tx, stay_refs::table, &refs)?;
        let along: Vec<CompanionRow> = new.iter().flat_map(companion_rows).collect();
        insert_all!(tx, stay_companions::table, &along)
    })
}

/// Writes the new state of a stay over the old one. `Ok(false)` when another writer was faster; `None` when a reference
/// is taken.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Stay, new: &Stay) -> DbResult<Option<bool>> {
    dialect::unless_taken(tx, |tx| {
        let written = diesel::update(
            stays::table
                .filter(stays::group_id.eq(old.group))
                .filter(stays::id.eq(old.id))
                .filter(stays::version.eq(old.version)),
        )
        .set(StayRow::from(new))
        .execute(tx.conn())?;
        if written == 0 {
            return Ok(false);
        }
        align_refs(tx, old, new)?;
        if old.facts.companions != new.facts.companions {
            diesel::delete(
                stay_companions::table
                    .filter(stay_companions::group_id.eq(old.group))
                    .filter(stay_companions::stay_id.eq(old.id)),
            )
            .execute(tx.conn())?;
            let along: Vec<CompanionRow> = companion_rows(new).collect();
            insert_all!(tx, stay_companions::table, &along)?;
        }
        Ok(true)
    })
}

/// Notes where the last message about a stay stood, when it said nothing new; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn note_order(tx: &mut Tx<'_>, old: &Stay, order: SourceOrder) -> DbResult<bool> {
    let written = diesel::update(
        stays::table
            .filter(stays::group_id.eq(old.group))
            .filter(stays::id.eq(old.id))
            .filter(stays::version.eq(old.version)),
    )
    .set((stays::source_version.eq(order.version), stays::source_at.eq(order.updated_at)))
    .execute(tx.conn())?;
    Ok(written == 1)
}

fn align_refs(tx: &mut Tx<'_>, old: &Stay, new: &Stay) -> DbResult<()> {
    let (before, after) = (&old.facts.external_refs, &new.facts.external_refs);
    for gone in before.iter().filter(|reference| !after.contains(reference)) {
        diesel::delete(
            stay_refs::table
                .filter(stay_refs::group_id.eq(old.group))
                .filter(stay_refs::system.eq(&gone.system))
                .filter(stay_refs::external_id.eq(&gone.id)),
        )
        .execute(tx.conn())?;
    }
    let added: Vec<RefRow<'_>> =
        ref_rows(new, after.iter().filter(|reference| !before.contains(reference))).collect();
    insert_all!(tx, stay_refs::table, &added)
}

fn ref_rows<'a>(
    stay: &Stay,
    refs: impl Iterator<Item = &'a ExternalRef>,
) -> impl Iterator<Item = RefRow<'a>> {
    let (group_id, stay_id) = (stay.group, stay.id);
    refs.map(move |reference| RefRow {
        group_id,
        system: &reference.system,
        external_id: &reference.id,
        stay_id,
    })
}

fn companion_rows(stay: &Stay) -> impl Iterator<Item = CompanionRow> + '_ {
    stay.facts.companions.iter().zip(0..).map(|(person, seq)| CompanionRow {
        group_id: stay.group,
        stay_id: stay.id,
        seq,
        guest_id: person.guest.map(|guest| guest.id),
        origin_guest_id: person.guest.map(|guest| guest.origin),
        name: person.name.clone(),
    })
}
