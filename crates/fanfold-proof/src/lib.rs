//! Proofreading of stories by rules and word lists, and tidying up what was typed.
//!
//! No I/O, no clock, no statistics: a [`Document`] goes in,
//! [`Mark`]s come out, each with its rule, its place and the reason. Nothing is changed until
//! somebody accepts a mark ([`apply`]) or a proposed change ([`tidy`]).
//!
//! The rules are for English prose with double quotes; [`Manner`] finds out how a text writes its
//! dialogue, and what does not fit keeps silent. Every rule runs in time linear in the text.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod dialogue;
mod edit;
mod habits;
mod lexicon;
mod line;
mod manner;
mod paragraph;
mod phrases;
mod quotes;
mod rule;
mod tidy;
mod words;

pub use edit::{Edit, apply};
pub use manner::{Dialogue, Manner, Names};
pub use paragraph::{Kind, Paragraph, paragraphs};
pub use rule::{Group, Rule, Silenced};
pub use tidy::{Change, Choices, DashStyle, EllipsisStyle, QuoteStyle, Tidying, tidied, tidy};

use std::ops::Range;

use fanfold_doc::document::Document;

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The rule.
    pub rule: Rule,
    /// Where it stands.
    pub place: Place,
    /// The words that it is about, as they stand there.
    pub words: String,
    /// What could stand there instead: nothing, one way or several. An empty one takes the words
    /// away.
    pub replacements: Vec<String>,
}

impl Mark {
    /// The edit that puts one of the replacements in place; `None` if there is no such one.
    pub fn accept(&self, replacement: usize) -> Option<Edit> {
        let new = self.replacements.get(replacement)?.clone();
        let (paragraph, bytes) = (self.place.paragraph, self.place.bytes.clone());
        Some(Edit { paragraph, bytes, old: self.words.clone(), new })
    }
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into [`paragraphs`], from 0.
    pub paragraph: usize,
    /// Bytes of that paragraph's text.
    pub bytes: Range<usize>,
    /// The same in UTF-16 units, as browsers count.
    pub utf16: Range<usize>,
}

/// Everything that the rules find in a text, in the order of the text.
///
/// The marks of one rule never overlap. Rules that are silenced are not run.
pub fn proof(document: &Document, manner: &Manner, silenced: &Silenced) -> Vec<Mark> {
    let paragraphs = manner.paragraphs(document);
    let mut marks = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        let mut found = line::Found::default();
        local(paragraph, paragraphs.get(index + 1), manner, silenced, &mut found);
        found.into_marks(index, &paragraph.text, &mut marks);
    }
    habits::mixed(&paragraphs, manner, silenced, &mut marks);
    marks.sort_by_key(|mark| (mark.place.paragraph, mark.place.bytes.start, mark.rule));
    marks
}

/// What the rules find in one paragraph, for feedback while it is typed: the same marks as
/// [`proof`] gives for it, but for those of rules that look at the whole text
/// ([`Rule::looks_at_all`]). `following` is the paragraph after it. The places say paragraph 0.
pub fn proof_paragraph(
    paragraph: &Paragraph,
    following: Option<&Paragraph>,
    manner: &Manner,
    silenced: &Silenced,
) -> Vec<Mark> {
    let mut found = line::Found::default();
    local(paragraph, following, manner, silenced, &mut found);
    let mut marks = Vec::new();
    found.into_marks(0, &paragraph.text, &mut marks);
    marks.sort_by_key(|mark| (mark.place.bytes.start, mark.rule));
    marks
}

/// Runs the rules that look at one paragraph.
fn local(
    paragraph: &Paragraph,
    following: Option<&Paragraph>,
    manner: &Manner,
    silenced: &Silenced,
    found: &mut line::Found,
) {
    if paragraph.kind == Kind::Verbatim {
        return;
    }
    let line = line::Line::of(&paragraph.text, manner.dialogue());
    words::spaces(&line, manner, found);
    if manner.english() {
        words::doubled(&line, found);
        words::articles(&line, found);
        phrases::compounds(&line, manner, found);
        phrases::confusions(&line, found);
        if paragraph.kind == Kind::Prose && manner.dialogue() == Dialogue::Double {
            let next_opens = following.is_some_and(|next| quotes::opens(&next.text));
            dialogue::tags(&line, found);
            dialogue::scrap(&line, found);
            dialogue::unbalanced(&line, next_opens, found);
            dialogue::vocatives(&line, found);
            dialogue::beats(&line, found);
        }
    }
    found.keep(|rule, at| !paragraph.is_kept(at) && !silenced.contains(rule));
}
