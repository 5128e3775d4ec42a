//! `/tags/log`: what was done to tags, each with a way to undo it.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use serde::Deserialize;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::page::{count, day};
use super::super::visitor::Guest;
use super::super::{Keep, Site};
use super::Notice;
use super::browse::{Tab, tabs};
use crate::archive::person::Role;
use crate::archive::work::{ActId, TagId};
use crate::store::{ActRow, View};

/// Acts on a page.
const PAGE: u64 = 50;

#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct LogQuery {
    before: Option<String>,
    done: Option<String>,
}

/// An act in the list.
struct LogRow {
    id: ActId,
    text: String,
    day: String,
    tag: Option<TagId>,
    changes: String,
    undone: bool,
}

#[derive(Template)]
#[template(path = "tags/log.html")]
pub(super) struct LogPage {
    rows: Vec<LogRow>,
    next: Option<String>,
    notice: Option<Notice>,
    /// Whether the viewer may put tags in order.
    wrangles: bool,
    back: &'static str,
    tabs: Vec<Tab>,
    at: &'static str,
}

/// `/tags/log`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<LogQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    site.page(guest, uri, move |_, tx, _| {
        let notice = Notice::done(tx, query.done.as_deref())?;
        // The terminal writes the log as well, and a kept page would not know of it.
        Ok((page(tx, query.before.as_deref(), notice)?, Keep::No))
    })
    .await
}

/// The acts before one, latest first.
pub(super) fn page(
    tx: &View<'_>,
    before: Option<&str>,
    notice: Option<Notice>,
) -> Result<LogPage, Error> {
    let before = before.and_then(|id| id.parse().ok()).map(ActId);
    let mut acts = tx.acts(before, PAGE + 1)?;
    let more = acts.len() as u64 > PAGE;
    acts.truncate(PAGE as usize);
    let last = acts.last().filter(|_| more);
    Ok(LogPage {
        next: last.map(|row| format!("/tags/log?before={}", row.id)),
        rows: acts.iter().map(row).collect(),
        notice,
        wrangles: tx.viewer().may(Role::Wrangler),
        back: "/tags/log",
        tabs: tabs(None),
        at: "log",
    })
}

fn row(row: &ActRow) -> LogRow {
    let mut text = row.to_string();
    if let Some(first) = text.get(..1) {
        text = first.to_uppercase() + text.get(1..).unwrap_or_default();
    }
    LogRow {
        id: row.id,
        text,
        day: row.at.date().map(day).unwrap_or_default(),
        tag: row.tag.as_ref().map(|tag| tag.id),
        changes: count(&row.changes, "change", "changes"),
        undone: row.undone_by.is_some(),
    }
}
