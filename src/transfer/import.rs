//! A folder becomes works: scanned, read on all cores, written in batches.
//!
//! What is written is whole: a batch's originals are saved before the one transaction that tells of
//! them, and an import that is broken off anywhere goes on where it stopped, because only files
//! whose reading was written count as read. The same folder twice changes nothing.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use fanfold_doc::limits::Limits;

use super::progress::Progress;
use super::reading::{self, Outcome, Prepared, prepare};
use super::scan::{Job, Known, Scan, plan, scan};
use super::settle::settle;
use crate::app::App;
use crate::archive::work::Millis;
use crate::files::FilesError;
use crate::store;

/// A batch is written when it has so many works …
const BATCH_WORKS: usize = 1_024;
/// … or so many bytes of files …
const BATCH_BYTES: u64 = 24 << 20;
/// … or when its first work has waited so long.
const BATCH_WAIT: Duration = Duration::from_millis(400);
/// Files that are being read or wait to be written may have so many bytes together, so that a
/// folder
/// of huge files takes no more memory than one of small ones.
const UNDER_WAY_BYTES: u64 = 72 << 20;
/// Stack of a reading thread, bytes: texts may nest deeply.
const STACK_BYTES: usize = 32 << 20;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were read or refused; those that had not changed are not among them.
    pub files: u64,
    /// Works that are new.
    pub new: u64,
    /// Works that got a new revision.
    pub revised: u64,
    /// Works that got another original and no other change.
    pub same: u64,
    /// Files that could not be read.
    pub problems: u64,
    /// Files that were left alone.
    pub others: u64,
    /// Files that were there last time and are gone; their works stay.
    pub gone: u64,
}

/// Why an import stopped. What was written before stays and is whole.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder is not there or may not be read.
    #[error("the folder {0} cannot be read: {1}")]
    Folder(String, String),
    /// An original could not be kept.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The database could not be written.
    #[error("the import stopped: {0}. What was imported before is safe; start again to go on")]
    Store(#[from] store::Error),
    /// The machine gave no thread.
    #[error("no thread could be started: {0}")]
    Thread(String),
}

/// Imports what is new or changed in a folder.
///
/// # Errors
/// Where the folder cannot be read or the archive cannot be written; never for a story's content.
pub fn import(app: &App, folder: &Path) -> Result<Report, ImportError> {
    let failed = |why: String| ImportError::Folder(folder.display().to_string(), why);
    std::fs::read_dir(folder).map_err(|error| failed(error.to_string()))?;
    let key = folder_key(app, folder);
    let Scan { files, closed } = scan(folder, &app.config.data);
    let rows = app.store.read(|tx| tx.sources(&key))?;
    let paths: std::collections::HashSet<&str> =
        files.iter().map(|found| found.path.as_str()).collect();
    let gone: Vec<String> = rows
        .iter()
        .filter(|row| row.state != store::SourceState::Gone)
        .filter(|row| !paths.contains(row.path.as_str()))
        .filter(|row| closed.iter().all(|(at, _)| at != "." && !row.path.starts_with(at.as_str())))
        .map(|row| row.path.clone())
        .collect();
    let current = |row: &&store::SourceFile| {
        row.reader == reading::VERSION && row.state != store::SourceState::Gone
    };
    let facts = |row: &store::SourceFile| {
        (row.path.clone(), Known { size: row.size_bytes, modified: row.modified_at })
    };
    let known: HashMap<String, Known> = rows.iter().filter(current).map(facts).collect();
    let mut report = Report { gone: gone.len() as u64, ..Report::default() };
    if !gone.is_empty() {
        app.store.write(|tx| tx.mark_gone(&key, &gone, app.now()))?;
    }
    for (path, why) in closed {
        tracing::warn!("the folder {path} cannot be looked into: {why}");
    }
    let jobs = plan(folder, files, &known);
    if !jobs.is_empty() {
        run(app, &key, jobs, &mut report)?;
    }
    Ok(report)
}

/// How the database calls a folder: by nothing where the data lives inside it, so that both can be
/// moved together; else by its full path.
fn folder_key(app: &App, folder: &Path) -> String {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = whole(folder);
    if whole(&app.config.data).parent() == Some(&folder) {
        return String::new();
    }
    folder.to_string_lossy().into_owned()
}

fn run(app: &App, key: &str, jobs: Vec<Job>, report: &mut Report) -> Result<(), ImportError> {
    let files = jobs.iter().flat_map(Job::files);
    let bytes = files.clone().map(|found| found.size).sum();
    app.progress.begin(files.count() as u64, bytes);
    let limits = Limits { file_bytes: app.config.file_bytes_max, ..Limits::default() };
    let jobs = Mutex::new(jobs.into_iter());
    let under_way = UnderWay::default();
    let (send, receive) = channel();
    let result = std::thread::scope(|scope| {
        for number in 0..app.config.readers {
            let (send, jobs, limits, under_way) = (send.clone(), &jobs, &limits, &under_way);
            std::thread::Builder::new()
                .name(format!("reader-{number}"))
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || reader(app, jobs, limits, under_way, &send))
                .map_err(|error| ImportError::Thread(error.to_string()))?;
        }
        drop(send);
        let written = write_all(app, key, receive, &under_way, report);
        // If that failed, readers that wait for room find the channel closed.
        under_way.close();
        written
    });
    app.progress.end();
    result
}

type Read = Result<Prepared, FilesError>;

fn reader(
    app: &App,
    jobs: &Mutex<std::vec::IntoIter<Job>>,
    limits: &Limits,
    under_way: &UnderWay,
    send: &Sender<Read>,
) {
    loop {
        let job = match jobs.lock() {
            Ok(mut jobs) => jobs.next(),
            Err(_) => None,
        };
        let Some(job) = job else { return };
        under_way.enter(job.files().iter().map(|found| found.size).sum());
        match prepare(job, &app.files, limits) {
            Ok(prepared) => {
                for one in prepared {
                    if send.send(Ok(one)).is_err() {
                        return;
                    }
                }
            }
            Err(error) => {
                let _ = send.send(Err(error));
                return;
            }
        }
    }
}

fn write_all(
    app: &App,
    key: &str,
    receive: Receiver<Read>,
    under_way: &UnderWay,
    report: &mut Report,
) -> Result<(), ImportError> {
    let mut batch = Batch::default();
    loop {
        let wait =
            batch.since.map_or(BATCH_WAIT, |since| BATCH_WAIT.saturating_sub(since.elapsed()));
        match receive.recv_timeout(wait) {
            Ok(read) => batch.push(read?),
            Err(RecvTimeoutError::Timeout) if batch.works.is_empty() => continue,
            Err(RecvTimeoutError::Timeout) => batch.write(app, key, under_way, report)?,
            Err(RecvTimeoutError::Disconnected) => {
                return batch.write(app, key, under_way, report);
            }
        }
        if batch.works.len() >= BATCH_WORKS || batch.bytes >= BATCH_BYTES {
            batch.write(app, key, under_way, report)?;
        }
    }
}

/// How much is being read or waits to be written.
#[derive(Default)]
struct UnderWay {
    bytes: Mutex<u64>,
    room: Condvar,
}

impl UnderWay {
    /// Waits for room; a file larger than all room goes alone.
    fn enter(&self, bytes: u64) {
        let Ok(under_way) = self.bytes.lock() else { return };
        let full = |under_way: &mut u64| *under_way > 0 && *under_way + bytes > UNDER_WAY_BYTES;
        if let Ok(mut under_way) = self.room.wait_while(under_way, full) {
            *under_way += bytes;
        }
    }

    fn leave(&self, bytes: u64) {
        if let Ok(mut under_way) = self.bytes.lock() {
            *under_way = under_way.saturating_sub(bytes);
        }
        self.room.notify_all();
    }

    /// Nothing will leave any more: nobody waits.
    fn close(&self) {
        self.leave(u64::MAX);
    }
}

#[derive(Default)]
struct Batch {
    works: Vec<Prepared>,
    bytes: u64,
    since: Option<Instant>,
}

impl Batch {
    fn push(&mut self, prepared: Prepared) {
        self.since.get_or_insert_with(Instant::now);
        self.bytes += prepared.files.iter().map(|seen| seen.found.size).sum::<u64>();
        self.works.push(prepared);
    }

    fn write(
        &mut self,
        app: &App,
        key: &str,
        under_way: &UnderWay,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let batch = std::mem::take(self);
        if batch.works.is_empty() {
            return Ok(());
        }
        app.files.sync()?;
        let now: Millis = app.now();
        let written = app.store.write(|tx| {
            let mut report = Report::default();
            for prepared in &batch.works {
                settle(tx, key, prepared, now, &mut report)?;
            }
            Ok::<_, store::Error>(report)
        })?;
        report.add(&written);
        under_way.leave(batch.bytes);
        tell(&app.progress, &batch.works);
        Ok(())
    }
}

fn tell(progress: &Progress, works: &[Prepared]) {
    for prepared in works {
        let problem = matches!(prepared.outcome, Outcome::Problem(_));
        for seen in &prepared.files {
            progress.done(seen.found.size, problem);
        }
    }
}

impl Report {
    fn add(&mut self, other: &Report) {
        self.files += other.files;
        self.new += other.new;
        self.revised += other.revised;
        self.same += other.same;
        self.problems += other.problems;
        self.others += other.others;
        self.gone += other.gone;
    }
}
