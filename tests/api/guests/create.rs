use rstest::rstest;
use serde_json::json;

use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_created_guest_is_read_back_as_it_was_answered(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let body = json!({
        "names": [{"surname": "王", "given_name": "小明", "language": "zh-cn"}, {"name_type": "alternate", "surname": "Wang", "given_name": "Xiaoming"}],
        "gender": "male", "birth_date": "1988-05-17", "nationality": "CN", "languages": ["zh-CN", "en"],
        "phones": [{"number": "+86 138-0013-8000", "primary": true}], "emails": [{"address": "Wang@Example.COM"}],
        "addresses": [{"lines": ["文三路 100 号"], "city": "杭州", "country": "CN"}], "messaging": [{"service": "wechat", "handle": "xm"}],
        "vip_level": "vip1", "tags": ["returning"], "external_refs": [{"system": "pms", "id": "G1"}], "custom_fields": {"a": "b"}
    });
    let created = world.post("/v1/guests").by(&desk).json(&body).await;
    let guest = created.ok(201);
    assert_eq!(created.header("location"), format!("/v1/guests/{}", guest["id"].as_str().unwrap()));
    assert_eq!(guest["display_name"], "王小明");
    assert_eq!(guest["phones"][0]["number"], "+8613800138000");
    assert_eq!(guest["emails"][0]["address"], "Wang@example.com");
    assert_eq!(guest["names"][0]["language"], "zh-CN");
    let read = world.get(created.header("location")).by(&desk).send().await;
    assert_eq!(read.ok(200), guest);
    assert_eq!(read.etag(), "\"1\"");
    let known =
        world.get(created.header("location")).by(&desk).header("if-none-match", "W/\"1\"").send().await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    let by_ref = world.get("/v1/guests/by-ref/pms/G1").by(&desk).send().await.ok(200);
    assert_eq!(by_ref, guest);
}

#[rstest]
#[actix_web::test]
async fn every_fault_is_named_at_once_and_nothing_is_written(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let body = json!({
        "names": [{"prefix": "Dr"}], "birth_date": "2019-02-29", "nationality": "XX", "languages": ["zh-CN", "not a language"],
        "phones": [{"number": "12345"}, {"number": "+8613800138000", "primary": true}, {"number": "+8613800138001", "primary": true}],
        "emails": [{"address": "nobody"}], "tags": ["a", "a"], "external_refs": [{"system": "Bad System", "id": "1"}],
        "owner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    });
    let faults = world.post("/v1/guests").by(&desk).json(&body).await.faults(422, "invalid_content");
    for expected in [
        "/names/0 name",
        "/birth_date date",
        "/nationality country",
        "/languages/1 language",
        "/phones too_many_primary",
        "/phones/0/number phone",
        "/emails/0/address email",
        "/tags/1 duplicate",
        "/external_refs/0/system code",
    ] {
        assert!(faults.contains(&expected.to_owned()), "{expected} not in {faults:?}");
    }
    let list = world.get("/v1/guests").by(&desk).send().await.ok(200);
    assert_eq!(list["items"], json!([]));
    assert_eq!(
        world.get("/v1/audit-entries").by(&world.staff("auditor").await).send().await.ok(200)["items"],
        json!([])
    );
}

#[rstest]
#[case(r#"{"names":[{"surname":"王"}],"points":5}"#, 422, "/points unknown_member")]
#[case(r#"{"names":"王"}"#, 422, "/names wrong_type")]
#[case(r#"{"names":[{"surname":7}]}"#, 422, "/names/0/surname wrong_type")]
#[case(r#"{}"#, 422, "/names required")]
#[case(r#"{"names":[{"surname":"王\u0000"}]}"#, 422, "/names/0/surname control_character")]
#[case(r#"{"names":[{"surname":"王"}],"gender":"robot"}"#, 422, "/gender unknown_value")]
#[case(r#"{"names":[{"surname":"王"}],"birth_date":"1850-01-01"}"#, 422, "/birth_date birth_date")]
#[case(r#"{"names":[{"surname":"王"}],"birth_date":"2150-01-01"}"#, 422, "/birth_date birth_date")]
#[actix_web::test]
async fn bad_values_are_named_by_pointer(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] body: &str,
    #[case] status: u16,
    #[case] fault: &str,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let answer = world.post("/v1/guests").by(&desk).body("application/json", body.to_owned()).await;
    assert_eq!(answer.faults(status, "invalid_content"), [fault]);
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_read_is_refused_as_such(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for body in
        ["{", "{\"names\":[{\"surname\":\"\\ud800\"}]}", "{\"a\":1,\"a\":2}", "1e999", deep.as_str(), ""]
    {
        world
            .post("/v1/guests")
            .by(&desk)
            .body("application/json", body.to_owned())
            .await
            .problem(400, "malformed_request");
    }
    let large = format!("{{\"names\":[{{\"surname\":\"{}\"}}]}}", "王".repeat(4_000_000));
    world
        .post("/v1/guests")
        .by(&desk)
        .body("application/json", large)
        .await
        .problem(413, "payload_too_large");
    world.post("/v1/guests").by(&desk).body("text/plain", "{}").await.problem(415, "unsupported_media_type");
    let keyless = world.request(actix_web::http::Method::POST, "/v1/guests").by(&desk).json(&json!({})).await;
    keyless.problem(400, "invalid_header");
}

#[rstest]
#[actix_web::test]
async fn a_look_alike_is_refused_with_candidates_unless_overridden(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let body = json!({"names": [{"surname": "王", "given_name": "小明"}], "birth_date": "1988-05-17", "phones": [{"number": "+8613800138000"}]});
    let first = world.post("/v1/guests").by(&desk).json(&body).await.ok(201);
    let alike = json!({"names": [{"full_name": "WANG XIAOMING"}], "birth_date": "1988-05-17", "phones": [{"number": "+8613800138000"}]});
    let refused = world.post("/v1/guests").by(&desk).json(&alike).await.problem(409, "possible_duplicate");
    assert_eq!(refused["candidates"][0]["guest_id"], first["id"]);
    assert!(refused["candidates"][0]["score"].as_i64().unwrap() >= 980, "{refused}");
    let fields = refused["candidates"][0]["matching_fields"].to_string();
    assert!(fields.contains("phone") && fields.contains("birth_date"), "{fields}");
    world.post("/v1/guests").by(&desk).header("x-allow-duplicate", "true").json(&alike).await.ok(201);
    // One phone on different people proves nothing.
    let other = json!({"names": [{"surname": "李", "given_name": "娜"}], "birth_date": "1990-01-01", "phones": [{"number": "+8613800138000"}]});
    world.post("/v1/guests").by(&desk).json(&other).await.ok(201);
}

#[rstest]
#[actix_web::test]
async fn a_reference_belongs_to_one_guest(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let body = |name: &str| json!({"names": [{"full_name": name}], "external_refs": [{"system": "pms", "id": "G1"}]});
    let first = world.guest(&desk, body("Ann Bell")).await;
    let refused =
        world.post("/v1/guests").by(&desk).json(&body("Carl Dorn")).await.problem(409, "already_taken");
    assert_eq!(refused["conflicting_id"], first["id"]);
    // Another group has references of its own.
    let stranger = world.staff_at(world.foreign, None, "front_desk").await;
    world.guest(&stranger, body("Eve Frost")).await;
}

#[rstest]
#[actix_web::test]
async fn one_key_has_one_effect(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let body = json!({"names": [{"full_name": "Ann Bell"}]});
    let key = world.key();
    let send = |body: serde_json::Value| {
        world
            .request(actix_web::http::Method::POST, "/v1/guests")
            .header("idempotency-key", &key)
            .by(&desk)
            .body("application/json", body.to_string())
    };
    let answers = futures_util::future::join_all((0..16).map(|_| send(body.clone()))).await;
    let first: Vec<_> =
        answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).collect();
    assert_eq!(first.len(), 1);
    for answer in &answers {
        assert_eq!(answer.ok(201), first[0].ok(201));
        assert_eq!(answer.etag(), first[0].etag());
        assert_eq!(answer.header("location"), first[0].header("location"));
    }
    assert_eq!(world.get("/v1/guests").by(&desk).send().await.ok(200)["items"].as_array().unwrap().len(), 1);
    send(json!({"names": [{"full_name": "Carl Dorn"}]})).await.problem(422, "idempotency_key_reused");
    // The same key of somebody else is another key.
    let colleague = world.staff("front_desk").await;
    let other = world
        .request(actix_web::http::Method::POST, "/v1/guests")
        .header("idempotency-key", &key)
        .header("x-allow-duplicate", "true")
        .by(&colleague);
    other.json(&body).await.ok(201);
}

#[actix_web::test]
async fn a_value_is_told_to_be_at_fault_once() {
    let world = World::new(Backend::Sqlite).await;
    let desk = world.staff("front_desk").await;
    let body = json!({"names": [{"surname": ""}], "phones": [{"number": "1".repeat(41)}], "birth_date": "1"});
    let faults = world.post("/v1/guests").by(&desk).json(&body).await.faults(422, "invalid_content");
    let mut pointers: Vec<&str> = faults.iter().map(|fault| fault.split(' ').next().unwrap()).collect();
    assert!(faults.contains(&"/phones/0/number length".to_owned()), "{faults:?}");
    let all = pointers.len();
    pointers.sort_unstable();
    pointers.dedup();
    assert_eq!(pointers.len(), all, "{faults:?}");
}
