//! A text as AO3 takes it: HTML of AO3's elements and attributes alone; and Markdown that shows no
//! picture of this archive.
//!
//! Owns what has to change in a document before it can stand there: notes become numbers with a
//! list at the end, pictures that are kept here become words. The printing is the one printer's
//! ([`Place::Ao3`]). What AO3 allows is what its sanitizer lets through (otwarchive, August 2026).

use std::collections::HashSet;
use std::mem;

use super::loss::{Loss, Losses, Written};
use crate::document::*;
use crate::html::{Place, Print};
use crate::walk;

/// How a text is to stand on AO3.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ao3<'a> {
    /// Stands before every name of a place, so that all chapters fit on one page.
    pub prefix: &'a str,
    /// Whether classes are taken there: in texts and notes, not in summaries.
    pub classes: bool,
}

impl Document {
    /// The text as AO3's box for HTML takes it, a paragraph a line with an empty one between.
    pub fn to_ao3(&self, how: &Ao3<'_>) -> Written {
        let (adapted, losses) = adapted(self, how.classes, true);
        let print = Print {
            place: Place::Ao3,
            prefix: how.prefix,
            image: &|source| match source {
                ImageSource::Remote(href) => Some(href.as_str().to_owned()),
                ImageSource::Kept(_) => None,
            },
            ..Print::default()
        };
        Written { text: adapted.print(&print).into_string(), losses }
    }

    /// Markdown for another site: as [`Document::to_markdown`], without pictures that are kept
    /// here.
    pub fn to_markdown_elsewhere(&self) -> Written {
        let (adapted, losses) = adapted(self, true, false);
        Written { text: adapted.to_markdown().trim_end().to_owned(), losses }
    }
}

/// The document that is left where kept pictures cannot be shown; without `classes` and with
/// `numbered` notes where that is asked for. In normal form.
pub(super) fn adapted(document: &Document, classes: bool, numbered: bool) -> (Document, Losses) {
    let note = free_name(&document.blocks);
    let mut adapt = Adapt { classes, numbered, note, notes: Vec::new(), losses: Losses::default() };
    let mut blocks = document.blocks.clone();
    adapt.blocks(&mut blocks);
    let notes = mem::take(&mut adapt.notes);
    if !notes.is_empty() {
        let items = (1..).zip(notes).map(|(number, note)| adapt.item(number, note)).collect();
        let list = List { marker: Marker::Number, items, ..List::default() };
        blocks.extend([Block::SceneBreak(Style::NONE, None), Block::List(list)]);
    }
    (Document { blocks }.normalize(), adapt.losses)
}

/// What the names of notes begin with: something that no place of the text begins with.
fn free_name(blocks: &[Block]) -> String {
    let mut names = HashSet::new();
    walk::inlines(blocks, &mut |inline| {
        if let Inline::Link(Link { name: Some(name), .. }) = inline {
            names.insert(name.as_str());
        }
    });
    let mut free = "note".to_owned();
    while names.iter().any(|name| name.starts_with(&free)) {
        free.push('s');
    }
    free
}

struct Adapt {
    classes: bool,
    numbered: bool,
    note: String,
    notes: Vec<Vec<Block>>,
    losses: Losses,
}

impl Adapt {
    fn blocks(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &mut Block) {
        match block {
            Block::Paragraph(style, text)
            | Block::Heading(_, style, text)
            | Block::Preformatted(style, text) => {
                self.style(style);
                self.line(text);
            }
            Block::Quote(quote) => {
                self.style(&mut quote.style);
                self.blocks(&mut quote.blocks);
            }
            Block::List(list) => {
                self.style(&mut list.style);
                for item in &mut list.items {
                    self.style(&mut item.style);
                    self.blocks(&mut item.blocks);
                }
            }
            Block::Definitions(style, entries) => {
                self.style(style);
                for entry in entries {
                    match entry {
                        Definition::Term(style, text) => {
                            self.style(style);
                            self.line(text);
                        }
                        Definition::Detail(style, blocks) => {
                            self.style(style);
                            self.blocks(blocks);
                        }
                    }
                }
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => {
                self.style(&mut figure.style);
                self.blocks(&mut figure.blocks);
                self.blocks(&mut figure.caption);
            }
            Block::Details(details) => {
                self.style(&mut details.style);
                self.line(&mut details.summary);
                self.blocks(&mut details.blocks);
            }
            Block::Group(_, style, blocks) => {
                self.style(style);
                self.blocks(blocks);
            }
            Block::SceneBreak(style, _) => self.style(style),
        }
    }

    fn table(&mut self, table: &mut Table) {
        self.style(&mut table.style);
        self.line(&mut table.caption);
        table.columns.iter_mut().for_each(|column| self.style(&mut column.style));
        for row in &mut table.rows {
            self.style(&mut row.style);
            for cell in &mut row.cells {
                self.style(&mut cell.style);
                self.blocks(&mut cell.blocks);
            }
        }
    }

    fn style(&mut self, style: &mut Style) {
        if !self.classes && !style.classes.is_empty() {
            style.classes.clear();
            self.losses.add(Loss::Class);
        }
    }

    fn line(&mut self, line: &mut Vec<Inline>) {
        for mut inline in mem::take(line) {
            match &mut inline {
                Inline::Footnote(blocks) => {
                    let mut blocks = mem::take(blocks);
                    self.blocks(&mut blocks);
                    if self.numbered {
                        self.call(blocks, line);
                        continue;
                    }
                    inline = Inline::Footnote(blocks);
                }
                Inline::Image(image) => {
                    self.style(&mut image.style);
                    if let Some(words) = in_words(image) {
                        self.losses.add(Loss::Picture);
                        inline = Inline::Text(words);
                    }
                }
                Inline::Mark(_, style, _)
                | Inline::Styled(style, _)
                | Inline::Quoted(style, ..)
                | Inline::Ruby(style, _) => self.style(style),
                Inline::Link(link) => self.style(&mut link.style),
                Inline::Text(_) | Inline::LineBreak => {}
            }
            for content in walk::contents_mut(&mut inline) {
                self.line(content);
            }
            line.push(inline);
        }
    }

    /// The number that calls a note. A space before a note belongs behind the number.
    fn call(&mut self, note: Vec<Block>, line: &mut Vec<Inline>) {
        self.losses.add(Loss::Footnote);
        self.notes.push(note);
        let number = self.notes.len();
        let space = match line.last_mut() {
            Some(Inline::Text(text)) if text.ends_with(' ') => text.pop(),
            _ => None,
        };
        let (here, there) = (format!("{}-{number}-call", self.note), self.name(number));
        let link = link(&here, &there, number.to_string());
        line.push(Inline::Mark(Mark::Superscript, Style::NONE, vec![link]));
        line.extend(space.map(|space| Inline::Text(space.to_string())));
    }

    fn name(&self, number: usize) -> String {
        format!("{}-{number}", self.note)
    }

    /// A note in the list at the end, with the way back.
    fn item(&self, number: usize, mut note: Vec<Block>) -> Item {
        let (here, there) = (self.name(number), format!("{}-{number}-call", self.note));
        let back = link(&here, &there, "\u{21a9}".to_owned());
        match note.last_mut() {
            Some(Block::Paragraph(_, text)) => text.extend([Inline::Text(" ".to_owned()), back]),
            _ => note.push(Block::Paragraph(Style::NONE, vec![back])),
        }
        Item { style: Style::NONE, blocks: note }
    }
}

/// A place with a link to another one.
fn link(here: &str, there: &str, text: String) -> Inline {
    let href = Href::parse(&format!("#{there}"));
    let content = vec![Inline::Text(text)];
    Inline::Link(Link { style: Style::NONE, href, name: Name::parse(here), content })
}

/// The words for a picture that has no address on the web; none for one that has.
fn in_words(image: &Image) -> Option<String> {
    let on_the_web = match &image.source {
        ImageSource::Remote(href) => href.as_str().starts_with("http"),
        ImageSource::Kept(_) => false,
    };
    (!on_the_web).then(|| described(&image.alt))
}

/// What a picture shows, in brackets.
pub(super) fn described(alt: &str) -> String {
    format!("[{}]", if alt.is_empty() { "picture" } else { alt })
}
