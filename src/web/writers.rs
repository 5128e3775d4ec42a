//! `/works/{id}/authors`: the co-authors of a work. Its owner invites them, sends them away or
//! gives one of them the work; a co-author can leave.
//!
//! Inviting is answered the same whether anybody has the name or not.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see, shown_once};
use super::page::day;
use super::sign_in::FORM_BYTES;
use super::visibility::sight;
use super::visitor::Guest;
use super::{Keep, Site, blocking, work_id};
use crate::archive::access::{may_decide, may_edit};
use crate::archive::account;
use crate::archive::person::{AccountId, AskId, Visitor};
use crate::archive::work::{Millis, WorkId};
use crate::store::{Asked, Pseud, Read, Write};

/// The most people who are co-authors of a work, or invited to be.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "people/authors.html")]
struct AuthorsPage {
    id: WorkId,
    title: String,
    /// Whether whoever looks decides about the work.
    owned: bool,
    writers: Vec<Line>,
    asked: Vec<Asked>,
    /// Under which names whoever gives the work away may go on writing it.
    pens: Vec<Pseud>,
    name: String,
    mistake: String,
    done: &'static str,
}

/// A co-author.
struct Line {
    account: AccountId,
    name: String,
    since: String,
    /// Whether it is whoever looks.
    own: bool,
}

/// What was just done, by its word in the address.
const DONE: [(&str, &str); 5] = [
    ("asked", "Invited. If there is somebody of this name here, they find it on their own page."),
    ("unasked", "The invitation is taken back."),
    (
        "gone",
        "They are no co-author any more. Their name stays in the byline until you take it out.",
    ),
    ("given", "The work is theirs now."),
    ("joined", "You are a co-author from now on. Readers see your name when it is posted next."),
];

fn page(tx: &Read<'_>, visitor: &Visitor, id: WorkId) -> Result<AuthorsPage, Error> {
    let shown = sight(tx, visitor, id, may_edit)?;
    let owned = may_decide(visitor, &shown);
    let me = visitor.account.as_ref().map(|account| account.id).ok_or(Error::Absent)?;
    let desk = tx.desk(id)?.ok_or(Error::Absent)?;
    let line = |own: crate::store::CoWriter| Line {
        own: own.account == me,
        account: own.account,
        name: own.name,
        since: own.since.date().map(day).unwrap_or_default(),
    };
    Ok(AuthorsPage {
        id,
        title: desk.draft.facts.title,
        owned,
        writers: tx.writers(id)?.into_iter().map(line).collect(),
        asked: if owned { tx.asked(id)? } else { Vec::new() },
        pens: tx.pseuds(me)?,
        name: String::new(),
        mistake: String::new(),
        done: "",
    })
}

/// `GET /works/{id}/authors`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    let word = uri.query().unwrap_or_default().to_owned();
    site.page(guest, uri, move |_, tx, visitor| {
        let done = DONE.iter().find(|(own, _)| *own == word).map_or("", |(_, text)| text);
        Ok((AuthorsPage { done, ..page(tx, visitor, id)? }, Keep::No))
    })
    .await
}

/// What came of an act.
enum Came {
    See(String),
    Wrong(&'static str),
}

/// `POST /works/{id}/authors`
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let id = work_id(&id)?;
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let now = site.app.now();
        let came = site.app.store.write(|tx| {
            let visitor = guest.visitor(tx)?;
            done_to(tx, &visitor, id, &form, now)
        })?;
        let mistake = match came {
            Came::See(path) => return see(&path),
            Came::Wrong(mistake) => mistake.to_owned(),
        };
        let page = site.app.store.read(|tx| page(tx, &guest.visitor(tx)?, id))?;
        let page = AuthorsPage { mistake, name: form.field("name").to_owned(), ..page };
        shown_once(&page, StatusCode::UNPROCESSABLE_ENTITY)
    })
    .await
}

fn done_to(
    tx: &mut Write<'_>,
    visitor: &Visitor,
    id: WorkId,
    form: &Form,
    now: Millis,
) -> Result<Came, Error> {
    let shown = sight(tx, visitor, id, may_edit)?;
    let me = visitor.account.as_ref().map(|account| account.id).ok_or(Error::Absent)?;
    let here = |word: &str| Ok(Came::See(format!("/works/{id}/authors?{word}")));
    if let act @ ("leave" | "leave and forget") = form.field("act") {
        let gone = tx.remove_writer(id, me, act == "leave and forget", now)?;
        return if gone { Ok(Came::See("/write".to_owned())) } else { Err(Error::Absent) };
    }
    if !may_decide(visitor, &shown) {
        return Err(Error::Absent);
    }
    match form.field("act") {
        "ask" => match ask(tx, me, id, form.field("name"), now)? {
            Some(mistake) => Ok(Came::Wrong(mistake)),
            None => here("asked"),
        },
        "unask" => {
            let ask = AskId(form.number("ask").ok_or(Error::Form)?);
            if tx.unask_writer(id, ask)? { here("unasked") } else { here("") }
        }
        "remove" => {
            let account = AccountId(form.number("account").ok_or(Error::Form)?);
            if tx.remove_writer(id, account, false, now)? { here("gone") } else { here("") }
        }
        "give" => {
            let heir = AccountId(form.number("account").ok_or(Error::Form)?);
            let pens = tx.pseuds(me)?;
            let from = match form.field("pen") {
                "" => None,
                pen => {
                    let named = |own: &&Pseud| own.id.to_string() == pen;
                    let Some(own) = pens.iter().find(named) else {
                        return Ok(Came::Wrong(
                            "This pen name is not yours any more: choose again.",
                        ));
                    };
                    Some((me, own.name.as_str()))
                }
            };
            match tx.hand_over(id, heir, from, now)? {
                true if from.is_some() => here("given"),
                true => Ok(Came::See("/write".to_owned())),
                false => {
                    Ok(Came::Wrong("They are no co-author any more, or their account is closed."))
                }
            }
        }
        _ => Err(Error::Form),
    }
}

/// Asks somebody; or what is wrong with that, which never depends on who is here.
fn ask(
    tx: &mut Write<'_>,
    me: AccountId,
    id: WorkId,
    name: &str,
    now: Millis,
) -> Result<Option<&'static str>, Error> {
    let Ok(name) = account::name(name) else {
        return Ok(Some("Whom? Write the name that they have here, of at most 40 characters."));
    };
    let writers = tx.writers(id)?;
    if writers.iter().any(|own| own.name.to_lowercase() == name.to_lowercase()) {
        return Ok(Some("They are a co-author already."));
    }
    if tx.holder(&name)? == Some(me) {
        return Ok(Some("That is you."));
    }
    // A no is kept for good, so it takes no place: or twenty of them would leave none for anybody.
    let waiting = tx.asked(id)?.into_iter().filter(|own| !own.declined).count();
    if writers.len() + waiting >= MOST {
        return Ok(Some("Twenty people are co-authors or invited; that is the most."));
    }
    tx.ask_writer(id, &name, now)?;
    Ok(None)
}
