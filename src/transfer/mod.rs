//! In and out: a folder becomes works, works become files, the index follows the store.
//!
//! Owns the way between the file system and the archive; the formats themselves belong to
//! `fanfold-doc`. Nothing here asks a person anything: what was found, done and refused is told
//! by [`progress::Progress`] and the import report.

pub mod catch_up;
pub mod check;
pub mod export;
pub mod filters;
pub mod import;
pub mod mailing;
pub mod mine;
mod parts;
pub mod posting;
pub mod progress;
mod reading;
mod scan;
mod settle;
pub mod upload;
pub mod watch;

pub use reading::imported as reading_of;
