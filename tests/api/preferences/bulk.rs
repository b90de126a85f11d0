use std::sync::Arc;

use hospes::kit::clock::Clock;
use hospes::kit::ids::{GuestId, TimeOrderedIds};
use hospes::platform::context::{Actor, Ctx, Sight};
use hospes::preferences::model::{Details, NewPreference, Polarity, PreferenceSource};
use hospes::preferences::{bulk, error::PreferenceError, merge, service};
use rstest::rstest;
use serde_json::{Value, json};

use super::guest;
use crate::harness::{Backend, World};

fn context(world: &World) -> Ctx {
    Ctx {
        group: world.home.id,
        actor: Actor::OPERATOR,
        sight: Sight::WholeGroup,
        request_id: "test".to_owned(),
        now: world.clock.now(),
        ids: Arc::new(TimeOrderedIds),
    }
}

fn like(code: &str) -> NewPreference {
    NewPreference {
        category: None,
        code: Some(code.to_owned()),
        polarity: Polarity::Like,
        details: Details::from_source(PreferenceSource::Imported),
    }
}

fn id(guest: &Value) -> GuestId {
    guest["id"].as_str().unwrap().parse().unwrap()
}

#[rstest]
#[actix_web::test]
async fn what_is_laid_over_is_added_once_and_takes_nothing_away(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (one, list) = guest(&world, &desk).await;
    let other = world.named(&desk, "李", "四").await;
    world
        .post(&list)
        .by(&desk)
        .json(&json!({"code": "bathtub", "polarity": "like", "importance": 5}))
        .await
        .ok(201);
    let sent = vec![
        (id(&one), vec![like("bathtub"), like("king_size_bed"), like("twin_beds")]),
        (id(&other), vec![like("high_floor"), like("low_floor")]),
        (GuestId(uuid::Uuid::nil()), vec![like("crib")]),
        (id(&one), vec![like("twin_beds")]),
    ];
    for round in 0..2 {
        let (cx, sent) = (context(&world), sent.clone());
        let done = world.app.db.write(move |tx| bulk::lay_over(tx, &cx, &sent)).await;
        let done: Vec<Result<bool, Vec<String>>> = done
            .unwrap()
            .into_iter()
            .map(|one| {
                one.map_err(|faults| {
                    faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
                })
            })
            .collect();
        let refused = |fault: &str| Err(vec![fault.to_owned()]);
        assert_eq!(
            done,
            [
                Ok(round == 0),
                refused("/preferences/1 contradiction"),
                refused(" unknown_reference"),
                Ok(false)
            ]
        );
    }
    let set = world.get(&list).by(&desk).send().await.ok(200);
    assert_eq!((set["items"].as_array().unwrap().len(), &set["version"]), (3, &json!(3)));
    assert_eq!(set["items"][0]["importance"], 5);
}

#[rstest]
#[actix_web::test]
async fn what_is_to_be_acted_on_holds_there_and_then(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (one, list) = guest(&world, &admin).await;
    for body in [
        json!({"code": "bathtub", "polarity": "like"}),
        json!({"code": "crib", "polarity": "must", "valid_until": "2026-12-01"}),
        json!({"code": "iron", "polarity": "like", "hotel_ids": [world.home.other_hotel]}),
    ] {
        world.post(&list).by(&admin).json(&body).await.ok(201);
    }
    let guest = id(&one);
    for (from, to, wanted) in
        [("2026-11-30", "2026-12-03", vec!["bathtub", "crib"]), ("2026-12-02", "2026-12-03", vec!["bathtub"])]
    {
        let (cx, hotel) = (context(&world), world.home.hotel);
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        let found =
            world.app.db.read(move |r| service::effective(r, &cx, &[guest], from, to, hotel)).await.unwrap();
        let codes: Vec<&str> = found[&guest].iter().map(|one| one.code.as_deref().unwrap()).collect();
        assert_eq!(codes, wanted);
    }
}

#[rstest]
#[actix_web::test]
async fn a_merge_hands_all_over_and_back(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (one, list) = guest(&world, &admin).await;
    let other = world.named(&admin, "李", "四").await;
    let other_list = format!("/v1/guests/{}/preferences", other["id"].as_str().unwrap());
    world.post(&list).by(&admin).json(&json!({"code": "high_floor", "polarity": "like"})).await.ok(201);
    world.post(&other_list).by(&admin).json(&json!({"code": "low_floor", "polarity": "like"})).await.ok(201);
    let consents = format!("/v1/guests/{}/consents", other["id"].as_str().unwrap());
    world.post(&consents).by(&admin).json(&json!({"purpose": "marketing", "method": "online"})).await.ok(201);
    let (group, from, to) = (world.home.id, id(&other), id(&one));
    let moved = world.app.db.write(move |tx| {
        merge::hand_over(tx, group, from, to)?;
        let all = merge::count(tx, group, to, None)?;
        let theirs = merge::count(tx, group, to, Some(&[from]))?;
        Ok::<_, PreferenceError>((all, theirs))
    });
    let (all, theirs) = moved.await.unwrap();
    assert_eq!((all.preferences, theirs.preferences, theirs.consents), (2, 1, 1));
    let set = world.get(&list).by(&admin).send().await.ok(200);
    assert_eq!((set["contradictions"].as_array().unwrap().len(), &set["version"]), (1, &json!(3)));
    world
        .app
        .db
        .write(move |tx| merge::hand_back(tx, group, to, from, &[from]).map_err(PreferenceError::from))
        .await
        .unwrap();
    let back = world.get(&other_list).by(&admin).send().await.ok(200);
    assert_eq!(back["items"][0]["code"], "low_floor");
    assert_eq!(world.get(&list).by(&admin).send().await.ok(200)["contradictions"], json!([]));
}
