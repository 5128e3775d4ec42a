//! Files that a writer hands in: each becomes a draft of the writer's own, seen by nobody else.
//!
//! The file as it came is kept first; then one transaction writes the draft, what was understood
//! and why, and where it came from. A zip of files is taken apart.

use fanfold_doc::limits::{Limit, Limits, ReadError};
use fanfold_doc::read::packed_files;

use super::reading::imported;
use crate::app::App;
use crate::archive::draft::WorkDraft;
use crate::archive::person::AccountId;
use crate::archive::work::{Hash, WorkId};
use crate::files::FilesError;
use crate::store::{self, Original};

/// What became of a file.
#[derive(Debug)]
pub struct Taken {
    /// The file's name.
    pub name: String,
    /// The draft that it became, with its title, or why it became none, in words.
    pub outcome: Result<(WorkId, String), String>,
}

/// Why nothing at all could be taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Originals or images could not be kept.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Takes a file, or all files of a zip; one draft for each that can be read.
///
/// # Errors
/// Where nothing can be kept on this machine; never for what a file holds.
pub fn take(
    app: &App,
    owner: AccountId,
    name: &str,
    bytes: &[u8],
) -> Result<Vec<Taken>, UploadError> {
    let limits = Limits::default();
    match packed_files(bytes, &limits) {
        Ok(None) => Ok(vec![one(app, owner, name, bytes, &limits)?]),
        Ok(Some(files)) if files.is_empty() => {
            Ok(vec![refused(name, "there is no file in this zip".to_owned())])
        }
        Ok(Some(files)) => {
            files.iter().map(|(name, bytes)| one(app, owner, name, bytes, &limits)).collect()
        }
        Err(error) => Ok(vec![refused(name, error.to_string())]),
    }
}

fn refused(name: &str, why: String) -> Taken {
    Taken { name: name.to_owned(), outcome: Err(why) }
}

fn one(
    app: &App,
    owner: AccountId,
    name: &str,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Taken, UploadError> {
    if bytes.len() > limits.file_bytes {
        let error = ReadError::TooLarge(Limit::FileBytes(limits.file_bytes));
        return Ok(refused(name, error.to_string()));
    }
    let imported = match imported(bytes, name, limits) {
        Ok(imported) => imported,
        Err(error) => return Ok(refused(name, error.to_string())),
    };
    let hash = Hash::of(bytes);
    app.files.put(hash, bytes)?;
    let mut media = Vec::with_capacity(imported.media.len());
    for image in &imported.media {
        app.files.put_media(&image.name, &image.bytes)?;
        media.push((image.name.clone(), image.bytes.len() as u64));
    }
    // On the disk before the database names them.
    app.files.sync()?;
    let format = imported.meta.source.format.clone();
    let mut new = match WorkDraft::of_import(imported).check() {
        Ok(new) => new,
        Err(errors) => return Ok(refused(name, errors.to_string())),
    };
    let now = app.now();
    let original = Original { hash, size_bytes: bytes.len() as u64, format, kept: true };
    let work = app.store.write(|tx| -> Result<WorkId, store::Error> {
        for (name, size) in &media {
            tx.put_media(name, *size, now)?;
        }
        tx.leave_source(None, &mut new.facts)?;
        let work = tx.begin_work(&new, owner, now, &format!("read from {name}"))?;
        let original = tx.put_original(&original, now)?;
        tx.link_original(work, original, name, now)?;
        Ok(work)
    })?;
    Ok(Taken { name: name.to_owned(), outcome: Ok((work, new.facts.title)) })
}
