//! What whoever has a link sees: contents, chapters with what was said of them, and the form to say
//! something without a script.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use fanfold_doc::document::{Document, ImageSource, MediaName};
use serde::Deserialize;

use super::super::chapters::name;
use super::super::error::Error;
use super::super::form::Form;
use super::super::page::{DirAttribute, LangAttribute, Note, Printed, count, names, notes};
use super::super::visitor::Guest;
use super::super::writing::differ::document;
use super::super::{Site, assets, blocking};
use super::{Body, Opened, Said, hands, line, opened, parts, private};
use crate::archive::beta::{BetaId, Hand, NAME_CHARS, PASSAGE_CHARS, SAID_CHARS};
use crate::archive::person::Visitor;
use crate::store::{self, Read};

#[derive(Template)]
#[template(path = "beta/contents.html")]
struct ContentsPage {
    path: String,
    called: String,
    title: String,
    authors: String,
    notes: Vec<Note>,
    lang: LangAttribute,
    dir: DirAttribute,
    chapters: Vec<ChapterLine>,
}

struct ChapterLine {
    position: usize,
    title: String,
    words: String,
    remarks: u64,
}

/// `GET /beta/{secret}`
pub(in super::super) async fn contents(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
) -> Result<Response, Error> {
    blocking(move || {
        let page = site.app.store.read(|tx| -> Result<ContentsPage, Error> {
            let open = opened(tx, &secret)?;
            let said = tx.remarks_by_chapter(open.beta.id)?;
            let chapters = (1..).zip(&open.draft.chapters).map(|(position, own)| ChapterLine {
                position,
                title: own.title.clone().unwrap_or_else(|| format!("Chapter {position}")),
                words: count(&own.words, "word", "words"),
                remarks: said.get(&own.id).copied().unwrap_or_default(),
            });
            let (facts, matter) = (&open.draft.facts, &open.draft.matter);
            let texts = [("Summary", &matter.summary), ("Notes", &matter.notes_before)];
            Ok(ContentsPage {
                path: open.path(),
                called: open.beta.name.clone(),
                title: facts.title.clone(),
                authors: names(&facts.authors),
                notes: notes("", &texts)?,
                lang: LangAttribute::of(facts.language.as_ref()),
                dir: DirAttribute::of(facts.language.as_ref()),
                chapters: chapters.collect(),
            })
        })?;
        private(&page, StatusCode::OK)
    })
    .await
}

/// Under which name somebody speaks.
pub(super) struct Names {
    /// Those of an account; none for whoever has none.
    pens: Vec<String>,
    /// The one that was used last.
    last: String,
}

impl Names {
    pub(super) fn of(
        tx: &Read<'_>,
        (visitor, guest): (&Visitor, &Guest),
        beta: BetaId,
    ) -> Result<Names, store::Error> {
        let (pens, hand) = match &visitor.account {
            Some(account) => {
                let mut pens = vec![account.name.clone()];
                let others = tx.pseuds(account.id)?.into_iter().map(|pen| pen.name);
                pens.extend(others.filter(|name| *name != account.name));
                (pens, Some(Hand::Account(account.id)))
            }
            None => (Vec::new(), guest.hand().map(Hand::Browser)),
        };
        let last = match hand {
            Some(hand) => tx.last_name(beta, hand)?,
            None => None,
        };
        Ok(Names { pens, last: last.unwrap_or_default() })
    }

    /// The name that was chosen: of an account one of its own, of others any. Who could not
    /// choose speaks under the name of the account; who chose one that is gone since is asked
    /// again, since another could tell who it was.
    ///
    /// # Errors
    /// What is wrong with it, to be said.
    pub(super) fn chosen(&self, name: &str) -> Result<String, &'static str> {
        match self.pens.first() {
            None if name.is_empty() => Err("Say who you are, please: any name will do."),
            None => Ok(name.to_owned()),
            Some(first) if name.is_empty() => Ok(first.clone()),
            Some(_) if self.pens.iter().any(|own| own == name) => Ok(name.to_owned()),
            Some(_) => Err("The name that you chose is not one of yours any more, so nothing was \
                 sent. See below as whom you speak now, and send it again."),
        }
    }
}

#[derive(Template)]
#[template(path = "beta/chapter.html")]
struct ChapterPage {
    path: String,
    title: String,
    heading: String,
    position: usize,
    count: usize,
    lang: LangAttribute,
    dir: DirAttribute,
    before: Vec<Note>,
    pieces: Vec<Piece>,
    after: Vec<Note>,
    names: Names,
}

/// A part of the text with what was said of it.
struct Piece {
    text: Printed,
    /// Its first paragraph, and how many it has that say anything.
    paragraph: usize,
    said: Vec<usize>,
    count: usize,
    remarks: Vec<Said>,
}

/// `GET /beta/{secret}/chapters/{position}`
pub(in super::super) async fn chapter(
    State(site): State<Arc<Site>>,
    Path((secret, position)): Path<(String, String)>,
    guest: Guest,
) -> Result<Response, Error> {
    blocking(move || {
        let page = site.app.store.read(|tx| -> Result<ChapterPage, Error> {
            let open = opened(tx, &secret)?;
            let visitor = guest.visitor(tx)?;
            chapter_page(tx, &open, &position, &visitor, &guest)
        })?;
        private(&page, StatusCode::OK)
    })
    .await
}

fn chapter_page(
    tx: &Read<'_>,
    open: &Opened,
    position: &str,
    visitor: &Visitor,
    guest: &Guest,
) -> Result<ChapterPage, Error> {
    let (position, own) = open.chapter(position)?;
    let body = Body::of(tx, own)?;
    let hands = hands(visitor, guest);
    let remarks = tx.remarks_on(open.beta.id, own.id)?;
    let mut remarks = remarks.iter().peekable();
    let (path, mut next) = (open.path(), 0);
    let mut pieces = Vec::new();
    for (at, part) in parts(&body.document).iter().enumerate() {
        let (first, many) = (next, super::paragraphs(part).len());
        next += many;
        let says =
            |at: &usize| body.paragraphs.get(*at).is_some_and(|text| !text.trim().is_empty());
        let mut here = Vec::new();
        while let Some(remark) = remarks.next_if(|remark| remark.is.passage.paragraph < next) {
            let of = body.paragraphs.get(remark.is.passage.paragraph);
            here.push(Said::of(remark, of.map_or("", String::as_str), &hands));
        }
        pieces.push(Piece {
            text: Printed::with_images(part, &format!("b{at}-"), &format!("{path}/media/")),
            paragraph: first,
            said: (first..next).filter(says).collect(),
            count: many,
            remarks: here,
        });
    }
    let facts = &open.draft.facts;
    let before = [("Summary", &own.summary), ("Notes", &own.notes_before)];
    Ok(ChapterPage {
        title: facts.title.clone(),
        heading: match open.draft.chapters.len() {
            1 if own.title.is_none() => facts.title.clone(),
            _ => name(u32::try_from(position).unwrap_or(u32::MAX), own.title.as_deref()),
        },
        position,
        count: open.draft.chapters.len(),
        lang: LangAttribute::of(facts.language.as_ref()),
        dir: DirAttribute::of(facts.language.as_ref()),
        before: notes("", &before)?,
        pieces,
        after: notes("", &[("Notes at the end", &own.notes_after)])?,
        names: Names::of(tx, (visitor, guest), open.beta.id)?,
        path,
    })
}

/// The form without a script.
#[derive(Template)]
#[template(path = "beta/remark.html")]
pub(super) struct RemarkPage {
    path: String,
    title: String,
    heading: String,
    position: usize,
    paragraph: usize,
    lang: LangAttribute,
    dir: DirAttribute,
    text: String,
    said: String,
    quote: String,
    names: Names,
    name: String,
    fault: String,
}

impl RemarkPage {
    /// An empty form for a paragraph, from 0.
    pub(super) fn of(
        tx: &Read<'_>,
        open: &Opened,
        position: &str,
        paragraph: usize,
        (visitor, guest): (&Visitor, &Guest),
    ) -> Result<RemarkPage, Error> {
        let (position, own) = open.chapter(position)?;
        let text = Body::of(tx, own)?.paragraphs.into_iter().nth(paragraph);
        let text = text.filter(|text| !text.trim().is_empty()).ok_or(Error::Absent)?;
        let facts = &open.draft.facts;
        let names = Names::of(tx, (visitor, guest), open.beta.id)?;
        Ok(RemarkPage {
            path: open.path(),
            title: facts.title.clone(),
            heading: name(u32::try_from(position).unwrap_or(u32::MAX), own.title.as_deref()),
            position,
            paragraph,
            lang: LangAttribute::of(facts.language.as_ref()),
            dir: DirAttribute::of(facts.language.as_ref()),
            text,
            said: String::new(),
            quote: String::new(),
            name: names.last.clone(),
            names,
            fault: String::new(),
        })
    }

    /// The form as it was sent, with what the paragraph was changed to and what is wrong.
    pub(super) fn sent_back(self, form: &Form, text: Option<String>, fault: &str) -> RemarkPage {
        let text = text.unwrap_or(self.text);
        RemarkPage {
            fault: fault.to_owned(),
            said: form.exact("said").to_owned(),
            quote: form.field("quote").to_owned(),
            name: line(form.field("name"), NAME_CHARS),
            text,
            ..self
        }
    }
}

#[derive(Deserialize)]
pub(in super::super) struct RemarkQuery {
    paragraph: usize,
}

/// `GET /beta/{secret}/chapters/{position}/remark?paragraph=…`
pub(in super::super) async fn remark(
    State(site): State<Arc<Site>>,
    Path((secret, position)): Path<(String, String)>,
    query: Result<Query<RemarkQuery>, QueryRejection>,
    guest: Guest,
) -> Result<Response, Error> {
    let query = query.map(|Query(query)| query);
    blocking(move || {
        let page = site.app.store.read(|tx| -> Result<RemarkPage, Error> {
            // Who has no link learns nothing of what could be asked.
            let open = opened(tx, &secret)?;
            let RemarkQuery { paragraph } = query.map_err(|_| Error::Absent)?;
            let visitor = guest.visitor(tx)?;
            RemarkPage::of(tx, &open, &position, paragraph, (&visitor, &guest))
        })?;
        private(&page, StatusCode::OK)
    })
    .await
}

/// `GET /beta/{secret}/media/{name}`: an image that the revision shows.
pub(in super::super) async fn media(
    State(site): State<Arc<Site>>,
    Path((secret, name)): Path<(String, String)>,
) -> Result<Response, Error> {
    blocking(move || {
        let name = MediaName::parse(&name).ok_or(Error::Absent)?;
        let shown = site.app.store.read(|tx| -> Result<bool, Error> {
            let open = opened(tx, &secret)?;
            let shows = |text: &Document| text.images().iter().any(|image| is_it(image, &name));
            // Kept texts name their pictures so: a text without these letters need not be parsed.
            let named = format!("media/{}", name.as_str());
            for own in &open.draft.chapters {
                let body = tx.drafted(own)?.body;
                if body.as_str().contains(&named) && shows(&document(&body)?) {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        let bytes = if shown { site.app.files.read_media(&name)? } else { None };
        let mut response =
            assets::forever(name.kind().media_type(), bytes.ok_or(Error::Absent)?.into());
        let mine = HeaderValue::from_static("private, max-age=3600");
        response.headers_mut().insert(CACHE_CONTROL, mine);
        Ok(response)
    })
    .await
}

fn is_it(image: &ImageSource, name: &MediaName) -> bool {
    matches!(image, ImageSource::Kept(own) if own == name)
}
