//! Archiving, restoring and restricting: `POST /v1/guests/{guest_id}/archive` and `/restore`,
//! `PUT` and `DELETE /v1/guests/{guest_id}/restriction`.

use actix_web::{HttpResponse, delete, post, put, web};

use crate::guests::api::create::example;
use crate::guests::api::wire::{GuestView, RestrictionSet};
use crate::guests::error::GuestError;
use crate::guests::service;
use crate::kit::ids::GuestId;
use crate::web::access::{Can, GuestsArchive, GuestsRestrict};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Archive a guest
///
/// The guest is no longer found or matched, and its external references are free for others. It can be restored.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:archive"])),
    params(
        ("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The guest as it is now.", body = GuestView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/guests/{guest_id}/archive")]
pub async fn archive_guest(
    app: web::Data<App>,
    by: Can<GuestsArchive>,
    id: PathId<GuestId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let guest = service::archive(tx, cx, id.0, &expected.0)?;
        Ok::<_, GuestError>(reply::changed(guest.version, &GuestView::from(&guest)))
    })
    .await
}

/// Restore a guest
///
/// Takes an archived guest back into use; 409 `already_taken` when one of its references was given to another guest.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:archive"])),
    params(
        ("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The guest as it is now.", body = GuestView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/guests/{guest_id}/restore")]
pub async fn restore_guest(
    app: web::Data<App>,
    by: Can<GuestsArchive>,
    id: PathId<GuestId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let guest = service::restore(tx, cx, id.0, &expected.0)?;
        Ok::<_, GuestError>(reply::changed(guest.version, &GuestView::from(&guest)))
    })
    .await
}

/// Put a guest under restriction
///
/// Sets the restriction, or replaces the one there is. Approver and review date are required, so that no guest is kept
/// out by mistake and for ever.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:restrict"])),
    params(
        ("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag of the guest")
    ),
    request_body(content = RestrictionSet, description = "The restriction.", example = json!({
        "reason_code": "unpaid_bill", "reason": "2025 年 3 月离店未结账", "scope": "group",
        "approved_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "review_on": "2027-03-01"
    })),
    responses((status = 200, description = "The guest as it is now.", body = GuestView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[put("/v1/guests/{guest_id}/restriction")]
pub async fn set_guest_restriction(
    app: web::Data<App>,
    by: Can<GuestsRestrict>,
    id: PathId<GuestId>,
    expected: IfMatch,
    body: Valid<RestrictionSet>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let guest = service::restrict(tx, cx, id.0, &expected.0, Some(body.command))?;
        Ok::<_, GuestError>(reply::changed(guest.version, &GuestView::from(&guest)))
    })
    .await
}

/// Lift a guest's restriction
///
/// Answers the guest; nothing is written when there was no restriction.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:restrict"])),
    params(
        ("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag of the guest")
    ),
    responses((status = 200, description = "The guest as it is now.", body = GuestView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[delete("/v1/guests/{guest_id}/restriction")]
pub async fn lift_guest_restriction(
    app: web::Data<App>,
    by: Can<GuestsRestrict>,
    id: PathId<GuestId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let guest = service::restrict(tx, cx, id.0, &expected.0, None)?;
        Ok::<_, GuestError>(reply::changed(guest.version, &GuestView::from(&guest)))
    })
    .await
}
