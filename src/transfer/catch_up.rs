//! Brings the full-text index up to the store's log of changes.
//!
//! The store is the truth: the index holds the number of the last change that it knows, saved in
//! the same step as the texts, so that it can be killed, deleted or moved at any time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use anyhow::Result;
use fanfold_index::{ChapterText, IndexError, TextWriter, WorkText};

use crate::app::App;
use crate::archive::work::{ChangeId, WorkId};
use crate::store::{self, Read};

/// Changes that are looked at in one transaction.
const PAGE: usize = 256;
/// Saved when it holds so many bytes of text …
const SAVE_BYTES: usize = 512 << 20;
/// … or when the first of them has waited so long.
const SAVE_AFTER: Duration = Duration::from_secs(10);
/// How often the log is looked at when nothing is known to have changed.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How long to wait for another process that is writing the index.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// Follows the log in a thread of its own until the program ends.
///
/// # Errors
/// Where no thread can be started.
pub fn follow(app: Arc<App>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("index".to_owned()).spawn(move || {
        while !app.is_stopping() {
            match catch_up(&app) {
                Ok(true) => {}
                Ok(false) => sleep(LOOK_AGAIN),
                Err(error) => {
                    tracing::error!("the index cannot follow: {error:#}");
                    sleep(BUSY_WAIT);
                }
            }
        }
    })
}

/// Follows the log until `done` says that no more will come and all of it is taken in.
///
/// # Errors
/// Where the index cannot be written once no more will come; before, it is tried again.
pub fn until(app: &App, done: impl Fn() -> bool) -> Result<()> {
    loop {
        let done = done();
        match catch_up(app) {
            Ok(true) => {}
            Ok(false) if done => return Ok(()),
            Ok(false) => sleep(LOOK_AGAIN),
            Err(error) if done => return Err(error),
            Err(_) => sleep(LOOK_AGAIN),
        }
    }
}

/// Takes in all changes that the index does not know; false if there were none, or if another
/// process is taking them in.
///
/// # Errors
/// Where the store cannot be read or the index not be written.
pub fn catch_up(app: &App) -> Result<bool> {
    let known = app.index.position();
    let last = app.store.read(|tx| tx.last_change())?;
    if last.0 <= known {
        return Ok(false);
    }
    let mut writer = match app.index.writer(app.config.index_bytes, app.config.readers) {
        Ok(writer) => writer,
        Err(IndexError::Busy) => {
            app.index.reload()?;
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    };
    let mut at = ChangeId(known);
    let (mut bytes, mut since) = (0, Instant::now());
    loop {
        let page = app.store.read(|tx| {
            let changes = tx.changes_after(at, PAGE)?;
            let works: BTreeSet<WorkId> = changes.iter().map(|change| change.1).collect();
            let end = changes.last().map(|change| change.0);
            let texts = works.into_iter().map(|work| text(tx, work));
            Ok::<_, store::Error>((end, texts.collect::<Result<Vec<Text>, _>>()?))
        })?;
        let (Some(end), texts) = page else {
            // An import that goes on will have more in a moment: many small saves cost more than
            // all indexing.
            if app.progress.snapshot().running && !app.is_stopping() && since.elapsed() < SAVE_AFTER
            {
                sleep(LOOK_AGAIN);
                continue;
            }
            break;
        };
        for text in &texts {
            bytes += text.put(&mut writer)?;
        }
        at = end;
        if bytes >= SAVE_BYTES || since.elapsed() >= SAVE_AFTER || app.is_stopping() {
            writer.commit(at.0)?;
            (bytes, since) = (0, Instant::now());
        }
        if app.is_stopping() {
            return Ok(true);
        }
    }
    writer.commit(at.0)?;
    Ok(true)
}

/// What the index is told of a work.
struct Text {
    work: WorkId,
    /// `None` if the work is gone.
    words: Option<Words>,
}

struct Words {
    language: String,
    title: String,
    authors: Vec<String>,
    tags: Vec<String>,
    notes: Vec<String>,
    chapters: Vec<Chapter>,
}

struct Chapter {
    position: u32,
    title: String,
    notes: String,
    body: String,
}

fn text(tx: &Read<'_>, work: WorkId) -> Result<Text, store::Error> {
    let Some(found) = tx.archive().work(work)? else { return Ok(Text { work, words: None }) };
    let facts = &found.facts;
    let lines = |html: &fanfold_doc::html::Html| {
        let lines = html.lines().into_iter().map(|(_, line)| line);
        lines.collect::<Vec<_>>().join("\n")
    };
    let matter = &found.matter;
    let notes = [&matter.summary, &matter.notes_before, &matter.disclaimer, &matter.notes_after];
    let chapters = tx.archive().chapters(work)?.into_iter().map(|chapter| Chapter {
        position: chapter.position,
        title: chapter.title.clone().unwrap_or_default(),
        notes: [&chapter.summary, &chapter.notes_before, &chapter.notes_after]
            .map(lines)
            .join("\n"),
        body: lines(&chapter.body),
    });
    let chapters = chapters.collect();
    let series = facts.series.iter().map(|place| place.title.clone());
    let words = Words {
        language: facts.language.as_ref().map(ToString::to_string).unwrap_or_default(),
        title: facts.title.clone(),
        authors: facts.authors.iter().map(|author| author.name.clone()).collect(),
        tags: facts.tags.iter().map(|tag| tag.1.clone()).chain(series).collect(),
        notes: notes.map(lines).into(),
        chapters,
    };
    Ok(Text { work, words: Some(words) })
}

impl Text {
    /// Gives the work to the index; how many bytes of text that were.
    fn put(&self, writer: &mut TextWriter) -> Result<usize, IndexError> {
        let Some(words) = &self.words else {
            writer.remove(self.work.0);
            return Ok(0);
        };
        let chapter = |chapter: &'_ Chapter| chapter.body.len() + chapter.notes.len();
        let bytes = words.chapters.iter().map(chapter).sum();
        let chapters = words.chapters.iter().map(|chapter| ChapterText {
            position: chapter.position,
            title: &chapter.title,
            notes: &chapter.notes,
            body: &chapter.body,
        });
        writer.put(&WorkText {
            work: self.work.0,
            language: &words.language,
            title: &words.title,
            authors: words.authors.iter().map(String::as_str).collect(),
            tags: words.tags.iter().map(String::as_str).collect(),
            notes: words.notes.iter().map(String::as_str).collect(),
            chapters: chapters.collect(),
        })?;
        Ok(bytes)
    }
}
