//! `GET /v1/guests/{guest_id}`.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::guests::api::create::{example, location};
use crate::guests::api::wire::GuestView;
use crate::guests::error::GuestError;
use crate::guests::service;
use crate::kit::ids::GuestId;
use crate::web::access::{Can, GuestsRead};
use crate::web::app::App;
use crate::web::conditional::unless_known;
use crate::web::input::PathId;
use crate::web::problem::Problem;

/// Read a guest
///
/// A guest that was merged into another one answers 307 with the other's `Location`.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")),
    responses(
        (status = 200, description = "The guest.", body = GuestView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version."),
        (status = 307, description = "The guest was merged: see the other one.", headers(("Location" = String, description = "The other guest"))),
    )
)]
#[get("/v1/guests/{guest_id}")]
pub async fn get_guest(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    id: PathId<GuestId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let guest = app.read(move |r| {
        let asked = service::get(r, &cx, id.0)?;
        let reached = service::resolve(r, &cx, id.0)?;
        Ok::<_, GuestError>(if asked.id == reached.id { Ok(asked) } else { Err(reached.id) })
    });
    Ok(match guest.await? {
        Ok(guest) => unless_known(&request, guest.version, &GuestView::from(&guest)),
        // Temporary, because an unmerge brings the old guest back.
        Err(survivor) => {
            HttpResponse::TemporaryRedirect().insert_header((LOCATION, location(survivor.0))).finish()
        }
    })
}
