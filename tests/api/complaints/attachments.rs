//! Files of complaints: what may be added, what is refused, how they come back, and what is left in the store.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::http::Method;
use hospes::background::sweep_contents;
use hospes::complaints::contents;
use hospes::kit::ids::WorkerId;
use hospes::platform::blobs::BlobError;
use hospes::web::app::Bounds;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{complaint, make, path, read, resolved};
use crate::harness::{Answer, Backend, Person, World};

pub const FILE: &str = "application/octet-stream";
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";

#[test]
fn the_bounds_are_those_that_are_documented() {
    let bounds = Bounds::default();
    assert_eq!((bounds.largest_attachment, bounds.attachment_deadline), (20 << 20, Duration::from_secs(300)));
    assert_eq!(hospes::complaints::attachments::MOST, 50);
}

/// Adds a file under a query.
pub async fn add(world: &World, by: &Person, complaint: &Value, query: &str, content: &[u8]) -> Answer {
    let place = format!("{}/attachments?{query}", path(complaint));
    world.post(&place).by(by).body(FILE, content.to_vec()).await
}

pub fn at(attachment: &Value) -> String {
    format!("/v1/complaint-attachments/{}", attachment["id"].as_str().unwrap())
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

async fn sweep(world: &World) {
    sweep_contents(world.app.clone().into_inner(), WorkerId(Uuid::nil())).await.unwrap();
}

#[rstest]
#[actix_web::test]
async fn a_file_is_added_told_downloaded_and_taken_away(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let name = "file_name=%E7%A9%BA%E8%B0%83%20%221%22.png";
    let query = format!("{name}&media_type=image/png&visibility=guest");
    let answer = add(&world, &desk, &complaint, &query, PNG).await;
    let attachment = answer.ok(201);
    assert_eq!(answer.header("location"), at(&attachment));
    assert_eq!(answer.etag(), "\"1\"");
    for (member, value) in [
        ("file_name", json!("空调 _1_.png")),
        ("media_type", json!("image/png")),
        ("size_bytes", json!(PNG.len())),
        ("visibility", json!("guest")),
        ("created_by", json!(desk.staff)),
        ("complaint_id", complaint["id"].clone()),
    ] {
        assert_eq!(attachment[member], value, "{member}");
    }
    let told = world.get(&at(&attachment)).by(&desk).send().await;
    assert_eq!((told.ok(200), told.etag()), (attachment.clone(), "\"1\""));
    let known = world.get(&at(&attachment)).by(&desk).header("if-none-match", "\"1\"").send().await;
    assert_eq!(known.status, 304);

    let place = format!("{}/content", at(&attachment));
    let content = world.get(&place).by(&desk).header("accept-encoding", "gzip").send().await;
    assert_eq!((content.status, content.bytes.as_slice()), (200, PNG));
    for (header, value) in [
        ("content-type", FILE),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("cache-control", "no-store"),
        (
            "content-disposition",
            "attachment; filename=\"__ _1_.png\"; filename*=UTF-8''%E7%A9%BA%E8%B0%83%20_1_.png",
        ),
    ] {
        assert_eq!(content.header(header), value);
    }
    assert_eq!(content.etag().trim_matches('"'), &attachment["sha256"].as_str().unwrap()[..32]);
    let known = world.get(&place).by(&desk).header("if-none-match", content.etag()).send().await;
    assert_eq!((known.status, known.bytes.len(), known.etag()), (304, 0, content.etag()));
    let head = world.request(Method::HEAD, &place).by(&desk).send().await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));

    let kept = files(&world.contents_dir());
    let sha256 = attachment["sha256"].as_str().unwrap();
    let folder = format!("{}/{}/{}/{sha256}", world.home.id, &sha256[..2], &sha256[2..4]);
    assert_eq!(kept, [world.contents_dir().join(folder)]);

    world.delete(&at(&attachment)).by(&desk).send().await.problem(428, "precondition_required");
    let stale = world.delete(&at(&attachment)).by(&desk).if_match("\"2\"").send().await;
    stale.problem(412, "precondition_failed");
    world.delete(&at(&attachment)).by(&desk).if_match("\"1\"").send().await.ok(204);
    for gone in [at(&attachment), place] {
        world.get(&gone).by(&desk).send().await.problem(404, "not_found");
    }
    assert!(files(&world.contents_dir()).is_empty(), "the content is left");
    assert_eq!(read(&world, &desk, &complaint).await["version"], 3);
}

#[rstest]
#[actix_web::test]
async fn lists_are_paged_and_filtered_and_log_and_feed_keep_no_names(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let complaint = complaint(&world, &admin, json!({})).await;
    for (index, visibility) in ["guest", "internal", "guest"].into_iter().enumerate() {
        let query = format!("file_name=passport-{index}.txt&visibility={visibility}");
        add(&world, &admin, &complaint, &query, format!("canary {index}").as_bytes()).await.ok(201);
    }
    let names = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["file_name"].as_str().unwrap().into())
            .collect()
    };
    let list = format!("{}/attachments", path(&complaint));
    let first = world.get(&format!("{list}?limit=2")).by(&admin).send().await.ok(200);
    assert_eq!(names(&first), ["passport-0.txt", "passport-1.txt"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = world.get(&format!("{list}?limit=2&cursor={cursor}")).by(&admin).send().await.ok(200);
    assert_eq!((names(&second), &second["has_more"]), (vec!["passport-2.txt".to_owned()], &json!(false)));
    let guests = world.get(&format!("{list}?visibility=guest")).by(&admin).send().await.ok(200);
    assert_eq!(names(&guests), ["passport-0.txt", "passport-2.txt"]);
    let one = at(&first["items"][0]);
    world.delete(&one).by(&admin).if_match("*").send().await.ok(204);
    world.sequence(world.home.id).await;
    for place in
        ["/v1/events?types=complaint_attachment.created,complaint_attachment.deleted", "/v1/audit-entries"]
    {
        let text = world.get(place).by(&admin).send().await.ok(200).to_string();
        assert!(text.contains("complaint_attachment.deleted") && text.contains("text/plain"), "{text}");
        assert!(!text.contains("passport") && !text.contains("canary"), "{text}");
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_not_what_it_says_or_could_run_is_refused_by_its_name(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let html = b"<!DOCTYPE html><script>alert(1)</script>".as_slice();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice();
    for (query, content, found) in [
        ("file_name=a.png&media_type=image/png", html, "text/html"),
        ("file_name=a.txt&media_type=text/plain", html, "text/html"),
        ("file_name=a.png&media_type=image/png", svg, "image/svg+xml"),
        ("file_name=a.jpg&media_type=image/jpeg", PNG, "image/png"),
        ("file_name=a.pdf&media_type=application/pdf", b"MZ\x90\0\x03\0\0\0", "application/"),
    ] {
        let answer = add(&world, &desk, &complaint, query, content).await;
        assert_eq!(answer.faults(422, "invalid_content"), ["?media_type media_type_mismatch"]);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(found) && detail.contains(query.rsplit('=').next().unwrap()), "{detail}");
    }
    for (query, content, found) in [
        ("file_name=a.html", html, "text/html"),
        ("file_name=a.svg&media_type=image/svg%2Bxml", svg, "image/svg+xml"),
        ("file_name=a.png", svg, "image/svg+xml"),
        ("file_name=a.txt", b"#!/bin/sh\n", "shell"),
        ("file_name=a.txt", b"\x7fELF\x02\x01\x01\0\0", "application/"),
        ("media_type=application/x-msdownload", PNG, "application/x-msdownload"),
        ("media_type=text/html", b"words", "text/html"),
    ] {
        let answer = add(&world, &desk, &complaint, query, content).await;
        let detail = answer.problem(415, "unsupported_media_type")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(found) && detail.contains("image/jpeg"), "{detail}");
    }
    let empty = add(&world, &desk, &complaint, "file_name=a.txt", b"").await;
    assert_eq!(empty.faults(422, "invalid_content"), [" empty"]);
    let place = format!("{}/attachments", path(&complaint));
    for media in ["image/png", "text/html", "multipart/form-data; boundary=x", "application/json"] {
        world.post(&place).by(&desk).body(media, PNG).await.problem(415, "unsupported_media_type");
    }
    for (query, parameter) in [("visibility=public", "?visibility"), ("name=x", "?name")] {
        let answer = add(&world, &desk, &complaint, query, PNG).await;
        assert!(answer.faults(400, "invalid_parameter")[0].starts_with(parameter));
    }
    let chinese =
        world.post(&format!("{place}?media_type=image/png")).by(&desk).header("accept-language", "zh-CN");
    let chinese = chinese.body(FILE, html).await.problem(422, "invalid_content");
    assert_eq!(chinese["detail"], "文件声明为 image/png，但内容是 text/html。");
    assert!(files(&world.contents_dir()).is_empty(), "something refused was kept");
    assert_eq!(read(&world, &desk, &complaint).await["version"], 1);
}

#[rstest]
#[actix_web::test]
async fn a_name_that_says_another_content_is_refused(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice();
    let mail = b"From: a@example.com\r\nSubject: cold\r\n\r\nHello".as_slice();
    for (query, content, found) in [
        ("file_name=a.pdf", PNG, "image/png"),
        ("file_name=a.PDF.", PNG, "image/png"),
        ("file_name=photo.jpeg", PNG, "image/png"),
        ("file_name=a.pdf&media_type=image/png", PNG, "image/png"),
        ("file_name=a.png", jpeg, "image/jpeg"),
        ("file_name=a.png", b"words", "text/plain"),
        ("file_name=a.docx", mail, "message/rfc822"),
    ] {
        let answer = add(&world, &desk, &complaint, query, content).await;
        assert_eq!(answer.faults(422, "invalid_content"), ["?file_name file_name_mismatch"], "{query}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("ends in .") && detail.contains(found), "{detail}");
    }
    let place = format!("{}/attachments?file_name=a.pdf", path(&complaint));
    let chinese = world.post(&place).by(&desk).header("accept-language", "zh-CN").body(FILE, PNG).await;
    let chinese = chinese.problem(422, "invalid_content");
    assert_eq!(chinese["detail"], "文件扩展名为 .pdf，但内容是 image/png。");
    assert_eq!(chinese["errors"][0]["message"], "扩展名与文件内容不符");
    assert!(files(&world.contents_dir()).is_empty(), "something refused was kept");
    // Both endings are of one kind, and what may be called either way is what its name says.
    for (query, content, name, media) in [
        ("file_name=a.jpg", jpeg, "a.jpg", "image/jpeg"),
        ("file_name=a.jpeg", jpeg, "a.jpeg", "image/jpeg"),
        ("file_name=a.txt", mail, "a.txt", "text/plain"),
        ("file_name=a.eml", mail, "a.eml", "message/rfc822"),
        ("file_name=a.csv", b"a,b\n", "a.csv.txt", "text/plain"),
    ] {
        let kept = add(&world, &desk, &complaint, query, content).await.ok(201);
        assert_eq!((&kept["file_name"], &kept["media_type"]), (&json!(name), &json!(media)), "{query}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_text_must_be_in_utf8(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    // "空调不制冷" in GBK.
    let gbk = b"\xbf\xd5\xb5\xf7\xb2\xbb\xd6\xc6\xc0\xe4\r\n".as_slice();
    let refused = add(&world, &desk, &complaint, "file_name=a.txt", gbk).await;
    let detail = refused.problem(415, "unsupported_media_type")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("must be in UTF-8"), "{detail}");
    let refused = add(&world, &desk, &complaint, "media_type=text/plain", gbk).await;
    assert_eq!(refused.faults(422, "invalid_content"), [" encoding"]);
    assert!(refused.json()["detail"].as_str().unwrap().contains("must be in UTF-8"));
    let refused = add(&world, &desk, &complaint, "media_type=image/png", gbk).await;
    assert_eq!(refused.faults(422, "invalid_content"), ["?media_type media_type_mismatch"]);
    let place = format!("{}/attachments", path(&complaint));
    let chinese = world.post(&place).by(&desk).header("accept-language", "zh-CN").body(FILE, gbk).await;
    let chinese = chinese.problem(415, "unsupported_media_type");
    assert_eq!(
        chinese["detail"],
        "该文件看起来是 GBK 或 GB18030 编码的文本。文本必须采用 UTF-8 编码，请先转换。"
    );
    let binary = add(&world, &desk, &complaint, "", b"\xbf\xd5\x01\x02").await;
    let detail = binary.problem(415, "unsupported_media_type")["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("application/octet-stream"), "{detail}");
}

#[rstest]
#[actix_web::test]
async fn the_files_of_a_complaint_that_has_ended_stay(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let (first, second) = (world.staff("guest_relations").await, world.staff("duty_manager").await);
    let reason = json!({"reason": "x"});
    let ending = json!({"resolution_summary": "done", "lesson": "none"});
    let other = complaint(&world, &desk, json!({})).await;
    let into = json!({"into_complaint_id": other["id"]});
    for (wanted, body) in
        [("close", ending), ("withdraw", reason.clone()), ("reject", reason.clone()), ("merge", into)]
    {
        let one = match wanted {
            "close" => resolved(&world, &desk, json!({})).await,
            _ => complaint(&world, &desk, json!({})).await,
        };
        let kept = add(&world, &desk, &one, "file_name=a.png", PNG).await.ok(201);
        let spare = add(&world, &desk, &one, "", b"spare").await.ok(201);
        world.delete(&at(&spare)).by(&desk).if_match("*").send().await.ok(204);
        make(&world, if wanted == "reject" { &second } else { &first }, &one, wanted, body).await.ok(200);
        let refused = world.delete(&at(&kept)).by(&desk).if_match("*").send().await;
        let refused = refused.problem(409, "state_conflict");
        match wanted {
            "merge" => assert_eq!(refused["conflicting_id"], other["id"]),
            _ => assert!(refused["detail"].as_str().unwrap().contains("evidence"), "{refused}"),
        }
        world.get(&at(&kept)).by(&desk).send().await.ok(200);
        if wanted == "withdraw" {
            make(&world, &desk, &one, "reopen", reason.clone()).await.ok(200);
            world.delete(&at(&kept)).by(&desk).if_match("*").send().await.ok(204);
        }
    }
}

#[rstest]
#[actix_web::test]
async fn names_that_deceive_are_put_right(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    for (told, kept) in [
        ("../../../etc/cron.d/x", "x.png"),
        ("C:%5Cwindows%5Cphoto.png", "photo.png"),
        ("bill%E2%80%AEgnp.exe", "billgnp.exe.png"),
        ("a%0D%0AX-Evil:%201.png", "aX-Evil_ 1.png"),
        ("page.html", "page.html.png"),
        ("PHOTO.PNG", "PHOTO.PNG"),
    ] {
        let query = format!("file_name={told}");
        assert_eq!(add(&world, &desk, &complaint, &query, PNG).await.ok(201)["file_name"], kept, "{told}");
    }
    let unnamed = add(&world, &desk, &complaint, "", "空调".as_bytes()).await.ok(201);
    assert_eq!(
        (&unnamed["file_name"], &unnamed["visibility"]),
        (&json!("attachment.txt"), &json!("internal"))
    );
    let long = format!("file_name={}.png", "a".repeat(252));
    add(&world, &desk, &complaint, &long, PNG).await.problem(400, "invalid_parameter");
}

#[rstest]
#[actix_web::test]
async fn a_file_may_be_as_large_as_told_and_no_larger(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bounds = Bounds { largest_attachment: 600_000, ..Bounds::default() };
    let world = World::bounded(backend, bounds).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let whole = vec![b'a'; 600_000];
    let attachment = add(&world, &desk, &complaint, "", &whole).await.ok(201);
    let place = format!("{}/content", at(&attachment));
    assert!(world.get(&place).by(&desk).send().await.bytes == whole);
    let answer = add(&world, &desk, &complaint, "", &vec![b'a'; 600_001]).await;
    let detail = answer.problem(413, "payload_too_large")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("600000"), "{detail}");
    assert_eq!(files(&world.contents_dir()).len(), 1);
}

#[rstest]
#[actix_web::test]
async fn a_file_that_comes_too_slowly_is_408_and_leaves_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bounds = Bounds { attachment_deadline: Duration::from_millis(300), ..Bounds::default() };
    let world = World::bounded(backend, bounds).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let app = world.app.clone();
    let server = HttpServer::new(move || hospes::app::build(app.clone(), &[])).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    let request = format!(
        "POST {}/attachments HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Type: {FILE}\r\n\
         Idempotency-Key: slow-and-steady-1\r\nContent-Length: 1000\r\n\r\nbegun",
        path(&complaint),
        desk.token
    );
    let answer = actix_web::web::block(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 4_096];
        let length = socket.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("request_timeout"), "{answer}");
    assert!(files(&world.contents_dir()).is_empty(), "what had come is left");
}

#[rstest]
#[actix_web::test]
async fn a_complaint_has_fifty_files_at_most(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let one = complaint(&world, &desk, json!({})).await;
    let mut last = Value::Null;
    for index in 0..50 {
        last = add(&world, &desk, &one, "", format!("file {index}").as_bytes()).await.ok(201);
    }
    add(&world, &desk, &one, "", b"file 51").await.problem(409, "state_conflict");
    assert_eq!(files(&world.contents_dir()).len(), 50, "the content of the refused one is left");
    world.delete(&at(&last)).by(&desk).if_match("*").send().await.ok(204);
    add(&world, &desk, &one, "", b"file 51").await.ok(201);

    let other = complaint(&world, &desk, json!({})).await;
    let manager = world.staff("guest_relations").await;
    let into = json!({"into_complaint_id": one["id"]});
    make(&world, &manager, &other, "merge", into).await.ok(200);
    let merged = add(&world, &desk, &other, "", PNG).await.problem(409, "state_conflict");
    assert_eq!(merged["conflicting_id"], one["id"]);
}

#[rstest]
#[actix_web::test]
async fn one_content_is_kept_once_in_a_group_until_nobody_has_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let foreign = world.staff_at(world.foreign, None, "front_desk").await;
    let (one, other) = (complaint(&world, &desk, json!({})).await, complaint(&world, &desk, json!({})).await);
    let theirs = json!({"hotel_id": world.foreign.hotel, "channel": "phone", "description": "冷"});
    let theirs = world.post("/v1/complaints").by(&foreign).json(&theirs).await.ok(201);
    let first = add(&world, &desk, &one, "", PNG).await.ok(201);
    let second = add(&world, &desk, &other, "", PNG).await.ok(201);
    let third = add(&world, &foreign, &theirs, "", PNG).await.ok(201);
    assert_eq!((&first["sha256"], &first["sha256"]), (&second["sha256"], &third["sha256"]));
    let count = || files(&world.contents_dir()).len();
    assert_eq!(count(), 2, "one a group");
    world.delete(&at(&first)).by(&desk).if_match("*").send().await.ok(204);
    assert_eq!(count(), 2);
    let content = |one: &Value| format!("{}/content", at(one));
    assert_eq!(world.get(&content(&second)).by(&desk).send().await.bytes, PNG);
    world.delete(&at(&second)).by(&desk).if_match("*").send().await.ok(204);
    assert_eq!(count(), 1);
    assert_eq!(world.get(&content(&third)).by(&foreign).send().await.bytes, PNG);
    // And it can come again.
    let again = add(&world, &desk, &one, "", PNG).await.ok(201);
    assert_eq!(world.get(&content(&again)).by(&desk).send().await.bytes, PNG);
    assert_eq!(count(), 2);
}

#[rstest]
#[actix_web::test]
async fn a_repeated_request_adds_one_file(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let place = format!("{}/attachments?file_name=a.png", path(&complaint));
    let send = |place: String, content: &'static [u8]| {
        let request = world.request(Method::POST, &place).by(&desk);
        request.header("idempotency-key", "one-key-for-all-of-them").body(FILE, content)
    };
    let first = send(place.clone(), PNG).await;
    let again = send(place.clone(), PNG).await;
    assert_eq!((again.ok(201), again.header("idempotent-replayed")), (first.ok(201), "true"));
    send(place.clone(), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02")
        .await
        .problem(422, "idempotency_key_reused");
    send(format!("{place}&visibility=guest"), PNG).await.problem(422, "idempotency_key_reused");
    let list = world.get(&format!("{}/attachments", path(&complaint))).by(&desk).send().await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(files(&world.contents_dir()).len(), 1);
    let gone = at(&first.json());
    world.delete(&gone).by(&desk).if_match("*").send().await.ok(204);
    assert!(files(&world.contents_dir()).is_empty(), "a repetition still expects the content");
}

#[rstest]
#[actix_web::test]
async fn a_content_that_changed_in_the_store_is_not_given_out(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let attachment = add(&world, &desk, &complaint, "", b"as it was").await.ok(201);
    let place = format!("{}/content", at(&attachment));
    let group = world.home.id;
    let (found, next) = world.app.db.read(move |r| contents::step(r, group, None)).await.unwrap();
    assert_eq!((found.len(), next), (1, None));
    contents::check(&world.app.blobs, &found[0]).await.unwrap();
    let file = files(&world.contents_dir()).remove(0);
    std::fs::write(&file, b"as it is!").unwrap();
    world.get(&place).by(&desk).send().await.problem(500, "internal_error");
    let told = contents::check(&world.app.blobs, &found[0]).await;
    assert!(matches!(told, Err(BlobError::Damaged)), "{told:?}");
    std::fs::remove_file(&file).unwrap();
    world.get(&place).by(&desk).send().await.problem(500, "internal_error");
    let told = contents::check(&world.app.blobs, &found[0]).await;
    assert!(matches!(told, Err(BlobError::Missing)), "{told:?}");
    // The same content, added once more, is there for both.
    add(&world, &desk, &complaint, "", b"as it was").await.ok(201);
    assert_eq!(world.get(&place).by(&desk).send().await.bytes, b"as it was");
}

#[rstest]
#[actix_web::test]
async fn what_a_crash_left_in_the_store_is_swept_after_a_day(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    add(&world, &desk, &complaint, "", b"stays").await.ok(201);
    // As far as an upload gets before its attachment is written.
    let draft = world.app.blobs.begin().await.unwrap().add(b"left behind".to_vec()).await.unwrap();
    let key = hospes::platform::blobs::BlobKey::new(world.home.id, &draft.hex()).unwrap();
    let now = hospes::kit::clock::Clock::now(&*world.clock);
    contents::store(&world.app.db, &world.app.blobs, &key, draft, now).await.unwrap();
    assert_eq!(files(&world.contents_dir()).len(), 2);
    sweep(&world).await;
    assert_eq!(files(&world.contents_dir()).len(), 2, "it may still be on its way");
    world.clock.advance(chrono::TimeDelta::hours(25));
    sweep(&world).await;
    assert_eq!(files(&world.contents_dir()).len(), 1);
    let desk = world.renewed(&desk);
    let attachment = add(&world, &desk, &complaint, "", b"left behind").await.ok(201);
    let place = format!("{}/content", at(&attachment));
    assert_eq!(world.get(&place).by(&desk).send().await.bytes, b"left behind");
}

#[rstest]
#[actix_web::test]
async fn the_same_file_comes_and_goes_at_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let complaint = complaint(&world, &desk, json!({})).await;
    let rounds = (0..8).map(|_| async {
        for _ in 0..4 {
            let attachment = add(&world, &desk, &complaint, "", PNG).await.ok(201);
            let place = format!("{}/content", at(&attachment));
            assert_eq!(world.get(&place).by(&desk).send().await.bytes, PNG);
            world.delete(&at(&attachment)).by(&desk).if_match("*").send().await.ok(204);
        }
    });
    futures_util::future::join_all(rounds).await;
    assert!(files(&world.contents_dir()).is_empty());
}
