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
use crate::store::{Claim, Gift, Offer, Pseud, Read, View, WorkRow, Write};

/// The most of each list that is shown.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "people/for_you.html")]
struct ForYouPage {
    done: &'static str,
    pens: Vec<Pseud>,
    offers: Vec<OfferLine>,
    more_offers: bool,
    gifts: Vec<GiftLine>,
    more_gifts: bool,
    claims: Vec<ClaimLine>,
    more_claims: bool,
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
    let offers = tx.waiting_offers(own(visitor)?.id)?;
    let claims = tx.seen_by(visitor).waiting_claims()?;
    Ok(usize::try_from(offers.saturating_add(claims)).unwrap_or(usize::MAX))
}

fn called(row: &WorkRow) -> String {
    named(&row.facts.title, &page::names(&row.facts.authors))
}

/// A list as it is shown, of one that has one more where there are more.
fn shown<T, L>(all: Vec<T>, line: impl Fn(T) -> L) -> (Vec<L>, bool) {
    let more = all.len() > MOST;
    (all.into_iter().take(MOST).map(line).collect(), more)
}

fn page(tx: &View<'_>, visitor: &Visitor) -> Result<ForYouPage, Error> {
    let account = own(visitor)?;
    let most = MOST as u64 + 1;
    let (offers, more_offers) = shown(tx.offers(account.id, most)?, |offer: Offer| OfferLine {
        id: offer.id,
        title: offer.title,
        authors: page::names(&offer.authors),
        name: offer.name,
        since: offer.asked_at.date().map(day).unwrap_or_default(),
    });
    let gift = |(gift, row): (Gift, WorkRow)| GiftLine {
        work: gift.work,
        title: called(&row),
        name: gift.name,
        declined: gift.declined,
    };
    let (gifts, more_gifts) = shown(tx.gifts(account.id, most)?, gift);
    let claim = |(claim, row): (Claim, WorkRow)| ClaimLine {
        work: claim.work,
        parent: claim.parent,
        title: called(&row),
        says: match claim.kind {
            Kind::Inspired => format!("was inspired by {}", claim.parent_title),
            Kind::Translation => format!("is a translation of {}", claim.parent_title),
        },
        answer: claim.answer,
    };
    let (claims, more_claims) = shown(tx.claims(most)?, claim);
    let pens = tx.pseuds(account.id)?;
    let done = "";
    Ok(ForYouPage { done, pens, offers, more_offers, gifts, more_gifts, claims, more_claims })
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
