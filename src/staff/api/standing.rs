//! What an account may do: its memberships, and whether it may log in at all. Each change ends its sessions.

use actix_web::{HttpResponse, post, put, web};

use super::authority;
use super::wire::{MembershipSet, StaffView};
use crate::db::Tx;
use crate::kit::ids::StaffId;
use crate::platform::context::Ctx;
use crate::staff::error::StaffError;
use crate::staff::model::Staff;
use crate::staff::service;
use crate::web::access::{Can, StaffWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Replace the memberships of an account
///
/// The account has exactly these memberships afterwards, and its sessions end. Every role given must be within the
/// caller's own scopes at the same place.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:write"])),
    params(
        ("staff_id" = uuid::Uuid, Path, description = "Id of the account.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21"),
        ("If-Match" = String, Header, description = "ETag of the version to change.")
    ),
    request_body(content = MembershipSet, description = "Every membership.", content_type = "application/json",
        example = json!({"memberships": [{"hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "front_desk"}]})),
    responses((status = 200, description = "The account as it is now.", body = StaffView,
        headers(("ETag" = String, description = "Version.")),
        example = json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example",
            "display_name": "李娜", "language": "zh-CN", "status": "active",
            "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e32",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "front_desk"}], "version": 2,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-02T08:00:00.000000Z"})))
)]
#[put("/v1/staff/{staff_id}/memberships")]
pub async fn replace_memberships(
    app: web::Data<App>,
    by: Can<StaffWrite>,
    id: PathId<StaffId>,
    expected: IfMatch,
    body: Valid<MembershipSet>,
) -> Result<HttpResponse, Problem> {
    let authority = authority(&by.principal);
    change(&app, by.cx, move |tx, cx| {
        service::replace_memberships(tx, cx, &authority, id.0, &expected.0, &body.command)
    })
    .await
}

/// Suspend an account
///
/// It may not log in until it is reactivated; its sessions end. Nobody suspends their own account.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:write"])),
    params(
        ("staff_id" = uuid::Uuid, Path, description = "Id of the account.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21"),
        ("If-Match" = String, Header, description = "ETag of the version to change.")
    ),
    responses((status = 200, description = "The account as it is now.", body = StaffView,
        headers(("ETag" = String, description = "Version.")),
        example = json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example",
            "display_name": "李娜", "language": "zh-CN", "status": "suspended",
            "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 2,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-02T08:00:00.000000Z"})))
)]
#[post("/v1/staff/{staff_id}/suspend")]
pub async fn suspend_staff(
    app: web::Data<App>,
    by: Can<StaffWrite>,
    id: PathId<StaffId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let authority = authority(&by.principal);
    change(&app, by.cx, move |tx, cx| service::suspend_staff(tx, cx, &authority, id.0, &expected.0)).await
}

/// Reactivate an account
///
/// A suspended account may log in again.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = ["staff:write"])),
    params(
        ("staff_id" = uuid::Uuid, Path, description = "Id of the account.", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21"),
        ("If-Match" = String, Header, description = "ETag of the version to change.")
    ),
    responses((status = 200, description = "The account as it is now.", body = StaffView,
        headers(("ETag" = String, description = "Version.")),
        example = json!({"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example",
            "display_name": "李娜", "language": "zh-CN", "status": "active",
            "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 3,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-03T08:00:00.000000Z"})))
)]
#[post("/v1/staff/{staff_id}/reactivate")]
pub async fn reactivate_staff(
    app: web::Data<App>,
    by: Can<StaffWrite>,
    id: PathId<StaffId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let authority = authority(&by.principal);
    change(&app, by.cx, move |tx, cx| service::reactivate_staff(tx, cx, &authority, id.0, &expected.0)).await
}

/// Commits a change of standing and lets it be felt at once.
async fn change(
    app: &App,
    cx: Ctx,
    effect: impl FnOnce(&mut Tx<'_>, &Ctx) -> Result<Staff, StaffError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let done = app
        .commit(cx, None, move |tx, cx| {
            let staff = effect(tx, cx)?;
            Ok::<_, StaffError>(reply::changed(staff.version, &StaffView::seen(&staff, &cx.sight)))
        })
        .await;
    app.forget_principals();
    done
}
