//! `POST /v1/stay-imports`.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{ImportQuery, begin};
use crate::jobs::api::wire::{JobView, example};
use crate::platform::jobs::JobKind;
use crate::web::access::{Can, StaysImport};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::Params;
use crate::web::problem::Problem;

/// Import stays
///
/// The body is NDJSON: a stay a line, in the shape in which one is delivered, with at least one entry in
/// `external_refs`. The first entry is the stay's identity: a line whose identity is known updates that stay, any
/// other creates one. A line whose `source_version` or `source_updated_at` is older than what is stored is skipped:
/// what came late never overwrites what is newer. Agencies and companies that are not known yet become provisional
/// partners. Lines that cannot be taken are reported and stop nothing. UTF-8 is expected; UTF-16, GBK and
/// GB18030 are recognised, and gzip is unpacked. At most 512 MiB of text, with no pause longer than 30 seconds.
///
/// The answer is a job: follow `Location` until it is final, then ask `GET /v1/jobs/{job_id}/rows?outcome=rejected`.
/// Repeated with the same key and the same body it answers the first job.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["stays:import"])),
    params(("Idempotency-Key" = String, Header, description = "Key"), ImportQuery),
    request_body(
        description = "Lines of JSON, each a stay as for `put_stay_by_ref`.",
        content(
            (Vec<u8> = "application/octet-stream", example = json!("{\"hotel_code\":\"shenzhen\",\"arrival_on\":\"2026-11-22\",\"departure_on\":\"2026-11-24\",\"guest\":{\"name\":\"王小明\"},\"adults\":2,\"external_refs\":[{\"system\":\"pms\",\"id\":\"R-48210\"}]}\n")),
            (Vec<u8> = "application/x-ndjson", example = json!("{\"hotel_code\":\"shenzhen\",\"arrival_on\":\"2026-11-22\",\"departure_on\":\"2026-11-24\",\"guest\":{\"name\":\"王小明\"},\"adults\":2,\"external_refs\":[{\"system\":\"pms\",\"id\":\"R-48210\"}]}\n"))
        )
    ),
    responses((status = 202, description = "The file was taken in; the job works on it.", body = JobView,
        headers(
            ("ETag" = String, description = "Version"),
            ("Location" = String, description = "The job"),
            ("Retry-After" = i32, description = "Seconds")
        ),
        example = json!(example("queued"))))
)]
#[post("/v1/stay-imports")]
pub async fn create_stay_import(
    app: web::Data<App>,
    by: Can<StaysImport>,
    key: IdempotencyKey,
    params: Params<ImportQuery>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    begin(&app, by.cx, JobKind::StayImport, key, params.0, &request, body).await
}
