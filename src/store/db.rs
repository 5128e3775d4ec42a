//! The seam between the two databases: one way to ask, whichever answers.
//!
//! Owns connections and transactions. A statement is written once, with `$1` for its parameters,
//! in the words that both databases share: `BIGINT` numbers, `ON CONFLICT`, `RETURNING`, common
//! table expressions; no `LIKE`, `lower()`, `now()`, arrays. Sums are cast to `BIGINT`. Where the
//! databases differ all the same, [`Read::by_dialect`] is the one place to say so. Knows no table.

use std::cell::Cell as StdCell;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Error;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::value::{Row, Value};

/// How long somebody waits for a lock or a connection, milliseconds.
pub(super) const PATIENCE: u64 = 10_000;
/// How many connections read at once.
const READERS: usize = 4;

/// What sees the rows of an answer.
pub(super) type Each<'a> = &'a mut dyn FnMut(&Row<'_>) -> Result<(), Error>;

/// Where a library's database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file, made if it is not there; its folder must be.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by an address like `postgres://user:password@host/database`.
    /// The connection is not encrypted: a private network or a socket has to keep it safe.
    Postgres(String),
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
}

/// A connection to either database.
enum Connection {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Connection {
    fn begin(&self, mode: Mode) -> Result<(), Error> {
        match (self, mode) {
            (Connection::Sqlite(sqlite), Mode::Read) => sqlite.run("BEGIN", &[]).map(drop),
            // Asks for the lock at once: a reader that turns into a writer fails without waiting.
            (Connection::Sqlite(sqlite), Mode::Write) => {
                sqlite.run("BEGIN IMMEDIATE", &[]).map(drop)
            }
            (Connection::Postgres(postgres), mode) => postgres.begin(mode),
        }
    }

    fn commit(&self) -> Result<(), Error> {
        match self {
            Connection::Sqlite(sqlite) => sqlite.run("COMMIT", &[]).map(drop),
            Connection::Postgres(postgres) => postgres.batch("COMMIT"),
        }
    }

    /// Undoes the open transaction. A connection that cannot is of no more use.
    fn roll_back(&self) -> Result<(), Error> {
        match self {
            // A full disk makes SQLite undo by itself.
            Connection::Sqlite(sqlite) if !sqlite.in_transaction() => Ok(()),
            Connection::Sqlite(sqlite) => sqlite.run("ROLLBACK", &[]).map(drop),
            Connection::Postgres(postgres) => postgres.batch("ROLLBACK"),
        }
    }

    fn is_usable(&self) -> bool {
        match self {
            Connection::Sqlite(sqlite) => !sqlite.in_transaction(),
            Connection::Postgres(postgres) => !postgres.is_closed(),
        }
    }
}

/// The connections to a database: one that writes, and some that read, made when they are needed.
pub(super) struct Db {
    place: Place,
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Readers>,
    freed: Condvar,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    /// Those that somebody has.
    out: usize,
}

impl Db {
    /// The database at a place; it is reached when it is first asked.
    pub fn new(place: Place) -> Db {
        let (writer, readers, freed) = Default::default();
        Db { place, writer, readers, freed }
    }

    fn connect(&self, mode: Mode) -> Result<Connection, Error> {
        Ok(match (&self.place, mode) {
            (Place::Sqlite(path), Mode::Read) => Connection::Sqlite(Sqlite::reader(path)?),
            (Place::Sqlite(path), Mode::Write) => Connection::Sqlite(Sqlite::writer(path)?),
            (Place::Postgres(url), _) => Connection::Postgres(Postgres::connect(url)?),
        })
    }

    /// Asks in one snapshot.
    pub fn read<T, E: From<Error>>(
        &self,
        ask: impl FnOnce(&Read<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let seat = Seat::take(self)?;
        let transaction = Transaction::new(seat.connection()?);
        let answer = ask(&transaction.read)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Asks and writes in one transaction, undone on an error and on a panic. Also tells whether
    /// anything was written.
    pub fn write<T, E: From<Error>>(
        &self,
        ask: impl FnOnce(&Read<'_>) -> Result<T, E>,
    ) -> Result<(T, bool), E> {
        let mut writer = lock(&self.writer);
        let connection = match writer.take().filter(Connection::is_usable) {
            Some(connection) => self.begin(connection, Mode::Write)?,
            None => begun(self.connect(Mode::Write)?, Mode::Write)?,
        };
        let connection = writer.insert(connection);
        let transaction = Transaction::new(connection);
        let answer = ask(&transaction.read)?;
        let wrote = transaction.read.wrote.get();
        transaction.commit()?;
        Ok((answer, wrote))
    }

    /// Begins on a connection that was open before, or on a new one if it was lost meanwhile.
    fn begin(&self, connection: Connection, mode: Mode) -> Result<Connection, Error> {
        match begun(connection, mode) {
            Err(Error::Unavailable(_)) => begun(self.connect(mode)?, mode),
            begun => begun,
        }
    }
}

fn begun(connection: Connection, mode: Mode) -> Result<Connection, Error> {
    connection.begin(mode).map(|()| connection)
}

/// A panic in another thread undid its transaction; what it held is whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A reader's turn: a place among those that may read at once, and a connection.
struct Seat<'d> {
    db: &'d Db,
    connection: Option<Connection>,
}

impl<'d> Seat<'d> {
    /// Waits for a place and begins to read.
    fn take(db: &'d Db) -> Result<Seat<'d>, Error> {
        let mut readers = lock(&db.readers);
        let end = Instant::now() + Duration::from_millis(PATIENCE);
        while readers.out >= READERS {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Busy);
            }
            let waited = db.freed.wait_timeout(readers, left);
            readers = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        readers.out += 1;
        let idle = readers.idle.pop();
        drop(readers);
        let mut seat = Seat { db, connection: None };
        seat.connection = Some(match idle {
            Some(connection) => db.begin(connection, Mode::Read)?,
            None => begun(db.connect(Mode::Read)?, Mode::Read)?,
        });
        Ok(seat)
    }
}

impl Seat<'_> {
    fn connection(&self) -> Result<&Connection, Error> {
        self.connection.as_ref().ok_or(Error::Busy)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut readers = lock(&self.db.readers);
        readers.out -= 1;
        readers.idle.extend(self.connection.take().filter(Connection::is_usable));
        self.db.freed.notify_one();
    }
}

/// An open transaction, undone unless it is committed.
struct Transaction<'c> {
    read: Read<'c>,
    open: bool,
}

impl<'c> Transaction<'c> {
    fn new(connection: &'c Connection) -> Transaction<'c> {
        let (wrote, failed) = (StdCell::new(false), StdCell::new(false));
        Transaction { read: Read { connection, wrote, failed }, open: true }
    }

    fn commit(mut self) -> Result<(), Error> {
        // PostgreSQL would say yes and keep nothing, SQLite would keep a part.
        if self.read.failed.get() {
            let said = "a statement of this change failed before it was to be kept";
            return Err(Error::Database(said.into()));
        }
        // If the commit fails, dropping undoes what is left.
        self.read.connection.commit()?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // A connection that cannot undo is not used again: see `Connection::is_usable`.
            let _ = self.read.connection.roll_back();
        }
    }
}

/// A snapshot of the library, for as long as a closure runs.
pub struct Read<'c> {
    connection: &'c Connection,
    wrote: StdCell<bool>,
    failed: StdCell<bool>,
}

impl std::fmt::Debug for Read<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Read")
    }
}

impl Read<'_> {
    /// What to say to SQLite, and what to PostgreSQL.
    pub(super) fn by_dialect<T>(&self, sqlite: T, postgres: T) -> T {
        match self.connection {
            Connection::Sqlite(_) => sqlite,
            Connection::Postgres(_) => postgres,
        }
    }

    /// All rows of an answer.
    pub(super) fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        mut row: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        let each: Each<'_> = &mut |answer| {
            rows.push(row(answer)?);
            Ok(())
        };
        self.told(match self.connection {
            Connection::Sqlite(sqlite) => sqlite.query(sql, values, each),
            Connection::Postgres(postgres) => postgres.query(sql, values, each),
        })?;
        Ok(rows)
    }

    /// The first row of an answer, if it has one.
    pub(super) fn one<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        row: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        Ok(self.rows(sql, values, row)?.into_iter().next())
    }

    /// The row that a statement always answers with, such as that of `RETURNING` or of a count.
    pub(super) fn only<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        row: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let none = || Error::damaged("a statement gave no answer");
        self.one(sql, values, row)?.ok_or_else(none)
    }

    /// Writes. Returns how many rows it touched.
    pub(super) fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let rows = self.told(match self.connection {
            Connection::Sqlite(sqlite) => sqlite.run(sql, values),
            Connection::Postgres(postgres) => postgres.run(sql, values),
        })?;
        self.wrote.set(self.wrote.get() || rows > 0);
        Ok(rows)
    }

    /// Writes what no page tells of that everybody sees: kept pages stay as good as they were.
    pub(super) fn run_aside(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let wrote = self.wrote.get();
        let rows = self.run(sql, values)?;
        self.wrote.set(wrote);
        Ok(rows)
    }

    /// Asks once for many rows of values, which stand where the statement says `{rows}`:
    /// `… FROM (VALUES {rows}) AS k JOIN …` with columns `k.column1` and on. Answers come in any
    /// order.
    pub(super) fn each<const N: usize, T>(
        &self,
        sql: &'static str,
        rows: &[[Value<'_>; N]],
        mut row: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut answers = Vec::new();
        let each: Each<'_> = &mut |answer| {
            answers.push(row(answer)?);
            Ok(())
        };
        let values = rows.as_flattened();
        self.told(match self.connection {
            Connection::Sqlite(sqlite) => sqlite.many(sql, N, values, each),
            Connection::Postgres(postgres) => postgres.many(sql, N, values, each),
        })?;
        Ok(answers)
    }

    /// Writes many rows: `INSERT INTO … VALUES {rows}`. With `RETURNING`, the closure of
    /// [`Read::insert_returning`] sees what was written.
    pub(super) fn insert<const N: usize>(
        &self,
        sql: &'static str,
        rows: &[[Value<'_>; N]],
    ) -> Result<(), Error> {
        self.insert_returning(sql, rows, |_| Ok(())).map(drop)
    }

    /// The same; returns what the statement's `RETURNING` gives, in any order.
    pub(super) fn insert_returning<const N: usize, T>(
        &self,
        sql: &'static str,
        rows: &[[Value<'_>; N]],
        row: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.wrote.set(self.wrote.get() || !rows.is_empty());
        self.each(sql, rows, row)
    }

    /// Says that a statement that answers also wrote.
    pub(super) fn mark_written(&self) {
        self.wrote.set(true);
    }

    /// Runs statements of a migration.
    pub(super) fn batch(&self, sql: &str) -> Result<(), Error> {
        self.wrote.set(true);
        self.told(match self.connection {
            Connection::Sqlite(sqlite) => sqlite.batch(sql),
            Connection::Postgres(postgres) => postgres.batch(sql),
        })
    }

    /// Remembers a failure, after which nothing of the transaction may be kept.
    fn told<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        self.failed.set(self.failed.get() || result.is_err());
        result
    }
}
