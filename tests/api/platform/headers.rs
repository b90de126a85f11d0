//! What every answer carries, and what becomes of requests that no route takes.

use actix_web::http::Method;
use rstest::rstest;

use crate::authorization::driver::operations;
use crate::harness::{Answer, Backend, World};

fn assert_framed(answer: &Answer, path: &str) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
    assert!(!answer.header("x-request-id").is_empty(), "{path}");
    let vary: String =
        answer.headers.get_all("vary").map(|value| value.to_str().unwrap().to_lowercase() + ",").collect();
    assert!(vary.contains("accept-language"), "{path}: {vary}");
    if path.starts_with("/v1") {
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(vary.contains("authorization"), "{path}: {vary}");
    }
    if !path.starts_with("/health") && path != "/metrics" {
        assert!(answer.header("ratelimit-policy").starts_with("\"client\";q="), "{path}");
        assert!(answer.header("ratelimit").starts_with("\"client\";r="), "{path}");
    }
    for leak in ["server", "x-powered-by", "set-cookie"] {
        assert!(answer.headers.get(leak).is_none(), "{path} sends {leak}");
    }
}

#[actix_web::test]
async fn every_answer_is_framed() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    for operation in operations() {
        let path = operation.path.replace(['{', '}'], "");
        for answer in [
            world.request(operation.method.clone(), &path).send().await,
            world.request(operation.method.clone(), &path).by(&admin).send().await,
        ] {
            assert_framed(&answer, &path);
            if answer.status >= 400 {
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                answer.problem(answer.status, &code);
            }
        }
    }
    for path in
        ["/nowhere", "/v1/nowhere", "/problems", "/problems/not-found", "/openapi.json", "/metrics", "/docs/"]
    {
        assert_framed(&world.get(path).send().await, path);
    }
}

#[actix_web::test]
async fn a_request_id_is_given_back_and_a_bad_one_replaced() {
    let world = World::new(Backend::Sqlite).await;
    let id = |sent: String| {
        let world = &world;
        async move {
            world.get("/v1/me").header("x-request-id", &sent).send().await.header("x-request-id").to_owned()
        }
    };
    for good in ["a", "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70", "A.b_c-9", &"x".repeat(64)] {
        assert_eq!(id(good.to_owned()).await, good);
    }
    for bad in ["", "a b", "a\tb", "<script>", "a\"b", "名", &"x".repeat(65), "a;b", "a/b"] {
        let answered = id(bad.to_owned()).await;
        assert_ne!(answered, bad);
        assert!(uuid::Uuid::parse_str(&answered).is_ok(), "{answered}");
    }
}

#[actix_web::test]
async fn a_path_with_other_methods_tells_them_and_an_unknown_one_is_missing() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    let all = operations();
    for operation in &all {
        let of_path: Vec<&Method> =
            all.iter().filter(|other| other.path == operation.path).map(|other| &other.method).collect();
        let mut allowed: Vec<String> = of_path.iter().map(|method| method.to_string()).collect();
        if of_path.contains(&&Method::GET) {
            allowed.push("HEAD".into());
        }
        allowed.sort();
        let path = operation.path.replace(['{', '}'], "");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            // Some paths fit two templates: /v1/guests/match is also a guest.
            if of_path.contains(&&method)
                || path == "/v1/guests/match"
                || path == "/v1/guests/export"
                || path == "/v1/guests/duplicates"
                || path == "/v1/guest-merges/preview"
                || path == "/v1/complaint-categories/suggest"
            {
                continue;
            }
            let answer = world.request(method.clone(), &path).by(&admin).send().await;
            answer.problem(405, "method_not_allowed");
            let mut told: Vec<String> = answer.header("allow").split(", ").map(str::to_owned).collect();
            told.sort();
            assert_eq!(told, allowed, "{method} {path}");
        }
    }
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/guests",
        "/v1/guests/",
        "/v1//guests",
        "/v1/guests/a/b/c/d/e",
        "/problems/unheard-of",
        "/.env",
        "/v1/../v1/me",
    ] {
        let answer = world.get(path).by(&admin).send().await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem(404, "not_found");
    }
}

#[rstest]
#[actix_web::test]
async fn head_is_get_without_a_body(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    for path in [
        "/v1/me",
        "/v1/guests",
        "/v1/hotels",
        "/health/ready",
        "/.well-known/jwks.json",
        "/v1/guests/nothing",
    ] {
        let get = world.get(path).by(&admin).header("x-request-id", "same").send().await;
        let head = world.request(Method::HEAD, path).by(&admin).header("x-request-id", "same").send().await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty() && !get.bytes.is_empty(), "{path}");
        for name in ["content-type", "etag", "cache-control", "x-request-id"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn health_says_only_whether_it_is_well(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    for path in ["/health/live", "/health/ready"] {
        let body = world.get(path).send().await.ok(200);
        assert_eq!(body, serde_json::json!({"status": "ok"}));
    }
}

#[actix_web::test]
async fn metrics_name_routes_and_never_what_is_in_them() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    let guest = world.named(&admin, "Zqxcanary", "a").await;
    let id = guest["id"].as_str().unwrap();
    world.get(&format!("/v1/guests/{id}")).by(&admin).send().await.ok(200);
    world.get("/v1/guests?q=Zqxcanary").by(&admin).send().await.ok(200);
    world.get("/v1/guests/by-ref/pms/Zqxcanary").by(&admin).send().await.problem(404, "not_found");
    world.get("/Zqxcanary").send().await.problem(404, "not_found");
    let answer = world.get("/metrics").send().await;
    let text = String::from_utf8(answer.bytes).unwrap();
    assert!(text.contains("hospes_http_requests_total") && text.contains("/v1/guests/{guest_id}"), "{text}");
    assert!(!text.contains(id) && !text.contains("Zqxcanary"), "{text}");
}

#[actix_web::test]
async fn pages_of_named_origins_are_let_in_and_no_others() {
    let origin = "https://desk.example".to_owned();
    let world = World::with_limit(Backend::Sqlite, 1_000, std::slice::from_ref(&origin)).await;
    let asked = |origin: &str| {
        let request = world.request(Method::OPTIONS, "/v1/guests").header("origin", origin);
        request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .send()
    };
    let granted = asked(&origin).await;
    assert_eq!((granted.status, granted.header("access-control-allow-origin")), (200, origin.as_str()));
    assert!(granted.headers.get("access-control-allow-credentials").is_none());
    for other in [
        "null",
        "https://desk.example.evil.test",
        "https://evil-desk.example",
        "http://desk.example",
        "https://DESK.example:8443",
    ] {
        let refused = asked(other).await;
        assert!(refused.headers.get("access-control-allow-origin").is_none(), "{other}");
        let plain = world.get("/v1/me").header("origin", other).send().await;
        assert!(plain.headers.get("access-control-allow-origin").is_none(), "{other}");
    }
    let refusal = world.get("/v1/me").header("origin", &origin).send().await;
    assert_eq!((refusal.status, refusal.header("access-control-allow-origin")), (401, origin.as_str()));
    let exposed = refusal.header("access-control-expose-headers").to_lowercase();
    assert!(exposed.contains("retry-after") && exposed.contains("etag"), "{exposed}");
}

#[actix_web::test]
async fn what_can_be_patched_says_so_and_nothing_else_does() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    let guest = world.named(&admin, "Wang", "a").await;
    let path = format!("/v1/guests/{}", guest["id"].as_str().unwrap());
    let media = "application/json, application/merge-patch+json";
    assert_eq!(world.get(&path).by(&admin).send().await.header("accept-patch"), media);
    let patch = serde_json::json!({"vip_level": "vip1"});
    let changed = world.patch(&path).by(&admin).if_match("*").json(&patch).await;
    assert_eq!((changed.status, changed.header("accept-patch")), (200, media));
    let archived = world.post(&format!("{path}/archive")).by(&admin).if_match("*").send().await;
    assert_eq!(
        (archived.status, archived.header("etag"), archived.header("accept-patch")),
        (200, "\"3\"", "")
    );
    let scan = world.post("/v1/guest-duplicate-scans").by(&admin).send().await;
    let job = world.get(scan.header("location")).by(&admin).send().await;
    assert_eq!((job.status, job.header("etag").is_empty(), job.header("accept-patch")), (200, false, ""));
}

#[actix_web::test]
async fn every_list_leads_to_its_next_page() {
    let world = World::new(Backend::Sqlite).await;
    let admin = world.staff("admin").await;
    world.staff("front_desk").await;
    let hotel = world.home.hotel;
    let department = serde_json::json!({"code": "spa", "names": {"en": "Spa"}});
    world.post(&format!("/v1/hotels/{hotel}/departments")).by(&admin).json(&department).await.ok(201);
    let guests = [world.named(&admin, "Wang", "a").await, world.named(&admin, "Wang", "b").await];
    let guest = guests[0]["id"].as_str().unwrap();
    world
        .patch(&format!("/v1/guests/{guest}"))
        .by(&admin)
        .if_match("*")
        .json(&serde_json::json!({"vip_level": "vip1"}))
        .await
        .ok(200);
    for text in ["a", "b"] {
        let note = serde_json::json!({"class": "general", "text": text});
        world.post(&format!("/v1/guests/{guest}/notes")).by(&admin).json(&note).await.ok(201);
        let link =
            serde_json::json!({"other_guest_id": guests[1]["id"], "relation": "friend", "comment": text});
        world.post(&format!("/v1/guests/{guest}/relationships")).by(&admin).json(&link).await.ok(201);
    }
    for list in [
        "/v1/guests".to_owned(),
        "/v1/hotels".to_owned(),
        format!("/v1/hotels/{hotel}/departments"),
        "/v1/staff".to_owned(),
        "/v1/roles".to_owned(),
        "/v1/audit-entries".to_owned(),
        format!("/v1/guests/{guest}/history"),
        format!("/v1/guests/{guest}/notes"),
        format!("/v1/guests/{guest}/relationships"),
    ] {
        let first = world.get(&format!("{list}?limit=1")).by(&admin).send().await;
        let link = first.header("link").to_owned();
        let next = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
        let next = next.unwrap_or_else(|| panic!("{list}: {link:?}"));
        let second = world.get(next).by(&admin).send().await.ok(200);
        assert_ne!(second["items"][0], first.ok(200)["items"][0], "{list}");
    }
}
