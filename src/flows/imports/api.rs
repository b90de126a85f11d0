//! `POST /v1/guest-imports`, `/v1/stay-imports` and `/v1/complaint-imports`: take the file in as it arrives and leave the rest to a job.
//!
//! The body is read through the same unpacking and decoding as a file at the command line and kept as UTF-8 in pieces
//! of one size, each written by itself: neither memory nor a transaction grows with it. Only when all of it is there
//! does the job come into being, in one transaction with the idempotency key, which is bound to the digest of the
//! whole body: the same file under the same key answers the first job, and the copy is dropped.

mod complaints;
mod guests;
mod receive;
mod stays;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::db::DbError;
use crate::flows::imports::job::{ImportMode, ImportOptions};
use crate::jobs::api::wire::JobView;
use crate::jobs::error::JobError;
use crate::kit::fault::Faults;
use crate::platform::context::Ctx;
use crate::platform::jobs::{self, JobKind, NewJob};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, media_type};
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// Media types that are read. The content decides, not the name: both are lines of JSON, packed or not.
const MEDIA: [&str; 2] = ["application/octet-stream", "application/x-ndjson"];

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(guests::create_guest_import)
        .service(stays::create_stay_import)
        .service(complaints::create_complaint_import);
}

/// How an import is to be done.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// What happens to a guest, stay or complaint that is known already; `merge` unless told.
    #[param(inline, nullable = false, example = "merge")]
    mode: Option<ImportMode>,
    /// Check everything and change nothing; the job and its rows tell what would have become of each line.
    #[param(nullable = false, example = false)]
    dry_run: Option<bool>,
}

impl Input for ImportQuery {
    type Command = ImportOptions;

    fn check(self, _: &mut Faults) -> Option<ImportOptions> {
        let Self { mode, dry_run } = self;
        Some(ImportOptions { mode: mode.unwrap_or(ImportMode::Merge), dry_run: dry_run.unwrap_or(false) })
    }
}

/// Takes a body in and answers the job that works on it.
async fn begin(
    app: &App,
    cx: Ctx,
    kind: JobKind,
    key: IdempotencyKey,
    options: ImportOptions,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    if !MEDIA.contains(&media_type(request).as_str()) || request.headers().get(CONTENT_TYPE).is_none() {
        return Err(Problem::new(problem::UNSUPPORTED_MEDIA_TYPE));
    }
    let options = serde_json::to_value(options).unwrap_or_default();
    let new = NewJob { kind, hotel: None, options };
    let begin_cx = cx.clone();
    let id = app.db.write(move |tx| jobs::begin_upload(tx, &begin_cx, new)).await.map_err(Problem::from)?;

    let group = cx.group;
    let answer = match receive::receive(app, &cx, id, body).await {
        Ok(received) => {
            let bytes = received.bytes;
            app.commit(cx, key.over(&received.digest), move |tx, cx| {
                let job = jobs::finish_upload(tx, cx, id, bytes)?;
                Ok::<_, JobError>(reply::accepted(
                    format!("/v1/jobs/{}", job.id),
                    job.version,
                    &JobView::from(&job),
                ))
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    let is_new = answer.as_ref().is_ok_and(|answer| !answer.headers().contains_key(reply::REPLAYED));
    if !is_new {
        // Nobody waits for this: what is left here is pruned an hour later.
        let dropped: Result<(), DbError> = app.db.write(move |tx| jobs::discard_upload(tx, group, id)).await;
        if let Err(error) = dropped {
            log::warn!("an upload was left behind: {error}");
        }
    }
    answer
}
