//! `POST /v1/guests`.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, post, web};
use serde_json::json;

use crate::guests::api::wire::{GuestCreate, GuestView};
use crate::guests::error::GuestError;
use crate::guests::service::{self, RegisterGuest};
use crate::web::access::{Can, GuestsWrite};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::Valid;
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// Where a guest is.
pub fn location(id: uuid::Uuid) -> String {
    format!("/v1/guests/{id}")
}

/// The header by which a caller says that a look-alike is another person.
pub struct AllowDuplicate(bool);

impl FromRequest for AllowDuplicate {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header =
            request.headers().get("x-allow-duplicate").map(|value| value.to_str().unwrap_or_default());
        std::future::ready(match header {
            None | Some("false") => Ok(Self(false)),
            Some("true") => Ok(Self(true)),
            Some(_) => Err(Problem::new(problem::INVALID_HEADER).with("header", "X-Allow-Duplicate")),
        })
    }
}

/// Create a guest
///
/// Refused with 409 `possible_duplicate` and the candidates when the guest looks like an existing one; send
/// `X-Allow-Duplicate: true` to create it all the same. Refused with 409 `already_taken` when an external reference
/// belongs to another guest.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:write"])),
    params(
        ("Idempotency-Key" = String, Header, description = "Key of the request"),
        ("X-Allow-Duplicate" = Option<bool>, Header, nullable = false, description = "`true` creates the guest although it looks like an existing one.", example = false)
    ),
    request_body(content = GuestCreate, description = "What is known of the guest.", example = json!({
        "names": [{"name_type": "primary", "given_name": "小明", "surname": "王", "language": "zh-CN"},
            {"name_type": "alternate", "given_name": "Xiaoming", "surname": "Wang", "language": "en"}],
        "gender": "male", "birth_date": "1988-05-17", "nationality": "CN", "preferred_language": "zh-CN",
        "phones": [{"number": "+8613800138000", "use": "mobile", "primary": true}],
        "emails": [{"address": "wang.xiaoming@example.com", "primary": true}],
        "external_refs": [{"system": "pms", "id": "G-20931"}], "vip_level": "vip2", "tags": ["returning"]
    })),
    responses((status = 201, description = "The new guest.", body = GuestView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The guest")),
        example = json!(example())))
)]
#[post("/v1/guests")]
pub async fn create_guest(
    app: web::Data<App>,
    by: Can<GuestsWrite>,
    key: IdempotencyKey,
    allow: AllowDuplicate,
    body: Valid<GuestCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let new = RegisterGuest { profile: body.command, allow_duplicate: allow.0 };
        let guest = service::register(tx, cx, new)?;
        Ok::<_, GuestError>(reply::created(location(guest.id.0), guest.version, &GuestView::from(&guest)))
    })
    .await
}

/// The guest that examples show.
pub fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "version": 1, "status": "active", "display_name": "王小明",
        "names": [{"name_type": "primary", "given_name": "小明", "surname": "王", "language": "zh-CN"}],
        "gender": "male", "birth_date": "1988-05-17", "nationality": "CN", "citizenships": [], "languages": ["zh-CN"],
        "preferred_language": "zh-CN",
        "phones": [{"number": "+8613800138000", "use": "mobile", "primary": true, "verified": false}],
        "emails": [{"address": "wang.xiaoming@example.com", "use": "home", "primary": true, "verified": false, "is_ota_alias": false}],
        "addresses": [], "messaging": [], "vip_level": "vip2", "tags": ["returning"],
        "external_refs": [{"system": "pms", "id": "G-20931"}], "match_keys": [], "custom_fields": {},
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}
