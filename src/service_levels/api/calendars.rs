//! Service calendars: `/v1/service-calendars` and `/v1/service-calendars/{code}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, put, web};
use serde_json::{Value, json};

use crate::hotels::model::Code;
use crate::kit::cursor::ListKey;
use crate::service_levels::api::calendar_wire::{
    ServiceCalendarPage, ServiceCalendarPut, ServiceCalendarView,
};
use crate::service_levels::calendars::{Calendars, Versioned};
use crate::service_levels::configure;
use crate::service_levels::error::ServiceLevelError;
use crate::web::access::{Can, ServiceLevelsRead, ServiceLevelsWrite};
use crate::web::app::App;
use crate::web::conditional::{self, IfMatch, unless_known};
use crate::web::input::{Params, PathId, Valid};
use crate::web::page::{self, PageQuery};
use crate::web::problem::Problem;
use crate::web::reply;

fn hours(weekday: &str) -> Value {
    json!({"weekday": weekday, "from": "08:30", "to": "17:30"})
}

fn example() -> Value {
    json!({"code": "back-office", "version": 1, "names": {"zh-CN": "后台办公时间", "en": "Back office"},
        "round_the_clock": false, "weekly_hours": [hours("monday"), hours("tuesday")],
        "special_days": [{"date": "2026-10-01", "names": {"zh-CN": "国庆节", "en": "National Day"}, "hours": []},
            {"date": "2026-10-10", "names": {"zh-CN": "调休上班", "en": "Make-up working day"},
                "hours": [{"from": "08:30", "to": "17:30"}]}]})
}

fn put_example() -> Value {
    let mut body = example();
    if let Some(members) = body.as_object_mut() {
        members.retain(|name, _| name != "code" && name != "version");
    }
    body
}

/// A code in a path: one that cannot exist is the code of nothing.
fn code(path: PathId<String>) -> Result<String, Problem> {
    if Code::parse(&path.0).is_some() { Ok(path.0) } else { Err(Problem::not_found()) }
}

/// List service calendars
///
/// By code: those that come with the program, with what the group changed of them or added.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:read"])),
    params(PageQuery),
    responses((status = 200, description = "A page of calendars.", body = ServiceCalendarPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/service-calendars")]
pub async fn list_service_calendars(
    app: web::Data<App>,
    by: Can<ServiceLevelsRead>,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (asked, group) = (query.0, by.cx.group);
    let list = ListKey::new(group, "service-calendars", &());
    let after: Option<String> = page::position(&app, list, asked.cursor.as_deref())?;
    let calendars = app.read(move |r| Calendars::load(r, group).map_err(ServiceLevelError::from)).await?;
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let mut rest = calendars.iter().filter(|(code, _)| after.as_deref().is_none_or(|after| *code > after));
    let items: Vec<(&str, &Versioned)> = rest.by_ref().take(limit).collect();
    let position = items.last().map(|(code, _)| (*code).to_owned()).filter(|_| rest.next().is_some());
    let views = items.iter().map(|(code, calendar)| ServiceCalendarView::new(code, calendar)).collect();
    Ok(page::answer(&request, &ServiceCalendarPage::new(views, page::next(&app, list, position))))
}

/// Read a service calendar
///
/// Times are local to the hotel whose clocks run in it. Where clocks are changed, a time that is skipped
/// means the first instant after, and hours that begin or end at a time that comes twice begin at its first
/// and end at its second coming.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:read"])),
    params(("code" = String, Path, description = "Code of the calendar", min_length = 1, max_length = 40, example = "office-hours")),
    responses(
        (status = 200, description = "The calendar.", body = ServiceCalendarView, headers(("ETag" = String, description = "Version")),
            example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/service-calendars/{code}")]
pub async fn get_service_calendar(
    app: web::Data<App>,
    by: Can<ServiceLevelsRead>,
    path: PathId<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (code, group) = (code(path)?, by.cx.group);
    let calendars = app.read(move |r| Calendars::load(r, group).map_err(ServiceLevelError::from)).await?;
    let found = calendars.get(&code).ok_or_else(Problem::not_found)?;
    Ok(unless_known(&request, found.version, &ServiceCalendarView::new(&code, found)))
}

/// Write a service calendar
///
/// Creates it, or replaces the one there is, which `If-Match` then has to name. Clocks that run in it are
/// counted anew. For those who act for the whole group.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:write"])),
    params(("code" = String, Path, description = "Code of the calendar", min_length = 1, max_length = 40, example = "back-office"),
        ("If-Match" = Option<String>, Header, description = "ETag")),
    request_body(content = ServiceCalendarPut, description = "The calendar.", example = json!(put_example())),
    responses(
        (status = 200, description = "The calendar, replaced or unchanged.", body = ServiceCalendarView,
            headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 201, description = "The new calendar.", body = ServiceCalendarView,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The calendar")), example = json!(example()))
    )
)]
#[put("/v1/service-calendars/{code}")]
pub async fn put_service_calendar(
    app: web::Data<App>,
    by: Can<ServiceLevelsWrite>,
    path: PathId<String>,
    request: HttpRequest,
    body: Valid<ServiceCalendarPut>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let is = body.command;
        let done = configure::put_calendar(tx, cx, &code, expected.as_ref(), is.clone())?;
        let view = ServiceCalendarView::new(&code, &Versioned { is, version: done.version });
        Ok::<_, ServiceLevelError>(if done.created {
            reply::created(format!("/v1/service-calendars/{code}"), done.version, &view)
        } else {
            reply::changed(done.version, &view)
        })
    })
    .await
}

/// Delete a service calendar
///
/// Only one of the group's own that no rule names. For those who act for the whole group.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:write"])),
    params(("code" = String, Path, description = "Code of the calendar", min_length = 1, max_length = 40, example = "back-office"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The calendar is gone."))
)]
#[delete("/v1/service-calendars/{code}")]
pub async fn delete_service_calendar(
    app: web::Data<App>,
    by: Can<ServiceLevelsWrite>,
    path: PathId<String>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    app.commit(by.cx, None, move |tx, cx| {
        configure::delete_calendar(tx, cx, &code, &expected.0)?;
        Ok::<_, ServiceLevelError>(reply::gone())
    })
    .await
}
