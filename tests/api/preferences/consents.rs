use rstest::rstest;
use serde_json::json;

use super::guest;
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_sensitive_preference_needs_a_scope_and_a_consent(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (guest, list) = guest(&world, &admin).await;
    let consents = format!("/v1/guests/{}/consents", guest["id"].as_str().unwrap());
    let body = json!({"code": "allergy_peanuts", "polarity": "must_not", "severity": "life_threatening"});
    let refused = world.post(&list).by(&admin).json(&body).await.problem(409, "state_conflict");
    assert!(refused["detail"].as_str().unwrap().contains("consent"));
    let given = json!({"purpose": "sensitive_data", "method": "written", "expires_on": "2027-01-31"});
    let consent = world.post(&consents).by(&admin).json(&given).await;
    let consent_path = consent.header("location").to_owned();
    let consent = consent.ok(201);
    let made = world.post(&list).by(&admin).json(&body).await;
    let path = made.header("location").to_owned();
    let made = made.ok(201);
    assert_eq!((&made["sensitive"], &made["consent_id"]), (&json!(true), &consent["id"]));
    // Not all of the staff are cleared.
    let uncleared = ["front_desk", "housekeeping", "marketing"];
    let roles = hospes::staff::roles::Role::ALL.iter().filter(|role| uncleared.contains(&role.code()));
    for role in roles {
        let has = |scope: &str| role.scopes().iter().any(|one| one.code() == scope);
        if !has("preferences:read") || has("preferences:sensitive") {
            continue;
        }
        let person = world.staff(role.code()).await;
        world.get(&path).by(&person).send().await.problem(404, "not_found");
        assert_eq!(world.get(&list).by(&person).send().await.ok(200)["items"], json!([]));
        if has("preferences:write") {
            let refused =
                world.post(&list).by(&person).json(&json!({"code": "halal", "polarity": "must"})).await;
            assert_eq!(refused.problem(403, "forbidden")["required_scope"], "preferences:sensitive");
        }
    }
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events").by(&admin).send().await;
    assert!(!String::from_utf8_lossy(&feed.bytes).contains("peanuts"));
    // Withdrawn: it stays in the history, but is not acted on.
    let why = json!({"reason": "客人要求"});
    let withdraw = format!("{consent_path}/withdraw");
    let gone = world
        .request(actix_web::http::Method::POST, &withdraw)
        .by(&admin)
        .if_match("\"1\"")
        .json(&why)
        .await
        .ok(200);
    assert_eq!((&gone["status"], &gone["withdrawal_reason"]), (&json!("withdrawn"), &json!("客人要求")));
    world
        .request(actix_web::http::Method::POST, &withdraw)
        .by(&admin)
        .if_match("\"2\"")
        .json(&why)
        .await
        .problem(409, "state_conflict");
    let set = world.get(&list).by(&admin).send().await.ok(200);
    assert_eq!(set["items"][0]["standing"], "without_consent");
    assert_eq!(world.get("/v1/reports/needs").by(&admin).send().await.ok(200)["items"], json!([]));
    let again = json!({"code": "halal", "polarity": "must"});
    world.post(&list).by(&admin).json(&again).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn a_consent_of_one_hotel_covers_what_is_meant_for_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (guest, list) = guest(&world, &admin).await;
    let consents = format!("/v1/guests/{}/consents", guest["id"].as_str().unwrap());
    let given = json!({"purpose": "sensitive_data", "method": "spoken", "hotel_id": world.home.hotel});
    world.post(&consents).by(&admin).json(&given).await.ok(201);
    world
        .post(&list)
        .by(&admin)
        .json(&json!({"code": "halal", "polarity": "must"}))
        .await
        .problem(409, "state_conflict");
    let meant = json!({"code": "halal", "polarity": "must", "hotel_ids": [world.home.hotel]});
    world.post(&list).by(&admin).json(&meant).await.ok(201);
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "admin").await;
    assert_eq!(world.get(&consents).by(&there).send().await.ok(200)["items"], json!([]));
    let late = json!({"purpose": "marketing", "method": "online", "given_at": "2030-01-01T00:00:00Z"});
    assert_eq!(
        world.post(&consents).by(&admin).json(&late).await.faults(422, "invalid_content"),
        ["/given_at future"]
    );
}
