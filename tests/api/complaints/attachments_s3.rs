//! Contents in an S3-compatible store: a small one of the test's own, which asks for signed requests.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use hospes::config::{Attachments, Variables};
use hospes::platform::blobs::Blobs;
use rstest::rstest;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::attachments::{PNG, add, at};
use super::complaint;
use crate::harness::{Backend, World};

#[derive(Default)]
struct Kept {
    objects: HashMap<String, Vec<u8>>,
    refuses: bool,
}

/// A store on a port of its own, until the test ends.
fn store() -> (String, Arc<Mutex<Kept>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let kept = Arc::new(Mutex::new(Kept::default()));
    let shared = Arc::clone(&kept);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let kept = Arc::clone(&shared);
            std::thread::spawn(move || answer(stream.unwrap(), &kept));
        }
    });
    (endpoint, kept)
}

fn answer(stream: TcpStream, kept: &Mutex<Kept>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (status, content) = serve(&method, &target, &headers, body, &mut kept.lock().unwrap());
    let head =
        format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", content.len());
    let mut stream = reader.into_inner();
    stream.write_all(&[head.into_bytes(), content].concat()).unwrap();
}

fn serve(
    method: &str,
    target: &str,
    headers: &HashMap<String, String>,
    body: Vec<u8>,
    kept: &mut Kept,
) -> (u16, Vec<u8>) {
    let (path, query) = target.split_once('?').unwrap();
    let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let signed = query["X-Amz-Signature"].len() == 64
        && query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
        && query["X-Amz-Credential"].starts_with("AKID/")
        && query["X-Amz-Credential"].ends_with("/cn-north-1/s3/aws4_request");
    if !signed || kept.refuses {
        return (403, vec![]);
    }
    match method {
        "PUT" => {
            let sum =
                base64::Engine::encode(&base64::engine::general_purpose::STANDARD, Sha256::digest(&body));
            assert_eq!(headers["x-amz-checksum-sha256"], sum);
            assert_eq!(query["X-Amz-SignedHeaders"], "host;x-amz-checksum-sha256");
            assert!(!headers.contains_key("transfer-encoding"));
            kept.objects.insert(path.to_owned(), body);
            (200, vec![])
        }
        "GET" => kept.objects.get(path).map_or((404, vec![]), |content| (200, content.clone())),
        "DELETE" => {
            kept.objects.remove(path);
            (204, vec![])
        }
        _ => (405, vec![]),
    }
}

#[rstest]
#[actix_web::test]
async fn contents_are_kept_in_an_s3_store(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (endpoint, kept) = store();
    let variables = Variables::of([
        ("HOSPES_S3_ENDPOINT", endpoint.as_str()),
        ("HOSPES_S3_BUCKET", "guests"),
        ("HOSPES_S3_REGION", "cn-north-1"),
        ("HOSPES_S3_KEY_ID", "AKID"),
        ("HOSPES_S3_SECRET", "hunter2"),
    ]);
    let blobs = Blobs::open(&Attachments::read(&variables).unwrap().store).unwrap();
    let world = World::new(backend).await.storing(blobs).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let attachment = add(&world, &desk, &complaint, "file_name=a.png", PNG).await.ok(201);
    let sha256 = attachment["sha256"].as_str().unwrap().to_owned();
    let name = format!("/guests/{}/{}/{}/{sha256}", world.home.id, &sha256[..2], &sha256[2..4]);
    assert_eq!(kept.lock().unwrap().objects.get(&name).map(Vec::as_slice), Some(PNG));
    let place = format!("{}/content", at(&attachment));
    assert_eq!(world.get(&place).by(&desk).send().await.bytes, PNG);

    kept.lock().unwrap().objects.insert(name.clone(), [PNG, b"!"].concat());
    world.get(&place).by(&desk).send().await.problem(500, "internal_error");
    kept.lock().unwrap().refuses = true;
    let answer = world.get(&place).by(&desk).send().await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "2");
    add(&world, &desk, &complaint, "", b"refused").await.problem(503, "unavailable");
    kept.lock().unwrap().refuses = false;

    world.delete(&at(&attachment)).by(&desk).if_match("*").send().await.ok(204);
    assert!(kept.lock().unwrap().objects.is_empty());
}
