//! Co-authors: those who write a work along with its owner, and those who are asked to.
//!
//! Nothing here asks who may do so: that is for whoever calls. Asking somebody by a name that
//! nobody has is kept like asking by any other, so that it tells nothing of who is here.

use std::collections::HashMap;

use fanfold_doc::imported::Author;

use super::drafts::Pen;
use super::facts::{byline_key, sign};
use super::fold::name_key;
use super::value::{Value, values};
use super::{Error, Read, Write};
use crate::archive::person::{AccountId, AskId, PseudId};
use crate::archive::work::{Millis, RevisionId, WorkId};

/// Somebody who writes a work along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoWriter {
    /// Who.
    pub account: AccountId,
    /// The pen name that they chose for it.
    pub name: String,
    /// Since when.
    pub since: Millis,
}

/// Somebody who was asked to write a work along, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its key.
    pub id: AskId,
    /// The name by which they were asked, whether anybody has it or not.
    pub name: String,
    /// Whether they said no.
    pub declined: bool,
}

/// A work that somebody is asked to write along, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its key.
    pub id: AskId,
    /// The work.
    pub work: WorkId,
    /// What it is called.
    pub title: String,
    /// Who writes it, by the names in its byline.
    pub authors: Vec<Author>,
    /// The name by which they were asked.
    pub name: String,
    /// When.
    pub asked_at: Millis,
}

/// The works that `$1` is asked to write along, but for those that they write and those in the bin.
macro_rules! offered {
    () => {
        " FROM writers_asked a JOIN works w ON w.id = a.work
         WHERE a.account = $1 AND a.declined = 0 AND w.binned_at IS NULL
         AND COALESCE(w.owner, 0) <> $1 AND NOT EXISTS (
             SELECT 1 FROM work_writers k WHERE k.work = a.work AND k.account = $1)"
    };
}

impl Read<'_> {
    /// Those who write a work along, those who began first first.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn writers(&self, work: WorkId) -> Result<Vec<CoWriter>, Error> {
        let sql = "SELECT account, name, since FROM work_writers WHERE work = $1
            ORDER BY since, account";
        self.rows(sql, values![work], |row| {
            Ok(CoWriter { account: row.get(0)?, name: row.get(1)?, since: row.get(2)? })
        })
    }

    /// Those who were asked to write a work along and have not said yes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn asked(&self, work: WorkId) -> Result<Vec<Asked>, Error> {
        let sql = "SELECT id, name, declined FROM writers_asked WHERE work = $1 ORDER BY id";
        self.rows(sql, values![work], |row| {
            Ok(Asked { id: row.get(0)?, name: row.get(1)?, declined: row.get(2)? })
        })
    }

    /// The works that somebody is asked to write along, but for those that they write and those in
    /// the bin. Who was asked first comes first.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a draft that cannot be read.
    pub fn offers(&self, account: AccountId, most: u64) -> Result<Vec<Offer>, Error> {
        let sql = concat!(
            "SELECT a.id, a.work, w.title, a.name, a.asked_at,
             CASE WHEN w.posted_at IS NULL THEN w.draft_id END",
            offered!(),
            " ORDER BY a.id LIMIT $2"
        );
        let mut offers = self.rows(sql, values![account, most], |row| {
            let (id, work, title) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (name, asked_at) = (row.get(3)?, row.get(4)?);
            let draft: Option<RevisionId> = row.get(5)?;
            Ok((Offer { id, work, title, authors: Vec::new(), name, asked_at }, draft))
        })?;
        let works: Vec<WorkId> = offers.iter().map(|(offer, _)| offer.work).collect();
        let mut bylines: HashMap<WorkId, Vec<Author>> = HashMap::new();
        for (work, author) in self.authors_of(&works)? {
            bylines.entry(work).or_default().push(author);
        }
        for (offer, draft) in &mut offers {
            // What was never posted has its byline in the draft alone.
            offer.authors = match draft {
                Some(draft) => self.draft(*draft)?.map(|own| own.facts.authors),
                None => bylines.get(&offer.work).cloned(),
            }
            .unwrap_or_default();
        }
        Ok(offers.into_iter().map(|(offer, _)| offer).collect())
    }

    /// How many of [`Read::offers`] there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn waiting_offers(&self, account: AccountId) -> Result<u64, Error> {
        self.only(concat!("SELECT COUNT(*)", offered!()), values![account], |row| row.get(0))
    }

    /// Whose name or pen name this is, of accounts that are in use.
    ///
    /// # Errors
    /// Those of the database.
    pub fn holder(&self, name: &str) -> Result<Option<AccountId>, Error> {
        let sql = "SELECT id FROM accounts WHERE name_key = $1 AND state = 'open'
            UNION ALL SELECT a.id FROM pseuds p JOIN accounts a ON a.id = p.account
            WHERE p.name_key = $1 AND a.state = 'open'";
        let key = name_key(name);
        self.one(sql, values![key.as_str()], |row| row.get(0))
    }
}

impl Write<'_> {
    /// Asks somebody to write a work along. Whoever was asked by this name already is not asked
    /// again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ask_writer(&mut self, work: WorkId, name: &str, at: Millis) -> Result<(), Error> {
        let account = self.holder(name)?;
        let sql = "INSERT INTO writers_asked (work, name, name_key, account, asked_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (work, name_key) DO NOTHING";
        self.run(sql, values![work, name, name_key(name), account, at]).map(drop)
    }

    /// Takes a question back that nobody answered. False if there is none: who said no is
    /// remembered, so that they are not asked again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unask_writer(&mut self, work: WorkId, ask: AskId) -> Result<bool, Error> {
        let sql = "DELETE FROM writers_asked WHERE id = $1 AND work = $2 AND declined = 0";
        Ok(self.run(sql, values![ask, work])? == 1)
    }

    /// Takes back every question that nobody answered: they were those of an owner who is so no
    /// more. Those who said no are not to be asked again.
    pub(super) fn unask_writers(&mut self, work: WorkId) -> Result<(), Error> {
        let sql = "DELETE FROM writers_asked WHERE work = $1 AND declined = 0";
        self.run(sql, values![work]).map(drop)
    }

    /// Somebody says no. False if they were not asked.
    ///
    /// # Errors
    /// Those of the database.
    pub fn decline_offer(&mut self, account: AccountId, ask: AskId) -> Result<bool, Error> {
        let sql = "UPDATE writers_asked SET declined = 1
            WHERE id = $1 AND account = $2 AND declined = 0";
        Ok(self.run(sql, values![ask, account])? == 1)
    }

    /// Somebody says yes, under a pen name of theirs, which comes into the byline of the draft. The
    /// work; `None` if they were not asked, or the name is not theirs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn accept_offer(
        &mut self,
        account: AccountId,
        ask: AskId,
        pseud: PseudId,
        at: Millis,
    ) -> Result<Option<WorkId>, Error> {
        let sql = concat!("SELECT a.work", offered!(), " AND a.id = $2");
        let work: Option<WorkId> = self.one(sql, values![account, ask], |row| row.get(0))?;
        let own = self.pseuds(account)?.into_iter().find(|own| own.id == pseud);
        let (Some(work), Some(own)) = (work, own) else { return Ok(None) };
        self.run("DELETE FROM writers_asked WHERE id = $1", values![ask])?;
        // That another name which was asked is theirs, too, is not for the owner to learn.
        let sql = "UPDATE writers_asked SET account = NULL WHERE work = $1 AND account = $2";
        self.run(sql, values![work, account])?;
        self.insert_writer(work, account, &own.name, at)?;
        let Some(desk) = self.desk(work)? else { return Ok(Some(work)) };
        let mut draft = desk.draft.clone();
        sign(&mut draft.facts, &own.name);
        let pen = Pen { who: Some(account), at, sitting: None };
        self.redraft(desk, &draft, &pen, &format!("{} is a co-author now", own.name))?;
        Ok(Some(work))
    }

    /// Adds somebody to those who write a work along.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert_writer(
        &mut self,
        work: WorkId,
        account: AccountId,
        name: &str,
        at: Millis,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO work_writers (work, account, name, since) VALUES ($1, $2, $3, $4)
            ON CONFLICT (work, account) DO UPDATE SET name = $3";
        self.run(sql, values![work, account, name, at]).map(drop)
    }

    /// Makes somebody write a work no more. Their name stays in the byline, unless `forget` says
    /// that it goes at once, from the draft and from what readers see. False if they did not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_writer(
        &mut self,
        work: WorkId,
        account: AccountId,
        forget: bool,
        at: Millis,
    ) -> Result<bool, Error> {
        let writers = self.writers(work)?;
        let Some(gone) = writers.into_iter().find(|own| own.account == account) else {
            return Ok(false);
        };
        let row: [Value<'_>; 2] = [work.into(), account.into()];
        self.run("DELETE FROM work_writers WHERE work = $1 AND account = $2", &row)?;
        if !forget {
            return Ok(true);
        }
        if let Some(desk) = self.desk(work)?.filter(|desk| desk.state.drafted) {
            let mut draft = desk.draft.clone();
            draft.facts.authors.retain(|own| name_key(&own.name) != name_key(&gone.name));
            let pen = Pen { who: Some(account), at, sitting: None };
            self.redraft(desk, &draft, &pen, &format!("{} left", gone.name))?;
        }
        self.forget_authors(work, &[gone.name], at)?;
        Ok(true)
    }

    /// Gives a work to somebody who writes it along. `from` is who gives it, with the pen name
    /// under which they write it from then on; without, they are done with it. False if the heir
    /// does not write it, or has no account that is in use.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hand_over(
        &mut self,
        work: WorkId,
        heir: AccountId,
        from: Option<(AccountId, &str)>,
        at: Millis,
    ) -> Result<bool, Error> {
        // Whoever cannot sign in could neither tend it nor give it back.
        let sql = "DELETE FROM work_writers WHERE work = $1 AND account = $2
            AND account IN (SELECT id FROM accounts WHERE state = 'open')";
        if self.run(sql, values![work, heir])? == 0 {
            return Ok(false);
        }
        self.unask_writers(work)?;
        if let Some((account, name)) = from {
            self.insert_writer(work, account, name, at)?;
        }
        let change = |shown: &mut crate::archive::access::Visibility| {
            shown.owner = Some(heir);
            shown.named.retain(|named| *named != heir);
        };
        self.show_to(work, change, at)?;
        Ok(true)
    }

    /// Takes names off a work: off what readers see, and off what it is posted from, or taken out
    /// of the bin from. Its older history keeps them.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a draft that cannot be read.
    pub(super) fn forget_authors(
        &mut self,
        work: WorkId,
        names: &[String],
        at: Millis,
    ) -> Result<(), Error> {
        let keys: Vec<String> = names.iter().map(|name| name_key(name)).collect();
        self.forget_in_drafts(work, &keys)?;
        let sql = "SELECT l.position, a.name FROM work_authors l JOIN authors a ON a.id = l.author
            WHERE l.work = $1 ORDER BY l.position";
        let authors = self.rows(sql, values![work], |row| {
            Ok((row.get::<i64>(0)?, Author { name: row.get(1)?, url: None }))
        })?;
        let (gone, stay): (Vec<_>, Vec<_>) =
            authors.into_iter().partition(|(_, own)| keys.contains(&name_key(&own.name)));
        if gone.is_empty() {
            return Ok(());
        }
        for (position, _) in &gone {
            let sql = "DELETE FROM work_authors WHERE work = $1 AND position = $2";
            self.run(sql, values![work, *position])?;
        }
        let stay: Vec<Author> = stay.into_iter().map(|(_, own)| own).collect();
        let sql = "UPDATE works SET byline_key = $2, changed_at = $3 WHERE id = $1";
        self.run(sql, values![work, byline_key(&stay), at])?;
        self.log_change(work, at)
    }

    /// Takes names, by their keys, off all that may come before readers again. A revision that
    /// beta readers were given is no exception: its texts stay as they are.
    fn forget_in_drafts(&mut self, work: WorkId, keys: &[String]) -> Result<(), Error> {
        let sql = "SELECT revision_id, draft_id, kept_revision FROM works WHERE id = $1";
        let found = self.one(sql, values![work], |row| {
            Ok((row.get(0)?, row.get::<Option<_>>(1)?, row.get::<Option<_>>(2)?))
        })?;
        let Some((shown, draft, kept)) = found else { return Ok(()) };
        let shown: RevisionId = shown;
        for revision in [Some(shown), draft, kept].into_iter().flatten() {
            let Some(before) = self.manifest_of(revision)? else { continue };
            let Some(mut said) = self.draft(revision)? else { continue };
            let names = said.facts.authors.len();
            said.facts.authors.retain(|own| !keys.contains(&name_key(&own.name)));
            if said.facts.authors.len() == names {
                continue;
            }
            self.rewrite(work, revision, &said, before)?;
            if kept == Some(revision) {
                // What lies in the bin has no authors but these.
                let sql = "UPDATE works SET byline_key = $2 WHERE id = $1";
                self.run(sql, values![work, byline_key(&said.facts.authors)])?;
            }
        }
        Ok(())
    }
}
