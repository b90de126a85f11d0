//! Guests by the id of another system: `GET` and `PUT /v1/guests/by-ref/{system}/{external_id}`.

use actix_web::{HttpRequest, HttpResponse, get, put, web};

use crate::guests::api::create::{example, location};
use crate::guests::api::parse::system_code;
use crate::guests::api::wire::{GuestCreate, GuestView};
use crate::guests::error::GuestError;
use crate::guests::model::ExternalRef;
use crate::guests::service::{self, Upserted};
use crate::kit::fault::Faults;
use crate::platform::idempotency::Reply;
use crate::web::access::{Can, GuestsRead, GuestsWrite};
use crate::web::app::App;
use crate::web::conditional::{self, unless_known};
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// A reference in a path: one that cannot exist is the reference of nothing.
fn reference((system, id): (String, String)) -> Result<ExternalRef, Problem> {
    let good = system_code(&mut Faults::new(), &system).is_some()
        && (1..=120).contains(&id.chars().count())
        && !id.chars().any(char::is_control);
    if good { Ok(ExternalRef { system, id }) } else { Err(Problem::not_found()) }
}

/// Read a guest by external reference
///
/// The guest that holds the reference now.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:read"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "pms"),
        ("external_id" = String, Path, description = "Id of the guest there", min_length = 1, max_length = 120, example = "G-20931")
    ),
    responses(
        (status = 200, description = "The guest.", body = GuestView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/guests/by-ref/{system}/{external_id}")]
pub async fn get_guest_by_ref(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    path: PathId<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let reference = reference(path.0)?;
    let cx = by.cx;
    let guest = app.read(move |r| service::get_by_ref(r, &cx, &reference)).await?;
    Ok(unless_known(&request, guest.version, &GuestView::from(&guest)))
}

/// Create or update a guest by external reference
///
/// For machines: creates the guest of the reference, or lays what the sender knows over it. Members left out stay, lists
/// sent replace, references are added; sending the same again changes nothing. `If-Match` is honoured but not needed.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:write"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "pms"),
        ("external_id" = String, Path, description = "Id of the guest there", min_length = 1, max_length = 120, example = "G-20931")
    ),
    request_body(content = GuestCreate, description = "What the sender knows of the guest.", example = json!({
        "names": [{"given_name": "小明", "surname": "王"}], "phones": [{"number": "+8613800138000", "primary": true}]
    })),
    responses(
        (status = 200, description = "The guest, updated or unchanged.", body = GuestView,
            headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 201, description = "The new guest.", body = GuestView,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The guest")), example = json!(example())),
    )
)]
#[put("/v1/guests/by-ref/{system}/{external_id}")]
pub async fn upsert_guest_by_ref(
    app: web::Data<App>,
    by: Can<GuestsWrite>,
    path: PathId<(String, String)>,
    request: HttpRequest,
    body: Valid<GuestCreate>,
) -> Result<HttpResponse, Problem> {
    let reference = reference(path.0)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let (guest, upserted) = service::upsert(tx, cx, reference, body.command, expected.as_ref())?;
        let view = GuestView::from(&guest);
        Ok::<Reply, GuestError>(match upserted {
            Upserted::Created => reply::created(location(guest.id.0), guest.version, &view),
            Upserted::Updated | Upserted::Unchanged => reply::changed(guest.version, &view),
        })
    })
    .await
}
