//! Our own exports, HTML and EPUB: the work comes back in every field.
//!
//! Owns the reading of the markup that `crate::write` prints (`write/markup.rs`).

use super::{Leaf, Shape, Source, Texts};
use crate::document::{Document, Href, Lang};
use crate::html::Element;
use crate::imported::*;
use crate::limits::{Limits, ReadError};

pub(super) const SHAPE: Shape = Shape { name: "fanfold", recognise, read };

/// The version of the markup that is read.
const GENERATOR: &str = "Fanfold 1";

fn recognise(source: &Source<'_, '_>) -> bool {
    source.leaves().iter().take(3).any(|leaf| {
        let Some(head) = leaf.root.find("head") else { return false };
        let made = head.find_all("meta").any(|meta| {
            meta.attr("name") == Some("generator") && meta.attr("content") == Some(GENERATOR)
        });
        made && leaf.root.find("section.ff-preface").is_some()
    })
}

fn read(source: &Source<'_, '_>, limits: &Limits) -> Result<Imported, ReadError> {
    let leaves = source.leaves();
    let mut texts = Texts::new(source, limits);
    if let Source::Book(book) = source {
        // All pictures of the book, in its order, whether a text shows them or not.
        let pictures = book.package.manifest.iter().filter(|item| item.is_picture());
        for path in pictures.map(|item| item.path.as_str()) {
            if let Some(bytes) = book.file(path) {
                texts.images.keep(bytes);
            }
        }
    }
    let mut meta = Metadata::default();
    let mut chapters = Vec::new();
    for leaf in &leaves {
        let Some(body) = leaf.root.find("body") else { continue };
        for part in body.children().filter(|child| child.name() == "section") {
            if part.has_class("ff-preface") {
                preface(leaf, part, &mut meta, &mut texts);
            } else if part.has_class("ff-chapter") {
                chapters.push(chapter(leaf, part, &mut texts));
            } else if part.has_class("ff-afterword") {
                meta.notes_after = section(leaf, part, "ff-notes-after", &mut texts);
            }
        }
        // Pictures that no text shows.
        for spare in body.children().filter(|child| child.has_class("ff-media")) {
            texts.read(leaf.path, spare, &[]);
        }
    }
    let mut work = texts.work(meta, chapters, limits)?;
    if let Some(order) = leaves.first().and_then(|leaf| media_order(leaf.root)) {
        let place = |media: &Media| order.iter().position(|name| *name == media.name.as_str());
        work.media.sort_by_key(|media| place(media).unwrap_or(usize::MAX));
    }
    Ok(work)
}

/// The names of the pictures in the work's own order.
fn media_order(root: Element<'_>) -> Option<Vec<&str>> {
    let metas = root.find("head")?.find_all("meta");
    let mut named = metas.filter(|meta| meta.attr("name") == Some("fanfold-media"));
    Some(named.next()?.attr("content")?.split(' ').collect())
}

fn preface(leaf: &Leaf<'_>, part: Element<'_>, meta: &mut Metadata, texts: &mut Texts<'_, '_>) {
    let facts = part.children().find(|child| child.is("dl.ff-facts"));
    if let Some(header) = part.children().find(|child| child.name() == "header") {
        if let Some(title) = header.find("h1.ff-title") {
            meta.title = Some(exact(title));
            meta.title_is_provisional = title.attr("data-provisional").is_some();
        }
        for author in header.find_all(".ff-author") {
            meta.authors.push(Author { name: exact(author), url: address(author) });
        }
    }
    let mut label = String::new();
    for fact in facts.into_iter().flat_map(Element::children) {
        if fact.name() == "dt" {
            label = exact(fact);
        } else {
            self::fact(fact, &label, meta);
        }
    }
    meta.summary = section(leaf, part, "ff-summary", texts);
    meta.notes_before = section(leaf, part, "ff-notes-before", texts);
    meta.disclaimer = section(leaf, part, "ff-disclaimer", texts);
    let proposed = part.children().find(|child| child.is("details.ff-proposed"));
    let lines = proposed.into_iter().flat_map(|proposed| proposed.find_all("li.ff-proposal"));
    meta.proposed.extend(lines.filter_map(proposal));
}

fn fact(fact: Element<'_>, label: &str, meta: &mut Metadata) {
    let class = fact.attr("class").unwrap_or_default();
    if let Some(kind) = class.strip_prefix("ff-").and_then(TagKind::parse) {
        meta.tags.of_mut(kind).extend(fact.find_all(".ff-tag").map(exact));
        return;
    }
    match class {
        "ff-language" => meta.language = fact.attr("data-code").and_then(Lang::parse),
        "ff-series" => {
            if let Some(name) = fact.find(".ff-name") {
                let part = fact.attr("data-part").and_then(|part| part.parse().ok());
                meta.series.push(SeriesPlace { title: exact(name), url: address(name), part });
            }
        }
        "ff-collections" => meta.collections.extend(fact.find_all(".ff-name").map(exact)),
        "ff-published" => meta.published = Date::parse(&fact.text()),
        "ff-updated" => meta.updated = Date::parse(&fact.text()),
        "ff-status" => meta.complete = fact.attr("data-complete").map(|word| word == "yes"),
        "ff-chapters" => {
            let expected = fact.attr("data-expected").and_then(|count| count.parse().ok());
            meta.chapters_expected = expected;
        }
        "ff-other" => meta.other.push((label.to_owned(), exact(fact))),
        "ff-source" => {
            meta.source.site = fact.attr("data-site").map(str::to_owned);
            meta.source.url = fact.find("a").and_then(address);
        }
        _ => {}
    }
}

fn proposal(line: Element<'_>) -> Option<Proposal> {
    let text = |name| line.attr(name).unwrap_or_default().to_owned();
    Some(Proposal {
        kind: TagKind::parse(line.attr("data-kind")?)?,
        name: exact(line.find(".ff-tag")?),
        rule: text("data-rule"),
        place: place(line.attr("data-place").unwrap_or_default()),
        evidence: text("data-evidence"),
    })
}

fn place(key: &str) -> Place {
    let (kind, rest) = key.split_once(' ').unwrap_or((key, ""));
    let mut numbers = rest.split(' ').map(str::parse::<u32>);
    match (kind, numbers.next(), numbers.next()) {
        ("line", Some(Ok(line)), _) => Place::Line(line),
        ("lines", Some(Ok(first)), Some(Ok(last))) => Place::Lines(first, last),
        ("part", ..) => Place::Part(rest.to_owned()),
        _ => Place::Whole,
    }
}

fn chapter(leaf: &Leaf<'_>, part: Element<'_>, texts: &mut Texts<'_, '_>) -> Chapter {
    let title = part.children().find(|child| child.is("h2.ff-chapter-title"));
    let body = part.children().find(|child| child.is("div.ff-body"));
    Chapter {
        title: title.map(exact),
        summary: section(leaf, part, "ff-summary", texts),
        notes_before: section(leaf, part, "ff-notes-before", texts),
        body: body.map(|body| texts.read(leaf.path, body, &[])).unwrap_or_default(),
        notes_after: section(leaf, part, "ff-notes-after", texts),
    }
}

/// The text of a section directly inside a part.
fn section(leaf: &Leaf<'_>, part: Element<'_>, class: &str, texts: &mut Texts<'_, '_>) -> Document {
    let section = part.children().find(|child| child.has_class(class));
    let text = section.and_then(|section| section.children().find(|child| child.is("div.ff-text")));
    text.map(|text| texts.read(leaf.path, text, &[])).unwrap_or_default()
}

/// The text of an element, with its spaces where they matter.
fn exact(element: Element<'_>) -> String {
    element.attr("data-text").map_or_else(|| element.text(), str::to_owned)
}

fn address(element: Element<'_>) -> Option<Href> {
    element.attr("href").and_then(Href::parse)
}
