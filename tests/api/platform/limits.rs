//! Quotas: a client beyond its own is told to wait, and others are served.

use crate::harness::{Backend, World};

#[actix_web::test]
async fn a_client_beyond_its_quota_waits_and_others_are_served() {
    let world = World::with_limit(Backend::Sqlite, 5, &[]).await;
    let (busy, calm) = (world.staff("admin").await, world.staff("admin").await);
    let mut left = Vec::new();
    for _ in 0..5 {
        let answer = world.get("/v1/me").by(&busy).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"client\";q=5;w=60");
        left.push(answer.header("ratelimit").split(';').nth(1).unwrap().to_owned());
    }
    assert_eq!(left, ["r=4", "r=3", "r=2", "r=1", "r=0"]);
    let refused = world.get("/v1/me").by(&busy).send().await;
    refused.problem(429, "too_many_requests");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=13).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").starts_with("\"client\";r=0;"));
    assert_eq!(world.get("/v1/me").by(&calm).send().await.status, 200);
    // Whoever sends no token is counted by address; health is never refused.
    for _ in 0..5 {
        world.get("/v1/me").send().await.problem(401, "unauthenticated");
    }
    world.get("/v1/me").send().await.problem(429, "too_many_requests");
    let elsewhere = world.get("/v1/me").at_address("10.0.0.7:1".parse().unwrap()).send().await;
    elsewhere.problem(401, "unauthenticated");
    let forwarded = world.get("/v1/me").header("x-forwarded-for", "10.0.0.8").send().await;
    forwarded.problem(429, "too_many_requests");
    for _ in 0..20 {
        world.get("/health/live").send().await.ok(200);
    }
}
