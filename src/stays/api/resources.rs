//! Single stays: `POST /v1/stays` and `/v1/stays/{stay_id}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};

use crate::db::Reads;
use crate::kit::ids::StayId;
use crate::platform::context::Ctx;
use crate::stays::api::patch::StayPatch;
use crate::stays::api::revenue_sight;
use crate::stays::api::view::{StayView, example};
use crate::stays::api::wire::StayCreate;
use crate::stays::error::StayError;
use crate::stays::model::Stay;
use crate::stays::service::{self, RevenueSight};
use crate::web::access::{Can, StaysRead, StaysWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Where a stay is.
pub fn location(id: StayId) -> String {
    format!("/v1/stays/{id}")
}

/// A stay as the caller sees it.
///
/// # Errors
/// When the database fails.
pub fn shown(
    reads: &mut impl Reads,
    cx: &Ctx,
    stay: &Stay,
    sight: &RevenueSight,
) -> Result<StayView, StayError> {
    let called = service::called(reads, cx, std::slice::from_ref(stay))?;
    Ok(StayView::of(stay, &called, sight))
}

/// Create a stay
///
/// For staff; other systems deliver theirs by reference. Zero nights (day use) and no adults are taken and marked.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = StayCreate, description = "The stay.", example = json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "guest": {"name": "王小明"}, "arrival_on": "2026-12-20",
        "departure_on": "2026-12-22", "adults": 2, "booked_room_type": "STD", "channel": "phone",
        "special_requests": "高楼层，不要羽绒枕"
    })),
    responses((status = 201, description = "The new stay.", body = StayView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The stay")), example = json!(example())))
)]
#[post("/v1/stays")]
pub async fn create_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    key: IdempotencyKey,
    body: Valid<StayCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    let sight = revenue_sight(&by.principal);
    app.commit(by.cx, once, move |tx, cx| {
        let stay = service::create(tx, cx, &sight, body.command)?;
        let view = shown(tx, cx, &stay, &sight)?;
        Ok::<_, StayError>(reply::created(location(stay.id), stay.version, &view))
    })
    .await
}

/// Read a stay
///
/// A deleted stay stays readable here, with the status `deleted`.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:read"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90")),
    responses(
        (status = 200, description = "The stay.", body = StayView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/stays/{stay_id}")]
pub async fn get_stay(
    app: web::Data<App>,
    by: Can<StaysRead>,
    id: PathId<StayId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (cx, sight) = (by.cx, revenue_sight(&by.principal));
    let (version, view) = app
        .read(move |r| {
            let stay = service::get(r, &cx, id.0)?;
            Ok::<_, StayError>((stay.version, shown(r, &cx, &stay, &sight)?))
        })
        .await?;
    Ok(unless_known(&request, version, &view))
}

/// Change a stay
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears, lists are replaced whole. The status changes by its
/// own operations, the hotel never.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(description = "The members to change.", content(
        (StayPatch = "application/json", example = json!({"room": "1208", "eta": "15:30"})),
        (StayPatch = "application/merge-patch+json", example = json!({"room": "1208", "eta": "15:30"}))
    )),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/stays/{stay_id}")]
pub async fn update_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
    body: Valid<StayPatch>,
) -> Result<HttpResponse, Problem> {
    let sight = revenue_sight(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let stay = service::edit(tx, cx, &sight, id.0, &expected.0, body.command)?;
        let view = shown(tx, cx, &stay, &sight)?;
        Ok::<_, StayError>(reply::changed(stay.version, &view))
    })
    .await
}

/// Delete a stay
///
/// Takes the stay out of lists and figures. It stays readable by its id and keeps its references: a newer message of its
/// sender brings it back, an older one does not.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The stay is deleted."))
)]
#[delete("/v1/stays/{stay_id}")]
pub async fn delete_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        service::delete(tx, cx, id.0, &expected.0)?;
        Ok::<_, StayError>(reply::gone())
    })
    .await
}
