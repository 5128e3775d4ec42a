//! Where people write: their works, the editor, and the history of each work.
//!
//! Whoever may not change a work finds nothing here, as if it were not there. Every page works
//! without a script; `static/editor.js` makes the editor's page more than its form. What a work
//! needs besides its texts (tags, ratings, who may read it, when it is posted) has pages of its own
//! that change the same draft: [`overview`] links to them.

mod by_script;
mod chapter;
mod convert;
mod cut;
pub(super) mod differ;
mod fields;
mod overview;
mod overview_acts;
mod preview;
mod proof;
mod revisions;
mod tidy;
mod works;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use tokio::time::timeout;

use super::error::Error;
use super::{Site, fresh};
use crate::archive::access::{may_edit, may_write};
use crate::archive::person::{Account, Visitor};
use crate::archive::revision::{Head, Part};
use crate::archive::work::{ChapterId, Millis, WorkId};
use crate::store::{Desk, Pen, Read};

/// The longest form, and the longest text that a script sends, bytes: AO3's 500,000 characters of a
/// chapter, each in the longest way of writing it down.
const BODY_BYTES: usize = 8 << 20;
/// How long a browser may take to send it.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Every address of writing.
pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/write", get(works::list))
        .route("/write/new", get(works::blank).post(works::begin))
        .route("/write/convert", post(convert::convert))
        .route("/write/proof", post(proof::proof))
        .route("/write/proof/silence", post(proof::silence))
        .route("/works/{id}/edit", get(overview::show).post(overview::save))
        .route("/works/{id}/edit/act", post(overview_acts::act))
        .route("/works/{id}/edit/save", post(overview::save_by_script))
        .route("/works/{id}/edit/preview", get(preview::show))
        .route("/works/{id}/edit/tidy", get(tidy::show).post(tidy::tidy))
        .route("/works/{id}/edit/chapters/{chapter}", get(chapter::show).post(chapter::save))
        .route("/works/{id}/edit/chapters/{chapter}/save", post(chapter::save_by_script))
        .route("/works/{id}/edit/chapters/{chapter}/split", post(cut::at_cursor))
        .route("/works/{id}/revisions", get(revisions::list))
        .route("/works/{id}/revisions/compare", get(revisions::compare))
        .route("/works/{id}/revisions/act", post(revisions::act))
}

/// Whoever is signed in and may write. That there is a place to write is no secret, unlike works.
pub(super) fn writer(visitor: &Visitor) -> Result<&Account, Error> {
    let account = visitor.account.as_ref().ok_or(Error::SignIn)?;
    if may_write(visitor) { Ok(account) } else { Err(Error::Absent) }
}

/// A work that a visitor may change.
pub(super) fn desk(tx: &Read<'_>, visitor: &Visitor, work: WorkId) -> Result<Desk, Error> {
    let shown = tx.visibility(work)?.ok_or(Error::Absent)?;
    if !may_edit(visitor, &shown) {
        return Err(Error::Absent);
    }
    tx.desk(work)?.ok_or(Error::Absent)
}

/// The same, unless the work lies in the bin: then there is nothing to be changed.
pub(super) fn open_desk(tx: &Read<'_>, visitor: &Visitor, work: WorkId) -> Result<Desk, Error> {
    let desk = desk(tx, visitor, work)?;
    if desk.state.binned_at.is_some() { Err(Error::Absent) } else { Ok(desk) }
}

/// Who writes, for the store.
pub(super) fn pen<'a>(visitor: &Visitor, at: Millis, sitting: Option<&'a str>) -> Pen<'a> {
    Pen { who: visitor.account.as_ref().map(|account| account.id), at, sitting }
}

/// The chapter that a path names.
fn chapter_id(text: &str) -> Result<ChapterId, Error> {
    text.parse().map(ChapterId).map_err(|_| Error::Absent)
}

/// What an editor is shown of a part.
pub(super) fn head(desk: &Desk, part: Part) -> Result<Head, Error> {
    let mark = desk.draft.mark(part).ok_or(Error::Absent)?;
    Ok(Head { revision: desk.revision, mark })
}

/// The time of day, UTC: `14:02`.
fn clock(at: Millis) -> String {
    let minutes = at.0.div_euclid(60_000).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A day and the time of day, UTC.
pub(super) fn moment(at: Millis) -> String {
    let day = at.date().map_or_else(|| "undated".to_owned(), super::page::day);
    format!("{day}, {}", clock(at))
}

/// A name for the time that one page is open.
fn sitting(site: &Site) -> Result<String, Error> {
    Ok(fresh(&site.app)?.text().get(..24).unwrap_or_default().to_owned())
}

/// What a script sent.
async fn sent(body: Body) -> Result<Vec<u8>, Error> {
    let read = timeout(BODY_TIME, axum::body::to_bytes(body, BODY_BYTES)).await;
    Ok(read.map_err(|_| Error::Form)?.map_err(|_| Error::Form)?.to_vec())
}

/// An answer to a script.
pub(super) fn told(status: StatusCode, value: &impl Serialize) -> Result<Response, Error> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::failed("an answer could not be written", &error))?;
    let mut response = (status, text).into_response();
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}
