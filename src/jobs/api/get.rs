//! `GET /v1/jobs/{job_id}`.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::jobs::api::seen;
use crate::jobs::api::wire::{JobView, example};
use crate::jobs::service;
use crate::kit::ids::JobId;
use crate::web::access::Caller;
use crate::web::app::App;
use crate::web::conditional::unless_known;
use crate::web::input::PathId;
use crate::web::problem::Problem;

/// Read a job
///
/// One of the scopes is enough: `guests:import`, `stays:import` or `complaints:import` for imports, `duplicates:write` for scans. A job is shown to whoever
/// started it, and to all who have the scope in the whole group. Ask again after a second while it is not final.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["guests:import", "stays:import", "complaints:import", "duplicates:write"])),
    params(("job_id" = uuid::Uuid, Path, description = "Id of the job", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80")),
    responses(
        (status = 200, description = "The job.", body = JobView, headers(("ETag" = String, description = "Version")),
            example = json!(example("running"))),
        (status = 304, description = "The caller has the newest version."),
    )
)]
#[get("/v1/jobs/{job_id}")]
pub async fn get_job(
    app: web::Data<App>,
    by: Caller,
    id: PathId<JobId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let seen = seen(&by.principal)?;
    let job = app.read(move |r| service::get(r, by.cx.group, &seen, id.0)).await?;
    Ok(unless_known(&request, job.version, &JobView::from(&job)))
}
