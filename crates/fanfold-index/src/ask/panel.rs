//! The question as a form shows it: lists of tags to include and exclude, ranges, facts, order,
//! and one box for all that a form has no place for.
//!
//! Owns the way there and back. [`Panel::of`] and [`Panel::ask`] lose nothing: what does not fit
//! stays in [`Panel::rest`], which a form shows as text.

use std::collections::BTreeMap;

use super::date::When;
use super::model::{Ask, Clause, DateField, Fact, Number, Order, TagField, TextField, Words};
use super::quote::tidy;
use crate::filter::Kind;

/// A question taken apart for a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Panel {
    /// What is picked of each kind; fields without a pick are absent.
    pub tags: BTreeMap<TagField, Picks>,
    /// Kinds that a work must have anything of, or must not.
    pub has: BTreeMap<Kind, bool>,
    /// Bounds, both included; 0 and [`u32::MAX`] are open ends.
    pub numbers: BTreeMap<Number, (u32, u32)>,
    /// Times.
    pub dates: BTreeMap<DateField, When>,
    /// Facts that must be so, or must not.
    pub facts: BTreeMap<Fact, bool>,
    /// Words of the title.
    pub title: Option<Words>,
    /// Everything else that must hold: words, and whatever the form has no place for. A box for
    /// free text shows it as it prints.
    pub rest: Clause,
    /// The order.
    pub sort: Option<Order>,
}

/// What is picked of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    /// Names to include, each once.
    pub include: Vec<String>,
    /// Whether one of `include` is enough. With fewer than two names this says nothing and is
    /// `false` in what [`Panel::of`] gives.
    pub any: bool,
    /// Names to exclude, each once.
    pub exclude: Vec<String>,
}

impl Panel {
    /// Takes a question apart. Of several conditions that want the same place in the form, the
    /// first gets it and the others stay in `rest`; ranges of one number become their overlap.
    pub fn of(ask: &Ask) -> Panel {
        let ask = ask.clone().simplified();
        let mut panel = Panel { sort: ask.sort, ..Panel::default() };
        let mut rest = Vec::new();
        for part in ask.clause.parts() {
            if !panel.place(part) {
                rest.push(part.clone());
            }
        }
        panel.rest = Clause::All(rest);
        panel.tidied()
    }

    /// The question that the form asks.
    pub fn ask(&self) -> Ask {
        let mut parts = Vec::new();
        for (field, picks) in &self.tags {
            let tag = |name: String| Clause::Tag(*field, name);
            let include: Vec<Clause> = once(&picks.include).into_iter().map(tag).collect();
            // An empty list includes everything, however it is switched.
            let any = picks.any && !include.is_empty();
            parts.push(if any { Clause::Any(include) } else { Clause::All(include) });
            parts.extend(once(&picks.exclude).into_iter().map(|name| tag(name).negated()));
        }
        for (kind, so) in &self.has {
            parts.push(if *so { Clause::Has(*kind) } else { Clause::Has(*kind).negated() });
        }
        let numbers = self.numbers.iter();
        parts.extend(numbers.map(|(number, (low, high))| Clause::Number(*number, *low, *high)));
        parts.extend(self.dates.iter().map(|(field, when)| Clause::Date(*field, *when)));
        for (fact, so) in &self.facts {
            parts.push(if *so { Clause::Is(*fact) } else { Clause::Is(*fact).negated() });
        }
        if let Some(title) = &self.title {
            parts.push(Clause::In(TextField::Title, title.clone()));
        }
        parts.push(self.rest.clone());
        Ask { clause: Clause::All(parts), sort: self.sort }.simplified()
    }

    /// The same panel as [`of`](Panel::of) would give it: names tidy and each once, no empty
    /// lists, no bounds that bind nothing.
    fn tidied(mut self) -> Panel {
        for picks in self.tags.values_mut() {
            picks.include = once(&picks.include);
            picks.exclude = once(&picks.exclude);
            picks.any &= picks.include.len() > 1;
        }
        self.tags.retain(|_, picks| !picks.include.is_empty() || !picks.exclude.is_empty());
        self.rest = self.rest.simplified();
        self
    }

    /// Finds a place in the form for a simplified condition; says whether there was one.
    fn place(&mut self, part: &Clause) -> bool {
        match part {
            Clause::Tag(field, name) => {
                let picks = self.tags.entry(*field).or_default();
                if picks.any {
                    return false;
                }
                picks.include.push(name.clone());
                true
            }
            Clause::Any(parts) => self.place_any(parts),
            Clause::Number(number, low, high) => {
                let bounds = self.numbers.entry(*number).or_insert((0, u32::MAX));
                let both = (bounds.0.max(*low), bounds.1.min(*high));
                let fits = both.0 <= both.1;
                if fits {
                    *bounds = both;
                }
                fits
            }
            Clause::Date(field, when) => *self.dates.entry(*field).or_insert(*when) == *when,
            Clause::Has(kind) => *self.has.entry(*kind).or_insert(true),
            Clause::Is(fact) => *self.facts.entry(*fact).or_insert(true),
            Clause::In(TextField::Title, words) => {
                self.title.get_or_insert_with(|| words.clone()) == words
            }
            Clause::Not(inner) => match inner.as_ref() {
                Clause::Tag(field, name) => {
                    self.tags.entry(*field).or_default().exclude.push(name.clone());
                    true
                }
                Clause::Has(kind) => !*self.has.entry(*kind).or_insert(false),
                Clause::Is(fact) => !*self.facts.entry(*fact).or_insert(false),
                _ => false,
            },
            Clause::Words(_) | Clause::In(..) | Clause::All(_) => false,
        }
    }

    /// Places "any of these" if all are tags of one field, and nothing of it is included yet.
    fn place_any(&mut self, parts: &[Clause]) -> bool {
        let Some(Clause::Tag(first, _)) = parts.first() else { return false };
        let name = |part: &Clause| match part {
            Clause::Tag(field, name) if field == first => Some(name.clone()),
            _ => None,
        };
        let Some(names) = parts.iter().map(name).collect::<Option<Vec<String>>>() else {
            return false;
        };
        let picks = self.tags.entry(*first).or_default();
        if !picks.include.is_empty() {
            return false;
        }
        picks.include = names;
        picks.any = true;
        true
    }
}

/// Tidy names, each once, in their order. (A question has few, so looking through them is
/// cheap.)
fn once(names: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for name in names.iter().map(|name| tidy(name)) {
        if !name.is_empty() && !out.contains(&name) {
            out.push(name);
        }
    }
    out
}
