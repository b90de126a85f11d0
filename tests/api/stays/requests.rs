//! What special requests suggest.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{make, path};
use crate::harness::{Answer, Backend, Person, World};

async fn decide(world: &World, by: &Person, stay: &Value, verb: &str, codes: &[&str]) -> Answer {
    let path = format!("{}/preference-suggestions/{verb}", path(stay));
    world.request(Method::POST, &path).by(by).if_match("*").json(&json!({"codes": codes})).await
}

fn states(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found = answer["suggestions"].as_array().unwrap().iter();
    found.map(|one| (text(&one["code"]), text(&one["state"]))).collect()
}

#[rstest]
#[actix_web::test]
async fn suggestions_wait_for_staff(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = world.named(&desk, "王", "小明").await;
    let set = json!({"guest": {"guest_id": guest["id"]}, "special_requests": "高楼层，需要婴儿床"});
    let stay = make(&world, &desk, set).await;
    let at = format!("{}/preference-suggestions", path(&stay));
    let pair = |code: &str, state: &str| (code.to_owned(), state.to_owned());
    let open = world.get(&at).by(&desk).send().await.ok(200);
    assert_eq!(states(&open), [pair("high_floor", "open"), pair("crib", "open")]);
    let refused = decide(&world, &desk, &stay, "accept", &["bathtub"]).await;
    assert_eq!(refused.faults(422, "invalid_content"), ["/codes/0 not_suggested"]);
    let done = decide(&world, &desk, &stay, "accept", &["high_floor"]).await.ok(200);
    assert_eq!(states(&done), [pair("high_floor", "accepted"), pair("crib", "open")]);
    let done = decide(&world, &desk, &stay, "dismiss", &["crib"]).await.ok(200);
    assert_eq!(states(&done), [pair("high_floor", "accepted"), pair("crib", "dismissed")]);
    let again = decide(&world, &desk, &stay, "accept", &["high_floor"]).await.ok(200);
    assert_eq!(again["stay_version"], done["stay_version"]);
    let nobody = make(&world, &desk, json!({"special_requests": "high floor please"})).await;
    decide(&world, &desk, &nobody, "accept", &["high_floor"]).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn what_is_sensitive_is_suggested_to_those_who_may_read_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, guard) = (world.staff("front_desk").await, world.staff("security").await);
    let guest = world.named(&desk, "王", "小明").await;
    let set = json!({"guest": {"guest_id": guest["id"]}, "special_requests": "allergic to nuts, high floor"});
    let stay = make(&world, &desk, set).await;
    let at = format!("{}/preference-suggestions", path(&stay));
    let told = async |by: &Person| {
        let found = states(&world.get(&at).by(by).send().await.ok(200));
        found.into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    assert_eq!(told(&desk).await, ["allergy_nuts", "high_floor"]);
    assert_eq!(told(&guard).await, ["high_floor"]);
}
