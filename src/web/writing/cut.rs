//! A chapter cut in two, before a paragraph or where the cursor stands; and two chapters joined.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fanfold_doc::document::Document;
use fanfold_doc::html::Html;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::visitor::Guest;
use super::super::{Site, blocking, work_id};
use super::differ::document;
use super::fields::{self, Written};
use super::{chapter_id, desk, head, open_desk, pen, sent, told};
use crate::archive::draft::CHAPTERS;
use crate::archive::revision::{self, Head, Part};
use crate::archive::work::{ChapterId, NewChapter};
use crate::store::{Desk, Pen, Write};

/// Why something was not done, for whoever asked for it.
type Refused = Option<&'static str>;

const NO_HALVES: &str = "There is no such paragraph to begin a new chapter with. Count from 1; the first one cannot be it.";
const NOTHING_BESIDE: &str = "There is text on one side of the cursor only, so there is nothing to begin a new chapter with.";
const TOO_LONG: &str =
    "That makes a chapter that is longer than a chapter can be. Nothing was changed.";
const TOO_MANY: &str = "A work has at most 5,000 chapters.";

/// Cuts a chapter in two before a paragraph, counted from 0.
pub(super) fn before_paragraph(
    tx: &mut Write<'_>,
    desk: Desk,
    chapter: ChapterId,
    before: Option<usize>,
    pen: &Pen<'_>,
) -> Result<Refused, Error> {
    let own = desk.draft.chapter(chapter).ok_or(Error::Absent)?;
    let text = document(&tx.drafted(own)?.body)?;
    match before.and_then(|at| revision::split(text, at)) {
        Some(halves) => Ok(halve(tx, desk, chapter, halves, pen)?.err()),
        None => Ok(Some(NO_HALVES)),
    }
}

/// Gives a chapter the first of two texts, and a new chapter behind it the second. Title, summary
/// and notes before stay with the first, notes after go with the second. The new chapter's number.
fn halve(
    tx: &mut Write<'_>,
    desk: Desk,
    chapter: ChapterId,
    (first, second): (Document, Document),
    pen: &Pen<'_>,
) -> Result<Result<ChapterId, &'static str>, Error> {
    let place = desk.draft.place(chapter).ok_or(Error::Absent)?;
    let own = desk.draft.chapters.get(place).ok_or(Error::Absent)?;
    if desk.draft.chapters.len() >= CHAPTERS {
        return Ok(Err(TOO_MANY));
    }
    let (old, held_back) = (tx.drafted(own)?, own.held_back);
    let longest = old.body.as_str().len();
    let second = NewChapter { notes_after: old.notes_after.clone(), ..NewChapter::default() }
        .with_text(&second);
    let first = NewChapter { notes_after: Html::default(), ..old }.with_text(&first);
    // What a file brought may be longer than anybody may type, and its halves with it.
    let came = |half: &NewChapter| half.body.as_str().len() <= longest;
    if ![&first, &second].into_iter().all(|half| came(half) || fields::fits(half)) {
        return Ok(Err(TOO_LONG));
    }
    let first = tx.new_chapter(&desk, Some(chapter), &first)?;
    let mut second = tx.new_chapter(&desk, None, &second)?;
    // What is not for readers yet is no more so in two.
    second.held_back = held_back;
    let new = second.id;
    let mut draft = desk.draft.clone();
    draft.put(first);
    draft.chapters.insert(place + 1, second);
    tx.redraft(desk, &draft, pen, &format!("chapter {} split", place + 1))?;
    Ok(Ok(new))
}

/// Both sides of the cursor, as the script sends them.
#[derive(Deserialize)]
struct Halves {
    head: String,
    first: String,
    second: String,
}

#[derive(Serialize)]
struct Begun {
    to: String,
}

#[derive(Serialize)]
struct Not {
    why: &'static str,
}

/// `POST /works/{id}/edit/chapters/{chapter}/split`: what is before the cursor stays, what is
/// behind it begins a new chapter. The script has saved the chapter before; if it is another one by
/// now, nothing is done.
pub(super) async fn at_cursor(
    State(site): State<Arc<Site>>,
    Path((work, chapter)): Path<(String, String)>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let (work, id) = (work_id(&work)?, chapter_id(&chapter)?);
    let bytes = sent(body).await?;
    blocking(move || {
        // Who may not write learns nothing of what a good question looks like.
        site.app.store.read(|tx| desk(tx, &guest.visitor(tx)?, work).map(drop))?;
        let asked: Halves = serde_json::from_slice(&bytes).map_err(|_| Error::Form)?;
        let seen = Head::parse(&asked.head).ok_or(Error::Form)?;
        let side = |text| fields::document(&Written::Html(text)).map_err(|_| Error::Form);
        let halves = revision::halves(side(asked.first)?, side(asked.second)?);
        let Some(halves) = halves else {
            return told(StatusCode::UNPROCESSABLE_ENTITY, &Not { why: NOTHING_BESIDE });
        };
        let at = site.app.now();
        let done = site.app.store.write(|tx| -> Result<_, Error> {
            let visitor = guest.visitor(tx)?;
            let desk = open_desk(tx, &visitor, work)?;
            if head(&desk, Part::Chapter(id))?.mark != seen.mark {
                return Ok(Err("Somebody saved this chapter meanwhile: look at their text first."));
            }
            halve(tx, desk, id, halves, &pen(&visitor, at, None))
        })?;
        match done {
            Ok(new) => {
                let to = format!("/works/{work}/edit/chapters/{new}");
                told(StatusCode::OK, &Begun { to })
            }
            Err(why) => told(StatusCode::UNPROCESSABLE_ENTITY, &Not { why }),
        }
    })
    .await
}

/// Joins a chapter with the next one; the second's title goes, and lies with it in the bin.
pub(super) fn join(
    tx: &mut Write<'_>,
    desk: Desk,
    chapter: ChapterId,
    pen: &Pen<'_>,
) -> Result<Refused, Error> {
    let place = desk.draft.place(chapter).ok_or(Error::Absent)?;
    let (Some(own), Some(next)) =
        (desk.draft.chapters.get(place), desk.draft.chapters.get(place + 1))
    else {
        return Ok(Some("No chapter comes after this one."));
    };
    if own.held_back != next.held_back {
        return Ok(Some(
            "One of the two is held back and the other is not. Say of both whether they are posted \
             before you join them.",
        ));
    }
    let (old, more, next) = (tx.drafted(own)?, tx.drafted(next)?, next.id);
    let join =
        |one, other| -> Result<_, Error> { Ok(revision::joined(document(one)?, document(other)?)) };
    let merged = NewChapter {
        notes_before: join(&old.notes_before, &more.notes_before)?.to_html(),
        notes_after: join(&old.notes_after, &more.notes_after)?.to_html(),
        summary: join(&old.summary, &more.summary)?.to_html(),
        title: old.title,
        ..NewChapter::default()
    }
    .with_text(&join(&old.body, &more.body)?);
    // What is longer could not be saved again after the next correction.
    if !fields::fits(&merged) {
        return Ok(Some(TOO_LONG));
    }
    let merged = tx.new_chapter(&desk, Some(chapter), &merged)?;
    let work = desk.work;
    let mut draft = desk.draft.clone();
    draft.put(merged);
    let why = format!("chapters {} and {} joined", place + 1, place + 2);
    tx.redraft(desk, &draft, pen, &why)?;
    // The second one as it was can be had again.
    let desk = tx.desk(work)?.ok_or(Error::Absent)?;
    tx.bin_chapter(desk, next, pen)?;
    Ok(None)
}
