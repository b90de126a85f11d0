//! The plan of a stay: `POST` and `GET /v1/stays/{stay_id}/preference-plan`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::{around, clearance, example};
use crate::kit::ids::StayId;
use crate::plans::api::wire::PlanView;
use crate::plans::error::PlanError;
use crate::plans::service;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, PlansRead, PlansWrite};
use crate::web::app::App;
use crate::web::conditional::unless_known;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Draw the preference plan of a stay
///
/// Plans an item for each preference of the guests that is valid for the hotel and the dates, and brings an older plan
/// into line: what is no longer asked for and not decided yet is dropped, what was decided stays. The same again changes
/// nothing. 409 when the stay is over, was called off or deleted.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0")),
    responses(
        (status = 200, description = "The plan as it is now.", body = PlanView, headers(("ETag" = String, description = "Version")),
            example = json!({"stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "version": 1, "plan_items": [example()]})),
        (status = 409, description = "The stay is over, was called off or deleted.",
            body = crate::web::problem::ProblemBody, content_type = "application/problem+json", example = json!({
                "type": "/problems/state-conflict", "title": "State conflict", "status": 409,
                "detail": "The stay is over or was called off: there is nothing to plan.",
                "instance": "/v1/stays/0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0/preference-plan",
                "code": "state_conflict", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))
    )
)]
#[post("/v1/stays/{stay_id}/preference-plan")]
pub async fn draw_preference_plan(
    app: web::Data<App>,
    by: Can<PlansWrite>,
    id: PathId<StayId>,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    let readable = by.principal.sight(Scope::GuestsRead);
    app.commit(by.cx, None, move |tx, cx| {
        let plan = service::draw(tx, cx, &clearance, id.0)?;
        let around = around(tx, cx, readable.as_ref(), &plan.items)?;
        Ok::<_, PlanError>(reply::changed(plan.version, &PlanView::new(&plan, &around)))
    })
    .await
}

/// Read the preference plan of a stay
///
/// Empty before the plan was drawn.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:read"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0")),
    responses(
        (status = 200, description = "The plan.", body = PlanView, headers(("ETag" = String, description = "Version")),
            example = json!({"stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "version": 1, "plan_items": [example()]})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/stays/{stay_id}/preference-plan")]
pub async fn get_preference_plan(
    app: web::Data<App>,
    by: Can<PlansRead>,
    id: PathId<StayId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    let readable = by.principal.sight(Scope::GuestsRead);
    let cx = by.cx;
    let (version, view) = app
        .read(move |r| {
            let plan = service::get(r, &cx, &clearance, id.0)?;
            let around = around(r, &cx, readable.as_ref(), &plan.items)?;
            Ok::<_, PlanError>((plan.version, PlanView::new(&plan, &around)))
        })
        .await?;
    Ok(unless_known(&request, version, &view))
}
