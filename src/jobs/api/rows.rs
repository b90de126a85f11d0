//! `GET /v1/jobs/{job_id}/rows`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::jobs::api::seen;
use crate::jobs::api::wire::{JobRowPage, RowView};
use crate::jobs::service;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::JobId;
use crate::platform::jobs::RowOutcome;
use crate::web::access::Caller;
use crate::web::app::App;
use crate::web::input::{Input, Params, PathId};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// What a list of rows can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct JobRowQuery {
    /// Only rows of which this became.
    #[param(inline, nullable = false, example = "rejected")]
    outcome: Option<RowOutcome>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A list of rows, asked for.
pub struct ListRows {
    outcome: Option<RowOutcome>,
    limit: i64,
    cursor: Option<String>,
}

impl Input for JobRowQuery {
    type Command = ListRows;

    fn check(self, _: &mut Faults) -> Option<ListRows> {
        let Self { outcome, limit, cursor } = self;
        Some(ListRows { outcome, limit: i64::from(limit.unwrap_or(DEFAULT_LIMIT)), cursor })
    }
}

/// List what became of the rows of a job
///
/// In the order of the lines. With `outcome=rejected` the report of what has to be mended: line, pointer and code of
/// each fault. Grows while the job runs. A month after the job has ended, or when the operator chose, the rows are removed:
/// `rows_pruned_at` of the job says so, and the list is empty.
#[utoipa::path(
    tag = "jobs",
    security(("bearer" = ["guests:import", "stays:import", "complaints:import", "duplicates:write"])),
    params(
        ("job_id" = uuid::Uuid, Path, description = "Id of the job", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"),
        JobRowQuery
    ),
    responses((status = 200, description = "A page of rows.", body = JobRowPage,
        example = json!({"items": [{"line": 17, "outcome": "rejected", "errors": [{"pointer": "/phones/0/number",
            "code": "phone", "message": "must be a phone number in E.164 form, such as +8613800138000"}]}],
            "has_more": false})))
)]
#[get("/v1/jobs/{job_id}/rows")]
pub async fn list_job_rows(
    app: web::Data<App>,
    by: Caller,
    id: PathId<JobId>,
    params: Params<JobRowQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListRows { outcome, limit, cursor } = params.0;
    let seen = seen(&by.principal)?;
    let list = ListKey::new(by.cx.group, "job_rows", &(id.0, outcome));
    let after: Option<i64> = page::position(&app, list, cursor.as_deref())?;
    let rows = move |r: &mut crate::db::Read<'_>| {
        service::rows(r, by.cx.group, &seen, id.0, outcome, after.unwrap_or(0), limit)
    };
    let (rows, position) = app.read(rows).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &JobRowPage::new(rows.into_iter().map(RowView::from).collect(), next)))
}
