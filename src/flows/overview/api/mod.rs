//! `GET /v1/guests/{guest_id}/overview`.

pub mod wire;

use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::flows::arrivals::api::rights;
use crate::flows::overview::api::wire::{GuestOverview, example};
use crate::flows::overview::{OverviewError, Sights, overview};
use crate::kit::ids::GuestId;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, GuestsRead};
use crate::web::app::App;
use crate::web::frame::AnswerLanguage;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_guest_overview);
}

impl From<OverviewError> for Problem {
    fn from(error: OverviewError) -> Self {
        match error {
            OverviewError::Guest(error) => error.into(),
            OverviewError::Preference(error) => error.into(),
            OverviewError::Stay(error) => error.into(),
            OverviewError::Db(error) => error.into(),
        }
    }
}

/// Read all about a guest
///
/// The profile, the preferences that hold today, stays in the house, to come and past, figures over them, and what waits
/// for somebody: items of preference plans, suggested duplicates, a restriction to be reviewed. Parts the caller may not
/// see are left out. A merged guest is followed to the one it became part of.
#[utoipa::path(
    tag = "briefs",
    security(("bearer" = ["guests:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")),
    responses((status = 200, description = "The overview.", body = GuestOverview, example = json!(example())))
)]
#[get("/v1/guests/{guest_id}/overview")]
pub async fn get_guest_overview(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    id: PathId<GuestId>,
    spoken: AnswerLanguage,
) -> Result<HttpResponse, Problem> {
    let sights = Sights {
        rights: rights(&by.principal),
        stays: by.principal.sight(Scope::StaysRead),
        duplicates: by.principal.sight(Scope::DuplicatesRead),
    };
    let cx = by.cx;
    let found = app.read(move |r| overview(r, &cx, &sights, id.0)).await?;
    Ok(reply::ok(&GuestOverview::new(&found, spoken.0)))
}
