//! Signing in by a link that works once, and signing out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{HeaderMap, SET_COOKIE, USER_AGENT};
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::see;
use super::visitor::{self, Guest};
use super::{Keep, Site, blocking};
use crate::archive::person::Secret;

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignInPage {
    secret: String,
}

/// `GET /sign-in/{secret}`: asks first, because browsers and mail programs open links by
/// themselves.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let secret = Secret::parse(&secret).ok_or(Error::Absent)?;
    let page = SignInPage { secret: secret.text().to_owned() };
    site.page(guest, uri, move |_, _, _| Ok((page, Keep::No))).await
}

/// `POST /sign-in/{secret}`
pub(super) async fn sign_in(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    guest: Guest,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let link = Secret::parse(&secret).ok_or(Error::Absent)?;
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default().to_owned();
    blocking(move || {
        let app = &site.app;
        let (now, secret) = (
            app.now(),
            app.secret().map_err(|error| Error::failed("nobody can sign in", &*error))?,
        );
        let signed_in = app.store.write(|tx| -> Result<bool, Error> {
            let Some(used) = tx.use_link(&link.hash(), now)? else { return Ok(false) };
            let reader = used.reader;
            let before = guest.visitor(tx)?;
            match (before.reader, before.browser) {
                // What was kept for this browser goes along.
                (Some(own), _) if before.account.is_none() => tx.adopt(own, reader)?,
                (_, Some(browser)) => tx.forget_browser(browser)?,
                _ => {}
            }
            tx.insert_browser(reader, &secret.hash(), &agent, now)?;
            Ok(true)
        })?;
        if !signed_in {
            return Err(Error::Link);
        }
        let mut response = see("/")?;
        response.headers_mut().insert(SET_COOKIE, visitor::cookie(&secret)?);
        Ok(response)
    })
    .await
}

/// `POST /sign-out`: the cookie is worth nothing afterwards.
pub(super) async fn sign_out(
    State(site): State<Arc<Site>>,
    guest: Guest,
) -> Result<Response, Error> {
    blocking(move || {
        site.app.store.write(|tx| -> Result<(), Error> {
            match guest.visitor(tx)?.browser {
                Some(browser) => Ok(tx.forget_browser(browser)?),
                None => Ok(()),
            }
        })?;
        let mut response = see("/")?;
        response.headers_mut().insert(SET_COOKIE, visitor::no_cookie());
        Ok(response)
    })
    .await
}
