//! Verifies database, originals and index against each other, and mends what can be mended.
//!
//! Nothing is removed but what a broken-off import left half-written. What was mended and what was
//! not is said, one sentence each.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Result;

use super::catch_up::catch_up;
use super::filters;
use crate::app::App;
use crate::archive::work::Hash;
use crate::store;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What was looked at, in words.
    pub looked_at: Vec<String>,
    /// What was wrong and is right now.
    pub mended: Vec<String>,
    /// What is wrong still, with what to do.
    pub broken: Vec<String>,
}

/// Checks everything; `step` is told of each original.
///
/// # Errors
/// Where something cannot be read at all.
pub fn check(app: &App, step: impl FnMut(u64, u64)) -> Result<Findings> {
    let mut findings = Findings::default();
    let problems = app.store.read(|tx| tx.verify())?;
    let totals = app.store.read(|tx| tx.totals())?;
    findings
        .looked_at
        .push(format!("the database: {} works, {} words", totals.works, totals.words));
    findings.broken.extend(problems);
    check_originals(app, &mut findings, step)?;
    check_media(app, &mut findings)?;
    check_index(app, &mut findings)?;
    check_filters(app, &mut findings)?;
    let cleared = app.files.clear_incoming()?;
    if cleared > 0 {
        let told = format!("{cleared} half-written files of a broken-off import were removed");
        findings.mended.push(told);
    }
    Ok(findings)
}

fn check_originals(
    app: &App,
    findings: &mut Findings,
    mut step: impl FnMut(u64, u64),
) -> Result<()> {
    let originals = app.store.read(|tx| tx.all_originals())?;
    let kept: Vec<_> = originals.into_iter().filter(|original| original.kept).collect();
    findings.looked_at.push(format!("{} originals", kept.len()));
    for (number, original) in kept.iter().enumerate() {
        step(number as u64, kept.len() as u64);
        let whole = match app.files.read(original.hash)? {
            Some(bytes) => Hash::of(&bytes) == original.hash,
            None => false,
        };
        if whole {
            continue;
        }
        match find_again(app, original.hash)? {
            Some(path) => findings.mended.push(format!(
                "the original {} was damaged or missing and was taken anew from {path}",
                original.hash
            )),
            None => findings.broken.push(format!(
                "the original {} is damaged or missing; put the file back into the folder and \
                 check again, or restore it from a backup. The text of its work is safe",
                original.hash
            )),
        }
    }
    Ok(())
}

/// Takes an original anew from the folder of stories, if the file is still there as it was.
fn find_again(app: &App, hash: Hash) -> Result<Option<String>> {
    for (folder, path) in app.store.read(|tx| tx.places_of(hash))? {
        let folder = if folder.is_empty() {
            app.config.data.parent().map(Path::to_owned).unwrap_or_default()
        } else {
            folder.into()
        };
        let file = folder.join(&path);
        match std::fs::read(&file) {
            Ok(bytes) if Hash::of(&bytes) == hash => {
                app.files.replace(hash, &bytes)?;
                return Ok(Some(file.display().to_string()));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn check_media(app: &App, findings: &mut Findings) -> Result<()> {
    let media = app.store.read(|tx| tx.all_media())?;
    findings.looked_at.push(format!("{} images", media.len()));
    for name in media {
        let whole = match app.files.read_media(&name)? {
            Some(bytes) => name.as_str().starts_with(&Hash::of(&bytes).to_string()),
            None => false,
        };
        if !whole {
            findings.broken.push(format!(
                "the image {name} is damaged or missing; touch the file that it came with and \
                 import again"
            ));
        }
    }
    Ok(())
}

fn check_index(app: &App, findings: &mut Findings) -> Result<()> {
    let (works, last) =
        app.store.read(|tx| Ok::<_, store::Error>((tx.work_ids()?, tx.last_change()?)))?;
    if app.index.position() != last.0 && catch_up(app)? {
        findings.mended.push("the index was behind and has caught up".to_owned());
    }
    let works: HashSet<i64> = works.into_iter().map(|work| work.0).collect();
    let indexed: HashSet<i64> = app.index.works()?.into_iter().collect();
    findings.looked_at.push(format!("the index: {} works", indexed.len()));
    if works != indexed || app.index.position() > last.0 {
        let missing = works.difference(&indexed).count();
        let gone = indexed.difference(&works).count();
        let mut writer = app.index.writer(app.config.index_bytes, 1)?;
        writer.clear()?;
        writer.commit(0)?;
        drop(writer);
        while catch_up(app)? {}
        let now: HashSet<i64> = app.index.works()?.into_iter().collect();
        let told = format!("the index lacked {missing} works and had {gone} too many");
        if now == works {
            findings.mended.push(format!("{told}; it was made anew"));
        } else {
            findings.broken.push(format!("{told}; delete the index folder and start again"));
        }
    }
    Ok(())
}

/// Compares the checksums of the filter index and its number of works; it is made anew where
/// something is wrong.
fn check_filters(app: &App, findings: &mut Findings) -> Result<()> {
    let ahead = app.filters.position().works > app.store.read(|tx| tx.last_change())?.0;
    filters::catch_up(app)?;
    let works = app.store.read(|tx| tx.work_ids())?.len() as u64;
    findings.looked_at.push(format!("the filters: {} works", app.filters.works()));
    let torn = app.filters.verify().err().map(|fault| fault.to_string());
    let wrong = || format!("the filters knew {} works of {works}", app.filters.works());
    let told = torn.or_else(|| (ahead || app.filters.works() != works).then(wrong));
    if let Some(told) = told {
        filters::make_base(app)?;
        findings.mended.push(format!("{told}; made anew"));
    }
    Ok(())
}
