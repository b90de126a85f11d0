//! From results to responses: [`Reply`] values for mutations, and plain bodies for reads.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION};
use serde::Serialize;

use crate::kit::version::Version;
use crate::platform::idempotency::Reply;

/// Marks an answer that was given before under the same idempotency key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The strong ETag of a version.
pub fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

/// 201 with the new resource and where it is.
pub fn created(location: String, version: Version, view: &impl Serialize) -> Reply {
    Reply { status: 201, etag: Some(etag(version)), location: Some(location), body: json(view) }
}

/// 200 with a versioned resource.
pub fn changed(version: Version, view: &impl Serialize) -> Reply {
    Reply { status: 200, etag: Some(etag(version)), location: None, body: json(view) }
}

/// 200 with something that has no version of its own.
pub fn plain(view: &impl Serialize) -> Reply {
    Reply { status: 200, etag: None, location: None, body: json(view) }
}

/// 202: the job was taken, and where to ask for it.
pub fn accepted(location: String, version: Version, view: &impl Serialize) -> Reply {
    Reply { status: 202, etag: Some(etag(version)), location: Some(location), body: json(view) }
}

/// 204: done, nothing to say.
pub fn gone() -> Reply {
    Reply { status: 204, etag: None, location: None, body: String::new() }
}

fn json(view: &impl Serialize) -> String {
    // Views are plain structs of texts and numbers: they always serialise.
    serde_json::to_string(view).unwrap_or_default()
}

/// The response for a reply.
pub fn respond(reply: &Reply, replayed: bool) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if let Some(etag) = &reply.etag {
        response.insert_header((ETAG, etag.as_str()));
    }
    if let Some(location) = &reply.location {
        response.insert_header((LOCATION, location.as_str()));
    }
    if reply.status == 202 {
        response.insert_header(("retry-after", "1"));
    }
    if replayed {
        response.insert_header((REPLAYED, "true"));
    }
    if reply.body.is_empty() {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
    response.body(reply.body.clone())
}

/// 200 with a body.
pub fn ok(view: &impl Serialize) -> HttpResponse {
    respond(&plain(view), false)
}

/// Whether a request accepts a media type (`Accept` absent accepts all; quality values other than 0 are equal).
pub fn accepts(request: &actix_web::HttpRequest, media: &str) -> bool {
    let Some(header) = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()) else {
        return true;
    };
    let family = media.split('/').next().unwrap_or_default();
    header.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)));
        !refused && (name == "*/*" || name.eq_ignore_ascii_case(media) || name == format!("{family}/*"))
    })
}
