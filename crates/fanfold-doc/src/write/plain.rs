//! A text as plain lines, the way FanFiction.net takes it: paragraphs parted by empty lines,
//! *slanted*, **strong** and _underlined_ words between signs, everything else in words.
//!
//! Owns how each thing is said without markup, and a whole work as such a file. A break between
//! scenes has letters in it: lines of signs alone get lost on that site.

use std::fmt::Write;
use std::mem;

use super::ao3::described;
use super::loss::{Loss, Losses, Written};
use super::markup::chapter_label;
use crate::document::*;
use crate::imported::{Imported, TagKind};

/// A break between scenes.
const SCENE_BREAK: &str = "x-x-x";

/// The work as a text file: labelled lines on top, then its chapters under their titles. What a
/// text file cannot hold is said as [`Document::to_plain`] says it.
pub fn text(work: &Imported) -> String {
    let meta = &work.meta;
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        let words: Vec<&str> = value.split_whitespace().collect();
        if !words.is_empty() {
            let _ = writeln!(out, "{label}: {}", words.join(" "));
        }
    };
    line("Title", meta.title.as_deref().unwrap_or_default());
    let authors: Vec<&str> = meta.authors.iter().map(|author| author.name.as_str()).collect();
    line("Author", &authors.join(", "));
    for kind in TagKind::ALL {
        let tags = meta.tags.of(kind);
        line(kind.label(tags.len() != 1), &tags.join(", "));
    }
    line("Language", meta.language.as_ref().map_or("", |language| language.as_str()));
    for series in &meta.series {
        match series.part {
            Some(part) => line("Series", &format!("{}, part {part}", series.title)),
            None => line("Series", &series.title),
        }
    }
    line("Summary", &meta.summary.to_plain().text);
    part("Author's note", &meta.notes_before, &mut out);
    part("Disclaimer", &meta.disclaimer, &mut out);
    let alone = work.chapters.len() == 1;
    for (number, chapter) in (1..).zip(&work.chapters) {
        match &chapter.title {
            None if alone => {}
            None => push_part(&chapter_label(chapter, number), &mut out),
            Some(title) => push_part(&format!("Chapter {number}: {title}"), &mut out),
        }
        part("Summary", &chapter.summary, &mut out);
        part("Author's note", &chapter.notes_before, &mut out);
        push_part(&chapter.body.to_plain().text, &mut out);
        part("Author's note", &chapter.notes_after, &mut out);
    }
    part("Author's note", &meta.notes_after, &mut out);
    out
}

/// A text under its label.
fn part(label: &str, text: &Document, out: &mut String) {
    if !text.is_empty() {
        push_part(&format!("{label}: {}", text.to_plain().text), out);
    }
}

/// Paragraphs with an empty line before them.
fn push_part(text: &str, out: &mut String) {
    if !text.is_empty() {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{text}");
    }
}

impl Document {
    /// The text as plain lines.
    pub fn to_plain(&self) -> Written {
        let mut printer = Printer::default();
        printer.blocks(&self.blocks);
        let notes = mem::take(&mut printer.notes);
        for (at, note) in notes.into_iter().enumerate() {
            printer.lead = format!("[{}] ", at + 1);
            printer.blocks(note);
        }
        Written { text: printer.out, losses: printer.losses }
    }
}

#[derive(Default)]
struct Printer<'a> {
    out: String,
    /// What stands before the next paragraph: the sign of an item, the number of a note.
    lead: String,
    /// The signs that are open.
    open: Vec<&'static str>,
    notes: Vec<&'a [Block]>,
    losses: Losses,
}

impl<'a> Printer<'a> {
    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &'a Block) {
        match block {
            Block::Paragraph(style, text) => self.paragraph(style, text),
            Block::Heading(_, style, text) => {
                self.losses.add(Loss::Layout);
                self.paragraph(style, text);
            }
            Block::Preformatted(style, text) => self.paragraph(style, text),
            Block::Quote(quote) => {
                self.losses.add(Loss::Layout);
                self.style(&quote.style);
                self.blocks(&quote.blocks);
                self.source(quote.cite.as_ref());
            }
            Block::List(list) => {
                self.style(&list.style);
                let first = i64::from(list.start.unwrap_or(1));
                for (number, item) in (first..).zip(&list.items) {
                    self.style(&item.style);
                    self.lead.push_str(&match list.marker {
                        Marker::Number => format!("{number}. "),
                        _ => "- ".to_owned(),
                    });
                    self.blocks(&item.blocks);
                }
            }
            Block::Definitions(style, entries) => {
                self.losses.add(Loss::Layout);
                self.style(style);
                for entry in entries {
                    match entry {
                        Definition::Term(style, text) => self.paragraph(style, text),
                        Definition::Detail(style, blocks) => {
                            self.style(style);
                            self.blocks(blocks);
                        }
                    }
                }
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => {
                self.style(&figure.style);
                self.blocks(&figure.blocks);
                self.blocks(&figure.caption);
            }
            Block::Details(details) => {
                self.losses.add(Loss::Layout);
                self.paragraph(&details.style, &details.summary);
                self.blocks(&details.blocks);
            }
            Block::Group(_, style, blocks) => {
                self.style(style);
                self.blocks(blocks);
            }
            Block::SceneBreak(style, width) => {
                self.style(style);
                if width.is_some() && style.is_none() {
                    self.losses.add(Loss::Style);
                }
                self.push(SCENE_BREAK);
            }
        }
    }

    fn paragraph(&mut self, style: &Style, text: &'a [Inline]) {
        self.style(style);
        let line = self.said(text);
        self.push(&line);
    }

    /// A row is a paragraph, its cells parted by bars.
    fn table(&mut self, table: &'a Table) {
        self.losses.add(Loss::Layout);
        let caption = self.said(&table.caption);
        self.push(&caption);
        for row in &table.rows {
            let mut cells = Vec::new();
            for cell in &row.cells {
                let outer = (mem::take(&mut self.out), mem::take(&mut self.lead));
                self.blocks(&cell.blocks);
                let lines = mem::replace(&mut self.out, outer.0);
                self.lead = outer.1;
                let words: Vec<&str> = lines.split_whitespace().collect();
                cells.push(words.join(" "));
            }
            self.push(&cells.join(" | "));
        }
    }

    /// A paragraph; nothing where it says nothing.
    fn push(&mut self, line: &str) {
        let line = line.trim_matches('\n').trim_end();
        if line.trim().is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push_str("\n\n");
        }
        self.out.push_str(&mem::take(&mut self.lead));
        self.out.push_str(line);
    }

    fn style(&mut self, style: &Style) {
        if !style.is_none() {
            self.losses.add(Loss::Style);
        }
    }

    /// Where a quotation is from.
    fn source(&mut self, cite: Option<&Href>) {
        if let Some(cite) = cite {
            self.losses.add(Loss::Link);
            self.push(&format!("({})", shown(cite)));
        }
    }

    fn said(&mut self, line: &'a [Inline]) -> String {
        let mut out = String::new();
        self.inlines(line, &mut out);
        out
    }

    fn inlines(&mut self, line: &'a [Inline], out: &mut String) {
        for inline in line {
            match inline {
                Inline::Text(text) => out.push_str(text),
                Inline::LineBreak => out.push('\n'),
                Inline::Mark(mark, style, content) => {
                    self.style(style);
                    self.mark(*mark, content, out);
                }
                Inline::Styled(style, content) => {
                    self.style(style);
                    self.inlines(content, out);
                }
                Inline::Quoted(style, cite, content) => {
                    self.style(style);
                    out.push('“');
                    self.inlines(content, out);
                    out.push('”');
                    self.address(cite.as_ref(), out);
                }
                Inline::Link(link) => {
                    self.style(&link.style);
                    let start = out.len();
                    self.inlines(&link.content, out);
                    let said = out.get(start..).unwrap_or_default().trim();
                    let href = link.href.as_ref().filter(|href| shown(href) != said);
                    self.address(href, out);
                }
                Inline::Image(image) => {
                    self.style(&image.style);
                    self.losses.add(Loss::Picture);
                    out.push_str(&described(&image.alt));
                    if let ImageSource::Remote(href) = &image.source {
                        let _ = write!(out, " ({})", shown(href));
                    }
                }
                Inline::Ruby(style, parts) => {
                    self.style(style);
                    self.losses.add(Loss::Reading);
                    for part in parts {
                        self.inlines(&part.base, out);
                        if !part.reading.is_empty() {
                            out.push('(');
                            self.inlines(&part.reading, out);
                            out.push(')');
                        }
                    }
                }
                Inline::Footnote(blocks) => {
                    self.losses.add(Loss::Footnote);
                    self.notes.push(blocks);
                    let space = if out.ends_with(' ') { " " } else { "" };
                    let _ = write!(out, "[{}]{space}", self.notes.len());
                }
            }
        }
    }

    /// Signs stand close to the words, spaces outside of them.
    fn mark(&mut self, mark: Mark, content: &'a [Inline], out: &mut String) {
        let sign = match mark {
            Mark::Emphasis | Mark::Italic => "*",
            Mark::Strong | Mark::Bold => "**",
            Mark::Underline => "_",
            _ => {
                self.losses.add(Loss::Mark);
                return self.inlines(content, out);
            }
        };
        if self.open.contains(&sign) {
            return self.inlines(content, out);
        }
        self.open.push(sign);
        let said = self.said(content);
        self.open.pop();
        let words = said.trim();
        if words.is_empty() {
            return out.push_str(&said);
        }
        let start = said.len() - said.trim_start().len();
        let (before, after) = (said.get(..start), said.get(start + words.len()..));
        for part in [before.unwrap_or_default(), sign, words, sign, after.unwrap_or_default()] {
            out.push_str(part);
        }
    }

    /// Where a link leads, in brackets; a place in the same text has no address.
    fn address(&mut self, href: Option<&Href>, out: &mut String) {
        if let Some(href) = href {
            self.losses.add(Loss::Link);
            if href.place().is_none() {
                let _ = write!(out, " ({})", shown(href));
            }
        }
    }
}

/// An address as people write it.
fn shown(href: &Href) -> &str {
    href.as_str().strip_prefix("mailto:").unwrap_or(href.as_str())
}
