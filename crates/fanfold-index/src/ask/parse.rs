//! Reads a question: groups, operators, words. What stands behind a field's name is read in
//! `value.rs`.
//!
//! A parser that goes down one level for each open parenthesis, never deeper than
//! [`MAX_DEPTH`]; every character is looked at a bounded number of times.

use std::ops::Range;

use super::fields::Field;
use super::model::{Ask, Clause, Order, Words};
use super::quote::{bare_end, is_minus, is_quote, phrase, says_nothing, shown, tidy};
use super::quote::{quoted, unescaped};
use super::{MAX_CHARS, MAX_CLAUSES, MAX_DEPTH, Mistake, text_query};

impl Ask {
    /// Reads a question.
    ///
    /// # Errors
    /// The first [`Mistake`]: its place, a sentence, and mostly the question as it would be right.
    pub fn parse(text: &str) -> Result<Ask, Mistake> {
        Ask::parse_with_hint(text).map(|(ask, _)| ask)
    }

    /// Reads a question, and says what else may have been meant: in `fandom:Harry Potter` only
    /// "Harry" belongs to the field.
    ///
    /// # Errors
    /// As [`parse`](Ask::parse).
    pub fn parse_with_hint(text: &str) -> Result<(Ask, Option<Mistake>), Mistake> {
        if let Some((at, _)) = text.char_indices().nth(MAX_CHARS) {
            return Err(too_long(at..text.len()));
        }
        let mut parser = Parser::new(text);
        let clause = parser.group(None)?;
        if parser.peek().is_some() {
            let at = parser.at..parser.at + 1;
            let say = "This parenthesis closes nothing; leave it out or put it in quotation marks.";
            return Err(parser.mistake(at, say, Some("")));
        }
        let sort = parser.sort.map(|(order, _)| order);
        let ask = Ask { clause, sort }.simplified();
        // What is read can be printed and read again, within the same bounds.
        if ask.clause.depth() > MAX_DEPTH {
            return Err(too_deep(0..text.len()));
        }
        if ask.to_string().chars().nth(MAX_CHARS).is_some() {
            return Err(too_long(0..text.len()));
        }
        text_query::check(&ask.clause).map_err(|say| Mistake {
            at: 0..text.len(),
            say,
            instead: None,
        })?;
        Ok((ask, parser.hint))
    }
}

fn too_long(at: Range<usize>) -> Mistake {
    let say = format!("Make the question shorter: at most {MAX_CHARS} characters.");
    Mistake { at, say, instead: None }
}

fn too_deep(at: Range<usize>) -> Mistake {
    let say = format!("Use fewer parentheses inside each other: at most {MAX_DEPTH}.");
    Mistake { at, say, instead: None }
}

/// A word that stands between terms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Not,
}

/// The members of a group, those joined by OR together.
#[derive(Default)]
struct Members {
    all: Vec<Vec<Clause>>,
    /// An OR that waits for its right side.
    or: Option<Range<usize>>,
}

pub(super) struct Parser<'t> {
    pub text: &'t str,
    pub at: usize,
    depth: usize,
    leaves: usize,
    /// The order, and where it was named.
    pub sort: Option<(Order, Range<usize>)>,
    pub hint: Option<Mistake>,
}

impl<'t> Parser<'t> {
    pub fn new(text: &'t str) -> Parser<'t> {
        Parser { text, at: 0, depth: 0, leaves: 0, sort: None, hint: None }
    }

    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// A mistake at a place of the text, and what to write there instead.
    pub fn mistake(&self, at: Range<usize>, say: impl Into<String>, put: Option<&str>) -> Mistake {
        let instead = put.and_then(|put| {
            let (front, back) = (self.text.get(..at.start)?, self.text.get(at.end..)?);
            Some(format!("{front}{put}{back}"))
        });
        Mistake { at, say: say.into(), instead }
    }

    /// Reads terms up to the end or a `)`. Inside `field:( … )` the field is `scope`.
    pub fn group(&mut self, scope: Option<Field>) -> Result<Clause, Mistake> {
        let mut members = Members::default();
        loop {
            self.skip_space();
            if self.peek().is_none_or(|c| c == ')') {
                break;
            }
            match self.operator() {
                Some((Operator::And, at)) => self.at = at.end,
                Some((Operator::Or, at)) => {
                    if members.or.is_some() || members.all.is_empty() {
                        return Err(self.or_alone(at));
                    }
                    self.at = at.end;
                    members.or = Some(at);
                }
                _ => self.member(scope, &mut members)?,
            }
        }
        match members.or {
            Some(at) => Err(self.or_alone(at)),
            None => Ok(Clause::All(members.all.into_iter().map(Clause::Any).collect())),
        }
    }

    fn member(&mut self, scope: Option<Field>, members: &mut Members) -> Result<(), Mistake> {
        let before = self.sort.clone();
        let Some(clause) = self.term(scope)? else {
            return match &self.sort {
                Some((_, at)) if self.sort != before && members.or.is_some() => {
                    let say = "The order is not a condition; take sort: out of the OR.";
                    Err(self.mistake(at.clone(), say, None))
                }
                _ => Ok(()),
            };
        };
        match (members.or.take(), members.all.last_mut()) {
            (Some(_), Some(last)) => last.push(clause),
            _ => members.all.push(vec![clause]),
        }
        Ok(())
    }

    fn or_alone(&self, at: Range<usize>) -> Mistake {
        let say = "OR needs something on each side; leave it out, or put it in quotation marks \
                   if you look for the word.";
        self.mistake(at, say, Some(""))
    }

    /// The operator that stands here, and where.
    fn operator(&self) -> Option<(Operator, Range<usize>)> {
        let rest = self.rest();
        let signs = [("||", Operator::Or), ("|", Operator::Or), ("&&", Operator::And)];
        let words = [("OR", Operator::Or), ("AND", Operator::And), ("NOT", Operator::Not)];
        let ends = |length: usize| {
            let next = rest.get(length..).and_then(|rest| rest.chars().next());
            next.is_none_or(|c| c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | '|'))
        };
        let sign = signs.iter().find(|(sign, _)| rest.starts_with(sign));
        let word = || words.iter().find(|(word, _)| rest.starts_with(word) && ends(word.len()));
        let (found, operator) = sign.or_else(word)?;
        Some((*operator, self.at..self.at + found.len()))
    }

    /// Whether what follows here, after spaces, is something that a value can be.
    pub fn value_follows(&self) -> bool {
        let rest = self.rest();
        !rest.is_empty() && !rest.starts_with(')') && self.operator().is_none()
    }

    /// Reads one term with whatever negates it; `None` if it says nothing or was the order.
    fn term(&mut self, scope: Option<Field>) -> Result<Option<Clause>, Mistake> {
        let start = self.at;
        let mut negated = false;
        loop {
            self.skip_space();
            if let Some((Operator::Not, at)) = self.operator() {
                self.at = at.end;
                self.skip_space();
                if !self.value_follows() && !matches!(self.operator(), Some((Operator::Not, _))) {
                    let say = "NOT needs something behind it; leave it out, or put it in \
                               quotation marks if you look for the word.";
                    return Err(self.mistake(at, say, Some("")));
                }
                negated = true;
            } else if self.peek().is_some_and(is_minus) {
                let rest = self.rest();
                self.at += rest.len() - rest.trim_start_matches(is_minus).len();
                // A dash that stands alone is punctuation.
                if self.peek().is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '|')) {
                    if !negated {
                        return Ok(None);
                    }
                } else {
                    negated = true;
                }
            } else {
                break;
            }
        }
        if self.peek().is_none_or(|c| matches!(c, ')' | '|')) {
            return Ok(None);
        }
        let sorted = self.sort.clone();
        let clause = self.atom(scope)?;
        if !negated && clause == Some(Clause::default()) {
            return Ok(None);
        }
        if negated && self.sort != sorted {
            let say = "An order cannot be excluded; write sort: without a minus.";
            let right = self.text.get(start..self.at).unwrap_or_default();
            let right = right.trim_start_matches("NOT").trim_start();
            return Err(self.mistake(
                start..self.at,
                say,
                Some(right.trim_start_matches(is_minus)),
            ));
        }
        Ok(clause.map(|clause| if negated { clause.negated() } else { clause }))
    }

    /// Reads a group, a field with its value, a phrase or a word.
    fn atom(&mut self, scope: Option<Field>) -> Result<Option<Clause>, Mistake> {
        if self.peek() == Some('(') {
            return self.parenthesis(scope);
        }
        let (from, leaves) = (self.at, self.leaves);
        let clause = match (self.field()?, scope) {
            (Some((field, name)), _) => self.value(field, name)?,
            (None, Some(field)) => self.value(field, from..from)?,
            (None, None) => self.words()?.map(Clause::Words),
        };
        // A group behind a field has counted its members.
        if clause.is_some() && self.leaves == leaves {
            self.count(from..self.at)?;
        }
        Ok(clause)
    }

    fn count(&mut self, at: Range<usize>) -> Result<(), Mistake> {
        self.leaves += 1;
        if self.leaves > MAX_CLAUSES {
            let say = format!("Ask for less at once: at most {MAX_CLAUSES} conditions.");
            return Err(self.mistake(at, say, None));
        }
        Ok(())
    }

    /// Reads `( … )`. Empty parentheses say nothing, except that `-()` is how "no work" is spelled.
    pub fn parenthesis(&mut self, scope: Option<Field>) -> Result<Option<Clause>, Mistake> {
        let open = self.at;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(open..open + 1));
        }
        self.at += 1;
        let sorted = self.sort.clone();
        let inside = self.group(scope)?;
        if self.peek().is_none() {
            let instead = format!("{}{}", self.text, ")".repeat(self.depth));
            let say = "This parenthesis is never closed; add ) where the group ends.";
            return Err(Mistake {
                at: open..open + 1,
                say: say.to_owned(),
                instead: Some(instead),
            });
        }
        if let Some((_, at)) = self.sort.as_ref().filter(|_| self.sort != sorted) {
            let say = "The order belongs to the whole question; write sort: outside of the group.";
            return Err(self.mistake(at.clone(), say, Some("")));
        }
        let literal = self.text.get(open + 1..self.at).unwrap_or_default().trim().is_empty();
        self.at += 1;
        self.depth -= 1;
        Ok((literal || inside != Clause::default()).then_some(inside))
    }

    /// Reads a phrase or a word; `None` if it is only punctuation.
    pub fn words(&mut self) -> Result<Option<Words>, Mistake> {
        let start = self.at;
        if self.peek().is_some_and(is_quote) {
            let text = self.quoted()?;
            return Ok((!says_nothing(&text)).then_some(Words::Phrase(text)));
        }
        let text = self.bare();
        let stem = text.trim_end_matches([']', '}', ',', ';', '.', '!', '?', ':']);
        if says_nothing(&text) {
            return Ok(None);
        }
        let Some(stem) = stem.strip_suffix('*') else { return Ok(Some(Words::Phrase(text))) };
        if text_query::can_be_prefix(stem) {
            return Ok(Some(Words::Prefix(stem.to_owned())));
        }
        let say = if stem.chars().count() < 2 {
            "Write at least two letters before the *."
        } else {
            "A * can only follow a single word; put a space before that word."
        };
        Err(self.mistake(start..self.at, say, Some(&quoted(stem))))
    }

    /// Reads a phrase at a quotation mark.
    pub fn quoted(&mut self) -> Result<String, Mistake> {
        let open = self.at;
        let Some((start, end, after)) = phrase(self.text, open) else {
            let length = self.peek().map_or(1, char::len_utf8);
            let whole = self.text.trim_end_matches('\\');
            let say = "This quotation mark is never closed; add one at the end of the phrase.";
            let instead = Some(format!("{whole}\""));
            return Err(Mistake { at: open..open + length, say: say.to_owned(), instead });
        };
        self.at = after;
        Ok(unescaped(self.text.get(start..end).unwrap_or_default()))
    }

    /// Reads a word; it takes at least one character, so that reading always ends.
    pub fn bare(&mut self) -> String {
        let start = self.at;
        let one = self.peek().map_or(0, char::len_utf8);
        self.at = bare_end(self.text, start).max(start + one);
        tidy(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Notes what may be meant by `fandom:Harry Potter`, whose value stands at `value`.
    pub fn note_loose_words(&mut self, value: Range<usize>, name: &str) {
        let capital = |at: usize| {
            let mut chars = self.text.get(at..).unwrap_or_default().chars();
            chars.next().is_some_and(char::is_uppercase)
        };
        let mut end = value.end;
        loop {
            let rest = self.text.get(end..).unwrap_or_default();
            let next = end + rest.len() - rest.trim_start().len();
            let mut probe = Parser { at: next, ..Parser::new(self.text) };
            let stops = probe.operator().is_some() || !matches!(probe.field(), Ok(None));
            if next == end || !capital(next) || stops {
                break;
            }
            end = bare_end(self.text, next);
        }
        if self.hint.is_some() || end == value.end || !capital(value.start) {
            return;
        }
        let whole = tidy(self.text.get(value.start..end).unwrap_or_default());
        let one = shown(self.text.get(value.clone()).unwrap_or_default());
        let say = format!(
            "Only “{one}” belongs to {name}: here; if you mean “{whole}”, put it in quotation \
             marks.",
            whole = shown(&whole)
        );
        self.hint = Some(self.mistake(value.start..end, say, Some(&quoted(&whole))));
    }
}
