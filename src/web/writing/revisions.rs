//! `/works/{id}/revisions`: the history of a work; two of its states beside each other; and how to
//! get one back, or one paragraph of it.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::Response;
use fanfold_doc::html::Html;
use serde::Deserialize;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::page;
use super::super::visitor::Guest;
use super::super::{Keep, Site, blocking, work_id};
use super::differ::{self, Shown};
use super::{chapter_id, desk, head, moment, pen};
use crate::archive::compare;
use crate::archive::revision::{Draft, Head, NAME_CHARS, Part};
use crate::archive::work::{ChapterId, NewChapter, RevisionId, WorkId};
use crate::store::{Past, Read, Saved, Text};

/// Revisions on a page.
const PAGE: u64 = 100;
/// The longest of these forms, bytes.
const FORM_BYTES: usize = 8 << 10;

#[derive(Template)]
#[template(path = "writing/revisions.html")]
struct RevisionsPage {
    work: WorkId,
    title: String,
    rows: Vec<Line>,
    older: Option<u64>,
}

struct Line {
    id: RevisionId,
    number: u32,
    name: String,
    when: String,
    about: String,
    marks: Vec<&'static str>,
    /// The revision before it, to compare it with.
    before: Option<RevisionId>,
    is_head: bool,
}

#[derive(Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    after: u64,
}

/// `GET /works/{id}/revisions`
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    query: Result<Query<ListQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let work = work_id(&work)?;
    let Query(ListQuery { after }) = query.map_err(|_| Error::Address)?;
    site.page(guest, uri, move |_, tx, visitor| {
        let desk = desk(tx, visitor, work)?;
        let after = after.min(i64::MAX as u64 - PAGE);
        // One more tells what the last one is compared with, and whether there are others.
        let past = tx.history(work, after, PAGE + 1)?;
        let line = |(at, own): (usize, &Past)| Line {
            before: past
                .get(at + 1..)
                .and_then(|rest| rest.iter().find(|other| !other.aside).map(|other| other.id)),
            ..line(own, desk.revision, desk.state.shown)
        };
        let rows = past.iter().enumerate().take(PAGE as usize).map(line).collect();
        let older = (past.len() as u64 > PAGE).then_some(after + PAGE);
        let title = desk.draft.facts.title.clone();
        Ok((RevisionsPage { work, title, rows, older }, Keep::No))
    })
    .await
}

fn line(past: &Past, head: RevisionId, shown: Option<RevisionId>) -> Line {
    let words = page::count(&past.words, "word", "words");
    let who = past.who.as_ref().map(|who| format!(", by {who}")).unwrap_or_default();
    let marks = [
        (past.id == head, "the draft"),
        (Some(past.id) == shown, "what readers see"),
        (past.aside, "kept beside the draft"),
        (past.shown_at.is_some() && Some(past.id) != shown, "was posted"),
    ];
    Line {
        id: past.id,
        number: past.number,
        name: past.name.clone().unwrap_or_default(),
        when: moment(past.saved_at),
        about: format!("{words}, {}{who}", past.why),
        marks: marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect(),
        before: None,
        is_head: past.id == head,
    }
}

#[derive(Template)]
#[template(path = "writing/compare.html")]
struct ComparePage {
    work: WorkId,
    title: String,
    from: Line,
    to: Line,
    /// In two columns instead of one.
    beside: bool,
    parts: Vec<Compared>,
}

/// A chapter, or a text of the work, in two states.
struct Compared {
    heading: String,
    /// What became of the whole of it.
    said: &'static str,
    /// The chapter and what is expected of it, where a paragraph can be taken.
    chapter: Option<(ChapterId, String)>,
    lines: Vec<Shown>,
}

#[derive(Deserialize)]
pub(super) struct CompareQuery {
    from: i64,
    to: i64,
    #[serde(default)]
    view: String,
}

/// A revision of a work.
fn past(tx: &Read<'_>, work: WorkId, revision: RevisionId) -> Result<(Past, Draft), Error> {
    if tx.work_of_revision(revision)? != Some(work) {
        return Err(Error::Absent);
    }
    let past = tx.past(revision)?.ok_or(Error::Absent)?;
    Ok((past, tx.draft(revision)?.ok_or(Error::Absent)?))
}

/// `GET /works/{id}/revisions/compare?from=…&to=…&view=beside`
pub(super) async fn compare(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    query: Result<Query<CompareQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let work = work_id(&work)?;
    let Query(query) = query.map_err(|_| Error::Address)?;
    site.page(guest, uri, move |_, tx, visitor| {
        let desk = desk(tx, visitor, work)?;
        let (from, old) = past(tx, work, RevisionId(query.from))?;
        let (to, new) = past(tx, work, RevisionId(query.to))?;
        let takes = to.id == desk.revision && desk.state.binned_at.is_none();
        let mut parts = of_work(&old, &new)?;
        for part in chapters(tx, &old, &new)? {
            let expected = part.chapter.as_ref().filter(|_| takes).map(|(id, _)| *id);
            let chapter = match expected {
                Some(id) => Some((id, head(&desk, Part::Chapter(id))?.to_string())),
                None => None,
            };
            parts.push(Compared { chapter, ..part });
        }
        let page = ComparePage {
            work,
            title: desk.draft.facts.title.clone(),
            from: line(&from, desk.revision, desk.state.shown),
            to: line(&to, desk.revision, desk.state.shown),
            beside: query.view == "beside",
            parts,
        };
        Ok((page, Keep::No))
    })
    .await
}

fn of_work(old: &Draft, new: &Draft) -> Result<Vec<Compared>, Error> {
    let title =
        |draft: &Draft| fanfold_doc::document::Document::plain(&draft.facts.title).to_html();
    let (old_title, new_title) = (title(old), title(new));
    let texts: [(&str, &Html, &Html); 5] = [
        ("Title", &old_title, &new_title),
        ("Summary", &old.matter.summary, &new.matter.summary),
        ("Notes before the work", &old.matter.notes_before, &new.matter.notes_before),
        ("Disclaimer", &old.matter.disclaimer, &new.matter.disclaimer),
        ("Notes after the work", &old.matter.notes_after, &new.matter.notes_after),
    ];
    let mut parts = Vec::new();
    for (heading, old, new) in texts.into_iter().filter(|(_, old, new)| old != new) {
        let lines = differ::shown(old, new)?;
        parts.push(Compared { heading: heading.to_owned(), said: "", chapter: None, lines });
    }
    Ok(parts)
}

/// The chapters that differ, in the order of the newer draft, then those that went.
fn chapters(tx: &Read<'_>, old: &Draft, new: &Draft) -> Result<Vec<Compared>, Error> {
    let name = |place: usize, title: Option<&String>| match title {
        Some(title) => format!("Chapter {}: {title}", place + 1),
        None => format!("Chapter {}", place + 1),
    };
    let mut parts = Vec::new();
    for (place, own) in new.chapters.iter().enumerate() {
        let before = old.chapter(own.id);
        if before.is_some_and(|before| before.mark == own.mark) {
            continue;
        }
        let text = tx.drafted(own)?;
        let old_text = before.map(|before| tx.drafted(before)).transpose()?;
        let heading = name(place, own.title.as_ref());
        let said = match &old_text {
            None => "new",
            Some(old) if old.body == text.body => "title, summary or notes changed",
            Some(_) => "",
        };
        let old_body = old_text.map(|old| old.body).unwrap_or_default();
        let lines = differ::shown(&old_body, &text.body)?;
        let chapter = before.map(|_| (own.id, String::new()));
        parts.push(Compared { heading, said, chapter, lines });
    }
    for (place, gone) in old.chapters.iter().enumerate() {
        if new.chapter(gone.id).is_none() {
            let lines = differ::shown(&tx.drafted(gone)?.body, &Html::default())?;
            let heading = name(place, gone.title.as_ref());
            parts.push(Compared { heading, said: "deleted", chapter: None, lines });
        }
    }
    Ok(parts)
}

/// `POST /works/{id}/revisions/act`: `name`, `restore` or `paragraph`.
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let work = work_id(&work)?;
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let at = site.app.now();
        let revision = form.number("revision").map(RevisionId).ok_or(Error::Form)?;
        let path = site.app.store.write(|tx| -> Result<String, Error> {
            let visitor = guest.visitor(tx)?;
            let desk = desk(tx, &visitor, work)?;
            let pen = pen(&visitor, at, None);
            if form.field("act") == "name" {
                let name: String = form.field("name").replace('\0', "");
                let name: String = name.chars().take(NAME_CHARS).collect();
                let name = Some(name.as_str()).filter(|name| !name.is_empty());
                if !tx.name_revision(work, revision, name)? {
                    return Err(Error::Absent);
                }
                return Ok(format!("/works/{work}/revisions"));
            }
            if desk.state.binned_at.is_some() {
                return Err(Error::Absent);
            }
            match form.field("act") {
                "restore" => {
                    tx.restore_revision(work, revision, &pen)?.ok_or(Error::Absent)?;
                    Ok(format!("/works/{work}/revisions"))
                }
                "paragraph" => {
                    let id = chapter_id(form.field("chapter"))?;
                    let expected = Head::parse(form.field("head")).ok_or(Error::Form)?;
                    let line = form.number("line").and_then(|line| usize::try_from(line).ok());
                    let old = past(tx, work, revision)?.1;
                    let line = line.ok_or(Error::Form)?;
                    let chapter = taken(tx, (&old, &desk.draft), id, line)?;
                    let text = Text::Chapter(id, &chapter);
                    let why = "a paragraph taken from an older revision";
                    match tx.save(work, text, Some(expected), &pen, why)? {
                        Saved::Kept { head, .. } => Ok(format!(
                            "/works/{work}/revisions/compare?from={revision}&to={}",
                            head.revision
                        )),
                        Saved::Conflict { theirs, yours, .. } => {
                            Ok(format!("/works/{work}/revisions/compare?from={theirs}&to={yours}"))
                        }
                        Saved::Absent => Err(Error::Absent),
                    }
                }
                _ => Err(Error::Form),
            }
        })?;
        see(&path)
    })
    .await
}

/// The chapter of the draft with one line of its difference as the older one has it.
fn taken(
    tx: &Read<'_>,
    (old, new): (&Draft, &Draft),
    id: ChapterId,
    line: usize,
) -> Result<NewChapter, Error> {
    let (before, own) =
        (old.chapter(id).ok_or(Error::Absent)?, new.chapter(id).ok_or(Error::Absent)?);
    let (before, own) = (tx.drafted(before)?, tx.drafted(own)?);
    let (old_text, text) = (differ::document(&before.body)?, differ::document(&own.body)?);
    let lines = differ::lines(&before.body, &own.body)?;
    let text = compare::taken_back(&old_text, &text, &lines, line).ok_or(Error::Form)?;
    Ok(own.with_text(&text))
}
