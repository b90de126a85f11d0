//! `POST /v1/guest-imports`.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{ImportQuery, begin};
use crate::jobs::api::wire::{JobView, example};
use crate::platform::jobs::JobKind;
use crate::web::access::{Can, GuestsImport};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::Params;
use crate::web::problem::Problem;

/// Import guests
///
/// The body is NDJSON: a guest a line, in the shape in which one is created, with at least one entry in
/// `external_refs`. The first entry is the guest's identity: a line whose identity is known updates that guest, any
/// other creates one. Lines that cannot be taken are reported and stop nothing. UTF-8 is expected; UTF-16, GBK and
/// GB18030 are recognised, and gzip is unpacked. At most 512 MiB of text, with no pause longer than 30 seconds.
///
/// The answer is a job: follow `Location` until it is final, then ask `GET /v1/jobs/{job_id}/rows?outcome=rejected`.
/// Repeated with the same key and the same body it answers the first job.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["guests:import"])),
    params(("Idempotency-Key" = String, Header, description = "Key"), ImportQuery),
    request_body(
        description = "Lines of JSON, each a guest as for `create_guest`.",
        content(
            (Vec<u8> = "application/octet-stream", example = json!("{\"names\":[{\"surname\":\"王\",\"given_name\":\"小明\"}],\"external_refs\":[{\"system\":\"pms\",\"id\":\"G-20931\"}]}\n")),
            (Vec<u8> = "application/x-ndjson", example = json!("{\"names\":[{\"surname\":\"王\",\"given_name\":\"小明\"}],\"external_refs\":[{\"system\":\"pms\",\"id\":\"G-20931\"}]}\n"))
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
#[post("/v1/guest-imports")]
pub async fn create_guest_import(
    app: web::Data<App>,
    by: Can<GuestsImport>,
    key: IdempotencyKey,
    params: Params<ImportQuery>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    begin(&app, by.cx, JobKind::GuestImport, key, params.0, &request, body).await
}
