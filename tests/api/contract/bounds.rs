//! Every bound the document tells is kept: `n` is let in, `n + 1` is refused by the name of its member.

use serde_json::{Map, Value, json};

use crate::authorization::driver::{Operation, Owner, fresh, operations, path, send};
use crate::authorization::policy::row_of;
use crate::harness::{Backend, World};

#[derive(Debug, Clone)]
struct Bound {
    pointer: String,
    kind: &'static str,
    at: i64,
    schema: Value,
}

fn reach<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    schema["$ref"]
        .as_str()
        .map_or(schema, |reference| reach(document, document.pointer(&reference[1..]).unwrap()))
}

fn bounds(document: &Value, schema: &Value, pointer: &str, found: &mut Vec<Bound>) {
    let schema = reach(document, schema);
    for kind in ["maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems"] {
        if let Some(at) = schema[kind].as_i64() {
            found.push(Bound { pointer: pointer.to_owned(), kind, at, schema: schema.clone() });
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        bounds(document, member, &format!("{pointer}/{name}"), found);
    }
    if schema["items"].is_object() {
        bounds(document, &schema["items"], &format!("{pointer}/0"), found);
    }
}

/// The least that a schema takes: its examples, and required members only.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = reach(document, schema);
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().into_iter().flatten();
        let members = required
            .map(|name| name.as_str().unwrap())
            .map(|name| (name.to_owned(), sample(document, &properties[name])));
        return Value::Object(members.collect::<Map<_, _>>());
    }
    if schema["items"].is_object() {
        return json!([sample(document, &schema["items"])]);
    }
    match (&schema["enum"], &schema["examples"]) {
        (Value::Array(codes), _) => codes[0].clone(),
        (_, Value::Array(examples)) => examples[0].clone(),
        _ => json!("x"),
    }
}

/// Puts a value at a pointer, with all that has to be there around it.
fn place(document: &Value, schema: &Value, target: &mut Value, pointer: &[&str], value: Value) {
    let Some((first, rest)) = pointer.split_first() else {
        *target = value;
        return;
    };
    let schema = reach(document, schema);
    if *first == "0" {
        let item = target.as_array_mut().unwrap();
        if item.is_empty() {
            item.push(sample(document, &schema["items"]));
        }
        place(document, &schema["items"], &mut item[0], rest, value);
    } else {
        let member = &schema["properties"][*first];
        if !target[*first].is_object() && !target[*first].is_array() {
            target[*first] = sample(document, member);
        }
        place(document, member, &mut target[*first], rest, value);
    }
}

fn filled(document: &Value, bound: &Bound, count: i64) -> Value {
    let length = || usize::try_from(count).unwrap();
    match bound.kind {
        "maxLength" | "minLength" => json!("a".repeat(length())),
        "maximum" | "minimum" => json!(count),
        _ => {
            let item = sample(document, &bound.schema["items"]);
            let code = reach(document, &bound.schema["items"])["enum"].is_array();
            let id = reach(document, &bound.schema["items"])["format"] == "uuid";
            let different = |at: usize| match &item {
                Value::String(_) if id => json!(fresh()),
                Value::String(_) if code => item.clone(),
                Value::String(text) if text.len() == 2 => item.clone(),
                Value::String(_) => json!(format!("text-{at}")),
                Value::Object(members) => {
                    let mut members = members.clone();
                    for name in ["id", "value", "handle", "full_name"] {
                        if members.contains_key(name) {
                            members.insert(name.into(), json!(format!("value-{at}")));
                        }
                    }
                    if members.contains_key("number") {
                        members.insert("number".into(), json!(format!("+86138001380{at:02}")));
                    }
                    if members.contains_key("address") {
                        members.insert("address".into(), json!(format!("mail{at}@example.com")));
                    }
                    Value::Object(members)
                }
                other => other.clone(),
            };
            Value::Array((0..length()).map(different).collect())
        }
    }
}

/// Faults at a pointer that the length or size of a value brought about.
fn about(answer: &Value, pointer: &str) -> Vec<String> {
    let faults = answer["errors"].as_array().into_iter().flatten();
    faults
        .filter(|fault| fault["pointer"] == pointer)
        .map(|fault| fault["code"].as_str().unwrap().to_owned())
        .collect()
}

async fn tried(owner: &Owner<'_>, operation: &Operation, ids: &[String], body: &Value) -> (u16, Value) {
    let body = Some(("application/json".to_owned(), body.to_string()));
    let answer = send(owner.world, operation, &path(operation, ids), Some(&owner.admin.token), body).await;
    (answer.status, if answer.bytes.is_empty() { Value::Null } else { answer.json() })
}

#[actix_web::test]
async fn every_bound_of_a_body_is_kept() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "word" };
    let document = hospes::app::document();
    let (mut checked, mut wrong) = (0, Vec::new());
    for operation in operations() {
        let Some((_, schema, example)) =
            operation.body.as_ref().filter(|(media, _, _)| media == "application/json")
        else {
            continue;
        };
        let mut found = Vec::new();
        bounds(&document, schema, "", &mut found);
        let ids = owner.target(row_of(&operation.id).target).await;
        // Nothing is logged in so often by one account.
        for bound in found.into_iter().filter(|bound| operation.id != "login" || bound.kind != "minLength") {
            let pointer: Vec<&str> = bound.pointer.split('/').skip(1).collect();
            let name = format!("{} {} {} {}", operation.id, bound.pointer, bound.kind, bound.at);
            let beyond = if bound.kind.starts_with("max") { bound.at + 1 } else { bound.at - 1 };
            let mut body = example.clone();
            place(&document, schema, &mut body, &pointer, filled(&document, &bound, beyond));
            let (status, answer) = tried(&owner, &operation, &ids, &body).await;
            let named = !about(&answer, &bound.pointer).is_empty()
                || about(&answer, "").iter().any(|code| code == "length");
            if status != 422 || !named {
                wrong.push(format!("{name}: {beyond} gets {status} {}", answer["errors"]));
            }
            checked += 1;
            let mut body = example.clone();
            place(&document, schema, &mut body, &pointer, filled(&document, &bound, bound.at));
            let (status, answer) = tried(&owner, &operation, &ids, &body).await;
            let refused = about(&answer, &bound.pointer)
                .into_iter()
                .any(|code| code == "length" || code == "range" || code == "too_many");
            if refused || status >= 500 {
                wrong.push(format!("{name}: {} gets {status} {}", bound.at, answer["errors"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 300, "{checked}");
}

#[actix_web::test]
async fn every_bound_of_a_query_is_kept() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "word" };
    let (mut checked, mut wrong) = (0, Vec::new());
    for operation in operations() {
        let ids = owner.target(row_of(&operation.id).target).await;
        for parameter in operation.parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            for (kind, step) in [("maxLength", 1), ("minLength", -1), ("maximum", 1), ("minimum", -1)] {
                let Some(at) = schema[kind].as_i64() else { continue };
                for (value, good) in [(at, true), (at + step, false)] {
                    let text = if kind.ends_with("Length") {
                        "a".repeat(usize::try_from(value).unwrap())
                    } else {
                        value.to_string()
                    };
                    let target = format!("{}?{name}={text}", path(&operation, &ids));
                    let answer = send(&world, &operation, &target, Some(&admin.token), None).await;
                    let body = if answer.status == 200 || answer.bytes.is_empty() {
                        json!({})
                    } else {
                        answer.json()
                    };
                    let codes = about(&body, &format!("?{name}"));
                    let refused = codes.iter().any(|code| code == "length" || code == "range");
                    let kept = if good { !refused } else { answer.status == 400 && !codes.is_empty() };
                    if !kept || answer.status >= 500 {
                        wrong.push(format!(
                            "{} ?{name} {kind} {value}: {} {body}",
                            operation.id, answer.status
                        ));
                    }
                    checked += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 80, "{checked}");
}
