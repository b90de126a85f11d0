//! The only place that knows every slice: which routes there are, and the document they make.

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderName;
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::web::Data;
use actix_web::{App as ActixApp, Error};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::{DbResult, Tx};
use crate::flows::imports::complaints::Complaints;
use crate::flows::imports::guests::Guests;
use crate::flows::imports::stays::Stays;
use crate::flows::{arrivals, drafts, duplicate_scan, imports, improvements, overview, timeline, withdrawal};
use crate::guests::merges::{Attachment, Attachments};
use crate::kit::ids::WorkerId;
use crate::platform::context::Ctx;
use crate::platform::jobs::{Job, JobKind, Runner, StepError, StepOutcome, Workshop, work};
use crate::web::app::App;
use crate::{
    audit, catalogue, complaint_settings, complaints, events, guests, hotels, jobs, partners, plans,
    preferences, problems, recovery, service_levels, staff, stays, web,
};

/// Mounts every documented route. Fixed paths come before those with an id in their place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(web::health::get_liveness)
        .service(web::health::get_readiness)
        .configure(staff::api::routes)
        .configure(hotels::api::routes)
        .configure(arrivals::api::routes)
        .configure(overview::api::routes)
        .configure(timeline::api::routes)
        .configure(withdrawal::api::routes)
        .configure(drafts::api::routes)
        .configure(imports::api::routes)
        .configure(duplicate_scan::api::routes)
        .configure(guests::api::duplicate_routes)
        .configure(guests::api::merge_routes)
        .configure(guests::api::routes)
        .configure(partners::api::routes)
        .configure(preferences::api::routes)
        .configure(service_levels::api::routes)
        .configure(stays::api::routes)
        .configure(plans::api::routes)
        .configure(improvements::api::routes)
        .configure(problems::api::routes)
        .configure(complaints::api::routes)
        .configure(recovery::api::routes)
        .configure(complaint_settings::api::routes)
        .configure(jobs::api::routes)
        .service(audit::api::list_guest_history)
        .service(audit::api::list_complaint_timeline)
        .service(audit::api::list_audit_entries)
        .service(events::api::list_events)
        .service(catalogue::api::get_catalogue);
}

/// Mounts what is served outside the document: the document itself, its page, problem pages, metrics.
pub fn undocumented(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(web::docs::openapi_json)
        .service(web::docs::docs_redirect)
        .service(web::docs::docs_page)
        .service(web::problem_pages::problem_index)
        .service(web::problem_pages::problem_page)
        .service(complaints::api::rating::rating_page)
        .service(complaints::api::rating::rating_script)
        .service(web::metrics::metrics)
        .default_service(actix_web::web::to(web::fallback::unmatched));
}

/// The OpenAPI document, made from the calls that mount the routes; needs no database.
pub fn document() -> serde_json::Value {
    let (_, document) =
        ActixApp::new().into_utoipa_app().openapi(web::openapi::base()).configure(routes).split_for_parts();
    web::openapi::complete(&document)
}

/// Everything a worker serves: routes, fallback and what lies around them. From the outside in: the frame, which
/// turns every refusal into a problem; CORS; compression; the gate, which counts.
pub fn build(
    app: Data<App>,
    cors_origins: &[String],
) -> ActixApp<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let (bare, _) = ActixApp::new()
        .app_data(app)
        .app_data(Data::new(ATTACHMENTS))
        .into_utoipa_app()
        .configure(routes)
        .split_for_parts();
    bare.configure(undocumented)
        .wrap(from_fn(web::gate::gate))
        .wrap(Compress::default())
        .wrap(Condition::new(!cors_origins.is_empty(), cors(cors_origins)))
        .wrap(from_fn(web::frame::frame))
}

/// Lets fallback and documentation page know the document. Once a process, before the first request.
pub fn publish() {
    let document = document();
    web::fallback::learn(&document);
    web::docs::publish(&document);
}

/// Headers a page of another origin may send.
const CORS_SENT: [&str; 8] = [
    "authorization",
    "content-type",
    "accept",
    "accept-language",
    "if-match",
    "if-none-match",
    "idempotency-key",
    "x-request-id",
];
/// Headers a page of another origin may read.
const CORS_READ: [&str; 9] = [
    "etag",
    "location",
    "link",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "x-request-id",
    "content-language",
    "idempotent-replayed",
];

/// No cookies are used, so no credentials are allowed: the access token comes in a header that the page sets.
fn cors(origins: &[String]) -> Cors {
    let names =
        |list: &[&'static str]| list.iter().map(|name| HeaderName::from_static(name)).collect::<Vec<_>>();
    let base = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers(names(&CORS_SENT))
        .expose_headers(names(&CORS_READ))
        .max_age(3_600);
    origins.iter().fold(base, |cors, origin| cors.allowed_origin(origin))
}

/// What follows guests through merges.
const ATTACHMENTS: Attachments = &[
    Attachment {
        kind: "preferences",
        count: |mut reads, group, guest, origins| {
            Ok(preferences::merge::count(&mut reads, group, guest, origins)?.preferences)
        },
        hand_over: preferences::merge::hand_over,
        hand_back: preferences::merge::hand_back,
    },
    // They move with the preferences.
    Attachment {
        kind: "consents",
        count: |mut reads, group, guest, origins| {
            Ok(preferences::merge::count(&mut reads, group, guest, origins)?.consents)
        },
        hand_over: |_, _, _, _| Ok(()),
        hand_back: |_, _, _, _, _| Ok(()),
    },
    Attachment {
        kind: "stays",
        count: |mut reads, group, guest, origins| {
            Ok(stays::merge::count(&mut reads, group, guest, origins)?.stays)
        },
        hand_over: stays::merge::hand_over,
        hand_back: stays::merge::hand_back,
    },
    // They move with the stays.
    Attachment {
        kind: "stays_as_companion",
        count: |mut reads, group, guest, origins| {
            Ok(stays::merge::count(&mut reads, group, guest, origins)?.companions)
        },
        hand_over: |_, _, _, _| Ok(()),
        hand_back: |_, _, _, _, _| Ok(()),
    },
    Attachment {
        kind: "plan_items",
        count: |mut reads, group, guest, origins| plans::merge::count(&mut reads, group, guest, origins),
        hand_over: plans::merge::hand_over,
        hand_back: plans::merge::hand_back,
    },
    Attachment {
        kind: "complaints",
        count: |mut reads, group, guest, origins| complaints::merge::count(&mut reads, group, guest, origins),
        hand_over: complaints::merge::hand_over,
        hand_back: complaints::merge::hand_back,
    },
];

/// What runs each kind of job.
const RUNNERS: &[Runner] = &[
    Runner { kind: JobKind::GuestImport, step: guest_import_step },
    Runner { kind: JobKind::StayImport, step: stay_import_step },
    Runner { kind: JobKind::ComplaintImport, step: complaint_import_step },
    Runner { kind: JobKind::DuplicateScan, step: duplicate_scan::step },
];

fn guest_import_step(tx: &mut Tx<'_>, cx: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    imports::job::step(tx, cx, job, Guests { read: guests::api::parse::document, private_to: None })
}

fn stay_import_step(tx: &mut Tx<'_>, cx: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    imports::job::step(tx, cx, job, Stays { read: stays::api::parse::document, hotel: None })
}

fn complaint_import_step(tx: &mut Tx<'_>, cx: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    imports::job::step(tx, cx, job, Complaints { read: complaints::api::parse::document, hotel: None })
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
