//! The only HTML parser and the only HTML printer.
//!
//! Owns [`Html`], which nothing but the printer can make, and [`Page`], a parsed page that readers
//! ask for its parts. There is no sanitising step: what comes in becomes a [`Document`], and what
//! a document cannot hold cannot be printed.

mod build;
mod lines;
mod page;
mod print;
mod sink;
mod style;
mod tabular;

use std::fmt;

pub use build::Resolve;
pub use page::{Element, Page};
pub(crate) use print::escape;
pub use print::{Place, Print};

use crate::document::Document;
use crate::imported::Warning;
use crate::limits::{Limits, ReadError};

/// The version of the printed form. It grows when the printer or the document changes; texts that
/// were printed by an older version are parsed anew when they are read.
pub const VERSION: i64 = 1;

/// Printed HTML that is well-formed XML too: elements, attributes and addresses of a
/// [`Document`], nothing else.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Html(String);

impl Html {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Printed HTML from the archive's own store. `None` if another version printed it: then
    /// [`Document::from_printed`] reads it.
    pub fn from_stored(text: String, version: i64) -> Option<Html> {
        (version == VERSION).then_some(Html(text))
    }

    /// The plain text of what was printed, a line for each paragraph, heading and other piece of
    /// text, each with the number of the anchor (see [`Print::anchors`]) at or before it; 0 before
    /// the first. Runs at the speed of a scan: no tree is built.
    pub fn lines(&self) -> Vec<(u32, String)> {
        lines::lines(&self.0)
    }
}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Document {
    /// Reads HTML into a document; what it cannot hold is left out with a warning, its text kept.
    /// Images on other servers and kept images (`media/…`) stay, others are left out.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] for a text over the limits.
    pub fn from_html(text: &str, limits: &Limits) -> Result<(Document, Vec<Warning>), ReadError> {
        let page = Page::parse(text, limits)?;
        let mut warnings = Vec::new();
        let document = page.body().document(&mut build::no_images, &mut warnings);
        Ok((document, warnings))
    }

    /// Reads what [`Document::to_html`] printed, in this version or an older one.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] only for a text that was never printed from a document.
    pub fn from_printed(text: &str) -> Result<Document, ReadError> {
        Document::from_html(text, &Limits::printed()).map(|read| read.0)
    }

    /// Prints the document as it is kept: no anchors, images as `media/NAME`.
    pub fn to_html(&self) -> Html {
        self.print(&Print::default())
    }

    /// Prints the document for a place that shows it.
    pub fn print(&self, how: &Print<'_>) -> Html {
        Html(print::document(self, how))
    }
}

#[cfg(test)]
mod tests;
