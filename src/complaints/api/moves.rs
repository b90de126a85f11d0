//! What is done with a complaint: `POST /v1/complaints/{complaint_id}/…`. Each answers the complaint as it is then.

use actix_web::{HttpResponse, post, web};

use super::{change, example};
use crate::complaints::api::move_wire::{
    ComplaintAssignment, ComplaintClose, ComplaintFollowUp, ComplaintHoldStart, ComplaintInvestigationUpdate,
    ComplaintMerge, ComplaintReason,
};
use crate::complaints::api::view::ComplaintView;
use crate::complaints::api::wire::ComplaintClassification;
use crate::complaints::{merging, moves};
use crate::kit::ids::ComplaintId;
use crate::web::access::{Can, ComplaintsAssign, ComplaintsDecide, ComplaintsMerge, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;

/// Classify a complaint
///
/// Says what it is about, why it happened, how grave it is and who answers for it. The routing rules fill in what is left
/// out. A received complaint is recorded once category, cause, department, severity and time are known; later it can be
/// judged anew.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintClassification, description = "How it is judged.",
        example = json!({"category": "temperature", "cause_category": "product_quality", "severity": "general",
            "occurred_at": "2026-12-20T02:00:00Z"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/classify")]
pub async fn classify_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintClassification>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::classify(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Assign a complaint
///
/// To somebody who works at its hotel, to a department, or to nobody (`null`). Who first took it up stays known.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:assign"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintAssignment, description = "Who handles it.",
        example = json!({"owner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/assign")]
pub async fn assign_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsAssign>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintAssignment>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::assign(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Acknowledge a complaint
///
/// The guest was told that the hotel knows. Whoever says so owns the complaint unless somebody does.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/acknowledge")]
pub async fn acknowledge_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::acknowledge(tx, cx, id.0, &expected.0)).await
}

/// Attend to a guest who complained
///
/// Somebody is with the guest. That acknowledges the complaint, too.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/attend")]
pub async fn attend_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::attend(tx, cx, id.0, &expected.0)).await
}

/// Investigate a complaint
///
/// Begins the investigation of a recorded complaint, or writes down what it found. With a finding a solution can be
/// proposed.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintInvestigationUpdate, description = "What is known so far.",
        example = json!({"finding": "substantiated", "summary": "空调压缩机故障", "root_cause": "滤网三个月未清洗"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/investigation")]
pub async fn investigate_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintInvestigationUpdate>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| {
        moves::investigate(tx, cx, id.0, &expected.0, body.command)
    })
    .await
}

/// Put a complaint on hold
///
/// It waits for the guest or a supplier: its clocks wait, too, and what waits is told on the complaint.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintHoldStart, description = "For whom it waits.",
        example = json!({"reason": "waiting_guest", "note": "客人外出，约定晚上回复"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/hold")]
pub async fn hold_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintHoldStart>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::hold(tx, cx, id.0, &expected.0, body.command)).await
}

/// Resume a complaint
///
/// It no longer waits: its clocks go on, due later by as long as it waited.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/resume")]
pub async fn resume_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::resume(tx, cx, id.0, &expected.0)).await
}

/// Escalate a complaint
///
/// To the next level: department head, duty manager, general manager; whoever is on duty in that role is told on the
/// complaint.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintReason, description = "Why.",
        example = json!({"reason": "Guest asks for the manager"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/escalate")]
pub async fn escalate_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::escalate(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Follow up a complaint
///
/// First: all is done, the complaint is resolved. Then: what came of asking the guest, before the close and once more after
/// it. A guest who is not content opens it again, from the second time on with a step up the ladder.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintFollowUp, description = "What came of asking the guest; nothing when nobody was asked yet.",
        example = json!({"channel": "phone", "outcome": "satisfied", "rating": 5, "comment": "处理得很快，谢谢"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/follow-up")]
pub async fn follow_up_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintFollowUp>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::follow_up(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Close a complaint
///
/// Once the guest had a say, or was tried three times, with what was done and what the hotel learned.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintClose, description = "How it was resolved.",
        example = json!({"resolution_summary": "空调已更换，客人满意", "lesson": "滤网改为每月清洗"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/close")]
pub async fn close_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintClose>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::close(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Reopen a complaint
///
/// Closed, withdrawn, refused, or followed up: it is investigated again, its clocks start anew, and that is counted. At
/// most 90 days after its end.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintReason, description = "Why.",
        example = json!({"reason": "The air conditioning failed again"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/reopen")]
pub async fn reopen_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::reopen(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Withdraw a complaint
///
/// The guest takes it back.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintReason, description = "Why.",
        example = json!({"reason": "客人表示是误会"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/withdraw")]
pub async fn withdraw_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::withdraw(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Reject a complaint
///
/// Refuses a recorded or investigated complaint. Its owner cannot: somebody else decides.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:decide"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintReason, description = "Why.",
        example = json!({"reason": "经调取监控，情况不属实"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/reject")]
pub async fn reject_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsDecide>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintReason>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| moves::reject(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Merge a complaint into another one
///
/// It becomes part of another open complaint of its hotel, which goes on. `POST …/unmerge` takes it back.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:merge"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintMerge, description = "The complaint that goes on.",
        example = json!({"into_complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1", "reason": "Same matter, told twice"})),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/merge")]
pub async fn merge_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsMerge>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
    body: Valid<ComplaintMerge>,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| merging::merge(tx, cx, id.0, &expected.0, body.command))
        .await
}

/// Take a merge of complaints back
///
/// The complaint goes on where it was.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:merge"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The complaint as it is now.", body = ComplaintView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/complaints/{complaint_id}/unmerge")]
pub async fn unmerge_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsMerge>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    change(app, by.principal, by.cx, move |tx, cx| merging::unmerge(tx, cx, id.0, &expected.0)).await
}
