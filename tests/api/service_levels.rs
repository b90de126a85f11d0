//! Service calendars, policies and the duty roster.

use std::sync::Arc;

use actix_web::http::Method;
use hospes::kit::clock::{Clock, Instant};
use hospes::kit::ids::{HotelId, StaffId, TimeOrderedIds};
use hospes::platform::context::{Actor, Ctx, Sight};
use hospes::service_levels::calendars::Calendars;
use hospes::service_levels::duty::on_duty;
use hospes::service_levels::policies::Policies;
use hospes::staff::roles::Role;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Person, World};

const CALENDARS: &str = "/v1/service-calendars";
const POLICIES: &str = "/v1/service-level-policies";

fn week(days: &[&str]) -> Vec<Value> {
    days.iter().map(|day| json!({"weekday": day, "from": "08:00", "to": "16:00"})).collect()
}

fn calendar(days: &[&str]) -> Value {
    json!({"names": {"en": "Own", "zh-CN": "自用"}, "weekly_hours": week(days)})
}

async fn put(world: &World, by: &Person, code: &str, etag: Option<&str>, body: &Value) -> Answer {
    let request = world.put(&format!("{CALENDARS}/{code}")).by(by);
    match etag {
        Some(etag) => request.if_match(etag).json(body).await,
        None => request.json(body).await,
    }
}

fn rule(code: &str, calendar: &str, conditions: &Value) -> Value {
    let mut rule = json!({"code": code, "names": {"en": code}, "targets": [
        {"clock": "acknowledge", "kind": "elapsed", "minutes": 60, "calendar": calendar}]});
    for (name, value) in conditions.as_object().unwrap() {
        rule[name] = value.clone();
    }
    rule
}

async fn put_rules(world: &World, by: &Person, etag: &str, rules: &[Value]) -> Answer {
    world.put(POLICIES).by(by).if_match(etag).json(&json!({ "rules": rules })).await
}

async fn tried(world: &World, by: &Person, complaint: &Value) -> Value {
    world.post(&format!("{POLICIES}/preview")).by(by).json(complaint).await.ok(200)
}

fn clock<'v>(preview: &'v Value, kind: &str) -> &'v Value {
    let clocks = preview["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["clock"] == kind).unwrap_or(&Value::Null)
}

#[rstest]
#[actix_web::test]
async fn a_group_lays_its_own_calendars_over_those_shipped(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let office = format!("{CALENDARS}/office-hours");
    let shipped = world.get(&office).by(&admin).send().await;
    assert_eq!(shipped.etag(), "\"1\"");
    assert_eq!(shipped.ok(200)["weekly_hours"].as_array().unwrap().len(), 5);
    world.get(&office).by(&admin).header("if-none-match", "\"1\"").send().await.ok(304);

    let mut own = calendar(&["monday", "saturday"]);
    own["special_days"] = json!([{"date": "2026-10-01", "names": {"zh-CN": "国庆节"}},
        {"date": "2026-10-10", "hours": [{"from": "13:00", "to": "24:00"}, {"from": "08:00", "to": "12:00"}]}]);
    put(&world, &admin, "office-hours", None, &own).await.problem(428, "precondition_required");
    put(&world, &admin, "office-hours", Some("\"7\""), &own).await.problem(412, "precondition_failed");
    let written = put(&world, &admin, "office-hours", Some("\"1\""), &own).await;
    assert_eq!(written.etag(), "\"2\"");
    let written = written.ok(200);
    assert_eq!(written["special_days"][1]["hours"][0], json!({"from": "08:00", "to": "12:00"}), "in order");
    assert_eq!(world.get(&office).by(&admin).send().await.ok(200), written);
    let same = put(&world, &admin, "office-hours", Some("\"2\""), &own).await;
    assert_eq!(same.etag(), "\"2\"", "nothing changed");
    put(&world, &admin, "office-hours", Some("\"1\""), &own).await.problem(412, "precondition_failed");

    let new = put(&world, &admin, "nights", None, &calendar(&["sunday"])).await;
    assert_eq!(new.header("location"), "/v1/service-calendars/nights");
    new.ok(201);
    put(&world, &admin, "mornings", Some("*"), &calendar(&["sunday"])).await.problem(404, "not_found");
    put(&world, &admin, "No-Code", None, &calendar(&["sunday"])).await.problem(404, "not_found");

    let first = world.get(&format!("{CALENDARS}?limit=2")).by(&admin).send().await;
    assert!(first.header("link").contains("rel=\"next\""));
    let first = first.ok(200);
    let codes = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().into()).collect()
    };
    assert_eq!(codes(&first), ["nights", "office-hours"]);
    let rest = format!("{CALENDARS}?limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
    let rest = world.get(&rest).by(&admin).send().await.ok(200);
    assert_eq!((codes(&rest), &rest["has_more"]), (vec!["round-the-clock".to_owned()], &json!(false)));

    let foreign = world.staff_at(world.foreign, None, "admin").await;
    assert_eq!(
        world.get(&office).by(&foreign).send().await.ok(200)["version"],
        1,
        "another group's is its own"
    );
    world.get(&format!("{CALENDARS}/nights")).by(&foreign).send().await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_calendar_goes_when_no_rule_needs_it_and_its_versions_never_come_twice(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let gone = |code: &str, etag: &str| {
        world.request(Method::DELETE, &format!("{CALENDARS}/{code}")).by(&admin).if_match(etag).send()
    };
    gone("office-hours", "*").await.problem(409, "state_conflict");
    gone("nights", "*").await.problem(404, "not_found");
    put(&world, &admin, "nights", None, &calendar(&["sunday"])).await.ok(201);
    put_rules(&world, &admin, "\"1\"", &[rule("all", "nights", &json!({}))]).await.ok(200);
    let refused = gone("nights", "\"1\"").await.problem(409, "state_conflict");
    assert!(refused["detail"].as_str().unwrap().contains("rule"), "{refused}");
    put_rules(&world, &admin, "\"2\"", &[rule("all", "round-the-clock", &json!({}))]).await.ok(200);
    gone("nights", "\"9\"").await.problem(412, "precondition_failed");
    gone("nights", "\"1\"").await.ok(204);
    world.get(&format!("{CALENDARS}/nights")).by(&admin).send().await.problem(404, "not_found");
    gone("nights", "\"1\"").await.problem(404, "not_found");
    let again = put(&world, &admin, "nights", None, &calendar(&["friday"])).await;
    assert_eq!((again.status, again.etag()), (201, "\"3\""));
    gone("nights", "\"1\"").await.problem(412, "precondition_failed");
}

#[rstest]
#[case(json!({"names": {"en": "Own"}}), &["/weekly_hours required"])]
#[case(json!({"names": {"en": "Own"}, "special_days": [{"date": "2026-10-01"}]}), &["/weekly_hours required"])]
#[case(json!({"names": {"en": "Own"}, "round_the_clock": true, "weekly_hours": [{"weekday": "monday", "from": "08:00", "to": "09:00"}],
    "special_days": [{"date": "2026-10-01"}]}), &["/weekly_hours not_applicable", "/special_days not_applicable"])]
#[case(json!({"names": {}, "weekly_hours": [{"weekday": "monday", "from": "09:00", "to": "09:00"},
    {"weekday": "monday", "from": "18:00", "to": "09:00"}, {"weekday": "monday", "from": "9:00x", "to": "25:00"},
    {"weekday": "monday", "from": "08:00", "to": "12:00"}, {"weekday": "monday", "from": "11:59", "to": "13:00"},
    {"weekday": "monday", "from": "12:00", "to": "13:00"}, {"weekday": "tuesday", "from": "11:59", "to": "13:00"}]}),
    &["/names length", "/weekly_hours/0/to order", "/weekly_hours/1/to order", "/weekly_hours/2/from time",
        "/weekly_hours/2/to time", "/weekly_hours/4 overlap"])]
#[case(json!({"names": {"en": "Own"}, "special_days": [
    {"date": "2026-02-30"}, {"date": "2026-10-10", "hours": [{"from": "08:00", "to": "12:00"}, {"from": "07:00", "to": "13:00"}]},
    {"date": "2026-10-10"}]}),
    &["/special_days/0/date date", "/special_days/1/hours/1 overlap", "/special_days/2/date duplicate"])]
#[actix_web::test]
async fn a_calendar_that_makes_no_sense_is_refused(#[case] body: Value, #[case] faults: &[&str]) {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    assert_eq!(put(&world, &admin, "own", None, &body).await.faults(422, "invalid_content"), faults);
    world.get(&format!("{CALENDARS}/own")).by(&admin).send().await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn the_policies_that_are_shipped_promise_what_the_house_promises(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff_at(world.home, Some(world.home.hotel), "front_desk").await;
    let shipped = world.get(POLICIES).by(&desk).send().await;
    assert_eq!(shipped.etag(), "\"1\"");
    let shipped = shipped.ok(200);
    let codes: Vec<&str> =
        shipped["rules"].as_array().unwrap().iter().map(|rule| rule["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["crisis", "written", "live"]);
    world.get(POLICIES).by(&desk).header("if-none-match", "\"1\"").send().await.ok(304);

    let complaint = json!({"hotel_id": world.home.hotel, "channel": "front_desk", "severity": "general",
        "received_at": "2026-11-21T14:00:00Z", "departure_at": "2026-11-22T04:00:00Z"});
    let preview = tried(&world, &desk, &complaint).await;
    assert_eq!((&preview["rule"], &preview["round_the_clock"]), (&json!("live"), &json!(false)));
    let due = |kind: &str| clock(&preview, kind)["due_at"].as_str().unwrap().to_owned();
    assert_eq!(due("acknowledge"), "2026-11-21T14:05:00.000000Z");
    assert_eq!(due("attend"), "2026-11-21T14:10:00.000000Z");
    assert_eq!(due("investigate"), "2026-11-21T15:00:00.000000Z");
    assert_eq!(due("resolve"), "2026-11-22T02:00:00.000000Z");
    assert_eq!(clock(&preview, "resolve")["warn_at"], "2026-11-21T23:00:00.000000Z");
    assert_eq!(clock(&preview, "resolve")["by_departure"], true);

    let gone = json!({"hotel_id": world.home.hotel, "channel": "email", "received_at": "2026-11-21T14:00:00Z",
        "departure_at": "2026-11-20T04:00:00Z"});
    let preview = tried(&world, &desk, &gone).await;
    assert_eq!(preview["rule"], "written");
    assert!(clock(&preview, "attend").is_null(), "nobody is there to be seen");
    let mut crisis = gone.clone();
    crisis["severity"] = json!("crisis");
    let preview = tried(&world, &desk, &crisis).await;
    assert_eq!((&preview["rule"], &preview["round_the_clock"]), (&json!("crisis"), &json!(true)));
    assert_eq!(clock(&preview, "acknowledge")["due_at"], "2026-11-21T14:05:00.000000Z");

    let mut elsewhere = gone;
    elsewhere["hotel_id"] = json!(world.home.other_hotel);
    let answer = world.post(&format!("{POLICIES}/preview")).by(&desk).json(&elsewhere).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/hotel_id unknown_reference"]);
}

#[rstest]
#[actix_web::test]
async fn the_rules_of_a_group_are_one_list_that_changes_as_a_whole(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let here =
        json!({"hotel_ids": [world.home.hotel], "severities": ["major", "crisis"], "channels": ["phone"]});
    let rules = [rule("here", "office-hours", &here), rule("all", "round-the-clock", &json!({}))];
    put_rules(&world, &admin, "\"4\"", &rules).await.problem(412, "precondition_failed");
    world
        .put(POLICIES)
        .by(&admin)
        .json(&json!({ "rules": rules }))
        .await
        .problem(428, "precondition_required");
    let written = put_rules(&world, &admin, "\"1\"", &rules).await;
    assert_eq!(written.etag(), "\"2\"");
    let written = written.ok(200);
    assert_eq!(written["rules"][0]["targets"][0]["warn_percent"], 75);
    assert_eq!(world.get(POLICIES).by(&admin).send().await.ok(200), written);
    assert_eq!(put_rules(&world, &admin, "\"2\"", &rules).await.etag(), "\"2\"", "nothing changed");
    put_rules(&world, &admin, "\"1\"", &rules).await.problem(412, "precondition_failed");

    // Saturday night at the hotel: a crisis does not wait for the office to open.
    let mut complaint = json!({"hotel_id": world.home.hotel, "channel": "phone", "severity": "major",
        "received_at": "2026-11-21T14:00:00Z"});
    let preview = tried(&world, &admin, &complaint).await;
    assert_eq!(preview["rule"], "here");
    assert!(
        clock(&preview, "acknowledge")["due_at"].as_str().unwrap().starts_with("2026-11-23T"),
        "{preview}"
    );
    complaint["severity"] = json!("crisis");
    let preview = tried(&world, &admin, &complaint).await;
    assert_eq!(clock(&preview, "acknowledge")["due_at"], "2026-11-21T15:00:00.000000Z");
    for (member, value) in
        [("severity", json!("minor")), ("channel", json!("app")), ("hotel_id", json!(world.home.other_hotel))]
    {
        let mut other = complaint.clone();
        other[member] = value;
        assert_eq!(tried(&world, &admin, &other).await["rule"], "all");
    }
    complaint.as_object_mut().unwrap().remove("severity");
    assert_eq!(tried(&world, &admin, &complaint).await["rule"], "all", "not known yet");

    let (group, foreign) = (world.home.id, world.staff_at(world.foreign, None, "admin").await);
    let loaded = world
        .app
        .db
        .read(move |r| Ok::<_, hospes::db::DbError>((Policies::load(r, group)?, Calendars::load(r, group)?)));
    let (policies, calendars) = loaded.await.unwrap();
    assert_eq!((policies.version, policies.rules().count(), calendars.iter().count()), (2, 2, 2));
    assert_eq!(world.get(POLICIES).by(&foreign).send().await.ok(200)["version"], 1);
    // Who answers for one hotel does not change the rules of all.
    let manager = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    put_rules(&world, &manager, "\"2\"", &rules).await.problem(403, "forbidden");
    put(&world, &manager, "own", None, &calendar(&["monday"])).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn two_who_change_the_rules_at_once_do_not_both_win(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (first, second) =
        ([rule("one", "office-hours", &json!({}))], [rule("two", "office-hours", &json!({}))]);
    for etag in ["\"1\"", "\"2\""] {
        let both = futures_util::future::join(
            put_rules(&world, &admin, etag, &first),
            put_rules(&world, &admin, etag, &second),
        );
        let (one, other) = both.await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        // A list that is the one there is already changes nothing.
        assert!(statuses == [200, 412] || (etag == "\"2\"" && statuses == [200, 200]), "{statuses:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn rules_that_leave_somebody_out_or_name_nothing_are_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let conditional = rule("some", "office-hours", &json!({"severities": ["major"]}));
    let faults = |answer: Answer| answer.faults(422, "invalid_content");
    assert_eq!(faults(put_rules(&world, &admin, "*", &[conditional]).await), ["/rules no_rule_for_all"]);
    let nothing = rule("some", "no-such", &json!({"hotel_ids": [world.foreign.hotel, "x"]}));
    assert_eq!(
        faults(put_rules(&world, &admin, "*", &[nothing, rule("all", "office-hours", &json!({}))]).await),
        ["/rules/0/hotel_ids/1 unknown_reference"]
    );
    let nothing = rule("all", "no-such", &json!({"hotel_ids": [world.foreign.hotel]}));
    assert_eq!(
        faults(put_rules(&world, &admin, "*", &[nothing, rule("all", "office-hours", &json!({}))]).await),
        [
            "/rules/0/hotel_ids/0 unknown_reference",
            "/rules/0/targets/0/calendar unknown_reference",
            "/rules/1/code duplicate"
        ]
    );
    let targets = json!({"severities": ["grave"], "channels": ["pigeon"], "targets": [
        {"clock": "resolve", "kind": "elapsed", "working_days": 3, "calendar": "office-hours"},
        {"clock": "resolve", "kind": "working_days", "working_days": 0, "calendar": "office-hours"},
        {"clock": "attend", "kind": "elapsed", "minutes": -1, "calendar": "office-hours", "warn_percent": 101,
            "before_departure": {"margin_minutes": -1, "least_minutes": 527041}}]});
    let mut found =
        faults(put_rules(&world, &admin, "*", &[rule("Bad Code", "office-hours", &targets)]).await);
    found.sort();
    assert_eq!(
        found,
        [
            "/rules/0/channels/0 unknown_value",
            "/rules/0/code code",
            "/rules/0/severities/0 unknown_value",
            "/rules/0/targets/0/minutes required",
            "/rules/0/targets/0/working_days not_applicable",
            "/rules/0/targets/1/working_days range",
            "/rules/0/targets/2/before_departure/least_minutes range",
            "/rules/0/targets/2/before_departure/margin_minutes range",
            "/rules/0/targets/2/minutes range",
            "/rules/0/targets/2/warn_percent range",
        ]
    );
    let twice = json!({"targets": [
        {"clock": "resolve", "kind": "elapsed", "minutes": 3, "calendar": "office-hours"},
        {"clock": "resolve", "kind": "elapsed", "minutes": 4, "calendar": "office-hours"}]});
    assert_eq!(
        faults(put_rules(&world, &admin, "*", &[rule("all", "x", &twice)]).await),
        ["/rules/0/targets/1/clock duplicate"]
    );
    assert_eq!(world.get(POLICIES).by(&admin).send().await.etag(), "\"1\"");
}

fn shift(staff: uuid::Uuid, role: &str, from: &str, until: &str) -> Value {
    json!({"staff_id": staff, "role": role, "starts_at": from, "ends_at": until})
}

fn roster(hotel: HotelId) -> String {
    format!("/v1/hotels/{hotel}/duty-shifts")
}

async fn reached(world: &World, role: Role, at: &str) -> Vec<uuid::Uuid> {
    let cx = Ctx {
        group: world.home.id,
        actor: Actor::SYSTEM,
        sight: Sight::WholeGroup,
        request_id: "test".into(),
        now: world.clock.now(),
        ids: Arc::new(TimeOrderedIds),
    };
    let at: Instant = chrono::DateTime::parse_from_rfc3339(at).unwrap().to_utc().into();
    let hotel = world.home.hotel;
    let found = world.app.db.read(move |r| on_duty(r, &cx, hotel, role, at)).await.unwrap();
    let mut ids: Vec<uuid::Uuid> = found.into_iter().map(|StaffId(id)| id).collect();
    ids.sort();
    ids
}

#[rstest]
#[actix_web::test]
async fn the_roster_says_who_is_reached_and_without_one_everybody_is(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let hotel = Some(world.home.hotel);
    let one = world.staff_at(world.home, hotel, "duty_manager").await.staff;
    let two = world.staff_at(world.home, None, "duty_manager").await.staff;
    world.staff_at(world.home, Some(world.home.other_hotel), "duty_manager").await;
    world.staff_at(world.foreign, None, "duty_manager").await;
    let mut all = vec![one, two];
    all.sort();
    let at = "2026-11-22T15:00:00Z";
    assert_eq!(reached(&world, Role::DutyManager, at).await, all, "nobody has a shift");
    for (staff, from, until) in [
        (one, "2026-11-22T14:00:00Z", "2026-11-22T22:00:00Z"),
        (one, "2026-11-22T14:30:00Z", "2026-11-22T16:00:00Z"),
        (two, "2026-11-22T22:00:00Z", "2026-11-24T22:00:00Z"),
    ] {
        let body = shift(staff, "duty_manager", from, until);
        world.post(&roster(world.home.hotel)).by(&admin).json(&body).await.ok(201);
    }
    assert_eq!(reached(&world, Role::DutyManager, "2026-11-22T14:00:00Z").await, [one]);
    assert_eq!(reached(&world, Role::DutyManager, at).await, [one]);
    assert_eq!(reached(&world, Role::DutyManager, "2026-11-22T22:00:00Z").await, [two], "up to but without");
    assert_eq!(reached(&world, Role::DutyManager, "2026-11-24T21:59:59Z").await, [two]);
    assert_eq!(reached(&world, Role::DutyManager, "2026-11-24T22:00:00Z").await, all);
    assert_eq!(reached(&world, Role::GeneralManager, at).await, Vec::<uuid::Uuid>::new());
    // Who is suspended is not reached: then it is nobody's shift.
    let path = format!("/v1/staff/{one}/suspend");
    world.request(Method::POST, &path).by(&admin).if_match("*").send().await.ok(200);
    assert_eq!(reached(&world, Role::DutyManager, at).await, [two]);
}

#[rstest]
#[actix_web::test]
async fn a_shift_is_written_listed_changed_and_deleted(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let hotel = world.home.hotel;
    let head = world.staff_at(world.home, Some(hotel), "department_head").await;
    let who = world.staff_at(world.home, Some(hotel), "engineering").await.staff;
    let mut made = Vec::new();
    for day in 22..27 {
        let body = shift(
            who,
            "engineering",
            &format!("2026-11-{day}T14:00:00Z"),
            &format!("2026-11-{day}T22:00:00+08:00"),
        );
        let refused = world.post(&roster(hotel)).by(&head).json(&body).await;
        assert_eq!(refused.faults(422, "invalid_content"), ["/ends_at order"], "the same instant");
        let body = shift(
            who,
            "engineering",
            &format!("2026-11-{day}T14:00:00Z"),
            &format!("2026-11-{day}T22:00:00Z"),
        );
        let new = world.post(&roster(hotel)).by(&head).json(&body).await;
        assert_eq!(new.etag(), "\"1\"");
        let new_at = new.header("location").to_owned();
        let new = new.ok(201);
        assert_eq!(world.get(&new_at).by(&head).send().await.ok(200), new);
        made.push(new);
    }
    let ids = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|shift| shift["id"].clone()).collect()
    };
    let list = |query: &str| world.get(&format!("{}?{query}", roster(hotel))).by(&head).send();
    // What only touches the period is not in it.
    let period = list("from=2026-11-22T22:00:00Z&until=2026-11-25T14:00:00Z").await.ok(200);
    assert_eq!(ids(&period), [made[1]["id"].clone(), made[2]["id"].clone()]);
    let within = list("from=2026-11-23T15:00:00Z&until=2026-11-23T15:00:01Z&role=engineering").await.ok(200);
    assert_eq!(ids(&within), [made[1]["id"].clone()]);
    assert_eq!(ids(&list("role=security").await.ok(200)), Vec::<Value>::new());
    list("role=king").await.problem(400, "invalid_parameter");
    assert_eq!(ids(&list(&format!("staff_id={}", head.staff)).await.ok(200)), Vec::<Value>::new());
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(&format!("limit=2{cursor}")).await.ok(200);
        seen.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made.iter().map(|shift| shift["id"].clone()).collect::<Vec<_>>());

    let path = format!("/v1/duty-shifts/{}", made[0]["id"].as_str().unwrap());
    let later = json!({"ends_at": "2026-11-22T23:00:00Z"});
    world.patch(&path).by(&head).json(&later).await.problem(428, "precondition_required");
    let changed = world.patch(&path).by(&head).if_match("\"1\"").json(&later).await;
    assert_eq!(
        (changed.etag(), &changed.json()["ends_at"]),
        ("\"2\"", &json!("2026-11-22T23:00:00.000000Z"))
    );
    world.patch(&path).by(&head).if_match("\"1\"").json(&later).await.problem(412, "precondition_failed");
    assert_eq!(
        world.patch(&path).by(&head).if_match("\"2\"").json(&later).await.etag(),
        "\"2\"",
        "nothing changed"
    );
    for (patch, fault) in [
        (json!({"ends_at": null}), "/ends_at not_null"),
        (json!({"ends_at": "tomorrow"}), "/ends_at date_time"),
        (json!({"ends_at": "2026-11-22T14:00:00Z"}), "/ends_at order"),
        (json!({"ends_at": "2026-11-24T14:00:00.000001Z"}), "/ends_at range"),
        (json!({"starts_at": "2026-11-22T23:00:00Z"}), "/ends_at order"),
        (json!({"role": "king"}), "/role unknown_value"),
        (json!({"role": "security"}), "/staff_id unknown_reference"),
        (json!({"staff_id": head.staff}), "/staff_id unknown_reference"),
    ] {
        let answer = world.patch(&path).by(&head).if_match("\"2\"").json(&patch).await;
        assert_eq!(answer.faults(422, "invalid_content"), [fault]);
    }
    let gone = |etag: &'static str| world.request(Method::DELETE, &path).by(&head).if_match(etag).send();
    gone("\"1\"").await.problem(412, "precondition_failed");
    gone("\"2\"").await.ok(204);
    gone("\"2\"").await.problem(404, "not_found");

    // Another hotel knows nothing of it.
    let other = world.staff_at(world.home, Some(world.home.other_hotel), "department_head").await;
    world.get(&roster(hotel)).by(&other).send().await.problem(404, "not_found");
    let path = format!("/v1/duty-shifts/{}", made[1]["id"].as_str().unwrap());
    world.get(&path).by(&other).send().await.problem(404, "not_found");
    let elsewhere = shift(who, "engineering", "2026-11-22T14:00:00Z", "2026-11-22T22:00:00Z");
    let answer = world.post(&roster(world.home.other_hotel)).by(&other).json(&elsewhere).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/staff_id unknown_reference"]);
}

#[rstest]
#[actix_web::test]
async fn a_shift_sent_twice_under_one_key_is_one_shift(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body = shift(admin.staff, "admin", "2026-11-22T14:00:00Z", "2026-11-24T14:00:00Z");
    let send = || {
        let request = world.request(Method::POST, &roster(world.home.hotel)).by(&admin);
        request.header("idempotency-key", "the-same-key-twice").json(&body)
    };
    let (first, second) = (send().await, send().await);
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(first.ok(201), second.ok(201));
    let all = world.get(&roster(world.home.hotel)).by(&admin).send().await.ok(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
}
