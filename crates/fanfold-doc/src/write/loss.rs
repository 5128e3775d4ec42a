//! What a text gives up where it is written for another site, each kind told and counted.
//!
//! Owns the kinds and how they are said. What is given up is decided by each printer.

use std::collections::BTreeMap;

/// Something that another site cannot have, and that was said as nearly as it could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// A picture became the words that describe it, in brackets.
    Picture,
    /// A note became a number, and its text a part of the end.
    Footnote,
    /// A class for a work's own style sheet was left out.
    Class,
    /// Alignment, direction, language or a title that shows under the pointer was left out.
    Style,
    /// A mark that is neither slanted nor strong nor underlined became plain words.
    Mark,
    /// A link became its text, with its address in brackets where it leads out of the text.
    Link,
    /// A heading, a quotation, a table or the like became plain paragraphs.
    Layout,
    /// A reading above the text stands in brackets behind it.
    Reading,
}

impl Loss {
    /// What happened, said to the writer: "3 pictures became …".
    pub fn said(self, times: u32) -> String {
        let (one, many, became) = match self {
            Loss::Picture => (
                "picture",
                "pictures",
                "stands as its description in brackets; put it on a site that hosts pictures, \
                 and link it from there",
            ),
            Loss::Footnote => {
                ("footnote", "footnotes", "stands as a number, with the note at the end")
            }
            Loss::Class => ("class of a work skin", "classes of a work skin", "is left out"),
            Loss::Style => (
                "alignment, language or direction",
                "alignments, languages or directions",
                "is left out",
            ),
            Loss::Mark => (
                "marked passage (struck out, small, raised or the like)",
                "marked passages (struck out, small, raised or the like)",
                "stands in plain words",
            ),
            Loss::Link => ("link", "links", "stands as text, with its address in brackets"),
            Loss::Layout => (
                "heading, quotation, table or the like",
                "headings, quotations, tables or the like",
                "stands as plain paragraphs",
            ),
            Loss::Reading => {
                ("reading above the text", "readings above the text", "stands in brackets")
            }
        };
        match times {
            1 => format!("1 {one} {became}"),
            _ => format!("{times} {many}: each {became}"),
        }
    }
}

/// What a text gave up: each kind, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses(BTreeMap<Loss, u32>);

impl Losses {
    /// One more of a kind.
    pub(super) fn add(&mut self, loss: Loss) {
        let times = self.0.entry(loss).or_default();
        *times = times.saturating_add(1);
    }

    /// Whether nothing was given up.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often a kind was given up.
    pub fn times(&self, loss: Loss) -> u32 {
        self.0.get(&loss).copied().unwrap_or_default()
    }

    /// Every kind that was given up, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Loss, u32)> {
        self.0.iter().map(|(loss, times)| (*loss, *times))
    }

    /// Takes what another text gave up to this.
    pub fn extend(&mut self, other: &Losses) {
        for (loss, times) in other.iter() {
            let own = self.0.entry(loss).or_default();
            *own = own.saturating_add(times);
        }
    }
}

/// A text as another site takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// What is to be pasted there.
    pub text: String,
    /// What it gave up.
    pub losses: Losses,
}
