//! `POST /v1/guest-duplicates/{duplicate_id}/dismiss`.

use actix_web::{HttpResponse, post, web};

use crate::guests::api::duplicate_wire::{GuestDuplicate, dismissed_example};
use crate::guests::error::GuestError;
use crate::guests::suggestions;
use crate::kit::ids::DuplicateId;
use crate::web::access::{Can, DuplicatesWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Dismiss a suggested pair
///
/// Says that the two are different persons. The pair stays dismissed through later scans.
#[utoipa::path(
    tag = "guest-duplicates",
    security(("bearer" = ["duplicates:write"])),
    params(
        ("duplicate_id" = uuid::Uuid, Path, description = "Id of the suggestion", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The pair as it is now.", body = GuestDuplicate,
        headers(("ETag" = String, description = "Version")), example = json!(dismissed_example())))
)]
#[post("/v1/guest-duplicates/{duplicate_id}/dismiss")]
pub async fn dismiss_duplicate(
    app: web::Data<App>,
    by: Can<DuplicatesWrite>,
    id: PathId<DuplicateId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let pair = suggestions::dismiss(tx, cx, id.0, &expected.0)?;
        Ok::<_, GuestError>(reply::changed(pair.suggestion.version, &GuestDuplicate::from(&pair)))
    })
    .await
}
