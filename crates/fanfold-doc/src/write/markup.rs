//! The markup of our own exports: what a work's parts look like in a page or an e-book.
//!
//! Owns the names of classes and `data-` attributes; [`crate::shape`] reads them back, so that an
//! export holds the work in every field. Whatever is printed is well-formed XML and valid HTML.

use std::fmt::Write;

use crate::document::{Document, ImageSource};
use crate::html::{Place, Print, escape};
use crate::imported::{self, Chapter, Imported, Metadata, TagKind};
use crate::normal::printable;
use crate::number::grouped;
use crate::shape::language_name;

/// Says in the head of every page which program made it, and by which version of this markup.
pub(super) const GENERATOR: &str = "Fanfold 1";

/// Prints the parts of a work.
pub(super) struct Markup<'a> {
    pub(super) out: String,
    place: Place,
    image: &'a dyn Fn(&ImageSource) -> Option<String>,
    /// Texts printed so far: each gets names of its own.
    texts: usize,
}

impl<'a> Markup<'a> {
    pub(super) fn new(
        place: Place,
        image: &'a dyn Fn(&ImageSource) -> Option<String>,
    ) -> Markup<'a> {
        Markup { out: String::new(), place, image, texts: 0 }
    }

    /// The title page: everything that is known about the work but its notes at the end.
    pub(super) fn preface(&mut self, work: &Imported) {
        let meta = &work.meta;
        self.out.push_str("<section class=\"ff-preface\">\n<header>\n");
        match &meta.title {
            Some(title) => {
                let provisional = meta.title_is_provisional.then_some("");
                self.element("h1", "ff-title", &[("data-provisional", provisional)], title);
                if meta.title_is_provisional {
                    self.plain(
                        "p",
                        "ff-provisional",
                        "This title was made from the opening words.",
                    );
                }
            }
            None => self.plain("h1", "ff-untitled", "Untitled"),
        }
        self.byline(meta);
        self.out.push_str("</header>\n");
        self.facts(work);
        self.section("ff-summary", "Summary", &meta.summary);
        self.section("ff-notes-before", "Notes", &meta.notes_before);
        self.section("ff-disclaimer", "Disclaimer", &meta.disclaimer);
        self.proposals(meta);
        self.out.push_str("</section>\n");
    }

    fn byline(&mut self, meta: &Metadata) {
        if meta.authors.is_empty() {
            return;
        }
        self.out.push_str("<p class=\"ff-byline\">by ");
        for (at, author) in meta.authors.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.linked("ff-author", &author.name, author.url.as_ref());
        }
        self.out.push_str("</p>\n");
    }

    /// Tags and the other facts, as a list of terms.
    fn facts(&mut self, work: &Imported) {
        let meta = &work.meta;
        self.out.push_str("<dl class=\"ff-facts\">\n");
        for kind in TagKind::ALL {
            let names = meta.tags.of(kind);
            if names.is_empty() {
                continue;
            }
            self.term(kind.label(names.len() > 1));
            let _ = write!(self.out, "<dd class=\"ff-{}\">", kind.key());
            for (at, name) in names.iter().enumerate() {
                if at > 0 {
                    self.out.push_str(", ");
                }
                self.element("span", "ff-tag", &[], name);
            }
            self.out.push_str("</dd>\n");
        }
        if let Some(language) = &meta.language {
            self.term("Language");
            let name = language_name(language).unwrap_or(language.as_str());
            self.element("dd", "ff-language", &[("data-code", Some(language.as_str()))], name);
        }
        for series in &meta.series {
            self.term("Series");
            let part = series.part.map(|part| part.to_string());
            self.start("dd", "ff-series", &[("data-part", part.as_deref())]);
            if let Some(part) = &part {
                let _ = write!(self.out, "Part {part} of ");
            }
            self.linked("ff-name", &series.title, series.url.as_ref());
            self.out.push_str("</dd>\n");
        }
        if !meta.collections.is_empty() {
            self.term("Collections");
            self.out.push_str("<dd class=\"ff-collections\">");
            for (at, name) in meta.collections.iter().enumerate() {
                if at > 0 {
                    self.out.push_str(", ");
                }
                self.element("span", "ff-name", &[], name);
            }
            self.out.push_str("</dd>\n");
        }
        self.figures(work);
        for (label, value) in &meta.other {
            self.element("dt", "ff-other", &[], label);
            self.element("dd", "ff-other", &[], value);
        }
        self.source(&meta.source);
        self.out.push_str("</dl>\n");
    }

    fn figures(&mut self, work: &Imported) {
        let meta = &work.meta;
        let dates = [
            ("ff-published", "Published", meta.published),
            ("ff-updated", "Updated", meta.updated),
        ];
        for (class, label, date) in dates {
            if let Some(date) = date {
                self.term(label);
                self.plain("dd", class, &date.to_string());
            }
        }
        if let Some(complete) = meta.complete {
            self.term("Status");
            let (key, words) = if complete { ("yes", "Complete") } else { ("no", "In progress") };
            self.element("dd", "ff-status", &[("data-complete", Some(key))], words);
        }
        self.term("Chapters");
        let expected = meta.chapters_expected.map(|count| count.to_string());
        let of = expected.as_deref().unwrap_or("?");
        let text = format!("{}/{of}", work.chapters.len());
        self.element("dd", "ff-chapters", &[("data-expected", expected.as_deref())], &text);
        let words: u64 = work.chapters.iter().map(|chapter| chapter.body.words()).sum();
        self.term("Words");
        self.plain("dd", "ff-words", &grouped(words));
    }

    fn source(&mut self, source: &imported::Source) {
        if source.site.is_none() && source.url.is_none() {
            return;
        }
        self.term("Source");
        self.start("dd", "ff-source", &[("data-site", source.site.as_deref())]);
        match (&source.url, &source.site) {
            (Some(url), _) => self.linked("ff-url", url.as_str(), Some(url)),
            (None, Some(site)) => escape(&printable(site.clone()), &mut self.out),
            (None, None) => {}
        }
        self.out.push_str("</dd>\n");
    }

    /// Proposals are no tags: they stand apart, closed.
    fn proposals(&mut self, meta: &Metadata) {
        if meta.proposed.is_empty() {
            return;
        }
        self.out.push_str("<details class=\"ff-proposed\">\n");
        self.out.push_str("<summary>Proposed tags, not yet accepted</summary>\n<ul>\n");
        for proposal in &meta.proposed {
            let place = place_key(&proposal.place);
            let attributes = [
                ("data-kind", Some(proposal.kind.key())),
                ("data-rule", Some(proposal.rule.as_str())),
                ("data-place", Some(place.as_str())),
                ("data-evidence", Some(proposal.evidence.as_str())),
            ];
            self.start("li", "ff-proposal", &attributes);
            let _ = write!(self.out, "{}: ", proposal.kind.label(false));
            self.element("span", "ff-tag", &[], &proposal.name);
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ul>\n</details>\n");
    }

    /// A chapter with everything that belongs to it; `number` is its place, from 1.
    pub(super) fn chapter(&mut self, chapter: &Chapter, number: usize, alone: bool) {
        let _ = writeln!(self.out, "<section class=\"ff-chapter\" id=\"chapter-{number}\">");
        match &chapter.title {
            Some(title) => self.element("h2", "ff-chapter-title", &[], title),
            None if !alone => {
                self.plain("h2", "ff-untitled", &format!("Chapter {number}"));
            }
            None => {}
        }
        self.section("ff-summary", "Chapter summary", &chapter.summary);
        self.section("ff-notes-before", "Chapter notes", &chapter.notes_before);
        self.text("ff-body", &chapter.body);
        self.section("ff-notes-after", "Notes after the chapter", &chapter.notes_after);
        self.out.push_str("</section>\n");
    }

    /// The notes at the end of the work.
    pub(super) fn afterword(&mut self, meta: &Metadata) {
        if !meta.notes_after.is_empty() {
            self.out.push_str("<section class=\"ff-afterword\">\n");
            self.section("ff-notes-after", "Notes after the work", &meta.notes_after);
            self.out.push_str("</section>\n");
        }
    }

    fn section(&mut self, class: &str, label: &str, text: &Document) {
        if text.is_empty() {
            return;
        }
        let _ =
            writeln!(self.out, "<section class=\"{class}\"><h3 class=\"ff-label\">{label}</h3>");
        self.text("ff-text", text);
        self.out.push_str("</section>\n");
    }

    /// A text, with names of its own on this page; the prefix is told, so that it can be undone.
    fn text(&mut self, class: &str, text: &Document) {
        self.texts += 1;
        let prefix = format!("t{}-", self.texts);
        let how = Print {
            place: self.place,
            prefix: &prefix,
            class_prefix: "",
            anchors: false,
            image: self.image,
        };
        let _ = writeln!(self.out, "<div class=\"{class}\" data-prefix=\"{prefix}\">");
        self.out.push_str(text.print(&how).as_str());
        self.out.push_str("\n</div>\n");
    }

    fn term(&mut self, label: &str) {
        let _ = write!(self.out, "<dt>{label}</dt>");
    }

    /// A name, as a link where it has an address.
    fn linked(&mut self, class: &str, text: &str, url: Option<&crate::document::Href>) {
        match url {
            Some(url) => self.element("a", class, &[("href", Some(url.as_str()))], text),
            None => self.element("span", class, &[], text),
        }
    }

    fn plain(&mut self, name: &str, class: &str, text: &str) {
        self.element(name, class, &[], text);
    }

    /// An element around a text; where spaces in the text would be lost, it stands in an attribute
    /// too.
    fn element(
        &mut self,
        name: &str,
        class: &str,
        attributes: &[(&str, Option<&str>)],
        text: &str,
    ) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let exact = (words.join(" ") != text).then_some(text);
        self.start(name, class, &[attributes, &[("data-text", exact)]].concat());
        escape(&printable(text.to_owned()), &mut self.out);
        let _ = write!(self.out, "</{name}>");
        if !matches!(name, "span" | "a") {
            self.out.push('\n');
        }
    }

    fn start(&mut self, name: &str, class: &str, attributes: &[(&str, Option<&str>)]) {
        let _ = write!(self.out, "<{name} class=\"{class}\"");
        for (name, value) in attributes {
            if let Some(value) = value {
                let _ = write!(self.out, " {name}=\"");
                escape(&printable((*value).to_owned()), &mut self.out);
                self.out.push('"');
            }
        }
        self.out.push('>');
    }
}

/// The start of a page: the head that HTML and XHTML have in common.
pub(super) fn title_of(meta: &Metadata) -> String {
    let title = meta.title.as_deref().unwrap_or("Untitled");
    let names: Vec<&str> = meta.authors.iter().map(|author| author.name.as_str()).collect();
    match names.as_slice() {
        [] => title.to_owned(),
        names => format!("{title} by {}", names.join(", ")),
    }
}

/// Every text of a work.
pub(super) fn texts(work: &Imported) -> impl Iterator<Item = &Document> {
    let meta = &work.meta;
    let own = [&meta.summary, &meta.notes_before, &meta.disclaimer, &meta.notes_after];
    own.into_iter().chain(work.chapters.iter().flat_map(|chapter| {
        [&chapter.summary, &chapter.notes_before, &chapter.body, &chapter.notes_after]
    }))
}

/// What a chapter is called in lists of contents.
pub(super) fn chapter_label(chapter: &Chapter, number: usize) -> String {
    match &chapter.title {
        Some(title) => title.clone(),
        None => format!("Chapter {number}"),
    }
}

/// The text as one line of valid XML, escaped.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let words: Vec<&str> = text.split_whitespace().collect();
    escape(&printable(words.join(" ")), &mut out);
    out
}

/// A place in a file, in a form that can be read back.
fn place_key(place: &imported::Place) -> String {
    match place {
        imported::Place::Whole => "whole".to_owned(),
        imported::Place::Line(line) => format!("line {line}"),
        imported::Place::Lines(first, last) => format!("lines {first} {last}"),
        imported::Place::Part(part) => format!("part {part}"),
    }
}

/// Languages that are written from right to left.
pub(super) fn is_rtl(meta: &Metadata) -> bool {
    let language = meta.language.as_ref().map(|lang| lang.as_str().to_ascii_lowercase());
    let primary = language.as_deref().and_then(|lang| lang.split('-').next());
    matches!(
        primary,
        Some(
            "ar" | "he"
                | "iw"
                | "fa"
                | "ur"
                | "yi"
                | "ps"
                | "sd"
                | "ug"
                | "dv"
                | "ckb"
                | "syr"
                | "arc"
        )
    )
}
