//! Routing rules: `/v1/complaint-routing`.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde_json::{Value, json};

use super::routing_wire::{
    ComplaintRouting, ComplaintRoutingCase, ComplaintRoutingPreview, ComplaintRoutingPut,
};
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::routing::{self, Routing};
use crate::web::access::{Can, ComplaintSettingsRead, ComplaintSettingsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::Valid;
use crate::web::problem::Problem;
use crate::web::reply;

fn rules_example() -> Value {
    json!([
        {"name": "Food safety", "categories": ["food_safety"], "department": "food-beverage", "priority": "urgent",
            "inform": ["guest-relations"]},
        {"name": "VIPs who speak Chinese", "languages": ["zh"], "vip_at_least": 2, "department": "guest-relations"},
        {"name": "Everything else"}
    ])
}

fn example() -> Value {
    json!({"version": 2, "rules": rules_example()})
}

/// Read the routing rules
///
/// Who handles a complaint, and how soon: of the rules that a case meets, the first one counts. A group that has none of
/// its own goes by those that come with the program.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    responses(
        (status = 200, description = "The rules.", body = ComplaintRouting, headers(("ETag" = String, description = "Version")),
            example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaint-routing")]
pub async fn get_complaint_routing(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| Routing::load(r, by.cx.group).map_err(SettingsError::from)).await?;
    Ok(unless_known(&request, found.version, &ComplaintRouting::from(&found)))
}

/// Replace the routing rules
///
/// All of them at once. The last one must have no condition, so that every case meets one; names must differ. A department
/// is named by the code that hotels have for it; a hotel that has none of the code is told by a preview. For those who act
/// for the whole group.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("If-Match" = String, Header, description = "ETag")),
    request_body(content = ComplaintRoutingPut, description = "The rules, in order.", example = json!({"rules": rules_example()})),
    responses((status = 200, description = "The rules, replaced or unchanged.", body = ComplaintRouting,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[put("/v1/complaint-routing")]
pub async fn put_complaint_routing(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    expected: IfMatch,
    body: Valid<ComplaintRoutingPut>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let rules = body.command;
        let done = routing::put(tx, cx, &expected.0, rules.clone())?;
        Ok::<_, SettingsError>(reply::changed(done.version, &ComplaintRouting::new(done.version, &rules)))
    })
    .await
}

/// Try the routing rules on a case
///
/// Which rule the case meets first and what it gets by it. Nothing is written.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    request_body(content = ComplaintRoutingCase, description = "The case.",
        example = json!({"category": "food_safety", "cause_category": "product_quality", "severity": "major",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "language": "zh-CN", "vip_level": "vip2"})),
    responses((status = 200, description = "What the case would get.", body = ComplaintRoutingPreview,
        example = json!({"rule": "Safety, security and privacy", "position": 1, "department": "food-beverage",
            "department_missing": false, "priority": "urgent", "inform": ["guest-relations"]})))
)]
#[post("/v1/complaint-routing/preview")]
pub async fn preview_complaint_routing(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    body: Valid<ComplaintRoutingCase>,
) -> Result<HttpResponse, Problem> {
    let preview = app.read(move |r| routing::preview(r, &by.cx, &body.command)).await?;
    Ok(reply::ok(&ComplaintRoutingPreview::from(preview)))
}
