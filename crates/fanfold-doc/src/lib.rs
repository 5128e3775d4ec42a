//! Documents of fan fiction: bytes in, one typed [`Document`](document::Document), bytes out.
//!
//! No I/O, no clock, no async. Every reader takes bytes and [`Limits`](limits::Limits) and returns
//! what the file tells ([`Imported`](imported::Imported)); every writer takes documents and returns
//! bytes. What a document cannot hold cannot be printed: there is no sanitising step to forget.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod checked;
pub mod document;
pub mod dump;
mod href;
pub mod html;
pub mod imported;
pub mod limits;
mod normal;
pub mod number;
pub mod read;
pub mod shape;
pub mod structure;
mod walk;
pub mod words;
pub mod write;

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
