//! The table of writers: one row and one file each.
//!
//! Owns what every writer has in common: it takes a work and gives bytes, the same bytes each time.

mod ao3;
mod epub;
mod html;
mod loss;
mod markdown;
mod markup;
mod plain;

pub use ao3::Ao3;
pub use epub::epub;
pub use html::html;
pub use loss::{Loss, Losses, Written};
pub use markdown::markdown;
pub use plain::text;

use crate::imported::{Date, Imported};

/// A format that can be written.
#[derive(Debug)]
pub struct Writer {
    /// Its name in data, e.g. "epub".
    pub name: &'static str,
    /// The ending of its files, without the dot.
    pub extension: &'static str,
    /// The media type of its files.
    pub media_type: &'static str,
    write: fn(&Imported, Date) -> Result<Vec<u8>, WriteError>,
}

/// Every format that can be written.
pub const WRITERS: [&Writer; 4] = [
    &Writer { name: "epub", extension: "epub", media_type: "application/epub+zip", write: epub },
    &Writer {
        name: "html",
        extension: "html",
        media_type: "text/html; charset=utf-8",
        write: |work, _| Ok(html(work).into_bytes()),
    },
    &Writer {
        name: "markdown",
        extension: "md",
        media_type: "text/markdown; charset=utf-8",
        write: |work, _| Ok(markdown(work).into_bytes()),
    },
    &Writer {
        name: "text",
        extension: "txt",
        media_type: "text/plain; charset=utf-8",
        write: |work, _| Ok(text(work).into_bytes()),
    },
];

impl Writer {
    /// The writer of a name.
    pub fn of(name: &str) -> Option<&'static Writer> {
        WRITERS.into_iter().find(|writer| writer.name == name)
    }

    /// Writes a work; `day` is the day on which it is written, for formats that say so.
    ///
    /// # Errors
    /// [`WriteError`] for a work that the format has no room for.
    pub fn write(&self, work: &Imported, day: Date) -> Result<Vec<u8>, WriteError> {
        (self.write)(work, day)
    }
}

/// Why a work could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The format has no room for so much.
    #[error("the work is too large for this format: {0}; export it as HTML instead")]
    TooLarge(String),
}

#[cfg(test)]
mod elsewhere_tests;
#[cfg(test)]
mod tests;
