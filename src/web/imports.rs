//! What became of every file: how far an import is, what could not be read, what needs a look.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use fanfold_doc::imported::WarningKind;
use serde::Deserialize;

use super::cache::Page;
use super::error::Error;
use super::page::{Pager, count, number, size, warning_label};
use super::visitor::Guest;
use super::{Keep, Site};
use crate::app::App;
use crate::archive::person::Role;
use crate::archive::work::WorkId;
use crate::store::{self, Looks, View};
use crate::transfer::progress::Snapshot;

/// Problems on a page.
const PAGE: u64 = 100;
/// How many works of one kind of warning are named.
const LOOKS: u64 = 50;

#[derive(Debug, Default, Deserialize)]
pub(super) struct ReportQuery {
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ShowPage {
    progress: Option<String>,
    totals: Vec<Total>,
    problems: Vec<ProblemRow>,
    looks: Vec<Look>,
    pager: Pager,
}

struct Total {
    label: &'static str,
    number: String,
}

struct ProblemRow {
    file: String,
    reason: String,
}

/// The works with one kind of warning.
struct Look {
    label: &'static str,
    works: Vec<LookRow>,
    more: u64,
}

struct LookRow {
    id: WorkId,
    title: String,
    about: String,
}

/// How far an import is, in one line; nothing while none runs.
pub(super) fn progress_line(at: Snapshot) -> Option<String> {
    if !at.running {
        return None;
    }
    let problems = match at.problems {
        0 => String::new(),
        problems => format!(", {} so far", count(&problems, "problem", "problems")),
    };
    Some(format!(
        "Reading the folder: {} of {} done, {} of {}{problems}.",
        number(at.files_done),
        count(&at.files_total, "file", "files"),
        size(at.bytes_done),
        size(at.bytes_total),
    ))
}

/// `/import`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<ReportQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    site.page(guest, uri, move |app, tx, _| show_page(app, tx, &query)).await
}

fn show_page(app: &App, tx: &View<'_>, query: &ReportQuery) -> Result<(ShowPage, Keep), Error> {
    // It names files of the machine: where others can come by, that is for the owner.
    if app.config.is_exposed() && !tx.viewer().may(Role::Owner) {
        let known = tx.viewer().account().is_some();
        return Err(if known { Error::Role(Role::Owner) } else { Error::SignIn });
    }
    let progress = progress_line(app.progress.snapshot());
    let keep = if progress.is_some() { Keep::No } else { Keep::Yes };
    let totals = tx.totals()?;
    let pager = Pager::new(query.page.as_deref(), totals.problems, PAGE, "/import?".to_owned());
    let problems = tx.problems(pager.from() - 1, PAGE)?;
    let problems = problems.into_iter().map(|problem| ProblemRow {
        file: problem.path,
        reason: problem.problem.unwrap_or_else(|| "It could not be read.".to_owned()),
    });
    let total = |label, count| Total { label, number: number(count) };
    let page = ShowPage {
        progress,
        totals: vec![
            total("files found", totals.files),
            total("works", totals.works),
            total("words", totals.words),
            total("files not read", totals.problems),
        ],
        problems: problems.collect(),
        looks: looks(tx)?,
        pager,
    };
    Ok((page, keep))
}

fn looks(tx: &View<'_>) -> Result<Vec<Look>, Error> {
    let titles = tx.works_with_provisional_title(LOOKS)?;
    let proposals = tx.works_with_proposals(LOOKS)?;
    let mut looks = vec![
        look("Titles made from the opening words", titles, |_| String::new()),
        look("Tags proposed from the text", proposals, |n| count(&n, "proposal", "proposals")),
    ];
    for kind in WarningKind::ALL {
        let shelf = tx.works_with_warning(kind, LOOKS)?;
        looks.push(look(warning_label(&kind), shelf, |n| count(&n, "place", "places")));
    }
    looks.retain(|look| !look.works.is_empty());
    Ok(looks)
}

fn look(label: &'static str, shelf: Looks, about: impl Fn(u64) -> String) -> Look {
    let more = shelf.total.saturating_sub(shelf.rows.len() as u64);
    let row = |row: store::Look| LookRow { id: row.id, title: row.title, about: about(row.count) };
    Look { label, works: shelf.rows.into_iter().map(row).collect(), more }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_one_line_and_silent_at_rest() {
        assert_eq!(progress_line(Snapshot::default()), None);
        let at = Snapshot {
            running: true,
            files_done: 1_200,
            files_total: 3_000,
            bytes_done: 5_500_000,
            bytes_total: 9_000_000,
            problems: 1,
        };
        assert_eq!(
            progress_line(at).as_deref(),
            Some(
                "Reading the folder: 1,200 of 3,000 files done, 5.5 MB of 9.0 MB, \
                 1 problem so far."
            )
        );
    }
}
