//! Jobs as clients see them: imports from the upload to the last row, what happens when a worker goes away or a step
//! fails, and what is kept afterwards.

mod bodies;
mod complaints;
mod endurance;
mod files;
mod histories;
mod imports;
mod retention;
mod stays;

use actix_web::web::Bytes;
use diesel::prelude::*;
use hospes::db::Reads;
use hospes::db::schema::{job_chunks, job_rows, jobs};
use hospes::kit::ids::WorkerId;
use serde_json::{Value, json};

use crate::harness::{Answer, Person, World};

const IMPORTS: &str = "/v1/guest-imports";

/// The line of a guest that the property system knows.
fn line(id: &str, surname: &str) -> String {
    let guest = json!({"names": [{"surname": surname, "given_name": "Anna"}], "external_refs": [{"system": "pms", "id": id}]});
    format!("{guest}\n")
}

/// So many guests, each in a line of 60 KiB, of which a step takes eight: blanks within a line mean nothing.
fn long_lines(count: usize) -> String {
    let blanks = " ".repeat(60 * 1024);
    (1..=count)
        .map(|n| line(&format!("G-{n}"), &format!("Sur{n}")).replacen('{', &format!("{{{blanks}"), 1))
        .collect()
}

async fn upload(world: &World, by: &Person, body: impl Into<Bytes>) -> Answer {
    world.post(IMPORTS).by(by).body("application/x-ndjson", body).await
}

/// One turn of a worker; how many steps it ran.
async fn turn(world: &World, worker: u128) -> usize {
    hospes::app::work_jobs(&world.app, worker_id(worker)).await.unwrap()
}

fn worker_id(worker: u128) -> WorkerId {
    WorkerId(uuid::Uuid::from_u128(worker))
}

async fn work(world: &World) {
    while turn(world, 1).await > 0 {}
}

/// Imports a file and answers the finished job.
async fn import(world: &World, by: &Person, body: impl Into<Bytes>) -> Value {
    let accepted = upload(world, by, body).await;
    accepted.ok(202);
    work(world).await;
    let job = world.get(accepted.header("location")).by(by).send().await.ok(200);
    assert_eq!(job["status"], "succeeded", "{job}");
    job
}

/// What became of the rows, page by page.
async fn rows(world: &World, by: &Person, job: &Value, query: &str) -> Vec<Value> {
    let path = format!("/v1/jobs/{}/rows?limit=7{query}", job["id"].as_str().unwrap());
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&format!("{path}{cursor}")).by(by).send().await.ok(200);
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// The counts of a job: rows, created, updated, unchanged, rejected.
fn counts(job: &Value) -> [i64; 5] {
    ["rows", "created", "updated", "unchanged", "rejected"]
        .map(|name| job["progress"][name].as_i64().unwrap())
}

/// Surnames of the guests the caller may see, sorted.
async fn surnames(world: &World, by: &Person) -> Vec<String> {
    let list = world.get("/v1/guests?limit=200").by(by).send().await.ok(200);
    let surname = |guest: &Value| guest["names"][0]["surname"].as_str().unwrap().to_owned();
    let mut names: Vec<String> = list["items"].as_array().unwrap().iter().map(surname).collect();
    names.sort();
    names
}

/// What the database holds of all jobs, shown or not: jobs, pieces of their input, reports of their rows.
async fn kept(world: &World) -> [i64; 3] {
    let count = |r: &mut hospes::db::Read<'_>| -> Result<[i64; 3], hospes::db::DbError> {
        Ok([
            jobs::table.count().get_result(r.conn())?,
            job_chunks::table.count().get_result(r.conn())?,
            job_rows::table.count().get_result(r.conn())?,
        ])
    };
    world.app.db.read(count).await.unwrap()
}
