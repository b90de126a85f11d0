//! Within a major version the contract only grows: what a released document promises stays promised.

use serde_json::Value;

use super::document::operations;

fn load(path: &str) -> Value {
    let text = std::fs::read_to_string(format!("{}/openapi/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What would break a client of `old` in `new`.
fn breaking(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (method, path, before) in operations(old) {
        let Some(after) = new["paths"].get(&path).and_then(|item| item.get(&method)) else {
            found.push(format!("{method} {path} is gone"));
            continue;
        };
        if before["operationId"] != after["operationId"] {
            found.push(format!("{method} {path} changed its operationId"));
        }
        for status in before["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2'))
        {
            if after["responses"].get(status).is_none() {
                found.push(format!("{method} {path} no longer answers {status}"));
            }
        }
        let known = |operation: &Value, name: &Value, reference: &Value| {
            operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|p| &p["name"] == name && &p["$ref"] == reference)
        };
        for parameter in after["parameters"].as_array().into_iter().flatten() {
            if parameter["required"] == true && !known(before, &parameter["name"], &parameter["$ref"]) {
                found.push(format!("{method} {path} now requires {}", parameter["name"]));
            }
        }
        for parameter in before["parameters"].as_array().into_iter().flatten() {
            if !known(after, &parameter["name"], &parameter["$ref"]) {
                found.push(format!(
                    "{method} {path} no longer takes {}{}",
                    parameter["name"], parameter["$ref"]
                ));
            }
        }
    }
    for (name, before) in old["components"]["schemas"].as_object().unwrap() {
        let Some(after) = new["components"]["schemas"].get(name) else {
            found.push(format!("schema {name} is gone"));
            continue;
        };
        for (member, property) in before["properties"].as_object().into_iter().flatten() {
            match after["properties"].get(member) {
                None => found.push(format!("{name}.{member} is gone")),
                Some(now) if now["type"] != property["type"] => {
                    found.push(format!("{name}.{member} changed its type"))
                }
                Some(_) => {}
            }
        }
        let required = |schema: &Value| schema["required"].as_array().cloned().unwrap_or_default();
        for member in required(after).iter().filter(|member| !required(before).contains(member)) {
            // A response may promise more; a request must not ask for more.
            if name.ends_with("Create") || name.ends_with("Patch") || name.ends_with("Set") {
                found.push(format!("{name} now requires {member}"));
            }
        }
        for value in before["enum"].as_array().into_iter().flatten() {
            if !after["enum"].as_array().is_some_and(|values| values.contains(value)) {
                found.push(format!("{name} lost the value {value}"));
            }
        }
    }
    found
}

#[test]
fn nothing_released_is_broken() {
    let found = breaking(&load("released/v1.json"), &hospes::app::document());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_check_finds_what_breaks() {
    let old = load("released/v1.json");
    let mut new = old.clone();
    new["paths"].as_object_mut().unwrap().remove("/v1/guests");
    new["components"]["schemas"]["Guest"]["properties"].as_object_mut().unwrap().remove("display_name");
    new["components"]["schemas"]["GuestCreate"]["required"].as_array_mut().unwrap().push("gender".into());
    let found = breaking(&old, &new).join("\n");
    for expected in
        ["post /v1/guests is gone", "Guest.display_name is gone", "GuestCreate now requires \"gender\""]
    {
        assert!(found.contains(expected), "{expected} not in\n{found}");
    }
}
