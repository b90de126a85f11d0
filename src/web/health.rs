//! Health: whether the process runs, and whether it can serve. No detail, no authentication, no quota.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::app::App;
use crate::web::problem::Problem;
use crate::web::reply;

/// Set when the process begins to stop, so that load balancers look elsewhere before the listener closes.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Makes the process answer that it is not ready.
pub fn begin_stop() {
    STOPPING.store(true, Ordering::SeqCst);
}

/// Health of the process.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; anything else is a problem.
    #[schema(max_length = 20, examples("ok"))]
    pub status: &'static str,
}

/// Tell that the process runs
///
/// Answers without asking the database: restart the process when this fails.
#[utoipa::path(
    tag = "health",
    security(()),
    responses((status = 200, description = "The process runs.", body = Health, example = json!({"status": "ok"})))
)]
#[get("/health/live")]
pub async fn get_liveness() -> HttpResponse {
    reply::ok(&Health { status: "ok" })
}

/// Tell whether the process can serve
///
/// Asks the database a question and checks that no migration is pending. Send traffic only while this succeeds.
#[utoipa::path(
    tag = "health",
    security(()),
    responses((status = 200, description = "Requests can be served.", body = Health, example = json!({"status": "ok"})))
)]
#[get("/health/ready")]
pub async fn get_readiness(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    if STOPPING.load(Ordering::SeqCst) {
        return Err(Problem::unavailable(5));
    }
    app.db.ready().await.map_err(Problem::from)?;
    Ok(reply::ok(&Health { status: "ok" }))
}
