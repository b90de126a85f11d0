//! `GET /v1/reports/fulfilment`.

use actix_web::{HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::items::day;
use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::HotelId;
use crate::plans::api::wire::FulfilmentView;
use crate::plans::error::PlanError;
use crate::plans::fulfilment::{self, FulfilmentGroup, FulfilmentQuery};
use crate::web::access::{Can, ReportsRead};
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::problem::Problem;
use crate::web::reply;

/// Days of a report unless told.
const USUAL: u64 = 30;
/// Most days of a report: five years.
const MOST_DAYS: i64 = 5 * 366;

/// What the report can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FulfilmentParams {
    /// First day on which the items were due; 30 days before `to` unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-01")]
    from: Option<String>,
    /// Last day on which the items were due, at most five years later; today (UTC) unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-31")]
    to: Option<String>,
    /// Only items of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<uuid::Uuid>,
    /// Only items of this department.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "housekeeping")]
    #[validate(length(min = 1, max = 60))]
    department: Option<String>,
    /// Only items of this category.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "pillow")]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// By what to tell the items apart; only the total unless told.
    #[param(inline, nullable = false, example = "department")]
    group_by: Option<FulfilmentGroup>,
}

/// The report that is asked for, its days as far as they were told.
pub struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    hotel: Option<HotelId>,
    department: Option<String>,
    category: Option<String>,
    group_by: Option<FulfilmentGroup>,
}

impl Input for FulfilmentParams {
    type Command = Asked;

    fn check(self, faults: &mut Faults) -> Option<Asked> {
        let Self { from, to, hotel_id, department, category, group_by } = self;
        Some(Asked {
            from: day(faults, "from", from.as_deref()),
            to: day(faults, "to", to.as_deref()),
            hotel: hotel_id.map(HotelId),
            department,
            category,
            group_by,
        })
    }
}

impl Asked {
    fn on(self, today: NaiveDate) -> Result<FulfilmentQuery, Problem> {
        let Self { from, to, hotel, department, category, group_by } = self;
        let to = to.unwrap_or(today);
        let from = from.or_else(|| to.checked_sub_days(Days::new(USUAL))).unwrap_or(to);
        if !(0..=MOST_DAYS).contains(&(to - from).num_days()) {
            return Err(Problem::invalid_parameters(vec![Fault {
                pointer: "?from".into(),
                code: "range".into(),
                message: "must not lie after to, nor more than five years before it".into(),
            }]));
        }
        Ok(FulfilmentQuery { from, to, hotel, department, category, group_by })
    }
}

/// Report how much of what was planned was done
///
/// Counts the items that were due in the period at the hotels the caller may see. The rate is what was done of what was
/// planned, in thousandths; it is absent where nothing was planned. Dropped items and those of stays that were called off
/// do not count.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["reports:read"])),
    params(FulfilmentParams),
    responses((status = 200, description = "The figures.", body = FulfilmentView, example = json!({
        "from": "2026-12-01", "to": "2026-12-31",
        "total": {"planned": 24, "done": 18, "not_possible": 2, "open": 4, "fulfilment_rate": 750},
        "items": [{"department": "housekeeping", "planned": 24, "done": 18, "not_possible": 2, "open": 4, "fulfilment_rate": 750}]
    })))
)]
#[get("/v1/reports/fulfilment")]
pub async fn get_fulfilment_report(
    app: web::Data<App>,
    by: Can<ReportsRead>,
    params: Params<FulfilmentParams>,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let asked = params.0.on(cx.now.to_utc().date_naive())?;
    let view = app
        .read(move |r| {
            let found = fulfilment::report(r, &cx, &asked)?;
            Ok::<_, PlanError>(FulfilmentView::new(&asked, &found))
        })
        .await?;
    Ok(reply::ok(&view))
}
