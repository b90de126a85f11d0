//! `GET /v1/guest-merges/{merge_id}`.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::guests::api::merge_wire::{GuestMergeView, merge_example};
use crate::guests::merges;
use crate::kit::ids::MergeId;
use crate::web::access::{Can, GuestsMerge};
use crate::web::app::App;
use crate::web::conditional::unless_known;
use crate::web::input::PathId;
use crate::web::problem::Problem;

/// Read a merge
///
/// Shows which guest became part of which, when, by whom, and whether it was taken back.
#[utoipa::path(
    tag = "guest-merges",
    security(("bearer" = ["guests:merge"])),
    params(("merge_id" = uuid::Uuid, Path, description = "Id of the merge", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80")),
    responses(
        (status = 200, description = "The merge.", body = GuestMergeView, headers(("ETag" = String, description = "Version")), example = json!(merge_example())),
        (status = 304, description = "The caller has the newest version."),
    )
)]
#[get("/v1/guest-merges/{merge_id}")]
pub async fn get_merge(
    app: web::Data<App>,
    by: Can<GuestsMerge>,
    id: PathId<MergeId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let merge = app.read(move |r| merges::get(r, &cx, id.0)).await?;
    Ok(unless_known(&request, merge.version, &GuestMergeView::from(&merge)))
}
