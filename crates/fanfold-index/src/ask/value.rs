//! Reads a field's name and what follows it.
//!
//! Owns what each kind of field takes, and what is said when it is given something else.

use std::ops::Range;

use super::date::When;
use super::fields::{self, Field};
use super::model::{Clause, DateField, Fact, Number, Order, SortBy, TagField};
use super::number::{self, Fault, Scale, bare_value};
use super::parse::Parser;
use super::quote::{bare_end, is_minus, is_quote, quoted, shown};
use super::{MAX_CHARS, Mistake};
use crate::filter::Kind;

/// Most words that a value without quotation marks may have: `>1 weeks ago`, `2023 to 2024`.
const MAX_WORDS: usize = 4;

const COMPARISONS: [char; 4] = ['<', '>', '≤', '≥'];

impl Parser<'_> {
    /// Reads a field's name with its colon, if there is one here; a comparison is left to be read
    /// with the value. Gives the field and where its name stands.
    pub fn field(&mut self) -> Result<Option<(Field, Range<usize>)>, Mistake> {
        let rest = self.rest();
        let Some(end) = fields::name_end(rest) else { return Ok(None) };
        let (name, behind) = rest.split_at(end);
        let at = self.at..self.at + end;
        let (behind, by) = skip_by(name, behind);
        let spaced = behind.trim_start();
        let sign = spaced.chars().next().filter(|c| matches!(c, ':' | '=') || is_comparison(*c));
        let Some(sign) = sign.filter(|_| !spaced.starts_with("://")) else { return Ok(None) };
        let compares = is_comparison(sign);
        let Some(field) = fields::find(name) else {
            let apart = spaced.len() < behind.len() || by;
            return if apart { Ok(None) } else { self.unknown(name, at, spaced) };
        };
        if compares && !field.compares() {
            return Ok(None);
        }
        self.at += rest.len() - spaced.len() + if compares { 0 } else { 1 };
        if let Field::Missing(why, other) = field {
            let say = match other {
                Some(other) => format!("{why}; use {other}: instead."),
                None => format!("{why}."),
            };
            return Err(self.mistake(at, say, other));
        }
        Ok(Some((self.first_of(field), at)))
    }

    /// Whether a name that is no field's was meant to be one; if not, it is a word. With a capital
    /// and a space behind the colon it is rather a title ("Tittle: A Story").
    fn unknown<T>(&self, name: &str, at: Range<usize>, behind: &str) -> Result<Option<T>, Mistake> {
        let mut after = behind.chars();
        let compares = after.next().is_some_and(is_comparison);
        let next = after.next();
        let name = shown(name);
        let title = name.starts_with(char::is_uppercase) && next.is_some_and(char::is_whitespace);
        let found = fields::nearest(&name).filter(|_| !title);
        let found = found.filter(|(_, field)| !compares || field.compares());
        if let Some((near, _)) = found {
            let say = format!(
                "There is no field “{name}”; did you mean {near}: ? If you look for the word, put \
                 it in quotation marks."
            );
            return Err(self.mistake(at, say, Some(near)));
        }
        if !compares && next.is_some_and(|c| is_quote(c) || is_comparison(c)) {
            let say = format!(
                "There is no field “{name}”; there are fandom:, ship:, character:, tag:, author:, \
                 title:, words:, kudos:, updated:, complete:, sort: and more."
            );
            return Err(self.mistake(at, say, None));
        }
        Ok(None)
    }

    /// Reads the `first:` of `ship:first:"A/B"`.
    fn first_of(&mut self, field: Field) -> Field {
        let first = match field {
            Field::Tag(TagField::Of(Kind::Relationship)) => TagField::PrimaryShip,
            Field::Tag(TagField::Of(Kind::Character)) => TagField::PrimaryCharacter,
            other => return other,
        };
        let rest = self.rest();
        for word in ["first:", "primary:", "main:"] {
            if rest.get(..word.len()).is_some_and(|front| front.eq_ignore_ascii_case(word)) {
                self.at += word.len();
                return Field::Tag(first);
            }
        }
        field
    }

    /// Reads what follows a field's name, which stands at `name` (empty inside `field:( … )`).
    pub fn value(&mut self, field: Field, name: Range<usize>) -> Result<Option<Clause>, Mistake> {
        self.skip_space();
        if !self.value_follows() {
            let say = format!("{} needs something behind it; {}.", told(field), takes(field));
            let at = if name.is_empty() { self.at..self.at } else { name };
            return Err(self.mistake(at, say, None));
        }
        if self.peek() == Some('(') && field != Field::Sort {
            return self.parenthesis(Some(field));
        }
        let start = self.at;
        if matches!(field, Field::Tag(_) | Field::Text(_)) && self.peek().is_some_and(is_minus) {
            return Err(self.late_minus(field, name));
        }
        match field {
            Field::Tag(tag) => self.tag(tag, name),
            Field::Text(text) => match self.words()? {
                Some(words) => Ok(Some(Clause::In(text, words))),
                None => Err(self.not_so(field, start..self.at)),
            },
            Field::Sort => self.order(name.start.min(start)).map(|()| None),
            _ => self.scalar(field),
        }
    }

    /// `fandom:-A` means `-fandom:A`. (A name that begins with a minus wants quotation marks.)
    fn late_minus(&self, field: Field, name: Range<usize>) -> Mistake {
        let rest = self.rest();
        let value = rest.trim_start_matches(is_minus);
        let name = self.text.get(name.start..self.at).unwrap_or_default();
        let right = format!("-{name}{value}");
        let start = self.at - name.len();
        let say = format!("The minus stands before the field, as in -{}x.", told(field));
        self.mistake(start..self.text.len(), say, Some(&right))
    }

    fn tag(&mut self, field: TagField, name: Range<usize>) -> Result<Option<Clause>, Mistake> {
        let start = self.at;
        let title = fields::tag_name(field);
        if self.peek().is_some_and(is_quote) {
            let value = self.quoted()?;
            if value.is_empty() {
                return Err(self.not_so(Field::Tag(field), start..self.at));
            }
            return Ok(Some(Clause::Tag(field, value)));
        }
        let value = self.bare();
        if value == "*" {
            if let TagField::Of(kind) = field
                && fields::kind(title).is_some()
            {
                return Ok(Some(Clause::Has(kind)));
            }
            let say = format!("{title}: needs a name; for any of a kind write has:ship.");
            return Err(self.mistake(start..self.at, say, None));
        }
        if value.ends_with(':') && self.peek().is_some_and(is_quote) {
            let say = format!("There are two fields in a row, {title}: and {value}; keep one.");
            return Err(self.mistake(start..self.at, say, Some("")));
        }
        let value = match value.trim_end_matches([',', ';']) {
            "" => return Err(self.not_so(Field::Tag(field), start..self.at)),
            value => value.to_owned(),
        };
        if !name.is_empty() && self.at > start {
            self.note_loose_words(start..self.at, title);
        }
        Ok(Some(Clause::Tag(field, value)))
    }

    /// The ends of the first word here, of the first two, and so on, longest first. Quotation
    /// marks make it one value.
    fn candidates(&self) -> Vec<usize> {
        let mut ends: Vec<usize> = Vec::new();
        let mut at = self.at;
        while ends.len() < MAX_WORDS {
            let end = bare_end(self.text, at);
            if end == at {
                break;
            }
            ends.push(end);
            let rest = self.text.get(end..).unwrap_or_default();
            let next = rest.trim_start();
            at = end + rest.len() - next.len();
            // What begins a term of its own is no part of this one; a dash may stand alone.
            let dash = next.strip_prefix(is_minus);
            if next.starts_with('(') || dash.is_some_and(|n| !n.starts_with(char::is_whitespace)) {
                break;
            }
        }
        ends.reverse();
        ends
    }

    /// Reads a value with `read`: between quotation marks, or as many words as make sense.
    fn read<T>(
        &mut self,
        field: Field,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<T, Mistake> {
        let start = self.at;
        if self.peek().is_some_and(is_quote) {
            let value = self.quoted()?;
            let at = start..self.at;
            return read(&value).map_err(|fault| self.fault(field, at, fault, true));
        }
        for end in self.candidates() {
            let value = self.text.get(start..end).unwrap_or_default();
            match read(value.trim_end_matches([',', ';'])) {
                Ok(value) => {
                    self.at = end;
                    return Ok(value);
                }
                Err(Fault::Other) => {}
                Err(fault) => return Err(self.fault(field, start..end, fault, true)),
            }
        }
        self.bare();
        Err(self.not_so(field, start..self.at))
    }

    /// The mistake in a value. In a question a right one with spaces wants quotation marks.
    fn fault(&self, field: Field, at: Range<usize>, fault: Fault, quotes: bool) -> Mistake {
        match fault {
            Fault::Other => self.not_so(field, at),
            Fault::Wrong(say, Some(right)) if quotes && right.contains(' ') => {
                self.mistake(at, say, Some(&quoted(&right)))
            }
            Fault::Wrong(say, right) => self.mistake(at, say, right.as_deref()),
        }
    }

    fn not_so(&self, field: Field, at: Range<usize>) -> Mistake {
        let value = shown(self.text.get(at.clone()).unwrap_or_default().trim_matches(is_quote));
        let say = match value.as_str() {
            "" => format!("{} cannot be empty; {}.", told(field), takes(field)),
            value => format!("{} cannot be “{value}”; {}.", told(field), takes(field)),
        };
        self.mistake(at, say, None)
    }

    /// Reads the value of a number, a date or a fact.
    fn scalar(&mut self, field: Field) -> Result<Option<Clause>, Mistake> {
        Ok(Some(match field {
            Field::Number(number) => {
                let (low, high) = self.read(field, |text| number::read(text, Scale::Whole))?;
                Clause::Number(number, low, high)
            }
            Field::Ratio => {
                let (low, high) = self.read(field, |text| number::read(text, Scale::Percent))?;
                Clause::Number(Number::Warmth, low, high)
            }
            Field::Date(date) => Clause::Date(date, self.read(field, When::read)?),
            Field::Fact(fact) => {
                let is = self.read(field, yes)?;
                return Ok(is.map(|is| so(Clause::Is(fact), is)));
            }
            Field::OneShot => {
                let is = self.read(field, yes)?;
                return Ok(is.map(|is| so(Clause::Number(Number::Chapters, 1, 1), is)));
            }
            Field::Has => {
                Clause::Has(self.read(field, |text| fields::kind(text).ok_or(Fault::Other))?)
            }
            Field::Is => self.read(field, |text| {
                if fields::find(text) == Some(Field::OneShot) {
                    return Ok(Clause::Number(Number::Chapters, 1, 1));
                }
                let (fact, is) = fields::state(text).ok_or(Fault::Other)?;
                Ok(so(Clause::Is(fact), is))
            })?,
            // The others are read elsewhere and never come here.
            Field::Tag(_) | Field::Text(_) | Field::Sort | Field::Missing(..) => {
                return Ok(None);
            }
        }))
    }

    /// Reads the order; `from` is where its field begins.
    fn order(&mut self, from: usize) -> Result<(), Mistake> {
        let order = self.read(Field::Sort, order)?;
        let at = from..self.at;
        if let Some((_, first)) = self.sort.take() {
            let say = "There are two orders; keep one of them.";
            return Err(self.mistake(first, say, Some("")));
        }
        self.sort = Some((order, at));
        Ok(())
    }
}

impl Number {
    /// Reads what a reader wrote into a form's box for this number, in the spelling that a
    /// question has behind the colon: `1000`, `>1k`, `10k-50k`. Of two boxes write
    /// `from..to`; one of them may be empty.
    ///
    /// # Errors
    /// A [`Mistake`] about this text.
    pub fn read(self, text: &str) -> Result<(u32, u32), Mistake> {
        whole(Field::Number(self), text, |text| number::read(text, Scale::Whole))
    }
}

impl When {
    /// Reads what a reader wrote into a form's box for a date, as [`Number::read`] does.
    ///
    /// # Errors
    /// A [`Mistake`] about this text.
    pub fn parse(text: &str) -> Result<When, Mistake> {
        whole(Field::Date(DateField::Updated), text, When::read)
    }
}

impl Order {
    /// Reads an order without its `sort:`, such as `kudos-asc`.
    ///
    /// # Errors
    /// A [`Mistake`] about this text.
    pub fn parse(text: &str) -> Result<Order, Mistake> {
        whole(Field::Sort, text, order)
    }
}

/// Reads a text that is one value and nothing else.
fn whole<T>(
    field: Field,
    text: &str,
    read: impl Fn(&str) -> Result<T, Fault>,
) -> Result<T, Mistake> {
    let read = if text.len() > MAX_CHARS { Err(Fault::Other) } else { read(text) };
    read.map_err(|fault| Parser::new(text).fault(field, 0..text.len(), fault, false))
}

fn is_comparison(c: char) -> bool {
    COMPARISONS.contains(&c)
}

/// Reads the `by` of `sort by:kudos`; says whether it was there.
fn skip_by<'t>(name: &str, behind: &'t str) -> (&'t str, bool) {
    let sorts = name.eq_ignore_ascii_case("sort") || name.eq_ignore_ascii_case("sorted");
    let by = behind.trim_start();
    match (by.get(..2), by.get(2..)) {
        (Some(word), Some(rest))
            if sorts && by.len() < behind.len() && word.eq_ignore_ascii_case("by") =>
        {
            (rest, true)
        }
        _ => (behind, false),
    }
}

/// The condition or its opposite.
fn so(clause: Clause, is: bool) -> Clause {
    if is { clause } else { clause.negated() }
}

/// Reads yes or no; `None` is either.
fn yes(text: &str) -> Result<Option<bool>, Fault> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "on" | "only" | "complete" => Ok(Some(true)),
        "no" | "n" | "false" | "f" | "0" | "off" | "exclude" | "none" => Ok(Some(false)),
        "any" | "all" | "include" | "both" => Ok(None),
        _ => Err(Fault::Other),
    }
}

/// Reads what a list is sorted by: `kudos`, `-kudos`, `>kudos`, `kudos-asc`, `kudos ascending`.
fn order(text: &str) -> Result<Order, Fault> {
    let text = bare_value(text).to_lowercase();
    let mut name = text.as_str();
    let mut descending = None;
    for (ending, down) in
        [("ascending", false), ("asc", false), ("descending", true), ("desc", true)]
    {
        let split =
            name.strip_suffix(ending).and_then(|name| name.strip_suffix(['-', '_', ' ', ':']));
        if let Some(front) = split {
            name = front.trim_end();
            descending = Some(down);
            break;
        }
    }
    let mut turned = false;
    for (sign, down) in [('>', Some(false)), ('<', Some(true)), ('-', None)] {
        if let Some(rest) = name.strip_prefix(sign) {
            name = rest.trim_start();
            // The word says it more clearly than the arrow.
            descending = descending.or(down);
            turned = down.is_none() && descending.is_none();
            break;
        }
    }
    let by = match name.split_once('-') {
        Some(("random" | "shuffled", seed)) => {
            SortBy::Random(Some(seed.parse().map_err(|_| {
                let say = "The number of a shuffled list is a whole one of 19 digits at most.";
                Fault::Wrong(say.to_owned(), Some("random".to_owned()))
            })?))
        }
        _ => fields::sort_by(name).ok_or(Fault::Other)?,
    };
    let usual = Order::usual(by);
    if matches!(by, SortBy::Best | SortBy::Random(_)) && (turned || descending.is_some()) {
        let name = fields::sort_name(by);
        return Err(Fault::Wrong(
            format!("sort:{name} has only one direction."),
            Some(name.into()),
        ));
    }
    Ok(Order { by, descending: descending.unwrap_or(usual.descending != turned) })
}

/// The field's canonical name, with its colon.
fn told(field: Field) -> String {
    let name = match field {
        Field::Tag(tag) => fields::tag_name(tag),
        Field::Text(text) => fields::text_name(text),
        Field::Number(number) => fields::number_name(number),
        Field::Ratio => "ratio",
        Field::Date(date) => fields::date_name(date),
        Field::Fact(Fact::Complete) => "complete",
        Field::Fact(Fact::Crossover) => "crossover",
        Field::Fact(Fact::OnePairing) => "otp",
        Field::OneShot => "oneshot",
        Field::Is | Field::Fact(_) => "is",
        Field::Has => "has",
        Field::Sort => "sort",
        Field::Missing(..) => "it",
    };
    format!("{name}:")
}

/// What the field takes.
fn takes(field: Field) -> &'static str {
    match field {
        Field::Tag(_) => "it takes a name, with spaces in quotation marks",
        Field::Text(_) => "it takes a word or a phrase in quotation marks",
        Field::Number(_) => "it takes a number or a range: 1000, >1000, 10k-50k",
        Field::Ratio => "it takes per cent or a range: 5%, >2.5%, 5-10%",
        Field::Date(_) => "it takes a date or a time: 2024-05, >2024, <7 days, 2 weeks ago",
        Field::Fact(_) | Field::OneShot => "it takes yes or no",
        Field::Is => "it takes read, unread, started, updated, complete, wip or oneshot",
        Field::Has => {
            "it takes fandom, ship, character, additional, rating, warning, category, language, \
             author, series or collection"
        }
        Field::Sort | Field::Missing(..) => {
            "it takes relevance, title, author, posted, updated, words, chapters, hits, kudos, \
             planned, comments, bookmarks, warmth or random"
        }
    }
}
