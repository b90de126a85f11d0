//! The feed of changes: every event once, in order, to those who may see it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

async fn read(world: &World, by: &Person, query: &str) -> Value {
    world.get(&format!("/v1/events?{query}")).by(by).send().await.ok(200)
}

fn positions(batch: &Value) -> Vec<i64> {
    batch["items"].as_array().unwrap().iter().map(|event| event["position"].as_i64().unwrap()).collect()
}

fn types(batch: &Value) -> Vec<String> {
    batch["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

#[rstest]
#[actix_web::test]
async fn events_come_in_order_once_and_after_a_position(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let mut guests = Vec::new();
    for given in ["a", "b", "c", "d", "e"] {
        guests.push(world.named(&admin, "Wang", given).await);
    }
    assert_eq!(read(&world, &admin, "").await["items"], json!([]), "not numbered, not shown");
    world.sequence(world.home.id).await;
    let all = read(&world, &admin, "").await;
    assert_eq!(positions(&all), [1, 2, 3, 4, 5]);
    assert_eq!((&all["last_position"], &all["has_more"]), (&json!(5), &json!(false)));
    let told: Vec<&Value> =
        all["items"].as_array().unwrap().iter().map(|event| &event["subject_id"]).collect();
    assert_eq!(told, guests.iter().map(|guest| &guest["id"]).collect::<Vec<_>>());
    // Read in pieces, nothing is missed and nothing comes twice.
    let (mut after, mut pieces) = (0, Vec::new());
    loop {
        let batch = read(&world, &admin, &format!("limit=2&after={after}")).await;
        pieces.extend(positions(&batch));
        after = batch["last_position"].as_i64().unwrap();
        if batch["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(pieces, [1, 2, 3, 4, 5]);
    let none = read(&world, &admin, "after=5").await;
    assert_eq!((&none["items"], &none["last_position"]), (&json!([]), &json!(5)));
    world.named(&admin, "Wang", "f").await;
    world.sequence(world.home.id).await;
    assert_eq!(positions(&read(&world, &admin, "after=5").await), [6]);
}

#[rstest]
#[actix_web::test]
async fn events_are_filtered_by_type_and_subject(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (one, other) = (world.named(&admin, "Wang", "a").await, world.named(&admin, "Li", "b").await);
    let path = format!("/v1/guests/{}", one["id"].as_str().unwrap());
    world.patch(&path).by(&admin).if_match("*").json(&json!({"vip_level": "vip1"})).await.ok(200);
    world
        .request(actix_web::http::Method::POST, &format!("{path}/archive"))
        .by(&admin)
        .if_match("*")
        .send()
        .await
        .ok(200);
    world.sequence(world.home.id).await;
    let kinds = |query: String| {
        let (world, admin) = (&world, &admin);
        async move { types(&read(world, admin, &query).await) }
    };
    let id = |guest: &Value| guest["id"].as_str().unwrap().to_owned();
    assert_eq!(kinds("types=guest.updated".into()).await, ["guest.updated"]);
    assert_eq!(kinds("types=guest.updated,guest.archived".into()).await, ["guest.updated", "guest.archived"]);
    assert_eq!(
        kinds(format!("subject={}", id(&one))).await,
        ["guest.created", "guest.updated", "guest.archived"]
    );
    assert_eq!(kinds(format!("subject={}&types=guest.created", id(&other))).await, ["guest.created"]);
    let changed = read(&world, &admin, "types=guest.updated").await["items"][0].clone();
    assert_eq!(changed["data"]["changed_fields"], json!(["vip_level"]));
    assert_eq!(
        (&changed["data"]["after"]["vip_level"], &changed["subject_version"]),
        (&json!("vip1"), &json!(2))
    );
    for bad in ["types=guest.vanished", "after=-1", "limit=0", "limit=201", "since=1"] {
        world.get(&format!("/v1/events?{bad}")).by(&admin).send().await.problem(400, "invalid_parameter");
    }
}

#[rstest]
#[actix_web::test]
async fn each_group_has_a_feed_of_its_own_and_each_hotel_its_view(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let first = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let second = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    world.named(&admin, "Wang", "shared").await;
    let body = json!({"names": [{"surname": "Li"}], "private_to_hotel_id": world.home.hotel});
    world.guest(&admin, body).await;
    world.named(&foreign, "Zhao", "theirs").await;
    world.sequence(world.home.id).await;
    world.sequence(world.foreign.id).await;
    assert_eq!(positions(&read(&world, &admin, "").await), [1, 2]);
    assert_eq!(positions(&read(&world, &first, "").await), [1, 2]);
    assert_eq!(positions(&read(&world, &second, "").await), [1], "the number of what is hidden is left out");
    let theirs = read(&world, &foreign, "").await;
    assert_eq!(positions(&theirs), [1]);
    assert!(!theirs.to_string().contains("shared"));
}
