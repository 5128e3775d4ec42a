//! Finds a passage of a text again after the text was written on: where it was moved to, or round
//! which words others were changed. Where that is not certain, nothing is found.
//!
//! Pure functions over the paragraphs of a text. A passage is known by the words round it in its
//! paragraph, which must stand once in the old text and once in the new one. Paragraphs around it
//! count only where its own has doubles, and none of these came or went. Several ways of looking
//! must not disagree.

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
pub fn find(old: &[String], passage: &Passage, new: &[String]) -> Option<Passage> {
    let words = old.get(passage.paragraph)?.get(passage.bytes.clone())?;
    if words.is_empty() {
        return None;
    }
    if old == new {
        return Some(passage.clone());
    }
    let (old, new) = (Whole::of(old), Whole::of(new));
    let look = Look {
        at: old.range(passage)?,
        own: old.paragraph(passage.paragraph)?,
        old: &old,
        new: &new,
    };
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

    /// How often some words stand in it, and where first; those that overlap are counted, too.
    fn places(&self, words: &str) -> (usize, usize) {
        let step = words.chars().next().map_or(1, char::len_utf8);
        let (mut many, mut first, mut from) = (0, 0, 0);
        while let Some(at) = self.text.get(from..).and_then(|rest| rest.find(words)) {
            if many == 0 {
                first = from + at;
            }
            many += 1;
            from += at + step;
        }
        (many, first)
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

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A passage that is looked for.
struct Look<'t> {
    old: &'t Whole,
    new: &'t Whole,
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
            match (self.old.places(words).0, self.new.places(words)) {
                (_, (0, _)) => return None,
                (1, (1, there)) if letters(words) >= enough => {
                    return Some(self.place(&around, there));
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
        if self.old.places(words).0 != self.new.places(words).0 {
            return None;
        }
        let mut size = AROUND;
        loop {
            let around = self.old.around(&self.own, [size, size]);
            let words = self.old.text.get(around.clone())?;
            let all = around == (0..self.old.text.len());
            if self.old.places(words).0 == 1 && (all || letters(words) >= LETTERS) {
                let (many, there) = self.new.places(words);
                return (many == 1).then(|| self.place(&around, there));
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
