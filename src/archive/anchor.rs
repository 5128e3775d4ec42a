//! Finds a passage of a text again after the text was written on: where it was moved to, or round
//! which words others were changed. Where that is not certain, nothing is found.
//!
//! Pure functions over the paragraphs of a text. A passage is known by its surroundings: words that
//! stand round it in the old text once, and once in the new one. Several ways of looking must not
//! disagree.

use std::ops::Range;

/// Some words of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The paragraph, from 0.
    pub paragraph: usize,
    /// Bytes of its text; never none where it is to be found again.
    pub bytes: Range<usize>,
}

/// How much of the surroundings is looked at first, characters on each side.
const AROUND: usize = 24;
/// The same where only one side is looked at.
const ON_ONE_SIDE: usize = 28;
/// Fewer letters and digits than this, passage and surroundings together, prove nothing.
const LETTERS: usize = 20;
/// A whole paragraph proves something from so many on.
const OF_PARAGRAPH: usize = 8;

/// Where a passage of the old text stands in the new one, if that is certain.
pub fn find(old: &[String], passage: &Passage, new: &[String]) -> Option<Passage> {
    let words = old.get(passage.paragraph)?.get(passage.bytes.clone())?;
    if words.is_empty() {
        return None;
    }
    if old == new {
        return Some(passage.clone());
    }
    let (old, new) = (Whole::of(old), Whole::of(new));
    let at = old.range(passage)?;
    let mut found: Option<Range<usize>> = None;
    for place in [
        by_paragraph(&old, passage, &at, &new),
        by_words(&old, &at, [AROUND, AROUND], &new),
        by_words(&old, &at, [ON_ONE_SIDE, 0], &new),
        by_words(&old, &at, [0, ON_ONE_SIDE], &new),
    ] {
        match (place, &found) {
            (Some(place), None) => found = Some(place),
            (Some(place), Some(found)) if place != *found => return None,
            _ => {}
        }
    }
    new.passage(&found?)
}

/// The same, where some passages of the old text were replaced since, by what was suggested for
/// them. `None` where one of them touches the passage.
pub fn after(
    old: &[String],
    passage: &Passage,
    replaced: &[(Passage, &str)],
) -> Option<(Vec<String>, Passage)> {
    let mut old = old.to_vec();
    let mut own = passage.clone();
    let mut replaced: Vec<&(Passage, &str)> = replaced.iter().collect();
    // From behind, so that places before stay what they are.
    replaced.sort_by_key(|(at, _)| std::cmp::Reverse((at.paragraph, at.bytes.start)));
    for (at, instead) in replaced {
        let text = old.get_mut(at.paragraph)?;
        text.get(at.bytes.clone())?;
        text.replace_range(at.bytes.clone(), instead);
        if at.paragraph != own.paragraph || at.bytes.start >= own.bytes.end {
            continue;
        }
        if at.bytes.end > own.bytes.start {
            return None;
        }
        let moved = |place: usize| (place + instead.len()).checked_sub(at.bytes.len());
        own.bytes = moved(own.bytes.start)?..moved(own.bytes.end)?;
    }
    Some((old, own))
}

/// Where a passage stands in the new text, if that is certain; `replaced` are passages of the old
/// text for which others were taken, perhaps.
pub fn find_after(
    old: &[String],
    passage: &Passage,
    replaced: &[(Passage, &str)],
    new: &[String],
) -> Option<Passage> {
    let later = if replaced.is_empty() { None } else { after(old, passage, replaced) };
    let found = later.and_then(|(old, passage)| find(&old, &passage, new));
    // What was taken may have been put back since.
    found.or_else(|| find(old, passage, new))
}

/// The paragraphs of a text in one piece, a line end before, between and after them.
struct Whole {
    text: String,
    /// Where each paragraph begins.
    starts: Vec<usize>,
}

impl Whole {
    fn of(paragraphs: &[String]) -> Whole {
        let bytes: usize = paragraphs.iter().map(|text| text.len() + 1).sum();
        let mut text = String::with_capacity(bytes + 1);
        let mut starts = Vec::with_capacity(paragraphs.len());
        text.push('\n');
        for paragraph in paragraphs {
            starts.push(text.len());
            text.push_str(paragraph);
            text.push('\n');
        }
        Whole { text, starts }
    }

    fn range(&self, passage: &Passage) -> Option<Range<usize>> {
        let start = self.starts.get(passage.paragraph)?;
        Some(start + passage.bytes.start..start + passage.bytes.end)
    }

    /// The line ends round a paragraph, with all between them.
    fn paragraph(&self, at: usize) -> Option<Range<usize>> {
        let start = self.starts.get(at)? - 1;
        Some(start..self.starts.get(at + 1).map_or(self.text.len(), |next| *next))
    }

    /// A range as a passage; `None` if it does not lie in one paragraph.
    fn passage(&self, range: &Range<usize>) -> Option<Passage> {
        let paragraph =
            self.starts.partition_point(|start| *start <= range.start).checked_sub(1)?;
        let inside = self.paragraph(paragraph)?;
        let start = self.starts.get(paragraph)?;
        let bytes = range.start - start..range.end - start;
        (range.end < inside.end).then_some(Passage { paragraph, bytes })
    }

    /// Where some words stand, if they do once.
    fn once(&self, words: &str) -> Count {
        let Some(first) = self.text.find(words) else { return Count::None };
        // Those that overlap with the first are others, too.
        let next = first + words.chars().next().map_or(1, char::len_utf8);
        match self.text.get(next..).is_some_and(|rest| rest.contains(words)) {
            true => Count::Many,
            false => Count::One(first),
        }
    }

    /// The range and so many characters round it, as far as there are so many.
    fn around(&self, range: &Range<usize>, [before, after]: [usize; 2]) -> Range<usize> {
        let ahead = self.text.get(..range.start).unwrap_or_default();
        let start = match before {
            0 => range.start,
            _ => ahead.char_indices().rev().nth(before - 1).map_or(0, |(at, _)| at),
        };
        let behind = self.text.get(range.end..).unwrap_or_default();
        let end =
            behind.char_indices().nth(after).map_or(self.text.len(), |(at, _)| range.end + at);
        start..end
    }

    /// Whether a place is not inside a word.
    fn is_edge(&self, at: usize) -> bool {
        let (ahead, behind) = (self.text.get(..at), self.text.get(at..));
        let before = ahead.and_then(|text| text.chars().next_back());
        let after = behind.and_then(|text| text.chars().next());
        !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric))
    }
}

enum Count {
    None,
    One(usize),
    Many,
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Looks for the whole paragraph as it was.
fn by_paragraph(
    old: &Whole,
    passage: &Passage,
    at: &Range<usize>,
    new: &Whole,
) -> Option<Range<usize>> {
    let around = old.paragraph(passage.paragraph)?;
    let words = old.text.get(around.clone())?;
    let (Count::One(_), Count::One(there)) = (old.once(words), new.once(words)) else {
        return None;
    };
    let start = there + (at.start - around.start);
    (letters(words) >= OF_PARAGRAPH).then(|| start..start + at.len())
}

/// Looks for the passage with so much of its surroundings, and with more where that is not enough
/// to tell it from others.
fn by_words(
    old: &Whole,
    at: &Range<usize>,
    mut size: [usize; 2],
    new: &Whole,
) -> Option<Range<usize>> {
    loop {
        let around = old.around(at, size);
        let words = old.text.get(around.clone())?;
        let all = around == (0..old.text.len());
        if let Count::One(_) = old.once(words)
            && (all || letters(words) >= LETTERS)
        {
            match new.once(words) {
                Count::None => return None,
                Count::One(there) => {
                    let start = there + (at.start - around.start);
                    let place = start..start + at.len();
                    // Where nothing is said of one side, the words must end there as they did.
                    let edge =
                        |old_at: usize, new_at: usize| old.is_edge(old_at) && new.is_edge(new_at);
                    let first = size[0] > 0 || edge(at.start, place.start);
                    let last = size[1] > 0 || edge(at.end, place.end);
                    return (first && last).then_some(place);
                }
                Count::Many => {}
            }
        }
        if all
            || (size[0] == 0 && around.end == old.text.len())
            || (size[1] == 0 && around.start == 0)
        {
            return None;
        }
        size = size.map(|side| side * 2);
    }
}

#[cfg(test)]
#[path = "anchor_tests.rs"]
mod tests;
