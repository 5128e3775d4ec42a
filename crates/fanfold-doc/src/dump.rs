//! A readable dump of what a reader returned, for golden files and for looking at.
//!
//! Owns nothing but the layout: it says everything that an [`Imported`] holds, a line each.

use std::fmt::Write;

use crate::document::*;
use crate::imported::*;

/// Everything that was read, as an indented text.
pub fn dump(work: &Imported) -> String {
    let mut out = Dump { text: String::new() };
    out.meta(&work.meta);
    for (at, chapter) in work.chapters.iter().enumerate() {
        out.line(0, &format!("chapter {}", at + 1));
        if let Some(title) = &chapter.title {
            out.line(1, &format!("title {title:?}"));
        }
        out.document(1, "summary", &chapter.summary);
        out.document(1, "notes before", &chapter.notes_before);
        out.document(1, "body", &chapter.body);
        out.document(1, "notes after", &chapter.notes_after);
    }
    for media in &work.media {
        let (width, height) = (media.width_pixels, media.height_pixels);
        let bytes = media.bytes.len();
        out.line(0, &format!("media {} {bytes} bytes {width}x{height}", media.name));
    }
    for warning in &work.warnings {
        let (kind, place, text) = (warning.kind.key(), &warning.place, &warning.text);
        out.line(0, &format!("warning {kind} in {place}: {text}"));
    }
    for reason in &work.reasons {
        out.line(0, &format!("because {}: {}, {}", reason.field, reason.rule, reason.place));
    }
    out.text
}

struct Dump {
    text: String,
}

impl Dump {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{:width$}{text}", "", width = depth * 2);
    }

    fn meta(&mut self, meta: &Metadata) {
        if let Some(title) = &meta.title {
            let kind = if meta.title_is_provisional { " (provisional)" } else { "" };
            self.line(0, &format!("title {title:?}{kind}"));
        }
        for author in &meta.authors {
            let url = author.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
            self.line(0, &format!("author {:?}{url}", author.name));
        }
        if let Some(language) = &meta.language {
            self.line(0, &format!("language {language}"));
        }
        for (kind, name) in meta.tags.iter() {
            self.line(0, &format!("{} {name:?}", kind.key()));
        }
        for own in &meta.proposed {
            let (kind, name) = (own.kind.key(), &own.name);
            let (place, rule, evidence) = (&own.place, &own.rule, &own.evidence);
            self.line(0, &format!("proposed {kind} {name:?}: {rule}, {place}: {evidence:?}"));
        }
        for series in &meta.series {
            let part = series.part.map(|part| format!(" part {part}")).unwrap_or_default();
            let url = series.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
            self.line(0, &format!("series {:?}{part}{url}", series.title));
        }
        for name in &meta.collections {
            self.line(0, &format!("collection {name:?}"));
        }
        for (name, date) in [("published", meta.published), ("updated", meta.updated)] {
            if let Some(date) = date {
                self.line(0, &format!("{name} {date}"));
            }
        }
        if let Some(complete) = meta.complete {
            self.line(0, &format!("complete {complete}"));
        }
        if let Some(expected) = meta.chapters_expected {
            self.line(0, &format!("chapters expected {expected}"));
        }
        for (name, value) in &meta.other {
            self.line(0, &format!("other {name:?} {value:?}"));
        }
        let source = &meta.source;
        let site = source.site.as_deref().unwrap_or("-");
        let url = source.url.as_ref().map_or("-", Href::as_str);
        self.line(0, &format!("source {} {site} {url}", source.format));
        self.document(0, "summary", &meta.summary);
        self.document(0, "notes before", &meta.notes_before);
        self.document(0, "disclaimer", &meta.disclaimer);
        self.document(0, "notes after", &meta.notes_after);
    }

    fn document(&mut self, depth: usize, name: &str, document: &Document) {
        if !document.is_empty() {
            let (words, paragraphs) = (document.words(), document.paragraphs());
            self.line(depth, &format!("{name} ({words} words, {paragraphs} paragraphs)"));
            self.blocks(depth + 1, &document.blocks);
        }
    }

    fn blocks(&mut self, depth: usize, blocks: &[Block]) {
        for block in blocks {
            self.block(depth, block);
        }
    }

    fn styled(&mut self, depth: usize, name: &str, style: &Style) {
        self.line(depth, &format!("{name}{}", styled(style)));
    }

    fn block(&mut self, depth: usize, block: &Block) {
        match block {
            Block::Paragraph(style, text) => self.text(depth, "p", style, text),
            Block::Heading(level, style, text) => {
                self.text(depth, &format!("h{}", level.get()), style, text);
            }
            Block::Preformatted(style, text) => self.text(depth, "pre", style, text),
            Block::Quote(quote) => {
                let cite = quote.cite.as_ref().map(|cite| format!(" <{cite}>"));
                let name = format!("quote{}", cite.unwrap_or_default());
                self.styled(depth, &name, &quote.style);
                self.blocks(depth + 1, &quote.blocks);
            }
            Block::List(list) => {
                let start = list.start.map(|start| format!(" from {start}")).unwrap_or_default();
                self.styled(depth, &format!("list {:?}{start}", list.marker), &list.style);
                for item in &list.items {
                    self.styled(depth + 1, "item", &item.style);
                    self.blocks(depth + 2, &item.blocks);
                }
            }
            Block::Definitions(style, entries) => {
                self.styled(depth, "definitions", style);
                for entry in entries {
                    match entry {
                        Definition::Term(style, text) => self.text(depth + 1, "term", style, text),
                        Definition::Detail(style, blocks) => {
                            self.styled(depth + 1, "detail", style);
                            self.blocks(depth + 2, blocks);
                        }
                    }
                }
            }
            Block::Table(table) => self.table(depth, table),
            Block::Figure(figure) => {
                self.styled(depth, "figure", &figure.style);
                self.blocks(depth + 1, &figure.blocks);
                if !figure.caption.is_empty() {
                    self.line(depth + 1, "caption");
                    self.blocks(depth + 2, &figure.caption);
                }
            }
            Block::Details(details) => {
                let open = if details.open { "details open" } else { "details" };
                self.styled(depth, open, &details.style);
                self.text(depth + 1, "summary", &Style::NONE, &details.summary);
                self.blocks(depth + 1, &details.blocks);
            }
            Block::Group(kind, style, blocks) => {
                let name = if *kind == GroupKind::Address { "address" } else { "group" };
                self.styled(depth, name, style);
                self.blocks(depth + 1, blocks);
            }
            Block::SceneBreak(style, width) => {
                let width = width.as_ref().map(|width| format!(" {width}")).unwrap_or_default();
                self.styled(depth, &format!("* * *{width}"), style);
            }
        }
    }

    fn table(&mut self, depth: usize, table: &Table) {
        self.styled(depth, "table", &table.style);
        if !table.caption.is_empty() {
            self.text(depth + 1, "caption", &Style::NONE, &table.caption);
        }
        for row in &table.rows {
            self.styled(depth + 1, &format!("row {:?}", row.part), &row.style);
            for cell in &row.cells {
                let name = if cell.heading { "heading cell" } else { "cell" };
                let spans = match (cell.columns, cell.rows) {
                    (1, 1) => String::new(),
                    (columns, rows) => format!(" {columns}x{rows}"),
                };
                self.styled(depth + 2, &format!("{name}{spans}"), &cell.style);
                self.blocks(depth + 3, &cell.blocks);
            }
        }
    }

    fn text(&mut self, depth: usize, name: &str, style: &Style, text: &[Inline]) {
        let mut notes = Vec::new();
        let line = inlines(text, &mut notes);
        self.line(depth, &format!("{name}{} {line}", styled(style)));
        for blocks in notes {
            self.line(depth + 1, "note");
            self.blocks(depth + 2, blocks);
        }
    }
}

fn styled(style: &Style) -> String {
    let mut out = String::new();
    for class in &style.classes {
        let _ = write!(out, ".{class}");
    }
    if let Some(align) = style.align {
        let _ = write!(out, " {align:?}");
    }
    if let Some(dir) = style.dir {
        let _ = write!(out, " {dir:?}");
    }
    if let Some(lang) = &style.lang {
        let _ = write!(out, " lang={lang}");
    }
    if let Some(title) = &style.title {
        let _ = write!(out, " title={title:?}");
    }
    out
}

/// Inlines on one line: text as it is, everything else in braces.
fn inlines<'a>(content: &'a [Inline], notes: &mut Vec<&'a [Block]>) -> String {
    let mut out = String::new();
    for inline in content {
        match inline {
            Inline::Text(text) => out.push_str(&text.replace('\n', "\\n")),
            Inline::LineBreak => out.push_str("{/}"),
            Inline::Mark(mark, style, content) => {
                let inner = inlines(content, notes);
                let _ = write!(out, "{{{mark:?}{} {inner}}}", styled(style));
            }
            Inline::Styled(style, content) => {
                let inner = inlines(content, notes);
                let _ = write!(out, "{{span{} {inner}}}", styled(style));
            }
            Inline::Quoted(style, _, content) => {
                let inner = inlines(content, notes);
                let _ = write!(out, "{{q{} {inner}}}", styled(style));
            }
            Inline::Link(link) => {
                let inner = inlines(&link.content, notes);
                let href = link.href.as_ref().map_or("", Href::as_str);
                let name = link.name.as_ref().map(|name| format!(" name={name}"));
                let (style, name) = (styled(&link.style), name.unwrap_or_default());
                let _ = write!(out, "{{a{style}{name} <{href}> {inner}}}");
            }
            Inline::Image(image) => {
                let source = match &image.source {
                    ImageSource::Kept(name) => name.to_string(),
                    ImageSource::Remote(href) => href.to_string(),
                };
                let _ = write!(out, "{{img{} <{source}> {:?}}}", styled(&image.style), image.alt);
            }
            Inline::Ruby(style, parts) => {
                let _ = write!(out, "{{ruby{}", styled(style));
                for part in parts {
                    let base = inlines(&part.base, notes);
                    let reading = inlines(&part.reading, notes);
                    let _ = write!(out, " {base}({reading})");
                }
                out.push('}');
            }
            Inline::Footnote(blocks) => {
                notes.push(blocks);
                out.push_str("{note}");
            }
        }
    }
    out
}
