//! Follows a folder: what is added or changed is read within two seconds.
//!
//! The system tells that something happened; what happened is found by the same scan as at the
//! start, so that nothing depends on each event arriving. Where the system cannot tell, the folder
//! is scanned every two seconds.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher};

use super::import::{ImportError, Report, import};
use crate::app::App;

/// A file that is being written is left alone until it has been quiet for so long …
const QUIET: Duration = Duration::from_millis(250);
/// … but not longer than this.
const AT_MOST: Duration = Duration::from_millis(1_000);
/// How often the folder is scanned where the system cannot watch it.
const SCAN_EVERY: Duration = Duration::from_secs(2);
/// How often the end of the program is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// Imports a folder again whenever something in it changes, until the program ends. Each import
/// that found something is given to `tell`.
///
/// # Errors
/// None that ends it: a failed import is told and tried again at the next change.
pub fn watch(app: &App, folder: &Path, tell: impl Fn(Result<Report, ImportError>)) {
    let (send, events) = channel();
    let data = std::fs::canonicalize(&app.config.data).unwrap_or_else(|_| app.config.data.clone());
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = |event: &notify::Event| {
            !event.paths.is_empty() && event.paths.iter().all(|path| path.starts_with(&data))
        };
        if event.as_ref().map_or(true, |event| !ours(event) && !event.kind.is_access()) {
            let _ = send.send(());
        }
    });
    let whole = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let watcher = watcher.and_then(|mut watcher| {
        watcher.watch(&whole, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    if let Err(error) = &watcher {
        tracing::warn!("the folder cannot be watched ({error}); it is looked through instead");
    }
    // Between the first import and the watch something may have come.
    let mut changed = Some(Instant::now());
    let mut last = Instant::now();
    while !app.is_stopping() {
        let wait = if changed.is_some() { QUIET } else { LOOK };
        match events.recv_timeout(wait) {
            Ok(()) if changed.is_some_and(|since| since.elapsed() < AT_MOST) => continue,
            Ok(()) if changed.is_none() => {
                changed = Some(Instant::now());
                continue;
            }
            Ok(()) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if changed.is_none() && (watcher.is_ok() || last.elapsed() < SCAN_EVERY) {
            continue;
        }
        changed = None;
        let report = import(app, folder);
        last = Instant::now();
        if report.as_ref().map_or(true, |report| *report != Report::default()) {
            tell(report);
        }
    }
}
