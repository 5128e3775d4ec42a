//! How far an import is: counted by the import, shown by the terminal and the pages.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Counters that everybody may look at while the import runs.
#[derive(Debug, Default)]
pub struct Progress {
    running: AtomicBool,
    files_total: AtomicU64,
    files_done: AtomicU64,
    bytes_total: AtomicU64,
    bytes_done: AtomicU64,
    problems: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Whether an import is at work.
    pub running: bool,
    /// Files that are to be read.
    pub files_total: u64,
    /// Files that were read and stored, or refused.
    pub files_done: u64,
    /// Size of all of them, bytes.
    pub bytes_total: u64,
    /// Size of those done, bytes.
    pub bytes_done: u64,
    /// Files that could not be read.
    pub problems: u64,
}

impl Progress {
    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            running: self.running.load(Relaxed),
            files_total: self.files_total.load(Relaxed),
            files_done: self.files_done.load(Relaxed),
            bytes_total: self.bytes_total.load(Relaxed),
            bytes_done: self.bytes_done.load(Relaxed),
            problems: self.problems.load(Relaxed),
        }
    }

    pub(super) fn begin(&self, files: u64, bytes: u64) {
        self.files_done.store(0, Relaxed);
        self.bytes_done.store(0, Relaxed);
        self.problems.store(0, Relaxed);
        self.files_total.store(files, Relaxed);
        self.bytes_total.store(bytes, Relaxed);
        self.running.store(true, Relaxed);
    }

    pub(super) fn done(&self, bytes: u64, problem: bool) {
        self.files_done.fetch_add(1, Relaxed);
        self.bytes_done.fetch_add(bytes, Relaxed);
        self.problems.fetch_add(u64::from(problem), Relaxed);
    }

    pub(super) fn end(&self) {
        self.running.store(false, Relaxed);
    }
}
