//! Service-level policies: `/v1/service-level-policies` and a dry run of them.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde_json::{Value, json};

use crate::service_levels::api::policy_wire::{ServiceLevelPolicies, ServiceLevelPoliciesPut};
use crate::service_levels::api::preview_wire::{ServiceLevelPreview, ServiceLevelPreviewRequest};
use crate::service_levels::configure;
use crate::service_levels::error::ServiceLevelError;
use crate::service_levels::policies::Policies;
use crate::service_levels::preview::preview;
use crate::web::access::{Can, ServiceLevelsRead, ServiceLevelsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::Valid;
use crate::web::problem::Problem;
use crate::web::reply;

/// Two rules, the last one for all.
fn rules() -> Value {
    json!([
        {"code": "reviews", "names": {"zh-CN": "网评", "en": "Reviews"}, "channels": ["ota_review", "social"],
            "targets": [{"clock": "acknowledge", "kind": "elapsed", "minutes": 480, "calendar": "office-hours"},
                {"clock": "resolve", "kind": "working_days", "working_days": 5, "calendar": "office-hours"}]},
        {"code": "all", "names": {"zh-CN": "其他", "en": "All others"},
            "targets": [{"clock": "acknowledge", "kind": "elapsed", "minutes": 5, "calendar": "round-the-clock"},
                {"clock": "attend", "kind": "elapsed", "minutes": 10, "calendar": "round-the-clock", "in_house_only": true},
                {"clock": "resolve", "kind": "working_days", "working_days": 3, "calendar": "office-hours",
                    "before_departure": {"margin_minutes": 120, "least_minutes": 30}, "warn_percent": 80}]}
    ])
}

fn example() -> Value {
    let mut rules = rules();
    for rule in rules.as_array_mut().into_iter().flatten() {
        let mut whole = json!({"hotel_ids": [], "severities": [], "channels": []});
        if let (Some(whole), Some(told)) = (whole.as_object_mut(), rule.as_object_mut()) {
            for (name, value) in whole.iter() {
                told.entry(name.clone()).or_insert_with(|| value.clone());
            }
            for target in told.get_mut("targets").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(target) = target.as_object_mut() {
                    target.entry("warn_percent").or_insert(json!(75));
                    target.entry("in_house_only").or_insert(json!(false));
                }
            }
        }
    }
    json!({"version": 2, "rules": rules})
}

/// Read the service-level policies
///
/// The ordered rules by which the clocks of complaints run: those that come with the program, or the group's
/// own in their place.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:read"])),
    responses(
        (status = 200, description = "The rules.", body = ServiceLevelPolicies, headers(("ETag" = String, description = "Version")),
            example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/service-level-policies")]
pub async fn get_service_level_policies(
    app: web::Data<App>,
    by: Can<ServiceLevelsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| Policies::load(r, by.cx.group).map_err(ServiceLevelError::from)).await?;
    Ok(unless_known(&request, found.version, &ServiceLevelPolicies::from(&found)))
}

/// Replace the service-level policies
///
/// The whole list. Clocks that run are counted anew: when one is due always follows from the rules there are.
/// For those who act for the whole group.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:write"])),
    params(("If-Match" = String, Header, description = "ETag")),
    request_body(content = ServiceLevelPoliciesPut, description = "The rules.", example = json!({"rules": rules()})),
    responses((status = 200, description = "The rules, replaced or unchanged.", body = ServiceLevelPolicies,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[put("/v1/service-level-policies")]
pub async fn put_service_level_policies(
    app: web::Data<App>,
    by: Can<ServiceLevelsWrite>,
    expected: IfMatch,
    body: Valid<ServiceLevelPoliciesPut>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let rules = body.command;
        let version = configure::put_policies(tx, cx, &expected.0, rules.clone())?;
        let view = ServiceLevelPolicies::from(&Policies::new(version, rules));
        Ok::<_, ServiceLevelError>(reply::changed(version, &view))
    })
    .await
}

/// Try the service-level policies
///
/// Tells which rule a complaint would meet, and when its clocks would be due and warn. Changes nothing.
#[utoipa::path(
    tag = "service-levels",
    security(("bearer" = ["service_levels:read"])),
    request_body(content = ServiceLevelPreviewRequest, description = "The complaint.", example = json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "severity": "general", "channel": "front_desk",
        "received_at": "2026-11-21T14:00:00Z", "departure_at": "2026-11-22T04:00:00Z"})),
    responses((status = 200, description = "The rule and its clocks.", body = ServiceLevelPreview, example = json!({
        "rule": "live", "round_the_clock": false, "clocks": [
            {"clock": "acknowledge", "due_at": "2026-11-21T14:05:00.000000Z", "warn_at": "2026-11-21T14:03:45.000000Z",
                "by_departure": false},
            {"clock": "resolve", "due_at": "2026-11-22T02:00:00.000000Z", "warn_at": "2026-11-21T23:00:00.000000Z",
                "by_departure": true}]})))
)]
#[post("/v1/service-level-policies/preview")]
pub async fn preview_service_levels(
    app: web::Data<App>,
    by: Can<ServiceLevelsRead>,
    body: Valid<ServiceLevelPreviewRequest>,
) -> Result<HttpResponse, Problem> {
    let (policy, clocks) = app.read(move |r| preview(r, &by.cx, body.command)).await?;
    Ok(reply::ok(&ServiceLevelPreview::new(&policy, &clocks)))
}
