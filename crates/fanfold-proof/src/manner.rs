//! How a text is written: its language, its dialogue, its names.
//!
//! Owns what the rules must know of the whole text before they look at a paragraph.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use fanfold_doc::document::{Document, Lang};

use crate::line::words;
use crate::paragraph::{Kind, Paragraph};
use crate::{lexicon, paragraph};

/// How a text writes its dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialogue {
    /// Between double quotes, straight or curly.
    Double,
    /// Between single quotes, as many British books do.
    Single,
    /// Behind a dash.
    Dash,
    /// There is none, or it is written in another way.
    None,
}

/// How many more times "every thing" stands in a text than "everything" where it is meant.
const OLD: i64 = 3;

/// How a text is written, found out before its paragraphs are looked at.
#[derive(Clone, Debug)]
pub struct Manner {
    language: Option<Lang>,
    dialogue: Dialogue,
    names: Names,
    old_compounds: bool,
}

impl Manner {
    /// Looks through the documents of a work. Without a language, English is assumed.
    pub fn of<'d>(
        documents: impl IntoIterator<Item = &'d Document>,
        language: Option<&Lang>,
    ) -> Manner {
        let mut all = Vec::new();
        for document in documents {
            all.extend(paragraph::paragraphs(document, language));
        }
        Manner::of_paragraphs(&all, language)
    }

    fn of_paragraphs(all: &[Paragraph], language: Option<&Lang>) -> Manner {
        let mut votes = Votes::default();
        let mut names = Counting::default();
        let mut compounds = 0_i64;
        for paragraph in all.iter().filter(|paragraph| paragraph.kind != Kind::Verbatim) {
            votes.add(&paragraph.text);
            let words = words(&paragraph.text);
            names.add(&paragraph.text, &words);
            compounds += lexicon::old_compounds(&paragraph.text);
        }
        Manner {
            language: language.cloned(),
            dialogue: votes.dialogue(),
            names: names.names(),
            old_compounds: compounds >= OLD,
        }
    }

    /// The paragraphs of a document in the language of the work.
    pub fn paragraphs(&self, document: &Document) -> Vec<Paragraph> {
        paragraph::paragraphs(document, self.language.as_ref())
    }

    /// Whether the rules for English apply.
    pub fn english(&self) -> bool {
        self.is_in("en") || self.language.is_none()
    }

    /// Whether the text is in a language, by the first part of its tag.
    pub(crate) fn is_in(&self, code: &str) -> bool {
        let tag = self.language.as_ref().map(Lang::as_str).unwrap_or_default();
        tag.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(code))
    }

    /// How it writes its dialogue.
    pub fn dialogue(&self) -> Dialogue {
        self.dialogue
    }

    /// The names in it.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Whether it writes "every thing" more often than "everything", as people once did.
    pub(crate) fn old_compounds(&self) -> bool {
        self.old_compounds
    }
}

/// What speaks for each way to write dialogue.
#[derive(Default)]
struct Votes {
    double: usize,
    single: usize,
    dash: usize,
}

impl Votes {
    fn add(&mut self, text: &str) {
        let start = text.trim_start();
        if text.contains(['"', '“', '”']) {
            self.double += 1;
        }
        let mut chars = start.chars();
        match (chars.next(), chars.next(), chars.next()) {
            (Some('‘' | '\''), Some(c), _) if c.is_uppercase() => self.single += 1,
            (Some('—' | '–' | '―'), Some(_), _) => self.dash += 1,
            (Some('-'), Some(c), Some(_)) if c == '-' || c.is_whitespace() => self.dash += 1,
            _ => {}
        }
    }

    fn dialogue(&self) -> Dialogue {
        let most = self.double.max(self.single).max(self.dash);
        match most {
            0 => Dialogue::None,
            _ if most == self.double => Dialogue::Double,
            _ if most == self.single => Dialogue::Single,
            _ => Dialogue::Dash,
        }
    }
}

/// The names in a text: words with a capital in mid-sentence that are never written small.
#[derive(Clone, Debug, Default)]
pub struct Names {
    all: HashSet<String>,
    by_number: Vec<String>,
}

impl Names {
    /// Whether a word is a name, with or without the `'s` of what belongs to somebody.
    pub fn contains(&self, word: &str) -> bool {
        self.all.contains(bare(word))
    }

    /// The names, the most frequent first: what a spelling checker is to be taught.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.by_number.iter().map(String::as_str)
    }
}

/// A word without the ending of what belongs to somebody.
fn bare(word: &str) -> &str {
    let ends = ["'s", "’s", "'", "’"];
    ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word)
}

/// Gathers names.
#[derive(Default)]
struct Counting {
    /// Words that once stood with a capital in mid-sentence, and how often they stood with one.
    capital: HashMap<String, (usize, bool)>,
    small: HashSet<String>,
}

impl Counting {
    fn add(&mut self, text: &str, words: &[Range<usize>]) {
        let mut before = 0;
        for range in words {
            let word = bare(text.get(range.clone()).unwrap_or_default());
            let gap = text.get(before..range.start).unwrap_or_default();
            let first = word.chars().next();
            if first.is_some_and(char::is_uppercase) {
                let inside = before > 0 && (gap == " " || gap == ", " || gap == "-");
                let long = word.chars().nth(1).is_some();
                if long {
                    match self.capital.get_mut(word) {
                        Some(entry) => *entry = (entry.0 + 1, entry.1 || inside),
                        None => {
                            self.capital.insert(word.to_owned(), (1, inside));
                        }
                    }
                }
            } else if word.len() < 24 && !self.small.contains(word) {
                self.small.insert(word.to_owned());
            }
            before = range.end;
        }
    }

    fn names(self) -> Names {
        let small = |word: &str| self.small.contains(word.to_lowercase().as_str());
        let is_name = |entry: &(&String, &(usize, bool))| entry.1.1 && !small(entry.0);
        let mut found: Vec<(&String, &(usize, bool))> =
            self.capital.iter().filter(is_name).collect();
        found.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
        let by_number: Vec<String> = found.into_iter().map(|(word, _)| word.clone()).collect();
        Names { all: by_number.iter().cloned().collect(), by_number }
    }
}
