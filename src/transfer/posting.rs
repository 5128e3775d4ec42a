//! Posts what is scheduled, when its time comes.

use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use crate::app::App;
use crate::archive::work::WorkId;
use crate::store::{self, Pen, Posted};

/// How often it is seen whether a time has come.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often it is seen whether the program ends.
const NAP: Duration = Duration::from_millis(50);

/// Posts what is due, in a thread of its own until the program ends.
///
/// # Errors
/// Where no thread can be started.
pub fn follow(app: Arc<App>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("posting".to_owned()).spawn(move || {
        while !app.is_stopping() {
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
            tx.post(work, &pen)
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
