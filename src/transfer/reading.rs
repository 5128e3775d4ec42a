//! Reads a job's files: bytes to a checked work, or to the reason why not.
//!
//! Runs on many threads at once and touches no database. Originals and images are put among the
//! archive's files here, before the database hears of them.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use fanfold_doc::document::MediaName;
use fanfold_doc::imported::Imported;
use fanfold_doc::limits::{Limit, Limits, ReadError};
use fanfold_doc::read::{Input, read};

use super::parts;
use super::scan::{Found, Job};
use crate::archive::draft::WorkDraft;
use crate::archive::work::{Hash, NewWork};
use crate::files::{Files, FilesError};

/// The version of all readers together. It grows when a reader reads something better than before:
/// then every file is read again.
pub(super) const VERSION: i64 = 1;

/// Files in a story folder that are no stories, by their endings: they are left alone.
const OTHERS: [&str; 35] = [
    "jpg", "jpeg", "png", "gif", "webp", "bmp", "svg", "tif", "tiff", "heic", "ico", "mp3", "m4a",
    "m4b", "ogg", "flac", "wav", "mp4", "mkv", "avi", "mov", "css", "js", "json", "ini", "db",
    "log", "exe", "dll", "lnk", "url", "ttf", "otf", "torrent", "toml",
];

/// A file that was read.
#[derive(Debug)]
pub(super) struct Seen {
    /// The file.
    pub(super) found: Found,
    /// The hash of its bytes, if they could be read.
    pub(super) hash: Option<Hash>,
    /// Whether the original was kept.
    pub(super) kept: bool,
    /// The format, if one was found.
    pub(super) format: String,
}

/// What reading some files together led to.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The files.
    pub(super) files: Vec<Seen>,
    /// What they hold.
    pub(super) outcome: Outcome,
}

/// What files hold.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A work, with the sizes of the images that were kept for it.
    Work(Box<NewWork>, Vec<(MediaName, usize)>),
    /// Nothing that can be read, for this reason.
    Problem(String),
    /// Nothing that is meant to be read.
    Other,
}

/// Reads a job.
///
/// # Errors
/// Only where originals cannot be kept: then the import must stop, because nothing may be lost.
pub(super) fn prepare(
    job: Job,
    files: &Files,
    limits: &Limits,
) -> Result<Vec<Prepared>, FilesError> {
    match job {
        Job::File(found) => {
            let (seen, read) = one(found, files, limits)?;
            Ok(vec![prepared(vec![seen], read, files)?])
        }
        Job::Parts(sequence) => {
            let mut read = Vec::with_capacity(sequence.members.len());
            for member in &sequence.members {
                read.push(one(member.found.clone(), files, limits)?);
            }
            together(&sequence, read, files)
        }
    }
}

/// What reading one file led to.
enum Reading {
    Work(Box<Imported>),
    Problem(String),
    Other,
}

fn together(
    sequence: &parts::Sequence,
    read: Vec<(Seen, Reading)>,
    files: &Files,
) -> Result<Vec<Prepared>, FilesError> {
    let whole = read.iter().all(|(_, reading)| matches!(reading, Reading::Work(_)));
    if !whole {
        return read.into_iter().map(|(seen, read)| prepared(vec![seen], read, files)).collect();
    }
    let mut seen = Vec::with_capacity(read.len());
    let mut works = Vec::with_capacity(read.len());
    for (file, reading) in read {
        if let Reading::Work(work) = reading {
            seen.push(file);
            works.push(*work);
        }
    }
    match parts::merge(sequence, works) {
        Ok(work) => Ok(vec![prepared(seen, Reading::Work(Box::new(work)), files)?]),
        Err(works) => {
            let each = seen.into_iter().zip(works);
            each.map(|(file, work)| prepared(vec![file], Reading::Work(Box::new(work)), files))
                .collect()
        }
    }
}

fn prepared(seen: Vec<Seen>, reading: Reading, files: &Files) -> Result<Prepared, FilesError> {
    let outcome = match reading {
        Reading::Problem(reason) => Outcome::Problem(reason),
        Reading::Other => Outcome::Other,
        Reading::Work(imported) => {
            let mut media = Vec::with_capacity(imported.media.len());
            for image in &imported.media {
                files.put_media(&image.name, &image.bytes)?;
                media.push((image.name.clone(), image.bytes.len()));
            }
            match WorkDraft::of_import(*imported).check() {
                Ok(work) => Outcome::Work(Box::new(work), media),
                Err(errors) => Outcome::Problem(errors.to_string()),
            }
        }
    };
    Ok(Prepared { files: seen, outcome })
}

fn one(found: Found, files: &Files, limits: &Limits) -> Result<(Seen, Reading), FilesError> {
    let extension = found.name().rsplit_once('.').map_or("", |(_, extension)| extension);
    let other = OTHERS.iter().any(|other| other.eq_ignore_ascii_case(extension));
    let mut seen = Seen { found, hash: None, kept: false, format: String::new() };
    if other {
        return Ok((seen, Reading::Other));
    }
    if seen.found.size > limits.file_bytes as u64 {
        let error = ReadError::TooLarge(Limit::FileBytes(limits.file_bytes));
        return Ok((seen, Reading::Problem(error.to_string())));
    }
    let bytes = match bytes(&seen.found, limits.file_bytes) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Ok((seen, Reading::Problem(format!("the file cannot be opened: {error}"))));
        }
    };
    let hash = Hash::of(&bytes);
    seen.hash = Some(hash);
    let result = imported(&bytes, seen.found.name(), limits);
    // What Fanfold cannot read yet stays where it is; what it can, or should have been able to,
    // is kept.
    seen.kept = !matches!(result, Err(ReadError::NotThisFormat(_)));
    if seen.kept {
        files.put(hash, &bytes)?;
    }
    let reading = match result {
        Ok(imported) => {
            seen.format.clone_from(&imported.meta.source.format);
            Reading::Work(Box::new(imported))
        }
        Err(error) => Reading::Problem(error.to_string()),
    };
    Ok((seen, reading))
}

/// Reads bytes as a story. A fault in a reader is a problem of this file alone.
///
/// # Errors
/// As [`ReadError`] says.
pub fn imported(bytes: &[u8], name: &str, limits: &Limits) -> Result<Imported, ReadError> {
    let input = Input { bytes, name };
    catch_unwind(AssertUnwindSafe(|| read(&input, limits))).unwrap_or_else(|_| {
        let told = "reading it met a fault of Fanfold's own; please report the file";
        Err(ReadError::Broken(told.to_owned()))
    })
}

fn bytes(found: &Found, most: usize) -> io::Result<Vec<u8>> {
    let size = usize::try_from(found.size).unwrap_or(most).min(most);
    let mut bytes = Vec::with_capacity(size + 1);
    File::open(&found.file)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
