//! Listing, creating, reading and changing accounts.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};

use super::wire::{NewStaff, StaffCreate, StaffPage, StaffPatch, StaffQuery, StaffView};
use super::{authority, hash_new};
use crate::kit::cursor::ListKey;
use crate::kit::ids::StaffId;
use crate::staff::error::StaffError;
use crate::staff::model::RegisterStaff;
use crate::staff::service;
use crate::web::access::{Can, StaffRead, StaffWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::problem::Problem;
use crate::web::{page, reply};

/// List staff accounts
///
/// Accounts at work in the hotels the caller may see, by address. Who sees the whole group sees all.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:read"])),
    params(StaffQuery),
    responses((status = 200, description = "A page of accounts.", body = StaffPage, example = json!({"items": [{
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example", "display_name": "李娜",
        "language": "zh-CN", "status": "active", "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 1,
        "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"}],
        "has_more": false})))
)]
#[get("/v1/staff")]
pub async fn list_staff(
    app: web::Data<App>,
    by: Can<StaffRead>,
    query: Params<StaffQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, asked) = query.0;
    let parts =
        (filter.status.map(|status| status.code()), filter.hotel, filter.role.map(|role| role.code()));
    let list = ListKey::new(by.cx.group, "staff", &parts);
    let after: Option<String> = page::position(&app, list, asked.cursor.as_deref())?;
    let cx = by.cx.clone();
    let found =
        app.read(move |r| service::list_staff(r, &cx, &filter, after.as_deref(), asked.limit)).await?;
    let position = found.items.last().filter(|_| found.more).map(|staff| staff.email.clone());
    let items = found.items.iter().map(|staff| StaffView::seen(staff, &by.cx.sight)).collect();
    Ok(page::answer(&request, &StaffPage::new(items, page::next(&app, list, position))))
}

/// Create a staff account
///
/// Gives roles whose every scope the caller holds at the same hotel (or in the whole group). The address is the login
/// and unique in the installation.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:write"])),
    params(("Idempotency-Key" = String, Header, description = "New for each new request.")),
    request_body(content = StaffCreate, description = "The account.", content_type = "application/json", example = json!({
        "email": "li.na@westlake.example", "display_name": "李娜", "language": "zh-CN", "password": "mauve-lantern-42-river",
        "memberships": [{"hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}]})),
    responses((status = 201, description = "The account.", body = StaffView,
        headers(("ETag" = String, description = "Version."), ("Location" = String, description = "The account.")),
        example = json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example",
            "display_name": "李娜", "language": "zh-CN", "status": "active",
            "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 1,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"})))
)]
#[post("/v1/staff")]
pub async fn create_staff(
    app: web::Data<App>,
    by: Can<StaffWrite>,
    key: IdempotencyKey,
    body: Valid<StaffCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    let NewStaff { email, display_name, language, password, memberships } = body.command;
    let contexts = {
        let (cx, email, name) = (by.cx.clone(), email.as_str().to_owned(), display_name.clone());
        app.read(move |r| service::password_contexts(r, &cx, &email, &name)).await?
    };
    let password_hash = hash_new(&app, "/password", password, &contexts).await?;
    let authority = authority(&by.principal);
    app.commit(by.cx, once, move |tx, cx| {
        let command = RegisterStaff { email, display_name, language, password_hash, memberships };
        let staff = service::create_staff(tx, cx, &authority, command)?;
        let location = format!("/v1/staff/{}", staff.id);
        Ok::<_, StaffError>(reply::created(location, staff.version, &StaffView::seen(&staff, &cx.sight)))
    })
    .await
}

/// Get a staff account
///
/// One account at work in a hotel the caller may see.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:read"])),
    params(("staff_id" = uuid::Uuid, Path, description = "Id of the account.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21")),
    responses(
        (status = 200, description = "The account.", body = StaffView,
            headers(("ETag" = String, description = "Version.")),
            example = json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example",
                "display_name": "李娜", "language": "zh-CN", "status": "active",
                "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
                "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 1,
                "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/staff/{staff_id}")]
pub async fn get_staff(
    app: web::Data<App>,
    by: Can<StaffRead>,
    id: PathId<StaffId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx.clone();
    let staff = app.read(move |r| service::find_staff(r, &cx, id.0)).await?;
    Ok(unless_known(&request, staff.version, &StaffView::seen(&staff, &by.cx.sight)))
}

/// Change a staff account
///
/// Merge patch of name and language: absent members stay, none can be cleared. The address never changes.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:write"])),
    params(
        ("staff_id" = uuid::Uuid, Path, description = "Id of the account.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21"),
        ("If-Match" = String, Header, description = "ETag of the version to change.")
    ),
    request_body(description = "The changes.", content(
        (StaffPatch = "application/json", example = json!({"display_name": "李娜娜"})),
        (StaffPatch = "application/merge-patch+json", example = json!({"display_name": "李娜娜"})))),
    responses((status = 200, description = "The account as it is now.", body = StaffView,
        headers(("ETag" = String, description = "Version.")),
        example = json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example",
            "display_name": "李娜娜", "language": "zh-CN", "status": "active",
            "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 2,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-02T08:00:00.000000Z"})))
)]
#[patch("/v1/staff/{staff_id}")]
pub async fn update_staff(
    app: web::Data<App>,
    by: Can<StaffWrite>,
    id: PathId<StaffId>,
    expected: IfMatch,
    body: Valid<StaffPatch>,
) -> Result<HttpResponse, Problem> {
    let authority = authority(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let staff = service::change_staff(tx, cx, &authority, id.0, &expected.0, body.command)?;
        Ok::<_, StaffError>(reply::changed(staff.version, &StaffView::seen(&staff, &cx.sight)))
    })
    .await
}
