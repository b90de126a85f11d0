//! `POST /v1/guest-merges/{merge_id}/undo/preview`.

use actix_web::{HttpResponse, post, web};

use crate::guests::api::create::example;
use crate::guests::api::merge_wire::{GuestUnmergePreview, merge_example};
use crate::guests::api::preview_merge::{conflict_example, other_example};
use crate::guests::merges::{self, Attachments};
use crate::kit::ids::MergeId;
use crate::web::access::{Can, GuestsMerge};
use crate::web::app::App;
use crate::web::input::PathId;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::reply;

/// Preview taking a merge back
///
/// Shows both guests as they would be. What was not changed since the merge becomes what it was before; what was
/// changed stays with the survivor. Notes, relationships, preferences, consents and stays recorded under the merged guest's id go back to it.
/// Nothing is changed.
#[utoipa::path(
    tag = "guest-merges",
    security(("bearer" = ["guests:merge"])),
    params(("merge_id" = uuid::Uuid, Path, description = "Id of the merge", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80")),
    responses(
        (status = 200, description = "What taking the merge back would do.", body = GuestUnmergePreview, example = json!({
            "merge": merge_example(), "now": example(), "survivor": example(), "merged": other_example(),
            "kept_fields": ["phones"],
            "moves_back": {"notes": 4, "relationships": 1, "external_refs": 1, "attached": [{"kind": "stays", "count": 3}]},
            "stays": {"notes": 2, "relationships": 0, "external_refs": 1, "attached": [{"kind": "stays", "count": 1}]}
        })),
        (status = 409, description = "The merge was taken back already, or a later one stands on it.", body = ProblemBody,
            content_type = "application/problem+json",
            example = json!(conflict_example("/v1/guest-merges/0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80/undo/preview", "A later merge of these guests must be undone first."))),
    )
)]
#[post("/v1/guest-merges/{merge_id}/undo/preview")]
pub async fn preview_unmerge(
    app: web::Data<App>,
    attachments: web::Data<Attachments>,
    by: Can<GuestsMerge>,
    id: PathId<MergeId>,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let plan = app.read(move |r| merges::preview_undo(r, &cx, &attachments, id.0)).await?;
    Ok(reply::ok(&GuestUnmergePreview::from(&plan)))
}
