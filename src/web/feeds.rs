//! `/feed`: any question as an Atom feed (RFC 4287), so that whoever asked it is told of new works.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fanfold_doc::imported::Date;
use fanfold_index::ask::{Ask, Clause, Order, SortBy};
use fanfold_index::filter::Column;
use serde::Deserialize;

use super::Site;
use super::cache::Page;
use super::error::Error;
use super::page::{cut, query_value};
use super::visitor::Guest;
use crate::app::App;
use crate::archive::work::{Millis, WorkId};
use crate::find::{self, Mutes, Window, find};
use crate::store::{View, WorkRow};

/// Works in a feed.
const WORKS: usize = 25;
/// How much of a summary it tells, characters.
const SUMMARY_CHARS: usize = 1_250;
/// What a feed is.
const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";
/// What a feed reader is told instead of one.
const PLAIN: &str = "text/plain; charset=utf-8";

/// The address of the feed of a question, for `<link rel="alternate">` on the page of its answer.
pub(super) fn href(question: &str) -> String {
    match question.trim() {
        "" => "/feed".to_owned(),
        question => format!("/feed?q={}", query_value(question)),
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FeedQuery {
    q: Option<String>,
}

#[derive(Template)]
#[template(path = "feeds/show.xml")]
struct Feed {
    id: String,
    page: String,
    title: String,
    updated: String,
    unknown: Vec<String>,
    entries: Vec<Entry>,
}

struct Entry {
    href: String,
    title: String,
    lang: String,
    updated: String,
    published: Option<String>,
    authors: Vec<String>,
    tags: Vec<String>,
    summary: String,
}

/// `/feed`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<FeedQuery>, QueryRejection>,
    headers: HeaderMap,
    guest: Guest,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let asked = query.q.unwrap_or_default();
    let mut ask = match Ask::parse(&asked) {
        Ok(ask) => ask,
        Err(mistake) => return Ok(mistaken(&mistake.say, mistake.instead.as_deref())),
    };
    let question = ask.to_string();
    // What matches best is no news.
    if ask.sort.is_none_or(|order| order.by == SortBy::Best) {
        ask.sort = Some(Order::usual(SortBy::By(Column::Updated)));
    }
    let origin = site.app.config.public_url.clone().unwrap_or_else(|| origin(&headers));
    site.seen(guest, move |site, tx| {
        let generation = site.app.store.generation();
        match feed(&site.app, tx, &ask, &question, &origin)? {
            Ok(feed) => {
                let page = Page::of_type(MEDIA_TYPE, feed.render()?, StatusCode::OK, generation);
                Ok(page.into_response())
            }
            Err(why) => Ok(mistaken(&why, None)),
        }
    })
    .await
}

/// A question that cannot be answered, said to whoever reads the feed.
fn mistaken(say: &str, instead: Option<&str>) -> Response {
    let mut text = format!("{say}\n");
    if let Some(instead) = instead {
        text.push_str(&format!("Perhaps this is meant: {instead}\n"));
    }
    Page::of_type(PLAIN, text, StatusCode::BAD_REQUEST, 0).into_response()
}

/// The site's own address, as whoever asks knows it, where no setting tells. Only what can be a
/// host is taken over.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    if host.is_empty() || host.len() > 255 || !host.chars().all(fits) {
        return "http://localhost".to_owned();
    }
    format!("http://{host}")
}

/// The feed, or why the question cannot be answered.
fn feed(
    app: &App,
    tx: &View<'_>,
    ask: &Ask,
    question: &str,
    origin: &str,
) -> Result<Result<Feed, String>, Error> {
    let window = Window { offset: 0, limit: WORKS, facets: Vec::new() };
    let finding = match find(app, tx, ask, Mutes::Ignore, &window) {
        Ok(finding) => finding,
        Err(error @ (find::Error::TooBroad(_) | find::Error::NoReader)) => {
            return Ok(Err(error.to_string()));
        }
        Err(find::Error::Store(error)) => return Err(error.into()),
        Err(error) => return Err(Error::failed("a feed was not made", &error)),
    };
    let works: Vec<WorkId> = finding.answer.works.iter().copied().map(WorkId).collect();
    let mut entries = Vec::with_capacity(works.len());
    let mut latest = Millis(0);
    for row in tx.work_rows(&works)? {
        let updated = row.facts.updated.or(row.facts.published).map(day_begins);
        let updated = updated.unwrap_or(row.imported_at);
        latest = latest.max(updated);
        entries.push(entry(&row, updated, origin));
    }
    let everything = ask.clause == Clause::default();
    Ok(Ok(Feed {
        id: format!("{origin}{}", href(question)),
        page: match question {
            "" => format!("{origin}/"),
            question => format!("{origin}/?q={}", query_value(question)),
        },
        title: if everything { "Fanfold: new works".to_owned() } else { text(question) },
        updated: moment(latest),
        unknown: finding.unknown.iter().map(|(_, name)| text(name)).collect(),
        entries,
    }))
}

fn entry(row: &WorkRow, updated: Millis, origin: &str) -> Entry {
    let facts = &row.facts;
    let lines = row.summary.lines().into_iter().map(|(_, line)| line).collect::<Vec<_>>();
    let mut authors: Vec<String> = facts.authors.iter().map(|author| text(&author.name)).collect();
    if authors.is_empty() {
        authors.push("Unknown".to_owned());
    }
    Entry {
        href: format!("{origin}/works/{}", row.id),
        title: text(&facts.title),
        lang: facts.language.as_ref().map(ToString::to_string).unwrap_or_default(),
        updated: moment(updated),
        published: facts.published.map(|date| moment(day_begins(date))),
        authors,
        tags: facts.tags.iter().map(|(_, name)| text(name)).collect(),
        summary: cut(&text(&lines.join("\n")), SUMMARY_CHARS),
    }
}

/// A text without the characters that XML cannot hold in any way (XML 1.0, 2.2).
fn text(text: &str) -> String {
    let fits = |c: &char| match c {
        '\t' | '\n' | '\r' => true,
        c => *c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'),
    };
    text.chars().filter(fits).collect()
}

fn day_begins(date: Date) -> Millis {
    Millis(date.to_millis())
}

/// A moment as feeds say it (RFC 3339), in UTC.
fn moment(at: Millis) -> String {
    let (year, month, day) = at.date().map_or((1970, 1, 1), |date| date.parts());
    let second = at.0.div_euclid(1_000).rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn moments_are_said_as_feeds_say_them() {
        assert_eq!(moment(Millis(0)), "1970-01-01T00:00:00Z");
        assert_eq!(moment(Millis(1_709_210_096_789)), "2024-02-29T12:34:56Z");
    }

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(text("a\0b\u{8}c\u{fffe}\td\u{1f600}"), "abc\td\u{1f600}");
    }

    #[test]
    fn only_a_host_becomes_an_address() {
        let of = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            origin(&headers)
        };
        assert_eq!(of("127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(of("[::1]:80"), "http://[::1]:80");
        for host in ["evil/\"><x", "a b", "user@host", ""] {
            assert_eq!(of(host), "http://localhost", "{host}");
        }
        assert_eq!(origin(&HeaderMap::new()), "http://localhost");
    }

    #[test]
    fn a_question_has_a_feed() {
        assert_eq!(href(" "), "/feed");
        assert_eq!(href("words:>1k"), "/feed?q=words%3A%3E1k");
    }
}
