//! The HTTP side of jobs.

pub mod cancel;
pub mod get;
pub mod list;
pub mod rows;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::jobs::error::JobError;
use crate::platform::context::Sight;
use crate::platform::jobs::{JobKind, Seen};
use crate::web::access::Principal;
use crate::web::problem::{self, Problem};

/// Mounts the operations on jobs.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list_jobs)
        .service(get::get_job)
        .service(cancel::cancel_job)
        .service(rows::list_job_rows);
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Self {
        match error {
            JobError::NotFound => Self::not_found(),
            JobError::Stale => Self::new(problem::PRECONDITION_FAILED),
            JobError::Db(error) => error.into(),
        }
    }
}

/// What jobs a caller sees, by the scopes it has and where it has them.
fn seen(principal: &Principal) -> Result<Seen, Problem> {
    let mut seen = Seen { by: principal.staff.0.into(), all: Vec::new(), own: Vec::new() };
    for kind in JobKind::ALL {
        match principal.sight(kind.scope()) {
            Some(Sight::WholeGroup) => seen.all.push(*kind),
            Some(Sight::Hotels(_)) => seen.own.push(*kind),
            None => {}
        }
    }
    if seen.all.is_empty() && seen.own.is_empty() {
        return Err(Problem::forbidden(JobKind::GuestImport.scope().code()));
    }
    Ok(seen)
}
