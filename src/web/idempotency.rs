//! The `Idempotency-Key` header.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use sha2::{Digest, Sha256};

use crate::platform::idempotency::Once;
use crate::web::problem::{self, Problem};

/// Name of the header.
pub const HEADER: &str = "idempotency-key";

/// The key of a creation; 400 when it is missing or not 16–64 visible ASCII characters.
pub struct IdempotencyKey {
    key: String,
    target: String,
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let good = (16..=64).contains(&header.len()) && header.bytes().all(|byte| byte.is_ascii_graphic());
        std::future::ready(if good {
            let target = format!("{} {}", request.method(), request.uri());
            Ok(Self { key: header.to_owned(), target })
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
        digest.update(self.target.as_bytes());
        digest.update([0]);
        digest.update(body);
        let fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Once { key: self.key, fingerprint })
    }

    /// Binds the key to a request without a body.
    pub fn alone(self) -> Option<Once> {
        self.over(&[0; 32])
    }
}
