//! Progress on the terminal.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::App;
use crate::transfer::import::{ImportError, Report, import as run};
use crate::transfer::progress::Progress;

/// How often the bar is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// A bar that counts things.
pub(super) fn counted(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let template = format!("{{bar:30}} {{pos}} of {{len}} {what}, {{eta}} left");
    bar.set_style(ProgressStyle::with_template(&template).unwrap_or(ProgressStyle::default_bar()));
    bar
}

/// Imports a folder under a bar that shows files, speed, time left and problems so far.
pub(super) fn import(app: &App, folder: &Path) -> Result<Report, ImportError> {
    std::thread::scope(|scope| {
        let work = scope.spawn(|| run(app, folder));
        let bar = ProgressBar::new(0);
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        let template = "{bar:30} {msg}, {binary_bytes_per_sec}, {eta} left";
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or(ProgressStyle::default_bar()));
        while !work.is_finished() {
            show(&bar, &app.progress);
            std::thread::sleep(DRAW_EVERY);
        }
        bar.finish_and_clear();
        match work.join() {
            Ok(report) => report,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let now = progress.snapshot();
    if !now.running {
        return;
    }
    bar.set_length(now.bytes_total);
    bar.set_position(now.bytes_done);
    let problems = match now.problems {
        0 => String::new(),
        1 => ", 1 problem".to_owned(),
        many => format!(", {many} problems"),
    };
    bar.set_message(format!("{} of {} files{problems}", now.files_done, now.files_total));
}
