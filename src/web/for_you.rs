//! `/you/works`: works of others that somebody is asked about: to be a co-author, as gifts, and
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
use crate::archive::access::may_decide;
use crate::archive::person::{Account, AskId, PseudId, Visitor};
use crate::archive::ties::{Kind, named};
use crate::archive::work::{Millis, WorkId};
use crate::store::{Claim, Gift, Pseud, Read, View, WorkRow, Write};

#[derive(Template)]
#[template(path = "people/for_you.html")]
struct ForYouPage {
    done: &'static str,
    offers: Vec<OfferLine>,
    pens: Vec<Pseud>,
    gifts: Vec<GiftLine>,
    claims: Vec<ClaimLine>,
}

/// A work that is a gift.
struct GiftLine {
    work: WorkId,
    title: String,
    name: String,
    declined: bool,
}

/// A work that says it comes from one that is theirs to decide about.
struct ClaimLine {
    work: WorkId,
    parent: WorkId,
    title: String,
    /// How, and from which.
    says: String,
    answer: Option<bool>,
}

/// A work that somebody is invited to.
struct OfferLine {
    id: AskId,
    title: String,
    authors: String,
    /// The name by which they were asked.
    name: String,
    since: String,
}

/// What was just done, by its word in the address.
const DONE: [(&str, &str); 3] = [
    ("declined", "You said no. Whoever asked is told so, no more."),
    ("gift", "That is how it is from now on."),
    ("answered", "That is how it is from now on. You can say otherwise at any time."),
];

fn own(visitor: &Visitor) -> Result<&Account, Error> {
    visitor.account.as_ref().ok_or(Error::SignIn)
}

/// How much waits for an answer.
pub(super) fn waiting(tx: &Read<'_>, visitor: &Visitor) -> Result<usize, Error> {
    let offers = tx.offers(own(visitor)?.id)?.len();
    let claims = tx.seen_by(visitor).claims()?;
    Ok(offers + claims.iter().filter(|(claim, _)| claim.answer.is_none()).count())
}

fn called(row: &WorkRow) -> String {
    named(&row.facts.title, &page::names(&row.facts.authors))
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
    let gift = |(gift, row): (Gift, WorkRow)| GiftLine {
        work: gift.work,
        title: called(&row),
        name: gift.name,
        declined: gift.declined,
    };
    let gifts = tx.gifts(account.id)?.into_iter().map(gift).collect();
    let mut claims = Vec::new();
    for (claim, row) in tx.claims()? {
        let parent = tx.work_row(claim.parent)?.map(|row| row.facts.title).unwrap_or_default();
        let says = match claim.kind {
            Kind::Inspired => format!("was inspired by {parent}"),
            Kind::Translation => format!("is a translation of {parent}"),
        };
        let Claim { work, parent, answer, .. } = claim;
        claims.push(ClaimLine { work, parent, title: called(&row), says, answer });
    }
    Ok(ForYouPage { done: "", offers, pens: tx.pseuds(account.id)?, gifts, claims })
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
            done_to(tx, &visitor, &form, now)
        })?;
        see(&path)
    })
    .await
}

/// Does what a form asks for; the page to go on with.
fn done_to(
    tx: &mut Write<'_>,
    visitor: &Visitor,
    form: &Form,
    now: Millis,
) -> Result<String, Error> {
    let account = own(visitor)?;
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
        act @ ("name me" | "name me not") => {
            let work = WorkId(form.number("work").ok_or(Error::Form)?);
            // Of a gift that one may not see there is nothing to be said.
            let seen = tx.seen_by(visitor).sees(work)?;
            match seen && tx.take_gift(account.id, work, form.field("name"), act == "name me")? {
                true => here("gift"),
                false => Err(Error::Absent),
            }
        }
        act @ ("list" | "list not") => {
            let number = |name| form.number(name).map(WorkId).ok_or(Error::Form);
            let (work, parent) = (number("work")?, number("parent")?);
            let shown = tx.visibility(parent)?.ok_or(Error::Absent)?;
            let may = may_decide(visitor, &shown) && tx.seen_by(visitor).sees(work)?;
            match may && tx.answer_claim(work, parent, act == "list")? {
                true => here("answered"),
                false => Err(Error::Absent),
            }
        }
        _ => Err(Error::Form),
    }
}
