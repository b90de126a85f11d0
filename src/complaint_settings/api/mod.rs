//! The HTTP side of the settings of complaints.

mod catalogue;
mod catalogue_wire;
mod routing;
mod routing_wire;
pub mod template_wire;
mod templates;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::complaint_settings::error::SettingsError;
use crate::platform::scopes::Scope;
use crate::web::problem::{self, Problem};

/// Mounts the operations. Fixed paths come before those with a code in their place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(catalogue::list_complaint_categories)
        .service(catalogue::suggest_complaint_categories)
        .service(catalogue::get_complaint_category)
        .service(catalogue::put_complaint_category)
        .service(catalogue::retire_complaint_category)
        .service(catalogue::list_complaint_sub_causes)
        .service(catalogue::get_complaint_sub_cause)
        .service(catalogue::put_complaint_sub_cause)
        .service(catalogue::retire_complaint_sub_cause)
        .service(routing::get_complaint_routing)
        .service(routing::put_complaint_routing)
        .service(routing::preview_complaint_routing)
        .service(templates::list_message_templates)
        .service(templates::get_message_template)
        .service(templates::put_message_template)
        .service(templates::retire_message_template)
        .service(templates::render_message_template);
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::NotFound => Self::not_found(),
            SettingsError::Stale => Self::new(problem::PRECONDITION_FAILED),
            SettingsError::NoVersion => Self::new(problem::PRECONDITION_REQUIRED),
            SettingsError::Taken => Self::already_taken(None),
            SettingsError::Invalid(faults) => Self::invalid(faults),
            SettingsError::State(text) => Self::conflict(text, None),
            SettingsError::NeedsWholeGroup => {
                Self::forbidden(Scope::ComplaintSettingsWrite.code()).detail("whole_group")
            }
            SettingsError::Db(error) => error.into(),
        }
    }
}
