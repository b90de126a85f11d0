//! What is kept of a job that has ended, and for how long.

use std::time::Duration;

use chrono::TimeDelta;
use hospes::background::{Pace, prune_job_rows};
use hospes::web::app::Bounds;
use rstest::rstest;
use serde_json::json;

use super::{counts, import, kept, line, rows, upload, worker_id};
use crate::harness::{Backend, World};

/// Runs the background step to its end; how many rounds there were.
async fn prune(world: &World) -> usize {
    let mut rounds = 1;
    while prune_job_rows(world.app.clone().into_inner(), worker_id(1)).await.unwrap() == Pace::Again {
        rounds += 1;
    }
    rounds
}

#[rstest]
#[actix_web::test]
async fn rows_go_a_month_after_the_job_has_ended_and_the_job_stays_and_says_so(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    // More than one round takes: it must not hold up the writers.
    let old = import(&world, &admin, format!("{}{}", line("1", "Anders"), "{}\n".repeat(4_500))).await;
    let waiting = upload(&world, &foreign, line("1", "Waits")).await.ok(202);
    assert_eq!(counts(&old), [4_501, 1, 0, 0, 4_500]);
    world.clock.advance(TimeDelta::days(29));
    let admin = world.staff("admin").await;
    let young = import(&world, &admin, line("2", "Berg")).await;
    assert_eq!(prune(&world).await, 1);
    assert_eq!(kept(&world).await, [3, 0, 4_503]);

    world.clock.advance(TimeDelta::days(2));
    assert!(prune(&world).await > 3, "a bounded number of rows a round");
    let admin = world.staff("admin").await;
    assert_eq!(kept(&world).await, [3, 0, 2]);
    let path = format!("/v1/jobs/{}", old["id"].as_str().unwrap());
    let answer =
        world.get(&path).by(&admin).header("if-none-match", &format!("\"{}\"", old["version"])).send().await;
    let pruned = answer.ok(200);
    assert!(pruned["rows_pruned_at"].is_string(), "{pruned}");
    assert_eq!((&pruned["status"], &pruned["progress"]), (&json!("succeeded"), &old["progress"]));
    assert!(rows(&world, &admin, &pruned, "").await.is_empty());
    assert_eq!(rows(&world, &admin, &young, "").await.len(), 1);
    assert!(world.get(&format!("/v1/jobs/{}", young["id"].as_str().unwrap())).by(&admin).send().await.ok(200)["rows_pruned_at"].is_null());
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let waited =
        world.get(&format!("/v1/jobs/{}", waiting["id"].as_str().unwrap())).by(&foreign).send().await.ok(200);
    assert_eq!(waited["status"], "succeeded");
    // Nothing more is written for it.
    assert_eq!(prune(&world).await, 1);
    assert_eq!(world.get(&path).by(&admin).send().await.etag(), answer.etag());
}

#[rstest]
#[actix_web::test]
async fn the_operator_chooses_how_long_rows_are_kept(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bounds = Bounds { job_rows_kept: Duration::from_secs(86_400), ..Bounds::default() };
    let world = World::bounded(backend, bounds).await;
    let admin = world.staff("admin").await;
    import(&world, &admin, line("1", "Anders")).await;
    world.clock.advance(TimeDelta::hours(23));
    prune(&world).await;
    assert_eq!(kept(&world).await, [1, 0, 1]);
    world.clock.advance(TimeDelta::hours(2));
    prune(&world).await;
    assert_eq!(kept(&world).await, [1, 0, 0]);
}
