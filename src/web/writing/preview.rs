//! `/works/{id}/edit/preview`: a draft as readers would see it, in lists and whole.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;

use super::super::cache::Page;
use super::super::chapters::{self, Text};
use super::super::error::Error;
use super::super::page::{DirAttribute, LangAttribute, Note};
use super::super::visitor::Guest;
use super::super::works::{Card, EntireChapter};
use super::super::{Keep, Site, work_id};
use super::desk;
use crate::archive::work::WorkId;
use crate::store::{Desk, Read, WorkRow};

#[derive(Template)]
#[template(path = "writing/preview.html")]
struct PreviewPage {
    id: WorkId,
    title: String,
    card: Card,
    lang: LangAttribute,
    dir: DirAttribute,
    before: Vec<Note>,
    chapters: Vec<EntireChapter>,
    after: Vec<Note>,
    /// Chapters that stay a draft when the others are posted.
    held_back: usize,
}

/// `GET /works/{id}/edit/preview`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let work = work_id(&work)?;
    site.page(guest, uri, move |_, tx, visitor| {
        Ok((page_of(tx, &desk(tx, visitor, work)?)?, Keep::No))
    })
    .await
}

fn page_of(tx: &Read<'_>, desk: &Desk) -> Result<PreviewPage, Error> {
    let (facts, matter) = (&desk.draft.facts, &desk.draft.matter);
    let shown = desk.draft.chapters.iter().filter(|chapter| !chapter.held_back);
    let chapters = (1..).zip(shown.clone()).map(|(position, own)| -> Result<_, Error> {
        Ok(EntireChapter {
            position,
            title: chapters::name(position, own.title.as_deref()),
            text: Text::of_draft(&tx.drafted(own)?, &format!("c{position}-"))?,
        })
    });
    let row = WorkRow {
        id: desk.work,
        facts: facts.clone(),
        words: shown.clone().map(|chapter| chapter.words).sum(),
        chapters: shown.clone().count() as u64,
        summary: matter.summary.clone(),
        imported_at: Default::default(),
        revision: desk.revision,
    };
    Ok(PreviewPage {
        id: desk.work,
        title: facts.title.clone(),
        card: Card::of(&row),
        lang: LangAttribute::of(facts.language.as_ref()),
        dir: DirAttribute::of(facts.language.as_ref()),
        before: chapters::before_work(matter, "work-")?,
        chapters: chapters.collect::<Result<_, Error>>()?,
        after: chapters::after_work(matter, "work-")?,
        held_back: desk.draft.chapters.len() - shown.count(),
    })
}
