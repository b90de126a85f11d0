//! Operations on hotels.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};

use super::wire::{HotelCreate, HotelPage, HotelPatch, HotelView};
use crate::hotels::error::HotelError;
use crate::hotels::service;
use crate::kit::cursor::ListKey;
use crate::kit::ids::HotelId;
use crate::web::access::{Can, HotelsRead, HotelsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::page::PageQuery;
use crate::web::problem::Problem;
use crate::web::{page, reply};

/// List hotels
///
/// The hotels the caller may see, by code.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:read"])),
    params(PageQuery),
    responses((status = 200, description = "A page of hotels.", body = HotelPage, example = json!({"items": [{
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "code": "west-lake",
        "names": {"zh-CN": "西湖宾馆", "en": "West Lake Hotel"}, "time_zone": "Asia/Shanghai", "currency": "CNY",
        "default_language": "zh-CN", "status": "active", "version": 1,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"}],
        "has_more": false})))
)]
#[get("/v1/hotels")]
pub async fn list_hotels(
    app: web::Data<App>,
    by: Can<HotelsRead>,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = query.0;
    let list = ListKey::new(by.cx.group, "hotels", &());
    let after: Option<String> = page::position(&app, list, asked.cursor.as_deref())?;
    let found = app.read(move |r| service::list_hotels(r, &by.cx, after.as_deref(), asked.limit)).await?;
    let position = found.items.last().filter(|_| found.more).map(|hotel| hotel.code.to_string());
    let items = found.items.iter().map(HotelView::from).collect();
    Ok(page::answer(&request, &HotelPage::new(items, page::next(&app, list, position))))
}

/// Create a hotel
///
/// Needs the scope in the whole group: staff of one hotel cannot open another.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:write"])),
    params(("Idempotency-Key" = String, Header, description = "New for each new request.")),
    request_body(content = HotelCreate, description = "The hotel.", content_type = "application/json", example = json!({
        "code": "west-lake", "names": {"zh-CN": "西湖宾馆", "en": "West Lake Hotel"}, "time_zone": "Asia/Shanghai",
        "currency": "CNY", "default_language": "zh-CN"})),
    responses((status = 201, description = "The hotel.", body = HotelView, headers(("ETag" = String, description = "Version."), ("Location" = String, description = "The hotel.")), example = json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "code": "west-lake",
        "names": {"zh-CN": "西湖宾馆", "en": "West Lake Hotel"}, "time_zone": "Asia/Shanghai", "currency": "CNY",
        "default_language": "zh-CN", "status": "active", "version": 1,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"})))
)]
#[post("/v1/hotels")]
pub async fn create_hotel(
    app: web::Data<App>,
    by: Can<HotelsWrite>,
    key: IdempotencyKey,
    body: Valid<HotelCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let hotel = service::create_hotel(tx, cx, body.command)?;
        let location = format!("/v1/hotels/{}", hotel.id);
        Ok::<_, HotelError>(reply::created(location, hotel.version, &HotelView::from(&hotel)))
    })
    .await
}

/// Get a hotel
///
/// One hotel the caller may see.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:read"])),
    params(("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")),
    responses(
        (status = 200, description = "The hotel.", body = HotelView, headers(("ETag" = String, description = "Version.")), example = json!({
            "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "code": "west-lake",
            "names": {"zh-CN": "西湖宾馆", "en": "West Lake Hotel"}, "time_zone": "Asia/Shanghai", "currency": "CNY",
            "default_language": "zh-CN", "status": "active", "version": 1,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/hotels/{hotel_id}")]
pub async fn get_hotel(
    app: web::Data<App>,
    by: Can<HotelsRead>,
    id: PathId<HotelId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let hotel = app.read(move |r| service::find_hotel(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, hotel.version, &HotelView::from(&hotel)))
}

/// Change a hotel
///
/// Merge patch: absent members stay, none can be cleared. The code never changes.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:write"])),
    params(
        ("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"),
        ("If-Match" = String, Header, description = "ETag of the version to change.")
    ),
    request_body(description = "The changes.", content(
        (HotelPatch = "application/json", example = json!({"currency": "EUR"})),
        (HotelPatch = "application/merge-patch+json", example = json!({"currency": "EUR"})))),
    responses((status = 200, description = "The hotel as it is now.", body = HotelView, headers(("ETag" = String, description = "Version.")), example = json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "code": "west-lake",
        "names": {"zh-CN": "西湖宾馆", "en": "West Lake Hotel"}, "time_zone": "Asia/Shanghai", "currency": "EUR",
        "default_language": "zh-CN", "status": "active", "version": 2,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-02T08:00:00.000000Z"})))
)]
#[patch("/v1/hotels/{hotel_id}")]
pub async fn update_hotel(
    app: web::Data<App>,
    by: Can<HotelsWrite>,
    id: PathId<HotelId>,
    expected: IfMatch,
    body: Valid<HotelPatch>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let hotel = service::change_hotel(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, HotelError>(reply::changed(hotel.version, &HotelView::from(&hotel)))
    })
    .await
}
