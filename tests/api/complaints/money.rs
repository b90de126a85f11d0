//! What is done for the guest, who may decide on it, and what it costs.

use rstest::rstest;
use serde_json::{Value, json};

use super::{investigated, make, read};
use crate::harness::{Backend, Person, World};

async fn budget(world: &World, amount: i64) -> Value {
    let manager = world.staff("general_manager").await;
    let body = json!({"hotel_id": world.home.hotel, "month": "2026-11", "currency": "CNY", "amount_minor": amount,
        "enforcement": "hard"});
    world.post("/v1/budgets").by(&manager).json(&body).await.ok(201)
}

async fn budget_now(world: &World, budget: &Value, by: &Person) -> (i64, i64) {
    let path = format!("/v1/budgets/{}", budget["id"].as_str().unwrap());
    let now = world.get(&path).by(by).send().await.ok(200);
    (now["reserved_minor"].as_i64().unwrap(), now["spent_minor"].as_i64().unwrap())
}

fn last(complaint: &Value) -> &Value {
    complaint["solutions"].as_array().unwrap().last().unwrap()
}

fn step(complaint: &Value, step: &str) -> String {
    format!("solutions/{}/{step}", last(complaint)["id"].as_str().unwrap())
}

#[rstest]
#[actix_web::test]
async fn what_is_beyond_ones_limit_waits_for_the_next_role(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, head) = (world.staff("front_desk").await, world.staff("department_head").await);
    let general = world.staff("general_manager").await;
    let budget = budget(&world, 1_000_000).await;
    let one = investigated(&world, &desk, json!({})).await;

    // 100 yuan are within the desk's own limit.
    let own = json!({"type": "refund", "amount_minor": 10_000});
    let proposed = make(&world, &desk, &one, "solutions", own).await.ok(201);
    assert_eq!(last(&proposed)["status"], "approved");
    assert_eq!(budget_now(&world, &budget, &general).await, (10_000, 0));

    // 500 more are not, and nobody approves what they proposed.
    let more = json!({"type": "discount", "amount_minor": 50_000});
    let waits = make(&world, &desk, &one, "solutions", more).await.ok(201);
    assert_eq!(
        (&last(&waits)["status"], &last(&waits)["needs_role"]),
        (&json!("pending_approval"), &json!("department_head"))
    );
    make(&world, &desk, &one, &step(&waits, "approve"), Value::Null).await.problem(403, "forbidden");
    let approved = make(&world, &head, &one, &step(&waits, "approve"), Value::Null).await.ok(200);
    assert_eq!(last(&approved)["decided_by"], json!(head.staff));
    assert_eq!(budget_now(&world, &budget, &general).await, (60_000, 0));

    // Done, it cost a little less; what was set aside is free again.
    let bill = json!({"actual_cost_minor": 45_000, "pms_posting_ref": "F-1"});
    let done = make(&world, &desk, &one, &step(&waits, "execute"), bill).await.ok(200);
    assert_eq!((&done["cost_minor"], &done["status"]), (&json!(45_000), &json!("executing")));
    assert_eq!(budget_now(&world, &budget, &general).await, (10_000, 45_000));
    make(&world, &desk, &one, &step(&waits, "execute"), json!({})).await.problem(409, "state_conflict");

    let first = done["solutions"][0]["id"].as_str().unwrap();
    let off = format!("solutions/{first}/call-off");
    make(&world, &desk, &one, &off, json!({"reason": "客人不需要"})).await.ok(200);
    assert_eq!(budget_now(&world, &budget, &general).await, (0, 45_000));
    assert_eq!(read(&world, &desk, &one).await["cost_minor"], 45_000);
}

#[rstest]
#[actix_web::test]
async fn one_who_proposed_does_not_decide(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (head, duty) = (world.staff("department_head").await, world.staff("duty_manager").await);
    let one = investigated(&world, &head, json!({})).await;
    let much = json!({"type": "free_night", "amount_minor": 200_000});
    let waits = make(&world, &head, &one, "solutions", much.clone()).await.ok(201);
    assert_eq!(last(&waits)["needs_role"], "duty_manager");
    make(&world, &head, &one, &step(&waits, "approve"), Value::Null).await.problem(409, "state_conflict");
    let no = json!({"reason": "太多"});
    make(&world, &head, &one, &step(&waits, "decline"), no.clone()).await.problem(409, "state_conflict");
    let declined = make(&world, &duty, &one, &step(&waits, "decline"), no.clone()).await.ok(200);
    assert_eq!(
        (&last(&declined)["status"], &last(&declined)["reason"]),
        (&json!("declined"), &json!("太多"))
    );
    make(&world, &duty, &one, &step(&declined, "approve"), Value::Null).await.problem(409, "state_conflict");
    // What waits holds up the end of a complaint.
    make(&world, &head, &one, "solutions", much).await.ok(201);
    make(&world, &head, &one, "withdraw", no).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn a_budget_is_never_overspent(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    let budget = budget(&world, 100_000).await;
    let mut made = Vec::new();
    for _ in 0..6 {
        made.push(investigated(&world, &general, json!({})).await);
    }
    let each = json!({"type": "refund", "amount_minor": 30_000});
    let tries = made.iter().map(|one| make(&world, &general, one, "solutions", each.clone()));
    let answers = futures_util::future::join_all(tries).await;
    let granted = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(granted, 3);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.status, 409, "{}", String::from_utf8_lossy(&refused.bytes));
    }
    assert_eq!(budget_now(&world, &budget, &general).await, (90_000, 0));
    // What was refused left nothing behind.
    let solutions: usize = {
        let mut sum = 0;
        for one in &made {
            sum += read(&world, &general, one).await["solutions"].as_array().unwrap().len();
        }
        sum
    };
    assert_eq!(solutions, 3);
}

#[rstest]
#[actix_web::test]
async fn amounts_that_cannot_be_are_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    let one = investigated(&world, &general, json!({})).await;
    let faults = |answer: crate::harness::Answer| answer.faults(422, "invalid_content");
    let negative = json!({"type": "refund", "amount_minor": -1});
    assert_eq!(faults(make(&world, &general, &one, "solutions", negative).await), ["/amount_minor range"]);
    let unknown = json!({"type": "refund", "amount_minor": 1, "currency": "ABC"});
    assert_eq!(faults(make(&world, &general, &one, "solutions", unknown).await), ["/currency currency"]);
    let foreign = json!({"type": "refund", "amount_minor": 1, "currency": "USD"});
    assert_eq!(make(&world, &general, &one, "solutions", foreign).await.status, 422);
    let huge = json!({"type": "refund", "amount_minor": 1_000_000_000_000_001_i64});
    assert_eq!(faults(make(&world, &general, &one, "solutions", huge).await), ["/amount_minor range"]);
}

#[rstest]
#[actix_web::test]
async fn whoever_decides_sees_what_the_guest_was_given(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    let guest = world.named(&general, "王", "小明").await;
    for amount in [10_000, 20_000] {
        let one = investigated(&world, &general, json!({"guest_id": guest["id"]})).await;
        let gift = json!({"type": "gift", "amount_minor": amount});
        let proposed = make(&world, &general, &one, "solutions", gift).await.ok(201);
        make(&world, &general, &one, &step(&proposed, "execute"), json!({})).await.ok(200);
    }
    let path = format!("/v1/guests/{}/compensations", guest["id"].as_str().unwrap());
    let history = world.get(&path).by(&general).send().await.ok(200);
    let total = json!([{"currency": "CNY", "solutions": 2, "amount_minor": 30_000, "cost_minor": 30_000}]);
    assert_eq!(history["totals"], total);
    assert_eq!(history["solutions"][0]["solution"]["amount_minor"], 20_000);
    let other = world.staff_at(world.home, Some(world.home.other_hotel), "duty_manager").await;
    assert_eq!(world.get(&path).by(&other).send().await.ok(200)["solutions"], json!([]));
}
