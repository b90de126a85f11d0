//! Lists of stays: every filter, in the order of an index, page by page.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::{stay_companions, stays};
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, GuestId, HotelId, PartnerId, StayId};
use crate::platform::context::{Ctx, Sight};
use crate::stays::model::{Stay, StayStatus};
use crate::stays::repo::{StayRow, complete};

/// Which stays a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StayFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only these statuses; all but deleted when empty.
    pub status: Vec<StayStatus>,
    /// Only those of this guest, as main guest or companion.
    pub guest: Option<GuestId>,
    /// Only those from or for these partners; all when empty.
    pub partners: Vec<PartnerId>,
    /// Arrival on this day or later.
    pub arrival_from: Option<NaiveDate>,
    /// Arrival on this day or earlier.
    pub arrival_to: Option<NaiveDate>,
    /// Departure on this day or later.
    pub departure_from: Option<NaiveDate>,
    /// Departure on this day or earlier.
    pub departure_to: Option<NaiveDate>,
    /// Changed at this instant or later.
    pub updated_since: Option<Instant>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum StaySort {
    /// By arrival, the earliest first.
    #[default]
    Arrival,
    /// By arrival, the latest first.
    LatestArrival,
    /// By the last change, the longest unchanged first.
    Updated,
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Position {
    /// Behind a stay in the order of arrivals.
    Arrival(NaiveDate, StayId),
    /// Behind a stay in the order of changes.
    Updated(Instant, StayId),
}

/// The place of a stay in an order.
pub fn position(sort: StaySort, stay: &Stay) -> Position {
    match sort {
        StaySort::Arrival | StaySort::LatestArrival => Position::Arrival(stay.facts.arrival_on, stay.id),
        StaySort::Updated => Position::Updated(stay.updated.0, stay.id),
    }
}

type Query<'a> = stays::BoxedQuery<'a, MultiBackend>;

/// Stays the caller may see, behind `after`, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &StayFilter,
    sort: StaySort,
    after: Option<Position>,
    limit: i64,
) -> DbResult<Vec<Stay>> {
    let along = match filter.guest {
        Some(guest) => stays_as_companion(reads, cx.group, guest)?,
        None => Vec::new(),
    };
    let wanted = || ordered(filtered(cx, filter, &along), sort, after).limit(limit);
    let rows: Vec<StayRow> = if filter.partners.is_empty() {
        wanted().select(StayRow::as_select()).load(reads.conn())?
    } else {
        // Each of the two indexes has the order of the list; one look at both at once would have none.
        let partners = &filter.partners;
        let mut rows: Vec<StayRow> = wanted()
            .filter(stays::agent_id.eq_any(partners.clone()).assume_not_null())
            .select(StayRow::as_select())
            .load(reads.conn())?;
        let of_company: Vec<StayRow> = wanted()
            .filter(stays::company_id.eq_any(partners.clone()).assume_not_null())
            .select(StayRow::as_select())
            .load(reads.conn())?;
        let known: std::collections::HashSet<StayId> = rows.iter().map(|row| row.id).collect();
        rows.extend(of_company.into_iter().filter(|row| !known.contains(&row.id)));
        rows
    };
    let mut found = complete(reads, cx.group, rows)?;
    if !filter.partners.is_empty() {
        found.sort_by_key(|stay| position(sort, stay));
        if sort == StaySort::LatestArrival {
            found.reverse();
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(found)
}

/// Stays in which a guest is a companion: few, and found by their own index.
fn stays_as_companion(reads: &mut impl Reads, group: GroupId, guest: GuestId) -> DbResult<Vec<StayId>> {
    let mut found: Vec<StayId> = stay_companions::table
        .filter(stay_companions::group_id.eq(group))
        .filter(stay_companions::guest_id.eq(guest))
        .select(stay_companions::stay_id)
        .order(stay_companions::stay_id.desc())
        .limit(5_000)
        .load(reads.conn())?;
    found.dedup();
    Ok(found)
}

fn filtered<'a>(cx: &Ctx, filter: &StayFilter, along: &[StayId]) -> Query<'a> {
    let mut query = stays::table.into_boxed::<MultiBackend>().filter(stays::group_id.eq(cx.group));
    if let Some(hotel) = filter.hotel {
        query = query.filter(stays::hotel_id.eq(hotel));
    }
    if let Sight::Hotels(hotels) = &cx.sight {
        query = query.filter(stays::hotel_id.eq_any(hotels.clone()));
    }
    if let Some(guest) = filter.guest {
        let main = stays::guest_id.eq(guest).assume_not_null();
        query = if along.is_empty() {
            query.filter(main)
        } else {
            query.filter(main.or(stays::id.eq_any(along.to_vec())))
        };
    }
    query = if filter.status.is_empty() {
        query.filter(stays::status.ne(StayStatus::Deleted.code()))
    } else {
        query.filter(
            stays::status.eq_any(filter.status.iter().map(|status| status.code()).collect::<Vec<_>>()),
        )
    };
    if let Some(day) = filter.arrival_from {
        query = query.filter(stays::arrival_on.ge(day));
    }
    if let Some(day) = filter.arrival_to {
        query = query.filter(stays::arrival_on.le(day));
    }
    if let Some(day) = filter.departure_from {
        query = query.filter(stays::departure_on.ge(day));
    }
    if let Some(day) = filter.departure_to {
        query = query.filter(stays::departure_on.le(day));
    }
    if let Some(instant) = filter.updated_since {
        query = query.filter(stays::updated_at.ge(instant));
    }
    query
}

fn ordered(query: Query<'_>, sort: StaySort, after: Option<Position>) -> Query<'_> {
    let query = match (sort, after) {
        (StaySort::Arrival, Some(Position::Arrival(day, id))) => query.filter(
            stays::arrival_on
                .ge(day)
                .and(stays::arrival_on.gt(day).or(stays::arrival_on.eq(day).and(stays::id.gt(id)))),
        ),
        (StaySort::LatestArrival, Some(Position::Arrival(day, id))) => query.filter(
            stays::arrival_on
                .le(day)
                .and(stays::arrival_on.lt(day).or(stays::arrival_on.eq(day).and(stays::id.lt(id)))),
        ),
        (StaySort::Updated, Some(Position::Updated(at, id))) => query.filter(
            stays::updated_at
                .ge(at)
                .and(stays::updated_at.gt(at).or(stays::updated_at.eq(at).and(stays::id.gt(id)))),
        ),
        _ => query,
    };
    match sort {
        StaySort::Arrival => query.order((stays::arrival_on, stays::id)),
        StaySort::LatestArrival => query.order((stays::arrival_on.desc(), stays::id.desc())),
        StaySort::Updated => query.order((stays::updated_at, stays::id)),
    }
}
