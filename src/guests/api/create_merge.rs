//! `POST /v1/guest-merges`.

use actix_web::{HttpResponse, post, web};

use crate::guests::api::merge_wire::{GuestMergeCreate, GuestMergeView, merge_example};
use crate::guests::api::preview_merge::{not_found_example, stale_example};
use crate::guests::error::GuestError;
use crate::guests::merges::{self, Attachments};
use crate::web::access::{Can, GuestsMerge};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::Valid;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::reply;

/// Merge two guests
///
/// The survivor takes over what the preview shows; notes, relationships, preferences, consents and
/// stays of the other guest move to it, and the other guest's id leads to it from now on. The merge can be taken back. Refused with 412 when either guest has
/// another version than the body says, and with 409 when the two are one guest or not both active.
#[utoipa::path(
    tag = "guest-merges",
    security(("bearer" = ["guests:merge"])),
    params(("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = GuestMergeCreate, description = "The two guests, the versions the merge was decided for, and the choices.", example = json!({
        "survivor_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "merged_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70",
        "survivor_version": 3, "merged_version": 1, "choices": {"vip_level": "merged"}
    })),
    responses(
        (status = 201, description = "The merge.", body = GuestMergeView,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The merge")),
            example = json!(merge_example())),
        (status = 404, description = "One of the two does not exist, or is not the caller's to see.", body = ProblemBody,
            content_type = "application/problem+json", example = json!(not_found_example("/v1/guest-merges"))),
        (status = 412, description = "One of the two was changed since the merge was decided.", body = ProblemBody,
            content_type = "application/problem+json", example = json!(stale_example("/v1/guest-merges"))),
    )
)]
#[post("/v1/guest-merges")]
pub async fn create_merge(
    app: web::Data<App>,
    attachments: web::Data<Attachments>,
    by: Can<GuestsMerge>,
    key: IdempotencyKey,
    body: Valid<GuestMergeCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    let (wanted, decided) = body.command;
    app.commit(by.cx, once, move |tx, cx| {
        let (merge, _) = merges::merge(tx, cx, &attachments, &wanted, decided)?;
        Ok::<_, GuestError>(reply::created(
            location(merge.id.0),
            merge.version,
            &GuestMergeView::from(&merge),
        ))
    })
    .await
}

/// Where a merge is.
pub fn location(id: uuid::Uuid) -> String {
    format!("/v1/guest-merges/{id}")
}
