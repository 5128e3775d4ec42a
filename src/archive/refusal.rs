//! Why something cannot be done to tags, in words that name them.

use super::tag::Kind;
use super::work::{ActId, TagId};

/// Why something cannot be done to tags; in words that name them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such key.
    #[error("there is no tag {0}")]
    Absent(TagId),
    /// Not a name.
    #[error("“{name:.60}” cannot be a tag: the name {why}")]
    Name {
        /// What was given.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A tag with itself.
    #[error("“{0}” is one tag: this takes two")]
    Itself(String),
    /// Only tags of one kind can be synonyms or metatags of each other.
    #[error("“{0}” is a {1}, “{2}” a {3}: only tags of one kind go together so")]
    Kinds(String, Kind, String, Kind),
    /// Not a parent for this kind.
    #[error("“{0}” is a {1}, so “{2}”, a {3}, cannot be its parent{more}", more = parents(*.1))]
    Parent(String, Kind, String, Kind),
    /// The first is a synonym of the second.
    #[error("“{0}” is a synonym of “{1}”: do this to “{1}”, or split “{0}” off first")]
    Synonym(String, String),
    /// It has to be canonical for this.
    #[error("“{0}” is not canonical: make it so first")]
    NotCanonical(String),
    /// It is no synonym.
    #[error("“{0}” is not a synonym of anything")]
    NotSynonym(String),
    /// There is nothing to take away.
    #[error("“{0}” is not under “{1}”")]
    NoMeta(String, String),
    /// There is nothing to take away.
    #[error("“{0}” does not belong to “{1}”")]
    NoParent(String, String),
    /// Ratings, warnings and categories are the same in every archive.
    #[error("“{0}”: the canonical {kinds} are fixed; others can only be synonyms", kinds = many(*.1))]
    Fixed(String, Kind),
    /// Others need it as it is.
    #[error("“{tag}” has {count} {what}, “{first}” among them: give them another place first")]
    Leaning {
        /// The tag.
        tag: String,
        /// What leans on it.
        what: &'static str,
        /// How many.
        count: usize,
        /// One of them.
        first: String,
    },
    /// One other needs it as it is.
    #[error("“{first}” is {what} “{tag}”: give it another place first")]
    LeaningOne {
        /// The tag.
        tag: String,
        /// What the other is to it.
        what: &'static str,
        /// The other.
        first: String,
    },
    /// It would stand above itself. From the lowest tag to the highest.
    #[error("that would go round in a ring: {way}", way = path(.0))]
    Ring(Vec<String>),
    /// What is to be undone was changed again, or is needed by what came later.
    #[error("act {act} cannot be undone as long as act {by}, which came later, stands: {why}")]
    Later {
        /// What is to be undone.
        act: ActId,
        /// What came later.
        by: ActId,
        /// What is between them.
        why: String,
    },
    /// The act was undone before.
    #[error("act {act} was undone already, by act {by}")]
    Undone {
        /// What is to be undone.
        act: ActId,
        /// What undid it.
        by: ActId,
    },
    /// No such act.
    #[error("there is no act {0} in the log")]
    NoAct(ActId),
    /// The log is empty, or all of it undone.
    #[error("there is nothing to undo")]
    Nothing,
}

fn parents(kind: Kind) -> String {
    let word = |kind: &Kind| match kind {
        Kind::Media => "media".to_owned(),
        kind => format!("a {kind}"),
    };
    let words: Vec<String> = kind.parents().iter().map(word).collect();
    if words.is_empty() { String::new() } else { format!(" (only {} can)", words.join(" or ")) }
}

fn many(kind: Kind) -> &'static str {
    match kind {
        Kind::Rating => "ratings",
        Kind::Category => "categories",
        _ => "warnings",
    }
}

fn path(names: &[String]) -> String {
    let mut names = names.iter().map(|name| format!("“{name}”"));
    let first = names.next().unwrap_or_default();
    let others: Vec<String> = names.collect();
    format!("{first} is under {} already", others.join(" under "))
}
