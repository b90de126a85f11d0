//! Problems that open by themselves: what two complaints have to share, how near they have to be, and what does not count.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use super::{about, act, class, complaints_of, path, problem, problem_of, read, resolve};
use crate::complaints::{complaint, make, path as complaint_path};
use crate::harness::{Backend, World};

fn ids(complaints: &[&Value]) -> Vec<String> {
    complaints.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn the_second_of_a_kind_opens_a_problem_with_both_and_the_third_joins(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let one = about(&world, &quality, "AC-1208", "1208", json!({})).await;
    assert!(one.get("problem_id").is_none());
    let two = about(&world, &quality, "ac-1208", "1210", json!({})).await;
    let found = problem_of(&world, &quality, &two).await.unwrap();
    assert_eq!(problem_of(&world, &quality, &one).await.unwrap(), found);
    assert_eq!((&found["status"], &found["complaint_count"]), (&json!("open"), &json!(2)));
    assert_eq!((&found["opened_by_itself"], &found["version"]), (&json!(true), &json!(1)));
    assert_eq!(found["repeats"], json!({"kind": "asset", "asset": "ac-1208"}));
    assert_eq!((&found["first_seen_at"], &found["last_seen_at"]), (&one["received_at"], &two["received_at"]));
    let three = about(&world, &quality, "AC-1208", "1300", json!({})).await;
    assert_eq!(three["problem_id"], found["id"]);
    assert_eq!(complaints_of(&world, &quality, &found).await, ids(&[&one, &two, &three]));
    let list = format!("/v1/complaints?sort=-received_at&problem_id={}", found["id"].as_str().unwrap());
    let list = world.get(&list).by(&quality).send().await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    world.sequence(world.home.id).await;
    let feed =
        world.get("/v1/events?types=problem.created,problem.complaint_joined").by(&quality).send().await;
    let types: Vec<Value> =
        feed.ok(200)["items"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types, [json!("problem.created"), json!("problem.complaint_joined")]);
}

#[rstest]
#[actix_web::test]
async fn a_cause_repeats_only_with_its_department_and_a_room_whatever_the_cause(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body = json!({"code": "engineering", "names": {"en": "Engineering", "zh-CN": "工程部"}});
    let place = format!("/v1/hotels/{}/departments", world.home.hotel);
    world.post(&place).by(&admin).json(&body).await.ok(201);
    let told = |room: &str, cause: &str, sub_cause: &str, department: &str| json!({"room": room, "classification": class(cause, sub_cause, department)});
    let cold = complaint(
        &world,
        &admin,
        told("101", "product_quality", "hot_water_or_climate_unstable", "front-office"),
    )
    .await;
    let rude =
        complaint(&world, &admin, told("100", "service_level", "unfriendly_behaviour", "front-office")).await;
    let other = told("102", "product_quality", "hot_water_or_climate_unstable", "engineering");
    let other = complaint(&world, &admin, other).await;
    for one in [&cold, &rude, &other] {
        assert!(problem_of(&world, &admin, one).await.is_none());
    }
    // The same cause in the same department, elsewhere.
    let again = complaint(
        &world,
        &admin,
        told("103", "product_quality", "hot_water_or_climate_unstable", "engineering"),
    )
    .await;
    let found = problem_of(&world, &admin, &again).await.unwrap();
    let repeats =
        json!({"kind": "cause", "sub_cause": "hot_water_or_climate_unstable", "department": "engineering"});
    assert_eq!((&found["repeats"], &found["complaint_count"]), (&repeats, &json!(2)));
    // The same category in the same room: the room is narrower than the cause.
    let room =
        complaint(&world, &admin, told("101", "product_quality", "equipment_failure", "front-office")).await;
    let found = problem_of(&world, &admin, &room).await.unwrap();
    assert_eq!(found["repeats"]["kind"], "room");
    assert_eq!(complaints_of(&world, &admin, &found).await, ids(&[&cold, &room]));
    // The same room, whatever the cause: one that is known for its cause takes what shares it alone.
    let guest = told("105", "price", "charge_not_explained", "front-office");
    let guest = complaint(&world, &admin, guest).await;
    assert!(problem_of(&world, &admin, &guest).await.is_none());
    let staff = told("105", "service_level", "slow_response", "front-office");
    let staff = complaint(&world, &admin, staff).await;
    let found = problem_of(&world, &admin, &staff).await.unwrap();
    assert_eq!(found["repeats"], json!({"kind": "room", "room": "105"}));
    assert_eq!(complaints_of(&world, &admin, &found).await, ids(&[&guest, &staff]));
    // Whose likes belong elsewhere already makes a problem all the same.
    let third =
        complaint(&world, &admin, told("104", "product_quality", "equipment_failure", "front-office")).await;
    let found = problem_of(&world, &admin, &third).await.unwrap();
    assert_eq!(
        (&found["repeats"]["sub_cause"], &found["complaint_count"]),
        (&json!("equipment_failure"), &json!(1))
    );
}

#[rstest]
#[case("2026-10-22T08:00:00Z", "2026-11-21T08:00:00Z", true)]
#[case("2026-10-22T08:00:00Z", "2026-11-21T08:00:00.000001Z", false)]
#[case("2026-11-21T08:00:00Z", "2026-10-22T08:00:00Z", true)]
#[case("2026-11-21T08:00:00Z", "2026-10-22T07:59:59.999999Z", false)]
#[actix_web::test]
async fn complaints_thirty_days_apart_are_near_and_later_ones_are_not(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] first: &str,
    #[case] second: &str,
    #[case] near: bool,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let at = |at: &str| json!({"received_at": at, "classification": class("product_quality", "equipment_failure", "front-office")});
    let one = about(&world, &quality, "TV-1", "201", at(first)).await;
    let two = about(&world, &quality, "TV-1", "202", at(second)).await;
    assert_eq!(two.get("problem_id").is_some(), near);
    assert_eq!(problem_of(&world, &quality, &one).await.is_some(), near);
    if near {
        return;
    }
    // A third one near to the second opens it; the first stays out.
    let three = about(&world, &quality, "TV-1", "203", at(second)).await;
    let found = problem_of(&world, &quality, &three).await.unwrap();
    assert_eq!(found["complaint_count"], 2);
    assert!(problem_of(&world, &quality, &one).await.is_none());
}

#[rstest]
#[actix_web::test]
async fn a_problem_that_was_not_seen_for_long_takes_two_to_come_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let at = |day: &str| json!({"received_at": format!("2026-{day}T08:00:00Z"), "classification": class("price", "deposit_refund_late", "front-office")});
    let old = [
        about(&world, &quality, "TV-1", "201", at("08-01")).await,
        about(&world, &quality, "TV-1", "202", at("08-02")).await,
    ];
    let found = problem_of(&world, &quality, &old[0]).await.unwrap();
    let late = about(&world, &quality, "TV-1", "203", at("10-01")).await;
    assert!(problem_of(&world, &quality, &late).await.is_none());
    let again = about(&world, &quality, "TV-1", "204", at("10-05")).await;
    assert_eq!(again["problem_id"], found["id"]);
    assert_eq!(problem_of(&world, &quality, &late).await.unwrap()["complaint_count"], 4);
}

#[rstest]
#[actix_web::test]
async fn many_complaints_at_once_make_one_problem(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    for round in 0..3 {
        let asset = format!("LIFT-{round}");
        let rooms: Vec<String> = (0..8).map(|room| format!("{round}0{room}")).collect();
        let made = join_all(rooms.iter().map(|room| about(&world, &quality, &asset, room, json!({})))).await;
        let list = format!("/v1/problems?asset={asset}");
        let found = world.get(&list).by(&quality).send().await.ok(200)["items"].clone();
        let asked: Vec<&Value> =
            found.as_array().unwrap().iter().filter(|one| one["repeats"]["kind"] == "asset").collect();
        assert_eq!(asked.len(), 1, "{found}");
        assert_eq!(asked[0]["complaint_count"], 8);
        for one in &made {
            assert_eq!(problem_of(&world, &quality, one).await.unwrap()["id"], asked[0]["id"]);
        }
    }
    // Those that are judged in the same moment, too.
    let mut waiting = Vec::new();
    for room in 0..6 {
        let body = json!({"hotel_id": world.home.hotel, "channel": "phone", "description": "电梯", "asset": "LIFT-9",
            "room": format!("90{room}")});
        waiting.push(world.post("/v1/complaints").by(&quality).json(&body).await.ok(201));
    }
    let judged = class("delivery", "luggage_delayed", "front-office");
    let mut judged = judged.clone();
    judged.as_object_mut().unwrap().remove("sub_cause");
    let made =
        join_all(waiting.iter().map(|one| make(&world, &quality, one, "classify", judged.clone()))).await;
    assert!(made.iter().all(|answer| answer.status == 200));
    let found = world.get("/v1/problems?asset=LIFT-9").by(&quality).send().await.ok(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["complaint_count"], 6);
}

#[rstest]
#[actix_web::test]
async fn a_complaint_that_is_judged_anew_goes_where_it_belongs(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let mut made = Vec::new();
    for (asset, room) in [("A", "1"), ("A", "2"), ("B", "3"), ("B", "4")] {
        made.push(about(&world, &quality, asset, room, json!({})).await);
    }
    let (a, b) = (
        problem_of(&world, &quality, &made[0]).await.unwrap(),
        problem_of(&world, &quality, &made[2]).await.unwrap(),
    );
    let changed = json!({"asset": "B"});
    let path = complaint_path(&made[0]);
    let moved = world.patch(&path).by(&quality).if_match("*").json(&changed).await.ok(200);
    assert_eq!(moved["problem_id"], b["id"]);
    assert_eq!(read(&world, &quality, &a).await["complaint_count"], 1);
    assert_eq!(read(&world, &quality, &b).await["complaint_count"], 3);
    let nothing = json!({"asset": null});
    let moved = world.patch(&path).by(&quality).if_match("*").json(&nothing).await.ok(200);
    assert!(moved.get("problem_id").is_none());
    assert_eq!(read(&world, &quality, &b).await["complaint_count"], 2);
    // What says nothing of what repeats changes no problem.
    let before = read(&world, &quality, &b).await;
    make(&world, &quality, &made[2], "acknowledge", Value::Null).await.ok(200);
    assert_eq!(read(&world, &quality, &b).await, before);
    // The room of a complaint that was received is no sign before somebody has judged it.
    let body = json!({"hotel_id": world.home.hotel, "channel": "phone", "description": "x", "asset": "B"});
    let received = world.post("/v1/complaints").by(&quality).json(&body).await.ok(201);
    assert!(received.get("problem_id").is_none());
    let judged = json!({"category": "temperature", "cause_category": "price", "severity": "minor",
        "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"});
    let judged = make(&world, &quality, &received, "classify", judged).await.ok(200);
    assert_eq!(judged["problem_id"], b["id"]);
}

#[rstest]
#[actix_web::test]
async fn what_is_merged_refused_or_taken_back_does_not_count(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let head = world.staff("department_head").await;
    let gone = about(&world, &head, "A", "1", json!({})).await;
    make(&world, &head, &gone, "withdraw", json!({"reason": "误会"})).await.ok(200);
    let refused = about(&world, &head, "A", "2", json!({})).await;
    assert!(refused.get("problem_id").is_none());
    make(&world, &head, &refused, "reject", json!({"reason": "不属实"})).await.ok(200);
    let one = about(&world, &head, "A", "3", json!({})).await;
    assert!(one.get("problem_id").is_none());
    let two = about(&world, &head, "A", "4", json!({})).await;
    let found = problem_of(&world, &head, &two).await.unwrap();
    assert_eq!(found["complaint_count"], 2);
    // One that becomes part of another stays there and does not count, until that is taken back.
    make(&world, &head, &two, "merge", json!({"into_complaint_id": one["id"]})).await.ok(200);
    let after = read(&world, &head, &found).await;
    assert_eq!((&after["complaint_count"], &after["last_seen_at"]), (&json!(1), &one["received_at"]));
    make(&world, &head, &two, "unmerge", Value::Null).await.ok(200);
    assert_eq!(read(&world, &head, &found).await["complaint_count"], 2);
    // One that is opened again is looked at as if it were new.
    make(&world, &head, &gone, "reopen", json!({"reason": "客人又来电"})).await.ok(200);
    assert_eq!(problem_of(&world, &head, &gone).await.unwrap()["complaint_count"], 3);
}

#[rstest]
#[actix_web::test]
async fn a_resolved_problem_that_comes_back_is_open_again_and_a_closed_one_stays_closed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (head, quality) = (world.staff("department_head").await, world.staff("quality").await);
    about(&world, &head, "A", "1", json!({})).await;
    let two = about(&world, &head, "A", "2", json!({})).await;
    let found = problem_of(&world, &head, &two).await.unwrap();
    let resolved = resolve(&world, &head, &quality, &found).await;
    assert_eq!(resolved["status"], "resolved");
    // What the hotel heard of before it was put right is no sign that it came back.
    let before = json!({"received_at": "2026-11-20T08:00:00Z"});
    let old = about(&world, &head, "A", "3", before).await;
    assert_eq!(old["problem_id"], found["id"]);
    assert_eq!(read(&world, &head, &found).await["status"], "resolved");
    let new = about(&world, &head, "A", "4", json!({})).await;
    assert_eq!(new["problem_id"], found["id"]);
    let again = read(&world, &head, &found).await;
    assert_eq!((&again["status"], &again["reopen_count"]), (&json!("open"), &json!(1)));
    assert!(again.get("resolved_at").is_none());
    resolve(&world, &head, &quality, &found).await;
    act(&world, &head, &format!("{}/close", path(&found)), Value::Null).await.ok(200);
    let next = about(&world, &head, "A", "5", json!({})).await;
    let other = problem_of(&world, &head, &next).await.unwrap();
    assert_ne!(other["id"], found["id"]);
    assert_eq!(other["complaint_count"], 1);
    let reason = json!({"reason": "又来了"});
    let answer = act(&world, &head, &format!("{}/reopen", path(&found)), reason).await;
    answer.problem(409, "already_taken");
}

#[rstest]
#[actix_web::test]
async fn hotels_and_groups_have_problems_of_their_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    about(&world, &admin, "A", "1", json!({})).await;
    let there = json!({"hotel_id": world.home.other_hotel});
    let elsewhere = about(&world, &admin, "A", "2", there).await;
    assert!(elsewhere.get("problem_id").is_none());
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let theirs = about(&world, &foreign, "A", "3", json!({"hotel_id": world.foreign.hotel})).await;
    assert!(theirs.get("problem_id").is_none());
    let two = about(&world, &admin, "A", "4", json!({})).await;
    let found = problem_of(&world, &admin, &two).await.unwrap();
    let other = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    for nobody in [&foreign, &other] {
        world.get(&path(&found)).by(nobody).send().await.problem(404, "not_found");
        assert_eq!(world.get("/v1/problems").by(nobody).send().await.ok(200)["items"], json!([]));
        let list = format!("{}/complaints", path(&found));
        world.get(&list).by(nobody).send().await.problem(404, "not_found");
    }
}

#[rstest]
#[actix_web::test]
async fn a_problem_opened_by_hand_takes_in_what_belongs_to_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let quality = world.staff("quality").await;
    let one = about(&world, &quality, "A", "1", json!({})).await;
    let found = problem(&world, &quality, " a ").await;
    assert_eq!((&found["complaint_count"], &found["opened_by_itself"]), (&json!(1), &json!(false)));
    assert_eq!(complaints_of(&world, &quality, &found).await, ids(&[&one]));
    let same = json!({"hotel_id": world.home.hotel, "repeats": {"kind": "asset", "asset": "A"}});
    let taken = world.post("/v1/problems").by(&quality).json(&same).await.problem(409, "already_taken");
    assert_eq!(taken["conflicting_id"], found["id"]);
    // A general one opens by hand alone, and takes in what comes.
    let general = json!({"hotel_id": world.home.hotel, "title": "前台说法不一", "repeats":
        {"kind": "cause", "cause_category": "information", "department": "front-office"}});
    let general = world.post("/v1/problems").by(&quality).json(&general).await.ok(201);
    let mut judged = class("information", "x", "front-office");
    judged.as_object_mut().unwrap().remove("sub_cause");
    let next = complaint(&world, &quality, json!({"room": "9", "classification": judged})).await;
    assert_eq!(next["problem_id"], general["id"]);
}
