//! `POST /works/{id}/edit/beta`: links are made and closed, remarks are decided. What is accepted
//! becomes a revision of the draft as it is now; where a passage is not found for certain, nothing
//! is done. Passages are looked for before anything is written, since nobody else can write
//! meanwhile: if the draft is another one by then, they are looked for again.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body as Sent;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fanfold_doc::document::Document;
use fanfold_doc::html::Html;
use fanfold_proof::{Edit, apply};

use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::visitor::Guest;
use super::super::writing::{open_desk, pen};
use super::super::{Site, blocking, fresh, work_id};
use super::desk::{DeskPage, Texts};
use super::{line, name, paragraphs, private, typed};
use crate::archive::beta::{ANSWER_CHARS, BetaId, NAME_CHARS, Remark, RemarkId, State as Now};
use crate::archive::person::Secret;
use crate::archive::revision::{Mark, Part};
use crate::archive::work::{ChapterId, NewChapter, RevisionId};
use crate::store::{Desk, Pen, Read, Write};

/// The longest of these forms, bytes.
const FORM_BYTES: usize = 64 << 10;

/// How often passages are looked for where the draft changes under the search.
const TRIES: usize = 3;
const CHANGING: &str = "The draft was changed by somebody else just now, so nothing was done. \
     Please try again.";

/// What came of an act.
enum Came {
    /// Done: the word for it in the address.
    Done(&'static str),
    /// A new link, to be shown this once.
    Link(String),
    /// It cannot be, for this reason.
    Refused(&'static str),
    /// The draft is not the one in which passages were looked for; nothing was written.
    Stale,
}

/// `POST /works/{id}/edit/beta`
pub(in super::super) async fn act(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    body: Sent,
) -> Result<Response, Error> {
    let work = work_id(&work)?;
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let app = &site.app;
        let (at, secret) = (app.now(), fresh(app)?);
        let mut came = Came::Stale;
        for _ in 0..TRIES {
            let found = app.store.read(|tx| -> Result<Found, Error> {
                let desk = open_desk(tx, &guest.visitor(tx)?, work)?;
                sought(tx, &desk, form.field("act"), form.number("remark").map(RemarkId))
            })?;
            came = app.store.write(|tx| -> Result<Came, Error> {
                let visitor = guest.visitor(tx)?;
                let desk = open_desk(tx, &visitor, work)?;
                done(tx, desk, (&form, &found), &secret, &pen(&visitor, at, None))
            })?;
            if !matches!(came, Came::Stale) {
                break;
            }
        }
        let page = |link: String, fault: &'static str, status| {
            let page = app.store.read(|tx| -> Result<DeskPage, Error> {
                let desk = open_desk(tx, &guest.visitor(tx)?, work)?;
                DeskPage::of(tx, &desk)
            })?;
            private(&page.saying(link, fault), status)
        };
        match came {
            Came::Link(path) => page(path, "", StatusCode::OK),
            Came::Refused(why) => page(String::new(), why, StatusCode::CONFLICT),
            Came::Stale => page(String::new(), CHANGING, StatusCode::CONFLICT),
            Came::Done(word) => {
                let next = form.number("next").filter(|_| form.has("remark"));
                let next = next.map_or("#remarks".to_owned(), |next| format!("#r{next}"));
                see(&format!("/works/{work}/edit/beta?done={word}{next}"))
            }
        }
    })
    .await
}

fn done(
    tx: &mut Write<'_>,
    desk: Desk,
    (form, found): (&Form, &Found),
    secret: &Secret,
    pen: &Pen<'_>,
) -> Result<Came, Error> {
    let work = desk.work;
    let link = || Came::Link(format!("/beta/{}", secret.text()));
    let there = |there: bool, came| if there { Ok(came) } else { Err(Error::Absent) };
    let beta = form.number("beta").map(BetaId);
    match (form.field("act"), beta) {
        ("make", _) => {
            let name = line(form.field("name"), NAME_CHARS);
            if name.is_empty() {
                return Ok(Came::Refused("Give the link a name, so that you know whose it is."));
            }
            let revision = form.number("revision").map_or(desk.revision, RevisionId);
            let made = tx.insert_beta((work, revision), &name, &secret.hash(), pen.at)?;
            match made {
                Some(_) => Ok(link()),
                None if tx.work_of_revision(revision)? == Some(work) => Ok(Came::Refused(
                    "A work has at most 100 of these links. Close one and use it again with a \
                     new secret.",
                )),
                None => Err(Error::Absent),
            }
        }
        ("link", Some(beta)) => there(tx.put_beta_link(work, beta, &secret.hash())?, link()),
        ("close", Some(beta)) => there(tx.open_beta(work, beta, false)?, Came::Done("closed")),
        ("open", Some(beta)) => there(tx.open_beta(work, beta, true)?, Came::Done("opened")),
        _ => decide(tx, desk, (form, found), pen),
    }
}

/// Decides a remark, or all suggestions of one reader.
fn decide(
    tx: &mut Write<'_>,
    desk: Desk,
    (form, found): (&Form, &Found),
    pen: &Pen<'_>,
) -> Result<Came, Error> {
    let id = form.number("remark").map(RemarkId).ok_or(Error::Form)?;
    let remark = tx.remark(desk.work, id)?.ok_or(Error::Absent)?;
    let answer = typed(form.field("answer"), ANSWER_CHARS);
    let Some(answer) = answer else {
        return Ok(Came::Refused(
            "An answer has at most 2,000 characters. Nothing was kept of it.",
        ));
    };
    let act = form.field("act");
    if act != "answer" && !remark.is_open() {
        return Ok(Came::Refused("This was decided before, perhaps by you in another window."));
    }
    let word = match act {
        "answer" => "answered",
        "decline" | "done" => {
            tx.put_remark_state(id, Now::Settled)?;
            "decided"
        }
        "accept" if remark.is.instead.is_some() => match accept(tx, desk, found, pen)? {
            None => return Ok(Came::Stale),
            Some(0) => {
                return Ok(Came::Refused(
                    "The passage has changed since it was read, so nothing was done. Both are \
                     shown below: change it by hand, or decline.",
                ));
            }
            Some(_) => "accepted",
        },
        "all" => match accept(tx, desk, found, pen)? {
            None => return Ok(Came::Stale),
            Some(0) => {
                return Ok(Came::Refused(
                    "None of these passages stands in the draft as it was read, so nothing \
                     was done.",
                ));
            }
            Some(done) if done < found.remarks.len() => "some",
            Some(_) => "accepted",
        },
        _ => return Err(Error::Form),
    };
    if act == "answer" || !answer.is_empty() {
        tx.put_answer(id, &answer)?;
    }
    Ok(Came::Done(word))
}

/// Suggestions that are to be accepted, and what becomes of the draft by those whose passages
/// were found.
#[derive(Default)]
struct Found {
    /// All of them, of one reader.
    remarks: Vec<Remark>,
    chapters: Vec<Laid>,
}

/// A chapter with suggestions laid over it.
struct Laid {
    chapter: ChapterId,
    /// The chapter in which their passages were found.
    mark: Mark,
    body: Html,
    words: u64,
    /// Which suggestions those are.
    remarks: Vec<RemarkId>,
}

/// Looks for the passages of what an act accepts; for none where it accepts nothing that is there.
fn sought(tx: &Read<'_>, desk: &Desk, act: &str, remark: Option<RemarkId>) -> Result<Found, Error> {
    let all = act == "all";
    let id = remark.filter(|_| all || act == "accept");
    let Some(id) = id else { return Ok(Found::default()) };
    let remark = tx.remark(desk.work, id)?.filter(Remark::is_open);
    let Some(remark) = remark else { return Ok(Found::default()) };
    let (beta, hand) = (remark.beta, remark.hand);
    let mut remarks = if all { tx.remarks(beta)? } else { vec![remark] };
    remarks.retain(|own| own.is_open() && own.hand == hand && own.is.instead.is_some());
    let chapters = laid_over(tx, desk, &remarks)?;
    Ok(Found { remarks, chapters })
}

/// Puts suggestions into the draft, as one revision, as far as their passages were found; how many
/// those were. `None` if the draft, or one of them, is not what it was then.
fn accept(
    tx: &mut Write<'_>,
    desk: Desk,
    found: &Found,
    pen: &Pen<'_>,
) -> Result<Option<usize>, Error> {
    let done: Vec<RemarkId> =
        found.chapters.iter().flat_map(|laid| laid.remarks.iter().copied()).collect();
    for id in &done {
        if !tx.remark(desk.work, *id)?.is_some_and(|remark| remark.is_open()) {
            return Ok(None);
        }
    }
    // Saves of one sitting are one revision, so the chapters themselves must be what they were.
    let same = |laid: &Laid| desk.draft.mark(Part::Chapter(laid.chapter)) == Some(laid.mark);
    if !found.chapters.iter().all(same) {
        return Ok(None);
    }
    let first = found.remarks.iter().find(|remark| done.contains(&remark.id));
    let Some(first) = first else { return Ok(Some(0)) };
    let who = name(&first.is.who);
    let why = match done.len() {
        1 => format!("{who}’s suggestion"),
        many => format!("{who}’s suggestions ({many})"),
    };
    let mut draft = desk.draft.clone();
    for laid in &found.chapters {
        let Some(own) = draft.chapter(laid.chapter) else { continue };
        let old = tx.drafted(own)?;
        let new = NewChapter { words: laid.words, body: laid.body.clone(), ..old };
        draft.put(tx.new_chapter(&desk, Some(laid.chapter), &new)?);
    }
    tx.redraft(desk, &draft, pen, &why)?;
    for id in &done {
        tx.put_remark_state(*id, Now::Accepted)?;
    }
    Ok(Some(done.len()))
}

/// Chapters with suggestions laid over them.
fn laid_over(tx: &Read<'_>, desk: &Desk, remarks: &[Remark]) -> Result<Vec<Laid>, Error> {
    let mut texts = Texts::new(tx, &desk.draft);
    let betas = tx.betas(desk.work)?;
    let mut edits: BTreeMap<ChapterId, Vec<(Edit, RemarkId)>> = BTreeMap::new();
    for remark in remarks {
        let Some(row) = betas.iter().find(|row| row.beta.id == remark.beta) else { continue };
        let Some(instead) = &remark.is.instead else { continue };
        let Some(place) = texts.place(&row.beta, remark)? else { continue };
        let (old, new) = (remark.is.quoted.clone(), instead.clone());
        let edit = Edit { paragraph: place.paragraph, bytes: place.bytes, old, new };
        edits.entry(remark.is.chapter).or_default().push((edit, remark.id));
    }
    let mut laid = Vec::new();
    for (chapter, edits) in edits {
        let Some(mark) = desk.draft.mark(Part::Chapter(chapter)) else { continue };
        let Some(text) = texts.now(chapter)? else { continue };
        let (text, remarks) = lay(text, &apart(edits));
        if !remarks.is_empty() {
            let (body, words) = (text.to_html(), text.words());
            laid.push(Laid { chapter, mark, body, words, remarks });
        }
    }
    Ok(laid)
}

/// Edits in order, without those that touch one before them.
fn apart(mut edits: Vec<(Edit, RemarkId)>) -> Vec<(Edit, RemarkId)> {
    edits.sort_by_key(|(edit, id)| (edit.paragraph, edit.bytes.start, *id));
    let mut kept: Vec<(Edit, RemarkId)> = Vec::with_capacity(edits.len());
    for (edit, id) in edits {
        let free = kept.last().is_none_or(|(last, _)| {
            last.paragraph != edit.paragraph || last.bytes.end <= edit.bytes.start
        });
        if free {
            kept.push((edit, id));
        }
    }
    kept
}

/// Lays edits over a text, as far as they change their words and nothing else; which of them it
/// did. Where all together do more than that, they are tried in halves, those behind first.
pub(super) fn lay(text: &Document, edits: &[(Edit, RemarkId)]) -> (Document, Vec<RemarkId>) {
    let all: Vec<Edit> = edits.iter().map(|(edit, _)| edit.clone()).collect();
    let new = apply(text, &all);
    if holds(&paragraphs(text), &all, &paragraphs(&new)) {
        return (new, edits.iter().map(|(_, id)| *id).collect());
    }
    if edits.len() < 2 {
        return (text.clone(), Vec::new());
    }
    let (first, second) = edits.split_at(edits.len() / 2);
    let (text, mut done) = lay(text, second);
    let (text, more) = lay(&text, first);
    done.extend(more);
    (text, done)
}

/// Whether the new paragraphs are the old ones with these edits and nothing else, but for spaces,
/// of which a text has one at a time, and paragraphs of which nothing is left.
fn holds(old: &[String], edits: &[Edit], new: &[String]) -> bool {
    let mut want = old.to_vec();
    for edit in edits.iter().rev() {
        let Some(text) = want.get_mut(edit.paragraph) else { return false };
        if text.get(edit.bytes.clone()) != Some(edit.old.as_str()) {
            return false;
        }
        text.replace_range(edit.bytes.clone(), &edit.new);
    }
    let said = |texts: &[String]| -> Vec<Vec<String>> {
        let words = |text: &String| text.split_whitespace().map(str::to_owned).collect();
        texts.iter().map(words).filter(|words: &Vec<String>| !words.is_empty()).collect()
    };
    said(&want) == said(new)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
