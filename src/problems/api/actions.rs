//! Corrective actions: `/v1/problems/{problem_id}/actions` and `/v1/corrective-actions`.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde_json::{Value, json};

use crate::db::Tx;
use crate::kit::cursor::ListKey;
use crate::kit::ids::{CorrectiveActionId, ProblemId};
use crate::platform::context::Ctx;
use crate::problems::actions::{self, Position};
use crate::problems::api::action_wire::{
    CorrectiveActionCompletion, CorrectiveActionCreate, CorrectiveActionPage, CorrectiveActionPatch,
    CorrectiveActionQuery, CorrectiveActionVerification, CorrectiveActionView,
};
use crate::problems::api::problem_wire::ProblemReason;
use crate::problems::error::ProblemError;
use crate::problems::model::CorrectiveAction;
use crate::web::access::{Can, ProblemsRead, ProblemsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::page::{self, PageQuery};
use crate::web::problem::Problem;
use crate::web::reply;

fn example() -> Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0", "version": 1, "problem_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0",
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "type": "training", "status": "planned",
        "description": "夜班工程师学习冷媒检漏", "department": "engineering",
        "owner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a", "due_on": "2026-12-31", "overdue": false,
        "created_at": "2026-12-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a",
        "updated_at": "2026-12-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"
    })
}

/// Makes a change and answers the action as it is then.
async fn change(
    app: web::Data<App>,
    cx: Ctx,
    effect: impl FnOnce(&mut Tx<'_>, &Ctx) -> Result<CorrectiveAction, ProblemError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    app.commit(cx, None, move |tx, cx| {
        let action = effect(tx, cx)?;
        Ok::<_, ProblemError>(reply::changed(action.version, &CorrectiveActionView::of(&action, cx.now)))
    })
    .await
}

/// List corrective actions of a problem
///
/// In the order they were planned.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:read"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"), PageQuery),
    responses((status = 200, description = "A page of corrective actions.", body = CorrectiveActionPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/problems/{problem_id}/actions")]
pub async fn list_problem_actions(
    app: web::Data<App>,
    by: Can<ProblemsRead>,
    id: PathId<ProblemId>,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (cx, asked) = (by.cx, query.0);
    let list = ListKey::new(cx.group, "problem-actions", &id.0);
    let after: Option<CorrectiveActionId> = page::position(&app, list, asked.cursor.as_deref())?;
    let now = cx.now;
    let (found, position) = app.read(move |r| actions::of_problem(r, &cx, id.0, after, asked.limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(|one| CorrectiveActionView::of(one, now)).collect();
    Ok(page::answer(&request, &CorrectiveActionPage::new(views, next)))
}

/// Plan a corrective action
///
/// About a problem that is open or analysed.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(
        ("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")
    ),
    request_body(content = CorrectiveActionCreate, description = "What is to be done.", example = json!({
        "type": "training", "description": "夜班前台学习客房故障上报", "department": "front-office",
        "due_on": "2026-12-31"})),
    responses((status = 201, description = "The new corrective action.", body = CorrectiveActionView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The action")),
        example = json!(example())))
)]
#[post("/v1/problems/{problem_id}/actions")]
pub async fn create_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    key: IdempotencyKey,
    body: Valid<CorrectiveActionCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let action = actions::plan(tx, cx, id.0, body.command)?;
        let location = format!("/v1/corrective-actions/{}", action.id);
        let view = CorrectiveActionView::of(&action, cx.now);
        Ok::<_, ProblemError>(reply::created(location, action.version, &view))
    })
    .await
}

/// List corrective actions
///
/// Of every problem at the hotels the caller may see, what is due first first. `overdue=true` is what should have been
/// done by the end of its day and is not.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:read"])),
    params(CorrectiveActionQuery),
    responses((status = 200, description = "A page of corrective actions.", body = CorrectiveActionPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/corrective-actions")]
pub async fn list_corrective_actions(
    app: web::Data<App>,
    by: Can<ProblemsRead>,
    query: Params<CorrectiveActionQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, asked) = query.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "corrective-actions", &filter);
    let after: Option<Position> = page::position(&app, list, asked.cursor.as_deref())?;
    let now = after.map_or(cx.now, |after| after.now);
    let (found, position) = app.read(move |r| actions::list(r, &cx, &filter, after, asked.limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(|one| CorrectiveActionView::of(one, now)).collect();
    Ok(page::answer(&request, &CorrectiveActionPage::new(views, next)))
}

/// Read a corrective action
///
/// One action of a hotel the caller may see.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:read"])),
    params(("corrective_action_id" = uuid::Uuid, Path, description = "Id of the action", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0")),
    responses(
        (status = 200, description = "The corrective action.", body = CorrectiveActionView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/corrective-actions/{corrective_action_id}")]
pub async fn get_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsRead>,
    id: PathId<CorrectiveActionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let now = by.cx.now;
    let action = app.read(move |r| actions::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, action.version, &CorrectiveActionView::of(&action, now)))
}

/// Change a corrective action
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears. Not once it is verified or called off.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("corrective_action_id" = uuid::Uuid, Path, description = "Id of the action", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0"), ("If-Match" = String, Header, description = "ETag")),
    request_body(description = "The members to change.", content(
        (CorrectiveActionPatch = "application/json", example = json!({"due_on": "2027-01-15"})),
        (CorrectiveActionPatch = "application/merge-patch+json", example = json!({"due_on": "2027-01-15"}))
    )),
    responses((status = 200, description = "The action as it is now.", body = CorrectiveActionView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/corrective-actions/{corrective_action_id}")]
pub async fn update_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<CorrectiveActionId>,
    expected: IfMatch,
    body: Valid<CorrectiveActionPatch>,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| actions::edit(tx, cx, id.0, &expected.0, body.command)).await
}

/// Start a corrective action
///
/// One that is planned is being done.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("corrective_action_id" = uuid::Uuid, Path, description = "Id of the action", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0"), ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The action as it is now.", body = CorrectiveActionView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/corrective-actions/{corrective_action_id}/start")]
pub async fn start_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<CorrectiveActionId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| actions::start(tx, cx, id.0, &expected.0)).await
}

/// Complete a corrective action
///
/// It was done, when and by whom; somebody else has to look whether it works.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("corrective_action_id" = uuid::Uuid, Path, description = "Id of the action", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0"), ("If-Match" = String, Header, description = "ETag")),
    request_body(content = CorrectiveActionCompletion, description = "Who did it, and when.", example = json!({"note": "已更换 12 层全部冷媒管"})),
    responses((status = 200, description = "The action as it is now.", body = CorrectiveActionView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/corrective-actions/{corrective_action_id}/done")]
pub async fn complete_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<CorrectiveActionId>,
    expected: IfMatch,
    body: Valid<CorrectiveActionCompletion>,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| actions::complete(tx, cx, id.0, &expected.0, body.command)).await
}

/// Verify a corrective action
///
/// Somebody else than who did it looked: it works, or it goes on.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("corrective_action_id" = uuid::Uuid, Path, description = "Id of the action", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0"), ("If-Match" = String, Header, description = "ETag")),
    request_body(content = CorrectiveActionVerification, description = "What was found.", example = json!({"result": "effective", "note": "连续七晚 22 度"})),
    responses((status = 200, description = "The action as it is now.", body = CorrectiveActionView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/corrective-actions/{corrective_action_id}/verify")]
pub async fn verify_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<CorrectiveActionId>,
    expected: IfMatch,
    body: Valid<CorrectiveActionVerification>,
) -> Result<HttpResponse, Problem> {
    let (result, note) = body.command;
    change(app, by.cx, move |tx, cx| actions::verify(tx, cx, id.0, &expected.0, result, note)).await
}

/// Cancel a corrective action
///
/// It is called off, with a reason.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(("corrective_action_id" = uuid::Uuid, Path, description = "Id of the action", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0"), ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ProblemReason, description = "Why.", example = json!({"reason": "由整层更换取代"})),
    responses((status = 200, description = "The action as it is now.", body = CorrectiveActionView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/corrective-actions/{corrective_action_id}/cancel")]
pub async fn cancel_corrective_action(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<CorrectiveActionId>,
    expected: IfMatch,
    body: Valid<ProblemReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.cx, move |tx, cx| actions::cancel(tx, cx, id.0, &expected.0, body.command)).await
}
