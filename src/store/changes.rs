//! The log of changes, which indexes follow.
//!
//! Writers stand in line, so numbers become visible in their order: who has followed the log up
//! to a number has missed nothing below it.

use super::value::values;
use super::{Error, Read, Write};
use crate::archive::work::{ChangeId, Millis, WorkId};

impl Read<'_> {
    /// The changes after a place in the log, oldest first. A work stands in it once for each
    /// write.
    ///
    /// # Errors
    /// Those of the database.
    pub fn changes_after(
        &self,
        after: ChangeId,
        limit: usize,
    ) -> Result<Vec<(ChangeId, WorkId)>, Error> {
        let sql = "SELECT id, work FROM changes WHERE id > $1 ORDER BY id LIMIT $2";
        self.rows(sql, values![after, limit as u64], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The end of the log; 0 if it is empty.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_change(&self) -> Result<ChangeId, Error> {
        let sql = "SELECT COALESCE(MAX(id), 0) FROM changes";
        self.only(sql, &[], |row| row.get(0))
    }
}

impl Write<'_> {
    /// Tells indexes that a work was written.
    pub(super) fn log_change(&mut self, work: WorkId, at: Millis) -> Result<(), Error> {
        self.logged = true;
        self.run("INSERT INTO changes (work, at) VALUES ($1, $2)", values![work, at]).map(drop)
    }
}
