//! The gate: counts each request against its client's quota and turns away those beyond it. It lies inside of CORS,
//! so that a page of another origin can read why it was refused.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::web::app::App;
use crate::web::limits;
use crate::web::problem::{self, Problem};

/// The middleware: wraps the routes.
///
/// # Errors
/// What the inner service answers.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody + 'static, BoxBody>>, Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let Some(allowance) = app.as_ref().and_then(|app| limits::count(app, &request)) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let mut response = if allowance.allowed {
        next.call(request).await?.map_into_left_body()
    } else {
        let problem = Problem::new(problem::TOO_MANY_REQUESTS)
            .header(RETRY_AFTER, HeaderValue::from(allowance.reset_seconds));
        request.error_response(Error::from(problem)).map_into_right_body()
    };
    allowance.write(response.headers_mut());
    Ok(response)
}
