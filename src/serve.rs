//! The HTTP server: listens, serves, and stops without dropping what it has begun.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::web::Data;
use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::app;
use crate::background::{Background, JOBS, Job};
use crate::config::Server;
use crate::web;
use crate::web::app::App;

/// Workers at least: one that is busy must not keep the health check waiting.
const LEAST_WORKERS: usize = 2;
/// Longest time a request's head may take to arrive (SAFETY S24); the body has its own deadline.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long an idle connection is kept: longer than the 60 s of common proxies, so that theirs end first.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Connections of one worker at most; further ones wait in the listener's queue.
const CONNECTIONS_A_WORKER: usize = 2_000;
/// Connections waiting to be accepted.
const BACKLOG: u32 = 1_024;
/// Longest wait for requests in flight when the server stops, in seconds (SAFETY R15).
const FINISH_SECONDS: u64 = 10;

/// Serves until SIGTERM or SIGINT, then finishes what is in flight. `listening` is called once with the address,
/// which says the port when a free one was asked for. `jobs` run beside those every server runs.
///
/// # Errors
/// When the address cannot be listened on, or the server fails.
pub async fn serve(
    app: App,
    settings: &Server,
    jobs: Vec<Job>,
    listening: impl FnOnce(SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    log_panics();
    app::publish();
    let app = Arc::new(app);
    let data = Data::from(Arc::clone(&app));
    let origins = settings.cors_origins.clone();
    let workers =
        std::thread::available_parallelism().map_or(LEAST_WORKERS, |cores| cores.get().max(LEAST_WORKERS));
    let stop = stop_signal(settings.drain)?;
    let server = HttpServer::new(move || app::build(data.clone(), &origins))
        .workers(workers)
        .backlog(BACKLOG)
        .max_connections(CONNECTIONS_A_WORKER)
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(FINISH_SECONDS)
        .shutdown_signal(stop)
        .bind(settings.listen)
        .map_err(|error| cannot_listen(settings.listen, &error))?;
    let address = server.addrs().first().copied().unwrap_or(settings.listen);
    let background = Background::start(&app, JOBS.into_iter().chain(jobs));
    let running = server.run();
    log::info!(address:% = address, workers = workers, database = app.db.backend(); "listening");
    listening(address)?;
    let served = running.await;
    background.stop().await;
    log::info!("stopped");
    served.context("the server failed")
}

/// Checks that nobody listens on an address yet.
///
/// # Errors
/// A sentence for the operator when it cannot be listened on.
pub fn check_free(address: SocketAddr) -> anyhow::Result<()> {
    std::net::TcpListener::bind(address).map(drop).map_err(|error| cannot_listen(address, &error))
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "cannot listen on {address}: another program does; stop it, or choose another port with --listen or HOSPES_LISTEN"
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!("cannot listen on {address}: this machine has no such address")
        }
        ErrorKind::PermissionDenied => {
            anyhow::anyhow!("cannot listen on {address}: the system does not permit it to this account")
        }
        _ => anyhow::anyhow!("cannot listen on {address}: {error}"),
    }
}

/// Ends when the process was asked to stop and load balancers had `drain` to see that it is not ready any more.
/// Whoever presses Ctrl-C has no load balancer, and is not kept waiting.
fn stop_signal(drain: Duration) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    Ok(async move {
        let terminated = std::pin::pin!(terminate.recv());
        let interrupted = std::pin::pin!(interrupt.recv());
        let first = futures_util::future::select(terminated, interrupted).await;
        web::health::begin_stop();
        log::info!("stopping");
        if matches!(first, futures_util::future::Either::Left(_)) {
            tokio::time::sleep(drain).await;
        }
    })
}

/// A panic is logged with its place and without its words, which may hold what a client sent.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        log::error!(place = place.as_str(); "panic");
    }));
}
