//! One view of the index: its segments, opened once and then shared by all searches until the next
//! commit. Owns the knowledge of how a document leads to its work.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::{DocId, InvertedIndexReader, Searcher, SegmentReader};

use super::language::Language;
use super::{Fields, TEXT_FIELDS};

/// What searches read.
pub(crate) struct Snapshot {
    /// Position of the commit.
    pub position: i64,
    /// Languages that occur, as far as stemming is concerned.
    pub languages: Vec<Language>,
    /// Number of documents, removed ones included.
    pub documents: u64,
    /// Mean length of each text field in words, over the documents.
    pub mean_lengths: [f32; TEXT_FIELDS.len()],
    pub segments: Vec<Segment>,
    searcher: Searcher,
}

/// One segment, ready to be searched.
pub(crate) struct Segment {
    /// Terms and postings of each text field.
    pub terms: [Arc<InvertedIndexReader>; TEXT_FIELDS.len()],
    /// Lengths of each text field.
    pub lengths: [FieldNormReader; TEXT_FIELDS.len()],
    pub documents: DocId,
    reader: SegmentReader,
    work: Column<i64>,
    place: Column<u64>,
    chapter: Column<u64>,
}

impl Snapshot {
    pub fn new(searcher: Searcher, fields: &Fields, position: i64) -> tantivy::Result<Snapshot> {
        let readers = searcher.segment_readers();
        let segments = readers.iter().map(|reader| Segment::new(reader, fields));
        let segments = segments.collect::<tantivy::Result<Vec<Segment>>>()?;
        let mut languages = BTreeSet::new();
        for reader in readers {
            let terms = reader.inverted_index(fields.language)?;
            let mut stream = terms.terms().stream()?;
            while stream.advance() {
                let sign = stream.key().first().map(|byte| char::from(*byte));
                languages.extend(sign.and_then(Language::from_sign));
            }
        }
        let documents = segments.iter().map(|segment| u64::from(segment.documents)).sum::<u64>();
        let mean_lengths = std::array::from_fn(|field| {
            let words = segments.iter().filter_map(|segment| segment.terms.get(field));
            let words = words.map(|terms| terms.total_num_tokens()).sum::<u64>();
            (words as f32 / documents.max(1) as f32).max(1.0)
        });
        let languages = languages.into_iter().collect();
        Ok(Snapshot { position, languages, documents, mean_lengths, segments, searcher })
    }

    /// Grows with every reload.
    pub fn generation(&self) -> u64 {
        self.searcher.generation().generation_id()
    }

    /// All works, ascending.
    pub fn works(&self) -> Vec<i64> {
        let mut works = Vec::new();
        for segment in &self.segments {
            let firsts = segment.reader.doc_ids_alive().filter(|doc| segment.place(*doc) == 0);
            works.extend(firsts.map(|doc| segment.work(doc)));
        }
        works.sort_unstable();
        works
    }
}

impl Segment {
    fn new(reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Segment> {
        let mut terms = Vec::with_capacity(TEXT_FIELDS.len());
        let mut lengths = Vec::with_capacity(TEXT_FIELDS.len());
        for field in fields.text {
            terms.push(reader.inverted_index(field)?);
            lengths.push(reader.get_fieldnorms_reader(field)?);
        }
        let wrong = || tantivy::TantivyError::InternalError("a field went missing".to_owned());
        Ok(Segment {
            terms: terms.try_into().map_err(|_| wrong())?,
            lengths: lengths.try_into().map_err(|_| wrong())?,
            documents: reader.max_doc(),
            work: reader.fast_fields().i64("work")?,
            place: reader.fast_fields().u64("place")?,
            chapter: reader.fast_fields().u64("chapter")?,
            reader: reader.clone(),
        })
    }

    fn place(&self, doc: DocId) -> u32 {
        self.place.first(doc).unwrap_or(0) as u32
    }

    /// The first document of the work that a document belongs to.
    #[inline]
    pub fn first_of(&self, doc: DocId) -> DocId {
        doc.saturating_sub(self.place(doc))
    }

    /// The work that a document belongs to.
    pub fn work(&self, doc: DocId) -> i64 {
        self.work.first(doc).unwrap_or(0)
    }

    /// The chapter that a document holds; 0 for the work's own document.
    pub fn chapter(&self, doc: DocId) -> u32 {
        self.chapter.first(doc).unwrap_or(0) as u32
    }

    /// Whether a document has not been removed.
    pub fn is_alive(&self, doc: DocId) -> bool {
        !self.reader.is_deleted(doc)
    }
}
