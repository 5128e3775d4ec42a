//! Keeps the filter index in step with the store's logs of works and of tags.
//!
//! A change is in every filter a few milliseconds after its commit. What came since the index's
//! base was made is kept in memory alone: after a restart it is read from the logs again, and when
//! there is much of it a new base is made, beside everything else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use anyhow::Result;
use fanfold_index::filter::{BaseBuilder, Changes, Position, TagRow, Term};

use crate::app::App;
use crate::archive::tag;
use crate::archive::work::{ChangeId, TagChangeId, TagId, WorkId};
use crate::store::{self, Read};

/// Changes that are looked at in one transaction.
const PAGE: usize = 1_024;
/// Works that are read at once for a new base.
const BASE_PAGE: u64 = 4_096;
/// Who is further behind makes a new base instead of taking change after change.
const FAR_BEHIND: i64 = 20_000;
/// Changes that take longer to read after a start than a page takes to be made.
const WORTH_A_BASE: i64 = 500;
/// How often to see whether this process has written anything …
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// … and whether another one has.
const LOOK_ABROAD: Duration = Duration::from_millis(250);

/// Follows the logs in a thread of its own until the program ends.
///
/// # Errors
/// Where no thread can be started.
pub fn follow(app: Arc<App>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("filters".to_owned()).spawn(move || {
        let mut base = beside(&app, "filter check", make_base_if_torn);
        let (mut seen, mut looked) = (None, Instant::now());
        while !app.is_stopping() {
            let generation = app.store.generation();
            if seen == Some(generation) && looked.elapsed() < LOOK_ABROAD {
                sleep(LOOK_AGAIN);
                continue;
            }
            (seen, looked) = (Some(generation), Instant::now());
            if let Err(error) = catch_up(&app) {
                tracing::error!("the filters cannot follow: {error:#}");
                sleep(LOOK_ABROAD);
            }
            let busy = base.as_ref().is_some_and(|thread| !thread.is_finished());
            if !busy && app.filters.wants_base() {
                base = beside(&app, "filter base", make_base);
            }
        }
        let _ = base.map(JoinHandle::join);
    })
}

/// Does something to the index in a thread of its own.
fn beside(app: &Arc<App>, name: &str, act: fn(&App) -> Result<()>) -> Option<JoinHandle<()>> {
    let app = Arc::clone(app);
    let act = move || {
        if let Err(error) = act(&app) {
            tracing::error!("the filter index could not be made: {error:#}");
        }
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(act).ok()
}

/// Compares all checksums; what is damaged is made anew from the store.
fn make_base_if_torn(app: &App) -> Result<()> {
    match app.filters.verify() {
        Ok(()) => Ok(()),
        Err(fault) => {
            tracing::warn!("{fault}");
            make_base(app)
        }
    }
}

/// Makes a new base if the one on disk is far enough behind for the next start to notice.
///
/// # Errors
/// As for [`make_base`].
pub fn make_base_if_behind(app: &App) -> Result<()> {
    let last = app.store.read(|tx| tx.last_change())?;
    let behind = last.0 - app.filters.position().works;
    if behind > WORTH_A_BASE { make_base(app) } else { Ok(()) }
}

/// Takes in everything that the logs know and the index does not.
///
/// # Errors
/// Where the store cannot be read or a base not be written.
pub fn catch_up(app: &App) -> Result<()> {
    let known = app.filters.position();
    let last = app.store.read(|tx| tx.last_change())?;
    if last.0 - known.works > FAR_BEHIND {
        make_base(app)?;
    }
    loop {
        let known = app.filters.position();
        let changes = app.store.read(|tx| changes_after(tx, known))?;
        if changes.position == known {
            return Ok(());
        }
        app.filters.apply(&changes);
        if app.is_stopping() {
            return Ok(());
        }
    }
}

/// The next changes of both logs.
fn changes_after(tx: &Read<'_>, known: Position) -> Result<Changes, store::Error> {
    let works = tx.changes_after(ChangeId(known.works), PAGE)?;
    let tags = tx.tag_rows_after(TagChangeId(known.tags), PAGE as u64)?;
    let position = Position {
        works: works.last().map_or(known.works, |change| change.0.0),
        tags: tags.last().map_or(known.tags, |change| change.0.0),
    };
    let works: BTreeSet<WorkId> = works.into_iter().map(|change| change.1).collect();
    let works: Vec<WorkId> = works.into_iter().collect();
    let put = tx.filter_rows(&works)?;
    let there: BTreeSet<i64> = put.iter().map(|row| row.work).collect();
    let gone = works.iter().map(|work| work.0).filter(|work| !there.contains(work)).collect();
    let tags = tags.iter().filter_map(|(_, row)| tag_row(row)).collect();
    Ok(Changes { put, gone, tags, position })
}

/// Makes a base of everything that the store holds at this moment.
///
/// # Errors
/// Where the store cannot be read or the base not be written.
pub fn make_base(app: &App) -> Result<()> {
    let mut builder = BaseBuilder::new();
    let position = app.store.read(|tx| {
        let mut after = TagId(0);
        loop {
            let rows = tx.tag_rows(after, BASE_PAGE)?;
            let Some(last) = rows.last() else { break };
            after = last.tag.id;
            for row in rows.iter().filter_map(tag_row) {
                // What stands for itself alone needs no word.
                if row.synonym_of.is_some() || !row.metas.is_empty() {
                    builder.add_tag(&row);
                }
            }
        }
        let mut after = WorkId(0);
        loop {
            let works = tx.work_ids_after(after, BASE_PAGE)?;
            let Some(last) = works.last() else { break };
            after = *last;
            tx.filter_rows(&works)?.iter().for_each(|row| builder.add_work(row));
            if app.is_stopping() {
                break;
            }
        }
        let position = Position { works: tx.last_change()?.0, tags: tx.last_tag_change()?.0 };
        Ok::<_, store::Error>(position)
    })?;
    if !app.is_stopping() {
        app.filters.rebase(builder, position)?;
    }
    Ok(())
}

/// The term of a tag; none for a key beyond 32 bits, which no store has ever given.
pub fn term_of(kind: tag::Kind, id: TagId) -> Option<Term> {
    Some(Term::new(store::kind_of(kind), u32::try_from(id.0).ok()?))
}

fn tag_row(row: &store::TagRow) -> Option<TagRow> {
    let id = |id: TagId| u32::try_from(id.0).ok();
    Some(TagRow {
        term: term_of(row.tag.kind, row.tag.id)?,
        synonym_of: row.tag.synonym_of.and_then(id),
        metas: row.metas.iter().copied().filter_map(id).collect(),
    })
}
