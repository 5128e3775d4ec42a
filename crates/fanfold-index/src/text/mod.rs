//! Full text: opens the index, knows its schema, hands out readers and the writer.
//!
//! One document for each chapter, preceded by one for the work itself; all documents of a work lie
//! next to each other in one segment (the writer adds them as one batch, merges keep the order),
//! so whether a work matches is decided inside a segment. The only file of the crate that creates
//! or deletes files.

mod cursor;
mod decide;
mod error;
pub(crate) mod fold;
mod language;
mod mark;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod open_tests;
mod query;
#[cfg(test)]
mod query_tests;
mod search;
mod snapshot;
mod snippet;
mod tokenizer;
mod words;
mod writer;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::{Directory, Index, IndexReader, IndexSettings, ReloadPolicy};

pub use error::{IndexError, QueryError};
pub use mark::Marker;
pub use query::{Query, TextPlace};
pub use search::{Found, Hit};
pub use snippet::{Snippet, snippet};
pub use writer::{ChapterText, TextWriter, WorkText};

use snapshot::Snapshot;
use tokenizer::StoryTokenizer;

/// Raise it whenever terms, fields or folding change: every index is then built anew.
const FORMAT: u32 = 1;
/// The file that names the format.
const FORMAT_FILE: &str = "fanfold-text-format";

/// Name of each text field, and how much a word found in it weighs.
const TEXT_FIELDS: [(&str, f32); 6] = [
    ("body", 1.0),
    ("title", 7.0),
    ("authors", 5.0),
    ("tags", 3.0),
    ("heading", 2.0),
    ("notes", 1.5),
];

/// The schema's fields. `place` is a document's distance from the first one of its work.
#[derive(Clone, Debug)]
struct Fields {
    work: Field,
    place: Field,
    chapter: Field,
    language: Field,
    /// In the order of [`TEXT_FIELDS`].
    text: [Field; TEXT_FIELDS.len()],
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(StoryTokenizer::NAME)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(true);
    let prose = TextOptions::default().set_indexing_options(indexing);
    let text = TEXT_FIELDS.map(|(name, _)| builder.add_text_field(name, prose.clone()));
    let fields = Fields {
        work: builder.add_i64_field("work", INDEXED | FAST),
        place: builder.add_u64_field("place", FAST),
        chapter: builder.add_u64_field("chapter", FAST),
        language: builder.add_text_field("language", STRING),
        text,
    };
    (builder.build(), fields)
}

/// The full-text index of one archive. Cheap to clone; all clones see the same commits.
#[derive(Clone)]
pub struct TextIndex {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    snapshot: RwLock<Arc<Snapshot>>,
}

impl std::fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextIndex").field("folder", &self.shared.folder).finish_non_exhaustive()
    }
}

impl TextIndex {
    /// Opens the index in a folder, or makes it there.
    ///
    /// The store is the truth, so an index of another format, or one that does not open whole, is
    /// removed and an empty one made: [`position`](Self::position) is then 0 and the caller fills
    /// it. Only files that this index could have written are ever deleted.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the folder cannot be used; nothing is deleted then.
    /// [`IndexError::Busy`] when the index must be made anew but another process is writing it.
    pub fn open(folder: &Path) -> Result<TextIndex, IndexError> {
        fs::create_dir_all(folder).map_err(|error| IndexError::io(folder, error))?;
        match open_whole(folder) {
            Ok(Some(index)) => return Ok(index),
            Ok(None) | Err(IndexError::Damaged { .. }) => {}
            Err(other) => return Err(other),
        }
        make(folder)?;
        open_whole(folder)?.ok_or_else(|| IndexError::Damaged {
            folder: folder.to_path_buf(),
            what: "it vanished while it was being made".to_owned(),
        })
    }

    /// The store's change number up to which the index is complete; 0 for an empty index. It is
    /// committed together with the texts, so the two always agree.
    pub fn position(&self) -> i64 {
        self.snapshot().position
    }

    /// The one writer. `memory_bytes` is shared by its `threads`; both are brought into the range
    /// that works (1 to 8 threads, 16 MB to 4 GB each).
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another writer exists, here or in another process.
    pub fn writer(&self, memory_bytes: usize, threads: usize) -> Result<TextWriter, IndexError> {
        TextWriter::new(self.clone(), memory_bytes, threads)
    }

    /// Runs a query: the works that match, best first (newest first among equals), `limit` of them
    /// from `offset` on, and how many there are in all.
    ///
    /// # Errors
    /// [`IndexError::TooBroad`] for a prefix of too many words, else a fault of the disk.
    pub fn search(&self, query: &Query, offset: usize, limit: usize) -> Result<Found, IndexError> {
        search::search(&self.snapshot(), query, offset, limit, &self.shared.folder)
    }

    /// The ids of all works in the index, ascending.
    ///
    /// # Errors
    /// None at present; reading may fail in future formats.
    pub fn works(&self) -> Result<Vec<i64>, IndexError> {
        Ok(self.snapshot().works())
    }

    /// Reads every file through and compares its checksum; gives the names of the damaged ones.
    /// Slow (the whole index is read): for `fanfold check`.
    ///
    /// # Errors
    /// [`IndexError::Io`] or [`IndexError::Damaged`] when it cannot even be read.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, IndexError> {
        let damaged = self.shared.index.validate_checksum();
        Ok(damaged.map_err(|error| self.fault(error))?.into_iter().collect())
    }

    /// Takes up what other processes have committed. Own commits are visible at once.
    ///
    /// # Errors
    /// A fault of the disk; the index then goes on showing what it showed before.
    pub fn reload(&self) -> Result<(), IndexError> {
        let shared = &self.shared;
        // The position is read first: it may lag behind the texts, never run ahead of them.
        let position = position_of(&shared.index, &shared.folder)?;
        shared.reader.reload().map_err(|error| self.fault(error))?;
        let snapshot = Snapshot::new(shared.reader.searcher(), &shared.fields, position)
            .map_err(|error| self.fault(error))?;
        let mut current = shared.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        // Two threads may come here at once; the older view must not win.
        if snapshot.generation() >= current.generation() {
            *current = Arc::new(snapshot);
        }
        Ok(())
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn fault(&self, error: tantivy::TantivyError) -> IndexError {
        IndexError::of(&self.shared.folder, error)
    }
}

/// Opens an index that is there, whole and of this format; `None` when there is none.
fn open_whole(folder: &Path) -> Result<Option<TextIndex>, IndexError> {
    match fs::read_to_string(folder.join(FORMAT_FILE)) {
        Ok(format) if format == format_line() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(IndexError::io(folder, error)),
    }
    let directory =
        MmapDirectory::open(folder).map_err(|error| IndexError::of(folder, error.into()))?;
    if !Index::exists(&directory).map_err(|error| IndexError::of(folder, error.into()))? {
        return Ok(None);
    }
    // tantivy trusts a file whose footer is right, and may panic on nonsense in front of it.
    let opened = catch_unwind(AssertUnwindSafe(|| open_segments(folder, directory)));
    opened.unwrap_or_else(|_| {
        let what = "a file does not hold what it should".to_owned();
        Err(IndexError::Damaged { folder: folder.to_path_buf(), what })
    })
}

fn open_segments(folder: &Path, directory: MmapDirectory) -> Result<Option<TextIndex>, IndexError> {
    let fault = |error| IndexError::of(folder, error);
    let index = Index::open(directory).map_err(fault)?;
    let (schema, fields) = schema();
    if index.schema() != schema {
        return Ok(None);
    }
    index.tokenizers().register(StoryTokenizer::NAME, StoryTokenizer::default());
    let position = position_of(&index, folder)?;
    let reader: IndexReader =
        index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(fault)?;
    let snapshot = Snapshot::new(reader.searcher(), &fields, position).map_err(fault)?;
    let snapshot = RwLock::new(Arc::new(snapshot));
    let folder = folder.to_path_buf();
    let shared = Arc::new(Shared { folder, index, reader, fields, snapshot });
    Ok(Some(TextIndex { shared }))
}

fn format_line() -> String {
    format!("fanfold text {FORMAT}, tantivy {}\n", tantivy::INDEX_FORMAT_VERSION)
}

/// The position in the last commit. An index that holds texts but no position is not ours.
fn position_of(index: &Index, folder: &Path) -> Result<i64, IndexError> {
    let metas = index.load_metas().map_err(|error| IndexError::of(folder, error))?;
    match metas.payload.as_deref().map(str::parse) {
        Some(Ok(position)) => Ok(position),
        None if metas.segments.is_empty() => Ok(0),
        _ => Err(IndexError::Damaged {
            folder: folder.to_path_buf(),
            what: "the last commit has no position".to_owned(),
        }),
    }
}

/// Makes an empty index, removing what there was of an old one. Holds the writer's lock, so that
/// no index is taken away from under another process.
fn make(folder: &Path) -> Result<(), IndexError> {
    let fault = |error| IndexError::of(folder, error);
    let directory = MmapDirectory::open(folder).map_err(|error| fault(error.into()))?;
    let _lock = directory
        .acquire_lock(&INDEX_WRITER_LOCK)
        .map_err(|error| fault(tantivy::TantivyError::LockFailure(error, None)))?;
    // Another process may have made it while this one came for the lock.
    if matches!(open_whole(folder), Ok(Some(_))) {
        return Ok(());
    }
    remove_files(folder).map_err(|error| IndexError::io(folder, error))?;
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    Index::create(directory, schema().0, settings).map_err(fault)?;
    // Last: without this file a half-made index is made again.
    fs::write(folder.join(FORMAT_FILE), format_line())
        .map_err(|error| IndexError::io(folder, error))
}

/// Removes the files of an index: tantivy's lists, and segment files (32 hexadecimal digits, a
/// dot, an ending). Whatever else lies in the folder is not ours. Lock files stay.
fn remove_files(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let is_list = matches!(name, FORMAT_FILE | "meta.json" | ".managed.json");
        let is_segment = name.split_once('.').is_some_and(|(id, _)| {
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if is_list || is_segment {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
