//! What wranglers do to tags on the site. Forms are sent here from the site's own pages alone; what
//! is done is told on the page that they came from, with a way back, and what is refused in the
//! archive's own words.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::visitor::Guest;
use super::super::{Site, blocking};
use super::{Notice, Refused, label, log, proposals, show_page};
use crate::app::App;
use crate::archive::alike::Rule;
use crate::archive::person::Role;
use crate::archive::refusal::Refusal;
use crate::archive::tag::{Kind, Tag};
use crate::archive::work::{ActId, TagId};
use crate::archive::wrangle::Act;
use crate::store::{TagError, Write};

/// The longest form, bytes.
const FORM_BYTES: usize = 16 << 10;

/// The page that a form stood on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    Tag(TagId),
    Proposals(Option<Rule>),
    Log,
}

impl Back {
    fn of(form: &Form) -> Result<Back, Error> {
        match form.field("back") {
            "/tags/proposals" => Ok(Back::Proposals(None)),
            "/tags/log" => Ok(Back::Log),
            back => {
                if let Some(rule) = back.strip_prefix("/tags/proposals?rule=") {
                    return Ok(Back::Proposals(Rule::parse(rule)));
                }
                let id = back.strip_prefix("/tags/").and_then(|id| id.parse().ok());
                id.map(|id| Back::Tag(TagId(id))).ok_or(Error::Form)
            }
        }
    }

    /// Its address once this was done.
    fn path(self, done: &str) -> String {
        match self {
            Back::Tag(id) => format!("/tags/{id}?done={done}"),
            Back::Proposals(None) => format!("/tags/proposals?done={done}"),
            Back::Proposals(Some(rule)) => {
                format!("/tags/proposals?rule={}&done={done}", rule.word())
            }
            Back::Log => format!("/tags/log?done={done}"),
        }
    }
}

/// Why something was not done.
enum Undone {
    /// It cannot be, for a reason that people are told.
    Refused(String),
    Failed(Error),
}

impl From<crate::store::Error> for Undone {
    fn from(error: crate::store::Error) -> Undone {
        Undone::Failed(error.into())
    }
}

impl From<TagError> for Undone {
    fn from(error: TagError) -> Undone {
        match error {
            TagError::Refused(refusal) => Undone::Refused(refusal.to_string()),
            TagError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for Undone {
    fn from(refusal: Refusal) -> Undone {
        Undone::Refused(refusal.to_string())
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Undone {
        Undone::Failed(error)
    }
}

/// `POST /tags/act`: the act of a form, or the undoing of one.
pub(in super::super) async fn act(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    let back = Back::of(&form)?;
    blocking(move || {
        let now = site.app.now();
        let done = site.app.store.write(|tx| -> Result<Option<ActId>, Undone> {
            guest.must_be(tx, Role::Wrangler)?;
            if form.field("act") == "undo" {
                let id = form.number("number").ok_or(Error::Form)?;
                return Ok(tx.undo(Some(ActId(id)), now)?.1.act);
            }
            let act = asked(tx, &form)?;
            if let Act::AddMeta(_, other) | Act::AddParent(_, other) = act
                && form.has("make")
            {
                tx.wrangle(Act::Canonical(other), now)?;
            }
            Ok(tx.wrangle(act, now)?.act)
        });
        match done {
            Ok(act) => {
                let done = act.map_or_else(|| "nothing".to_owned(), |act| act.to_string());
                see(&back.path(&done))
            }
            Err(Undone::Refused(why)) => refused(&site, &guest, back, why, &form),
            Err(Undone::Failed(error)) => Err(error),
        }
    })
    .await
}

/// The act that a form asks for.
fn asked(tx: &mut Write<'_>, form: &Form) -> Result<Act, Undone> {
    let id = TagId(form.number("tag").ok_or(Error::Form)?);
    let tag = tx.tag(id)?.ok_or(Refusal::Absent(id))?;
    let one = [tag.kind];
    Ok(match form.field("act") {
        "canonical" => Act::Canonical(id),
        "loose" => Act::Loose(id),
        "split" => Act::Split(id),
        "merge" => Act::Merge(id, other(tx, form, &one)?),
        "apart" => Act::KeepApart(id, other(tx, form, &one)?),
        "meta" => Act::AddMeta(id, other(tx, form, &one)?),
        "no meta" => Act::RemoveMeta(id, other(tx, form, &one)?),
        "parent" => Act::AddParent(id, other(tx, form, tag.kind.parents())?),
        "no parent" => Act::RemoveParent(id, other(tx, form, tag.kind.parents())?),
        _ => return Err(Error::Form.into()),
    })
}

/// The other tag of an act: by its key, or as its name was typed.
fn other(tx: &mut Write<'_>, form: &Form, kinds: &[Kind]) -> Result<TagId, Undone> {
    if let Some(id) = form.number("other") {
        return Ok(TagId(id));
    }
    let name = form.field("name");
    let words: Vec<String> = kinds.iter().map(|kind| label(*kind).to_lowercase()).collect();
    if name.is_empty() {
        let why = format!("Please type the name of the {} that you mean.", words.join(" or "));
        return Err(Undone::Refused(why));
    }
    let mut spelt: Vec<Tag> = Vec::new();
    for kind in kinds {
        spelt.extend(tx.tag_named(Some(*kind), name)?);
    }
    match (spelt.as_slice(), kinds) {
        ([tag], _) => Ok(tag.id),
        ([], [kind, ..]) if form.has("make") => Ok(tx.make_tag(*kind, name)?),
        ([], _) => Err(Undone::Refused(format!(
            "There is no {} “{}”. Choose one of the names that come up while you type, or tick \
             the box to make it new.",
            words.join(" or "),
            shortened(name)
        ))),
        (several, _) => {
            let names: Vec<String> =
                several.iter().map(|tag| format!("the {} “{}”", tag.kind, tag.name)).collect();
            let names = names.join(" or ");
            Err(Undone::Refused(format!("This may be {names}; do it on that tag’s own page.")))
        }
    }
}

/// A name as a message shows it, however long it is.
fn shortened(name: &str) -> String {
    super::super::page::cut(name, 80)
}

/// The page that the form stood on, with what was typed and why it was not done.
fn refused(
    site: &Site,
    guest: &Guest,
    back: Back,
    why: String,
    form: &Form,
) -> Result<Response, Error> {
    let app: &App = &site.app;
    let mut sentence = why.chars();
    let why = match sentence.next() {
        Some(first) => first.to_uppercase().chain(sentence).collect(),
        None => why,
    };
    let why = if why.ends_with(['.', '!', '?']) { why } else { format!("{why}.") };
    let notice = Notice::refused(why);
    let html = app.store.read(|tx| -> Result<String, Error> {
        let tx = &tx.seen_by(&guest.visitor(tx)?);
        Ok(match back {
            Back::Tag(id) => {
                let [act, name] = ["act", "name"].map(|field| form.field(field).to_owned());
                show_page(app, tx, id, notice, Refused { act, name })?.render()?
            }
            Back::Proposals(rule) => proposals::page(site, tx, rule, notice)?.render()?,
            Back::Log => log::page(tx, None, notice)?.render()?,
        })
    })?;
    Ok(Page::new(html, StatusCode::CONFLICT, 0).into_response())
}
