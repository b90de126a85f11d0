//! What ledger and report tell, and whether the check finds what is wrong.

use chrono::TimeDelta;
use diesel::prelude::*;
use hospes::db::Reads;
use hospes::db::schema::{budgets, cost_entries};
use hospes::recovery::booking::{reserve, settle};
use hospes::recovery::model::{Booking, CostCategory, Month};
use hospes::recovery::recount;
use rstest::rstest;
use serde_json::{Value, json};

use super::{acting, agree, budget, cost, done, id, subject};
use crate::harness::world::write;
use crate::harness::{Backend, Person, World};

async fn spend(world: &World, booking: Booking, actual: Option<i64>) {
    let of = booking.subject;
    done(world, move |tx, cx| reserve(tx, cx, &booking)).await.unwrap();
    if let Some(actual) = actual {
        done(world, move |tx, cx| settle(tx, cx, of, actual)).await.unwrap();
    }
}

async fn asked(world: &World, by: &Person, query: &str) -> Value {
    world.get(&format!("/v1/reports/costs?{query}")).by(by).send().await.ok(200)
}

#[rstest]
#[actix_web::test]
async fn the_ledger_is_paged_filtered_and_seen_by_its_hotel(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let whole = budget(&world, &manager, json!({})).await;
    let of = subject();
    spend(&world, cost(&world, of, 100), Some(90)).await;
    let elsewhere = Booking {
        hotel: world.home.other_hotel,
        department: None,
        month: Month::parse("2026-12").unwrap(),
        ..cost(&world, subject(), 5)
    };
    spend(&world, elsewhere, None).await;
    let all = world.get("/v1/cost-entries").by(&manager).send().await.ok(200)["items"].clone();
    let kinds: Vec<_> = all.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reserve", "spend", "release", "reserve"]);
    assert_eq!(
        (&all[1]["amount_minor"], &all[1]["budget_id"], &all[1]["subject_id"], &all[1]["subject_kind"]),
        (&json!(90), &whole["id"], &json!(of.id), &json!("test_solution"))
    );
    let (mut seen, mut at) = (Vec::new(), "/v1/cost-entries?limit=1".to_owned());
    loop {
        let page = world.get(&at).by(&manager).send().await.ok(200);
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        at = format!("/v1/cost-entries?limit=1&cursor={cursor}");
    }
    assert_eq!(json!(seen), all);
    let count = async |query: String| {
        let page = world.get(&format!("/v1/cost-entries?{query}")).by(&manager).send().await.ok(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count(format!("hotel_id={}", world.home.hotel)).await, 3);
    assert_eq!(count("department=front-office".into()).await, 3);
    assert_eq!(count("department=spa".into()).await, 0);
    assert_eq!(count("month=2026-12".into()).await, 1);
    assert_eq!(count(format!("subject_id={}", of.id)).await, 3);
    assert_eq!(count(format!("budget_id={}&month=2026-11", id(&whole))).await, 3);
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "auditor").await;
    let theirs = world.get("/v1/cost-entries").by(&there).send().await.ok(200);
    assert_eq!(theirs["items"], json!([all[0]]));
    let desk = world.staff("front_desk").await;
    world.get("/v1/cost-entries").by(&desk).send().await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn a_report_counts_each_cost_once_on_the_day_it_was_decided(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let none = asked(&world, &manager, "group_by=hotel").await;
    assert_eq!((&none["totals"], &none["items"]), (&json!([]), &json!([])));
    assert_eq!((&none["from"], &none["to"]), (&json!("2026-10-22"), &json!("2026-11-21")));
    for set in [json!({}), json!({"department": "front-office"}), json!({"category": "compensation"})] {
        budget(&world, &manager, set).await;
    }
    let late = subject();
    spend(&world, cost(&world, subject(), 100), Some(90)).await;
    spend(&world, cost(&world, late, 50), None).await;
    let gift = Booking { category: CostCategory::Gift, department: None, ..cost(&world, subject(), 30) };
    spend(&world, gift, Some(31)).await;
    let figure =
        |spent: i64, n: i64| json!({"currency": "CNY", "spent_minor": spent, "spent_n": n, "reserved_n": 0});
    let whole = asked(&world, &manager, "").await;
    let mut total = figure(121, 2);
    total["reserved_minor"] = json!(50);
    total["reserved_n"] = json!(1);
    assert_eq!((&whole["totals"], &whole["items"]), (&json!([total]), &json!([])));
    let by_department = asked(&world, &manager, "group_by=department").await["items"].clone();
    assert_eq!(by_department[0], figure(31, 1));
    assert_eq!(by_department[1]["department"], "front-office");
    assert_eq!(by_department[1]["reserved_minor"], 50);

    // Nine hours later it is the 22nd in Shanghai. What was decided yesterday stays yesterday's.
    world.clock.advance(TimeDelta::hours(9));
    let manager = world.renewed(&manager);
    done(&world, move |tx, cx| settle(tx, cx, late, 60)).await.unwrap();
    let december = Booking { month: Month::parse("2026-12").unwrap(), ..cost(&world, subject(), 7) };
    spend(&world, december, Some(7)).await;
    let today = asked(&world, &manager, "from=2026-11-22&to=2026-11-22").await;
    assert_eq!(today["totals"], json!([figure(7, 1)]));
    let yesterday = asked(&world, &manager, "from=2026-11-21&to=2026-11-21").await;
    assert_eq!(yesterday["totals"], json!([figure(181, 3)]));
    let months = asked(&world, &manager, "group_by=month").await["items"].clone();
    let spent: Vec<_> = months.as_array().unwrap().iter().map(|m| (&m["month"], &m["spent_minor"])).collect();
    assert_eq!(spent, [(&json!("2026-11"), &json!(181)), (&json!("2026-12"), &json!(7))]);
    let gifts = asked(&world, &manager, "category=gift&group_by=category").await;
    assert_eq!((&gifts["totals"][0], &gifts["items"][0]["category"]), (&figure(31, 1), &json!("gift")));
    let office = asked(&world, &manager, "department=front-office").await;
    assert_eq!(office["totals"][0]["spent_minor"], 157);
    assert_eq!(
        asked(&world, &manager, &format!("hotel_id={}", world.home.other_hotel)).await["totals"],
        json!([])
    );
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    assert_eq!(asked(&world, &there, "group_by=hotel").await["items"], json!([]));
    for query in [
        "from=2026-02-30",
        "from=2027-01-01&to=2026-01-01",
        "from=2000-01-01&to=2026-01-01",
        "group_by=guest",
    ] {
        let answer = world.get(&format!("/v1/reports/costs?{query}")).by(&manager).send().await;
        answer.problem(400, "invalid_parameter");
    }
}

#[rstest]
#[actix_web::test]
async fn the_check_names_each_budget_that_is_not_what_the_ledger_says(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let whole = budget(&world, &manager, json!({})).await;
    let gifts = budget(&world, &manager, json!({"category": "gift"})).await;
    spend(&world, cost(&world, subject(), 100), Some(90)).await;
    spend(&world, cost(&world, subject(), 40), None).await;
    assert_eq!(agree(&world).await.entries, 4);
    let (first, second) = (id(&whole), id(&gifts));
    write(&world.app.db, move |tx| {
        diesel::update(budgets::table.filter(budgets::id.eq(second)))
            .set(budgets::reserved.eq(1_i64))
            .execute(tx.conn())?;
        let spent = cost_entries::table.filter(cost_entries::kind.eq("spend"));
        diesel::update(spent).set(cost_entries::amount.eq(91_i64)).execute(tx.conn())?;
        Ok(())
    })
    .await;
    let cx = acting(&world);
    let step = world.app.db.read(move |r| recount::step(r, &cx, None)).await.unwrap();
    let told: Vec<_> = step
        .different
        .iter()
        .map(|one| (one.budget, one.kept.reserved, one.counted.reserved, one.kept.spent, one.counted.spent))
        .collect();
    assert_eq!(told, [(first, 40, 40, 90, 91), (second, 1, 0, 0, 0)]);
    assert_eq!((step.budgets, step.next), (2, None));
}
