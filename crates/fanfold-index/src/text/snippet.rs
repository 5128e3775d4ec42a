//! Snippets: the paragraph of a chapter that shows best why it was found, cut to size.

use std::ops::Range;

use super::mark::{Mark, Marker, join};

/// About how long a snippet is, in characters.
const LENGTH: usize = 240;
/// How much of it stands before the first hit.
const BEFORE: usize = 60;
/// How far a cut moves to fall between two words.
const SLACK: usize = 24;

/// A piece of a paragraph with the hits in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Number of the paragraph, counted from 0.
    pub paragraph: usize,
    /// Its text, cut to about 240 characters between words, with … where something was cut off.
    pub text: String,
    /// Byte ranges of the hits in `text`: ascending, not touching each other.
    pub marks: Vec<Range<usize>>,
}

/// The best paragraph: the one in which most of what was asked for occurs, the earliest among
/// equals. `None` when nothing occurs in any.
pub fn snippet<'p>(marker: &Marker, paragraphs: impl Iterator<Item = &'p str>) -> Option<Snippet> {
    let mut best: Option<(usize, usize, &str, Vec<Mark>)> = None;
    for (number, text) in paragraphs.enumerate() {
        let marks = marker.marks(text);
        let clauses = distinct(&marks);
        if clauses > best.as_ref().map_or(0, |(clauses, ..)| *clauses) {
            best = Some((clauses, number, text, marks));
            if clauses == marker.clauses() {
                break;
            }
        }
    }
    let (_, paragraph, text, marks) = best?;
    Some(cut(paragraph, text, &marks))
}

fn distinct(marks: &[Mark]) -> usize {
    let mut clauses: Vec<usize> = marks.iter().map(|mark| mark.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    clauses.len()
}

/// Cuts the window out of a paragraph in which most clauses occur.
fn cut(paragraph: usize, text: &str, marks: &[Mark]) -> Snippet {
    let (mut most, mut start) = (0, 0);
    for (number, mark) in marks.iter().enumerate() {
        let end = forward(text, mark.range.start, LENGTH - BEFORE);
        let inside = marks.get(number..).unwrap_or_default();
        let inside = inside.split(|mark| mark.range.end > end).next().unwrap_or_default();
        let clauses = distinct(inside);
        if number == 0 || clauses > most {
            (most, start) = (clauses, mark.range.start);
        }
    }
    let mut from = back(text, start, BEFORE);
    let mut to = forward(text, from, LENGTH);
    if to == text.len() {
        // The end is near: show more of what comes before.
        from = back(text, to, LENGTH).min(from);
    }
    from = word_after(text, from, start);
    to = word_before(text, to, start);
    let whole = text.get(from..to).unwrap_or_default();
    let trimmed = whole.trim_start();
    from += whole.len() - trimmed.len();
    let trimmed = trimmed.trim_end();
    to = from + trimmed.len();
    let before = if from > 0 { "…" } else { "" };
    let after = if text.get(to..).is_some_and(|rest| !rest.trim().is_empty()) { "…" } else { "" };
    let ranges = marks.iter().filter(|mark| mark.range.start < to && mark.range.end > from);
    let ranges = ranges.map(|mark| {
        let shift = |at: usize| at.clamp(from, to) - from + before.len();
        shift(mark.range.start)..shift(mark.range.end)
    });
    Snippet { paragraph, text: format!("{before}{trimmed}{after}"), marks: join(ranges) }
}

/// The place `count` characters after `at`.
fn forward(text: &str, at: usize, count: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.char_indices().nth(count).map_or(text.len(), |(offset, _)| at + offset)
}

/// The place `count` characters before `at`.
fn back(text: &str, at: usize, count: usize) -> usize {
    let rest = text.get(..at).unwrap_or_default();
    rest.char_indices().rev().nth(count.saturating_sub(1)).map_or(0, |(offset, _)| offset)
}

/// Moves the start of a window forward to the start of a word, if one is near and before `hit`.
fn word_after(text: &str, from: usize, hit: usize) -> usize {
    if from == 0 {
        return 0;
    }
    let near = text.get(from..hit).unwrap_or_default().char_indices().take(SLACK);
    let mut near = near.filter(|(_, c)| c.is_whitespace());
    near.next().map_or(from, |(offset, c)| from + offset + c.len_utf8())
}

/// Moves the end of a window back to the end of a word, if one is near and after `hit`.
fn word_before(text: &str, to: usize, hit: usize) -> usize {
    if to == text.len() {
        return to;
    }
    let near = text.get(hit..to).unwrap_or_default().char_indices().rev().take(SLACK);
    let mut near = near.filter(|(_, c)| c.is_whitespace());
    near.next().map_or(to, |(offset, _)| hit + offset)
}
