//! Downloads of the Archive of Our Own: HTML of every age and EPUB of both layouts; other archives
//! that run the same software make the same files.
//!
//! Owns what the preface, the chapters and the afterword look like (the download templates of
//! otwarchive; calibre renames classes in e-books but keeps ids). All kinds of tags are read from
//! links, never by splitting at commas.

use super::{Leaf, Shape, Source, Texts, chapter_title, language_code};
use crate::document::Href;
use crate::html::Element;
use crate::imported::*;
use crate::limits::{Limits, ReadError};

pub(super) const SHAPE: Shape = Shape { name: "ao3", recognise, read };

/// The address of the archive itself.
const SITE: &str = "https://archiveofourown.org";

fn recognise(source: &Source<'_, '_>) -> bool {
    // The preface comes first: no book is searched to its end.
    source.leaves().iter().take(4).any(|leaf| preface(leaf.root).is_some())
}

/// The list of tags, where the page has one that a message or a heading of the archive goes with.
fn preface(root: Element<'_>) -> Option<Element<'_>> {
    let tags = root.find("dl.tags")?;
    let work = |link: Element<'_>| link.attr("href").and_then(work_number).is_some();
    let message = root.find_all("p.message").flat_map(|message| message.find_all("a")).any(work);
    let stats = tags.children().any(|term| term.name() == "dt" && term.text() == "Stats:");
    (message || stats).then_some(tags)
}

fn read(source: &Source<'_, '_>, limits: &Limits) -> Result<Imported, ReadError> {
    let leaves = source.leaves();
    let mut texts = Texts::new(source, limits);
    let mut work = Work::default();
    for leaf in &leaves {
        if let Some(tags) = preface(leaf.root) {
            work.tags(tags);
            break;
        }
    }
    for leaf in &leaves {
        work.preface(leaf, &mut texts);
        work.chapters(leaf, &mut texts);
        work.afterword(leaf, &mut texts);
    }
    if let Source::Book(book) = source {
        work.package(&book.package);
    }
    work.finish(&mut texts);
    texts.work(work.meta, work.chapters, limits)
}

/// The work as far as it has been read.
#[derive(Default)]
struct Work {
    meta: Metadata,
    chapters: Vec<Chapter>,
    /// "3/?" of the stats.
    told_chapters: Option<(usize, Option<u32>)>,
    finished: bool,
    told_words: Option<u64>,
    /// The name of the part that was read last, where parts of a chapter are files of their own.
    last_part: String,
}

impl Work {
    /// The list of tags: a term for each kind, its tags as links.
    fn tags(&mut self, list: Element<'_>) {
        let mut label = String::new();
        for entry in list.children() {
            match entry.name() {
                "dt" => label = entry.text(),
                "dd" => self.entry(label.trim_end_matches(':'), entry),
                _ => {}
            }
        }
    }

    fn entry(&mut self, label: &str, entry: Element<'_>) {
        let kinds = [
            ("Rating", TagKind::Rating),
            ("Archive Warning", TagKind::Warning),
            ("Categor", TagKind::Category),
            ("Fandom", TagKind::Fandom),
            ("Relationship", TagKind::Relationship),
            ("Character", TagKind::Character),
            ("Additional Tag", TagKind::Freeform),
        ];
        if let Some((_, kind)) = kinds.iter().find(|(start, _)| label.starts_with(start)) {
            let names = entry.find_all("a").map(|link| link.text()).filter(|name| !name.is_empty());
            let names =
                names.map(|name| if *kind == TagKind::Warning { warning(name) } else { name });
            self.meta.tags.of_mut(*kind).extend(names);
            return;
        }
        match label {
            "Language" => self.meta.language = language_code(&entry.text()),
            "Series" => self.series(entry),
            "Collections" | "Collection" => {
                let names = entry.find_all("a").map(|link| link.text());
                self.meta.collections.extend(names.filter(|name| !name.is_empty()));
            }
            "Stats" => self.stats(&entry.text()),
            _ => {
                let text = entry.text();
                if !label.is_empty() && !text.is_empty() {
                    self.meta.other.push((label.to_owned(), text));
                }
            }
        }
    }

    /// "Part 2 of NAME, Part 1 of NAME": names may hold commas, so each is found by its link.
    fn series(&mut self, entry: Element<'_>) {
        let text = entry.text();
        let mut rest = text.as_str();
        for link in entry.find_all("a") {
            let title = link.text();
            if title.is_empty() {
                continue;
            }
            let (before, after) = rest.split_once(title.as_str()).unwrap_or(("", rest));
            rest = after;
            let part = before.rsplit_once("Part ").map(|(_, part)| part);
            let part = part.and_then(|part| part.split(' ').next()?.parse().ok());
            let url = link.attr("href").and_then(address);
            self.meta.series.push(SeriesPlace { title, url, part });
        }
    }

    fn stats(&mut self, text: &str) {
        let mut words = text.split(' ').peekable();
        while let Some(label) = words.next() {
            let Some(value) = words.peek() else { break };
            match label {
                "Published:" => self.meta.published = Date::parse(value),
                "Updated:" => self.meta.updated = Date::parse(value),
                "Completed:" => {
                    self.meta.updated = Date::parse(value);
                    self.finished = true;
                }
                "Words:" => self.told_words = value.replace(',', "").parse().ok(),
                "Chapters:" => {
                    let (so_far, all) = value.split_once('/').unwrap_or((value, "?"));
                    let so_far = so_far.replace(',', "").parse().ok();
                    let all = all.replace(',', "").parse().ok();
                    self.told_chapters = so_far.map(|so_far| (so_far, all));
                }
                _ => {}
            }
        }
    }

    /// Title, byline, summary and notes; in e-books they stand on two pages.
    fn preface(&mut self, leaf: &Leaf<'_>, texts: &mut Texts<'_, '_>) {
        let root = leaf.root;
        let own = root.find("#preface");
        let Some(part) = own.or_else(|| root.find("dl.tags")?.parent()?.parent()) else {
            return;
        };
        let chapters = root.find("#chapters");
        let outside =
            |inner: &Element<'_>| chapters.is_none_or(|chapters| !within(*inner, chapters));
        let find = |selector| part.find_all(selector).find(outside);
        if self.meta.source.url.is_none() {
            let links = part.find_all("p.message").flat_map(|message| message.find_all("a"));
            let work = links.filter_map(|link| link.attr("href")).find_map(work_address);
            if let Some((url, site)) = work {
                self.meta.source.url = Some(url);
                self.meta.source.site = Some(site);
            }
        }
        let bold = || Some(part.find("p.message")?.find("b")?.text());
        let title = find("h1").map(|title| title.text()).or_else(bold);
        self.meta.title = self.meta.title.take().or(title).filter(|title| !title.is_empty());
        let Some(byline) = find(".byline") else { return };
        if self.meta.authors.is_empty() {
            self.meta.authors = authors(byline);
        }
        let Some(meta) = byline.parent() else { return };
        for (label, text) in labelled(meta) {
            let text = texts.read(leaf.path, text, &[]);
            match label.as_str() {
                "Summary" => self.meta.summary = text,
                "Notes" => self.meta.notes_before = text,
                _ => {}
            }
        }
        for list in meta.children().filter(|child| child.name() == "ul") {
            self.meta.other.extend(list.find_all("li").filter_map(|line| relation(&line.text())));
        }
    }

    fn chapters(&mut self, leaf: &Leaf<'_>, texts: &mut Texts<'_, '_>) {
        let Some(all) = leaf.root.find("#chapters").or_else(|| old_chapter(leaf)) else { return };
        let mut plain = true;
        let (part, goes_on) = (part_of(leaf.path), part_of(leaf.path) == self.last_part);
        // A page without a heading goes on with the chapter before it: calibre splits long ones.
        let mut open = !self.chapters.is_empty() && (part.is_empty() || goes_on);
        self.last_part = part;
        for child in all.children() {
            let id = child.attr("id").unwrap_or_default();
            let heading = child.children().find(|inner| inner.is("h2.heading"));
            let alone = child.is("h2.toc-heading") || child.is("h2.heading");
            if let Some(heading) = heading.or(Some(child).filter(|_| alone)) {
                open = true;
                self.heading(leaf, child, heading, texts);
            } else if id.starts_with("endnotes") {
                if let (Some(notes), Some(chapter)) =
                    (child.find("blockquote"), self.chapters.last_mut())
                {
                    chapter.notes_after = texts.read(leaf.path, notes, &[]);
                }
            } else if child.name() == "div" && !child.is(".endnote-link") {
                plain = false;
                let body = texts.read(leaf.path, child, &[]);
                if !open {
                    self.chapters.push(Chapter::default());
                    open = true;
                }
                if let Some(chapter) = self.chapters.last_mut() {
                    chapter.body.blocks.extend(body.blocks);
                }
            }
        }
        if plain {
            let without: Vec<Element<'_>> = all.children().filter(|c| is_furniture(*c)).collect();
            let body = texts.read(leaf.path, all, &without);
            match self.chapters.last_mut().filter(|_| open) {
                Some(chapter) => chapter.body.blocks.extend(body.blocks),
                None => self.chapters.push(Chapter { body, ..Chapter::default() }),
            }
        }
    }

    /// A chapter's heading with what stands around it: summary and notes.
    fn heading(
        &mut self,
        leaf: &Leaf<'_>,
        around: Element<'_>,
        heading: Element<'_>,
        texts: &mut Texts<'_, '_>,
    ) {
        let mut chapter = Chapter::default();
        // The heading of a work in one piece is the work's own title, hidden from view.
        if !heading.is(".toc-heading") {
            chapter.title = chapter_title(&heading.text());
        }
        if around != heading {
            for (label, text) in labelled(around) {
                let text = texts.read(leaf.path, text, &[]);
                match label.as_str() {
                    "Chapter Summary" | "Summary" => chapter.summary = text,
                    "Chapter Notes" | "Notes" => chapter.notes_before = text,
                    _ => {}
                }
            }
            if let Some(byline) = around.children().find(|child| child.is(".byline")) {
                let names: Vec<String> =
                    authors(byline).into_iter().map(|author| author.name).collect();
                let label = format!("Chapter {} by", self.chapters.len() + 1);
                self.meta.other.push((label, names.join(", ")));
            }
        }
        self.chapters.push(chapter);
    }

    fn afterword(&mut self, leaf: &Leaf<'_>, texts: &mut Texts<'_, '_>) {
        let chapters = leaf.root.find("#chapters");
        let notes = leaf.root.find_all("#endnotes");
        let mut outside = notes.filter(|it| chapters.is_none_or(|chapters| !within(*it, chapters)));
        if let Some(text) = outside.find_map(|notes| notes.find("blockquote")) {
            self.meta.notes_after = texts.read(leaf.path, text, &[]);
        }
        let Some(afterword) = leaf.root.find("#afterword") else { return };
        for list in afterword.find_all("dl") {
            for line in list.descendants().filter(|line| matches!(line.name(), "dd" | "dt")) {
                let text = line.text();
                if line.name() == "dt" && !text.is_empty() {
                    self.meta.other.push(("Inspired".to_owned(), text));
                }
            }
        }
    }

    /// What only the package of an e-book tells.
    fn package(&mut self, package: &crate::read::Package) {
        let meta = &mut self.meta;
        if meta.language.is_none() {
            let language = package.language.as_deref();
            meta.language = language.and_then(crate::document::Lang::parse);
        }
        meta.title = meta.title.take().or_else(|| package.titles.first().cloned());
        if meta.source.url.is_none() {
            let work = package.addresses.iter().find_map(|address| work_address(address));
            if let Some((url, site)) = work {
                meta.source.url = Some(url);
                meta.source.site = Some(site);
            }
        }
    }

    fn finish(&mut self, texts: &mut Texts<'_, '_>) {
        self.meta.source.site.get_or_insert_with(|| SHAPE.name.to_owned());
        // Parts of a chapter that came on several pages meet here.
        for chapter in &mut self.chapters {
            chapter.body = std::mem::take(&mut chapter.body).normalize();
        }
        match self.told_chapters {
            Some((so_far, all)) => {
                self.meta.chapters_expected = all;
                let all = all.and_then(|all| usize::try_from(all).ok());
                self.meta.complete = Some(self.finished || all == Some(so_far));
            }
            // Old pages of works in one piece do not say 1/1.
            None => {
                self.meta.complete = Some(true);
                self.meta.chapters_expected = Some(1);
            }
        }
        let read = self.chapters.len();
        if let Some((told, _)) = self.told_chapters.filter(|(told, _)| *told != read) {
            let text = format!(
                "the file says that it has {told} chapters, but {read} were found; \
                 it may have been cut off"
            );
            texts.warn(WarningKind::Damaged, Place::Whole, text);
        }
        // The archive's own count is a few words off at times; half of them missing is no slip.
        let told = self.told_words.filter(|told| *told > 100);
        let mut words = 0;
        let enough = told.is_none_or(|told| {
            self.chapters.iter().any(|chapter| {
                words += chapter.body.words();
                words >= told / 2
            })
        });
        if let Some(told) = told.filter(|_| !enough) {
            let text = format!(
                "the file says that it has {told} words, but {words} were found; \
                 it may have been cut off"
            );
            texts.warn(WarningKind::Damaged, Place::Whole, text);
        }
    }
}

/// A warning by the name that pages show since 2023.
fn warning(name: String) -> String {
    match name.as_str() {
        "Choose Not To Use Archive Warnings" | "Author Chose Not To Use Archive Warnings" => {
            "Creator Chose Not To Use Archive Warnings".to_owned()
        }
        _ => name,
    }
}

/// A label in a paragraph and the quotation that follows it.
fn labelled(around: Element<'_>) -> impl Iterator<Item = (String, Element<'_>)> {
    let mut label = None;
    around.children().filter_map(move |child| {
        match child.name() {
            "p" => label = Some(child.text()),
            "blockquote" => return label.take().map(|label| (label, child)),
            _ => {}
        }
        None
    })
}

/// The authors of a byline: links; names without one (Anonymous) where there are no links.
fn authors(byline: Element<'_>) -> Vec<Author> {
    let links = byline.find_all("a").filter_map(|link| {
        let name = link.text();
        let url = link.attr("href").and_then(address);
        (!name.is_empty()).then_some(Author { name, url })
    });
    let linked: Vec<Author> = links.collect();
    if !linked.is_empty() {
        return linked;
    }
    let text = byline.text();
    let names = text.strip_prefix("by ").unwrap_or(&text).split(", ");
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| Author { name: name.to_owned(), url: None }).collect()
}

/// A line about related works and gifts, as label and text.
fn relation(line: &str) -> Option<(String, String)> {
    let labels = [
        ("Inspired by ", "Inspired by"),
        ("A translation of ", "Translation of"),
        ("A Restricted Work ", "Related work"),
        ("For ", "For"),
        ("Translation into ", "Translation into"),
    ];
    let found = labels.iter().find_map(|(start, label)| Some((line.strip_prefix(start)?, *label)));
    let (text, label) = found.unwrap_or((line, "Related work"));
    let text = text.trim().trim_end_matches('.');
    (!text.is_empty()).then(|| (label.to_owned(), text.to_owned()))
}

/// An address with today's scheme.
fn address(href: &str) -> Option<Href> {
    let rest = href.strip_prefix("http://archiveofourown.org");
    match rest {
        Some(rest) => Href::parse(&format!("{SITE}{rest}")),
        None => Href::parse(href),
    }
}

/// The number in `…/works/123`.
fn work_number(href: &str) -> Option<u64> {
    let (_, rest) = href.split_once("/works/")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(Some(rest), |at| rest.get(..at));
    digits?.parse().ok()
}

/// The canonical address of a work, and the name of its site.
fn work_address(href: &str) -> Option<(Href, String)> {
    let number = work_number(href)?;
    let (_, rest) = href.split_once("://")?;
    let host = rest.split('/').next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let own =
        ["archiveofourown.org", "archiveofourown.com", "ao3.org", "insecure.archiveofourown.org"];
    if own.contains(&host) {
        return Some((Href::parse(&format!("{SITE}/works/{number}"))?, SHAPE.name.to_owned()));
    }
    Some((Href::parse(&format!("https://{host}/works/{number}"))?, host.to_owned()))
}

fn within(inner: Element<'_>, outer: Element<'_>) -> bool {
    std::iter::successors(Some(inner), |element| element.parent()).any(|element| element == outer)
}

fn is_furniture(element: Element<'_>) -> bool {
    matches!(element.name(), "h1" | "h2") || element.is(".endnote-link") || element.is("p.message")
}

/// `chapter3_2.xhtml` of e-books before 2019 is a part of chapter 3: "chapter3"; "" elsewhere.
fn part_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    let number = name.strip_prefix("chapter").and_then(|rest| rest.split_once('_'));
    number.map(|(number, _)| format!("chapter{number}")).unwrap_or_default()
}

/// The text of a chapter's page in e-books before 2019, where it has no `#chapters`.
fn old_chapter<'s>(leaf: &Leaf<'s>) -> Option<Element<'s>> {
    if part_of(leaf.path).is_empty() {
        return None;
    }
    leaf.root.find("body")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_canonical() {
        let cases = [
            ("http://archiveofourown.org/works/12", "https://archiveofourown.org/works/12", "ao3"),
            ("https://ao3.org/works/12/chapters/3", "https://archiveofourown.org/works/12", "ao3"),
            ("http://www.pen.example/works/7?x", "https://pen.example/works/7", "pen.example"),
        ];
        for (href, url, site) in cases {
            let (found, name) = work_address(href).expect("a work");
            assert_eq!((found.as_str(), name.as_str()), (url, site));
        }
        assert!(work_address("https://archiveofourown.org/users/x").is_none());
    }

    #[test]
    fn relations_keep_their_words() {
        let found = relation("Inspired by Tide by sal.");
        assert_eq!(found, Some(("Inspired by".to_owned(), "Tide by sal".to_owned())));
        assert_eq!(relation(" "), None);
    }
}
