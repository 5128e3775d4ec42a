//! `POST /works/{id}/edit/act`: what is done to a work and its chapters, each by a small form.
//!
//! What cannot be done is said on the page that the form stood on.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::visitor::Guest;
use super::super::{Site, blocking, work_id};
use super::overview::OverviewPage;
use super::{cut, desk, pen};
use crate::archive::access::may_decide;
use crate::archive::draft::CHAPTERS;
use crate::archive::limits::WorkLimits;
use crate::archive::work::{ChapterId, NewChapter};
use crate::store::{Desk, Pen, Posted, Write};

/// The longest of these forms, bytes: the places of as many chapters as a work may have.
const FORM_BYTES: usize = 256 << 10;

/// What came of an act.
enum Came {
    /// Done: this page tells of it.
    Done(String),
    /// It cannot be, for this reason.
    Refused(String),
}

fn refused(why: &str) -> Result<Came, Error> {
    Ok(Came::Refused(why.to_owned()))
}

/// `POST /works/{id}/edit/act`
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
        let came = site.app.store.write(|tx| -> Result<Came, Error> {
            let visitor = guest.visitor(tx)?;
            let desk = desk(tx, &visitor, work)?;
            let whole = form.number("chapter").is_none();
            let sight = tx.visibility(work)?.ok_or(Error::Absent)?;
            if form.field("act") == "bin" && whole && !may_decide(&visitor, &sight) {
                return refused("Only whose work it is can put it into the bin.");
            }
            done(tx, desk, &form, &pen(&visitor, at, None), &site.app.config.limits)
        })?;
        match came {
            Came::Done(path) => see(&path),
            Came::Refused(why) => {
                let page = site.app.store.read(|tx| -> Result<_, Error> {
                    let visitor = guest.visitor(tx)?;
                    let desk = desk(tx, &visitor, work)?;
                    OverviewPage::of(&site, tx, &visitor, &desk)
                })?;
                let html = page.saying(why).render()?;
                Ok(Page::new(html, StatusCode::CONFLICT, 0).into_response())
            }
        }
    })
    .await
}

fn done(
    tx: &mut Write<'_>,
    desk: Desk,
    form: &Form,
    pen: &Pen<'_>,
    limits: &WorkLimits,
) -> Result<Came, Error> {
    let work = desk.work;
    let chapter = form.number("chapter").map(ChapterId);
    let edit = format!("/works/{work}/edit");
    let binned = desk.state.binned_at.is_some();
    match (form.field("act"), chapter) {
        ("take out", None) => {
            tx.unbin_work(work, pen.at)?;
        }
        _ if binned => {
            return refused("This work lies in the bin. Take it out before you change it.");
        }
        ("post", _) => return post(tx, desk, pen, limits),
        ("discard", _) => {
            if !tx.discard_draft(work)? {
                return refused("There is nothing to let go of.");
            }
        }
        ("bin", None) => {
            tx.bin_work(work, pen.at)?;
        }
        ("add", _) => {
            let id = add(tx, desk, pen)?;
            let Some(id) = id else { return refused("A work has at most 5,000 chapters.") };
            return Ok(Came::Done(format!("{edit}/chapters/{id}")));
        }
        ("order", _) => return reorder(tx, desk, form, pen),
        ("bin", Some(chapter)) => {
            if desk.draft.chapters.len() < 2 {
                return refused(
                    "A work has one chapter at least. Put the whole work into the bin.",
                );
            }
            tx.bin_chapter(desk, chapter, pen)?.ok_or(Error::Absent)?;
        }
        ("take out", Some(chapter)) => {
            tx.unbin_chapter(desk, chapter, pen)?.ok_or(Error::Absent)?;
        }
        (held @ ("hold" | "release"), Some(chapter)) => {
            let mut draft = desk.draft.clone();
            let own = draft.chapters.iter_mut().find(|own| own.id == chapter);
            own.ok_or(Error::Absent)?.held_back = held == "hold";
            tx.redraft(desk, &draft, pen, "chapter held back or released")?;
        }
        ("split", Some(chapter)) => {
            let number = form.number("paragraph").and_then(|number| number.checked_sub(1));
            let before = number.and_then(|number| usize::try_from(number).ok());
            if let Some(why) = cut::before_paragraph(tx, desk, chapter, before, pen)? {
                return refused(why);
            }
        }
        ("merge", Some(chapter)) => {
            if let Some(why) = cut::join(tx, desk, chapter, pen)? {
                return refused(why);
            }
        }
        _ => return Err(Error::Form),
    }
    Ok(Came::Done(edit))
}

fn post(tx: &mut Write<'_>, desk: Desk, pen: &Pen<'_>, limits: &WorkLimits) -> Result<Came, Error> {
    let edit = format!("/works/{}/edit", desk.work);
    Ok(match tx.post(desk.work, pen, limits)? {
        Posted::Shown(_) => Came::Done(format!("{edit}?posted")),
        Posted::Nothing => Came::Done(format!("{edit}?same")),
        Posted::Absent => return Err(Error::Absent),
        Posted::NotReady(errors) => {
            Came::Refused(format!("It cannot be posted yet: {errors}. The draft is safe."))
        }
    })
}

/// Adds an empty chapter at the end.
fn add(tx: &mut Write<'_>, desk: Desk, pen: &Pen<'_>) -> Result<Option<ChapterId>, Error> {
    if desk.draft.chapters.len() >= CHAPTERS {
        return Ok(None);
    }
    let new = tx.new_chapter(&desk, None, &NewChapter::default())?;
    let id = new.id;
    let mut draft = desk.draft.clone();
    draft.chapters.push(new);
    tx.redraft(desk, &draft, pen, "chapter added")?;
    Ok(Some(id))
}

/// Puts chapters where the numbers beside them say: `place-ID` for each.
fn reorder(tx: &mut Write<'_>, desk: Desk, form: &Form, pen: &Pen<'_>) -> Result<Came, Error> {
    let places = form.numbers("place-");
    let mut order: Vec<(i64, usize, ChapterId)> = Vec::new();
    for (at, chapter) in desk.draft.chapters.iter().enumerate() {
        let Some(place) = places.get(chapter.id.to_string().as_str()) else {
            return refused(
                "Somebody added or deleted a chapter meanwhile, or a place is no number. \
                 Nothing was moved.",
            );
        };
        let (place, own) = ((*place).clamp(0, CHAPTERS as i64 + 1), at as i64 + 1);
        // One that was given the place of another stands before it if it comes from behind.
        order.push((place * 2 - i64::from(place < own), at, chapter.id));
    }
    order.sort_unstable();
    let order: Vec<ChapterId> = order.into_iter().map(|(_, _, id)| id).collect();
    let edit = format!("/works/{}/edit", desk.work);
    let mut draft = desk.draft.clone();
    draft.reorder(&order);
    tx.redraft(desk, &draft, pen, "chapters moved")?;
    Ok(Came::Done(edit))
}
