//! The HTTP side of hotels and departments.

mod departments;
mod hotels;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::hotels::error::HotelError;
use crate::web::problem::{self, Problem};

/// Mounts the operations of this slice.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(hotels::list_hotels)
        .service(hotels::create_hotel)
        .service(hotels::get_hotel)
        .service(hotels::update_hotel)
        .service(departments::list_departments)
        .service(departments::create_department)
        .service(departments::get_department)
        .service(departments::update_department);
}

impl From<HotelError> for Problem {
    fn from(error: HotelError) -> Self {
        match error {
            HotelError::NotFound => Self::not_found(),
            HotelError::Stale => Self::new(problem::PRECONDITION_FAILED),
            HotelError::CodeTaken(by) => Self::already_taken(by),
            HotelError::NeedsWholeGroup => Self::forbidden("hotels:write").detail("whole_group"),
            HotelError::Closed => Self::new(problem::STATE_CONFLICT).detail("hotel_closed"),
            HotelError::Invalid(faults) => Self::invalid(faults),
            HotelError::Db(error) => error.into(),
        }
    }
}
