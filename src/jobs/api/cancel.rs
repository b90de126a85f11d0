//! `POST /v1/jobs/{job_id}/cancel`.

use actix_web::{HttpResponse, post, web};

use crate::jobs::api::seen;
use crate::jobs::api::wire::{JobView, example};
use crate::jobs::error::JobError;
use crate::jobs::service;
use crate::kit::ids::JobId;
use crate::web::access::Caller;
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Cancel a job
///
/// A job that waits ends at once, one that runs ends after its present step; what it did until then stays. A job that
/// has ended is answered as it is. The version of a running job changes many times a second: send `If-Match: *` to
/// stop it wherever it is.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["guests:import", "stays:import", "complaints:import", "duplicates:write"])),
    params(
        ("job_id" = uuid::Uuid, Path, description = "Id of the job", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The job as it is now.", body = JobView,
        headers(("ETag" = String, description = "Version")), example = json!(example("cancelled"))))
)]
#[post("/v1/jobs/{job_id}/cancel")]
pub async fn cancel_job(
    app: web::Data<App>,
    by: Caller,
    id: PathId<JobId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let seen = seen(&by.principal)?;
    app.commit(by.cx, None, move |tx, cx| {
        let job = service::cancel(tx, cx, &seen, id.0, &expected.0)?;
        Ok::<_, JobError>(reply::changed(job.version, &JobView::from(&job)))
    })
    .await
}
