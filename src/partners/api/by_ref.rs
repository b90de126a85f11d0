//! Partners by the id of another system: `GET` and `PUT /v1/partners/by-ref/{system}/{external_id}`.

use actix_web::{HttpRequest, HttpResponse, get, put, web};

use crate::partners::api::resources::{example, location};
use crate::partners::api::wire::{PartnerCreate, PartnerView};
use crate::partners::error::PartnerError;
use crate::partners::model::ExternalRef;
use crate::partners::service::{self, Upserted};
use crate::platform::idempotency::Reply;
use crate::web::access::{Can, PartnersRead, PartnersWrite};
use crate::web::app::App;
use crate::web::conditional::{self, unless_known};
use crate::web::fields::is_system;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// A reference in a path: one that cannot exist is the reference of nothing.
fn reference((system, id): (String, String)) -> Result<ExternalRef, Problem> {
    let good =
        is_system(&system) && (1..=120).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    if good { Ok(ExternalRef { system, id }) } else { Err(Problem::not_found()) }
}

/// Read a partner by external reference
///
/// The partner that the reference leads to now: that of a merged partner leads to the one it became.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:read"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "pms"),
        ("external_id" = String, Path, description = "Id of the partner there", min_length = 1, max_length = 120, example = "agent-9")
    ),
    responses(
        (status = 200, description = "The partner.", body = PartnerView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/partners/by-ref/{system}/{external_id}")]
pub async fn get_partner_by_ref(
    app: web::Data<App>,
    by: Can<PartnersRead>,
    path: PathId<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let reference = reference(path.0)?;
    let partner = app.read(move |r| service::get_by_ref(r, &by.cx, &reference)).await?;
    Ok(unless_known(&request, partner.version, &PartnerView::from(&partner)))
}

/// Create or update a partner by external reference
///
/// For machines: creates the partner of the reference, active at once, or lays what the sender knows over the one it leads
/// to. Members left out stay, names replace, references are added; sending the same again changes nothing. `If-Match` is
/// honoured but not needed.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "pms"),
        ("external_id" = String, Path, description = "Id of the partner there", min_length = 1, max_length = 120, example = "agent-9")
    ),
    request_body(content = PartnerCreate, description = "What the sender knows of the partner.", example = json!({
        "type": "travel_agency", "names": [{"text": "West Lake Travel"}], "country": "CN"
    })),
    responses(
        (status = 200, description = "The partner, updated or unchanged.", body = PartnerView,
            headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 201, description = "The new partner.", body = PartnerView,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The partner")), example = json!(example())),
        (status = 409, description = "The partner is archived, or a code or reference belongs to another one.",
            body = crate::web::problem::ProblemBody, content_type = "application/problem+json", example = json!({
                "type": "/problems/state-conflict", "title": "State conflict", "status": 409,
                "detail": "The partner is archived: restore it first.", "instance": "/v1/partners/by-ref/pms/agent-9",
                "code": "state_conflict", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))
    )
)]
#[put("/v1/partners/by-ref/{system}/{external_id}")]
pub async fn upsert_partner_by_ref(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    path: PathId<(String, String)>,
    request: HttpRequest,
    body: Valid<PartnerCreate>,
) -> Result<HttpResponse, Problem> {
    let reference = reference(path.0)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let (partner, upserted) = service::upsert(tx, cx, reference, body.command, expected.as_ref())?;
        let view = PartnerView::from(&partner);
        Ok::<Reply, PartnerError>(match upserted {
            Upserted::Created => reply::created(location(partner.id), partner.version, &view),
            Upserted::Updated | Upserted::Unchanged => reply::changed(partner.version, &view),
        })
    })
    .await
}
