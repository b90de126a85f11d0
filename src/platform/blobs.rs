//! Contents too large for the database, kept outside of it under the group they belong to and their SHA-256: the same
//! content of a group is kept once, and no group can find out what another one has. What a content is, and who may see
//! it, is not known here.
//!
//! Every function leaves the event loop by itself: files and the network are waited for on threads of their own.

mod disk;
mod draft;
mod s3;

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;

use self::disk::Disk;
pub use self::draft::Draft;
use self::s3::S3;
use crate::config::attachments::Store as Settings;
use crate::kit::ids::GroupId;

/// Contents that arrive at once; what comes beyond is turned away, so that the disk is not filled by many at a time.
const ARRIVING: usize = 64;

/// Where a blob is: a group and the SHA-256 of the content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlobKey {
    group: GroupId,
    digest: String,
}

impl BlobKey {
    /// The place of a content, by its SHA-256 in 64 lower-case hexadecimal digits; `None` when it is none.
    pub fn new(group: GroupId, digest: &str) -> Option<Self> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (digest.len() == 64 && digest.bytes().all(hex)).then(|| Self { group, digest: digest.to_owned() })
    }

    /// The group the content belongs to.
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// SHA-256, 64 lower-case hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Name within a store: the group, two levels of folders, the digest.
    fn name(&self) -> String {
        let (first, rest) = self.digest.split_at(2);
        let (second, _) = rest.split_at(2);
        format!("{}/{first}/{second}/{}", self.group, self.digest)
    }
}

/// Why a content cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The store is busy, away, full or not set up: the caller may come again.
    #[error("the store of contents is not available: {0}")]
    Unavailable(String),
    /// The content is not there.
    #[error("a content is missing in the store")]
    Missing,
    /// The content is not what was stored.
    #[error("a content is not what was stored")]
    Damaged,
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// A store of contents. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<Store>,
    arriving: Arc<Semaphore>,
}

enum Store {
    Nowhere,
    Disk(Disk),
    S3(Box<S3>),
}

impl Blobs {
    /// The store that the settings name.
    ///
    /// # Errors
    /// When the address of the store and its bucket make no URL.
    pub fn open(settings: &Settings) -> anyhow::Result<Self> {
        Ok(match settings {
            Settings::Disk(path) => Self::on_disk(path.clone()),
            Settings::S3(settings) => Self::over(Store::S3(Box::new(S3::open(settings)?))),
        })
    }

    /// A store in a directory, which is made when it is first needed.
    pub fn on_disk(path: PathBuf) -> Self {
        Self::over(Store::Disk(Disk::new(path)))
    }

    /// No store at all: nothing can be kept.
    pub fn nowhere() -> Self {
        Self::over(Store::Nowhere)
    }

    fn over(store: Store) -> Self {
        Self { store: Arc::new(store), arriving: Arc::new(Semaphore::new(ARRIVING)) }
    }

    /// Begins to take a content in. What is not put into the store is gone with the draft.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`] when too many arrive at once, or no file can be made.
    pub async fn begin(&self) -> Result<Draft, BlobError> {
        let slot = Arc::clone(&self.arriving).try_acquire_owned();
        let slot = slot.map_err(|_| BlobError::Unavailable("too many contents arrive at once".into()))?;
        self.run(move |store| {
            Ok(match store {
                Store::Nowhere => return Err(nowhere()),
                Store::Disk(disk) => Draft::new(disk.file()?, slot),
                Store::S3(_) => Draft::new(tempfile::NamedTempFile::new()?, slot),
            })
        })
        .await
    }

    /// Puts a content into the store, on stable storage when this returns. One that is there already is replaced by
    /// itself.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`]; [`BlobError::Damaged`] when the key is not the content's.
    pub async fn put(&self, key: &BlobKey, draft: Draft) -> Result<(), BlobError> {
        let key = key.clone();
        self.run(move |store| {
            let (file, digest) = draft.finish();
            if digest != key.digest {
                return Err(BlobError::Damaged);
            }
            match store {
                Store::Nowhere => Err(nowhere()),
                Store::Disk(disk) => Ok(disk.put(&key.name(), file)?),
                Store::S3(s3) => s3.put(&key, &file),
            }
        })
        .await
    }

    /// A content to be read from its beginning, its digest checked before.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`], [`BlobError::Missing`], [`BlobError::Damaged`].
    pub async fn read(&self, key: &BlobKey, size: u64) -> Result<File, BlobError> {
        let key = key.clone();
        self.run(move |store| {
            let mut file = match store {
                Store::Nowhere => return Err(nowhere()),
                Store::Disk(disk) => disk.read(&key.name())?,
                Store::S3(s3) => s3.read(&key.name(), size)?,
            };
            let (found, digest) = draft::measure(&mut file)?;
            if found == size && digest == key.digest { Ok(file) } else { Err(BlobError::Damaged) }
        })
        .await
    }

    /// Takes a content out of the store. One that is not there is gone already.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn remove(&self, key: &BlobKey) -> Result<(), BlobError> {
        let name = key.name();
        self.run(move |store| match store {
            Store::Nowhere => Err(nowhere()),
            Store::Disk(disk) => Ok(disk.remove(&name)?),
            Store::S3(s3) => s3.remove(&name),
        })
        .await
    }

    /// Clears away what a crash left of contents that were arriving, a day later.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn clear_drafts(&self) -> Result<(), BlobError> {
        self.run(|store| match store {
            Store::Disk(disk) => Ok(disk.clear_drafts()?),
            Store::Nowhere | Store::S3(_) => Ok(()),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let store = Arc::clone(&self.store);
        away(move || work(&store)).await
    }
}

fn nowhere() -> BlobError {
    BlobError::Unavailable("no store is set up".into())
}

/// Does work that waits on a thread of its own.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| BlobError::Unavailable("work on a content was broken off".into()))?
}
