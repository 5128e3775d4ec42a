//! The editor of a chapter: a form that takes Markdown, and the addresses that its script uses.
//!
//! A save names what its page was shown of the chapter. If somebody saved it meanwhile, nothing is
//! overwritten: both texts are shown, and what was typed is kept in the history besides.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fanfold_doc::html::Html;
use fanfold_doc::imported::TagKind;
use fanfold_proof::Manner;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::page::{self, DirAttribute, LangAttribute, Printed};
use super::super::visitor::Guest;
use super::super::{Keep, Site, blocking, work_id};
use super::by_script::{self, Answer, Words};
use super::differ::{self, Shown};
use super::fields::{self, Faults, Fields};
use super::{BODY_BYTES, chapter_id, desk, head, pen, sitting};
use crate::archive::compare;
use crate::archive::revision::{Draft, Head, Part};
use crate::archive::work::{ChapterId, Millis, NewChapter, WorkId};
use crate::store::{Desk, Read, Saved, Text};

/// The most names that the browser's speller is told of.
const NAMES: usize = 500;

#[derive(Template)]
#[template(path = "writing/chapter.html")]
struct ChapterPage {
    work: WorkId,
    chapter: ChapterId,
    work_title: String,
    heading: String,
    title: String,
    texts: Vec<Rich>,
    head: String,
    sitting: String,
    language: String,
    lang: LangAttribute,
    dir: DirAttribute,
    /// Names that the browser's speller is to pass over, with spaces between them.
    names: String,
    words: String,
    /// How long a chapter may be, characters.
    most: String,
    saved: bool,
    faults: Faults,
    conflict: Option<Conflict>,
}

/// A text that may have emphasis, links and the like.
struct Rich {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    rows: u8,
    markdown: String,
    html: Printed,
}

/// What somebody else saved meanwhile.
struct Conflict {
    /// Whether both changes were put together in the form.
    merged: bool,
    theirs: String,
    lines: Vec<Shown>,
    compare: String,
}

impl ChapterPage {
    fn fault(&self, name: &str) -> &str {
        self.faults.get(name).map_or("", String::as_str)
    }
}

/// A chapter's page as it is kept.
fn page_of(
    site: &Site,
    desk: &Desk,
    id: ChapterId,
    chapter: &NewChapter,
) -> Result<ChapterPage, Error> {
    let place = desk.draft.place(id).ok_or(Error::Absent)?;
    let rich = |name, label, html| -> Result<Rich, Error> {
        let (kind, rows) = if name == "text" { ("text", 30) } else { ("note", 4) };
        let (markdown, html) = (fields::markdown(html), Printed::kept(html)?);
        Ok(Rich { name, label, kind, rows, markdown, html })
    };
    let language = desk.draft.facts.language.as_ref();
    Ok(ChapterPage {
        work: desk.work,
        chapter: id,
        work_title: desk.draft.facts.title.clone(),
        heading: format!("Chapter {}", place + 1),
        title: chapter.title.clone().unwrap_or_default(),
        texts: vec![
            rich("text", "Text", &chapter.body)?,
            rich("summary", "Summary of the chapter", &chapter.summary)?,
            rich("notes_before", "Notes before it", &chapter.notes_before)?,
            rich("notes_after", "Notes after it", &chapter.notes_after)?,
        ],
        head: head(desk, Part::Chapter(id))?.to_string(),
        sitting: sitting(site)?,
        language: language.map(ToString::to_string).unwrap_or_default(),
        lang: LangAttribute::of(language),
        dir: DirAttribute::of(language),
        names: names(desk, &chapter.body)?,
        words: page::count(&chapter.words, "word", "words"),
        most: page::number(site.app.config.limits.chapter_chars as u64),
        saved: false,
        faults: Faults::new(),
        conflict: None,
    })
}

/// The names in a chapter: those in the work's characters and relationships, and those that the
/// text itself uses as names.
fn names(desk: &Desk, body: &Html) -> Result<String, Error> {
    let text = differ::document(body)?;
    let manner = Manner::of([&text], desk.draft.facts.language.as_ref());
    let named = |kind: &TagKind| matches!(kind, TagKind::Character | TagKind::Relationship);
    let cast = desk.draft.facts.tags.iter().filter(|(kind, _)| named(kind));
    let joins = |c: char| matches!(c, '-' | '\'' | '’');
    let cast =
        cast.flat_map(|(_, name)| name.split(move |c: char| !c.is_alphanumeric() && !joins(c)));
    let is_name = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let mut names: Vec<&str> = cast.filter(is_name).chain(manner.names().iter()).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(NAMES);
    Ok(names.join(" "))
}

/// All of a chapter of a draft.
fn chapter_of(tx: &Read<'_>, draft: &Draft, id: ChapterId) -> Result<NewChapter, Error> {
    Ok(tx.drafted(draft.chapter(id).ok_or(Error::Absent)?)?)
}

/// `GET /works/{id}/edit/chapters/{chapter}`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path((work, chapter)): Path<(String, String)>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let (work, id) = (work_id(&work)?, chapter_id(&chapter)?);
    let saved = uri.query() == Some("saved");
    let of = Arc::clone(&site);
    site.page(guest, uri, move |_, tx, visitor| {
        let desk = desk(tx, visitor, work)?;
        let chapter = chapter_of(tx, &desk.draft, id)?;
        Ok((ChapterPage { saved, ..page_of(&of, &desk, id, &chapter)? }, Keep::No))
    })
    .await
}

/// What a save came to.
#[expect(clippy::large_enum_variant, reason = "made once a save, and mostly the large one")]
enum Outcome {
    Kept { head: Head, draft: Draft, at: Millis },
    Faults(Faults),
    Conflict(Box<Clash>),
}

/// Two texts of one chapter.
struct Clash {
    desk: Desk,
    head: Option<Head>,
    mine: NewChapter,
    theirs: Option<NewChapter>,
    merged: Option<NewChapter>,
    compare: String,
}

/// What is to be saved, and as what.
struct Save<'a> {
    work: WorkId,
    chapter: ChapterId,
    fields: &'a Fields,
    head: Head,
    sitting: Option<&'a str>,
}

fn save_chapter(site: &Site, guest: &Guest, save: &Save<'_>) -> Result<Outcome, Error> {
    let app = &site.app;
    let at = app.now();
    let id = save.chapter;
    // Reading what was typed takes longer than writing it: other writers do not wait for it.
    let old = app.store.read(|tx| -> Result<_, Error> {
        let desk = desk(tx, &guest.visitor(tx)?, save.work)?;
        Ok(match desk.draft.chapter(id) {
            Some(old) => tx.drafted(old)?,
            None => NewChapter::default(),
        })
    })?;
    let mine = match fields::chapter(&old, save.fields) {
        Ok(mine) => mine,
        Err(faults) => return Ok(Outcome::Faults(faults)),
    };
    let saved = app.store.write(|tx| -> Result<Saved, Error> {
        let visitor = guest.visitor(tx)?;
        // Whoever might write when the reading began may have been sent away since.
        desk(tx, &visitor, save.work)?;
        let text = Text::Chapter(id, &mine);
        let pen = pen(&visitor, at, save.sitting);
        Ok(tx.save(save.work, text, Some(save.head), &pen, "edited")?)
    })?;
    let (head, draft, theirs, yours, from) = match saved {
        Saved::Absent => return Err(Error::Absent),
        Saved::Kept { head, draft } => return Ok(Outcome::Kept { head, draft, at }),
        Saved::Conflict { head, draft, theirs, yours, from } => (head, draft, theirs, yours, from),
    };
    app.store.read(|tx| {
        let read = |draft: &Draft| draft.chapter(id).map(|own| tx.drafted(own)).transpose();
        let theirs_text = read(&draft)?;
        let base = from.as_ref().map(read).transpose()?.flatten();
        let merged = match (&base, &theirs_text) {
            (Some(base), Some(theirs)) => merged(base, &mine, theirs)?,
            _ => None,
        };
        let compare = format!("/works/{}/revisions/compare?from={theirs}&to={yours}", save.work);
        let desk = desk(tx, &guest.visitor(tx)?, save.work)?;
        let theirs = theirs_text;
        let clash = Clash { desk, head, mine: mine.clone(), theirs, merged, compare };
        Ok(Outcome::Conflict(Box::new(clash)))
    })
}

/// One chapter out of two that were made of the same, where that can be told.
fn merged(
    base: &NewChapter,
    mine: &NewChapter,
    theirs: &NewChapter,
) -> Result<Option<NewChapter>, Error> {
    let text = |pick: fn(&NewChapter) -> &Html| -> Result<_, Error> {
        let [base, mine, theirs] = [pick(base), pick(mine), pick(theirs)].map(differ::document);
        Ok(compare::merged(&base?, &mine?, &theirs?))
    };
    let title = match (mine.title == base.title, theirs.title == base.title) {
        (true, _) => theirs.title.clone(),
        (_, true) => mine.title.clone(),
        _ if mine.title == theirs.title => mine.title.clone(),
        _ => return Ok(None),
    };
    let (body, summary) = (text(|own| &own.body)?, text(|own| &own.summary)?);
    let (before, after) = (text(|own| &own.notes_before)?, text(|own| &own.notes_after)?);
    let (Some(body), Some(summary), Some(before), Some(after)) = (body, summary, before, after)
    else {
        return Ok(None);
    };
    Ok(Some(NewChapter {
        title,
        summary: summary.to_html(),
        notes_before: before.to_html(),
        notes_after: after.to_html(),
        words: body.words(),
        body: body.to_html(),
    }))
}

/// `POST /works/{id}/edit/chapters/{chapter}`: the form.
pub(super) async fn save(
    State(site): State<Arc<Site>>,
    Path((work, chapter)): Path<(String, String)>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let (work, id) = (work_id(&work)?, chapter_id(&chapter)?);
    let form = Form::of(body, BODY_BYTES).await?;
    blocking(move || {
        let fields = fields::of_form(&form, &fields::OF_CHAPTER);
        let head = Head::parse(form.field("head")).ok_or(Error::Form)?;
        let save = Save { work, chapter: id, fields: &fields, head, sitting: None };
        match save_chapter(&site, &guest, &save)? {
            Outcome::Kept { .. } => see(&format!("/works/{work}/edit/chapters/{id}?saved")),
            Outcome::Faults(faults) => {
                let page = site.app.store.read(|tx| -> Result<ChapterPage, Error> {
                    let desk = desk(tx, &guest.visitor(tx)?, work)?;
                    let chapter = chapter_of(tx, &desk.draft, id)?;
                    page_of(&site, &desk, id, &chapter)
                })?;
                let page = ChapterPage { faults, head: head.to_string(), ..typed(page, &form) };
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Ok(Page::new(page.render()?, status, 0).into_response())
            }
            Outcome::Conflict(clash) => {
                let page = conflict_page(&site, id, &form, *clash)?;
                Ok(Page::new(page.render()?, StatusCode::CONFLICT, 0).into_response())
            }
        }
    })
    .await
}

/// The page with what was typed instead of what is kept.
fn typed(page: ChapterPage, form: &Form) -> ChapterPage {
    let mut page = page;
    form.field("title").clone_into(&mut page.title);
    for rich in &mut page.texts {
        form.field(rich.name).clone_into(&mut rich.markdown);
    }
    page
}

fn conflict_page(
    site: &Site,
    id: ChapterId,
    form: &Form,
    clash: Clash,
) -> Result<ChapterPage, Error> {
    // If the chapter was deleted, what was typed is in the history.
    let theirs = clash.theirs.as_ref().ok_or(Error::Deleted)?;
    let (page, mine) = match &clash.merged {
        Some(merged) => (page_of(site, &clash.desk, id, merged)?, merged),
        None => (typed(page_of(site, &clash.desk, id, theirs)?, form), &clash.mine),
    };
    let conflict = Conflict {
        merged: clash.merged.is_some(),
        theirs: fields::markdown(&theirs.body),
        lines: differ::shown(&theirs.body, &mine.body)?,
        compare: clash.compare,
    };
    Ok(ChapterPage { conflict: Some(conflict), ..page })
}

/// `POST /works/{id}/edit/chapters/{chapter}/save`
pub(super) async fn save_by_script(
    State(site): State<Arc<Site>>,
    Path((work, chapter)): Path<(String, String)>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let (work, id) = (work_id(&work)?, chapter_id(&chapter)?);
    by_script::save((site, guest), body, &fields::OF_CHAPTER, move |site, guest, sent| {
        let (head, sitting) = (sent.head, sent.sitting.as_deref());
        let save = Save { work, chapter: id, fields: &sent.fields, head, sitting };
        Ok(match save_chapter(site, guest, &save)? {
            Outcome::Faults(faults) => Answer::Faults { faults },
            Outcome::Kept { head, draft, at } => {
                let chapter = draft.chapter(id).map_or(0, |chapter| chapter.words);
                let words = Words { chapter: Some(chapter), work: draft.words() };
                Answer::kept(head, at, words)
            }
            Outcome::Conflict(clash) => Answer::Clash {
                head: clash.head.map(|head| head.to_string()),
                yours: fields::told(&clash.mine),
                theirs: clash.theirs.as_ref().map(fields::told).unwrap_or_default(),
                merged: clash.merged.as_ref().map(fields::told),
                compare: clash.compare,
            },
        })
    })
    .await
}
