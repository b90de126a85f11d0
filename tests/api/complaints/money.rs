//! What is done for the guest, who may decide on it, and what it costs.

use rstest::rstest;
use serde_json::{Value, json};

use super::{investigated, make, read};
use crate::harness::{Backend, Person, World};

async fn budget(world: &World, amount: i64) -> Value {
    budget_of(world, amount, json!({})).await
}

async fn budget_of(world: &World, amount: i64, more: Value) -> Value {
    let manager = world.staff("general_manager").await;
    let mut body = json!({"hotel_id": world.home.hotel, "month": "2026-11", "currency": "CNY", "amount_minor": amount,
        "enforcement": "hard"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post("/v1/budgets").by(&manager).json(&body).await.ok(201)
}

async fn department(world: &World, code: &str) {
    let admin = world.staff("admin").await;
    let place = format!("/v1/hotels/{}/departments", world.home.hotel);
    world.post(&place).by(&admin).json(&json!({"code": code, "names": {"zh-CN": code}})).await.ok(201);
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

#[rstest]
#[actix_web::test]
async fn what_it_cost_more_is_granted_by_whoever_executes(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, head) = (world.staff("front_desk").await, world.staff("department_head").await);
    let one = investigated(&world, &desk, json!({})).await;
    let small = json!({"type": "refund", "amount_minor": 100});
    let proposed = make(&world, &desk, &one, "solutions", small.clone()).await.ok(201);
    let much = json!({"actual_cost_minor": 90_000_000});
    let refused = make(&world, &desk, &one, &step(&proposed, "execute"), much).await;
    let refused = refused.problem(409, "state_conflict");
    assert!(refused["detail"].as_str().unwrap().contains("General manager"), "{refused}");
    // Somebody with more authority may say so.
    let more = json!({"actual_cost_minor": 90_000});
    make(&world, &desk, &one, &step(&proposed, "execute"), more.clone()).await.problem(409, "state_conflict");
    make(&world, &head, &one, &step(&proposed, "execute"), more).await.ok(200);
    // What was spent counts on the case: nothing is left of the desk's limit, and little of the head's.
    let next = make(&world, &desk, &one, "solutions", small).await.ok(201);
    assert_eq!(last(&next)["needs_role"], "department_head");
    let rest = json!({"type": "refund", "amount_minor": 20_000});
    let next = make(&world, &head, &one, "solutions", rest).await.ok(201);
    assert_eq!(last(&next)["needs_role"], "duty_manager");

    // The day is bounded, too: twice a little more than the limit of a day allows.
    let mut answers = Vec::new();
    for _ in 0..3 {
        let other = investigated(&world, &desk, json!({})).await;
        let gift = json!({"type": "gift", "amount_minor": 1_000});
        let proposed = make(&world, &desk, &other, "solutions", gift).await.ok(201);
        let bill = json!({"actual_cost_minor": 20_000});
        answers.push(make(&world, &desk, &other, &step(&proposed, "execute"), bill).await.status);
    }
    assert_eq!(answers, [200, 200, 409]);
}

#[rstest]
#[actix_web::test]
async fn a_refusal_names_who_may_approve(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (desk, duty) = (world.staff("front_desk").await, world.staff("duty_manager").await);
    let one = investigated(&world, &desk, json!({})).await;
    let much = json!({"type": "refund", "amount_minor": 400_000});
    let waits = make(&world, &desk, &one, "solutions", much).await.ok(201);
    let refused = make(&world, &duty, &one, &step(&waits, "approve"), Value::Null).await;
    let refused = refused.problem(409, "state_conflict");
    assert!(refused["detail"].as_str().unwrap().contains("General manager"), "{refused}");
}

#[rstest]
#[actix_web::test]
async fn a_cost_lands_on_the_department_that_answers_when_it_is_spent(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    department(&world, "security").await;
    let hotel = budget(&world, 100_000).await;
    let first = budget_of(&world, 50_000, json!({"department": "front-office"})).await;
    let second = budget_of(&world, 20_000, json!({"department": "security"})).await;
    let one = investigated(&world, &general, json!({})).await;
    let gift = json!({"type": "gift", "amount_minor": 15_000});
    let proposed = make(&world, &general, &one, "solutions", gift).await.ok(201);
    make(&world, &general, &one, "classify", json!({"department": "security"})).await.ok(200);
    // The other department has not as much, and nothing is changed by a refusal.
    let much = json!({"actual_cost_minor": 20_001});
    make(&world, &general, &one, &step(&proposed, "execute"), much).await.problem(409, "state_conflict");
    assert_eq!(budget_now(&world, &first, &general).await, (15_000, 0));
    let bill = json!({"actual_cost_minor": 20_000});
    let done = make(&world, &general, &one, &step(&proposed, "execute"), bill).await.ok(200);
    assert_eq!(last(&done)["department"], "security");
    assert_eq!(budget_now(&world, &first, &general).await, (0, 0));
    assert_eq!(budget_now(&world, &second, &general).await, (0, 20_000));
    assert_eq!(budget_now(&world, &hotel, &general).await, (0, 20_000));

    let spent = "/v1/reports/costs?group_by=department&from=2026-11-01&to=2026-11-30";
    let spent = world.get(spent).by(&general).send().await.ok(200);
    let counted = "/v1/reports/complaints?group_by=department";
    let counted = world.get(counted).by(&general).send().await.ok(200);
    let line = |report: &Value, code: &str| {
        let lines = report["items"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["department"] == code)
    };
    assert_eq!(line(&counted, "security").unwrap()["figures"]["costs"][0]["cost_minor"], 20_000);
    let costs = line(&spent, "security").unwrap();
    assert!(costs.to_string().contains("20000"), "{costs}");
    let left = line(&spent, "front-office").map_or(Value::Null, |line| line["spent_minor"].clone());
    assert!(left.is_null() || left == 0, "{spent}");
}

#[rstest]
#[actix_web::test]
async fn a_soft_budget_that_is_over_is_told(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    let soft = budget_of(&world, 10_000, json!({"enforcement": "soft"})).await;
    let one = investigated(&world, &general, json!({})).await;
    let gift = json!({"type": "gift", "amount_minor": 10_000});
    let fits = make(&world, &general, &one, "solutions", gift.clone()).await.ok(201);
    assert_eq!(last(&fits)["over_budget"], json!([]));
    let over = make(&world, &general, &one, "solutions", gift).await.ok(201);
    let told = json!([{"budget_id": soft["id"], "by_minor": 10_000}]);
    assert_eq!(last(&over)["over_budget"], told);
    let bill = json!({"actual_cost_minor": 12_000});
    make(&world, &general, &one, &step(&over, "execute"), bill).await.ok(200);
    let told = json!([{"budget_id": soft["id"], "by_minor": 12_000}]);
    assert_eq!(last(&read(&world, &general, &one).await)["over_budget"], told);
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events?limit=200").by(&general).send().await.ok(200);
    let done = |event: &&Value| event["type"] == "solution.executed";
    let done = feed["items"].as_array().unwrap().iter().find(done).unwrap().to_string();
    assert!(done.contains("over_budget") && done.contains(soft["id"].as_str().unwrap()), "{done}");
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_kept_is_not_promised(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (desk, general) = (world.staff("front_desk").await, world.staff("general_manager").await);
    let one = investigated(&world, &desk, json!({})).await;
    let refused =
        async |body: Value| make(&world, &desk, &one, "solutions", body).await.faults(422, "invalid_content");
    // At the hotel it is the 21st.
    let voucher = |last: &str| json!({"type": "voucher", "amount_minor": 30_000, "valid_until": last});
    assert_eq!(refused(voucher("2026-11-20")).await, ["/valid_until past"]);
    let late = json!({"type": "apology", "promised_by": "2026-11-20T00:00:00Z"});
    assert_eq!(refused(late).await, ["/promised_by past"]);
    for kind in ["refund", "discount"] {
        assert_eq!(refused(json!({"type": kind})).await, ["/amount_minor required"]);
    }
    let small = json!({"type": "voucher", "amount_minor": 100, "valid_until": "2026-11-21"});
    let small = make(&world, &desk, &one, "solutions", small).await.ok(201);
    let large = make(&world, &desk, &one, "solutions", voucher("2026-11-21")).await.ok(201);
    assert_eq!(last(&large)["status"], "pending_approval");
    world.clock.advance(chrono::TimeDelta::days(1));
    let (desk, general) = (world.renewed(&desk), world.renewed(&general));
    let (small, large) = (step(&small, "execute"), step(&large, "approve"));
    make(&world, &general, &one, &large, Value::Null).await.problem(409, "state_conflict");
    make(&world, &desk, &one, &small, json!({})).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn whoever_may_decide_finds_what_waits(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (desk, head) = (world.staff("front_desk").await, world.staff("department_head").await);
    let (duty, general) = (world.staff("duty_manager").await, world.staff("general_manager").await);
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let queue = async |by: &Person| {
        let found = world.get("/v1/complaints?queue=approvals").by(by).send().await.ok(200);
        found["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    let one = investigated(&world, &desk, json!({})).await;
    let other = investigated(&world, &desk, json!({})).await;
    make(&world, &desk, &other, "solutions", json!({"type": "apology"})).await.ok(201);
    let much = json!({"type": "refund", "amount_minor": 200_000});
    let waits = make(&world, &head, &one, "solutions", much).await.ok(201);
    assert_eq!(last(&waits)["needs_role"], "duty_manager");
    for by in [&duty, &general, &here] {
        assert_eq!(queue(by).await, [one["id"].clone()]);
    }
    for by in [&desk, &head, &elsewhere, &world.staff("admin").await] {
        assert!(queue(by).await.is_empty());
    }
    // One's own proposal is for others.
    let own = json!({"type": "gift", "amount_minor": 400_000});
    let own = make(&world, &duty, &other, "solutions", own).await.ok(201);
    assert_eq!(queue(&duty).await, [one["id"].clone()]);
    assert_eq!(queue(&general).await.len(), 2);
    make(&world, &general, &other, &step(&own, "decline"), json!({"reason": "太多"})).await.ok(200);
    make(&world, &duty, &one, &step(&waits, "approve"), Value::Null).await.ok(200);
    assert!(queue(&general).await.is_empty());
}

#[rstest]
#[actix_web::test]
async fn what_other_hotels_gave_hides_nothing_and_sums_are_over_all(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let general = world.staff("general_manager").await;
    let guest = world.named(&general, "王", "小明").await;
    let give = async |hotel: uuid::Uuid, department: &str, amount: i64, times: usize| {
        let mut left = times;
        while left > 0 {
            let class = json!({"category": "temperature", "cause_category": "product_quality",
                "severity": "general", "department": department, "occurred_at": "2026-11-21T02:00:00Z"});
            let more = json!({"guest_id": guest["id"], "hotel_id": hotel, "classification": class});
            let one = investigated(&world, &general, more).await;
            for _ in 0..left.min(50) {
                let gift = json!({"type": "gift", "amount_minor": amount});
                let proposed = make(&world, &general, &one, "solutions", gift).await.ok(201);
                make(&world, &general, &one, &step(&proposed, "execute"), json!({})).await.ok(200);
            }
            left -= left.min(50);
        }
    };
    let admin = world.staff("admin").await;
    let place = format!("/v1/hotels/{}/departments", world.home.other_hotel);
    world.post(&place).by(&admin).json(&json!({"code": "spa", "names": {"zh-CN": "水疗"}})).await.ok(201);
    give(world.home.hotel.0, "front-office", 700, 1).await;
    give(world.home.other_hotel.0, "spa", 10, 201).await;
    let path = format!("/v1/guests/{}/compensations", guest["id"].as_str().unwrap());
    let here = world.staff_at(world.home, Some(world.home.hotel), "duty_manager").await;
    let own = world.get(&path).by(&here).send().await.ok(200);
    let total = json!([{"currency": "CNY", "solutions": 1, "amount_minor": 700, "cost_minor": 700}]);
    assert_eq!((&own["totals"], &own["truncated"]), (&total, &json!(false)));
    assert_eq!(own["solutions"].as_array().unwrap().len(), 1);
    let all = world.get(&path).by(&general).send().await.ok(200);
    assert_eq!((all["solutions"].as_array().unwrap().len(), &all["truncated"]), (200, &json!(true)));
    assert_eq!(
        (&all["totals"][0]["solutions"], &all["totals"][0]["amount_minor"]),
        (&json!(202), &json!(2_710))
    );
}
