//! The part of a question that the text index answers, in the words of its own [`Query`].
//!
//! Owns the way from a [`Clause`] to a text query; it runs none.

use super::model::{Clause, Words};
use crate::Query;

impl Clause {
    /// This condition as a query of the text index, if words without a field are all it is made
    /// of and their shape is one that a text query has: words, "not" words, any of some words,
    /// and all of these. Words that no text can hold (an emoji) give `None` as well; they can
    /// only be a tag.
    pub fn text_query(&self) -> Option<String> {
        match self {
            Clause::Words(words) => spelled(words),
            Clause::Not(inner) => match inner.as_ref() {
                Clause::Words(words) => Some(format!("-{}", spelled(words)?)),
                _ => None,
            },
            Clause::Any(parts) if !parts.is_empty() => joined(parts, " OR ", |part| match part {
                Clause::Words(words) => spelled(words),
                _ => None,
            }),
            Clause::All(parts) if !parts.is_empty() => joined(parts, " ", |part| match part {
                Clause::All(_) => None,
                other => other.text_query(),
            }),
            _ => None,
        }
    }

    /// Splits the [parts](Clause::parts) of a condition into one query of the text index (empty
    /// if there is none) and all the others.
    pub fn split_text(&self) -> (String, Vec<&Clause>) {
        let mut text = String::new();
        let mut others = Vec::new();
        for part in self.parts() {
            match part.text_query() {
                Some(query) => {
                    if !text.is_empty() {
                        text.push(' ');
                    }
                    text.push_str(&query);
                }
                None => others.push(part),
            }
        }
        (text, others)
    }
}

fn joined(
    parts: &[Clause],
    between: &str,
    one: impl Fn(&Clause) -> Option<String>,
) -> Option<String> {
    Some(parts.iter().map(one).collect::<Option<Vec<String>>>()?.join(between))
}

impl Words {
    /// These words as a query of the text index; `None` if no text can hold them.
    pub fn text_query(&self) -> Option<String> {
        spelled(self)
    }
}

fn spelled(words: &Words) -> Option<String> {
    let query = match words {
        Words::Prefix(stem) => format!("{stem}*"),
        // Whatever a text query takes for a quotation mark separates words anyway.
        Words::Phrase(text) => {
            let plain = text.replace(['"', '“', '”', '„', '‟', '«', '»', '＂'], " ");
            format!("\"{plain}\"")
        }
    };
    (!Query::parse(&query).is_ok_and(|query| query.is_empty())).then_some(query)
}

/// Whether a star may follow it: letters and digits that the text index takes for one word.
pub(super) fn can_be_prefix(text: &str) -> bool {
    let letters = text.chars().count() >= 2 && text.chars().all(char::is_alphanumeric);
    letters && Query::parse(&format!("{text}*")).is_ok_and(|query| !query.is_empty())
}

/// Whether the text index can answer all the words of a condition at once; a sentence if not.
pub(super) fn check(clause: &Clause) -> Result<(), String> {
    let mut all = Vec::new();
    gather(clause, &mut all);
    match Query::parse(&all.join(" ")) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.message),
    }
}

fn gather(clause: &Clause, all: &mut Vec<String>) {
    match clause {
        Clause::Words(words) | Clause::In(_, words) => all.extend(spelled(words)),
        Clause::All(parts) | Clause::Any(parts) => {
            parts.iter().for_each(|part| gather(part, all));
        }
        Clause::Not(inner) => gather(inner, all),
        _ => {}
    }
}
