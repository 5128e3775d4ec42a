//! The whole program in one test binary: imports, crashes, hostile files, both databases, pages,
//! and the rules of the house.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

mod access;
mod along;
mod beta;
mod crash;
mod elsewhere;
mod feeds;
mod filters;
mod hostile;
mod import;
mod library;
mod mail;
mod mail_server;
mod mine;
mod pages;
mod panel;
mod passkeys;
mod people;
mod posting;
mod proof;
mod reading;
mod rights;
mod schema;
mod search;
mod site;
mod store_contract;
mod tag_pages;
mod tags;
mod tidy;
mod ties;
mod writing;
