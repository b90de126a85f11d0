//! Budgets: `/v1/budgets`.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde_json::{Value, json};

use super::budget_wire::{BudgetCreate, BudgetPage, BudgetPatch, BudgetQuery, BudgetView};
use crate::kit::cursor::ListKey;
use crate::kit::ids::BudgetId;
use crate::recovery::budget_repo::Position;
use crate::recovery::budgets;
use crate::recovery::error::RecoveryError;
use crate::web::access::{Can, RecoveryConfigure, RecoveryRead};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Params, PathId, Valid};
use crate::web::problem::Problem;
use crate::web::{page, reply};

fn example() -> Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0", "version": 4, "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "department": "front-office", "category": "compensation", "month": "2026-12", "currency": "CNY",
        "amount_minor": 500_000, "enforcement": "hard", "reserved_minor": 30_000, "spent_minor": 120_000,
        "available_minor": 350_000, "utilisation": 300,
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}

/// List budgets
///
/// Budgets of the hotels the caller may see, the latest month first.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:read"])),
    params(BudgetQuery),
    responses((status = 200, description = "A page of budgets.", body = BudgetPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/budgets")]
pub async fn list_budgets(
    app: web::Data<App>,
    by: Can<RecoveryRead>,
    params: Params<BudgetQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "budgets", &filter);
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (found, position) = app.read(move |r| budgets::list(r, &cx, &filter, after.as_ref(), limit)).await?;
    let items = found.iter().map(BudgetView::from).collect();
    Ok(page::answer(&request, &BudgetPage::new(items, page::next(&app, list, position))))
}

/// Set up a budget
///
/// For one month of a hotel: of a department or the whole hotel, of a category or all of them. A cost counts against every
/// budget that is for it. A hard budget refuses what it does not have, a soft one lets it pass and tells that it is over.
/// Costs reserved before the budget was set up do not count against it. There is one budget for the same costs.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:configure"])),
    params(("Idempotency-Key" = String, Header, description = "New for each new request.")),
    request_body(content = BudgetCreate, description = "The budget.", example = json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "department": "front-office", "category": "compensation",
        "month": "2026-12", "currency": "CNY", "amount_minor": 500_000, "enforcement": "hard"})),
    responses((status = 201, description = "The budget.", body = BudgetView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The budget")), example = json!(example())))
)]
#[post("/v1/budgets")]
pub async fn create_budget(
    app: web::Data<App>,
    by: Can<RecoveryConfigure>,
    key: IdempotencyKey,
    body: Valid<BudgetCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let budget = budgets::set_up(tx, cx, body.command)?;
        let location = format!("/v1/budgets/{}", budget.id);
        Ok::<_, RecoveryError>(reply::created(location, budget.version, &BudgetView::from(&budget)))
    })
    .await
}

/// Read a budget
///
/// With what is reserved and spent of it now.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:read"])),
    params(("budget_id" = uuid::Uuid, Path, description = "Id of the budget", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0")),
    responses(
        (status = 200, description = "The budget.", body = BudgetView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/budgets/{budget_id}")]
pub async fn get_budget(
    app: web::Data<App>,
    by: Can<RecoveryRead>,
    id: PathId<BudgetId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let budget = app.read(move |r| budgets::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, budget.version, &BudgetView::from(&budget)))
}

/// Change a budget
///
/// How much it is, and what it does when it is used up. A hard budget cannot be less than what is reserved and spent of it:
/// 409. What was booked since the budget was read makes its ETag stale: 412.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:configure"])),
    params(
        ("budget_id" = uuid::Uuid, Path, description = "Id of the budget", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(description = "The changes.", content(
        (BudgetPatch = "application/json", example = json!({"amount_minor": 600_000, "enforcement": "soft"})),
        (BudgetPatch = "application/merge-patch+json", example = json!({"amount_minor": 600_000, "enforcement": "soft"})))),
    responses((status = 200, description = "The budget as it is now.", body = BudgetView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/budgets/{budget_id}")]
pub async fn update_budget(
    app: web::Data<App>,
    by: Can<RecoveryConfigure>,
    id: PathId<BudgetId>,
    expected: IfMatch,
    body: Valid<BudgetPatch>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let budget = budgets::change_budget(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, RecoveryError>(reply::changed(budget.version, &BudgetView::from(&budget)))
    })
    .await
}

/// Take a budget away
///
/// Only one on which nothing was ever booked: 409 for any other, as the ledger names it.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:configure"])),
    params(
        ("budget_id" = uuid::Uuid, Path, description = "Id of the budget", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 204, description = "The budget is gone."))
)]
#[delete("/v1/budgets/{budget_id}")]
pub async fn delete_budget(
    app: web::Data<App>,
    by: Can<RecoveryConfigure>,
    id: PathId<BudgetId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        budgets::delete(tx, cx, id.0, &expected.0)?;
        Ok::<_, RecoveryError>(reply::gone())
    })
    .await
}
