//! Complaints from uploaded files and from files of other systems: every word kept, numbers without gaps, and no alarm
//! about what was long over. The rows are ours, in the shape of theirs.

use std::sync::Arc;

use hospes::background::warn_of_complaints;
use hospes::import_file::{self, Import};
use hospes::intake::{Format, Options};
use hospes::kit::ids::{TimeOrderedIds, WorkerId};
use hospes::platform::jobs::{JobStatus, Progress};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{counts, rows, work};
use crate::harness::{Backend, Person, World};

fn line(id: &str, more: &Value) -> String {
    let mut complaint = json!({"hotel_code": "first", "channel": "ota_review", "description": format!("Words of {id}"),
        "external_refs": [{"system": "reviews", "id": id}]});
    for (member, value) in more.as_object().unwrap() {
        complaint[member] = value.clone();
    }
    format!("{complaint}\n")
}

async fn upload(world: &World, by: &Person, body: String) -> Value {
    let accepted = world.post("/v1/complaint-imports").by(by).body("application/x-ndjson", body).await;
    assert_eq!(accepted.ok(202)["kind"], "complaint_import");
    work(world).await;
    let job = world.get(accepted.header("location")).by(by).send().await.ok(200);
    assert_eq!(job["status"], JobStatus::Succeeded.code(), "{job}");
    job
}

async fn told(world: &World, by: &Person, job: &Value) -> Vec<String> {
    let one = |row: &Value| {
        let fault = |fault: &Value| {
            format!(" {} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())
        };
        let faults: String = row["errors"].as_array().unwrap().iter().map(fault).collect();
        assert_eq!(row["outcome"] != "rejected", row["complaint_id"].is_string(), "{row}");
        format!("{} {}{faults}", row["line"], row["outcome"].as_str().unwrap())
    };
    rows(world, by, job, "").await.iter().map(one).collect()
}

async fn of(world: &World, by: &Person, system: &str, id: &str) -> Value {
    world.get(&format!("/v1/complaints/by-ref/{system}/{id}")).by(by).send().await.ok(200)
}

async fn numbers(world: &World, by: &Person) -> Vec<String> {
    let list = world.get("/v1/complaints?limit=200").by(by).send().await.ok(200);
    let mut numbers: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    numbers
}

const WORDS: &str = "  \u{3000}空调不制冷，半夜热醒了两次。\r\n\tSecond line — “quoted” ﬁ é e\u{301} 👩‍👩‍👧 4111 1111 1111 1111 \u{202e}שלום \n ";

#[rstest]
#[actix_web::test]
async fn lines_become_numbered_complaints_and_a_second_run_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let guest = json!({"names": [{"surname": "王", "given_name": "小明"}],
        "external_refs": [{"system": "pms", "id": "G-1"}]});
    let guest = world.guest(&admin, guest).await;
    let stay = json!({"hotel_id": world.home.hotel, "guest": {"guest_id": guest["id"]}, "arrival_on": "2026-11-20",
        "departure_on": "2026-11-23", "room": "1806", "external_refs": [{"system": "pms", "id": "R-1"}]});
    world.post("/v1/stays").by(&admin).json(&stay).await.ok(201);
    let whole = json!({"category": "temperature", "cause_category": "product_quality", "severity": "general",
        "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"});
    let long = "字".repeat(50_000);
    let body = format!(
        "{}{}{}{}{}{}{}{}{{broken\n",
        line("1", &json!({"description": WORDS, "language": "zh-CN"})),
        line("2", &json!({"classification": whole, "stay_reference": {"system": "pms", "id": "R-1"}})),
        line("3", &json!({"description": " \n"})),
        line("4", &json!({"hotel_code": "nowhere"})),
        line("5", &json!({"description": long, "received_at": "2019-12-31T16:00:00Z"})),
        line("6", &json!({"guest_reference": {"system": "pms", "id": "G-2"}})),
        line("7", &json!({"classification": {"category": "weather"}})),
        line("1", &json!({"description": WORDS, "subject": "空调"})),
    );
    let job = upload(&world, &admin, body.clone()).await;
    assert_eq!(
        told(&world, &admin, &job).await,
        [
            "1 created",
            "2 created",
            "3 rejected /description blank",
            "4 rejected /hotel_code unknown_reference",
            "5 created",
            "6 rejected /guest_reference unknown_reference",
            "7 rejected /classification/category unknown_value",
            "8 updated",
            "9 rejected  json"
        ]
    );
    assert_eq!(counts(&job), [9, 3, 1, 0, 5]);
    assert_eq!(numbers(&world, &admin).await, ["FIRST-2020-00001", "FIRST-2026-00001", "FIRST-2026-00002"]);
    let first = of(&world, &admin, "reviews", "1").await;
    assert_eq!(first["description"], WORDS, "not a character is lost, masked or put in another form");
    assert_eq!(
        (&first["status"], &first["subject"], &first["version"]),
        (&json!("received"), &json!("空调"), &json!(1))
    );
    assert_eq!(first.get("first_contact"), None, "the one who imports is not the one whom the guest told");
    let second = of(&world, &admin, "reviews", "2").await;
    assert_eq!((&second["status"], &second["room"]), (&json!("recorded"), &json!("1806")));
    assert_eq!(second["guest"], json!({"guest_id": guest["id"], "display_name": "王小明"}));
    assert_eq!(of(&world, &admin, "reviews", "5").await["description"], long);

    // What the first row says is laid over what the last one said, and the other way round.
    let again = upload(&world, &admin, body).await;
    assert_eq!(counts(&again), [9, 0, 0, 4, 5]);
    assert_eq!(of(&world, &admin, "reviews", "1").await, first);
    assert_eq!(of(&world, &admin, "reviews", "2").await["version"], 1);

    // What people here found stays theirs; what the sender says of the matter itself is taken over.
    let graver = json!({"severity": "major"});
    let path = format!("/v1/complaints/{}/classify", second["id"].as_str().unwrap());
    world.post(&path).by(&admin).if_match("*").json(&graver).await.ok(200);
    let more = json!({"classification": whole, "room": "1807", "tags": ["VIP"],
        "external_refs": [{"system": "reviews", "id": "2"}, {"system": "crm", "id": "C-2"}]});
    let job = upload(&world, &admin, line("2", &more)).await;
    assert_eq!(counts(&job), [1, 0, 1, 0, 0]);
    let changed = of(&world, &admin, "crm", "C-2").await;
    assert_eq!(
        (&changed["severity"], &changed["room"], &changed["version"]),
        (&json!("major"), &json!("1807"), &json!(3))
    );
    let taken = json!({"external_refs": [{"system": "reviews", "id": "9"}, {"system": "crm", "id": "C-2"}]});
    let job = upload(&world, &admin, line("9", &taken)).await;
    assert_eq!(told(&world, &admin, &job).await, ["1 rejected /external_refs/0 reference_taken"]);
}

#[rstest]
#[actix_web::test]
async fn what_was_over_before_the_import_raises_no_alarm_and_what_comes_due_later_does(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body = line("old", &json!({"received_at": "2019-05-01T00:00:00Z"})) + &line("new", &json!({}));
    upload(&world, &admin, body).await;
    let warn = async |world: &World| {
        let app = Arc::clone(&world.app);
        while warn_of_complaints(Arc::clone(&app), WorkerId(Uuid::nil())).await.unwrap()
            != hospes::background::Pace::Rest
        {}
    };
    world.clock.advance(chrono::TimeDelta::days(20));
    let admin = world.renewed(&admin);
    warn(&world).await;
    let level = async |id: &str| of(&world, &admin, "reviews", id).await["escalation_level"].clone();
    assert_eq!(level("old").await, 0);
    assert_ne!(level("new").await, 0, "an imported complaint is watched like any other from then on");
    let old = of(&world, &admin, "reviews", "old").await;
    assert!(!old["breached"].as_array().unwrap().is_empty(), "but it is shown that it is late: {old}");

    // Judging it anew moves what was due, but not past the import.
    let whole = json!({"category": "temperature", "cause_category": "product_quality", "severity": "crisis",
        "department": "front-office", "occurred_at": "2019-05-01T00:00:00Z"});
    let path = format!("/v1/complaints/{}/classify", old["id"].as_str().unwrap());
    world.post(&path).by(&admin).if_match("*").json(&whole).await.ok(200);
    warn(&world).await;
    assert_eq!(level("old").await, 0);
}

#[rstest]
#[actix_web::test]
async fn a_complaint_is_delivered_by_its_reference_as_often_as_it_comes(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let path = "/v1/complaints/by-ref/helpdesk/T-1";
    let body = |more: Value| {
        let mut body = json!({"hotel_id": world.home.hotel, "channel": "web", "description": WORDS});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let answer =
        world.put(path).by(&desk).json(&body(json!({"room": "1208", "custom_fields": {"a": "1"}}))).await;
    let made = answer.ok(201);
    assert_eq!((&made["outcome"], &made["complaint"]["description"]), (&json!("created"), &json!(WORDS)));
    assert_eq!(made["complaint"]["first_contact"]["staff_id"], json!(desk.staff));
    let again = world.put(path).by(&desk).json(&body(json!({}))).await.ok(200);
    assert_eq!((&again["outcome"], &again["complaint"]["version"]), (&json!("unchanged"), &json!(1)));
    let more = json!({"room": "1209", "custom_fields": {"b": "2"}, "received_at": "2020-01-01T00:00:00Z"});
    let changed = world.put(path).by(&desk).json(&body(more.clone())).await.ok(200);
    assert_eq!((&changed["outcome"], &changed["complaint"]["room"]), (&json!("updated"), &json!("1209")));
    assert_eq!(changed["complaint"]["custom_fields"], json!({"a": "1", "b": "2"}));
    assert_eq!(changed["complaint"]["received_at"], made["complaint"]["received_at"], "told once");
    world
        .put(path)
        .by(&desk)
        .if_match("\"1\"")
        .json(&body(json!({"room": "1"})))
        .await
        .problem(412, "precondition_failed");

    let hotel = json!({"hotel_id": world.home.other_hotel});
    let answer = world.put(path).by(&desk).json(&body(hotel)).await;
    assert_eq!(answer.faults(422, "invalid_content"), [" hotel_changed"]);
    let two = json!({"guest_id": Uuid::nil(), "guest_reference": {"system": "pms", "id": "1"}});
    let answer = world.put(path).by(&desk).json(&body(two)).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/guest_reference one_of"]);
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    let hotel = json!({"hotel_id": world.home.other_hotel});
    world.put(path).by(&elsewhere).json(&body(hotel)).await.problem(409, "already_taken");
}

struct Told {
    rows: Progress,
    rejects: Vec<String>,
}

impl Told {
    /// Created, unchanged, rejected, skipped.
    fn counts(&self) -> [i64; 4] {
        let Progress { created, unchanged, rejected, skipped, .. } = self.rows;
        [created, unchanged, rejected, skipped]
    }
}

async fn import(world: &World, mapping: Option<&str>, format: Format, text: &str) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows");
    std::fs::write(&file, text).unwrap();
    let mapping = mapping.map(|name| import_file::mapping(name).unwrap());
    let options = Options { mapping, format: Some(format), ..Options::default() };
    let import = Import { file, options, group: world.home.id, rejects: None, dry_run: false };
    let kind = import_file::complaints(Some(world.home.hotel));
    let ids = Arc::new(TimeOrderedIds);
    let done = import_file::run(&world.app.db, &*world.clock, ids, kind, import, |_| {}).await.unwrap();
    let rejects = done.rejects.map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default();
    Told { rows: done.rows, rejects: rejects.lines().skip(1).map(str::to_owned).collect() }
}

#[rstest]
#[actix_web::test]
async fn reviews_of_three_shapes_become_complaints_word_by_word(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let chinese = "src_row,label,review\n2,1,很好!\n3,0,\" 早餐太差，\"\"真的\"\"。\n第二行 \"\n4,0,\n";
    let first = import(&world, Some("chnsenticorp-htl"), Format::Csv, chinese).await;
    assert_eq!(first.counts(), [1, 0, 1, 1], "{:?}", first.rejects);
    assert!(first.rejects[0].starts_with("5,4,review,required,"), "{:?}", first.rejects);
    let found = of(&world, &admin, "chnsenticorp", "3").await;
    assert_eq!(found["description"], " 早餐太差，\"真的\"。\n第二行 ");
    assert_eq!((&found["channel"], &found["language"]), (&json!("ota_review"), &json!("zh")));

    let columns =
        "Review_Date,Hotel_Name,Reviewer_Nationality,Negative_Review,Positive_Review,Reviewer_Score,Tags";
    let rows = [
        "8/3/2017,Some Hotel, France , The car park was small ,No Positive,7.9,\"[' Couple ']\"",
        "8/3/2017,Some Hotel, France ,No Negative,Lovely,9.2,\"[' Couple ']\"",
        "12/13/2016,Some Hotel, , , ,9.2,\"[' Couple ']\"",
        "12/13/2016,Some Hotel,,Nothing, ,9.2,\"[' Couple ']\"",
    ];
    let english = format!("{columns}\n{}\n", rows.join("\n"));
    let second = import(&world, Some("booking-515k"), Format::Csv, &english).await;
    assert_eq!(second.counts(), [2, 0, 0, 2], "{:?}", second.rejects);
    let oats =
        json!({"rid": "972", "text": "  Fantastic service,  but.. ", "sentences": []}).to_string() + "\n";
    let third = import(&world, Some("oats-hotels-absa"), Format::Ndjson, &oats).await;
    assert_eq!(third.counts(), [1, 0, 0, 0]);
    assert_eq!(of(&world, &admin, "oats-hotels", "972").await["description"], "  Fantastic service,  but.. ");
    assert_eq!(
        numbers(&world, &admin).await,
        ["FIRST-2016-00001", "FIRST-2017-00001", "FIRST-2026-00001", "FIRST-2026-00002"]
    );

    for (mapping, format, text, unchanged) in [
        ("chnsenticorp-htl", Format::Csv, chinese, 1),
        ("booking-515k", Format::Csv, english.as_str(), 2),
        ("oats-hotels-absa", Format::Ndjson, oats.as_str(), 1),
    ] {
        let again = import(&world, Some(mapping), format, text).await;
        assert_eq!(again.counts()[..2], [0, unchanged], "{mapping}");
    }
    let own = "external_id,hotel_code,channel,description,guest_external_id,custom.Floor\n7,second,letter, Dear Sir, ,12\n";
    let own = import(&world, None, Format::Csv, own).await;
    assert_eq!(own.counts(), [1, 0, 0, 0], "{:?}", own.rejects);
    let found = of(&world, &admin, "csv", "7").await;
    assert_eq!(
        (&found["description"], &found["custom_fields"]),
        (&json!(" Dear Sir"), &json!({"floor": "12"}))
    );
    assert_eq!(found["hotel_id"], json!(world.home.other_hotel));
}
