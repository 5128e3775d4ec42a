//! `/works/{id}/edit`: a work as its writer sees it, with its title, its texts round the chapters,
//! its chapters and what can be done with them.
//!
//! What else is said of a work (tags, rating, who may read it, when it is posted) is changed on
//! pages beside this one, through the same `Text::Work` of the same draft.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::page::{self, Printed};
use super::super::visitor::Guest;
use super::super::{Keep, Site, blocking, work_id};
use super::by_script::{self, Answer, Words};
use super::fields::{self, Faults, Fields};
use super::{BODY_BYTES, desk, head, moment, pen, sitting};
use crate::archive::access::may_decide;
use crate::archive::person::Visitor;
use crate::archive::revision::{Draft, Head, Part};
use crate::archive::work::{ChapterId, Millis, WorkId};
use crate::store::{BinnedChapter, Desk, Read, Saved, Text};

#[derive(Template)]
#[template(path = "writing/overview.html")]
pub(super) struct OverviewPage {
    work: WorkId,
    heading: String,
    title: String,
    texts: Vec<Rich>,
    head: String,
    sitting: String,
    language: String,
    state: String,
    drafted: bool,
    shown: bool,
    binned: bool,
    /// Whether whoever looks decides about the work.
    owned: bool,
    /// Whether several people write it.
    along: bool,
    words: String,
    /// How much beta readers said that waits for its writer.
    waiting: u64,
    chapters: Vec<Line>,
    binned_chapters: Vec<Binned>,
    faults: Faults,
    /// What could not be done, or was.
    notice: String,
}

struct Rich {
    name: &'static str,
    label: &'static str,
    markdown: String,
    html: Printed,
}

struct Line {
    id: ChapterId,
    number: usize,
    title: String,
    words: String,
    held_back: bool,
    state: &'static str,
}

struct Binned {
    id: ChapterId,
    title: String,
    when: String,
}

impl OverviewPage {
    fn fault(&self, name: &str) -> &str {
        self.faults.get(name).map_or("", String::as_str)
    }

    /// A work's page as it is kept.
    pub(super) fn of(
        site: &Site,
        tx: &Read<'_>,
        visitor: &Visitor,
        desk: &Desk,
    ) -> Result<OverviewPage, Error> {
        let sight = tx.visibility(desk.work)?.ok_or(Error::Absent)?;
        let (facts, matter) = (&desk.draft.facts, &desk.draft.matter);
        let shown = match desk.state.shown {
            Some(shown) => tx.draft(shown)?,
            None => None,
        };
        let rich = |name, label, html| -> Result<Rich, Error> {
            Ok(Rich { name, label, markdown: fields::markdown(html), html: Printed::kept(html)? })
        };
        let binned = tx.binned_chapters(desk.work)?;
        let binned: Result<Vec<Binned>, Error> =
            binned.iter().map(|chapter| binned_line(tx, chapter)).collect();
        Ok(OverviewPage {
            work: desk.work,
            heading: match facts.title.as_str() {
                "" => "Untitled".to_owned(),
                title => title.to_owned(),
            },
            title: facts.title.clone(),
            texts: vec![
                rich("summary", "Summary", &matter.summary)?,
                rich("notes_before", "Notes before the work", &matter.notes_before)?,
                rich("disclaimer", "Disclaimer", &matter.disclaimer)?,
                rich("notes_after", "Notes after the work", &matter.notes_after)?,
            ],
            head: head(desk, Part::Work)?.to_string(),
            sitting: sitting(site)?,
            language: facts.language.as_ref().map(ToString::to_string).unwrap_or_default(),
            state: state(desk),
            drafted: desk.state.drafted,
            shown: desk.state.shown.is_some(),
            binned: desk.state.binned_at.is_some(),
            owned: may_decide(visitor, &sight),
            along: !sight.writers.is_empty(),
            words: page::count(&desk.draft.words(), "word", "words"),
            waiting: tx.waiting_remarks(desk.work)?,
            chapters: lines(&desk.draft, shown.as_ref()),
            binned_chapters: binned?,
            faults: Faults::new(),
            notice: String::new(),
        })
    }

    /// The same page, saying something.
    pub(super) fn saying(self, notice: String) -> OverviewPage {
        OverviewPage { notice, ..self }
    }
}

fn state(desk: &Desk) -> String {
    let state = &desk.state;
    match (state.binned_at, state.shown, state.post_at) {
        (Some(at), _, _) => format!("In the bin since {}", moment(at)),
        (None, None, Some(at)) => format!("Draft, to be posted on {}", moment(at)),
        (None, None, None) => "Draft: readers do not see it".to_owned(),
        (None, Some(_), _) if state.drafted => "Posted, with changes that are not".to_owned(),
        (None, Some(_), _) => "Posted as it is here".to_owned(),
    }
}

fn lines(draft: &Draft, shown: Option<&Draft>) -> Vec<Line> {
    let line = |(place, own): (usize, &crate::archive::revision::DraftChapter)| Line {
        id: own.id,
        number: place + 1,
        title: own.title.clone().unwrap_or_else(|| format!("Chapter {}", place + 1)),
        words: page::count(&own.words, "word", "words"),
        held_back: own.held_back,
        state: match shown.map(|shown| shown.chapter(own.id)) {
            _ if own.held_back => "held back",
            None | Some(None) => "not posted",
            Some(Some(old)) if old.mark != own.mark => "changed",
            Some(Some(_)) => "posted",
        },
    };
    draft.chapters.iter().enumerate().map(line).collect()
}

fn binned_line(tx: &Read<'_>, chapter: &BinnedChapter) -> Result<Binned, Error> {
    let draft = tx.draft(chapter.revision)?;
    let title = draft.as_ref().and_then(|draft| {
        let place = draft.place(chapter.chapter)?;
        let own = draft.chapters.get(place)?;
        Some(own.title.clone().unwrap_or_else(|| format!("Chapter {}", place + 1)))
    });
    Ok(Binned {
        id: chapter.chapter,
        title: title.unwrap_or_else(|| "A chapter".to_owned()),
        when: moment(chapter.binned_at),
    })
}

/// `GET /works/{id}/edit`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let work = work_id(&work)?;
    let of = Arc::clone(&site);
    let notice = match uri.query() {
        Some("saved") => "Saved as a draft.",
        Some("posted") => "Posted: readers see it now.",
        Some("same") => "Readers see all of it already.",
        _ => "",
    };
    site.page(guest, uri, move |_, tx, visitor| {
        let desk = desk(tx, visitor, work)?;
        Ok((OverviewPage::of(&of, tx, visitor, &desk)?.saying(notice.to_owned()), Keep::No))
    })
    .await
}

/// What a save came to.
enum Outcome {
    Kept { head: Head, draft: Draft, at: Millis },
    Faults(Faults),
    Conflict { head: Option<Head>, draft: Draft, compare: String, mine: Fields },
}

fn save_work(
    site: &Site,
    guest: &Guest,
    work: WorkId,
    (typed, head, sitting): (&Fields, Head, Option<&str>),
) -> Result<Outcome, Error> {
    let at = site.app.now();
    let draft = site.app.store.read(|tx| desk(tx, &guest.visitor(tx)?, work))?.draft;
    let (facts, matter) = match fields::work((&draft.facts, &draft.matter), typed) {
        Ok(said) => said,
        Err(faults) => return Ok(Outcome::Faults(faults)),
    };
    let saved = site.app.store.write(|tx| -> Result<Saved, Error> {
        let visitor = guest.visitor(tx)?;
        // Whoever might write when the reading began may have been sent away since.
        desk(tx, &visitor, work)?;
        let (text, pen) = (Text::Work(&facts, &matter), pen(&visitor, at, sitting));
        Ok(tx.save(work, text, Some(head), &pen, "title and notes edited")?)
    })?;
    Ok(match saved {
        Saved::Absent => return Err(Error::Absent),
        Saved::Kept { head, draft } => Outcome::Kept { head, draft, at },
        Saved::Conflict { head, draft, theirs, yours, .. } => Outcome::Conflict {
            head,
            draft,
            compare: format!("/works/{work}/revisions/compare?from={theirs}&to={yours}"),
            mine: fields::told_of_work(&facts, &matter),
        },
    })
}

/// `POST /works/{id}/edit`: title, summary and notes, from the form.
pub(super) async fn save(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let work = work_id(&work)?;
    let form = Form::of(body, BODY_BYTES).await?;
    blocking(move || {
        let typed = fields::of_form(&form, &fields::OF_WORK);
        let head = Head::parse(form.field("head")).ok_or(Error::Form)?;
        let (status, faults, head, notice) =
            match save_work(&site, &guest, work, (&typed, head, None))? {
                Outcome::Kept { .. } => return see(&format!("/works/{work}/edit?saved")),
                Outcome::Faults(faults) => {
                    (StatusCode::UNPROCESSABLE_ENTITY, faults, head, String::new())
                }
                Outcome::Conflict { head: now, compare, .. } => {
                    let notice = format!(
                        "Somebody saved these fields meanwhile. Yours are below as you wrote \
                         them; saving them again replaces theirs. Both are kept: see {compare}."
                    );
                    (StatusCode::CONFLICT, Faults::new(), now.unwrap_or(head), notice)
                }
            };
        let mut page = site.app.store.read(|tx| -> Result<OverviewPage, Error> {
            let visitor = guest.visitor(tx)?;
            let desk = desk(tx, &visitor, work)?;
            OverviewPage::of(&site, tx, &visitor, &desk)
        })?;
        form.field("title").clone_into(&mut page.title);
        for rich in &mut page.texts {
            form.field(rich.name).clone_into(&mut rich.markdown);
        }
        let page = OverviewPage { faults, head: head.to_string(), ..page.saying(notice) };
        Ok(Page::new(page.render()?, status, 0).into_response())
    })
    .await
}

/// `POST /works/{id}/edit/save`: the same, from the script.
pub(super) async fn save_by_script(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let work = work_id(&work)?;
    by_script::save((site, guest), body, &fields::OF_WORK, move |site, guest, sent| {
        let sitting = sent.sitting.as_deref();
        Ok(match save_work(site, guest, work, (&sent.fields, sent.head, sitting))? {
            Outcome::Faults(faults) => Answer::Faults { faults },
            Outcome::Kept { head, draft, at } => {
                Answer::kept(head, at, Words { chapter: None, work: draft.words() })
            }
            Outcome::Conflict { head, draft, compare, mine } => Answer::Clash {
                head: head.map(|head| head.to_string()),
                yours: mine,
                theirs: fields::told_of_work(&draft.facts, &draft.matter),
                merged: None,
                compare,
            },
        })
    })
    .await
}
