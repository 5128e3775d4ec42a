//! Fanfold's indexes: they answer "which works match?" and nothing else.
//!
//! This crate owns the full-text engine ([`TextIndex`]) and the language it is asked in
//! ([`Query`]). It knows neither SQL nor the web, and nothing of the rest of the program: texts
//! come in as `&str`, work ids as `i64`. An index is a view of the store. It can be deleted at any
//! time and filled again, so it is never the only place where something is written.
//!
//! ```
//! use fanfold_index::{ChapterText, Query, TextIndex, WorkText, snippet};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let index = TextIndex::open(folder.path())?;
//! let body = "Nobody had lit the lamp.\nThe lighthouse keeper’s boat was gone.";
//! let mut writer = index.writer(50_000_000, 1)?;
//! writer.put(&WorkText {
//!     work: 7,
//!     language: "en",
//!     title: "Salt",
//!     chapters: vec![ChapterText { position: 1, body, ..ChapterText::default() }],
//!     ..WorkText::default()
//! })?;
//! writer.commit(1)?;
//!
//! let query = Query::parse("\"lighthouse keepers\" boats")?;
//! let found = index.search(&query, 0, 20)?;
//! assert_eq!((found.total, found.hits[0].work, found.hits[0].chapter), (1, 7, 1));
//! let shown = snippet(&query.marker("en"), body.split('\n')).ok_or("no snippet")?;
//! assert_eq!(shown.paragraph, 1);
//! assert_eq!(&shown.text[shown.marks[0].clone()], "lighthouse keeper");
//! # Ok(())
//! # }
//! ```
#![deny(unsafe_code)]
#![deny(missing_docs)]

pub mod ask;
pub mod filter;
mod suggest;
mod text;

pub use suggest::{Suggestions, fold_name};
pub use text::{
    ChapterText, Found, Hit, IndexError, Marker, Query, QueryError, Snippet, TextIndex, TextPlace,
    TextWriter, WorkText, snippet,
};
