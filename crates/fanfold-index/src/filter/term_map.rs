//! Numbers for terms, in the order in which they are met.
//!
//! Owns a table from a term to its number: pages of 4,096 ids of a kind, because a store gives
//! ids without large gaps and a page is found without hashing; what is far out is hashed.

use std::collections::HashMap;

use super::model::{Kind, Term};

const PAGE: usize = 4096;
/// Ids from here on are far out.
const FAR: u32 = 1 << 24;
const UNKNOWN: u32 = u32::MAX;

/// Terms and their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct TermMap {
    terms: Vec<Term>,
    pages: [Vec<Option<Box<[u32; PAGE]>>>; Kind::ALL.len()],
    far: HashMap<Term, u32>,
}

impl TermMap {
    /// The number of a term, a new one if it was not met before.
    pub fn know(&mut self, term: Term) -> u32 {
        let pages = &mut self.pages[term.kind as usize];
        let next = self.terms.len() as u32;
        if term.id >= FAR {
            let number = *self.far.entry(term).or_insert(next);
            if number == next {
                self.terms.push(term);
            }
            return number;
        }
        let page = term.id as usize / PAGE;
        if pages.len() <= page {
            pages.resize(page + 1, None);
        }
        let page = pages[page].get_or_insert_with(|| Box::new([UNKNOWN; PAGE]));
        let number = &mut page[term.id as usize % PAGE];
        if *number == UNKNOWN {
            *number = next;
            self.terms.push(term);
        }
        *number
    }

    /// The number of a term that was met.
    pub fn get(&self, term: Term) -> Option<u32> {
        if term.id >= FAR {
            return self.far.get(&term).copied();
        }
        let page = self.pages[term.kind as usize].get(term.id as usize / PAGE)?.as_ref()?;
        let number = page[term.id as usize % PAGE];
        (number != UNKNOWN).then_some(number)
    }

    /// The terms by their numbers.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}
