//! Rows of figures of complaints, and what reports read of them. The group comes first, absent is `None`, no rules.

use chrono::{Days, NaiveDate};
use diesel::dsl::{sql, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use crate::complaints::figures::Figures;
use crate::complaints::model::Complaint;
use crate::db::schema::{complaint_figures, complaints, stay_companions, stays};
use crate::db::{DbResult, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GroupId, GuestId, HotelId, StayId};

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 500;
/// Nights of the stays that an index of their own finds.
const LONG: u64 = 45;

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = complaint_figures)]
#[diesel(primary_key(group_id, complaint_id))]
#[diesel(treat_none_as_null = true)]
struct FigureRow<'a> {
    group_id: GroupId,
    complaint_id: ComplaintId,
    asset: Option<&'a str>,
    sub_cause: Option<&'a str>,
    currency: &'a str,
    response_seconds: Option<i64>,
    resolution_seconds: Option<i64>,
    response_in_time: Option<bool>,
    resolution_in_time: Option<bool>,
    finished_count: i32,
    reopen_count: i32,
    rating: Option<i32>,
    satisfied: Option<bool>,
}

impl<'a> From<&'a Complaint> for FigureRow<'a> {
    fn from(complaint: &'a Complaint) -> Self {
        let Figures {
            response_seconds,
            resolution_seconds,
            response_in_time,
            resolution_in_time,
            finished_count,
            reopen_count,
            rating,
            satisfied,
        } = Figures::of(complaint);
        Self {
            group_id: complaint.group,
            complaint_id: complaint.id,
            asset: complaint.facts.asset.as_deref(),
            sub_cause: complaint.class.sub_cause.as_deref(),
            currency: complaint.currency.code(),
            response_seconds,
            resolution_seconds,
            response_in_time,
            resolution_in_time,
            finished_count,
            reopen_count,
            rating,
            satisfied,
        }
    }
}

/// Writes the figures of new complaints.
///
/// # Errors
/// When the database fails.
pub(super) fn insert(tx: &mut Tx<'_>, new: &[Complaint]) -> DbResult<()> {
    let rows: Vec<FigureRow<'_>> = new.iter().map(FigureRow::from).collect();
    insert_all!(tx, complaint_figures::table, &rows)
}

/// Writes the figures of a complaint that changed.
///
/// # Errors
/// When the database fails.
pub(super) fn replace(tx: &mut Tx<'_>, new: &Complaint) -> DbResult<()> {
    diesel::update(
        complaint_figures::table
            .filter(complaint_figures::group_id.eq(new.group))
            .filter(complaint_figures::complaint_id.eq(new.id)),
    )
    .set(FigureRow::from(new))
    .execute(tx.conn())?;
    Ok(())
}

/// What a report reads of a complaint.
#[derive(Debug, Clone, Queryable)]
pub struct Counted {
    /// See [`Complaint::id`].
    pub id: ComplaintId,
    /// See [`Complaint::hotel_id`].
    pub hotel: HotelId,
    /// Code of the status.
    pub status: String,
    /// Its guest.
    pub guest: Option<GuestId>,
    /// Its stay.
    pub stay: Option<StayId>,
    /// The room.
    pub room: Option<String>,
    /// Code of the channel.
    pub channel: String,
    /// Code of what it is about.
    pub category: Option<String>,
    /// Code of the category of its cause.
    pub cause_category: Option<String>,
    /// Code of the department that answers for it.
    pub department: Option<String>,
    /// Code of the severity.
    pub severity: Option<String>,
    /// When the hotel heard of it.
    pub received_at: Instant,
    /// What it cost.
    pub cost_minor: i64,
    /// The rest.
    pub figures: CountedFigures,
}

/// What a report reads of the figures of a complaint. See [`Figures`].
#[derive(Debug, Clone, Queryable)]
pub struct CountedFigures {
    /// The thing that failed.
    pub asset: Option<String>,
    /// Code of the exact cause.
    pub sub_cause: Option<String>,
    /// Currency of the cost.
    pub currency: String,
    /// Seconds until the first response.
    pub response_seconds: Option<i64>,
    /// Seconds of work until it was resolved.
    pub resolution_seconds: Option<i64>,
    /// Whether the first response came in time.
    pub response_in_time: Option<bool>,
    /// Whether it was resolved in time.
    pub resolution_in_time: Option<bool>,
    /// Times it was resolved or over.
    pub finished_count: i32,
    /// Times it was opened again.
    pub reopen_count: i32,
    /// The guest's mark.
    pub rating: Option<i32>,
    /// Whether the guest is content.
    pub satisfied: Option<bool>,
}

/// Complaints that some hotels received in a time, from the first instant up to but without the last, the oldest first;
/// those that became part of another one are left out.
///
/// # Errors
/// When the database fails.
pub(super) fn received(
    reads: &mut impl Reads,
    group: GroupId,
    hotels: &[HotelId],
    from: Instant,
    until: Instant,
) -> DbResult<Vec<Counted>> {
    let joined = complaints::table.inner_join(
        complaint_figures::table.on(complaint_figures::group_id
            .eq(complaints::group_id)
            .and(complaint_figures::complaint_id.eq(complaints::id))),
    );
    Ok(joined
        .filter(complaints::group_id.eq(group))
        .filter(complaints::hotel_id.eq_any(hotels.to_vec()))
        .filter(complaints::received_at.ge(from))
        .filter(complaints::received_at.lt(until))
        .filter(complaints::status.ne("merged"))
        .order((complaints::received_at, complaints::id))
        .select((
            complaints::id,
            complaints::hotel_id,
            complaints::status,
            complaints::guest_id,
            complaints::stay_id,
            complaints::room,
            complaints::channel,
            complaints::category,
            complaints::cause_category,
            complaints::department,
            complaints::severity,
            complaints::received_at,
            complaints::cost_minor,
            (
                complaint_figures::asset,
                complaint_figures::sub_cause,
                complaint_figures::currency,
                complaint_figures::response_seconds,
                complaint_figures::resolution_seconds,
                complaint_figures::response_in_time,
                complaint_figures::resolution_in_time,
                complaint_figures::finished_count,
                complaint_figures::reopen_count,
                complaint_figures::rating,
                complaint_figures::satisfied,
            ),
        ))
        .load(reads.conn())?)
}

/// Stays of guests, as the main guest or with one, that began behind a day and happened: whose, which, and when they began.
///
/// # Errors
/// When the database fails.
pub(super) fn stays_of(
    reads: &mut impl Reads,
    group: GroupId,
    guests: &[GuestId],
    after: NaiveDate,
) -> DbResult<Vec<(GuestId, StayId, NaiveDate)>> {
    let mut found = Vec::new();
    for part in guests.chunks(IDS_A_STATEMENT) {
        let rows: Vec<(Option<GuestId>, StayId, NaiveDate)> = stays::table
            .filter(stays::group_id.eq(group))
            .filter(stays::guest_id.eq_any(part.iter().map(|id| Some(*id)).collect::<Vec<_>>()))
            .filter(stays::arrival_on.gt(after))
            .filter(stays::status.eq_any(["in_house", "checked_out"]))
            .select((stays::guest_id, stays::id, stays::arrival_on))
            .load(reads.conn())?;
        let with: Vec<(Option<GuestId>, StayId, NaiveDate)> = stay_companions::table
            .inner_join(stays::table.on(
                stays::group_id.eq(stay_companions::group_id).and(stays::id.eq(stay_companions::stay_id)),
            ))
            .filter(stay_companions::group_id.eq(group))
            .filter(stay_companions::guest_id.eq_any(part.iter().map(|id| Some(*id)).collect::<Vec<_>>()))
            .filter(stays::group_id.eq(group))
            .filter(stays::arrival_on.gt(after))
            .filter(stays::status.eq_any(["in_house", "checked_out"]))
            .select((stay_companions::guest_id, stays::id, stays::arrival_on))
            .load(reads.conn())?;
        let named =
            |(guest, stay, arrival): (Option<GuestId>, StayId, NaiveDate)| Some((guest?, stay, arrival));
        found.extend(rows.into_iter().chain(with).filter_map(named));
    }
    Ok(found)
}

/// Stays of the same days at one hotel.
#[derive(Debug, Clone, Queryable)]
pub struct Occupied {
    /// The hotel.
    pub hotel: HotelId,
    /// Whether the guests are there still: `in_house` or `checked_out`.
    pub status: String,
    /// The day they came.
    pub arrival_on: NaiveDate,
    /// The day they leave, or were to leave.
    pub departure_on: NaiveDate,
    /// The minute, UTC, `2026-11-21T05:12`, at which they left, where that may have been on an earlier day.
    pub left: Option<String>,
    /// Rooms of all of them.
    pub rooms: Option<i64>,
}

/// That guests left on an earlier day than they were to, by UTC; most leave on the day.
const EARLY: &str = "COALESCE(stays.status = 'checked_out' \
    AND substr(stays.record->>'checked_out_at', 1, 10) < CAST(stays.departure_on AS TEXT), FALSE)";
/// The same of a hotel where a day begins, and ends, up to twelve hours later than by UTC.
const EARLY_WEST: &str = "COALESCE(stays.status = 'checked_out' \
    AND (substr(stays.record->>'checked_out_at', 1, 10) < CAST(stays.departure_on AS TEXT) \
    OR (substr(stays.record->>'checked_out_at', 1, 10) = CAST(stays.departure_on AS TEXT) \
    AND substr(stays.record->>'checked_out_at', 12, 2) < '13')), FALSE)";

/// Stays at some hotels, each with whether its days may begin later than by UTC, that happened and have a night from the
/// first day up to but without the last: by their days, and those that ended early one by one.
///
/// # Errors
/// When the database fails.
pub(super) fn occupied(
    reads: &mut impl Reads,
    group: GroupId,
    hotels: &[(HotelId, bool)],
    from: NaiveDate,
    until: NaiveDate,
) -> DbResult<Vec<Occupied>> {
    let since = from.checked_sub_days(Days::new(LONG)).unwrap_or(NaiveDate::MIN);
    let days = (stays::hotel_id, stays::status, stays::arrival_on, stays::departure_on);
    let mut found: Vec<Occupied> = Vec::new();
    for (hotel, west) in hotels {
        let early = if *west { EARLY_WEST } else { EARLY };
        let happened = || {
            stays::table
                .filter(stays::group_id.eq(group))
                .filter(stays::hotel_id.eq(*hotel))
                .filter(stays::status.eq_any(["in_house", "checked_out"]))
                .filter(stays::departure_on.gt(from))
        };
        let short = || happened().filter(stays::arrival_on.ge(since)).filter(stays::arrival_on.lt(until));
        let long = || happened().filter(sql::<Bool>("stays.nights > 45")).filter(stays::arrival_on.lt(since));
        let planned = |(hotel, status, arrival_on, departure_on, rooms): Planned| Occupied {
            hotel,
            status,
            arrival_on,
            departure_on,
            left: None,
            rooms,
        };
        let whole = sql::<Bool>("NOT ").sql(early);
        let sums = (days.0, days.1, days.2, days.3, sum(stays::rooms));
        let rows: Vec<Planned> =
            short().filter(whole.clone()).group_by(days).select(sums).load(reads.conn())?;
        found.extend(rows.into_iter().map(planned));
        let rows: Vec<Planned> = long().filter(whole).group_by(days).select(sums).load(reads.conn())?;
        found.extend(rows.into_iter().map(planned));
        let left = sql::<Nullable<Text>>("substr(stays.record->>'checked_out_at', 1, 16)");
        let rooms = sql::<Nullable<BigInt>>("CAST(stays.rooms AS BIGINT)");
        let each = (days.0, days.1, days.2, days.3, left, rooms);
        let rows: Vec<Occupied> =
            short().filter(sql::<Bool>(early)).select(each.clone()).load(reads.conn())?;
        found.extend(rows);
        let rows: Vec<Occupied> = long().filter(sql::<Bool>(early)).select(each).load(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// Stays of the same days that ended as planned, with their rooms.
type Planned = (HotelId, String, NaiveDate, NaiveDate, Option<i64>);
