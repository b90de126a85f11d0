//! Operations on departments.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};

use super::wire::{DepartmentCreate, DepartmentPage, DepartmentPatch, DepartmentView};
use crate::hotels::error::HotelError;
use crate::hotels::service;
use crate::kit::cursor::ListKey;
use crate::kit::ids::{DepartmentId, HotelId};
use crate::web::access::{Can, HotelsRead, HotelsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::page::PageQuery;
use crate::web::problem::Problem;
use crate::web::{page, reply};

/// List departments of a hotel
///
/// The departments of a hotel the caller may see, by code.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:read"])),
    params(
        ("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"),
        PageQuery
    ),
    responses((status = 200, description = "A page of departments.", body = DepartmentPage, example = json!({"items": [{
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11", "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "code": "housekeeping", "names": {"zh-CN": "客房部", "en": "Housekeeping"}, "status": "active", "version": 1,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"}],
        "has_more": false})))
)]
#[get("/v1/hotels/{hotel_id}/departments")]
pub async fn list_departments(
    app: web::Data<App>,
    by: Can<HotelsRead>,
    hotel: PathId<HotelId>,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (asked, hotel) = (query.0, hotel.0);
    let list = ListKey::new(by.cx.group, "departments", &hotel);
    let after: Option<String> = page::position(&app, list, asked.cursor.as_deref())?;
    let found =
        app.read(move |r| service::list_departments(r, &by.cx, hotel, after.as_deref(), asked.limit)).await?;
    let position = found.items.last().filter(|_| found.more).map(|department| department.code.to_string());
    let items = found.items.iter().map(DepartmentView::from).collect();
    Ok(page::answer(&request, &DepartmentPage::new(items, page::next(&app, list, position))))
}

/// Add a department to a hotel
///
/// The code is unique in the hotel.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:write"])),
    params(
        ("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"),
        ("Idempotency-Key" = String, Header, description = "New for each new request.")
    ),
    request_body(content = DepartmentCreate, description = "The department.", content_type = "application/json",
        example = json!({"code": "housekeeping", "names": {"zh-CN": "客房部", "en": "Housekeeping"}})),
    responses((status = 201, description = "The department.", body = DepartmentView, headers(("ETag" = String, description = "Version."), ("Location" = String, description = "The department.")), example = json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11", "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "code": "housekeeping", "names": {"zh-CN": "客房部", "en": "Housekeeping"}, "status": "active", "version": 1,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"})))
)]
#[post("/v1/hotels/{hotel_id}/departments")]
pub async fn create_department(
    app: web::Data<App>,
    by: Can<HotelsWrite>,
    hotel: PathId<HotelId>,
    key: IdempotencyKey,
    body: Valid<DepartmentCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let department = service::create_department(tx, cx, hotel.0, body.command)?;
        let location = format!("/v1/departments/{}", department.id);
        Ok::<_, HotelError>(reply::created(location, department.version, &DepartmentView::from(&department)))
    })
    .await
}

/// Get a department
///
/// One department of a hotel the caller may see.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:read"])),
    params(("department_id" = uuid::Uuid, Path, description = "Id of the department.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11")),
    responses(
        (status = 200, description = "The department.", body = DepartmentView, headers(("ETag" = String, description = "Version.")), example = json!({
            "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11", "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
            "code": "housekeeping", "names": {"zh-CN": "客房部", "en": "Housekeeping"}, "status": "active",
            "version": 1, "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/departments/{department_id}")]
pub async fn get_department(
    app: web::Data<App>,
    by: Can<HotelsRead>,
    id: PathId<DepartmentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let department = app.read(move |r| service::find_department(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, department.version, &DepartmentView::from(&department)))
}

/// Change a department
///
/// Merge patch: absent members stay, none can be cleared. The code never changes.
#[utoipa::path(
    tag = "hotels",
    security(("bearer" = ["hotels:write"])),
    params(
        ("department_id" = uuid::Uuid, Path, description = "Id of the department.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11"),
        ("If-Match" = String, Header, description = "ETag of the version to change.")
    ),
    request_body(description = "The changes.", content(
        (DepartmentPatch = "application/json", example = json!({"names": {"zh-CN": "客房服务部"}})),
        (DepartmentPatch = "application/merge-patch+json", example = json!({"names": {"zh-CN": "客房服务部"}})))),
    responses((status = 200, description = "The department as it is now.", body = DepartmentView, headers(("ETag" = String, description = "Version.")), example = json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11", "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "code": "housekeeping", "names": {"zh-CN": "客房服务部"}, "status": "active", "version": 2,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-02T08:00:00.000000Z"})))
)]
#[patch("/v1/departments/{department_id}")]
pub async fn update_department(
    app: web::Data<App>,
    by: Can<HotelsWrite>,
    id: PathId<DepartmentId>,
    expected: IfMatch,
    body: Valid<DepartmentPatch>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let department = service::change_department(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, HotelError>(reply::changed(department.version, &DepartmentView::from(&department)))
    })
    .await
}
