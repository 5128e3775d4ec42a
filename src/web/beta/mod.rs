//! Beta readers: what whoever has a link reads and says, and what the writer makes of it.
//!
//! A link gives one revision of one work and nothing else; a wrong one, a closed one and one to a
//! work in the bin look like nothing. The pages are not kept by any cache and not to be indexed.
//! They work without a script; with `static/beta.js` words can be chosen in the text itself.

pub(super) mod act;
pub(super) mod decide;
pub(super) mod desk;
pub(super) mod read;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use fanfold_doc::document::{Block, Document, Quote};

use super::error::Error;
use super::form::shown_once;
use super::page::day;
use super::visitor::Guest;
use super::writing::differ::document;
use crate::archive::access::may_read_beta;
use crate::archive::beta::{Beta, Hand, Remark, RemarkId};
use crate::archive::line::one_line;
use crate::archive::person::{Secret, Visitor};
use crate::archive::revision::{Draft, DraftChapter};
use crate::store::Read;

/// What a link leads to.
struct Opened {
    secret: Secret,
    beta: Beta,
    draft: Draft,
}

/// Opens a link.
fn opened(tx: &Read<'_>, secret: &str) -> Result<Opened, Error> {
    let secret = Secret::parse(secret).ok_or(Error::Absent)?;
    let beta = linked(tx, &secret)?;
    let draft = tx.draft(beta.revision)?.ok_or(Error::Absent)?;
    Ok(Opened { secret, beta, draft })
}

/// What a link leads to, if it leads anywhere.
fn linked(tx: &Read<'_>, secret: &Secret) -> Result<Beta, Error> {
    tx.beta_by_link(&secret.hash())?.filter(may_read_beta).ok_or(Error::Absent)
}

impl Opened {
    fn path(&self) -> String {
        format!("/beta/{}", self.secret.text())
    }

    /// A chapter by its place, from 1.
    fn chapter(&self, position: &str) -> Result<(usize, &DraftChapter), Error> {
        let position: usize = position.parse().map_err(|_| Error::Absent)?;
        let at = position.checked_sub(1).ok_or(Error::Absent)?;
        Ok((position, self.draft.chapters.get(at).ok_or(Error::Absent)?))
    }
}

/// A text, and its paragraphs as plain text in the order in which they are counted.
struct Body {
    document: Document,
    paragraphs: Vec<String>,
}

impl Body {
    fn of(tx: &Read<'_>, chapter: &DraftChapter) -> Result<Body, Error> {
        let document = document(&tx.drafted(chapter)?.body)?;
        Ok(Body { paragraphs: paragraphs(&document), document })
    }
}

fn paragraphs(document: &Document) -> Vec<String> {
    let all = fanfold_proof::paragraphs(document, None);
    all.into_iter().map(|paragraph| paragraph.text).collect()
}

/// A text taken apart, so that something can stand between its parts: paragraphs, also those within
/// quotations and groups, and whatever else is a block.
fn parts(document: &Document) -> Vec<Document> {
    let mut blocks = Vec::with_capacity(document.blocks.len());
    document.blocks.iter().for_each(|block| part(block, &mut blocks));
    blocks.into_iter().map(|block| Document { blocks: vec![block] }).collect()
}

fn part(block: &Block, out: &mut Vec<Block>) {
    let inside = |blocks: &[Block]| {
        let mut inner = Vec::with_capacity(blocks.len());
        blocks.iter().for_each(|block| part(block, &mut inner));
        inner
    };
    match block {
        Block::Group(kind, style, blocks) => {
            let group = |block| Block::Group(*kind, style.clone(), vec![block]);
            out.extend(inside(blocks).into_iter().map(group));
        }
        Block::Quote(quote) => {
            let (style, cite) = (&quote.style, &quote.cite);
            out.extend(inside(&quote.blocks).into_iter().map(|block| {
                let (style, cite) = (style.clone(), cite.clone());
                Block::Quote(Quote { style, cite, blocks: vec![block] })
            }));
        }
        own => out.push(own.clone()),
    }
}

/// Who a visitor is to beta readers: an account, a browser that said something before, or both.
fn hands(visitor: &Visitor, guest: &Guest) -> Vec<Hand> {
    let account = visitor.account.as_ref().map(|account| Hand::Account(account.id));
    account.into_iter().chain(guest.hand().map(Hand::Browser)).collect()
}

/// A remark as pages show it.
struct Said {
    id: RemarkId,
    who: String,
    /// Whether it was said without an account.
    guest: bool,
    when: String,
    /// The words that it is of; none where it is of the whole paragraph.
    quote: String,
    /// Where in the paragraph they begin, in units of UTF-16 as scripts count.
    at: usize,
    said: String,
    instead: Option<String>,
    state: &'static str,
    answer: String,
    /// Whether whoever looks may take it back.
    own: bool,
}

impl Said {
    fn of(remark: &Remark, paragraph: &str, hands: &[Hand]) -> Said {
        let is = &remark.is;
        let whole = is.quoted == paragraph && is.instead.is_none();
        Said {
            id: remark.id,
            who: name(&is.who),
            guest: matches!(remark.hand, Some(Hand::Browser(_))),
            when: remark.made_at.date().map(day).unwrap_or_default(),
            at: paragraph
                .get(..is.passage.bytes.start)
                .map_or(0, |text| text.encode_utf16().count()),
            quote: if whole { String::new() } else { is.quoted.clone() },
            said: is.said.clone(),
            instead: is.instead.clone(),
            state: remark.outcome(),
            answer: remark.answer.clone(),
            own: remark.is_open() && remark.is_by(hands),
        }
    }
}

/// The name of somebody who said something.
fn name(who: &str) -> String {
    if who.is_empty() { "Somebody".to_owned() } else { who.to_owned() }
}

/// A page that nobody keeps and nobody lists.
fn private(page: &impl Template, status: StatusCode) -> Result<Response, Error> {
    let mut response = shown_once(page, status)?;
    let robots = HeaderName::from_static("x-robots-tag");
    let none = HeaderValue::from_static("noindex, nofollow, noarchive");
    response.headers_mut().insert(robots, none);
    Ok(response)
}

/// What somebody typed, without what no text holds; at most so many characters.
fn typed(text: &str, longest: usize) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let clean: String = text
        .chars()
        .map(|c| if c == '\t' || c == '\r' { ' ' } else { c })
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    (clean.chars().count() <= longest).then_some(clean)
}

/// The same in one line.
fn line(text: &str, longest: usize) -> String {
    one_line(text).chars().take(longest).collect::<String>().trim_end().to_owned()
}
