//! The HTTP side of preference plans.

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(_config: &mut ServiceConfig<'_>) {}
