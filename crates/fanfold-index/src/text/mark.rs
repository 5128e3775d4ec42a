//! Marking: finds a query's words in a plain text, by the same rules as the index.
//!
//! Whatever makes a work match is found in its texts, and nothing else. Scanning is quick because
//! almost every word is dismissed by its first byte, before any stem is made.

use std::ops::Range;

use super::language::Language;
use super::query::{Query, Term};
use super::words::{Kind, Words};

/// Finds the words of one query in texts of one language.
#[derive(Clone, Debug)]
pub struct Marker {
    language: Language,
    /// Phrases and prefixes, each with the number of its clause.
    terms: Vec<(usize, MarkTerm)>,
    /// Words of the phrases, without repetition.
    needles: Vec<Needle>,
    /// First bytes of folded words that may be a hit; 256 entries.
    first: Vec<bool>,
    clauses: usize,
}

#[derive(Clone, Debug)]
enum MarkTerm {
    /// Numbers of the needles, with their distance from the first.
    Phrase(Vec<(u32, usize)>),
    /// The prefix, and stems of words that begin so but are no longer told by it.
    Prefix(String, Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Needle {
    /// A stem, or a sign or pair of signs.
    text: String,
    sign: bool,
}

/// A hit: where, and of which clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub range: Range<usize>,
    pub clause: usize,
}

/// A word of the text that is one of the needles.
struct Seen {
    position: u32,
    needle: usize,
    range: Range<usize>,
}

impl Marker {
    pub(crate) fn new(query: &Query, language: &str) -> Marker {
        let language = Language::of(language);
        let (terms, needles) = (Vec::new(), Vec::new());
        let mut marker = Marker { language, terms, needles, first: vec![false; 256], clauses: 0 };
        for clause in query.clauses.iter().filter(|clause| !clause.excluded) {
            for term in &clause.any {
                marker.add(term);
            }
            marker.clauses += 1;
        }
        marker
    }

    /// How many clauses there are to be found.
    pub(crate) fn clauses(&self) -> usize {
        self.clauses
    }

    fn add(&mut self, term: &Term) {
        let term = match term {
            Term::Prefix(prefix) => {
                let beyond = self.language.stems_beyond(prefix);
                self.expect(prefix);
                beyond.iter().for_each(|stem| self.expect(stem));
                MarkTerm::Prefix(prefix.clone(), beyond)
            }
            Term::Phrase(slots) => MarkTerm::Phrase(
                slots
                    .iter()
                    .map(|slot| {
                        let stem = self.language.stem(&slot.text);
                        let text = if slot.sign { slot.text.clone() } else { stem.into_owned() };
                        (slot.offset, self.needle(Needle { text, sign: slot.sign }))
                    })
                    .collect(),
            ),
        };
        self.terms.push((self.clauses, term));
    }

    fn needle(&mut self, needle: Needle) -> usize {
        self.expect(&needle.text);
        let known = self.needles.iter().position(|other| *other == needle);
        known.unwrap_or_else(|| {
            self.needles.push(needle);
            self.needles.len() - 1
        })
    }

    /// Lets words pass that may have a stem beginning like `text`.
    fn expect(&mut self, text: &str) {
        if !self.language.keeps_front() {
            self.first.fill(true);
        }
        let first = text.bytes().next().and_then(|byte| self.first.get_mut(usize::from(byte)));
        if let Some(first) = first {
            *first = true;
        }
    }

    /// Byte ranges of the hits in a plain text: ascending, not touching each other. A phrase is
    /// one range. Excluded words are not marked.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        join(self.marks(text).into_iter().map(|mark| mark.range))
    }

    /// All hits, ascending by their start; they may overlap.
    pub(crate) fn marks(&self, text: &str) -> Vec<Mark> {
        let mut marks = Vec::new();
        let mut seen: Vec<Seen> = Vec::new();
        let mut words = Words::new(text);
        while let Some(kind) = words.next() {
            let first = words.folded.as_bytes().first().copied().unwrap_or(0);
            if self.first.get(usize::from(first)) == Some(&true) {
                self.word(kind, &words, &mut seen, &mut marks);
            }
        }
        for (clause, term) in &self.terms {
            if let MarkTerm::Phrase(parts) = term {
                phrases(parts, &seen, *clause, &mut marks);
            }
        }
        marks.sort_by_key(|mark| (mark.range.start, mark.range.end, mark.clause));
        marks
    }

    fn word(&self, kind: Kind, words: &Words<'_>, seen: &mut Vec<Seen>, marks: &mut Vec<Mark>) {
        let range = words.start..words.end;
        let sign = kind != Kind::Word;
        let stem = self.language.stem(&words.folded);
        let text = if sign { words.folded.as_str() } else { stem.as_ref() };
        for (clause, term) in self.terms.iter().filter(|_| !sign) {
            if let MarkTerm::Prefix(prefix, beyond) = term
                && (text.starts_with(prefix) || beyond.iter().any(|stem| stem == text))
            {
                marks.push(Mark { range: range.clone(), clause: *clause });
            }
        }
        let known = self.needles.iter().position(|one| one.sign == sign && one.text == text);
        if let Some(needle) = known {
            seen.push(Seen { position: words.position, needle, range });
        }
    }
}

/// Finds a phrase among the words seen, which are ascending by position.
fn phrases(parts: &[(u32, usize)], seen: &[Seen], clause: usize, marks: &mut Vec<Mark>) {
    let Some(((_, head), rest)) = parts.split_first() else { return };
    for (at, first) in seen.iter().enumerate().filter(|(_, one)| one.needle == *head) {
        let mut end = first.range.end;
        let mut ahead = seen.get(at..).unwrap_or_default().iter();
        let whole = rest.iter().all(|(offset, needle)| {
            let position = first.position + offset;
            let part = ahead
                .by_ref()
                .take_while(|one| one.position <= position)
                .find(|one| one.position == position && one.needle == *needle);
            end = part.map_or(end, |one| end.max(one.range.end));
            part.is_some()
        });
        if whole {
            marks.push(Mark { range: first.range.start..end, clause });
        }
    }
}

/// Joins ascending ranges that overlap or touch.
pub(crate) fn join(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
