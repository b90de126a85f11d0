//! The document's base, and the pass that completes it: what follows from a rule is added by the rule, so that no
//! handler can forget it.

use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use crate::platform::scopes::Scope;
use crate::web::problem::{
    self, AllowedMove, DuplicateCandidate, FieldError, MatchingField, MissingNeed, ProblemBody,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "hospes 宾至",
        description = "Guest relations for hotel groups: guests and what they prefer, complaints, partners.\n\n\
            Every error is a problem (RFC 9457) of a registered type, in English or Chinese by `Accept-Language`. \
            Single resources carry a strong `ETag`; changes need it in `If-Match`. Creations need an `Idempotency-Key`. \
            Lists are paged by an opaque `cursor`. Clients must ignore members they do not know.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact(name = "hospes", url = "https://hospes.example/contact")
    ),
    servers((url = "/", description = "This server, production or local.")),
    tags(
        (name = "auth", description = "Logging in and out, and who one is."),
        (name = "hotels", description = "Hotels of the group and their departments."),
        (name = "staff", description = "Staff accounts, roles and memberships."),
        (name = "guests", description = "Guest profiles: the file a hotel keeps of a person."),
        (name = "guest-notes", description = "Notes of staff on a guest."),
        (name = "guest-relationships", description = "Who belongs to whom, and who travels together."),
        (name = "guest-duplicates", description = "Profiles that may be one person."),
        (name = "guest-merges", description = "Merging two profiles, and taking it back."),
        (name = "partners", description = "Business partners: agencies, booking sites, companies."),
        (name = "preferences", description = "What guests prefer, with evidence; the catalogue it is named by."),
        (name = "consents", description = "Consents of guests, for what may be kept of them."),
        (name = "stays", description = "Stays: bookings and what became of them."),
        (name = "service-levels", description = "How soon complaints are taken up and put right: calendars, and the rules that clocks run by."),
        (name = "duty", description = "Who is on duty in which role."),
        (name = "plans", description = "What is planned for a stay from the guest's preferences, and what came of it."),
        (name = "complaints", description = "What guests complained of: from the first word to their own verdict."),
        (name = "problems", description = "What complaints have in common, what is done so that it ends, and telling guests of it."),
        (name = "complaint-settings", description = "What complaints are sorted and routed by, and message templates."),
        (name = "briefs", description = "What staff need to know, each in one answer."),
        (name = "recovery", description = "Money of recovery: who may grant how much, budgets, and what things cost."),
        (name = "jobs", description = "Background jobs: imports and scans."),
        (name = "events", description = "The ordered feed of every change."),
        (name = "audit", description = "The tamper-evident log of every change."),
        (name = "catalogue", description = "Codes and their labels in the languages of the product."),
        (name = "health", description = "Whether the process runs and can serve."),
    ),
    components(schemas(ProblemBody, FieldError, DuplicateCandidate, MatchingField, AllowedMove, MissingNeed))
)]
struct Base;

/// The document before the routes are added.
pub fn base() -> Document {
    Base::openapi()
}

/// Completes the document that the routes made. Kept as JSON from here on: utoipa's types cannot hold all of it.
pub fn complete(document: &Document) -> Value {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    if let Some(root) = value.as_object_mut() {
        root.insert("openapi".into(), json!("3.1.0"));
        if let Some(server) = root.get_mut("servers").and_then(|servers| servers.get_mut(0)) {
            merge(server, "", json!({"x-internal": false}));
        }
    }
    add_components(&mut value);
    let paths =
        value.get("paths").and_then(Value::as_object).map(|paths| paths.keys().cloned().collect::<Vec<_>>());
    for path in paths.unwrap_or_default() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let pointer = format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"));
            if let Some(operation) = value.pointer_mut(&pointer) {
                complete_operation(&path, method, operation);
            }
        }
    }
    finish_schemas(&mut value);
    drop_unused_responses(&mut value);
    value
}

/// What every text of the API obeys: no control characters but tab, line feed and carriage return.
const TEXT: &str = "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F]*$";
/// Longest value of a free map.
const MAP_VALUE: u32 = 500;

/// Bounds what follows from a format, and what the derives cannot say, in every schema of the document.
fn finish_schemas(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(finish_schemas),
        Value::Object(members) => {
            if let Some(content) = members.get_mut("content").and_then(Value::as_object_mut) {
                let files = content
                    .iter_mut()
                    .filter(|(media, _)| media.contains("ndjson") || media.contains("octet-stream"));
                for schema in files.filter_map(|(_, body)| body.get_mut("schema")) {
                    *schema = json!({"type": "string", "format": "binary"});
                }
            }
            finish_schema(members);
            for (name, member) in members.iter_mut() {
                // Examples are data, not schemas.
                if !matches!(name.as_str(), "example" | "examples" | "default" | "enum") {
                    finish_schemas(member);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn finish_schema(schema: &mut serde_json::Map<String, Value>) {
    if let Some(values) = schema.get_mut("additionalProperties").and_then(Value::as_object_mut) {
        values.remove("examples");
        if values.contains_key("type") {
            values.entry("maxLength").or_insert(json!(MAP_VALUE));
        }
        schema.remove("propertyNames");
        schema.entry("maxProperties").or_insert(json!(100));
    }
    let text = match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    };
    if !text || schema.contains_key("in") {
        return;
    }
    let longest = match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => Some(36),
        Some("date") => Some(10),
        Some("date-time") => Some(40),
        _ => None,
    };
    if let Some(longest) = longest {
        schema.entry("maxLength").or_insert(json!(longest));
    }
    if !["format", "pattern", "enum"].iter().any(|member| schema.contains_key(*member)) {
        schema.insert("pattern".into(), json!(TEXT));
    }
}

fn drop_unused_responses(document: &mut Value) {
    let text = document.get("paths").map(Value::to_string).unwrap_or_default();
    if let Some(responses) = document.pointer_mut("/components/responses").and_then(Value::as_object_mut) {
        responses.retain(|name, _| text.contains(&format!("#/components/responses/{name}\"")));
    }
}

fn add_components(document: &mut Value) {
    let scopes: serde_json::Map<String, Value> =
        Scope::ALL.iter().map(|scope| (scope.code().to_owned(), json!(scope.description()))).collect();
    let scope_text =
        scopes.iter().map(|(code, text)| format!("- `{code}`: {}", text.as_str().unwrap_or_default()));
    let description = format!(
        "Access token (JWT, RFC 9068) signed with EdDSA and checked after RFC8725; good for ten minutes. \
         The hotel group comes from the token alone. Scopes:\n{}",
        scope_text.collect::<Vec<_>>().join("\n")
    );
    let mut responses = serde_json::Map::new();
    for kind in RESPONSES {
        responses.insert(component_name(kind.status.as_u16()), problem_response(kind.status.as_u16()));
    }
    responses.insert("Problem".into(), problem_response(0));
    let added = json!({
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": description}
        },
        "responses": responses,
        "headers": {
            "RequestId": {"description": "Id of the request: the caller's own `X-Request-Id`, or a new one.", "required": true,
                "schema": {"type": "string", "maxLength": 64, "examples": ["0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"]}},
            "RateLimitPolicy": {"description": "The quota `q` in requests and its window `w` in seconds.",
                "schema": {"type": "string", "maxLength": 100, "examples": ["\"client\";q=600;w=60"]}},
            "RateLimit": {"description": "Requests left `r`, and seconds `t` until the quota is whole again.",
                "schema": {"type": "string", "maxLength": 100, "examples": ["\"client\";r=599;t=1"]}},
            "ETag": {"description": "Version of the resource, a strong validator.", "required": true,
                "schema": {"type": "string", "maxLength": 40, "examples": ["\"3\""]}},
            "Location": {"description": "Where the resource is.", "required": true,
                "schema": {"type": "string", "format": "uri-reference", "maxLength": 500,
                    "examples": ["/v1/guests/0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"]}},
            "RetryAfter": {"description": "Seconds to wait before the next try.", "required": true,
                "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86400, "examples": [1]}},
            "Allow": {"description": "Methods the path takes.",
                "schema": {"type": "string", "maxLength": 100, "examples": ["GET, HEAD, PATCH"]}},
            "WwwAuthenticate": {"description": "How to authenticate.", "required": true,
                "schema": {"type": "string", "maxLength": 100, "examples": ["Bearer realm=\"hospes\""]}},
            "Link": {"description": "The next page (`rel=\"next\"`), where there is one.",
                "schema": {"type": "string", "maxLength": 4000, "examples": ["</v1/guests?cursor=kq2x0fJ0>; rel=\"next\""]}},
            "IdempotentReplayed": {"description": "`true` when the answer was given before under the same key.",
                "schema": {"type": "string", "enum": ["true"], "examples": ["true"]}}
        },
        "parameters": {
            "AcceptLanguage": {"name": "Accept-Language", "in": "header", "required": false,
                "description": "Languages of the answer's texts: `en` and `zh-CN` are served.",
                "schema": {"type": "string", "maxLength": 200}, "example": "zh-CN, en;q=0.5"},
            "IfMatch": {"name": "If-Match", "in": "header", "required": true,
                "description": "ETag of the version the change was made for. Without it the answer is 428, with a stale one 412.",
                "schema": {"type": "string", "maxLength": 200}, "example": "\"3\""},
            "IfNoneMatch": {"name": "If-None-Match", "in": "header", "required": false,
                "description": "ETag of the version the caller has: the answer is 304 when it is still the newest.",
                "schema": {"type": "string", "maxLength": 200}, "example": "\"3\""},
            "IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "required": true,
                "description": "New for each new request, the same when it is repeated: a repeated request answers what the first one did. Kept for a day.",
                "schema": {"type": "string", "minLength": 16, "maxLength": 64, "pattern": "^[!-~]+$"}, "example": "8f14e45f-ceea-467f-a83c-1b2c3d4e5f60"}
        }
    });
    merge(document, "components", added);
}

/// One problem type a status, to describe the shared responses.
const RESPONSES: [problem::ProblemType; 17] = [
    problem::MALFORMED_REQUEST,
    problem::UNAUTHENTICATED,
    problem::FORBIDDEN,
    problem::NOT_FOUND,
    problem::METHOD_NOT_ALLOWED,
    problem::NOT_ACCEPTABLE,
    problem::REQUEST_TIMEOUT,
    problem::STATE_CONFLICT,
    problem::PRECONDITION_FAILED,
    problem::PAYLOAD_TOO_LARGE,
    problem::UNSUPPORTED_MEDIA_TYPE,
    problem::INVALID_CONTENT,
    problem::PRECONDITION_REQUIRED,
    problem::TOO_MANY_REQUESTS,
    problem::INTERNAL_ERROR,
    problem::UNAVAILABLE,
    problem::POSSIBLE_DUPLICATE,
];

fn component_name(status: u16) -> String {
    let kind = RESPONSES.iter().find(|kind| kind.status.as_u16() == status);
    let slug = kind.map_or("problem", |kind| kind.slug);
    if status == 400 {
        return "BadRequest".into();
    }
    if status == 409 {
        return "Conflict".into();
    }
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    slug.split('-').map(capital).collect()
}

fn problem_response(status: u16) -> Value {
    let kind = RESPONSES
        .iter()
        .find(|kind| kind.status.as_u16() == status)
        .copied()
        .unwrap_or(problem::INTERNAL_ERROR);
    let language = crate::kit::language::Language::En;
    let mut example = json!({
        "type": kind.uri(), "title": kind.text("title", language), "status": kind.status.as_u16(),
        "detail": kind.text("detail", language).replace("%{scope}", "guests:merge").replace("%{methods}", "GET, HEAD")
            .replace("%{limit}", "65536").replace("%{header}", "If-Match"),
        "instance": "/v1/guests", "code": kind.code(), "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70",
    });
    if status == 422 {
        merge(
            &mut example,
            "",
            json!({"errors": [{"pointer": "/phones/0/number", "code": "phone",
            "message": "must be a phone number in E.164 form, such as +8613800138000"}]}),
        );
    }
    let description = match status {
        0 => "Any other problem.".to_owned(),
        409 => "The state or the uniqueness of something stands in the way; `code` says which.".to_owned(),
        400 => "The request, a parameter, a header or a cursor cannot be read; `code` says which.".to_owned(),
        _ => kind
            .text("detail", language)
            .split("%{")
            .next()
            .map_or_else(String::new, |_| kind.text("title", language) + "."),
    };
    let mut headers = common_headers();
    match status {
        401 => merge(
            &mut headers,
            "",
            json!({"WWW-Authenticate": {"$ref": "#/components/headers/WwwAuthenticate"}}),
        ),
        405 => merge(&mut headers, "", json!({"Allow": {"$ref": "#/components/headers/Allow"}})),
        429 | 503 => {
            merge(&mut headers, "", json!({"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}))
        }
        _ => {}
    }
    json!({
        "description": description, "headers": headers,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    })
}

fn common_headers() -> Value {
    json!({
        "X-Request-Id": {"$ref": "#/components/headers/RequestId"},
        "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
        "RateLimit": {"$ref": "#/components/headers/RateLimit"}
    })
}

/// Headers that handlers name plainly and the document shares: as parameters and in responses.
const SHARED_PARAMETERS: [(&str, &str); 2] = [("If-Match", "IfMatch"), ("Idempotency-Key", "IdempotencyKey")];
const SHARED_HEADERS: [(&str, &str); 5] = [
    ("ETag", "ETag"),
    ("Location", "Location"),
    ("Retry-After", "RetryAfter"),
    ("Allow", "Allow"),
    ("WWW-Authenticate", "WwwAuthenticate"),
];

/// What an operation says of itself that decides what follows.
struct Traits {
    has_body: bool,
    has_path_id: bool,
    streams: bool,
    if_match: bool,
    key: bool,
    paged: bool,
    open: bool,
    scoped: bool,
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    share_scopes(operation);
    let parameters = share_parameters(operation);
    let references = |name: &str| {
        parameters.iter().any(|p| p.get("$ref") == Some(&json!(format!("#/components/parameters/{name}"))))
    };
    let security = operation.get("security").and_then(Value::as_array);
    let traits = Traits {
        has_body: operation.get("requestBody").is_some(),
        has_path_id: path.contains('{'),
        streams: operation.pointer("/responses/200/content/application~1x-ndjson").is_some(),
        if_match: references("IfMatch"),
        key: references("IdempotencyKey"),
        paged: parameters.iter().any(|parameter| parameter.get("name") == Some(&json!("cursor"))),
        open: security.is_some_and(|list| {
            list.iter().all(|entry| entry.as_object().is_some_and(serde_json::Map::is_empty))
        }),
        scoped: operation.get("x-required-scopes").is_some(),
    };
    let mut parameters = parameters;
    parameters.push(json!({"$ref": "#/components/parameters/AcceptLanguage"}));
    if method == "get" && operation.pointer("/responses/304").is_some() {
        parameters.push(json!({"$ref": "#/components/parameters/IfNoneMatch"}));
    }
    merge(operation, "", json!({"parameters": parameters}));
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        complete_responses(responses, &traits);
    }
}

/// Scopes are no part of an HTTP bearer scheme: they stand in an extension and in the description.
fn share_scopes(operation: &mut Value) {
    let scopes =
        operation.pointer("/security/0/bearer").and_then(Value::as_array).cloned().unwrap_or_default();
    if scopes.is_empty() {
        return;
    }
    let names: Vec<String> =
        scopes.iter().filter_map(Value::as_str).map(|scope| format!("`{scope}`")).collect();
    let description = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{description}\n\nNeeds the scope {}.", names.join(", "));
    merge(
        operation,
        "",
        json!({"security": [{"bearer": []}], "x-required-scopes": scopes, "description": description.trim_start()}),
    );
}

fn share_parameters(operation: &Value) -> Vec<Value> {
    let own = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    own.into_iter()
        .map(|parameter| {
            let shared = SHARED_PARAMETERS.iter().find(|(name, _)| {
                parameter.get("name") == Some(&json!(name)) && parameter.get("in") == Some(&json!("header"))
            });
            shared.map_or(
                parameter.clone(),
                |(_, component)| json!({"$ref": format!("#/components/parameters/{component}")}),
            )
        })
        .collect()
}

fn complete_responses(responses: &mut serde_json::Map<String, Value>, traits: &Traits) {
    for (status, response) in responses.iter_mut() {
        if response.get("$ref").is_some() {
            continue;
        }
        merge(response, "headers", common_headers());
        if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
            for (name, component) in SHARED_HEADERS {
                if let Some(header) = headers.get_mut(name) {
                    *header = json!({"$ref": format!("#/components/headers/{component}")});
                }
            }
        }
        if traits.paged && status == "200" {
            merge(response, "headers", json!({"Link": {"$ref": "#/components/headers/Link"}}));
        }
        if traits.key && status.starts_with('2') {
            merge(
                response,
                "headers",
                json!({"Idempotent-Replayed": {"$ref": "#/components/headers/IdempotentReplayed"}}),
            );
        }
    }
    let mut statuses: Vec<u16> = vec![400, 405, 429, 500, 503];
    let mut add = |wanted: bool, list: &[u16]| statuses.extend(if wanted { list } else { &[] });
    add(!traits.open, &[401]);
    add(traits.scoped, &[403]);
    add(traits.streams, &[406]);
    add(traits.has_body, &[408, 413, 415, 422]);
    add(traits.has_path_id, &[404]);
    add(traits.if_match, &[412, 428]);
    add(traits.key || traits.if_match, &[409]);
    for status in statuses {
        let reference = json!({"$ref": format!("#/components/responses/{}", component_name(status))});
        responses.entry(status.to_string()).or_insert(reference);
    }
    responses.entry("default").or_insert(json!({"$ref": "#/components/responses/Problem"}));
}

/// Adds members to the object at `member` (the value itself when empty); lists and scalars are replaced.
fn merge(target: &mut Value, member: &str, added: Value) {
    let target = if member.is_empty() {
        target
    } else {
        let Some(object) = target.as_object_mut() else { return };
        object.entry(member).or_insert_with(|| json!({}))
    };
    let (Some(object), Value::Object(added)) = (target.as_object_mut(), added) else { return };
    for (name, value) in added {
        match object.get_mut(&name) {
            Some(existing) if existing.is_object() && value.is_object() => merge(existing, "", value),
            _ => {
                object.insert(name, value);
            }
        }
    }
}
