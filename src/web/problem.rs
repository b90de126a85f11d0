//! Problems (RFC 9457): every error a client sees, of a registered type, in the client's language.
//!
//! A handler returns a [`Problem`]; the frame around the request writes the body, because only it knows the
//! language, the path and the request id.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::DbError;
use crate::kit::codes::Coded;
use crate::kit::fault::Fault;
use crate::kit::language::Language;

/// Declares the problem types once: constant, slug and status. Titles and texts stand in `locales/`.
macro_rules! problem_types {
    ($($(#[$meta:meta])* $name:ident = $slug:literal, $status:ident;)+) => {
        $($(#[$meta])* pub const $name: ProblemType = ProblemType { slug: $slug, status: StatusCode::$status };)+

        /// Every problem type, for the pages under `/problems/` and for tests.
        pub const ALL: &[ProblemType] = &[$($name),+];
    };
}

/// A registered kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// Last part of the type URI, and with underscores the `code`.
    pub slug: &'static str,
    /// The status it comes with.
    pub status: StatusCode,
}

problem_types! {
    /// The request cannot be read.
    MALFORMED_REQUEST = "malformed-request", BAD_REQUEST;
    /// A query parameter is unknown or out of range.
    INVALID_PARAMETER = "invalid-parameter", BAD_REQUEST;
    /// A cursor was changed, or belongs to another list.
    INVALID_CURSOR = "invalid-cursor", BAD_REQUEST;
    /// A header that the operation needs is missing or unreadable.
    INVALID_HEADER = "invalid-header", BAD_REQUEST;
    /// No access token, or one that is not good.
    UNAUTHENTICATED = "unauthenticated", UNAUTHORIZED;
    /// E-mail or password is wrong.
    LOGIN_FAILED = "login-failed", UNAUTHORIZED;
    /// The session is over.
    SESSION_ENDED = "session-ended", UNAUTHORIZED;
    /// A scope is missing.
    FORBIDDEN = "forbidden", FORBIDDEN;
    /// There is no such thing for this caller.
    NOT_FOUND = "not-found", NOT_FOUND;
    /// The path exists, the method does not.
    METHOD_NOT_ALLOWED = "method-not-allowed", METHOD_NOT_ALLOWED;
    /// No representation fits `Accept`.
    NOT_ACCEPTABLE = "not-acceptable", NOT_ACCEPTABLE;
    /// The body came too slowly.
    REQUEST_TIMEOUT = "request-timeout", REQUEST_TIMEOUT;
    /// The new guest looks like an existing one.
    POSSIBLE_DUPLICATE = "possible-duplicate", CONFLICT;
    /// A name, code or reference is taken.
    ALREADY_TAKEN = "already-taken", CONFLICT;
    /// The present state does not allow the change.
    STATE_CONFLICT = "state-conflict", CONFLICT;
    /// A request with this idempotency key is being handled.
    IDEMPOTENCY_KEY_IN_USE = "idempotency-key-in-use", CONFLICT;
    /// The resource was changed since it was read.
    PRECONDITION_FAILED = "precondition-failed", PRECONDITION_FAILED;
    /// The body is too large.
    PAYLOAD_TOO_LARGE = "payload-too-large", PAYLOAD_TOO_LARGE;
    /// The media type of the body is not one the operation reads.
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE;
    /// The body can be read, but values are invalid.
    INVALID_CONTENT = "invalid-content", UNPROCESSABLE_ENTITY;
    /// The idempotency key was used with another request.
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused", UNPROCESSABLE_ENTITY;
    /// `If-Match` is missing.
    PRECONDITION_REQUIRED = "precondition-required", PRECONDITION_REQUIRED;
    /// Too many requests.
    TOO_MANY_REQUESTS = "too-many-requests", TOO_MANY_REQUESTS;
    /// A fault of the server.
    INTERNAL_ERROR = "internal-error", INTERNAL_SERVER_ERROR;
    /// The server cannot answer just now.
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE;
}

impl ProblemType {
    /// Stable code, never translated: the slug with underscores.
    pub fn code(&self) -> String {
        self.slug.replace('-', "_")
    }

    /// The type URI reference.
    pub fn uri(&self) -> String {
        format!("/problems/{}", self.slug)
    }

    /// A text of this type in a language: `title`, `detail` or `help`.
    pub fn text(&self, part: &str, language: Language) -> String {
        text(&format!("problem.{}.{part}", self.code()), language)
    }
}

/// One fault of an input, as clients see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// RFC 6901 pointer to the member at fault, `?name` for a query parameter, or empty for the whole body.
    #[schema(max_length = 500, examples("/phones/0/number"))]
    pub pointer: String,
    /// Stable code of the fault, never translated.
    #[schema(max_length = 60, examples("phone"))]
    pub code: String,
    /// The fault in the language of the answer.
    #[schema(max_length = 500, examples("must be a phone number in E.164 form, such as +8613800138000"))]
    pub message: String,
}

/// A guest that looks like the one to be created.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuplicateCandidate {
    /// The existing guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: uuid::Uuid,
    /// Name of the existing guest as it is shown.
    #[schema(max_length = 400, examples("王小明"))]
    pub display_name: String,
    /// How likely both are one person, 0 to 1000 thousandths.
    #[schema(minimum = 0, maximum = 1000, examples(968))]
    pub score: i32,
    /// Fields that agree.
    #[schema(max_items = 20)]
    pub matching_fields: Vec<MatchingField>,
}

/// Name of a field that agrees.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("phone"))]
pub struct MatchingField(pub String);

/// Code of a move that is allowed now, of `ComplaintMove` or `StayMove` by what was refused; more may come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("classify"))]
pub struct AllowedMove(pub &'static str);

/// Code of what is missing, of `ComplaintNeed` or `ProblemNeed` by what was refused; more may come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("finding"))]
pub struct MissingNeed(pub &'static str);

/// A problem (RFC 9457), the body of every error.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// URI reference of the problem type; a page of the server explains it in English and Chinese.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", max_length = 200, examples("/problems/not-found"))]
    pub kind: String,
    /// Short title of the problem type, in the language of the answer.
    #[schema(max_length = 200, examples("Not found"))]
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599, examples(404))]
    pub status: i32,
    /// What happened in this case, in the language of the answer.
    #[schema(max_length = 1000, examples("There is no such resource, or it is not yours to see."))]
    pub detail: String,
    /// Path of the request.
    #[schema(
        format = "uri-reference",
        max_length = 2000,
        examples("/v1/guests/0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")
    )]
    pub instance: String,
    /// Stable code of the problem type, never translated.
    #[schema(max_length = 60, examples("not_found"))]
    pub code: String,
    /// Id of the request, as in the `X-Request-Id` header and the server's log.
    #[schema(max_length = 64, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"))]
    pub request_id: String,
    /// Every fault of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 200)]
    pub errors: Vec<FieldError>,
    /// Existing guests that look like the new one (`possible_duplicate`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 20)]
    pub candidates: Vec<DuplicateCandidate>,
    /// The scope that is missing (`forbidden`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("guests:merge"))]
    pub required_scope: Option<String>,
    /// The object that stands in the way (`already_taken`), or the one to change instead (`state_conflict` of a merged guest).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub conflicting_id: Option<uuid::Uuid>,
    /// The moves that are allowed now instead of the one refused (`state_conflict`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 40)]
    pub allowed_moves: Vec<AllowedMove>,
    /// What is missing for the move refused (`state_conflict`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 40)]
    pub needs: Vec<MissingNeed>,
}

/// What stands for `%{name}` in a detail.
#[derive(Debug, Clone)]
enum Argument {
    /// The same in every language.
    Plain(String),
    /// In the words of each language.
    Spoken(Vec<(Language, String)>),
    /// Codes of a list, told by their labels.
    Labels(&'static str, Vec<&'static str>),
    /// Codes of a list of needs, each told in a sentence.
    Sentences(&'static str, Vec<&'static str>),
}

impl Argument {
    fn text(&self, language: Language) -> String {
        let (between, next) = match language {
            Language::En => (", ", " "),
            Language::ZhCn => ("、", ""),
        };
        let told = |section: &str, list: &str, codes: &[&str], between: &str| {
            let text = |code: &&str| text(&format!("{section}.{list}.{code}"), language);
            codes.iter().map(text).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Plain(value) => value.clone(),
            Self::Spoken(texts) => {
                let own = texts.iter().find(|text| text.0 == language);
                own.map(|text| text.1.clone()).unwrap_or_default()
            }
            Self::Labels(list, codes) => told("label", list, codes, between),
            Self::Sentences(list, codes) => told("need", list, codes, next),
        }
    }
}

/// A text of the locales in a language.
fn text(key: &str, language: Language) -> String {
    rust_i18n::t!(key, locale = language.tag()).into_owned()
}

/// What a handler answers instead of a result.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: ProblemType,
    detail: Option<&'static str>,
    arguments: Vec<(&'static str, Argument)>,
    faults: Vec<Fault>,
    candidates: Vec<DuplicateCandidate>,
    required_scope: Option<&'static str>,
    conflicting_id: Option<uuid::Uuid>,
    allowed_moves: Vec<AllowedMove>,
    needs: Vec<MissingNeed>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of a type, with the type's own detail.
    pub fn new(kind: ProblemType) -> Self {
        Self {
            kind,
            detail: None,
            arguments: Vec::new(),
            faults: Vec::new(),
            candidates: Vec::new(),
            required_scope: None,
            conflicting_id: None,
            allowed_moves: Vec::new(),
            needs: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Says more than the type's own detail: the key of a text under `detail.` in the locales.
    #[must_use]
    pub fn detail(mut self, key: &'static str) -> Self {
        self.detail = Some(key);
        self
    }

    /// A value for `%{name}` in the detail.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.arguments.push((name, Argument::Plain(value.to_string())));
        self
    }

    /// What is said for `%{name}` in the detail in each language.
    #[must_use]
    pub fn with_spoken(mut self, name: &'static str, say: impl Fn(Language) -> String) -> Self {
        let texts = Language::ALL.into_iter().map(|language| (language, say(language))).collect();
        self.arguments.push((name, Argument::Spoken(texts)));
        self
    }

    /// A code for `%{name}` in the detail, told by its label in the language of the answer.
    #[must_use]
    pub fn with_label<C: Coded>(mut self, name: &'static str, code: C) -> Self {
        self.arguments.push((name, Argument::Labels(C::LIST, vec![code.code()])));
        self
    }

    /// The moves that are allowed now, for `allowed_moves`; their labels for `%{allowed}` in the detail.
    #[must_use]
    pub fn allowed<C: Coded>(mut self, moves: &[C]) -> Self {
        let codes: Vec<&'static str> = moves.iter().map(|one| one.code()).collect();
        self.allowed_moves = codes.iter().copied().map(AllowedMove).collect();
        self.arguments.push(("allowed", Argument::Labels(C::LIST, codes)));
        self
    }

    /// What is missing, for `needs`; a sentence for each (`need.` in the locales) for `%{needs}` in the detail.
    #[must_use]
    pub fn needs<C: Coded>(mut self, needs: &[C]) -> Self {
        let codes: Vec<&'static str> = needs.iter().map(|one| one.code()).collect();
        self.needs = codes.iter().copied().map(MissingNeed).collect();
        self.arguments.push(("needs", Argument::Sentences(C::LIST, codes)));
        self
    }

    /// A header of the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Invalid content: every fault found.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(INVALID_CONTENT) }
    }

    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::invalid(vec![Fault {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }])
    }

    /// Invalid query parameters.
    pub fn invalid_parameters(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(INVALID_PARAMETER) }
    }

    /// Missing or foreign: the two are the same to the caller.
    pub fn not_found() -> Self {
        Self::new(NOT_FOUND)
    }

    /// No good access token.
    pub fn unauthenticated() -> Self {
        Self::new(UNAUTHENTICATED)
            .header(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="hospes""#))
    }

    /// A scope is missing.
    pub fn forbidden(scope: &'static str) -> Self {
        let mut problem = Self::new(FORBIDDEN).with("scope", scope);
        problem.required_scope = Some(scope);
        problem
    }

    /// The new guest looks like existing ones.
    pub fn possible_duplicate(candidates: Vec<DuplicateCandidate>) -> Self {
        Self { candidates, ..Self::new(POSSIBLE_DUPLICATE) }
    }

    /// A name, code or reference is taken by something the caller may see (`None`: may not).
    pub fn already_taken(by: Option<uuid::Uuid>) -> Self {
        Self { conflicting_id: by, ..Self::new(ALREADY_TAKEN) }
    }

    /// The resource became part of another one.
    pub fn merged(into: uuid::Uuid) -> Self {
        Self { conflicting_id: Some(into), ..Self::new(STATE_CONFLICT).detail("guest_merged") }
    }

    /// Names the object that stands in the way, or the one to change instead.
    #[must_use]
    pub fn conflicting(mut self, id: uuid::Uuid) -> Self {
        self.conflicting_id = Some(id);
        self
    }

    /// The present state does not allow it: the key of a text that says why, and what stands in the way.
    pub fn conflict(detail: &'static str, by: Option<uuid::Uuid>) -> Self {
        Self { conflicting_id: by, ..Self::new(STATE_CONFLICT).detail(detail) }
    }

    /// Busy or down: the caller should come again.
    pub fn unavailable(retry_after_seconds: u32) -> Self {
        Self::new(UNAVAILABLE).header(RETRY_AFTER, HeaderValue::from(retry_after_seconds))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.kind.status
    }

    /// The body for a client.
    pub fn body(&self, language: Language, instance: &str, request_id: &str) -> ProblemBody {
        let detail = match self.detail {
            Some(key) => text(&format!("detail.{key}"), language),
            None => self.kind.text("detail", language),
        };
        let names: Vec<&str> = self.arguments.iter().map(|argument| argument.0).collect();
        let values: Vec<String> = self.arguments.iter().map(|argument| argument.1.text(language)).collect();
        ProblemBody {
            kind: self.kind.uri(),
            title: self.kind.text("title", language),
            status: i32::from(self.kind.status.as_u16()),
            detail: rust_i18n::replace_patterns(&detail, &names, &values),
            instance: instance.to_owned(),
            code: self.kind.code(),
            request_id: request_id.to_owned(),
            errors: self.faults.iter().take(200).map(|fault| field_error(fault, language)).collect(),
            candidates: self.candidates.clone(),
            required_scope: self.required_scope.map(str::to_owned),
            conflicting_id: self.conflicting_id,
            allowed_moves: self.allowed_moves.clone(),
            needs: self.needs.clone(),
        }
    }
}

/// English messages come with the fault, which knows the bound; other languages say what the code means.
fn field_error(fault: &Fault, language: Language) -> FieldError {
    let key = format!("fault.{}", fault.code);
    let translated = rust_i18n::t!(&key, locale = language.tag());
    let message = if language == Language::En || translated == key {
        fault.message.clone()
    } else {
        translated.into_owned()
    };
    FieldError { pointer: fault.pointer.clone(), code: fault.code.clone(), message }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.slug)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.kind.status);
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::unavailable(1),
            DbError::Unavailable(reason) => {
                log::error!("database unavailable: {reason}");
                Self::unavailable(2)
            }
            DbError::Query(source) => {
                log::error!("database refused a statement: {source}");
                Self::new(INTERNAL_ERROR)
            }
        }
    }
}
