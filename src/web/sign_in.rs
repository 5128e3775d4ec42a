//! Signing in, by name and password or by a link that works once, and signing out.
//!
//! Whatever is wrong with a name, a password or a code, the answer is the same and takes as long.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{HeaderMap, SET_COOKIE, USER_AGENT};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see, shown_once};
use super::limits::Limit;
use super::security::Client;
use super::visitor::{self, Guest};
use super::{Keep, Site, blocking, fresh, you};
use crate::app::App;
use crate::archive::account::{AccountRow, AccountState, check_password};
use crate::archive::mail::Change;
use crate::archive::person::{ReaderId, Secret};
use crate::archive::work::{Hash, Millis};
use crate::credential;
use crate::store::{Link, Read, Write};

/// The longest form, bytes.
pub(super) const FORM_BYTES: usize = 16 << 10;

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignInPage {
    secret: String,
    /// Whose password is to be chosen; empty where nothing but a button is needed.
    name: String,
    mistake: String,
}

/// Whether whoever holds a link has to choose a password: it is for that, or the archive can be
/// reached by others and the account has none.
fn needs_password(app: &App, tx: &Read<'_>, link: &Link) -> Result<Option<AccountRow>, Error> {
    let account = tx.account(link.account)?;
    let unsafe_without = |row: &AccountRow| app.config.is_exposed() && row.password.is_none();
    Ok(account.filter(|row| link.resets || unsafe_without(row)))
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
    site.page(guest, uri, move |app, tx, _| {
        let link = tx.link(&secret.hash(), app.now())?;
        let account = match &link {
            Some(link) => needs_password(app, tx, link)?,
            None => None,
        };
        let name = account.map(|row| row.name).unwrap_or_default();
        let (secret, mistake) = (secret.text().to_owned(), String::new());
        Ok((SignInPage { secret, name, mistake }, Keep::No))
    })
    .await
}

/// What a browser calls itself.
pub(super) fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

/// `POST /sign-in/{secret}`
pub(super) async fn sign_in(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    Extension(client): Extension<Client>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let link = Secret::parse(&secret).ok_or(Error::Absent)?;
    let form = Form::of(body, FORM_BYTES).await?;
    site.limits.count(Limit::SignIn, client.network(), site.app.now())?;
    let (agent, here) = (agent(&headers), Arc::clone(&site));
    site.hashing(move || by_link(&here, &link, &guest, &agent, &form)).await
}

fn by_link(
    site: &Site,
    secret: &Secret,
    guest: &Guest,
    agent: &str,
    form: &Form,
) -> Result<Response, Error> {
    let (app, hash, now) = (&site.app, secret.hash(), site.app.now());
    let found = app.store.read(|tx| -> Result<_, Error> {
        let link = tx.link(&hash, now)?.ok_or(Error::Link)?;
        Ok((link, needs_password(app, tx, &link)?))
    });
    let (link, choosing) = found?;
    let mut password = None;
    if let Some(row) = &choosing {
        let typed = form.exact("password");
        let mut wrong = check_password(typed, &row.name).err();
        if wrong.is_none() && typed != form.exact("again") {
            wrong = Some("The two are not the same; type the password twice.".to_owned());
        }
        if let Some(mistake) = wrong {
            let (secret, name) = (secret.text().to_owned(), row.name.clone());
            let page = SignInPage { secret, name, mistake };
            return shown_once(&page, StatusCode::UNPROCESSABLE_ENTITY);
        }
        password = Some(hashed(app, typed)?);
    }
    let new = fresh(app)?;
    app.store.write(|tx| -> Result<(), Error> {
        let used = tx.use_link(&hash, now)?.ok_or(Error::Link)?;
        if let Some(password) = &password {
            tx.put_password(used.account, password, None)?;
        }
        // Whoever chose a new password signs in with it, and with the second factor, if any.
        if used.resets { Ok(()) } else { enter(tx, guest, used.reader, &new.hash(), agent, now) }
    })?;
    if let Some(row) = &choosing {
        app.tell(row, Change::Password);
    }
    if link.resets { see("/you?done=password") } else { welcome(app, &new, "/") }
}

/// A password as it is kept.
pub(super) fn hashed(app: &App, password: &str) -> Result<String, Error> {
    let failed = |error: anyhow::Error| Error::failed("a password was not kept", &*error);
    let salt = app.random::<{ credential::SALT_BYTES }>().map_err(failed)?;
    credential::hash_password(password, &salt).map_err(failed)
}

/// Signs a browser in. Whatever secret it had before is worth nothing any more.
pub(super) fn enter(
    tx: &mut Write<'_>,
    guest: &Guest,
    reader: ReaderId,
    token: &Hash,
    agent: &str,
    now: Millis,
) -> Result<(), Error> {
    let before = guest.visitor(tx)?;
    match (before.reader, before.browser) {
        // What was kept for this browser goes along.
        (Some(own), _) if before.account.is_none() && own != reader => tx.adopt(own, reader)?,
        (_, Some(browser)) => tx.forget_browser(browser)?,
        _ => {}
    }
    tx.insert_browser(reader, token, agent, now)?;
    Ok(())
}

/// Sends a browser that was signed in on its way.
pub(super) fn welcome(app: &App, secret: &Secret, path: &str) -> Result<Response, Error> {
    let mut response = see(path)?;
    let cookie = visitor::cookie(secret, app.config.is_encrypted())?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// `POST /sign-in`: by name and password, with a code where the account has a second factor.
pub(super) async fn with_password(
    State(site): State<Arc<Site>>,
    Extension(client): Extension<Client>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    let (now, agent) = (site.app.now(), agent(&headers));
    site.limits.count(Limit::SignIn, client.network(), now)?;
    site.limits.count(Limit::Name, form.field("name").to_lowercase(), now)?;
    let here = Arc::clone(&site);
    site.hashing(move || {
        let app = &here.app;
        let account = app.store.read(|tx| tx.account_named(form.field("name")))?;
        let kept = account.as_ref().and_then(|row| row.password.as_deref());
        let known = credential::is_password(form.exact("password"), kept);
        let account = account.filter(|row| known && row.state == AccountState::Open);
        let new = fresh(app)?;
        let entered = app.store.write(|tx| -> Result<bool, Error> {
            let Some(row) = &account else { return Ok(false) };
            // It may have been changed while this one was checked.
            let again = tx.account(row.id)?.filter(|again| again.password == row.password);
            let Some(row) = again.filter(|again| again.state == AccountState::Open) else {
                return Ok(false);
            };
            if !second_factor(tx, &row, form.field("code"), now)? {
                return Ok(false);
            }
            enter(tx, &guest, row.reader, &new.hash(), &agent, now)?;
            Ok(true)
        })?;
        if entered {
            return welcome(app, &new, "/you");
        }
        let mistake = "Name, password or code do not fit together. Nobody was signed in.";
        let page = app.store.read(|tx| you::stranger(&here, tx, form.field("name"), mistake))?;
        shown_once(&page, StatusCode::FORBIDDEN)
    })
    .await
}

/// Whether a code is good: of the moment and not used yet, or a recovery code, which is used up.
/// Accounts without a second factor need none.
pub(super) fn second_factor(
    tx: &mut Write<'_>,
    row: &AccountRow,
    code: &str,
    now: Millis,
) -> Result<bool, Error> {
    let Some(secret) = &row.totp else { return Ok(true) };
    match credential::totp_step(secret, code, now.0) {
        Some(step) => Ok(tx.use_totp(row.id, step)?),
        None => Ok(tx.use_recovery(row.id, &Hash::of(credential::plain_code(code).as_bytes()))?),
    }
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
        let cookie = visitor::no_cookie(site.app.config.is_encrypted())?;
        response.headers_mut().insert(SET_COOKIE, cookie);
        Ok(response)
    })
    .await
}
