//! `POST /v1/guest-duplicate-scans`.

use actix_web::{HttpResponse, post, web};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::jobs::api::wire::JobView;
use crate::jobs::error::JobError;
use crate::platform::jobs::{self, JobKind, NewJob};
use crate::web::access::{Can, DuplicatesWrite};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::problem::Problem;
use crate::web::reply;

/// Mounts the operation.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(create_duplicate_scan);
}

/// Look for guests who may be one person
///
/// The answer is a job: follow `Location` until it is final, then list the pairs. It goes through all guests of the
/// group, whoever asks; lists show each reader only pairs of guests that reader may see. Of its progress `rows` counts
/// the guests that are compared, before their comparison begins, `created` new pairs, `updated` pairs with another score
/// and `rejected` pairs that hold no longer. Dismissed pairs stay dismissed.
#[utoipa::path(
    tag = "guest-duplicates",
    security(("bearer" = ["duplicates:write"])),
    params(("Idempotency-Key" = String, Header, description = "Key")),
    responses((status = 202, description = "The scan is waiting to run.", body = JobView,
        headers(
            ("ETag" = String, description = "Version"),
            ("Location" = String, description = "The job"),
            ("Retry-After" = i32, description = "Seconds")
        ),
        example = json!(scan_example())))
)]
#[post("/v1/guest-duplicate-scans")]
pub async fn create_duplicate_scan(
    app: web::Data<App>,
    by: Can<DuplicatesWrite>,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, key.alone(), move |tx, cx| {
        let job =
            jobs::create(tx, cx, NewJob { kind: JobKind::DuplicateScan, hotel: None, options: json!({}) })?;
        Ok::<_, JobError>(reply::accepted(format!("/v1/jobs/{}", job.id), job.version, &JobView::from(&job)))
    })
    .await
}

fn scan_example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e81", "version": 1, "kind": "duplicate_scan", "status": "queued",
        "cancel_requested": false,
        "progress": {"rows": 0, "accepted": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "skipped": 0,
            "bytes_read": 0},
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z"
    })
}
