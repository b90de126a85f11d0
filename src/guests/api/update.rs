//! `PATCH` and `PUT /v1/guests/{guest_id}`.

use actix_web::{HttpResponse, patch, put, web};

use crate::guests::api::create::example;
use crate::guests::api::wire::{GuestCreate, GuestPatch, GuestView};
use crate::guests::error::GuestError;
use crate::guests::service::{self, EditGuest};
use crate::kit::ids::GuestId;
use crate::web::access::{Can, GuestsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Change a guest
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears, lists are replaced whole. Nothing is written when
/// nothing is different.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:write"])),
    params(
        ("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(description = "The members to change.", content(
        (GuestPatch = "application/json", example = json!({"vip_level": "vip1", "tags": ["returning", "wine"]})),
        (GuestPatch = "application/merge-patch+json", example = json!({"vip_level": "vip1", "tags": ["returning", "wine"]}))
    )),
    responses((status = 200, description = "The guest as it is now.", body = GuestView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/guests/{guest_id}")]
pub async fn update_guest(
    app: web::Data<App>,
    by: Can<GuestsWrite>,
    id: PathId<GuestId>,
    expected: IfMatch,
    body: Valid<GuestPatch>,
) -> Result<HttpResponse, Problem> {
    edit(&app, by, id.0, expected, EditGuest::Patch(Box::new(body.command))).await
}

/// Replace a guest
///
/// Everything recorded of the guest becomes what is sent; members left out are cleared.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:write"])),
    params(
        ("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(content = GuestCreate, description = "All that is recorded of the guest from now on.", example = json!({
        "names": [{"given_name": "小明", "surname": "王"}], "phones": [{"number": "+8613800138000", "primary": true}]
    })),
    responses((status = 200, description = "The guest as it is now.", body = GuestView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[put("/v1/guests/{guest_id}")]
pub async fn replace_guest(
    app: web::Data<App>,
    by: Can<GuestsWrite>,
    id: PathId<GuestId>,
    expected: IfMatch,
    body: Valid<GuestCreate>,
) -> Result<HttpResponse, Problem> {
    edit(&app, by, id.0, expected, EditGuest::Replace(Box::new(body.command))).await
}

async fn edit(
    app: &App,
    by: Can<GuestsWrite>,
    id: GuestId,
    expected: IfMatch,
    edit: EditGuest,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let guest = service::edit(tx, cx, id, &expected.0, edit)?;
        Ok::<_, GuestError>(reply::changed(guest.version, &GuestView::from(&guest)))
    })
    .await
}
