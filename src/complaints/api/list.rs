//! `GET /v1/complaints`: lists and work queues.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{example, rights};
use crate::complaints::api::view::{ComplaintPage, ComplaintView};
use crate::complaints::error::ComplaintError;
use crate::complaints::list_repo::{
    self, ComplaintAftercareFilter, ComplaintFilter, ComplaintQueue, ComplaintSla, ComplaintSort, Position,
};
use crate::complaints::model::{ComplaintChannel, ComplaintStatus, Severity};
use crate::complaints::search::Query;
use crate::complaints::seen::Seen;
use crate::complaints::{queues, search_repo};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{GuestId, HotelId, PartnerId, ProblemId, StaffId, StayId};
use crate::kit::text::fold;
use crate::web::access::{Can, ComplaintsRead};
use crate::web::app::App;
use crate::web::fields::instant;
use crate::web::input::{Input, Params};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// Order of a list of complaints.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
pub enum ComplaintOrder {
    /// What is due first; what waits or is never due comes last.
    #[serde(rename = "due_at")]
    Due,
    /// What was received last.
    #[serde(rename = "-received_at")]
    Newest,
    /// What was longest unchanged.
    #[serde(rename = "updated_at")]
    Updated,
}

/// What a list of complaints can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComplaintQuery {
    /// Search words, each to be found: Chinese characters anywhere in a text, beginnings of Latin words, in any order;
    /// the number whole (`XIHU-2026-00042`) or its running number with or without zeros before it (`00042`, `42`). Searched
    /// are number, subject, room, asset, location, tags, the names of contact and reporter, ids in other systems, and the
    /// first 2,000 characters of the description. Letter case, width and accents do not matter. Words past the sixteenth are
    /// ignored.
    #[param(nullable = false, min_length = 1, max_length = 100, example = "空调 1208")]
    #[validate(length(min = 1, max = 100))]
    q: Option<String>,
    /// Only the one with this number; letter case does not matter.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "XIHU-2026-00042")]
    #[validate(length(min = 1, max = 60))]
    number: Option<String>,
    /// A work queue: open complaints of the caller, of the departments the caller belongs to, of nobody, those that the
    /// caller follows, those that others handle and the caller's departments are told of, or those with a solution that
    /// somebody else proposed and that waits for the caller's role or one below.
    #[param(inline, nullable = false, example = "mine")]
    queue: Option<ComplaintQueue>,
    /// How they stand to their clocks.
    #[param(inline, nullable = false, example = "at_risk")]
    sla: Option<ComplaintSla>,
    /// Closed complaints whose guests are to be asked once more.
    #[param(inline, nullable = false, example = "due")]
    aftercare: Option<ComplaintAftercareFilter>,
    /// Only complaints of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02")]
    hotel_id: Option<uuid::Uuid>,
    /// Statuses, comma-separated; with a queue the open ones unless told, else all.
    #[param(nullable = false, max_length = 120, example = "received,recorded")]
    #[validate(length(max = 120))]
    status: Option<String>,
    /// Only those of this owner.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a")]
    owner_id: Option<uuid::Uuid>,
    /// Only those that this department answers for or handles.
    #[param(nullable = false, min_length = 1, max_length = 40, example = "engineering")]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
    /// Only those of this guest. A merged guest is followed.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")]
    guest_id: Option<uuid::Uuid>,
    /// Only those about this stay.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90")]
    stay_id: Option<uuid::Uuid>,
    /// Only those that concern this partner, or one that became part of it.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10")]
    partner_id: Option<uuid::Uuid>,
    /// Severities, comma-separated.
    #[param(nullable = false, max_length = 60, example = "major,crisis")]
    #[validate(length(max = 60))]
    severity: Option<String>,
    /// Only those of this category.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "temperature")]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// Only those that came this way.
    #[param(inline, nullable = false, example = "phone")]
    channel: Option<ComplaintChannel>,
    /// Only those about this room.
    #[param(nullable = false, min_length = 1, max_length = 20, example = "1208")]
    #[validate(length(min = 1, max = 20))]
    room: Option<String>,
    /// Only those about this asset; letter case, width and accents do not matter.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "AC-1208")]
    #[validate(length(min = 1, max = 60))]
    asset: Option<String>,
    /// Only those with this tag; letter case, width and accents do not matter.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "VIP")]
    #[validate(length(min = 1, max = 60))]
    tag: Option<String>,
    /// Only those that belong to this problem.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0")]
    problem_id: Option<uuid::Uuid>,
    /// Only those that wait for somebody outside, or do not.
    #[param(nullable = false, example = false)]
    on_hold: Option<bool>,
    /// Only those taken up to this level or higher.
    #[param(nullable = false, minimum = 0, maximum = 3, example = 1)]
    #[validate(range(min = 0, max = 3))]
    escalation_level_from: Option<i32>,
    /// Received at this instant or later.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-12-01T00:00:00Z")]
    #[validate(length(max = 40))]
    received_from: Option<String>,
    /// Received before this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2027-01-01T00:00:00Z")]
    #[validate(length(max = 40))]
    received_to: Option<String>,
    /// Changed at this instant or later, messages and solutions included.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-12-20T00:00:00Z")]
    #[validate(length(max = 40))]
    updated_since: Option<String>,
    /// Order; `due_at` unless told.
    #[param(inline, nullable = false, example = "due_at")]
    sort: Option<ComplaintOrder>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A list of complaints, asked for.
pub struct ListComplaints {
    query: Option<Query>,
    queue: Option<ComplaintQueue>,
    filter: ComplaintFilter,
    sort: ComplaintSort,
    limit: i64,
    cursor: Option<String>,
}

fn each<T: Ord>(faults: &mut Faults, name: &str, list: Option<&str>, of: fn(&str) -> Option<T>) -> Vec<T> {
    let mut found = Vec::new();
    for code in list.into_iter().flat_map(|list| list.split(',')) {
        match of(code.trim()) {
            Some(value) if !found.contains(&value) => found.push(value),
            Some(_) => {}
            None => faults.at(name, |f| f.add("unknown_value", "has a value that is not allowed here")),
        }
    }
    found.sort();
    found
}

impl Input for ComplaintQuery {
    type Command = ListComplaints;

    fn check(self, faults: &mut Faults) -> Option<ListComplaints> {
        let mut time =
            |name: &str, text: Option<String>| text.and_then(|text| faults.at(name, |f| instant(f, &text)));
        let received_from = time("received_from", self.received_from);
        let received_to = time("received_to", self.received_to);
        let updated_since = time("updated_since", self.updated_since);
        let query = self.q.and_then(|text| {
            let parsed = Query::parse(&text);
            if parsed.is_none() {
                faults.at("q", |f| f.add("search", "has nothing to search for"));
            }
            parsed
        });
        for (name, text) in [("number", &self.number), ("asset", &self.asset), ("tag", &self.tag)] {
            if text.as_deref().is_some_and(|text| fold(text).is_empty()) {
                faults.at(name, |f| f.add("blank", "must not be blank"));
            }
        }
        let mut status = each(faults, "status", self.status.as_deref(), ComplaintStatus::of);
        if self.queue.is_some() && status.is_empty() {
            status = ComplaintStatus::ALL.iter().copied().filter(|one| one.is_open()).collect();
        }
        let filter = ComplaintFilter {
            hotel: self.hotel_id.map(HotelId),
            status,
            owner: self.owner_id.map(StaffId),
            watcher: None,
            theirs: Vec::new(),
            informed: Vec::new(),
            approver: None,
            unowned: self.queue == Some(ComplaintQueue::Unassigned),
            departments: self.department.into_iter().collect(),
            guest: self.guest_id.map(GuestId),
            stay: self.stay_id.map(StayId),
            partners: self.partner_id.map(PartnerId).into_iter().collect(),
            severity: each(faults, "severity", self.severity.as_deref(), Severity::of),
            category: self.category,
            channel: self.channel,
            // As numbers are written: in capitals, without anything around them.
            number: self.number.map(|number| fold(&number).to_uppercase()),
            room: self.room,
            asset: self.asset.map(|asset| fold(&asset)),
            tag: self.tag.map(|tag| fold(&tag)),
            problem: self.problem_id.map(ProblemId),
            on_hold: self.on_hold,
            level_from: self.escalation_level_from,
            sla: self.sla,
            aftercare: self.aftercare,
            received_from,
            received_to,
            updated_since,
        };
        let sort = match self.sort {
            None | Some(ComplaintOrder::Due) => ComplaintSort::Due,
            Some(ComplaintOrder::Newest) => ComplaintSort::Newest,
            Some(ComplaintOrder::Updated) => ComplaintSort::Updated,
        };
        let limit = i64::from(self.limit.unwrap_or(DEFAULT_LIMIT));
        Some(ListComplaints { query, queue: self.queue, filter, sort, limit, cursor: self.cursor })
    }
}

/// List complaints
///
/// By what is due first unless told otherwise: `queue=mine&sla=at_risk` is what one has to do next. The words of the guest
/// are left out; `excerpt` has their beginning. With `q` only what has its words, in the same order: a search for several
/// frequent words may answer a short page with a next one.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(ComplaintQuery),
    responses((status = 200, description = "A page of complaints.", body = ComplaintPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/complaints")]
pub async fn list_complaints(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    params: Params<ComplaintQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListComplaints { query, queue, filter, sort, limit, cursor } = params.0;
    let (rights, cx) = (rights(&by.principal), by.cx);
    let list = ListKey::new(cx.group, "complaints", &(&filter, sort, queue, cx.actor.id, &query));
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (items, position) = app
        .read(move |r| {
            let Some(filter) = queues::resolve(r, &cx, queue, filter)? else {
                return Ok::<_, ComplaintError>((Vec::new(), None));
            };
            let (found, position) = match &query {
                None => list_repo::list(r, &cx, &filter, sort, after, limit)?,
                Some(query) => search_repo::search(r, &cx, &filter, query, sort, after, limit)?,
            };
            let seen = Seen::load(r, &cx, &rights, &found)?;
            let items: Vec<_> = found.iter().map(|one| ComplaintView::of(one, &seen, false)).collect();
            Ok((items, position))
        })
        .await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &ComplaintPage::new(items, next)))
}
