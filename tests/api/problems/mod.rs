//! Problems: what complaints have in common, what is done about it, who is told; and links between complaints.

mod actions;
mod bad_input;
mod links;
mod membership;
mod notify;
mod recurrence;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::complaints::complaint;
use crate::harness::{Answer, Person, World};

/// A complaint about an asset in a room of its own, so that nothing but the asset repeats.
pub async fn about(world: &World, by: &Person, asset: &str, room: &str, more: Value) -> Value {
    let mut body = json!({"asset": asset, "room": room});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    complaint(world, by, body).await
}

/// A judgement without room or asset to share, but for the exact cause.
pub fn class(cause: &str, sub_cause: &str, department: &str) -> Value {
    json!({"category": "temperature", "cause_category": cause, "sub_cause": sub_cause, "severity": "general",
        "department": department, "occurred_at": "2026-09-21T02:00:00Z"})
}

pub fn path(problem: &Value) -> String {
    format!("/v1/problems/{}", problem["id"].as_str().unwrap())
}

/// Opens a problem about an asset by hand.
pub async fn problem(world: &World, by: &Person, asset: &str) -> Value {
    let body = json!({"hotel_id": world.home.hotel, "repeats": {"kind": "asset", "asset": asset}});
    world.post("/v1/problems").by(by).json(&body).await.ok(201)
}

pub async fn read(world: &World, by: &Person, problem: &Value) -> Value {
    world.get(&path(problem)).by(by).send().await.ok(200)
}

/// The problem a complaint belongs to.
pub async fn problem_of(world: &World, by: &Person, complaint: &Value) -> Option<Value> {
    let complaint = crate::complaints::read(world, by, complaint).await;
    let id = complaint["problem_id"].as_str()?;
    Some(world.get(&format!("/v1/problems/{id}")).by(by).send().await.ok(200))
}

/// Does something with a problem or an action of any version.
pub async fn act(world: &World, by: &Person, place: &str, body: Value) -> Answer {
    let request =
        world.request(Method::POST, place).by(by).if_match("*").header("idempotency-key", &world.key());
    if body.is_null() { request.send().await } else { request.json(&body).await }
}

/// Plans a repair, due at the end of the day.
pub async fn plan(world: &World, by: &Person, problem: &Value, more: Value) -> Value {
    let mut body = json!({"type": "repair", "description": "更换冷媒管", "department": "front-office",
        "due_on": "2026-11-30"});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    world.post(&format!("{}/actions", path(problem))).by(by).json(&body).await.ok(201)
}

pub fn action_path(action: &Value) -> String {
    format!("/v1/corrective-actions/{}", action["id"].as_str().unwrap())
}

/// Does something about a problem, and lets somebody else find that it works.
pub async fn improve(world: &World, doer: &Person, looker: &Person, problem: &Value) -> Value {
    let action = plan(world, doer, problem, json!({})).await;
    act(world, doer, &format!("{}/done", action_path(&action)), json!({})).await.ok(200);
    let found = json!({"result": "effective"});
    act(world, looker, &format!("{}/verify", action_path(&action)), found).await.ok(200)
}

/// Analyses, improves and resolves a problem.
pub async fn resolve(world: &World, doer: &Person, looker: &Person, problem: &Value) -> Value {
    let beneath = json!({"root_cause": "冷媒管老化"});
    act(world, doer, &format!("{}/analyse", path(problem)), beneath).await.ok(200);
    improve(world, doer, looker, problem).await;
    act(world, doer, &format!("{}/resolve", path(problem)), Value::Null).await.ok(200)
}

/// The ids of the complaints of a problem, in their order.
pub async fn complaints_of(world: &World, by: &Person, problem: &Value) -> Vec<String> {
    let list = world.get(&format!("{}/complaints", path(problem))).by(by).send().await.ok(200);
    let id = |one: &Value| one["complaint_id"].as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(id).collect()
}
