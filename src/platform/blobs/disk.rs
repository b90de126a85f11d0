//! Contents as files of a directory, readable by the server's own account only.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::BlobError;

/// Folder of what arrives: in the same file system, so that it is moved and not copied.
const INCOMING: &str = "incoming";
/// How long a draft may lie there; nothing arrives for as long.
const DRAFTS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct Disk {
    root: PathBuf,
}

impl Disk {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn file(&self) -> io::Result<NamedTempFile> {
        let folder = self.root.join(INCOMING);
        self.make(&folder)?;
        NamedTempFile::new_in(folder)
    }

    /// Content first, then its name, then the folder that has the name: a crash leaves all of it or nothing.
    pub(super) fn put(&self, name: &str, file: NamedTempFile) -> io::Result<()> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        self.make(folder)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        sync(folder)
    }

    pub(super) fn read(&self, name: &str) -> Result<File, BlobError> {
        File::open(self.root.join(name)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => BlobError::Missing,
            _ => error.into(),
        })
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.root.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => sync(path.parent().unwrap_or(&self.root)),
        }
    }

    pub(super) fn clear_drafts(&self) -> io::Result<()> {
        let folder = match fs::read_dir(self.root.join(INCOMING)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            folder => folder?,
        };
        for entry in folder {
            let entry = entry?;
            // One that ended meanwhile is gone, which is as good; so is one from the future.
            let age = entry.metadata().and_then(|file| file.modified()).map(|at| at.elapsed());
            if age.is_ok_and(|age| age.is_ok_and(|age| age > DRAFTS_KEPT)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn make(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // The names of new folders are on the disk when the folders above them are.
        for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(&self.root)) {
            sync(above)?;
        }
        Ok(())
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
