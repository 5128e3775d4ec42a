//! Proofreading for the editor's script: texts in, marks out. Which rules somebody wants to hear no
//! more of is kept for their account.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fanfold_doc::document::{Block, Document, Inline, Lang};
use fanfold_proof::{Manner, Mark, Rule, Silenced};
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::visitor::Guest;
use super::super::{Site, blocking};
use super::{sent, told, writer};
use crate::store::Read;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    lang: String,
    paragraphs: Vec<String>,
}

#[derive(Serialize)]
struct Answer {
    marks: Vec<Shown>,
}

/// A mark, as the script shows it.
#[derive(Serialize)]
struct Shown {
    paragraph: usize,
    /// In the paragraph's text, in units of UTF-16 as scripts count.
    from: usize,
    to: usize,
    rule: &'static str,
    group: &'static str,
    name: &'static str,
    why: &'static str,
    instead: Vec<String>,
}

impl Shown {
    /// `places` tells which paragraph of the question a paragraph with text is.
    fn of(mark: Mark, places: &[usize]) -> Option<Shown> {
        Some(Shown {
            paragraph: *places.get(mark.place.paragraph)?,
            from: mark.place.utf16.start,
            to: mark.place.utf16.end,
            rule: mark.rule.key(),
            group: mark.rule.group().name(),
            name: mark.rule.name(),
            why: mark.rule.why(),
            instead: mark.replacements,
        })
    }
}

#[derive(Deserialize)]
struct Silence {
    rule: String,
}

#[derive(Serialize)]
struct Done {}

#[derive(Serialize)]
struct Refused {
    fault: &'static str,
}

fn signed_out() -> Result<Response, Error> {
    told(StatusCode::FORBIDDEN, &Refused { fault: "Please sign in to write." })
}

/// The rules that somebody silenced; those of another version are passed over.
fn silenced(tx: &Read<'_>, guest: &Guest) -> Result<Option<Silenced>, Error> {
    let visitor = guest.visitor(tx)?;
    let (Ok(_), Some(reader)) = (writer(&visitor), visitor.reader) else { return Ok(None) };
    let keys = tx.silenced_rules(reader)?;
    let rules = keys.iter().filter_map(|key| Rule::parse(key));
    Ok(Some(rules.fold(Silenced::NONE, Silenced::with)))
}

/// `POST /write/proof`
pub(super) async fn proof(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let bytes = sent(body).await?;
    blocking(move || {
        let Some(silenced) = site.app.store.read(|tx| silenced(tx, &guest))? else {
            return signed_out();
        };
        let asked: Asked = serde_json::from_slice(&bytes).map_err(|_| Error::Form)?;
        let lang = Lang::parse(&asked.lang);
        let said = asked.paragraphs.iter().enumerate().filter(|(_, text)| !text.trim().is_empty());
        let (places, blocks): (Vec<usize>, Vec<Block>) = said
            .map(|(at, text)| {
                let text = Inline::Text(text.clone());
                (at, Block::Paragraph(Default::default(), vec![text]))
            })
            .unzip();
        let document = Document { blocks };
        let manner = Manner::of([&document], lang.as_ref());
        let marks = fanfold_proof::proof(&document, &manner, &silenced);
        let marks = marks.into_iter().filter_map(|mark| Shown::of(mark, &places)).collect();
        told(StatusCode::OK, &Answer { marks })
    })
    .await
}

/// `POST /write/proof/silence`
pub(super) async fn silence(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let bytes = sent(body).await?;
    blocking(move || {
        let asked = serde_json::from_slice(&bytes).ok();
        let rule = asked.and_then(|asked: Silence| Rule::parse(&asked.rule));
        let kept = site.app.store.write(|tx| -> Result<bool, Error> {
            let visitor = guest.visitor(tx)?;
            match (writer(&visitor), visitor.reader) {
                (Ok(_), Some(reader)) => {
                    tx.silence_rule(reader, rule.ok_or(Error::Form)?.key())?;
                    Ok(true)
                }
                _ => Ok(false),
            }
        })?;
        if kept { told(StatusCode::OK, &Done {}) } else { signed_out() }
    })
    .await
}
