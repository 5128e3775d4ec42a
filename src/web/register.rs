//! Making an account: for everybody, for those who are approved, or for those who are invited.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::HeaderMap;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see, shown_once};
use super::limits::Limit;
use super::security::Client;
use super::sign_in::{self, FORM_BYTES};
use super::visitor::Guest;
use super::{Keep, Site, fresh};
use crate::archive::account::{self, AccountState, Registration, SAID_LONGEST};
use crate::archive::person::{Role, Secret};
use crate::store::{NewAccount, Read};

#[derive(Template)]
#[template(path = "people/register.html")]
struct RegisterPage {
    /// Where the form is sent.
    to: String,
    approval: bool,
    name: String,
    said: String,
    mistakes: Vec<String>,
}

impl RegisterPage {
    fn new(to: String, approval: bool) -> RegisterPage {
        let (name, said, mistakes) = Default::default();
        RegisterPage { to, approval, name, said, mistakes }
    }
}

/// Whether an account made by `/register` waits; an error where none can be made.
fn waits(site: &Site, tx: &Read<'_>) -> Result<bool, Error> {
    match site.app.registration(tx)? {
        Registration::Open => Ok(false),
        Registration::Approval => Ok(true),
        Registration::Closed | Registration::Invitation => Err(Error::Closed),
    }
}

/// `GET /register`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let here = Arc::clone(&site);
    site.page(guest, uri, move |_, tx, _| {
        Ok((RegisterPage::new("/register".to_owned(), waits(&here, tx)?), Keep::No))
    })
    .await
}

/// `GET /invited/{secret}`
pub(super) async fn show_invited(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let secret = Secret::parse(&secret).ok_or(Error::Absent)?;
    site.page(guest, uri, move |app, tx, _| {
        if !tx.is_invited(&secret.hash(), app.now())? {
            return Err(Error::Link);
        }
        Ok((RegisterPage::new(format!("/invited/{}", secret.text()), false), Keep::No))
    })
    .await
}

/// `POST /register`
pub(super) async fn register(
    site: State<Arc<Site>>,
    client: Extension<Client>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    made(site, client, guest, headers, body, None).await
}

/// `POST /invited/{secret}`
pub(super) async fn invited(
    site: State<Arc<Site>>,
    Path(secret): Path<String>,
    client: Extension<Client>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let secret = Secret::parse(&secret).ok_or(Error::Absent)?;
    made(site, client, guest, headers, body, Some(secret)).await
}

async fn made(
    State(site): State<Arc<Site>>,
    Extension(client): Extension<Client>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
    invitation: Option<Secret>,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    let now = site.app.now();
    site.limits.count(Limit::SignIn, client.network(), now)?;
    let (agent, here) = (sign_in::agent(&headers), Arc::clone(&site));
    site.hashing(move || {
        let app = &here.app;
        let waiting = app.store.read(|tx| match &invitation {
            Some(secret) if tx.is_invited(&secret.hash(), now)? => Ok(false),
            Some(_) => Err(Error::Link),
            None => waits(&here, tx),
        })?;
        let mut mistakes = Vec::new();
        let name = account::name(form.field("name")).unwrap_or_else(|why| {
            mistakes.push(why);
            String::new()
        });
        mistakes.extend(account::check_password(form.exact("password"), &name).err());
        if form.exact("password") != form.exact("again") {
            mistakes.push("The two passwords are not the same.".to_owned());
        }
        let said: String = form.field("said").chars().take(SAID_LONGEST).collect();
        if mistakes.is_empty() {
            if invitation.is_none() {
                here.limits.count(Limit::Register, client.network(), now)?;
            }
            let hash = sign_in::hashed(app, form.exact("password"))?;
            let new = fresh(app)?;
            let state = if waiting { AccountState::Waiting } else { AccountState::Open };
            let made = app.store.write(|tx| -> Result<bool, Error> {
                let password = Some(hash.as_str());
                let own =
                    NewAccount { name: &name, role: Role::Member, state, password, said: &said };
                let Some(id) = tx.insert_account(&own, now)? else { return Ok(false) };
                // Of two who use one invitation at a time, the second finds it gone.
                if let Some(secret) = &invitation
                    && !tx.use_invitation(&secret.hash(), now)?
                {
                    return Err(Error::Link);
                }
                if let (Some(row), false) = (tx.account(id)?, waiting) {
                    sign_in::enter(tx, &guest, row.reader, &new.hash(), &agent, now)?;
                }
                Ok(true)
            })?;
            match (made, waiting) {
                (true, true) => return see("/you?done=asked"),
                (true, false) => return sign_in::welcome(app, &new, "/you"),
                (false, _) => mistakes.push("Somebody has this name already.".to_owned()),
            }
        }
        let to = invitation
            .as_ref()
            .map_or_else(|| "/register".to_owned(), |secret| format!("/invited/{}", secret.text()));
        let name = form.field("name").to_owned();
        let page = RegisterPage { name, said, mistakes, ..RegisterPage::new(to, waiting) };
        shown_once(&page, StatusCode::UNPROCESSABLE_ENTITY)
    })
    .await
}
