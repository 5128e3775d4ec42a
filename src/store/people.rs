//! Readers, the browsers that hold their cookies, and accounts.
//!
//! Of a cookie only the hash is kept: whoever reads the database cannot sign in with it.

use super::value::values;
use super::{Error, Read, Write};
use crate::archive::person::{Account, BrowserId, ReaderId, Visitor};
use crate::archive::work::{Hash, Millis};

/// How much of what a browser calls itself is kept, bytes.
const AGENT_LONGEST: usize = 200;
/// A browser's last visit is written at most so often, milliseconds.
const SEEN_EVERY: i64 = 3_600_000;

impl Read<'_> {
    /// Whoever holds the cookie of this hash; nobody if none does.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn visitor(&self, token: &Hash) -> Result<Visitor, Error> {
        let sql = "SELECT b.id, b.reader, a.id, a.name, a.role FROM browsers b
            LEFT JOIN accounts a ON a.reader = b.reader WHERE b.token_hash = $1";
        let found = self.one(sql, values![token], |row| {
            let account = match row.get(2)? {
                Some(id) => Some(Account { id, name: row.get(3)?, role: row.get(4)? }),
                None => None,
            };
            Ok(Visitor { browser: Some(row.get(0)?), reader: Some(row.get(1)?), account })
        })?;
        Ok(found.unwrap_or_default())
    }
}

impl Write<'_> {
    /// A new reader.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_reader(&mut self, at: Millis) -> Result<ReaderId, Error> {
        self.write_one("INSERT INTO readers (made_at) VALUES ($1) RETURNING id", values![at])
    }

    /// A browser that holds a reader's cookie. `agent` is what it calls itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_browser(
        &mut self,
        reader: ReaderId,
        token: &Hash,
        agent: &str,
        at: Millis,
    ) -> Result<BrowserId, Error> {
        let agent = agent.get(..agent.floor_char_boundary(AGENT_LONGEST)).unwrap_or_default();
        let sql = "INSERT INTO browsers (token_hash, reader, made_at, seen_at, agent)
            VALUES ($1, $2, $3, $3, $4) RETURNING id";
        self.write_one(sql, values![token, reader, at, agent])
    }

    /// Notes that a browser was here, at most once an hour.
    ///
    /// # Errors
    /// Those of the database.
    pub fn browser_seen(&mut self, browser: BrowserId, at: Millis) -> Result<(), Error> {
        let sql = "UPDATE browsers SET seen_at = $2 WHERE id = $1 AND seen_at < $3";
        self.run(sql, values![browser, at, at.0 - SEEN_EVERY]).map(drop)
    }

    /// Forgets a browser: its cookie is worth nothing from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_browser(&mut self, browser: BrowserId) -> Result<(), Error> {
        self.run("DELETE FROM browsers WHERE id = $1", values![browser]).map(drop)
    }
}
