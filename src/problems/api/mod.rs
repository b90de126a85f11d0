//! The HTTP side of problems and corrective actions.

mod action_wire;
mod actions;
pub mod parse;
pub mod problem_wire;
mod problems;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::problems::error::ProblemError;
use crate::web::problem::{self, Problem};

pub use problems::example;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(problems::list_problems)
        .service(problems::create_problem)
        .service(problems::get_problem)
        .service(problems::update_problem)
        .service(problems::analyse_problem)
        .service(problems::resolve_problem)
        .service(problems::close_problem)
        .service(problems::reopen_problem)
        .service(actions::list_problem_actions)
        .service(actions::create_corrective_action)
        .service(actions::list_corrective_actions)
        .service(actions::get_corrective_action)
        .service(actions::update_corrective_action)
        .service(actions::start_corrective_action)
        .service(actions::complete_corrective_action)
        .service(actions::verify_corrective_action)
        .service(actions::cancel_corrective_action);
}

impl From<ProblemError> for Problem {
    fn from(error: ProblemError) -> Self {
        match error {
            ProblemError::NotFound => Self::not_found(),
            ProblemError::Stale => Self::new(problem::PRECONDITION_FAILED),
            ProblemError::Taken(other) => Self::already_taken(other.map(Into::into)),
            ProblemError::Invalid(faults) => Self::invalid(faults),
            ProblemError::State(text) => Self::new(problem::STATE_CONFLICT).detail(text),
            ProblemError::Needs(status, needs) => Self::new(problem::STATE_CONFLICT)
                .detail("problem_needs")
                .with_label("status", status)
                .needs(&needs),
            ProblemError::Elsewhere(other) => {
                Self::new(problem::STATE_CONFLICT).detail("problem_elsewhere").conflicting(other.0)
            }
            ProblemError::Db(error) => error.into(),
        }
    }
}
