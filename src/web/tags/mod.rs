//! Tags on the site: the page of a tag, and how tags are linked everywhere.
//!
//! Browsing is in `browse.rs`, autocomplete in `suggest.rs`, what people do to tags in `acts.rs`,
//! `proposals.rs` and `log.rs`. Rules and words of wrangling are the archive's.

pub(super) mod acts;
pub(super) mod browse;
pub(super) mod log;
pub(super) mod proposals;
pub(super) mod suggest;

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use fanfold_index::ask::{Ask, Clause, TagField};
use fanfold_index::filter::{FacetRequest, Filter, Request, Term, Viewer};
use serde::Deserialize;

use super::cache::Page;
use super::error::Error;
use super::page::{count, number, query_value};
use super::visitor::Guest;
use super::{Keep, Site, feeds};
use crate::app::App;
use crate::archive::person::{Role, Visitor};
use crate::archive::tag::{self, Kind, Tag};
use crate::archive::work::{ActId, TagId};
use crate::store::{Linked, TagListing, TagPage, Under, View, kind_of};
use crate::transfer::filters::term_of;

/// How many tags a list on a tag's page names.
const LISTED: u64 = 30;
/// How many tags are named that often stand beside a tag.
const OFTEN: usize = 8;
/// The kinds of tags that are counted beside a tag.
const BESIDE: [Kind; 4] = [Kind::Fandom, Kind::Relationship, Kind::Character, Kind::Freeform];

/// The library with the works of a tag alone, as a card's class of the tag says it: a warning
/// that warns of nothing has the class of an additional tag.
pub(super) fn works_href(class: &str, name: &str) -> String {
    let kind = match Kind::parse(class) {
        Some(Kind::Freeform) if tag::fixed(Kind::Warning).any(|fixed| fixed == name) => {
            Kind::Warning
        }
        kind => kind.unwrap_or(Kind::Freeform),
    };
    library(vec![tagged(kind, name)])
}

/// Works with this tag.
fn tagged(kind: Kind, name: &str) -> Clause {
    Clause::Tag(TagField::Of(kind_of(kind)), name.to_owned())
}

/// The question for the works of which all of this holds.
fn question(parts: Vec<Clause>) -> String {
    Ask { clause: Clause::All(parts), sort: None }.to_string()
}

/// The address of the library with their answer.
fn library(parts: Vec<Clause>) -> String {
    format!("/?q={}", query_value(&question(parts)))
}

/// The tag that a path or a form names; whatever is not a number names none.
fn tag_id(id: &str) -> Result<TagId, Error> {
    id.parse().map(TagId).map_err(|_| Error::Absent)
}

/// The word for a kind of tag on a page.
fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Rating => "Rating",
        Kind::Warning => "Warning",
        Kind::Category => "Category",
        Kind::Fandom => "Fandom",
        Kind::Relationship => "Relationship",
        Kind::Character => "Character",
        Kind::Freeform => "Additional tag",
        Kind::Media => "Medium",
    }
}

/// The word for several tags of a kind.
fn labels(kind: Kind) -> &'static str {
    match kind {
        Kind::Rating => "Ratings",
        Kind::Warning => "Warnings",
        Kind::Category => "Categories",
        Kind::Fandom => "Fandoms",
        Kind::Relationship => "Relationships",
        Kind::Character => "Characters",
        Kind::Freeform => "Additional tags",
        Kind::Media => "Media",
    }
}

/// A tag in a list.
struct TagLink {
    href: String,
    name: String,
    uses: String,
}

impl TagLink {
    /// A link to the tag's page, with its uses.
    fn of(tag: &Tag) -> TagLink {
        // A medium and a metatag may have many works by what is under them: 0 would be wrong.
        let uses = if tag.all_uses == 0 { String::new() } else { number(tag.all_uses) };
        TagLink { href: format!("/tags/{}", tag.id), name: tag.name.clone(), uses }
    }
}

/// Tags under a heading.
struct TagList {
    label: String,
    links: Vec<TagLink>,
    /// More of them: the words and the address.
    more: Option<(String, String)>,
}

/// What was done or refused a moment ago.
#[derive(Default)]
struct Notice {
    /// In words.
    text: String,
    /// The act, if it can be undone.
    undo: Option<ActId>,
    /// Whether it is a refusal.
    refused: bool,
}

impl Notice {
    fn refused(text: String) -> Option<Notice> {
        Some(Notice { text, undo: None, refused: true })
    }

    /// What the address says was just done.
    fn done(tx: &View<'_>, done: Option<&str>) -> Result<Option<Notice>, Error> {
        let Some(done) = done else { return Ok(None) };
        if done == "nothing" {
            let text = "That is so already; there was nothing to do.".to_owned();
            return Ok(Some(Notice { text, ..Notice::default() }));
        }
        let Ok(id) = done.parse::<i64>() else { return Ok(None) };
        let row = tx.acts(Some(ActId(id.saturating_add(1))), 1)?.pop();
        let row = row.filter(|row| row.id.0 == id);
        Ok(row.map(|row| {
            let undo = row.undone_by.is_none().then_some(row.id);
            Notice { text: format!("Done: {row}."), undo, refused: false }
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ShowQuery {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "tags/show.html")]
struct ShowPage {
    id: TagId,
    kind: Kind,
    label: &'static str,
    name: String,
    state: &'static str,
    canonical: Option<TagLink>,
    works: Option<Works>,
    said: String,
    lists: Vec<TagList>,
    often: Vec<TagList>,
    forms: Forms,
    /// Whether the viewer may put tags in order.
    wrangles: bool,
    notice: Option<Notice>,
    back: String,
}

/// The works that are found under a tag.
struct Works {
    line: String,
    href: String,
    feed: String,
}

/// What can be done to a tag on its page.
struct Forms {
    canonical: bool,
    loose: bool,
    split: bool,
    merge: bool,
    meta: bool,
    metas: Vec<Tag>,
    /// The words for what it can belong to; empty where there is nothing.
    parent_words: String,
    parent_kinds: String,
    parents: Vec<Tag>,
    open: bool,
    refused: Refused,
}

/// A form that was refused: its act, and the name that was typed into it.
#[derive(Default)]
struct Refused {
    act: String,
    name: String,
}

/// `/tags/{id}`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    query: Result<Query<ShowQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let id = tag_id(&id)?;
    let make = move |app: &App, tx: &View<'_>, _: &Visitor| {
        let notice = Notice::done(tx, query.done.as_deref())?;
        // Numbers of works come from the index, which follows the store at its own pace.
        Ok((show_page(app, tx, id, notice, Refused::default())?, Keep::No))
    };
    site.page(guest, uri, make).await
}

fn show_page(
    app: &App,
    tx: &View<'_>,
    id: TagId,
    notice: Option<Notice>,
    refused: Refused,
) -> Result<ShowPage, Error> {
    let page = tx.tag_page(id, LISTED)?.ok_or(Error::Absent)?;
    let tag = &page.tag;
    let viewer = tx.filter_viewer()?;
    if !is_there(tx, tag)? {
        return Err(Error::Absent);
    }
    // A synonym speaks for its canonical: that is what readers find under it.
    let head = page.canonical.as_ref().unwrap_or(tag);
    let term = term_of(head.kind, head.id).filter(|_| head.kind != Kind::Media);
    let works = term.map(|term| {
        let total = works_with(app, &viewer, term);
        let question = question(vec![tagged(head.kind, &head.name)]);
        Works {
            line: count(&total, "work", "works"),
            href: format!("/?q={}", query_value(&question)),
            feed: feeds::href(&question),
        }
    });
    let often = match term {
        Some(term) if page.canonical.is_none() => often(app, tx, viewer, head, term)?,
        _ => Vec::new(),
    };
    Ok(ShowPage {
        id,
        kind: tag.kind,
        label: label(tag.kind),
        name: tag.name.clone(),
        state: match &page.canonical {
            Some(_) => "",
            None if tag.canonical => "Canonical: the name for all of its spellings.",
            None => "Not put in order yet: it stands for this spelling alone.",
        },
        canonical: page.canonical.as_ref().map(TagLink::of),
        works,
        said: said(&page),
        lists: lists(tx, &page)?,
        often,
        forms: Forms::of(&page, refused),
        wrangles: tx.viewer().may(Role::Wrangler),
        notice,
        back: format!("/tags/{id}"),
    })
}

/// How many works a viewer finds under a term.
fn works_with(app: &App, viewer: &Viewer, term: Term) -> u64 {
    let (filter, viewer) = (Filter::Has(term), viewer.clone());
    app.filters.find(&Request { filter, viewer, limit: 0, ..Request::everything() }).total
}

/// Whether a tag has a page: not if only works say it that are hidden from the viewer. What no work
/// says at all is there as it always was.
fn is_there(tx: &View<'_>, tag: &Tag) -> Result<bool, Error> {
    Ok(tag.kind == Kind::Media || tx.knows(tag)? || !tx.is_said(tag.id)?)
}

/// How the works say it.
fn said(page: &TagPage) -> String {
    let own = count(&page.tag.uses, "work", "works");
    match page.tag.all_uses.saturating_sub(page.tag.uses) {
        _ if page.tag.kind == Kind::Media => String::new(),
        0 if page.tag.uses == 0 => "No work says it in these words.".to_owned(),
        0 => format!("{own} by this very name."),
        others => format!("{own} by this very name, {} by another spelling.", number(others)),
    }
}

fn lists(tx: &View<'_>, page: &TagPage) -> Result<Vec<TagList>, Error> {
    let mut lists = Vec::new();
    let mut add = |label: &str, linked: &Linked| {
        let rest = linked.total.saturating_sub(linked.tags.len() as u64);
        let label = label.to_owned();
        let links: Vec<TagLink> = linked.tags.iter().map(TagLink::of).collect();
        if !links.is_empty() {
            let more = (rest > 0).then(|| (format!("and {} more", number(rest)), String::new()));
            lists.push(TagList { label, links, more });
        }
    };
    add("Other spellings", &page.synonyms);
    add("Part of", &page.metas);
    add("Takes in", &page.subs);
    add("Belongs to", &page.parents);
    add("Belongs by its characters to", &page.inherited);
    if page.children.total == 0 {
        return Ok(lists);
    }
    for kind in Kind::ALL.into_iter().filter(|kind| kind.parents().contains(&page.tag.kind)) {
        let under = Under::Parent(page.tag.id);
        let limit = LISTED + 1;
        let mut tags = tx.tags(&TagListing { under, limit, ..TagListing::of(kind) })?;
        let more = (tags.len() as u64 > LISTED).then(|| {
            let href = format!("/tags?kind={kind}&under={}", page.tag.id);
            (format!("all {}", labels(kind).to_lowercase()), href)
        });
        tags.truncate(LISTED as usize);
        if !tags.is_empty() {
            let links = tags.iter().map(TagLink::of).collect();
            lists.push(TagList { label: labels(kind).to_owned(), links, more });
        }
    }
    Ok(lists)
}

/// The tags that most often stand beside a tag, with the works that have both.
fn often(
    app: &App,
    tx: &View<'_>,
    viewer: Viewer,
    tag: &Tag,
    term: Term,
) -> Result<Vec<TagList>, Error> {
    let facet =
        |kind: Kind| FacetRequest { kind: kind_of(kind), top: OFTEN + 1, with_metas: false };
    let facets = BESIDE.map(facet).to_vec();
    let filter = Filter::Has(term);
    let request = Request { filter, viewer, limit: 0, facets, ..Request::everything() };
    let answer = app.filters.find(&request);
    let ids = answer.facets.iter().flatten().map(|(term, _)| TagId(i64::from(term.id)));
    let tags = tx.tags_by_id(&ids.collect::<Vec<_>>())?;
    let mut lists = Vec::new();
    for (kind, counts) in BESIDE.into_iter().zip(answer.facets) {
        let others = counts.iter().filter_map(|(term, works)| {
            let other = tags.get(&TagId(i64::from(term.id)))?;
            (other.id != tag.id).then_some((other, works))
        });
        let links: Vec<TagLink> = others
            .take(OFTEN)
            .map(|(other, works)| TagLink {
                href: library(vec![tagged(tag.kind, &tag.name), tagged(kind, &other.name)]),
                name: other.name.clone(),
                uses: number(*works),
            })
            .collect();
        if !links.is_empty() {
            lists.push(TagList { label: labels(kind).to_owned(), links, more: None });
        }
    }
    Ok(lists)
}

impl Forms {
    fn of(page: &TagPage, refused: Refused) -> Forms {
        let tag = &page.tag;
        let synonym = page.canonical.is_some();
        let kinds = tag.kind.parents();
        let words: Vec<String> = kinds.iter().map(|kind| label(*kind).to_lowercase()).collect();
        Forms {
            canonical: !tag.canonical && !synonym && !tag.kind.is_fixed(),
            loose: tag.canonical && !tag.kind.is_fixed(),
            split: synonym,
            merge: !(tag.canonical && tag.kind.is_fixed()),
            meta: tag.canonical && !tag.kind.is_fixed(),
            metas: page.metas.tags.clone(),
            parent_words: if synonym { String::new() } else { words.join(" or ") },
            parent_kinds: kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(","),
            parents: page.parents.tags.clone(),
            open: !refused.act.is_empty(),
            refused,
        }
    }

    fn any(&self) -> bool {
        let some = self.canonical || self.loose || self.split || self.merge || self.meta;
        some || !self.parent_words.is_empty()
    }

    /// What was typed into the form of an act before it was refused.
    fn typed(&self, act: &str) -> &str {
        if self.refused.act == act { &self.refused.name } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_leads_to_its_works() {
        assert_eq!(works_href("fandom", "Sherlock (TV)"), "/?q=fandom%3A%22Sherlock+%28TV%29%22");
        let quiet = works_href("freeform", "No Archive Warnings Apply");
        assert!(quiet.starts_with("/?q=warning"), "{quiet}");
        let hostile = works_href("character", "\"><script> OR -x");
        assert!(!hostile.contains(['<', '>', '"', ' ', '&']), "{hostile}");
        let asked = hostile.replace("/?q=", "");
        assert!(asked.starts_with("character%3A%22"), "{asked}");
    }
}
