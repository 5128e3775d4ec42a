//! From a file to a posted work: upload, what is said about the work, posting, here and elsewhere.
//!
//! Everything here is for whoever may write; for others the pages are not there.

pub(super) mod about;
pub(super) mod elsewhere;
mod ties;
pub(super) mod upload;
