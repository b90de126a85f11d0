//! The only place that knows every slice: which routes there are, and the document they make.

use actix_web::App as ActixApp;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::{DbResult, Tx};
use crate::flows::import_guests;
use crate::guests;
use crate::jobs;
use crate::kit::ids::WorkerId;
use crate::platform::context::Ctx;
use crate::platform::jobs::{Job, JobKind, Runner, StepError, StepOutcome, Workshop, work};
use crate::web;
use crate::web::app::App;

/// Mounts every documented route.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(web::health::get_liveness).service(web::health::get_readiness)
        .configure(guests::api::routes)
        .configure(import_guests::api::routes)
        .configure(jobs::api::routes);
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

/// What runs each kind of job.
const RUNNERS: &[Runner] = &[Runner { kind: JobKind::GuestImport, step: import_step }];

fn import_step(tx: &mut Tx<'_>, cx: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    import_guests::job::step(tx, cx, job, guests::api::parse::document)
}

/// One turn of the background jobs: a step of one job of each group. Returns how many steps were run; with none the
/// caller may rest a second before the next turn.
///
/// # Errors
/// When the database cannot be asked what there is to do.
pub async fn work_jobs(app: &App, worker: WorkerId) -> DbResult<usize> {
    let (db, clock, ids) = (app.db.clone(), app.clock.clone(), app.ids.clone());
    work(&Workshop { db, clock, ids, runners: RUNNERS }, worker).await
}
