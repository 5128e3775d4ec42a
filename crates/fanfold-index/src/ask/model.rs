//! What can be asked, as a tree of small values, and its simplest form.
//!
//! Owns the words of the language's meaning. How they are spelled is in `parse.rs` and `print.rs`.

use std::slice;

use super::date::When;
use super::quote::{says_nothing, tidy};
use super::text_query;
use crate::filter::{Column, Kind};

/// Words that a reader reads in a minute, in silence (Brysbaert 2019: 260 for English fiction);
/// [`Number::Minutes`] counts a begun minute as one.
pub const WORDS_A_MINUTE: u32 = 260;

/// A whole question: which works, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The condition; an empty `All` is every work.
    pub clause: Clause,
    /// The order, if the reader named one.
    pub sort: Option<Order>,
}

/// A condition. Build it in any shape: it is brought into its simplest one
/// ([`Clause::simplified`]) before it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// Tagged so. The name is as the reader wrote it; the caller finds the tag.
    Tag(TagField, String),
    /// Tagged with anything of this kind: `has:character`.
    Has(Kind),
    /// A word or a phrase without a field: a tag of exactly this name, or else text.
    Words(Words),
    /// Text in one place only.
    In(TextField, Words),
    /// The number lies between these, both included; 0 and [`u32::MAX`] are open ends. (What is
    /// planned is never below 1: 0 alone asks for works of which it is not known.)
    Number(Number, u32, u32),
    /// The date lies in this time.
    Date(DateField, When),
    /// The fact is so.
    Is(Fact),
    /// All of them; none is every work.
    All(Vec<Clause>),
    /// At least one of them; none is no work.
    Any(Vec<Clause>),
    /// Not so.
    Not(Box<Clause>),
}

impl Default for Clause {
    /// Every work.
    fn default() -> Clause {
        Clause::All(Vec::new())
    }
}

/// Which tags a name is looked up among.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagField {
    /// All kinds.
    Any,
    /// One kind.
    Of(Kind),
    /// Relationships, and only where it is the work's first.
    PrimaryShip,
    /// Characters, and only where it is the work's first.
    PrimaryCharacter,
}

impl TagField {
    /// The kind that the name is looked up in; `None` for all.
    pub fn kind(self) -> Option<Kind> {
        match self {
            TagField::Any => None,
            TagField::Of(kind) => Some(kind),
            TagField::PrimaryShip => Some(Kind::Relationship),
            TagField::PrimaryCharacter => Some(Kind::Character),
        }
    }

    /// Whether only works count that list the tag before all others of its kind.
    pub fn is_primary(self) -> bool {
        matches!(self, TagField::PrimaryShip | TagField::PrimaryCharacter)
    }
}

/// A part of the text index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextField {
    /// The work's title.
    Title,
    /// Summaries and notes of the work and its chapters.
    Notes,
    /// The story itself.
    Body,
}

/// What is looked for in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Words {
    /// These words in a row; often one.
    Phrase(String),
    /// Any word that begins so: two letters or more, nothing but letters and digits.
    Prefix(String),
}

impl Words {
    /// What is looked for, without quotes or star.
    pub fn text(&self) -> &str {
        match self {
            Words::Phrase(text) | Words::Prefix(text) => text,
        }
    }

    /// With tidy spaces; `None` if there is nothing to look for.
    fn simplified(self) -> Option<Words> {
        let text = tidy(self.text());
        if says_nothing(&text) {
            return None;
        }
        let prefix = matches!(self, Words::Prefix(_)) && text_query::can_be_prefix(&text);
        Some(if prefix { Words::Prefix(text) } else { Words::Phrase(text) })
    }
}

/// A number of a work that a reader may bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    /// Words of all chapters.
    Words,
    /// Reading time in minutes, a begun one counted whole.
    Minutes,
    /// Chapters that are there.
    Chapters,
    /// Chapters that there are to be in all; 0 where nobody knows.
    Planned,
    /// Times it was opened.
    Hits,
    /// Readers who left kudos.
    Kudos,
    /// Comments.
    Comments,
    /// Bookmarks.
    Bookmarks,
    /// Kudos for every 10,000 hits.
    Warmth,
}

impl Number {
    /// Every number, in the order of a form.
    pub const ALL: [Number; 9] = [
        Number::Words,
        Number::Minutes,
        Number::Chapters,
        Number::Planned,
        Number::Hits,
        Number::Kudos,
        Number::Comments,
        Number::Bookmarks,
        Number::Warmth,
    ];

    /// The column of the engine, and the bounds in its terms.
    pub fn range(self, low: u32, high: u32) -> (Column, u32, u32) {
        let column = match self {
            Number::Minutes => {
                let from = low.saturating_sub(1).saturating_mul(WORDS_A_MINUTE);
                let from = if low < 2 { 0 } else { from.saturating_add(1) };
                return (Column::Words, from, high.saturating_mul(WORDS_A_MINUTE));
            }
            Number::Words => Column::Words,
            Number::Chapters => Column::Chapters,
            Number::Planned => Column::Planned,
            Number::Hits => Column::Hits,
            Number::Kudos => Column::Kudos,
            Number::Comments => Column::Comments,
            Number::Bookmarks => Column::Bookmarks,
            Number::Warmth => Column::Warmth,
        };
        (column, low, high)
    }
}

/// A date of a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateField {
    /// First posted.
    Posted,
    /// Last updated.
    Updated,
}

impl DateField {
    /// The column of the engine.
    pub fn column(self) -> Column {
        match self {
            DateField::Posted => Column::Posted,
            DateField::Updated => Column::Updated,
        }
    }
}

/// Something that is so or not. The last four are about the reader who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// Finished.
    Complete,
    /// Of fandoms that have nothing in common.
    Crossover,
    /// With exactly one relationship.
    OnePairing,
    /// The reader has read it to the end.
    Read,
    /// The reader has never opened it.
    Unread,
    /// The reader has read a part of it.
    Started,
    /// It has been updated since the reader last looked.
    Updated,
}

/// By what a list is sorted, and which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub by: SortBy,
    /// Largest, latest or Z first.
    pub descending: bool,
}

impl Order {
    /// In the direction that one expects: texts from A on, all else from the largest down.
    pub fn usual(by: SortBy) -> Order {
        Order { by, descending: !matches!(by, SortBy::Title | SortBy::Author) }
    }
}

/// By what a list can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// How well the words of the question match. It knows one direction only.
    Best,
    /// A number or a date.
    By(Column),
    /// The title.
    Title,
    /// The authors' names.
    Author,
    /// Shuffled: anew for every reader and day, or always alike for the same number. It knows
    /// no direction.
    Random(Option<u64>),
}

impl Ask {
    /// The same question in its simplest form; it is what [`Ask::parse`] gives.
    pub fn simplified(self) -> Ask {
        let sort = self.sort.map(|order| match order.by {
            SortBy::Best | SortBy::Random(_) => Order::usual(order.by),
            _ => order,
        });
        Ask { clause: self.clause.simplified(), sort }
    }

    /// This question with one more condition.
    #[must_use]
    pub fn with(mut self, clause: Clause) -> Ask {
        self.clause = Clause::All(vec![self.clause, clause]);
        self.simplified()
    }

    /// This question without one of its [parts](Clause::parts), wherever it stands among them.
    #[must_use]
    pub fn without(self, part: &Clause) -> Ask {
        let Ask { clause, sort } = self.simplified();
        let part = part.clone().simplified();
        let kept = clause.parts().iter().filter(|other| **other != part).cloned().collect();
        Ask { clause: Clause::All(kept), sort }.simplified()
    }
}

impl Clause {
    /// What must all hold: the members of an `All`, else the clause itself.
    pub fn parts(&self) -> &[Clause] {
        match self {
            Clause::All(parts) => parts,
            other => slice::from_ref(other),
        }
    }

    /// Not this.
    pub fn negated(self) -> Clause {
        Clause::Not(Box::new(self))
    }

    /// The same condition in its simplest form: no group in a group of its own sort or of one
    /// member, no double negation, no "none of" (it becomes "not this, not that"), no condition
    /// that always holds, tidy spaces. A second time it changes nothing.
    #[must_use]
    pub fn simplified(self) -> Clause {
        match self {
            Clause::Tag(field, name) => match tidy(&name) {
                name if name.is_empty() => Clause::default(),
                name => Clause::Tag(field, name),
            },
            Clause::Words(words) => words.simplified().map_or_else(Clause::default, Clause::Words),
            Clause::In(field, words) => match words.simplified() {
                Some(words) => Clause::In(field, words),
                None => Clause::default(),
            },
            Clause::Number(_, 0, u32::MAX) => Clause::default(),
            Clause::Number(_, low, high) if low > high => Clause::Any(Vec::new()),
            // What is not known is not "at most 5".
            Clause::Number(Number::Planned, 0, high @ 1..) => {
                Clause::Number(Number::Planned, 1, high)
            }
            Clause::Date(field, when) => match when.trivial() {
                Some(true) => Clause::default(),
                Some(false) => Clause::Any(Vec::new()),
                None => Clause::Date(field, when),
            },
            Clause::All(parts) => all(parts.into_iter().map(Clause::simplified)),
            Clause::Any(parts) => any(parts.into_iter().map(Clause::simplified)),
            Clause::Not(inner) => not(inner.simplified()),
            other @ (Clause::Number(..) | Clause::Is(_) | Clause::Has(_)) => other,
        }
    }

    /// How deep its groups lie within each other once it is printed.
    pub(super) fn depth(&self) -> usize {
        match self {
            Clause::All(parts) | Clause::Any(parts) => {
                1 + parts.iter().map(Clause::depth).max().unwrap_or_default()
            }
            Clause::Not(inner) => inner.depth(),
            _ => 0,
        }
    }
}

/// All of these, each in its simplest form.
fn all(parts: impl Iterator<Item = Clause>) -> Clause {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Clause::All(inner) => flat.extend(inner),
            Clause::Any(inner) if inner.is_empty() => return Clause::Any(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Clause::All(flat) }
}

/// Any of these, each in its simplest form.
fn any(parts: impl Iterator<Item = Clause>) -> Clause {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Clause::Any(inner) => flat.extend(inner),
            Clause::All(inner) if inner.is_empty() => return Clause::All(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Clause::Any(flat) }
}

/// Not this, which is in its simplest form.
fn not(inner: Clause) -> Clause {
    match inner {
        Clause::Not(inner) => *inner,
        Clause::All(parts) if parts.is_empty() => Clause::Any(parts),
        Clause::Any(parts) => all(parts.into_iter().map(not)),
        other => other.negated(),
    }
}
