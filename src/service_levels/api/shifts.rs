//! The duty roster: `/v1/hotels/{hotel_id}/duty-shifts` and `/v1/duty-shifts/{duty_shift_id}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde_json::{Value, json};

use crate::kit::cursor::ListKey;
use crate::kit::ids::{DutyShiftId, HotelId};
use crate::service_levels::api::shift_wire::{
    DutyShiftCreate, DutyShiftPage, DutyShiftPatch, DutyShiftView, ShiftQuery,
};
use crate::service_levels::duty;
use crate::service_levels::duty_repo::Position;
use crate::service_levels::error::ServiceLevelError;
use crate::staff::roles::Role;
use crate::web::access::{Can, DutyRead, DutyWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::page;
use crate::web::problem::Problem;
use crate::web::reply;

fn example() -> Value {
    json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5f01", "version": 1, "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02",
        "staff_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "duty_manager",
        "starts_at": "2026-11-22T14:00:00.000000Z", "ends_at": "2026-11-22T22:00:00.000000Z",
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"})
}

/// List duty shifts
///
/// Of one hotel, in the order of their start. With `from` and `until`, those that fall into the period at
/// least in part.
#[utoipa::path(
    tag = "duty",
    security(("bearer" = ["duty:read"])),
    params(("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"), ShiftQuery),
    responses((status = 200, description = "A page of shifts.", body = DutyShiftPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/hotels/{hotel_id}/duty-shifts")]
pub async fn list_duty_shifts(
    app: web::Data<App>,
    by: Can<DutyRead>,
    hotel: PathId<HotelId>,
    query: Params<ShiftQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, asked) = query.0;
    let role = filter.role.map(Role::code);
    let parts = (hotel.0, filter.from, filter.until, role, filter.staff);
    let list = ListKey::new(by.cx.group, "duty-shifts", &parts);
    let after: Option<Position> = page::position(&app, list, asked.cursor.as_deref())?;
    let (found, position) =
        app.read(move |r| duty::list(r, &by.cx, hotel.0, &filter, after.as_ref(), asked.limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(DutyShiftView::from).collect();
    Ok(page::answer(&request, &DutyShiftPage::new(views, next)))
}

/// Write a duty shift
///
/// What is to be told somebody on duty in a role goes to those whose shift it is; when it is nobody's, to
/// everybody with the role.
#[utoipa::path(
    tag = "duty",
    security(("bearer" = ["duty:write"])),
    params(
        ("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")
    ),
    request_body(content = DutyShiftCreate, description = "The shift.", example = json!({
        "staff_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "duty_manager",
        "starts_at": "2026-11-22T14:00:00Z", "ends_at": "2026-11-22T22:00:00Z"})),
    responses((status = 201, description = "The new shift.", body = DutyShiftView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The shift")),
        example = json!(example())))
)]
#[post("/v1/hotels/{hotel_id}/duty-shifts")]
pub async fn create_duty_shift(
    app: web::Data<App>,
    by: Can<DutyWrite>,
    hotel: PathId<HotelId>,
    key: IdempotencyKey,
    body: Valid<DutyShiftCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let shift = duty::write(tx, cx, hotel.0, body.command)?;
        let location = format!("/v1/duty-shifts/{}", shift.id);
        Ok::<_, ServiceLevelError>(reply::created(location, shift.version, &DutyShiftView::from(&shift)))
    })
    .await
}

/// Read a duty shift
///
/// One shift at a hotel the caller may see.
#[utoipa::path(
    tag = "duty",
    security(("bearer" = ["duty:read"])),
    params(("duty_shift_id" = uuid::Uuid, Path, description = "Id of the shift", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5f01")),
    responses(
        (status = 200, description = "The shift.", body = DutyShiftView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/duty-shifts/{duty_shift_id}")]
pub async fn get_duty_shift(
    app: web::Data<App>,
    by: Can<DutyRead>,
    id: PathId<DutyShiftId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let shift = app.read(move |r| duty::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, shift.version, &DutyShiftView::from(&shift)))
}

/// Change a duty shift
///
/// Merge patch: absent members stay, none can be cleared. A shift stays at its hotel.
#[utoipa::path(
    tag = "duty",
    security(("bearer" = ["duty:write"])),
    params(
        ("duty_shift_id" = uuid::Uuid, Path, description = "Id of the shift", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5f01"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(description = "The members to change.", content(
        (DutyShiftPatch = "application/json", example = json!({"ends_at": "2026-11-22T23:00:00Z"})),
        (DutyShiftPatch = "application/merge-patch+json", example = json!({"ends_at": "2026-11-22T23:00:00Z"}))
    )),
    responses((status = 200, description = "The shift as it is now.", body = DutyShiftView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/duty-shifts/{duty_shift_id}")]
pub async fn update_duty_shift(
    app: web::Data<App>,
    by: Can<DutyWrite>,
    id: PathId<DutyShiftId>,
    expected: IfMatch,
    body: Valid<DutyShiftPatch>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let shift = duty::edit(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, ServiceLevelError>(reply::changed(shift.version, &DutyShiftView::from(&shift)))
    })
    .await
}

/// Delete a duty shift
///
/// Takes it out of the roster; the audit log keeps it.
#[utoipa::path(
    tag = "duty",
    security(("bearer" = ["duty:write"])),
    params(
        ("duty_shift_id" = uuid::Uuid, Path, description = "Id of the shift", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5f01"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 204, description = "The shift is gone."))
)]
#[delete("/v1/duty-shifts/{duty_shift_id}")]
pub async fn delete_duty_shift(
    app: web::Data<App>,
    by: Can<DutyWrite>,
    id: PathId<DutyShiftId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        duty::remove(tx, cx, id.0, &expected.0)?;
        Ok::<_, ServiceLevelError>(reply::gone())
    })
    .await
}
