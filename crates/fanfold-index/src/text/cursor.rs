//! Cursors over the documents of one segment that hold a word, a phrase or a prefix, with scores.
//!
//! A score is BM25 (k1 = 1.2, b = 0.75) times the weight of the field. Which cursors make up a
//! query, and what a work is, is decided in `search.rs`.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocId, DocSet, TERMINATED};

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Rarity of something that occurs in `found` of `all` documents, as BM25 counts it.
pub(crate) fn rarity(found: u64, all: u64) -> f32 {
    let (found, all) = (found.min(all) as f32, all as f32);
    (1.0 + (all - found + 0.5) / (found + 0.5)).ln()
}

/// For each possible length of a field, what BM25 adds to the count of a word there.
pub(crate) fn length_table(mean: f32) -> Box<[f32]> {
    (0..=u8::MAX)
        .map(|id| K1 * (1.0 - B + B * FieldNormReader::id_to_fieldnorm(id) as f32 / mean))
        .collect()
}

/// Turns the number of hits in a document into a score.
pub(crate) struct Scorer<'s> {
    /// Weight of the field times rarity.
    pub weight: f32,
    pub lengths: &'s FieldNormReader,
    pub table: &'s [f32],
}

impl Scorer<'_> {
    #[inline]
    fn score(&self, doc: DocId, count: u32) -> f32 {
        let id = usize::from(self.lengths.fieldnorm_id(doc));
        let count = count as f32;
        let added = self.table.get(id).copied().unwrap_or(K1);
        self.weight * (1.0 + K1) * count / (count + added)
    }
}

/// One field's documents for one term.
pub(crate) enum Leaf<'s> {
    /// Documents with one word.
    Word(Box<SegmentPostings>, Scorer<'s>),
    /// Documents with words in a row.
    Phrase(PhraseDocs, Scorer<'s>),
    /// A list of documents, all of one score.
    List(Vec<DocId>, usize, f32),
}

impl Leaf<'_> {
    #[inline]
    fn doc(&self) -> DocId {
        match self {
            Leaf::Word(postings, _) => postings.doc(),
            Leaf::Phrase(phrase, _) => phrase.doc,
            Leaf::List(docs, at, _) => docs.get(*at).copied().unwrap_or(TERMINATED),
        }
    }

    #[inline]
    fn advance(&mut self) -> DocId {
        match self {
            Leaf::Word(postings, _) => postings.advance(),
            Leaf::Phrase(phrase, _) => phrase.seek(phrase.doc.saturating_add(1)),
            Leaf::List(_, at, _) => {
                *at += 1;
                self.doc()
            }
        }
    }

    /// Goes to the first document at or after `target`, which lies ahead.
    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Leaf::Word(postings, _) => postings.seek(target),
            Leaf::Phrase(phrase, _) => phrase.seek(target),
            Leaf::List(docs, at, _) => {
                let rest = docs.get(*at..).unwrap_or_default();
                *at += rest.partition_point(|doc| *doc < target);
                self.doc()
            }
        }
    }

    fn score(&self) -> f32 {
        match self {
            Leaf::Word(postings, scorer) => scorer.score(postings.doc(), postings.term_freq()),
            Leaf::Phrase(phrase, scorer) => scorer.score(phrase.doc, phrase.count),
            Leaf::List(_, _, score) => *score,
        }
    }
}

/// Documents of one field in which words stand in a row.
pub(crate) struct PhraseDocs {
    doc: DocId,
    count: u32,
    /// Rarest first: how far to shift the positions so that all words of a hit agree.
    words: Vec<(u32, SegmentPostings)>,
    hits: Vec<u32>,
    positions: Vec<u32>,
}

impl PhraseDocs {
    /// From the postings of each word with its distance from the first word.
    pub fn new(mut words: Vec<(u32, SegmentPostings)>) -> PhraseDocs {
        let last = words.iter().map(|(offset, _)| *offset).max().unwrap_or(0);
        for (offset, _) in &mut words {
            *offset = last - *offset;
        }
        words.sort_by_key(|(_, postings)| postings.doc_freq());
        let mut phrase =
            PhraseDocs { doc: 0, count: 0, words, hits: Vec::new(), positions: Vec::new() };
        phrase.seek(0);
        phrase
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let mut target = target;
        loop {
            target = self.together(target);
            self.doc = target;
            if target == TERMINATED {
                return target;
            }
            self.count = self.count_hits();
            if self.count > 0 {
                return target;
            }
            target += 1;
        }
    }

    /// The first document from `target` on that has all the words.
    fn together(&mut self, target: DocId) -> DocId {
        let mut target = target;
        'again: loop {
            for (_, postings) in &mut self.words {
                let doc = postings.doc();
                let doc = if doc < target { postings.seek(target) } else { doc };
                if doc > target {
                    if doc == TERMINATED {
                        return TERMINATED;
                    }
                    target = doc;
                    continue 'again;
                }
            }
            return if self.words.is_empty() { TERMINATED } else { target };
        }
    }

    /// How often the words stand in a row in the document on which all of them are.
    fn count_hits(&mut self) -> u32 {
        let mut words = self.words.iter_mut();
        let Some((shift, postings)) = words.next() else { return 0 };
        postings.positions_with_offset(*shift, &mut self.hits);
        for (shift, postings) in words {
            postings.positions_with_offset(*shift, &mut self.positions);
            let mut others = self.positions.iter().copied().peekable();
            self.hits.retain(|hit| {
                while others.next_if(|other| other < hit).is_some() {}
                others.peek() == Some(hit)
            });
            if self.hits.is_empty() {
                return 0;
            }
        }
        self.hits.len() as u32
    }
}

/// Documents of one clause: those of any of its leaves.
pub(crate) struct AnyOf<'s> {
    doc: DocId,
    leaves: Vec<Leaf<'s>>,
    /// Upper bound of the number of documents, to begin with the rarest clause.
    pub cost: u64,
}

impl<'s> AnyOf<'s> {
    /// The documents of any of the leaves.
    pub fn new(leaves: Vec<Leaf<'s>>) -> AnyOf<'s> {
        let cost = leaves.iter().map(|leaf| match leaf {
            Leaf::Word(postings, _) => u64::from(postings.doc_freq()),
            Leaf::Phrase(phrase, _) => {
                phrase.words.first().map_or(0, |(_, postings)| u64::from(postings.doc_freq()))
            }
            Leaf::List(docs, _, _) => docs.len() as u64,
        });
        let cost = cost.sum();
        let mut any = AnyOf { doc: 0, leaves, cost };
        any.doc = any.lowest();
        any
    }

    fn lowest(&self) -> DocId {
        self.leaves.iter().map(Leaf::doc).min().unwrap_or(TERMINATED)
    }

    /// The document it stands on; `TERMINATED` at the end.
    #[inline]
    pub fn doc(&self) -> DocId {
        self.doc
    }

    /// Goes to the next document.
    #[inline]
    pub fn advance(&mut self) -> DocId {
        if let [only] = self.leaves.as_mut_slice() {
            self.doc = only.advance();
            return self.doc;
        }
        let mut lowest = TERMINATED;
        for leaf in &mut self.leaves {
            let doc = leaf.doc();
            lowest = lowest.min(if doc == self.doc { leaf.advance() } else { doc });
        }
        self.doc = lowest;
        lowest
    }

    /// Goes to the first document at or after `target`; stays when it is already there.
    #[inline]
    pub fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            for leaf in &mut self.leaves {
                if leaf.doc() < target {
                    leaf.seek(target);
                }
            }
            self.doc = self.lowest();
        }
        self.doc
    }

    /// Score of the document it stands on.
    #[inline]
    pub fn score(&self) -> f32 {
        let here = self.leaves.iter().filter(|leaf| leaf.doc() == self.doc);
        here.map(Leaf::score).sum()
    }
}
