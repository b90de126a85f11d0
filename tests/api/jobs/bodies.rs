//! Bodies that are too large, too slow, or break off: told as such, and nothing of them is kept.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::{HttpServer, rt};
use hospes::web::app::Bounds;
use rstest::rstest;

use super::{IMPORTS, kept, line, upload};
use crate::harness::{Backend, Person, World};

fn small() -> Bounds {
    Bounds { largest_import: 4_000, import_pause: Duration::from_millis(300), ..Bounds::default() }
}

#[test]
fn the_bounds_are_those_that_are_documented() {
    let bounds = Bounds::default();
    assert_eq!((bounds.largest_import, bounds.import_pause), (512 << 20, Duration::from_secs(30)));
    assert_eq!(bounds.job_rows_kept, Duration::from_secs(30 * 86_400));
}

#[rstest]
#[actix_web::test]
async fn a_file_above_the_limit_is_413_packed_or_not(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::bounded(backend, small()).await;
    let admin = world.staff("admin").await;
    let refused = upload(&world, &admin, vec![b'\n'; 4_001]).await;
    let detail = refused.problem(413, "payload_too_large")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("4000"), "{detail}");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b'\n'; 400_000]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 4_000);
    upload(&world, &admin, packed).await.problem(413, "payload_too_large");
    assert_eq!(kept(&world).await, [0; 3]);
    upload(&world, &admin, vec![b'\n'; 4_000]).await.ok(202);
    for media in ["application/json", "text/csv", ""] {
        let body = line("1", "Anders");
        world.post(IMPORTS).by(&admin).body(media, body).await.problem(415, "unsupported_media_type");
    }
    assert_eq!(kept(&world).await, [1, 1, 0]);
}

/// Serves the world on a free port of this machine.
async fn listen(world: &World) -> SocketAddr {
    let app = world.app.clone();
    let server = HttpServer::new(move || hospes::app::build(app.clone(), &[])).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    rt::spawn(server.run());
    address
}

fn head(by: &Person, length: usize) -> String {
    format!(
        "POST {IMPORTS} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nIdempotency-Key: slow-and-steady-1\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: {length}\r\n\r\n",
        by.token
    )
}

#[rstest]
#[actix_web::test]
async fn a_body_that_pauses_too_long_is_408(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::bounded(backend, small()).await;
    let admin = world.staff("admin").await;
    let address = listen(&world).await;
    let text = line("1", "Anders");
    let request = format!("{}{}", head(&admin, text.len()), &text[..20]);
    let answer = actix_web::web::block(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 4_096];
        let length = socket.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    until_nothing_is_kept(&world).await;
}

#[rstest]
#[actix_web::test]
async fn a_body_that_breaks_off_is_no_job(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::bounded(backend, Bounds::default()).await;
    let admin = world.staff("admin").await;
    let address = listen(&world).await;
    let text = super::long_lines(10);
    let request = format!("{}{}", head(&admin, text.len()), &text[..text.len() - 5]);
    let sent = actix_web::web::block(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
    });
    sent.await.unwrap();
    until_nothing_is_kept(&world).await;
    super::work(&world).await;
    assert!(super::surnames(&world, &admin).await.is_empty());
}

/// What arrived is dropped once the connection is seen to be gone.
async fn until_nothing_is_kept(world: &World) {
    for _ in 0..100 {
        if kept(world).await == [0; 3] {
            return;
        }
        rt::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{:?}", kept(world).await);
}
