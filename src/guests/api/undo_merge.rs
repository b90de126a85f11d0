//! `POST /v1/guest-merges/{merge_id}/undo`.

use actix_web::{HttpResponse, post, web};

use crate::guests::api::merge_wire::{GuestMergeView, undone_example};
use crate::guests::error::GuestError;
use crate::guests::merges::{self, Attachments};
use crate::kit::ids::MergeId;
use crate::web::access::{Can, GuestsMerge};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Take a merge back
///
/// Both guests become what the preview shows, each in a new version. The latest merge of either guest comes first:
/// 409 `state_conflict` otherwise. Refused with 409 `already_taken` when a reference of the merged guest was given to
/// another guest meanwhile.
#[utoipa::path(
    tag = "guest-merges",
    security(("bearer" = ["guests:merge"])),
    params(
        ("merge_id" = uuid::Uuid, Path, description = "Id of the merge", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The merge as it is now.", body = GuestMergeView,
        headers(("ETag" = String, description = "Version")), example = json!(undone_example())))
)]
#[post("/v1/guest-merges/{merge_id}/undo")]
pub async fn undo_merge(
    app: web::Data<App>,
    attachments: web::Data<Attachments>,
    by: Can<GuestsMerge>,
    id: PathId<MergeId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let merge = merges::undo(tx, cx, &attachments, id.0, &expected.0)?;
        Ok::<_, GuestError>(reply::changed(merge.version, &GuestMergeView::from(&merge)))
    })
    .await
}
