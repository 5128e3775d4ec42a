//! Who may see a work: its owner says so, and makes the link of an unlisted one.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see, shown_once};
use super::sign_in::FORM_BYTES;
use super::visitor::Guest;
use super::{Keep, Site, blocking, fresh, work_id};
use crate::app::App;
use crate::archive::access::{Audience, Viewer, Visibility, may_decide};
use crate::archive::person::{AccountId, Secret, Visitor};
use crate::archive::work::WorkId;
use crate::store::Read;

/// The most readers that are named.
const NAMED_MOST: usize = 200;
/// How long to wait until the filters know what was hidden.
const FILTERS_WAIT: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "people/visibility.html")]
struct VisibilityPage {
    id: WorkId,
    audience: Audience,
    named: String,
    posted: bool,
    mistake: String,
    link: String,
}

/// What decides who sees a work, for whom a rule of `access` lets in; for others, and in the bin,
/// the work has no such page.
pub(super) fn sight(
    tx: &Read<'_>,
    visitor: &Visitor,
    id: WorkId,
    may: fn(&Visitor, &Visibility) -> bool,
) -> Result<Visibility, Error> {
    let shown = tx.visibility(id)?.ok_or(Error::Absent)?;
    let enters = may(visitor, &shown) && shown.binned_at.is_none();
    if enters { Ok(shown) } else { Err(Error::Absent) }
}

/// The same for whose work it is.
pub(super) fn own(tx: &Read<'_>, visitor: &Visitor, id: WorkId) -> Result<Visibility, Error> {
    sight(tx, visitor, id, may_decide)
}

fn page(tx: &Read<'_>, id: WorkId, shown: &Visibility) -> Result<VisibilityPage, Error> {
    let mut names = Vec::new();
    for account in &shown.named {
        names.extend(tx.account(*account)?.map(|row| row.name));
    }
    Ok(VisibilityPage {
        id,
        audience: shown.audience,
        named: names.join(", "),
        posted: shown.is_posted(),
        mistake: String::new(),
        link: String::new(),
    })
}

/// `GET /works/{id}/visibility`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    site.page(guest, uri, move |_, tx, visitor| {
        Ok((page(tx, id, &own(tx, visitor, id)?)?, Keep::No))
    })
    .await
}

/// `POST /works/{id}/visibility`
pub(super) async fn change(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let id = work_id(&id)?;
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let app = &site.app;
        let (now, secret) = (app.now(), fresh(app)?);
        let makes_link = form.field("act") == "link";
        let audience = Audience::parse(form.field("audience"));
        if !makes_link && audience.is_none() {
            return Err(Error::Form);
        }
        let unknown = app.store.write(|tx| -> Result<Vec<String>, Error> {
            own(tx, &guest.visitor(tx)?, id)?;
            if makes_link {
                tx.put_link(id, Some(&secret.hash()))?;
                tx.show_to(id, |shown| shown.audience = Audience::Link, now)?;
                return Ok(Vec::new());
            }
            let (named, unknown) = named(tx, form.field("named"))?;
            if unknown.is_empty() {
                let change = |shown: &mut Visibility| {
                    shown.audience = audience.unwrap_or(Audience::Named);
                    shown.named = named;
                };
                tx.show_to(id, change, now)?;
            }
            Ok(unknown)
        })?;
        wait_for_filters(app)?;
        if unknown.is_empty() && !makes_link {
            return see(&format!("/works/{id}"));
        }
        let page = app.store.read(|tx| page(tx, id, &own(tx, &guest.visitor(tx)?, id)?))?;
        if makes_link {
            let link = format!("/unlisted/{}", secret.text());
            return shown_once(&VisibilityPage { link, ..page }, StatusCode::OK);
        }
        let mistake = format!("Nobody here is called {}.", unknown.join(" or "));
        let named = form.field("named").to_owned();
        let audience = audience.unwrap_or(Audience::Named);
        let page = VisibilityPage { mistake, named, audience, ..page };
        shown_once(&page, StatusCode::UNPROCESSABLE_ENTITY)
    })
    .await
}

/// The accounts of these names, and the names that no account has.
fn named(tx: &Read<'_>, text: &str) -> Result<(Vec<AccountId>, Vec<String>), Error> {
    let (mut named, mut unknown) = (Vec::new(), Vec::new());
    let names = text.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    for name in names.take(NAMED_MOST) {
        match tx.account_named(name)? {
            Some(row) => named.push(row.id),
            None => unknown.push(super::page::cut(name, 60)),
        }
    }
    Ok((named, unknown))
}

/// What was just hidden is hidden in every list when its owner is told so.
pub(super) fn wait_for_filters(app: &App) -> Result<(), Error> {
    let last = app.store.read(|tx| tx.last_change())?;
    let begin = Instant::now();
    while app.filters.position().works < last.0 && begin.elapsed() < FILTERS_WAIT {
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// `GET /unlisted/{secret}`: whoever opens the link of a work may read it from then on.
pub(super) async fn unlisted(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    guest: Guest,
) -> Result<Response, Error> {
    let secret = Secret::parse(&secret).ok_or(Error::Absent)?;
    let keeper = guest.clone();
    site.seen(guest, move |site, tx| {
        let work = tx.work_by_link(&secret.hash())?.ok_or(Error::Absent)?;
        let visitor = Visitor { links: vec![work], ..Visitor::default() };
        let shown = tx.visibility(work)?.ok_or(Error::Absent)?;
        if !Viewer::of(&visitor).may_read(work, &shown) {
            return Err(Error::Absent);
        }
        let mut response = see(&format!("/works/{work}"))?;
        let cookie = keeper.with_link(&secret, site.app.config.is_encrypted())?;
        response.headers_mut().insert(SET_COOKIE, cookie);
        Ok(response)
    })
    .await
}
