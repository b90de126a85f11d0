//! Lists of complaints and work queues: every filter, in the order of an index, page by page.

use std::collections::HashMap;

use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::complaints::model::{AuthorityRole, Complaint, ComplaintChannel, ComplaintStatus, Severity};
use crate::complaints::repo::{ComplaintRow, NEVER};
use crate::complaints::search::{asset_term, tag_term};
use crate::db::schema::{
    complaint_informed, complaint_solutions, complaint_terms, complaint_watchers, complaints,
    problem_complaints,
};
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::clock::Instant;
use crate::kit::ids::{
    ActorId, ComplaintId, GroupId, GuestId, HotelId, PartnerId, ProblemId, StaffId, StayId,
};
use crate::platform::context::{Ctx, Sight};

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 500;

codes! {
    /// Whose work a queue of complaints is.
    ComplaintQueue {
        /// The caller's own.
        Mine = "mine",
        /// That of the caller's departments.
        Department = "department",
        /// Nobody's yet.
        Unassigned = "unassigned",
        /// What the caller follows.
        Watched = "watched",
        /// What others handle and the caller's departments are told of.
        Informed = "informed",
        /// What the caller may have to decide on: solutions that others proposed.
        Approvals = "approvals",
    }
    /// How complaints stand to their clocks.
    ComplaintSla {
        /// A clock warns; none is too late.
        AtRisk = "at_risk",
        /// A clock is too late.
        Breached = "breached",
    }
}

codes! {
    /// Which closed complaints a list shows, by asking their guests once more.
    ComplaintAftercareFilter {
        /// The guest is to be asked now or later.
        Planned = "planned",
        /// The guest is to be asked now.
        Due = "due",
    }
}

/// Which complaints a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ComplaintFilter {
    /// Only this hotel's.
    pub hotel: Option<HotelId>,
    /// Only these statuses; all when empty.
    pub status: Vec<ComplaintStatus>,
    /// Only those of this owner.
    pub owner: Option<StaffId>,
    /// Only those that this member of staff follows.
    pub watcher: Option<StaffId>,
    /// Only those that nobody owns.
    pub unowned: bool,
    /// Only those that one of these departments answers for or handles; all when empty.
    pub departments: Vec<String>,
    /// Only those that one of these departments, each of its hotel, answers for or handles; all when empty.
    pub theirs: Vec<(HotelId, String)>,
    /// Only those that one of these departments, each of its hotel, is told of; all when empty.
    pub informed: Vec<(HotelId, String)>,
    /// Only those with a solution that waits for this decision.
    pub approver: Option<Approver>,
    /// Only those of this guest.
    pub guest: Option<GuestId>,
    /// Only those about this stay.
    pub stay: Option<StayId>,
    /// Only those that concern these partners; all when empty.
    pub partners: Vec<PartnerId>,
    /// Only those as grave as one of these.
    pub severity: Vec<Severity>,
    /// Only those of this category.
    pub category: Option<String>,
    /// Only those that came this way.
    pub channel: Option<ComplaintChannel>,
    /// Only the one with this number, as it is written.
    pub number: Option<String>,
    /// Only those about this room.
    pub room: Option<String>,
    /// Only those about this asset, whatever its case, width and accents.
    pub asset: Option<String>,
    /// Only those with this tag, whatever its case, width and accents.
    pub tag: Option<String>,
    /// Only those that belong to this problem.
    pub problem: Option<ProblemId>,
    /// Only those that wait, or do not.
    pub on_hold: Option<bool>,
    /// Only those at this level or higher.
    pub level_from: Option<i32>,
    /// How they stand to their clocks.
    pub sla: Option<ComplaintSla>,
    /// Closed ones whose guests are to be asked.
    pub aftercare: Option<ComplaintAftercareFilter>,
    /// Received at this instant or later.
    pub received_from: Option<Instant>,
    /// Received before this instant.
    pub received_to: Option<Instant>,
    /// Changed at this instant or later.
    pub updated_since: Option<Instant>,
}

/// Who decides on solutions.
#[derive(Debug, Clone, Serialize)]
pub struct Approver {
    /// The member of staff, who does not decide on what they proposed.
    pub staff: StaffId,
    /// The roles for which they decide, and where; `None` for the whole group.
    pub roles: Vec<(Option<HotelId>, Vec<AuthorityRole>)>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum ComplaintSort {
    /// What is due first.
    #[default]
    Due,
    /// What was received last.
    Newest,
    /// What was longest unchanged.
    Updated,
}

/// Where a page starts: behind a complaint with this instant in the order of the list. The instant at which the first
/// page was asked for goes with it, so that what is at risk or too late is the same on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The instant by which the list is sorted.
    pub at: Instant,
    /// The complaint.
    pub id: ComplaintId,
    /// The present of the first page.
    pub now: Instant,
}

type Query<'a> = complaints::BoxedQuery<'a, MultiBackend>;
type Condition = Box<dyn BoxableExpression<complaints::table, MultiBackend, SqlType = Bool>>;

/// That one of some conditions holds; never for none.
fn any(conditions: impl Iterator<Item = Condition>) -> Condition {
    let none: Condition = Box::new(false.into_sql::<Bool>());
    conditions.reduce(|one, other| Box::new(one.or(other))).unwrap_or(none)
}

/// Complaints the caller may see, behind `after`, and where the next page starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &ComplaintFilter,
    sort: ComplaintSort,
    after: Option<Position>,
    limit: i64,
) -> DbResult<(Vec<Complaint>, Option<Position>)> {
    let now = after.map_or(cx.now, |after| after.now);
    let rows: Vec<ComplaintRow> = ordered(filtered(cx, filter, now), sort, after)
        .limit(limit.saturating_add(1))
        .select(ComplaintRow::as_select())
        .load(reads.conn())?;
    let mut found: Vec<Complaint> = rows.into_iter().map(Complaint::from).collect();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| Position { at: key(sort, last), id: last.id, now });
    Ok((found, next))
}

/// The complaints of guests at the hotels of a sight, by guest: open ones first, then the newest; merged ones are left out.
///
/// # Errors
/// When the database fails.
pub fn of_guests(
    reads: &mut impl Reads,
    group: GroupId,
    sight: &Sight,
    guests: &[GuestId],
) -> DbResult<HashMap<GuestId, Vec<Complaint>>> {
    let mut found: HashMap<GuestId, Vec<Complaint>> = HashMap::new();
    for part in guests.chunks(IDS_A_STATEMENT) {
        let mut query = complaints::table
            .into_boxed::<MultiBackend>()
            .filter(complaints::group_id.eq(group))
            .filter(complaints::guest_id.eq_any(part.to_vec()).assume_not_null())
            .filter(complaints::status.ne(ComplaintStatus::Merged.code()));
        if let Sight::Hotels(hotels) = sight {
            query = query.filter(complaints::hotel_id.eq_any(hotels.clone()));
        }
        let rows: Vec<ComplaintRow> = query.select(ComplaintRow::as_select()).load(reads.conn())?;
        for complaint in rows.into_iter().map(Complaint::from) {
            if let Some(guest) = complaint.facts.guest {
                found.entry(guest.id).or_default().push(complaint);
            }
        }
    }
    for complaints in found.values_mut() {
        complaints
            .sort_by_key(|one| (!one.status.is_open(), std::cmp::Reverse(one.facts.received_at), one.id));
    }
    Ok(found)
}

fn key(sort: ComplaintSort, complaint: &Complaint) -> Instant {
    match sort {
        ComplaintSort::Due => complaint.next.due_at.unwrap_or(NEVER),
        ComplaintSort::Newest => complaint.facts.received_at,
        ComplaintSort::Updated => complaint.updated.0,
    }
}

/// Instants of a complaint by which lists are sorted.
type Key = (ComplaintId, Instant, Instant, Instant);

/// The one by which a list is sorted.
fn keyed(sort: ComplaintSort, (id, due, received, updated): Key) -> (Instant, ComplaintId) {
    let at = match sort {
        ComplaintSort::Due => due,
        ComplaintSort::Newest => received,
        ComplaintSort::Updated => updated,
    };
    (at, id)
}

/// A list that is asked for, from a position on.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Who asks.
    pub cx: &'a Ctx,
    /// Which complaints it shows.
    pub filter: &'a ComplaintFilter,
    /// Its order.
    pub sort: ComplaintSort,
    /// Where it goes on.
    pub after: Option<Position>,
}

impl Asked<'_> {
    /// The present of the first page.
    pub(super) fn now(&self) -> Instant {
        self.after.map_or(self.cx.now, |after| after.now)
    }
}

/// What a list shows, in its order: where each complaint stands in it, and which it is.
///
/// # Errors
/// When the database fails.
pub(super) fn positions(
    reads: &mut impl Reads,
    asked: &Asked<'_>,
    limit: i64,
) -> DbResult<Vec<(Instant, ComplaintId)>> {
    let rows: Vec<Key> = ordered(filtered(asked.cx, asked.filter, asked.now()), asked.sort, asked.after)
        .limit(limit)
        .select((complaints::id, complaints::next_due_at, complaints::received_at, complaints::updated_at))
        .load(reads.conn())?;
    Ok(rows.into_iter().map(|row| keyed(asked.sort, row)).collect())
}

/// What of a list is among these complaints, in its order.
///
/// # Errors
/// When the database fails.
pub(super) fn among(
    reads: &mut impl Reads,
    asked: &Asked<'_>,
    ids: &[ComplaintId],
) -> DbResult<Vec<(Instant, ComplaintId)>> {
    let mut found = Vec::new();
    for part in ids.chunks(IDS_A_STATEMENT) {
        let mut query = complaints::table
            .into_boxed::<MultiBackend>()
            .filter(complaints::group_id.eq(asked.cx.group))
            .filter(complaints::id.eq_any(part.to_vec()));
        for condition in conditions(asked.cx, asked.filter, asked.now()) {
            // Compared, so that no index answers it: SQLite would rather read all of a hotel than few by their ids.
            query = query.filter(condition.eq(true));
        }
        let rows: Vec<Key> = query
            .select((
                complaints::id,
                complaints::next_due_at,
                complaints::received_at,
                complaints::updated_at,
            ))
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(|row| keyed(asked.sort, row)));
    }
    let after = asked.after.map(|after| (after.at, after.id));
    found.retain(|here| match asked.sort {
        ComplaintSort::Newest => after.is_none_or(|after| *here < after),
        ComplaintSort::Due | ComplaintSort::Updated => after.is_none_or(|after| *here > after),
    });
    found.sort_unstable();
    if asked.sort == ComplaintSort::Newest {
        found.reverse();
    }
    Ok(found)
}

/// All that a list asks of what it shows: group, sight and filter. Each is a condition of its own, so that an index may
/// answer it.
fn conditions(cx: &Ctx, filter: &ComplaintFilter, now: Instant) -> Vec<Condition> {
    let ComplaintFilter {
        hotel,
        status,
        owner,
        watcher,
        unowned,
        departments,
        theirs,
        informed,
        approver,
        guest,
        stay,
        partners,
        severity,
        category,
        channel,
        number,
        room,
        asset,
        tag,
        problem,
        on_hold,
        level_from,
        sla,
        aftercare,
        received_from,
        received_to,
        updated_since,
    } = filter.clone();
    let mut all: Vec<Condition> = vec![Box::new(complaints::group_id.eq(cx.group))];
    if let Some(hotel) = hotel {
        all.push(Box::new(complaints::hotel_id.eq(hotel)));
    }
    if let Sight::Hotels(hotels) = &cx.sight {
        all.push(Box::new(complaints::hotel_id.eq_any(hotels.clone())));
    }
    if !status.is_empty() {
        let codes: Vec<&str> = status.iter().map(|status| status.code()).collect();
        all.push(Box::new(complaints::status.eq_any(codes)));
    }
    if let Some(owner) = owner {
        all.push(Box::new(complaints::owner_id.eq(owner).assume_not_null()));
    }
    if unowned {
        all.push(Box::new(complaints::owner_id.is_null()));
    }
    if !departments.is_empty() {
        let responsible = complaints::department.eq_any(departments.clone()).assume_not_null();
        let handles = complaints::handling_department.eq_any(departments).assume_not_null();
        let either = complaints::department.is_not_null().and(responsible);
        all.push(Box::new(either.or(complaints::handling_department.is_not_null().and(handles))));
    }
    if let Some(guest) = guest {
        all.push(Box::new(complaints::guest_id.eq(guest).assume_not_null()));
    }
    if let Some(stay) = stay {
        all.push(Box::new(complaints::stay_id.eq(stay).assume_not_null()));
    }
    if !partners.is_empty() {
        all.push(Box::new(complaints::partner_id.eq_any(partners).assume_not_null()));
    }
    if !severity.is_empty() {
        let codes: Vec<&str> = severity.iter().map(|severity| severity.code()).collect();
        all.push(Box::new(complaints::severity.eq_any(codes).assume_not_null()));
    }
    if let Some(category) = category {
        all.push(Box::new(complaints::category.eq(category).assume_not_null()));
    }
    if let Some(channel) = channel {
        all.push(Box::new(complaints::channel.eq(channel.code())));
    }
    if let Some(room) = room {
        all.push(Box::new(complaints::room.eq(room).assume_not_null()));
    }
    if let Some(number) = number {
        all.push(Box::new(complaints::number.eq(number)));
    }
    let exact = tag.map(|tag| tag_term(&tag)).into_iter().chain(asset.map(|asset| asset_term(&asset)));
    for mark in exact {
        // Nothing has a blank tag or asset.
        let marked = complaint_terms::table
            .filter(complaint_terms::group_id.eq(cx.group))
            .filter(complaint_terms::term.eq(mark.unwrap_or_default()))
            .select(complaint_terms::complaint_id);
        all.push(Box::new(complaints::id.eq_any(marked)));
    }
    if let Some(problem) = problem {
        let there = problem_complaints::table
            .filter(problem_complaints::group_id.eq(cx.group))
            .filter(problem_complaints::problem_id.eq(problem))
            .filter(problem_complaints::standing.ne("left"))
            .select(problem_complaints::complaint_id);
        all.push(Box::new(complaints::id.eq_any(there)));
    }
    if let Some(on_hold) = on_hold {
        all.push(Box::new(complaints::on_hold.eq(on_hold)));
    }
    if let Some(level) = level_from {
        all.push(Box::new(complaints::escalation_level.ge(level)));
    }
    if let Some(watcher) = watcher {
        let followed = complaint_watchers::table
            .filter(complaint_watchers::group_id.eq(cx.group))
            .filter(complaint_watchers::staff_id.eq(watcher))
            .select(complaint_watchers::complaint_id);
        all.push(Box::new(complaints::id.eq_any(followed)));
    }
    if !theirs.is_empty() {
        all.push(any(theirs.into_iter().map(|(hotel, code)| -> Condition {
            let responsible = complaints::department.eq(code.clone()).assume_not_null();
            let handles = complaints::handling_department.eq(code).assume_not_null();
            let either = complaints::department.is_not_null().and(responsible);
            let either = either.or(complaints::handling_department.is_not_null().and(handles));
            Box::new(complaints::hotel_id.eq(hotel).and(either))
        })));
    }
    if !informed.is_empty() {
        let group = cx.group;
        all.push(any(informed.into_iter().map(|(hotel, code)| -> Condition {
            let told = complaint_informed::table
                .filter(complaint_informed::group_id.eq(group))
                .filter(complaint_informed::department.eq(code))
                .select(complaint_informed::complaint_id);
            Box::new(complaints::hotel_id.eq(hotel).and(complaints::id.eq_any(told)))
        })));
    }
    if let Some(Approver { staff, roles }) = approver {
        let group = cx.group;
        all.push(any(roles.into_iter().map(|(hotel, roles)| -> Condition {
            let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
            let waits = complaint_solutions::table
                .filter(complaint_solutions::group_id.eq(group))
                .filter(complaint_solutions::awaits_role.eq_any(codes).assume_not_null())
                .filter(complaint_solutions::created_by.ne(ActorId(staff.0)))
                .select(complaint_solutions::complaint_id);
            let waits = complaints::id.eq_any(waits);
            match hotel {
                Some(hotel) => Box::new(complaints::hotel_id.eq(hotel).and(waits)),
                None => Box::new(waits),
            }
        })));
    }
    let closed = ComplaintStatus::Closed.code();
    if let Some(sla) = sla {
        all.push(Box::new(complaints::status.ne(closed)));
        match sla {
            ComplaintSla::Breached => all.push(Box::new(complaints::next_due_at.le(now))),
            ComplaintSla::AtRisk => {
                all.push(Box::new(complaints::next_due_at.gt(now)));
                all.push(Box::new(complaints::next_warn_at.le(now)));
            }
        }
    }
    if let Some(aftercare) = aftercare {
        all.push(Box::new(complaints::status.eq(closed)));
        all.push(match aftercare {
            ComplaintAftercareFilter::Planned => Box::new(complaints::next_due_at.lt(NEVER)),
            ComplaintAftercareFilter::Due => Box::new(complaints::next_due_at.le(now)),
        });
    }
    if let Some(from) = received_from {
        all.push(Box::new(complaints::received_at.ge(from)));
    }
    if let Some(to) = received_to {
        all.push(Box::new(complaints::received_at.lt(to)));
    }
    if let Some(since) = updated_since {
        all.push(Box::new(complaints::updated_at.ge(since)));
    }
    all
}

fn filtered<'a>(cx: &Ctx, filter: &ComplaintFilter, now: Instant) -> Query<'a> {
    let query = complaints::table.into_boxed::<MultiBackend>();
    conditions(cx, filter, now).into_iter().fold(query, |query, condition| query.filter(condition))
}

fn ordered(query: Query<'_>, sort: ComplaintSort, after: Option<Position>) -> Query<'_> {
    let query = match (sort, after) {
        (_, None) => query,
        (ComplaintSort::Due, Some(Position { at, id, .. })) => {
            query.filter(complaints::next_due_at.ge(at)).filter(
                complaints::next_due_at.gt(at).or(complaints::next_due_at.eq(at).and(complaints::id.gt(id))),
            )
        }
        (ComplaintSort::Newest, Some(Position { at, id, .. })) => {
            query.filter(complaints::received_at.le(at)).filter(
                complaints::received_at.lt(at).or(complaints::received_at.eq(at).and(complaints::id.lt(id))),
            )
        }
        (ComplaintSort::Updated, Some(Position { at, id, .. })) => {
            query.filter(complaints::updated_at.ge(at)).filter(
                complaints::updated_at.gt(at).or(complaints::updated_at.eq(at).and(complaints::id.gt(id))),
            )
        }
    };
    match sort {
        ComplaintSort::Due => query.order((complaints::next_due_at, complaints::id)),
        ComplaintSort::Newest => query.order((complaints::received_at.desc(), complaints::id.desc())),
        ComplaintSort::Updated => query.order((complaints::updated_at, complaints::id)),
    }
}
