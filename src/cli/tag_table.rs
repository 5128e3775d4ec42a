//! Tables of tags: out into a file, and in from one.

use std::fs;
use std::io::{BufWriter, StdoutLock, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::say::warn;
use super::tags::{TOLD, told, write};
use super::{count, grouped};
use crate::app::App;
use crate::archive::vocabulary::{Mistake, heading, parse, printed};
use crate::archive::work::TagId;
use crate::store::ImportError;

/// The largest table that is read, bytes: some millions of tags.
const TABLE_BYTES: u64 = 512 << 20;
/// How many tags are taken out of the store at once.
const PAGE: u64 = 4_096;

/// Writes all tags.
pub(super) fn export(app: &App, out: &mut StdoutLock<'_>, file: &Path) -> Result<ExitCode> {
    if file.as_os_str() == "-" {
        lines(app, out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let cannot = || format!("{} cannot be written", file.display());
    let mut table = BufWriter::new(fs::File::create(file).with_context(cannot)?);
    let written = lines(app, &mut table)?;
    table.flush().with_context(cannot)?;
    writeln!(out, "{} written to {}", count(written, "tag", "tags"), file.display())?;
    Ok(ExitCode::SUCCESS)
}

fn lines(app: &App, table: &mut impl Write) -> Result<u64> {
    table.write_all(heading().as_bytes())?;
    let (mut after, mut written) = (TagId(0), 0);
    while let Some((last, lines)) = app.store.read(|tx| tx.vocabulary(after, PAGE))? {
        for line in &lines {
            table.write_all(printed(line).as_bytes())?;
        }
        written += lines.len() as u64;
        after = last;
    }
    Ok(written)
}

/// Takes a table in.
pub(super) fn import(
    app: &App,
    out: &mut StdoutLock<'_>,
    file: &Path,
    dry_run: bool,
) -> Result<ExitCode> {
    let cannot = || format!("{} cannot be read", file.display());
    let size = fs::metadata(file).with_context(cannot)?.len();
    if size > TABLE_BYTES {
        let most = grouped(TABLE_BYTES);
        bail!("{} has {} bytes; a table may have {most}", file.display(), grouped(size));
    }
    let lines = match parse(&fs::read(file).with_context(cannot)?) {
        Ok(lines) => lines,
        Err(mistakes) => return refused(file, &mistakes),
    };
    let now = app.now();
    let done = write(app, dry_run, |tx| {
        let done = tx.import_vocabulary(&lines, now)?;
        Ok::<_, ImportError>((told(tx, &done.changes)?, done))
    });
    let (told, done) = match done {
        Err(ImportError::Mistakes(mistakes)) => return refused(file, &mistakes),
        done => done?,
    };
    let changes = done.changes.len();
    if changes <= TOLD || dry_run {
        told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    let read = count(lines.len() as u64, "line", "lines");
    let changes = count(changes as u64, "change", "changes");
    match done.act {
        _ if dry_run => writeln!(out, "{read} read, {changes}: tried only, nothing was changed")?,
        Some(act) => {
            writeln!(out, "{read} read, {changes}; `fanfold tags undo {act}` takes it back")?;
        }
        None => writeln!(out, "{read} read; all of it is so already")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(file: &Path, mistakes: &[Mistake]) -> Result<ExitCode> {
    for mistake in mistakes {
        warn(format_args!("{}, {mistake}", file.display()));
    }
    let all = count(mistakes.len() as u64, "mistake", "mistakes");
    bail!("{all} in {}; nothing was changed", file.display())
}
