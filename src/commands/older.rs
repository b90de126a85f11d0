//! From OpenAPI 3.1 to 3.0.3: what the older version says in other words, or cannot say.

use serde_json::{Map, Value, json};

/// Keywords of JSON Schema 2020-12 that OpenAPI 3.0 has no words for. Without them a schema allows more.
const UNKNOWN: [&str; 12] = [
    "$comment",
    "$defs",
    "$schema",
    "contains",
    "contentSchema",
    "dependentRequired",
    "else",
    "if",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedProperties",
];

/// Turns a 3.1 document into a 3.0.3 one in place.
pub fn derive(document: &mut Value) {
    if let Some(root) = document.as_object_mut() {
        root.insert("openapi".into(), json!("3.0.3"));
        root.remove("webhooks");
        root.remove("jsonSchemaDialect");
    }
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("summary");
        let license = info.get_mut("license").and_then(Value::as_object_mut);
        if let Some((license, identifier)) =
            license.and_then(|license| license.remove("identifier").map(|identifier| (license, identifier)))
        {
            let identifier = identifier.as_str().unwrap_or_default();
            license.insert("url".into(), json!(format!("https://spdx.org/licenses/{identifier}.html")));
        }
    }
    visit(document);
}

/// Walks everything but literal values, which may look like anything.
fn visit(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(visit),
        Value::Object(object) => {
            rewrite(object);
            for (name, member) in object.iter_mut() {
                match name.as_str() {
                    "example" | "examples" | "default" | "enum" | "value" => {}
                    // A map of names chosen by us: a property may well be called `type` or `const`.
                    "properties" => {
                        member.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(visit);
                    }
                    _ => visit(member),
                }
            }
        }
        _ => {}
    }
}

fn rewrite(object: &mut Map<String, Value>) {
    for name in UNKNOWN {
        object.remove(name);
    }
    // A list is the schema keyword; the `examples` of parameters and media types are maps, which 3.0 has too.
    if let Some(first) = object.get("examples").and_then(Value::as_array).map(|list| list.first().cloned()) {
        object.remove("examples");
        if let Some(first) = first {
            object.entry("example").or_insert(first);
        }
    }
    if let Some(only) = object.remove("const") {
        object.insert("enum".into(), json!([only]));
    }
    types(object);
    alternatives(object, "oneOf");
    alternatives(object, "anyOf");
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some(value) = object.get(exclusive).filter(|value| value.is_number()).cloned() {
            object.insert(bound.into(), value);
            object.insert(exclusive.into(), json!(true));
        }
    }
    match object.remove("contentEncoding") {
        Some(encoding) if encoding == "base64" => object.insert("format".into(), json!("byte")),
        _ => None,
    };
    if object.remove("contentMediaType").is_some() && !object.contains_key("format") {
        object.insert("format".into(), json!("binary"));
    }
    if object.remove("prefixItems").is_some() || object.get("items").is_some_and(Value::is_boolean) {
        object.insert("items".into(), json!({}));
    }
    reference(object);
}

/// `type: [T, null]` is `type: T, nullable: true`; several types are alternatives.
fn types(object: &mut Map<String, Value>) {
    let Some(list) = object.get("type").and_then(Value::as_array).cloned() else {
        return;
    };
    let nullable = list.iter().any(|name| name == "null");
    let mut named: Vec<Value> = list.into_iter().filter(|name| name != "null").collect();
    object.remove("type");
    if nullable {
        object.insert("nullable".into(), json!(true));
    }
    if named.len() > 1 {
        let each = named.into_iter().map(|name| json!({"type": name})).collect::<Vec<_>>();
        object.insert("anyOf".into(), Value::Array(each));
    } else if let Some(name) = named.pop() {
        object.insert("type".into(), name);
    }
}

/// An alternative that is null makes the schema nullable; one alternative left over is the schema itself.
fn alternatives(object: &mut Map<String, Value>, keyword: &str) {
    let Some(list) = object.get_mut(keyword).and_then(Value::as_array_mut) else {
        return;
    };
    let before = list.len();
    list.retain(|schema| schema.get("type") != Some(&json!("null")));
    let (nullable, single) = (list.len() < before, list.len() == 1);
    if nullable {
        object.insert("nullable".into(), json!(true));
    }
    if single && let Some(list) = object.remove(keyword) {
        object.insert("allOf".into(), list);
    }
}

/// In 3.0 whatever stands beside `$ref` is ignored: beside a schema it moves around the reference, elsewhere it goes.
fn reference(object: &mut Map<String, Value>) {
    let Some(target) = object.get("$ref").cloned().filter(Value::is_string) else {
        return;
    };
    if object.len() == 1 {
        return;
    }
    if target.as_str().is_some_and(|target| target.starts_with("#/components/schemas/")) {
        object.remove("$ref");
        object.insert("allOf".into(), json!([{"$ref": target}]));
    } else {
        object.retain(|name, _| name == "$ref");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::derive;

    #[test]
    fn the_words_of_the_newer_version_are_said_in_the_older_one() {
        let mut document = json!({
            "openapi": "3.1.0", "webhooks": {}, "info": {"license": {"name": "A", "identifier": "Apache-2.0"}},
            "schema": {"properties": {
                "const": {"type": ["string", "null"], "examples": ["a", "b"]},
                "kind": {"const": "x"},
                "some": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/S", "description": "d"}]},
                "many": {"type": ["string", "integer"], "exclusiveMinimum": 3},
                "pair": {"prefixItems": [{"type": "string"}], "type": "array", "items": false}
            }},
            "media": {"example": {"type": ["a", "null"]}, "examples": {"one": {"value": {"const": 1}}}},
            "response": {"$ref": "#/components/responses/R", "description": "d"}
        });
        derive(&mut document);
        assert_eq!(
            document,
            json!({
                "openapi": "3.0.3",
                "info": {"license": {"name": "A", "url": "https://spdx.org/licenses/Apache-2.0.html"}},
                "schema": {"properties": {
                    "const": {"type": "string", "nullable": true, "example": "a"},
                    "kind": {"enum": ["x"]},
                    "some": {"nullable": true, "allOf": [{"allOf": [{"$ref": "#/components/schemas/S"}], "description": "d"}]},
                    "many": {"anyOf": [{"type": "string"}, {"type": "integer"}], "minimum": 3, "exclusiveMinimum": true},
                    "pair": {"type": "array", "items": {}}
                }},
                "media": {"example": {"type": ["a", "null"]}, "examples": {"one": {"value": {"const": 1}}}},
                "response": {"$ref": "#/components/responses/R"}
            })
        );
    }
}
