//! `GET /v1/audit-entries`, `GET /v1/guests/{guest_id}/history` and `GET /v1/complaints/{complaint_id}/timeline`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::complaints;
use crate::complaints::error::ComplaintError;
use crate::guests::error::GuestError;
use crate::guests::service;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{ActorId, ComplaintId, GuestId};
use crate::platform::audit::{self, Entry, EntryFilter};
use crate::platform::record::difference;
use crate::web::access::{AuditRead, Can, ComplaintsRead, GuestsRead};
use crate::web::app::App;
use crate::web::input::{Input, Params, PathId};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// Name of a member that was changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("vip_level"))]
pub struct AuditedField(String);

/// One change, as the audit log keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// Id of the entry.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    id: uuid::Uuid,
    /// When.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    occurred_at: String,
    /// Kind of who acted: `staff`, `operator` or `system`.
    #[schema(max_length = 20, examples("staff"))]
    actor_kind: String,
    /// Who acted; the nil id for operators and the system.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    actor_id: uuid::Uuid,
    /// Id of the request.
    #[schema(max_length = 64, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"))]
    request_id: String,
    /// What happened.
    #[schema(max_length = 60, examples("guest.updated"))]
    action: String,
    /// Kind of what changed.
    #[schema(max_length = 40, examples("guest"))]
    subject_kind: String,
    /// Id of what changed.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    subject_id: uuid::Uuid,
    /// Version of what changed, after the change.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(2))]
    subject_version: i64,
    /// Names of the members that differ.
    #[schema(max_items = 100)]
    changed_fields: Vec<AuditedField>,
    /// Their values before.
    #[schema(examples(json!({"vip_level": "vip2"})))]
    before: Map<String, Value>,
    /// Their values after.
    #[schema(examples(json!({"vip_level": "vip1"})))]
    after: Map<String, Value>,
    /// Place in the hash chain; absent within the second before the entry is chained.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(4711))]
    position: Option<i64>,
    /// Link of the hash chain, SHA-256 in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        max_length = 64,
        examples("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    )]
    hash: Option<String>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let Entry {
            id,
            at,
            actor_kind,
            actor_id,
            request_id,
            action,
            subject_kind,
            subject_id,
            subject_version,
            before,
            after,
            position,
            hash,
        } = entry;
        let change = difference(before.as_ref().map(|doc| &doc.0), after.as_ref().map(|doc| &doc.0));
        let object = |name: &str| change.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let names = change.get("changed_fields").and_then(Value::as_array).cloned().unwrap_or_default();
        Self {
            id: id.0,
            occurred_at: at.to_string(),
            actor_kind,
            actor_id: actor_id.0,
            request_id,
            action,
            subject_kind,
            subject_id: subject_id.0,
            subject_version,
            changed_fields: names
                .iter()
                .filter_map(Value::as_str)
                .map(|name| AuditedField(name.into()))
                .collect(),
            before: object("before"),
            after: object("after"),
            position,
            hash,
        }
    }
}

crate::page! {
    /// A page of the audit log.
    AuditEntryPage of EntryView
}

/// What the audit log can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntryQuery {
    /// Only changes of the subject with this id.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")]
    subject: Option<uuid::Uuid>,
    /// Only changes by this actor.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    actor: Option<uuid::Uuid>,
    /// Only changes of this kind.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "guest.updated")]
    #[validate(length(min = 1, max = 60))]
    action: Option<String>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for EntryQuery {
    type Command = (EntryFilter, i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        let Self { subject, actor, action, limit, cursor } = self;
        let filter = EntryFilter { subject: subject.map(ActorId), actor: actor.map(ActorId), action };
        Some((filter, i64::from(limit.unwrap_or(DEFAULT_LIMIT)), cursor))
    }
}

/// Which page of a history is read.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for HistoryQuery {
    type Command = (i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor))
    }
}

fn example() -> Value {
    json!({
        "items": [{
            "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "occurred_at": "2026-11-21T08:30:00.000000Z",
            "actor_kind": "staff", "actor_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
            "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70", "action": "guest.updated", "subject_kind": "guest",
            "subject_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "subject_version": 2, "changed_fields": ["vip_level"],
            "before": {"vip_level": "vip2"}, "after": {"vip_level": "vip1"}, "position": 4711,
            "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        }], "has_more": false
    })
}

/// Read the audit log
///
/// Newest first. Entries are chained by hashes once committed, so that a change of the log itself can be found.
#[utoipa::path(
    tag = "audit",
    security(("bearer" = ["audit:read"])),
    params(EntryQuery),
    responses((status = 200, description = "A page of the log.", body = AuditEntryPage, example = json!(example())))
)]
#[get("/v1/audit-entries")]
pub async fn list_audit_entries(
    app: web::Data<App>,
    by: Can<AuditRead>,
    params: Params<EntryQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "audit-entries", &filter);
    let before = page::position(&app, list, cursor.as_deref())?;
    let (rows, position) =
        app.read(move |r| audit::list(r, cx.group, &cx.sight, &filter, before, limit)).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &AuditEntryPage::new(rows.into_iter().map(EntryView::from).collect(), next)))
}

/// Read the history of a guest
///
/// Every change of the profile, newest first: who, when, and what it was before and after.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"), HistoryQuery),
    responses((status = 200, description = "A page of changes.", body = AuditEntryPage, example = json!(example())))
)]
#[get("/v1/guests/{guest_id}/history")]
pub async fn list_guest_history(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    id: PathId<GuestId>,
    params: Params<HistoryQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-history", &id.0);
    let before = page::position(&app, list, cursor.as_deref())?;
    let found = app.read(move |r| {
        let guest = service::get(r, &cx, id.0)?;
        let filter = EntryFilter { subject: Some(ActorId(guest.id.0)), ..EntryFilter::default() };
        Ok::<_, GuestError>(audit::list(r, cx.group, &cx.sight, &filter, before, limit)?)
    });
    let (rows, position) = found.await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &AuditEntryPage::new(rows.into_iter().map(EntryView::from).collect(), next)))
}

/// Read the timeline of a complaint
///
/// Every change of it and of its solutions, and that something was said, newest first: who, when, and what it was before
/// and after. Nothing in it is ever changed. The words themselves are with the complaint and its messages.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"), HistoryQuery),
    responses((status = 200, description = "A page of changes.", body = AuditEntryPage, example = json!(example())))
)]
#[get("/v1/complaints/{complaint_id}/timeline")]
pub async fn list_complaint_timeline(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<ComplaintId>,
    params: Params<HistoryQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "complaint-timeline", &id.0);
    let before = page::position(&app, list, cursor.as_deref())?;
    let found = app.read(move |r| {
        let complaint = complaints::service::get(r, &cx, id.0)?;
        let filter = EntryFilter { subject: Some(ActorId(complaint.id.0)), ..EntryFilter::default() };
        Ok::<_, ComplaintError>(audit::list(r, cx.group, &cx.sight, &filter, before, limit)?)
    });
    let (rows, position) = found.await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &AuditEntryPage::new(rows.into_iter().map(EntryView::from).collect(), next)))
}
