//! Keyed seals: what the server hands out and must recognise later (cursors, refresh tokens).

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretBox};

/// Bytes of a seal: HMAC-SHA-256 cut to 128 bits, which leaves a forger one chance in 2^128.
const SEAL_BYTES: usize = 16;

/// Seals texts under one purpose of the installation's master secret.
pub struct Sealer(hmac::Key);

impl Sealer {
    /// Derives the key of `purpose` from the master secret, so that a seal of one purpose says nothing of another.
    pub fn new(master: &SecretBox<Vec<u8>>, purpose: &str) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, master.expose_secret());
        let derived = hmac::sign(&root, purpose.as_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// `payload` and its seal as one URL-safe text.
    pub fn seal(&self, payload: &[u8]) -> String {
        let mut bytes = self.tag(payload);
        bytes.extend_from_slice(payload);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The payload of a text made by [`Sealer::seal`]; `None` when it was made elsewhere or changed.
    pub fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (tag, payload) = bytes.split_at_checked(SEAL_BYTES)?;
        let same: bool = subtle::ConstantTimeEq::ct_eq(tag, self.tag(payload).as_slice()).into();
        same.then(|| payload.to_vec())
    }

    fn tag(&self, payload: &[u8]) -> Vec<u8> {
        let full = hmac::sign(&self.0, payload);
        full.as_ref().iter().copied().take(SEAL_BYTES).collect()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::Sealer;

    #[test]
    fn a_flipped_byte_or_another_purpose_does_not_open() {
        let master = SecretBox::new(Box::new(vec![7; 32]));
        let (cursors, tokens) = (Sealer::new(&master, "cursor"), Sealer::new(&master, "refresh"));
        let sealed = cursors.seal("页 2".as_bytes());
        assert_eq!(cursors.open(&sealed).as_deref(), Some("页 2".as_bytes()));
        assert_eq!(tokens.open(&sealed), None);
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character carries unused bits, which the decoder refuses or ignores.
            assert!(cursors.open(&changed).is_none() || at + 1 == sealed.len(), "byte {at}");
        }
    }
}
