//! The only place that knows every slice: which routes there are, and the document they make.

use actix_web::App as ActixApp;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::guests;
use crate::web;

/// Mounts every documented route.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(web::health::get_liveness).service(web::health::get_readiness).configure(guests::api::duplicate_routes).configure(guests::api::merge_routes).configure(guests::api::routes);
}

/// Mounts what is served outside the document: the document itself, its page, problem pages, metrics.
pub fn undocumented(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(web::docs::openapi_json)
        .service(web::docs::docs_redirect)
        .service(web::docs::docs_page)
        .service(web::problem_pages::problem_index)
        .service(web::problem_pages::problem_page)
        .service(web::metrics::metrics)
        .default_service(actix_web::web::to(web::fallback::unmatched));
}

/// The OpenAPI document, made from the calls that mount the routes; needs no database.
pub fn document() -> OpenApi {
    let (_, document) = ActixApp::new().into_utoipa_app().openapi(web::openapi::base()).configure(routes).split_for_parts();
    web::openapi::complete(document)
}
