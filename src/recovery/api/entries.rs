//! The cost ledger: `GET /v1/cost-entries`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::month_of;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{BudgetId, CostEntryId, HotelId, SubjectId};
use crate::recovery::ledger;
use crate::recovery::ledger_repo::EntryFilter;
use crate::recovery::model::{CostCategory, CostEntry, CostEntryKind};
use crate::web::access::{Can, RecoveryRead};
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// What the ledger can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CostEntryQuery {
    /// Only rows of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<uuid::Uuid>,
    /// Only rows of costs that this department caused.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "front-office")]
    #[validate(length(min = 1, max = 60))]
    department: Option<String>,
    /// Only rows of costs that budgets of this month bear, `YYYY-MM`.
    #[param(nullable = false, min_length = 7, max_length = 7, example = "2026-12")]
    #[validate(length(min = 7, max = 7))]
    month: Option<String>,
    /// Only rows of this subject.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0")]
    subject_id: Option<uuid::Uuid>,
    /// Only rows on this budget.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0")]
    budget_id: Option<uuid::Uuid>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for CostEntryQuery {
    type Command = (EntryFilter, i64, Option<String>);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Self { hotel_id, department, month, subject_id, budget_id, limit, cursor } = self;
        let filter = EntryFilter {
            hotel: hotel_id.map(HotelId),
            department,
            month: month.and_then(|text| faults.at("month", |f| month_of(f, &text))),
            subject: subject_id.map(SubjectId),
            budget: budget_id.map(BudgetId),
        };
        Some((filter, i64::from(limit.unwrap_or(DEFAULT_LIMIT)), cursor))
    }
}

/// A row of the cost ledger: one step of one cost. Rows are never changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostEntry)]
pub struct CostEntryView {
    /// Id of the row; later rows have greater ones.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ef0"))]
    id: uuid::Uuid,
    /// When.
    #[schema(format = DateTime, examples("2026-12-21T08:30:00.000000Z"))]
    at: String,
    /// Who did it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    by: uuid::Uuid,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: uuid::Uuid,
    /// Code of the department that caused the cost; absent when none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("front-office"))]
    department: Option<String>,
    /// What the money is spent on.
    #[schema(examples("compensation"))]
    category: CostCategory,
    /// The month whose budgets bear the cost, `YYYY-MM`.
    #[schema(max_length = 7, examples("2026-12"))]
    month: String,
    /// Day of the hotel on which the cost was reserved: to it the cost belongs whatever becomes of it later.
    #[schema(examples("2026-12-21"))]
    booked_on: chrono::NaiveDate,
    /// What happened.
    #[schema(examples("reserve"))]
    kind: CostEntryKind,
    /// How much, in minor units.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(30_000))]
    amount_minor: i64,
    /// Currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: String,
    /// The budget that bears it; absent when no budget is for the cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"))]
    budget_id: Option<uuid::Uuid>,
    /// Kind of what the cost is for.
    #[schema(max_length = 60, examples("complaint_solution"))]
    subject_kind: String,
    /// Id of what the cost is for.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0"))]
    subject_id: uuid::Uuid,
    /// Whether the row counts in sums over costs: a cost in several budgets has a row in each, of which one does.
    #[schema(examples(true))]
    tallied: bool,
}

impl From<&CostEntry> for CostEntryView {
    fn from(entry: &CostEntry) -> Self {
        let CostEntry {
            id,
            at,
            actor,
            hotel,
            department,
            category,
            month,
            booked_on,
            currency,
            kind,
            amount,
            budget,
            subject_kind,
            subject_id,
            tallied,
        } = entry;
        Self {
            id: id.0,
            at: at.to_string(),
            by: actor.0,
            hotel_id: hotel.0,
            department: department.clone(),
            category: *category,
            month: month.to_string(),
            booked_on: *booked_on,
            kind: *kind,
            amount_minor: *amount,
            currency: currency.code().to_owned(),
            budget_id: budget.map(Into::into),
            subject_kind: subject_kind.clone(),
            subject_id: subject_id.0,
            tallied: *tallied,
        }
    }
}

crate::page! {
    /// A page of the cost ledger.
    CostEntryPage of CostEntryView
}

/// List rows of the cost ledger
///
/// Every step of every cost at the hotels the caller may see, the newest rows first. A cost that several budgets bear has a
/// row for each: for sums over costs take the rows that are `tallied`, for those of one budget the rows of that budget.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:read"])),
    params(CostEntryQuery),
    responses((status = 200, description = "A page of the ledger.", body = CostEntryPage, example = json!({"items": [{
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ef0", "at": "2026-12-21T08:30:00.000000Z",
        "by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "department": "front-office", "category": "compensation", "month": "2026-12", "booked_on": "2026-12-21",
        "kind": "reserve", "amount_minor": 30_000, "currency": "CNY", "budget_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0",
        "subject_kind": "complaint_solution", "subject_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0", "tallied": true}],
        "has_more": false})))
)]
#[get("/v1/cost-entries")]
pub async fn list_cost_entries(
    app: web::Data<App>,
    by: Can<RecoveryRead>,
    params: Params<CostEntryQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "cost-entries", &filter);
    let after: Option<CostEntryId> = page::position(&app, list, cursor.as_deref())?;
    let (found, position) = app.read(move |r| ledger::list(r, &cx, &filter, after, limit)).await?;
    let items = found.iter().map(CostEntryView::from).collect();
    Ok(page::answer(&request, &CostEntryPage::new(items, page::next(&app, list, position))))
}
