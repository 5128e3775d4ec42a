//! `/works/{id}/edit/tidy`: typed quotes, dashes, ellipses, scene breaks, spaces and empty
//! paragraphs put in order in all chapters of a draft, once its writer has seen what would change.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fanfold_doc::document::Document;
use fanfold_proof::{Change, Choices, DashStyle, EllipsisStyle, QuoteStyle, Tidying};
use serde::Deserialize;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::page;
use super::super::visitor::Guest;
use super::super::{Keep, Site, blocking, work_id};
use super::{differ, open_desk, pen};
use crate::archive::revision::Head;
use crate::archive::work::{ChapterId, NewChapter, RevisionId, WorkId};
use crate::store::{Desk, Read};

/// Changes of a kind that are shown; the others are counted.
const SHOWN: usize = 12;
/// What is shown round a change, characters to either side.
const AROUND: usize = 30;
/// The longest of these forms, bytes.
const FORM_BYTES: usize = 8 << 10;

/// What was chosen, as forms and addresses say it; "" leaves things as they are.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    quotes: String,
    dashes: String,
    ellipses: String,
    breaks: String,
    spaces: String,
    empty: String,
}

impl Wanted {
    fn of(form: &Form) -> Wanted {
        let field = |name| form.field(name).to_owned();
        Wanted {
            quotes: field("quotes"),
            dashes: field("dashes"),
            ellipses: field("ellipses"),
            breaks: field("breaks"),
            spaces: field("spaces"),
            empty: field("empty"),
        }
    }

    fn choices(&self, desk: &Desk) -> Choices {
        Choices {
            language: desk.draft.facts.language.clone(),
            quotes: match self.quotes.as_str() {
                "curly" => Some(QuoteStyle::Curly),
                "straight" => Some(QuoteStyle::Straight),
                _ => None,
            },
            dashes: match self.dashes.as_str() {
                "em" => Some(DashStyle::Em),
                "en" => Some(DashStyle::SpacedEn),
                _ => None,
            },
            ellipses: match self.ellipses.as_str() {
                "sign" => Some(EllipsisStyle::Sign),
                "dots" => Some(EllipsisStyle::Dots),
                _ => None,
            },
            scene_breaks: !self.breaks.is_empty(),
            double_spaces: !self.spaces.is_empty(),
            empty_paragraphs: !self.empty.is_empty(),
        }
    }

    fn is_anything(&self) -> bool {
        let all = [&self.quotes, &self.dashes, &self.ellipses];
        let boxes = [&self.breaks, &self.spaces, &self.empty];
        all.into_iter().chain(boxes).any(|one| !one.is_empty())
    }
}

/// What tidying would change in a chapter.
struct Untidy {
    id: ChapterId,
    chapter: NewChapter,
    document: Document,
    changes: Vec<Change>,
}

/// The chapters that these choices would change.
fn untidy(tx: &Read<'_>, desk: &Desk, choices: &Choices) -> Result<Vec<Untidy>, Error> {
    let mut found = Vec::new();
    for own in &desk.draft.chapters {
        let chapter = tx.drafted(own)?;
        let document = differ::document(&chapter.body)?;
        let changes = fanfold_proof::tidy(&document, choices);
        if !changes.is_empty() {
            found.push(Untidy { id: own.id, chapter, document, changes });
        }
    }
    Ok(found)
}

#[derive(Template)]
#[template(path = "writing/tidy.html")]
struct TidyPage {
    work: WorkId,
    title: String,
    wanted: Wanted,
    /// Whether anything was chosen: then there is something to show, or nothing to change.
    asked: bool,
    kinds: Vec<Kind>,
    places: String,
    /// The draft that is shown.
    head: Head,
    notice: &'static str,
}

/// Changes of one kind.
struct Kind {
    name: &'static str,
    places: String,
    shown: Vec<Sample>,
    more: usize,
}

/// A change among the words round it.
struct Sample {
    before: String,
    old: String,
    new: String,
    after: String,
}

fn named(kind: Tidying) -> &'static str {
    match kind {
        Tidying::Quotes => "Quotes and apostrophes",
        Tidying::Dashes => "Dashes",
        Tidying::Ellipses => "Ellipses",
        Tidying::SceneBreaks => "Scene breaks",
        Tidying::DoubleSpaces => "Several spaces",
        Tidying::EmptyParagraphs => "Empty paragraphs",
    }
}

/// The end of a text, whole characters.
fn tail(text: &str) -> String {
    let from = text.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    text.get(from..).unwrap_or_default().to_owned()
}

fn sample(change: &Change, paragraphs: &[fanfold_proof::Paragraph]) -> Sample {
    let (at, bytes) = (change.place.paragraph, &change.place.bytes);
    let text = |at: usize| paragraphs.get(at).map_or("", |own| own.text.as_str());
    let head = |text: &str| text.chars().take(AROUND).collect::<String>();
    match change.kind {
        // What goes is seen by what stands round it.
        Tidying::SceneBreaks | Tidying::EmptyParagraphs => Sample {
            before: at.checked_sub(1).map(|at| tail(text(at))).unwrap_or_default(),
            old: match change.old.trim() {
                "" => "¶".to_owned(),
                drawn => drawn.to_owned(),
            },
            new: if change.kind == Tidying::SceneBreaks { "a scene break" } else { "" }.to_owned(),
            after: head(text(at + 1)),
        },
        // Spaces are counted by eye only where they can be seen.
        Tidying::DoubleSpaces => Sample {
            before: text(at).get(..bytes.start).map(tail).unwrap_or_default(),
            old: "␣".repeat(change.old.chars().count().min(AROUND)),
            new: "␣".to_owned(),
            after: text(at).get(bytes.end..).map(head).unwrap_or_default(),
        },
        Tidying::Quotes | Tidying::Dashes | Tidying::Ellipses => Sample {
            before: text(at).get(..bytes.start).map(tail).unwrap_or_default(),
            old: change.old.clone(),
            new: change.new.clone(),
            after: text(at).get(bytes.end..).map(head).unwrap_or_default(),
        },
    }
}

/// What is shown of a draft. Saves of one sitting are one revision, so that its number alone would
/// not tell of them.
fn seen(desk: &Desk) -> Head {
    Head { revision: desk.revision, mark: desk.draft.chapters_mark() }
}

fn page_of(
    tx: &Read<'_>,
    desk: &Desk,
    wanted: Wanted,
    notice: &'static str,
) -> Result<TidyPage, Error> {
    let choices = wanted.choices(desk);
    let asked = wanted.is_anything();
    let untidy = if asked { untidy(tx, desk, &choices)? } else { Vec::new() };
    let mut kinds: BTreeMap<Tidying, (u64, Vec<Sample>)> = BTreeMap::new();
    for own in &untidy {
        let paragraphs = fanfold_proof::paragraphs(&own.document, choices.language.as_ref());
        for change in &own.changes {
            let (places, shown) = kinds.entry(change.kind).or_default();
            *places += 1;
            if shown.len() < SHOWN {
                shown.push(sample(change, &paragraphs));
            }
        }
    }
    let places: u64 = kinds.values().map(|(places, _)| places).sum();
    let kind = |(kind, (places, shown)): (Tidying, (u64, Vec<Sample>))| Kind {
        name: named(kind),
        places: page::count(&places, "place", "places"),
        more: usize::try_from(places).map_or(0, |places| places - shown.len()),
        shown,
    };
    Ok(TidyPage {
        work: desk.work,
        title: desk.draft.facts.title.clone(),
        wanted,
        asked,
        kinds: kinds.into_iter().map(kind).collect(),
        places: page::count(&places, "place", "places"),
        head: seen(desk),
        notice,
    })
}

/// `GET /works/{id}/edit/tidy`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    query: Result<Query<Wanted>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let work = work_id(&work)?;
    let Query(wanted) = query.map_err(|_| Error::Address)?;
    site.page(guest, uri, move |_, tx, visitor| {
        let desk = open_desk(tx, visitor, work)?;
        Ok((page_of(tx, &desk, wanted, "")?, Keep::No))
    })
    .await
}

/// `POST /works/{id}/edit/tidy`: what was shown is done, and becomes a revision.
pub(super) async fn tidy(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let work = work_id(&work)?;
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let wanted = Wanted::of(&form);
        let shown = Head::parse(form.field("head")).ok_or(Error::Form)?;
        // What takes long is done before anybody else who writes has to wait.
        let tidied = site.app.store.read(|tx| -> Result<_, Error> {
            let desk = open_desk(tx, &guest.visitor(tx)?, work)?;
            if seen(&desk) != shown {
                return Ok(Vec::new());
            }
            let tidied = |own: Untidy| {
                let text = fanfold_proof::tidied(&own.document, &own.changes);
                (own.id, own.chapter.with_text(&text))
            };
            let untidy = untidy(tx, &desk, &wanted.choices(&desk))?;
            Ok(untidy.into_iter().map(tidied).collect::<Vec<_>>())
        })?;
        let at = site.app.now();
        let done = site.app.store.write(|tx| -> Result<Option<RevisionId>, Error> {
            let visitor = guest.visitor(tx)?;
            let desk = open_desk(tx, &visitor, work)?;
            if seen(&desk) != shown {
                return Ok(None);
            }
            let mut draft = desk.draft.clone();
            for (id, chapter) in &tidied {
                draft.put(tx.new_chapter(&desk, Some(*id), chapter)?);
            }
            Ok(Some(tx.redraft(desk, &draft, &pen(&visitor, at, None), "tidied up")?))
        })?;
        match done {
            Some(new) if new == shown.revision => see(&format!("/works/{work}/edit")),
            Some(new) => {
                let from = shown.revision;
                see(&format!("/works/{work}/revisions/compare?from={from}&to={new}"))
            }
            None => {
                let notice = "The draft was changed since this was shown. Nothing was tidied yet: \
                              below is what would change now.";
                let page = site.app.store.read(|tx| -> Result<_, Error> {
                    let desk = open_desk(tx, &guest.visitor(tx)?, work)?;
                    page_of(tx, &desk, wanted, notice)
                })?;
                Ok(Page::new(page.render()?, StatusCode::CONFLICT, 0).into_response())
            }
        }
    })
    .await
}
