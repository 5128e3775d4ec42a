//! Puts words in the place of others and leaves everything around them as it is: emphasis, links,
//! notes, images.
//!
//! Owns how an edit is laid over pieces of text. Which edits are good is not asked here.

use std::collections::HashMap;
use std::ops::Range;

use fanfold_doc::document::{Document, Inline};

use crate::paragraph::{self, Fate};

/// Words to be put in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Index into [`paragraphs`](crate::paragraphs).
    pub paragraph: usize,
    /// Bytes of its text.
    pub bytes: Range<usize>,
    /// What stands there. If something else does, the text was changed since, and the edit is left
    /// out.
    pub old: String,
    /// What is to stand there.
    pub new: String,
}

/// The document with these edits made, in normal form.
///
/// Edits that no longer fit, or overlap an earlier one, are left out. Marks and links stay around
/// what they were around; what is put in place of words in several of them goes where the words
/// begin.
pub fn apply(document: &Document, edits: &[Edit]) -> Document {
    with_fates(document, edits, &HashMap::new())
}

/// The same, with what becomes of whole paragraphs.
pub(crate) fn with_fates(
    document: &Document,
    edits: &[Edit],
    fates: &HashMap<usize, Fate>,
) -> Document {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.paragraph, edit.bytes.start, edit.bytes.end));
    let mut document = document.clone();
    let mut next = 0;
    paragraph::rebuild(&mut document.blocks, &mut next, &mut |index, inlines| {
        let from = sorted.partition_point(|edit| edit.paragraph < index);
        let own = sorted.get(from..).unwrap_or_default();
        let own = own.split(|edit| edit.paragraph != index).next().unwrap_or_default();
        if !own.is_empty() {
            edit_line(inlines, own);
        }
        fates.get(&index).copied().unwrap_or(Fate::Stays)
    });
    document.normalize()
}

/// The smallest change that does the same: bytes, and what stands there instead.
type Change<'e> = (Range<usize>, &'e str);

fn edit_line(inlines: &mut [Inline], edits: &[&Edit]) {
    let mut text = String::new();
    paragraph::pieces(inlines, &mut |piece| match piece {
        Some(piece) => text.push_str(piece),
        None => text.push('\n'),
    });
    let mut changes: Vec<Change> = Vec::with_capacity(edits.len());
    let mut free = 0;
    for edit in edits {
        let fits = text.get(edit.bytes.clone()) == Some(edit.old.as_str());
        if fits && edit.bytes.start >= free {
            free = edit.bytes.end;
            smallest(edit, &mut changes);
        }
    }
    let mut changes = Pending { changes: &changes, next: 0, done: false };
    let mut offset = 0;
    paragraph::pieces(inlines, &mut |piece| match piece {
        Some(piece) => {
            let end = offset + piece.len();
            if changes.touches(offset, end) {
                *piece = changes.lay_over(piece, offset);
            }
            offset = end;
        }
        None => offset += 1,
    });
}

/// Takes an edit apart: letters that stay are not touched, so that whatever holds them keeps them.
fn smallest<'e>(edit: &'e Edit, changes: &mut Vec<Change<'e>>) {
    let (old, new) = (edit.old.as_str(), edit.new.as_str());
    let same = |pair: &(char, char)| pair.0 == pair.1;
    if old.chars().count() == new.chars().count() {
        let mut at = edit.bytes.start;
        for (old, (from, other)) in old.chars().zip(new.char_indices()) {
            if old != other {
                let with = new.get(from..from + other.len_utf8()).unwrap_or_default();
                changes.push((at..at + old.len_utf8(), with));
            }
            at += old.len_utf8();
        }
        return;
    }
    let head: usize =
        old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let new = new.get(..new.len() - tail).unwrap_or_default();
    changes.push((edit.bytes.start + head..edit.bytes.end - tail, new));
}

/// Changes in order, and how far they are made.
struct Pending<'c, 'e> {
    changes: &'c [Change<'e>],
    next: usize,
    /// The words of the next one are in the text already; what it takes away reaches further.
    done: bool,
}

impl Pending<'_, '_> {
    /// Whether the next change has something to do in these bytes. Words that are put between
    /// pieces go to the end of the first.
    fn touches(&mut self, start: usize, end: usize) -> bool {
        // What was a line break alone cannot be changed.
        while self.changes.get(self.next).is_some_and(|(range, _)| range.end < start) {
            self.next += 1;
            self.done = false;
        }
        self.changes.get(self.next).is_some_and(|(range, _)| range.start <= end)
    }

    /// A piece of text that begins at `offset`, with the changes laid over it.
    fn lay_over(&mut self, piece: &str, offset: usize) -> String {
        let end = offset + piece.len();
        let mut out = String::with_capacity(piece.len() + 8);
        let mut at = offset;
        while let Some((range, new)) = self.changes.get(self.next) {
            // Words to be taken away must begin in this piece; others may stand at its end.
            if range.start > end || (range.start == end && !range.is_empty()) {
                break;
            }
            let from = range.start.clamp(at, end);
            out.push_str(piece.get(at - offset..from - offset).unwrap_or_default());
            if !self.done {
                out.push_str(new);
                self.done = true;
            }
            at = range.end.clamp(from, end);
            if range.end > end {
                break;
            }
            self.next += 1;
            self.done = false;
        }
        out.push_str(piece.get(at - offset..).unwrap_or_default());
        out
    }
}
