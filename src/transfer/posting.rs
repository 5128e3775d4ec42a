//! Posts what is scheduled, when its time comes, and empties the bin of what lay there long enough.

use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::app::App;
use crate::archive::revision::BIN;
use crate::archive::work::{Millis, WorkId};
use crate::store::{self, Pen, Posted};

/// How often it is seen whether a time has come.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often the bin is emptied.
const EMPTY_AGAIN: Duration = Duration::from_secs(3_600);
/// How often it is seen whether the program ends.
const NAP: Duration = Duration::from_millis(50);

/// Posts what is due, in a thread of its own until the program ends.
///
/// # Errors
/// Where no thread can be started.
pub fn follow(app: Arc<App>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("posting".to_owned()).spawn(move || {
        let mut emptied: Option<Instant> = None;
        while !app.is_stopping() {
            if emptied.is_none_or(|last| last.elapsed() >= EMPTY_AGAIN) {
                emptied = Some(Instant::now());
                if let Err(error) = empty_bin(&app) {
                    tracing::error!("the bin could not be emptied: {error}");
                }
            }
            if let Err(error) = post_due(&app) {
                tracing::error!("what is scheduled could not be posted: {error}");
            }
            for _ in 0..(LOOK_AGAIN.as_millis() / NAP.as_millis()) {
                if app.is_stopping() {
                    break;
                }
                sleep(NAP);
            }
        }
    })
}

/// Empties out of the bin what was put there 30 days ago or earlier. Returns how many works that
/// were.
///
/// # Errors
/// Those of the database.
pub fn empty_bin(app: &App) -> Result<u64, store::Error> {
    let before = Millis(app.now().0 - BIN);
    app.store.write(|tx| tx.empty_bin(before))
}

/// Posts every work whose time has come. One that cannot be posted as it is stays a draft, and is
/// not tried again.
///
/// # Errors
/// Those of the database.
pub fn post_due(app: &App) -> Result<(), store::Error> {
    let due: Vec<WorkId> = app.store.read(|tx| tx.due(app.now()))?;
    for work in due {
        let posted = app.store.write(|tx| {
            // Another process may have been faster.
            let now = app.now();
            if !tx.due(now)?.contains(&work) {
                return Ok(Posted::Nothing);
            }
            let owner = tx.desk_state(work)?.and_then(|state| state.owner);
            let pen = Pen { who: owner, at: now, sitting: None };
            tx.post(work, &pen, &app.config.limits)
        });
        let trouble = match posted {
            Ok(Posted::NotReady(errors)) => errors.to_string(),
            Err(store::Error::Conflict(why)) => why,
            Err(error) => return Err(error),
            Ok(Posted::Shown(_) | Posted::Nothing | Posted::Absent) => continue,
        };
        tracing::warn!("work {work} was to be posted now and stays a draft: {trouble}");
        app.store.write(|tx| tx.schedule(work, None))?;
    }
    Ok(())
}
