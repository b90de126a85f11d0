//! The HTTP side of stays.

pub mod parse;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(_config: &mut ServiceConfig<'_>) {}
