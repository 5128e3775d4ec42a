//! `/you`: signing in for strangers; for everybody else their names, browsers, second factor and
//! what becomes of all that when they leave.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Error;
use super::form::{Form, see, shown_once};
use super::limits::Limit;
use super::page::day;
use super::visitor::{self, Guest};
use super::{Keep, Site, address, fresh, passkeys, sign_in};
use crate::app::App;
use crate::archive::account::{self, AccountRow, INVITATION_LASTS, Registration, check_password};
use crate::archive::mail::Change;
use crate::archive::person::{BrowserId, PasskeyId, PseudId, Role, Visitor};
use crate::archive::work::{Hash, Millis};
use crate::credential;
use crate::store::{Parting, Pseud, Read};

#[derive(Debug, Default, Deserialize)]
pub(super) struct YouQuery {
    done: Option<String>,
}

/// What was just done, by its word in the address.
const DONE: [(&str, &str); 16] = [
    ("name", "Your name is changed. Works that bear the old one keep it until you edit them."),
    ("pen", "Your pen names are changed."),
    ("browser", "That browser is signed out."),
    ("browsers", "All other browsers are signed out."),
    ("password", "The new password is kept. Other browsers are signed out."),
    ("factor-off", "Signing in takes no code any more."),
    ("asked", "Thank you. Whoever looks after this archive will decide; try to sign in later."),
    ("gone", "Your account is gone."),
    ("passkey", "The passkey is kept. From now on it signs you in by itself."),
    ("passkey-name", "The passkey has another name."),
    (
        "no-passkey",
        "The passkey is removed. Remove it from your device, too, if it offers it still.",
    ),
    (
        "mailed",
        "If that is an account with an address, a link is on its way there. It works once, within a day.",
    ),
    ("address-asked", "A letter is on its way. The link in it says that the address is yours."),
    ("address", "The address is kept. Letters about the account go there from now on."),
    ("no-address", "No mail is sent to you any more."),
    ("settings", "That is how it is from now on."),
];

/// What a page says was done.
pub(super) fn done(word: Option<&str>) -> &'static str {
    DONE.iter().find(|(own, _)| Some(*own) == word).map_or("", |(_, text)| text)
}

#[derive(Template)]
#[template(path = "people/stranger.html")]
pub(super) struct StrangerPage {
    done: &'static str,
    name: String,
    mistake: String,
    registration: Registration,
    home: bool,
    /// Where passkeys sign in, if they can.
    passkeys: Option<String>,
    /// Whether links can be mailed.
    mail: bool,
}

/// The page that signs in.
pub(super) fn stranger(
    site: &Site,
    tx: &Read<'_>,
    name: &str,
    mistake: &str,
) -> Result<StrangerPage, Error> {
    let (name, mistake) = (name.to_owned(), mistake.to_owned());
    let (app, passkeys) = (&site.app, site.passkeys.origin());
    let registration = app.registration(tx)?;
    let (home, mail) = (!app.config.is_exposed(), app.has_mail());
    Ok(StrangerPage { done: "", name, mistake, registration, home, passkeys, mail })
}

/// A browser that is signed in.
struct BrowserLine {
    id: BrowserId,
    agent: String,
    seen: String,
    own: bool,
}

/// A passkey.
struct PasskeyLine {
    id: PasskeyId,
    name: String,
    since: String,
    used: Option<String>,
}

/// Where mail goes, where there is any.
struct MailLine {
    address: String,
    /// What waits to be confirmed.
    waiting: String,
}

/// A second factor that is being set up.
struct Factor {
    secret: String,
    address: String,
}

#[derive(Template)]
#[template(path = "people/you.html")]
struct YouPage {
    name: String,
    role: Role,
    done: String,
    mistake: String,
    pens: Vec<Pseud>,
    browsers: Vec<BrowserLine>,
    has_password: bool,
    has_factor: bool,
    codes_left: u64,
    factor: Option<Factor>,
    codes: Vec<String>,
    passkeys: Vec<PasskeyLine>,
    /// Where passkeys can be added and used, if anywhere.
    passkey_origin: Option<String>,
    mail: Option<MailLine>,
    invites: bool,
    link: String,
    looks_after: bool,
    /// How much on the page of works for them waits for an answer.
    waiting: usize,
}

/// What an act leaves to be shown.
#[derive(Default)]
struct Shown {
    mistake: String,
    factor: Option<Factor>,
    codes: Vec<String>,
    link: String,
}

impl Shown {
    fn wrong(why: impl Into<String>) -> Outcome {
        Ok(Then::Show(Shown { mistake: why.into(), ..Shown::default() }))
    }
}

/// What happens after an act.
enum Then {
    /// The page again, with something on it.
    Show(Shown),
    /// Another address.
    See(&'static str),
    /// The same, as nobody.
    Leave(&'static str),
}

type Outcome = Result<Then, Error>;

/// `GET /you`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<YouQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let done = done(query.done.as_deref());
    let signed_in = site.app.clone();
    let asked = guest.clone();
    let here = Arc::clone(&site);
    let known = super::blocking(move || {
        signed_in.store.read(|tx| Ok(asked.visitor(tx)?.account.is_some()))
    });
    if known.await? {
        let make = move |_: &App, tx: &crate::store::View<'_>, visitor: &Visitor| {
            let row = own(tx, visitor)?;
            let shown = Shown::default();
            Ok((page(&here, tx, visitor, &row, done, shown)?, Keep::No))
        };
        return Ok(site.page(guest, uri, make).await?.into_response());
    }
    let make = move |_: &App, tx: &crate::store::View<'_>, _: &Visitor| {
        Ok((StrangerPage { done, ..stranger(&here, tx, "", "")? }, Keep::No))
    };
    Ok(site.page(guest, uri, make).await?.into_response())
}

/// The account of a visitor.
pub(super) fn own(tx: &Read<'_>, visitor: &Visitor) -> Result<AccountRow, Error> {
    let id = visitor.account.as_ref().ok_or(Error::SignIn)?.id;
    tx.account(id)?.ok_or(Error::SignIn)
}

/// Whether an account may invite others.
fn invites(app: &App, tx: &Read<'_>, role: Role) -> Result<bool, Error> {
    let open = matches!(app.registration(tx)?, Registration::Invitation | Registration::Open);
    Ok(open || role.may(Role::Moderator))
}

fn page(
    site: &Site,
    tx: &Read<'_>,
    visitor: &Visitor,
    row: &AccountRow,
    done: &str,
    shown: Shown,
) -> Result<YouPage, Error> {
    let browsers = tx.browsers(row.reader)?.into_iter().map(|own| BrowserLine {
        id: own.id,
        agent: if own.agent.is_empty() { "An unnamed browser".to_owned() } else { own.agent },
        seen: own.seen_at.date().map(day).unwrap_or_default(),
        own: visitor.browser == Some(own.id),
    });
    let app = &site.app;
    let passkeys = tx.passkeys(row.id)?.into_iter().map(|own| PasskeyLine {
        id: own.id,
        name: own.name,
        since: own.made_at.date().map(day).unwrap_or_default(),
        used: own.used_at.and_then(Millis::date).map(day),
    });
    let mail = match app.has_mail() {
        true => Some(MailLine {
            address: row.address.clone().unwrap_or_default(),
            waiting: tx.waiting_address(row.id, app.now())?.unwrap_or_default(),
        }),
        false => None,
    };
    Ok(YouPage {
        name: row.name.clone(),
        role: row.role,
        done: done.to_owned(),
        mistake: shown.mistake,
        pens: tx.pseuds(row.id)?,
        browsers: browsers.collect(),
        has_password: row.password.is_some(),
        has_factor: row.totp.is_some(),
        codes_left: tx.recovery_codes(row.id)?,
        factor: shown.factor,
        codes: shown.codes,
        passkeys: passkeys.collect(),
        passkey_origin: site.passkeys.origin(),
        mail,
        invites: invites(app, tx, row.role)?,
        link: shown.link,
        looks_after: row.role.may(Role::Moderator),
        waiting: super::for_you::waiting(tx, visitor)?,
    })
}

/// `POST /you`
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, sign_in::FORM_BYTES).await?;
    let here = Arc::clone(&site);
    site.hashing(move || {
        let app = &here.app;
        let then = done_to(&here, &guest, &form)?;
        match then {
            Then::See(path) => see(path),
            Then::Leave(path) => {
                let mut response = see(path)?;
                let cookie = visitor::no_cookie(app.config.is_encrypted())?;
                response.headers_mut().insert(SET_COOKIE, cookie);
                Ok(response)
            }
            Then::Show(shown) => {
                let wrong = !shown.mistake.is_empty();
                let page = app.store.read(|tx| -> Result<YouPage, Error> {
                    let visitor = guest.visitor(tx)?;
                    page(&here, tx, &visitor, &own(tx, &visitor)?, "", shown)
                })?;
                let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
                shown_once(&page, status)
            }
        }
    })
    .await
}

/// Does what a form asks for.
fn done_to(site: &Site, guest: &Guest, form: &Form) -> Outcome {
    let (app, now) = (&site.app, site.app.now());
    let (row, visitor) = app.store.read(|tx| -> Result<_, Error> {
        let visitor = guest.visitor(tx)?;
        Ok((own(tx, &visitor)?, visitor))
    })?;
    if form.is_there("old") {
        site.limits.count(Limit::Own, row.id, now)?;
    }
    match form.field("act") {
        "password" => new_password(app, &row, &visitor, form),
        "factor" => {
            let failed = |error: anyhow::Error| Error::failed("no secret was made", &*error);
            let secret = app.random::<{ credential::TOTP_BYTES }>().map_err(failed)?;
            let factor = Factor {
                secret: credential::base32(&secret),
                address: credential::totp_address(&secret, &row.name),
            };
            Ok(Then::Show(Shown { factor: Some(factor), ..Shown::default() }))
        }
        "factor-on" => second_factor_on(app, &row, form, now),
        "factor-off" => {
            if !is_own_password(&row, form) {
                return Shown::wrong(NOT_YOURS);
            }
            app.store.write(|tx| tx.put_totp(row.id, None, &[]))?;
            if row.totp.is_some() {
                app.tell(&row, Change::FactorOff);
            }
            Ok(Then::See("/you?done=factor-off"))
        }
        "address" | "no address" => mail_goes(site, &row, form),
        "no passkey" => {
            let id = PasskeyId(form.number("passkey").ok_or(Error::Form)?);
            let gone = app.store.write(|tx| -> Result<bool, Error> {
                let gone = tx.remove_passkey(row.id, id)?;
                // Whoever has it may have signed in by it before.
                tx.forget_browsers_of(row.id, visitor.browser)?;
                Ok(gone)
            })?;
            if gone {
                app.tell(&row, Change::PasskeyRemoved);
            }
            Ok(Then::See("/you?done=no-passkey"))
        }
        "delete" => leave(app, &row, form, now),
        "invite" => invite(app, &row, now),
        _ => plain_act(app, &row, &visitor, form, now),
    }
}

/// Acts that need neither password nor secret.
fn plain_act(app: &App, row: &AccountRow, visitor: &Visitor, form: &Form, now: Millis) -> Outcome {
    app.store.write(|tx| match form.field("act") {
        "name" | "pen" => {
            let name = match account::name(form.field("name")) {
                Ok(name) => name,
                Err(why) => return Shown::wrong(why),
            };
            let renames = form.field("act") == "name";
            if tx.pseuds(row.id)?.len() >= account::PEN_NAMES_MOST {
                return Shown::wrong("You have as many pen names as there can be.");
            }
            let done = match renames {
                true => tx.rename_account(row.id, &name, now)?,
                false => tx.insert_pseud(row.id, &name, now)?,
            };
            match (done, renames) {
                (false, _) => Shown::wrong("Somebody has this name already."),
                (true, true) => Ok(Then::See("/you?done=name")),
                (true, false) => Ok(Then::See("/you?done=pen")),
            }
        }
        "no pen" => {
            tx.remove_pseud(row.id, PseudId(form.number("pen").ok_or(Error::Form)?))?;
            Ok(Then::See("/you?done=pen"))
        }
        "browser" => {
            let browser = BrowserId(form.number("browser").ok_or(Error::Form)?);
            tx.forget_browser_of(row.reader, browser)?;
            Ok(Then::See("/you?done=browser"))
        }
        "browsers" => {
            tx.forget_browsers_of(row.id, visitor.browser)?;
            Ok(Then::See("/you?done=browsers"))
        }
        "passkey name" => {
            let id = PasskeyId(form.number("passkey").ok_or(Error::Form)?);
            tx.rename_passkey(row.id, id, &passkeys::name(form.field("name")))?;
            Ok(Then::See("/you?done=passkey-name"))
        }
        _ => Err(Error::Form),
    })
}

/// What is said to whoever types another password than their own.
pub(super) const NOT_YOURS: &str = "That is not your password; nothing was changed.";

/// Another address for mail, or none.
fn mail_goes(site: &Site, row: &AccountRow, form: &Form) -> Outcome {
    if !is_own_password(row, form) {
        return Shown::wrong(NOT_YOURS);
    }
    if form.field("act") == "no address" {
        address::drop_address(&site.app, row)?;
        return Ok(Then::See("/you?done=no-address"));
    }
    match address::ask(site, row, form.field("address"))? {
        None => Ok(Then::See("/you?done=address-asked")),
        Some(mistake) => Shown::wrong(mistake),
    }
}

/// Whether a form has the account's password, or needs none because the account has none.
pub(super) fn is_own_password(row: &AccountRow, form: &Form) -> bool {
    let kept = row.password.as_deref();
    kept.is_none() || credential::is_password(form.exact("old"), kept)
}

fn new_password(app: &App, row: &AccountRow, visitor: &Visitor, form: &Form) -> Outcome {
    if !is_own_password(row, form) {
        return Shown::wrong(NOT_YOURS);
    }
    if let Err(why) = check_password(form.exact("password"), &row.name) {
        return Shown::wrong(why);
    }
    let hash = sign_in::hashed(app, form.exact("password"))?;
    app.store.write(|tx| tx.put_password(row.id, &hash, visitor.browser))?;
    app.tell(row, Change::Password);
    Ok(Then::See("/you?done=password"))
}

fn second_factor_on(app: &App, row: &AccountRow, form: &Form, now: Millis) -> Outcome {
    let secret = credential::from_base32(form.field("secret"));
    let secret = secret.filter(|secret| secret.len() == credential::TOTP_BYTES);
    let secret = secret.ok_or(Error::Form)?;
    if row.totp.is_some() || !is_own_password(row, form) {
        return Shown::wrong(NOT_YOURS);
    }
    let Some(step) = credential::totp_step(&secret, form.field("code"), now.0) else {
        let factor = Factor {
            secret: credential::base32(&secret),
            address: credential::totp_address(&secret, &row.name),
        };
        let mistake = "That is not the code of this moment. Try the next one.".to_owned();
        return Ok(Then::Show(Shown { mistake, factor: Some(factor), ..Shown::default() }));
    };
    let mut codes = Vec::new();
    for _ in 0..account::RECOVERY_CODES {
        let failed = |error: anyhow::Error| Error::failed("no code was made", &*error);
        codes.push(credential::recovery_code(&app.random().map_err(failed)?));
    }
    let hashes: Vec<Hash> =
        codes.iter().map(|code| Hash::of(credential::plain_code(code).as_bytes())).collect();
    app.store.write(|tx| -> Result<(), Error> {
        tx.put_totp(row.id, Some(&secret), &hashes)?;
        tx.use_totp(row.id, step)?;
        Ok(())
    })?;
    app.tell(row, Change::FactorOn);
    Ok(Then::Show(Shown { codes, ..Shown::default() }))
}

fn invite(app: &App, row: &AccountRow, now: Millis) -> Outcome {
    let secret = fresh(app)?;
    let until = Millis(now.0.saturating_add(INVITATION_LASTS));
    app.store.write(|tx| {
        if !invites(app, tx, row.role)? {
            return Err(Error::Role(Role::Moderator));
        }
        if tx.invitations(row.id, now)? >= account::INVITATIONS_MOST as u64 {
            return Shown::wrong("So many of your invitations are open; wait until one is used.");
        }
        tx.insert_invitation(&secret.hash(), row.id, now, until)?;
        let link = format!("/invited/{}", secret.text());
        Ok(Then::Show(Shown { link, ..Shown::default() }))
    })
}

fn leave(app: &App, row: &AccountRow, form: &Form, now: Millis) -> Outcome {
    if row.role == Role::Owner {
        return Shown::wrong("The archive would belong to nobody. Give it to somebody first.");
    }
    if !is_own_password(row, form) || form.field("name") != row.name {
        return Shown::wrong("Name or password are not yours; nothing was changed.");
    }
    let parting = match form.field("works") {
        "keep" => Parting::Keep,
        "hand over" => Parting::HandOver,
        "delete" => Parting::Bin,
        _ => return Err(Error::Form),
    };
    app.store.write(|tx| tx.delete_account(row.id, parting, now))?;
    Ok(Then::Leave("/you?done=gone"))
}
