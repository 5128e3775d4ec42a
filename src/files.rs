//! Originals and images: content-addressed, never changed, never removed.
//!
//! Owns the folders `originals/` and `media/` of the data folder. A file is written beside and
//! renamed into place, so that a name either holds all its bytes or does not exist;
//! [`Files::sync`] makes everything written so far survive power loss and is called before the
//! database says that it is there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use fanfold_doc::document::MediaName;

use crate::archive::work::Hash;

/// The folder could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {path}: {source}{hint}", path = .path.display(), hint = hint(.source))]
pub struct FilesError {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// What to do about the usual errors.
fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ". The disk is full: make room and start again; nothing is lost"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ". Fanfold may not write there: choose another folder with --data"
        }
        _ => "",
    }
}

/// The files of an archive.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    serial: AtomicU64,
}

/// The two kinds of files that are kept.
const KINDS: [&str; 2] = ["originals", "media"];

impl Files {
    /// Opens the folders, making them where they are missing.
    ///
    /// # Errors
    /// Where they cannot be made.
    pub fn open(root: &Path) -> Result<Files, FilesError> {
        for kind in KINDS.into_iter().chain(["incoming"]) {
            let path = root.join(kind);
            fs::create_dir_all(&path).map_err(|source| error("cannot make", &path, source))?;
        }
        Ok(Files { root: root.to_owned(), serial: AtomicU64::new(0) })
    }

    /// Keeps an original; true if it was not there yet.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn put(&self, hash: Hash, bytes: &[u8]) -> Result<bool, FilesError> {
        self.write(&self.path("originals", &hash.to_string()), bytes)
    }

    /// Keeps an image; true if it was not there yet.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn put_media(&self, name: &MediaName, bytes: &[u8]) -> Result<bool, FilesError> {
        self.write(&self.path("media", name.as_str()), bytes)
    }

    /// Writes an original anew over a damaged one of the same size.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn replace(&self, hash: Hash, bytes: &[u8]) -> Result<(), FilesError> {
        let path = self.path("originals", &hash.to_string());
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(error("cannot replace", &path, source));
            }
            _ => {}
        }
        self.put(hash, bytes)?;
        self.sync()
    }

    /// An original's bytes; `None` if it is not there.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self, hash: Hash) -> Result<Option<Vec<u8>>, FilesError> {
        read(&self.path("originals", &hash.to_string()))
    }

    /// An image's bytes; `None` if it is not there.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read_media(&self, name: &MediaName) -> Result<Option<Vec<u8>>, FilesError> {
        read(&self.path("media", name.as_str()))
    }

    /// Makes everything written so far survive power loss.
    ///
    /// # Errors
    /// Where the disk says that it does not.
    pub fn sync(&self) -> Result<(), FilesError> {
        #[cfg(target_os = "linux")]
        {
            let failed = |source| error("cannot save", &self.root, source);
            let folder = fs::File::open(&self.root).map_err(failed)?;
            rustix::fs::syncfs(&folder).map_err(|code| failed(code.into()))?;
        }
        Ok(())
    }

    /// Removes what a broken-off import left half-written; how many files that were. Only files
    /// that nobody has touched for an hour go, because another process may be writing.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn clear_incoming(&self) -> Result<usize, FilesError> {
        let folder = self.root.join("incoming");
        let failed = |source| error("cannot read", &folder, source);
        let mut removed = 0;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let age = path.metadata().and_then(|data| data.modified()).map(|at| at.elapsed());
            let old = matches!(age, Ok(Ok(age)) if age.as_secs() > 3_600);
            removed += usize::from(old && fs::remove_file(&path).is_ok());
        }
        Ok(removed)
    }

    /// Two levels of folders, so that none grows beyond what file systems like.
    fn path(&self, kind: &str, name: &str) -> PathBuf {
        let folder = name.get(..2).unwrap_or("__");
        self.root.join(kind).join(folder).join(name)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<bool, FilesError> {
        let failed = |source| error("cannot write", path, source);
        if path.metadata().is_ok_and(|data| data.len() == bytes.len() as u64) {
            return Ok(false);
        }
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{serial}", std::process::id());
        let incoming = self.root.join("incoming").join(name);
        let written =
            write_new(&incoming, bytes).and_then(|()| match fs::rename(&incoming, path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
                    fs::rename(&incoming, path)
                }
                done => done,
            });
        if written.is_err() {
            // What is half there is in nobody's way but takes room that may be missing.
            let _ = fs::remove_file(&incoming);
        }
        written.map(|()| true).map_err(failed)
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    // Linux saves many files at once in `sync`; elsewhere each is saved for itself.
    if cfg!(target_os = "linux") { Ok(()) } else { file.sync_all() }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, FilesError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(error("cannot read", path, source)),
    }
}

fn error(doing: &'static str, path: &Path, source: io::Error) -> FilesError {
    FilesError { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_comes_back_and_is_put_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        let hash = Hash::of(b"Once upon a time");
        assert_eq!(files.read(hash).expect("reads"), None);
        assert!(files.put(hash, b"Once upon a time").expect("written"));
        assert!(!files.put(hash, b"Once upon a time").expect("written"));
        files.sync().expect("saved");
        assert_eq!(files.read(hash).expect("reads").as_deref(), Some(&b"Once upon a time"[..]));
        let left = fs::read_dir(folder.path().join("incoming")).expect("reads").count();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_torn_file_is_written_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opens");
        let hash = Hash::of(b"whole");
        files.put(hash, b"whole").expect("written");
        fs::write(files.path("originals", &hash.to_string()), b"who").expect("torn");
        assert!(files.put(hash, b"whole").expect("written"));
        assert_eq!(files.read(hash).expect("reads").as_deref(), Some(&b"whole"[..]));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "x").expect("written");
        let error = Files::open(&file).expect_err("no folder").to_string();
        assert!(error.contains("file/originals"), "{error}");
    }
}
