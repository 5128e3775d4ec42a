//! How the store can fail, in words for the person who has to do something about it.
//!
//! Owns [`Error`]; the drivers decide which of their own errors is which of these.

/// Why the store could not do what was asked. Absence is never an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was to be written contradicts what is there; says what.
    #[error("{0}")]
    Conflict(String),
    /// Somebody else held the database too long.
    #[error(
        "another program is writing to the library; nothing was changed. Wait until it is done, \
         or close it, and try again"
    )]
    Busy,
    /// No room left on the disk.
    #[error(
        "the disk that holds the library is full. Nothing of the last change was kept and \
         nothing older was lost; make some room and try again"
    )]
    Full,
    /// The database may not be written to.
    #[error(
        "the library cannot be written: its folder or file is read-only. Allow this user to \
         write there, or choose another folder with --data"
    )]
    ReadOnly,
    /// The database cannot be reached now.
    #[error("the database cannot be reached: {0}. It is tried anew with the next request")]
    Unavailable(String),
    /// A newer program made the tables.
    #[error(
        "this library was written by a newer Fanfold (its tables are of version {found}, this \
         program knows up to {known}). Use that newer Fanfold; nothing was changed"
    )]
    Newer {
        /// The version of the tables.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The file or database belongs to something else.
    #[error("{0} is not a Fanfold library; nothing was changed. Choose another place for --data")]
    Foreign(String),
    /// Something is there that cannot be.
    #[error("the library is damaged: {0}. `fanfold check` tells more and mends what it can")]
    Damaged(String),
    /// Anything else that a database can say.
    #[error("the database refused: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A row that holds what no row can hold.
    pub(super) fn damaged(what: impl Into<String>) -> Error {
        Error::Damaged(what.into())
    }
}
