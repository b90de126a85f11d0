//! Histories of complaints from event logs: rounds, holds and verdicts as they were told, and what could not have been.
//! The rows are ours, in the shape of theirs.

use std::sync::Arc;

use hospes::background::{Pace, warn_of_complaints};
use hospes::complaints::history::OddKind;
use hospes::complaints::model::ComplaintStatus;
use hospes::complaints::recount::{self, Figures, Kept};
use hospes::complaints::repo;
use hospes::import_file::{self, Import};
use hospes::intake::{Format, Options};
use hospes::kit::ids::{TimeOrderedIds, WorkerId};
use hospes::platform::jobs::Progress;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Backend, Person, World};

async fn import(world: &World, mapping: Option<&str>, text: &str, dry_run: bool) -> ([i64; 4], Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows");
    std::fs::write(&file, text).unwrap();
    let mapping = mapping.map(|name| import_file::mapping(name).unwrap());
    let options = Options { mapping, format: Some(Format::Csv), ..Options::default() };
    let import = Import { file, options, group: world.home.id, rejects: None, dry_run };
    let kind = import_file::histories(Some(world.home.hotel));
    let ids = Arc::new(TimeOrderedIds);
    let done = import_file::run(&world.app.db, &*world.clock, ids, kind, import, |_| {}).await.unwrap();
    let rejects = done.rejects.map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default();
    let Progress { created, updated, unchanged, rejected, .. } = done.rows;
    ([created, updated, unchanged, rejected], rejects.lines().skip(1).map(str::to_owned).collect())
}

async fn figures(world: &World) -> Figures {
    let group = world.home.id;
    world.app.db.read(move |r| recount::step(r, group, None)).await.unwrap().0
}

async fn of(world: &World, by: &Person, id: &str) -> Value {
    world.get(&format!("/v1/complaints/by-ref/itsm-incidents/{id}")).by(by).send().await.ok(200)
}

/// An event log; each row number, state, verdict, update, priority, resolution, end and group.
fn log(rows: &[[&str; 8]]) -> String {
    let mut text = "number,incident_state,made_sla,opened_at,sys_updated_at,contact_type,priority,assignment_group,\
        assigned_to,closed_code,resolved_at,closed_at,category,subcategory,location,impact,urgency,reassignment_count\n"
        .to_owned();
    for [number, state, kept, at, priority, resolved, closed, group] in rows {
        text.push_str(&format!(
            "{number},{state},{kept},1/3/2016 08:00,{at},Phone,{priority},{group},7,5,{resolved},{closed},40,215,165,\
             2 - Medium,2 - Medium,0\n"
        ));
    }
    text
}

const MODERATE: &str = "3 - Moderate";
const HIGH: &str = "2 - High";

fn incidents() -> String {
    let end = ["2/3/2016 09:00", "7/3/2016 09:00"];
    log(&[
        // As it should be: worked on, twice waiting for somebody, resolved, closed.
        ["A", "New", "true", "1/3/2016 08:05", MODERATE, end[0], end[1], "1"],
        ["A", "Active", "true", "1/3/2016 09:00", MODERATE, end[0], end[1], "2"],
        ["A", "Awaiting User Info", "true", "1/3/2016 10:00", MODERATE, end[0], end[1], "2"],
        ["A", "-100", "true", "1/3/2016 10:30", MODERATE, end[0], end[1], "2"],
        ["A", "Awaiting User Info", "true", "1/3/2016 11:00", MODERATE, end[0], end[1], "2"],
        ["A", "Awaiting Vendor", "true", "1/3/2016 12:00", MODERATE, end[0], end[1], "2"],
        ["A", "Active", "true", "1/3/2016 13:00", MODERATE, end[0], end[1], "2"],
        ["A", "Resolved", "false", "2/3/2016 09:00", HIGH, end[0], end[1], "?"],
        ["A", "Closed", "false", "7/3/2016 09:00", HIGH, end[0], end[1], "?"],
        // Opened again after more than three months, and resolved at another time than the sender says.
        ["B", "Active", "true", "1/3/2016 08:00", MODERATE, "1/3/2016 18:00", "2/8/2016 10:00", "1"],
        ["B", "Resolved", "true", "1/3/2016 17:00", MODERATE, "1/3/2016 18:00", "2/8/2016 10:00", "1"],
        ["B", "Closed", "true", "2/3/2016 08:00", MODERATE, "1/3/2016 18:00", "2/8/2016 10:00", "1"],
        ["B", "Active", "true", "1/8/2016 08:00", MODERATE, "1/3/2016 18:00", "2/8/2016 10:00", "1"],
        ["B", "Resolved", "true", "1/8/2016 09:00", MODERATE, "1/3/2016 18:00", "2/8/2016 10:00", "1"],
        ["B", "Closed", "true", "1/8/2016 10:00", MODERATE, "1/3/2016 18:00", "2/8/2016 10:00", "1"],
        // Never resolved in the sender's word; one row goes back, to before it was opened.
        ["C", "New", "true", "1/3/2016 08:10", MODERATE, "?", "7/3/2016 09:00", "1"],
        ["C", "New", "true", "1/3/2016 07:50", MODERATE, "?", "7/3/2016 09:00", "1"],
        ["C", "Resolved", "true", "1/3/2016 08:20", MODERATE, "?", "7/3/2016 09:00", "1"],
        ["C", "Closed", "true", "7/3/2016 09:00", MODERATE, "?", "7/3/2016 09:00", "1"],
        // Still waits.
        ["D", "Awaiting Problem", "true", "1/3/2016 07:00", MODERATE, "?", "?", "1"],
    ])
}

#[rstest]
#[actix_web::test]
async fn an_event_log_becomes_lives_that_can_be_counted_and_a_second_run_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (counts, _) = import(&world, Some("itsm-incidents"), &incidents(), true).await;
    assert_eq!((counts, figures(&world).await), ([4, 0, 0, 1], Figures::default()));
    let (counts, rejects) = import(&world, Some("itsm-incidents"), &incidents(), false).await;
    assert_eq!(counts, [4, 0, 0, 1]);
    assert!(rejects[0].starts_with("5,A,incident_state,unmapped,"), "{rejects:?}");

    let found = figures(&world).await;
    let kept = |all, in_time, late| Kept { all, in_time, late };
    assert_eq!((found.histories, found.events, found.reopened, found.unresolved), (kept(4, 3, 1), 19, 1, 2));
    let by_priority: Vec<(&str, Kept)> =
        found.by_priority.iter().map(|(one, kept)| (one.unwrap().code(), *kept)).collect();
    assert_eq!(by_priority, [("normal", kept(3, 3, 0)), ("high", kept(1, 0, 1))]);
    // 25 and 10 hours.
    assert_eq!((found.tenths(5), found.tenths(9)), (Some(63_000), Some(84_600)));
    use ComplaintStatus::{Closed, FollowingUp, Investigating, Received};
    let odd: Vec<_> = found.odd.iter().map(|((kind, from, to), count)| (*kind, *from, *to, *count)).collect();
    assert_eq!(
        odd,
        [
            (OddKind::Began, None, Investigating, 1),
            (OddKind::Skipped, Some(Received), FollowingUp, 1),
            (OddKind::TooOld, Some(Closed), Investigating, 1),
            (OddKind::WentBack, Some(Received), Received, 1),
            (OddKind::BeforeReceipt, None, Received, 1),
        ]
    );

    let a = of(&world, &admin, "A").await;
    assert_eq!(
        (&a["status"], &a["reopen_count"], &a["on_hold"]),
        (&json!("closed"), &json!(0), &json!(false))
    );
    assert_eq!((&a["priority"], &a["channel"]), (&json!("high"), &json!("phone")));
    assert_eq!((&a["description"], &a["number"]), (&json!("Incident A"), &json!("FIRST-2016-00001")));
    assert_eq!((&a["history"]["in_time"], &a["history"]["events"]), (&json!(false), &json!(8)));
    assert_eq!(a["history"]["odd_moves"], json!([]));
    let holds: Vec<[&str; 3]> = a["holds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hold| ["reason", "from", "until"].map(|member| hold[member].as_str().unwrap()))
        .collect();
    assert_eq!(
        holds,
        [
            ["waiting_guest", "2016-03-01T10:00:00.000000Z", "2016-03-01T12:00:00.000000Z"],
            ["waiting_supplier", "2016-03-01T12:00:00.000000Z", "2016-03-01T13:00:00.000000Z"],
        ]
    );
    let groups: Vec<Option<&str>> = a["history"]["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.get("group").and_then(Value::as_str))
        .collect();
    assert_eq!(groups, [Some("1"), Some("2"), None]);

    let b = of(&world, &admin, "B").await;
    let at = |value: &Value| value.as_str().unwrap().to_owned();
    assert_eq!(
        (&b["reopen_count"], at(&b["history"]["resolved_at"])),
        (&json!(1), "2016-03-01T18:00:00.000000Z".into())
    );
    assert_eq!(at(&b["history"]["resolved_by_events"]), "2016-08-01T09:00:00.000000Z");
    let d = of(&world, &admin, "D").await;
    assert_eq!((&d["status"], &d["on_hold"]), (&json!("received"), &json!(true)));
    let c = of(&world, &admin, "C").await;
    assert_eq!(c["history"].get("resolved_at"), None);

    let again = import(&world, Some("itsm-incidents"), &incidents(), false).await;
    assert_eq!(again.0, [0, 0, 4, 1]);
    assert_eq!(of(&world, &admin, "A").await, a);
    assert_eq!(figures(&world).await, found);
    while warn_of_complaints(Arc::clone(&world.app), WorkerId(Uuid::nil())).await.unwrap() != Pace::Rest {}
    assert_eq!(of(&world, &admin, "D").await["version"], 1, "what waited for somebody else raises no alarm");
}

#[rstest]
#[actix_web::test]
async fn a_history_goes_on_until_somebody_here_works_on_it_and_must_be_whole(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let rows = [
        "A,2026-11-01T08:00:00Z,received,Words ",
        "A,2026-11-01T09:00:00Z,investigating,",
        "A,2026-11-02T09:00:00Z,following_up,",
        "A,2026-11-02T10:00:00Z,closed,",
    ];
    let text = |rows: &[&str]| format!("external_id,at,state,description\n{}\n", rows.join("\n"));
    assert_eq!(import(&world, None, &text(&rows[..2]), false).await.0, [1, 0, 0, 0]);
    let path = "/v1/complaints/by-ref/csv/A";
    let first = world.get(path).by(&admin).send().await.ok(200);
    assert_eq!((&first["status"], &first["description"]), (&json!("investigating"), &json!("Words ")));
    assert_eq!(import(&world, None, &text(&rows[..3]), false).await.0, [0, 1, 0, 0]);
    let second = world.get(path).by(&admin).send().await.ok(200);
    assert_eq!((&second["status"], &second["version"]), (&json!("following_up"), &json!(2)));
    assert_eq!((&second["number"], &second["id"]), (&first["number"], &first["id"]));
    let (group, id) = (world.home.id, second["id"].as_str().unwrap().parse::<Uuid>().unwrap());
    let stored = world.app.db.read(move |r| repo::find(r, group, id.into())).await.unwrap().unwrap();
    let resolved_at = stored.progress.rounds[0].resolved_at.unwrap().to_string();
    assert_eq!(resolved_at, "2026-11-02T09:00:00.000000Z", "events count where the sender says nothing else");

    // Rows that come apart from the others are not a history.
    let (counts, rejects) =
        import(&world, None, &text(&["A,2026-11-02T10:00:00Z,closed,Words"]), false).await;
    assert_eq!(counts, [0, 0, 0, 1]);
    assert!(rejects[0].contains("not_whole"), "{rejects:?}");

    let reopen = format!("/v1/complaints/{id}/reopen");
    world.post(&reopen).by(&admin).if_match("*").json(&json!({"reason": "Again"})).await.ok(200);
    assert_eq!(import(&world, None, &text(&rows[..3]), false).await.0, [0, 0, 1, 0]);
    let (counts, rejects) = import(&world, None, &text(&rows), false).await;
    assert_eq!(counts, [0, 0, 0, 1]);
    assert!(rejects[0].contains("worked_on"), "{rejects:?}");
    let known = world.get(path).by(&admin).send().await.ok(200);
    assert_eq!((&known["status"], &known["version"]), (&json!("investigating"), &json!(3)));
}
