//! `POST /v1/guest-consents/{consent_id}/withdraw`.

use actix_web::{HttpResponse, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::flows::withdrawal::withdraw;
use crate::kit::ids::ConsentId;
use crate::plans::error::PlanError;
use crate::preferences::api::consents::{ConsentView, GuestConsentWithdrawal, example};
use crate::web::access::{Can, ConsentsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Mounts the operation.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(withdraw_guest_consent);
}

/// Withdraw a consent
///
/// From now on. Sensitive preferences that no other consent covers stay in the history, but are not acted on any more:
/// what is planned for them and not decided yet is dropped.
#[utoipa::path(
    tag = "consents",
    security(("bearer" = ["consents:write"])),
    params(("consent_id" = uuid::Uuid, Path, description = "Id of the consent", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = GuestConsentWithdrawal, description = "Why.", example = json!({"reason": "客人要求"})),
    responses((status = 200, description = "The consent as it is now.", body = ConsentView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/guest-consents/{consent_id}/withdraw")]
pub async fn withdraw_guest_consent(
    app: web::Data<App>,
    by: Can<ConsentsWrite>,
    id: PathId<ConsentId>,
    expected: IfMatch,
    body: Valid<GuestConsentWithdrawal>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let consent = withdraw(tx, cx, id.0, &expected.0, body.command)?;
        Ok::<_, PlanError>(reply::changed(consent.version, &ConsentView::from(&consent)))
    })
    .await
}
