//! The HTTP side of preferences, their catalogue and consents.

mod catalogue;
mod catalogue_wire;
pub mod consents;
mod needs;
mod preferences;
mod sets;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::platform::scopes::Scope;
use crate::preferences::error::PreferenceError;
use crate::preferences::model::Clearance;
use crate::web::access::Principal;
use crate::web::problem::{self, Problem};

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(catalogue::get_preference_catalogue)
        .service(catalogue::put_preference_category)
        .service(catalogue::retire_preference_category)
        .service(catalogue::put_preference_item)
        .service(catalogue::retire_preference_item)
        .service(needs::get_needs_report)
        .service(sets::get_guest_preferences)
        .service(sets::replace_guest_preferences)
        .service(preferences::create_guest_preference)
        .service(preferences::get_guest_preference)
        .service(preferences::update_guest_preference)
        .service(preferences::remove_guest_preference)
        .service(consents::list_guest_consents)
        .service(consents::create_guest_consent)
        .service(consents::get_guest_consent);
}

/// Where the caller may read and write sensitive preferences.
fn clearance(principal: &Principal) -> Clearance {
    Clearance(principal.sight(Scope::PreferencesSensitive))
}

impl From<PreferenceError> for Problem {
    fn from(error: PreferenceError) -> Self {
        match error {
            PreferenceError::NotFound => Self::not_found(),
            PreferenceError::Stale => Self::new(problem::PRECONDITION_FAILED),
            PreferenceError::NoVersion => Self::new(problem::PRECONDITION_REQUIRED),
            PreferenceError::Contradiction(between) => {
                let problem = match &between.standing {
                    Some((id, standing)) => Self::conflict("preference_contradicts", Some(id.0))
                        .with_spoken("standing", |language| standing.told(language)),
                    None => Self::conflict("preference_contradicts_hidden", None),
                };
                problem.with_spoken("wanted", |language| between.wanted.told(language))
            }
            PreferenceError::Recorded(by) => Self::already_taken(by.map(|by| by.0)),
            PreferenceError::NoConsent => Self::conflict("consent_missing", None),
            PreferenceError::Invalid(faults) => Self::invalid(faults),
            PreferenceError::State(text) => Self::conflict(text, None),
            PreferenceError::Scope(scope) => Self::forbidden(scope),
            PreferenceError::NeedsWholeGroup => {
                Self::forbidden(Scope::PreferencesConfigure.code()).detail("whole_group")
            }
            PreferenceError::Guest(error) => error.into(),
            PreferenceError::Db(error) => error.into(),
        }
    }
}
