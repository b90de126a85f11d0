//! Single preferences: `POST /v1/guests/{guest_id}/preferences` and `/v1/guest-preferences/{preference_id}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};

use crate::kit::ids::{GuestId, PreferenceId};
use crate::preferences::api::clearance;
use crate::preferences::api::wire::{GuestPreferenceCreate, GuestPreferencePatch, PreferenceView, example};
use crate::preferences::error::PreferenceError;
use crate::preferences::{service, writing};
use crate::web::access::{Can, PreferencesRead, PreferencesWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Record a preference of a guest
///
/// By a code of the preference catalogue, or in words. What contradicts a preference of the guest is refused with 409,
/// which names both; so is a sensitive one without the guest's consent. A merged guest's goes to the one it became
/// part of, and back with an unmerge.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:write"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = GuestPreferenceCreate, description = "The preference.",
        example = json!({"code": "high_floor", "polarity": "like", "text": "十楼以上", "importance": 4, "urgency": 3, "confidence": 90})),
    responses((status = 201, description = "The new preference.", body = PreferenceView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The preference")), example = json!(example())))
)]
#[post("/v1/guests/{guest_id}/preferences")]
pub async fn create_guest_preference(
    app: web::Data<App>,
    by: Can<PreferencesWrite>,
    id: PathId<GuestId>,
    key: IdempotencyKey,
    body: Valid<GuestPreferenceCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    let clearance = clearance(&by.principal);
    app.commit(by.cx, once, move |tx, cx| {
        let preference = writing::add(tx, cx, &clearance, id.0, body.command)?;
        Ok::<_, PreferenceError>(reply::created(
            format!("/v1/guest-preferences/{}", preference.id),
            preference.version,
            &PreferenceView::from(&preference),
        ))
    })
    .await
}

/// Read a preference
///
/// Missing for those who may not see its guest, its hotels or sensitive preferences. One that was taken away can still
/// be read.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:read"])),
    params(("preference_id" = uuid::Uuid, Path, description = "Id of the preference", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90")),
    responses(
        (status = 200, description = "The preference.", body = PreferenceView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/guest-preferences/{preference_id}")]
pub async fn get_guest_preference(
    app: web::Data<App>,
    by: Can<PreferencesRead>,
    id: PathId<PreferenceId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    let preference = app.read(move |r| service::get(r, &by.cx, &clearance, id.0)).await?;
    Ok(unless_known(&request, preference.version, &PreferenceView::from(&preference)))
}

/// Change a preference
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears. Refused as a new one would be.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:write"])),
    params(("preference_id" = uuid::Uuid, Path, description = "Id of the preference", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(description = "The members to change.", content(
        (GuestPreferencePatch = "application/json", example = json!({"polarity": "must", "importance": 5})),
        (GuestPreferencePatch = "application/merge-patch+json", example = json!({"polarity": "must", "importance": 5}))
    )),
    responses((status = 200, description = "The preference as it is now.", body = PreferenceView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/guest-preferences/{preference_id}")]
pub async fn update_guest_preference(
    app: web::Data<App>,
    by: Can<PreferencesWrite>,
    id: PathId<PreferenceId>,
    expected: IfMatch,
    body: Valid<GuestPreferencePatch>,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let preference = writing::edit(tx, cx, &clearance, id.0, &expected.0, body.command)?;
        Ok::<_, PreferenceError>(reply::changed(preference.version, &PreferenceView::from(&preference)))
    })
    .await
}

/// Take a preference away
///
/// It is not acted on any more, and stays in the guest's history.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:write"])),
    params(("preference_id" = uuid::Uuid, Path, description = "Id of the preference", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The preference is taken away."))
)]
#[delete("/v1/guest-preferences/{preference_id}")]
pub async fn remove_guest_preference(
    app: web::Data<App>,
    by: Can<PreferencesWrite>,
    id: PathId<PreferenceId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        writing::remove(tx, cx, &clearance, id.0, &expected.0)?;
        Ok::<_, PreferenceError>(reply::gone())
    })
    .await
}
