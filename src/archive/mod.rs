//! The domain: what a work is, what may be stored of it, and the rules for both.
//!
//! Plain data and rules, no I/O. Everything that writes a work passes through
//! [`WorkDraft::check`](draft::WorkDraft::check).

pub mod about;
pub mod access;
pub mod account;
pub mod alike;
pub mod anchor;
pub mod beta;
pub mod compare;
pub mod draft;
pub mod elsewhere;
pub mod fingerprint;
pub mod language;
pub mod letters;
pub mod limits;
pub mod line;
pub mod mail;
pub mod person;
pub mod reading;
pub mod refusal;
pub mod revision;
pub mod tag;
pub mod ties;
pub mod ties_form;
pub mod vocabulary;
pub mod work;
pub mod wrangle;

/// Numbers are said alike everywhere.
pub use fanfold_doc::number;
