//! Forms as they are sent, within limits, and where the browser goes afterwards.

use std::collections::HashMap;
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use tokio::time::timeout;

use super::cache::Page;
use super::error::Error;

/// How long a browser may take to send it.
const FORM_TIME: Duration = Duration::from_secs(30);

/// The most fields of a form.
const MOST_FIELDS: usize = 20_000;

/// A form as it was filled in.
#[derive(Debug)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads what was sent; `longest` is how long it may be, bytes.
    pub(super) async fn of(body: Body, longest: usize) -> Result<Form, Error> {
        let read = timeout(FORM_TIME, axum::body::to_bytes(body, longest)).await;
        let bytes = read.map_err(|_| Error::Form)?.map_err(|_| Error::Form)?;
        let fields = form_urlencoded::parse(&bytes).take(MOST_FIELDS + 1);
        let fields: Vec<(String, String)> = fields.map(|(n, v)| (n.into(), v.into())).collect();
        if fields.len() > MOST_FIELDS { Err(Error::Form) } else { Ok(Form(fields)) }
    }

    /// What a field says, "" where it is missing.
    pub(super) fn field(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// What a field says, to the letter: for passwords.
    pub(super) fn exact(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// All that fields of a name say, in their order; boxes that were ticked.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// Whether there is such a field, whatever it says.
    pub(super) fn is_there(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// The number that a field says, if it says one.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.field(name).parse().ok()
    }

    /// The numbers of all fields whose names begin so, by what comes behind.
    pub(super) fn numbers<'f>(&'f self, prefix: &str) -> HashMap<&'f str, i64> {
        let number = |(name, value): &'f (String, String)| {
            Some((name.strip_prefix(prefix)?, value.trim().parse().ok()?))
        };
        self.0.iter().filter_map(number).collect()
    }

    /// Whether a field says anything.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.field(name).is_empty()
    }
}

/// A page with something on it that is shown once: no browser keeps it.
pub(super) fn shown_once(page: &impl Template, status: StatusCode) -> Result<Response, Error> {
    if status.is_client_error() {
        // There was something wrong with the form, and nothing was made.
        return Ok(Page::new(page.render()?, status, 0).into_response());
    }
    let mut response = (status, Html(page.render()?)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Sends the browser to a page, so that loading it again does nothing twice.
pub(super) fn see(path: &str) -> Result<Response, Error> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let path = HeaderValue::try_from(path).map_err(|_| Error::Failed)?;
    response.headers_mut().insert(LOCATION, path);
    Ok(response)
}
