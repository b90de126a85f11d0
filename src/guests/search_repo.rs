//! Lists and search over guests: keyset pages through an index, the same answers on both backends. Rows only, no rules.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::db::schema::{guest_keys, guest_terms, guests};
use crate::db::{DbResult, MultiBackend, Reads};
use crate::guests::index::{NATIONALITY, TAG};
use crate::guests::model::{Guest, GuestStatus};
use crate::guests::repo::{self, GuestRow};
use crate::guests::terms::{self, Probe, Query};
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, GuestId, StaffId};
use crate::platform::context::{Ctx, Sight};

codes! {
    /// Order of a list of guests.
    GuestSort {
        /// By name: pinyin order for Chinese names, letters otherwise.
        Name = "name",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Newest first.
        CreatedAtDesc = "-created_at",
        /// Changed longest ago first.
        UpdatedAt = "updated_at",
        /// Changed last first.
        UpdatedAtDesc = "-updated_at",
    }
}

/// Which guests a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GuestFilter {
    /// Only these statuses; never empty.
    pub status: Vec<GuestStatus>,
    /// Only this VIP level.
    pub vip_level: Option<String>,
    /// Only this nationality.
    pub nationality: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those looked after by this member of staff.
    pub owner_id: Option<StaffId>,
    /// Only those under restriction, or only those not.
    pub restricted: Option<bool>,
    /// Created at or after.
    pub created_from: Option<Instant>,
    /// Created before.
    pub created_to: Option<Instant>,
    /// Changed at or after.
    pub updated_since: Option<Instant>,
}

/// Where a page ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Position {
    /// In name order.
    Name(String, GuestId),
    /// In time order, microseconds since 1970.
    Time(i64, GuestId),
    /// In a search: the term that led to the guest.
    Term(String, GuestId),
}

/// A page, and where the next one starts.
pub type Page = (Vec<Guest>, Option<Position>);

/// Rows looked at in one search before the page is handed out as far as it got, so that a search for a rare
/// combination of frequent words stays bounded.
const MOST_EXAMINED: i64 = 4_000;
/// Rows fetched at a time in a search with several words.
const BATCH: i64 = 250;
/// Rows counted to tell how frequent a probe is.
const COUNTED: i64 = 400;

/// Narrows a query that has `guests` in it: by group, sight and filter.
macro_rules! narrowed {
    ($query:expr, $group:expr, $sight:expr, $filter:expr) => {{
        let filter: &GuestFilter = $filter;
        let statuses: Vec<&str> = filter.status.iter().map(|status| status.code()).collect();
        let mut query = $query.filter(guests::group_id.eq($group)).filter(guests::status.eq_any(statuses));
        if let Sight::Hotels(hotels) = $sight {
            query = query.filter(
                guests::private_to_hotel_id
                    .is_null()
                    .or(guests::private_to_hotel_id.eq_any(hotels.clone()).assume_not_null()),
            );
        }
        if let Some(level) = &filter.vip_level {
            query = query.filter(guests::vip_level.eq(level.clone()));
        }
        if let Some(owner) = filter.owner_id {
            query = query.filter(guests::owner_id.eq(owner));
        }
        if let Some(restricted) = filter.restricted {
            query = query.filter(guests::restricted.eq(restricted));
        }
        if let Some(from) = filter.created_from {
            query = query.filter(guests::created_at.ge(from));
        }
        if let Some(to) = filter.created_to {
            query = query.filter(guests::created_at.lt(to));
        }
        if let Some(since) = filter.updated_since {
            query = query.filter(guests::updated_at.ge(since));
        }
        for (kind, value) in [(TAG, &filter.tag), (NATIONALITY, &filter.nationality)] {
            if let Some(value) = value {
                let key = guest_keys::table
                    .filter(guest_keys::group_id.eq($group))
                    .filter(guest_keys::kind.eq(kind))
                    .filter(guest_keys::value.eq(value.clone()))
                    .filter(guest_keys::guest_id.eq(guests::id));
                query = query.filter(diesel::dsl::exists(key));
            }
        }
        query
    }};
}

/// A page of a list in one of its orders.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &GuestFilter,
    sort: GuestSort,
    after: Option<&Position>,
    limit: i64,
) -> DbResult<Page> {
    let query = narrowed!(guests::table.into_boxed::<MultiBackend>(), cx.group, &cx.sight, filter);
    let at = match after {
        Some(Position::Time(micros, id)) => Some((Instant::from_micros(*micros), *id)),
        _ => None,
    };
    /// One arm a time order: the comparison and the order go together.
    macro_rules! by_time {
        ($column:ident, $past:ident, $order:ident) => {{
            let mut query = query;
            if let Some((at, id)) = at {
                query = query
                    .filter(guests::$column.$past(at).or(guests::$column.eq(at).and(guests::id.$past(id))));
            }
            query.order((guests::$column.$order(), guests::id.$order()))
        }};
    }
    let query = match sort {
        GuestSort::Name => {
            let mut query = query;
            if let Some(Position::Name(key, id)) = after {
                let tie = guests::sort_key.eq(key.clone()).and(guests::id.gt(*id));
                query = query
                    .filter(guests::sort_key.ge(key.clone()))
                    .filter(guests::sort_key.gt(key.clone()).or(tie));
            }
            query.order((guests::sort_key.asc(), guests::id.asc()))
        }
        GuestSort::CreatedAt => by_time!(created_at, gt, asc),
        GuestSort::CreatedAtDesc => by_time!(created_at, lt, desc),
        GuestSort::UpdatedAt => by_time!(updated_at, gt, asc),
        GuestSort::UpdatedAtDesc => by_time!(updated_at, lt, desc),
    };
    let mut rows = query.limit(limit + 1).select(GuestRow::as_select()).load(reads.conn())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let last = rows.last().filter(|_| more).map(|row| row.sort_key.clone());
    let guests: Vec<Guest> = rows.into_iter().map(Guest::from).collect();
    let position = guests.last().zip(last).map(|(guest, key)| match sort {
        GuestSort::Name => Position::Name(key, guest.id),
        GuestSort::CreatedAt | GuestSort::CreatedAtDesc => Position::Time(guest.created.0.micros(), guest.id),
        GuestSort::UpdatedAt | GuestSort::UpdatedAtDesc => Position::Time(guest.updated.0.micros(), guest.id),
    });
    Ok((guests, position))
}

/// A page of the guests that a query finds, in the order of the matching term. A page may be short, or empty, and
/// still have a next one.
///
/// # Errors
/// When the database fails.
pub fn search(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &GuestFilter,
    query: &Query,
    after: Option<&Position>,
    limit: i64,
) -> DbResult<Page> {
    let Some(probe) = rarest(reads, cx.group, query.probes())? else { return Ok((Vec::new(), None)) };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let batch = if query.probes().len() == 1 { limit.saturating_add(1) } else { BATCH };
    let mut at = match after {
        Some(Position::Term(term, id)) => Some((term.clone(), *id)),
        _ => None,
    };
    let mut found: Vec<(String, GuestId)> = Vec::new();
    let mut examined = 0;
    loop {
        let rows = term_rows(reads, cx, filter, &probe, at.as_ref(), batch)?;
        let exhausted = i64::try_from(rows.len()).unwrap_or(i64::MAX) < batch;
        examined += batch;
        for (term, id, stored) in rows {
            if found.len() == wanted {
                let position = found.last().map(|(term, id)| Position::Term(term.clone(), *id));
                return Ok((in_order(reads, cx, &found)?, position));
            }
            at = Some((term.clone(), id));
            // A guest with several terms in the probe's range is shown at the smallest one alone.
            let first = terms::smallest_match(terms::split(&stored), &probe) == Some(term.as_str());
            if first && query.matches(&stored) {
                found.push((term, id));
            }
        }
        if exhausted || examined >= MOST_EXAMINED {
            let position = at.filter(|_| !exhausted).map(|(term, id)| Position::Term(term, id));
            return Ok((in_order(reads, cx, &found)?, position));
        }
    }
}

/// The guests that were found, in the order of finding. Only now are they read whole: most rows looked at are not shown.
fn in_order(reads: &mut impl Reads, cx: &Ctx, found: &[(String, GuestId)]) -> DbResult<Vec<Guest>> {
    let ids: Vec<GuestId> = found.iter().map(|hit| hit.1).collect();
    let mut guests = repo::find_many(reads, cx.group, &ids)?;
    Ok(ids.iter().filter_map(|id| guests.remove(id)).collect())
}

/// The probe with the fewest rows: every match has a row in each of them.
fn rarest(reads: &mut impl Reads, group: GroupId, probes: &[Probe]) -> DbResult<Option<Probe>> {
    if let [only] = probes {
        return Ok(Some(only.clone()));
    }
    let mut best: Option<(i64, &Probe)> = None;
    for probe in probes {
        let rows = in_range(guest_terms::table.into_boxed::<MultiBackend>(), group, probe)
            .limit(COUNTED)
            .select(guest_terms::guest_id)
            .load::<GuestId>(reads.conn())?
            .len();
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        if best.is_none_or(|(fewest, _)| rows < fewest) {
            best = Some((rows, probe));
        }
    }
    Ok(best.map(|(_, probe)| probe.clone()))
}

type Terms<'a> = guest_terms::BoxedQuery<'a, MultiBackend>;

fn in_range<'a>(query: Terms<'a>, group: GroupId, probe: &'a Probe) -> Terms<'a> {
    let query = query.filter(guest_terms::group_id.eq(group));
    match &probe.upper {
        Some(upper) => query.filter(guest_terms::term.ge(&probe.lower)).filter(guest_terms::term.lt(upper)),
        None => query.filter(guest_terms::term.eq(&probe.lower)),
    }
}

fn term_rows(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &GuestFilter,
    probe: &Probe,
    after: Option<&(String, GuestId)>,
    limit: i64,
) -> DbResult<Vec<(String, GuestId, String)>> {
    let joined = guest_terms::table.inner_join(
        guests::table
            .on(guests::group_id.eq(guest_terms::group_id).and(guests::id.eq(guest_terms::guest_id))),
    );
    let mut query = narrowed!(joined.into_boxed::<MultiBackend>(), cx.group, &cx.sight, filter)
        .filter(guest_terms::group_id.eq(cx.group));
    query = match &probe.upper {
        Some(upper) => query.filter(guest_terms::term.ge(&probe.lower)).filter(guest_terms::term.lt(upper)),
        None => query.filter(guest_terms::term.eq(&probe.lower)),
    };
    if let Some((term, id)) = after {
        let tie = guest_terms::term.eq(term).and(guest_terms::guest_id.gt(*id));
        query = query.filter(guest_terms::term.ge(term)).filter(guest_terms::term.gt(term).or(tie));
    }
    Ok(query
        .order((guest_terms::term, guest_terms::guest_id))
        .limit(limit)
        .select((guest_terms::term, guests::id, guests::search_terms))
        .load(reads.conn())?)
}
