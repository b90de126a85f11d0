//! Clients that send slowly: they hold nobody else up, and not for long.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use hospes::config::{Server, Variables};
use hospes::kit::clock::Stopwatch;
use hospes::kit::ids::TimeOrderedIds;
use hospes::web::app::App;
use hospes::web::limits::Limits;

use crate::harness::{Backend, World};

/// Slow connections of each kind.
const SLOW: usize = 100;
/// Longest wait for the answer to somebody else (SAFETY S24 asks for 200 ms on a machine that does nothing else).
const PATIENCE: Duration = Duration::from_secs(3);
/// The head and the body may take ten seconds each; a slow connection is closed in fifteen, and a busy machine gets some
/// more.
const LONGEST: Duration = Duration::from_secs(25);

/// Serves the application of a world on a port of its own, until the process ends.
async fn listening(world: &World) -> SocketAddr {
    let keys = Arc::clone(&world.app.keys);
    let limits = Limits::new(1_000_000.try_into().unwrap(), vec![]);
    let clock = world.clock.clone();
    let ids = Arc::new(TimeOrderedIds);
    let app = App::new(world.app.db.clone(), clock, ids, keys, limits, hospes::staff::api::principal);
    let none = Variables::default();
    let settings = Server { listen: "127.0.0.1:0".parse().unwrap(), ..Server::read(&none).unwrap() };
    let (tell, told) = tokio::sync::oneshot::channel();
    actix_web::rt::spawn(async move {
        let told = |address| {
            tell.send(address).ok();
            Ok(())
        };
        hospes::serve::serve(app, &settings, vec![], told).await.unwrap();
    });
    told.await.unwrap()
}

fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONGEST)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// What came until the other side closed; nothing when it reset the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "still open: {error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn slow_clients_hold_nobody_up_and_are_let_go() {
    let world = World::new(Backend::Sqlite).await;
    let token = world.staff("admin").await.token;
    let address = listening(&world).await;
    let work = tokio::task::spawn_blocking(move || {
        let begun = Stopwatch::start();
        let body = format!(
            "POST /v1/guests HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             idempotency-key: 8f14e45f-ceea-467f-a83c-1b2c3d4e5f60\r\ncontent-length: 1000\r\n\r\n{{\"names\": "
        );
        let heads: Vec<_> =
            (0..SLOW).map(|_| send(address, "GET /v1/me HTTP/1.1\r\nhost: a\r\nx-slow: ")).collect();
        let bodies: Vec<_> = (0..SLOW).map(|_| send(address, &body)).collect();
        for path in ["/v1/me", "/health/ready", "/v1/guests"].iter().cycle().take(30) {
            let asked = Stopwatch::start();
            let request = format!(
                "GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
            );
            let answer = rest(send(address, &request));
            assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
            assert!(asked.elapsed() < PATIENCE, "{path} took {:?}", asked.elapsed());
        }
        assert!(begun.elapsed() < Duration::from_secs(9), "the slow ones were not slow while others asked");
        for answer in bodies.into_iter().map(rest) {
            assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
        }
        for answer in heads.into_iter().map(rest) {
            assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
        }
        assert!(begun.elapsed() < LONGEST, "{:?}", begun.elapsed());
    });
    work.await.unwrap();
}
