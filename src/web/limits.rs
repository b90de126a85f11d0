//! Rate limits: a bucket a client, told on every answer (draft-ietf-httpapi-ratelimit-headers-10).

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest, Sha256};

use crate::web::app::App;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
/// Login tries of one account in a minute, whatever the address.
const LOGIN_TRIES: u32 = 10;
/// Login tries from one address in a minute: all staff of a hotel may share one, and begin their shift together.
const LOGIN_TRIES_FROM_ADDRESS: u32 = 60;
/// Login tries of all accounts and addresses together in a minute: what two cores can check (SAFETY D12).
const LOGIN_TRIES_IN_ALL: u32 = 1_800;
/// Clients remembered before those with full buckets are forgotten.
const SHRINK_AT: usize = 50_000;

type Buckets =
    RateLimiter<[u8; 16], DefaultKeyedStateStore<[u8; 16]>, DefaultClock, StateInformationMiddleware>;

/// The buckets of this process.
pub struct Limits {
    per_minute: NonZeroU32,
    requests: Buckets,
    logins: Buckets,
    logins_from: Buckets,
    all_logins: Buckets,
    trusted_proxies: Vec<IpAddr>,
}

/// What one request may do, and what the headers say.
pub struct Allowance {
    /// Whether the request is served.
    pub allowed: bool,
    /// Seconds until a refused client may come again, or until the bucket is full.
    pub reset_seconds: u64,
    quota: u32,
    left: u32,
}

impl Limits {
    /// `per_minute` requests a minute for each token (or address, without one). `X-Forwarded-For` is believed from
    /// `trusted_proxies` alone.
    pub fn new(per_minute: NonZeroU32, trusted_proxies: Vec<IpAddr>) -> Self {
        let bucket = |tries: u32| {
            let quota = Quota::per_minute(NonZeroU32::new(tries).unwrap_or(NonZeroU32::MIN));
            RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>()
        };
        Self {
            per_minute,
            requests: bucket(per_minute.get()),
            logins: bucket(LOGIN_TRIES),
            logins_from: bucket(LOGIN_TRIES_FROM_ADDRESS),
            all_logins: bucket(LOGIN_TRIES_IN_ALL),
            trusted_proxies,
        }
    }

    /// Counts a login try of an account from an address. `Some` seconds to wait when there were too many.
    pub fn login(&self, account: &str, address: IpAddr) -> Option<u64> {
        let checks = [
            self.logins.check_key(&key(b"account", account.as_bytes())),
            self.logins_from.check_key(&key(b"address", address.to_string().as_bytes())),
            self.all_logins.check_key(&[0; 16]),
        ];
        checks
            .into_iter()
            .filter_map(Result::err)
            .map(|wait| seconds(wait.wait_time_from(DefaultClock::default().now())))
            .max()
    }

    /// The address of the client: the peer's, or what a trusted proxy says it is.
    pub fn address(&self, peer: Option<IpAddr>, forwarded: Option<&str>) -> IpAddr {
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if !self.trusted_proxies.contains(&peer) {
            return peer;
        }
        // The rightmost address that is not a proxy of ours is the one our own proxy saw.
        let hops = forwarded.unwrap_or_default().rsplit(',').filter_map(|hop| hop.trim().parse().ok());
        hops.into_iter().find(|hop| !self.trusted_proxies.contains(hop)).unwrap_or(peer)
    }
}

fn key(kind: &[u8], value: &[u8]) -> [u8; 16] {
    let mut digest = Sha256::new();
    digest.update(kind);
    digest.update([0]);
    digest.update(value);
    let full = digest.finalize();
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(full.iter()) {
        *to = *from;
    }
    short
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(1)
}

/// The address of a request's client.
pub fn address_of(app: &App, request: &actix_web::HttpRequest) -> IpAddr {
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    app.limits.address(request.peer_addr().map(|peer| peer.ip()), forwarded)
}

/// Counts a request; `None` for those outside the quota (health, metrics).
pub fn count(app: &App, request: &ServiceRequest) -> Option<Allowance> {
    let path = request.path();
    if path.starts_with("/health") || path == "/metrics" {
        return None;
    }
    let limits = &app.limits;
    if limits.requests.len() > SHRINK_AT {
        limits.requests.retain_recent();
        limits.logins.retain_recent();
    }
    let client = match request.headers().get(AUTHORIZATION) {
        Some(token) => key(b"token", token.as_bytes()),
        None => key(b"address", address_of(app, request.request()).to_string().as_bytes()),
    };
    let quota = limits.per_minute.get();
    Some(match limits.requests.check_key(&client) {
        Ok(state) => {
            let left = state.remaining_burst_capacity();
            let used = u64::from(quota.saturating_sub(left));
            // The bucket fills evenly: a full one takes a minute.
            let reset = used.saturating_mul(60).div_ceil(u64::from(quota));
            Allowance { allowed: true, reset_seconds: reset, quota, left }
        }
        Err(wait) => {
            let wait = seconds(wait.wait_time_from(DefaultClock::default().now()));
            Allowance { allowed: false, reset_seconds: wait, quota, left: 0 }
        }
    })
}

impl Allowance {
    /// Writes the two headers.
    pub fn write(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&format!("\"client\";q={};w=60", self.quota)) {
            headers.insert(POLICY, value);
        }
        if let Ok(value) =
            HeaderValue::from_str(&format!("\"client\";r={};t={}", self.left, self.reset_seconds))
        {
            headers.insert(STATE, value);
        }
    }
}
