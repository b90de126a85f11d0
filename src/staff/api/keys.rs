//! The public keys.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpResponse, get, web};

use super::wire::{JsonWebKey, JsonWebKeySet};
use crate::web::app::App;
use crate::web::reply;

/// How long others may keep the keys: a new key is published well before they need it.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Get the public keys
///
/// The keys access tokens are signed with (RFC 7517), for services that check tokens themselves.
#[utoipa::path(
    tag = "auth",
    security(()),
    responses((status = 200, description = "The keys.", body = JsonWebKeySet, example = json!({"keys": [{
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})))
)]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(app: web::Data<App>) -> HttpResponse {
    let keys = app.keys.published().into_iter().map(JsonWebKey::from).collect();
    let mut response = reply::ok(&JsonWebKeySet { keys });
    response.headers_mut().insert(CACHE_CONTROL, KEPT);
    response
}
