//! Passkeys of accounts, as they were proved; nothing here knows how to prove one.

use super::value::{Row, values};
use super::{Error, Read, Write};
use crate::archive::person::{AccountId, PasskeyId};
use crate::archive::work::Millis;

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its key here.
    pub id: PasskeyId,
    /// Whose it is.
    pub account: AccountId,
    /// The authenticator's name for it.
    pub credential: Vec<u8>,
    /// The public key, as a COSE key.
    pub public_key: Vec<u8>,
    /// How often it was used, where the authenticator counts; else 0.
    pub counter: u32,
    /// What its holder calls it.
    pub name: String,
    /// When it was added.
    pub made_at: Millis,
    /// When it signed in last, if it ever did.
    pub used_at: Option<Millis>,
}

/// A passkey that is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewPasskey<'a> {
    /// Whose it is.
    pub account: AccountId,
    /// The authenticator's name for it.
    pub credential: &'a [u8],
    /// The public key, as a COSE key.
    pub public_key: &'a [u8],
    /// How often it was used.
    pub counter: u32,
    /// What its holder calls it.
    pub name: &'a str,
}

macro_rules! columns {
    () => {
        "SELECT id, account, credential, public_key, counter, name, made_at, used_at FROM passkeys"
    };
}

fn passkey(row: &Row<'_>) -> Result<Passkey, Error> {
    Ok(Passkey {
        id: row.get(0)?,
        account: row.get(1)?,
        credential: row.get(2)?,
        public_key: row.get(3)?,
        counter: row.get(4)?,
        name: row.get(5)?,
        made_at: row.get(6)?,
        used_at: row.get(7)?,
    })
}

impl Read<'_> {
    /// The passkeys of an account, in the order in which they were added.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn passkeys(&self, account: AccountId) -> Result<Vec<Passkey>, Error> {
        let sql = concat!(columns!(), " WHERE account = $1 ORDER BY id");
        self.rows(sql, values![account], passkey)
    }

    /// The passkey that an authenticator calls so.
    ///
    /// # Errors
    /// Those of the database.
    pub fn passkey_called(&self, credential: &[u8]) -> Result<Option<Passkey>, Error> {
        let sql = concat!(columns!(), " WHERE credential = $1");
        self.one(sql, values![credential], passkey)
    }

    /// What authenticators know an account by, if it ever had a passkey.
    ///
    /// # Errors
    /// Those of the database.
    pub fn passkey_handle(&self, account: AccountId) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT passkey_handle FROM accounts WHERE id = $1";
        Ok(self.one(sql, values![account], |row| row.get::<Option<Vec<u8>>>(0))?.flatten())
    }
}

impl Write<'_> {
    /// What authenticators know an account by: `fresh` from now on, where there is nothing yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn handle_for(&mut self, account: AccountId, fresh: &[u8]) -> Result<Vec<u8>, Error> {
        if let Some(handle) = self.passkey_handle(account)? {
            return Ok(handle);
        }
        let sql = "UPDATE accounts SET passkey_handle = $2 WHERE id = $1";
        self.run(sql, values![account, fresh])?;
        Ok(fresh.to_owned())
    }

    /// Keeps a passkey; false if there is one of that name of an authenticator already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_passkey(&mut self, new: &NewPasskey<'_>, at: Millis) -> Result<bool, Error> {
        let sql = "INSERT INTO passkeys (account, credential, public_key, counter, name, made_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential) DO NOTHING";
        let NewPasskey { account, credential, public_key, counter, name } = *new;
        let row = values![account, credential, public_key, counter, name, at];
        Ok(self.run(sql, row)? > 0)
    }

    /// Gives a passkey of an account another name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn rename_passkey(
        &mut self,
        account: AccountId,
        id: PasskeyId,
        name: &str,
    ) -> Result<(), Error> {
        let sql = "UPDATE passkeys SET name = $3 WHERE id = $2 AND account = $1";
        self.run(sql, values![account, id, name]).map(drop)
    }

    /// Drops a passkey of an account; false if it has none such.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_passkey(&mut self, account: AccountId, id: PasskeyId) -> Result<bool, Error> {
        let sql = "DELETE FROM passkeys WHERE id = $2 AND account = $1";
        Ok(self.run(sql, values![account, id])? > 0)
    }

    /// Drops all passkeys of an account.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_passkeys(&mut self, account: AccountId) -> Result<(), Error> {
        self.run("DELETE FROM passkeys WHERE account = $1", values![account])?;
        self.forget_address_links(account)
    }

    /// Notes that a passkey was used. False if it is gone, or if its counter went on meanwhile: of
    /// two who use one at a time, with one count, the second is refused.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_passkey(&mut self, id: PasskeyId, counter: u32, at: Millis) -> Result<bool, Error> {
        let sql = "UPDATE passkeys SET counter = $2, used_at = $3
            WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))";
        Ok(self.run(sql, values![id, counter, at])? > 0)
    }
}
