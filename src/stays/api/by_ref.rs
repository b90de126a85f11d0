//! Stays by the id of another system: `GET` and `PUT /v1/stays/by-ref/{system}/{external_id}`.

use actix_web::{HttpRequest, HttpResponse, get, put, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::idempotency::Reply;
use crate::stays::api::resources::{location, shown};
use crate::stays::api::revenue_sight;
use crate::stays::api::view::{StayView, example};
use crate::stays::api::wire::StayDelivery;
use crate::stays::delivery::{self, Delivered, DeliveredRevenue};
use crate::stays::error::StayError;
use crate::stays::model::ExternalRef;
use crate::stays::service;
use crate::web::access::{Can, StaysRead, StaysWrite};
use crate::web::app::App;
use crate::web::conditional::{self, unless_known};
use crate::web::fields::is_system;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// What became of a message, and the stay as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StayDelivered)]
pub struct DeliveredView {
    /// What became of the message.
    #[schema(examples("created"))]
    outcome: Delivered,
    /// The stay as it is now.
    stay: StayView,
}

/// A reference in a path: one that cannot exist is the reference of nothing.
fn reference((system, id): (String, String)) -> Result<ExternalRef, Problem> {
    let good =
        is_system(&system) && (1..=120).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    if good { Ok(ExternalRef { system, id }) } else { Err(Problem::not_found()) }
}

/// Read a stay by external reference
///
/// The stay that holds the reference, a deleted one too.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:read"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "pms"),
        ("external_id" = String, Path, description = "Id of the stay there", min_length = 1, max_length = 120, example = "R-88213")
    ),
    responses(
        (status = 200, description = "The stay.", body = StayView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/stays/by-ref/{system}/{external_id}")]
pub async fn get_stay_by_ref(
    app: web::Data<App>,
    by: Can<StaysRead>,
    path: PathId<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let reference = reference(path.0)?;
    let (cx, sight) = (by.cx, revenue_sight(&by.principal));
    let (version, view) = app
        .read(move |r| {
            let stay = service::get_by_ref(r, &cx, &reference)?;
            Ok::<_, StayError>((stay.version, shown(r, &cx, &stay, &sight)?))
        })
        .await?;
    Ok(unless_known(&request, version, &view))
}

/// Deliver a stay by external reference
///
/// For machines: creates the stay of the reference, or lays what the sender says over it. Members left out stay, lists sent
/// replace, references are added; the same again changes nothing. Messages may come late, twice and in any order: of two
/// the one with the higher `source_version` counts, or where a version is missing the one with the later
/// `source_updated_at`. An older one is answered with the outcome `superseded` and the stay as it is. A deleted stay comes
/// back by a newer message only. An agency or company that nobody knows becomes a provisional partner; a merged guest is
/// followed. `If-Match` is honoured but not needed.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "pms"),
        ("external_id" = String, Path, description = "Id of the stay there", min_length = 1, max_length = 120, example = "R-88213")
    ),
    request_body(content = StayDelivery, description = "What the sender says of the stay.", example = json!({
        "source_version": 7, "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "status": "reserved",
        "guest": {"reference": {"system": "pms", "id": "G-20931"}, "name": "WANG XIAOMING"},
        "arrival_on": "2026-12-20", "nights": 2, "adults": 2, "channel": "ota",
        "agent": {"reference": {"system": "pms", "id": "A-9"}, "name": "West Lake Travel"}
    })),
    responses(
        (status = 200, description = "The stay: updated, unchanged, or newer than the message.", body = DeliveredView,
            headers(("ETag" = String, description = "Version")), example = json!({"outcome": "updated", "stay": example()})),
        (status = 201, description = "The new stay.", body = DeliveredView,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The stay")),
            example = json!({"outcome": "created", "stay": example()})),
    )
)]
#[put("/v1/stays/by-ref/{system}/{external_id}")]
pub async fn deliver_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    path: PathId<(String, String)>,
    request: HttpRequest,
    body: Valid<StayDelivery>,
) -> Result<HttpResponse, Problem> {
    let message = body.command.about(reference(path.0)?);
    let expected = conditional::if_match(&request)?;
    let sight = revenue_sight(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let names_revenue = message.revenue != DeliveredRevenue::default();
        let (stay, outcome) = delivery::deliver(tx, cx, &message, expected.as_ref())?;
        if names_revenue && !sight.covers(stay.hotel_id) {
            return Err(StayError::Scope("stays:revenue"));
        }
        let view = DeliveredView { outcome, stay: shown(tx, cx, &stay, &sight)? };
        Ok::<Reply, StayError>(match outcome {
            Delivered::Created => reply::created(location(stay.id), stay.version, &view),
            Delivered::Updated | Delivered::Unchanged | Delivered::Superseded => {
                reply::changed(stay.version, &view)
            }
        })
    })
    .await
}
