//! Readers, the browsers that hold their cookies, and accounts.
//!
//! Of a cookie only the hash is kept: whoever reads the database cannot sign in with it.

use super::value::values;
use super::{Error, Read, Write};
use crate::archive::person::{Account, AccountId, BrowserId, ReaderId, Role, Visitor};
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
            LEFT JOIN accounts a ON a.reader = b.reader AND a.state = 'open'
            WHERE b.token_hash = $1";
        let found = self.one(sql, values![token], |row| {
            let account = match row.get(2)? {
                Some(id) => Some(Account { id, name: row.get(3)?, role: row.get(4)? }),
                None => None,
            };
            let (browser, reader) = (Some(row.get(0)?), Some(row.get(1)?));
            Ok(Visitor { browser, reader, account, links: Vec::new() })
        })?;
        Ok(found.unwrap_or_default())
    }
}

/// What a link that signs in is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The account.
    pub account: AccountId,
    /// Its reader.
    pub reader: ReaderId,
    /// Whether its holder chooses a new password first.
    pub resets: bool,
}

impl Read<'_> {
    /// What a link is for, if it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn link(&self, token: &Hash, at: Millis) -> Result<Option<Link>, Error> {
        let sql = "SELECT a.id, a.reader, l.resets FROM sign_in_links l
            JOIN accounts a ON a.id = l.account
            WHERE l.token_hash = $1 AND l.expires_at > $2 AND a.state = 'open'";
        self.one(sql, values![token, at], |row| {
            Ok(Link { account: row.get(0)?, reader: row.get(1)?, resets: row.get(2)? })
        })
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

    /// The account that owns the archive, made if there is none yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn owner(&mut self, at: Millis) -> Result<AccountId, Error> {
        let sql = "SELECT id FROM accounts WHERE role = $1 ORDER BY id LIMIT 1";
        if let Some(owner) = self.one(sql, values![Role::Owner], |row| row.get(0))? {
            return Ok(owner);
        }
        let reader = self.insert_reader(at)?;
        let sql = "INSERT INTO accounts (reader, name, name_key, role, made_at)
            VALUES ($1, $2, $2, $3, $4) RETURNING id";
        self.write_one(sql, values![reader, "owner", Role::Owner, at])
    }

    /// Keeps a link that signs a browser in to an account, once, until a moment; one that `resets`
    /// lets its holder choose a new password. Links whose time is over are dropped.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_link(
        &mut self,
        token: &Hash,
        account: AccountId,
        resets: bool,
        at: Millis,
        until: Millis,
    ) -> Result<(), Error> {
        self.run("DELETE FROM sign_in_links WHERE expires_at <= $1", values![at])?;
        let sql = "INSERT INTO sign_in_links (token_hash, account, resets, expires_at)
            VALUES ($1, $2, $3, $4)";
        self.run(sql, values![token, account, resets, until]).map(drop)
    }

    /// Uses a link up: what it was for, if it was good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_link(&mut self, token: &Hash, at: Millis) -> Result<Option<Link>, Error> {
        let link = self.link(token, at)?;
        self.run("DELETE FROM sign_in_links WHERE token_hash = $1", values![token])?;
        Ok(link)
    }

    /// Notes that a browser was here, at most once an hour.
    ///
    /// # Errors
    /// Those of the database.
    pub fn browser_seen(&mut self, browser: BrowserId, at: Millis) -> Result<(), Error> {
        let sql = "UPDATE browsers SET seen_at = $2 WHERE id = $1 AND seen_at < $3";
        self.run_aside(sql, values![browser, at, at.0 - SEEN_EVERY]).map(drop)
    }

    /// Forgets a browser: its cookie is worth nothing from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_browser(&mut self, browser: BrowserId) -> Result<(), Error> {
        self.run("DELETE FROM browsers WHERE id = $1", values![browser]).map(drop)
    }
}

/// What a reader keeps: handing it over, and dropping it.
const KEPT: [(&str, &str); 5] = [
    (
        "INSERT INTO saved_filters (reader, name_key, name, question, saved_at)
         SELECT $2, name_key, name, question, saved_at FROM saved_filters WHERE reader = $1
         ON CONFLICT (reader, name_key) DO NOTHING",
        "DELETE FROM saved_filters WHERE reader = $1",
    ),
    (
        "INSERT INTO default_filters (reader, fandom, question)
         SELECT $2, fandom, question FROM default_filters WHERE reader = $1
         ON CONFLICT (reader, fandom) DO NOTHING",
        "DELETE FROM default_filters WHERE reader = $1",
    ),
    (
        "INSERT INTO mutes (reader, what, target, muted_at)
         SELECT $2, what, target, muted_at FROM mutes WHERE reader = $1
         ON CONFLICT (reader, what, target) DO NOTHING",
        "DELETE FROM mutes WHERE reader = $1",
    ),
    (
        "INSERT INTO silenced_rules (reader, rule)
         SELECT $2, rule FROM silenced_rules WHERE reader = $1
         ON CONFLICT (reader, rule) DO NOTHING",
        "DELETE FROM silenced_rules WHERE reader = $1",
    ),
    (
        "INSERT INTO reading (reader, work, chapter, paragraph, looked_at, finished_at)
         SELECT $2, work, chapter, paragraph, looked_at, finished_at FROM reading
         WHERE reader = $1 ON CONFLICT (reader, work) DO NOTHING",
        "DELETE FROM reading WHERE reader = $1",
    ),
];

impl Write<'_> {
    /// Drops all that a reader keeps.
    pub(super) fn drop_kept(&mut self, reader: ReaderId) -> Result<(), Error> {
        for (_, clear) in KEPT {
            self.run(clear, values![reader])?;
        }
        Ok(())
    }

    /// Drops a reader with all that was kept, and the browsers that held the cookie.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_reader(&mut self, reader: ReaderId) -> Result<(), Error> {
        self.drop_kept(reader)?;
        self.run("DELETE FROM browsers WHERE reader = $1", values![reader])?;
        self.run("DELETE FROM readers WHERE id = $1", values![reader]).map(drop)
    }

    /// Hands what a browser's reader kept over to an account's, whose own things win, and drops
    /// that reader with its browsers.
    ///
    /// # Errors
    /// Those of the database.
    pub fn adopt(&mut self, browser: ReaderId, account: ReaderId) -> Result<(), Error> {
        for (copy, _) in KEPT {
            self.run(copy, values![browser, account])?;
        }
        self.forget_reader(browser)
    }
}
