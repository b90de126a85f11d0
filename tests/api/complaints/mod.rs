//! Complaints: taken in, worked on, paid for, merged, watched by clocks.

mod aftercare;
mod against_a_model;
mod attachments;
mod attachments_s3;
mod clocks;
mod intake;
mod life;
mod lists;
mod merging;
mod money;
mod reports;
mod rules;
mod search;
mod walkthrough;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Person, World};

/// A complaint with all that recording needs, with `more` laid over it.
pub fn words(world: &World, more: Value) -> Value {
    let mut body = json!({
        "hotel_id": world.home.hotel, "channel": "front_desk", "subject": "空调不制冷",
        "description": "空调不制冷，半夜热醒了两次。\nSecond line, “quoted”, 👍🏽.", "language": "zh-CN", "room": "1208",
        "classification": {"category": "temperature", "cause_category": "product_quality", "severity": "general",
            "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"},
    });
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    // What is heard of has happened.
    if let Some(heard) = more["received_at"].as_str()
        && body["classification"]["occurred_at"].as_str().is_some_and(|happened| happened > heard)
    {
        body["classification"]["occurred_at"] = json!(heard);
    }
    body
}

/// Takes a complaint in.
pub async fn complaint(world: &World, by: &Person, more: Value) -> Value {
    world.post("/v1/complaints").by(by).json(&words(world, more)).await.ok(201)
}

pub fn path(complaint: &Value) -> String {
    format!("/v1/complaints/{}", complaint["id"].as_str().unwrap())
}

/// Makes a move of any version.
pub async fn make(world: &World, by: &Person, complaint: &Value, wanted: &str, body: Value) -> Answer {
    let path = format!("{}/{wanted}", path(complaint));
    let request =
        world.request(Method::POST, &path).by(by).if_match("*").header("idempotency-key", &world.key());
    if body.is_null() { request.send().await } else { request.json(&body).await }
}

pub async fn read(world: &World, by: &Person, complaint: &Value) -> Value {
    world.get(&path(complaint)).by(by).send().await.ok(200)
}

/// Brings a new complaint as far as investigated.
pub async fn investigated(world: &World, by: &Person, more: Value) -> Value {
    let complaint = complaint(world, by, more).await;
    let found = json!({"finding": "substantiated", "summary": "压缩机故障", "root_cause": "滤网未清洗"});
    make(world, by, &complaint, "investigation", found).await.ok(200)
}

/// Brings a new complaint as far as followed up, with an apology.
pub async fn resolved(world: &World, by: &Person, more: Value) -> Value {
    let complaint = investigated(world, by, more).await;
    let proposed = make(world, by, &complaint, "solutions", json!({"type": "apology"})).await.ok(201);
    let solution = proposed["solutions"][0]["id"].as_str().unwrap().to_owned();
    make(world, by, &complaint, &format!("solutions/{solution}/execute"), json!({})).await.ok(200);
    make(world, by, &complaint, "follow-up", json!({})).await.ok(200)
}

/// The codes of the moves that are allowed and need nothing more.
pub fn open_moves(complaint: &Value) -> Vec<&str> {
    let moves = complaint["moves"].as_array().unwrap().iter();
    moves
        .filter(|one| one["needs"].as_array().unwrap().is_empty() && one["permitted"] == true)
        .map(|one| one["move"].as_str().unwrap())
        .collect()
}
