use rstest::rstest;
use serde_json::json;

use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_patch_sets_clears_and_leaves(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = world.guest(&desk, json!({"names": [{"full_name": "Ann Bell"}], "occupation": "pilot", "vip_level": "vip1", "tags": ["x"], "custom_fields": {"a": "1", "b": "2"}})).await;
    let path = format!("/v1/guests/{}", guest["id"].as_str().unwrap());
    let patch = json!({"occupation": null, "vip_level": "vip2", "tags": null, "custom_fields": {"a": null, "c": "3"}});
    let answer = world
        .patch(&path)
        .by(&desk)
        .if_match("\"1\"")
        .body("application/merge-patch+json", patch.to_string())
        .await;
    let changed = answer.ok(200);
    assert_eq!(answer.etag(), "\"2\"");
    assert_eq!(
        (&changed["occupation"], &changed["vip_level"], &changed["tags"]),
        (&json!(null), &json!("vip2"), &json!([]))
    );
    assert_eq!(changed["custom_fields"], json!({"b": "2", "c": "3"}));
    assert_eq!(changed["names"], guest["names"]);
    assert!(changed["updated_at"].as_str() > guest["updated_at"].as_str());
    let same = world.patch(&path).by(&desk).if_match("\"2\"").json(&json!({"vip_level": "vip2"})).await;
    assert_eq!((same.ok(200), same.etag()), (changed, "\"2\""));
    assert_eq!(
        world
            .patch(&path)
            .by(&desk)
            .if_match("\"2\"")
            .json(&json!({"names": null}))
            .await
            .faults(422, "invalid_content"),
        ["/names not_null"]
    );
}

#[rstest]
#[actix_web::test]
async fn a_stale_etag_is_412_and_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = world.named(&desk, "王", "小明").await;
    let path = format!("/v1/guests/{}", guest["id"].as_str().unwrap());
    let patch = json!({"vip_level": "vip1"});
    world.patch(&path).by(&desk).json(&patch).await.problem(428, "precondition_required");
    for stale in ["\"0\"", "\"2\"", "W/\"1\"", "nonsense"] {
        world.patch(&path).by(&desk).if_match(stale).json(&patch).await.problem(412, "precondition_failed");
    }
    assert_eq!(world.get(&path).by(&desk).send().await.ok(200), guest);
    let writers = (0..8).map(|n| {
        world
            .patch(&path)
            .by(&desk)
            .if_match("\"1\"")
            .body("application/json", json!({"occupation": format!("job {n}")}).to_string())
    });
    let answers = futures_util::future::join_all(writers).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
}

#[rstest]
#[actix_web::test]
async fn an_archived_guest_frees_its_references_and_comes_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let body =
        json!({"names": [{"full_name": "Ann Bell"}], "external_refs": [{"system": "pms", "id": "G1"}]});
    let guest = world.guest(&manager, body.clone()).await;
    let path = format!("/v1/guests/{}", guest["id"].as_str().unwrap());
    let archive = world.request(actix_web::http::Method::POST, &format!("{path}/archive"));
    let archived = archive.by(&manager).if_match("\"1\"").send().await.ok(200);
    assert_eq!(archived["status"], "archived");
    world.get("/v1/guests/by-ref/pms/G1").by(&manager).send().await.problem(404, "not_found");
    world
        .patch(&path)
        .by(&manager)
        .if_match("\"2\"")
        .json(&json!({"vip_level": "a"}))
        .await
        .problem(409, "state_conflict");
    assert_eq!(world.get("/v1/guests?q=ann").by(&manager).send().await.ok(200)["items"], json!([]));
    assert_eq!(
        world.get("/v1/guests?q=ann&status=archived").by(&manager).send().await.ok(200)["items"][0]["id"],
        guest["id"]
    );
    let second = world.guest(&manager, body).await;
    let restore = |etag: &'static str| {
        world.request(actix_web::http::Method::POST, &format!("{path}/restore")).by(&manager).if_match(etag)
    };
    assert_eq!(restore("\"2\"").send().await.problem(409, "already_taken")["conflicting_id"], second["id"]);
    let other = format!("/v1/guests/{}", second["id"].as_str().unwrap());
    world.patch(&other).by(&manager).if_match("\"1\"").json(&json!({"external_refs": []})).await.ok(200);
    assert_eq!(restore("\"2\"").send().await.ok(200)["status"], "active");
    assert_eq!(world.get("/v1/guests/by-ref/pms/G1").by(&manager).send().await.ok(200)["id"], guest["id"]);
    restore("\"3\"").send().await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn an_upsert_by_reference_creates_updates_and_repeats(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let path = "/v1/guests/by-ref/pms/A%2F1%20%E7%8E%8B";
    let sent = json!({"names": [{"full_name": "Ann Bell"}], "vip_level": "vip1"});
    let created = world.put(path).by(&desk).json(&sent).await.ok(201);
    assert_eq!(created["external_refs"], json!([{"system": "pms", "id": "A/1 王"}]));
    let repeated = world.put(path).by(&desk).json(&sent).await;
    assert_eq!((repeated.ok(200), repeated.etag()), (created.clone(), "\"1\""));
    let updated =
        world.put(path).by(&desk).json(&json!({"names": [{"full_name": "Ann Bell-Moor"}]})).await.ok(200);
    assert_eq!(
        (&updated["vip_level"], &updated["version"], &updated["id"]),
        (&json!("vip1"), &json!(2), &created["id"])
    );
    world.put(path).by(&desk).if_match("\"1\"").json(&sent).await.problem(412, "precondition_failed");
    world.put("/v1/guests/by-ref/Not%20a%20system/1").by(&desk).json(&sent).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_restriction_says_why_by_whom_and_until_when(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let guest = world.named(&manager, "王", "小明").await;
    let path = format!("/v1/guests/{}/restriction", guest["id"].as_str().unwrap());
    let wanted = json!({"reason_code": "unpaid_bill", "reason": "未结账", "scope": "group", "approved_by": manager.staff, "review_on": "2027-03-01"});
    let mut bad = wanted.clone();
    bad["approved_by"] = json!("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01");
    assert_eq!(
        world.put(&path).by(&manager).if_match("\"1\"").json(&bad).await.faults(422, "invalid_content"),
        ["/approved_by unknown_reference"]
    );
    let mut past = wanted.clone();
    past["review_on"] = json!("2020-01-01");
    assert_eq!(
        world.put(&path).by(&manager).if_match("\"1\"").json(&past).await.faults(422, "invalid_content"),
        ["/review_on review_date"]
    );
    let set = world.put(&path).by(&manager).if_match("\"1\"").json(&wanted).await.ok(200);
    assert_eq!(set["restriction"]["reason_code"], "unpaid_bill");
    assert_eq!(set["restriction"]["set_by"], json!(manager.staff));
    assert_eq!(
        world.get("/v1/guests?restricted=true").by(&manager).send().await.ok(200)["items"][0]["id"],
        guest["id"]
    );
    let lifted = world.delete(&path).by(&manager).if_match("\"2\"").send().await.ok(200);
    assert!(lifted.get("restriction").is_none());
}
