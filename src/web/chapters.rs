//! One chapter to be read, with its notes and the way to the next.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use fanfold_doc::html::Html;
use serde::Deserialize;

use super::cache::Page;
use super::error::Error;
use super::page::{self, DirAttribute, LangAttribute, Note, Printed, notes, query_value};
use super::visitor::Guest;
use super::{Keep, Site, work_id};
use crate::archive::work::{NewChapter, PrintedMatter, WorkId};
use crate::store::{self, Chapter, ChapterRow, View};

#[derive(Debug, Default, Deserialize)]
pub(super) struct ChapterQuery {
    q: Option<String>,
}

/// A line of the contents.
pub(super) struct ContentsRow {
    pub position: u32,
    pub title: String,
    pub words: String,
    pub current: bool,
}

/// The contents of a work, with the chapter that is open marked.
pub(super) fn contents(rows: &[ChapterRow], current: Option<u32>) -> Vec<ContentsRow> {
    let row = |row: &ChapterRow| ContentsRow {
        position: row.position,
        title: row.title.clone().unwrap_or_else(|| format!("Chapter {}", row.position)),
        words: page::count(&row.words, "word", "words"),
        current: current == Some(row.position),
    };
    rows.iter().map(row).collect()
}

/// A chapter's name: "Chapter 3", "Chapter 3: The Ferry".
pub(super) fn name(position: u32, title: Option<&str>) -> String {
    match title {
        Some(title) => format!("Chapter {position}: {title}"),
        None => format!("Chapter {position}"),
    }
}

/// A chapter's text with what stands before and after it.
pub(super) struct Text {
    pub before: Vec<Note>,
    pub body: Printed,
    pub after: Vec<Note>,
}

impl Text {
    /// Prints a chapter; names of places get the prefix.
    pub(super) fn of(chapter: &Chapter, prefix: &str) -> Result<Text, Error> {
        let Chapter { summary, notes_before, body, notes_after, .. } = chapter;
        Text::with([summary, notes_before, body, notes_after], prefix)
    }

    /// Prints a chapter of a draft.
    pub(super) fn of_draft(chapter: &NewChapter, prefix: &str) -> Result<Text, Error> {
        let NewChapter { summary, notes_before, body, notes_after, .. } = chapter;
        Text::with([summary, notes_before, body, notes_after], prefix)
    }

    fn with([summary, before, body, after]: [&Html; 4], prefix: &str) -> Result<Text, Error> {
        Ok(Text {
            before: notes(prefix, &[("Summary", summary), ("Notes", before)])?,
            body: Printed::of(body, prefix)?,
            after: notes(prefix, &[("Notes at the end", after)])?,
        })
    }
}

/// What a work's author says before the first chapter. (The summary stands on the work's page.)
pub(super) fn before_work(matter: &PrintedMatter, prefix: &str) -> Result<Vec<Note>, Error> {
    let texts = [("Notes on the work", &matter.notes_before), ("Disclaimer", &matter.disclaimer)];
    notes(prefix, &texts)
}

/// What a work's author says after the last chapter.
pub(super) fn after_work(matter: &PrintedMatter, prefix: &str) -> Result<Vec<Note>, Error> {
    notes(prefix, &[("Notes at the end of the work", &matter.notes_after)])
}

#[derive(Template)]
#[template(path = "chapters/show.html")]
struct ShowPage {
    id: WorkId,
    title: String,
    authors: String,
    /// "Chapter 3" above the chapter's own title.
    number: Option<String>,
    heading: String,
    position: u32,
    lang: LangAttribute,
    dir: DirAttribute,
    contents: Vec<ContentsRow>,
    text: Text,
    /// The search that led here.
    back: Option<String>,
    end: &'static str,
    /// Whether it is noted for the reader how far the reading is.
    remembered: bool,
}

impl ShowPage {
    fn previous(&self) -> Option<u32> {
        let earlier = self.contents.iter().map(|row| row.position);
        earlier.filter(|position| *position < self.position).max()
    }

    fn next(&self) -> Option<u32> {
        let later = self.contents.iter().map(|row| row.position);
        later.filter(|position| *position > self.position).min()
    }

    /// The title of another chapter.
    fn name(&self, position: &u32) -> &str {
        let row = self.contents.iter().find(|row| row.position == *position);
        row.map_or("", |row| row.title.as_str())
    }
}

/// `/works/{id}/chapters/{position}`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path((id, position)): Path<(String, String)>,
    query: Result<Query<ChapterQuery>, QueryRejection>,
    guest: Guest,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    let position = position.parse().map_err(|_| Error::Absent)?;
    let Query(query) = query.map_err(|_| Error::Address)?;
    let asked = query.q.filter(|asked| !asked.trim().is_empty());
    let known = (!guest.is_stranger()).then(|| (Arc::clone(&site), guest.clone()));
    let page = site
        .page(guest, uri, move |_, tx, visitor| {
            let mut page = show_page(tx, id, position, asked.as_deref())?;
            page.remembered = visitor.reader.is_some();
            Ok((page, Keep::Yes))
        })
        .await?;
    if let Some((site, guest)) = known.filter(|_| !is_fetched_ahead(&headers)) {
        // The page does not wait for it.
        tokio::task::spawn_blocking(move || noted(&site, &guest, id, position));
    }
    Ok(page)
}

/// Whether a browser asked for a page that nobody may ever look at.
fn is_fetched_ahead(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-purpose") || headers.contains_key("purpose")
}

/// Notes that a reader opened a chapter.
fn noted(site: &Site, guest: &Guest, work: WorkId, chapter: u32) {
    let (store, now) = (&site.app.store, site.app.now());
    let noted = store.write(|tx| -> Result<(), store::Error> {
        let visitor = guest.visitor(tx)?;
        if let Some(browser) = visitor.browser {
            tx.browser_seen(browser, now)?;
        }
        match visitor.reader {
            Some(reader) => tx.looked(reader, work, (chapter, 0), now),
            None => Ok(()),
        }
    });
    if let Err(error) = noted {
        tracing::warn!("where a reader is could not be noted: {error}");
    }
}

fn show_page(
    tx: &View<'_>,
    id: WorkId,
    position: u32,
    asked: Option<&str>,
) -> Result<ShowPage, Error> {
    let work = tx.work(id)?.ok_or(Error::Absent)?;
    let chapter = tx.chapter(id, position)?.ok_or(Error::Absent)?;
    let rows = tx.contents(id)?;
    let only = rows.len() <= 1;
    let facts = &work.facts;
    let (number, heading) = match &chapter.title {
        _ if only && chapter.title.is_none() => (None, facts.title.clone()),
        Some(title) => (Some(format!("Chapter {position}")), title.clone()),
        None => (None, format!("Chapter {position}")),
    };
    let mut text = Text::of(&chapter, "")?;
    if rows.first().is_none_or(|first| first.position == position) {
        text.before.splice(0..0, before_work(&work.matter, "work-")?);
    }
    if rows.last().is_none_or(|last| last.position == position) {
        text.after.extend(after_work(&work.matter, "work-")?);
    }
    Ok(ShowPage {
        id,
        title: facts.title.clone(),
        authors: page::names(&facts.authors),
        number: number.filter(|_| !only),
        heading,
        position,
        lang: LangAttribute::of(facts.language.as_ref()),
        dir: DirAttribute::of(facts.language.as_ref()),
        contents: contents(&rows, Some(position)),
        text,
        back: asked.map(|asked| format!("/search?q={}", query_value(asked))),
        end: match facts.complete {
            Some(false) => "The last chapter so far",
            _ => "The end",
        },
        remembered: false,
    })
}
