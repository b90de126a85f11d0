//! Reading what a client sends: [`Valid`] for JSON bodies, [`Params`] for query strings, [`PathId`] for ids. All
//! faults of an input are answered at once.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use chrono::{DateTime, NaiveDate};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::kit::clock::Instant;
use crate::kit::fault::{Fault, Faults};
use crate::kit::json::{StrictJson, refuse_control_characters};
use crate::kit::patch::Patch;
use crate::web::problem::{self, Problem};

/// Largest JSON body, in bytes (SAFETY S21).
pub const LARGEST_BODY: usize = 64 * 1024;
/// Longest time a body may take to arrive (SAFETY D8).
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// An input that knows how to turn itself into a command of the domain.
pub trait Input: DeserializeOwned + Validate {
    /// What the service takes.
    type Command;
    /// Largest body, in bytes as sent.
    const LARGEST: usize = LARGEST_BODY;

    /// Parses the members; every fault is noted. `None` only when at least one was.
    fn check(self, faults: &mut Faults) -> Option<Self::Command>;
}

/// A JSON body, read, checked and turned into its command.
pub struct Valid<T: Input> {
    /// The command.
    pub command: T::Command,
    /// SHA-256 of the body as it came, for the idempotency record.
    pub digest: [u8; 32],
}

impl<T: Input + 'static> FromRequest for Valid<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media = media_type(request);
        let patch = request.method() == actix_web::http::Method::PATCH;
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let known = media == "application/json" || (patch && media == "application/merge-patch+json");
            if !known {
                return Err(Problem::new(problem::UNSUPPORTED_MEDIA_TYPE));
            }
            let payload = payload.await.map_err(|_| Problem::new(problem::MALFORMED_REQUEST))?;
            let bytes = collect(payload, T::LARGEST).await?;
            let digest = Sha256::digest(&bytes).into();
            Ok(Self { command: parse::<T>(&bytes)?, digest })
        })
    }
}

/// The media type of the body, lower case, without parameters.
pub fn media_type(request: &HttpRequest) -> String {
    let header =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn collect(mut payload: web::Payload, largest: usize) -> Result<Vec<u8>, Problem> {
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| Problem::new(problem::MALFORMED_REQUEST))?;
            if bytes.len().saturating_add(part.len()) > largest {
                return Err(Problem::new(problem::PAYLOAD_TOO_LARGE).with("limit", largest));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    };
    tokio::time::timeout(BODY_DEADLINE, reading).await.map_err(|_| Problem::new(problem::REQUEST_TIMEOUT))?
}

/// Reads a JSON text into a command.
///
/// # Errors
/// 400 when it is not JSON, 422 with every fault found when its values are invalid.
pub fn parse<T: Input>(bytes: &[u8]) -> Result<T::Command, Problem> {
    let StrictJson(value) = serde_json::from_slice(bytes).map_err(|error| {
        Problem::new(problem::MALFORMED_REQUEST)
            .detail("malformed_json")
            .with("line", error.line())
            .with("column", error.column())
    })?;
    read_value::<T>(value).map_err(Problem::invalid)
}

/// Reads a JSON value into a command.
///
/// # Errors
/// Every fault found.
pub fn read_value<T: Input>(value: serde_json::Value) -> Result<T::Command, Vec<Fault>> {
    let mut faults = Faults::new();
    refuse_control_characters(&value, &mut faults);
    if !faults.is_empty() {
        return Err(faults.into_vec());
    }
    // Read as the members of a struct in their order, an array would be taken for the object it is not.
    if !value.is_object() {
        return Err(vec![Fault {
            pointer: String::new(),
            code: "wrong_type".to_owned(),
            message: "must be an object".to_owned(),
        }]);
    }
    let input: T = serde_path_to_error::deserialize(value).map_err(|error| vec![shape_fault(&error)])?;
    checked(input)
}

/// Validates an input that could be read.
///
/// # Errors
/// Every fault found, those of bounds first.
pub fn checked<T: Input>(input: T) -> Result<T::Command, Vec<Fault>> {
    let mut faults = Faults::new();
    if let Err(errors) = input.validate() {
        faults.extend(bound_faults(&errors, String::new()));
    }
    let command = input.check(&mut faults);
    faults.finish(command)
}

/// The fault of a value of the wrong shape: an unknown member, a missing one, a wrong type.
pub fn shape_fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let mut pointer = String::new();
    for segment in error.path() {
        use serde_path_to_error::Segment;
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            }
            Segment::Enum { variant } => pointer.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    let text = error.inner().to_string();
    let (code, message) = if text.starts_with("unknown field") {
        ("unknown_member", "is not a member of this object".to_owned())
    } else if let Some(name) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        pointer.push_str(&format!("/{name}"));
        ("required", "is required".to_owned())
    } else if text.starts_with("unknown variant") {
        ("unknown_value", "is not one of the values allowed here".to_owned())
    } else {
        ("wrong_type", "has the wrong type".to_owned())
    };
    Fault { pointer, code: code.to_owned(), message }
}

/// The faults of bounds that the validator found below `path`.
pub fn bound_faults(errors: &ValidationErrors, path: String) -> Vec<Fault> {
    let mut found = Vec::new();
    for (member, kind) in errors.errors() {
        // A fault of the whole object is filed under this name by the validator.
        let here = if member == "__all__" { path.clone() } else { format!("{path}/{member}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => found.extend(bound_faults(inner, here)),
            ValidationErrorsKind::List(items) => {
                for (at, inner) in items {
                    found.extend(bound_faults(inner, format!("{here}/{at}")));
                }
            }
            ValidationErrorsKind::Field(list) => {
                found.extend(list.iter().map(|error| Fault {
                    pointer: here.clone(),
                    code: error.code.to_string(),
                    message: bound_message(error),
                }));
            }
        }
    }
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found
}

fn bound_message(error: &validator::ValidationError) -> String {
    if let Some(message) = &error.message {
        return message.to_string();
    }
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    match (error.code.as_ref(), bound("min"), bound("max")) {
        ("length", Some(min), Some(max)) => format!("must have {min} to {max} characters or items"),
        ("length", None, Some(max)) => format!("must have at most {max} characters or items"),
        ("length", Some(min), None) => format!("must have at least {min} characters or items"),
        ("range", Some(min), Some(max)) => format!("must be {min} to {max}"),
        ("range", Some(min), None) => format!("must be at least {min}"),
        ("range", None, Some(max)) => format!("must be at most {max}"),
        _ => "is not valid".to_owned(),
    }
}

/// A query string, read and checked. Unknown parameters are refused.
pub struct Params<T: Input>(pub T::Command);

impl<T: Input + 'static> FromRequest for Params<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read_query::<T>(request.query_string()).map(Self))
    }
}

/// The parameter whose value cannot be read: the reader tells what is wrong with a value, but not whose it is.
fn culprit<T: Input>(query: &str) -> String {
    let bad = query.split('&').find(|pair| web::Query::<T>::from_query(pair).is_err());
    bad.and_then(|pair| pair.split('=').next()).unwrap_or_default().to_owned()
}

/// Reads a query string into a command.
///
/// # Errors
/// 400 with every fault found.
pub fn read_query<T: Input>(query: &str) -> Result<T::Command, Problem> {
    let input = web::Query::<T>::from_query(query).map_err(|error| {
        let text = error.to_string();
        let told = || text.split('`').nth(1).unwrap_or_default().to_owned();
        let (code, message, name) = if text.contains("unknown field") {
            ("unknown_parameter", "is not a parameter of this operation", told())
        } else if text.contains("duplicate field") {
            ("duplicate_parameter", "is given twice", told())
        } else if text.contains("missing field") {
            ("required", "is required", told())
        } else if text.contains("unknown variant") {
            ("unknown_value", "is not one of the values allowed here", culprit::<T>(query))
        } else {
            ("wrong_type", "has the wrong type", culprit::<T>(query))
        };
        let pointer = if name.is_empty() { String::new() } else { format!("?{name}") };
        Problem::invalid_parameters(vec![Fault {
            pointer,
            code: code.to_owned(),
            message: message.to_owned(),
        }])
    })?;
    let query_faults = |faults: Vec<Fault>| {
        let name = |pointer: String| format!("?{}", pointer.trim_start_matches('/'));
        faults.into_iter().map(|fault| Fault { pointer: name(fault.pointer), ..fault }).collect()
    };
    if query.contains("%00") {
        let fault = Fault {
            pointer: String::new(),
            code: "control_character".into(),
            message: "must not contain control characters".into(),
        };
        return Err(Problem::invalid_parameters(vec![fault]));
    }
    checked(input.into_inner()).map_err(|faults| Problem::invalid_parameters(query_faults(faults)))
}

/// Ids and other parts of the path. What cannot be an id is the id of nothing: 404.
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::from_request(request, payload).into_inner();
        std::future::ready(path.map(|path| Self(path.into_inner())).map_err(|_| Problem::not_found()))
    }
}

/// Reads a member of a patch that may be set but not cleared; `null` and what `check` refuses are noted.
pub fn settable<T, U>(
    faults: &mut Faults,
    member: &str,
    value: Patch<T>,
    check: impl FnOnce(&mut Faults, T) -> Option<U>,
) -> Option<U> {
    faults.at(member, |faults| match value {
        Patch::Absent => None,
        Patch::Null => {
            faults.add("not_null", "must not be null");
            None
        }
        Patch::Value(value) => check(faults, value),
    })
}

/// A day, `YYYY-MM-DD`; what is none is noted.
pub fn date_of(faults: &mut Faults, text: &str) -> Option<NaiveDate> {
    let date = if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None };
    if date.is_none() {
        faults.add("date", "must be a date that exists, YYYY-MM-DD");
    }
    date
}

/// An instant, RFC 3339; what is none is noted at `name`.
pub fn instant_of(faults: &mut Faults, name: &str, text: Option<&str>) -> Option<Instant> {
    let text = text?;
    let parsed = DateTime::parse_from_rfc3339(text).ok().map(|at| Instant::from(at.to_utc()));
    if parsed.is_none() {
        faults.at(name, |f| f.add("date_time", "must be an instant, RFC 3339, such as 2026-11-21T08:30:00Z"));
    }
    parsed
}
