use rstest::rstest;
use serde_json::json;

use super::guest;
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_group_makes_the_catalogue_its_own(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (_, list) = guest(&world, &admin).await;
    let whole = world.get("/v1/preference-catalogue").by(&admin).send().await;
    let (etag, whole) = (whole.header("etag").to_owned(), whole.ok(200));
    assert!(whole["items"].as_array().unwrap().len() > 150);
    assert_eq!(
        world.get("/v1/preference-catalogue").by(&admin).header("if-none-match", &etag).send().await.status,
        304
    );
    let path = "/v1/preference-catalogue/items/rooftop_table";
    let item = json!({"category": "dining", "names": {"zh-CN": "天台餐位", "en": "Rooftop table"}, "value_kind": "choice",
        "choices": [{"code": "lunch", "names": {"en": "Lunch"}}, {"code": "dinner", "names": {"en": "Dinner"}}]});
    world.put(path).by(&admin).if_match("*").json(&item).await.problem(404, "not_found");
    world.put(path).by(&admin).json(&item).await.ok(201);
    world.put(path).by(&admin).json(&item).await.problem(428, "precondition_required");
    assert_eq!(world.put(path).by(&admin).if_match("\"1\"").json(&item).await.ok(200)["version"], 1);
    let bad = json!({"code": "rooftop_table", "polarity": "like", "value": "brunch"});
    assert_eq!(
        world.post(&list).by(&admin).json(&bad).await.faults(422, "invalid_content"),
        ["/value unknown_value"]
    );
    let good = json!({"code": "rooftop_table", "polarity": "like", "value": "dinner"});
    let made = world.post(&list).by(&admin).json(&good).await.ok(201);
    assert_eq!(world.delete(path).by(&admin).if_match("\"1\"").send().await.status, 204);
    let more = json!({"code": "rooftop_table", "polarity": "like", "value": "lunch"});
    assert_eq!(
        world.post(&list).by(&admin).json(&more).await.faults(422, "invalid_content"),
        ["/code unknown_reference"]
    );
    assert_eq!(world.get(&list).by(&admin).send().await.ok(200)["items"][0]["id"], made["id"]);
    // What comes with the program is changed for this group alone.
    let floor = "/v1/preference-catalogue/categories/room";
    let room = json!({"names": {"en": "Room"}, "department": "housekeeping", "at_most": 1});
    assert_eq!(world.put(floor).by(&admin).if_match("\"1\"").json(&room).await.ok(200)["version"], 2);
    world.post(&list).by(&admin).json(&json!({"code": "bathtub", "polarity": "like"})).await.ok(201);
    world
        .post(&list)
        .by(&admin)
        .json(&json!({"code": "shower", "polarity": "like"}))
        .await
        .problem(409, "state_conflict");
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    let theirs = world.get("/v1/preference-catalogue").by(&foreign).send().await.ok(200);
    assert_eq!(theirs, whole);
    let here = world.staff_at(world.home, Some(world.home.hotel), "admin").await;
    world.put(floor).by(&here).if_match("\"2\"").json(&room).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn needs_are_counted_as_shares_of_all_guests(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let nobody = world.get("/v1/reports/needs").by(&admin).send().await.ok(200);
    assert_eq!((&nobody["population"], &nobody["items"]), (&json!(0), &json!([])));
    let mut lists = Vec::new();
    for name in ["甲", "乙", "丙", "丁"] {
        let guest = world.named(&admin, "欧阳", name).await;
        lists.push(format!("/v1/guests/{}/preferences", guest["id"].as_str().unwrap()));
    }
    for (at, body) in [
        (0, json!({"code": "high_floor", "polarity": "like", "need_class": "personalised"})),
        (1, json!({"code": "high_floor", "polarity": "must_not"})),
        (
            2,
            json!({"code": "crib", "polarity": "must", "hotel_ids": [world.home.hotel], "need_class": "personalised"}),
        ),
        (2, json!({"code": "bathtub", "polarity": "like", "valid_from": "2030-01-01"})),
    ] {
        world.post(&lists[at]).by(&admin).json(&body).await.ok(201);
    }
    let report = world.get("/v1/reports/needs?threshold=400").by(&admin).send().await.ok(200);
    assert_eq!((&report["population"], &report["with_preferences"]), (&json!(4), &json!(3)));
    assert_eq!(
        report["items"],
        json!([
            {"category": "room", "code": "high_floor", "name": "High floor", "guests": 2, "wanted_by": 1, "avoided_by": 1, "share": 500, "spread": "common"},
            {"category": "bedding", "code": "crib", "name": "Crib", "guests": 1, "wanted_by": 1, "avoided_by": 0, "share": 250, "spread": "individual"}
        ])
    );
    assert_eq!(
        report["need_classes"],
        json!([{"need_class": "personalised", "guests": 2, "preferences": 2, "share": 500}])
    );
    let other = format!("/v1/reports/needs?hotel_id={}", world.home.other_hotel);
    let other = world.get(&other).by(&admin).send().await.ok(200);
    assert_eq!(other["items"].as_array().unwrap().len(), 1);
    let here = format!("/v1/reports/needs?hotel_id={}&category=bedding", world.home.hotel);
    let here = world.get(&here).by(&admin).send().await.ok(200);
    assert_eq!(here["items"][0]["code"], "crib");
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "admin").await;
    let theirs = world.get("/v1/reports/needs").by(&there).send().await.ok(200);
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
}
