//! Workers that go away and steps that fail: nothing is done twice, and nothing is tried for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use diesel::prelude::*;
use hospes::db::schema::jobs as table;
use hospes::db::{Reads, Tx};
use hospes::flows::imports::guests::Guests;
use hospes::flows::imports::job::step as import_step;
use hospes::guests::api::parse;
use hospes::kit::ids::JobId;
use hospes::platform::context::Ctx;
use hospes::platform::jobs::{self, Job, JobKind, MOST_ATTEMPTS, Runner, StepError, StepOutcome, Workshop};
use rstest::rstest;
use serde_json::{Value, json};

use super::{counts, kept, line, long_lines, rows, surnames, turn, upload, work, worker_id};
use crate::harness::{Backend, Person, World};

/// How often a step of each job was begun by the runners here.
static BEGUN: Mutex<Option<HashMap<JobId, usize>>> = Mutex::new(None);

fn begin(job: &Job) {
    let mut begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
    *begun.get_or_insert_default().entry(job.id).or_default() += 1;
}

fn begun(job: &Value) -> usize {
    let id: JobId = job["id"].as_str().unwrap().parse().unwrap();
    let begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
    begun.as_ref().and_then(|begun| begun.get(&id)).copied().unwrap_or(0)
}

/// Writes what an import writes, and dies before it is kept.
fn die_after_writing(tx: &mut Tx<'_>, cx: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    begin(job);
    import_step(tx, cx, job, Guests { read: parse::document, private_to: None })?;
    panic!("the step dies, as it is told to");
}

/// Dies within a savepoint, which is one deeper.
fn die_deeper(tx: &mut Tx<'_>, _: &Ctx, job: &Job) -> Result<StepOutcome, StepError> {
    begin(job);
    tx.savepoint(|_| panic!("the step dies, as it is told to"))
}

const DYING: &[Runner] = &[
    Runner { kind: JobKind::GuestImport, step: die_after_writing },
    Runner { kind: JobKind::DuplicateScan, step: die_deeper },
];

/// A turn of a worker whose steps die; how many it ran.
async fn die(world: &World) -> usize {
    let app = &world.app;
    let shop =
        Workshop { db: app.db.clone(), clock: app.clock.clone(), ids: app.ids.clone(), runners: DYING };
    jobs::work(&shop, worker_id(9)).await.unwrap()
}

async fn job(world: &World, by: &Person, path: &str) -> Value {
    world.get(path).by(&world.renewed(by)).send().await.ok(200)
}

/// Attempts kept of the only job.
async fn attempts(world: &World) -> i32 {
    let read = |r: &mut hospes::db::Read<'_>| -> Result<i32, hospes::db::DbError> {
        Ok(table::table.select(table::attempts).first(r.conn())?)
    };
    world.app.db.read(read).await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn another_worker_goes_on_where_one_went_away_and_no_row_is_taken_twice(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let path = upload(&world, &admin, long_lines(30)).await.header("location").to_owned();
    assert_eq!(turn(&world, 1).await, 1);
    let begun = job(&world, &admin, &path).await;
    assert_eq!(begun["status"], "running");
    let done = counts(&begun)[0];
    assert!((1..20).contains(&done), "{begun}");

    // The server goes away; nothing is left of it but the database.
    let world = world.restarted().await;
    assert_eq!(turn(&world, 2).await, 0, "the job is still the first worker's");
    world.clock.advance(TimeDelta::seconds(61));
    assert_eq!(turn(&world, 2).await, 1);
    assert_eq!(turn(&world, 1).await, 0, "the job is the second worker's now");
    while turn(&world, 2).await > 0 {}

    let ended = job(&world, &admin, &path).await;
    assert_eq!((&ended["status"], counts(&ended)), (&json!("succeeded"), [30, 30, 0, 0, 0]));
    assert_eq!(ended["progress"]["bytes_read"], ended["progress"]["bytes_total"]);
    let admin = world.renewed(&admin);
    let report = rows(&world, &admin, &ended, "").await;
    let lines: Vec<i64> = report.iter().map(|row| row["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, (1..=30).collect::<Vec<_>>());
    assert!(report.iter().all(|row| row["outcome"] == "created"));
    let mut expected: Vec<String> = (1..=30).map(|n| format!("Sur{n}")).collect();
    expected.sort();
    assert_eq!(surnames(&world, &admin).await, expected);
}

#[rstest]
#[actix_web::test]
async fn a_step_that_dies_after_writing_leaves_nothing_and_is_done_once_in_the_end(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let path = upload(&world, &admin, long_lines(20)).await.header("location").to_owned();
    assert_eq!(turn(&world, 1).await, 1);
    let before = job(&world, &admin, &path).await;
    world.clock.advance(TimeDelta::seconds(61));
    assert_eq!(die(&world).await, 0);
    assert_eq!(begun(&before), 1);
    let after = job(&world, &admin, &path).await;
    assert_eq!((&after["status"], counts(&after)), (&json!("running"), counts(&before)));
    assert_eq!(surnames(&world, &admin).await.len(), usize::try_from(counts(&before)[0]).unwrap());
    assert_eq!(attempts(&world).await, 1);

    assert_eq!(turn(&world, 2).await, 0, "it rests before the next attempt");
    world.clock.advance(TimeDelta::seconds(11));
    assert_eq!(turn(&world, 2).await, 1);
    assert_eq!(attempts(&world).await, 0, "a step that is done is a new start");
    while turn(&world, 2).await > 0 {}
    let ended = job(&world, &admin, &path).await;
    assert_eq!((&ended["status"], counts(&ended)), (&json!("succeeded"), [20, 20, 0, 0, 0]));
    assert_eq!(surnames(&world, &world.renewed(&admin)).await.len(), 20);
    assert_eq!(kept(&world).await, [1, 0, 20]);
}

#[rstest]
#[case::after_writing("guest_import")]
#[case::in_a_savepoint("duplicate_scan")]
#[actix_web::test]
async fn a_job_that_dies_at_every_attempt_has_failed_after_a_few_and_says_so(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] kind: &str,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let accepted = match kind {
        "guest_import" => upload(&world, &admin, line("1", "Anders")).await,
        _ => world.post("/v1/guest-duplicate-scans").by(&admin).send().await,
    };
    let made = accepted.ok(202);
    let path = accepted.header("location");
    for (attempt, wait) in (1..).zip([10, 40, 160, 640]) {
        die(&world).await;
        assert_eq!(begun(&made), attempt);
        world.clock.advance(TimeDelta::seconds(wait - 1));
        die(&world).await;
        assert_eq!(begun(&made), attempt, "it rests {wait} seconds");
        assert_eq!(job(&world, &admin, path).await["status"], "queued");
        world.clock.advance(TimeDelta::seconds(1));
    }
    die(&world).await;
    let failed = job(&world, &admin, path).await;
    assert_eq!((&failed["status"], counts(&failed)), (&json!("failed"), [0; 5]));
    assert!(failed["failure"].as_str().unwrap().starts_with("Given up after 5 attempts"), "{failed}");
    assert!(failed["finished_at"].is_string());
    let most = usize::try_from(MOST_ATTEMPTS).unwrap();
    assert_eq!(begun(&made), most);

    // Never again, by nobody, and nothing of it is left but its trace.
    world.clock.advance(TimeDelta::days(1));
    die(&world).await;
    work(&world).await;
    assert_eq!(begun(&made), most);
    let admin = world.renewed(&admin);
    assert!(surnames(&world, &admin).await.is_empty());
    assert_eq!(kept(&world).await, [1, 0, 0]);
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events?types=job.failed").by(&admin).send().await.ok(200);
    assert_eq!(feed["items"][0]["subject_id"], made["id"], "{feed}");
    let audit = world.get("/v1/audit-entries?limit=200").by(&admin).send().await.ok(200);
    let entry = audit["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "job.failed");
    assert!(entry.unwrap()["after"]["failure"].as_str().unwrap().starts_with("Given up"), "{audit}");
}

#[rstest]
#[actix_web::test]
async fn a_job_that_waits_for_its_next_attempt_holds_up_no_other_and_can_be_cancelled(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let first = upload(&world, &admin, long_lines(20)).await;
    assert_eq!(turn(&world, 9).await, 1);
    die(&world).await;
    let second = upload(&world, &admin, line("1", "Anders")).await;
    work(&world).await;
    assert_eq!(job(&world, &admin, second.header("location")).await["status"], "succeeded");
    let path = first.header("location");
    assert_eq!(job(&world, &admin, path).await["status"], "running");
    let cancel = format!("{path}/cancel");
    world.post(&cancel).by(&admin).if_match("*").send().await.ok(200);
    work(&world).await;
    assert_eq!(job(&world, &admin, path).await["status"], "cancelled");
}

#[rstest]
#[actix_web::test]
async fn attempts_that_took_the_server_with_them_count(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let accepted = upload(&world, &admin, line("1", "Anders")).await;
    // So a server leaves a job behind whose last attempt ended it.
    let leave = |tx: &mut Tx<'_>| -> Result<(), hospes::db::DbError> {
        diesel::update(table::table).set(table::attempts.eq(MOST_ATTEMPTS)).execute(tx.conn())?;
        Ok(())
    };
    world.app.db.write(leave).await.unwrap();
    work(&world).await;
    let failed = job(&world, &admin, accepted.header("location")).await;
    assert_eq!(failed["status"], "failed");
    assert!(surnames(&world, &admin).await.is_empty(), "it was not begun once more");
}
