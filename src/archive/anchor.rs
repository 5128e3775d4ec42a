//! Finds a passage of a text again after the text was written on: where it was moved to, or round
//! which words others were changed. Where that is not certain, nothing is found.
//!
//! Pure functions over the paragraphs of a text. A passage is known by the words round it in its
//! paragraph, which must stand once in the old text and once in the new one. Paragraphs around it
//! count only where its own has doubles, and none of these came or went. Several ways of looking
//! must not disagree.

use std::collections::HashMap;
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
/// The same where of the other side only the next word is looked at.
const ON_ONE_SIDE: usize = 28;
/// Fewer letters and digits than this, passage and surroundings together, prove nothing.
const LETTERS: usize = 20;
/// A whole paragraph proves something from so many on.
const OF_PARAGRAPH: usize = 8;

/// Where a passage of the old text stands in the new one, if that is certain.
pub fn find(old: &Text, passage: &Passage, new: &Text) -> Option<Passage> {
    let paragraph = old.paragraphs.get(passage.paragraph)?;
    if paragraph.get(passage.bytes.clone())?.is_empty() {
        return None;
    }
    if old.paragraphs == new.paragraphs {
        return Some(passage.clone());
    }
    // What most paragraphs are: the same, and unlike any other.
    if let (Some((1, _)), Some((1, there))) = (old.lines.get(paragraph), new.lines.get(paragraph))
        && letters(paragraph) >= OF_PARAGRAPH
    {
        return Some(Passage { paragraph: *there, bytes: passage.bytes.clone() });
    }
    let at = old.range(passage)?;
    let look = Look { at, own: old.paragraph(passage.paragraph)?, old, new };
    let mut found: Option<Range<usize>> = None;
    for place in [
        look.inside([AROUND, AROUND]),
        look.inside([ON_ONE_SIDE, 0]),
        look.inside([0, ON_ONE_SIDE]),
        look.outside(),
    ] {
        match (place, &found) {
            (Some(place), None) => found = Some(place),
            (Some(place), Some(found)) if place != *found => return None,
            _ => {}
        }
    }
    new.passage(&found?)
}

/// Paragraphs in which some passages were replaced by others; `None` where there are no such ones.
pub fn replaced(paragraphs: &[String], by: &[(Passage, String)]) -> Option<Vec<String>> {
    let mut new = paragraphs.to_vec();
    let mut by: Vec<&(Passage, String)> = by.iter().collect();
    // From behind, so that places before stay what they are.
    by.sort_by_key(|(at, _)| std::cmp::Reverse((at.paragraph, at.bytes.start)));
    for (at, instead) in by {
        let text = new.get_mut(at.paragraph)?;
        text.get(at.bytes.clone())?;
        text.replace_range(at.bytes.clone(), instead);
    }
    Some(new)
}

/// Where a passage stands after that; `None` where one of those that were replaced touches it.
pub fn moved(passage: &Passage, by: &[(Passage, String)]) -> Option<Passage> {
    let mut bytes = passage.bytes.clone();
    for (at, instead) in by.iter().filter(|(at, _)| at.paragraph == passage.paragraph) {
        if at.bytes.start >= passage.bytes.end {
            continue;
        }
        if at.bytes.end > passage.bytes.start {
            return None;
        }
        let moved = |place: usize| (place + instead.len()).checked_sub(at.bytes.len());
        bytes = moved(bytes.start)?..moved(bytes.end)?;
    }
    Some(Passage { paragraph: passage.paragraph, bytes })
}

/// The paragraphs of a text, ready to be looked through.
#[derive(Clone, Debug, Default)]
pub struct Text {
    paragraphs: Vec<String>,
    /// All of them in one piece, a line end before, between and after them.
    text: String,
    /// Where each begins in that.
    starts: Vec<usize>,
    /// What each says: how many say so, and the first that does.
    lines: HashMap<String, (usize, usize)>,
}

impl Text {
    /// Of paragraphs in their order.
    pub fn of(paragraphs: Vec<String>) -> Text {
        let bytes: usize = paragraphs.iter().map(|text| text.len() + 1).sum();
        let mut text = String::with_capacity(bytes + 1);
        let mut starts = Vec::with_capacity(paragraphs.len());
        let mut lines: HashMap<String, (usize, usize)> = HashMap::new();
        text.push('\n');
        for (at, paragraph) in paragraphs.iter().enumerate() {
            starts.push(text.len());
            text.push_str(paragraph);
            text.push('\n');
            lines.entry(paragraph.clone()).or_insert((0, at)).0 += 1;
        }
        Text { paragraphs, text, starts, lines }
    }

    /// The paragraphs.
    pub fn paragraphs(&self) -> &[String] {
        &self.paragraphs
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

    /// Whether some words stand in it once, and where; those that overlap are two.
    fn places(&self, words: &str) -> Places {
        let Some(first) = self.text.find(words) else { return Places::None };
        // More than two are never asked for: a text of one word again and again has as many places
        // as letters.
        let next = first + words.chars().next().map_or(1, char::len_utf8);
        match self.text.get(next..).is_some_and(|rest| rest.contains(words)) {
            true => Places::Several,
            false => Places::One(first),
        }
    }

    /// How many paragraphs say this and nothing else.
    fn doubles(&self, paragraph: &str) -> usize {
        self.lines.get(paragraph).map_or(0, |(many, _)| *many)
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

    /// The range with the words beside it, whole, and whatever stands between.
    fn beside(&self, range: &Range<usize>) -> Range<usize> {
        let ahead = self.text.get(..range.start).unwrap_or_default();
        let word = |c: char| c.is_alphanumeric();
        let start = ahead.trim_end_matches(|c| !word(c)).trim_end_matches(word).len();
        let behind = self.text.get(range.end..).unwrap_or_default();
        let rest = behind.trim_start_matches(|c| !word(c)).trim_start_matches(word);
        start..self.text.len() - rest.len()
    }
}

/// Where words stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Places {
    None,
    /// Here alone.
    One(usize),
    Several,
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A passage that is looked for.
struct Look<'t> {
    old: &'t Text,
    new: &'t Text,
    /// Where it stood.
    at: Range<usize>,
    /// Its paragraph, with the line ends round it.
    own: Range<usize>,
}

impl Look<'_> {
    /// The place of the passage in the new text, where words round it begin there.
    fn place(&self, around: &Range<usize>, there: usize) -> Range<usize> {
        let start = there + (self.at.start - around.start);
        start..start + self.at.len()
    }

    /// Looks for the passage with so much of its paragraph, and with more where that is not enough
    /// to tell it from others.
    fn inside(&self, mut size: [usize; 2]) -> Option<Range<usize>> {
        loop {
            let (wide, beside) = (self.old.around(&self.at, size), self.old.beside(&self.at));
            let wide = wide.start.min(beside.start)..wide.end.max(beside.end);
            let around = wide.start.max(self.own.start)..wide.end.min(self.own.end);
            let words = self.old.text.get(around.clone())?;
            let enough = if around == self.own { OF_PARAGRAPH } else { LETTERS };
            match self.new.places(words) {
                Places::None => return None,
                Places::One(there) if letters(words) >= enough => {
                    if matches!(self.old.places(words), Places::One(_)) {
                        return Some(self.place(&around, there));
                    }
                }
                _ => {}
            }
            let all = |side: usize, within: bool| side == 0 || within;
            if all(size[0], wide.start <= self.own.start) && all(size[1], wide.end >= self.own.end)
            {
                return None;
            }
            size = size.map(|side| side * 2);
        }
    }

    /// Looks for the paragraph among others that say the same, or that say too little: by those
    /// around it. If one of them came or went, nobody can tell which.
    fn outside(&self) -> Option<Range<usize>> {
        let words = self.old.text.get(self.own.clone())?;
        let kind = |text: &Text| std::mem::discriminant(&text.places(words));
        // Without the line end on each side, which every paragraph has.
        let own = words.get(1..words.len() - 1)?;
        if kind(self.old) != kind(self.new) || self.old.doubles(own) != self.new.doubles(own) {
            return None;
        }
        let mut size = AROUND;
        loop {
            let around = self.old.around(&self.own, [size, size]);
            let words = self.old.text.get(around.clone())?;
            let all = around == (0..self.old.text.len());
            let proves = all || letters(words) >= LETTERS;
            if proves && matches!(self.old.places(words), Places::One(_)) {
                let Places::One(there) = self.new.places(words) else { return None };
                return Some(self.place(&around, there));
            }
            if all {
                return None;
            }
            size *= 2;
        }
    }
}

#[cfg(test)]
#[path = "anchor_tests.rs"]
mod tests;
