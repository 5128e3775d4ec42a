//! Writing: puts the texts of works into the index and commits them with a position.
//!
//! Owns the shape of the documents. What a text becomes is decided in `tokenizer.rs`.

use tantivy::indexer::{LogMergePolicy, UserOperation};
use tantivy::schema::Field;
use tantivy::{IndexWriter, TantivyDocument, Term};

use super::language::Language;
use super::{IndexError, TextIndex};

/// Smallest and largest memory of one indexing thread, in bytes.
const THREAD_MEMORY: (usize, usize) = (16_000_000, 4_000_000_000);

/// What is searchable of one work.
#[derive(Clone, Debug, Default)]
pub struct WorkText<'a> {
    /// The work's id.
    pub work: i64,
    /// Its language as a BCP 47 tag ("en", "pt-BR"); empty when it is not known. Words of a
    /// language without a stemmer are found as they are written.
    pub language: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Names of its authors.
    pub authors: Vec<&'a str>,
    /// Names of its tags of every kind.
    pub tags: Vec<&'a str>,
    /// Summary and notes of the work as a whole, as plain text.
    pub notes: Vec<&'a str>,
    /// Its chapters in order.
    pub chapters: Vec<ChapterText<'a>>,
}

/// How many pieces of about the same size an index has before they are merged into one.
const PIECES: usize = 16;

/// What is searchable of one chapter.
#[derive(Clone, Debug, Default)]
pub struct ChapterText<'a> {
    /// The chapter's number, from 1.
    pub position: u32,
    /// Its title.
    pub title: &'a str,
    /// Its summary and notes as plain text.
    pub notes: &'a str,
    /// Its text: paragraphs separated by line feeds. No phrase is found across a line feed, so a
    /// line break inside a paragraph is better given as a space.
    pub body: &'a str,
}

/// The one writer of an index. What is put or removed is seen by nobody, and lost with the
/// process, until it is committed.
pub struct TextWriter {
    index: TextIndex,
    writer: IndexWriter,
}

impl std::fmt::Debug for TextWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextWriter").field("index", &self.index).finish_non_exhaustive()
    }
}

impl TextWriter {
    pub(super) fn new(
        index: TextIndex,
        memory_bytes: usize,
        threads: usize,
    ) -> Result<TextWriter, IndexError> {
        let threads = threads.clamp(1, 8);
        let each = (memory_bytes / threads).clamp(THREAD_MEMORY.0, THREAD_MEMORY.1);
        let writer = index.shared.index.writer_with_num_threads(threads, each * threads);
        let writer = writer.map_err(|error| index.fault(error))?;
        // Merging costs as much as indexing. A large import makes about ten pieces, which search
        // well as they are; many small changes are gathered all the same.
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(PIECES);
        writer.set_merge_policy(Box::new(merging));
        Ok(TextWriter { index, writer })
    }

    /// Adds a work, in place of what the index held of it.
    ///
    /// # Errors
    /// [`IndexError::Io`] when an earlier text could not be written. Drop the writer then, take a
    /// new one, and go on from the index's position.
    pub fn put(&mut self, work: &WorkText<'_>) -> Result<(), IndexError> {
        let mut operations = Vec::with_capacity(work.chapters.len() + 2);
        operations.push(UserOperation::Delete(self.term(work.work)));
        operations.push(UserOperation::Add(self.work_document(work)));
        for (chapter, place) in work.chapters.iter().zip(1u64..) {
            operations.push(UserOperation::Add(self.chapter_document(work, chapter, place)));
        }
        // One batch goes to one thread, which keeps the documents of a work side by side.
        self.writer.run(operations).map_err(|error| self.index.fault(error))?;
        Ok(())
    }

    /// Takes a work out of the index. Does nothing when it is not there.
    pub fn remove(&mut self, work: i64) {
        self.writer.delete_term(self.term(work));
    }

    /// Takes everything out of the index.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the index cannot be written; what was committed still stands.
    pub fn clear(&mut self) -> Result<(), IndexError> {
        self.writer.delete_all_documents().map_err(|error| self.index.fault(error))?;
        Ok(())
    }

    /// Makes everything so far durable and visible, as complete up to `position`.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the disk is full or fails; the last commit then still stands.
    pub fn commit(&mut self, position: i64) -> Result<(), IndexError> {
        let result = self.writer.prepare_commit().and_then(|mut prepared| {
            prepared.set_payload(&position.to_string());
            prepared.commit()
        });
        result.map_err(|error| self.index.fault(error))?;
        self.index.reload()
    }

    /// Waits until small pieces of the index have been merged into larger ones, then closes the
    /// writer. After a large import this makes searches faster; it is never needed.
    ///
    /// # Errors
    /// [`IndexError::Io`] when merging failed; what was committed still stands.
    pub fn finish(self) -> Result<(), IndexError> {
        let TextWriter { index, writer } = self;
        writer.wait_merging_threads().map_err(|error| index.fault(error))?;
        index.reload()
    }

    fn term(&self, work: i64) -> Term {
        Term::from_field_i64(self.index.shared.fields.work, work)
    }

    fn work_document(&self, work: &WorkText<'_>) -> TantivyDocument {
        let fields = &self.index.shared.fields;
        let [_, title, authors, tags, _, notes] = fields.text;
        let mut document = Document::new(work.language);
        document.add(title, work.title);
        document.add_all(authors, &work.authors);
        document.add_all(tags, &work.tags);
        document.add_all(notes, &work.notes);
        let mut inner = document.inner;
        inner.add_text(fields.language, document.language.sign().to_string());
        inner.add_i64(fields.work, work.work);
        inner.add_u64(fields.place, 0);
        inner.add_u64(fields.chapter, 0);
        inner
    }

    fn chapter_document(
        &self,
        work: &WorkText<'_>,
        chapter: &ChapterText<'_>,
        place: u64,
    ) -> TantivyDocument {
        let fields = &self.index.shared.fields;
        let [body, _, _, _, heading, notes] = fields.text;
        let mut document = Document::new(work.language);
        document.add(heading, chapter.title);
        document.add(notes, chapter.notes);
        document.add(body, chapter.body);
        let mut inner = document.inner;
        inner.add_i64(fields.work, work.work);
        inner.add_u64(fields.place, place);
        inner.add_u64(fields.chapter, u64::from(chapter.position));
        inner
    }
}

/// A document whose text values begin with the sign of their language.
struct Document {
    inner: TantivyDocument,
    language: Language,
}

impl Document {
    fn new(language: &str) -> Document {
        Document { inner: TantivyDocument::new(), language: Language::of(language) }
    }

    fn add(&mut self, field: Field, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut value = String::with_capacity(text.len() + 1);
        value.push(self.language.sign());
        value.push_str(text);
        self.inner.add_text(field, value);
    }

    fn add_all(&mut self, field: Field, texts: &[&str]) {
        for text in texts {
            self.add(field, text);
        }
    }
}
