//! An import from the upload to the report, and the way back: an export.

use std::io::Write;

use hospes::platform::jobs::JobStatus;
use rstest::rstest;
use serde_json::{Value, json};

use super::{IMPORTS, counts, import, kept, line, long_lines, rows, surnames, turn, upload, work};
use crate::harness::{Answer, Backend, World};

#[rstest]
#[actix_web::test]
async fn an_upload_becomes_a_job_that_tells_what_became_of_each_row(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let bad_phone = json!({"names": [{"surname": "Bad"}], "phones": [{"number": "13800138000"}], "birth_date": "1999-02-30",
        "external_refs": [{"system": "pms", "id": "2"}]});
    let nobody = json!({"names": [{"surname": "Nobody"}]});
    let body = format!("{}{bad_phone}\n{{broken\n\n{nobody}\n{}", line("1", "Anders"), line("6", "Berg"));
    let accepted = upload(&world, &admin, body.clone()).await;
    let queued = accepted.ok(202);
    assert_eq!((queued["kind"].as_str(), queued["status"].as_str()), (Some("guest_import"), Some("queued")));
    assert_eq!(queued["progress"]["bytes_total"], body.len());
    assert_eq!(counts(&queued), [0; 5]);
    assert_eq!(accepted.header("location"), format!("/v1/jobs/{}", queued["id"].as_str().unwrap()));
    assert!(accepted.header("retry-after").parse::<u32>().unwrap() >= 1);
    let before = world.get(accepted.header("location")).by(&admin).send().await;
    assert_eq!((before.etag(), before.ok(200)), (accepted.etag(), queued.clone()));
    assert!(surnames(&world, &admin).await.is_empty(), "nothing happens before a worker comes");

    work(&world).await;
    let after = world.get(accepted.header("location")).by(&admin).send().await;
    assert_ne!(after.etag(), accepted.etag());
    let job = after.ok(200);
    assert_eq!(job["status"], "succeeded");
    assert_eq!((counts(&job), &job["progress"]["accepted"]), ([5, 2, 0, 0, 3], &json!(2)), "{job}");
    assert_eq!(job["progress"]["bytes_read"], job["progress"]["bytes_total"]);
    assert_eq!(surnames(&world, &admin).await, ["Anders", "Berg"], "a bad row stops no good one");

    let rejected: Vec<String> =
        rows(&world, &admin, &job, "&outcome=rejected").await.iter().map(told).collect();
    assert_eq!(
        rejected,
        [
            "2 rejected /birth_date date, /phones/0/number phone",
            "3 rejected  json",
            "5 rejected /external_refs/0 no_identity"
        ]
    );
    let all = rows(&world, &admin, &job, "").await;
    let lines: Vec<i64> = all.iter().map(|row| row["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, [1, 2, 3, 5, 6]);
    for (row, surname) in [(&all[0], "Anders"), (&all[4], "Berg")] {
        assert_eq!((&row["outcome"], &row["errors"]), (&json!("created"), &json!([])));
        let guest = format!("/v1/guests/{}", row["guest_id"].as_str().unwrap());
        assert_eq!(world.get(&guest).by(&admin).send().await.ok(200)["names"][0]["surname"], surname);
    }
    assert!(all[1]["guest_id"].is_null() && all[1]["errors"][0]["message"].as_str().unwrap().len() > 5);
    assert_eq!(kept(&world).await, [1, 0, 5], "the file is not kept beyond the job");
}

/// Line, outcome, pointers and codes of a row.
fn told(row: &Value) -> String {
    let fault =
        |fault: &Value| format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap());
    let mut faults: Vec<String> = row["errors"].as_array().unwrap().iter().map(fault).collect();
    faults.sort();
    format!("{} {} {}", row["line"], row["outcome"].as_str().unwrap(), faults.join(", "))
}

#[rstest]
#[actix_web::test]
async fn an_upload_sent_again_under_its_key_is_the_same_job_and_another_file_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let send = async |path: &str, body: String| -> Answer {
        let request = world.request(actix_web::http::Method::POST, path).by(&admin);
        request.header("idempotency-key", "one-upload-and-no-more").body("application/x-ndjson", body).await
    };
    let first = send(IMPORTS, line("1", "Anders")).await;
    let job = first.ok(202);
    let again = send(IMPORTS, line("1", "Anders")).await;
    assert_eq!((again.ok(202), again.header("idempotent-replayed")), (job.clone(), "true"));
    assert_eq!(again.header("location"), first.header("location"));
    send(IMPORTS, line("1", "Andersen")).await.problem(422, "idempotency_key_reused");
    send(&format!("{IMPORTS}?dry_run=true"), line("1", "Anders"))
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(kept(&world).await, [1, 1, 0], "copies are dropped");
    work(&world).await;
    // The answer is the one of then; the job itself tells where it stands now.
    assert_eq!(send(IMPORTS, line("1", "Anders")).await.ok(202), job);
    let list = world.get("/v1/jobs").by(&admin).send().await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["status"], "succeeded");
    assert_eq!(surnames(&world, &admin).await, ["Anders"]);
}

#[rstest]
#[actix_web::test]
async fn the_same_file_a_second_time_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body: String = (0..20).map(|n| line(&n.to_string(), &format!("Sur{n}"))).collect();
    assert_eq!(counts(&import(&world, &admin, body.clone()).await), [20, 20, 0, 0, 0]);
    world.sequence(world.home.id).await;
    let feed =
        world.get("/v1/events?limit=200&types=guest.created,guest.updated").by(&admin).send().await.ok(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 20);

    let second = import(&world, &admin, body.clone()).await;
    assert_eq!(counts(&second), [20, 0, 0, 20, 0]);
    assert!(rows(&world, &admin, &second, "").await.iter().all(|row| row["outcome"] == "unchanged"));
    world.sequence(world.home.id).await;
    let after =
        world.get("/v1/events?limit=200&types=guest.created,guest.updated").by(&admin).send().await.ok(200);
    assert_eq!(after["items"], feed["items"]);
    // One line that says something else is one guest changed.
    let changed = body.replace("Sur7\"", "Seven\"");
    assert_eq!(counts(&import(&world, &admin, changed).await), [20, 0, 1, 19, 0]);
}

#[rstest]
#[case::utf_8("utf-8", &[])]
#[case::gbk("gbk", &[])]
#[case::gb18030("gb18030", &[])]
#[case::utf_16_le("utf-16le", &[0xff, 0xfe])]
#[case::utf_16_be("utf-16be", &[0xfe, 0xff])]
#[case::gzip("gzip", &[])]
#[actix_web::test]
async fn a_file_in_an_encoding_of_old_systems_is_read_right(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] encoding: &str,
    #[case] mark: &[u8],
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let text: String = ["王小明", "欧阳娜娜", "诸葛亮"]
        .iter()
        .enumerate()
        .map(|(n, name)| format!("{{\"names\":[{{\"surname\":\"{name}\"}}],\"external_refs\":[{{\"system\":\"pms\",\"id\":\"{n}\"}}]}}\n"))
        .collect();
    let bytes = match encoding {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "gzip" => {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed.write_all(text.as_bytes()).unwrap();
            packed.finish().unwrap()
        }
        label => {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, lossy) = encoding.encode(&text);
            assert!(!lossy);
            bytes.into_owned()
        }
    };
    let job = import(&world, &admin, [mark, bytes.as_slice()].concat()).await;
    assert_eq!(counts(&job), [3, 3, 0, 0, 0], "{:?}", rows(&world, &admin, &job, "").await);
    assert_eq!(surnames(&world, &admin).await, ["欧阳娜娜", "王小明", "诸葛亮"]);
}

#[rstest]
#[actix_web::test]
async fn an_export_taken_in_by_another_group_is_the_same_guests(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let full = json!({
        "names": [{"name_type": "primary", "surname": "王", "given_name": "小明"}, {"name_type": "alternate", "full_name": "Wang \"Xiao\" Ming"}],
        "gender": "male", "birth_date": "1988-05-17", "nationality": "CN", "occupation": "建筑师",
        "phones": [{"number": "+8613800138000", "primary": true}], "emails": [{"address": "ming@example.com", "primary": true}],
        "addresses": [{"lines": ["南京西路 1 号", "3 楼"], "city": "上海", "country": "CN"}],
        "tags": ["returning", "quiet"], "languages": ["zh-CN", "en"], "custom_fields": {"pillow": "羽绒\n二"},
        "external_refs": [{"system": "pms", "id": "G-1"}, {"system": "crm", "id": "c/1"}]
    });
    world.guest(&admin, full).await;
    world.named(&admin, "Nur", "Hier").await;
    let kept_home = json!({"names": [{"surname": "Private"}], "private_to_hotel_id": world.home.hotel});
    world.guest(&admin, kept_home).await;
    let away = world.named(&admin, "Archived", "Guest").await;
    let archive = format!("/v1/guests/{}/archive", away["id"].as_str().unwrap());
    world.post(&archive).by(&admin).if_match("*").send().await.ok(200);

    let exported = world.get("/v1/guests/export").by(&admin).send().await;
    assert_eq!((exported.status, exported.header("content-type")), (200, "application/x-ndjson"));
    let text = String::from_utf8(exported.bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);

    let job = import(&world, &foreign, text.clone()).await;
    assert_eq!(counts(&job), [3, 2, 0, 0, 1]);
    // A hotel of the one group is no hotel of the other.
    let report = rows(&world, &foreign, &job, "&outcome=rejected").await;
    assert_eq!(report[0]["errors"][0]["pointer"], "/private_to_hotel_id", "{report:?}");
    let over_there = world.get("/v1/guests/export").by(&foreign).send().await;
    let over_there = String::from_utf8(over_there.bytes).unwrap();
    assert_eq!(over_there.lines().collect::<Vec<_>>(), lines[..2]);
    // And at home it finds everybody again.
    assert_eq!(counts(&import(&world, &admin, text).await), [3, 0, 0, 3, 0]);
}

#[rstest]
#[actix_web::test]
async fn a_dry_run_reports_like_an_import_and_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    import(&world, &admin, line("1", "Anders")).await;
    let body = format!("{}{}{{}}\n", line("1", "Changed"), line("2", "New"));
    let accepted =
        world.post("/v1/guest-imports?dry_run=true").by(&admin).body("application/x-ndjson", body).await;
    accepted.ok(202);
    work(&world).await;
    let job = world.get(accepted.header("location")).by(&admin).send().await.ok(200);
    assert_eq!(counts(&job), [3, 1, 1, 0, 1], "{job}");
    assert_eq!(surnames(&world, &admin).await, ["Anders"]);
}

#[rstest]
#[actix_web::test]
async fn a_job_of_another_hotel_or_group_looks_like_none(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "admin").await;
    let whole = world.staff("admin").await;
    let next_door = world.staff_at(world.home, Some(world.home.other_hotel), "admin").await;
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let job = import(&world, &here, format!("{}{{}}\n", line("1", "Anders"))).await;
    let waiting = upload(&world, &here, line("2", "Berg")).await.ok(202);
    for id in [&job["id"], &waiting["id"]] {
        for path in ["", "/rows", "/rows?outcome=rejected", "/cancel"] {
            let ask = async |id: &str, by| {
                let path = format!("/v1/jobs/{id}{path}");
                let request = if path.ends_with("cancel") { world.post(&path) } else { world.get(&path) };
                let answer = request.by(by).if_match("*").header("x-request-id", "asked").send().await;
                let mut headers: Vec<_> = answer
                    .headers
                    .iter()
                    .filter(|(name, _)| !name.as_str().starts_with("ratelimit"))
                    .collect();
                headers.sort_by(|one, other| one.0.as_str().cmp(other.0.as_str()));
                let headers = format!("{headers:?}");
                (answer.status, headers, String::from_utf8(answer.bytes).unwrap().replace(id, "ID"))
            };
            for stranger in [&next_door, &foreign] {
                let there = ask(id.as_str().unwrap(), stranger).await;
                let missing = ask("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80", stranger).await;
                assert_eq!((there.0, &there), (404, &missing), "{path}");
            }
        }
        for insider in [&here, &whole] {
            let path = format!("/v1/jobs/{}", id.as_str().unwrap());
            world.get(&path).by(insider).send().await.ok(200);
            world.get(&format!("{path}/rows")).by(insider).send().await.ok(200);
        }
    }
    for stranger in [&next_door, &foreign] {
        assert_eq!(world.get("/v1/jobs").by(stranger).send().await.ok(200)["items"], json!([]));
    }
    // Nobody stopped it meanwhile.
    work(&world).await;
    assert_eq!(surnames(&world, &whole).await, ["Anders", "Berg"]);
}

#[rstest]
#[actix_web::test]
async fn a_job_that_waits_is_cancelled_at_once_and_one_that_runs_after_its_step(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let accepted = upload(&world, &admin, long_lines(30)).await;
    accepted.ok(202);
    let waits = upload(&world, &admin, line("W", "Waits")).await;
    let stop = |path: &str| format!("{path}/cancel");
    world.post(&stop(waits.header("location"))).by(&admin).send().await.problem(428, "precondition_required");
    let stopped = world.post(&stop(waits.header("location"))).by(&admin).if_match("*").send().await.ok(200);
    assert_eq!((&stopped["status"], counts(&stopped)), (&json!(JobStatus::Cancelled.code()), [0; 5]));

    assert_eq!(turn(&world, 1).await, 1);
    let path = accepted.header("location");
    let running = world.get(path).by(&admin).send().await.ok(200);
    let done = counts(&running)[0];
    assert_eq!(running["status"], "running");
    assert!((1..30).contains(&done), "{running}");
    let asked = world.post(&stop(path)).by(&admin).if_match("*").send().await;
    assert_eq!(
        (&asked.ok(200)["status"], &asked.ok(200)["cancel_requested"]),
        (&json!("running"), &json!(true))
    );
    work(&world).await;
    let job = world.get(path).by(&admin).send().await;
    assert_eq!(job.ok(200)["status"], "cancelled");
    // What was done until then stays, and is reported.
    assert_eq!(counts(&job.ok(200)), [done, done, 0, 0, 0]);
    assert_eq!(rows(&world, &admin, &job.ok(200), "").await.len(), usize::try_from(done).unwrap());
    assert_eq!(surnames(&world, &admin).await.len(), usize::try_from(done).unwrap());
    assert_eq!(kept(&world).await, [2, 0, done], "the file is not kept beyond the job");
    // Once more changes nothing.
    let again = world.post(&stop(path)).by(&admin).if_match("*").send().await;
    assert_eq!((again.ok(200), again.etag()), (job.ok(200), job.etag()));
    world.sequence(world.home.id).await;
    let feed =
        world.get("/v1/events?types=job.cancelled,job.cancel_requested").by(&admin).send().await.ok(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 3);
}
