//! The HTTP side of service levels and the duty roster.

mod calendar_wire;
mod calendars;
mod policies;
mod policy_wire;
mod preview_wire;
mod shift_wire;
mod shifts;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::platform::scopes::Scope;
use crate::service_levels::error::ServiceLevelError;
use crate::web::problem::{self, Problem};

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(calendars::list_service_calendars)
        .service(calendars::get_service_calendar)
        .service(calendars::put_service_calendar)
        .service(calendars::delete_service_calendar)
        .service(policies::get_service_level_policies)
        .service(policies::put_service_level_policies)
        .service(policies::preview_service_levels)
        .service(shifts::list_duty_shifts)
        .service(shifts::create_duty_shift)
        .service(shifts::get_duty_shift)
        .service(shifts::update_duty_shift)
        .service(shifts::delete_duty_shift);
}

impl From<ServiceLevelError> for Problem {
    fn from(error: ServiceLevelError) -> Self {
        match error {
            ServiceLevelError::NotFound => Self::not_found(),
            ServiceLevelError::Stale => Self::new(problem::PRECONDITION_FAILED),
            ServiceLevelError::NoVersion => Self::new(problem::PRECONDITION_REQUIRED),
            ServiceLevelError::Invalid(faults) => Self::invalid(faults),
            ServiceLevelError::State(text) => Self::conflict(text, None),
            ServiceLevelError::NeedsWholeGroup => {
                Self::forbidden(Scope::ServiceLevelsWrite.code()).detail("whole_group")
            }
            ServiceLevelError::Db(error) => error.into(),
        }
    }
}
