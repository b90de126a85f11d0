//! Partners: the file, its states, references, merges, and what deliveries make of them.

use actix_web::http::Method;
use hospes::kit::clock::Clock;
use hospes::kit::ids::{PartnerId, TimeOrderedIds};
use hospes::partners::bulk::{DeliveredPartner, resolve_or_create};
use hospes::partners::error::PartnerError;
use hospes::partners::model::{ExternalRef, PartnerType};
use hospes::partners::service;
use hospes::platform::context::{Actor, Ctx, Sight};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

use crate::harness::{Answer, Backend, Person, World};

async fn made(world: &World, by: &Person, code: &str, name: &str) -> Value {
    let body = json!({"type": "travel_agency", "code": code, "names": [{"text": name}],
        "external_refs": [{"system": "pms", "id": code}]});
    world.post("/v1/partners").by(by).json(&body).await.ok(201)
}

fn path(partner: &Value) -> String {
    format!("/v1/partners/{}", partner["id"].as_str().unwrap())
}

async fn step(world: &World, by: &Person, partner: &Value, verb: &str, etag: &str) -> Answer {
    let path = format!("{}/{verb}", path(partner));
    world.request(Method::POST, &path).by(by).if_match(etag).send().await
}

async fn merged(world: &World, by: &Person, partner: &Value, into: &Value) -> Answer {
    let path = format!("{}/merge", path(partner));
    let request = world.request(Method::POST, &path).by(by).if_match("*");
    request.json(&json!({"into_partner_id": into["id"]})).await
}

fn context(world: &World) -> Ctx {
    Ctx {
        group: world.home.id,
        actor: Actor::SYSTEM,
        sight: Sight::WholeGroup,
        request_id: "test".into(),
        now: world.clock.now(),
        ids: Arc::new(TimeOrderedIds),
    }
}

fn delivered(id: &str, name: Option<&str>, code: Option<&str>) -> DeliveredPartner {
    DeliveredPartner {
        reference: ExternalRef { system: "ota".into(), id: id.into() },
        kind: PartnerType::TravelAgency,
        name: name.map(Into::into),
        code: code.map(Into::into),
    }
}

async fn deliver(world: &World, wanted: Vec<DeliveredPartner>) -> HashMap<ExternalRef, PartnerId> {
    let cx = context(world);
    world.app.db.write(move |tx| resolve_or_create(tx, &cx, &wanted)).await.unwrap()
}

async fn family(world: &World, partner: &Value) -> Vec<String> {
    let (group, id) = (world.home.id, partner["id"].as_str().unwrap().parse().unwrap());
    let found = world.app.db.read(move |r| service::family(r, group, id)).await.unwrap();
    let mut ids: Vec<String> = found.iter().map(ToString::to_string).collect();
    ids.sort();
    ids
}

fn sorted(partners: &[&Value]) -> Vec<String> {
    let mut ids: Vec<String> = partners.iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn names(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|p| p["display_name"].as_str().unwrap()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_partner_is_kept_changed_archived_and_restored(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let body = json!({"type": "ota", "code": "CTRIP", "country": "CN", "website": "https://www.trip.com/",
        "names": [{"text": "Trip.com", "name_type": "alternate", "language": "en"},
            {"text": "携程旅行网", "script": "Hani"}]});
    let key = world.key();
    let send = || world.request(Method::POST, "/v1/partners").by(&manager).header("idempotency-key", &key);
    let answer = send().json(&body).await;
    assert_eq!(answer.etag(), "\"1\"");
    let location = answer.header("location").to_owned();
    let partner = answer.ok(201);
    assert_eq!((&partner["status"], &partner["display_name"]), (&json!("active"), &json!("携程旅行网")));
    let again = send().json(&body).await;
    assert_eq!((again.header("idempotent-replayed"), again.ok(201)), ("true", partner.clone()));
    assert_eq!(world.get(&location).by(&manager).send().await.ok(200), partner);
    let known = world.get(&location).by(&manager).header("if-none-match", "\"1\"").send().await;
    assert_eq!(known.status, 304);

    let patch = json!({"country": null, "notes": "月结", "external_refs": [{"system": "pms", "id": "A1"}]});
    let changed = world.patch(&location).by(&manager).if_match("\"1\"").json(&patch).await.ok(200);
    assert_eq!(
        (changed.get("country"), &changed["notes"], &changed["version"]),
        (None, &json!("月结"), &json!(2))
    );
    assert_eq!(changed["website"], "https://www.trip.com/");
    let same = world.patch(&location).by(&manager).if_match("\"2\"").json(&json!({"notes": "月结"})).await;
    assert_eq!(same.etag(), "\"2\"");
    world
        .patch(&location)
        .by(&manager)
        .if_match("\"1\"")
        .json(&patch)
        .await
        .problem(412, "precondition_failed");
    world.patch(&location).by(&manager).json(&patch).await.problem(428, "precondition_required");

    assert_eq!(step(&world, &manager, &partner, "archive", "\"2\"").await.ok(200)["status"], "archived");
    world.patch(&location).by(&manager).if_match("*").json(&patch).await.problem(409, "state_conflict");
    assert_eq!(names(&world.get("/v1/partners").by(&manager).send().await.ok(200)), Vec::<&str>::new());
    // An archived partner's code is free, its references are not.
    made(&world, &manager, "B2", "Other").await;
    let other = json!({"type": "ota", "code": "CTRIP", "names": [{"text": "X"}]});
    let other = world.post("/v1/partners").by(&manager).json(&other).await.ok(201);
    let taken = step(&world, &manager, &partner, "restore", "\"3\"").await.problem(409, "already_taken");
    assert_eq!(taken["conflicting_id"], other["id"]);
    let none = json!({"code": null});
    world.patch(&path(&other)).by(&manager).if_match("*").json(&none).await.ok(200);
    assert_eq!(step(&world, &manager, &partner, "restore", "\"3\"").await.ok(200)["status"], "active");
    step(&world, &manager, &partner, "restore", "*").await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn bad_partners_are_refused_by_the_name_of_each_fault(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let body = json!({"type": "ota", "names": [{"text": " ", "script": "Hanx1"}, {"text": "x", "language": "??"}],
        "website": "javascript:alert(1)", "country": "XX",
        "external_refs": [{"system": "PMS", "id": "1"}, {"system": "pms", "id": "2"}, {"system": "pms", "id": "2"}]});
    let mut faults = world.post("/v1/partners").by(&manager).json(&body).await.faults(422, "invalid_content");
    faults.sort();
    assert_eq!(
        faults,
        [
            "/country country",
            "/external_refs/0/system code",
            "/external_refs/1 duplicate",
            "/names/0/script length",
            "/names/0/text single_line",
            "/names/1/language language",
            "/website url",
        ]
    );
    let kind = json!({"type": "friend", "names": [{"text": "x"}]});
    assert_eq!(
        world.post("/v1/partners").by(&manager).json(&kind).await.faults(422, "invalid_content"),
        ["/type unknown_value"]
    );
    let nameless = json!({"type": "ota", "names": []});
    assert_eq!(
        world.post("/v1/partners").by(&manager).json(&nameless).await.faults(422, "invalid_content"),
        ["/names length"]
    );
    let one = made(&world, &manager, "A1", "One").await;
    for body in [
        json!({"type": "ota", "code": "A1", "names": [{"text": "x"}]}),
        json!({"type": "ota", "names": [{"text": "x"}], "external_refs": [{"system": "pms", "id": "A1"}]}),
    ] {
        let taken = world.post("/v1/partners").by(&manager).json(&body).await.problem(409, "already_taken");
        assert_eq!(taken["conflicting_id"], one["id"]);
    }
    for query in ["status=gone", "type=friend", "q=%20", "limit=0", "colour=red"] {
        let answer = world.get(&format!("/v1/partners?{query}")).by(&manager).send().await;
        answer.problem(400, "invalid_parameter");
    }
    let desk = world.staff("front_desk").await;
    world.post("/v1/partners").by(&desk).json(&kind).await.problem(403, "forbidden");
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    world.get(&path(&one)).by(&foreign).send().await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn lists_are_searched_filtered_and_paged(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    for (code, name) in
        [("CTRIP", "携程旅行网"), ("0086123", "West Lake Travel"), ("BK", "Booking.com"), ("QN", "去哪儿")]
    {
        made(&world, &manager, code, name).await;
    }
    deliver(&world, vec![delivered("9", None, None)]).await;
    let list =
        async |query: &str| world.get(&format!("/v1/partners?{query}")).by(&manager).send().await.ok(200);
    assert_eq!(names(&list("").await), ["Booking.com", "ota 9", "去哪儿", "West Lake Travel", "携程旅行网"]);
    assert_eq!(names(&list("status=provisional").await), ["ota 9"]);
    for (q, found) in [
        ("%E6%97%85%E8%A1%8C", vec!["携程旅行网"]),
        ("xiecheng", vec!["携程旅行网"]),
        ("lake%20WEST", vec!["West Lake Travel"]),
        ("ctr", vec!["携程旅行网"]),
        ("0086123", vec!["West Lake Travel"]),
        ("lake%20booking", vec![]),
    ] {
        assert_eq!(names(&list(&format!("q={q}")).await), found, "{q}");
    }
    assert_eq!(names(&list("type=ota").await), Vec::<&str>::new());
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = list(&format!("limit=2{cursor}")).await;
        seen.extend(names(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, names(&list("").await));
    let first = list("limit=2").await;
    let other = format!("/v1/partners?limit=2&type=ota&cursor={}", first["next_cursor"].as_str().unwrap());
    world.get(&other).by(&manager).send().await.problem(400, "invalid_cursor");
}

#[rstest]
#[actix_web::test]
async fn an_upsert_by_reference_creates_lays_over_and_changes_nothing_twice(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let at = "/v1/partners/by-ref/gds/77";
    let body = json!({"type": "wholesaler", "names": [{"text": "Big Beds"}], "notes": "pays late"});
    let made = world.put(at).by(&manager).json(&body).await.ok(201);
    assert_eq!(made["external_refs"], json!([{"system": "gds", "id": "77"}]));
    let same = world.put(at).by(&manager).json(&body).await.ok(200);
    assert_eq!(same, made);
    let more = json!({"type": "wholesaler", "names": [{"text": "Bigger Beds"}], "external_refs": [{"system": "pms", "id": "7"}]});
    let changed = world.put(at).by(&manager).json(&more).await.ok(200);
    assert_eq!((&changed["display_name"], &changed["notes"]), (&json!("Bigger Beds"), &json!("pays late")));
    assert_eq!(changed["external_refs"].as_array().unwrap().len(), 2);
    world.put(at).by(&manager).if_match("\"1\"").json(&more).await.problem(412, "precondition_failed");
    assert_eq!(world.get("/v1/partners/by-ref/pms/7").by(&manager).send().await.ok(200)["id"], made["id"]);
    world.get("/v1/partners/by-ref/pms/8").by(&manager).send().await.problem(404, "not_found");
    world.get("/v1/partners/by-ref/PMS/7").by(&manager).send().await.problem(404, "not_found");
    step(&world, &manager, &made, "archive", "*").await.ok(200);
    world.put(at).by(&manager).json(&body).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn a_merge_leads_on_and_comes_apart_without_a_trace(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let (a, b, c) = (
        made(&world, &manager, "A", "Alpha").await,
        made(&world, &manager, "B", "Beta").await,
        made(&world, &manager, "C", "Gamma").await,
    );
    merged(&world, &manager, &a, &a).await.problem(409, "state_conflict");
    let gone = merged(&world, &manager, &a, &b).await.ok(200);
    assert_eq!((&gone["status"], &gone["merged_into"]), (&json!("merged"), &b["id"]));
    assert_eq!(
        merged(&world, &manager, &a, &c).await.problem(409, "state_conflict")["conflicting_id"],
        b["id"]
    );
    let circle = merged(&world, &manager, &b, &a).await.problem(409, "state_conflict");
    assert_eq!(circle["conflicting_id"], b["id"]);
    merged(&world, &manager, &b, &c).await.ok(200);
    assert_eq!(names(&world.get("/v1/partners").by(&manager).send().await.ok(200)), ["Gamma"]);
    assert_eq!(
        names(&world.get("/v1/partners?q=alpha&status=merged").by(&manager).send().await.ok(200)),
        Vec::<&str>::new()
    );
    // References and stays of all three are those of the last one.
    for reference in ["A", "B", "C"] {
        let path = format!("/v1/partners/by-ref/pms/{reference}");
        assert_eq!(world.get(&path).by(&manager).send().await.ok(200)["id"], c["id"]);
    }
    assert_eq!(family(&world, &c).await, sorted(&[&a, &b, &c]));
    assert_eq!(family(&world, &b).await, sorted(&[&a, &b]));
    let (group, asked) = (world.home.id, [&a, &b, &c].map(|p| p["id"].as_str().unwrap().parse().unwrap()));
    let reached = world.app.db.read(move |r| service::survivors(r, group, &asked)).await.unwrap();
    assert_eq!(reached.len(), 3);
    assert!(reached.values().all(|partner| partner.id.to_string() == c["id"].as_str().unwrap()));
    // What a machine sends about the merged one is about the last one, and takes no reference away.
    let body = json!({"type": "travel_agency", "names": [{"text": "Gamma"}], "external_refs": [{"system": "pms", "id": "A"}]});
    let path_a = "/v1/partners/by-ref/pms/A";
    assert_eq!(world.put(path_a).by(&manager).json(&body).await.ok(200), c);
    // A delivery keeps to the partner the reference was given to: that is what a later unmerge needs.
    world
        .patch(&path(&a))
        .by(&manager)
        .if_match("*")
        .json(&json!({"notes": "x"}))
        .await
        .problem(409, "state_conflict");

    step(&world, &manager, &c, "unmerge", "*").await.problem(409, "state_conflict");
    let back = step(&world, &manager, &a, "unmerge", "\"2\"").await.ok(200);
    assert_eq!((&back["status"], back.get("merged_into")), (&json!("active"), None));
    assert_eq!((&back["external_refs"], &back["code"]), (&a["external_refs"], &a["code"]));
    assert_eq!(world.get(path_a).by(&manager).send().await.ok(200)["id"], a["id"]);
    assert_eq!(family(&world, &c).await, sorted(&[&b, &c]));
    assert_eq!(names(&world.get("/v1/partners?q=alpha").by(&manager).send().await.ok(200)), ["Alpha"]);
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events").by(&manager).send().await.ok(200);
    let types: Vec<&str> =
        feed["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    let told = types.iter().filter(|kind| kind.starts_with("partner."));
    assert_eq!(
        told.copied().collect::<Vec<_>>(),
        [
            "partner.created",
            "partner.created",
            "partner.created",
            "partner.merged",
            "partner.merged",
            "partner.unmerged"
        ]
    );
}

#[rstest]
#[actix_web::test]
async fn two_merges_that_would_make_a_circle_do_not(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    for round in 0..5 {
        let (a, b) = (
            made(&world, &manager, &format!("A{round}"), "Alpha").await,
            made(&world, &manager, &format!("B{round}"), "Beta").await,
        );
        let both = [merged(&world, &manager, &a, &b), merged(&world, &manager, &b, &a)];
        let both = futures_util::future::join_all(both).await;
        let mut statuses: Vec<u16> = both.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!([409, 412].contains(&statuses[1]), "{statuses:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn deliveries_make_provisional_partners_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    made(&world, &manager, "TAKEN", "Taken").await;
    let wanted = vec![
        delivered("9", Some(" Nine\nTravel "), Some("TAKEN")),
        delivered("10", None, Some("TEN")),
        delivered("11", Some(" "), Some("TEN")),
        delivered("9", Some("again"), None),
    ];
    let first = deliver(&world, wanted.clone()).await;
    assert_eq!(first.len(), 3);
    assert_eq!(deliver(&world, wanted.clone()).await, first);
    let list = world.get("/v1/partners?status=provisional").by(&manager).send().await.ok(200);
    let mut told: Vec<(&str, Option<&str>)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["display_name"].as_str().unwrap(), p["code"].as_str()))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("Nine Travel", None), ("ota 10", Some("TEN")), ("ota 11", None)]);
    let ten = world.get("/v1/partners/by-ref/ota/10").by(&manager).send().await.ok(200);
    assert_eq!(step(&world, &manager, &ten, "confirm", "\"1\"").await.ok(200)["status"], "active");
    assert_eq!(step(&world, &manager, &ten, "confirm", "\"2\"").await.ok(200)["version"], 2);
    // Whoever has merged it keeps getting what is delivered for it.
    let nine = world.get("/v1/partners/by-ref/ota/9").by(&manager).send().await.ok(200);
    merged(&world, &manager, &nine, &ten).await.ok(200);
    assert_eq!(deliver(&world, wanted).await, first);
    assert_eq!(step(&world, &manager, &nine, "unmerge", "*").await.ok(200)["status"], "provisional");

    let together: Vec<_> = (0..4)
        .map(|_| {
            let (db, cx) = (world.app.db.clone(), context(&world));
            async move {
                let wanted: Vec<_> = (0..50).map(|id| delivered(&format!("new-{id}"), None, None)).collect();
                db.write(move |tx| resolve_or_create(tx, &cx, &wanted)).await
            }
        })
        .collect();
    let done: Vec<Result<_, PartnerError>> = futures_util::future::join_all(together).await;
    let done: Vec<_> = done.into_iter().map(Result::unwrap).collect();
    assert!(done.iter().all(|found| found.len() == 50 && *found == done[0]));
}
