//! Signing in with a passkey, and adding one; `static/passkeys.js` asks the browser for them.
//!
//! Owns for whom passkeys are (the site's name and origin) and the challenges that are open.
//! Whether one is believed is decided in `passkey`. Whatever is wrong, a stranger is told the same.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderMap, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::error::Error;
use super::form::Form;
use super::limits::Limit;
use super::security::Client;
use super::visitor::{self, Guest};
use super::writing::told;
use super::{Site, blocking, fresh, sign_in, you};
use crate::app::App;
use crate::archive::account::{AccountRow, AccountState, PASSKEY_NAME_LONGEST, PASSKEYS_MOST};
use crate::archive::mail::Change;
use crate::archive::work::Millis;
use crate::passkey::{
    ALGORITHMS, Assertion, CHALLENGE_LASTS, Challenges, Party, Purpose, Refused, check_new,
    check_use, from_text, to_text,
};
use crate::store::{NewPasskey, Passkey, Read};

/// The longest form: twice what a browser and an authenticator say, in letters.
const FORM_BYTES: usize = 48 << 10;
/// The bytes by which authenticators know an account (Web Authentication, section 5.4.3: at most
/// 64, and nothing that tells who it is).
const HANDLE_BYTES: usize = 32;

/// What the site keeps for passkeys.
pub(super) struct Passkeys {
    party: Option<Party>,
    challenges: Challenges,
}

impl Passkeys {
    /// For a site that is served here.
    pub(super) fn new(app: &App, listen: SocketAddr) -> anyhow::Result<Passkeys> {
        let party = Party::of(app.config.public_url.as_deref(), listen);
        Ok(Passkeys { party, challenges: Challenges::new(app.random()?) })
    }

    /// Where passkeys work; nowhere, where browsers allow none.
    pub(super) fn origin(&self) -> Option<String> {
        self.party.as_ref().map(|party| party.origin.clone())
    }

    fn party(&self) -> Result<&Party, Error> {
        self.party.as_ref().ok_or(Error::Absent)
    }

    fn challenge(&self, app: &App, purpose: Purpose) -> Result<String, Error> {
        let nonce = app.random().map_err(|error| Error::failed("nothing was asked", &*error))?;
        Ok(to_text(&self.challenges.make(purpose, nonce, app.now())))
    }
}

/// An answer to the script that no browser keeps.
fn once(status: StatusCode, value: &Value) -> Result<Response, Error> {
    let mut response = told(status, value)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Says why not.
fn refuse(status: StatusCode, why: &str) -> Result<Response, Error> {
    once(status, &json!({ "why": why }))
}

/// Bytes of a form's field.
fn field(form: &Form, name: &str) -> Result<Vec<u8>, Error> {
    from_text(form.field(name)).ok_or(Error::Form)
}

/// `GET /sign-in/passkey`: what a passkey has to sign to sign in.
pub(super) async fn ask(State(site): State<Arc<Site>>) -> Result<Response, Error> {
    let party = site.passkeys.party()?;
    let challenge = site.passkeys.challenge(&site.app, Purpose::SignIn)?;
    let question = json!({ "challenge": challenge, "rpId": party.id, "timeout": CHALLENGE_LASTS });
    once(StatusCode::OK, &question)
}

/// What a browser sends of a passkey that was used.
struct Shown {
    credential: Vec<u8>,
    /// By what the authenticator knows the account.
    user: Vec<u8>,
    client_data: Vec<u8>,
    authenticator: Vec<u8>,
    signature: Vec<u8>,
}

impl Shown {
    fn of(form: &Form) -> Option<Shown> {
        let field = |name| from_text(form.field(name));
        Some(Shown {
            credential: field("id")?,
            user: field("user")?,
            client_data: field("client")?,
            authenticator: field("authenticator")?,
            signature: field("signature")?,
        })
    }
}

/// `POST /sign-in/passkey`
pub(super) async fn sign_in(
    State(site): State<Arc<Site>>,
    Extension(client): Extension<Client>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    let (now, agent) = (site.app.now(), sign_in::agent(&headers));
    site.limits.count(Limit::SignIn, client.network(), now)?;
    blocking(move || {
        let app = &site.app;
        let new = fresh(app)?;
        let entered = match proved(&site, &form, now)? {
            Some((passkey, counter)) => app.store.write(|tx| -> Result<bool, Error> {
                // It may have been removed, or the account closed, while it was looked at.
                let row = tx.account(passkey.account)?;
                let open = row.filter(|row| row.state == AccountState::Open);
                let Some(row) = open else { return Ok(false) };
                if !tx.use_passkey(passkey.id, counter, now)? {
                    return Ok(false);
                }
                sign_in::enter(tx, &guest, row.reader, &new.hash(), &agent, now)?;
                Ok(true)
            })?,
            None => false,
        };
        if !entered {
            let why = "This passkey does not sign in here. Nobody was signed in.";
            return refuse(StatusCode::FORBIDDEN, why);
        }
        let mut response = once(StatusCode::OK, &json!({ "go": "/you" }))?;
        let cookie = visitor::cookie(&new, app.config.is_encrypted())?;
        response.headers_mut().insert(SET_COOKIE, cookie);
        Ok(response)
    })
    .await
}

/// The passkey that a browser showed, and its counter from now on; none if it is not believed.
fn proved(site: &Site, form: &Form, now: Millis) -> Result<Option<(Passkey, u32)>, Error> {
    let Some(party) = &site.passkeys.party else { return Ok(None) };
    let Some(shown) = Shown::of(form) else { return Ok(None) };
    let found = site.app.store.read(|tx| -> Result<_, Error> {
        let Some(passkey) = tx.passkey_called(&shown.credential)? else { return Ok(None) };
        let handle = tx.passkey_handle(passkey.account)?;
        Ok(handle.filter(|own| *own == shown.user).map(|_| passkey))
    })?;
    let Some(passkey) = found else { return Ok(None) };
    let used = Assertion {
        client_data: &shown.client_data,
        authenticator: &shown.authenticator,
        signature: &shown.signature,
    };
    let open = |challenge: &[u8]| site.passkeys.challenges.take(Purpose::SignIn, challenge, now);
    match check_use(party, &passkey.public_key, passkey.counter, &used, open) {
        Ok(counter) => Ok(Some((passkey, counter))),
        Err(why) => {
            if why == Refused::Counter {
                tracing::warn!("passkey {} of account {}: {why}", passkey.id, passkey.account);
            }
            Ok(None)
        }
    }
}

/// `POST /you/passkeys`: the two steps of adding one.
pub(super) async fn add(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, FORM_BYTES).await?;
    let here = Arc::clone(&site);
    site.hashing(move || {
        let row = here.app.store.read(|tx| you::own(tx, &guest.visitor(tx)?))?;
        here.passkeys.party()?;
        match form.field("act") {
            "begin" => begin(&here, &row, &form),
            "add" => finish(&here, &row, &form),
            _ => Err(Error::Form),
        }
    })
    .await
}

const MANY: &str = "You have as many passkeys as there can be; remove one first.";

fn has_room(tx: &Read<'_>, row: &AccountRow) -> Result<bool, Error> {
    Ok(tx.passkeys(row.id)?.len() < PASSKEYS_MOST)
}

/// What the browser is to ask the authenticator for, once it is known who asks.
fn begin(site: &Site, row: &AccountRow, form: &Form) -> Result<Response, Error> {
    let (app, party) = (&site.app, site.passkeys.party()?);
    site.limits.count(Limit::Own, row.id, app.now())?;
    if !you::is_own_password(row, form) {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, you::NOT_YOURS);
    }
    let failed = |error: anyhow::Error| Error::failed("nothing was asked", &*error);
    let fresh = app.random::<HANDLE_BYTES>().map_err(failed)?;
    let begun = app.store.write(|tx| -> Result<_, Error> {
        if !has_room(tx, row)? {
            return Ok(None);
        }
        Ok(Some((tx.handle_for(row.id, &fresh)?, tx.passkeys(row.id)?)))
    })?;
    let Some((handle, passkeys)) = begun else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, MANY);
    };
    let known: Vec<String> = passkeys.iter().map(|own| to_text(&own.credential)).collect();
    let question = json!({
        "challenge": site.passkeys.challenge(app, Purpose::Add(row.id))?,
        "rp": { "id": party.id, "name": "Fanfold" },
        "user": { "id": to_text(&handle), "name": row.name, "displayName": row.name },
        "algorithms": ALGORITHMS,
        "known": known,
        "timeout": CHALLENGE_LASTS,
    });
    once(StatusCode::OK, &question)
}

/// A passkey's name as it is kept.
pub(super) fn name(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let seen = words.chars().filter(|c| !c.is_control()).take(PASSKEY_NAME_LONGEST);
    let name: String = seen.collect();
    if name.is_empty() { "A passkey".to_owned() } else { name }
}

/// Keeps a new passkey.
fn finish(site: &Site, row: &AccountRow, form: &Form) -> Result<Response, Error> {
    let (app, party, now) = (&site.app, site.passkeys.party()?, site.app.now());
    let (client, authenticator) = (field(form, "client")?, field(form, "authenticator")?);
    let purpose = Purpose::Add(row.id);
    let open = |challenge: &[u8]| site.passkeys.challenges.take(purpose, challenge, now);
    let new = match check_new(party, &client, &authenticator, open) {
        Ok(new) => new,
        Err(why) => {
            let why = format!("This passkey was not kept: {why}. Try again.");
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, &why);
        }
    };
    let name = name(form.field("name"));
    let mistake = app.store.write(|tx| -> Result<_, Error> {
        if !has_room(tx, row)? {
            return Ok(Some(MANY));
        }
        let new = NewPasskey {
            account: row.id,
            credential: &new.credential,
            public_key: &new.public_key,
            counter: new.counter,
            name: &name,
        };
        let kept = tx.insert_passkey(&new, now)?;
        Ok((!kept).then_some("This passkey is known here already."))
    })?;
    if let Some(mistake) = mistake {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, mistake);
    }
    app.tell(row, Change::PasskeyAdded);
    once(StatusCode::OK, &json!({ "go": "/you?done=passkey" }))
}
