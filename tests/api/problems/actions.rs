//! Corrective actions from plan to proof, and what a problem needs to be resolved.

use rstest::rstest;
use serde_json::{Value, json};

use super::{act, action_path, improve, path, plan, problem, read};
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn an_action_goes_from_plan_to_proof_by_two_people(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (head, manager) = (world.staff("department_head").await, world.staff("duty_manager").await);
    let found = problem(&world, &head, "A").await;
    let training = json!({"type": "training", "description": "夜班学习", "owner_id": head.staff});
    let action = plan(&world, &head, &found, training).await;
    assert_eq!((&action["status"], &action["type"]), (&json!("planned"), &json!("training")));
    assert_eq!((&action["department"], &action["due_on"]), (&json!("front-office"), &json!("2026-11-30")));
    let place = action_path(&action);
    act(&world, &head, &format!("{place}/verify"), json!({"result": "effective"}))
        .await
        .problem(409, "state_conflict");
    let stale = world.post(&format!("{place}/start")).by(&head).if_match("\"9\"").send().await;
    stale.problem(412, "precondition_failed");
    let started = act(&world, &head, &format!("{place}/start"), Value::Null).await.ok(200);
    assert_eq!(started["status"], "in_progress");
    act(&world, &head, &format!("{place}/start"), Value::Null).await.problem(409, "state_conflict");
    let note = json!({"note": "八人参加", "done_at": "2026-11-21T07:00:00Z"});
    let done = act(&world, &head, &format!("{place}/done"), note).await.ok(200);
    assert_eq!((&done["status"], &done["done_by"]), (&json!("done"), &json!(head.staff)));
    assert_eq!(done["done_at"], "2026-11-21T07:00:00.000000Z");
    let found_it = json!({"result": "effective"});
    let own = act(&world, &head, &format!("{place}/verify"), found_it.clone()).await;
    own.problem(409, "state_conflict");
    let failed = json!({"result": "not_effective", "note": "仍有两人不会"});
    let failed = act(&world, &manager, &format!("{place}/verify"), failed).await.ok(200);
    assert_eq!((&failed["status"], &failed["result"]), (&json!("in_progress"), &json!("not_effective")));
    // The manager writes down that the head has done it, and may look.
    let again = json!({"done_by_staff_id": head.staff});
    let again = act(&world, &manager, &format!("{place}/done"), again).await.ok(200);
    assert!(again.get("result").is_none());
    let verified = act(&world, &manager, &format!("{place}/verify"), found_it).await.ok(200);
    assert_eq!((&verified["status"], &verified["verified_by"]), (&json!("verified"), &json!(manager.staff)));
    let more = json!({"description": "x"});
    let late = world.patch(&place).by(&head).if_match("*").json(&more).await;
    late.problem(409, "state_conflict");
    act(&world, &head, &format!("{place}/cancel"), json!({"reason": "x"}))
        .await
        .problem(409, "state_conflict");
    let list = format!("{}/actions", path(&found));
    assert_eq!(world.get(&list).by(&head).send().await.ok(200)["items"], json!([verified]));
}

#[rstest]
#[actix_web::test]
async fn a_problem_is_resolved_only_when_something_works_and_nothing_is_left_to_do(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (head, quality) = (world.staff("department_head").await, world.staff("quality").await);
    let found = problem(&world, &head, "A").await;
    let place = path(&found);
    let resolve = async || act(&world, &head, &format!("{place}/resolve"), Value::Null).await;
    let needs = async || {
        let told = resolve().await.problem(409, "state_conflict");
        assert!(told["detail"].as_str().unwrap().contains("must have been verified"), "{told}");
        told["needs"].clone()
    };
    assert_eq!(needs().await, json!(["analysis", "verified_action"]));
    act(&world, &head, &format!("{place}/close"), Value::Null).await.problem(409, "state_conflict");
    let beneath = json!({"root_cause": "冷媒管老化", "workaround": "移动空调"});
    let known = act(&world, &head, &format!("{place}/analyse"), beneath).await.ok(200);
    assert_eq!((&known["status"], &known["workaround"]), (&json!("analysed"), &json!("移动空调")));
    let forgotten = world.patch(&place).by(&head).if_match("*").json(&json!({"root_cause": null})).await;
    forgotten.problem(409, "state_conflict");
    let open = plan(&world, &head, &found, json!({})).await;
    assert_eq!(needs().await, json!(["actions_settled", "verified_action"]));
    act(&world, &head, &format!("{}/cancel", action_path(&open)), json!({"reason": "取消"})).await.ok(200);
    assert_eq!(needs().await, json!(["verified_action"]));
    improve(&world, &head, &quality, &found).await;
    let resolved = resolve().await.ok(200);
    assert_eq!(resolved["status"], "resolved");
    resolve().await.problem(409, "state_conflict");
    let late =
        json!({"type": "other", "description": "x", "department": "front-office", "due_on": "2026-12-01"});
    let answer = world.post(&format!("{place}/actions")).by(&head).json(&late).await;
    answer.problem(409, "state_conflict");
    // Opened again it needs something that works anew.
    let again = act(&world, &head, &format!("{place}/reopen"), json!({"reason": "又来了"})).await.ok(200);
    assert_eq!((&again["status"], &again["root_cause"]), (&json!("open"), &json!("冷媒管老化")));
    act(&world, &head, &format!("{place}/analyse"), json!({"root_cause": "阀门"})).await.ok(200);
    assert_eq!(needs().await, json!(["verified_action"]));
    improve(&world, &head, &quality, &found).await;
    resolve().await.ok(200);
    let closed = act(&world, &head, &format!("{place}/close"), Value::Null).await.ok(200);
    assert_eq!(closed["status"], "closed");
    let title = world.patch(&place).by(&head).if_match("*").json(&json!({"title": "x"})).await;
    title.problem(409, "state_conflict");
    assert_eq!(read(&world, &head, &found).await["reopen_count"], 1);
}

#[rstest]
#[actix_web::test]
async fn what_is_overdue_is_found_across_problems(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, head) = (world.staff("admin").await, world.staff("department_head").await);
    let (first, second) = (problem(&world, &admin, "A").await, problem(&world, &admin, "B").await);
    // It is 16:00 of 21 November where the hotel is.
    let due = |day: &str| json!({"due_on": day, "owner_id": head.staff});
    let late = plan(&world, &admin, &first, due("2026-11-20")).await;
    let today = plan(&world, &admin, &second, due("2026-11-21")).await;
    let done = plan(&world, &admin, &second, due("2026-11-19")).await;
    act(&world, &admin, &format!("{}/done", action_path(&done)), json!({})).await.ok(200);
    assert_eq!((&late["overdue"], &today["overdue"]), (&json!(true), &json!(false)));
    let list = async |query: &str| {
        let place = format!("/v1/corrective-actions?{query}");
        let found = world.get(&place).by(&admin).send().await.ok(200);
        let id = |one: &Value| one["id"].clone();
        found["items"].as_array().unwrap().iter().map(id).collect::<Vec<Value>>()
    };
    assert_eq!(list("overdue=true").await, [late["id"].clone()]);
    assert_eq!(list("overdue=false&status=planned,in_progress").await, [today["id"].clone()]);
    let all = [done["id"].clone(), late["id"].clone(), today["id"].clone()];
    assert_eq!(list("department=front-office").await, all);
    assert_eq!(list(&format!("owner_id={}&status=planned", head.staff)).await, all[1..]);
    assert_eq!(list(&format!("hotel_id={}", world.home.other_hotel.0)).await, Vec::<Value>::new());
    // Page by page.
    let page = world.get("/v1/corrective-actions?limit=2").by(&admin).send().await.ok(200);
    let next = format!("/v1/corrective-actions?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = world.get(&next).by(&admin).send().await.ok(200);
    assert_eq!((&rest["items"][0]["id"], &rest["has_more"]), (&today["id"], &json!(false)));
    // The next day has begun.
    world.clock.advance(chrono::TimeDelta::hours(8));
    let admin = world.renewed(&admin);
    let found = world.get("/v1/corrective-actions?overdue=true").by(&admin).send().await.ok(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    let later = json!({"due_on": "2026-12-24"});
    let moved = world.patch(&action_path(&today)).by(&admin).if_match("*").json(&later).await.ok(200);
    assert_eq!(moved["overdue"], false);
}
