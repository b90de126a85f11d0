//! What is done for guests who complained: `/v1/complaints/{complaint_id}/solutions`.

use actix_web::{HttpResponse, post, web};

use super::{change, example, rights, shown};
use crate::complaints::api::move_wire::{
    ComplaintReason, SolutionCreate, SolutionExecution, SolutionRedemption, SolutionVerification,
};
use crate::complaints::api::view::ComplaintView;
use crate::complaints::error::ComplaintError;
use crate::complaints::solutions;
use crate::kit::ids::{ComplaintId, SolutionId};
use crate::web::access::{Can, ComplaintsDecide, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Propose a solution
///
/// What the caller's role may grant, on this case and today, is approved at once; for more it waits for somebody who may,
/// and names the lowest role. Hard budgets refuse what they do not have; soft ones that are over are named. Answers the complaint; the new solution is its last.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = SolutionCreate, description = "What is proposed.",
        example = json!({"type": "refund", "amount_minor": 20000, "description": "退还一晚房费的三成"})),
    responses((status = 201, description = "The complaint with the new solution.", body = ComplaintView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The complaint")),
        example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions")]
pub async fn propose_solution(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    key: IdempotencyKey,
    body: Valid<SolutionCreate>,
) -> Result<HttpResponse, Problem> {
    let rights = rights(&by.principal);
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let (complaint, _) = solutions::propose(tx, cx, id.0, &expected.0, body.command)?;
        let view = shown(tx, cx, &rights, &complaint)?;
        let location = super::location(complaint.id);
        Ok::<_, ComplaintError>(reply::created(location, complaint.version, &view))
    })
    .await
}

/// Approve a solution
///
/// One that waits, by somebody else than who proposed it and within the limits of their role and of the budgets: what it
/// will cost is set aside.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:decide"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("solution_id" = uuid::Uuid, Path, description = "Id of the solution", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions/{solution_id}/approve")]
pub async fn approve_solution(
    app: web::Data<App>,
    by: Can<ComplaintsDecide>,
    path: PathId<(ComplaintId, SolutionId)>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        let (id, solution) = path.0;
        solutions::approve(tx, cx, id, &expected.0, solution)
    })
    .await
}

/// Decline a solution
///
/// One that waits, by somebody else than who proposed it.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:decide"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("solution_id" = uuid::Uuid, Path, description = "Id of the solution", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintReason, description = "Why.",
        example = json!({"reason": "Too much for what happened"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions/{solution_id}/decline")]
pub async fn decline_solution(
    app: web::Data<App>,
    by: Can<ComplaintsDecide>,
    path: PathId<(ComplaintId, SolutionId)>,
    expected: IfMatch,
    body: Valid<ComplaintReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        let (id, solution) = path.0;
        solutions::decline(tx, cx, id, &expected.0, solution, body.command)
    })
    .await
}

/// Call off a solution
///
/// One that was not done yet. What was set aside for it is free again.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("solution_id" = uuid::Uuid, Path, description = "Id of the solution", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintReason, description = "Why.",
        example = json!({"reason": "客人不需要"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions/{solution_id}/call-off")]
pub async fn call_off_solution(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    path: PathId<(ComplaintId, SolutionId)>,
    expected: IfMatch,
    body: Valid<ComplaintReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        let (id, solution) = path.0;
        solutions::call_off(tx, cx, id, &expected.0, solution, body.command)
    })
    .await
}

/// Execute a solution
///
/// An approved one was done: what it did cost is spent, and borne by the department that answers for the complaint. What it
/// cost more than was granted has to be within the caller's own limits, else somebody with more authority executes it.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("solution_id" = uuid::Uuid, Path, description = "Id of the solution", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = SolutionExecution, description = "What it did cost.",
        example = json!({"actual_cost_minor": 20000, "pms_posting_ref": "F-20261220-0071"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions/{solution_id}/execute")]
pub async fn execute_solution(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    path: PathId<(ComplaintId, SolutionId)>,
    expected: IfMatch,
    body: Valid<SolutionExecution>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        let (id, solution) = path.0;
        solutions::execute(tx, cx, id, &expected.0, solution, body.command)
    })
    .await
}

/// Verify a solution
///
/// Somebody else than who did it looked whether it was done. What was repaired or replaced has to be looked at.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("solution_id" = uuid::Uuid, Path, description = "Id of the solution", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = SolutionVerification, description = "What was seen.",
        example = json!({"note": "22 度，制冷正常"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions/{solution_id}/verify")]
pub async fn verify_solution(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    path: PathId<(ComplaintId, SolutionId)>,
    expected: IfMatch,
    body: Valid<SolutionVerification>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        let (id, solution) = path.0;
        solutions::verify(tx, cx, id, &expected.0, solution, body.command)
    })
    .await
}

/// Redeem an offer
///
/// Says that the guest used an offer that was made: a discount, an upgrade, a free night, points, a gift or a voucher, at the
/// latest on its last day at the hotel. Each offer is used once. What it cost was booked when it was executed.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("solution_id" = uuid::Uuid, Path, description = "Id of the solution", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = SolutionRedemption, description = "In which stay.",
        example = json!({"stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/solutions/{solution_id}/redeem")]
pub async fn redeem_solution(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    path: PathId<(ComplaintId, SolutionId)>,
    expected: IfMatch,
    body: Valid<SolutionRedemption>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        let (id, solution) = path.0;
        solutions::redeem(tx, cx, id, &expected.0, solution, body.command)
    })
    .await
}
