//! `/tags/suggest`: the names that a reader may be typing, for the pages' own scripts.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fanfold_index::ask::{Ask, Clause};
use serde::Serialize;

use super::super::Site;
use super::super::error::Error;
use super::super::visitor::Guest;
use crate::archive::tag::Kind;
use crate::archive::work::TagId;
use crate::store::{self, View};
use crate::suggest::{Suggested, Typed};

/// The most names of an answer.
const NAMES: usize = 12;
/// The most fandoms that are looked at.
const FANDOMS: usize = 20;

/// A name that may be meant.
#[derive(Debug, Serialize)]
struct Name {
    name: String,
    uses: u64,
}

/// `/tags/suggest?kind=…&q=…&within=…`: a JSON list of `{"name", "uses"}`. Several kinds have a
/// comma between them; without a kind, names of all kinds. `within` names fandoms, one each time
/// or several between quotation marks; those that there are none of are passed over.
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    guest: Guest,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let value = |name| query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let kinds: Vec<Kind> = match value("kind").unwrap_or_default() {
        "" => Kind::ALL.into_iter().filter(|kind| *kind != Kind::Media).collect(),
        kinds => kinds
            .split(',')
            .take(Kind::ALL.len())
            .map(|kind| Kind::parse(kind).ok_or(Error::Address))
            .collect::<Result<_, Error>>()?,
    };
    let text = value("q").unwrap_or_default().to_owned();
    let within: Vec<String> =
        query.into_iter().filter(|(name, _)| name == "within").map(|(_, value)| value).collect();
    let found = site.seen(guest, move |site, tx| {
        let within = fandoms(tx, &within)?;
        let typed = Typed { kinds: &kinds, text: &text, within: &within, limit: NAMES };
        Ok(site.completer.complete(&site.app, tx, &typed)?)
    });
    let names: Vec<Name> = found.await?.into_iter().map(name).collect();
    let json = serde_json::to_string(&names);
    let json = json.map_err(|error| Error::failed("names were not written", &error))?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

fn name(row: Suggested) -> Name {
    Name { name: row.tag.name, uses: row.uses }
}

/// The fandoms of these names; a text that is no name is read as several of them.
fn fandoms(tx: &View<'_>, texts: &[String]) -> Result<Vec<TagId>, store::Error> {
    let mut found = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()).take(FANDOMS) {
        if let Some(tag) = tx.tag_named(Some(Kind::Fandom), text)? {
            found.push(tag.id);
            continue;
        }
        let Ok(ask) = Ask::parse(text) else { continue };
        for part in ask.clause.parts().iter().take(FANDOMS) {
            let name = match part {
                Clause::Tag(_, name) => name.as_str(),
                Clause::Words(words) => words.text(),
                _ => continue,
            };
            found.extend(tx.tag_named(Some(Kind::Fandom), name)?.map(|tag| tag.id));
        }
    }
    found.truncate(FANDOMS);
    Ok(found)
}
