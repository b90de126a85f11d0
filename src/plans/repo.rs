//! Rows of plan items.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::dialect::ids_found;
use crate::db::schema::{plan_items, stays};
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, PlanItemId, PreferenceId, StayId};
use crate::plans::model::{Clearance, PlanItem, PlanItemStatus, VOID, Wish};
use crate::platform::context::{Ctx, Sight};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_items)]
struct ItemRow {
    group_id: GroupId,
    id: PlanItemId,
    stay_id: StayId,
    hotel_id: HotelId,
    guest_id: GuestId,
    origin_guest_id: GuestId,
    preference_id: PreferenceId,
    category: String,
    code: Option<String>,
    department: Option<String>,
    due_on: NaiveDate,
    status: String,
    reason: Option<String>,
    decided_at: Option<Instant>,
    decided_by: Option<ActorId>,
    sensitive: bool,
    wish: Json<Wish>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&PlanItem> for ItemRow {
    fn from(item: &PlanItem) -> Self {
        let PlanItem {
            group,
            id,
            stay_id,
            hotel_id,
            guest_id,
            origin_guest_id,
            preference_id,
            category,
            code,
            department,
            due_on,
            sensitive,
            wish,
            status,
            reason,
            decided,
            version,
            created,
            updated,
        } = item.clone();
        Self {
            group_id: group,
            id,
            stay_id,
            hotel_id,
            guest_id,
            origin_guest_id,
            preference_id,
            category,
            code,
            department,
            due_on,
            status: status.code().to_owned(),
            reason,
            decided_at: decided.map(|decided| decided.0),
            decided_by: decided.map(|decided| decided.1),
            sensitive,
            wish: Json(wish),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<ItemRow> for PlanItem {
    fn from(row: ItemRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            stay_id: row.stay_id,
            hotel_id: row.hotel_id,
            guest_id: row.guest_id,
            origin_guest_id: row.origin_guest_id,
            preference_id: row.preference_id,
            category: row.category,
            code: row.code,
            department: row.department,
            due_on: row.due_on,
            sensitive: row.sensitive,
            wish: row.wish.0,
            // The column has a check: no other code can stand there.
            status: PlanItemStatus::of(&row.status).unwrap_or(PlanItemStatus::Dropped),
            reason: row.reason,
            decided: row.decided_at.zip(row.decided_by),
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// Which items a work list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlanItemFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only those due on this day.
    pub date: Option<NaiveDate>,
    /// Only this department's.
    pub department: Option<String>,
    /// Only this category's.
    pub category: Option<String>,
    /// Only these statuses; never empty.
    pub status: Vec<PlanItemStatus>,
}

/// Where a page ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(pub NaiveDate, pub PlanItemId);

/// One item.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: PlanItemId) -> DbResult<Option<PlanItem>> {
    let row = plan_items::table
        .filter(plan_items::group_id.eq(group))
        .filter(plan_items::id.eq(id))
        .select(ItemRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(PlanItem::from))
}

/// Every item of these stays, by stay.
///
/// # Errors
/// When the database fails.
pub fn of_stays(
    reads: &mut impl Reads,
    group: GroupId,
    stays: &[StayId],
) -> DbResult<HashMap<StayId, Vec<PlanItem>>> {
    let mut found: HashMap<StayId, Vec<PlanItem>> = HashMap::new();
    for part in stays.chunks(500) {
        let rows: Vec<ItemRow> = plan_items::table
            .filter(plan_items::group_id.eq(group))
            .filter(plan_items::stay_id.eq_any(part.to_vec()))
            .order(ids_found("plan_items.id"))
            .select(ItemRow::as_select())
            .load(reads.conn())?;
        for row in rows {
            found.entry(row.stay_id).or_default().push(row.into());
        }
    }
    Ok(found)
}

/// A page of the items the caller may see, by the day they are due, and where the next one starts. Those of stays to
/// which nobody came are left out.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    filter: &PlanItemFilter,
    after: Option<Position>,
    limit: i64,
) -> DbResult<(Vec<PlanItem>, Option<Position>)> {
    let statuses: Vec<&str> = filter.status.iter().map(|status| status.code()).collect();
    let of_stay = stays::group_id.eq(plan_items::group_id).and(stays::id.eq(plan_items::stay_id));
    let mut query = plan_items::table
        .inner_join(stays::table.on(of_stay))
        .into_boxed::<MultiBackend>()
        .filter(plan_items::group_id.eq(cx.group))
        .filter(plan_items::status.eq_any(statuses))
        .filter(stays::status.ne_all(VOID.map(|status| status.code())));
    if let Some(hotel) = filter.hotel {
        query = query.filter(plan_items::hotel_id.eq(hotel));
    }
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(plan_items::hotel_id.eq_any(hotels.clone()));
    }
    match &clearance.0 {
        Some(Sight::WholeGroup) => {}
        Some(Sight::Hotels(hotels)) => {
            let cleared = plan_items::hotel_id.eq_any(hotels.clone());
            query = query.filter(plan_items::sensitive.eq(false).or(cleared));
        }
        None => query = query.filter(plan_items::sensitive.eq(false)),
    }
    if let Some(date) = filter.date {
        query = query.filter(plan_items::due_on.eq(date));
    }
    if let Some(department) = &filter.department {
        query = query.filter(plan_items::department.eq(department));
    }
    if let Some(category) = &filter.category {
        query = query.filter(plan_items::category.eq(category));
    }
    if let Some(Position(day, id)) = after {
        let tie = plan_items::due_on.eq(day).and(plan_items::id.gt(id));
        query = query.filter(plan_items::due_on.ge(day)).filter(plan_items::due_on.gt(day).or(tie));
    }
    let mut rows: Vec<ItemRow> = query
        .order((plan_items::due_on, plan_items::id))
        .limit(limit + 1)
        .select(ItemRow::as_select())
        .load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| Position(row.due_on, row.id));
    Ok((rows.into_iter().map(PlanItem::from).collect(), next))
}

/// How many items are to be done yet for a guest, for stays to which somebody may still come.
///
/// # Errors
/// When the database fails.
pub fn open_of(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    limit: i64,
) -> DbResult<Vec<PlanItem>> {
    let of_stay = stays::group_id.eq(plan_items::group_id).and(stays::id.eq(plan_items::stay_id));
    let open = ["reserved", "due_in", "in_house"];
    let mut query = plan_items::table
        .inner_join(stays::table.on(of_stay))
        .into_boxed::<MultiBackend>()
        .filter(plan_items::group_id.eq(cx.group))
        .filter(plan_items::guest_id.eq(guest))
        .filter(plan_items::status.eq(PlanItemStatus::Planned.code()))
        .filter(stays::status.eq_any(open));
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(plan_items::hotel_id.eq_any(hotels.clone()));
    }
    match &clearance.0 {
        Some(Sight::WholeGroup) => {}
        Some(Sight::Hotels(hotels)) => {
            let cleared = plan_items::hotel_id.eq_any(hotels.clone());
            query = query.filter(plan_items::sensitive.eq(false).or(cleared));
        }
        None => query = query.filter(plan_items::sensitive.eq(false)),
    }
    let rows: Vec<ItemRow> = query
        .order((plan_items::due_on, plan_items::id))
        .limit(limit)
        .select(ItemRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(PlanItem::from).collect())
}

/// Writes new items. `None` when another writer planned one of them already.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, new: &[PlanItem]) -> DbResult<Option<()>> {
    let rows: Vec<ItemRow> = new.iter().map(ItemRow::from).collect();
    dialect::unless_taken(tx, |tx| insert_all!(tx, plan_items::table, &rows))
}

/// Writes the new state of an item over the old one; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &PlanItem, new: &PlanItem) -> DbResult<bool> {
    let row = ItemRow::from(new);
    let written = diesel::update(
        plan_items::table
            .filter(plan_items::group_id.eq(old.group))
            .filter(plan_items::id.eq(old.id))
            .filter(plan_items::version.eq(old.version)),
    )
    .set((
        (
            plan_items::guest_id.eq(row.guest_id),
            plan_items::origin_guest_id.eq(row.origin_guest_id),
            plan_items::category.eq(&row.category),
            plan_items::code.eq(&row.code),
            plan_items::department.eq(&row.department),
            plan_items::due_on.eq(row.due_on),
            plan_items::status.eq(&row.status),
            plan_items::reason.eq(&row.reason),
        ),
        (
            plan_items::decided_at.eq(row.decided_at),
            plan_items::decided_by.eq(row.decided_by),
            plan_items::sensitive.eq(row.sensitive),
            plan_items::wish.eq(&row.wish),
            plan_items::version.eq(row.version),
            plan_items::updated_at.eq(row.updated_at),
            plan_items::updated_by.eq(row.updated_by),
        ),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}

/// How many items hang on a guest; with `origins` only those planned for one of these.
///
/// # Errors
/// When the database fails.
pub fn count(
    reads: &mut impl Reads,
    group: GroupId,
    guest: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<i64> {
    let of_guest = plan_items::group_id.eq(group).and(plan_items::guest_id.eq(guest));
    let Some(origins) = origins else {
        return Ok(plan_items::table.filter(of_guest).count().get_result(reads.conn())?);
    };
    let mut count = 0;
    for part in origins.chunks(500) {
        let own = of_guest.and(plan_items::origin_guest_id.eq_any(part.to_vec()));
        count += plan_items::table.filter(own).count().get_result::<i64>(reads.conn())?;
    }
    Ok(count)
}

/// Hangs items of one guest on another; with `origins` only those planned for one of these.
///
/// # Errors
/// When the database fails.
pub fn hand(
    tx: &mut Tx<'_>,
    group: GroupId,
    from: GuestId,
    to: GuestId,
    origins: Option<&[GuestId]>,
) -> DbResult<()> {
    let of_guest = plan_items::group_id.eq(group).and(plan_items::guest_id.eq(from));
    match origins {
        None => {
            diesel::update(plan_items::table.filter(of_guest))
                .set(plan_items::guest_id.eq(to))
                .execute(tx.conn())?;
        }
        Some(origins) => {
            for part in origins.chunks(500) {
                let own = of_guest.and(plan_items::origin_guest_id.eq_any(part.to_vec()));
                diesel::update(plan_items::table.filter(own))
                    .set(plan_items::guest_id.eq(to))
                    .execute(tx.conn())?;
            }
        }
    }
    Ok(())
}
