//! Where mail for an account goes, and links for whoever forgot a password.
//!
//! All of it is there only where the archive has a mail server. An address is used once its holder
//! opened the link that was sent to it. What is asked for here is done behind the answer, which is
//! the same for everybody.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see};
use super::limits::Limit;
use super::security::Client;
use super::sign_in::FORM_BYTES;
use super::visitor::Guest;
use super::{Keep, Site, blocking, fresh};
use crate::app::App;
use crate::archive::account::{AccountRow, LINK_LASTS};
use crate::archive::mail::{ADDRESS_LONGEST, Address, Change, Letter};
use crate::archive::person::Secret;
use crate::archive::work::Millis;
use crate::mail::Task;

#[derive(Template)]
#[template(path = "people/forgot.html")]
struct ForgotPage {}

#[derive(Template)]
#[template(path = "people/address.html")]
struct AddressPage {
    secret: String,
    name: String,
    address: String,
}

/// Nothing of this is there without a mail server.
fn with_mail(app: &App) -> Result<(), Error> {
    if app.has_mail() { Ok(()) } else { Err(Error::Absent) }
}

/// `GET /forgot`
pub(super) async fn show_forgot(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    with_mail(&site.app)?;
    site.page(guest, uri, move |_, _, _| Ok((ForgotPage {}, Keep::No))).await
}

/// `POST /forgot`: asks nobody, so its answer tells nothing.
pub(super) async fn forgot(
    State(site): State<Arc<Site>>,
    Extension(client): Extension<Client>,
    body: Body,
) -> Result<Response, Error> {
    with_mail(&site.app)?;
    let form = Form::of(body, FORM_BYTES).await?;
    let (who, now) = (form.field("who"), site.app.now());
    if who.is_empty() || who.len() > ADDRESS_LONGEST {
        return Err(Error::Form);
    }
    site.limits.count(Limit::Mail, client.network(), now)?;
    site.limits.count(Limit::MailTo, who.to_lowercase(), now)?;
    site.app.post(Task::Forgot(who.to_owned()));
    see("/you?done=mailed")
}

/// Sends a link to an address that somebody would like to get mail at; why not, in words.
pub(super) fn ask(site: &Site, row: &AccountRow, typed: &str) -> Result<Option<String>, Error> {
    let (app, now) = (&site.app, site.app.now());
    with_mail(app)?;
    let address = match Address::parse(typed) {
        Ok(address) => address,
        Err(why) => return Ok(Some(why)),
    };
    site.limits.count(Limit::MailTo, row.id, now)?;
    site.limits.count(Limit::MailTo, address.key(), now)?;
    let secret = fresh(app)?;
    let until = Millis(now.0.saturating_add(LINK_LASTS));
    app.store.write(|tx| tx.insert_address_link(&secret.hash(), row.id, &address, now, until))?;
    let link = format!("{}/address/{}", app.config.origin(), secret.text());
    app.post(Task::Send(address, Letter::Confirm { name: row.name.clone(), link }));
    Ok(None)
}

/// Lets the address of an account go.
pub(super) fn drop_address(app: &App, row: &AccountRow) -> Result<(), Error> {
    with_mail(app)?;
    app.store.write(|tx| tx.put_address(row.id, None))?;
    app.tell(row, Change::Address);
    Ok(())
}

/// `GET /address/{secret}`: asks first, because mail programs open links by themselves.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    with_mail(&site.app)?;
    let secret = Secret::parse(&secret).ok_or(Error::Absent)?;
    site.page(guest, uri, move |app, tx, _| {
        let (account, address) = tx.address_link(&secret.hash(), app.now())?.ok_or(Error::Link)?;
        let name = tx.account(account)?.ok_or(Error::Link)?.name;
        Ok((AddressPage { secret: secret.text().to_owned(), name, address }, Keep::No))
    })
    .await
}

/// `POST /address/{secret}`: the address is the account's from now on.
pub(super) async fn confirm(
    State(site): State<Arc<Site>>,
    Path(secret): Path<String>,
    Extension(client): Extension<Client>,
) -> Result<Response, Error> {
    with_mail(&site.app)?;
    let secret = Secret::parse(&secret).ok_or(Error::Absent)?;
    let now = site.app.now();
    site.limits.count(Limit::SignIn, client.network(), now)?;
    blocking(move || {
        let before = site.app.store.write(|tx| -> Result<_, Error> {
            let used = tx.use_address_link(&secret.hash(), now)?;
            let (account, address) = used.ok_or(Error::Link)?;
            let row = tx.account(account)?.ok_or(Error::Link)?;
            let new = Address::parse(&address).map_err(|_| Error::Link)?;
            tx.put_address(account, Some(&new))?;
            Ok((row.address.as_deref() != Some(new.text())).then_some(row))
        })?;
        // The address that was, if there was another, is told.
        if let Some(row) = before {
            site.app.tell(&row, Change::Address);
        }
        see("/you?done=address")
    })
    .await
}
