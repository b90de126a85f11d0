//! Intake, reading and changing of complaints: `/v1/complaints` and `/v1/complaints/{complaint_id}`.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};

use super::{change, example, location, rights, shown};
use crate::complaints::api::move_wire::ComplaintSplit;
use crate::complaints::api::view::ComplaintView;
use crate::complaints::api::wire::{ComplaintCreate, ComplaintPatch};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::ExternalRef;
use crate::complaints::{merging, service};
use crate::kit::ids::ComplaintId;
use crate::web::access::{Can, ComplaintsMerge, ComplaintsRead, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Take in a complaint
///
/// From any channel, by whoever tells of it. It has a number at once and its clocks run. One that is told with all that
/// sorting needs is recorded at once; else it waits to be classified.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = ComplaintCreate, description = "What was said.", example = json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "channel": "front_desk",
        "stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "subject": "空调不制冷",
        "description": "空调不制冷，半夜热醒了两次。", "language": "zh-CN", "demand": "换房"
    })),
    responses((status = 201, description = "The new complaint.", body = ComplaintView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The complaint")),
        example = json!(example())))
)]
#[post("/v1/complaints")]
pub async fn create_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    key: IdempotencyKey,
    body: Valid<ComplaintCreate>,
) -> Result<HttpResponse, Problem> {
    let (once, rights) = (key.over(&body.digest), rights(&by.principal));
    app.commit(by.cx, once, move |tx, cx| {
        let complaint = service::create(tx, cx, body.command)?;
        let view = shown(tx, cx, &rights, &complaint)?;
        Ok::<_, ComplaintError>(reply::created(location(complaint.id), complaint.version, &view))
    })
    .await
}

/// Read a complaint
///
/// With its clocks as they are this moment, the moves its status allows, and what each still needs.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0")),
    responses(
        (status = 200, description = "The complaint.", body = ComplaintView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaints/{complaint_id}")]
pub async fn get_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<ComplaintId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let rights = rights(&by.principal);
    let (version, view) = app
        .read(move |r| {
            let complaint = service::get(r, &by.cx, id.0)?;
            let view = shown(r, &by.cx, &rights, &complaint)?;
            Ok::<_, ComplaintError>((complaint.version, view))
        })
        .await?;
    Ok(unless_known(&request, version, &view))
}

/// Read a complaint by an external reference
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(
        ("system" = String, Path, description = "Code of the system", max_length = 40, example = "helpdesk"),
        ("external_id" = String, Path, description = "Id there", max_length = 120, example = "T-88213")
    ),
    responses(
        (status = 200, description = "The complaint.", body = ComplaintView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaints/by-ref/{system}/{external_id}")]
pub async fn get_complaint_by_ref(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    path: PathId<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (rights, (system, id)) = (rights(&by.principal), path.0);
    let (version, view) = app
        .read(move |r| {
            let complaint = service::get_by_ref(r, &by.cx, &ExternalRef { system, id })?;
            let view = shown(r, &by.cx, &rights, &complaint)?;
            Ok::<_, ComplaintError>((complaint.version, view))
        })
        .await?;
    Ok(unless_known(&request, version, &view))
}

/// Change a complaint
///
/// What is written down of it: JSON Merge Patch (RFC 7396), absent members stay, `null` clears, lists are replaced whole.
/// How it is judged is changed by `POST …/classify`.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(description = "The members to change.", content(
        (ComplaintPatch = "application/json", example = json!({"room": "1510"})),
        (ComplaintPatch = "application/merge-patch+json", example = json!({"room": "1510"}))
    )),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/complaints/{complaint_id}")]
pub async fn update_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintPatch>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| service::edit(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Split a complaint
///
/// A part becomes a complaint of its own, with a number of its own: same guest, stay and channel, its own words. Answers
/// the new one; the old one goes on as it is.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:merge"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(content = ComplaintSplit, description = "The part.",
        example = json!({"description": "早餐也是冷的。", "subject": "早餐不热"})),
    responses((status = 201, description = "The new complaint.", body = ComplaintView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The complaint")),
        example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/split")]
pub async fn split_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsMerge>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    key: IdempotencyKey,
    body: Valid<ComplaintSplit>,
) -> Result<HttpResponse, Problem> {
    let (once, rights) = (key.over(&body.digest), rights(&by.principal));
    app.commit(by.cx, once, move |tx, cx| {
        let part = merging::split(tx, cx, id.0, &expected.0, body.command)?;
        let view = shown(tx, cx, &rights, &part)?;
        Ok::<_, ComplaintError>(reply::created(location(part.id), part.version, &view))
    })
    .await
}
