//! What readers keep, change and forget. Every form of it is sent to one address; whoever is not
//! known yet becomes a reader by sending the first.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{HeaderMap, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fanfold_index::ask::{self, Ask};
use fanfold_index::filter::Kind;

use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::visitor::{self, Guest};
use super::super::{Site, blocking};
use crate::archive::access::Viewer;
use crate::archive::person::{ReaderId, Secret};
use crate::archive::reading::{MOST_FILTERS, MOST_MUTES, Mute, NAME_CHARS, SavedFilter};
use crate::archive::tag;
use crate::archive::work::{AuthorId, Millis, WorkId};
use crate::store::{self, Write};

/// The longest form, bytes.
const FORM_BYTES: usize = 64 << 10;

/// Why something was not kept: its word in the address, and what the page says.
const REFUSED: [(&str, &str); 5] = [
    ("name", "A filter needs a name of at most 80 letters."),
    ("question", "This question cannot be kept, because it cannot be read. Ask it first."),
    ("many", "That is more than can be kept. Take something out first."),
    ("absent", "There is nothing of this name here."),
    ("fandom", "There is no fandom of this name here."),
];

/// What the page says for a word of the address; nothing for one that is not ours.
pub(super) fn why(word: &str) -> &'static str {
    REFUSED.iter().find(|(own, _)| *own == word).map_or("", |(_, why)| why)
}

/// Why something was not done.
enum Undone {
    /// The word of [`REFUSED`].
    Refused(&'static str),
    Failed(Error),
}

impl From<store::Error> for Undone {
    fn from(error: store::Error) -> Undone {
        Undone::Failed(error.into())
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Undone {
        Undone::Failed(error)
    }
}

/// `POST /reading/act`
pub(in super::super) async fn act(
    State(site): State<Arc<Site>>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default().to_owned();
    blocking(move || {
        let (app, back) = (&site.app, back(&form));
        let (now, act) = (app.now(), form.field("act"));
        let encrypted = app.config.is_encrypted();
        let failed = |error: anyhow::Error| Error::failed("nobody can be remembered", &*error);
        let mut new: Option<Secret> = None;
        let done = app.store.write(|tx| -> Result<(), Undone> {
            let before = guest.visitor(tx)?;
            let viewer = Viewer::of(&before);
            if act == "forget" {
                if let (Some(reader), None) = (before.reader, before.account) {
                    tx.forget_reader(reader)?;
                }
                return Ok(());
            }
            let reader = match before.reader {
                Some(reader) => reader,
                // What is only noted by the way makes nobody a reader.
                None if act == "place" => return Ok(()),
                None => {
                    let (secret, reader) = (app.secret().map_err(failed)?, tx.insert_reader(now)?);
                    tx.insert_browser(reader, &secret.hash(), &agent, now)?;
                    new = Some(secret);
                    reader
                }
            };
            keep(tx, &viewer, reader, &form, now)
        });
        let mut response = match done {
            Ok(()) if act == "place" => StatusCode::NO_CONTENT.into_response(),
            Ok(()) => see(&back)?,
            Err(Undone::Refused(word)) => {
                new = None;
                see(&format!("/reading?refused={word}"))?
            }
            Err(Undone::Failed(error)) => return Err(error),
        };
        let cookie = match new {
            Some(secret) => Some(visitor::cookie(&secret, encrypted)?),
            None if act == "forget" => Some(visitor::no_cookie(encrypted)?),
            None => None,
        };
        response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
        Ok(response)
    })
    .await
}

/// Where the browser goes afterwards: the page that the form stood on, if it says one of ours.
fn back(form: &Form) -> String {
    let back = form.field("back");
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    let plain = back.bytes().all(|byte| byte.is_ascii_graphic());
    let fits = own && plain && HeaderValue::try_from(back).is_ok();
    if fits { back.to_owned() } else { "/reading".to_owned() }
}

/// Does what a form asks for.
fn keep(
    tx: &mut Write<'_>,
    viewer: &Viewer,
    reader: ReaderId,
    form: &Form,
    now: Millis,
) -> Result<(), Undone> {
    match form.field("act") {
        "begin" => Ok(()),
        "save" => {
            let name = form.field("name").to_owned();
            if name.is_empty() || name.chars().count() > NAME_CHARS {
                return Err(Undone::Refused("name"));
            }
            if tx.saved_filters(reader)?.len() >= MOST_FILTERS {
                return Err(Undone::Refused("many"));
            }
            let question = question(form)?.to_string();
            Ok(tx.save_filter(reader, &SavedFilter { name, question }, now)?)
        }
        "drop" => Ok(tx.drop_filter(reader, form.field("name"))?),
        "default" => default(tx, reader, form),
        "mute" | "unmute" => mute(tx, viewer, reader, form, now),
        "finished" => Ok(tx.finished(reader, work(tx, viewer, form)?, now)?),
        "unread" => Ok(tx.never_looked(reader, work(tx, viewer, form)?)?),
        "place" => place(tx, viewer, reader, form, now),
        _ => Err(Error::Form.into()),
    }
}

/// The question of a form, in its canonical spelling.
fn question(form: &Form) -> Result<Ask, Undone> {
    let asked = form.field("question");
    let refused = |_| Undone::Refused("question");
    if asked.chars().count() > ask::MAX_CHARS {
        return Err(Undone::Refused("question"));
    }
    Ask::parse(asked).map_err(refused)
}

fn default(tx: &mut Write<'_>, reader: ReaderId, form: &Form) -> Result<(), Undone> {
    let mut ask = question(form)?;
    // An order says nothing of what is shown.
    ask.sort = None;
    if ask != Ask::default() && tx.default_filters(reader)?.len() >= MOST_FILTERS {
        return Err(Undone::Refused("many"));
    }
    let fandom = match (form.number("fandom"), form.field("fandom-name")) {
        (Some(id), _) => Some(crate::archive::work::TagId(id)),
        (None, "") => None,
        (None, name) => {
            let tag = tx.tag_named(Some(tag::Kind::Fandom), name)?;
            Some(tag.ok_or(Undone::Refused("fandom"))?.id)
        }
    };
    Ok(tx.set_default_filter(reader, fandom, &ask.to_string())?)
}

fn mute(
    tx: &mut Write<'_>,
    viewer: &Viewer,
    reader: ReaderId,
    form: &Form,
    now: Millis,
) -> Result<(), Undone> {
    let muted = form.field("act") == "mute";
    let (what, name) = (form.field("what"), form.field("name"));
    let mutes: Vec<Mute> = match (what, form.number("key")) {
        (what, Some(key)) => Mute::of(what, key).into_iter().collect(),
        ("author", None) => {
            let terms = tx.named(Kind::Author, name)?;
            terms.iter().map(|term| Mute::Author(AuthorId(term.id.into()))).collect()
        }
        ("tag", None) => {
            let tags = tx.tags_spelt(None, name)?;
            tags.iter().map(|tag| Mute::Tag(tag.id)).collect()
        }
        _ => return Err(Error::Form.into()),
    };
    if mutes.is_empty() {
        return Err(Undone::Refused("absent"));
    }
    if muted && tx.mutes(reader)?.len() + mutes.len() > MOST_MUTES {
        return Err(Undone::Refused("many"));
    }
    for mute in mutes {
        let seen = match mute {
            Mute::Work(work) => tx.viewed(viewer.clone()).sees(work)?,
            _ => true,
        };
        if muted && !(seen && tx.is_there(mute)?) {
            return Err(Undone::Refused("absent"));
        }
        tx.set_mute(reader, mute, muted, now)?;
    }
    Ok(())
}

/// The work of a form.
fn work(tx: &Write<'_>, viewer: &Viewer, form: &Form) -> Result<WorkId, Undone> {
    let work = WorkId(form.number("work").ok_or(Error::Form)?);
    match tx.viewed(viewer.clone()).sees(work)? {
        true => Ok(work),
        false => Err(Error::Absent.into()),
    }
}

/// Where somebody reads, as the page says by itself.
fn place(
    tx: &mut Write<'_>,
    viewer: &Viewer,
    reader: ReaderId,
    form: &Form,
    now: Millis,
) -> Result<(), Undone> {
    let work = work(tx, viewer, form)?;
    let number = |name| form.number(name).and_then(|number| u32::try_from(number).ok());
    let chapter = number("chapter").filter(|chapter| *chapter > 0).ok_or(Error::Form)?;
    let paragraph = number("paragraph").ok_or(Error::Form)?;
    if form.has("end") {
        tx.finished(reader, work, now)?
    } else {
        tx.looked(reader, work, (chapter, paragraph), now)?
    }
    Ok(())
}
