//! What no route takes: 405 with `Allow` when the path exists with other methods, else 404.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use actix_web::HttpRequest;
use actix_web::http::header::{ALLOW, HeaderValue};
use serde_json::Value;

use crate::web::problem::{self, Problem};

/// Path templates of the document with their methods.
static ROUTES: OnceLock<Vec<(Vec<String>, String)>> = OnceLock::new();

/// Learns the paths from the document that the mounted routes made.
pub fn learn(document: &Value) {
    let paths = document.get("paths").and_then(Value::as_object);
    let routes = paths.into_iter().flatten().map(|(path, item)| {
        let verbs = ["get", "head", "post", "put", "patch", "delete"];
        // HEAD is served wherever GET is.
        let served =
            verbs.iter().filter(|verb| item.get(if **verb == "head" { "get" } else { verb }).is_some());
        let methods: Vec<String> = served.map(|verb| verb.to_uppercase()).collect();
        (path.split('/').map(str::to_owned).collect(), methods.join(", "))
    });
    ROUTES.get_or_init(|| routes.collect());
}

/// Whether the path of a template takes a `PATCH`.
pub fn takes_patch(template: &str) -> bool {
    let known = |(parts, methods): &(Vec<String>, String)| {
        methods.contains("PATCH") && parts.iter().map(String::as_str).eq(template.split('/'))
    };
    ROUTES.get().is_some_and(|routes| routes.iter().any(known))
}

/// Answers a request that no route took.
///
/// # Errors
/// Always.
pub async fn unmatched(request: HttpRequest) -> Result<actix_web::HttpResponse, Problem> {
    let parts: Vec<&str> = request.path().split('/').collect();
    let mut best: BTreeMap<usize, &str> = BTreeMap::new();
    for (template, methods) in ROUTES.get().into_iter().flatten() {
        if let Some(variables) = fits(template, &parts) {
            best.entry(variables).or_insert(methods);
        }
    }
    Err(match best.into_values().next() {
        Some(methods) => {
            let allow = HeaderValue::from_str(methods).unwrap_or(HeaderValue::from_static("GET"));
            Problem::new(problem::METHOD_NOT_ALLOWED).with("methods", methods).header(ALLOW, allow)
        }
        None => Problem::not_found(),
    })
}

/// How many variables a template needs to fit a path; the fewest is the closest.
fn fits(template: &[String], parts: &[&str]) -> Option<usize> {
    if template.len() != parts.len() {
        return None;
    }
    let mut variables = 0;
    for (wanted, part) in template.iter().zip(parts) {
        if wanted.starts_with('{') && !part.is_empty() {
            variables += 1;
        } else if wanted != part {
            return None;
        }
    }
    Some(variables)
}
