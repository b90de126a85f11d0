//! The `Idempotency-Key` header.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use sha2::{Digest, Sha256};

use crate::platform::idempotency::Once;
use crate::web::access;
use crate::web::problem::{self, Problem};

/// Name of the header.
pub const HEADER: &str = "idempotency-key";

/// The key of a creation; 400 when it is missing or not 16–64 visible ASCII characters.
pub struct IdempotencyKey {
    key: String,
    target: String,
    query: String,
    authority: [u8; 32],
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let good = (16..=64).contains(&header.len()) && header.bytes().all(|byte| byte.is_ascii_graphic());
        std::future::ready(if good {
            Ok(Self {
                key: header.to_owned(),
                target: format!("{} {}", request.method(), request.path()),
                query: request.query_string().to_owned(),
                authority: access::authority(request),
            })
        } else {
            Err(Problem::new(problem::INVALID_HEADER)
                .detail("idempotency_key")
                .with("header", "Idempotency-Key"))
        })
    }
}

impl IdempotencyKey {
    /// Binds the key to the request it came with.
    pub fn over(self, body: &[u8; 32]) -> Option<Once> {
        let mut digest = Sha256::new();
        for part in [&self.target, &self.query] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(self.authority);
        digest.update(body);
        let fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Once { key: self.key, target: self.target, fingerprint })
    }

    /// Binds the key to a request without a body.
    pub fn alone(self) -> Option<Once> {
        self.over(&[0; 32])
    }
}
