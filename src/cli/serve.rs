//! `fanfold serve`: pages at once, the import beside them, then the watch.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::say::{say, warn};
use super::{bar, grouped, summary};
use crate::app::App;
use crate::config::Config;
use crate::transfer::{catch_up, filters, mailing, posting, watch};
use crate::web;

/// Serves until it is told to end.
pub(super) fn serve(config: Config) -> Result<ExitCode> {
    let listen = config.listen;
    let folder = config.folder.clone();
    let app = Arc::new(App::open(config)?);
    let mut background = Vec::new();
    let served = web::run(Arc::clone(&app), listen, |address| {
        warn_if_open(address);
        background.push(catch_up::follow(Arc::clone(&app))?);
        background.push(filters::follow(Arc::clone(&app))?);
        background.push(posting::follow(Arc::clone(&app))?);
        background.extend(mailing::follow(&app)?);
        let importing = Arc::clone(&app);
        let import = move || import_and_watch(&importing, folder, address);
        background.push(std::thread::Builder::new().name("import".to_owned()).spawn(import)?);
        Ok(())
    });
    app.stop();
    for thread in background {
        let _ = thread.join();
    }
    served.with_context(|| {
        format!("{listen} cannot be served; choose another address with --listen 127.0.0.1:PORT")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Anybody who reaches the machine could read everything: say so.
fn warn_if_open(address: SocketAddr) {
    if !address.ip().is_loopback() {
        warn(format_args!(
            "Note: {address} is open to other machines. Everyone who can reach it can read what is \
             for everyone. Without --listen, only this machine can."
        ));
    }
}

/// How long the index may take to know what was imported before the address is told anyway.
const INDEX_WAIT: Duration = Duration::from_secs(10);

/// Whoever reads the address may search and filter at once.
fn wait_for_index(app: &App) {
    let begin = Instant::now();
    let behind = || {
        let last = app.store.read(|tx| tx.last_change());
        let known = || app.index.position().min(app.filters.position().works);
        last.is_ok_and(|last| known() < last.0)
    };
    while begin.elapsed() < INDEX_WAIT && !app.is_stopping() && behind() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Says how the owner may write. A library that can only be read is served all the same.
fn how_to_write(app: &App, address: SocketAddr) {
    let owner = app.store.read(|tx| tx.owner_account()).ok().flatten();
    let has_password = owner.is_some_and(|row| row.password.is_some());
    if app.config.is_exposed() && !has_password {
        say("Nobody can write here yet: others can reach this archive, and its owner has no \
             password. Give one with `fanfold password`, or by this link:");
    }
    let origin = app.config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    if let Ok(link) = app.owner_link() {
        say(format_args!("To write here, open this once in your browser: {origin}{link}"));
    }
}

fn import_and_watch(app: &Arc<App>, folder: Option<PathBuf>, address: SocketAddr) {
    let report = match &folder {
        None => Ok(Default::default()),
        Some(folder) => bar::import(app, folder),
    };
    wait_for_index(app);
    let line = match report {
        Ok(report) => summary(app, &report),
        Err(error) => {
            warn(format_args!("fanfold: {error}"));
            summary(app, &Default::default())
        }
    };
    let line = line.unwrap_or_else(|error| format!("the database cannot be read: {error:#}"));
    say(format_args!("{line}: http://{address}/"));
    how_to_write(app, address);
    let Some(folder) = folder.filter(|_| app.config.watch) else { return };
    watch::watch(app, &folder, |report| match report {
        Ok(report) => {
            let (new, revised) = (grouped(report.new), grouped(report.revised));
            say(format_args!(
                "{} files read: {new} new works, {revised} revised",
                grouped(report.files)
            ));
            if report.problems > 0 {
                say(format_args!("{} could not be read: http://{address}/import", report.problems));
            }
        }
        Err(error) => warn(format_args!("fanfold: {error}")),
    });
}
