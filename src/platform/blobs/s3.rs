//! Contents as objects of an S3-compatible store, asked for by path. Each request is signed for a few minutes in its
//! URL (AWS Signature Version 4); what is uploaded names its SHA-256, which the store holds it to.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use secrecy::ExposeSecret;
use tempfile::NamedTempFile;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::{BlobError, BlobKey};
use crate::config::attachments;

/// How long a signed request is good: as long as it may take, and something for clocks that differ.
const SIGNED_FOR: Duration = Duration::from_secs(15 * 60);
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(30);
const TRANSFER: Duration = Duration::from_secs(5 * 60);
/// By this header the store knows what the content must be.
const CHECKSUM: &str = "x-amz-checksum-sha256";

pub(super) struct S3 {
    bucket: Bucket,
    credentials: Credentials,
    agent: Agent,
}

impl S3 {
    pub(super) fn open(settings: &attachments::S3) -> anyhow::Result<Self> {
        let attachments::S3 { endpoint, bucket, region, key_id, secret } = settings;
        let bucket = Bucket::new(endpoint.clone(), UrlStyle::Path, bucket.clone(), region.clone())
            .context("HOSPES_S3_ENDPOINT and HOSPES_S3_BUCKET make no address")?;
        let credentials = Credentials::new(key_id.as_str(), secret.expose_secret());
        // The system's certificates: the store may be the hotel's own, signed by an authority of its own.
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_send_body(Some(TRANSFER))
            .timeout_recv_body(Some(TRANSFER))
            .build()
            .new_agent();
        Ok(Self { bucket, credentials, agent })
    }

    pub(super) fn put(&self, key: &BlobKey, file: &NamedTempFile) -> Result<(), BlobError> {
        let mut content = file.as_file();
        content.rewind()?;
        let (name, sum) = (key.name(), checksum(key.digest()));
        let mut action = self.bucket.put_object(Some(&self.credentials), &name);
        action.headers_mut().insert(CHECKSUM, sum.as_str());
        let request = self.agent.put(action.sign(SIGNED_FOR).as_str()).header(CHECKSUM, &sum);
        let answer = request.send(content).map_err(|error| failed(&error))?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            status => Err(refused(status)),
        }
    }

    pub(super) fn read(&self, name: &str, size: u64) -> Result<File, BlobError> {
        let url = self.bucket.get_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        let answer = self.agent.get(url.as_str()).call().map_err(|error| failed(&error))?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Err(BlobError::Missing),
            status => return Err(refused(status)),
        }
        let mut file = tempfile::tempfile()?;
        // One byte more is enough to know that it is another content.
        let mut content = answer.into_body().into_reader().take(size.saturating_add(1));
        io::copy(&mut content, &mut file)?;
        Ok(file)
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), BlobError> {
        let url = self.bucket.delete_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        let answer = self.agent.delete(url.as_str()).call().map_err(|error| failed(&error))?;
        match answer.status().as_u16() {
            200..=299 | 404 => Ok(()),
            status => Err(refused(status)),
        }
    }
}

/// The digest as the store wants it, Base64.
fn checksum(hex: &str) -> String {
    let value = |digit: u8| match digit {
        b'a'..=b'f' => digit.saturating_sub(b'a').saturating_add(10),
        digit => digit.saturating_sub(b'0'),
    };
    let bytes =
        hex.as_bytes().chunks(2).map(|pair| pair.iter().fold(0_u8, |sum, digit| (sum << 4) | value(*digit)));
    STANDARD.encode(bytes.collect::<Vec<u8>>())
}

/// The words of these errors name neither the URL nor the signature.
fn failed(error: &ureq::Error) -> BlobError {
    BlobError::Unavailable(error.to_string())
}

fn refused(status: u16) -> BlobError {
    BlobError::Unavailable(format!("the S3 store answers {status}"))
}

#[cfg(test)]
mod tests {
    use super::checksum;
    use crate::config::{Attachments, Variables};
    use crate::kit::ids::GroupId;
    use crate::platform::blobs::{BlobError, BlobKey, Blobs};

    #[test]
    fn the_checksum_is_the_digest_in_base64() {
        // SHA-256 of nothing.
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(checksum(hex), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    /// What speaks no TLS is refused; that TLS is tried at all needs the parts of it to fit together.
    #[actix_web::test]
    async fn a_store_that_speaks_no_tls_is_unavailable() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("https://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            use std::io::Write;
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok();
        });
        let variables = Variables::of([
            ("HOSPES_S3_ENDPOINT", endpoint.as_str()),
            ("HOSPES_S3_BUCKET", "guests"),
            ("HOSPES_S3_KEY_ID", "AKID"),
            ("HOSPES_S3_SECRET", "hunter2"),
        ]);
        let blobs = Blobs::open(&Attachments::read(&variables).unwrap().store).unwrap();
        let key = BlobKey::new(GroupId(uuid::Uuid::nil()), &"0".repeat(64)).unwrap();
        let told = blobs.remove(&key).await.unwrap_err();
        assert!(matches!(&told, BlobError::Unavailable(why) if !why.contains("hunter2")), "{told}");
    }
}
