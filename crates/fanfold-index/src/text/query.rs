//! The query language: what a reader types into the search box.
//!
//! Words are AND-ed. `"a phrase"` (straight or curly), `-word`, `-"phrase"`, `prefix*`, and `OR`
//! or `||` between two terms; `AND`, `&&` and `NOT` are understood as well. Parsing knows nothing
//! of the index: stems are made when the query is run, one for each language.

use super::error::QueryError;
use super::mark::Marker;
use super::words::{Kind, Words};

/// Longest query, in characters.
const MAX_CHARS: usize = 4096;
/// Most terms in a query.
const MAX_TERMS: usize = 64;
/// Most prefixes in a query: each stands for many words.
const MAX_PREFIXES: usize = 8;
/// Most words in a query, those inside phrases included.
const MAX_WORDS: usize = 256;

/// A query that has been read and can be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(crate) clauses: Vec<Clause>,
    /// Where alone the words may stand.
    pub(crate) within: Option<TextPlace>,
}

/// A part of a work's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextPlace {
    /// The work's title.
    Title,
    /// Summaries and notes.
    Notes,
    /// The story itself.
    Body,
}

impl TextPlace {
    /// The field of [`TEXT_FIELDS`](super::TEXT_FIELDS).
    pub(crate) fn field(self) -> usize {
        match self {
            TextPlace::Body => 0,
            TextPlace::Title => 1,
            TextPlace::Notes => 5,
        }
    }
}

/// Alternatives, one of which must occur in a work, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub excluded: bool,
    pub any: Vec<Term>,
}

/// What one looks for in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// Words in a row; one word is a phrase of one.
    Phrase(Vec<Slot>),
    /// Any word that begins so, folded.
    Prefix(String),
}

/// One word of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Distance from the first word of the phrase.
    pub offset: u32,
    /// The word, folded.
    pub text: String,
    /// Whether it is of a script without spaces, and so has no stem.
    pub sign: bool,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// A sentence for the reader, with the place: a quotation mark that is never closed, an `OR`
    /// without a neighbour, a prefix that is too short, more than 4,096 characters, 64 terms,
    /// 256 words or 8 prefixes.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        Parser::new(text)?.run()
    }

    /// The same words, but only where they stand in one part of a work's texts.
    #[must_use]
    pub fn within(self, place: TextPlace) -> Query {
        Query { within: Some(place), ..self }
    }

    /// Whether nothing is asked for. (Such a query finds every work.)
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Finds this query's words in texts of a language, to mark them.
    pub fn marker(&self, language: &str) -> Marker {
        Marker::new(self, language)
    }
}

/// The words of a text as a phrase. Of a run of unspaced signs only the pairs are kept (they say
/// everything), of a single sign the sign.
pub(crate) fn phrase(text: &str) -> Vec<Slot> {
    // A line break inside a query is a space, not the end of a paragraph.
    let text = text.replace('\n', " ");
    let mut words = Words::new(&text);
    let mut slots: Vec<Slot> = Vec::new();
    let mut pair: Option<(u32, usize)> = None;
    while let Some(kind) = words.next() {
        match (kind, pair) {
            (Kind::Sign, Some((position, end)))
                if position + 1 == words.position && end == words.end =>
            {
                continue;
            }
            (Kind::Pair, _) => {
                if slots.last().is_some_and(|last| last.offset == words.position) {
                    slots.pop();
                }
                pair = Some((words.position, words.end));
            }
            _ => {}
        }
        let sign = kind != Kind::Word;
        slots.push(Slot { offset: words.position, text: words.folded.clone(), sign });
    }
    let first = slots.first().map_or(0, |slot| slot.offset);
    for slot in &mut slots {
        slot.offset -= first;
    }
    slots
}

/// What stands between two terms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// `OR` was read at this place and wants a term.
    Or(usize),
    /// `NOT` was read.
    Not,
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    clauses: Vec<Clause>,
    before: Before,
    /// Whether the last term can be the left side of an `OR`.
    can_join: bool,
    terms: usize,
    words: usize,
    prefixes: usize,
}

impl Parser {
    fn new(text: &str) -> Result<Parser, QueryError> {
        let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
        if chars.len() > MAX_CHARS {
            let message = format!("Make the search shorter: at most {MAX_CHARS} characters.");
            return Err(QueryError { position: MAX_CHARS, message });
        }
        Ok(Parser {
            chars,
            at: 0,
            clauses: Vec::new(),
            before: Before::Nothing,
            can_join: false,
            terms: 0,
            words: 0,
            prefixes: 0,
        })
    }

    fn run(mut self) -> Result<Query, QueryError> {
        while let Some(c) = self.peek(0) {
            if c.is_whitespace() {
                self.at += 1;
            } else if !self.operator()? {
                self.term()?;
            }
        }
        if let Before::Or(at) = self.before {
            return Err(or_alone(at));
        }
        Ok(Query { clauses: self.clauses, within: None })
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Reads `OR`, `||`, `AND`, `&&` or `NOT` standing alone.
    fn operator(&mut self) -> Result<bool, QueryError> {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|c| c.is_whitespace()).unwrap_or(rest.len());
        let word: String = rest.iter().take(length.min(4)).collect();
        match word.as_str() {
            "OR" | "||" => {
                if !self.can_join || self.before != Before::Nothing {
                    return Err(or_alone(self.at));
                }
                self.before = Before::Or(self.at);
            }
            "AND" | "&&" => {}
            "NOT" => {
                if let Before::Or(at) = self.before {
                    return Err(or_alone(at));
                }
                self.before = Before::Not;
            }
            _ => return Ok(false),
        }
        self.at += length;
        Ok(true)
    }

    fn term(&mut self) -> Result<(), QueryError> {
        let start = self.at;
        let mut excluded = self.take_not();
        while self.peek(0).is_some_and(is_minus) {
            excluded |= self.peek(1).is_some_and(|c| !c.is_whitespace());
            self.at += 1;
        }
        let term = match self.peek(0) {
            Some(c) if is_quote(c) => self.quoted()?,
            Some(c) if !c.is_whitespace() => self.plain()?,
            _ => None,
        };
        let Some(term) = term else { return Ok(()) };
        self.count(&term, start)?;
        match std::mem::replace(&mut self.before, Before::Nothing) {
            Before::Or(at) if excluded => return Err(or_alone(at)),
            Before::Or(_) => {
                if let Some(last) = self.clauses.last_mut() {
                    last.any.push(term);
                }
            }
            _ => self.clauses.push(Clause { excluded, any: vec![term] }),
        }
        self.can_join = !excluded;
        Ok(())
    }

    fn take_not(&mut self) -> bool {
        let not = self.before == Before::Not;
        if not {
            self.before = Before::Nothing;
        }
        not
    }

    fn quoted(&mut self) -> Result<Option<Term>, QueryError> {
        let open = self.at;
        let inside = self.chars.get(open + 1..).unwrap_or_default();
        let Some(length) = inside.iter().position(|c| is_quote(*c)) else {
            let message = "This quotation mark is never closed. Add one at the end of the phrase.";
            return Err(QueryError { position: open, message: message.to_owned() });
        };
        let text: String = inside.iter().take(length).collect();
        self.at = open + length + 2;
        let slots = phrase(&text);
        Ok((!slots.is_empty()).then_some(Term::Phrase(slots)))
    }

    fn plain(&mut self) -> Result<Option<Term>, QueryError> {
        let start = self.at;
        let rest = self.chars.get(start..).unwrap_or_default();
        let length = rest.iter().position(|c| c.is_whitespace() || is_quote(*c));
        let text: String = rest.iter().take(length.unwrap_or(rest.len())).collect();
        self.at = start + length.unwrap_or(rest.len());
        let slots = phrase(&text);
        let last = text.trim_end_matches([')', ']', '}', ',', ';', '.', '!', '?', ':']);
        if !last.ends_with('*') || slots.last().is_some_and(|slot| slot.sign) {
            return Ok((!slots.is_empty()).then_some(Term::Phrase(slots)));
        }
        let fault =
            |message: &str| Err(QueryError { position: start, message: message.to_owned() });
        match slots.as_slice() {
            [] => Ok(None),
            [one] if one.text.chars().count() < 2 => {
                fault("Write at least two letters before the *.")
            }
            [one] => Ok(Some(Term::Prefix(one.text.clone()))),
            _ => fault("A * can only follow a single word. Put a space before that word."),
        }
    }

    fn count(&mut self, term: &Term, position: usize) -> Result<(), QueryError> {
        self.terms += 1;
        match term {
            Term::Phrase(slots) => self.words += slots.len(),
            Term::Prefix(_) => self.prefixes += 1,
        }
        let message = if self.prefixes > MAX_PREFIXES {
            format!("Use fewer *: at most {MAX_PREFIXES} in one search.")
        } else if self.terms > MAX_TERMS || self.words > MAX_WORDS {
            format!(
                "Ask for less at once: at most {MAX_TERMS} words or phrases, \
                 {MAX_WORDS} words in all."
            )
        } else {
            return Ok(());
        };
        Err(QueryError { position, message })
    }
}

fn or_alone(position: usize) -> QueryError {
    let message = "OR needs a word or a phrase, without a minus, on each side.".to_owned();
    QueryError { position, message }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '−' | '–')
}
