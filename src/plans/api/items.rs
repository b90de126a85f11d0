//! The work list and what staff say of its items: `/v1/plan-items`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::{around, clearance, example};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{HotelId, PlanItemId};
use crate::plans::api::wire::{PlanItemPage, PlanItemRefusal, PlanItemView};
use crate::plans::error::PlanError;
use crate::plans::model::{Outcome, PlanItemStatus};
use crate::plans::repo::{PlanItemFilter, Position};
use crate::plans::service;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, PlansRead, PlansWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::{Input, Params, PathId, Valid};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// What a work list can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PlanItemQuery {
    /// Only items of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<uuid::Uuid>,
    /// Only items due on this day.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-24")]
    date: Option<String>,
    /// Only items of this department.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "housekeeping")]
    #[validate(length(min = 1, max = 60))]
    department: Option<String>,
    /// Only items of this category.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "pillow")]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// Statuses, comma-separated: `planned`, `done`, `not_possible`, `dropped`; `planned` unless told.
    #[param(nullable = false, max_length = 60, example = "planned")]
    #[validate(length(max = 60))]
    status: Option<String>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A day of a query, `YYYY-MM-DD`.
pub(super) fn day(faults: &mut Faults, name: &str, text: Option<&str>) -> Option<NaiveDate> {
    let text = text?;
    let date = if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None };
    if date.is_none() {
        faults.at(name, |f| f.add("date", "must be a date that exists, YYYY-MM-DD"));
    }
    date
}

impl Input for PlanItemQuery {
    type Command = (PlanItemFilter, i64, Option<String>);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Self { hotel_id, date, department, category, status, limit, cursor } = self;
        let mut statuses = Vec::new();
        for code in status.as_deref().unwrap_or(PlanItemStatus::Planned.code()).split(',') {
            match PlanItemStatus::of(code.trim()) {
                Some(status) if !statuses.contains(&status) => statuses.push(status),
                Some(_) => {}
                None => faults.at("status", |f| {
                    f.add("unknown_value", "must be of planned, done, not_possible, dropped")
                }),
            }
        }
        statuses.sort();
        let filter = PlanItemFilter {
            hotel: hotel_id.map(HotelId),
            date: day(faults, "date", date.as_deref()),
            department,
            category,
            status: statuses,
        };
        Some((filter, i64::from(limit.unwrap_or(DEFAULT_LIMIT)), cursor))
    }
}

/// List items of preference plans
///
/// A work list: what is planned at the hotels the caller may see, by the day it is due. Items of stays that were called
/// off are left out, and sensitive ones for those who may not see them.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:read"])),
    params(PlanItemQuery),
    responses((status = 200, description = "A page of items.", body = PlanItemPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/plan-items")]
pub async fn list_plan_items(
    app: web::Data<App>,
    by: Can<PlansRead>,
    params: Params<PlanItemQuery>,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let clearance = clearance(&by.principal);
    let readable = by.principal.sight(Scope::GuestsRead);
    let cx = by.cx;
    let list = ListKey::new(cx.group, "plan-items", &filter);
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (views, position) = app
        .read(move |r| {
            let (items, position) = service::list(r, &cx, &clearance, &filter, after, limit)?;
            let around = around(r, &cx, readable.as_ref(), &items)?;
            let views: Vec<_> = items.iter().map(|item| PlanItemView::new(item, &around)).collect();
            Ok::<_, PlanError>((views, position))
        })
        .await?;
    Ok(reply::ok(&PlanItemPage::new(views, page::next(&app, list, position))))
}

/// Read an item of a preference plan
///
/// Missing for those who may not see its hotel, or sensitive things there.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:read"])),
    params(("plan_item_id" = uuid::Uuid, Path, description = "Id of the item", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0")),
    responses(
        (status = 200, description = "The item.", body = PlanItemView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/plan-items/{plan_item_id}")]
pub async fn get_plan_item(
    app: web::Data<App>,
    by: Can<PlansRead>,
    id: PathId<PlanItemId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    let readable = by.principal.sight(Scope::GuestsRead);
    let cx = by.cx;
    let view = app
        .read(move |r| {
            let item = service::item(r, &cx, &clearance, id.0)?;
            let around = around(r, &cx, readable.as_ref(), std::slice::from_ref(&item))?;
            Ok::<_, PlanError>(PlanItemView::new(&item, &around))
        })
        .await?;
    Ok(unless_known(&request, view.version, &view))
}

/// Say that an item was done
///
/// One that could not be done has to be reopened first.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:write"])),
    params(
        ("plan_item_id" = uuid::Uuid, Path, description = "Id of the item", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The item as it is now.", body = PlanItemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/plan-items/{plan_item_id}/done")]
pub async fn complete_plan_item(
    app: web::Data<App>,
    by: Can<PlansWrite>,
    id: PathId<PlanItemId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    decide(&app, by, id.0, expected, Outcome::Done).await
}

/// Say that an item could not be done
///
/// With the reason. One that was done has to be reopened first.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:write"])),
    params(
        ("plan_item_id" = uuid::Uuid, Path, description = "Id of the item", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(content = PlanItemRefusal, description = "The reason.", example = json!({"reason": "荞麦枕送洗"})),
    responses((status = 200, description = "The item as it is now.", body = PlanItemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/plan-items/{plan_item_id}/not-possible")]
pub async fn refuse_plan_item(
    app: web::Data<App>,
    by: Can<PlansWrite>,
    id: PathId<PlanItemId>,
    expected: IfMatch,
    body: Valid<PlanItemRefusal>,
) -> Result<HttpResponse, Problem> {
    decide(&app, by, id.0, expected, body.command).await
}

/// Reopen an item
///
/// Takes back that it was done, or could not be done.
#[utoipa::path(
    tag = "plans",
    security(("bearer" = ["plans:write"])),
    params(
        ("plan_item_id" = uuid::Uuid, Path, description = "Id of the item", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The item as it is now.", body = PlanItemView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/plan-items/{plan_item_id}/reopen")]
pub async fn reopen_plan_item(
    app: web::Data<App>,
    by: Can<PlansWrite>,
    id: PathId<PlanItemId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    decide(&app, by, id.0, expected, Outcome::Reopened).await
}

async fn decide(
    app: &App,
    by: Can<PlansWrite>,
    id: PlanItemId,
    expected: IfMatch,
    outcome: Outcome,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    let readable = by.principal.sight(Scope::GuestsRead);
    app.commit(by.cx, None, move |tx, cx| {
        let item = service::decide(tx, cx, &clearance, id, &expected.0, outcome)?;
        let around = around(tx, cx, readable.as_ref(), std::slice::from_ref(&item))?;
        Ok::<_, PlanError>(reply::changed(item.version, &PlanItemView::new(&item, &around)))
    })
    .await
}
