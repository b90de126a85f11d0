//! The document is complete: everything is described, bounded and exemplified, and every refusal is declared.

use std::collections::BTreeSet;

use serde_json::Value;

fn document() -> Value {
    hospes::app::document()
}

/// Every operation with its method and path.
pub fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(operation) = item.get(method) {
                found.push((method.to_owned(), path.clone(), operation));
            }
        }
    }
    found
}

#[test]
fn the_checked_in_file_is_what_the_routes_make() {
    let made = hospes::web::docs::document_text(&hospes::app::document());
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    assert!(made == kept, "openapi/openapi.json is stale: cargo run -- openapi > openapi/openapi.json");
}

#[test]
fn every_operation_is_described_and_declares_its_refusals() {
    let document = document();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    let mut missing = Vec::new();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let mut miss = |what: &str| missing.push(format!("{method} {path}: {what}"));
        let text = |member: &str| operation[member].as_str().unwrap_or_default().trim().to_owned();
        if text("summary").is_empty() {
            miss("summary");
        }
        if text("description").is_empty() {
            miss("description");
        }
        if text("operationId").is_empty() || !ids.insert(text("operationId")) {
            miss("a unique operationId");
        }
        match operation["tags"].as_array().map(Vec::as_slice) {
            Some([tag]) if tags.contains(tag.as_str().unwrap()) => {}
            _ => miss("exactly one described tag"),
        }
        if operation["security"].as_array().is_none() {
            miss("security");
        }
        let open = operation["security"]
            .as_array()
            .is_some_and(|list| list.iter().all(|s| s.as_object().unwrap().is_empty()));
        let responses = operation["responses"].as_object().unwrap();
        let mut needed = vec!["429", "500", "503", "405", "default"];
        if !open {
            needed.push("401");
        }
        if operation.get("x-required-scopes").is_some() {
            needed.push("403");
        }
        if operation.get("requestBody").is_some() {
            needed.extend(["400", "413", "415", "422"]);
        }
        if path.contains('{') {
            needed.push("404");
        }
        for status in needed {
            if !responses.contains_key(status) {
                miss(&format!("response {status}"));
            }
        }
        for (status, response) in responses.iter().filter(|(_, response)| response.get("$ref").is_none()) {
            if response["description"].as_str().unwrap_or_default().is_empty() {
                miss(&format!("description of response {status}"));
            }
            for (media, content) in response["content"].as_object().into_iter().flatten() {
                if content.get("example").is_none() && content.get("examples").is_none() {
                    miss(&format!("example of response {status} {media}"));
                }
            }
        }
        for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            if content.get("example").is_none() && content.get("examples").is_none() {
                miss(&format!("example of request body {media}"));
            }
        }
        for parameter in
            operation["parameters"].as_array().into_iter().flatten().filter(|p| p.get("$ref").is_none())
        {
            let name = parameter["name"].as_str().unwrap();
            if parameter["description"].as_str().unwrap_or_default().is_empty() {
                miss(&format!("description of parameter {name}"));
            }
            let exemplified = parameter.get("example").is_some()
                || parameter["schema"].get("example").is_some()
                || parameter["schema"].get("examples").is_some();
            if !exemplified {
                miss(&format!("example of parameter {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Every list of values below a part of the document.
fn values(part: &Value, found: &mut Vec<String>) {
    if let Some(members) = part.as_object() {
        found.extend(
            part["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
        );
        members.values().for_each(|member| values(member, found));
    }
    part.as_array().into_iter().flatten().for_each(|item| values(item, found));
}

#[test]
fn values_are_told_as_they_are_sent() {
    let mut found = Vec::new();
    values(&document(), &mut found);
    assert!(found.len() > 100 && found.contains(&"document_hash".to_owned()), "{found:?}");
    found.retain(|value| value.starts_with(|first: char| first.is_ascii_uppercase()));
    assert!(found.is_empty(), "names of the source, not codes: {found:?}");
}

#[test]
fn versions_are_guarded_creations_are_idempotent_lists_are_paged() {
    let document = document();
    let mut missing = Vec::new();
    for (method, path, operation) in operations(&document) {
        let mut miss = |what: &str| missing.push(format!("{method} {path}: {what}"));
        let has = |name: &str| {
            let reference = format!("#/components/parameters/{name}");
            operation["parameters"].as_array().into_iter().flatten().any(|p| p["$ref"] == reference.as_str())
        };
        let responses = operation["responses"].as_object().unwrap();
        let etag =
            responses.iter().any(|(status, r)| status.starts_with('2') && r["headers"].get("ETag").is_some());
        if method == "get" && etag && !(responses.contains_key("304") && has("IfNoneMatch")) {
            miss("304 and If-None-Match");
        }
        if method == "get" && path.ends_with('}') && !path.contains("/by-ref/") && !etag {
            miss("ETag of a single resource");
        }
        let versioned =
            matches!(method.as_str(), "patch" | "delete") || (method == "put" && !path.contains("/by-ref/"));
        if versioned && !(has("IfMatch") && responses.contains_key("412") && responses.contains_key("428")) {
            miss("If-Match with 412 and 428");
        }
        if method == "post"
            && (responses.contains_key("201") || responses.contains_key("202"))
            && !has("IdempotencyKey")
        {
            miss("Idempotency-Key");
        }
        let reference =
            responses.get("200").and_then(|r| r.pointer("/content/application~1json/schema/$ref"));
        let schema =
            reference.and_then(Value::as_str).and_then(|r| document.pointer(r.trim_start_matches('#')));
        let paged = schema.is_some_and(|schema| schema["properties"].get("items").is_some());
        let names: Vec<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|p| p["name"].as_str())
            .collect();
        let by_position = path == "/v1/events" && names.contains(&"after");
        let whole = [
            "/v1/roles",
            "/v1/guests/match",
            "/v1/catalogue",
            "/v1/preference-catalogue",
            "/v1/reports/needs",
            "/v1/reports/fulfilment",
            "/v1/reports/complaints",
            "/v1/reports/costs",
        ]
        .contains(&path.as_str());
        let turned = names.contains(&"cursor") && names.contains(&"limit");
        let link = responses.get("200").is_some_and(|r| r["headers"].get("Link").is_some());
        if names.contains(&"cursor") != link {
            miss("Link of a list, and of lists alone");
        }
        if paged && method != "put" && !(by_position || whole || turned) {
            miss("cursor and limit");
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_schema_is_described_bounded_and_plain() {
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        check_schema(name, schema, true, &mut faults);
    }
    for (method, path, operation) in operations(&document) {
        for parameter in
            operation["parameters"].as_array().into_iter().flatten().filter(|p| p.get("$ref").is_none())
        {
            let place = format!("{method} {path} ?{}", parameter["name"].as_str().unwrap());
            check_schema(&place, &parameter["schema"], false, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check_schema(place: &str, schema: &Value, described: bool, faults: &mut Vec<String>) {
    let mut fault = |what: &str| faults.push(format!("{place}: {what}"));
    for banned in ["oneOf", "anyOf", "allOf", "discriminator", "readOnly", "writeOnly", "uniqueItems", "not"]
    {
        if schema.get(banned).is_some() {
            fault(banned);
        }
    }
    if described
        && schema.get("$ref").is_none()
        && schema["description"].as_str().unwrap_or_default().is_empty()
    {
        fault("description");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let bounded_format =
        |format: &Value| matches!(format.as_str(), Some("uuid" | "date" | "date-time" | "binary"));
    if kinds.contains(&"string")
        && schema.get("maxLength").is_none()
        && schema.get("enum").is_none()
        && !bounded_format(&schema["format"])
    {
        fault("maxLength or enum");
    }
    if (kinds.contains(&"integer") || kinds.contains(&"number"))
        && !(schema.get("minimum").is_some() && schema.get("maximum").is_some())
    {
        fault("minimum and maximum");
    }
    if kinds.contains(&"array") && schema.get("maxItems").is_none() {
        fault("maxItems");
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        check_schema(&format!("{place}.{name}"), property, true, faults);
    }
    if let Some(items) = schema.get("items") {
        check_schema(&format!("{place}[]"), items, false, faults);
    }
}
