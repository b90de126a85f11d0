//! The gate: counts each request against its client's quota, turns away those beyond it, and finds out who calls. It
//! lies inside of CORS, so that a page of another origin can read why it was refused.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::web::app::App;
use crate::web::problem::{self, Problem};
use crate::web::{access, limits};

/// The middleware: wraps the routes.
///
/// # Errors
/// What the inner service answers.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody + 'static, BoxBody>>, Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let Some((app, allowance)) = app.and_then(|app| limits::count(&app, &request).map(|count| (app, count)))
    else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let mut response = if allowance.allowed {
        access::identify(&app, request.request()).await;
        next.call(request).await?.map_into_left_body()
    } else {
        let problem = Problem::new(problem::TOO_MANY_REQUESTS)
            .header(RETRY_AFTER, HeaderValue::from(allowance.reset_seconds));
        request.error_response(Error::from(problem)).map_into_right_body()
    };
    allowance.write(response.headers_mut());
    Ok(response)
}
