use rstest::rstest;
use serde_json::json;

use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn confidential_notes_are_missing_for_those_not_cleared(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, manager) = (world.staff("front_desk").await, world.staff("duty_manager").await);
    let guest = world.named(&desk, "王", "小明").await;
    let path = format!("/v1/guests/{}/notes", guest["id"].as_str().unwrap());
    let open =
        world.post(&path).by(&desk).json(&json!({"class": "housekeeping", "text": "荞麦枕"})).await.ok(201);
    let secret = json!({"class": "general", "text": "secret words", "confidential": true});
    assert_eq!(
        world.post(&path).by(&desk).json(&secret).await.problem(403, "forbidden")["required_scope"],
        "notes:confidential"
    );
    let hidden = world.post(&path).by(&manager).json(&secret).await;
    let hidden_path = hidden.header("location").to_owned();
    hidden.ok(201);
    world.get(&hidden_path).by(&desk).send().await.problem(404, "not_found");
    let seen = world.get(&path).by(&desk).send().await.ok(200);
    assert_eq!(seen["items"], json!([open]));
    assert_eq!(world.get(&path).by(&manager).send().await.ok(200)["items"].as_array().unwrap().len(), 2);
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events").by(&manager).send().await;
    assert!(!String::from_utf8_lossy(&feed.bytes).contains("secret words"));
}

#[rstest]
#[actix_web::test]
async fn a_note_is_changed_archived_and_restored(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = world.named(&desk, "王", "小明").await;
    let list = format!("/v1/guests/{}/notes", guest["id"].as_str().unwrap());
    let note = world
        .post(&list)
        .by(&desk)
        .json(&json!({"class": "gifts", "title": "花", "text": "百合", "action_on": "2026-12-24"}))
        .await;
    let path = note.header("location").to_owned();
    note.ok(201);
    let changed = world
        .patch(&path)
        .by(&desk)
        .if_match("\"1\"")
        .json(&json!({"title": null, "text": "玫瑰"}))
        .await
        .ok(200);
    assert_eq!(
        (changed.get("title"), &changed["text"], &changed["action_on"]),
        (None, &json!("玫瑰"), &json!("2026-12-24"))
    );
    world.delete(&path).by(&desk).if_match("\"1\"").send().await.problem(412, "precondition_failed");
    assert_eq!(world.delete(&path).by(&desk).if_match("\"2\"").send().await.status, 204);
    assert_eq!(world.get(&list).by(&desk).send().await.ok(200)["items"], json!([]));
    assert_eq!(
        world.get(&format!("{list}?archived=true")).by(&desk).send().await.ok(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    world
        .patch(&path)
        .by(&desk)
        .if_match("\"3\"")
        .json(&json!({"text": "x"}))
        .await
        .problem(409, "state_conflict");
    let restore = world
        .request(actix_web::http::Method::POST, &format!("{path}/restore"))
        .by(&desk)
        .if_match("\"3\"")
        .send()
        .await;
    assert_eq!(restore.ok(200)["status"], "active");
}

#[rstest]
#[actix_web::test]
async fn a_relationship_is_read_from_both_ends(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (father, son) = (world.named(&desk, "王", "大明").await, world.named(&desk, "王", "小明").await);
    let list =
        |guest: &serde_json::Value| format!("/v1/guests/{}/relationships", guest["id"].as_str().unwrap());
    let body = json!({"other_guest_id": son["id"], "relation": "child", "travels_together": true});
    let made = world.post(&list(&father)).by(&desk).json(&body).await;
    let path = made.header("location").to_owned();
    assert_eq!(made.ok(201)["other_display_name"], "王小明");
    let seen = world.get(&list(&son)).by(&desk).send().await.ok(200);
    assert_eq!(
        (&seen["items"][0]["relation"], &seen["items"][0]["other_guest_id"]),
        (&json!("parent"), &father["id"])
    );
    let own = json!({"other_guest_id": father["id"], "relation": "friend"});
    world.post(&list(&father)).by(&desk).json(&own).await.problem(409, "state_conflict");
    let stranger = json!({"other_guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "relation": "friend"});
    assert_eq!(
        world.post(&list(&father)).by(&desk).json(&stranger).await.faults(422, "invalid_content"),
        ["/other_guest_id unknown_reference"]
    );
    assert_eq!(world.delete(&path).by(&desk).if_match("\"1\"").send().await.status, 204);
    assert_eq!(world.get(&list(&son)).by(&desk).send().await.ok(200)["items"], json!([]));
}
