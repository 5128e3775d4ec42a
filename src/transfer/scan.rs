//! What lies in a folder, and which of its files are to be read.
//!
//! Owns the walk and the plan: files that are as they were when they were read last are left
//! alone, numbered chapter files of one folder are read together.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::parts;
use crate::archive::work::Millis;

/// How deep folders are followed.
const DEPTH: usize = 32;

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is.
    pub(super) file: PathBuf,
    /// Its place in the folder, parts separated by `/`.
    pub(super) path: String,
    /// Its size, bytes.
    pub(super) size: u64,
    /// When it was changed last.
    pub(super) modified: Millis,
}

impl Found {
    /// The name without the folder.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Files that are read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// One file.
    File(Found),
    /// Numbered files that may be the chapters of one work.
    Parts(parts::Sequence),
}

impl Job {
    /// Its files.
    pub(super) fn files(&self) -> Vec<&Found> {
        match self {
            Job::File(found) => vec![found],
            Job::Parts(sequence) => sequence.members.iter().map(|member| &member.found).collect(),
        }
    }
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Every file, ordered by path.
    pub(super) files: Vec<Found>,
    /// Folders that could not be looked into, with the reason.
    pub(super) closed: Vec<(String, String)>,
}

/// Walks a folder. Hidden files and folders, links to folders, and the data folder are left out.
pub(super) fn scan(folder: &Path, data: &Path) -> Scan {
    let mut scan = Scan::default();
    let data = fs::canonicalize(data).ok();
    let mut open = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((at, prefix, depth)) = open.pop() {
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) => {
                let path = if prefix.is_empty() { ".".to_owned() } else { prefix };
                scan.closed.push((path, error.to_string()));
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            let path = format!("{prefix}{name}");
            let file = entry.path();
            if kind.is_dir() {
                let is_data = data.is_some() && fs::canonicalize(&file).ok() == data;
                if depth < DEPTH && !is_data {
                    open.push((file, format!("{path}/"), depth + 1));
                }
                continue;
            }
            let Ok(facts) = fs::metadata(&file) else { continue };
            if facts.is_file() {
                let modified =
                    facts.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                let millis = modified.map_or(0, |age| age.as_millis());
                let modified = Millis(i64::try_from(millis).unwrap_or(i64::MAX));
                scan.files.push(Found { file, path, size: facts.len(), modified });
            }
        }
    }
    scan.files.sort_by(|a, b| a.path.cmp(&b.path));
    scan
}

/// What is known of a file from the time when it was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Its size then, bytes.
    pub(super) size: u64,
    /// When it had been changed.
    pub(super) modified: Millis,
}

/// The jobs that a scan leads to, given what is known of the files by path.
pub(super) fn plan(folder: &Path, files: Vec<Found>, known: &HashMap<String, Known>) -> Vec<Job> {
    let same = |found: &Found| {
        let now = Known { size: found.size, modified: found.modified };
        known.get(&found.path) == Some(&now)
    };
    let mut folders: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for found in files {
        let parent = found.path.rsplit_once('/').map_or("", |(parent, _)| parent);
        folders.entry(parent.to_owned()).or_default().push(found);
    }
    let mut jobs = Vec::new();
    for (parent, files) in folders {
        let name = match parent.rsplit('/').next() {
            Some("") | None => folder.file_name().map(|name| name.to_string_lossy().into_owned()),
            Some(name) => Some(name.to_owned()),
        };
        let (sequences, single) = parts::sequences(files, name.as_deref().unwrap_or_default());
        let changed =
            |sequence: &parts::Sequence| sequence.members.iter().any(|member| !same(&member.found));
        jobs.extend(sequences.into_iter().filter(changed).map(Job::Parts));
        jobs.extend(single.into_iter().filter(|found| !same(found)).map(Job::File));
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_planned() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a.txt", "b.txt", ".hidden.txt", "sub/c.txt", ".fanfold/x.db", "old~"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("inside")).expect("made");
            fs::write(path, name).expect("written");
        }
        let scan = scan(folder.path(), &folder.path().join(".fanfold"));
        let paths: Vec<_> = scan.files.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["a.txt", "b.txt", "sub/c.txt"]);
        let known = |found: &Found| {
            (found.path.clone(), Known { size: found.size, modified: found.modified })
        };
        let mut all: HashMap<_, _> = scan.files.iter().map(known).collect();
        assert!(plan(folder.path(), scan.files.clone(), &all).is_empty());
        all.remove("b.txt");
        let jobs = plan(folder.path(), scan.files, &all);
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs.first().map(|job| job.files().len()), Some(1));
    }
}
