//! The HTTP side of stays.

pub mod by_ref;
pub mod list;
pub mod parse;
pub mod patch;
pub mod progress;
pub mod requests;
pub mod resources;
pub mod statistics;
pub mod view;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::platform::scopes::Scope;
use crate::stays::error::StayError;
use crate::stays::service::RevenueSight;
use crate::web::access::Principal;
use crate::web::problem::{self, Problem};

/// Mounts the operations. Fixed paths come before those with an id in their place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list_stays)
        .service(resources::create_stay)
        .service(by_ref::get_stay_by_ref)
        .service(by_ref::deliver_stay)
        .service(resources::get_stay)
        .service(resources::update_stay)
        .service(resources::delete_stay)
        .service(progress::mark_stay_due_in)
        .service(progress::check_in_stay)
        .service(progress::check_out_stay)
        .service(progress::cancel_stay)
        .service(progress::mark_stay_no_show)
        .service(progress::reinstate_stay)
        .service(progress::move_stay_room)
        .service(requests::list_preference_suggestions)
        .service(requests::accept_preference_suggestions)
        .service(requests::dismiss_preference_suggestions)
        .service(statistics::get_guest_statistics);
}

/// Where the caller may see what stays brought in.
fn revenue_sight(principal: &Principal) -> RevenueSight {
    RevenueSight(principal.sight(Scope::StaysRevenue))
}

impl From<StayError> for Problem {
    fn from(error: StayError) -> Self {
        match error {
            StayError::NotFound => Self::not_found(),
            StayError::Stale => Self::new(problem::PRECONDITION_FAILED),
            StayError::ReferenceTaken(holder) => Self::already_taken(holder.map(Into::into)),
            StayError::Invalid(faults) => Self::invalid(faults),
            StayError::Move { status, allowed } => {
                let text = if allowed.is_empty() { "stay_no_move" } else { "stay_move" };
                Self::new(problem::STATE_CONFLICT).detail(text).with_label("status", status).allowed(&allowed)
            }
            StayError::State(text) => Self::new(problem::STATE_CONFLICT).detail(text),
            StayError::Scope(scope) => Self::forbidden(scope),
            StayError::Preference(error) => error.into(),
            StayError::Db(error) => error.into(),
        }
    }
}
