//! The documentation page and the document itself, served from the binary without any outside request.

use std::sync::{Arc, OnceLock};

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::Value;
use utoipa_swagger_ui::Config;

use crate::web::problem::Problem;

/// The document as JSON text, as served and as checked in.
pub fn document_text(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

static DOCUMENT: OnceLock<Arc<str>> = OnceLock::new();

/// Keeps the text of the document for serving.
pub fn publish(document: &Value) {
    DOCUMENT.get_or_init(|| document_text(document).into());
}

/// The OpenAPI document. Outside itself.
#[get("/openapi.json")]
pub async fn openapi_json() -> HttpResponse {
    let text = DOCUMENT.get().map(ToString::to_string).unwrap_or_default();
    HttpResponse::Ok().content_type("application/json").body(text)
}

/// To the page.
#[get("/docs")]
pub async fn docs_redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("location", "/docs/")).finish()
}

/// The page and its files.
///
/// # Errors
/// 404 for a file that is not part of it.
#[get("/docs/{file:.*}")]
pub async fn docs_page(file: web::Path<String>, _request: HttpRequest) -> Result<HttpResponse, Problem> {
    let config =
        Config::from("/openapi.json").try_it_out_enabled(true).persist_authorization(false).filter(true);
    match utoipa_swagger_ui::serve(&file, Arc::new(config)) {
        Ok(Some(found)) => Ok(HttpResponse::Ok()
            .content_type(found.content_type)
            .insert_header((
                "content-security-policy",
                "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
                 img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
            ))
            .body(found.bytes.into_owned())),
        Ok(None) => Err(Problem::not_found()),
        Err(error) => {
            log::error!("a file of the documentation page cannot be served: {error}");
            Err(Problem::new(crate::web::problem::INTERNAL_ERROR))
        }
    }
}
