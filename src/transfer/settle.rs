//! Decides what a file that was read means for the archive: a new work, a new revision, another
//! original of the same, or a problem to be told. Runs inside the batch's transaction.

use super::import::Report;
use super::reading::{self, Outcome, Prepared, Seen};
use crate::archive::fingerprint::Fingerprint;
use crate::archive::work::{Millis, NewWork, WorkId};
use crate::store::{self, Original, Pen, SourceFile, SourceState, Write};

/// Texts at least this much alike are the same story.
const SAME_STORY: f64 = 0.8;
/// Texts at least this much alike are the same story if title and authors are the same too.
const SAME_TITLE: f64 = 0.2;
/// A file that changed still holds its work if at least this much is alike.
const SAME_FILE: f64 = 0.15;

/// Writes what was read.
pub(super) fn settle(
    tx: &mut Write<'_>,
    folder: &str,
    prepared: &Prepared,
    now: Millis,
    report: &mut Report,
) -> Result<(), store::Error> {
    report.files += prepared.files.len() as u64;
    let (work, state, problem) = match &prepared.outcome {
        Outcome::Work(new, media) => {
            for (name, size) in media {
                tx.put_media(name, *size as u64, now)?;
            }
            let work = settle_work(tx, folder, &prepared.files, new, now, report)?;
            (Some(work), SourceState::Read, None)
        }
        Outcome::Problem(reason) => {
            report.problems += prepared.files.len() as u64;
            (None, SourceState::Problem, Some(reason.clone()))
        }
        Outcome::Other => {
            report.others += prepared.files.len() as u64;
            (None, SourceState::Ignored, None)
        }
    };
    for seen in &prepared.files {
        if let (Some(hash), None, true) = (seen.hash, work, seen.kept) {
            tx.put_original(&original(seen, hash), now)?;
        }
        tx.put_source(&SourceFile {
            folder: folder.to_owned(),
            path: seen.found.path.clone(),
            size_bytes: seen.found.size,
            modified_at: seen.found.modified,
            hash: seen.hash,
            reader: reading::VERSION,
            work,
            state,
            problem: problem.clone(),
            seen_at: now,
        })?;
    }
    Ok(())
}

fn original(seen: &Seen, hash: crate::archive::work::Hash) -> Original {
    let format = seen.format.clone();
    Original { hash, size_bytes: seen.found.size, format, kept: seen.kept }
}

fn settle_work(
    tx: &mut Write<'_>,
    folder: &str,
    files: &[Seen],
    new: &NewWork,
    now: Millis,
    report: &mut Report,
) -> Result<WorkId, store::Error> {
    let names: Vec<&str> = files.iter().map(|seen| seen.found.name()).collect();
    let why = format!("imported from {}", names.join(", "));
    let work = match find(tx, folder, files, new)? {
        None => {
            report.new += 1;
            tx.insert_work(new, now, &why)?
        }
        Some((work, newer)) => {
            let revised = newer && revise(tx, work, new, now, &why)?;
            report.revised += u64::from(revised);
            report.same += u64::from(!revised);
            work
        }
    };
    for seen in files {
        if let Some(hash) = seen.hash {
            let id = tx.put_original(&original(seen, hash), now)?;
            tx.link_original(work, id, seen.found.name(), now)?;
        }
    }
    Ok(work)
}

/// Makes a work be as its file says. What was written or posted on the site is not changed: there
/// the file becomes a draft.
fn revise(
    tx: &mut Write<'_>,
    work: WorkId,
    new: &NewWork,
    now: Millis,
    why: &str,
) -> Result<bool, store::Error> {
    if tx.is_written_here(work)? {
        let pen = Pen { who: None, at: now, sitting: None };
        return Ok(tx.draft_of_file(work, new, &pen, why)?.is_some());
    }
    Ok(tx.revise_work(work, new, now, why)?.is_some())
}

/// The work that the files hold, if the archive has it, and whether the files hold a newer state.
fn find(
    tx: &mut Write<'_>,
    folder: &str,
    files: &[Seen],
    new: &NewWork,
) -> Result<Option<(WorkId, bool)>, store::Error> {
    if let Some(url) = &new.facts.source_url
        && let Some(work) = tx.work_by_source(url)?
    {
        return Ok(Some((work, is_newer(tx, work, new)?)));
    }
    for seen in files {
        let Some(row) = tx.source(folder, &seen.found.path)? else { continue };
        // What its reader put into the bin does not come back because its file was touched.
        if let Some(work) = row.work
            && tx.desk_state(work)?.is_some_and(|state| state.binned_at.is_some())
            && tx.desk(work)?.is_some()
        {
            return Ok(Some((work, false)));
        }
        if let Some(work) = row.work
            && holds_still(tx, work, new)?
        {
            // The same bytes, read anew by a better reader, speak for the work if nothing else
            // does; otherwise the latest state stays.
            let alone = tx.archive().originals(work)?.len() <= files.len();
            let newer = row.hash != seen.hash || alone || is_newer(tx, work, new)?;
            return Ok(Some((work, newer)));
        }
    }
    if let [Seen { hash: Some(hash), .. }] = files
        && let Some(work) = tx.works_with_original(*hash)?.first()
    {
        return Ok(Some((*work, is_newer(tx, *work, new)?)));
    }
    let mut best: Option<(WorkId, f64)> = None;
    for (work, print) in tx.works_like(&new.fingerprint)? {
        let like = new.fingerprint.likeness(&print);
        let same = like >= SAME_STORY || (like >= SAME_TITLE && same_name(tx, work, new)?);
        if same && best.is_none_or(|(_, most)| like > most) && !other_address(tx, work, new)? {
            best = Some((work, like));
        }
    }
    match best {
        Some((work, _)) => Ok(Some((work, is_newer(tx, work, new)?))),
        None => Ok(None),
    }
}

/// Whether a file that was this work before still is.
fn holds_still(tx: &mut Write<'_>, work: WorkId, new: &NewWork) -> Result<bool, store::Error> {
    if other_address(tx, work, new)? {
        return Ok(false);
    }
    let Some(print) = tx.fingerprint(work)? else { return Ok(false) };
    let short = print.sketch.is_empty() || new.fingerprint.sketch.is_empty();
    let alike = Fingerprint::likeness(&print, &new.fingerprint) >= SAME_FILE;
    Ok(short || alike || same_name(tx, work, new)?)
}

/// Two addresses are two works, however alike their texts: somebody's remix of a story is not it.
fn other_address(tx: &mut Write<'_>, work: WorkId, new: &NewWork) -> Result<bool, store::Error> {
    let Some(old) = tx.archive().work(work)? else { return Ok(true) };
    Ok(match (&old.facts.source_url, &new.facts.source_url) {
        (Some(old), Some(new)) => old != new,
        _ => false,
    })
}

fn same_name(tx: &mut Write<'_>, work: WorkId, new: &NewWork) -> Result<bool, store::Error> {
    let Some(old) = tx.archive().work(work)? else { return Ok(false) };
    let names = |authors: &[fanfold_doc::imported::Author]| {
        authors.iter().map(|author| author.name.to_lowercase()).collect::<Vec<_>>()
    };
    let title = old.facts.title.to_lowercase() == new.facts.title.to_lowercase();
    Ok(title && names(&old.facts.authors) == names(&new.facts.authors))
}

/// Whether the text is a later state of the work: changed later by its own account, or longer.
fn is_newer(tx: &mut Write<'_>, work: WorkId, new: &NewWork) -> Result<bool, store::Error> {
    let Some(old) = tx.archive().work(work)? else { return Ok(false) };
    let last = |facts: &crate::archive::work::Facts| facts.updated.or(facts.published);
    let chapters = new.chapters.len() as u64;
    Ok(match (last(&old.facts), last(&new.facts)) {
        (Some(before), Some(now)) if before != now => now > before,
        _ => chapters > old.chapters || (chapters == old.chapters && new.words() > old.words),
    })
}
