//! Finding complaints again: by number, by words, by tag and asset.

use chrono::TimeDelta;
use diesel::prelude::*;
use hospes::db::Reads;
use hospes::db::schema::complaint_terms;
use hospes::kit::ids::{ComplaintId, Ids, TimeOrderedIds};
use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, path};
use crate::harness::world::write;
use crate::harness::{Backend, Person, World};

/// Numbers of what a list shows, page by page.
async fn found(world: &World, by: &Person, query: &[(&str, &str)]) -> Vec<String> {
    let asked: Vec<String> = query
        .iter()
        .map(|(name, value)| {
            format!("{name}={}", url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>())
        })
        .collect();
    let (mut numbers, mut next) = (Vec::new(), String::new());
    loop {
        let page =
            world.get(&format!("/v1/complaints?{}{next}", asked.join("&"))).by(by).send().await.ok(200);
        let items = page["items"].as_array().unwrap().iter();
        numbers.extend(items.map(|one| one["number"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return numbers,
        }
    }
}

async fn by_words(world: &World, by: &Person, q: &str) -> Vec<String> {
    found(world, by, &[("q", q)]).await
}

fn number(complaint: &Value) -> String {
    complaint["number"].as_str().unwrap().to_owned()
}

#[rstest]
#[actix_web::test]
async fn words_find_what_was_said_and_where(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let one = json!({"subject": "空调不制冷", "description": "半夜热醒了两次，Café 的 Wi-Fi 也断了。", "room": "1208",
        "asset": "AC-1208", "location": "三号楼 Terrace", "tags": ["回头客", "VIP"],
        "contact": {"name": "陈雨桐"}, "reporter": {"kind": "companion", "name": "Anderson Owen"},
        "external_refs": [{"system": "crm", "id": "INC-77_9"}]});
    let one = number(&complaint(&world, &desk, one).await);
    let two = json!({"subject": "Noise", "description": "The lift is noisy; 隔壁太吵，空着的房间也有人。", "room": "301"});
    let two = number(&complaint(&world, &desk, two).await);
    for (q, expected) in [
        ("空", vec![&one, &two]),
        ("空调", vec![&one]),
        ("制冷", vec![&one]),
        ("调制", vec![]),
        ("冷 空调 热醒", vec![&one]),
        ("热醒 隔壁", vec![]),
        ("半夜热醒了两次", vec![&one]),
        ("半夜热醒了两次也", vec![]),
        ("cafe", vec![&one]),
        ("ＣＡＦÉ的", vec![&one]),
        ("wi-fi 断", vec![&one]),
        ("noi", vec![&two]),
        ("oise", vec![]),
        ("noisy lift 隔壁", vec![&two]),
        ("terrace 三号", vec![&one]),
        ("owen ander", vec![&one]),
        ("雨桐", vec![&one]),
        ("回头客", vec![&one]),
        ("vip", vec![&one]),
        ("inc-77", vec![&one]),
        ("1208", vec![&one]),
        ("301", vec![&two]),
        ("ac-12", vec![&one]),
    ] {
        assert_eq!(
            by_words(&world, &desk, q).await,
            expected.into_iter().cloned().collect::<Vec<_>>(),
            "{q}"
        );
    }
    // Other filters narrow what words find.
    assert_eq!(found(&world, &desk, &[("q", "空"), ("room", "301")]).await, std::slice::from_ref(&two));
    assert_eq!(
        found(&world, &desk, &[("q", "空"), ("tag", "vip"), ("queue", "unassigned")]).await,
        std::slice::from_ref(&one)
    );
    assert!(found(&world, &desk, &[("q", "空"), ("status", "closed")]).await.is_empty());
    assert_eq!(found(&world, &desk, &[("q", "空"), ("sort", "-received_at")]).await, [two, one]);
}

#[rstest]
#[actix_web::test]
async fn a_number_is_found_whole_and_by_its_end(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let mut made = Vec::new();
    for _ in 0..12 {
        made.push(number(&complaint(&world, &desk, json!({"subject": "Noise", "room": "9"})).await));
    }
    assert_eq!((made[0].as_str(), made[11].as_str()), ("FIRST-2026-00001", "FIRST-2026-00012"));
    for (q, expected) in [
        ("FIRST-2026-00012", &made[11..]),
        ("first-2026-00012", &made[11..]),
        ("ＦＩＲＳＴ－2026－00012", &made[11..]),
        ("2026-00012", &made[11..]),
        ("00012", &made[11..]),
        ("12", &made[11..]),
        ("012", &made[11..]),
        ("1", &made[..1]),
        ("noise 00002", &made[1..2]),
        ("first 2", &made[1..2]),
        ("2026", &made[..]),
        ("first 2026 12", &made[11..]),
        ("20", &[]),
        ("13", &[]),
    ] {
        let mut numbers = by_words(&world, &desk, q).await;
        numbers.sort();
        assert_eq!(numbers, expected, "{q}");
    }
    for (asked, expected) in [
        ("FIRST-2026-00012", &made[11..]),
        (" first-2026-00012 ", &made[11..]),
        ("FIRST-2026-0001", &[]),
        ("00012", &[]),
        ("FIRST-2026-00099", &[]),
    ] {
        assert_eq!(found(&world, &desk, &[("number", asked)]).await, expected, "{asked}");
    }
}

#[rstest]
#[actix_web::test]
async fn tags_and_assets_are_found_whole(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let tagged = async |tags: Value, asset: &str| {
        number(&complaint(&world, &desk, json!({"tags": tags, "asset": asset})).await)
    };
    let (one, two) =
        (tagged(json!(["VIP", "VIP 2"]), "AC-1208").await, tagged(json!(["vip 2"]), "ac-12").await);
    for (name, value, expected) in [
        ("tag", "vip", vec![&one]),
        ("tag", "ＶＩＰ  2", vec![&one, &two]),
        ("tag", "vi", vec![]),
        ("asset", "ac-1208", vec![&one]),
        ("asset", "AC-12", vec![&two]),
        ("asset", "1208", vec![]),
    ] {
        let numbers = found(&world, &desk, &[(name, value)]).await;
        assert_eq!(numbers, expected.into_iter().cloned().collect::<Vec<_>>(), "{name} {value}");
    }
    assert_eq!(found(&world, &desk, &[("tag", "vip 2"), ("asset", "ac-12"), ("limit", "1")]).await, [two]);
}

#[rstest]
#[actix_web::test]
async fn what_was_edited_is_found_by_its_new_words_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = complaint(&world, &desk, json!({"tags": ["回头客"], "asset": "AC-1"})).await;
    let all = [number(&made)];
    assert_eq!(by_words(&world, &desk, "空调").await, all);
    let change = json!({"subject": "电梯太吵", "room": "777", "tags": ["长住"], "asset": null});
    world.patch(&path(&made)).by(&desk).if_match("*").json(&change).await.ok(200);
    for (query, is_found) in [
        (("q", "电梯"), true),
        (("q", "777 长住"), true),
        // Still in the description.
        (("q", "空调"), true),
        (("q", "1208"), false),
        (("q", "回头"), false),
        (("tag", "长住"), true),
        (("tag", "回头客"), false),
        (("asset", "ac-1"), false),
    ] {
        assert_eq!(found(&world, &desk, &[query]).await, all[..usize::from(is_found)], "{query:?}");
    }
    let terms = world.app.db.read(|r| {
        Ok::<_, hospes::db::DbError>(
            complaint_terms::table.select(complaint_terms::term).load::<String>(r.conn())?,
        )
    });
    assert!(terms.await.unwrap().iter().all(|term| !term.contains("回头") && term != "@ac-1"));
}

#[rstest]
#[actix_web::test]
async fn another_hotel_and_another_group_find_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let made = complaint(&world, &desk, json!({"tags": ["vip"], "asset": "AC-1"})).await;
    let elsewhere = world.staff_at(world.home, Some(world.home.other_hotel), "front_desk").await;
    let foreign = world.staff_at(world.foreign, None, "front_desk").await;
    let whole = number(&made);
    for query in
        [("q", "空调"), ("q", "1"), ("q", &whole), ("number", &whole), ("tag", "vip"), ("asset", "ac-1")]
    {
        assert_eq!(found(&world, &desk, &[query]).await, std::slice::from_ref(&whole), "{query:?}");
        assert!(found(&world, &elsewhere, &[query]).await.is_empty(), "{query:?}");
        assert!(found(&world, &foreign, &[query]).await.is_empty(), "{query:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn pages_of_a_search_are_those_of_the_list_for_rare_words_and_for_frequent_ones(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let mut quiet = Vec::new();
    for at in 0..9 {
        let received = format!("2026-11-21T07:{:02}:00Z", 50 - at);
        let subject = if at % 3 == 0 { "空调" } else { "噪音 noise" };
        let body = json!({"received_at": received, "subject": subject, "description": "太吵", "room": format!("{at}")});
        let made = number(&complaint(&world, &desk, body).await);
        if at % 3 != 0 {
            quiet.push(made);
        }
    }
    quiet.reverse();
    let group = world.home.id;
    for is_frequent in [false, true] {
        for limit in ["1", "2", "6", "50"] {
            for q in ["噪", "noise 吵"] {
                let due = [("q", q), ("limit", limit)];
                assert_eq!(found(&world, &desk, &due).await, quiet, "{q} {limit} {is_frequent}");
                let newest = [("q", q), ("limit", limit), ("sort", "-received_at")];
                let turned: Vec<String> = quiet.iter().rev().cloned().collect();
                assert_eq!(found(&world, &desk, &newest).await, turned, "{q} {limit} {is_frequent}");
            }
        }
        // Terms of complaints elsewhere make the words frequent.
        write(&world.app.db, move |tx| {
            let many = if is_frequent { 0 } else { 2_001 };
            for term in ["噪音", "noise", "吵"].into_iter().flat_map(|term| std::iter::repeat_n(term, many))
            {
                let row = (
                    complaint_terms::group_id.eq(group),
                    complaint_terms::term.eq(term),
                    complaint_terms::complaint_id.eq(ComplaintId(TimeOrderedIds.next())),
                );
                diesel::insert_into(complaint_terms::table).values(row).execute(tx.conn())?;
            }
            Ok(())
        })
        .await;
    }
    world.clock.advance(TimeDelta::seconds(1));
    let page = world.get("/v1/complaints?q=noise&limit=2").by(&desk).send().await.ok(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = world.get(&format!("/v1/complaints?q=nois&limit=2&cursor={cursor}")).by(&desk).send().await;
    assert_eq!(other.status, 400);
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_searched_for_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    for (query, fault) in [
        ("q=%EF%BC%8C%20-", "?q search"),
        ("q=", "?q length"),
        ("number=%20", "?number blank"),
        ("tag=%E3%80%80", "?tag blank"),
        ("asset=%20", "?asset blank"),
    ] {
        let refused = world.get(&format!("/v1/complaints?{query}")).by(&desk).send().await;
        assert_eq!(refused.faults(400, "invalid_parameter"), [fault], "{query}");
    }
}

#[rstest]
#[actix_web::test]
async fn the_beginning_of_a_long_description_is_searched(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let long = format!("{}门锁{}水管", "很长的话。".repeat(399), "很长的话。".repeat(1_000));
    let made = number(&complaint(&world, &desk, json!({"description": long, "subject": "Long"})).await);
    assert_eq!(by_words(&world, &desk, "门锁").await, [made]);
    assert!(by_words(&world, &desk, "水管").await.is_empty());
}
