//! `POST /v1/guest-merges/preview`.

use actix_web::{HttpResponse, post, web};

use crate::guests::api::create::example;
use crate::guests::api::merge_wire::{GuestMergePreview, GuestMergePreviewRequest};
use crate::guests::merges::{self, Attachments};
use crate::web::access::{Can, GuestsMerge};
use crate::web::app::App;
use crate::web::input::Valid;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::reply;

/// Preview a merge
///
/// Shows both guests, the guest they would become, where each member comes from and what moves. Nothing is changed.
#[utoipa::path(
    tag = "guest-merges",
    security(("bearer" = ["guests:merge"])),
    request_body(content = GuestMergePreviewRequest, description = "The two guests and the choices.", example = json!({
        "survivor_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "merged_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70",
        "choices": {"vip_level": "merged"}
    })),
    responses(
        (status = 200, description = "What the merge would do.", body = GuestMergePreview, example = json!({
            "survivor": example(), "merged": other_example(), "result": example(),
            "fields": [{"field": "names", "differs": false, "source": "both"}, {"field": "vip_level", "differs": true, "source": "merged"}],
            "moves": {"notes": 4, "relationships": 1, "external_refs": 1, "attached": [{"kind": "stays", "count": 3}]}
        })),
        (status = 404, description = "One of the two does not exist, or is not the caller's to see.", body = ProblemBody,
            content_type = "application/problem+json", example = json!(not_found_example("/v1/guest-merges/preview"))),
        (status = 409, description = "The two are one guest, or not both active.", body = ProblemBody,
            content_type = "application/problem+json", example = json!(conflict_example("/v1/guest-merges/preview", "Both guests must be active to be merged."))),
    )
)]
#[post("/v1/guest-merges/preview")]
pub async fn preview_merge(
    app: web::Data<App>,
    attachments: web::Data<Attachments>,
    by: Can<GuestsMerge>,
    body: Valid<GuestMergePreviewRequest>,
) -> Result<HttpResponse, Problem> {
    let (cx, wanted) = (by.cx, body.command);
    let plan = app.read(move |r| merges::preview(r, &cx, &attachments, &wanted)).await?;
    Ok(reply::ok(&GuestMergePreview::from(&plan)))
}

/// The second guest that examples show.
pub fn other_example() -> serde_json::Value {
    let mut guest = example();
    if let Some(members) = guest.as_object_mut() {
        members.insert("id".into(), "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70".into());
        members.insert("vip_level".into(), "vip1".into());
        members.insert("external_refs".into(), serde_json::json!([{"system": "ota", "id": "8812"}]));
    }
    guest
}

/// A 409 as examples show it.
pub fn conflict_example(instance: &str, detail: &str) -> serde_json::Value {
    serde_json::json!({
        "type": "/problems/state-conflict", "title": "State conflict", "status": 409, "detail": detail,
        "instance": instance, "code": "state_conflict", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"
    })
}

/// A 404 as examples show it.
pub fn not_found_example(instance: &str) -> serde_json::Value {
    serde_json::json!({
        "type": "/problems/not-found", "title": "Not found", "status": 404,
        "detail": "There is no such resource, or it is not yours to see.",
        "instance": instance, "code": "not_found", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"
    })
}

/// A 412 as examples show it.
pub fn stale_example(instance: &str) -> serde_json::Value {
    serde_json::json!({
        "type": "/problems/precondition-failed", "title": "Precondition failed", "status": 412,
        "detail": "The resource was changed since it was read.",
        "instance": instance, "code": "precondition_failed", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"
    })
}
