//! The archive at rest: all SQL, and nothing that knows files, pages or the clock.
//!
//! [`Store::read`] gives a snapshot, [`Store::write`] a transaction; what can be asked of them is
//! in one file for each noun. Behind `db.rs` stands SQLite or PostgreSQL, and nobody outside can
//! tell which. Everything here blocks: call it from plain or blocking threads, never from an
//! asynchronous one.

mod accounts;
mod addresses;
mod alike;
mod beta;
mod bin;
mod changes;
mod chapters;
mod db;
mod desk;
mod drafts;
mod error;
mod facts;
mod file_drafts;
mod filter_rows;
mod fold;
mod likeness;
mod manifest;
mod migrate;
mod notices;
mod originals;
mod passkeys;
mod patch;
mod people;
mod postgres;
mod posting;
mod reading;
mod shelf;
mod sources;
mod sqlite;
mod tag_lists;
mod tags;
#[cfg(test)]
mod tests;
mod texts;
mod ties;
mod value;
mod verify;
mod view;
mod vocabulary;
mod works;
mod wrangling;
mod writers;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use db::{Db, lock};

use crate::archive::work::TagId;

pub use accounts::{BrowserRow, NewAccount, Parting, Pseud};
pub use alike::MergeProposal;
pub use beta::{BetaRow, Suggested};
pub use chapters::{Chapter, ChapterRow, Revision};
pub use db::{Place, Read};
pub use desk::{BinnedChapter, Desk, DeskRow, DeskState, Past};
pub use drafts::{Pen, Saved, Text};
pub use error::Error;
pub use filter_rows::kind_of;
pub use originals::{Original, OriginalRow};
pub use passkeys::{NewPasskey, Passkey};
pub use people::Link;
pub use posting::Posted;
pub use reading::ReadingRow;
pub use shelf::{Listing, Look, Looks, Shelf, Sort, Totals, WorkRow};
pub use sources::{SourceFile, SourceState};
pub use tag_lists::{Linked, Standing, TagListing, TagOrder, TagPage, Under};
pub use tags::{TagError, TagRow};
pub use ties::{Claim, Gift, ShownSource, ShownTies};
pub use view::View;
pub use vocabulary::ImportError;
pub use works::Work;
pub use wrangling::{ActRow, Done, Plan};
pub use writers::{Asked, CoWriter, Offer};

/// An open library. Cheap to clone; all clones are the same library.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: Db,
    generation: AtomicU64,
    /// Keys of names that committed transactions met. Rows of names are never removed.
    known: Mutex<Known>,
}

/// Keys of names, by their table and their text.
type Known = HashMap<(facts::Names, String), i64>;

/// How many keys of names are remembered from one transaction to the next.
const KNOWN_MOST: usize = 100_000;

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.generation())
    }
}

impl Store {
    /// Opens a library, making it where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a file of something else, [`Error::Newer`] for tables of a newer
    /// program; neither is touched. [`Error::ReadOnly`] where nothing can be written and there is
    /// something to write.
    pub fn open(place: &Place) -> Result<Store, Error> {
        let db = Db::new(place.clone());
        migrate::migrate(&db)?;
        Ok(Store(Arc::new(Inner { db, generation: AtomicU64::new(0), known: Mutex::default() })))
    }

    /// Asks: the closure sees one snapshot, whatever is written meanwhile. Inside, do not call
    /// `read` or `write` again: the connections are few.
    ///
    /// # Errors
    /// Those of the closure and of the database.
    pub fn read<T, E: From<Error>>(
        &self,
        ask: impl FnOnce(&Read<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.db.read(ask)
    }

    /// Writes: one transaction, kept as a whole when the closure returns `Ok`, undone when it
    /// returns an error or panics. Writers stand in line.
    ///
    /// # Errors
    /// Those of the closure and of the database; nothing is written then. A transaction in which
    /// a statement failed is undone even if the closure returns `Ok`.
    pub fn write<T, E: From<Error>>(
        &self,
        ask: impl FnOnce(&mut Write<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut known = std::mem::take(&mut *lock(&self.0.known));
        let mut unseen = false;
        let write = |read: &Read<'_>| {
            let (known_now, uses) = (std::mem::take(&mut known), HashMap::new());
            let mut write = Write { read, known: known_now, uses, unseen: false, logged: false };
            let answer = ask(&mut write).and_then(|answer| {
                write.settle_uses()?;
                Ok(answer)
            });
            known = write.known;
            unseen = write.unseen && !write.logged;
            answer
        };
        // What an undone transaction met may not be there: it is forgotten with it.
        let (answer, wrote) = self.0.db.write(write)?;
        if known.len() <= KNOWN_MOST {
            *lock(&self.0.known) = known;
        }
        if wrote && !unseen {
            self.0.generation.fetch_add(1, Ordering::Release);
        }
        Ok(answer)
    }

    /// A number that grows with every commit of this process that wrote anything that readers may
    /// see: what was made for them at the same number is still right, but for writes of other
    /// processes.
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }
}

/// A transaction that writes; it sees what it wrote.
#[derive(Debug)]
pub struct Write<'t> {
    read: &'t Read<'t>,
    /// Keys of names that this transaction or one before it met.
    known: Known,
    /// Uses of tags that came or went and are not yet written.
    uses: HashMap<TagId, i64>,
    /// Whether it wrote nothing but what only a writer sees.
    unseen: bool,
    /// Whether it told the indexes of something all the same.
    logged: bool,
}

impl Write<'_> {
    /// Says that this transaction writes nothing but what only a writer sees: the pages of readers
    /// need not be made anew.
    fn unseen(&mut self) {
        self.unseen = true;
    }
}

impl<'t> Deref for Write<'t> {
    type Target = Read<'t>;
    fn deref(&self) -> &Read<'t> {
        self.read
    }
}
