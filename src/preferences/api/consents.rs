//! Consents: `/v1/guests/{guest_id}/consents` and `/v1/guest-consents/{consent_id}`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{ConsentId, GuestId, HotelId};
use crate::preferences::consents::{
    self, Consent, ConsentChannel, ConsentMethod, ConsentPurpose, ConsentStatus, GiveConsent, Receipt,
};
use crate::preferences::error::PreferenceError;
use crate::web::access::{Can, ConsentsRead, ConsentsWrite};
use crate::web::app::App;
use crate::web::conditional::unless_known;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, Valid, date_of, instant_of};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// A consent of a guest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestConsent)]
pub struct ConsentView {
    /// Id of the consent.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The guest who gave it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: uuid::Uuid,
    /// The hotel for which alone it is good; the whole group when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// What for.
    #[schema(examples("sensitive_data"))]
    purpose: ConsentPurpose,
    /// By which way alone; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("email"))]
    channel: Option<ConsentChannel>,
    /// Where it stands.
    #[schema(examples("given"))]
    status: ConsentStatus,
    /// When it was given.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    given_at: String,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-01T08:30:00.000000Z"))]
    withdrawn_at: Option<String>,
    /// Last day on which it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2028-11-20"))]
    expires_on: Option<NaiveDate>,
    /// How it was given.
    #[schema(examples("written"))]
    method: ConsentMethod,
    /// What the guest was told and agreed to, or the version of that text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("敏感信息同意书 2026-03"))]
    wording: Option<String>,
    /// Where the proof is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("档案柜 A-17"))]
    evidence: Option<String>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("客人要求"))]
    withdrawal_reason: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who recorded it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    updated_by: uuid::Uuid,
}

impl From<&Consent> for ConsentView {
    fn from(consent: &Consent) -> Self {
        let Consent {
            group: _,
            id,
            guest_id,
            origin_guest_id: _,
            hotel_id,
            purpose,
            channel,
            status,
            given_at,
            withdrawn_at,
            expires_on,
            receipt: Receipt { method, wording, evidence, withdrawal_reason },
            version,
            created,
            updated,
        } = consent.clone();
        Self {
            id: id.0,
            version,
            guest_id: guest_id.0,
            hotel_id: hotel_id.map(Into::into),
            purpose,
            channel,
            status,
            given_at: given_at.to_string(),
            withdrawn_at: withdrawn_at.map(|at| at.to_string()),
            expires_on,
            method,
            wording,
            evidence,
            withdrawal_reason,
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

/// A consent to record.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestConsentCreate {
    /// The hotel for which alone it is good; the whole group when absent.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// What for.
    #[schema(examples("sensitive_data"))]
    purpose: ConsentPurpose,
    /// By which way alone; any when absent.
    #[schema(nullable = false, examples("email"))]
    channel: Option<ConsentChannel>,
    /// When it was given; now when absent.
    #[schema(nullable = false, format = DateTime, max_length = 40, examples("2026-11-21T08:30:00Z"))]
    #[validate(length(max = 40))]
    given_at: Option<String>,
    /// Last day on which it is good.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2028-11-20"))]
    expires_on: Option<String>,
    /// How it was given.
    #[schema(examples("written"))]
    method: ConsentMethod,
    /// What the guest was told and agreed to, or the version of that text.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("敏感信息同意书 2026-03"))]
    #[validate(length(min = 1, max = 2000))]
    wording: Option<String>,
    /// Where the proof is.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("档案柜 A-17"))]
    #[validate(length(min = 1, max = 500))]
    evidence: Option<String>,
}

impl Input for GuestConsentCreate {
    type Command = GiveConsent;

    fn check(self, faults: &mut Faults) -> Option<GiveConsent> {
        let Self { hotel_id, purpose, channel, given_at, expires_on, method, wording, evidence } = self;
        Some(GiveConsent {
            hotel_id: hotel_id.map(HotelId),
            purpose,
            channel,
            given_at: instant_of(faults, "given_at", given_at.as_deref()),
            expires_on: expires_on.and_then(|text| faults.at("expires_on", |f| date_of(f, &text))),
            method,
            wording,
            evidence,
        })
    }
}

/// Why a consent is withdrawn.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestConsentWithdrawal {
    /// Why; a guest owes no reason.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("客人要求"))]
    #[validate(length(min = 1, max = 500))]
    reason: Option<String>,
}

impl Input for GuestConsentWithdrawal {
    type Command = Option<String>;

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some(self.reason)
    }
}

crate::page! {
    /// A page of consents.
    GuestConsentPage of ConsentView
}

/// What a list of consents can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ConsentQuery {
    /// Only consents for this purpose.
    #[param(inline, nullable = false, example = "sensitive_data")]
    purpose: Option<ConsentPurpose>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for ConsentQuery {
    type Command = (Option<ConsentPurpose>, i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.purpose, i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor))
    }
}

/// The consent that examples show.
pub fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0", "version": 1, "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f",
        "purpose": "sensitive_data", "status": "given", "given_at": "2026-11-21T08:30:00.000000Z",
        "expires_on": "2028-11-20", "method": "written", "wording": "敏感信息同意书 2026-03",
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}

/// List the consents of a guest
///
/// Newest first, those withdrawn included.
#[utoipa::path(
    tag = "consents",
    security(("bearer" = ["consents:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"), ConsentQuery),
    responses((status = 200, description = "A page of consents.", body = GuestConsentPage, example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/guests/{guest_id}/consents")]
pub async fn list_guest_consents(
    app: web::Data<App>,
    by: Can<ConsentsRead>,
    id: PathId<GuestId>,
    params: Params<ConsentQuery>,
) -> Result<HttpResponse, Problem> {
    let (purpose, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-consents", &(id.0, purpose));
    let after = page::position(&app, list, cursor.as_deref())?;
    let (found, position) = app.read(move |r| consents::list(r, &cx, id.0, purpose, after, limit)).await?;
    let next = page::next(&app, list, position);
    Ok(reply::ok(&GuestConsentPage::new(found.iter().map(ConsentView::from).collect(), next)))
}

/// Record a consent of a guest
///
/// With `sensitive_data` as its purpose it lets preferences that tell of health, religion or disability be kept. A
/// merged guest's goes to the one it became part of, and back with an unmerge.
#[utoipa::path(
    tag = "consents",
    security(("bearer" = ["consents:write"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = GuestConsentCreate, description = "The consent.",
        example = json!({"purpose": "sensitive_data", "expires_on": "2028-11-20", "method": "written", "wording": "敏感信息同意书 2026-03"})),
    responses((status = 201, description = "The new consent.", body = ConsentView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The consent")), example = json!(example())))
)]
#[post("/v1/guests/{guest_id}/consents")]
pub async fn create_guest_consent(
    app: web::Data<App>,
    by: Can<ConsentsWrite>,
    id: PathId<GuestId>,
    key: IdempotencyKey,
    body: Valid<GuestConsentCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let consent = consents::give(tx, cx, id.0, body.command)?;
        Ok::<_, PreferenceError>(reply::created(
            format!("/v1/guest-consents/{}", consent.id),
            consent.version,
            &ConsentView::from(&consent),
        ))
    })
    .await
}

/// Read a consent
///
/// Missing for those who may not see its guest or its hotel.
#[utoipa::path(
    tag = "consents",
    security(("bearer" = ["consents:read"])),
    params(("consent_id" = uuid::Uuid, Path, description = "Id of the consent", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0")),
    responses(
        (status = 200, description = "The consent.", body = ConsentView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/guest-consents/{consent_id}")]
pub async fn get_guest_consent(
    app: web::Data<App>,
    by: Can<ConsentsRead>,
    id: PathId<ConsentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let consent = app.read(move |r| consents::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, consent.version, &ConsentView::from(&consent)))
}
