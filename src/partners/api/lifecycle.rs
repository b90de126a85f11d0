//! Changes of a partner's state: `POST /v1/partners/{partner_id}/confirm`, `/archive`, `/restore`, `/merge`, `/unmerge`.

use actix_web::{HttpResponse, post, web};

use crate::kit::ids::PartnerId;
use crate::partners::api::resources::example;
use crate::partners::api::wire::{PartnerMerge, PartnerView};
use crate::partners::error::PartnerError;
use crate::partners::{merging, service};
use crate::web::access::{Can, PartnersWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Confirm a partner
///
/// Says that a partner which came with a delivery is one to work with. An active one stays as it is.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The partner as it is now.", body = PartnerView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/partners/{partner_id}/confirm")]
pub async fn confirm_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    id: PathId<PartnerId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let partner = service::confirm(tx, cx, id.0, &expected.0)?;
        Ok::<_, PartnerError>(reply::changed(partner.version, &PartnerView::from(&partner)))
    })
    .await
}

/// Archive a partner
///
/// The partner is out of lists and its code is free for others. Its references still lead to it, and it can be restored.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The partner as it is now.", body = PartnerView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/partners/{partner_id}/archive")]
pub async fn archive_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    id: PathId<PartnerId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let partner = service::archive(tx, cx, id.0, &expected.0)?;
        Ok::<_, PartnerError>(reply::changed(partner.version, &PartnerView::from(&partner)))
    })
    .await
}

/// Restore a partner
///
/// Takes an archived partner back into use with the status it had; 409 `already_taken` when its code was given to another.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The partner as it is now.", body = PartnerView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/partners/{partner_id}/restore")]
pub async fn restore_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    id: PathId<PartnerId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let partner = service::restore(tx, cx, id.0, &expected.0)?;
        Ok::<_, PartnerError>(reply::changed(partner.version, &PartnerView::from(&partner)))
    })
    .await
}

/// Merge a partner into another one
///
/// The partner becomes part of the other one: its references lead there and its stays count there. Nothing of it is lost,
/// and `POST …/unmerge` takes it back. Answers the merged partner.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    request_body(content = PartnerMerge, description = "The partner that stays.",
        example = json!({"into_partner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea1"})),
    responses((status = 200, description = "The partner as it is now.", body = PartnerView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/partners/{partner_id}/merge")]
pub async fn merge_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    id: PathId<PartnerId>,
    expected: IfMatch,
    body: Valid<PartnerMerge>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let partner = merging::merge(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, PartnerError>(reply::changed(partner.version, &PartnerView::from(&partner)))
    })
    .await
}

/// Take a merge of partners back
///
/// The partner stands for itself again, with its references, its stays and the status it had.
#[utoipa::path(
    tag = "partners",
    security(("bearer" = ["partners:write"])),
    params(
        ("partner_id" = uuid::Uuid, Path, description = "Id of the partner", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 200, description = "The partner as it is now.", body = PartnerView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/partners/{partner_id}/unmerge")]
pub async fn unmerge_partner(
    app: web::Data<App>,
    by: Can<PartnersWrite>,
    id: PathId<PartnerId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let partner = merging::unmerge(tx, cx, id.0, &expected.0)?;
        Ok::<_, PartnerError>(reply::changed(partner.version, &PartnerView::from(&partner)))
    })
    .await
}
