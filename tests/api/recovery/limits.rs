//! The ladder of authority as a group sets it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, World};

const PATH: &str = "/v1/authority-limits";

fn rule<'l>(limits: &'l Value, role: &str) -> &'l Value {
    limits["rules"].as_array().unwrap().iter().find(|rule| rule["role"] == role).unwrap()
}

#[rstest]
#[actix_web::test]
async fn what_comes_with_the_program_counts_until_a_group_sets_its_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (manager, head) = (world.staff("general_manager").await, world.staff("department_head").await);
    let shipped = world.get(PATH).by(&head).send().await;
    assert_eq!(shipped.etag(), "\"1\"");
    let shipped = shipped.ok(200);
    let desk =
        json!({"role": "front_desk", "currency": "CNY", "per_case_minor": 20_000, "per_day_minor": 50_000});
    assert_eq!(rule(&shipped, "front_desk"), &desk);
    assert_eq!(rule(&shipped, "general_manager"), &json!({"role": "general_manager", "currency": "CNY"}));
    assert_eq!(world.get(PATH).by(&head).header("if-none-match", "\"1\"").send().await.status, 304);

    let own = json!({"rules": [
        {"role": "front_desk", "currency": "CNY", "per_case_minor": 0, "per_day_minor": 1_000_000_000_000_000_i64},
        {"hotel_id": world.home.hotel, "role": "front_desk", "currency": "CNY", "per_case_minor": 700},
        {"role": "general_manager", "currency": "USD", "per_case_minor": 1, "per_day_minor": 1}
    ]});
    world.put(PATH).by(&manager).json(&own).await.problem(428, "precondition_required");
    let set = world.put(PATH).by(&manager).if_match("\"1\"").json(&own).await;
    assert_eq!((set.etag(), &set.ok(200)["rules"]), ("\"2\"", &own["rules"]));
    world.put(PATH).by(&manager).if_match("\"1\"").json(&own).await.problem(412, "precondition_failed");
    // The same again changes nothing.
    assert_eq!(world.put(PATH).by(&manager).if_match("\"2\"").json(&own).await.etag(), "\"2\"");
    assert_eq!(world.get(PATH).by(&head).send().await.ok(200)["rules"], own["rules"]);
    let none = json!({"rules": []});
    assert_eq!(world.put(PATH).by(&manager).if_match("\"2\"").json(&none).await.ok(200)["version"], 3);
    let foreign = world.staff_at(world.foreign, None, "auditor").await;
    assert_eq!(world.get(PATH).by(&foreign).send().await.ok(200), shipped);

    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events?types=authority_limits.updated").by(&manager).send().await.ok(200);
    let feed = feed["items"].as_array().unwrap();
    assert_eq!(feed.len(), 2);
    assert_eq!(feed[1]["data"]["before"]["rules"], own["rules"]);
}

#[rstest]
#[actix_web::test]
async fn rules_that_cannot_be_are_refused_by_the_name_of_each_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let faults = async |rules: Value| {
        let request = world.put(PATH).by(&manager).if_match("*");
        request.json(&json!({"rules": rules})).await.faults(422, "invalid_content")
    };
    let rule = |currency: &str| json!({"role": "front_desk", "currency": currency});
    let mut negative = rule("CNY");
    negative["per_case_minor"] = json!(-1);
    negative["per_day_minor"] = json!(1_000_000_000_000_001_i64);
    let found = faults(json!([negative, rule("cny"), rule("XXX"), rule("EURO")])).await;
    assert_eq!(
        found,
        [
            "/rules/0/per_case_minor range",
            "/rules/0/per_day_minor range",
            "/rules/3/currency length",
            "/rules/1/currency currency",
            "/rules/2/currency currency"
        ]
    );
    for role in ["admin", "auditor", "king"] {
        let found = faults(json!([{"role": role, "currency": "CNY"}])).await;
        assert_eq!(found, ["/rules/0/role unknown_value"], "{role}");
    }
    let at =
        |hotel: String, currency: &str| json!({"hotel_id": hotel, "role": "quality", "currency": currency});
    let (here, there) = (world.home.hotel.to_string(), world.foreign.hotel.to_string());
    let found =
        faults(json!([at(here.clone(), "USD"), at(there, "CNY"), at(here.clone(), "CNY"), at(here, "CNY")]))
            .await;
    assert_eq!(
        found,
        ["/rules/0/currency foreign_currency", "/rules/1/hotel_id unknown_reference", "/rules/3 duplicate"]
    );
    assert_eq!(world.get(PATH).by(&manager).send().await.etag(), "\"1\"");
}

#[rstest]
#[actix_web::test]
async fn only_those_who_act_for_the_whole_group_set_limits(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let request = world.put(PATH).by(&here).if_match("*");
    request.json(&json!({"rules": []})).await.problem(403, "forbidden");
    assert_eq!(world.get(PATH).by(&here).send().await.etag(), "\"1\"");
    let desk = world.staff("front_desk").await;
    world.get(PATH).by(&desk).send().await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn of_two_who_set_limits_at_once_one_is_late(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    for etag in ["\"1\"", "\"2\""] {
        let set = |amount: i64| {
            let rules = json!({"rules": [{"role": "security", "currency": "CNY", "per_case_minor": amount}]});
            let request = world.put(PATH).by(&manager).if_match(etag);
            async move { request.json(&rules).await.status }
        };
        let amounts = (0..6).map(|at| set(at + if etag == "\"1\"" { 100 } else { 200 }));
        let mut ended = futures_util::future::join_all(amounts).await;
        ended.sort_unstable();
        assert_eq!(ended, [200, 412, 412, 412, 412, 412]);
    }
}
