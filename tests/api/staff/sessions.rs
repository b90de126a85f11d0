use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use super::{account, login, me, refresh, tokens};
use crate::harness::{Backend, World};

async fn with_account(backend: Backend) -> World {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    account(&world, &admin, "li.na@example.com", json!([{"role": "front_desk"}])).await;
    world
}

#[rstest]
#[actix_web::test]
async fn a_refresh_token_is_replaced_and_good_a_moment_longer(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = with_account(backend).await;
    let (_, first) = login(&world, "li.na@example.com").await;
    let (access, second) = tokens(&refresh(&world, &first).await.ok(200));
    assert_ne!(first, second);
    assert_eq!(me(&world, &access).await, 200);
    assert_eq!(
        tokens(&refresh(&world, &first).await.ok(200)).1,
        second,
        "the answer was lost: the same successor"
    );
    world.clock.advance(TimeDelta::seconds(9));
    assert_eq!(tokens(&refresh(&world, &first).await.ok(200)).1, second);
    tokens(&refresh(&world, &second).await.ok(200));
}

#[rstest]
#[actix_web::test]
async fn a_used_refresh_token_ends_the_whole_session(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = with_account(backend).await;
    let (access, first) = login(&world, "li.na@example.com").await;
    let (_, other) = login(&world, "li.na@example.com").await;
    let (_, second) = tokens(&refresh(&world, &first).await.ok(200));
    world.clock.advance(TimeDelta::seconds(11));
    refresh(&world, &first).await.problem(401, "session_ended");
    refresh(&world, &second).await.problem(401, "session_ended");
    assert_eq!(me(&world, &access).await, 401, "the access tokens end with it");
    refresh(&world, &other).await.ok(200);
    // Two steps old is a theft however soon it comes.
    let (_, first) = login(&world, "li.na@example.com").await;
    let (_, second) = tokens(&refresh(&world, &first).await.ok(200));
    let (_, third) = tokens(&refresh(&world, &second).await.ok(200));
    refresh(&world, &first).await.problem(401, "session_ended");
    refresh(&world, &third).await.problem(401, "session_ended");
}

#[rstest]
#[actix_web::test]
async fn fifty_refreshes_at_once_make_one_successor(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = with_account(backend).await;
    let (_, first) = login(&world, "li.na@example.com").await;
    let all = (0..50).map(|_| async {
        loop {
            let answer = refresh(&world, &first).await;
            // A server too busy says so, and nothing has happened.
            if answer.status != 503 {
                return tokens(&answer.ok(200)).1;
            }
        }
    });
    let successors: BTreeSet<String> = join_all(all).await.into_iter().collect();
    assert_eq!(successors.len(), 1);
    let next = successors.first().unwrap();
    assert_ne!(next, &first);
    refresh(&world, next).await.ok(200);
}

#[rstest]
#[actix_web::test]
async fn a_session_ends_by_logout_by_rest_and_by_age(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = with_account(backend).await;
    let (access, token) = login(&world, "li.na@example.com").await;
    world.post("/v1/auth/logout").token(&access).send().await.ok(204);
    assert_eq!(me(&world, &access).await, 401);
    refresh(&world, &token).await.problem(401, "session_ended");

    let (access, token) = login(&world, "li.na@example.com").await;
    world.clock.advance(TimeDelta::seconds(611));
    assert_eq!(me(&world, &access).await, 401, "ten minutes are over");
    world.clock.advance(TimeDelta::days(30));
    refresh(&world, &token).await.problem(401, "session_ended");

    let (_, mut token) = login(&world, "li.na@example.com").await;
    for _ in 0..4 {
        world.clock.advance(TimeDelta::days(22));
        token = tokens(&refresh(&world, &token).await.ok(200)).1;
    }
    world.clock.advance(TimeDelta::days(3));
    refresh(&world, &token).await.problem(401, "session_ended");
}

#[rstest]
#[actix_web::test]
async fn what_is_no_refresh_token_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = with_account(backend).await;
    let (_, token) = login(&world, "li.na@example.com").await;
    for place in (0..token.len()).step_by(7) {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).unwrap();
        refresh(&world, &forged).await.problem(401, "session_ended");
    }
    for bad in ["x", &token[1..], &format!("{token}A")] {
        refresh(&world, bad).await.problem(401, "session_ended");
    }
    refresh(&world, &token).await.ok(200);
}
