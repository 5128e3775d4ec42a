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
use super::{Body, Opened, hands, line, linked, opened, private, typed};
use crate::archive::anchor::Passage;
use crate::archive::beta::changes;
use crate::archive::beta::{Hand, NAME_CHARS, NewRemark, PASSAGE_CHARS, RemarkId, SAID_CHARS};
use crate::archive::person::{Secret, Visitor};
use crate::archive::work::{ChapterId, Millis};
use crate::store::{Read, Write};

/// The longest form, bytes: two passages, each letter in its longest way.
const FORM_BYTES: usize = 512 << 10;

/// What is to be done, as far as that can be told before anything is written: others cannot write
/// meanwhile, and what a link leads to does not change.
enum Wanted {
    /// To keep this.
    Remarks(Vec<NewRemark>),
    /// To take one back.
    Back(RemarkId),
    /// Nothing, for the reason on this form.
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
        let (open, wanted) = app.store.read(|tx| -> Result<(Opened, Wanted), Error> {
            // A link that leads nowhere is not worth counting.
            let open = opened(tx, &secret)?;
            site.limits.count(Limit::Remark, client.network(), app.now())?;
            let wanted = wanted(tx, &open, &form, &guest)?;
            Ok((open, wanted))
        })?;
        let new = fresh(app)?;
        let mut kept = false;
        let fault = match &wanted {
            Wanted::Refused(page) => {
                return private(&**page, StatusCode::UNPROCESSABLE_ENTITY);
            }
            Wanted::Back(id) => app.store.write(|tx| back(tx, &open, *id, &guest))?,
            Wanted::Remarks(remarks) => {
                let (remarks, name) = (remarks.clone(), line(form.field("name"), NAME_CHARS));
                app.store.write(|tx| -> Result<_, Error> {
                    let visitor = guest.visitor(tx)?;
                    let hand = match (&visitor.account, guest.hand()) {
                        (Some(account), _) => Hand::Account(account.id),
                        (None, Some(hand)) => Hand::Browser(hand),
                        (None, None) => Hand::Browser(new.hash()),
                    };
                    let said = (remarks, name.as_str(), hand);
                    let fault = keep(tx, &open, said, (&visitor, &guest), app.now())?;
                    kept = fault.is_none() && hand == Hand::Browser(new.hash());
                    Ok(fault)
                })?
            }
        };
        let Some(fault) = fault else {
            let (position, _) = open.chapter(form.field("chapter"))?;
            let path = format!("{}/chapters/{position}{}", open.path(), anchor(&form));
            return remembered(see(&path)?, kept.then_some(&new), &site);
        };
        let page = app.store.read(|tx| {
            let remarks = match &wanted {
                Wanted::Remarks(remarks) => remarks.as_slice(),
                Wanted::Back(_) | Wanted::Refused(_) => &[],
            };
            refused(tx, &open, &form, remarks, fault, &guest)
        })?;
        private(&page, StatusCode::UNPROCESSABLE_ENTITY)
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

/// The place on the page that a form stood at.
fn anchor(form: &Form) -> String {
    let paragraph = form.number("paragraph").filter(|paragraph| *paragraph >= 0);
    paragraph.map(|paragraph| format!("#at-{paragraph}")).unwrap_or_default()
}

/// Reads a form, and looks for its passages in what the link leads to.
fn wanted(tx: &Read<'_>, open: &Opened, form: &Form, guest: &Guest) -> Result<Wanted, Error> {
    let (_, own) = open.chapter(form.field("chapter"))?;
    if form.field("act") == "back" {
        return form.number("remark").map(|id| Wanted::Back(RemarkId(id))).ok_or(Error::Form);
    }
    let body = Body::of(tx, own)?;
    let paragraph = form.number("paragraph").and_then(|at| usize::try_from(at).ok());
    let paragraph = paragraph.ok_or(Error::Form)?;
    let told = match form.field("act") {
        "remark" => of_paragraph(&body, own.id, paragraph, form),
        "passage" => of_words(&body, own.id, paragraph, form),
        _ => return Err(Error::Form),
    };
    match told {
        Ok(remarks) => Ok(Wanted::Remarks(remarks)),
        Err(fault) => Ok(Wanted::Refused(Box::new(refused(tx, open, form, &[], fault, guest)?))),
    }
}

/// Keeps what somebody said under a name, if the link is still open; or what is wrong with it.
fn keep(
    tx: &mut Write<'_>,
    open: &Opened,
    (mut remarks, name, hand): (Vec<NewRemark>, &str, Hand),
    (visitor, guest): (&Visitor, &Guest),
    now: Millis,
) -> Result<Option<&'static str>, Error> {
    let beta = linked(tx, &open.secret)?.id;
    let who = match Names::of(tx, (visitor, guest), beta)?.chosen(name) {
        Ok(who) => who,
        Err(fault) => return Ok(Some(fault)),
    };
    remarks.iter_mut().for_each(|remark| remark.who.clone_from(&who));
    let kept = tx.insert_remarks(beta, hand, &remarks, now)?;
    Ok((!kept).then_some(FULL))
}

/// Takes a remark back, if the link is still open.
fn back(
    tx: &mut Write<'_>,
    open: &Opened,
    id: RemarkId,
    guest: &Guest,
) -> Result<Option<&'static str>, Error> {
    let beta = linked(tx, &open.secret)?.id;
    let hands = hands(&guest.visitor(tx)?, guest);
    if tx.take_back(beta, id, &hands)? { Ok(None) } else { Err(Error::Absent) }
}

/// The form as it was sent, with what is wrong. What a script sent is shown in the form without
/// one.
fn refused(
    tx: &Read<'_>,
    open: &Opened,
    form: &Form,
    remarks: &[NewRemark],
    fault: &str,
    guest: &Guest,
) -> Result<RemarkPage, Error> {
    let position = form.field("chapter");
    let (_, own) = open.chapter(position)?;
    let changed = match remarks.first().filter(|_| !form.is_there("text")) {
        Some(remark) => changed(&Body::of(tx, own)?, remark),
        None => None,
    };
    let (paragraph, text) = match changed {
        Some((paragraph, text)) => (paragraph, Some(text)),
        None => {
            let paragraph = form.number("paragraph").and_then(|at| usize::try_from(at).ok());
            let text = form.is_there("text").then(|| form.exact("text").to_owned());
            (paragraph.ok_or(Error::Form)?, text)
        }
    };
    let visitor = guest.visitor(tx)?;
    let page = RemarkPage::of(tx, open, position, paragraph, (&visitor, guest))?;
    Ok(page.sent_back(form, text, fault))
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
