//! The HTTP side of partners.

mod by_ref;
mod lifecycle;
mod parse;
mod resources;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::partners::error::PartnerError;
use crate::web::problem::{self, Problem};

/// Mounts the operations. Fixed paths come before those with an id in their place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(resources::list_partners)
        .service(resources::create_partner)
        .service(by_ref::get_partner_by_ref)
        .service(by_ref::upsert_partner_by_ref)
        .service(resources::get_partner)
        .service(resources::update_partner)
        .service(lifecycle::confirm_partner)
        .service(lifecycle::archive_partner)
        .service(lifecycle::restore_partner)
        .service(lifecycle::merge_partner)
        .service(lifecycle::unmerge_partner);
}

impl From<PartnerError> for Problem {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::NotFound => Self::not_found(),
            PartnerError::Stale => Self::new(problem::PRECONDITION_FAILED),
            PartnerError::Taken(holder) => Self::already_taken(holder.map(Into::into)),
            PartnerError::Invalid(faults) => Self::invalid(faults),
            PartnerError::Merged(survivor) => {
                Self::new(problem::STATE_CONFLICT).detail("partner_merged").conflicting(survivor.0)
            }
            PartnerError::State(text) => Self::new(problem::STATE_CONFLICT).detail(text),
            PartnerError::Db(error) => error.into(),
        }
    }
}
