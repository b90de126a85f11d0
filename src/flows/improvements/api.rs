//! `/v1/problems/{problem_id}/complaints` and `POST /v1/problems/{problem_id}/notify`.

mod wire;

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::flows::improvements::api::wire::{
    ProblemComplaintPage, ProblemComplaintView, ProblemNotice, ProblemNotify,
};
use crate::flows::improvements::{self, ImprovementError, Position};
use crate::kit::cursor::ListKey;
use crate::kit::ids::{ComplaintId, ProblemId};
use crate::problems::api::example;
use crate::problems::api::problem_wire::ServiceProblemView;
use crate::web::access::{Can, ProblemsRead, ProblemsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::page::{self, PageQuery};
use crate::web::problem::Problem;
use crate::web::reply;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_problem_complaints)
        .service(add_problem_complaint)
        .service(remove_problem_complaint)
        .service(notify_problem);
}

impl From<ImprovementError> for Problem {
    fn from(error: ImprovementError) -> Self {
        match error {
            ImprovementError::Problem(error) => error.into(),
            ImprovementError::Complaint(error) => error.into(),
            ImprovementError::Settings(error) => error.into(),
            ImprovementError::Db(error) => error.into(),
        }
    }
}

/// List complaints of a problem
///
/// In the order of their receipt. Merged, rejected and withdrawn ones stay there and do not count.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:read"])),
    params(("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"), PageQuery),
    responses((status = 200, description = "A page of complaints.", body = ProblemComplaintPage, example = json!({
        "items": [{"complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "number": "XIHU-2026-00042",
            "status": "recorded", "room": "1208", "received_at": "2026-12-20T08:30:00.000000Z",
            "standing": "by_itself", "counts": true, "told": false, "joined_at": "2026-12-20T08:30:05.000000Z",
            "joined_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"}],
        "has_more": false})))
)]
#[get("/v1/problems/{problem_id}/complaints")]
pub async fn list_problem_complaints(
    app: web::Data<App>,
    by: Can<ProblemsRead>,
    id: PathId<ProblemId>,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (cx, asked) = (by.cx, query.0);
    let list = ListKey::new(cx.group, "problem-complaints", &id.0);
    let after: Option<Position> = page::position(&app, list, asked.cursor.as_deref())?;
    let (found, position) =
        app.read(move |r| improvements::complaints(r, &cx, id.0, after, asked.limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(ProblemComplaintView::from).collect();
    Ok(page::answer(&request, &ProblemComplaintPage::new(views, next)))
}

/// Add a complaint to a problem
///
/// By hand, one of the same hotel that belongs to no other problem. It stays there whatever it is about; nothing changes
/// when it is there already.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(
        ("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag of the problem")
    ),
    responses((status = 200, description = "The problem as it is now.", body = ServiceProblemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[put("/v1/problems/{problem_id}/complaints/{complaint_id}")]
pub async fn add_problem_complaint(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    path: PathId<(ProblemId, ComplaintId)>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let (id, complaint) = path.0;
        let problem = improvements::join(tx, cx, id, &expected.0, complaint)?;
        Ok::<_, ImprovementError>(reply::changed(problem.version, &ServiceProblemView::from(&problem)))
    })
    .await
}

/// Remove a complaint from a problem
///
/// By hand. It is remembered: the complaint is not counted to a problem by itself again; by hand it can be.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(
        ("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag of the problem")
    ),
    responses((status = 204, description = "The complaint no longer belongs to the problem."))
)]
#[delete("/v1/problems/{problem_id}/complaints/{complaint_id}")]
pub async fn remove_problem_complaint(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    path: PathId<(ProblemId, ComplaintId)>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let (id, complaint) = path.0;
        improvements::leave(tx, cx, id, &expected.0, complaint)?;
        Ok::<_, ImprovementError>(reply::gone())
    })
    .await
}

/// Tell guests what was improved
///
/// Once a corrective action was verified: a message that the guest may read is written on every complaint of the problem,
/// closed ones included, in the language of the complaint, else the guest's, the hotel's, English. Each is told once for
/// each time the problem is put right; a second call tells those who have come since. The text comes from a template, into
/// which `improvements` are put, or is told whole in `texts`. At most 500 are told by one call.
#[utoipa::path(
    tag = "problems",
    security(("bearer" = ["problems:write"])),
    params(
        ("problem_id" = uuid::Uuid, Path, description = "Id of the problem", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")
    ),
    request_body(content = ProblemNotify, description = "In which words.", example = json!({
        "improvements": [{"language": "zh-CN", "text": "12 层空调的冷媒管已全部更换。"},
            {"language": "en", "text": "All cooling pipes on floor 12 were replaced."}], "channel": "email"})),
    responses((status = 200, description = "Who was told.", body = ProblemNotice, example = json!({
        "problem_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0", "told": 1,
        "told_complaint_ids": ["0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"],
        "skipped": [{"reason": "no_contact", "complaints": 1}], "remaining": false})))
)]
#[post("/v1/problems/{problem_id}/notify")]
pub async fn notify_problem(
    app: web::Data<App>,
    by: Can<ProblemsWrite>,
    id: PathId<ProblemId>,
    key: IdempotencyKey,
    body: Valid<ProblemNotify>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let told = improvements::notify(tx, cx, id.0, &body.command)?;
        Ok::<_, ImprovementError>(reply::plain(&ProblemNotice::of(id.0, &told)))
    })
    .await
}
