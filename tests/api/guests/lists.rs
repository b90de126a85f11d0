use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

async fn all(world: &World, by: &Person, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = cursor.as_ref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let body = world.get(&format!("/v1/guests?limit=3&{query}{page}")).by(by).send().await.ok(200);
        found.extend(
            body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|guest| guest["display_name"].as_str().unwrap().to_owned()),
        );
        assert_eq!(body["has_more"], body.get("next_cursor").is_some());
        match body["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return found,
        }
    }
}

fn name(given: &str, surname: &str) -> Value {
    json!({"names": [{"given_name": given, "surname": surname}]})
}

#[rstest]
#[actix_web::test]
async fn search_finds_names_pinyin_mail_and_phone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    world.guest(&desk, json!({"names": [{"surname": "王", "given_name": "小明"}], "phones": [{"number": "+8613800138000"}], "emails": [{"address": "xm.wang@example.com"}]})).await;
    world.guest(&desk, name("大明", "王")).await;
    world.guest(&desk, name("José María", "García-López")).await;
    world.guest(&desk, name("Conor", "O'Neil")).await;
    world.guest(&desk, name("娜娜", "欧阳")).await;
    for (query, expected) in [
        ("王", vec!["王大明", "王小明"]),
        ("明", vec!["王大明", "王小明"]),
        ("小明", vec!["王小明"]),
        ("王小明", vec!["王小明"]),
        ("明小", vec![]),
        ("wxm", vec!["王小明"]),
        ("wangxiaoming", vec!["王小明"]),
        ("WANG xiao", vec!["王小明"]),
        ("ming wang", vec!["王大明", "王小明"]),
        ("Ｗａｎｇ", vec!["王大明", "王小明"]),
        ("garcia jose", vec!["José María García-López"]),
        ("lopez", vec!["José María García-López"]),
        ("oneil", vec!["Conor O'Neil"]),
        ("o'neil", vec!["Conor O'Neil"]),
        ("ouyang", vec!["欧阳娜娜"]),
        ("oynn", vec!["欧阳娜娜"]),
        ("8000", vec!["王小明"]),
        ("138-0013-8000", vec!["王小明"]),
        ("+86 138 0013 8000", vec!["王小明"]),
        ("XM.Wang@example.com", vec!["王小明"]),
        ("王 8000", vec!["王小明"]),
        ("nobody", vec![]),
        ("%", vec![]),
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        if query == "%" {
            assert_eq!(
                world
                    .get(&format!("/v1/guests?q={encoded}"))
                    .by(&desk)
                    .send()
                    .await
                    .faults(400, "invalid_parameter"),
                ["?q search"]
            );
            continue;
        }
        let found: BTreeSet<String> = all(&world, &desk, &format!("q={encoded}")).await.into_iter().collect();
        assert_eq!(found, expected.into_iter().map(str::to_owned).collect(), "{query}");
    }
}

#[rstest]
#[actix_web::test]
async fn search_pages_show_each_guest_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    for number in 0..11 {
        world.guest(&desk, json!({"names": [{"surname": "王", "given_name": "小明"}, {"name_type": "alternate", "full_name": format!("Wang Wan {number:02}")}]})).await;
    }
    assert_eq!(all(&world, &desk, "q=wa").await.len(), 11);
    assert_eq!(all(&world, &desk, "q=wang+wan").await.len(), 11);
}

#[rstest]
#[actix_web::test]
async fn lists_are_sorted_paged_and_stable(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    for (given, surname) in [
        ("Zoe", "Adams"),
        ("伟", "张"),
        ("ann", "bell"),
        ("伟", "陈"),
        ("Émile", "Zola"),
        ("娜", "李"),
        ("Ann", "Bell"),
    ] {
        world.guest(&desk, name(given, surname)).await;
    }
    let by_name = all(&world, &desk, "sort=name").await;
    assert_eq!(by_name, ["Zoe Adams", "ann bell", "Ann Bell", "陈伟", "李娜", "张伟", "Émile Zola"]);
    let newest = all(&world, &desk, "sort=-created_at").await;
    assert_eq!(newest.first().map(String::as_str), Some("Ann Bell"));
    let mut oldest = all(&world, &desk, "sort=created_at").await;
    oldest.reverse();
    assert_eq!(oldest, newest);
    let first = world.get("/v1/guests?limit=2").by(&desk).send().await;
    let cursor = first.ok(200)["next_cursor"].as_str().unwrap().to_owned();
    assert!(first.header("link").contains("rel=\"next\""));
    world.guest(&desk, name("Aaron", "Aaron")).await;
    let second = world.get(&format!("/v1/guests?limit=2&cursor={cursor}")).by(&desk).send().await.ok(200);
    assert_eq!(second["items"][0]["display_name"], "Ann Bell");
}

#[rstest]
#[actix_web::test]
async fn a_cursor_belongs_to_its_list(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    for number in 0..4 {
        world.guest(&desk, name(&format!("G{number}"), "Bell")).await;
    }
    let cursor = world.get("/v1/guests?limit=2").by(&desk).send().await.ok(200)["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    for other in ["limit=2&sort=-name", "limit=2&sort=-created_at", "limit=2&vip_level=a", "limit=2&q=bell"] {
        let answer = world.get(&format!("/v1/guests?{other}&cursor={cursor}")).by(&desk).send().await;
        assert_eq!(answer.status, 400, "{other}");
    }
    let stranger = world.staff_at(world.foreign, None, "front_desk").await;
    world
        .get(&format!("/v1/guests?limit=2&cursor={cursor}"))
        .by(&stranger)
        .send()
        .await
        .problem(400, "invalid_cursor");
    for at in (0..cursor.len()).step_by(7) {
        let mut bytes = cursor.clone().into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        let changed = String::from_utf8(bytes).unwrap();
        world
            .get(&format!("/v1/guests?limit=2&cursor={changed}"))
            .by(&desk)
            .send()
            .await
            .problem(400, "invalid_cursor");
    }
}

#[rstest]
#[actix_web::test]
async fn filters_narrow_and_unknown_ones_are_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    world.guest(&desk, json!({"names": [{"full_name": "Ann Bell"}], "vip_level": "vip1", "tags": ["wine", "golf"], "nationality": "GB", "owner_id": desk.staff})).await;
    world
        .guest(&desk, json!({"names": [{"full_name": "Carl Dorn"}], "tags": ["golf"], "nationality": "DE"}))
        .await;
    for (query, expected) in [
        ("vip_level=vip1", vec!["Ann Bell"]),
        ("tag=golf", vec!["Ann Bell", "Carl Dorn"]),
        ("tag=wine&nationality=GB", vec!["Ann Bell"]),
        ("tag=wine&nationality=DE", vec![]),
        ("nationality=DE", vec!["Carl Dorn"]),
        (&format!("owner_id={}", desk.staff), vec!["Ann Bell"]),
        ("q=carl&tag=golf", vec!["Carl Dorn"]),
        ("q=carl&tag=wine", vec![]),
        ("created_from=2026-11-21T07:00:00Z&created_to=2026-11-21T09:00:00Z", vec!["Ann Bell", "Carl Dorn"]),
        ("created_from=2026-11-21T09:00:00Z", vec![]),
        ("updated_since=2026-11-21T07:00:00%2B00:00", vec!["Ann Bell", "Carl Dorn"]),
    ] {
        assert_eq!(all(&world, &desk, query).await, expected, "{query}");
    }
    for (query, fault) in [
        ("limit=0", "?limit range"),
        ("limit=201", "?limit range"),
        ("colour=red", "?colour unknown_parameter"),
        ("status=asleep", "?status unknown_value"),
        ("nationality=XX", "?nationality country"),
        ("created_from=yesterday", "?created_from date_time"),
        ("q=ann&sort=name", "?sort sort"),
    ] {
        let answer = world.get(&format!("/v1/guests?{query}")).by(&desk).send().await;
        assert_eq!(answer.faults(400, "invalid_parameter"), [fault], "{query}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_guest_of_one_hotel_is_missing_at_another(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "duty_manager").await;
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "duty_manager").await;
    let group = world.staff("duty_manager").await;
    let mut body = name("Ann", "Bell");
    body["private_to_hotel_id"] = json!(world.home.hotel);
    body["external_refs"] = json!([{"system": "pms", "id": "P1"}]);
    let guest = world.guest(&here, body.clone()).await;
    let path = format!("/v1/guests/{}", guest["id"].as_str().unwrap());
    let missing = world
        .get("/v1/guests/0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")
        .by(&there)
        .header("x-request-id", "r")
        .send()
        .await;
    let foreign = world.get(&path).by(&there).header("x-request-id", "r").send().await;
    let mut bytes = String::from_utf8(foreign.bytes.clone()).unwrap();
    bytes = bytes.replace(guest["id"].as_str().unwrap(), "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f");
    assert_eq!((foreign.status, bytes.into_bytes()), (missing.status, missing.bytes));
    world
        .patch(&path)
        .by(&there)
        .if_match("\"1\"")
        .json(&json!({"vip_level": "a"}))
        .await
        .problem(404, "not_found");
    for list in ["/v1/guests", "/v1/guests?q=ann"] {
        assert_eq!(world.get(list).by(&there).send().await.ok(200)["items"], json!([]));
        assert_eq!(world.get(list).by(&group).send().await.ok(200)["items"].as_array().unwrap().len(), 1);
    }
    // The look-alike that cannot be seen is not told of, and its reference not given away.
    let mut same = name("Ann", "Bell");
    same["external_refs"] = json!([{"system": "pms", "id": "P1"}]);
    let taken = world.post("/v1/guests").by(&there).json(&same).await.problem(409, "already_taken");
    assert!(taken.get("conflicting_id").is_none());
    body["private_to_hotel_id"] = json!(world.home.other_hotel);
    assert_eq!(
        world.post("/v1/guests").by(&here).json(&body).await.faults(422, "invalid_content"),
        ["/private_to_hotel_id unknown_reference"]
    );
    world.sequence(world.home.id).await;
    assert_eq!(world.get("/v1/events").by(&there).send().await.ok(200)["items"], json!([]));
    assert_eq!(world.get("/v1/events").by(&here).send().await.ok(200)["items"].as_array().unwrap().len(), 1);
}
