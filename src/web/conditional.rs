//! Conditional requests (RFC 9110 13): `If-Match` for changes, `If-None-Match` for reads.

use actix_web::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use serde::Serialize;

use crate::kit::version::{Expected, Version};
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// The version the caller wants to change; 428 when the header is missing.
pub struct IfMatch(pub Expected);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let expected = if_match(request);
        std::future::ready(
            expected
                .and_then(|found| found.ok_or_else(|| Problem::new(problem::PRECONDITION_REQUIRED)))
                .map(Self),
        )
    }
}

/// The version the caller wants to change, where the header is not needed.
///
/// # Errors
/// 400 when the header cannot be read.
pub fn if_match(request: &HttpRequest) -> Result<Option<Expected>, Problem> {
    match request.headers().get(IF_MATCH).map(|value| value.to_str()) {
        None => Ok(None),
        Some(Err(_)) => Err(Problem::new(problem::INVALID_HEADER).with("header", "If-Match")),
        Some(Ok(text)) if text.trim() == "*" => Ok(Some(Expected::Any)),
        // What is no ETag of ours (a weak one, another server's) matches no version.
        Some(Ok(text)) => Ok(Some(Expected::OneOf(versions(text)))),
    }
}

fn versions(list: &str) -> Vec<Version> {
    list.split(',').filter_map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok()).collect()
}

/// 200 with a versioned resource, or 304 when the caller has it already.
pub fn unless_known(request: &HttpRequest, version: Version, view: &impl Serialize) -> HttpResponse {
    let known =
        request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|text| {
            // If-None-Match compares weakly: W/"3" is the same as "3".
            text.trim() == "*" || versions(&text.replace("W/", "")).contains(&version)
        });
    if known {
        return HttpResponse::NotModified().insert_header((ETAG, reply::etag(version))).finish();
    }
    reply::respond(&reply::changed(version, view), false)
}
