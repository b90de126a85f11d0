//! `GET /v1/reports/costs`.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::clock::Instant;
use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::HotelId;
use crate::recovery::error::RecoveryError;
use crate::recovery::ledger::{self, CostGroup, CostQuery, CostReport, Costs};
use crate::recovery::model::{CostCategory, LARGEST_SUM};
use crate::web::access::{Can, ReportsRead};
use crate::web::app::App;
use crate::web::input::{Input, Params, date_of};
use crate::web::problem::Problem;
use crate::web::reply;

/// Days of a report unless told.
const USUAL: u64 = 30;
/// Most days of a report: five years.
const MOST_DAYS: i64 = 5 * 366;
/// How far the clocks of the east are ahead of UTC.
const EAST: Duration = Duration::from_secs(14 * 60 * 60);

/// What the report can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CostParams {
    /// First day of the hotels on which the costs were reserved; 30 days before `to` unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-01")]
    from: Option<String>,
    /// Last day of the hotels on which the costs were reserved, at most five years later; the latest day that it is
    /// anywhere unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-31")]
    to: Option<String>,
    /// Only costs of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<uuid::Uuid>,
    /// Only costs that this department caused.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "front-office")]
    #[validate(length(min = 1, max = 60))]
    department: Option<String>,
    /// Only costs of this category.
    #[param(inline, nullable = false, example = "compensation")]
    category: Option<CostCategory>,
    /// By what to tell the costs apart; only the totals unless told.
    #[param(inline, nullable = false, example = "department")]
    group_by: Option<CostGroup>,
}

/// The report that is asked for, its days as far as they were told.
pub struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    hotel: Option<HotelId>,
    department: Option<String>,
    category: Option<CostCategory>,
    group_by: Option<CostGroup>,
}

impl Input for CostParams {
    type Command = Asked;

    fn check(self, faults: &mut Faults) -> Option<Asked> {
        let Self { from, to, hotel_id, department, category, group_by } = self;
        let mut day =
            |name: &str, text: Option<String>| text.and_then(|text| faults.at(name, |f| date_of(f, &text)));
        Some(Asked {
            from: day("from", from),
            to: day("to", to),
            hotel: hotel_id.map(HotelId),
            department,
            category,
            group_by,
        })
    }
}

impl Asked {
    fn at(self, now: Instant) -> Result<CostQuery, Problem> {
        let Self { from, to, hotel, department, category, group_by } = self;
        let to = to.unwrap_or_else(|| now.plus(EAST).to_utc().date_naive());
        let from = from.or_else(|| to.checked_sub_days(Days::new(USUAL))).unwrap_or(to);
        if !(0..=MOST_DAYS).contains(&(to - from).num_days()) {
            return Err(Problem::invalid_parameters(vec![Fault {
                pointer: "?from".into(),
                code: "range".into(),
                message: "must not lie after to, nor more than five years before it".into(),
            }]));
        }
        Ok(CostQuery { from, to, hotel, department, category, group_by })
    }
}

/// Costs of one currency, of one group where asked for. Amounts are in minor units.
#[derive(Debug, Serialize, ToSchema)]
pub struct CostFigure {
    /// The hotel, of figures by hotel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 36, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: Option<String>,
    /// Code of the department, of figures by department; absent for costs that no department caused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("front-office"))]
    department: Option<String>,
    /// Code of the category, of figures by category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("compensation"))]
    category: Option<String>,
    /// The month whose budgets bear the costs, of figures by month.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 7, examples("2026-12"))]
    month: Option<String>,
    /// Currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: String,
    /// What was spent; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(120_000))]
    spent_minor: Option<i64>,
    /// Costs that were spent.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(6))]
    spent_n: i64,
    /// What is set aside and not spent yet; absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(30_000))]
    reserved_minor: Option<i64>,
    /// Costs that are set aside and not spent yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    reserved_n: i64,
}

impl CostFigure {
    fn new(by: Option<CostGroup>, key: Option<&String>, currency: &str, costs: &Costs) -> Self {
        let of = |group: CostGroup| key.filter(|_| by == Some(group)).cloned();
        let told = |amount: i64, n: i64| (n > 0).then(|| amount.min(LARGEST_SUM));
        let Costs { spent, spent_n, reserved, reserved_n } = *costs;
        Self {
            hotel_id: of(CostGroup::Hotel),
            department: of(CostGroup::Department),
            category: of(CostGroup::Category),
            month: of(CostGroup::Month),
            currency: currency.to_owned(),
            spent_minor: told(spent, spent_n),
            spent_n,
            reserved_minor: told(reserved, reserved_n),
            reserved_n,
        }
    }
}

/// What things cost.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostReport)]
pub struct CostReportView {
    /// First day on which the costs were reserved.
    #[schema(examples("2026-12-01"))]
    from: NaiveDate,
    /// Last day on which the costs were reserved.
    #[schema(examples("2026-12-31"))]
    to: NaiveDate,
    /// All costs, by currency; none where there are none.
    #[schema(max_items = 200)]
    totals: Vec<CostFigure>,
    /// Group by group and currency by currency where asked for, by key.
    #[schema(max_items = 10000)]
    items: Vec<CostFigure>,
}

impl CostReportView {
    fn new(asked: &CostQuery, found: &CostReport) -> Self {
        let totals =
            found.totals.iter().map(|(currency, costs)| CostFigure::new(None, None, currency, costs));
        let items = found
            .groups
            .iter()
            .map(|((key, currency), costs)| CostFigure::new(asked.group_by, key.as_ref(), currency, costs));
        Self { from: asked.from, to: asked.to, totals: totals.collect(), items: items.collect() }
    }
}

/// Report what things cost
///
/// Sums over the cost ledger: what was spent and what is set aside of the costs that were reserved in the period at the hotels
/// the caller may see. A cost belongs to the day on which it was reserved, in the hotel's time zone, whatever becomes of it
/// later, and counts once however many budgets bear it. Costs that were released do not count. Currencies are never added up.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["reports:read"])),
    params(CostParams),
    responses((status = 200, description = "The figures.", body = CostReportView, example = json!({
        "from": "2026-12-01", "to": "2026-12-31",
        "totals": [{"currency": "CNY", "spent_minor": 120_000, "spent_n": 6, "reserved_minor": 30_000, "reserved_n": 1}],
        "items": [{"department": "front-office", "currency": "CNY", "spent_minor": 120_000, "spent_n": 6,
            "reserved_minor": 30_000, "reserved_n": 1}]
    })))
)]
#[get("/v1/reports/costs")]
pub async fn get_cost_report(
    app: web::Data<App>,
    by: Can<ReportsRead>,
    params: Params<CostParams>,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let asked = params.0.at(cx.now)?;
    let view = app
        .read(move |r| {
            let found = ledger::report(r, &cx, &asked)?;
            Ok::<_, RecoveryError>(CostReportView::new(&asked, &found))
        })
        .await?;
    Ok(reply::ok(&view))
}
