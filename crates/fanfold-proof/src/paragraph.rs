//! The paragraphs of a document as plain text, numbered, and the way back to the document.
//!
//! Owns the one order in which paragraphs are counted; [`rebuild`] changes a document in it.

use std::mem;
use std::ops::Range;

use fanfold_doc::document::*;

/// A block that holds text, as plain text.
///
/// A line break is a line end; images and notes are left out, the paragraphs of a note come right
/// after the one that it hangs on. Of ruby the base is taken, not its reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The text.
    pub text: String,
    /// Parts, in order, in which nothing is marked or changed: code, other languages, and letters
    /// that have a reading above them.
    pub kept: Vec<Range<usize>>,
    /// What kind of block it is.
    pub kind: Kind,
    /// Whether it shows something besides its text, e.g. an image.
    pub shows_more: bool,
}

/// What kind of block a paragraph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A paragraph.
    Prose,
    /// A heading, a caption, a term: no speech in it.
    Heading,
    /// Preformatted text, or a paragraph in another language: nothing is marked or changed.
    Verbatim,
}

impl Paragraph {
    /// A paragraph of plain prose.
    pub fn plain(text: &str) -> Paragraph {
        let text = text.to_owned();
        Paragraph { text, kept: Vec::new(), kind: Kind::Prose, shows_more: false }
    }

    /// Whether any of these bytes are not to be touched.
    pub(crate) fn is_kept(&self, at: &Range<usize>) -> bool {
        let next = self.kept.partition_point(|kept| kept.end <= at.start);
        let touches = |kept: &Range<usize>| kept.start < at.end.max(at.start + 1);
        self.kind == Kind::Verbatim || self.kept.get(next).is_some_and(touches)
    }
}

/// The blocks of a document that hold text, in reading order: paragraphs, headings, preformatted
/// text, terms, and captions and summaries that are not empty. `language` is that of the document;
/// what is said to be in another one is kept.
pub fn paragraphs(document: &Document, language: Option<&Lang>) -> Vec<Paragraph> {
    let mut walk = Walk { language: primary(language), out: Vec::new() };
    walk.blocks(&document.blocks, false);
    walk.out
}

/// The part of a language tag that names the language, in small letters; English if not known.
fn primary(language: Option<&Lang>) -> String {
    let tag = language.map_or("en", Lang::as_str);
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

struct Walk {
    language: String,
    out: Vec<Paragraph>,
}

impl Walk {
    /// Whether text of this style inside text that is (or is not) foreign is foreign.
    fn foreign(&self, style: &Style, outer: bool) -> bool {
        style.lang.as_ref().map_or(outer, |lang| primary(Some(lang)) != self.language)
    }

    fn blocks(&mut self, blocks: &[Block], foreign: bool) {
        for block in blocks {
            self.block(block, foreign);
        }
    }

    fn block(&mut self, block: &Block, outer: bool) {
        match block {
            Block::Paragraph(style, text) => self.line(Kind::Prose, style, text, outer),
            Block::Heading(_, style, text) => self.line(Kind::Heading, style, text, outer),
            Block::Preformatted(style, text) => self.line(Kind::Verbatim, style, text, outer),
            Block::Quote(quote) => self.blocks(&quote.blocks, self.foreign(&quote.style, outer)),
            Block::List(list) => {
                let outer = self.foreign(&list.style, outer);
                for item in &list.items {
                    self.blocks(&item.blocks, self.foreign(&item.style, outer));
                }
            }
            Block::Definitions(style, entries) => {
                let outer = self.foreign(style, outer);
                for entry in entries {
                    match entry {
                        Definition::Term(style, text) => {
                            self.line(Kind::Heading, style, text, outer);
                        }
                        Definition::Detail(style, blocks) => {
                            self.blocks(blocks, self.foreign(style, outer));
                        }
                    }
                }
            }
            Block::Table(table) => {
                let outer = self.foreign(&table.style, outer);
                self.caption(&table.caption, outer);
                for row in &table.rows {
                    let outer = self.foreign(&row.style, outer);
                    for cell in &row.cells {
                        self.blocks(&cell.blocks, self.foreign(&cell.style, outer));
                    }
                }
            }
            Block::Figure(figure) => {
                let outer = self.foreign(&figure.style, outer);
                self.blocks(&figure.blocks, outer);
                self.blocks(&figure.caption, outer);
            }
            Block::Details(details) => {
                let outer = self.foreign(&details.style, outer);
                self.caption(&details.summary, outer);
                self.blocks(&details.blocks, outer);
            }
            Block::Group(_, style, blocks) => self.blocks(blocks, self.foreign(style, outer)),
            Block::SceneBreak(..) => {}
        }
    }

    fn caption(&mut self, text: &[Inline], outer: bool) {
        if !text.is_empty() {
            self.line(Kind::Heading, &Style::NONE, text, outer);
        }
    }

    fn line(&mut self, kind: Kind, style: &Style, inlines: &[Inline], outer: bool) {
        let foreign = self.foreign(style, outer);
        let kind = if foreign { Kind::Verbatim } else { kind };
        let mut paragraph = Paragraph { kind, ..Paragraph::plain("") };
        let mut notes = Vec::new();
        self.inlines(inlines, foreign, &mut paragraph, &mut notes);
        self.out.push(paragraph);
        for note in notes {
            self.blocks(note, foreign);
        }
    }

    fn inlines<'d>(
        &self,
        inlines: &'d [Inline],
        outer: bool,
        to: &mut Paragraph,
        notes: &mut Vec<&'d [Block]>,
    ) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => to.text.push_str(text),
                Inline::LineBreak => to.text.push('\n'),
                Inline::Mark(mark, style, content) => {
                    let code =
                        matches!(mark, Mark::Code | Mark::Teletype | Mark::Keyboard | Mark::Sample);
                    self.kept(code || self.foreign(style, outer), content, to, notes);
                }
                Inline::Styled(style, content) | Inline::Quoted(style, _, content) => {
                    self.kept(self.foreign(style, outer), content, to, notes);
                }
                Inline::Link(link) => {
                    to.shows_more |= link.name.is_some();
                    self.kept(self.foreign(&link.style, outer), &link.content, to, notes);
                }
                Inline::Ruby(_, parts) => {
                    for part in parts {
                        // Its reading belongs to the letters as they are.
                        self.kept(true, &part.base, to, notes);
                        // Of the reading only the notes count: it is no part of the text.
                        let mut aside = Paragraph::plain("");
                        self.inlines(&part.reading, outer, &mut aside, notes);
                    }
                    to.shows_more = true;
                }
                Inline::Footnote(blocks) => {
                    to.shows_more = true;
                    notes.push(blocks);
                }
                Inline::Image(_) => to.shows_more = true,
            }
        }
    }

    /// Inlines that may be out of bounds.
    fn kept<'d>(
        &self,
        keep: bool,
        inlines: &'d [Inline],
        to: &mut Paragraph,
        notes: &mut Vec<&'d [Block]>,
    ) {
        let start = to.text.len();
        self.inlines(inlines, keep, to, notes);
        let range = start..to.text.len();
        if keep && !range.is_empty() {
            // What is inside was kept already: this covers it.
            while to.kept.last().is_some_and(|inner| inner.start >= start) {
                to.kept.pop();
            }
            to.kept.push(range);
        }
    }
}

/// What becomes of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays.
    Stays,
    /// It becomes a break between scenes.
    Break,
    /// It goes.
    Goes,
}

/// Gives every line, in the order of [`paragraphs`], to be changed, with its index. Only plain
/// paragraphs can go or become a scene break.
pub(crate) fn rebuild(
    blocks: &mut Vec<Block>,
    next: &mut usize,
    change: &mut dyn FnMut(usize, &mut Vec<Inline>) -> Fate,
) {
    for mut block in mem::take(blocks) {
        let fate = match &mut block {
            Block::Paragraph(_, text) => line(text, next, change),
            other => {
                inside(other, next, change);
                Fate::Stays
            }
        };
        match fate {
            Fate::Stays => blocks.push(block),
            Fate::Break => blocks.push(Block::SceneBreak(Style::NONE, None)),
            Fate::Goes => {}
        }
    }
}

fn inside(
    block: &mut Block,
    next: &mut usize,
    change: &mut dyn FnMut(usize, &mut Vec<Inline>) -> Fate,
) {
    match block {
        Block::Paragraph(_, text) | Block::Heading(_, _, text) | Block::Preformatted(_, text) => {
            line(text, next, change);
        }
        Block::Quote(quote) => rebuild(&mut quote.blocks, next, change),
        Block::List(list) => {
            list.items.iter_mut().for_each(|item| rebuild(&mut item.blocks, next, change));
        }
        Block::Definitions(_, entries) => {
            for entry in entries {
                match entry {
                    Definition::Term(_, text) => {
                        line(text, next, change);
                    }
                    Definition::Detail(_, blocks) => rebuild(blocks, next, change),
                }
            }
        }
        Block::Table(table) => {
            caption(&mut table.caption, next, change);
            let cells = table.rows.iter_mut().flat_map(|row| &mut row.cells);
            cells.for_each(|cell| rebuild(&mut cell.blocks, next, change));
        }
        Block::Figure(figure) => {
            rebuild(&mut figure.blocks, next, change);
            rebuild(&mut figure.caption, next, change);
        }
        Block::Details(details) => {
            caption(&mut details.summary, next, change);
            rebuild(&mut details.blocks, next, change);
        }
        Block::Group(_, _, blocks) => rebuild(blocks, next, change),
        Block::SceneBreak(..) => {}
    }
}

fn caption(
    text: &mut Vec<Inline>,
    next: &mut usize,
    change: &mut dyn FnMut(usize, &mut Vec<Inline>) -> Fate,
) {
    if !text.is_empty() {
        line(text, next, change);
    }
}

fn line(
    text: &mut Vec<Inline>,
    next: &mut usize,
    change: &mut dyn FnMut(usize, &mut Vec<Inline>) -> Fate,
) -> Fate {
    let fate = change(*next, text);
    *next += 1;
    notes(text, next, change);
    fate
}

fn notes(
    inlines: &mut [Inline],
    next: &mut usize,
    change: &mut dyn FnMut(usize, &mut Vec<Inline>) -> Fate,
) {
    for inline in inlines {
        match inline {
            Inline::Footnote(blocks) => rebuild(blocks, next, change),
            Inline::Mark(_, _, content)
            | Inline::Styled(_, content)
            | Inline::Quoted(_, _, content) => notes(content, next, change),
            Inline::Link(link) => notes(&mut link.content, next, change),
            Inline::Ruby(_, parts) => {
                for part in parts {
                    notes(&mut part.base, next, change);
                    notes(&mut part.reading, next, change);
                }
            }
            Inline::Text(_) | Inline::Image(_) | Inline::LineBreak => {}
        }
    }
}

/// Calls `visit` for every piece of text of a line, in the order of [`Paragraph::text`]; a line
/// break is given as `None`.
pub(crate) fn pieces(inlines: &mut [Inline], visit: &mut dyn FnMut(Option<&mut String>)) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => visit(Some(text)),
            Inline::LineBreak => visit(None),
            Inline::Mark(_, _, content)
            | Inline::Styled(_, content)
            | Inline::Quoted(_, _, content) => pieces(content, visit),
            Inline::Link(link) => pieces(&mut link.content, visit),
            Inline::Ruby(_, parts) => {
                parts.iter_mut().for_each(|part| pieces(&mut part.base, visit));
            }
            Inline::Image(_) | Inline::Footnote(_) => {}
        }
    }
}
