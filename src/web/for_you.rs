//! `/you/works`: works of others that somebody is asked about: to write them along, as gifts, and
//! as coming from a work of theirs.
//!
//! Whoever is asked learns of it here, and nobody else does.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see};
use super::page::{self, day};
use super::sign_in::FORM_BYTES;
use super::visitor::Guest;
use super::{Keep, Site, blocking};
use crate::archive::person::{Account, AskId, PseudId, Visitor};
use crate::archive::work::Millis;
use crate::store::{Pseud, Read, View, Write};

#[derive(Template)]
#[template(path = "people/for_you.html")]
struct ForYouPage {
    done: &'static str,
    offers: Vec<OfferLine>,
    pens: Vec<Pseud>,
}

/// A work that somebody is asked to write along.
struct OfferLine {
    id: AskId,
    title: String,
    authors: String,
    /// The name by which they were asked.
    name: String,
    since: String,
}

/// What was just done, by its word in the address.
const DONE: [(&str, &str); 1] = [("declined", "You said no. Whoever asked is told so, no more.")];

fn own(visitor: &Visitor) -> Result<&Account, Error> {
    visitor.account.as_ref().ok_or(Error::SignIn)
}

/// How much waits for an answer.
pub(super) fn waiting(tx: &Read<'_>, account: &Account) -> Result<usize, Error> {
    Ok(tx.offers(account.id)?.len())
}

fn page(tx: &View<'_>, visitor: &Visitor) -> Result<ForYouPage, Error> {
    let account = own(visitor)?;
    let mut offers = Vec::new();
    for offer in tx.offers(account.id)? {
        let Some(desk) = tx.desk(offer.work)? else { continue };
        let facts = desk.draft.facts;
        offers.push(OfferLine {
            id: offer.id,
            title: facts.title,
            authors: page::names(&facts.authors),
            name: offer.name,
            since: offer.asked_at.date().map(day).unwrap_or_default(),
        });
    }
    Ok(ForYouPage { done: "", offers, pens: tx.pseuds(account.id)? })
}

/// `GET /you/works`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let word = uri.query().unwrap_or_default().to_owned();
    site.page(guest, uri, move |_, tx, visitor| {
        let done = DONE.iter().find(|(own, _)| *own == word).map_or("", |(_, text)| text);
        Ok((ForYouPage { done, ..page(tx, visitor)? }, Keep::No))
    })
    .await
}

/// `POST /you/works`
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let now = site.app.now();
        let path = site.app.store.write(|tx| {
            let visitor = guest.visitor(tx)?;
            done_to(tx, own(&visitor)?, &form, now)
        })?;
        see(&path)
    })
    .await
}

/// Does what a form asks for; the page to go on with.
fn done_to(
    tx: &mut Write<'_>,
    account: &Account,
    form: &Form,
    now: Millis,
) -> Result<String, Error> {
    let here = |word: &str| Ok(format!("/you/works?{word}"));
    let offer = form.number("offer").map(AskId);
    match form.field("act") {
        "join" => {
            let pen = PseudId(form.number("pen").ok_or(Error::Form)?);
            let joined = tx.accept_offer(account.id, offer.ok_or(Error::Form)?, pen, now)?;
            Ok(format!("/works/{}/authors?joined", joined.ok_or(Error::Absent)?))
        }
        "decline" => match tx.decline_offer(account.id, offer.ok_or(Error::Form)?)? {
            true => here("declined"),
            false => Err(Error::Absent),
        },
        _ => Err(Error::Form),
    }
}
