//! The table of shapes: the layouts of known sites and programs, one row and one file each.
//!
//! Owns the choice of the shape, and what shapes have in common: asking a page or a book for its
//! texts and collecting their images and warnings. A shape finds what the layout says outright;
//! guessing is left to [`crate::structure`].

mod ao3;
mod fanfold;
mod language;

use crate::document::Document;
use crate::html::{Element, Page};
use crate::imported::{Chapter, Imported, Metadata, Place, Warning, WarningKind};
use crate::limits::{Limit, Limits, ReadError};
use crate::read::{Book, Images};

pub(crate) use language::{language_code, language_name};

/// What a shape is looked for in.
#[derive(Clone, Copy)]
pub(crate) enum Source<'s, 'b> {
    /// A page of HTML.
    Page(&'s Page),
    /// An e-book.
    Book(&'s Book<'b>),
}

/// A page of a source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf<'s> {
    /// The path inside the e-book; "" for a page that stands alone.
    pub(crate) path: &'s str,
    /// The page.
    pub(crate) root: Element<'s>,
}

impl<'s> Source<'s, '_> {
    /// The pages in reading order.
    pub(crate) fn leaves(&self) -> Vec<Leaf<'s>> {
        match self {
            Source::Page(page) => vec![Leaf { path: "", root: page.root() }],
            Source::Book(book) => {
                let leaf = |leaf: &'s crate::read::Leaf| Leaf {
                    path: leaf.path.as_str(),
                    root: leaf.page.root(),
                };
                book.leaves.iter().map(leaf).collect()
            }
        }
    }
}

/// The layout of a site or a program.
pub(crate) struct Shape {
    /// Its name in data, e.g. "ao3".
    #[cfg_attr(not(test), allow(dead_code))] // tests name what was recognised
    pub(crate) name: &'static str,
    /// Whether a source has this layout.
    pub(crate) recognise: fn(&Source<'_, '_>) -> bool,
    /// Reads a source that has it.
    pub(crate) read: fn(&Source<'_, '_>, &Limits) -> Result<Imported, ReadError>,
}

/// Every shape, the surest to tell first.
const SHAPES: [&Shape; 2] = [&fanfold::SHAPE, &ao3::SHAPE];

/// The shape of a source, if it has a known one.
pub(crate) fn recognise(source: &Source<'_, '_>) -> Option<&'static Shape> {
    SHAPES.into_iter().find(|shape| (shape.recognise)(source))
}

/// The texts of a source while it is read.
pub(crate) struct Texts<'s, 'b> {
    book: Option<&'s Book<'b>>,
    pub(crate) images: Images<'s>,
    pub(crate) warnings: Vec<Warning>,
}

impl<'s, 'b> Texts<'s, 'b> {
    pub(crate) fn new(source: &Source<'s, 'b>, limits: &'s Limits) -> Texts<'s, 'b> {
        let (book, warnings) = match source {
            Source::Page(_) => (None, Vec::new()),
            Source::Book(book) => (Some(*book), book.warnings.clone()),
        };
        Texts { book, images: Images::new(limits), warnings }
    }

    /// What stands inside an element, without some of the elements in it.
    pub(crate) fn read(
        &mut self,
        path: &str,
        element: Element<'_>,
        without: &[Element<'_>],
    ) -> Document {
        let Texts { book, images, warnings } = self;
        let first = warnings.len();
        let mut resolve = |address: &str| match book {
            Some(book) => book.image(path, address, images),
            None => images.of_address(address),
        };
        let document = element.document_without(without, &mut resolve, warnings);
        if !path.is_empty() {
            // In a book the file says more than the element's name.
            for warning in warnings.iter_mut().skip(first) {
                warning.place = Place::Part(path.to_owned());
            }
        }
        document
    }

    pub(crate) fn warn(&mut self, kind: WarningKind, place: Place, text: String) {
        self.warnings.push(Warning { kind, place, text });
    }

    /// The work, with the images of its texts.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] for too many chapters.
    pub(crate) fn work(
        self,
        meta: Metadata,
        chapters: Vec<Chapter>,
        limits: &Limits,
    ) -> Result<Imported, ReadError> {
        if chapters.len() > limits.chapters {
            return Err(ReadError::TooLarge(Limit::Chapters(limits.chapters)));
        }
        let (media, warnings) = (self.images.into_media(), self.warnings);
        Ok(Imported { meta, chapters, media, warnings, reasons: Vec::new() })
    }
}

/// A chapter's title without its number: `Chapter 3: The Fog` is "The Fog", `Chapter 3` is none.
pub(crate) fn chapter_title(heading: &str) -> Option<String> {
    let heading = heading.trim();
    let bare = || -> Option<&str> {
        let word = heading.get(..7).filter(|word| word.eq_ignore_ascii_case("chapter"))?;
        let rest = heading.get(word.len()..)?.strip_prefix(' ')?.trim_start();
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = !heading.ends_with(rest) || heading.len() > word.len() + 1 + rest.len();
        let ends =
            rest.is_empty() || rest.starts_with([':', '.', '-', '\u{2013}', '\u{2014}', ' ']);
        (numbered && ends)
            .then(|| rest.trim_start_matches([':', '.', '-', '\u{2013}', '\u{2014}', ' ']))
    };
    let title = bare().unwrap_or(heading).trim();
    (!title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::chapter_title;

    #[test]
    fn numbers_are_no_titles() {
        let cases = [
            ("Chapter 3: The Fog", Some("The Fog")),
            ("Chapter 3", None),
            ("CHAPTER 12. Again", Some("Again")),
            ("Chapter 4 \u{2014} Late", Some("Late")),
            ("Chapter", Some("Chapter")),
            ("Chapter and Verse", Some("Chapter and Verse")),
            ("Chapter 3rd", Some("Chapter 3rd")),
            ("The Chapter 3: x", Some("The Chapter 3: x")),
            ("", None),
        ];
        for (heading, title) in cases {
            assert_eq!(chapter_title(heading).as_deref(), title, "{heading}");
        }
    }
}
