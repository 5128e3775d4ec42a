//! What can go wrong with the text index, in plain words.

use std::path::PathBuf;
use std::sync::Arc;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// A fault of the index, not of a query.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process (or another writer of this one) holds the index for writing.
    #[error("The search index is being written by another Fanfold. Wait for it or stop it.")]
    Busy,
    /// The disk or the system refused something.
    #[error("The search index in {} could not be read or written: {source}. \
             Check the folder's permissions and the free space.", folder.display())]
    Io {
        /// The folder of the index.
        folder: PathBuf,
        /// What the system said.
        source: Arc<std::io::Error>,
    },
    /// The files are there but make no sense. Opening the index again makes it anew.
    #[error("The search index in {} is damaged ({what}). \
             Start Fanfold again: it will be built anew from the stories.", folder.display())]
    Damaged {
        /// The folder of the index.
        folder: PathBuf,
        /// What was found, for a report.
        what: String,
    },
    /// A prefix stands for more words than one search may look at.
    #[error("Too many words begin with “{prefix}”. Add a letter or two before the *.")]
    TooBroad {
        /// The prefix, folded.
        prefix: String,
    },
}

impl IndexError {
    /// Sorts tantivy's errors into the few that a caller can act on.
    pub(crate) fn of(folder: &std::path::Path, error: TantivyError) -> IndexError {
        let folder = folder.to_path_buf();
        let io = match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => return IndexError::Busy,
            TantivyError::LockFailure(LockError::IoError(source), _)
            | TantivyError::IoError(source)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError {
                io_error: source,
                ..
            }) => Some(Arc::clone(source)),
            TantivyError::OpenDirectoryError(other) => {
                Some(Arc::new(std::io::Error::other(format!("{other}"))))
            }
            TantivyError::ErrorInThread(what) | TantivyError::SystemError(what) => {
                Some(Arc::new(std::io::Error::other(what.clone())))
            }
            _ => None,
        };
        // A file that ends too early or reads as nonsense is the index's fault, not the disk's.
        match io {
            Some(source) if !is_nonsense(&source) => IndexError::Io { folder, source },
            Some(source) => IndexError::Damaged { folder, what: source.to_string() },
            None => IndexError::Damaged { folder, what: error.to_string() },
        }
    }

    /// The same for a plain input or output error.
    pub(crate) fn io(folder: &std::path::Path, error: std::io::Error) -> IndexError {
        IndexError::of(folder, TantivyError::IoError(Arc::new(error)))
    }
}

fn is_nonsense(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    matches!(error.kind(), InvalidData | UnexpectedEof)
}

/// Why a query could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Where in the query, counted in characters from 0.
    pub position: usize,
    /// One sentence that says what is wrong and what to do.
    pub message: String,
}
