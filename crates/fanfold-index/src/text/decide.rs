//! Which works of one segment match, and how well: walks the cursors of all clauses work by work.
//!
//! The documents of a work lie side by side, its own document first, so the cursors only ever move
//! forward and nothing is kept but the scores of the chapters of the work at hand.

use tantivy::{DocId, TERMINATED};

use super::cursor::AnyOf;
use super::snapshot::Segment;

/// A work of the segment that matches.
pub(crate) struct Decided {
    /// Its first document.
    pub first: DocId,
    /// The document of its best chapter, if any chapter matches.
    pub best: Option<DocId>,
    pub score: f32,
}

/// The cursors of one query in one segment.
pub(crate) struct Cursors<'s> {
    segment: &'s Segment,
    /// In the order of the query, so that scores are summed in one order always.
    wanted: Vec<AnyOf<'s>>,
    excluded: Vec<AnyOf<'s>>,
    /// Which of `wanted` to move first: the rarest first.
    order: Vec<usize>,
    /// Scores of the chapters of the work at hand, by distance from its first document.
    chapters: Vec<f32>,
}

impl<'s> Cursors<'s> {
    pub fn new(segment: &'s Segment, wanted: Vec<AnyOf<'s>>, excluded: Vec<AnyOf<'s>>) -> Self {
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(|number| wanted.get(*number).map(|cursor| cursor.cost));
        Cursors { segment, wanted, excluded, order, chapters: Vec::new() }
    }

    /// Hands every matching work to `found`, in the order of their documents.
    pub fn run(mut self, mut found: impl FnMut(Decided)) {
        if self.wanted.is_empty() {
            return self.all(&mut found);
        }
        let mut target = 0;
        while let Some(first) = self.together(target) {
            if self.segment.is_alive(first) && !self.is_excluded(first) {
                found(self.score(first));
            }
            // The rarest cursor has often been moved past the work already; it leads from here.
            target = first + 1;
            self.leave(first);
        }
    }

    /// Without a wanted clause every work matches unless it is excluded.
    fn all(&mut self, found: &mut impl FnMut(Decided)) {
        let segment = self.segment;
        let firsts = (0..segment.documents).filter(|doc| segment.first_of(*doc) == *doc);
        for first in firsts.filter(|doc| segment.is_alive(*doc)) {
            if !self.is_excluded(first) {
                found(Decided { first, best: None, score: 0.0 });
            }
        }
    }

    /// The first work from document `target` on in which every wanted clause occurs. Leaves each
    /// cursor on that work's first document of its clause.
    fn together(&mut self, target: DocId) -> Option<DocId> {
        let mut first = target;
        'again: loop {
            for number in &self.order {
                let cursor = self.wanted.get_mut(*number)?;
                let doc = cursor.seek(first);
                if doc == TERMINATED {
                    return None;
                }
                let here = self.segment.first_of(doc);
                if here > first {
                    first = here;
                    continue 'again;
                }
            }
            return Some(first);
        }
    }

    /// Moves the rarest cursor behind the work that it stands on.
    fn leave(&mut self, first: DocId) {
        let Some(lead) = self.order.first().and_then(|number| self.wanted.get_mut(*number)) else {
            return;
        };
        while lead.doc() != TERMINATED && self.segment.first_of(lead.doc()) <= first {
            lead.advance();
        }
    }

    fn is_excluded(&mut self, first: DocId) -> bool {
        let segment = self.segment;
        self.excluded.iter_mut().any(|cursor| {
            let doc = cursor.seek(first);
            doc != TERMINATED && segment.first_of(doc) == first
        })
    }

    /// Sums up a work, moving all cursors behind it.
    fn score(&mut self, first: DocId) -> Decided {
        self.chapters.clear();
        let mut score = 0.0;
        for cursor in &mut self.wanted {
            let (mut own, mut best) = (0.0, 0.0f32);
            let mut doc = cursor.doc();
            while doc != TERMINATED && self.segment.first_of(doc) == first {
                let here = cursor.score();
                if doc == first {
                    own = here;
                } else {
                    best = best.max(here);
                    let place = (doc - first) as usize;
                    if self.chapters.len() <= place {
                        self.chapters.resize(place + 1, 0.0);
                    }
                    if let Some(chapter) = self.chapters.get_mut(place) {
                        *chapter += here;
                    }
                }
                doc = cursor.advance();
            }
            score += own + best;
        }
        let mut best: Option<(f32, DocId)> = None;
        for (chapter, place) in self.chapters.iter().zip(0u32..) {
            if *chapter > best.map_or(0.0, |(score, _)| score) {
                best = Some((*chapter, first + place));
            }
        }
        Decided { first, best: best.map(|(_, doc)| doc), score }
    }
}
