//! The driver of SQLite: how its file is opened, asked, and what its errors mean.
//!
//! One writer and several readers, each a connection of its own, in WAL mode: readers never wait
//! for the writer nor it for them. `synchronous=FULL` makes a commit survive a power loss. Knows
//! no table.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ffi};

use super::Error;
use super::db::{Each, PATIENCE};
use super::value::{Cell, Row, Value};

/// Marks a file as a Fanfold library: "Fanf".
const APPLICATION: i64 = 0x4661_6e66;
/// Pages of the log after which it is moved into the file: 32 MiB, a few batches of an import.
const CHECKPOINT_PAGES: i64 = 8_192;
/// Kept of the log's file after that, bytes.
const LOG_BYTES: i64 = 64 << 20;
/// Statements that stay prepared.
const STATEMENTS: usize = 128;

/// A connection.
pub(super) struct Sqlite {
    connection: Connection,
    /// Each statement as SQLite wants it, by the place of its text in the program.
    texts: RefCell<HashMap<(usize, usize), Box<str>>>,
}

impl Sqlite {
    /// Opens the file as its writer, making it if it is not there.
    pub fn writer(path: &Path) -> Result<Sqlite, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = open(path, flags)?;
        check_application(&connection, path)?;
        pragma(&connection, "journal_mode = WAL")?;
        // An import of many works touches indexes all over: 16 MiB keep them at hand.
        pragma(&connection, "cache_size = -16384")?;
        pragma(&connection, &format!("wal_autocheckpoint = {CHECKPOINT_PAGES}"))?;
        pragma(&connection, &format!("journal_size_limit = {LOG_BYTES}"))?;
        Ok(Sqlite { connection, texts: RefCell::default() })
    }

    /// Opens a file that a writer has open, for reading only.
    pub fn reader(path: &Path) -> Result<Sqlite, Error> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // The system's own cache stands behind it.
        pragma(&connection, "cache_size = -2048")?;
        Ok(Sqlite { connection, texts: RefCell::default() })
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Runs statements that have no parameters.
    pub fn batch(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute_batch(sql).map_err(error)
    }

    /// Runs a statement; the closure sees each row of its answer.
    pub fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: Each<'_>,
    ) -> Result<(), Error> {
        let mut statement = self.prepare(sql, 0)?;
        step(&mut statement, values, each)
    }

    /// Runs a statement; returns how many rows it wrote.
    pub fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let mut statement = self.prepare(sql, 0)?;
        bind(&mut statement, values)?;
        statement.raw_execute().map(|rows| rows as u64).map_err(error)
    }

    /// Runs a statement once for each `width` values: here a run costs a microsecond.
    pub fn many(
        &self,
        sql: &'static str,
        width: usize,
        values: &[Value<'_>],
        each: Each<'_>,
    ) -> Result<(), Error> {
        let mut statement = self.prepare(sql, width)?;
        values.chunks_exact(width).try_for_each(|row| step(&mut statement, row, each))
    }

    fn prepare(&self, sql: &'static str, width: usize) -> Result<CachedStatement<'_>, Error> {
        let mut texts = self.texts.borrow_mut();
        let place = (sql.as_ptr().addr(), sql.len());
        let text = texts.entry(place).or_insert_with(|| translate(sql, width));
        self.connection.prepare_cached(text).map_err(error)
    }
}

/// SQLite takes `$1` for a name and numbers names as they come; `?1` is what `$1` means here.
fn translate(sql: &str, width: usize) -> Box<str> {
    let row = (1..=width).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    sql.replace("{rows}", &format!("({row})")).replace('$', "?").into()
}

fn step(
    statement: &mut CachedStatement<'_>,
    values: &[Value<'_>],
    each: Each<'_>,
) -> Result<(), Error> {
    bind(statement, values)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(error)? {
        each(&Row::Sqlite(row))?;
    }
    Ok(())
}

fn bind(statement: &mut CachedStatement<'_>, values: &[Value<'_>]) -> Result<(), Error> {
    for (at, value) in values.iter().enumerate() {
        let bound = match value {
            Value::Int(int) => statement.raw_bind_parameter(at + 1, int),
            Value::Text(text) => statement.raw_bind_parameter(at + 1, text.as_ref()),
            Value::Bytes(bytes) => statement.raw_bind_parameter(at + 1, bytes.as_ref()),
            Value::Null => statement.raw_bind_parameter(at + 1, rusqlite::types::Null),
        };
        bound.map_err(error)?;
    }
    Ok(())
}

/// A value of a row.
pub(super) fn cell<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<Cell<'r>, Error> {
    let wrong = || Error::damaged(format!("column {column} of a row is no text"));
    Ok(match row.get_ref(column).map_err(error)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(int) => Cell::Int(int),
        ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text).map_err(|_| wrong())?),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
        ValueRef::Real(_) => return Err(wrong()),
    })
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error)?;
    connection.busy_timeout(Duration::from_millis(PATIENCE)).map_err(error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without this, a statement is planned anew whenever a value is bound that its plan may
    // depend on.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    pragma(&connection, "synchronous = FULL")?;
    pragma(&connection, "foreign_keys = ON")?;
    pragma(&connection, "temp_store = MEMORY")?;
    // Functions inside the tables of a stranger's file get no trust.
    pragma(&connection, "trusted_schema = OFF")?;
    // No memory map: it saves a chapter 10 µs, but each page read then counts as the program's
    // memory, once for each connection (300 MB after reading 10,000 works, instead of 6).
    pragma(&connection, "mmap_size = 0")?;
    Ok(connection)
}

/// Refuses a file that belongs to another program, before anything is written to it.
fn check_application(connection: &Connection, path: &Path) -> Result<(), Error> {
    let int = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    match int("PRAGMA application_id").map_err(error)? {
        APPLICATION => Ok(()),
        0 if int("SELECT COUNT(*) FROM sqlite_schema").map_err(error)? == 0 => {
            pragma(connection, &format!("application_id = {APPLICATION}"))
        }
        _ => Err(Error::Foreign(format!("The file {}", path.display()))),
    }
}

fn pragma(connection: &Connection, what: &str) -> Result<(), Error> {
    // Some pragmas answer with a row and some with none.
    let mut statement = connection.prepare(&format!("PRAGMA {what}")).map_err(error)?;
    let mut rows = statement.raw_query();
    while rows.next().map_err(error)?.is_some() {}
    Ok(())
}

/// What an error of SQLite means.
fn error(error: rusqlite::Error) -> Error {
    let Some(code) = error.sqlite_error() else { return Error::Database(Box::new(error)) };
    let full = [ffi::SQLITE_IOERR_SHMSIZE, ffi::SQLITE_IOERR_SHMMAP, ffi::SQLITE_IOERR_TRUNCATE];
    match code.code {
        _ if full.contains(&code.extended_code) => Error::Full,
        ErrorCode::DiskFull => Error::Full,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            Error::ReadOnly
        }
        ErrorCode::DatabaseCorrupt => Error::damaged(error.to_string()),
        // The very first bytes are not those of SQLite.
        ErrorCode::NotADatabase => {
            Error::Foreign("The file that should hold the database".to_owned())
        }
        ErrorCode::ConstraintViolation => Error::Conflict(format!(
            "the change contradicts what the library holds ({error}); nothing was written"
        )),
        _ => Error::Database(Box::new(error)),
    }
}
