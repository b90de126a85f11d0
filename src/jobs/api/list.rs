//! `GET /v1/jobs`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::jobs::api::seen;
use crate::jobs::api::wire::{JobPage, JobState, JobView, example};
use crate::jobs::error::JobError;
use crate::jobs::service::{self, JobFilter};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::JobId;
use crate::platform::jobs::{JobKind, JobStatus};
use crate::web::access::Caller;
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// What a list of jobs can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct JobQuery {
    /// Only this kind.
    #[param(inline, nullable = false, example = "guest_import")]
    kind: Option<JobKind>,
    /// Only this status.
    #[param(inline, nullable = false, example = "running")]
    status: Option<JobState>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A list of jobs, asked for.
pub struct ListJobs {
    filter: JobFilter,
    limit: i64,
    cursor: Option<String>,
}

impl Input for JobQuery {
    type Command = ListJobs;

    fn check(self, _: &mut Faults) -> Option<ListJobs> {
        let Self { kind, status, limit, cursor } = self;
        let status = status.map(|state| match state {
            JobState::Queued => JobStatus::Queued,
            JobState::Running => JobStatus::Running,
            JobState::Succeeded => JobStatus::Succeeded,
            JobState::Failed => JobStatus::Failed,
            JobState::Cancelled => JobStatus::Cancelled,
        });
        let limit = i64::from(limit.unwrap_or(DEFAULT_LIMIT));
        Some(ListJobs { filter: JobFilter { kind, status }, limit, cursor })
    }
}

/// List jobs
///
/// The newest first: the caller's own, and all of the group where the caller has the scope of their kind in the whole
/// group. One of the scopes is enough.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["guests:import", "stays:import", "complaints:import", "duplicates:write"])),
    params(JobQuery),
    responses((status = 200, description = "A page of jobs.", body = JobPage,
        example = json!({"items": [example("running")], "has_more": false})))
)]
#[get("/v1/jobs")]
pub async fn list_jobs(
    app: web::Data<App>,
    by: Caller,
    params: Params<JobQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListJobs { filter, limit, cursor } = params.0;
    let seen = seen(&by.principal)?;
    let list = ListKey::new(by.cx.group, "jobs", &filter);
    let after: Option<JobId> = page::position(&app, list, cursor.as_deref())?;
    let found = app.read(move |r| {
        let found = service::list(r, by.cx.group, &seen, filter, after, limit)?;
        Ok::<_, JobError>(found)
    });
    let (jobs, position) = found.await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &JobPage::new(jobs.iter().map(JobView::from).collect(), next)))
}
