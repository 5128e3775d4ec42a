//! A paragraph made ready for the rules: its words, its quotes, and the marks that are found.
//!
//! Owns how text is cut into words. Looks at bytes where it can: nearly all text is ASCII.

use std::ops::Range;

use crate::manner::Dialogue;
use crate::quotes::{self, Speech};
use crate::{Mark, Place, Rule};

/// A paragraph with its words and speeches.
pub(crate) struct Line<'a> {
    /// The text.
    pub text: &'a str,
    /// The same in small letters as far as ASCII goes; every byte stands where it stands in `text`.
    pub small: String,
    /// The words in order.
    pub words: Vec<Range<usize>>,
    /// What stands between double quotes; empty where a text writes its dialogue otherwise.
    pub speeches: Vec<Speech>,
}

impl<'a> Line<'a> {
    pub fn of(text: &'a str, dialogue: Dialogue) -> Line<'a> {
        let double = dialogue == Dialogue::Double;
        let speeches = if double { quotes::speeches(text) } else { Vec::new() };
        Line { text, small: text.to_ascii_lowercase(), words: words(text), speeches }
    }

    /// A word in small letters; "" beyond the ends.
    pub fn small(&self, word: usize) -> &str {
        let range = self.words.get(word).cloned().unwrap_or_default();
        self.small.get(range).unwrap_or_default()
    }

    /// A word as it is written; "" beyond the ends.
    pub fn word(&self, word: usize) -> &'a str {
        let range = self.words.get(word).cloned().unwrap_or_default();
        self.text.get(range).unwrap_or_default()
    }

    /// What stands before a word, as far back as the word before it.
    pub fn before(&self, word: usize) -> &'a str {
        let start = match word.checked_sub(1) {
            None => 0,
            Some(before) => self.words.get(before).map_or(self.text.len(), |range| range.end),
        };
        let end = self.words.get(word).map_or(self.text.len(), |range| range.start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Whether nothing but one space stands between a word and the one before it.
    pub fn follows(&self, word: usize) -> bool {
        word > 0 && word < self.words.len() && matches!(self.before(word), " " | "\u{a0}")
    }

    /// The word before in small letters, if nothing but a space stands between.
    pub fn previous(&self, word: usize) -> &str {
        if self.follows(word) { self.small(word - 1) } else { "" }
    }

    /// The word after in small letters, if nothing but a space stands between.
    pub fn next(&self, word: usize) -> &str {
        if self.follows(word + 1) { self.small(word + 1) } else { "" }
    }

    /// The first word that begins at or after a byte.
    pub fn first_from(&self, byte: usize) -> usize {
        self.words.partition_point(|range| range.start < byte)
    }

    /// Whether a word begins with a capital.
    pub fn is_capital(&self, word: usize) -> bool {
        self.word(word).chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether a byte stands inside a speech.
    pub fn is_spoken(&self, byte: usize) -> bool {
        let after = self.speeches.partition_point(|speech| speech.open.start <= byte);
        let speech = after.checked_sub(1).and_then(|at| self.speeches.get(at));
        speech.is_some_and(|speech| speech.close.as_ref().is_none_or(|close| byte < close.start))
    }
}

/// The words of a text: letters, digits and marks on letters, with apostrophes inside.
pub(crate) fn words(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut words = Vec::with_capacity(text.len() / 5);
    let mut start = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (inside, length) = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => (true, 1),
            b'\'' => {
                let letter = bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic());
                (start.is_some() && letter, 1)
            }
            0..=0x7f => (false, 1),
            _ => wide(text, at, start.is_some()),
        };
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
        at += length;
    }
    if let Some(from) = start {
        words.push(from..text.len());
    }
    words
}

/// The same for a character beyond ASCII: whether it belongs to a word, and its length.
fn wide(text: &str, at: usize, inside: bool) -> (bool, usize) {
    let mut chars = text.get(at..).unwrap_or_default().chars();
    let Some(c) = chars.next() else { return (false, 1) };
    let belongs = match c {
        '’' => inside && chars.next().is_some_and(char::is_alphabetic),
        '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' => inside,
        _ => c.is_alphanumeric(),
    };
    (belongs, c.len_utf8())
}

/// What the rules found in one paragraph.
#[derive(Default)]
pub(crate) struct Found(Vec<(Rule, Range<usize>, Vec<String>)>);

impl Found {
    pub fn add<const N: usize>(&mut self, rule: Rule, at: Range<usize>, instead: [String; N]) {
        self.0.push((rule, at, Vec::from(instead)));
    }

    pub fn keep(&mut self, wanted: impl Fn(Rule, &Range<usize>) -> bool) {
        self.0.retain(|(rule, at, _)| wanted(*rule, at));
    }

    /// Makes marks, leaving out what overlaps an earlier one of its rule.
    pub fn into_marks(mut self, paragraph: usize, text: &str, marks: &mut Vec<Mark>) {
        self.0.sort_by_key(|(rule, at, _)| (at.start, at.end, *rule));
        let mut ends = [0; Rule::ALL.len()];
        let mut units = Units::default();
        for (rule, bytes, replacements) in self.0 {
            let Some(words) = text.get(bytes.clone()) else { continue };
            let Some(end) = ends.get_mut(rule as usize) else { continue };
            if bytes.start < *end {
                continue;
            }
            *end = bytes.end;
            let start = units.at(text, bytes.start);
            let utf16 = start..start + words.encode_utf16().count();
            let words = words.to_owned();
            let place = Place { paragraph, bytes, utf16 };
            marks.push(Mark { rule, place, words, replacements });
        }
    }
}

/// Counts UTF-16 units from place to place, so that many marks cost one pass.
#[derive(Default)]
pub(crate) struct Units {
    byte: usize,
    unit: usize,
}

impl Units {
    /// The unit at a byte; bytes are asked for in rising order.
    pub fn at(&mut self, text: &str, byte: usize) -> usize {
        if let Some(between) = text.get(self.byte..byte) {
            self.unit += between.encode_utf16().count();
            self.byte = byte;
        }
        self.unit
    }
}
