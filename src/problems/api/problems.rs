//! Problems: `/v1/problems`.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde_json::{Value, json};

use crate::db::Tx;
use crate::kit::cursor::ListKey;
use crate::kit::ids::ProblemId;
use crate::platform::context::Ctx;
use crate::problems::api::problem_wire::{
    ProblemAnalysis, ProblemQuery, ProblemReason, ServiceProblemCreate, ServiceProblemPage,
    ServiceProblemPatch, ServiceProblemView,
};
use crate::problems::error::ProblemError;
use crate::problems::model::ServiceProblem;
use crate::problems::service;
use crate::web::access::{Can, ProblemsRead, ProblemsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::page;
use crate::web::problem::Problem;
use crate::web::reply;

/// The problem that examples show.
pub fn example() -> Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0", "version": 1, "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02",
        "status": "open", "title": "1208 · product_quality",
        "repeats": {"kind": "room", "room": "1208", "cause_category": "product_quality"}, "opened_by_itself": true,
        "complaint_count": 2, "first_seen_at": "2026-12-02T08:30:00.000000Z",
        "last_seen_at": "2026-12-20T08:30:00.000000Z", "reopen_count": 0,
        "created_at": "2026-12-20T08:30:05.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a",
        "updated_at": "2026-12-20T08:30:05.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"
    })
}

/// Makes a change and answers the problem as it is then.
async fn change(
    app: web::Data<App>,
    cx: Ctx,
    effect: impl FnOnce(&mut Tx<'_>, &Ctx) -> Result<ServiceProblem, ProblemError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    app.commit(cx, None, move |tx, cx| {
        let problem = effect(tx, cx)?;
        Ok::<_, ProblemError>(reply::changed(problem.version, &ServiceProblemView::from(&problem)))
    })
    .await
}

/// List problems
///
/// The newest first.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:read"])),
    params(ProblemQuery),
    responses((status = 200, description = "A page of problems.", body = ServiceProblemPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/problems")]
pub async fn list_problems(
    app: web::Data<App>,
    by: Can<ProblemsRead>,
    query: Params<ProblemQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, asked) = query.0;
    let list = ListKey::new(by.cx.group, "problems", &filter);
    let after: Option<ProblemId> = page::position(&app, list, asked.cursor.as_deref())?;
    let (found, position) = app.read(move |r| service::list(r, &by.cx, &filter, after, asked.limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(ServiceProblemView::from).collect();
    Ok(page::answer(&request, &ServiceProblemPage::new(views, next)))
}

/// Open a problem
///
/// By hand: others open by themselves, when two complaints within 30 days share an asset, a room and a cause category, or
/// a sub-cause and a department. Complaints of the last 30 days that share what repeats and belong nowhere belong to it;
/// later ones will. There is one problem that is not closed for what repeats at a hotel.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = ServiceProblemCreate, description = "The problem.", example = json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "title": "1208 空调夜间不制冷",
        "repeats": {"kind": "asset", "asset": "AC-1208"}, "workaround": "提供移动空调"})),
    responses((status = 201, description = "The new problem.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The problem")),
        example = json!(example())))
)]
#[post("/v1/problems")]
pub async fn create_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    key: IdempotencyKey,
    body: Valid<ServiceProblemCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let problem = service::create(tx, cx, body.command)?;
        let location = format!("/v1/problems/{}", problem.id);
        Ok::<_, ProblemError>(reply::created(location, problem.version, &ServiceProblemView::from(&problem)))
    })
    .await
}

/// Read a problem
///
/// One problem of a hotel the caller may see.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:read"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0")),
    responses(
        (status = 200, description = "The problem.", body = ServiceProblemView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/problems/{problem_id}")]
pub async fn get_problem(
    app: web::Data<App>,
    by: Can<ProblemsRead>,
    id: PathId<ProblemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let problem = app.read(move |r| service::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, problem.version, &ServiceProblemView::from(&problem)))
}

/// Change a problem
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears. What repeats stays.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(
        ("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(description = "The members to change.", content(
        (ServiceProblemPatch = "application/json", example = json!({"workaround": "提供移动空调，或换到 15 层"})),
        (ServiceProblemPatch = "application/merge-patch+json", example = json!({"workaround": "提供移动空调，或换到 15 层"}))
    )),
    responses((status = 200, description = "The problem as it is now.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/problems/{problem_id}")]
pub async fn update_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    expected: IfMatch,
    body: Valid<ServiceProblemPatch>,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| service::edit(tx, cx, id.0, &expected.0, body.command)).await
}

/// Analyse a problem
///
/// Says what lies beneath: from here on it is a known problem, with a workaround if there is one.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ProblemAnalysis, description = "What lies beneath.",
        example = json!({"root_cause": "冷媒管老化", "workaround": "提供移动空调"})),
    responses((status = 200, description = "The problem as it is now.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/problems/{problem_id}/analyse")]
pub async fn analyse_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    expected: IfMatch,
    body: Valid<ProblemAnalysis>,
) -> Result<HttpResponse, Problem> {
    let (root_cause, workaround) = body.command;
    change(app, by.cx, move |tx, cx| service::analyse(tx, cx, id.0, &expected.0, root_cause, workaround))
        .await
}

/// Resolve a problem
///
/// What was done about it works: it is analysed, every corrective action is verified or called off, and at least one was
/// verified since the problem last came back. A complaint that joins it later opens it again.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The problem as it is now.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/problems/{problem_id}/resolve")]
pub async fn resolve_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| service::resolve(tx, cx, id.0, &expected.0)).await
}

/// Close a problem
///
/// One that is resolved. What comes back from now on is a problem of its own.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The problem as it is now.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/problems/{problem_id}/close")]
pub async fn close_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| service::close(tx, cx, id.0, &expected.0)).await
}

/// Reopen a problem
///
/// One that is resolved or closed and came back. A resolved one is opened by itself when a complaint joins it that was
/// received after it was resolved.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ProblemReason, description = "Why.", example = json!({"reason": "隔壁房间又出现"})),
    responses((status = 200, description = "The problem as it is now.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/problems/{problem_id}/reopen")]
pub async fn reopen_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    expected: IfMatch,
    body: Valid<ProblemReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| service::reopen(tx, cx, id.0, &expected.0, body.command)).await
}
