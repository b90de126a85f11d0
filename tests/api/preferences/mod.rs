mod bulk;
mod catalogue;
mod consents;
mod sets;

use serde_json::Value;

use crate::harness::{Person, World};

/// A guest and the path of its preferences.
pub async fn guest(world: &World, by: &Person) -> (Value, String) {
    let guest = world.named(by, "王", "小明").await;
    let path = format!("/v1/guests/{}/preferences", guest["id"].as_str().unwrap());
    (guest, path)
}
