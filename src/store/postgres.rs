//! The driver of PostgreSQL: how a server is reached, asked, and what its errors mean.
//!
//! The `postgres` crate blocks on a runtime of its own: it must be called from plain or blocking
//! threads only. Writers stand in line at an advisory lock, so that changes become visible in the
//! order of their numbers, as in SQLite. Knows no table.

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error as _;
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type};
use postgres::{Client, Config, NoTls, Statement};

use super::Error;
use super::db::{Each, Mode, PATIENCE};
use super::value::{Cell, Row, Value};

/// A statement that takes longer is stopped, milliseconds.
const STATEMENT_TIMEOUT: u64 = 60_000;
/// The line of writers: any number that nobody else uses, with the library's schema beside it.
const WRITERS: i32 = 0x4661_6e66;
/// The most values and bytes of one statement (the protocol's own limits are 65,535 and 1 GiB).
const VALUES: usize = 12_000;
const BYTES: usize = 8 << 20;

/// A connection.
pub(super) struct Postgres {
    client: RefCell<Client>,
    /// Prepared statements by the place of their text in the program.
    statements: RefCell<HashMap<(usize, usize), Statement>>,
}

impl Postgres {
    /// Connects to the server of an address like `postgres://user:password@host/database`.
    pub fn connect(url: &str) -> Result<Postgres, Error> {
        let wrong = |source: postgres::Error| {
            Error::Unavailable(format!("its address is not right ({source})"))
        };
        let mut config = Config::from_str(url).map_err(wrong)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_millis(PATIENCE));
        }
        config.application_name("fanfold");
        let mut client = config.connect(NoTls).map_err(|source| match error(source) {
            Error::Database(source) => Error::Unavailable(source.to_string()),
            other => other,
        })?;
        let settings = format!(
            "SET statement_timeout = {STATEMENT_TIMEOUT}; SET lock_timeout = {PATIENCE}; \
             SET jit = off; SET client_min_messages = warning"
        );
        client.batch_execute(&settings).map_err(error)?;
        Ok(Postgres { client: RefCell::new(client), statements: RefCell::default() })
    }

    /// Whether the server is gone.
    pub fn is_closed(&self) -> bool {
        self.client.borrow().is_closed()
    }

    /// Opens a transaction.
    pub fn begin(&self, mode: Mode) -> Result<(), Error> {
        match mode {
            Mode::Read => self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Mode::Write => {
                self.batch("BEGIN")?;
                let line =
                    format!("SELECT pg_advisory_xact_lock({WRITERS}, hashtext(current_schema()))");
                self.batch(&line).inspect_err(|_| drop(self.batch("ROLLBACK")))
            }
        }
    }

    /// Runs statements that have no parameters.
    pub fn batch(&self, sql: &str) -> Result<(), Error> {
        self.client.borrow_mut().batch_execute(sql).map_err(error)
    }

    /// Runs a statement; the closure sees each row of its answer.
    pub fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        each: Each<'_>,
    ) -> Result<(), Error> {
        let statement = self.prepare(sql, values)?;
        let rows =
            self.client.borrow_mut().query(&statement, &parameters(values)).map_err(error)?;
        rows.iter().try_for_each(|row| each(&Row::Postgres(row)))
    }

    /// Runs a statement; returns how many rows it wrote.
    pub fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let statement = self.prepare(sql, values)?;
        self.client.borrow_mut().execute(&statement, &parameters(values)).map_err(error)
    }

    /// Runs a statement for each `width` values, as many at once as fit: a trip to the server
    /// costs more than a row.
    pub fn many(
        &self,
        sql: &'static str,
        width: usize,
        values: &[Value<'_>],
        each: Each<'_>,
    ) -> Result<(), Error> {
        let mut rest = values;
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(fitting(rest, width));
            rest = after;
            let sql = sql.replace("{rows}", &placeholders(batch.len() / width, width));
            let typed: Vec<_> = batch.iter().map(typed).collect();
            let rows = self.client.borrow_mut().query_typed(&sql, &typed).map_err(error)?;
            rows.iter().try_for_each(|row| each(&Row::Postgres(row)))?;
        }
        Ok(())
    }

    fn prepare(&self, sql: &'static str, values: &[Value<'_>]) -> Result<Statement, Error> {
        let place = (sql.as_ptr().addr(), sql.len());
        if let Some(statement) = self.statements.borrow().get(&place) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = values.iter().map(|value| typed(value).1).collect();
        let prepared = self.client.borrow_mut().prepare_typed(sql, &types).map_err(error)?;
        self.statements.borrow_mut().insert(place, prepared.clone());
        Ok(prepared)
    }
}

/// How many of the values, whole rows of them, go into one statement.
fn fitting(values: &[Value<'_>], width: usize) -> usize {
    let mut bytes = 0;
    let mut count = 0;
    for row in values.chunks(width) {
        bytes += row.iter().map(size).sum::<usize>();
        if count > 0 && (count + row.len() > VALUES || bytes > BYTES) {
            break;
        }
        count += row.len();
    }
    count
}

fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Int(_) | Value::Null => 8,
    }
}

/// `($1, $2), ($3, $4)`: rows of a width.
fn placeholders(rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * width * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}${}", row * width + column);
        }
        text.push(')');
    }
    text
}

fn parameters<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn typed<'v>(value: &'v Value<'_>) -> (&'v (dyn ToSql + Sync), Type) {
    let kind = match value {
        Value::Int(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
        // The server finds out.
        Value::Null => Type::UNKNOWN,
    };
    (value, kind)
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Int(int) if *kind == Type::INT4 => i32::try_from(*int)?.to_sql(kind, out),
            Value::Int(int) => int.to_sql(kind, out),
            Value::Text(text) => text.as_ref().to_sql(kind, out),
            Value::Bytes(bytes) => bytes.as_ref().to_sql(kind, out),
            Value::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA, Type::UNKNOWN].contains(kind)
    }

    postgres::types::to_sql_checked!();
}

impl<'r> FromSql<'r> for Cell<'r> {
    fn from_sql(
        kind: &Type,
        raw: &'r [u8],
    ) -> Result<Cell<'r>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *kind {
            Type::INT8 => Cell::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(kind, raw)?.into()),
            Type::BYTEA => Cell::Bytes(raw),
            _ => Cell::Text(std::str::from_utf8(raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Cell<'r>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Cell::Null)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA].contains(kind)
    }
}

/// A value of a row.
pub(super) fn cell(row: &postgres::Row, column: usize) -> Result<Cell<'_>, Error> {
    row.try_get(column).map_err(error)
}

/// What an error of PostgreSQL means.
fn error(error: postgres::Error) -> Error {
    let words = || match error.as_db_error() {
        Some(said) => said.message().to_owned(),
        None => error.source().map_or_else(|| error.to_string(), ToString::to_string),
    };
    let Some(state) = error.code() else {
        // Nothing was said by a server, so it is the way there that failed.
        let lost =
            error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>());
        return if lost { Error::Unavailable(words()) } else { Error::Database(Box::new(error)) };
    };
    let is = |states: &[SqlState]| states.contains(state);
    let class = state.code().get(..2).unwrap_or_default();
    if class == "08" || class == "57" || class == "28" || class == "3D" || class == "53" {
        if is(&[SqlState::DISK_FULL]) { Error::Full } else { Error::Unavailable(words()) }
    } else if class == "40" || is(&[SqlState::LOCK_NOT_AVAILABLE]) {
        Error::Busy
    } else if is(&[SqlState::READ_ONLY_SQL_TRANSACTION, SqlState::INSUFFICIENT_PRIVILEGE]) {
        Error::ReadOnly
    } else if class == "23" {
        let words = words();
        Error::Conflict(format!(
            "the change contradicts what the library holds ({words}); nothing was written"
        ))
    } else if class == "XX" {
        Error::damaged(words())
    } else {
        Error::Database(Box::new(error))
    }
}
