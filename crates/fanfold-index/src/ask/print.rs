//! The canonical spelling of a question: what is printed reads as the same question again.

use std::fmt::{self, Display, Formatter, Write};

use super::date::unit;
use super::fields::{date_name, number_name, sort_name, tag_name, text_name};
use super::model::{Ask, Clause, Fact, Order, SortBy, TagField, Words};
use super::number::Spelled;
use super::quote::quoted;

impl Display for Ask {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ask = self.clone().simplified();
        write!(f, "{}", Top(&ask.clause))?;
        match ask.sort {
            Some(order) if ask.clause == Clause::default() => order.fmt(f),
            Some(order) => write!(f, " {order}"),
            None => Ok(()),
        }
    }
}

impl Display for Clause {
    /// As it is written in a question.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Top(&self.clone().simplified()).fmt(f)
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "sort:{}", sort_name(self.by))?;
        match self.by {
            SortBy::Random(Some(seed)) => write!(f, "-{seed}"),
            SortBy::Random(None) | SortBy::Best => Ok(()),
            _ if *self == Order::usual(self.by) => Ok(()),
            _ if self.descending => f.write_str("-desc"),
            _ => f.write_str("-asc"),
        }
    }
}

/// A simplified clause where no parentheses are needed around it.
struct Top<'c>(&'c Clause);

impl Display for Top<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Clause::All(parts) => list(parts, " ", f, inner),
            Clause::Any(parts) if parts.len() > 1 && scope(parts).is_none() => {
                list(parts, " OR ", f, inner)
            }
            other => inner(other, f),
        }
    }
}

fn list(
    parts: &[Clause],
    between: &str,
    f: &mut Formatter<'_>,
    one: impl Fn(&Clause, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        one(part, f)?;
    }
    Ok(())
}

/// A clause beside others or behind a minus.
fn inner(clause: &Clause, f: &mut Formatter<'_>) -> fmt::Result {
    match clause {
        // The shape that a simplified "no work" has; `-()` reads as it.
        Clause::Any(parts) if parts.is_empty() => f.write_str("-()"),
        Clause::Any(parts) => {
            let name = scope(parts);
            if let Some(name) = name {
                write!(f, "{name}:")?;
            }
            f.write_char('(')?;
            let one = if name.is_some() { value } else { inner };
            list(parts, " OR ", f, one)?;
            f.write_char(')')
        }
        Clause::All(parts) => {
            f.write_char('(')?;
            list(parts, " ", f, inner)?;
            f.write_char(')')
        }
        Clause::Not(not) => match not.as_ref() {
            Clause::Is(fact) if yes_or_no(*fact) => fact_is(*fact, "no", f),
            other => {
                f.write_char('-')?;
                inner(other, f)
            }
        },
        Clause::Is(fact) => fact_is(*fact, "yes", f),
        leaf => {
            if let Some(name) = field(leaf) {
                write!(f, "{name}:")?;
            }
            value(leaf, f)
        }
    }
}

/// The name of a leaf's field.
fn field(clause: &Clause) -> Option<&'static str> {
    Some(match clause {
        Clause::Tag(field, _) => tag_name(*field),
        Clause::In(field, _) => text_name(*field),
        Clause::Has(_) => "has",
        Clause::Number(number, ..) => number_name(*number),
        Clause::Date(field, _) => date_name(*field),
        _ => return None,
    })
}

/// The field that all of these have, so that it is written once.
fn scope(parts: &[Clause]) -> Option<&'static str> {
    let name = field(parts.first()?)?;
    parts.iter().all(|part| field(part) == Some(name)).then_some(name)
}

/// A leaf without its field.
fn value(clause: &Clause, f: &mut Formatter<'_>) -> fmt::Result {
    match clause {
        Clause::Tag(_, name) => text(name, f),
        Clause::Has(kind) => f.write_str(tag_name(TagField::Of(*kind))),
        Clause::Words(Words::Phrase(phrase)) if joins(phrase) => f.write_str(&quoted(phrase)),
        Clause::Words(words) | Clause::In(_, words) => match words {
            Words::Prefix(stem) => write!(f, "{stem}*"),
            Words::Phrase(phrase) => text(phrase, f),
        },
        Clause::Number(_, low, high) => Spelled(*low, *high).fmt(f),
        Clause::Date(_, when) => {
            let when = when.to_string();
            f.write_str(&if when.contains(' ') { quoted(&when) } else { when })
        }
        // Only leaves come here.
        _ => Ok(()),
    }
}

fn yes_or_no(fact: Fact) -> bool {
    matches!(fact, Fact::Complete | Fact::Crossover | Fact::OnePairing)
}

fn fact_is(fact: Fact, so: &str, f: &mut Formatter<'_>) -> fmt::Result {
    match fact {
        Fact::Complete => write!(f, "complete:{so}"),
        Fact::Crossover => write!(f, "crossover:{so}"),
        Fact::OnePairing => write!(f, "otp:{so}"),
        Fact::Read => f.write_str("is:read"),
        Fact::Unread => f.write_str("is:unread"),
        Fact::Started => f.write_str("is:started"),
        Fact::Updated => f.write_str("is:updated"),
    }
}

/// A name or a phrase, between quotation marks unless it is safe without.
fn text(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    if is_plain(text) { f.write_str(text) } else { f.write_str(&quoted(text)) }
}

/// Whether a text reads as itself without quotation marks.
fn is_plain(text: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '/' | '_' | '.');
    let operator = matches!(text, "AND" | "OR" | "NOT");
    text.starts_with(char::is_alphanumeric) && text.chars().all(inside) && !operator
}

/// Whether a word would be read as a part of the value before it: "2024 days", "10 to 20".
fn joins(word: &str) -> bool {
    let word = word.to_lowercase();
    matches!(word.as_str(), "to" | "ago") || unit(&word).is_some()
}
