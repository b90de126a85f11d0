//! Lists, creation, reading and changing of partners: `/v1/partners` and `/v1/partners/{partner_id}`.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use validator::Validate;

use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::PartnerId;
use crate::partners::api::wire::{PartnerCreate, PartnerPage, PartnerPatch, PartnerView};
use crate::partners::error::PartnerError;
use crate::partners::model::{PartnerStatus, PartnerType};
use crate::partners::repo::{PartnerFilter, Position};
use crate::partners::{index, service};
use crate::web::access::{Can, PartnersRead, PartnersWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, Valid};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// What a list of partners can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PartnerQuery {
    /// Search words: Chinese characters anywhere in a name; beginnings of Latin words, of pinyin and of its initials; the
    /// beginning of the code. Letter case, width and accents do not matter.
    #[param(nullable = false, min_length = 1, max_length = 100, example = "携程")]
    #[validate(length(min = 1, max = 100))]
    q: Option<String>,
    /// Only partners of this type.
    #[serde(rename = "type")]
    #[param(inline, nullable = false, example = "ota")]
    kind: Option<PartnerType>,
    /// Statuses, comma-separated: `provisional`, `active`, `archived`, `merged`; the first two unless told.
    #[param(nullable = false, max_length = 60, example = "provisional")]
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

impl Input for PartnerQuery {
    type Command = (PartnerFilter, i64, Option<String>);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Self { q, kind, status, limit, cursor } = self;
        let ranges = q.map(|text| {
            let found = index::ranges(&text);
            if found.is_none() {
                faults.at("q", |f| f.add("search", "has nothing to search for"));
            }
            found.unwrap_or_default()
        });
        let mut statuses = Vec::new();
        for code in status.as_deref().unwrap_or("provisional,active").split(',') {
            match PartnerStatus::of(code.trim()) {
                Some(status) if !statuses.contains(&status) => statuses.push(status),
                Some(_) => {}
                None => faults.at("status", |f| {
                    f.add("unknown_value", "must be of provisional, active, archived, merged")
                }),
            }
        }
        statuses.sort();
        let filter = PartnerFilter { ranges: ranges.unwrap_or_default(), kind, status: statuses };
        Some((filter, i64::from(limit.unwrap_or(DEFAULT_LIMIT)), cursor))
    }
}

/// Where a partner is.
pub(super) fn location(id: PartnerId) -> String {
    format!("/v1/partners/{id}")
}

/// The partner that examples show.
pub(super) fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0", "version": 1, "type": "ota", "code": "CTRIP", "status": "active",
        "display_name": "携程旅行网",
        "names": [{"text": "携程旅行网", "name_type": "primary", "script": "Hani", "language": "zh-CN"},
            {"text": "Trip.com", "name_type": "alternate", "language": "en"}],
        "website": "https://www.trip.com/", "country": "CN", "external_refs": [{"system": "pms", "id": "agent-9"}],
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}

/// List partners
///
/// In the order of their names. `status=provisional` lists those that came with deliveries and wait for a look.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:read"])),
    params(PartnerQuery),
    responses((status = 200, description = "A page of partners.", body = PartnerPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/partners")]
pub async fn list_partners(
    app: web::Data<App>,
    by: Can<PartnersRead>,
    params: Params<PartnerQuery>,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "partners", &filter);
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (found, position) = app.read(move |r| service::list(r, &cx, &filter, after.as_ref(), limit)).await?;
    let next = page::next(&app, list, position);
    Ok(reply::ok(&PartnerPage::new(found.iter().map(PartnerView::from).collect(), next)))
}

/// Create a partner
///
/// Active at once. Refused with 409 `already_taken` when the code or an external reference belongs to another partner.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = PartnerCreate, description = "What is known of the partner.", example = json!({
        "type": "ota", "code": "CTRIP", "names": [{"text": "携程旅行网", "script": "Hani", "language": "zh-CN"},
            {"text": "Trip.com", "name_type": "alternate", "language": "en"}],
        "website": "https://www.trip.com/", "country": "CN", "external_refs": [{"system": "pms", "id": "agent-9"}]
    })),
    responses((status = 201, description = "The new partner.", body = PartnerView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The partner")),
        example = json!(example())))
)]
#[post("/v1/partners")]
pub async fn create_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    key: IdempotencyKey,
    body: Valid<PartnerCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let partner = service::create(tx, cx, body.command)?;
        let view = PartnerView::from(&partner);
        Ok::<_, PartnerError>(reply::created(location(partner.id), partner.version, &view))
    })
    .await
}

/// Read a partner
///
/// One that was merged is answered as it was kept, with `merged_into`: so a merge can be looked at and taken back.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:read"])),
    params(("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0")),
    responses(
        (status = 200, description = "The partner.", body = PartnerView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/partners/{partner_id}")]
pub async fn get_partner(
    app: web::Data<App>,
    by: Can<PartnersRead>,
    id: PathId<PartnerId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let partner = app.read(move |r| service::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, partner.version, &PartnerView::from(&partner)))
}

/// Change a partner
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears, lists are replaced whole.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(description = "The members to change.", content(
        (PartnerPatch = "application/json", example = json!({"notes": "月结，每月 5 日前对账。"})),
        (PartnerPatch = "application/merge-patch+json", example = json!({"notes": "月结，每月 5 日前对账。"}))
    )),
    responses((status = 200, description = "The partner as it is now.", body = PartnerView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/partners/{partner_id}")]
pub async fn update_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    id: PathId<PartnerId>,
    expected: IfMatch,
    body: Valid<PartnerPatch>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let partner = service::edit(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, PartnerError>(reply::changed(partner.version, &PartnerView::from(&partner)))
    })
    .await
}
