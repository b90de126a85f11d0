//! Metrics in the Prometheus text format: requests by method, route pattern and status. No label holds personal data.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, get};
use prometheus::core::Collector;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// Upper bounds of the latency histogram, in seconds: from an index look-up to the statement time-out.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

struct Metrics {
    registry: Registry,
    requests: Option<IntCounterVec>,
    seconds: Option<HistogramVec>,
    last_round: Option<IntGauge>,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let registry = Registry::new();
    let requests = IntCounterVec::new(
        Opts::new("hospes_http_requests_total", "Requests answered."),
        &["method", "route", "status"],
    )
    .ok();
    let seconds = HistogramVec::new(
        HistogramOpts::new("hospes_http_request_seconds", "Time to answer.").buckets(BUCKETS.to_vec()),
        &["method", "route"],
    )
    .ok();
    let last_round =
        IntGauge::new("hospes_sequencer_last_round", "Events given a feed position in the last round.").ok();
    for collector in [requests.clone().map(boxed), seconds.clone().map(boxed), last_round.clone().map(boxed)]
        .into_iter()
        .flatten()
    {
        if let Err(error) = registry.register(collector) {
            log::error!("a metric cannot be registered: {error}");
        }
    }
    Metrics { registry, requests, seconds, last_round }
});

fn boxed(metric: impl Collector + 'static) -> Box<dyn Collector> {
    Box::new(metric)
}

/// Counts an answered request.
pub fn observe(method: &Method, route: &str, status: StatusCode, took: Duration) {
    if let Some(requests) = &METRICS.requests {
        requests.with_label_values(&[method.as_str(), route, status.as_str()]).inc();
    }
    if let Some(seconds) = &METRICS.seconds {
        seconds.with_label_values(&[method.as_str(), route]).observe(took.as_secs_f64());
    }
}

/// Notes how many events the sequencer numbered in its last round.
pub fn sequenced(events: usize) {
    if let Some(gauge) = &METRICS.last_round {
        gauge.set(i64::try_from(events).unwrap_or(i64::MAX));
    }
}

/// Metrics of the process, for scrapers inside the network. Outside the document, quotas and authentication.
#[get("/metrics")]
pub async fn metrics() -> HttpResponse {
    let mut text = Vec::new();
    if let Err(error) = TextEncoder::new().encode(&METRICS.registry.gather(), &mut text) {
        log::error!("metrics cannot be written: {error}");
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}
