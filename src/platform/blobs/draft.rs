//! A content while it arrives: a file without a name of its own in the store, hashed as it grows.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::sync::OwnedSemaphorePermit;

use super::{BlobError, away};

/// Bytes read at once.
const PIECE: usize = 64 * 1024;

/// A content that arrives. Dropped, it leaves nothing behind.
pub struct Draft {
    file: NamedTempFile,
    digest: Sha256,
    size: u64,
    _slot: OwnedSemaphorePermit,
}

impl Draft {
    pub(super) fn new(file: NamedTempFile, slot: OwnedSemaphorePermit) -> Self {
        Self { file, digest: Sha256::new(), size: 0, _slot: slot }
    }

    /// Bytes that have arrived.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of what has arrived.
    pub fn digest(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    /// SHA-256 of what has arrived, in lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.digest())
    }

    /// Adds what came.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`] when it cannot be written.
    pub async fn add(mut self, bytes: Vec<u8>) -> Result<Self, BlobError> {
        away(move || {
            self.file.write_all(&bytes)?;
            self.digest.update(&bytes);
            self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            Ok(self)
        })
        .await
    }

    /// Looks into what has arrived.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`] when it cannot be read.
    pub async fn inspect<T: Send + 'static>(
        mut self,
        look: impl FnOnce(&mut File) -> io::Result<T> + Send + 'static,
    ) -> Result<(Self, T), BlobError> {
        away(move || {
            let file = self.file.as_file_mut();
            file.rewind()?;
            let seen = look(file)?;
            file.seek(io::SeekFrom::End(0))?;
            Ok((self, seen))
        })
        .await
    }

    pub(super) fn finish(self) -> (NamedTempFile, String) {
        let digest = self.hex();
        (self.file, digest)
    }
}

/// Size and digest of a file, which is then at its beginning.
pub(super) fn measure(file: &mut File) -> io::Result<(u64, String)> {
    file.rewind()?;
    let (mut digest, mut size, mut piece) = (Sha256::new(), 0_u64, vec![0; PIECE]);
    loop {
        let got = file.read(&mut piece)?;
        if got == 0 {
            break;
        }
        digest.update(piece.get(..got).unwrap_or_default());
        size = size.saturating_add(u64::try_from(got).unwrap_or(u64::MAX));
    }
    file.rewind()?;
    Ok((size, hex(&digest.finalize().into())))
}

fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
