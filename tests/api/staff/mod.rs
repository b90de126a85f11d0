//! Staff: logging in and staying logged in, accounts, and who may give what to whom.

mod accounts;
mod authority;
mod login;
mod sessions;

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::harness::world::PASSWORD;
use crate::harness::{Answer, Person, World};

/// An account with a login address, as the API makes it.
async fn account(world: &World, admin: &Person, email: &str, memberships: Value) -> Value {
    let body = json!({"email": email, "display_name": "Li Na", "language": "en", "password": PASSWORD, "memberships": memberships});
    world.post("/v1/staff").by(admin).json(&body).await.ok(201)
}

/// Each try comes from an address of its own, as tries are counted by address.
fn address(world: &World) -> SocketAddr {
    let count: u32 = world.key().rsplit('-').next().unwrap().parse().unwrap();
    SocketAddr::from((
        [10, 0, u8::try_from(count / 256 % 256).unwrap(), u8::try_from(count % 256).unwrap()],
        1,
    ))
}

async fn try_login(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    world.post("/v1/auth/login").at_address(address(world)).json(&body).await
}

/// Access and refresh token.
async fn login(world: &World, email: &str) -> (String, String) {
    tokens(&try_login(world, email, PASSWORD).await.ok(200))
}

fn tokens(body: &Value) -> (String, String) {
    let text = |member: &str| body[member].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn refresh(world: &World, token: &str) -> Answer {
    world.post("/v1/auth/refresh").at_address(address(world)).json(&json!({"refresh_token": token})).await
}

async fn me(world: &World, token: &str) -> u16 {
    world.get("/v1/me").token(token).send().await.status
}
