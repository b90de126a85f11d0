use hospes::kit::ids::WorkerId;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

/// Starts a scan and runs it to its end; answers the finished job.
async fn scan(world: &World, by: &Person) -> Value {
    let answer = world.post("/v1/guest-duplicate-scans").by(by).send().await;
    assert_eq!(answer.ok(202)["kind"], "duplicate_scan");
    while hospes::app::work_jobs(&world.app, WorkerId(uuid::Uuid::nil())).await.unwrap() > 0 {}
    let job = world.get(answer.header("location")).by(by).send().await.ok(200);
    assert_eq!(job["status"], "succeeded", "{job}");
    job
}

async fn pairs(world: &World, by: &Person, query: &str) -> Vec<Value> {
    let list = world.get(&format!("/v1/guests/duplicates{query}")).by(by).send().await.ok(200);
    list["items"].as_array().unwrap().clone()
}

fn person(name: &str, phone: &str) -> Value {
    json!({"names": [{"full_name": name}], "birth_date": "1988-05-17", "phones": [{"number": phone}]})
}

#[rstest]
#[actix_web::test]
async fn a_scan_finds_pairs_and_dismissed_ones_stay_dismissed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let a = world.guest(&by, person("王小明", "+8613800138000")).await;
    let b = world.guest(&by, person("Wang Xiaoming", "+8613800138000")).await;
    world.guest(&by, json!({"names": [{"full_name": "Carl Dorn"}], "birth_date": "1960-01-02"})).await;
    let job = scan(&world, &by).await;
    assert_eq!((&job["progress"]["created"], &job["progress"]["rejected"]), (&json!(1), &json!(0)), "{job}");
    let found = pairs(&world, &by, "").await;
    assert_eq!(found.len(), 1);
    let pair = &found[0];
    assert_eq!((&pair["guest"]["id"], &pair["other_guest"]["id"]), (&a["id"], &b["id"]));
    assert!(pair["score"].as_i64().unwrap() >= 980, "{pair}");
    assert!(
        pair["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["field"] == "phone" && field["agreement"] == "exact")
    );
    assert_eq!(job["progress"]["rows"], 3, "guests, each once: {job}");
    // Again: nothing new. Whoever was put away is not compared.
    let away = world.named(&by, "Away", "Anna").await;
    let away = format!("/v1/guests/{}/archive", away["id"].as_str().unwrap());
    world.post(&away).by(&by).if_match("*").send().await.ok(200);
    let again = scan(&world, &by).await;
    assert_eq!(
        (&again["progress"]["created"], &again["progress"]["rows"]),
        (&json!(0), &json!(3)),
        "{again}"
    );
    assert_eq!(pairs(&world, &by, "").await, found);

    let path = format!("/v1/guest-duplicates/{}/dismiss", pair["id"].as_str().unwrap());
    world.post(&path).by(&by).send().await.problem(428, "precondition_required");
    world.post(&path).by(&by).if_match("\"9\"").send().await.problem(412, "precondition_failed");
    let stranger = world.staff_at(world.foreign, None, "guest_relations").await;
    world.post(&path).by(&stranger).if_match("\"1\"").send().await.problem(404, "not_found");
    let dismissed = world.post(&path).by(&by).if_match("\"1\"").send().await.ok(200);
    assert_eq!((&dismissed["status"], &dismissed["version"]), (&json!("dismissed"), &json!(2)));
    world.post(&path).by(&by).if_match("\"2\"").send().await.problem(409, "state_conflict");
    scan(&world, &by).await;
    assert_eq!(pairs(&world, &by, "").await, Vec::<Value>::new());
    assert_eq!(pairs(&world, &by, "?status=dismissed").await, [dismissed]);
}

#[rstest]
#[actix_web::test]
async fn what_no_longer_looks_alike_is_withdrawn(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    world.guest(&by, person("Ann Bell", "+8613800138000")).await;
    let b = world.guest(&by, person("Ann Bell", "+8613800138000")).await;
    scan(&world, &by).await;
    assert_eq!(pairs(&world, &by, "").await.len(), 1);
    let edit = json!({"names": [{"full_name": "Carl Dorn"}], "birth_date": "1950-02-03", "phones": null});
    let path = format!("/v1/guests/{}", b["id"].as_str().unwrap());
    world.patch(&path).by(&by).if_match("\"1\"").json(&edit).await.ok(200);
    assert_eq!(scan(&world, &by).await["progress"]["rejected"], 1);
    assert_eq!(pairs(&world, &by, "").await, Vec::<Value>::new());
}

#[rstest]
#[actix_web::test]
async fn a_merge_settles_its_pair_and_an_undo_opens_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    for _ in 0..3 {
        world.guest(&by, person("Ann Bell", "+8613800138000")).await;
    }
    scan(&world, &by).await;
    let found = pairs(&world, &by, "").await;
    assert_eq!(found.len(), 3);
    let pair = &found[0];
    let body = json!({"survivor_id": pair["guest"]["id"], "merged_id": pair["other_guest"]["id"],
        "survivor_version": pair["guest"]["version"], "merged_version": pair["other_guest"]["version"]});
    let merged = world.post("/v1/guest-merges").by(&by).json(&body).await.ok(201);
    assert_eq!(pairs(&world, &by, "").await.len(), 1);
    assert_eq!(pairs(&world, &by, "?status=merged").await[0]["id"], pair["id"]);
    let undo = format!("/v1/guest-merges/{}/undo", merged["id"].as_str().unwrap());
    world.post(&undo).by(&by).if_match("\"1\"").send().await.ok(200);
    scan(&world, &by).await;
    assert_eq!(pairs(&world, &by, "").await.len(), 3);
}

#[rstest]
#[actix_web::test]
async fn pairs_are_paged_and_shown_only_to_those_who_see_both(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    for _ in 0..2 {
        world.guest(&by, person("Ann Bell", "+8613800138000")).await;
    }
    let mut hidden = person("Ann Bell", "+8613800138000");
    hidden["private_to_hotel_id"] = json!(world.home.other_hotel);
    world.guest(&by, hidden).await;
    scan(&world, &by).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("/v1/guests/duplicates?limit=1{cursor}")).by(&by).send().await.ok(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|pair| pair["id"].to_string()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3);
    let local = world.staff_at(world.home, Some(world.home.hotel), "guest_relations").await;
    assert_eq!(pairs(&world, &local, "").await.len(), 1);
}

#[rstest]
#[actix_web::test]
async fn matching_answers_by_reference_phone_and_likeness(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("front_desk").await;
    let mut body = person("王小明", "+8613800138000");
    body["external_refs"] = json!([{"system": "pms", "id": "A"}]);
    let a = world.guest(&by, body).await;
    let ask = async |body: Value| world.post("/v1/guests/match").by(&by).json(&body).await;
    for body in [
        json!({"phones": [{"number": "+8613800138000"}]}),
        json!({"names": [{"full_name": "Wang Xiaoming"}], "birth_date": "1988-05-17"}),
        json!({"external_refs": [{"system": "pms", "id": "A"}]}),
    ] {
        let found = ask(body.clone()).await.ok(200);
        assert_eq!(found["items"][0]["guest"]["id"], a["id"], "{body}");
    }
    let by_reference = ask(json!({"external_refs": [{"system": "pms", "id": "A"}]})).await.ok(200);
    assert_eq!(by_reference["items"][0]["score"], 1000);
    assert_eq!(ask(json!({"phones": [{"number": "+8613900139000"}]})).await.ok(200)["items"], json!([]));
    assert_eq!(ask(json!({})).await.faults(422, "invalid_content"), [" required"]);
    let faults = ask(json!({"phones": [{"number": "12345"}]})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/phones/0/number phone"]);
}
