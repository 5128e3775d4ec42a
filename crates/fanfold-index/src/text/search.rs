//! Running a query: plans it over all segments, then decides, work by work, what matches.
//!
//! A work matches when every wanted clause occurs somewhere in it and no excluded one does. Its
//! score is the sum over the clauses of the score in the work's own fields and that of the best
//! chapter; the chapter named is the one with the highest sum. Memory grows with the number of
//! works found, time with the number of documents that hold the rarest clause.

use std::path::Path;

use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, InvertedIndexReader};

use super::cursor::{AnyOf, Leaf, PhraseDocs, Scorer, length_table, rarity};
use super::decide::{Cursors, Decided};
use super::language::{Language, SIGN};
use super::query::{Clause, Query, Slot, Term, TextPlace};
use super::snapshot::{Segment, Snapshot};
use super::{IndexError, TEXT_FIELDS};

/// Most words that all prefixes of a query may stand for, summed over fields and segments.
const MAX_EXPANSIONS: usize = 100_000;

/// One page of what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How many works match in all.
    pub total: usize,
    /// The works of the page, best first.
    pub hits: Vec<Hit>,
}

/// A work that matches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The work's id.
    pub work: i64,
    /// The number of the chapter that matches best; 0 when only the work's own title, authors,
    /// tags or notes do.
    pub chapter: u32,
    /// How well it matches; only comparable within one search.
    pub score: f32,
}

/// A matching work before its page is known.
#[derive(Clone, Copy)]
struct Match {
    score: f32,
    work: i64,
    segment: usize,
    best: Option<DocId>,
}

/// For each segment the distance and postings of every word, or nothing when one is missing.
type BySegment = Vec<Option<Vec<(u32, TermInfo)>>>;

/// Words in a row in one field: where each word is found in each segment.
struct Sequence {
    field: usize,
    rarity: f32,
    words: BySegment,
}

enum PlannedTerm<'q> {
    Sequences(Vec<Sequence>),
    Prefix { prefix: &'q str, beyond: Vec<(Language, Vec<String>)> },
}

struct PlannedClause<'q> {
    excluded: bool,
    any: Vec<PlannedTerm<'q>>,
}

/// Everything that a search of one segment needs and that is the same for all of them.
struct Search<'s> {
    snapshot: &'s Snapshot,
    tables: [Box<[f32]>; TEXT_FIELDS.len()],
    folder: &'s Path,
    /// The one field in which to look, if not in all.
    only: Option<usize>,
}

pub(crate) fn search(
    snapshot: &Snapshot,
    query: &Query,
    offset: usize,
    limit: usize,
    folder: &Path,
) -> Result<Found, IndexError> {
    let tables = snapshot.mean_lengths.map(length_table);
    let only = query.within.map(TextPlace::field);
    let search = Search { snapshot, tables, folder, only };
    let clauses = query.clauses.iter().map(|clause| search.plan(clause));
    let clauses = clauses.collect::<Result<Vec<_>, _>>()?;
    let mut matches = Vec::new();
    let mut left = MAX_EXPANSIONS;
    for (number, segment) in snapshot.segments.iter().enumerate() {
        let (mut wanted, mut excluded) = (Vec::new(), Vec::new());
        for clause in &clauses {
            let cursor = search.open(number, segment, clause, &mut left)?;
            if clause.excluded { excluded.push(cursor) } else { wanted.push(cursor) }
        }
        Cursors::new(segment, wanted, excluded).run(|Decided { first, best, score }| {
            matches.push(Match { score, work: segment.work(first), segment: number, best });
        });
    }
    Ok(page(snapshot, matches, offset, limit))
}

/// Best first, newest first among equals.
fn page(snapshot: &Snapshot, mut matches: Vec<Match>, offset: usize, limit: usize) -> Found {
    let total = matches.len();
    let order = |a: &Match, b: &Match| b.score.total_cmp(&a.score).then(b.work.cmp(&a.work));
    let end = offset.saturating_add(limit);
    if end < total && end > 0 {
        matches.select_nth_unstable_by(end - 1, order);
        matches.truncate(end);
    }
    matches.sort_unstable_by(order);
    let hits = matches.iter().skip(offset).take(limit).map(|found| {
        let segment = snapshot.segments.get(found.segment);
        let chapter = found.best.zip(segment).map_or(0, |(doc, segment)| segment.chapter(doc));
        Hit { work: found.work, chapter, score: found.score }
    });
    Found { total, hits: hits.collect() }
}

impl<'s> Search<'s> {
    fn io<T>(&self, result: std::io::Result<T>) -> Result<T, IndexError> {
        result.map_err(|error| IndexError::io(self.folder, error))
    }

    fn plan<'q>(&self, clause: &'q Clause) -> Result<PlannedClause<'q>, IndexError> {
        let any = clause.any.iter().map(|term| match term {
            Term::Prefix(prefix) => {
                let languages = self.snapshot.languages.iter();
                let beyond = languages.map(|one| (*one, one.stems_beyond(prefix))).collect();
                Ok(PlannedTerm::Prefix { prefix, beyond })
            }
            Term::Phrase(slots) => Ok(PlannedTerm::Sequences(self.sequences(slots)?)),
        });
        let any = any.collect::<Result<_, IndexError>>()?;
        Ok(PlannedClause { excluded: clause.excluded, any })
    }

    fn looks_in(&self, field: usize) -> bool {
        self.only.is_none_or(|only| only == field)
    }

    /// The phrase in every language and field in which all its words occur.
    fn sequences(&self, slots: &[Slot]) -> Result<Vec<Sequence>, IndexError> {
        let any_language = [Language::of("")];
        let languages = if slots.iter().all(|slot| slot.sign) {
            any_language.as_slice()
        } else {
            self.snapshot.languages.as_slice()
        };
        let mut sequences = Vec::new();
        let mut found = vec![0u64; slots.len()];
        for language in languages {
            let terms: Vec<(u32, String)> =
                slots.iter().map(|slot| (slot.offset, term(slot, *language))).collect();
            for field in (0..TEXT_FIELDS.len()).filter(|field| self.looks_in(*field)) {
                let words = self.lookup(field, &terms, &mut found)?;
                if words.iter().any(Option::is_some) {
                    sequences.push(Sequence { field, rarity: 0.0, words });
                }
            }
        }
        // The rarity is that of the word in the whole archive, in all fields and languages.
        let documents = self.snapshot.documents;
        let rarity = found.iter().map(|found| rarity(*found, documents)).sum();
        for sequence in &mut sequences {
            sequence.rarity = rarity;
        }
        Ok(sequences)
    }

    /// Looks words up in all segments; adds the numbers of documents to `found`.
    fn lookup(
        &self,
        field: usize,
        terms: &[(u32, String)],
        found: &mut [u64],
    ) -> Result<BySegment, IndexError> {
        let mut all = Vec::with_capacity(self.snapshot.segments.len());
        for segment in &self.snapshot.segments {
            let mut infos = Some(Vec::with_capacity(terms.len()));
            let dictionary = segment.terms.get(field).map(|index| index.terms());
            for ((offset, term), found) in terms.iter().zip(found.iter_mut()) {
                let info = dictionary.map(|dictionary| dictionary.get(term.as_bytes()));
                match info.transpose() {
                    Ok(Some(Some(info))) => {
                        *found += u64::from(info.doc_freq);
                        if let Some(infos) = &mut infos {
                            infos.push((*offset, info));
                        }
                    }
                    Ok(_) => infos = None,
                    Err(error) => return Err(IndexError::io(self.folder, error)),
                }
            }
            all.push(infos);
        }
        Ok(all)
    }

    fn scorer(&'s self, segment: &'s Segment, field: usize, rarity: f32) -> Option<Scorer<'s>> {
        let weight = TEXT_FIELDS.get(field)?.1 * rarity;
        let (lengths, table) = (segment.lengths.get(field)?, self.tables.get(field)?);
        Some(Scorer { weight, lengths, table })
    }

    /// Opens one sequence in one segment; `None` when it does not occur there.
    fn leaf(
        &'s self,
        number: usize,
        segment: &'s Segment,
        sequence: &Sequence,
    ) -> Result<Option<Leaf<'s>>, IndexError> {
        let words = sequence.words.get(number).and_then(Option::as_ref);
        let scorer = self.scorer(segment, sequence.field, sequence.rarity);
        let (Some(words), Some(scorer)) = (words, scorer) else { return Ok(None) };
        let Some(index) = segment.terms.get(sequence.field) else { return Ok(None) };
        if let [(_, info)] = words.as_slice() {
            let option = IndexRecordOption::WithFreqs;
            let postings = self.io(index.read_postings_from_terminfo(info, option))?;
            return Ok(Some(Leaf::Word(Box::new(postings), scorer)));
        }
        let option = IndexRecordOption::WithFreqsAndPositions;
        let words = words.iter().map(|(offset, info)| {
            Ok((*offset, self.io(index.read_postings_from_terminfo(info, option))?))
        });
        let words = words.collect::<Result<Vec<_>, IndexError>>()?;
        Ok(Some(Leaf::Phrase(PhraseDocs::new(words), scorer)))
    }

    /// The documents with a word that begins so: one list for each field. `left` is what remains
    /// of the bound on the number of words.
    fn prefix(
        &self,
        segment: &Segment,
        prefix: &str,
        beyond: &[(Language, Vec<String>)],
        left: &mut usize,
    ) -> Result<Vec<Leaf<'s>>, IndexError> {
        let mut leaves = Vec::new();
        let fields = segment.terms.iter().zip(TEXT_FIELDS).enumerate();
        for (_, (index, (_, weight))) in fields.filter(|(field, _)| self.looks_in(*field)) {
            let mut bits = Bits::new(segment.documents);
            for (language, stems) in beyond {
                let from = format!("{}{prefix}", language.sign());
                // No UTF-8 text holds the byte 255: this comes right after all that begin so.
                let to = [from.as_bytes(), &[u8::MAX]].concat();
                let range = index.terms().range().ge(from.as_bytes()).lt(&to);
                let mut words = self.io(range.into_stream())?;
                while words.advance() {
                    *left = left
                        .checked_sub(1)
                        .ok_or_else(|| IndexError::TooBroad { prefix: prefix.to_owned() })?;
                    self.io(bits.add(index, words.value()))?;
                }
                for stem in stems {
                    let stem = format!("{}{stem}", language.sign());
                    if let Some(info) = self.io(index.terms().get(stem.as_bytes()))? {
                        self.io(bits.add(index, &info))?;
                    }
                }
            }
            let docs = bits.docs();
            if !docs.is_empty() {
                leaves.push(Leaf::List(docs, 0, weight));
            }
        }
        Ok(leaves)
    }

    fn open(
        &'s self,
        number: usize,
        segment: &'s Segment,
        clause: &PlannedClause<'_>,
        left: &mut usize,
    ) -> Result<AnyOf<'s>, IndexError> {
        let mut leaves = Vec::new();
        for term in &clause.any {
            match term {
                PlannedTerm::Prefix { prefix, beyond } => {
                    leaves.extend(self.prefix(segment, prefix, beyond, left)?);
                }
                PlannedTerm::Sequences(sequences) => {
                    for sequence in sequences {
                        leaves.extend(self.leaf(number, segment, sequence)?);
                    }
                }
            }
        }
        Ok(AnyOf::new(leaves))
    }
}

/// A set of documents of one segment.
struct Bits {
    words: Vec<u64>,
    documents: DocId,
    any: bool,
}

impl Bits {
    fn new(documents: DocId) -> Bits {
        Bits { words: Vec::new(), documents, any: false }
    }

    /// Adds the documents that hold a word.
    fn add(&mut self, index: &InvertedIndexReader, info: &TermInfo) -> std::io::Result<()> {
        if !self.any {
            self.words.resize(self.documents as usize / 64 + 1, 0);
            self.any = true;
        }
        let mut block = index.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        while !block.docs().is_empty() {
            for doc in block.docs() {
                if let Some(word) = self.words.get_mut(*doc as usize / 64) {
                    *word |= 1 << (doc % 64);
                }
            }
            block.advance();
        }
        Ok(())
    }

    /// The documents, ascending.
    fn docs(&self) -> Vec<DocId> {
        let count = self.words.iter().map(|word| word.count_ones() as usize).sum();
        let mut docs = Vec::with_capacity(count);
        for (word, base) in self.words.iter().zip((0u32..).step_by(64)) {
            let mut rest = *word;
            while rest != 0 {
                docs.push(base + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        docs
    }
}

/// A word as it stands in the index in texts of a language.
fn term(slot: &Slot, language: Language) -> String {
    if slot.sign {
        return format!("{SIGN}{}", slot.text);
    }
    format!("{}{}", language.sign(), language.stem(&slot.text))
}
