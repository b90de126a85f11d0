//! `GET /v1/hotels/{hotel_id}/arrivals`.

pub mod wire;

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::flows::arrivals::api::wire::{ArrivalsBrief, example};
use crate::flows::arrivals::{Asked, BriefError, Rights, brief};
use crate::guests::notes;
use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::plans::model::Clearance;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, Principal, StaysRead};
use crate::web::app::App;
use crate::web::frame::AnswerLanguage;
use crate::web::input::{Input, Params, PathId};
use crate::web::problem::Problem;
use crate::web::reply;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_arrivals_brief);
}

impl From<BriefError> for Problem {
    fn from(error: BriefError) -> Self {
        match error {
            BriefError::Hotel(error) => error.into(),
            BriefError::Db(error) => error.into(),
            BriefError::Preference(error) => error.into(),
            BriefError::Staff(error) => error.into(),
        }
    }
}

/// What the caller may see beside stays.
pub fn rights(principal: &Principal) -> Rights {
    Rights {
        guests: principal.sight(Scope::GuestsRead),
        preferences: principal.sight(Scope::PreferencesRead),
        sensitive: Clearance(principal.sight(Scope::PreferencesSensitive)),
        notes: principal.sight(Scope::NotesRead),
        confidential: notes::Clearance(principal.sight(Scope::NotesConfidential)),
        plans: principal.sight(Scope::PlansRead),
        partners: principal.sight(Scope::PartnersRead).is_some(),
        complaints: principal.sight(Scope::ComplaintsRead),
    }
}

/// What a brief can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BriefQuery {
    /// The day; today at the hotel unless told.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-24")]
    date: Option<String>,
    /// Code of the department for which alone preferences and notes are told; all unless told. Allergies and medical needs
    /// are told to every department.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "housekeeping")]
    #[validate(length(min = 1, max = 60))]
    department: Option<String>,
}

impl Input for BriefQuery {
    type Command = (Option<NaiveDate>, Option<String>);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let date = self.date.and_then(|text| {
            let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
            if date.is_none() {
                faults.at("date", |f| f.add("date", "must be a date that exists, YYYY-MM-DD"));
            }
            date
        });
        Some((date, self.department))
    }
}

/// Read the arrivals brief of a hotel
///
/// Who comes, stays and leaves on a day, with what staff need to know of each guest: the name to say, VIP level, language,
/// what to act on with allergies first and what of it was planned and done, occasions to celebrate within the stay, notes
/// for the department, restriction, earlier complaints, partners, who looks after the guest, and how often the guest was here. Parts the
/// caller may not see are left out. Today those in the house are the guests who are checked in and not to leave today;
/// on other days they are found by their dates. At most 2000 stays a section; `truncated` tells when there are more.
#[utoipa::path(
    tag = "briefs",
    security(("bearer" = ["stays:read"])),
    params(("hotel_id" = uuid::Uuid, Path, description = "Id of the hotel", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"), BriefQuery),
    responses((status = 200, description = "The brief.", body = ArrivalsBrief, example = json!(example())))
)]
#[get("/v1/hotels/{hotel_id}/arrivals")]
pub async fn get_arrivals_brief(
    app: web::Data<App>,
    by: Can<StaysRead>,
    hotel: PathId<HotelId>,
    params: Params<BriefQuery>,
    spoken: AnswerLanguage,
) -> Result<HttpResponse, Problem> {
    let (date, department) = params.0;
    let asked = Asked { hotel: hotel.0, date, department };
    let rights = rights(&by.principal);
    let cx = by.cx;
    let found = app.read(move |r| brief(r, &cx, &rights, &asked)).await?;
    Ok(reply::ok(&ArrivalsBrief::new(&found, spoken.0)))
}
