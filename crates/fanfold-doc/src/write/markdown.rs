//! Markdown that a person can read and edit, and that reads back as exactly the same work.
//!
//! Front matter holds every field; `<!-- fanfold:… -->` marks where each text begins. What
//! CommonMark cannot say is HTML from the one printer, a block on a line. Owns the escaping: any
//! text survives.

use std::fmt::Write;

use crate::document::*;
use crate::html::Print;
use crate::imported::*;
use crate::walk;

/// Writes a work; images as `media/NAME`.
pub fn markdown(work: &Imported) -> String {
    markdown_with(work, &|name| format!("media/{name}"))
}

/// Writes a work; `image` tells where an image's bytes are kept. Only `media/NAME` is known again
/// when the file is read.
pub fn markdown_with(work: &Imported, image: &dyn Fn(&MediaName) -> String) -> String {
    let mut out = String::new();
    front_matter(&work.meta, &mut out);
    let meta = &work.meta;
    section("summary", &meta.summary, image, &mut out);
    section("notes-before", &meta.notes_before, image, &mut out);
    section("disclaimer", &meta.disclaimer, image, &mut out);
    section("notes-after", &meta.notes_after, image, &mut out);
    for chapter in &work.chapters {
        chapter_text(chapter, image, &mut out);
    }
    out
}

impl Document {
    /// Markdown of this text alone, which [`Document::from_markdown`] reads back as the same.
    pub fn to_markdown(&self) -> String {
        document(self, &|name| format!("media/{name}"))
    }
}

fn chapter_text(chapter: &Chapter, image: &dyn Fn(&MediaName) -> String, out: &mut String) {
    match &chapter.title {
        None => out.push_str("\n<!-- fanfold:chapter untitled -->\n\n"),
        Some(title) => {
            let words: Vec<&str> = title.split_whitespace().collect();
            if words.join(" ") == *title && !title.is_empty() && !title.contains(char::is_control) {
                out.push_str("\n<!-- fanfold:chapter -->\n\n# ");
                out.push_str(&escaped(title).replace('#', "\\#"));
                out.push_str("\n\n");
            } else {
                // Hyphens could close the comment.
                let title = quote(title).replace('-', "\\u002d");
                let _ = writeln!(out, "\n<!-- fanfold:chapter {title} -->\n");
            }
        }
    }
    section("chapter-summary", &chapter.summary, image, out);
    section("chapter-notes-before", &chapter.notes_before, image, out);
    if !chapter.summary.is_empty() || !chapter.notes_before.is_empty() {
        out.push_str("\n<!-- fanfold:text -->\n\n");
    }
    out.push_str(&document(&chapter.body, image));
    section("chapter-notes-after", &chapter.notes_after, image, out);
}

fn section(name: &str, text: &Document, image: &dyn Fn(&MediaName) -> String, out: &mut String) {
    if !text.is_empty() {
        let _ = writeln!(out, "\n<!-- fanfold:{name} -->\n");
        out.push_str(&document(text, image));
    }
}

fn front_matter(meta: &Metadata, out: &mut String) {
    out.push_str("---\nfanfold: 1\n");
    let mut line = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{key}: {value}");
        }
    };
    let text = |text: &Option<String>| text.as_deref().map(quote);
    line("title", text(&meta.title));
    line("title_is_provisional", meta.title_is_provisional.then(|| "true".to_owned()));
    line("language", meta.language.as_ref().map(|language| quote(language.as_str())));
    line("published", meta.published.map(|day| quote(&day.to_string())));
    line("updated", meta.updated.map(|day| quote(&day.to_string())));
    line("complete", meta.complete.map(|complete| complete.to_string()));
    line("chapters_expected", meta.chapters_expected.map(|count| count.to_string()));
    line("site", text(&meta.source.site));
    line("url", meta.source.url.as_ref().map(|url| quote(url.as_str())));
    let url = |url: &Option<Href>| {
        url.as_ref().map(|url| format!(", \"url\": {}", quote(url.as_str()))).unwrap_or_default()
    };
    let mut list = |key: &str, items: Vec<String>| {
        if !items.is_empty() {
            let _ = writeln!(out, "{key}:");
            items.iter().for_each(|item| {
                let _ = writeln!(out, "  - {item}");
            });
        }
    };
    let author = |author: &Author| match &author.url {
        None => quote(&author.name),
        some => format!("{{\"name\": {}{}}}", quote(&author.name), url(some)),
    };
    list("authors", meta.authors.iter().map(author).collect());
    for kind in TagKind::ALL {
        list(kind.key(), meta.tags.of(kind).iter().map(|name| quote(name)).collect());
    }
    let series = |series: &SeriesPlace| {
        let part = series.part.map(|part| format!(", \"part\": {part}")).unwrap_or_default();
        format!("{{\"title\": {}{part}{}}}", quote(&series.title), url(&series.url))
    };
    list("series", meta.series.iter().map(series).collect());
    list("collections", meta.collections.iter().map(|name| quote(name)).collect());
    let pair = |(name, value): &(String, String)| format!("[{}, {}]", quote(name), quote(value));
    list("other", meta.other.iter().map(pair).collect());
    list("proposed", meta.proposed.iter().map(proposal).collect());
    out.push_str("---\n");
}

/// A string as JSON, on one line.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn proposal(own: &Proposal) -> String {
    let place = match &own.place {
        Place::Whole => "null".to_owned(),
        Place::Line(line) => line.to_string(),
        Place::Lines(first, last) => format!("[{first}, {last}]"),
        Place::Part(part) => quote(part),
    };
    let (kind, name) = (quote(own.kind.key()), quote(&own.name));
    let (rule, evidence) = (quote(&own.rule), quote(&own.evidence));
    format!(
        "{{\"kind\": {kind}, \"name\": {name}, \"rule\": {rule}, \"place\": {place}, \
         \"evidence\": {evidence}}}"
    )
}

/// A text as Markdown; as HTML where a note stands in something that Markdown cannot say, because
/// the printer then counts the notes.
fn document(document: &Document, image: &dyn Fn(&MediaName) -> String) -> String {
    let source = |source: &ImageSource| {
        Some(match source {
            ImageSource::Kept(name) => image(name),
            ImageSource::Remote(href) => href.as_str().to_owned(),
        })
    };
    let mut printer =
        Printer { image: &source, notes: Vec::new(), entangled: false, out: String::new() };
    printer.blocks(&document.blocks, "", 0);
    let notes = std::mem::take(&mut printer.notes);
    for (at, note) in notes.iter().enumerate() {
        let start = printer.out.len();
        printer.line(note, true);
        let line = printer.out.split_off(start);
        let _ = write!(printer.out, "[^{}]: ", at + 1);
        push_line(&line, &mut printer.out);
        printer.out.push_str("\n\n");
    }
    if !printer.entangled {
        return printer.out;
    }
    let how = Print { image: &source, ..Print::default() };
    let html = document.print(&how).into_string();
    let html = one_line(&html);
    // A block that opens with `<pre>` ends with the line that closes it.
    let parted = if html.contains("<pre") { html } else { html.replace("</p>", "</p>\n") };
    parted + "\n\n"
}

/// Line ends inside preformatted text as references, so that no empty line ends the block.
fn one_line(html: &str) -> String {
    html.replace('\n', "&#10;").replace('\r', "&#13;")
}

struct Printer<'a> {
    image: &'a dyn Fn(&ImageSource) -> Option<String>,
    notes: Vec<&'a [Inline]>,
    /// Whether a note stands where only HTML can hold it.
    entangled: bool,
    out: String,
}

/// Quotes inside quotes, at most; deeper ones are HTML.
const NESTED: usize = 6;

impl<'a> Printer<'a> {
    fn blocks(&mut self, blocks: &'a [Block], prefix: &str, depth: usize) {
        let mut after_list = false;
        for block in blocks {
            let list = matches!(block, Block::List(_));
            let start = self.out.len();
            self.out.push_str(prefix);
            let said = match block {
                Block::Paragraph(style, text) => style.is_none() && self.paragraph(text, prefix),
                Block::Heading(level, style, text) => style.is_none() && self.heading(*level, text),
                Block::SceneBreak(style, None) if style.is_none() => {
                    self.out.push_str("* * *");
                    true
                }
                Block::Quote(quote) => {
                    self.out.truncate(start);
                    self.quote(quote, prefix, depth)
                }
                Block::List(list) => !after_list && self.list(list, prefix),
                _ => false,
            };
            if !said {
                self.out.truncate(start);
                self.out.push_str(prefix);
                self.html(block);
            }
            let kept = self.out.trim_end_matches('\n').len();
            self.out.truncate(kept);
            self.out.push('\n');
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
            after_list = list && said;
        }
    }

    /// A block on one line of HTML.
    fn html(&mut self, block: &Block) {
        let blocks = std::slice::from_ref(block);
        let mut note = false;
        walk::inlines(blocks, &mut |inline| note |= matches!(inline, Inline::Footnote(_)));
        self.entangled |= note;
        let html = self.print(Document { blocks: blocks.to_vec() });
        self.out.push_str(&one_line(&html));
    }

    fn print(&self, document: Document) -> String {
        let how = Print { image: self.image, ..Print::default() };
        document.print(&how).into_string()
    }

    fn paragraph(&mut self, text: &'a [Inline], prefix: &str) -> bool {
        let (start, notes) = (self.out.len(), self.notes.len());
        self.line(text, false);
        let line = self.out.split_off(start);
        // A line of nothing but an element would be a block of HTML and no paragraph.
        if line.starts_with('<') && line.ends_with('>') {
            self.notes.truncate(notes);
            return false;
        }
        let mut first = true;
        for line in line.split('\n') {
            if !first {
                self.out.push('\n');
                self.out.push_str(prefix);
            }
            first = false;
            push_line(line, &mut self.out);
        }
        true
    }

    fn heading(&mut self, level: Level, text: &'a [Inline]) -> bool {
        let (start, notes) = (self.out.len(), self.notes.len());
        self.line(text, true);
        let line = self.out.split_off(start);
        if line.trim().is_empty() || line.contains('\n') {
            self.notes.truncate(notes);
            return false;
        }
        for _ in 0..level.get() {
            self.out.push('#');
        }
        self.out.push(' ');
        // Number signs at the end would be dropped.
        self.out.push_str(line.strip_suffix('#').unwrap_or(&line));
        if line.ends_with('#') {
            self.out.push_str("\\#");
        }
        true
    }

    fn quote(&mut self, quote: &'a Quote, prefix: &str, depth: usize) -> bool {
        if !quote.style.is_none() || quote.cite.is_some() || depth >= NESTED {
            return false;
        }
        let prefix = format!("{prefix}> ");
        self.blocks(&quote.blocks, &prefix, depth + 1);
        // The last line is the quote's own empty one.
        let kept = self.out.trim_end_matches(['\n', '>', ' ']).len();
        let end = self.out.get(kept..).and_then(|rest| rest.find('\n')).unwrap_or(0);
        self.out.truncate(kept + end);
        true
    }

    /// A list of one plain line an item.
    fn list(&mut self, list: &'a List, prefix: &str) -> bool {
        let plain = |item: &Item| {
            let [Block::Paragraph(style, text)] = item.blocks.as_slice() else { return false };
            style.is_none() && item.style.is_none() && !text.contains(&Inline::LineBreak)
        };
        let numbered = list.marker == Marker::Number;
        let known = numbered || list.marker == Marker::Bullet;
        let first = list.start.unwrap_or(1);
        if !list.style.is_none() || !known || first < 0 || !list.items.iter().all(plain) {
            return false;
        }
        let notes = self.notes.len();
        for (at, item) in list.items.iter().enumerate() {
            let [Block::Paragraph(_, text)] = item.blocks.as_slice() else { return false };
            if at > 0 {
                self.out.push('\n');
                self.out.push_str(prefix);
            }
            match i32::try_from(at) {
                Ok(at) if numbered => {
                    let _ = write!(self.out, "{}. ", first.saturating_add(at));
                }
                _ => self.out.push_str("- "),
            }
            let start = self.out.len();
            self.line(text, true);
            let line = self.out.split_off(start);
            if line.starts_with('<') && line.ends_with('>') {
                self.notes.truncate(notes);
                return false;
            }
            push_line(&line, &mut self.out);
        }
        true
    }

    /// Inlines; `tight` where a line end must not stand in the Markdown.
    fn line(&mut self, content: &'a [Inline], tight: bool) {
        for inline in content {
            match inline {
                Inline::Text(text) => {
                    // "[^1]:" would be the note itself.
                    if text.starts_with(':') && self.out.ends_with(']') {
                        self.out.push('\\');
                    }
                    self.out.push_str(&escaped(text));
                }
                Inline::LineBreak if tight => self.out.push_str("<br/>"),
                Inline::LineBreak => self.out.push_str("\\\n"),
                Inline::Footnote(blocks) => match blocks.as_slice() {
                    [Block::Paragraph(style, text)] if style.is_none() => {
                        self.notes.push(text);
                        self.part_brackets();
                        let _ = write!(self.out, "[^{}]", self.notes.len());
                    }
                    _ => self.entangled = true,
                },
                Inline::Mark(mark, style, content)
                    if style.is_none() && self.is_simple(*mark, content) =>
                {
                    let sign = match mark {
                        Mark::Strong => "**",
                        Mark::Emphasis => "*",
                        _ => "~~",
                    };
                    self.out.push_str(sign);
                    self.line(content, tight);
                    self.out.push_str(sign);
                }
                Inline::Link(link) if is_simple_link(link) => self.link(link, tight),
                Inline::Image(image) if is_simple_image(image) => {
                    let source = (self.image)(&image.source).unwrap_or_default();
                    self.escape_bang();
                    let alt = escaped(&image.alt);
                    let _ = write!(self.out, "![{alt}](<{}>)", source.replace('&', "&amp;"));
                }
                other => self.inline_html(other),
            }
        }
    }

    /// "!" before a link would make it an image.
    fn escape_bang(&mut self) {
        if self.out.ends_with('!') {
            self.out.pop();
            self.out.push_str("\\!");
        }
    }

    /// A note followed by a bracket would be one link with the second bracket as its label.
    fn part_brackets(&mut self) {
        if self.out.ends_with(']') {
            self.out.push_str("<!-- -->");
        }
    }

    fn link(&mut self, link: &'a Link, tight: bool) {
        self.escape_bang();
        self.part_brackets();
        self.out.push('[');
        self.line(&link.content, tight);
        let href = link.href.as_ref().map_or("", Href::as_str);
        let _ = write!(self.out, "](<{}>)", href.replace('&', "&amp;"));
    }

    /// Whether signs can say it: letters at both edges, and no other sign before it.
    fn is_simple(&self, mark: Mark, content: &[Inline]) -> bool {
        let known = matches!(mark, Mark::Strong | Mark::Emphasis | Mark::Strike);
        let edge = |inline: Option<&Inline>, last: bool| match inline {
            Some(Inline::Text(text)) => {
                let c = if last { text.chars().next_back() } else { text.chars().next() };
                c.is_some_and(char::is_alphanumeric)
            }
            _ => false,
        };
        let free = !self.out.ends_with(['*', '~', '_']);
        known && free && edge(content.first(), false) && edge(content.last(), true)
    }

    fn inline_html(&mut self, inline: &Inline) {
        let mut note = false;
        let paragraph = Block::Paragraph(Style::NONE, vec![inline.clone()]);
        let blocks = vec![paragraph];
        walk::inlines(&blocks, &mut |inline| note |= matches!(inline, Inline::Footnote(_)));
        self.entangled |= note;
        let html = self.print(Document { blocks });
        let inner = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
        self.out.push_str(&guarded(inner.unwrap_or_default()));
    }
}

fn is_simple_link(link: &Link) -> bool {
    let away = link.href.as_ref().is_some_and(|href| href.place().is_none());
    away && link.name.is_none() && link.style.is_none() && !link.content.is_empty()
}

fn is_simple_image(image: &Image) -> bool {
    let plain = image.width.is_none() && image.height.is_none() && image.border.is_none();
    plain && image.style.is_none()
}

/// Text inside inline HTML is Markdown too: its signs become references.
fn guarded(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        let sign = "\\`*_[]~|^!:".contains(c) || (c.is_whitespace() && !c.is_ascii());
        if sign && !in_tag {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Text with every sign escaped that could mean something in mid-line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '|' | '^' => {
                out.push('\\');
                out.push(c);
            }
            '&' => {
                let opens = chars.peek().is_some_and(|c| c.is_ascii_alphanumeric() || *c == '#');
                out.push_str(if opens { "&amp;" } else { "&" });
            }
            c if c.is_whitespace() && !c.is_ascii() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// A line with what would make it a heading, a list or a rule escaped at its start.
fn push_line(line: &str, out: &mut String) {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits).unwrap_or(("", line));
    let opens = if digits > 0 {
        rest.starts_with(['.', ')'])
    } else {
        rest.starts_with(['#', '+', '-', '=', '>', ':'])
    };
    out.push_str(number);
    if opens {
        out.push('\\');
    }
    out.push_str(rest);
}
