//! Reads e-books whose maker is not known.
//!
//! Owns what the package and the contents tell: which pages are chapters, what they are called,
//! and what is only a cover, a title page or a list of contents.

use super::{Book, Leaf};
use crate::document::{Block, Document, Href, Inline, Lang, Link};
use crate::html::Element;
use crate::imported::{Author, Chapter, Date, Imported, Metadata, SeriesPlace, Source, TagKind};
use crate::limits::{Limits, ReadError};
use crate::shape::{self, Texts, chapter_title};

/// A page of fewer words than this, of a kind that usually tells no story, is left out.
const FEW_WORDS: u64 = 150;

/// Reads a book.
pub(super) fn read(book: &Book<'_>, limits: &Limits) -> Result<Imported, ReadError> {
    let mut texts = Texts::new(&shape::Source::Book(book), limits);
    let mut meta = metadata(book, limits);
    let mut chapters: Vec<Chapter> = Vec::new();
    for leaf in &book.leaves {
        let warnings = texts.warnings.len();
        let body = texts.read(&leaf.path, leaf.page.body(), &[]);
        // What is left of a page of notes that were read where they are called is its heading.
        let named = book.contents.iter().any(|(target, _)| target.starts_with(&leaf.path));
        let bare = !named && body.blocks.iter().all(|block| matches!(block, Block::Heading(..)));
        if bare || is_front_matter(book, leaf, &body) {
            texts.warnings.truncate(warnings);
            continue;
        }
        for (label, body) in parts(book, leaf, body) {
            match (label, chapters.last_mut()) {
                (None, Some(before)) if joins(book) => before.body.blocks.extend(body.blocks),
                (label, _) => chapters.push(chapter(label, body)),
            }
        }
    }
    if let [only] = chapters.as_mut_slice()
        && only.title.is_some()
        && only.title == meta.title
    {
        only.title = None;
    }
    if meta.title.is_none() {
        meta.title = book.leaves.iter().find_map(|leaf| Some(leaf.page.root().find("h1")?.text()));
        meta.title = meta.title.filter(|title| !title.is_empty());
    }
    texts.work(meta, chapters, limits)
}

/// Whether pages without an entry of their own belong to the chapter before: true for books whose
/// contents name some pages, e.g. those that calibre split by size.
fn joins(book: &Book<'_>) -> bool {
    book.contents.len() > 1
}

/// The parts of a page that the contents name, each with its words; the first part has none where
/// it stands before the first name.
fn parts(book: &Book<'_>, leaf: &Leaf, body: Document) -> Vec<(Option<String>, Document)> {
    let entries = book.contents.iter().filter_map(|(target, label)| {
        let (path, place) = target.split_once('#').unwrap_or((target, ""));
        (path == leaf.path).then_some((place, label.clone()))
    });
    let mut parts: Vec<(Option<String>, Document)> = Vec::new();
    let mut rest = body.blocks;
    let mut label = None;
    for (at, (place, own)) in entries.enumerate() {
        let found = match place {
            _ if at == 0 => Some(0),
            place => rest.iter().position(|block| holds_place(block, place)),
        };
        let Some(found) = found else { continue };
        strip_place(&mut rest, place);
        let after = rest.split_off(found);
        if !rest.is_empty() {
            parts.push((label.take(), Document { blocks: rest }));
        }
        (rest, label) = (after, Some(own));
    }
    if !rest.is_empty() {
        parts.push((label, Document { blocks: rest }));
    }
    parts
}

/// Takes away the name that the contents led to; links of the text to it keep theirs.
fn strip_place(blocks: &mut [Block], place: &str) {
    let href = format!("#{place}");
    let mut linked = false;
    crate::walk::inlines(blocks, &mut |inline| {
        if let Inline::Link(Link { href: Some(own), .. }) = inline {
            linked |= own.as_str() == href;
        }
    });
    let Some(block) = blocks.iter_mut().find(|block| holds_place(block, place)) else { return };
    if let Block::Paragraph(_, text) | Block::Heading(_, _, text) = block {
        let own = |link: &Link| link.name.as_ref().is_some_and(|name| name.as_str() == place);
        text.retain(|inline| match inline {
            Inline::Link(link) => linked || !(own(link) && link.content.is_empty()),
            _ => true,
        });
    }
}

fn holds_place(block: &Block, place: &str) -> bool {
    let mut found = false;
    crate::walk::inlines(std::slice::from_ref(block), &mut |inline| {
        if let Inline::Link(Link { name: Some(name), .. }) = inline {
            found |= name.as_str() == place;
        }
    });
    found
}

/// A chapter; a heading that opens it and says what the contents say is no part of its text.
fn chapter(label: Option<String>, body: Document) -> Chapter {
    let mut body = body.normalize();
    let opening = match body.blocks.first() {
        Some(Block::Heading(_, _, text)) => {
            let text = crate::walk::inline_text(text).replace('\n', " ");
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => None,
    };
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    let heading = match (opening, &label) {
        (Some(opening), Some(label)) => {
            same(&opening, label) || chapter_title(&opening) == chapter_title(label)
        }
        (Some(_), None) => true,
        (None, _) => false,
    };
    let mut title = label;
    if heading && !body.blocks.is_empty() {
        let first = body.blocks.remove(0);
        if let Block::Heading(_, _, text) = &first {
            let text = crate::walk::inline_text(text).replace('\n', " ");
            title = title.or(Some(text));
        }
    }
    let title = title.as_deref().and_then(chapter_title);
    Chapter { title, body: body.normalize(), ..Chapter::default() }
}

/// Covers, title pages, contents and the like, where they hold no story.
fn is_front_matter(book: &Book<'_>, leaf: &Leaf, body: &Document) -> bool {
    let root = leaf.page.root();
    let kinds = root.descendants().take(40).filter_map(|inner| inner.attr("epub:type"));
    let kinds = kinds.flat_map(str::split_ascii_whitespace);
    let guide = book.package.guide.iter().filter(|(_, path)| *path == leaf.path);
    let mut all = kinds.chain(guide.map(|(kind, _)| kind.as_str()));
    let is_nav = book.package.nav() == Some(leaf.path.as_str());
    let named = all.any(|kind| {
        matches!(
            kind,
            "cover"
                | "titlepage"
                | "title-page"
                | "halftitlepage"
                | "toc"
                | "landmarks"
                | "copyright-page"
                | "colophon"
                | "loi"
                | "lot"
        )
    });
    // Links make up nearly all of a list of contents.
    let mostly_links = || {
        let linked: usize = root.find_all("a").map(|link: Element<'_>| link.text().len()).sum();
        linked * 10 > body.text().len() * 8 && root.find_all("a").count() > 2
    };
    let only_picture =
        || body.words() == 0 && book.leaves.first().is_some_and(|f| f.path == leaf.path);
    is_nav || (named && (body.words() < FEW_WORDS || mostly_links())) || only_picture()
}

fn metadata(book: &Book<'_>, limits: &Limits) -> Metadata {
    let package = &book.package;
    let title = package.titles.first().cloned();
    let mut meta = Metadata { title, ..Metadata::default() };
    let written = |role: &str| matches!(role, "" | "aut");
    for creator in package.creators.iter().filter(|creator| written(&creator.role)) {
        meta.authors.push(Author { name: creator.name.clone(), url: None });
    }
    let language = package.language.as_deref().and_then(Lang::parse);
    meta.language = language.filter(|language| language.as_str() != "und");
    if let Some(description) = &package.description
        && let Ok((summary, _)) = Document::from_html(description, limits)
    {
        meta.summary = summary;
    }
    for subject in &package.subjects {
        let kind = subject.kind.unwrap_or(TagKind::Freeform);
        meta.tags.of_mut(kind).push(subject.name.clone());
    }
    for (title, part) in &package.series {
        let part = part.as_deref().and_then(|part| part.split('.').next()?.parse().ok());
        if !title.is_empty() {
            meta.series.push(SeriesPlace { title: title.clone(), url: None, part });
        }
    }
    dates(package, &mut meta);
    let address = package
        .addresses
        .iter()
        .find_map(|address| Href::parse(address).filter(|href| href.as_str().starts_with("http")));
    meta.source = Source { format: "epub".to_owned(), site: None, url: address };
    meta
}

/// EPUB 2 says what a date means; a bare one is the day of publication.
fn dates(package: &super::Package, meta: &mut Metadata) {
    for (event, text) in &package.dates {
        // Some makers write 0101-01-01 for "never".
        let date = Date::parse(text).filter(|date| date.parts().0 > 1_000);
        match event.as_str() {
            "" | "publication" | "original-publication" => meta.published = meta.published.or(date),
            "modification" => meta.updated = meta.updated.or(date),
            _ => {}
        }
    }
}
