//! `/people`: everybody who has an account here, for moderators and the owner; who may make one.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;

use super::cache::Page;
use super::error::Error;
use super::form::{Form, see, shown_once};
use super::page::day;
use super::sign_in::FORM_BYTES;
use super::visitor::Guest;
use super::{Keep, Site, blocking, you};
use crate::app::App;
use crate::archive::account::{AccountRow, AccountState, Registration};
use crate::archive::mail::Change;
use crate::archive::person::{AccountId, Role};
use crate::store::Read;

/// Accounts on a page.
const PAGE: u64 = 200;

#[derive(Debug, Default, Deserialize)]
pub(super) struct PeopleQuery {
    after: Option<String>,
    done: Option<String>,
}

/// Somebody in the list.
struct Person {
    id: AccountId,
    name: String,
    role: Role,
    state: AccountState,
    said: String,
    since: String,
    has_factor: bool,
    passkeys: u64,
    /// Whether whoever looks may open and close the account.
    movable: bool,
}

#[derive(Template)]
#[template(path = "people/people.html")]
struct PeoplePage {
    done: &'static str,
    mistake: String,
    people: Vec<Person>,
    next: Option<String>,
    owns: bool,
    registration: Registration,
    /// Whether a setting outside of the site says who may make an account.
    fixed: bool,
    link: String,
}

/// `GET /people`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<PeopleQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let asker = guest.clone();
    site.page(guest, uri, move |app, tx, _| {
        let role = role(&asker, tx)?;
        let after = query.after.as_deref().and_then(|after| after.parse().ok());
        let page = page(app, tx, role, AccountId(after.unwrap_or(0)))?;
        Ok((PeoplePage { done: you::done(query.done.as_deref()), ..page }, Keep::No))
    })
    .await
}

/// The role of whoever looks, a moderator at least.
fn role(guest: &Guest, tx: &Read<'_>) -> Result<Role, Error> {
    let visitor = guest.must_be(tx, Role::Moderator)?;
    visitor.account.map(|own| own.role).ok_or(Error::SignIn)
}

/// Whether somebody of a role may open and close an account.
fn may_move(role: Role, other: &AccountRow) -> bool {
    other.role != Role::Owner && (role == Role::Owner || other.role != Role::Moderator)
}

fn page(app: &App, tx: &Read<'_>, role: Role, after: AccountId) -> Result<PeoplePage, Error> {
    let mut rows = tx.accounts(after, PAGE + 1)?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|row| format!("/people?after={}", row.id));
    let person = |row: AccountRow| Person {
        movable: may_move(role, &row),
        id: row.id,
        name: row.name,
        role: row.role,
        state: row.state,
        said: row.said,
        since: row.made_at.date().map(day).unwrap_or_default(),
        has_factor: row.totp.is_some(),
        passkeys: row.passkeys,
    };
    let mut people: Vec<Person> = rows.into_iter().map(person).collect();
    people.sort_by_key(|person| (person.state != AccountState::Waiting, person.id));
    Ok(PeoplePage {
        done: "",
        mistake: String::new(),
        people,
        next,
        owns: role == Role::Owner,
        registration: app.registration(tx)?,
        fixed: app.config.registration.is_some(),
        link: String::new(),
    })
}

/// `POST /people`
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let app = &site.app;
        let role = app.store.read(|tx| role(&guest, tx))?;
        let again = |mistake: &str, link: String, status| -> Result<Response, Error> {
            let page = app.store.read(|tx| page(app, tx, role, AccountId(0)))?;
            shown_once(&PeoplePage { mistake: mistake.to_owned(), link, ..page }, status)
        };
        if form.field("act") == "link" {
            if role != Role::Owner {
                return Err(Error::Role(Role::Owner));
            }
            let id = AccountId(form.number("account").ok_or(Error::Form)?);
            let there = app.store.read(|tx| tx.account(id))?;
            there.filter(|row| row.state == AccountState::Open).ok_or(Error::Absent)?;
            let link = app.reset_link(id);
            let link = link.map_err(|error| Error::failed("no link was made", &*error))?;
            return again("", link, StatusCode::OK);
        }
        let whom = form.number("account").map(AccountId);
        let before = match whom {
            Some(id) => app.store.read(|tx| tx.account(id))?,
            None => None,
        };
        match changed(app, &guest, &form)? {
            "" => {
                if let Some(row) = before {
                    tell(app, &row, &form);
                }
                see("/people?done=settings")
            }
            mistake => again(mistake, String::new(), StatusCode::CONFLICT),
        }
    })
    .await
}

/// Tells the holder of an account what was taken away, if there was anything.
fn tell(app: &App, before: &AccountRow, form: &Form) {
    match form.field("act") {
        "no factor" if before.totp.is_some() => app.tell(before, Change::FactorOff),
        "no passkeys" if before.passkeys > 0 => app.tell(before, Change::PasskeyRemoved),
        _ => {}
    }
}

/// Does what a form asks for; why not, in words, or nothing.
fn changed(app: &App, guest: &Guest, form: &Form) -> Result<&'static str, Error> {
    app.store.write(|tx| {
        let role = role(guest, tx)?;
        let owners_only =
            || if role == Role::Owner { Ok(()) } else { Err(Error::Role(Role::Owner)) };
        if form.field("act") == "registration" {
            owners_only()?;
            let chosen = Registration::parse(form.field("who")).ok_or(Error::Form)?;
            if app.config.registration.is_some() {
                return Ok("A setting outside of this page says who may make an account.");
            }
            tx.put_choice("registration", chosen.word())?;
            return Ok("");
        }
        let id = AccountId(form.number("account").ok_or(Error::Form)?);
        let row = tx.account(id)?.ok_or(Error::Absent)?;
        match form.field("act") {
            "role" => {
                owners_only()?;
                let new = Role::parse(form.field("role")).ok_or(Error::Form)?;
                if row.role == Role::Owner && new != Role::Owner {
                    let owners = tx.accounts(AccountId(0), u64::from(u32::MAX))?;
                    let others = owners.iter().filter(|own| {
                        own.role == Role::Owner && own.state == AccountState::Open && own.id != id
                    });
                    if others.count() == 0 {
                        return Ok("The archive needs an owner. Make somebody else one first.");
                    }
                }
                tx.put_role(id, new)?;
            }
            "no factor" => {
                owners_only()?;
                tx.put_totp(id, None, &[])?;
                tx.forget_browsers_of(id, None)?;
            }
            "no passkeys" => {
                owners_only()?;
                tx.remove_passkeys(id)?;
                tx.forget_browsers_of(id, None)?;
            }
            act @ ("open" | "close") => {
                if !may_move(role, &row) {
                    return Err(Error::Role(Role::Owner));
                }
                let open = act == "open";
                tx.put_state(id, if open { AccountState::Open } else { AccountState::Closed })?;
            }
            _ => return Err(Error::Form),
        }
        Ok("")
    })
}
