use rstest::rstest;
use serde_json::{Value, json};

use super::account;
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn an_address_is_taken_once_and_nobody_hears_by_whom(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let manager = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let here = account(
        &world,
        &manager,
        "here@example.com",
        json!([{"hotel_id": world.home.hotel, "role": "front_desk"}]),
    )
    .await;
    account(
        &world,
        &admin,
        "there@example.com",
        json!([{"hotel_id": world.home.other_hotel, "role": "front_desk"}]),
    )
    .await;
    account(&world, &foreign, "foreign@example.com", json!([{"role": "front_desk"}])).await;
    let taken = async |email: &str| -> Value {
        let body = json!({"email": email, "display_name": "New", "language": "en", "password": "copper-window-17-forest",
            "memberships": [{"hotel_id": world.home.hotel, "role": "front_desk"}]});
        world.post("/v1/staff").by(&manager).json(&body).await.problem(409, "already_taken")
    };
    assert_eq!(taken("HERE@example.com").await["conflicting_id"], here["id"]);
    assert_eq!(taken("there@example.com").await.get("conflicting_id"), None);
    assert_eq!(taken("foreign@example.com").await.get("conflicting_id"), None);
}

#[rstest]
#[actix_web::test]
async fn a_common_password_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    for weak in ["woaini5201314", "password1234", "qwertyuiop1"] {
        let body = json!({"email": "li.na@example.com", "display_name": "Li", "language": "en", "password": weak, "memberships": [{"role": "front_desk"}]});
        let answer = world.post("/v1/staff").by(&admin).json(&body).await;
        assert_eq!(answer.faults(422, "invalid_content"), ["/password weak_password"], "{weak}");
    }
}

#[rstest]
#[actix_web::test]
async fn lists_show_colleagues_of_the_hotels_one_sees(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (first, second) = (world.home.hotel, world.home.other_hotel);
    let admin = world.staff("admin").await;
    let manager = world.staff_at(world.home, Some(first), "general_manager").await;
    account(&world, &admin, "a@example.com", json!([{"hotel_id": first, "role": "front_desk"}])).await;
    account(&world, &admin, "b@example.com", json!([{"hotel_id": second, "role": "front_desk"}])).await;
    let count = async |query: &str, all: bool| {
        let by = if all { &admin } else { &manager };
        world.get(&format!("/v1/staff?{query}")).by(by).send().await.ok(200)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((count("", true).await, count("", false).await), (4, 2));
    assert_eq!((count("role=front_desk", true).await, count("role=front_desk", false).await), (2, 1));
    let there = format!("hotel_id={second}");
    assert_eq!((count(&there, true).await, count(&there, false).await), (1, 0));
    assert_eq!(count("status=suspended", true).await, 0);
    for bad in ["role=root", "limit=0", "limit=201", "status=gone"] {
        world.get(&format!("/v1/staff?{bad}")).by(&admin).send().await.problem(400, "invalid_parameter");
    }
    let list = world.get("/v1/staff").by(&manager).send().await.ok(200);
    assert!(!list.to_string().contains(&second.to_string()));
}
