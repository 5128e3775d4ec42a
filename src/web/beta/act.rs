//! `POST /beta/{secret}/act`: something said of a paragraph, of words chosen in it, or taken back.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body as Sent;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::limits::Limit;
use super::super::security::Client;
use super::super::visitor::{Guest, hand_cookie};
use super::super::{Site, blocking, fresh};
use super::read::{Names, RemarkPage};
use super::{Body, Opened, hands, line, opened, private, typed};
use crate::archive::anchor::Passage;
use crate::archive::beta::changes;
use crate::archive::beta::{Hand, NAME_CHARS, NewRemark, PASSAGE_CHARS, RemarkId, SAID_CHARS};
use crate::archive::person::{Secret, Visitor};
use crate::archive::work::ChapterId;
use crate::store::Write;

/// The longest form, bytes: two passages, each letter in its longest way.
const FORM_BYTES: usize = 512 << 10;

/// What came of it.
enum Came {
    /// It is kept: this page shows it.
    Done(String),
    /// It cannot be, for the reason on this form.
    Refused(Box<RemarkPage>),
}

/// `POST /beta/{secret}/act`
pub(in super::super) async fn act(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    Extension(client): Extension<Client>,
    guest: Guest,
    body: Sent,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let app = &site.app;
        // A link that leads nowhere is not worth counting.
        app.store.read(|tx| opened(tx, &secret).map(drop))?;
        site.limits.count(Limit::Remark, client.network(), app.now())?;
        let new = fresh(app)?;
        let mut kept = false;
        let came = app.store.write(|tx| -> Result<Came, Error> {
            let open = opened(tx, &secret)?;
            let visitor = guest.visitor(tx)?;
            if form.field("act") == "back" {
                return back(tx, &open, &form, &hands(&visitor, &guest));
            }
            let hand = match (&visitor.account, guest.hand()) {
                (Some(account), _) => Hand::Account(account.id),
                (None, Some(hand)) => Hand::Browser(hand),
                (None, None) => Hand::Browser(new.hash()),
            };
            let came = remark(tx, &open, &form, hand, (&visitor, &guest), app.now())?;
            kept = matches!(came, Came::Done(_)) && hand == Hand::Browser(new.hash());
            Ok(came)
        })?;
        match came {
            Came::Refused(page) => private(&*page, StatusCode::UNPROCESSABLE_ENTITY),
            Came::Done(path) => remembered(see(&path)?, kept.then_some(&new), &site),
        }
    })
    .await
}

/// The answer with a cookie by which a browser knows what it said.
fn remembered(
    mut response: Response,
    secret: Option<&Secret>,
    site: &Site,
) -> Result<Response, Error> {
    if let Some(secret) = secret {
        let cookie = hand_cookie(secret, site.app.config.is_encrypted())?;
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn back(tx: &mut Write<'_>, open: &Opened, form: &Form, hands: &[Hand]) -> Result<Came, Error> {
    let id = form.number("remark").map(RemarkId).ok_or(Error::Form)?;
    let (position, _) = open.chapter(form.field("chapter"))?;
    if !tx.take_back(open.beta.id, id, hands)? {
        return Err(Error::Absent);
    }
    Ok(Came::Done(format!("{}/chapters/{position}{}", open.path(), anchor(form))))
}

/// The place on the page that a form stood at.
fn anchor(form: &Form) -> String {
    let paragraph = form.number("paragraph").filter(|paragraph| *paragraph >= 0);
    paragraph.map(|paragraph| format!("#at-{paragraph}")).unwrap_or_default()
}

fn remark(
    tx: &mut Write<'_>,
    open: &Opened,
    form: &Form,
    hand: Hand,
    (visitor, guest): (&Visitor, &Guest),
    now: crate::archive::work::Millis,
) -> Result<Came, Error> {
    let (position, own) = open.chapter(form.field("chapter"))?;
    let body = Body::of(tx, own)?;
    let paragraph = form.number("paragraph").and_then(|at| usize::try_from(at).ok());
    let paragraph = paragraph.ok_or(Error::Form)?;
    let who = Names::of(tx, visitor, guest, open)?.chosen(&line(form.field("name"), NAME_CHARS));
    let told = match form.field("act") {
        "remark" => of_paragraph(&body, own.id, paragraph, form),
        "passage" => of_words(&body, own.id, paragraph, form),
        _ => return Err(Error::Form),
    };
    // What a script sent is shown again in the form without one.
    let changed = told.as_ref().ok().and_then(|remarks| changed(&body, remarks.first()?));
    let told = told.and_then(|mut remarks| {
        let who = who?;
        remarks.iter_mut().for_each(|remark| remark.who.clone_from(&who));
        Ok(remarks)
    });
    let fault = match told {
        Ok(remarks) if tx.insert_remarks(open.beta.id, hand, &remarks, now)? => {
            let path = open.path();
            return Ok(Came::Done(format!("{path}/chapters/{position}{}", anchor(form))));
        }
        Ok(_) => FULL,
        Err(fault) => fault,
    };
    let (paragraph, text) = match changed.filter(|_| !form.is_there("text")) {
        Some((paragraph, text)) => (paragraph, Some(text)),
        None => (paragraph, form.is_there("text").then(|| form.exact("text").to_owned())),
    };
    let at = &position.to_string();
    let page = RemarkPage::of(tx, open, at, paragraph, (visitor, guest))?;
    Ok(Came::Refused(Box::new(page.sent_back(form, text, fault))))
}

/// The paragraph of a suggestion, and what it would say.
fn changed(body: &Body, remark: &NewRemark) -> Option<(usize, String)> {
    let Passage { paragraph, ref bytes } = remark.passage;
    let mut text = body.paragraphs.get(paragraph)?.clone();
    text.get(bytes.clone())?;
    text.replace_range(bytes.clone(), remark.instead.as_deref()?);
    Some((paragraph, text))
}

const FULL: &str = "A link takes 2,000 remarks and 4 MB of text, and with this it would be more. \
     Nothing is lost: send less of it, or ask the writer for another link.";
const LONG: &str = "This is longer than can be sent at once. Nothing is lost: shorten it, or say it \
     in two.";
const NOTHING: &str = "There is nothing to send yet: say something, or change the text.";
const NOT_THERE: &str = "These words do not stand in this paragraph exactly so. Copy them out of it, \
     or leave the field empty to speak of the whole paragraph.";
const TWICE: &str = "These words stand in this paragraph more than once. Take some more of what \
     stands beside them.";

/// What is said by the form without a script: of a whole paragraph or of words copied out of it,
/// and what was changed in it.
fn of_paragraph(
    body: &Body,
    chapter: ChapterId,
    paragraph: usize,
    form: &Form,
) -> Result<Vec<NewRemark>, &'static str> {
    let text = body.paragraphs.get(paragraph).filter(|text| !text.trim().is_empty());
    let text = text.ok_or(NOT_THERE)?;
    let said = typed(form.field("said"), SAID_CHARS).ok_or(LONG)?;
    let mut remarks = Vec::new();
    let new = |bytes: std::ops::Range<usize>, said: &str, instead: Option<String>| NewRemark {
        chapter,
        quoted: text.get(bytes.clone()).unwrap_or_default().to_owned(),
        passage: Passage { paragraph, bytes },
        said: said.to_owned(),
        instead,
        who: String::new(),
    };
    if !said.is_empty() {
        let bytes = match form.field("quote") {
            "" => 0..text.len(),
            quote => only(text, quote)?,
        };
        remarks.push(new(bytes, &said, None));
    }
    if form.is_there("text") {
        let changed = typed(form.exact("text"), PASSAGE_CHARS).ok_or(LONG)?;
        let changed = lines_as(text, &changed);
        if changed.trim() != text.trim() {
            let changes = changes(text, changed.trim_end());
            remarks.extend(
                changes.into_iter().map(|change| new(change.bytes, "", Some(change.instead))),
            );
        }
    }
    match remarks.is_empty() {
        true => Err(NOTHING),
        false if remarks.iter().any(|remark| long(&remark.quoted)) => Err(LONG),
        false => Ok(remarks),
    }
}

fn long(text: &str) -> bool {
    text.chars().count() > PASSAGE_CHARS
}

/// Line ends become spaces where the words that they replace have none.
fn lines_as(old: &str, new: &str) -> String {
    if old.contains('\n') { new.to_owned() } else { new.replace('\n', " ") }
}

/// Where words stand in a text, if they do once.
fn only(text: &str, words: &str) -> Result<std::ops::Range<usize>, &'static str> {
    let first = text.find(words).ok_or(NOT_THERE)?;
    let next = first + words.chars().next().map_or(1, char::len_utf8);
    match text.get(next..).is_some_and(|rest| rest.contains(words)) {
        true => Err(TWICE),
        false => Ok(first..first + words.len()),
    }
}

/// What is said of words that a script saw chosen: `at` tells where they begin in the text of
/// `count` paragraphs, in units of UTF-16.
fn of_words(
    body: &Body,
    chapter: ChapterId,
    paragraph: usize,
    form: &Form,
) -> Result<Vec<NewRemark>, &'static str> {
    let quote = typed(form.exact("quote"), PASSAGE_CHARS).ok_or(LONG)?;
    let said = typed(form.field("said"), SAID_CHARS).ok_or(LONG)?;
    let instead = typed(form.exact("instead"), PASSAGE_CHARS).ok_or(LONG)?;
    let instead = lines_as(&quote, &instead);
    let instead = (form.is_there("instead") && instead != quote).then_some(instead);
    if quote.trim().is_empty() {
        return Err(NOT_THERE);
    }
    if said.is_empty() && instead.is_none() {
        return Err(NOTHING);
    }
    let count = form.number("count").and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
    let texts = body.paragraphs.get(paragraph..).unwrap_or_default();
    let texts = texts.get(..count.clamp(1, texts.len().max(1))).unwrap_or_default();
    let at = form.number("at").and_then(|at| usize::try_from(at).ok());
    let there = match (texts, at) {
        ([text], Some(at)) => utf16(text, at)
            .filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(&quote))),
        _ => None,
    };
    let (place, bytes) = match there {
        Some(at) => (0, at..at + quote.len()),
        None => {
            let mut found = texts.iter().enumerate().filter(|(_, text)| text.contains(&quote));
            let (place, text) = found.next().ok_or(NOT_THERE)?;
            if found.next().is_some() {
                return Err(TWICE);
            }
            (place, only(text, &quote)?)
        }
    };
    let passage = Passage { paragraph: paragraph + place, bytes };
    Ok(vec![NewRemark { chapter, passage, quoted: quote, said, instead, who: String::new() }])
}

/// The byte at which a unit of UTF-16 begins.
fn utf16(text: &str, at: usize) -> Option<usize> {
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units >= at {
            return (units == at).then_some(byte);
        }
        units += c.len_utf16();
    }
    None
}
