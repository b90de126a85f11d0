//! The HTTP side of preferences, their catalogue and consents.

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations.
pub fn routes(_config: &mut ServiceConfig<'_>) {}
