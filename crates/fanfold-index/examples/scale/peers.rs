//! What engines of others have in common here: they are asked what the filter engine is asked.
//!
//! Owns [`Peer`], and how works and questions are put to those who know no tag graph: each work
//! comes with everything above its tags, so that a question is about plain numbers.

use std::error::Error;

use fanfold_index::filter::{Answer, Kind, Request, Term, WorkRow};

use crate::archive::Archive;

/// What can go wrong in a bench: it is told and ends it.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Questions of a sort, unless a peer is slower than that allows.
const QUESTIONS: usize = 8;

/// An engine that holds the archive already.
pub trait Peer {
    /// Its name, with its version.
    fn name(&self) -> String;
    /// How many questions of a sort it is asked: fewer where it may need half a minute for one.
    fn questions(&self, _about: &Request) -> usize {
        QUESTIONS
    }
    /// Bytes on disk.
    fn size_bytes(&mut self) -> Outcome<u64>;
    /// Answers a question, as the filter engine would: the exact total, the page, the facets.
    /// What is muted, and authors' own works, are not asked of peers.
    fn run(&mut self, request: &Request) -> Outcome<Answer>;
}

/// The terms of a work as a peer is told them.
#[derive(Debug, Default)]
pub struct Known {
    /// What it is found by: canonicals and everything above them.
    pub found_by: Vec<Term>,
    /// What it is counted under: its canonicals alone.
    pub counted: Vec<Term>,
}

impl Known {
    /// Takes in a work.
    pub fn read(&mut self, archive: &Archive, row: &WorkRow) {
        self.found_by.clear();
        self.counted.clear();
        for term in &row.terms {
            let canonical = archive.canonical(*term);
            if !self.counted.contains(&canonical) {
                self.counted.push(canonical);
            }
            // The closures of two tags may share what stands above them.
            archive.closure(*term, &mut self.found_by);
        }
    }
}

/// A term as one number: the kind above, the id below; both fit for archives up to 17 M works.
pub fn number(term: Term) -> u32 {
    (term.kind as u32) << 27 | term.id
}

/// The term of a number.
pub fn term(number: u32) -> Option<Term> {
    let kind = Kind::ALL.get((number >> 27) as usize)?;
    Some(Term::new(*kind, number & ((1 << 27) - 1)))
}

/// A question that peers cannot be asked.
pub fn unknown(what: &str) -> Box<dyn Error> {
    format!("peers are not asked about {what}").into()
}
