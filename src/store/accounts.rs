//! Accounts with their passwords, pen names, second factors and invitations, and what the owner of
//! the archive chose.
//!
//! Passwords come hashed, secrets of links as hashes; nothing here knows how to check either.

use super::fold::name_key;
use super::value::{Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::access::{Audience, Visibility};
use crate::archive::account::{AccountRow, AccountState};
use crate::archive::person::{AccountId, BrowserId, PseudId, ReaderId, Role};
use crate::archive::work::{Hash, Millis, WorkId};

/// A browser that is signed in, or remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserRow {
    /// Its key.
    pub id: BrowserId,
    /// Since when.
    pub made_at: Millis,
    /// When it was last here, to the hour.
    pub seen_at: Millis,
    /// What it calls itself.
    pub agent: String,
}

/// A name under which an account writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseud {
    /// Its key.
    pub id: PseudId,
    /// The name.
    pub name: String,
}

/// What becomes of the works of an account that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// They stay, without its names, and belong to nobody.
    Keep,
    /// The same, but those with co-authors belong to who has been one longest, of those whose
    /// account is in use.
    HandOver,
    /// They go into the bin.
    Bin,
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Its name, checked.
    pub name: &'a str,
    /// What it may do.
    pub role: Role,
    /// Whether it can be used at once.
    pub state: AccountState,
    /// Its password, hashed.
    pub password: Option<&'a str>,
    /// What was said to whoever approves.
    pub said: &'a str,
}

macro_rules! account_columns {
    () => {
        "a.id, a.reader, a.name, a.role, a.state, a.said, a.made_at, a.password, a.totp_secret,
         a.totp_step, a.address, (SELECT COUNT(*) FROM passkeys k WHERE k.account = a.id)"
    };
}
pub(super) use account_columns;

pub(super) fn account_row(row: &Row<'_>) -> Result<AccountRow, Error> {
    let state: String = row.get(4)?;
    Ok(AccountRow {
        id: row.get(0)?,
        reader: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        state: AccountState::parse(&state).unwrap_or(AccountState::Closed),
        said: row.get(5)?,
        made_at: row.get(6)?,
        password: row.get(7)?,
        totp: row.get(8)?,
        totp_step: row.get(9)?,
        address: row.get(10)?,
        passkeys: row.get(11)?,
    })
}

impl Read<'_> {
    /// An account.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn account(&self, id: AccountId) -> Result<Option<AccountRow>, Error> {
        let sql = concat!("SELECT ", account_columns!(), " FROM accounts a WHERE a.id = $1");
        self.one(sql, values![id], account_row)
    }

    /// The account of this name, whatever its case and accents.
    ///
    /// # Errors
    /// Those of the database.
    pub fn account_named(&self, name: &str) -> Result<Option<AccountRow>, Error> {
        let sql = concat!("SELECT ", account_columns!(), " FROM accounts a WHERE a.name_key = $1");
        self.one(sql, values![name_key(name)], account_row)
    }

    /// Accounts after one, in the order in which they were made.
    ///
    /// # Errors
    /// Those of the database.
    pub fn accounts(&self, after: AccountId, limit: u64) -> Result<Vec<AccountRow>, Error> {
        let sql = concat!(
            "SELECT ",
            account_columns!(),
            " FROM accounts a WHERE a.id > $1 ORDER BY a.id LIMIT $2"
        );
        self.rows(sql, values![after, limit], account_row)
    }

    /// The account that owns the archive, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn owner_account(&self) -> Result<Option<AccountRow>, Error> {
        let sql = concat!(
            "SELECT ",
            account_columns!(),
            " FROM accounts a WHERE a.role = $1 ORDER BY a.id LIMIT 1"
        );
        self.one(sql, values![Role::Owner], account_row)
    }

    /// The browsers that hold a reader's cookie, those that were here last first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn browsers(&self, reader: ReaderId) -> Result<Vec<BrowserRow>, Error> {
        let sql = "SELECT id, made_at, seen_at, agent FROM browsers WHERE reader = $1
            ORDER BY seen_at DESC, id DESC LIMIT 200";
        self.rows(sql, values![reader], |row| {
            let (id, made_at, seen_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(BrowserRow { id, made_at, seen_at, agent: row.get(3)? })
        })
    }

    /// The names under which an account writes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn pseuds(&self, account: AccountId) -> Result<Vec<Pseud>, Error> {
        let sql = "SELECT id, name FROM pseuds WHERE account = $1 ORDER BY id";
        self.rows(sql, values![account], |row| Ok(Pseud { id: row.get(0)?, name: row.get(1)? }))
    }

    /// Whether a name is some other account's, or some other account's pen name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_taken(&self, name: &str, by: Option<AccountId>) -> Result<bool, Error> {
        let own = by.unwrap_or(AccountId(0));
        let sql = "SELECT id FROM accounts WHERE name_key = $1 AND id <> $2
            UNION ALL SELECT id FROM pseuds WHERE name_key = $1 AND account <> $2";
        let key = name_key(name);
        Ok(self.one(sql, values![key.as_str(), own], |row| row.get::<i64>(0))?.is_some())
    }

    /// How many recovery codes are left.
    ///
    /// # Errors
    /// Those of the database.
    pub fn recovery_codes(&self, account: AccountId) -> Result<u64, Error> {
        let sql = "SELECT COUNT(*) FROM recovery_codes WHERE account = $1";
        self.only(sql, values![account], |row| row.get(0))
    }

    /// How many invitations of an account are open.
    ///
    /// # Errors
    /// Those of the database.
    pub fn invitations(&self, account: AccountId, now: Millis) -> Result<u64, Error> {
        let sql = "SELECT COUNT(*) FROM invitations WHERE made_by = $1 AND expires_at > $2";
        self.only(sql, values![account, now], |row| row.get(0))
    }

    /// Whether an invitation is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_invited(&self, token: &Hash, now: Millis) -> Result<bool, Error> {
        let sql = "SELECT id FROM invitations WHERE token_hash = $1 AND expires_at > $2";
        Ok(self.one(sql, values![token, now], |row| row.get::<i64>(0))?.is_some())
    }

    /// What the owner of the archive chose on the site.
    ///
    /// # Errors
    /// Those of the database.
    pub fn choice(&self, name: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM choices WHERE name = $1";
        self.one(sql, values![name], |row| row.get(0))
    }

    /// The works that an account writes, alone or not, those in the bin left out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_of(&self, account: AccountId) -> Result<Vec<WorkId>, Error> {
        let sql = "SELECT id FROM works WHERE binned_at IS NULL AND (owner = $1
            OR id IN (SELECT work FROM work_writers WHERE account = $1)) ORDER BY id";
        self.rows(sql, values![account], |row| row.get(0))
    }
}

impl Write<'_> {
    /// Makes an account; `None` if the name is taken. Its name is its first pen name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_account(
        &mut self,
        new: &NewAccount<'_>,
        at: Millis,
    ) -> Result<Option<AccountId>, Error> {
        if self.is_taken(new.name, None)? {
            return Ok(None);
        }
        let reader = self.insert_reader(at)?;
        let sql = "INSERT INTO accounts (reader, name, name_key, role, password, made_at, state,
            said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
        let NewAccount { name, role, state, password, said } = *new;
        let row = values![reader, name, name_key(name), role, password, at, state.word(), said];
        let id: AccountId = self.write_one(sql, row)?;
        self.insert_pseud(id, name, at)?;
        Ok(Some(id))
    }

    /// Gives an account another name; false if it is taken.
    ///
    /// # Errors
    /// Those of the database.
    pub fn rename_account(&mut self, id: AccountId, name: &str, at: Millis) -> Result<bool, Error> {
        if self.is_taken(name, Some(id))? {
            return Ok(false);
        }
        let sql = "UPDATE accounts SET name = $2, name_key = $3 WHERE id = $1";
        self.run(sql, values![id, name, name_key(name)])?;
        self.insert_pseud(id, name, at)?;
        Ok(true)
    }

    /// Adds a pen name; false if somebody else has it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_pseud(
        &mut self,
        account: AccountId,
        name: &str,
        at: Millis,
    ) -> Result<bool, Error> {
        if self.is_taken(name, Some(account))? {
            return Ok(false);
        }
        let sql = "INSERT INTO pseuds (account, name, name_key, made_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name_key) DO UPDATE SET name = $2";
        self.run(sql, values![account, name, name_key(name), at])?;
        Ok(true)
    }

    /// Drops a pen name of an account. Works that bear it keep it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_pseud(&mut self, account: AccountId, id: PseudId) -> Result<(), Error> {
        // Where it is not to be named, whoever takes the name next cannot undo that.
        let sql = "UPDATE gifts_declined SET account = NULL WHERE account = $2
            AND name_key IN (SELECT name_key FROM pseuds WHERE id = $1 AND account = $2)
            AND name_key NOT IN (SELECT name_key FROM accounts WHERE id = $2)";
        self.run(sql, values![id, account])?;
        let sql = "DELETE FROM pseuds WHERE id = $1 AND account = $2";
        self.run(sql, values![id, account]).map(drop)
    }

    /// Gives an account a role.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_role(&mut self, id: AccountId, role: Role) -> Result<(), Error> {
        self.run("UPDATE accounts SET role = $2 WHERE id = $1", values![id, role]).map(drop)
    }

    /// Opens or closes an account. Of one that is not open every browser is signed out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_state(&mut self, id: AccountId, state: AccountState) -> Result<(), Error> {
        self.run("UPDATE accounts SET state = $2 WHERE id = $1", values![id, state.word()])?;
        if state != AccountState::Open {
            self.forget_links_of(id)?;
            self.forget_browsers_of(id, None)?;
        }
        Ok(())
    }

    /// Gives an account a password, hashed, and drops its links that sign in. All its browsers but
    /// one are signed out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_password(
        &mut self,
        id: AccountId,
        password: &str,
        but: Option<BrowserId>,
    ) -> Result<(), Error> {
        self.run("UPDATE accounts SET password = $2 WHERE id = $1", values![id, password])?;
        self.forget_links_of(id)?;
        self.forget_browsers_of(id, but)
    }

    /// Makes every link worthless that was sent or printed for an account: those that sign in, and
    /// those that confirm an address.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_links_of(&mut self, id: AccountId) -> Result<(), Error> {
        self.run("DELETE FROM sign_in_links WHERE account = $1", values![id])?;
        self.forget_address_links(id)
    }

    /// Signs out every browser of an account but one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_browsers_of(
        &mut self,
        id: AccountId,
        but: Option<BrowserId>,
    ) -> Result<(), Error> {
        let sql = "DELETE FROM browsers WHERE id <> $2
            AND reader IN (SELECT reader FROM accounts WHERE id = $1)";
        self.run(sql, values![id, but.unwrap_or(BrowserId(0))]).map(drop)
    }

    /// Signs out one browser of a reader.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_browser_of(&mut self, reader: ReaderId, id: BrowserId) -> Result<(), Error> {
        let sql = "DELETE FROM browsers WHERE id = $1 AND reader = $2";
        self.run(sql, values![id, reader]).map(drop)
    }

    /// Gives an account a second factor with recovery codes, or takes it away with them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_totp(
        &mut self,
        id: AccountId,
        secret: Option<&[u8]>,
        codes: &[Hash],
    ) -> Result<(), Error> {
        let sql = "UPDATE accounts SET totp_secret = $2, totp_step = 0 WHERE id = $1";
        self.run(sql, values![id, secret])?;
        if secret.is_none() {
            self.forget_address_links(id)?;
        }
        self.run("DELETE FROM recovery_codes WHERE account = $1", values![id])?;
        let rows: Vec<[Value<'_>; 2]> = codes.iter().map(|hash| [id.into(), hash.into()]).collect();
        self.insert("INSERT INTO recovery_codes (account, code_hash) VALUES {rows}", &rows)
    }

    /// Uses the code of a step up; false if it, or a later one, was used before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_totp(&mut self, id: AccountId, step: u64) -> Result<bool, Error> {
        let sql = "UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
        Ok(self.run(sql, values![id, step])? > 0)
    }

    /// Uses a recovery code up; false if there is none like it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_recovery(&mut self, id: AccountId, code: &Hash) -> Result<bool, Error> {
        let sql = "DELETE FROM recovery_codes WHERE account = $1 AND code_hash = $2";
        Ok(self.run(sql, values![id, code])? > 0)
    }

    /// Keeps an invitation.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_invitation(
        &mut self,
        token: &Hash,
        by: AccountId,
        at: Millis,
        until: Millis,
    ) -> Result<(), Error> {
        self.run("DELETE FROM invitations WHERE expires_at <= $1", values![at])?;
        let sql = "INSERT INTO invitations (token_hash, made_by, made_at, expires_at)
            VALUES ($1, $2, $3, $4)";
        self.run(sql, values![token, by, at, until]).map(drop)
    }

    /// Uses an invitation up; false if it was not good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_invitation(&mut self, token: &Hash, now: Millis) -> Result<bool, Error> {
        let sql = "DELETE FROM invitations WHERE token_hash = $1 AND expires_at > $2";
        Ok(self.run(sql, values![token, now])? > 0)
    }

    /// Keeps what the owner of the archive chose.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_choice(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let sql = "INSERT INTO choices (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = $2";
        self.run(sql, values![name, value]).map(drop)
    }

    /// Closes an account for good. Its works go into the bin, or stay and belong to nobody, or to
    /// their co-authors; what it was a co-author of stays its owner's. What it kept as a reader,
    /// its names and its secrets go.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_account(
        &mut self,
        id: AccountId,
        parting: Parting,
        at: Millis,
    ) -> Result<(), Error> {
        let Some(row) = self.account(id)? else { return Ok(()) };
        let names: Vec<String> = self.pseuds(id)?.into_iter().map(|own| own.name).collect();
        let sql = "SELECT id FROM works WHERE owner = $1";
        for work in self.rows(sql, values![id], |row| row.get::<WorkId>(0))? {
            self.part_with(work, &names, parting, at)?;
        }
        // Those in the bin, too: they may be taken out again.
        let sql = "SELECT work, name FROM work_writers WHERE account = $1 ORDER BY work";
        let along =
            self.rows(sql, values![id], |row| Ok((row.get::<WorkId>(0)?, row.get::<String>(1)?)))?;
        for (work, name) in along {
            let names: Vec<String> = names.iter().cloned().chain([name]).collect();
            self.forget_authors(work, &names, at)?;
        }
        self.drop_kept(row.reader)?;
        self.forget_remarks_of(id)?;
        self.put_totp(id, None, &[])?;
        self.forget_links_of(id)?;
        self.forget_browsers_of(id, None)?;
        for sql in [
            "DELETE FROM invitations WHERE made_by = $1",
            "DELETE FROM work_readers WHERE account = $1",
            "DELETE FROM work_writers WHERE account = $1",
            "UPDATE writers_asked SET account = NULL WHERE account = $1",
            "UPDATE work_gifts SET account = NULL WHERE account = $1",
            "UPDATE gifts_declined SET account = NULL WHERE account = $1",
            "DELETE FROM pseuds WHERE account = $1",
            "DELETE FROM passkeys WHERE account = $1",
        ] {
            self.run(sql, values![id])?;
        }
        let name = format!("deleted {id}");
        let sql = "UPDATE accounts SET name = $2, name_key = $2, password = NULL, said = '',
            role = $3, state = 'closed', address = NULL, address_key = NULL, passkey_handle = NULL
            WHERE id = $1";
        self.run(sql, values![id, name.as_str(), Role::Member]).map(drop)
    }

    /// What becomes of one work when its owner, who has these names, goes.
    fn part_with(
        &mut self,
        work: WorkId,
        names: &[String],
        parting: Parting,
        at: Millis,
    ) -> Result<(), Error> {
        self.close_betas(work)?;
        self.unask_writers(work)?;
        let Some(shown) = self.visibility(work)? else { return Ok(()) };
        let heir = match parting {
            Parting::HandOver if shown.binned_at.is_none() => self.heir(work)?,
            Parting::HandOver | Parting::Keep | Parting::Bin => None,
        };
        if let Some(heir) = heir {
            self.hand_over(work, heir, None, at)?;
            return self.forget_authors(work, names, at);
        }
        let keep = parting != Parting::Bin;
        let stays = keep && shown.is_posted();
        if !stays {
            self.bin_work(work, at)?;
        }
        let to_nobody = |shown: &mut Visibility| {
            shown.owner = None;
            shown.named.clear();
            if !stays {
                shown.audience = Audience::Named;
            }
        };
        self.show_to(work, to_nobody, at)?;
        if keep {
            self.forget_authors(work, names, at)
        } else {
            self.run("DELETE FROM work_writers WHERE work = $1", values![work]).map(drop)
        }
    }

    /// Who has written a work along longest, of those whose account is in use: whoever cannot sign
    /// in could neither tend it nor give it on.
    fn heir(&self, work: WorkId) -> Result<Option<AccountId>, Error> {
        let sql = "SELECT w.account FROM work_writers w JOIN accounts a ON a.id = w.account
            WHERE w.work = $1 AND a.state = 'open' ORDER BY w.since, w.account LIMIT 1";
        self.one(sql, values![work], |row| row.get(0))
    }
}
