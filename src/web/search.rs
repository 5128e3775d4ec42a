//! Searching everything that is kept, with the lines that were found.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use fanfold_index as index;
use fanfold_index::ask::{self, Ask, Clause};
use serde::Deserialize;

use super::error::Error;
use super::page::{Pager, asked_page, count, query_value};
use super::visitor::Guest;
use super::works::{Card, PAGE};
use super::{Keep, Site};
use crate::app::App;
use crate::archive::work::WorkId;
use crate::find;
use crate::store::{View, WorkRow};

/// The last page that is shown: nobody reads on, and the index would have to rank them all.
const LAST_PAGE: u64 = 400;

#[derive(Debug, Default, Deserialize)]
pub(super) struct SearchQuery {
    q: Option<String>,
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct ShowPage {
    asked: String,
    mistake: Option<Mistake>,
    said: String,
    total: u64,
    hits: Vec<HitRow>,
    pager: Pager,
}

/// What cannot be understood of a question, and where.
struct Mistake {
    message: String,
    before: String,
    at: String,
    after: String,
}

/// A work that was found.
pub(super) struct HitRow {
    pub card: Card,
    pub snippet: Option<Vec<Piece>>,
    pub href: String,
    pub place: String,
}

/// A piece of a snippet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub hit: bool,
}

/// `/search`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<SearchQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let asked = query.q.as_deref().unwrap_or_default();
    if wants_library(asked) {
        let href = format!("/?q={}", query_value(asked.trim()));
        return Ok(Redirect::to(&href).into_response());
    }
    // The index follows the store at its own pace, so a page of it is not kept.
    let page = site
        .page(guest, uri, move |app, tx, _| Ok((show_page(app, tx, &query)?, Keep::No)))
        .await?;
    Ok(page.into_response())
}

/// Whether a question is about more than words in texts: it has fields, an order, a phrase to
/// leave out (which may be a tag), or what was meant as a field. The library answers those.
fn wants_library(asked: &str) -> bool {
    match Ask::parse(asked) {
        Ok(ask) => {
            let phrase = |part: &Clause| match part {
                Clause::Not(inner) => {
                    matches!(&**inner, Clause::Words(words) if words.text().contains(' '))
                }
                _ => false,
            };
            let fields = !ask.clause.split_text().1.is_empty();
            fields || ask.sort.is_some() || ask.clause.parts().iter().any(phrase)
        }
        // What the text search would take for words that it cannot find.
        Err(_) => asked.chars().count() <= ask::MAX_CHARS && index::Query::parse(asked).is_ok(),
    }
}

fn show_page(app: &App, tx: &View<'_>, query: &SearchQuery) -> Result<ShowPage, Error> {
    let asked = query.q.as_deref().unwrap_or_default().trim().to_owned();
    let base = format!("/search?q={}&", query_value(&asked));
    let nothing = |asked, base, mistake| ShowPage {
        asked,
        mistake,
        said: String::new(),
        total: 0,
        hits: Vec::new(),
        pager: Pager::new(None, 0, PAGE, base),
    };
    let parsed = match index::Query::parse(&asked) {
        Err(error) => {
            let mistake = Mistake::of(&asked, &error);
            return Ok(nothing(asked, base, Some(mistake)));
        }
        Ok(parsed) if parsed.is_empty() => return Ok(nothing(asked, base, None)),
        Ok(parsed) => parsed,
    };
    let wanted = asked_page(query.page.as_deref()).min(LAST_PAGE);
    let mut found = match find(app, tx, &parsed, wanted) {
        Err(find::Error::TooBroad(_)) => {
            let message = "Too many words begin so. Add a letter or two before the *.".to_owned();
            let mistake =
                Mistake { message, before: asked.clone(), at: String::new(), after: String::new() };
            return Ok(nothing(asked, base, Some(mistake)));
        }
        found => found.map_err(|error| Error::failed("the index could not be searched", &error))?,
    };
    let total = u64::try_from(found.total).unwrap_or(u64::MAX);
    let pager = Pager::new(query.page.as_deref(), total.min(LAST_PAGE * PAGE), PAGE, base);
    if pager.page != wanted {
        found = find(app, tx, &parsed, pager.page)
            .map_err(|error| Error::failed("the index could not be searched", &error))?;
    }
    // A work that went since the index was written is left out without a word.
    let ids: Vec<WorkId> = found.hits.iter().map(|hit| WorkId(hit.work)).collect();
    let chapters: HashMap<WorkId, u32> =
        found.hits.iter().map(|hit| (WorkId(hit.work), hit.chapter)).collect();
    let rows = tx.work_rows(&ids)?;
    let hits = rows.iter().map(|row| {
        let chapter = chapters.get(&row.id).copied();
        HitRow::of(tx, row, chapter, &parsed, &asked)
    });
    let hits = hits.collect::<Result<Vec<_>, Error>>()?;
    let said = match total {
        0 => "Nothing was found.".to_owned(),
        total => format!("{} found, best first.", count(&total, "work", "works")),
    };
    Ok(ShowPage { asked, mistake: None, said, total, hits, pager })
}

/// A page of hits, and how many there are for whoever looks.
fn find(
    app: &App,
    tx: &View<'_>,
    query: &index::Query,
    page: u64,
) -> Result<index::Found, find::Error> {
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let page = usize::try_from(page - 1).unwrap_or(usize::MAX);
    let from = page.saturating_mul(size);
    // Where nothing is hidden from anybody, the index may count by itself.
    if tx.hides_nothing()? {
        return Ok(app.index.search(query, from, size)?);
    }
    let hits = find::hits(app, tx, query)?;
    let total = hits.len();
    Ok(index::Found { total, hits: hits.into_iter().skip(from).take(size).collect() })
}

impl HitRow {
    /// A work of a list, with the lines of the chapter in which words were found. `asked` are the
    /// words as they were asked, for the link.
    pub(super) fn of(
        tx: &View<'_>,
        row: &WorkRow,
        chapter: Option<u32>,
        query: &index::Query,
        asked: &str,
    ) -> Result<HitRow, Error> {
        let (id, card) = (row.id, Card::of(row));
        let found = match chapter {
            Some(position) => tx.chapter(id, position)?.map(|chapter| (position, chapter)),
            None => None,
        };
        let Some((position, chapter)) = found else {
            let (snippet, href, place) = (None, format!("/works/{id}"), String::new());
            return Ok(HitRow { card, snippet, href, place });
        };
        let language = row.facts.language.as_ref().map_or("", |language| language.as_str());
        let lines = chapter.body.lines();
        let marker = query.marker(language);
        let shown = index::snippet(&marker, lines.iter().map(|line| line.1.as_str()));
        let anchor =
            shown.as_ref().and_then(|shown| lines.get(shown.paragraph)).map_or(0, |line| line.0);
        let place = if anchor > 0 { format!("#p{anchor}") } else { String::new() };
        Ok(HitRow {
            card,
            snippet: shown.map(|shown| pieces(&shown)),
            href: format!("/works/{id}/chapters/{position}?q={}{place}", query_value(asked)),
            place: match row.chapters {
                0 | 1 => String::new(),
                _ => super::chapters::name(position, chapter.title.as_deref()),
            },
        })
    }
}

/// A snippet in pieces that are hits and pieces that are not.
fn pieces(snippet: &index::Snippet) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |text: Option<&str>, hit| {
        let text = text.unwrap_or_default().to_owned();
        if !text.is_empty() {
            pieces.push(Piece { text, hit });
        }
    };
    let mut at = 0;
    for mark in &snippet.marks {
        push(snippet.text.get(at..mark.start), false);
        push(snippet.text.get(mark.clone()), true);
        at = mark.end;
    }
    push(snippet.text.get(at..), false);
    pieces
}

impl Mistake {
    fn of(asked: &str, error: &index::QueryError) -> Mistake {
        let mut chars = asked.chars();
        let before = chars.by_ref().take(error.position).collect();
        let at = chars.next().map_or_else(|| "…".to_owned(), String::from);
        Mistake { message: error.message.clone(), before, at, after: chars.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_with_fields_are_for_the_library() {
        for asked in [
            "fandom:Isles",
            "lamp words>1000",
            "sort:kudos",
            "lamp -\"Slow Burn\"",
            "fandum:Isles",
            "words:abc",
            "-fandom:Isles",
        ] {
            assert!(wants_library(asked), "{asked}");
        }
        for asked in [
            "",
            "lamp harbour",
            "\"the last ferry\"",
            "lamp -harbour",
            "light*",
            "lamp OR lantern",
            "12:30",
            "Re:Zero",
            "\"never closed",
        ] {
            assert!(!wants_library(asked), "{asked}");
        }
    }

    #[test]
    fn a_snippet_is_cut_at_its_marks() {
        let snippet = index::Snippet {
            paragraph: 0,
            text: "…the lamp, the lamp".to_owned(),
            marks: vec![7..11, 17..21],
        };
        let shown = pieces(&snippet);
        let text: String = shown.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(text, snippet.text);
        let hits: Vec<&str> =
            shown.iter().filter(|piece| piece.hit).map(|piece| piece.text.as_str()).collect();
        assert_eq!(hits, ["lamp", "lamp"]);
    }

    #[test]
    fn a_mistake_is_shown_where_it_is() {
        let error = index::QueryError { position: 2, message: "Close it.".to_owned() };
        let mistake = Mistake::of("é \"b", &error);
        let parts = [mistake.before.as_str(), mistake.at.as_str(), mistake.after.as_str()];
        assert_eq!(parts, ["é ", "\"", "b"]);
        let error = index::QueryError { position: 99, message: String::new() };
        assert_eq!(Mistake::of("ab", &error).at, "…");
    }
}
