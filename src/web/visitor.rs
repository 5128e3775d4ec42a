//! Who sent a request, as far as its cookie says.
//!
//! Owns the cookie: its name, its making, and how long it lasts. A browser is given one only when
//! its reader asked for something to be remembered, or signed in.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::Site;
use super::error::Error;
use crate::archive::person::{Role, Secret, Visitor};
use crate::archive::work::Hash;
use crate::store::{self, Read};

/// What the cookie is called.
const NAME: &str = "fanfold";
/// The same where browsers reach the site encrypted: they take a cookie of such a name only from
/// this very host, and never send it unencrypted.
const HOST_NAME: &str = "__Host-fanfold";
/// What the cookie with the links of works is called.
const LINKS: &str = "fanfold-links";
/// What the cookie is called by which a beta reader without an account is known again.
const HAND: &str = "fanfold-beta";
/// How long a browser keeps it, seconds: thirteen months, the longest that browsers allow.
const LASTS: u32 = 34_128_000;
/// How long it keeps the links of works, seconds.
const LINKS_LAST: u32 = 90 * 86_400;
/// The most links that a browser keeps; the oldest goes first.
const LINKS_MOST: usize = 20;

/// The cookies of a request, as far as they are ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Guest {
    token: Option<Hash>,
    links: Vec<Secret>,
    hand: Option<Hash>,
}

impl Guest {
    /// `encrypted` says whether browsers reach the site so: then no other cookie is believed.
    pub(super) fn of(headers: &HeaderMap, encrypted: bool) -> Guest {
        let lines = headers.get_all(header::COOKIE).iter();
        let cookies = lines.filter_map(|line| line.to_str().ok()).flat_map(|l| l.split(';'));
        let mut guest = Guest::default();
        for cookie in cookies {
            let Some((name, value)) = cookie.trim().split_once('=') else { continue };
            if name == (if encrypted { HOST_NAME } else { NAME }) && guest.token.is_none() {
                guest.token = Secret::parse(value).map(|secret| secret.hash());
            }
            if name == HAND && guest.hand.is_none() {
                guest.hand = Secret::parse(value).map(|secret| secret.hash());
            }
            if name == LINKS && guest.links.is_empty() {
                guest.links = value.split('.').filter_map(Secret::parse).take(LINKS_MOST).collect();
            }
        }
        guest
    }

    /// Whether nothing at all is known of whoever asks.
    pub(super) fn is_stranger(&self) -> bool {
        self.token.is_none() && self.links.is_empty()
    }

    /// The hash by which this browser is known to have said something as a beta reader.
    pub(super) fn hand(&self) -> Option<Hash> {
        self.hand
    }

    /// Whoever it is.
    pub(super) fn visitor(&self, tx: &Read<'_>) -> Result<Visitor, store::Error> {
        let mut visitor = match &self.token {
            Some(token) => tx.visitor(token)?,
            None => Visitor::default(),
        };
        for link in &self.links {
            visitor.links.extend(tx.work_by_link(&link.hash())?);
        }
        Ok(visitor)
    }

    /// The header that adds the link of a work to those that the browser keeps.
    pub(super) fn with_link(&self, link: &Secret, encrypted: bool) -> Result<HeaderValue, Error> {
        let mut links = vec![link.text()];
        links.extend(self.links.iter().map(Secret::text).filter(|own| *own != link.text()));
        links.truncate(LINKS_MOST);
        let (value, secure) = (links.join("."), secure(encrypted));
        let line = format!(
            "{LINKS}={value}; Path=/; Max-Age={LINKS_LAST}; HttpOnly; SameSite=Lax{secure}"
        );
        HeaderValue::try_from(line).map_err(|_| Error::Failed)
    }
}

fn secure(encrypted: bool) -> &'static str {
    if encrypted { "; Secure" } else { "" }
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

impl FromRequestParts<Arc<Site>> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Guest, Infallible> {
        Ok(Guest::of(&parts.headers, site.app.config.is_encrypted()))
    }
}

/// The header that gives a secret to a browser. Scripts cannot read it, and other sites cannot make
/// the browser send it with a form of theirs.
pub(super) fn cookie(secret: &Secret, encrypted: bool) -> Result<HeaderValue, Error> {
    let (value, name) = (secret.text(), if encrypted { HOST_NAME } else { NAME });
    let secure = secure(encrypted);
    let line = format!("{name}={value}; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(line).map_err(|_| Error::Failed)
}

/// The header that gives a browser what its remarks are known by: for the pages of beta readers
/// alone, and for nothing else that is remembered.
pub(super) fn hand_cookie(secret: &Secret, encrypted: bool) -> Result<HeaderValue, Error> {
    let (value, secure) = (secret.text(), secure(encrypted));
    let line = format!(
        "{HAND}={value}; Path=/beta/; Max-Age={LINKS_LAST}; HttpOnly; SameSite=Lax{secure}"
    );
    HeaderValue::try_from(line).map_err(|_| Error::Failed)
}

/// The header that takes the cookie back.
pub(super) fn no_cookie(encrypted: bool) -> Result<HeaderValue, Error> {
    let name = if encrypted { HOST_NAME } else { NAME };
    let line = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(encrypted));
    HeaderValue::try_from(line).map_err(|_| Error::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(line: &str, encrypted: bool) -> Guest {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::try_from(line).expect("a line"));
        Guest::of(&headers, encrypted)
    }

    #[test]
    fn only_the_cookie_of_this_host_is_believed_where_it_can_be_told() {
        let value = "0123456789abcdef".repeat(4);
        let (plain, host) = (format!("{NAME}={value}"), format!("a=b; {HOST_NAME}={value}"));
        assert!(!guest(&plain, false).is_stranger() && guest(&plain, true).is_stranger());
        assert!(!guest(&host, true).is_stranger() && guest(&host, false).is_stranger());
        for bad in ["", "fanfold=", "fanfold=x", "fanfold-links=x.y", "xfanfold=0"] {
            assert!(guest(bad, false).is_stranger(), "{bad}");
        }
        let secret = Secret::parse(&value).expect("a secret");
        let given = cookie(&secret, true).expect("a header");
        let given = given.to_str().expect("text");
        assert!(given.starts_with("__Host-fanfold=") && given.ends_with("; Secure"), "{given}");
        assert!(given.contains("; Path=/;") && !given.contains("Domain"), "{given}");
    }

    #[test]
    fn a_browser_keeps_so_many_links() {
        let secret = |n: u8| Secret::of([n; 32]);
        let mut known = Guest::default();
        for n in 0..30 {
            let header = known.with_link(&secret(n), false).expect("a header");
            known = guest(header.to_str().expect("text").split(';').next().expect("one"), false);
        }
        let kept: Vec<Secret> = (10..30).rev().map(secret).collect();
        assert_eq!(known.links, kept);
        known.with_link(&secret(15), false).expect("a header");
    }
}
