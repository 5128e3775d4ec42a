//! What a reader keeps: how far each work was read, filters under a name, and what the reader does
//! not want to meet.
//!
//! Plain data and limits.

use super::tag::Kind;
use super::work::{AuthorId, Millis, TagId, WorkId};

/// The most filters that a reader keeps under names.
pub const MOST_FILTERS: usize = 200;
/// The most things that a reader mutes.
pub const MOST_MUTES: usize = 5_000;
/// The longest name of a filter, characters.
pub const NAME_CHARS: usize = 80;

/// How far a reader is in a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The chapter that was last looked at, from 1.
    pub chapter: u32,
    /// The paragraph in it, from 1; 0 for the chapter's head.
    pub paragraph: u32,
    /// When.
    pub looked_at: Millis,
    /// When all that there was had been read.
    pub finished_at: Option<Millis>,
}

/// What a reader's works are asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Looked at, in whatever state.
    Looked,
    /// Begun and not finished.
    Begun,
    /// Finished.
    Finished,
    /// Looked at, and changed since.
    Updated,
}

/// What a reader does not want to meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    /// Works with a tag, or with one that is filtered as it.
    Tag(TagId),
    /// Works by somebody.
    Author(AuthorId),
    /// One work.
    Work(WorkId),
}

impl Mute {
    /// Its word in the store and in forms, and the key of what is muted.
    pub fn parts(self) -> (&'static str, i64) {
        match self {
            Mute::Tag(id) => ("tag", id.0),
            Mute::Author(id) => ("author", id.0),
            Mute::Work(id) => ("work", id.0),
        }
    }

    /// Of a word and a key.
    pub fn of(what: &str, key: i64) -> Option<Mute> {
        match what {
            "tag" => Some(Mute::Tag(TagId(key))),
            "author" => Some(Mute::Author(AuthorId(key))),
            "work" => Some(Mute::Work(WorkId(key))),
            _ => None,
        }
    }
}

/// Something muted, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Muted {
    /// What.
    pub mute: Mute,
    /// Of a tag: its kind.
    pub kind: Option<Kind>,
    /// Its name or title.
    pub name: String,
}

/// A question that a reader keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFilter {
    /// The name, as the reader wrote it.
    pub name: String,
    /// The question.
    pub question: String,
}

/// What works must answer to be shown to a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultFilter {
    /// The fandom whose works it is about, with its name; none for all works.
    pub fandom: Option<(TagId, String)>,
    /// The question.
    pub question: String,
}
