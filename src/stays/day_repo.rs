//! The stays of one hotel on one day: who comes, who stays, who leaves.

use std::cmp::Ordering;

use chrono::{Days, NaiveDate};
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::schema::stays;
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::ids::{GroupId, HotelId};
use crate::stays::model::{Stay, StayStatus};
use crate::stays::repo::{StayRow, complete};

/// Nights of the stays that an index of their own finds.
const LONG: u64 = 45;

/// A day at a hotel.
#[derive(Debug, Clone, Copy)]
pub struct HotelDay {
    /// The group.
    pub group: GroupId,
    /// The hotel.
    pub hotel: HotelId,
    /// The day.
    pub day: NaiveDate,
    /// How the day lies to the hotel's today.
    pub tense: Ordering,
}

type Query<'a> = stays::BoxedQuery<'a, MultiBackend>;

impl HotelDay {
    fn of<'a>(&self, statuses: &[StayStatus]) -> Query<'a> {
        let codes: Vec<&str> = statuses.iter().map(|status| status.code()).collect();
        stays::table
            .into_boxed::<MultiBackend>()
            .filter(stays::group_id.eq(self.group))
            .filter(stays::hotel_id.eq(self.hotel))
            .filter(stays::status.eq_any(codes))
    }

    /// The statuses of those who are in the house overnight, were, or will be.
    fn in_the_house(&self) -> &'static [StayStatus] {
        match self.tense {
            Ordering::Less => &[StayStatus::InHouse, StayStatus::CheckedOut],
            Ordering::Equal => &[StayStatus::InHouse],
            Ordering::Greater => &[StayStatus::Reserved, StayStatus::DueIn, StayStatus::InHouse],
        }
    }
}

/// Stays that begin on the day and were not called off, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn arriving(reads: &mut impl Reads, at: &HotelDay, limit: i64) -> DbResult<Vec<Stay>> {
    let kept = [StayStatus::Reserved, StayStatus::DueIn, StayStatus::InHouse, StayStatus::CheckedOut];
    let query = at.of(&kept).filter(stays::arrival_on.eq(at.day)).order(stays::id).limit(limit);
    let rows: Vec<StayRow> = query.select(StayRow::as_select()).load(reads.conn())?;
    complete(reads, at.group, rows)
}

/// Stays that end on the day and began before it, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn leaving(reads: &mut impl Reads, at: &HotelDay, limit: i64) -> DbResult<Vec<Stay>> {
    let statuses: &[StayStatus] = match at.tense {
        Ordering::Equal => &[StayStatus::InHouse, StayStatus::CheckedOut],
        Ordering::Less | Ordering::Greater => at.in_the_house(),
    };
    let query = at
        .of(statuses)
        .filter(stays::departure_on.eq(at.day))
        // Not "before": SQLite, which counts no rows, would look for the stays by it and not by their end.
        .filter(not(stays::arrival_on.ge(at.day)))
        .order(stays::id)
        .limit(limit);
    let rows: Vec<StayRow> = query.select(StayRow::as_select()).load(reads.conn())?;
    complete(reads, at.group, rows)
}

/// Stays that began before the day and last beyond it, at most `limit`. Today these are the guests in the house who are
/// not to leave today; on another day they are found by their dates.
///
/// # Errors
/// When the database fails.
pub fn staying(reads: &mut impl Reads, at: &HotelDay, limit: i64) -> DbResult<Vec<Stay>> {
    let rows: Vec<StayRow> = if at.tense == Ordering::Equal {
        // Written out, so that the small index of those in the house is used.
        let query = at
            .of(at.in_the_house())
            // As in `leaving`.
            .filter(not(stays::arrival_on.ge(at.day)))
            .filter(sql::<Bool>("stays.status = 'in_house'"))
            .filter(stays::departure_on.ne(at.day))
            .order((stays::departure_on, stays::id));
        query.limit(limit).select(StayRow::as_select()).load(reads.conn())?
    } else {
        let since = at.day.checked_sub_days(Days::new(LONG)).unwrap_or(NaiveDate::MIN);
        let before = || at.of(at.in_the_house()).filter(stays::arrival_on.lt(at.day));
        let beyond = || before().filter(stays::departure_on.gt(at.day)).limit(limit);
        let mut rows: Vec<StayRow> = beyond()
            .filter(stays::arrival_on.ge(since))
            .order((stays::arrival_on, stays::id))
            .select(StayRow::as_select())
            .load(reads.conn())?;
        let long: Vec<StayRow> = beyond()
            .filter(sql::<Bool>("stays.nights > 45"))
            .filter(stays::arrival_on.lt(since))
            .order((stays::departure_on, stays::id))
            .select(StayRow::as_select())
            .load(reads.conn())?;
        rows.extend(long);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows
    };
    complete(reads, at.group, rows)
}
