//! What hangs on guests from other slices follows them through merges and comes back.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

async fn count(world: &World, by: &Person, path: &str) -> usize {
    world.get(path).by(by).send().await.ok(200)["items"].as_array().unwrap().len()
}

/// Preferences, stays and planned items of a guest.
async fn hanging(world: &World, by: &Person, guest: &str) -> [usize; 3] {
    let preferences = count(world, by, &format!("/v1/guests/{guest}/preferences")).await;
    let stays = count(world, by, &format!("/v1/stays?guest_id={guest}")).await;
    let consents = count(world, by, &format!("/v1/guests/{guest}/consents")).await;
    [preferences, stays, consents]
}

fn of_kind(moves: &Value, kind: &str) -> i64 {
    let attached = moves["attached"].as_array().unwrap();
    attached.iter().find(|entry| entry["kind"] == kind).unwrap()["count"].as_i64().unwrap()
}

async fn stay(world: &World, by: &Person, hotel: &Value, guest: Value, companions: Value) -> Value {
    let body = json!({"hotel_id": hotel, "guest": guest, "companions": companions, "arrival_on": "2026-12-01",
        "departure_on": "2026-12-03", "adults": 2});
    world.post("/v1/stays").by(by).json(&body).await.ok(201)
}

#[rstest]
#[actix_web::test]
async fn preferences_consents_stays_and_plans_follow_a_merge_and_come_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("general_manager").await;
    let hotel = world.get("/v1/hotels").by(&by).send().await.ok(200)["items"][0]["id"].clone();
    let a = world.named(&by, "王", "小明").await;
    let b = world.named(&by, "李", "雷").await;
    let (a_id, b_id) = (a["id"].as_str().unwrap(), b["id"].as_str().unwrap());
    for (guest, code) in [(a_id, "quiet_room"), (b_id, "high_floor")] {
        let wish = json!({"code": code, "polarity": "like"});
        world.post(&format!("/v1/guests/{guest}/preferences")).by(&by).json(&wish).await.ok(201);
    }
    let consent = json!({"purpose": "sensitive_data", "method": "written"});
    world.post(&format!("/v1/guests/{b_id}/consents")).by(&by).json(&consent).await.ok(201);
    let own = stay(&world, &by, &hotel, json!({"guest_id": b_id}), json!([])).await;
    stay(&world, &by, &hotel, json!({"guest_id": a_id}), json!([{"name": "张三"}, {"guest_id": b_id}])).await;
    let plan = format!("/v1/stays/{}/preference-plan", own["id"].as_str().unwrap());
    let drawn = world.post(&plan).by(&by).send().await;
    assert!([200, 201].contains(&drawn.status), "{}", drawn.status);
    assert_eq!((hanging(&world, &by, a_id).await, hanging(&world, &by, b_id).await), ([1, 1, 0], [1, 2, 1]));

    let asked = json!({"survivor_id": a_id, "merged_id": b_id});
    let preview = world.post("/v1/guest-merges/preview").by(&by).json(&asked).await.ok(200);
    let told = ["preferences", "consents", "stays", "stays_as_companion", "plan_items"];
    assert_eq!(told.map(|kind| of_kind(&preview["moves"], kind)), [1, 1, 1, 1, 1]);
    let body = json!({"survivor_id": a_id, "merged_id": b_id, "survivor_version": a["version"], "merged_version": b["version"]});
    let merge = world.post("/v1/guest-merges").by(&by).json(&body).await.ok(201);
    assert_eq!(hanging(&world, &by, a_id).await, [2, 2, 1]);

    // Written since, for either.
    for (guest, code) in [(a_id, "away_from_elevator"), (b_id, "crib")] {
        let wish = json!({"code": code, "polarity": "like"});
        world.post(&format!("/v1/guests/{guest}/preferences")).by(&by).json(&wish).await.ok(201);
    }
    let path = format!("/v1/guest-merges/{}/undo", merge["id"].as_str().unwrap());
    let shown = world.post(&format!("{path}/preview")).by(&by).send().await.ok(200);
    let back = told.map(|kind| of_kind(&shown["moves_back"], kind));
    let left = told.map(|kind| of_kind(&shown["stays"], kind));
    assert_eq!((back, left), ([2, 1, 1, 1, 1], [2, 0, 1, 0, 0]));
    world.post(&path).by(&by).if_match("\"1\"").send().await.ok(200);
    assert_eq!((hanging(&world, &by, a_id).await, hanging(&world, &by, b_id).await), ([2, 1, 0], [2, 2, 1]));
}
