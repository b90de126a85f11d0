//! `GET /v1/reports/complaints`.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::complaint_settings::model::CauseCategory;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{ComplaintChannel, Severity};
use crate::complaints::report::{self, ComplaintGroup, ComplaintQuery, ComplaintReport, Pair};
use crate::complaints::tally::{Share, Tally, Times};
use crate::kit::clock::Instant;
use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::HotelId;
use crate::web::access::{Can, ReportsRead};
use crate::web::app::App;
use crate::web::input::{Input, Params, date_of};
use crate::web::problem::Problem;
use crate::web::reply;

/// Days of a report unless told, the last one included.
const USUAL: u64 = 29;
/// Most days of a report: two years.
const MOST_DAYS: i64 = 2 * 366;
/// How far the clocks of the east are ahead of UTC.
const EAST: Duration = Duration::from_secs(14 * 60 * 60);

/// What the report can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReportParams {
    /// First day on which the hotels heard of the complaints; 29 days before `to` unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-01")]
    from: Option<String>,
    /// Last day on which the hotels heard of the complaints, at most two years later; the latest day that it is anywhere
    /// unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-31")]
    to: Option<String>,
    /// Only complaints of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<uuid::Uuid>,
    /// Only complaints that this department answers for.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "housekeeping")]
    #[validate(length(min = 1, max = 60))]
    department: Option<String>,
    /// Only complaints about this, a code of the catalogue.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "room_cleanliness")]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// Only complaints of this cause.
    #[param(inline, nullable = false, example = "service_level")]
    cause_category: Option<CauseCategory>,
    /// Only complaints through this channel.
    #[param(inline, nullable = false, example = "front_desk")]
    channel: Option<ComplaintChannel>,
    /// Only complaints as grave as this.
    #[param(inline, nullable = false, example = "major")]
    severity: Option<Severity>,
    /// By what to tell the complaints apart; only the total unless told. Weeks begin on Monday; the first and the last
    /// stretch of time may be cut off by the period. By day at most 100 days.
    #[param(inline, nullable = false, example = "department")]
    group_by: Option<ComplaintGroup>,
}

/// Most days of a report day by day.
const MOST_LINES: i64 = 100;

/// The report that is asked for, its days as far as they were told.
pub struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    rest: ComplaintQuery,
}

impl Input for ComplaintReportParams {
    type Command = Asked;

    fn check(self, faults: &mut Faults) -> Option<Asked> {
        let Self { from, to, hotel_id, department, category, cause_category, channel, severity, group_by } =
            self;
        let mut day =
            |name: &str, text: Option<String>| text.and_then(|text| faults.at(name, |f| date_of(f, &text)));
        Some(Asked {
            from: day("from", from),
            to: day("to", to),
            rest: ComplaintQuery {
                hotel: hotel_id.map(HotelId),
                department,
                category,
                cause_category: cause_category.map(|cause| cause.code().to_owned()),
                channel,
                severity,
                group_by,
                ..ComplaintQuery::default()
            },
        })
    }
}

impl Asked {
    fn at(self, now: Instant) -> Result<ComplaintQuery, Problem> {
        let to = self.to.unwrap_or_else(|| now.plus(EAST).to_utc().date_naive());
        let from = self.from.or_else(|| to.checked_sub_days(Days::new(USUAL))).unwrap_or(to);
        let days = (to - from).num_days();
        let refuse = |message: &str| {
            let message = message.into();
            Problem::invalid_parameters(vec![Fault {
                pointer: "?from".into(),
                code: "range".into(),
                message,
            }])
        };
        if !(0..=MOST_DAYS).contains(&days) {
            return Err(refuse("must not lie after to, nor more than two years before it"));
        }
        if self.rest.group_by == Some(ComplaintGroup::Day) && days >= MOST_LINES {
            return Err(refuse("must be within 100 days of to when the days are told apart"));
        }
        Ok(ComplaintQuery { from, to, ..self.rest })
    }
}

/// Times in whole seconds, pauses removed. The mean and the others are absent where there are none.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedTimes {
    /// How many.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(40))]
    n: i64,
    /// The mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(260))]
    mean_seconds: Option<i64>,
    /// Half of them are not longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(190))]
    median_seconds: Option<i64>,
    /// Nine of ten are not longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(700))]
    p90_seconds: Option<i64>,
}

impl From<&Times> for ReportedTimes {
    fn from(times: &Times) -> Self {
        Self {
            n: times.n(),
            mean_seconds: times.mean(),
            median_seconds: times.percentile(50),
            p90_seconds: times.percentile(90),
        }
    }
}

/// A part of a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedShare {
    /// How many of them.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(36))]
    count: i64,
    /// Of how many.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(40))]
    n: i64,
    /// The part in thousandths of the whole; absent where `n` is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000, examples(900))]
    rate: Option<i64>,
}

impl From<Share> for ReportedShare {
    fn from(share: Share) -> Self {
        Self { count: share.count, n: share.n, rate: share.rate() }
    }
}

/// What complaints cost at hotels of one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedCost {
    /// Currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: String,
    /// Complaints, with and without cost.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(42))]
    n: i64,
    /// What they cost so far, in minor units.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(84_000))]
    cost_minor: i64,
    /// Cost of one complaint, in minor units; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(2_000))]
    mean_cost_minor: Option<i64>,
}

/// Figures of complaints. Rates are in thousandths.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintFigures {
    /// Complaints received.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(42))]
    complaints: i64,
    /// Of these, those that wait for somebody.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4))]
    open: i64,
    /// Of these, those that are closed.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(36))]
    closed: i64,
    /// Of these, those that were taken back.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    withdrawn: i64,
    /// Of these, those that were refused.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    rejected: i64,
    /// From the receipt to the first word to the guest.
    first_response: ReportedTimes,
    /// Work until they were resolved, over all times they were worked on.
    resolution: ReportedTimes,
    /// First words in time, of those said or overdue.
    response_timeliness: ReportedShare,
    /// Resolved in time, of those resolved or overdue.
    resolution_timeliness: ReportedShare,
    /// Resolved, of those received.
    resolution_rate: ReportedShare,
    /// Opened again, of those that were resolved or over once.
    reopen_rate: ReportedShare,
    /// Repeating an earlier one of the same hotel, cause, and room, thing or department within 30 days, of those received.
    recurrence_rate: ReportedShare,
    /// Guests who stayed again within 365 days, of the guests who complained.
    recovery_rate: ReportedShare,
    /// Guests who gave a mark of 4 or 5, of those who gave one.
    satisfaction: ReportedShare,
    /// Mean of the marks, in thousandths; absent without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1000, maximum = 5000, examples(4_250))]
    mean_rating: Option<i64>,
    /// Nights of occupied rooms in the period, at the hotels and in the time of the line.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(3_360))]
    occupied_room_nights: i64,
    /// Complaints of a hundred occupied room nights, in thousandths; absent where no room was occupied.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1_250))]
    complaints_per_100_room_nights: Option<i64>,
    /// Costs, currency by currency.
    #[schema(max_items = 200)]
    costs: Vec<ReportedCost>,
}

impl From<&Tally> for ComplaintFigures {
    fn from(tally: &Tally) -> Self {
        let costs = tally.costs.iter().map(|(currency, cost)| ReportedCost {
            currency: currency.clone(),
            n: cost.n,
            cost_minor: cost.cost_minor,
            mean_cost_minor: cost.each(),
        });
        Self {
            complaints: tally.complaints,
            open: tally.open,
            closed: tally.closed,
            withdrawn: tally.withdrawn,
            rejected: tally.rejected,
            first_response: (&tally.first_response).into(),
            resolution: (&tally.resolution).into(),
            response_timeliness: tally.responded_in_time.into(),
            resolution_timeliness: tally.resolved_in_time.into(),
            resolution_rate: tally.resolved.into(),
            reopen_rate: tally.reopened.into(),
            recurrence_rate: tally.recurring.into(),
            recovery_rate: tally.recovered().into(),
            satisfaction: tally.content.into(),
            mean_rating: tally.mean_rating(),
            occupied_room_nights: tally.room_nights,
            complaints_per_100_room_nights: tally.per_100_room_nights(),
            costs: costs.collect(),
        }
    }
}

/// Figures of one group of complaints. One member names the group, by what was asked; it is absent for complaints of which
/// that is not known.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintReportItem {
    /// The hotel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 36, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: Option<String>,
    /// Code of the department.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("housekeeping"))]
    department: Option<String>,
    /// Code of what they are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("room_cleanliness"))]
    category: Option<String>,
    /// Code of the category of their cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("service_level"))]
    cause_category: Option<String>,
    /// Code of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("front_desk"))]
    channel: Option<String>,
    /// Code of the severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("major"))]
    severity: Option<String>,
    /// First day of the day, week or month, which may lie before the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10, examples("2026-12-01"))]
    starts_on: Option<String>,
    /// The figures of the period.
    figures: ComplaintFigures,
    /// The figures of the period before; absent for days, weeks and months, which have it in the line before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    previous: Option<ComplaintFigures>,
}

impl ComplaintReportItem {
    fn new(by: ComplaintGroup, key: Option<&String>, pair: &Pair) -> Self {
        let of = |group: ComplaintGroup| key.filter(|_| by == group).cloned();
        Self {
            hotel_id: of(ComplaintGroup::Hotel),
            department: of(ComplaintGroup::Department),
            category: of(ComplaintGroup::Category),
            cause_category: of(ComplaintGroup::CauseCategory),
            channel: of(ComplaintGroup::Channel),
            severity: of(ComplaintGroup::Severity),
            starts_on: key.filter(|_| by.is_time()).cloned(),
            figures: (&pair.now).into(),
            previous: (!by.is_time()).then(|| (&pair.before).into()),
        }
    }
}

/// Figures of complaints, and of the period before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComplaintReport)]
pub struct ComplaintReportView {
    /// First day on which the complaints were received.
    #[schema(examples("2026-12-01"))]
    from: NaiveDate,
    /// Last day on which the complaints were received.
    #[schema(examples("2026-12-31"))]
    to: NaiveDate,
    /// First day of the period before, which is as long and ends the day before `from`.
    #[schema(examples("2026-10-31"))]
    previous_from: NaiveDate,
    /// All complaints of the period.
    total: ComplaintFigures,
    /// All complaints of the period before.
    previous: ComplaintFigures,
    /// Group by group where asked for, by key.
    #[schema(max_items = 10000)]
    items: Vec<ComplaintReportItem>,
}

impl ComplaintReportView {
    fn new(asked: &ComplaintQuery, found: &ComplaintReport) -> Self {
        let items = found
            .lines
            .iter()
            .filter_map(|(key, pair)| Some(ComplaintReportItem::new(asked.group_by?, key.as_ref(), pair)));
        Self {
            from: asked.from,
            to: asked.to,
            previous_from: asked.before(),
            total: (&found.total.now).into(),
            previous: (&found.total.before).into(),
            items: items.collect(),
        }
    }
}

/// Report on complaints
///
/// Counts the complaints that the hotels the caller may see heard of in the period, in the hotels' time zones, and those of
/// the period before. A complaint belongs to the day it was received, whatever becomes of it later; those that became part of
/// another one do not count. Times leave out when a complaint waited for somebody outside; percentiles lie between two
/// times in proportion. Timeliness counts each promise once it is kept or broken. Currencies are never added up.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["reports:read"])),
    params(ComplaintReportParams),
    responses((status = 200, description = "The figures.", body = ComplaintReportView, example = json!({
        "from": "2026-12-01", "to": "2026-12-31", "previous_from": "2026-10-31",
        "total": {"complaints": 42, "open": 4, "closed": 36, "withdrawn": 1, "rejected": 1,
            "first_response": {"n": 40, "mean_seconds": 260, "median_seconds": 190, "p90_seconds": 700},
            "resolution": {"n": 36, "mean_seconds": 5_400, "median_seconds": 3_600, "p90_seconds": 14_400},
            "response_timeliness": {"count": 36, "n": 40, "rate": 900},
            "resolution_timeliness": {"count": 33, "n": 37, "rate": 892},
            "resolution_rate": {"count": 36, "n": 42, "rate": 857}, "reopen_rate": {"count": 2, "n": 38, "rate": 53},
            "recurrence_rate": {"count": 5, "n": 42, "rate": 119}, "recovery_rate": {"count": 9, "n": 35, "rate": 257},
            "satisfaction": {"count": 20, "n": 24, "rate": 833}, "mean_rating": 4_250, "occupied_room_nights": 3_360,
            "complaints_per_100_room_nights": 1_250,
            "costs": [{"currency": "CNY", "n": 42, "cost_minor": 84_000, "mean_cost_minor": 2_000}]},
        "previous": {"complaints": 0, "open": 0, "closed": 0, "withdrawn": 0, "rejected": 0,
            "first_response": {"n": 0}, "resolution": {"n": 0}, "response_timeliness": {"count": 0, "n": 0},
            "resolution_timeliness": {"count": 0, "n": 0}, "resolution_rate": {"count": 0, "n": 0},
            "reopen_rate": {"count": 0, "n": 0}, "recurrence_rate": {"count": 0, "n": 0},
            "recovery_rate": {"count": 0, "n": 0}, "satisfaction": {"count": 0, "n": 0},
            "occupied_room_nights": 3_100, "complaints_per_100_room_nights": 0, "costs": []},
        "items": []
    })))
)]
#[get("/v1/reports/complaints")]
pub async fn get_complaint_report(
    app: web::Data<App>,
    by: Can<ReportsRead>,
    params: Params<ComplaintReportParams>,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let asked = params.0.at(cx.now)?;
    let view = app
        .read(move |r| {
            let found = report::report(r, &cx, &asked)?;
            Ok::<_, ComplaintError>(ComplaintReportView::new(&asked, &found))
        })
        .await?;
    Ok(reply::ok(&view))
}
