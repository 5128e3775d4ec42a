//! Who sent a request, as far as its cookie says.
//!
//! Owns the cookie: its name, its making, and how long it lasts. A browser is given one only when
//! its reader asked for something to be remembered, or signed in.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::error::Error;
use crate::archive::person::{Role, Secret, Visitor};
use crate::archive::work::Hash;
use crate::store::{self, Read};

/// What the cookie is called.
const NAME: &str = "fanfold";
/// How long a browser keeps it, seconds: thirteen months, the longest that browsers allow.
const LASTS: u32 = 34_128_000;

/// The cookie of a request, if it has ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guest(Option<Hash>);

impl Guest {
    pub(super) fn of(headers: &HeaderMap) -> Guest {
        let lines = headers.get_all(header::COOKIE).iter();
        let mut cookies = lines.filter_map(|line| line.to_str().ok()).flat_map(|l| l.split(';'));
        let token = cookies.find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == NAME).then(|| Secret::parse(value)).flatten().map(|secret| secret.hash())
        });
        Guest(token)
    }

    /// Whether nothing at all is known of whoever asks.
    pub(super) fn is_stranger(&self) -> bool {
        self.0.is_none()
    }

    /// Whoever it is.
    pub(super) fn visitor(&self, tx: &Read<'_>) -> Result<Visitor, store::Error> {
        self.0.as_ref().map_or_else(|| Ok(Visitor::default()), |token| tx.visitor(token))
    }
}

impl Guest {
    /// Whoever it is, if they may what a role may.
    ///
    /// # Errors
    /// [`Error::SignIn`] for those who are not signed in, [`Error::Role`] for others.
    pub(super) fn must_be(&self, tx: &Read<'_>, role: Role) -> Result<Visitor, Error> {
        let visitor = self.visitor(tx)?;
        match &visitor.account {
            None => Err(Error::SignIn),
            Some(_) if !visitor.may(role) => Err(Error::Role(role)),
            Some(_) => Ok(visitor),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Guest, Infallible> {
        Ok(Guest::of(&parts.headers))
    }
}

/// The header that gives a secret to a browser. Scripts cannot read it, and other sites cannot make
/// the browser send it with a form of theirs.
pub(super) fn cookie(secret: &Secret) -> Result<HeaderValue, Error> {
    let value = secret.text();
    let line = format!("{NAME}={value}; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax");
    HeaderValue::try_from(line).map_err(|_| Error::Failed)
}

/// The header that takes the cookie back.
pub(super) fn no_cookie() -> HeaderValue {
    HeaderValue::from_static("fanfold=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}
