//! Fanfold turns a folder of stories into an archive that can be read, searched and kept.
//!
//! The program as a library, so that its tests and benches reach what they measure. Imports run one
//! way: `archive <- store, files <- app <- transfer <- find, suggest <- web, cli <- main`.

#![forbid(unsafe_code)]
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod archive;
pub mod cli;
pub mod config;
pub mod credential;
pub mod files;
pub mod find;
pub mod mail;
pub mod passkey;
pub mod store;
pub mod suggest;
pub mod transfer;
pub mod web;
