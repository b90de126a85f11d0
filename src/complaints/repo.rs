//! Rows of complaints and of their references. The group comes first, absent is `None`, no rules.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};

use crate::complaints::model::{
    Class, Complaint, ComplaintStatus, Currency, ExternalRef, Facts, LinkedGuest, NextDue, Progress,
};
use crate::complaints::{figure_repo, search_repo};
use crate::db::schema::{complaint_informed, complaint_refs, complaint_watchers, complaints};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, GuestId, HotelId, PartnerId, StaffId, StayId};

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 500;
/// How the end of time is stored: nothing is due. 9999-12-31T00:00:00Z.
pub(super) const NEVER: Instant = Instant::from_micros(253_402_214_400_000_000);

/// What is neither filtered by nor summed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    facts: Facts,
    class: Class,
    progress: Progress,
    currency: String,
    created: (Instant, ActorId),
    updated_by: ActorId,
}

/// A row of the complaints table.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = complaints)]
#[diesel(primary_key(group_id, id))]
#[diesel(treat_none_as_null = true)]
pub(super) struct ComplaintRow {
    group_id: GroupId,
    id: ComplaintId,
    hotel_id: HotelId,
    number: String,
    status: String,
    on_hold: bool,
    escalation_level: i32,
    guest_id: Option<GuestId>,
    origin_guest_id: Option<GuestId>,
    stay_id: Option<StayId>,
    partner_id: Option<PartnerId>,
    room: Option<String>,
    channel: String,
    category: Option<String>,
    cause_category: Option<String>,
    department: Option<String>,
    handling_department: Option<String>,
    severity: Option<String>,
    priority: Option<String>,
    owner_id: Option<StaffId>,
    received_at: Instant,
    next_due_at: Instant,
    next_warn_at: Instant,
    next_alert_at: Option<Instant>,
    resolved_at: Option<Instant>,
    closed_at: Option<Instant>,
    cost_minor: i64,
    description: String,
    record: Json<Record>,
    version: i64,
    updated_at: Instant,
}

impl From<&Complaint> for ComplaintRow {
    fn from(complaint: &Complaint) -> Self {
        let Complaint {
            group,
            id,
            hotel_id,
            number,
            status,
            facts,
            class,
            progress,
            cost_minor,
            currency,
            next,
            version,
            created,
            updated,
        } = complaint.clone();
        let closed_at =
            progress.ending.as_ref().filter(|_| status == ComplaintStatus::Closed).map(|ending| ending.at);
        Self {
            group_id: group,
            id,
            hotel_id,
            number,
            status: status.code().to_owned(),
            on_hold: progress.hold().is_some(),
            escalation_level: progress.level(),
            guest_id: facts.guest.map(|linked| linked.id),
            origin_guest_id: facts.guest.map(|linked| linked.origin),
            stay_id: facts.stay_id,
            partner_id: facts.partner_id,
            room: facts.room.clone(),
            channel: facts.channel.code().to_owned(),
            category: class.category.clone(),
            cause_category: class.cause_category.map(|cause| cause.code().to_owned()),
            department: class.department.clone(),
            handling_department: class.handling_department.clone(),
            severity: class.severity.map(|severity| severity.code().to_owned()),
            priority: class.priority.map(|priority| priority.code().to_owned()),
            owner_id: progress.owner_id,
            received_at: facts.received_at,
            next_due_at: next.due_at.unwrap_or(NEVER),
            next_warn_at: next.warn_at.unwrap_or(NEVER),
            next_alert_at: next.alert_at,
            resolved_at: progress.rounds.last().and_then(|round| round.resolved_at),
            closed_at,
            cost_minor,
            description: facts.description.clone(),
            record: Json(Record {
                facts,
                class,
                progress,
                currency: currency.code().to_owned(),
                created,
                updated_by: updated.1,
            }),
            version,
            updated_at: updated.0,
        }
    }
}

impl From<ComplaintRow> for Complaint {
    fn from(row: ComplaintRow) -> Self {
        let Json(Record { facts, class, progress, currency, created, updated_by }) = row.record;
        let origin = row.origin_guest_id;
        let guest = row.guest_id.map(|id| LinkedGuest { id, origin: origin.unwrap_or(id) });
        let told = |at: Instant| (at < NEVER).then_some(at);
        Self {
            group: row.group_id,
            id: row.id,
            hotel_id: row.hotel_id,
            number: row.number,
            // The column has a check: no other code can stand there.
            status: ComplaintStatus::of(&row.status).unwrap_or(ComplaintStatus::Closed),
            facts: Facts { guest, description: row.description, ..facts },
            class,
            progress,
            cost_minor: row.cost_minor,
            // A currency that the library dropped since it was written reads as none.
            currency: Currency::parse(&currency).unwrap_or_else(Currency::none),
            next: NextDue {
                due_at: told(row.next_due_at),
                warn_at: told(row.next_warn_at),
                alert_at: row.next_alert_at,
            },
            version: row.version,
            created,
            updated: (row.updated_at, updated_by),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = complaint_refs)]
struct RefRow<'a> {
    group_id: GroupId,
    system: &'a str,
    external_id: &'a str,
    complaint_id: ComplaintId,
}

#[derive(Insertable)]
#[diesel(table_name = complaint_watchers)]
struct WatcherRow {
    group_id: GroupId,
    complaint_id: ComplaintId,
    staff_id: StaffId,
}

#[derive(Insertable)]
#[diesel(table_name = complaint_informed)]
struct InformedRow<'a> {
    group_id: GroupId,
    complaint_id: ComplaintId,
    department: &'a str,
}

/// Keeps a complaint from other writers until the transaction ends, as `SELECT … FOR UPDATE` would, which SQLite lacks.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, group: GroupId, id: ComplaintId) -> DbResult<()> {
    diesel::update(complaints::table.filter(complaints::group_id.eq(group)).filter(complaints::id.eq(id)))
        .set(complaints::version.eq(complaints::version))
        .execute(tx.conn())?;
    Ok(())
}

/// One complaint.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: ComplaintId) -> DbResult<Option<Complaint>> {
    Ok(find_many(reads, group, &[id])?.remove(&id))
}

/// The complaints with these ids that exist, by id.
///
/// # Errors
/// When the database fails.
pub fn find_many(
    reads: &mut impl Reads,
    group: GroupId,
    ids: &[ComplaintId],
) -> DbResult<HashMap<ComplaintId, Complaint>> {
    let mut found = HashMap::new();
    for part in ids.chunks(IDS_A_STATEMENT) {
        let rows: Vec<ComplaintRow> = complaints::table
            .filter(complaints::group_id.eq(group))
            .filter(complaints::id.eq_any(part.to_vec()))
            .select(ComplaintRow::as_select())
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(Complaint::from).map(|complaint| (complaint.id, complaint)));
    }
    Ok(found)
}

/// The complaints that hold references of one system, by external id.
///
/// # Errors
/// When the database fails.
pub fn by_refs(
    reads: &mut impl Reads,
    group: GroupId,
    system: &str,
    ids: &[String],
) -> DbResult<HashMap<String, ComplaintId>> {
    let mut found = HashMap::new();
    for part in ids.chunks(IDS_A_STATEMENT) {
        let rows = complaint_refs::table
            .filter(complaint_refs::group_id.eq(group))
            .filter(complaint_refs::system.eq(system))
            .filter(complaint_refs::external_id.eq_any(part.to_vec()))
            .select((complaint_refs::external_id, complaint_refs::complaint_id))
            .load::<(String, ComplaintId)>(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// The complaint that holds a reference.
///
/// # Errors
/// When the database fails.
pub fn by_ref(
    reads: &mut impl Reads,
    group: GroupId,
    reference: &ExternalRef,
) -> DbResult<Option<ComplaintId>> {
    let ids = [reference.id.clone()];
    Ok(by_refs(reads, group, &reference.system, &ids)?.remove(&reference.id))
}

/// Complaints of which a warning is to be given by now, the longest overdue first.
///
/// # Errors
/// When the database fails.
pub fn warnings_due(
    reads: &mut impl Reads,
    group: GroupId,
    now: Instant,
    limit: i64,
) -> DbResult<Vec<ComplaintId>> {
    Ok(complaints::table
        .filter(complaints::group_id.eq(group))
        .filter(complaints::next_alert_at.le(now).assume_not_null())
        .order((complaints::next_alert_at, complaints::id))
        .limit(limit)
        .select(complaints::id)
        .load(reads.conn())?)
}

/// Open complaints behind one, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn open_after(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<ComplaintId>,
    limit: i64,
) -> DbResult<Vec<Complaint>> {
    let mut query = complaints::table
        .into_boxed::<MultiBackend>()
        .filter(complaints::group_id.eq(group))
        // Written out, so that the small index of open ones is used.
        .filter(sql::<Bool>(
            "complaints.status IN ('received', 'recorded', 'investigating', 'solution_proposed', 'executing', \
             'following_up')",
        ));
    if let Some(after) = after {
        query = query.filter(complaints::id.gt(after));
    }
    let rows: Vec<ComplaintRow> =
        query.order(complaints::id).limit(limit).select(ComplaintRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(Complaint::from).collect())
}

/// Complaints behind one, whatever their status, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn after(
    reads: &mut impl Reads,
    group: GroupId,
    after: Option<ComplaintId>,
    limit: i64,
) -> DbResult<Vec<Complaint>> {
    let mut query = complaints::table.into_boxed::<MultiBackend>().filter(complaints::group_id.eq(group));
    if let Some(after) = after {
        query = query.filter(complaints::id.gt(after));
    }
    let rows: Vec<ComplaintRow> =
        query.order(complaints::id).limit(limit).select(ComplaintRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().map(Complaint::from).collect())
}

/// Writes down when the clocks of a complaint are next of interest, unless it was changed meanwhile: then that is right.
///
/// # Errors
/// When the database fails.
pub fn reschedule(tx: &mut Tx<'_>, complaint: &Complaint, next: NextDue) -> DbResult<()> {
    diesel::update(
        complaints::table
            .filter(complaints::group_id.eq(complaint.group))
            .filter(complaints::id.eq(complaint.id))
            .filter(complaints::version.eq(complaint.version)),
    )
    .set((
        complaints::next_due_at.eq(next.due_at.unwrap_or(NEVER)),
        complaints::next_warn_at.eq(next.warn_at.unwrap_or(NEVER)),
        complaints::next_alert_at.eq(next.alert_at),
    ))
    .execute(tx.conn())?;
    Ok(())
}

/// Writes new complaints with their references. `None` when a reference of one is taken; nothing is written then.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[Complaint]) -> DbResult<Option<()>> {
    let rows: Vec<ComplaintRow> = new.iter().map(ComplaintRow::from).collect();
    dialect::unless_taken(tx, |tx| {
        insert_all!(tx, complaints::table, &rows)?;
        figure_repo::insert(tx, new)?;
        search_repo::insert(tx, new)?;
        watch(tx, new)?;
        inform(tx, new)?;
        let refs: Vec<RefRow<'_>> =
            new.iter().flat_map(|one| ref_rows(one, one.facts.external_refs.iter())).collect();
        insert_all!(tx, complaint_refs::table, &refs)
    })
}

/// Writes the new state of a complaint over the old one. `Ok(Some(false))` when another writer was faster; `None` when a
/// reference is taken.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Complaint, new: &Complaint) -> DbResult<Option<bool>> {
    dialect::unless_taken(tx, |tx| {
        let written = diesel::update(
            complaints::table
                .filter(complaints::group_id.eq(old.group))
                .filter(complaints::id.eq(old.id))
                .filter(complaints::version.eq(old.version)),
        )
        .set(ComplaintRow::from(new))
        .execute(tx.conn())?;
        if written == 0 {
            return Ok(false);
        }
        figure_repo::replace(tx, new)?;
        search_repo::replace(tx, old, new)?;
        if old.progress.watchers != new.progress.watchers {
            diesel::delete(
                complaint_watchers::table
                    .filter(complaint_watchers::group_id.eq(old.group))
                    .filter(complaint_watchers::complaint_id.eq(old.id)),
            )
            .execute(tx.conn())?;
            watch(tx, std::slice::from_ref(new))?;
        }
        if old.class.informed != new.class.informed {
            diesel::delete(
                complaint_informed::table
                    .filter(complaint_informed::group_id.eq(old.group))
                    .filter(complaint_informed::complaint_id.eq(old.id)),
            )
            .execute(tx.conn())?;
            inform(tx, std::slice::from_ref(new))?;
        }
        let (before, after) = (&old.facts.external_refs, &new.facts.external_refs);
        for gone in before.iter().filter(|reference| !after.contains(reference)) {
            diesel::delete(
                complaint_refs::table
                    .filter(complaint_refs::group_id.eq(old.group))
                    .filter(complaint_refs::system.eq(&gone.system))
                    .filter(complaint_refs::external_id.eq(&gone.id)),
            )
            .execute(tx.conn())?;
        }
        let added = after.iter().filter(|reference| !before.contains(reference));
        let added: Vec<RefRow<'_>> = ref_rows(new, added).collect();
        insert_all!(tx, complaint_refs::table, &added)?;
        Ok(true)
    })
}

/// Writes who follows complaints, so that their lists find them.
fn watch(tx: &mut Tx<'_>, complaints: &[Complaint]) -> DbResult<()> {
    let rows: Vec<WatcherRow> = complaints
        .iter()
        .flat_map(|one| {
            let row =
                |staff: &StaffId| WatcherRow { group_id: one.group, complaint_id: one.id, staff_id: *staff };
            one.progress.watchers.iter().map(row)
        })
        .collect();
    insert_all!(tx, complaint_watchers::table, &rows)
}

/// Writes which departments are told of complaints, so that their lists find them.
fn inform(tx: &mut Tx<'_>, complaints: &[Complaint]) -> DbResult<()> {
    let rows: Vec<InformedRow<'_>> = complaints
        .iter()
        .flat_map(|one| {
            let row = |department| InformedRow { group_id: one.group, complaint_id: one.id, department };
            one.class.informed.iter().map(String::as_str).map(row)
        })
        .collect();
    insert_all!(tx, complaint_informed::table, &rows)
}

fn ref_rows<'a>(
    complaint: &'a Complaint,
    refs: impl Iterator<Item = &'a ExternalRef>,
) -> impl Iterator<Item = RefRow<'a>> {
    refs.map(|reference| RefRow {
        group_id: complaint.group,
        system: &reference.system,
        external_id: &reference.id,
        complaint_id: complaint.id,
    })
}
