//! `POST /v1/complaint-imports`.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{ImportQuery, begin};
use crate::jobs::api::wire::{JobView, example};
use crate::platform::jobs::JobKind;
use crate::web::access::{Can, ComplaintsImport};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::Params;
use crate::web::problem::Problem;

/// Import complaints
///
/// The body is NDJSON: a complaint a line, in the shape in which one is delivered, with at least one entry in
/// `external_refs`. The first entry is the complaint's identity: a line whose identity is known updates that complaint,
/// any other takes a new one in, with a number of its own. The words are kept character by character. Others dealt with
/// these complaints before: their clocks count from when they were received, but what was due by now raises no warning
/// and takes nothing to anybody higher. Lines that cannot be taken are reported and stop nothing. UTF-8 is expected;
/// UTF-16, GBK and GB18030 are recognised, and gzip is unpacked. At most 512 MiB of text, with no pause longer than 30
/// seconds.
///
/// The answer is a job: follow `Location` until it is final, then ask `GET /v1/jobs/{job_id}/rows?outcome=rejected`.
/// Repeated with the same key and the same body it answers the first job.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["complaints:import"])),
    params(("Idempotency-Key" = String, Header, description = "Key"), ImportQuery),
    request_body(
        description = "Lines of JSON, each a complaint as for `deliver_complaint`.",
        content(
            (Vec<u8> = "application/octet-stream", example = json!("{\"hotel_code\":\"shenzhen\",\"channel\":\"ota_review\",\"description\":\"空调不制冷，半夜热醒了两次。\",\"language\":\"zh-CN\",\"external_refs\":[{\"system\":\"reviews\",\"id\":\"R-48210\"}]}\n")),
            (Vec<u8> = "application/x-ndjson", example = json!("{\"hotel_code\":\"shenzhen\",\"channel\":\"ota_review\",\"description\":\"空调不制冷，半夜热醒了两次。\",\"language\":\"zh-CN\",\"external_refs\":[{\"system\":\"reviews\",\"id\":\"R-48210\"}]}\n"))
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
#[post("/v1/complaint-imports")]
pub async fn create_complaint_import(
    app: web::Data<App>,
    by: Can<ComplaintsImport>,
    key: IdempotencyKey,
    params: Params<ImportQuery>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    begin(&app, by.cx, JobKind::ComplaintImport, key, params.0, &request, body).await
}
