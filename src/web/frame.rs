//! The frame around every request: its id, its language, problem bodies, security headers, log line and metrics.
//! Everything inside sees a request as if none of this existed.

use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use futures_util::FutureExt;

use crate::kit::clock::Stopwatch;
use crate::kit::language::Language;
use crate::web::app::App;
use crate::web::problem::{self, Problem};
use crate::web::{fallback, metrics};

/// Header of the request id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Id of the request: the caller's own when it sent a good one, else a new one.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The language of the answer.
#[derive(Debug, Clone, Copy)]
pub struct AnswerLanguage(pub Language);

impl actix_web::FromRequest for AnswerLanguage {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let language = request.extensions().get::<Self>().copied();
        std::future::ready(Ok(language.unwrap_or(Self(Language::default()))))
    }
}

/// The `Accept-Patch` header (RFC 5789 3.1), on versioned resources whose path takes a `PATCH`.
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
const PATCH_MEDIA: &str = "application/json, application/merge-patch+json";

/// Answers of these are the same for everybody and hold no personal data.
const PUBLIC_PREFIXES: [&str; 6] = ["/docs", "/problems", "/openapi", "/health", "/.well-known", "/metrics"];

/// The middleware: wraps the whole application.
///
/// # Errors
/// The finished 500 answer of a request whose handler panicked: the request is gone with the handler, and an error
/// is the one answer that needs none.
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

    let mut response = match AssertUnwindSafe(async move { next.call(request).await }).catch_unwind().await {
        Ok(response) => response?.map_into_boxed_body(),
        Err(_) => {
            // What it said stays untold: it may hold what the client sent. The place is in the log already.
            log::error!(request_id = id.as_str(), method = method.as_str(); "a handler panicked");
            let response = panicked(language, &path, &id);
            answered(&method, "panicked", response.status(), &watch, &id);
            return Err(InternalError::from_response("panicked", response).into());
        }
    };
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        response = into_problem(response, language, &path, &id);
    }
    finish_headers(response.headers_mut(), &path, &id);
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    if status == StatusCode::OK && response.headers().contains_key(ETAG) && fallback::takes_patch(&route) {
        response.headers_mut().insert(ACCEPT_PATCH, HeaderValue::from_static(PATCH_MEDIA));
    }
    answered(&method, &route, response.status(), &watch, &id);
    Ok(response.map_body(|_, body| {
        if head { EitherBody::right(BoxBody::new(Sized(body))) } else { EitherBody::left(body) }
    }))
}

/// The body of a HEAD answer: its size is told, its bytes are not sent.
struct Sized(BoxBody);

impl MessageBody for Sized {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> actix_web::body::BodySize {
        match self.0.size() {
            actix_web::body::BodySize::Sized(_) | actix_web::body::BodySize::Stream => {
                actix_web::body::BodySize::None
            }
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
    let (request, old) = response.into_parts();
    let mut new = written(&problem, language, path, id);
    for (name, value) in old.headers() {
        // What describes the body described the one that was dropped.
        if ![CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING].contains(name) {
            new.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, new)
}

/// A problem as a response.
fn written(problem: &Problem, language: Language, path: &str, id: &str) -> HttpResponse {
    let body = problem.body(language, path, id);
    HttpResponse::build(problem.status())
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/problem+json")))
        .insert_header((CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())))
        .body(serde_json::to_string(&body).unwrap_or_default())
}

/// The answer of a request whose handler panicked.
fn panicked(language: Language, path: &str, id: &str) -> HttpResponse {
    let mut response = written(&Problem::new(problem::INTERNAL_ERROR), language, path, id);
    finish_headers(response.headers_mut(), path, id);
    response
}

fn kind_of(status: StatusCode) -> problem::ProblemType {
    problem::ALL.iter().copied().find(|kind| kind.status == status).unwrap_or(if status.is_server_error() {
        problem::INTERNAL_ERROR
    } else {
        problem::MALFORMED_REQUEST
    })
}

fn finish_headers(headers: &mut HeaderMap, path: &str, id: &str) {
    let mut set =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
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

/// Counts and logs an answer.
fn answered(method: &Method, route: &str, status: StatusCode, watch: &Stopwatch, id: &str) {
    let took = watch.elapsed();
    metrics::observe(method, route, status, took);
    log_line(method, route, status, took, id);
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

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpRequest, HttpResponse, web};
    use serde_json::Value;

    async fn answer(request: HttpRequest) -> HttpResponse {
        assert!(request.path() != "/panics", "the caller's secret");
        HttpResponse::Ok().body("well")
    }

    #[actix_web::test]
    async fn a_panic_is_answered_with_a_problem_that_repeats_nothing() {
        let routes = App::new().wrap(from_fn(super::frame)).default_service(web::to(answer));
        let service = init_service(routes).await;
        let request = TestRequest::get().uri("/panics").insert_header(("x-request-id", "r-1")).to_request();
        let error = try_call_service(&service, request).await.err().unwrap();
        let response = error.error_response();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
        assert_eq!(response.headers().get("x-request-id").unwrap(), "r-1");
        let text = to_bytes(response.into_body()).await.unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("secret"));
        let problem: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((&problem["code"], &problem["instance"]), (&"internal_error".into(), &"/panics".into()));

        let request = TestRequest::get().uri("/lives").to_request();
        assert_eq!(try_call_service(&service, request).await.unwrap().status(), 200);
    }
}
