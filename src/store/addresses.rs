//! Where mail for accounts goes: addresses that were confirmed, and those that wait for it.

use super::accounts::{account_columns, account_row};
use super::value::values;
use super::{Error, Read, Write};
use crate::archive::account::AccountRow;
use crate::archive::mail::Address;
use crate::archive::person::AccountId;
use crate::archive::work::{Hash, Millis};

impl Read<'_> {
    /// Accounts in use whose confirmed address this is, at most so many.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn accounts_at(&self, address: &Address, most: u64) -> Result<Vec<AccountRow>, Error> {
        let sql = concat!(
            "SELECT ",
            account_columns!(),
            " FROM accounts a WHERE a.address_key = $1 AND a.state = 'open' ORDER BY a.id LIMIT $2"
        );
        self.rows(sql, values![address.key(), most], account_row)
    }

    /// The address of an account that waits to be confirmed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn waiting_address(
        &self,
        account: AccountId,
        now: Millis,
    ) -> Result<Option<String>, Error> {
        let sql = "SELECT address FROM address_links WHERE account = $1 AND expires_at > $2";
        self.one(sql, values![account, now], |row| row.get(0))
    }

    /// The account and the address that a link confirms, if it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn address_link(
        &self,
        token: &Hash,
        now: Millis,
    ) -> Result<Option<(AccountId, String)>, Error> {
        let sql = "SELECT l.account, l.address FROM address_links l
            JOIN accounts a ON a.id = l.account
            WHERE l.token_hash = $1 AND l.expires_at > $2 AND a.state = 'open'";
        self.one(sql, values![token, now], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

impl Write<'_> {
    /// Keeps a link that confirms an address of an account, until a moment. The one before it is
    /// good no more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_address_link(
        &mut self,
        token: &Hash,
        account: AccountId,
        address: &Address,
        at: Millis,
        until: Millis,
    ) -> Result<(), Error> {
        let sql = "DELETE FROM address_links WHERE account = $1 OR expires_at <= $2";
        self.run(sql, values![account, at])?;
        let sql = "INSERT INTO address_links (token_hash, account, address, expires_at)
            VALUES ($1, $2, $3, $4)";
        self.run(sql, values![token, account, address.text(), until]).map(drop)
    }

    /// Uses a link up: the account and the address that it confirms, if it was good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn use_address_link(
        &mut self,
        token: &Hash,
        now: Millis,
    ) -> Result<Option<(AccountId, String)>, Error> {
        let found = self.address_link(token, now)?;
        self.run("DELETE FROM address_links WHERE token_hash = $1", values![token])?;
        Ok(found)
    }

    /// Says where mail for an account goes from now on. Addresses that wait are forgotten, and so
    /// are links for a new password, which may lie in the mailbox before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_address(
        &mut self,
        account: AccountId,
        address: Option<&Address>,
    ) -> Result<(), Error> {
        let sql = "UPDATE accounts SET address = $2, address_key = $3 WHERE id = $1";
        let (text, key) = (address.map(Address::text), address.map(Address::key));
        self.run(sql, values![account, text, key])?;
        self.run("DELETE FROM sign_in_links WHERE account = $1 AND resets = 1", values![account])?;
        self.forget_address_links(account)
    }

    /// Makes links worthless that wait to confirm an address of an account. Whoever had a way into
    /// it may be waiting with one, for an address at which they would then be sent a new password:
    /// so they end with each password, second factor and set of passkeys that is done away with,
    /// and with the account.
    pub(super) fn forget_address_links(&mut self, account: AccountId) -> Result<(), Error> {
        self.run("DELETE FROM address_links WHERE account = $1", values![account]).map(drop)
    }
}
