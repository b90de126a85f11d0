//! Stays: their life, what other systems deliver, and the figures that follow.

mod delivery;
mod figures;
mod life;
mod requests;

use serde_json::{Value, json};

use crate::harness::{Person, World};

/// The least a stay needs, in the first hotel.
pub fn body(world: &World) -> Value {
    json!({
        "hotel_id": world.home.hotel, "guest": {"name": "王小明"}, "arrival_on": "2026-12-20",
        "departure_on": "2026-12-22"
    })
}

/// Creates a stay with some members set.
pub async fn make(world: &World, by: &Person, set: Value) -> Value {
    let mut wanted = body(world);
    for (name, value) in set.as_object().unwrap() {
        wanted[name] = value.clone();
    }
    world.post("/v1/stays").by(by).json(&wanted).await.ok(201)
}

pub fn path(stay: &Value) -> String {
    format!("/v1/stays/{}", stay["id"].as_str().unwrap())
}
