//! Stays from an uploaded file: what becomes of each line, and that order and repetition do no harm.

use hospes::platform::jobs::JobStatus;
use rstest::rstest;
use serde_json::{Value, json};

use super::{counts, rows, work};
use crate::harness::{Answer, Backend, Person, World};

const IMPORTS: &str = "/v1/stay-imports";

/// The line of a stay that the property system knows, with more members.
fn line(id: &str, more: &Value) -> String {
    let mut stay = json!({"hotel_code": "first", "arrival_on": "2026-12-20", "nights": 2, "guest": {"name": "王小明"},
        "external_refs": [{"system": "pms", "id": id}]});
    for (member, value) in more.as_object().unwrap() {
        stay[member] = value.clone();
    }
    format!("{stay}\n")
}

async fn upload(world: &World, by: &Person, query: &str, body: String) -> Answer {
    world.post(&format!("{IMPORTS}{query}")).by(by).body("application/x-ndjson", body).await
}

/// Imports a file and answers the finished job.
async fn import(world: &World, by: &Person, query: &str, body: String) -> Value {
    let accepted = upload(world, by, query, body).await;
    assert_eq!(accepted.ok(202)["kind"], "stay_import");
    work(world).await;
    let job = world.get(accepted.header("location")).by(by).send().await.ok(200);
    assert_eq!(job["status"], JobStatus::Succeeded.code(), "{job}");
    job
}

async fn stays(world: &World, by: &Person) -> Vec<Value> {
    world.get("/v1/stays?limit=200").by(by).send().await.ok(200)["items"].as_array().unwrap().clone()
}

/// Line, outcome, pointers and codes of each row.
async fn told(world: &World, by: &Person, job: &Value) -> Vec<String> {
    let one = |row: &Value| {
        let fault = |fault: &Value| {
            format!(" {} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())
        };
        let faults: String = row["errors"].as_array().unwrap().iter().map(fault).collect();
        format!("{} {}{faults}", row["line"], row["outcome"].as_str().unwrap())
    };
    rows(world, by, job, "").await.iter().map(one).collect()
}

#[rstest]
#[actix_web::test]
async fn lines_become_stays_and_a_second_run_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let agent =
        json!({"reference": {"system": "pms", "id": "agent-9"}, "type": "ota", "name": "West Lake Travel"});
    let body = format!(
        "{}{}{}{}{{broken\n{}",
        line(
            "1",
            &json!({"status": "checked_out", "currency": "EUR", "revenue": {"room": -638}, "agent": agent})
        ),
        line("2", &json!({"arrival_on": "2018-02-29"})),
        line(
            "3",
            &json!({"nights": 0, "adults": 0, "agent": agent, "rate": {"amount_minor": -1, "currency": "EUR"}})
        ),
        line("4", &json!({"hotel_code": "nowhere"})),
        line("6", &json!({"nights": 0, "adults": 0, "agent": agent})),
    );
    let job = import(&world, &admin, "", body.clone()).await;
    assert_eq!(
        told(&world, &admin, &job).await,
        [
            "1 created",
            "2 rejected /arrival_on date",
            "3 rejected /rate/amount_minor range",
            "4 rejected /hotel_code unknown_reference",
            "5 rejected  json",
            "6 created"
        ]
    );
    assert_eq!(counts(&job), [6, 2, 0, 0, 4]);
    let reports = rows(&world, &admin, &job, "&outcome=created").await;
    let path = format!("/v1/stays/{}", reports[0]["stay_id"].as_str().unwrap());
    assert!(reports[0]["guest_id"].is_null());
    let stay = world.get(&path).by(&admin).send().await.ok(200);
    assert_eq!((&stay["status"], &stay["nights"]), (&json!("checked_out"), &json!(2)));
    assert_eq!((&stay["revenue"]["room"], &stay["marks"]), (&json!(-638), &json!(["negative_revenue"])));
    assert_eq!(stay["agent"]["name"], "West Lake Travel");
    let partners = world.get("/v1/partners?limit=200").by(&admin).send().await.ok(200);
    assert_eq!(partners["items"].as_array().unwrap().len(), 1, "one agency, however often it is named");
    assert_eq!(partners["items"][0]["status"], "provisional");

    let before = stays(&world, &admin).await;
    assert_eq!(before.len(), 2);
    let again = import(&world, &admin, "", body).await;
    assert_eq!(counts(&again), [6, 0, 0, 2, 4]);
    assert_eq!(stays(&world, &admin).await, before);
}

#[rstest]
#[actix_web::test]
async fn a_line_older_than_what_is_stored_is_passed_over(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body = format!(
        "{}{}{}",
        line("1", &json!({"source_version": 7, "room": "1208"})),
        line("1", &json!({"source_version": 6, "room": "100"})),
        line("1", &json!({"source_version": 8, "room": "1510"})),
    );
    let job = import(&world, &admin, "", body).await;
    assert_eq!(told(&world, &admin, &job).await, ["1 created", "2 skipped", "3 updated"]);
    let late = import(&world, &admin, "", line("1", &json!({"source_version": 3, "room": "1"}))).await;
    assert_eq!(told(&world, &admin, &late).await, ["1 skipped"]);
    let found = stays(&world, &admin).await;
    assert_eq!((found.len(), &found[0]["room"], &found[0]["source_version"]), (1, &json!("1510"), &json!(8)));
}

#[rstest]
#[actix_web::test]
async fn a_dry_run_tells_and_writes_nothing_and_the_mode_decides_over_what_is_known(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let agent = json!({"reference": {"system": "pms", "id": "agent-9"}});
    let first = line("1", &json!({"room": "1208", "agent": agent}));
    let dry = import(&world, &admin, "?dry_run=true", first.clone()).await;
    assert_eq!(counts(&dry), [1, 1, 0, 0, 0]);
    assert!(rows(&world, &admin, &dry, "").await[0]["stay_id"].is_null());
    assert!(stays(&world, &admin).await.is_empty());
    let partners = world.get("/v1/partners").by(&admin).send().await.ok(200);
    assert_eq!(partners["items"], json!([]));

    import(&world, &admin, "", first).await;
    let changed = line("1", &json!({"board": "BB"}));
    let kept = import(&world, &admin, "?mode=create_only", changed.clone()).await;
    assert_eq!(counts(&kept), [1, 0, 0, 1, 0]);
    assert!(stays(&world, &admin).await[0]["board"].is_null());
    import(&world, &admin, "", changed.clone()).await;
    let merged = stays(&world, &admin).await;
    assert_eq!((&merged[0]["board"], &merged[0]["room"]), (&json!("BB"), &json!("1208")));
    import(&world, &admin, "?mode=replace", changed).await;
    let replaced = stays(&world, &admin).await;
    assert_eq!((&replaced[0]["board"], replaced[0]["room"].is_null()), (&json!("BB"), true));
}

#[rstest]
#[actix_web::test]
async fn who_sees_one_hotel_takes_in_stays_of_that_one_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "admin").await;
    let body = format!("{}{}", line("1", &json!({})), line("2", &json!({"hotel_code": "second"})));
    let job = import(&world, &here, "", body).await;
    assert_eq!(told(&world, &here, &job).await, ["1 created", "2 rejected /hotel_code unknown_reference"]);
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    assert_eq!(world.get(&path).by(&foreign).send().await.status, 404);
    let desk = world.staff("front_desk").await;
    assert_eq!(upload(&world, &desk, "", line("3", &json!({}))).await.status, 403);
}
