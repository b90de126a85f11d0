//! The frame around every request: its id, its language, rate limit, problem bodies, security headers, log line and
//! metrics. Everything inside sees a request as if none of this existed.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};

use crate::kit::clock::Stopwatch;
use crate::kit::language::Language;
use crate::web::app::App;
use crate::web::problem::{self, Problem};
use crate::web::{limits, metrics};

/// Header of the request id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Id of the request: the caller's own when it sent a good one, else a new one.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The language of the answer.
#[derive(Debug, Clone, Copy)]
pub struct AnswerLanguage(pub Language);

/// Answers of these are the same for everybody and hold no personal data.
const PUBLIC_PREFIXES: [&str; 6] = ["/docs", "/problems", "/openapi", "/health", "/.well-known", "/metrics"];

/// The middleware: wraps the whole application.
///
/// # Errors
/// Never: an error of the inner service becomes a problem.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody>>, Error> {
    let watch = Stopwatch::start();
    let app = request.app_data::<web::Data<App>>().cloned();
    let state = app.as_ref().map(web::Data::get_ref);
    let id = request_id(&request, state);
    let language = language(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(AnswerLanguage(language));
    let method = request.method().clone();
    let path = request.path().to_owned();
    let head = method == Method::HEAD;
    if head {
        // Routes are declared for GET; the body is dropped by the server on the way out.
        request.head_mut().method = Method::GET;
    }

    let allowance = state.and_then(|app| limits::count(app, &request));
    let refused = allowance.as_ref().is_some_and(|allowance| !allowance.allowed);
    let mut response = if refused {
        let wait = allowance.as_ref().map_or(1, |allowance| allowance.reset_seconds);
        let problem = Problem::new(problem::TOO_MANY_REQUESTS)
            .header(actix_web::http::header::RETRY_AFTER, HeaderValue::from(wait));
        let error: Error = problem.into();
        request.error_response(error)
    } else {
        let bare = request.request().clone();
        match next.call(request).await {
            Ok(response) => response.map_into_boxed_body(),
            Err(error) => ServiceResponse::from_err(error, bare),
        }
    };
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        response = into_problem(response, language, &path, &id);
    }
    if let Some(allowance) = &allowance {
        allowance.write(response.headers_mut());
    }
    finish_headers(response.headers_mut(), &path, &id);
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let seconds = watch.elapsed();
    metrics::observe(&method, &route, response.status(), seconds);
    log_line(&method, &route, response.status(), seconds, &id);
    Ok(response.map_body(|_, body| if head { EitherBody::right(BoxBody::new(Sized(body))) } else { EitherBody::left(body) }))
}

/// The body of a HEAD answer: its size is told, its bytes are not sent.
struct Sized(BoxBody);

impl MessageBody for Sized {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> actix_web::body::BodySize {
        match self.0.size() {
            actix_web::body::BodySize::Sized(_) | actix_web::body::BodySize::Stream => actix_web::body::BodySize::None,
            none => none,
        }
    }

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<web::Bytes, Self::Error>>> {
        std::task::Poll::Ready(None)
    }
}

fn request_id(request: &ServiceRequest, app: Option<&App>) -> String {
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let good = (1..=64).contains(&sent.len())
        && sent.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if good { sent.to_owned() } else { app.map(|app| app.ids.next().to_string()).unwrap_or_default() }
}

fn language(headers: &HeaderMap) -> Language {
    let header = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Language::negotiate(header)
}

/// Writes the body of an error. What carries no [`Problem`] was made by the server below us.
fn into_problem(response: ServiceResponse, language: Language, path: &str, id: &str) -> ServiceResponse {
    let carried = response.response().extensions().get::<Problem>().cloned();
    let problem = carried.unwrap_or_else(|| Problem::new(kind_of(response.status())));
    let body = problem.body(language, path, id);
    let (request, old) = response.into_parts();
    let mut new = HttpResponse::build(problem.status());
    for (name, value) in old.headers() {
        if name != CONTENT_TYPE && name != actix_web::http::header::CONTENT_LENGTH {
            new.append_header((name.clone(), value.clone()));
        }
    }
    new.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/problem+json")));
    new.insert_header((CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())));
    let text = serde_json::to_string(&body).unwrap_or_default();
    ServiceResponse::new(request, new.body(text))
}

fn kind_of(status: StatusCode) -> problem::ProblemType {
    problem::ALL
        .iter()
        .copied()
        .find(|kind| kind.status == status)
        .unwrap_or(if status.is_server_error() { problem::INTERNAL_ERROR } else { problem::MALFORMED_REQUEST })
}

fn finish_headers(headers: &mut HeaderMap, path: &str, id: &str) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(HeaderName::from_static("x-content-type-options"), "nosniff");
    set(HeaderName::from_static("referrer-policy"), "no-referrer");
    set(HeaderName::from_static("x-frame-options"), "DENY");
    set(HeaderName::from_static("strict-transport-security"), "max-age=31536000; includeSubDomains");
    headers.append(VARY, HeaderValue::from_static("Accept-Language"));
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    let public = PUBLIC_PREFIXES.iter().any(|prefix| path.starts_with(prefix));
    if !public {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(VARY, HeaderValue::from_static("Authorization"));
    }
    let csp = HeaderName::from_static("content-security-policy");
    if !headers.contains_key(&csp) {
        headers.insert(csp, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
}

/// One line a request: the route's pattern, never the path or query, which may hold names or numbers.
fn log_line(method: &Method, route: &str, status: StatusCode, took: std::time::Duration, id: &str) {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    log::info!(
        target: "hospes::access",
        method = method.as_str(), route = route, status = status.as_u16(), micros = micros, request_id = id;
        "request"
    );
}
