//! `/tags`: media with their fandoms, every kind of tag from A to Z or by use, and what lies under
//! a tag.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use serde::Deserialize;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::page::{asked_page, count, number, query_value};
use super::super::visitor::Guest;
use super::super::{Keep, Site};
use super::{TagLink, label, labels};
use crate::archive::tag::{self, Kind, Tag};
use crate::store::{Standing, TagListing, TagOrder, Under, View};
use crate::suggest::Typed;

/// Tags on a page of a list.
const PAGE: u64 = 100;
/// The last page that is shown: nobody turns so many.
const LAST_PAGE: u64 = 10_000;
/// Fandoms that are named under a medium.
const SHOWN: u64 = 5;
/// So many fandoms fit on the first page, from A to Z.
const WHOLE: u64 = 400;
/// Names that are found by what is typed.
const FOUND: usize = 60;
/// The kinds that people browse.
const KINDS: [Kind; 4] = [Kind::Fandom, Kind::Character, Kind::Relationship, Kind::Freeform];

#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct BrowseQuery {
    kind: Option<String>,
    letter: Option<String>,
    under: Option<String>,
    q: Option<String>,
    page: Option<String>,
}

/// A link within the pages of tags.
pub(super) struct Tab {
    pub href: String,
    pub label: String,
    pub current: bool,
}

/// A letter, with the tags that begin so.
struct Letter {
    label: String,
    href: String,
    current: bool,
    count: String,
}

/// A medium with its most used fandoms.
struct Shelf {
    name: String,
    href: String,
    total: String,
    fandoms: Vec<TagLink>,
}

/// The tags of one letter.
struct Group {
    label: String,
    links: Vec<TagLink>,
}

#[derive(Template)]
#[template(path = "tags/browse.html")]
struct BrowsePage {
    title: String,
    what: String,
    asked: String,
    tabs: Vec<Tab>,
    at: &'static str,
    above: Option<TagLink>,
    shelves: Vec<Shelf>,
    letters: Vec<Letter>,
    groups: Vec<Group>,
    empty: &'static str,
    previous: Option<String>,
    next: Option<String>,
}

impl BrowsePage {
    fn names_any(&self) -> bool {
        self.groups.iter().any(|group| !group.links.is_empty())
    }
}

/// `/tags`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<BrowseQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let kind = match query.kind.as_deref() {
        None | Some("") => None,
        Some(word) => Some(Kind::parse(word).ok_or(Error::Absent)?),
    };
    let here = Arc::clone(&site);
    site.page(guest, uri, move |_, tx, _| {
        let asked = query.q.as_deref().unwrap_or_default().trim();
        if !asked.is_empty() {
            return Ok((found(&here, tx, kind, asked)?, Keep::No));
        }
        let page = match (query.under.as_deref(), query.letter.as_deref()) {
            (Some(under), _) => under_page(tx, kind, under, query.page.as_deref())?,
            (None, Some(letter)) => {
                letter_page(tx, kind.unwrap_or(Kind::Fandom), letter, query.page.as_deref())?
            }
            (None, None) if kind.is_none() => first_page(tx)?,
            (None, None) => use_page(tx, kind.unwrap_or(Kind::Fandom), query.page.as_deref())?,
        };
        // The terminal changes tags as well, and a kept page would not know of it.
        Ok((page, Keep::No))
    })
    .await
}

/// The tabs of every list of tags.
pub(super) fn tabs(current: Option<Kind>) -> Vec<Tab> {
    let tab = |own: Kind| Tab {
        href: if own == Kind::Fandom { "/tags".to_owned() } else { format!("/tags?kind={own}") },
        label: labels(own).to_owned(),
        current: current == Some(own),
    };
    KINDS.map(tab).into_iter().collect()
}

/// A page of a kind with nothing on it.
fn blank(kind: Kind, current: Option<Kind>) -> BrowsePage {
    BrowsePage {
        title: "Tags".to_owned(),
        what: labels(kind).to_lowercase(),
        asked: String::new(),
        tabs: tabs(current),
        at: "",
        above: None,
        shelves: Vec::new(),
        letters: Vec::new(),
        groups: Vec::new(),
        empty: "",
        previous: None,
        next: None,
    }
}

/// Media with their fandoms, then fandoms from A to Z.
fn first_page(tx: &View<'_>) -> Result<BrowsePage, Error> {
    let counts = tx.tag_letters(Kind::Fandom, Standing::Heads)?;
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let listing =
        TagListing { order: TagOrder::Name, limit: WHOLE, ..TagListing::of(Kind::Fandom) };
    let groups = if total <= WHOLE {
        grouped(&tx.tags(&listing)?)
    } else {
        let most = tx.tags(&TagListing { limit: PAGE, ..TagListing::of(Kind::Fandom) })?;
        let links = most.iter().map(TagLink::of).collect();
        vec![Group { label: "Most used".to_owned(), links }]
    };
    let letters = if total > PAGE { letters(Kind::Fandom, &counts, None) } else { Vec::new() };
    Ok(BrowsePage {
        shelves: shelves(tx)?,
        letters,
        groups,
        empty: "No work names a fandom yet. Fandoms come with the stories: their headers and \
                downloads from other archives say them.",
        ..blank(Kind::Fandom, Some(Kind::Fandom))
    })
}

/// The media that have fandoms, and the fandoms that have no medium; nothing as long as no fandom
/// has one.
fn shelves(tx: &View<'_>) -> Result<Vec<Shelf>, Error> {
    let media = TagListing { order: TagOrder::Name, limit: PAGE, ..TagListing::of(Kind::Media) };
    let mut shelves = Vec::new();
    for medium in tx.tags(&media)? {
        let Some(page) = tx.tag_page(medium.id, SHOWN)? else { continue };
        if page.children.total > 0 {
            shelves.push(Shelf {
                href: format!("/tags?under={}", medium.id),
                name: medium.name,
                total: count(&page.children.total, "fandom", "fandoms"),
                fandoms: page.children.tags.iter().map(TagLink::of).collect(),
            });
        }
    }
    let under = Under::Nothing;
    let rest = tx.tags(&TagListing { under, limit: SHOWN, ..TagListing::of(Kind::Fandom) })?;
    if !shelves.is_empty() && !rest.is_empty() {
        shelves.push(Shelf {
            href: "/tags?under=none".to_owned(),
            name: "Not on a shelf yet".to_owned(),
            total: "fandoms without a medium".to_owned(),
            fandoms: rest.iter().map(TagLink::of).collect(),
        });
    }
    Ok(shelves)
}

/// The tags of a kind, the most used first.
fn use_page(tx: &View<'_>, kind: Kind, page: Option<&str>) -> Result<BrowsePage, Error> {
    let page = asked_page(page).min(LAST_PAGE);
    let mut tags = tx.tags(&window(TagListing::of(kind), page))?;
    let base = format!("/tags?kind={kind}&");
    let (previous, next) = turns(&base, page, &mut tags);
    let links = tags.iter().map(TagLink::of).collect();
    Ok(BrowsePage {
        title: labels(kind).to_owned(),
        letters: letters(kind, &[], None),
        groups: vec![Group { label: "Most used".to_owned(), links }],
        empty: "No work has such a tag.",
        previous,
        next,
        ..blank(kind, Some(kind))
    })
}

/// The tags of a kind that begin with a letter.
fn letter_page(
    tx: &View<'_>,
    kind: Kind,
    letter: &str,
    page: Option<&str>,
) -> Result<BrowsePage, Error> {
    let counts = match kind {
        Kind::Fandom => tx.tag_letters(kind, Standing::Heads)?,
        // Counting walks over all of a kind; of the others there may be millions.
        _ => Vec::new(),
    };
    let shelf = Place::parse(letter).ok_or(Error::Absent)?;
    let page = asked_page(page).min(LAST_PAGE);
    let from = match shelf {
        Place::Sign => String::new(),
        Place::Letter(letter) => letter.to_string(),
        Place::Other => {
            let others = counts.iter().map(|(first, _)| first);
            others.filter(|first| Place::of(first) == Place::Other).min().cloned().unwrap_or_else(
                || {
                    // Greek is the first script behind Latin.
                    "α".to_owned()
                },
            )
        }
    };
    let listing = TagListing { order: TagOrder::Name, from, ..TagListing::of(kind) };
    let mut tags = tx.tags(&window(listing, page))?;
    tags.retain(|tag| Place::of(&tag::key(&tag.name)) == shelf);
    let base = format!("/tags?kind={kind}&letter={}&", query_value(&shelf.word()));
    let (previous, next) = turns(&base, page, &mut tags);
    let links = tags.iter().map(TagLink::of).collect();
    Ok(BrowsePage {
        title: format!("{}: {}", labels(kind), shelf.label()),
        letters: letters(kind, &counts, Some(shelf)),
        groups: vec![Group { label: shelf.label(), links }],
        empty: "Nothing begins so.",
        previous,
        next,
        ..blank(kind, Some(kind))
    })
}

/// What belongs to a tag, or fandoms that belong to none.
fn under_page(
    tx: &View<'_>,
    kind: Option<Kind>,
    under: &str,
    page: Option<&str>,
) -> Result<BrowsePage, Error> {
    let parent = match under {
        "none" => None,
        id => Some(tx.tag(super::tag_id(id)?)?.ok_or(Error::Absent)?),
    };
    let of =
        |parent: &Tag| Kind::ALL.into_iter().find(|child| child.parents().contains(&parent.kind));
    let kind = match (kind, &parent) {
        (Some(kind), _) => kind,
        (None, Some(parent)) => of(parent).ok_or(Error::Absent)?,
        (None, None) => Kind::Fandom,
    };
    let page = asked_page(page).min(LAST_PAGE);
    let place = parent.as_ref().map_or(Under::Nothing, |parent| Under::Parent(parent.id));
    let mut tags = tx.tags(&window(TagListing { under: place, ..TagListing::of(kind) }, page))?;
    let base = format!("/tags?kind={kind}&under={}&", query_value(under));
    let (previous, next) = turns(&base, page, &mut tags);
    let links: Vec<TagLink> = tags.iter().map(TagLink::of).collect();
    let title = match &parent {
        Some(parent) if parent.kind == Kind::Media => parent.name.clone(),
        Some(parent) => format!("{} of {}", labels(kind), parent.name),
        None => format!("{} that belong to nothing", labels(kind)),
    };
    Ok(BrowsePage {
        title,
        above: parent.as_ref().map(TagLink::of),
        groups: vec![Group { label: "Most used first".to_owned(), links }],
        empty: "Nothing belongs to it yet.",
        previous,
        next,
        ..blank(kind, None)
    })
}

/// Tags with names like this.
fn found(
    site: &Arc<Site>,
    tx: &View<'_>,
    kind: Option<Kind>,
    asked: &str,
) -> Result<BrowsePage, Error> {
    let one = kind.map(|kind| [kind]);
    let kinds = one.as_ref().map_or(&Kind::ALL[..], |one| &one[..]);
    let typed = Typed { kinds, text: asked, within: &[], limit: FOUND };
    let found = site.completer.complete(&site.app, tx, &typed)?;
    // Another spelling has a page as well, and nobody finds it otherwise.
    let spelt = tx.tags_spelt(kind, asked)?.into_iter().filter(|tag| tag.synonym_of.is_some());
    let mut kinds: BTreeMap<Kind, Vec<TagLink>> = BTreeMap::new();
    for tag in spelt.chain(found.into_iter().map(|row| row.tag)) {
        kinds.entry(tag.kind).or_default().push(TagLink::of(&tag));
    }
    let group = |(kind, links): (Kind, Vec<TagLink>)| {
        let label = if links.len() == 1 { label(kind) } else { labels(kind) };
        Group { label: label.to_owned(), links }
    };
    Ok(BrowsePage {
        title: "Tags found".to_owned(),
        asked: asked.to_owned(),
        groups: kinds.into_iter().map(group).collect(),
        empty: "No tag is called like this. Try the beginning of one of its words.",
        ..blank(kind.unwrap_or(Kind::Fandom), None)
    })
}

/// A page of a list and one more, which says whether there is another page.
fn window(listing: TagListing, page: u64) -> TagListing {
    TagListing { offset: (page - 1) * PAGE, limit: PAGE + 1, ..listing }
}

/// The addresses of the pages before and after; takes the one more away.
fn turns(base: &str, page: u64, tags: &mut Vec<Tag>) -> (Option<String>, Option<String>) {
    let next = (tags.len() as u64 > PAGE).then(|| format!("{base}page={}", page + 1));
    tags.truncate(PAGE as usize);
    let previous = (page > 1).then(|| match page {
        2 => base.trim_end_matches(['?', '&']).to_owned(),
        page => format!("{base}page={}", page - 1),
    });
    (previous, next)
}

/// Where a name stands in an index from A to Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// With the digits and signs, before A.
    Sign,
    Letter(char),
    /// In another script, behind Z.
    Other,
}

impl Place {
    /// Of the beginning of a key.
    fn of(key: &str) -> Place {
        match key.chars().next() {
            Some(letter @ 'a'..='z') => Place::Letter(letter),
            Some(c) if c > 'z' => Place::Other,
            _ => Place::Sign,
        }
    }

    /// As an address says it.
    fn parse(word: &str) -> Option<Place> {
        match word {
            "sign" => Some(Place::Sign),
            "other" => Some(Place::Other),
            word => {
                let mut letters = word.chars().map(|c| c.to_ascii_lowercase());
                let letter = letters.next().filter(char::is_ascii_lowercase)?;
                letters.next().is_none().then_some(Place::Letter(letter))
            }
        }
    }

    fn word(self) -> String {
        match self {
            Place::Sign => "sign".to_owned(),
            Place::Letter(letter) => letter.to_string(),
            Place::Other => "other".to_owned(),
        }
    }

    fn label(self) -> String {
        match self {
            Place::Sign => "0–9".to_owned(),
            Place::Letter(letter) => letter.to_ascii_uppercase().to_string(),
            Place::Other => "Other scripts".to_owned(),
        }
    }
}

/// All letters; without counts where nobody counted.
fn letters(kind: Kind, counts: &[(String, u64)], current: Option<Place>) -> Vec<Letter> {
    let mut places: BTreeMap<Place, u64> = BTreeMap::new();
    for (first, count) in counts {
        *places.entry(Place::of(first)).or_default() += count;
    }
    if counts.is_empty() {
        let all = [Place::Sign, Place::Other].into_iter().chain(('a'..='z').map(Place::Letter));
        places.extend(all.map(|place| (place, 0)));
    }
    let letter = |(place, count): (Place, u64)| Letter {
        label: place.label(),
        href: format!("/tags?kind={kind}&letter={}", place.word()),
        current: current == Some(place),
        count: if count == 0 { String::new() } else { number(count) },
    };
    places.into_iter().map(letter).collect()
}

/// Tags in the order of their names, by letter.
fn grouped(tags: &[Tag]) -> Vec<Group> {
    let place = |tag: &Tag| Place::of(&tag::key(&tag.name));
    tags.chunk_by(|one, two| place(one) == place(two))
        .filter_map(|tags| {
            let label = place(tags.first()?).label();
            Some(Group { label, links: tags.iter().map(TagLink::of).collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_place() {
        for (name, place) in [
            ("The Zoo", Place::Letter('z')),
            ("Éclair", Place::Letter('e')),
            ("12 Monkeys", Place::Sign),
            ("<3", Place::Sign),
            ("漫画", Place::Other),
            ("", Place::Sign),
        ] {
            assert_eq!(Place::of(&tag::key(name)), place, "{name}");
        }
        for place in [Place::Sign, Place::Letter('q'), Place::Other] {
            assert_eq!(Place::parse(&place.word()), Some(place));
        }
        assert_eq!(Place::parse("Q"), Some(Place::Letter('q')));
        for word in ["", "qq", "é", "1", "%"] {
            assert_eq!(Place::parse(word), None, "{word}");
        }
    }

    #[test]
    fn letters_are_counted_together() {
        let counts = [("0".to_owned(), 2), ("4".to_owned(), 1), ("a".to_owned(), 5)];
        let shown = letters(Kind::Fandom, &counts, Some(Place::Letter('a')));
        let said: Vec<(&str, &str)> =
            shown.iter().map(|letter| (letter.label.as_str(), letter.count.as_str())).collect();
        assert_eq!(said, [("0–9", "3"), ("A", "5")]);
        assert!(shown.iter().all(|letter| letter.current == (letter.label == "A")));
        assert_eq!(letters(Kind::Character, &[], None).len(), 28);
    }
}
