//! Access tokens: what is not exactly one of ours is refused, and always in the same words.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hospes::kit::clock::Clock;
use hospes::kit::ids::TimeOrderedIds;
use hospes::platform::keys::{retire, rotate};
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(header: &Value, claims: &Value, key: &Ed25519KeyPair) -> String {
    let text = format!("{}.{}", encoded(header), encoded(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// A JSON object with some members changed; `null` removes one.
fn with(base: &Value, changes: Value) -> Value {
    let mut value = base.clone();
    for (name, change) in changes.as_object().unwrap() {
        if change.is_null() {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = change.clone();
        }
    }
    value
}

struct Mint {
    key: Ed25519KeyPair,
    kid: String,
    header: Value,
    claims: Value,
}

fn mint(world: &World, person: &Person) -> Mint {
    let file = std::fs::read_dir(world.keys_dir()).unwrap().map(|entry| entry.unwrap().path());
    let file =
        file.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "pk8")).unwrap();
    let key = Ed25519KeyPair::from_pkcs8(&std::fs::read(&file).unwrap()).unwrap();
    let kid = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let part = |at: usize| -> Value {
        let part = person.token.split('.').nth(at).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    Mint { key, kid, header: part(0), claims: part(1) }
}

fn hmac(text: &str, secret: &[u8]) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref())
}

fn forgeries(mint: &Mint, now: i64) -> Vec<(&'static str, String)> {
    let Mint { key, kid, header, claims } = mint;
    let stranger = Ed25519KeyPair::generate().unwrap();
    let head = |changes: Value| signed(&with(header, changes), claims, key);
    let said = |changes: Value| signed(header, &with(claims, changes), key);
    let unsigned =
        |alg: &str| format!("{}.{}.", encoded(&with(header, json!({"alg": alg}))), encoded(claims));
    let symmetric = |secret: &[u8]| {
        let text = format!("{}.{}", encoded(&with(header, json!({"alg": "HS256"}))), encoded(claims));
        let signature = hmac(&text, secret);
        format!("{text}.{signature}")
    };
    let good = signed(header, claims, key);
    let (body, signature) = good.rsplit_once('.').unwrap();
    let foreign_jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(stranger.public_key().as_ref())});
    let public = key.public_key().as_ref();
    let x = URL_SAFE_NO_PAD.encode(public);
    vec![
        ("no algorithm", unsigned("none")),
        ("no algorithm, capital", unsigned("None")),
        ("no algorithm, capitals", unsigned("NONE")),
        ("no algorithm, but a signature", format!("{}{signature}", unsigned("none"))),
        ("keyed hash with the public key", symmetric(public)),
        ("keyed hash with the text of the public key", symmetric(x.as_bytes())),
        ("keyed hash with nothing", symmetric(b"")),
        ("another algorithm", head(json!({"alg": "ES256"}))),
        ("an algorithm nobody knows", head(json!({"alg": "XX99"}))),
        ("no algorithm member", head(json!({"alg": null}))),
        ("somebody else's key", signed(header, claims, &stranger)),
        ("a key id nobody knows", head(json!({"kid": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))),
        ("no key id", head(json!({"kid": null}))),
        ("an empty key id", head(json!({"kid": ""}))),
        ("a path as key id", head(json!({"kid": format!("../keys/{kid}")}))),
        ("a device as key id", head(json!({"kid": "../../dev/null"}))),
        ("SQL as key id", head(json!({"kid": "x' OR '1'='1"}))),
        ("key at an address", head(json!({"jku": "https://example.com/jwks.json"}))),
        ("key in the header", signed(&with(header, json!({"jwk": foreign_jwk})), claims, &stranger)),
        ("certificate at an address", head(json!({"x5u": "https://example.com/x"}))),
        ("critical extension", head(json!({"crit": ["exp"]}))),
        ("unencoded payload", head(json!({"b64": false, "crit": ["b64"]}))),
        ("another type", head(json!({"typ": "JWT"}))),
        ("no type", head(json!({"typ": null}))),
        ("expired", said(json!({"iat": now - 700, "nbf": now - 700, "exp": now - 100}))),
        (
            "just expired, beyond the leeway",
            said(json!({"iat": now - 611, "nbf": now - 611, "exp": now - 11})),
        ),
        ("not yet good", said(json!({"nbf": now + 60}))),
        ("from the future", said(json!({"iat": now + 60, "nbf": now + 60, "exp": now + 660}))),
        ("good for ever", said(json!({"exp": 9_007_199_254_740_991_i64}))),
        ("longer than allowed", said(json!({"exp": now + 601}))),
        ("no end", said(json!({"exp": null}))),
        ("an end as text", said(json!({"exp": (now + 600).to_string()}))),
        ("an end as fraction", said(json!({"exp": 1.5e300}))),
        ("another issuer", said(json!({"iss": "somebody"}))),
        ("no issuer", said(json!({"iss": null}))),
        ("another audience", said(json!({"aud": "somewhere"}))),
        ("no audience", said(json!({"aud": null}))),
        ("no subject", said(json!({"sub": null}))),
        ("a subject that is no id", said(json!({"sub": "admin"}))),
        ("an account that is not there", said(json!({"sub": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))),
        ("a session that is not there", said(json!({"sid": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))),
        ("a group that is not there", said(json!({"gid": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))),
        ("no signature", format!("{body}.")),
        ("no third part", body.to_owned()),
        ("four parts", format!("{good}.{signature}")),
        ("all zero signature", format!("{body}.{}", URL_SAFE_NO_PAD.encode([0_u8; 64]))),
        ("half a signature", format!("{body}.{}", &signature[..40])),
        ("another payload under the same signature", {
            let payload = encoded(&with(claims, json!({"jti": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"})));
            format!("{}.{payload}.{signature}", encoded(header))
        }),
        ("a very long one", said(json!({"pad": "x".repeat(64 * 1024)}))),
        ("two dots", "..".to_owned()),
        ("a word", "null".to_owned()),
    ]
}

#[rstest]
#[actix_web::test]
async fn a_forged_token_is_refused_in_the_same_words(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let mint = mint(&world, &admin);
    let ours = signed(&mint.header, &mint.claims, &mint.key);
    world.get("/v1/me").token(&ours).send().await.ok(200);
    let forged = forgeries(&mint, world.clock.now().unix_seconds());
    assert!(forged.len() >= 40);
    let mut said = Vec::new();
    for (name, token) in forged {
        let answer = world.get("/v1/me").token(&token).header("x-request-id", "same").send().await;
        assert_eq!(answer.status, 401, "{name}");
        answer.problem(401, "unauthenticated");
        said.push(String::from_utf8(answer.bytes).unwrap());
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    // The way of sending it counts too.
    for header in ["Basic YTpi", "Bearer", &ours, &format!("Bearer {ours} {ours}")] {
        let answer = world.get("/v1/me").header("authorization", header).send().await;
        assert_eq!(answer.status, 401, "{}", &header[..10.min(header.len())]);
    }
    world.get("/v1/me").header("authorization", &format!("bearer {ours}")).send().await.ok(200);
}

#[rstest]
#[actix_web::test]
async fn a_refresh_token_is_no_access_token_and_the_other_way_round(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let body = json!({"email": "li@example.com", "display_name": "Li", "language": "en", "password": "mauve-lantern-42-river",
        "memberships": [{"role": "admin"}]});
    world.post("/v1/staff").by(&admin).json(&body).await.ok(201);
    let login = json!({"email": "li@example.com", "password": "mauve-lantern-42-river"});
    let tokens = world.post("/v1/auth/login").json(&login).await.ok(200);
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    world.get("/v1/me").token(access).send().await.ok(200);
    world.get("/v1/me").token(refresh).send().await.problem(401, "unauthenticated");
    let crossed = world.post("/v1/auth/refresh").json(&json!({"refresh_token": access})).await;
    assert!([401, 422].contains(&crossed.status), "{}", crossed.status);
    // Sealed by the same secret, but for another purpose.
    let page = world.get("/v1/roles?limit=1").by(&admin).send().await.ok(200);
    let cursor = json!({"refresh_token": page["next_cursor"]});
    world.post("/v1/auth/refresh").json(&cursor).await.problem(401, "session_ended");
}

#[rstest]
#[actix_web::test]
async fn keys_rotate_without_a_refusal_and_a_retired_one_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let old = world.staff("admin").await;
    let old_kid = mint(&world, &old).kid;
    let new_kid = rotate(&world.keys_dir(), &TimeOrderedIds).unwrap();
    let world = world.restarted().await;
    let new = world.staff("admin").await;
    assert_eq!(mint_kid(&new), new_kid, "the newest signs");
    for person in [&old, &new] {
        world.get("/v1/me").by(person).send().await.ok(200);
    }
    let keys = world.get("/.well-known/jwks.json").send().await.ok(200);
    let kids: Vec<&str> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids, [old_kid.as_str(), new_kid.as_str()]);
    for key in keys["keys"].as_array().unwrap() {
        let members: Vec<&String> = key.as_object().unwrap().keys().collect();
        assert!(
            !members.iter().any(|member| member.as_str() == "d"),
            "the private part is told: {members:?}"
        );
    }
    retire(&world.keys_dir(), &old_kid).unwrap();
    assert!(retire(&world.keys_dir(), &new_kid).is_err(), "the last one stays");
    let world = world.restarted().await;
    world.get("/v1/me").by(&old).send().await.problem(401, "unauthenticated");
    world.get("/v1/me").by(&new).send().await.ok(200);
}

fn mint_kid(person: &Person) -> String {
    let header = URL_SAFE_NO_PAD.decode(person.token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}
