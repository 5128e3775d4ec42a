//! What a reader keeps: half-read works, filters under names, what is never to be shown.
//!
//! A browser is remembered only when its reader asks for something to be kept; until then this page
//! says what could be.

pub(super) mod acts;

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use serde::Deserialize;

use super::cache::Page;
use super::error::Error;
use super::page::{count, query_value};
use super::visitor::Guest;
use super::{Keep, Site};
use crate::app::App;
use crate::archive::person::{ReaderId, Visitor};
use crate::archive::reading::{DefaultFilter, Muted, Reading, SavedFilter};
use crate::archive::work::WorkId;
use crate::store::{ReadingRow, View};

/// The most works that the page lists.
const MOST: u64 = 300;

/// How far a reader is, in words for a card.
pub(super) fn state(reading: &Reading, chapters: u64) -> String {
    match reading.finished_at {
        Some(_) => "read".to_owned(),
        None if chapters > 1 => format!("half read, chapter {} of {chapters}", reading.chapter),
        None => "half read".to_owned(),
    }
}

/// The address of a question's answer.
pub(super) fn asked(question: &str) -> String {
    match question {
        "" => "/".to_owned(),
        question => format!("/?q={}", query_value(question)),
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ShowQuery {
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "reading/show.html")]
struct ShowPage {
    refused: &'static str,
    shelf: Option<Shelf>,
}

/// All that a reader keeps.
struct Shelf {
    begun: Vec<Row>,
    updated: Vec<Row>,
    finished: Vec<Row>,
    saved: Vec<SavedFilter>,
    defaults: Vec<DefaultFilter>,
    muted: Vec<MutedRow>,
    account: Option<String>,
}

struct Row {
    work: WorkId,
    title: String,
    href: String,
    place: String,
}

struct MutedRow {
    what: &'static str,
    key: i64,
    label: String,
    name: String,
}

/// `/reading`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<ShowQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let refused = acts::why(query.refused.as_deref().unwrap_or_default());
    site.page(guest, uri, move |app, tx, visitor| {
        let shelf = match visitor.reader {
            Some(reader) => Some(shelf(app, tx, reader, visitor)?),
            None => None,
        };
        Ok((ShowPage { refused, shelf }, Keep::No))
    })
    .await
}

fn shelf(_: &App, tx: &View<'_>, reader: ReaderId, visitor: &Visitor) -> Result<Shelf, Error> {
    let (mut begun, mut updated, mut finished) = (Vec::new(), Vec::new(), Vec::new());
    for read in tx.last_read(reader, MOST)? {
        // What was hidden since is not there any more.
        if !tx.sees(read.work)? {
            continue;
        }
        let row = Row::of(&read);
        match read.reading.finished_at {
            _ if read.updated => updated.push(row),
            Some(_) => finished.push(row),
            None => begun.push(row),
        }
    }
    Ok(Shelf {
        begun,
        updated,
        finished,
        saved: tx.saved_filters(reader)?,
        defaults: tx.default_filters(reader)?,
        muted: tx.mutes(reader)?.into_iter().map(MutedRow::of).collect(),
        account: visitor.account.as_ref().map(|account| account.name.clone()),
    })
}

impl Row {
    fn of(row: &ReadingRow) -> Row {
        let Reading { chapter, paragraph, finished_at, .. } = row.reading;
        let place = if paragraph > 1 { format!("#p{paragraph}") } else { String::new() };
        // A work may have become shorter.
        let at = chapter.clamp(1, row.chapters.max(1));
        let href = match finished_at {
            None => format!("/works/{}/chapters/{at}{place}", row.work),
            // The first chapter that was not there then, if there is one.
            Some(_) if chapter < row.chapters => {
                format!("/works/{}/chapters/{}", row.work, chapter + 1)
            }
            Some(_) => format!("/works/{}", row.work),
        };
        let place = match (finished_at, row.chapters) {
            (Some(_), _) | (None, 0 | 1) => count(&u64::from(row.chapters), "chapter", "chapters"),
            (None, chapters) => format!("chapter {at} of {chapters}"),
        };
        Row { work: row.work, title: row.title.clone(), href, place }
    }
}

impl MutedRow {
    fn of(muted: Muted) -> MutedRow {
        let (what, key) = muted.mute.parts();
        let label = muted.kind.map_or_else(|| what.to_owned(), |kind| kind.to_string());
        MutedRow { what, key, label, name: muted.name }
    }
}
