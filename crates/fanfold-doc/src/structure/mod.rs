//! What the lines of a bare text mean: title, header lines, notes, chapters, language.
//!
//! Owns the way from loose blocks to a work, shared by every format that has no metadata of its
//! own. Rules only, each with a reason; what a rule reads between the lines is a proposal and
//! never a tag. The body's wording is never changed.

mod chapters;
mod fields;
mod head;
mod heading;
mod label;
mod lines;
mod opening;
mod propose;
mod scene;
#[cfg(test)]
mod tests;
mod title;
mod work;

use crate::document::{Block, Lang};
use crate::imported::{Author, Imported, Place};

pub use scene::is_break;

/// First and last line of the file, from 1; zeros where that is not known.
pub(crate) type Lines = (u32, u32);

/// A block with the lines that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// The block.
    pub(crate) block: Block,
    /// Where it came from.
    pub(crate) lines: Lines,
}

/// What is known of the work besides its text.
#[derive(Clone, Debug)]
pub(crate) struct Hints<'a> {
    /// The file's name without its ending.
    pub(crate) name: &'a str,
    /// The title that the format states; counts for less than one among header lines.
    pub(crate) title: Option<String>,
    /// The authors that the format states.
    pub(crate) authors: Vec<Author>,
    /// The language that the format states.
    pub(crate) language: Option<Lang>,
    /// Header lines that the format states: label and values.
    pub(crate) stated: Vec<(String, Vec<String>)>,
    /// How many chapters there may be at most.
    pub(crate) chapters: usize,
}

impl Default for Hints<'_> {
    fn default() -> Self {
        Hints {
            name: "",
            title: None,
            authors: Vec::new(),
            language: None,
            stated: Vec::new(),
            chapters: 5_000,
        }
    }
}

/// Finds the structure of a text. Total: any pieces give a work, and every word of theirs is kept
/// somewhere in it.
pub(crate) fn structure(pieces: Vec<Piece>, hints: &Hints<'_>) -> Imported {
    work::build(pieces, hints)
}

/// Whether a line opens with a label that hardly any prose opens with.
pub(crate) fn is_header_line(line: &str) -> bool {
    label::parse(line).is_some_and(|label| label.sure)
}

/// Whether a line is a chapter's heading beyond doubt.
pub(crate) fn is_chapter_heading(line: &str) -> bool {
    heading::parse(line).is_some()
}

/// The lines of two neighbours.
fn join(a: Lines, b: Lines) -> Lines {
    if a.0 == 0 {
        return b;
    }
    (a.0, a.1.max(b.1))
}

/// Lines as a place in a report.
fn place(lines: Lines) -> Place {
    match lines {
        (0, _) => Place::Whole,
        (first, last) if last <= first => Place::Line(first),
        (first, last) => Place::Lines(first, last),
    }
}
