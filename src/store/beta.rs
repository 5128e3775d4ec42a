//! Beta readers: links to a revision, and what was said of it there.
//!
//! A revision with a link is frozen: no save is folded into it. Of the secret in a link only the
//! hash is kept. Nothing here is told on a page that everybody sees, so no write of it makes kept
//! pages old. Who may read by a link is for `archive/access.rs` to say.

use std::collections::HashMap;

use super::value::{Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::anchor::Passage;
use crate::archive::beta::{BETAS_MOST, Beta, BetaId, Hand, NewRemark, REMARKS_MOST, Remark};
use crate::archive::beta::{RemarkId, SAID_BYTES_MOST, State};
use crate::archive::person::AccountId;
use crate::archive::work::{ChapterId, Hash, Millis, RevisionId, WorkId};

/// A link as its writer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetaRow {
    /// The link.
    pub beta: Beta,
    /// The number of its revision within the work.
    pub number: u32,
    /// The name that a person gave that revision.
    pub named: Option<String>,
    /// How much was said.
    pub remarks: u64,
    /// How much of it waits for the writer.
    pub waiting: u64,
}

/// Open suggestions of one reader by one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// The first of them.
    pub first: RemarkId,
    /// The name under which that was said.
    pub who: String,
    /// How many they are.
    pub many: u64,
}

macro_rules! beta_columns {
    () => {
        "b.id, b.work, b.revision, b.name, b.opened, b.made_at, w.binned_at"
    };
}

fn beta(row: &Row<'_>) -> Result<Beta, Error> {
    Ok(Beta {
        id: row.get(0)?,
        work: row.get(1)?,
        revision: row.get(2)?,
        name: row.get(3)?,
        open: row.get(4)?,
        made_at: row.get(5)?,
        binned_at: row.get(6)?,
    })
}

macro_rules! remark_columns {
    () => {
        "r.id, r.beta, r.chapter, r.paragraph, r.from_byte, r.to_byte, r.quoted, r.said, r.instead,
         r.who, r.account, r.hand, r.made_at, r.state, r.answer"
    };
}

/// A part of what was said of a work by all of its links: keys are sorted first, then their texts
/// are read.
macro_rules! remarks_page {
    ($state:literal, $order:literal) => {
        concat!(
            "WITH page AS (SELECT r.id FROM betas b JOIN beta_remarks r ON r.beta = b.id
             WHERE b.work = $1 AND r.state ",
            $state,
            " ORDER BY ",
            $order,
            " LIMIT $2) SELECT ",
            remark_columns!(),
            " FROM page CROSS JOIN beta_remarks r WHERE r.id = page.id ORDER BY ",
            $order
        )
    };
}

/// A passage that begins with this column.
fn passage(row: &Row<'_>, at: usize) -> Result<Passage, Error> {
    let size = |column| -> Result<usize, Error> {
        let value: u64 = row.get(column)?;
        usize::try_from(value).map_err(|_| Error::damaged("a remark stands nowhere".to_owned()))
    };
    Ok(Passage { paragraph: size(at)?, bytes: size(at + 1)?..size(at + 2)? })
}

fn remark(row: &Row<'_>) -> Result<Remark, Error> {
    let account: Option<AccountId> = row.get(10)?;
    let browser: Option<Hash> = row.get(11)?;
    let state: u32 = row.get(13)?;
    let state = usize::try_from(state).ok().and_then(|at| State::ALL.get(at).copied());
    Ok(Remark {
        id: row.get(0)?,
        beta: row.get(1)?,
        is: NewRemark {
            chapter: row.get(2)?,
            passage: passage(row, 3)?,
            quoted: row.get(6)?,
            said: row.get(7)?,
            instead: row.get(8)?,
            who: row.get(9)?,
        },
        hand: account.map(Hand::Account).or(browser.map(Hand::Browser)),
        made_at: row.get(12)?,
        // Whatever a newer program may mean by it, it is not open.
        state: state.unwrap_or(State::Settled),
        answer: row.get(14)?,
    })
}

fn place(state: State) -> i64 {
    State::ALL.iter().zip(0..).find(|(own, _)| **own == state).map_or(0, |(_, at)| at)
}

impl Read<'_> {
    /// The revision that a link leads to, whether or not it may be read.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn beta_by_link(&self, link: &Hash) -> Result<Option<Beta>, Error> {
        let sql = concat!(
            "SELECT ",
            beta_columns!(),
            " FROM betas b JOIN works w ON w.id = b.work WHERE b.link_hash = $1"
        );
        self.one(sql, values![link], beta)
    }

    /// The links of a work, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn betas(&self, work: WorkId) -> Result<Vec<BetaRow>, Error> {
        let sql = concat!(
            "SELECT ",
            beta_columns!(),
            ", v.number, v.name,
            (SELECT COUNT(*) FROM beta_remarks r WHERE r.beta = b.id),
            (SELECT COUNT(*) FROM beta_remarks r WHERE r.beta = b.id AND r.state = 0)
            FROM betas b JOIN works w ON w.id = b.work JOIN revisions v ON v.id = b.revision
            WHERE b.work = $1 ORDER BY b.id DESC"
        );
        self.rows(sql, values![work], |row| {
            let (number, named) = (row.get(7)?, row.get(8)?);
            let (remarks, waiting) = (row.get(9)?, row.get(10)?);
            Ok(BetaRow { beta: beta(row)?, number, named, remarks, waiting })
        })
    }

    /// All that was said by a link, in the order of the text.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remarks(&self, beta: BetaId) -> Result<Vec<Remark>, Error> {
        let sql = concat!(
            "SELECT ",
            remark_columns!(),
            " FROM beta_remarks r WHERE r.beta = $1
            ORDER BY r.chapter, r.paragraph, r.from_byte, r.id"
        );
        self.rows(sql, values![beta], remark)
    }

    /// What waits for the writer of a work, by whichever link it came: chapters in the order in
    /// which they were begun, each in the order of its text.
    ///
    /// # Errors
    /// Those of the database.
    pub fn open_remarks(&self, work: WorkId, most: u64) -> Result<Vec<Remark>, Error> {
        let sql = remarks_page!("= 0", "r.chapter, r.paragraph, r.from_byte, r.id");
        self.rows(sql, values![work, most], remark)
    }

    /// What the writer of a work decided, what was said last first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn decided_remarks(&self, work: WorkId, most: u64) -> Result<Vec<Remark>, Error> {
        self.rows(remarks_page!("<> 0", "r.id DESC"), values![work, most], remark)
    }

    /// Readers with several open suggestions by one link, who spoke first first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn suggested(&self, work: WorkId, most: u64) -> Result<Vec<Suggested>, Error> {
        let sql = "SELECT g.lowest, r.who, g.many FROM (
                SELECT MIN(r.id) AS lowest, COUNT(*) AS many
                FROM betas b JOIN beta_remarks r ON r.beta = b.id
                WHERE b.work = $1 AND r.state = 0 AND r.instead IS NOT NULL
                AND (r.account IS NOT NULL OR r.hand IS NOT NULL)
                GROUP BY r.beta, r.account, r.hand HAVING COUNT(*) > 1) g
            JOIN beta_remarks r ON r.id = g.lowest ORDER BY g.lowest LIMIT $2";
        self.rows(sql, values![work, most], |row| {
            Ok(Suggested { first: row.get(0)?, who: row.get(1)?, many: row.get(2)? })
        })
    }

    /// What was accepted of what was said of a chapter by a link, in the order of the text: the
    /// passages, and what stands there instead.
    ///
    /// # Errors
    /// Those of the database.
    pub fn accepted_on(
        &self,
        beta: BetaId,
        chapter: ChapterId,
    ) -> Result<Vec<(Passage, String)>, Error> {
        let sql = "SELECT paragraph, from_byte, to_byte, instead FROM beta_remarks
            WHERE beta = $1 AND chapter = $2 AND state = $3 AND instead IS NOT NULL
            ORDER BY paragraph, from_byte, id";
        self.rows(sql, values![beta, chapter, place(State::Accepted)], |row| {
            Ok((passage(row, 0)?, row.get(3)?))
        })
    }

    /// The revisions of a work to which a person gave a name, the latest first: each with its
    /// number within the work, and that name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn named_revisions(
        &self,
        work: WorkId,
        most: u64,
    ) -> Result<Vec<(RevisionId, u32, String)>, Error> {
        let sql = "SELECT id, number, name FROM revisions WHERE work = $1 AND name IS NOT NULL
            ORDER BY number DESC LIMIT $2";
        self.rows(sql, values![work, most], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// What was said of a chapter by a link, in the order of the text.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remarks_on(&self, beta: BetaId, chapter: ChapterId) -> Result<Vec<Remark>, Error> {
        let sql = concat!(
            "SELECT ",
            remark_columns!(),
            " FROM beta_remarks r WHERE r.beta = $1 AND r.chapter = $2
            ORDER BY r.paragraph, r.from_byte, r.id"
        );
        self.rows(sql, values![beta, chapter], remark)
    }

    /// How much was said by a link of each chapter of which anything was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remarks_by_chapter(&self, beta: BetaId) -> Result<HashMap<ChapterId, u64>, Error> {
        let sql = "SELECT chapter, COUNT(*) FROM beta_remarks WHERE beta = $1 GROUP BY chapter";
        let rows = self.rows(sql, values![beta], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.into_iter().collect())
    }

    /// A remark on a work, by whichever of its links.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remark(&self, work: WorkId, id: RemarkId) -> Result<Option<Remark>, Error> {
        let sql = concat!(
            "SELECT ",
            remark_columns!(),
            " FROM beta_remarks r JOIN betas b ON b.id = r.beta WHERE r.id = $1 AND b.work = $2"
        );
        self.one(sql, values![id, work], remark)
    }

    /// How many remarks on a work wait for its writer.
    ///
    /// # Errors
    /// Those of the database.
    pub fn waiting_remarks(&self, work: WorkId) -> Result<u64, Error> {
        let sql = "SELECT COUNT(*) FROM beta_remarks r JOIN betas b ON b.id = r.beta
            WHERE b.work = $1 AND r.state = 0";
        self.only(sql, values![work], |row| row.get(0))
    }

    /// All that an account said, in the order in which it did.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remarks_by(&self, account: AccountId) -> Result<Vec<Remark>, Error> {
        let sql = concat!(
            "SELECT ",
            remark_columns!(),
            " FROM beta_remarks r WHERE r.account = $1 ORDER BY r.id"
        );
        self.rows(sql, values![account], remark)
    }

    /// The name under which somebody spoke last by a link.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_name(&self, beta: BetaId, hand: Hand) -> Result<Option<String>, Error> {
        let (account, browser) = parts(Some(hand));
        let sql = "SELECT who FROM beta_remarks
            WHERE beta = $1 AND (account = $2 OR hand = $3) ORDER BY id DESC LIMIT 1";
        self.one(sql, values![beta, account, browser], |row| row.get(0))
    }
}

/// A hand as two columns.
fn parts(hand: Option<Hand>) -> (Option<AccountId>, Option<Hash>) {
    match hand {
        Some(Hand::Account(account)) => (Some(account), None),
        Some(Hand::Browser(browser)) => (None, Some(browser)),
        None => (None, None),
    }
}

impl Write<'_> {
    /// Makes a link to a revision of a work, which stays as it is from now on. `None` if the work
    /// has no such revision, or has as many links as it can.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_beta(
        &mut self,
        (work, revision): (WorkId, RevisionId),
        name: &str,
        link: &Hash,
        at: Millis,
    ) -> Result<Option<BetaId>, Error> {
        self.unseen();
        if self.work_of_revision(revision)? != Some(work) || self.betas(work)?.len() >= BETAS_MOST {
            return Ok(None);
        }
        let sql = "INSERT INTO betas (work, revision, name, link_hash, opened, made_at)
            VALUES ($1, $2, $3, $4, 1, $5) RETURNING id";
        self.write_one(sql, values![work, revision, name, link, at]).map(Some)
    }

    /// Gives a link of a work another secret; the old one leads nowhere from then on. False if
    /// there is no such link.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_beta_link(&mut self, work: WorkId, id: BetaId, link: &Hash) -> Result<bool, Error> {
        self.unseen();
        let sql = "UPDATE betas SET link_hash = $3, opened = 1 WHERE id = $1 AND work = $2";
        Ok(self.run(sql, values![id, work, link])? == 1)
    }

    /// Closes a link of a work, or opens it again. False if there is no such link.
    ///
    /// # Errors
    /// Those of the database.
    pub fn open_beta(&mut self, work: WorkId, id: BetaId, open: bool) -> Result<bool, Error> {
        self.unseen();
        let sql = "UPDATE betas SET opened = $3 WHERE id = $1 AND work = $2";
        Ok(self.run(sql, values![id, work, open])? == 1)
    }

    /// Keeps remarks, all or none: false if a link takes no more of them, or not so much text.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_remarks(
        &mut self,
        beta: BetaId,
        hand: Hand,
        remarks: &[NewRemark],
        at: Millis,
    ) -> Result<bool, Error> {
        self.unseen();
        let sql = "SELECT COUNT(*), COALESCE(SUM(OCTET_LENGTH(quoted) + OCTET_LENGTH(said)
            + OCTET_LENGTH(COALESCE(instead, '')) + OCTET_LENGTH(who)), 0)
            FROM beta_remarks WHERE beta = $1";
        let (many, bytes): (u64, u64) =
            self.only(sql, values![beta], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let more: u64 = remarks.iter().map(NewRemark::bytes).sum();
        if many.saturating_add(remarks.len() as u64) > REMARKS_MOST
            || bytes.saturating_add(more) > SAID_BYTES_MOST
        {
            return Ok(false);
        }
        let (account, browser) = parts(Some(hand));
        let row = |new: &NewRemark| -> [Value<'static>; 12] {
            let Passage { paragraph, ref bytes } = new.passage;
            [
                Value::Int(beta.0),
                new.chapter.into(),
                (paragraph as u64).into(),
                (bytes.start as u64).into(),
                (bytes.end as u64).into(),
                new.quoted.clone().into(),
                new.said.clone().into(),
                new.instead.clone().into(),
                new.who.clone().into(),
                account.into(),
                browser.into(),
                at.into(),
            ]
        };
        let rows: Vec<[Value<'_>; 12]> = remarks.iter().map(row).collect();
        let sql = "INSERT INTO beta_remarks (beta, chapter, paragraph, from_byte, to_byte, quoted,
            said, instead, who, account, hand, made_at) VALUES {rows}";
        self.insert(sql, &rows)?;
        Ok(true)
    }

    /// Takes back an open remark that one of these made. False if there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_back(&mut self, beta: BetaId, id: RemarkId, hands: &[Hand]) -> Result<bool, Error> {
        self.unseen();
        for hand in hands {
            let (account, browser) = parts(Some(*hand));
            let sql = "DELETE FROM beta_remarks WHERE id = $1 AND beta = $2 AND state = 0
                AND (account = $3 OR hand = $4)";
            if self.run(sql, values![id, beta, account, browser])? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Says what became of a remark.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_remark_state(&mut self, id: RemarkId, state: State) -> Result<(), Error> {
        self.unseen();
        let sql = "UPDATE beta_remarks SET state = $2 WHERE id = $1";
        self.run(sql, values![id, place(state)]).map(drop)
    }

    /// Answers a remark.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_answer(&mut self, id: RemarkId, answer: &str) -> Result<(), Error> {
        self.unseen();
        let sql = "UPDATE beta_remarks SET answer = $2 WHERE id = $1";
        self.run(sql, values![id, answer]).map(drop)
    }

    /// Closes all links of a work.
    pub(super) fn close_betas(&mut self, work: WorkId) -> Result<(), Error> {
        self.run("UPDATE betas SET opened = 0 WHERE work = $1", values![work]).map(drop)
    }

    /// Takes the name of an account off all that it remarked.
    pub(super) fn forget_remarks_of(&mut self, account: AccountId) -> Result<(), Error> {
        let sql = "UPDATE beta_remarks SET who = '', account = NULL WHERE account = $1";
        self.run(sql, values![account]).map(drop)
    }
}
