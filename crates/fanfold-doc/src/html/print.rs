//! Prints documents as HTML5 that is well-formed XML.
//!
//! Obsolete attributes that AO3 allows are printed as classes (`ff-center`) and `data-` attributes,
//! so that pages and e-books stay valid; the builder reads them back.

use std::fmt::Write;

use crate::document::*;

/// Where a text is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// In the store.
    #[default]
    Rest,
    /// On a page of the archive: links to elsewhere say that they vouch for nothing.
    Web,
    /// In an e-book: notes carry EPUB's own names.
    Epub,
    /// On AO3: its elements and attributes alone, among them what HTML calls obsolete. Notes and
    /// kept images have no place there and must be gone ([`crate::write::Ao3`]).
    Ao3,
}

/// How to print a document.
#[derive(Clone, Copy)]
pub struct Print<'a> {
    /// Where it is shown.
    pub place: Place,
    /// Stands before every name of a place, so that several texts fit on one page.
    pub prefix: &'a str,
    /// Stands before every class of the writer's, so that it cannot pick up the site's styles.
    pub class_prefix: &'a str,
    /// Whether paragraphs, headings and preformatted text get the names `p1`, `p2` …
    pub anchors: bool,
    /// The address of an image; `None` prints a link or the words for it instead.
    pub image: &'a dyn Fn(&ImageSource) -> Option<String>,
}

impl std::fmt::Debug for Print<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Print({:?}, {:?})", self.place, self.prefix)
    }
}

impl Default for Print<'_> {
    fn default() -> Self {
        let (place, prefix, class_prefix, anchors) = (Place::Rest, "", "", false);
        Print { place, prefix, class_prefix, anchors, image: &at_rest }
    }
}

fn at_rest(source: &ImageSource) -> Option<String> {
    Some(match source {
        ImageSource::Kept(name) => format!("media/{name}"),
        ImageSource::Remote(href) => href.as_str().to_owned(),
    })
}

pub(super) fn document(document: &Document, how: &Print<'_>) -> String {
    // About a usual paragraph for each block, so that long texts are not copied as they grow.
    let out = String::with_capacity(document.blocks.len() * 160);
    let mut printer = Printer { out, how, notes: Vec::new(), anchor: 0, link: false };
    for (at, block) in document.blocks.iter().enumerate() {
        // What people are to look at before they paste it has air in it.
        if at > 0 && how.place == Place::Ao3 {
            printer.out.push_str("\n\n");
        }
        printer.block(block);
    }
    printer.notes();
    printer.out
}

struct Printer<'a> {
    out: String,
    how: &'a Print<'a>,
    notes: Vec<&'a [Block]>,
    anchor: u32,
    link: bool,
}

impl<'a> Printer<'a> {
    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &'a Block) {
        match block {
            Block::Paragraph(style, text) => self.line("p", style, text),
            Block::Heading(level, style, text) => {
                const NAMES: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
                let name = NAMES.get(usize::from(level.get()) - 1).copied().unwrap_or("h6");
                self.line(name, style, text);
            }
            Block::Preformatted(style, text) => {
                self.open("pre", style, true, &[]);
                // The parser drops a line end that stands first.
                if matches!(text.first(), Some(Inline::Text(first)) if first.starts_with('\n')) {
                    self.out.push('\n');
                }
                self.inlines(text);
                self.close("pre");
            }
            Block::Quote(quote) => {
                let cite = quote.cite.as_ref().map(Href::as_str);
                self.open("blockquote", &quote.style, false, &[("cite", cite)]);
                self.blocks(&quote.blocks);
                self.close("blockquote");
            }
            Block::List(list) => self.list(list),
            Block::Definitions(style, entries) => self.definitions(style, entries),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => {
                self.open("figure", &figure.style, false, &[]);
                self.blocks(&figure.blocks);
                if !figure.caption.is_empty() {
                    self.open("figcaption", &Style::NONE, false, &[]);
                    self.tight(&figure.caption);
                    self.close("figcaption");
                }
                self.close("figure");
            }
            Block::Details(details) => {
                let open = details.open.then_some("open");
                self.open("details", &details.style, false, &[("open", open)]);
                self.open("summary", &Style::NONE, false, &[]);
                self.inlines(&details.summary);
                self.close("summary");
                self.blocks(&details.blocks);
                self.close("details");
            }
            Block::Group(kind, style, blocks) => {
                let name = if *kind == GroupKind::Address { "address" } else { "div" };
                self.open(name, style, false, &[]);
                self.blocks(blocks);
                self.close(name);
            }
            Block::SceneBreak(style, width) => {
                let width = width.as_ref().map(Length::as_str);
                self.empty("hr", style, &[("data-width", width)]);
            }
        }
    }

    fn line(&mut self, name: &str, style: &Style, text: &'a [Inline]) {
        self.open(name, style, true, &[]);
        self.inlines(text);
        self.close(name);
    }

    /// A single plain paragraph inside an item or a cell needs no element of its own.
    fn tight(&mut self, blocks: &'a [Block]) {
        match blocks {
            [Block::Paragraph(style, text)] if style.is_none() => self.inlines(text),
            _ => self.blocks(blocks),
        }
    }

    fn list(&mut self, list: &'a List) {
        let name = if list.marker == Marker::Number { "ol" } else { "ul" };
        let marker = match list.marker {
            Marker::Bullet | Marker::Number => None,
            Marker::Disc => Some("disc"),
            Marker::Circle => Some("circle"),
            Marker::Square => Some("square"),
        };
        let start = list.start.map(|start| start.to_string());
        let attributes = [("start", start.as_deref()), ("data-marker", marker)];
        self.open(name, &list.style, false, &attributes);
        for item in &list.items {
            self.open("li", &item.style, false, &[]);
            self.tight(&item.blocks);
            self.close("li");
        }
        self.close(name);
    }

    fn definitions(&mut self, style: &Style, entries: &'a [Definition]) {
        self.open("dl", style, false, &[]);
        for entry in entries {
            match entry {
                Definition::Term(style, text) => {
                    self.open("dt", style, false, &[]);
                    self.inlines(text);
                    self.close("dt");
                }
                Definition::Detail(style, blocks) => {
                    self.open("dd", style, false, &[]);
                    self.tight(blocks);
                    self.close("dd");
                }
            }
        }
        self.close("dl");
    }

    fn table(&mut self, table: &'a Table) {
        let border = table.frame.border.map(|border| border.to_string());
        let attributes = [
            ("data-width", table.frame.width.as_ref().map(Length::as_str)),
            ("data-border", border.as_deref()),
            ("data-summary", table.frame.summary.as_deref()),
        ];
        self.open("table", &table.style, false, &attributes);
        if !table.caption.is_empty() {
            self.open("caption", &Style::NONE, false, &[]);
            self.inlines(&table.caption);
            self.close("caption");
        }
        if !table.columns.is_empty() {
            self.open("colgroup", &Style::NONE, false, &[]);
            for column in &table.columns {
                let span = (column.span != 1).then(|| column.span.to_string());
                let width = column.width.as_ref().map(Length::as_str);
                self.empty(
                    "col",
                    &column.style,
                    &[("span", span.as_deref()), ("data-width", width)],
                );
            }
            self.close("colgroup");
        }
        for (part, name) in [(Part::Head, "thead"), (Part::Body, "tbody"), (Part::Foot, "tfoot")] {
            let rows: Vec<&Row> = table.rows.iter().filter(|row| row.part == part).collect();
            if rows.is_empty() {
                continue;
            }
            self.open(name, &Style::NONE, false, &[]);
            for row in rows {
                self.open("tr", &row.style, false, &[]);
                row.cells.iter().for_each(|cell| self.cell(cell));
                self.close("tr");
            }
            self.close(name);
        }
        self.close("table");
    }

    fn cell(&mut self, cell: &'a Cell) {
        let name = if cell.heading { "th" } else { "td" };
        let scope = cell.scope.map(|scope| match scope {
            Scope::Row => "row",
            Scope::Column => "col",
            Scope::RowGroup => "rowgroup",
            Scope::ColumnGroup => "colgroup",
        });
        let several = |count: u16| (count != 1).then(|| count.to_string());
        let (columns, rows) = (several(cell.columns), several(cell.rows));
        let attributes = [
            ("scope", scope),
            ("colspan", columns.as_deref()),
            ("rowspan", rows.as_deref()),
            ("data-width", cell.width.as_ref().map(Length::as_str)),
            ("data-height", cell.height.as_ref().map(Length::as_str)),
            ("data-abbr", cell.abbr.as_deref()),
            ("data-axis", cell.axis.as_deref()),
        ];
        self.open(name, &cell.style, false, &attributes);
        self.tight(&cell.blocks);
        self.close(name);
    }

    fn inlines(&mut self, inlines: &'a [Inline]) {
        for inline in inlines {
            match inline {
                // AO3 counts every sign that it is sent: none more than it needs.
                Inline::Text(text) if self.how.place == Place::Ao3 => {
                    escape_those(text, |b| matches!(b, b'&' | b'<' | b'>'), &mut self.out);
                }
                Inline::Text(text) => escape(text, &mut self.out),
                Inline::LineBreak => self.out.push_str("<br/>"),
                Inline::Mark(mark, style, content) => {
                    let (name, class) = self.tag(*mark);
                    self.open_classed(name, class, style, false, &[]);
                    self.inlines(content);
                    self.close(name);
                }
                Inline::Styled(style, content) => {
                    self.open("span", style, false, &[]);
                    self.inlines(content);
                    self.close("span");
                }
                Inline::Quoted(style, cite, content) => {
                    self.open("q", style, false, &[("cite", cite.as_ref().map(Href::as_str))]);
                    self.inlines(content);
                    self.close("q");
                }
                Inline::Link(link) => self.link(link),
                Inline::Image(image) => self.image(image),
                Inline::Ruby(style, parts) => {
                    self.open("ruby", style, false, &[]);
                    for part in parts {
                        self.inlines(&part.base);
                        self.out.push_str("<rp>(</rp><rt>");
                        self.inlines(&part.reading);
                        self.out.push_str("</rt><rp>)</rp>");
                    }
                    self.close("ruby");
                }
                Inline::Footnote(blocks) => {
                    self.notes.push(blocks);
                    let (number, prefix) = (self.notes.len(), self.how.prefix);
                    let epub = self.epub_type("noteref");
                    let _ = write!(
                        self.out,
                        "<a class=\"ff-note\" id=\"{prefix}fnref{number}\" \
                         href=\"#{prefix}fn{number}\" role=\"doc-noteref\"{epub}>{number}</a>"
                    );
                }
            }
        }
    }

    fn link(&mut self, link: &'a Link) {
        let prefix = self.how.prefix;
        let (key, at) = if self.how.place == Place::Ao3 { ("name", "") } else { ("id", "at-") };
        let id = link.name.as_ref().map(|name| format!("{prefix}{at}{name}"));
        let href = link.href.as_ref().map(|href| match href.place() {
            Some(place) => format!("#{prefix}{at}{place}"),
            None => href.as_str().to_owned(),
        });
        let away = link.href.as_ref().is_some_and(|href| href.place().is_none());
        let rel = (away && self.how.place == Place::Web).then_some("nofollow noopener");
        let attributes = [(key, id.as_deref()), ("href", href.as_deref()), ("rel", rel)];
        self.open("a", &link.style, false, &attributes);
        let outer = std::mem::replace(&mut self.link, true);
        self.inlines(&link.content);
        self.link = outer;
        self.close("a");
    }

    fn image(&mut self, image: &'a Image) {
        let Some(source) = (self.how.image)(&image.source) else {
            self.image_as_link(image);
            return;
        };
        let pixels = |length: &Length| length.as_str().bytes().all(|b| b.is_ascii_digit());
        let plain = |length: &'a Option<Length>| {
            length.as_ref().filter(|length| pixels(length)).map(Length::as_str)
        };
        let share = |length: &'a Option<Length>| {
            length.as_ref().filter(|length| !pixels(length)).map(Length::as_str)
        };
        let border = image.border.map(|border| border.to_string());
        let attributes = [
            ("src", Some(source.as_str())),
            ("alt", Some(image.alt.as_str())),
            ("width", plain(&image.width)),
            ("height", plain(&image.height)),
            ("data-width", share(&image.width)),
            ("data-height", share(&image.height)),
            ("data-border", border.as_deref()),
        ];
        self.empty("img", &image.style, &attributes);
    }

    /// Words in place of an image, with all that the builder needs to read it back as one.
    fn image_as_link(&mut self, image: &'a Image) {
        let words = if image.alt.is_empty() { "image" } else { image.alt.as_str() };
        let ImageSource::Remote(href) = &image.source else {
            return escape(words, &mut self.out);
        };
        // A link must not stand in a link.
        let name = if self.link { "span" } else { "a" };
        let border = image.border.map(|border| border.to_string());
        let attributes = [
            (if self.link { "data-src" } else { "href" }, Some(href.as_str())),
            ("rel", (!self.link).then_some("nofollow noopener")),
            ("data-alt", image.alt.is_empty().then_some("")),
            ("data-width", image.width.as_ref().map(Length::as_str)),
            ("data-height", image.height.as_ref().map(Length::as_str)),
            ("data-border", border.as_deref()),
        ];
        self.open_classed(name, "ff-image", &image.style, false, &attributes);
        escape(words, &mut self.out);
        self.close(name);
    }

    fn notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        let footnotes = self.epub_type("footnotes");
        let _ = write!(self.out, "<section class=\"ff-notes\" role=\"doc-endnotes\"{footnotes}>");
        let prefix = self.how.prefix;
        let footnote = self.epub_type("footnote");
        let mut number = 0;
        while let Some(blocks) = self.notes.get(number).copied() {
            number += 1;
            let _ = write!(
                self.out,
                "<aside id=\"{prefix}fn{number}\" role=\"doc-footnote\"{footnote}>"
            );
            self.blocks(blocks);
            let _ = write!(
                self.out,
                "<a class=\"ff-back\" href=\"#{prefix}fnref{number}\" role=\"doc-backlink\" \
                 aria-label=\"Back to the text\">\u{21a9}</a></aside>"
            );
        }
        self.out.push_str("</section>");
    }

    fn epub_type(&self, kind: &str) -> String {
        match self.how.place {
            Place::Epub => format!(" epub:type=\"{kind}\""),
            _ => String::new(),
        }
    }

    fn open(&mut self, name: &str, style: &Style, anchor: bool, more: &[(&str, Option<&str>)]) {
        self.open_classed(name, "", style, anchor, more);
    }

    fn open_classed(
        &mut self,
        name: &str,
        class: &str,
        style: &Style,
        anchor: bool,
        more: &[(&str, Option<&str>)],
    ) {
        self.start(name, class, style, anchor, more);
        self.out.push('>');
    }

    fn empty(&mut self, name: &str, style: &Style, more: &[(&str, Option<&str>)]) {
        self.start(name, "", style, false, more);
        self.out.push_str("/>");
    }

    fn start(
        &mut self,
        name: &str,
        class: &str,
        style: &Style,
        anchor: bool,
        more: &[(&str, Option<&str>)],
    ) {
        self.out.push('<');
        self.out.push_str(name);
        if anchor {
            self.anchor += 1;
            if self.how.anchors {
                let _ = write!(self.out, " id=\"{}p{}\"", self.how.prefix, self.anchor);
            }
        }
        if !style.is_none() || !class.is_empty() {
            self.style(class, style);
        }
        for (name, value) in more {
            if let Some(value) = value {
                self.attribute(name, value);
            }
        }
    }

    fn style(&mut self, class: &str, style: &Style) {
        let mut classes = String::from(class);
        if let Some(align) = style.align {
            match self.how.place {
                Place::Ao3 => self.attribute("align", align.word()),
                _ => classes = [classes.as_str(), align.class()].join(" "),
            }
        }
        for own in &style.classes {
            let _ = write!(classes, " {}{own}", self.how.class_prefix);
        }
        if !classes.is_empty() {
            self.attribute("class", classes.trim_start());
        }
        if let Some(dir) = style.dir {
            let word = match dir {
                Direction::Ltr => "ltr",
                Direction::Rtl => "rtl",
                Direction::Auto => "auto",
            };
            self.attribute("dir", word);
        }
        if let Some(lang) = &style.lang {
            self.attribute("lang", lang.as_str());
            if self.how.place == Place::Epub {
                self.attribute("xml:lang", lang.as_str());
            }
        }
        if let Some(title) = &style.title {
            self.attribute("title", title);
        }
    }

    /// The element and the class of a mark.
    fn tag(&self, mark: Mark) -> (&'static str, &'static str) {
        match (self.how.place, mark) {
            (Place::Ao3, Mark::Big) => ("big", ""),
            (Place::Ao3, Mark::Teletype) => ("tt", ""),
            _ => mark.tag(),
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let name = match (self.how.place, name) {
            (Place::Ao3, "data-marker") => "type",
            (Place::Ao3, _) => name.strip_prefix("data-").unwrap_or(name),
            _ => name,
        };
        let _ = write!(self.out, " {name}=\"");
        escape(value, &mut self.out);
        self.out.push('"');
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// Text with the characters escaped that mean something in HTML and XML, in and out of quotes.
pub(crate) fn escape(text: &str, out: &mut String) {
    escape_those(text, |b| matches!(b, b'&' | b'<' | b'>' | b'"'), out);
}

/// Text with those of `&<>"` escaped that are asked for.
fn escape_those(text: &str, special: impl Fn(u8) -> bool, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(&special) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let (name, length) = match special.as_bytes().first() {
            Some(b'&') => ("&amp;", 1),
            Some(b'<') => ("&lt;", 1),
            Some(b'>') => ("&gt;", 1),
            _ => ("&quot;", 1),
        };
        out.push_str(name);
        rest = special.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}
