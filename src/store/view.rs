//! Works as somebody sees them: the only way to read one.
//!
//! A [`View`] is a snapshot with whoever looks. What its methods give of a work, they give to those
//! alone who may see it; to others it is as if the work were not there. The rule is
//! [`Viewer::may_read`] and [`Viewer::is_shown`]; here it stands once more in SQL.

use std::collections::HashSet;
use std::ops::Deref;

use fanfold_doc::document::MediaName;
use fanfold_index::filter;

use super::value::{Value, values};
use super::{Error, Read, Write};
use crate::archive::access::{Audience, Viewer, Visibility};
use crate::archive::person::{AccountId, ReaderId, Visitor};
use crate::archive::tag::Tag;
use crate::archive::work::{Hash, Millis, RevisionId, TagId, WorkId};

/// A snapshot of the library as somebody sees it.
#[derive(Clone, Debug)]
pub struct View<'t> {
    read: &'t Read<'t>,
    viewer: Viewer,
    reader: Option<ReaderId>,
}

impl<'t> Deref for View<'t> {
    type Target = Read<'t>;
    fn deref(&self) -> &Read<'t> {
        self.read
    }
}

/// Whether the work `w` may be read. `$2`, `$3` and `$4` are [`View::who`], `$5` is a work whose
/// link was opened.
macro_rules! readable {
    () => {
        readable!("$5")
    };
    ($link:literal) => {
        concat!(
            "((w.posted_at IS NOT NULL AND w.binned_at IS NULL AND (w.audience <= $2
               OR (w.audience = 2 AND w.id = ",
            $link,
            ")
               OR EXISTS (SELECT 1 FROM work_readers n WHERE n.work = w.id AND n.account = $3)))
              OR (w.binned_at IS NULL
               AND EXISTS (SELECT 1 FROM work_writers k WHERE k.work = w.id AND k.account = $3))
              OR COALESCE(w.owner, $4) = $3)"
        )
    };
}

/// The same for lists and counts: a statement with it is asked once for each of [`View::passes`],
/// which are `$2` to `$5`, and a work comes in one of them alone.
macro_rules! readable_in_pass {
    () => {
        concat!("(", readable!(), " AND ($5 = 0 OR NOT ", readable!("0"), "))")
    };
}
pub(super) use {readable, readable_in_pass};

/// Whether lists show the work `w`. `$3`, `$4` and `$5` are [`View::listed`].
macro_rules! listed {
    () => {
        "(w.posted_at IS NOT NULL AND w.binned_at IS NULL AND (w.audience <= $3
           OR EXISTS (SELECT 1 FROM work_readers n WHERE n.work = w.id AND n.account = $4)
           OR EXISTS (SELECT 1 FROM work_writers k WHERE k.work = w.id AND k.account = $4)
           OR COALESCE(w.owner, $5) = $4))"
    };
}
pub(super) use listed;

/// Stands for nobody: no account has it.
const NOBODY: AccountId = AccountId(-1);

fn place(audience: Audience) -> i64 {
    Audience::ALL.iter().zip(0..).find(|(own, _)| **own == audience).map_or(0, |(_, at)| at)
}

impl<'t> Read<'t> {
    /// The library as whoever sent a request sees it.
    pub fn seen_by(&self, visitor: &Visitor) -> View<'_> {
        View { reader: visitor.reader, ..self.viewed(Viewer::of(visitor)) }
    }

    /// The library as the archive itself sees it: for imports, indexes and the terminal, never for
    /// a page.
    pub fn archive(&self) -> View<'_> {
        self.viewed(Viewer::archive())
    }

    /// The library as a viewer sees it.
    pub fn viewed(&self, viewer: Viewer) -> View<'_> {
        View { read: self, viewer, reader: None }
    }

    /// What decides who sees a work; `None` if there is none.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn visibility(&self, work: WorkId) -> Result<Option<Visibility>, Error> {
        let sql = "SELECT owner, audience, posted_at, post_at, binned_at FROM works WHERE id = $1";
        let found = self.one(sql, values![work], |row| {
            let at: u32 = row.get(1)?;
            let audience = usize::try_from(at).ok().and_then(|at| Audience::ALL.get(at));
            Ok(Visibility {
                owner: row.get(0)?,
                // Whatever a newer program may mean by it, it is not wider.
                audience: audience.copied().unwrap_or(Audience::Named),
                posted_at: row.get(2)?,
                post_at: row.get(3)?,
                binned_at: row.get(4)?,
                named: Vec::new(),
                writers: Vec::new(),
            })
        })?;
        let Some(mut found) = found else { return Ok(None) };
        let sql = "SELECT account FROM work_readers WHERE work = $1 ORDER BY account";
        found.named = self.rows(sql, values![work], |row| row.get(0))?;
        let sql = "SELECT account FROM work_writers WHERE work = $1 ORDER BY account";
        found.writers = self.rows(sql, values![work], |row| row.get(0))?;
        Ok(Some(found))
    }

    /// Whether everyone sees every work, so that nothing has to be left out for anybody.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hides_nothing(&self) -> Result<bool, Error> {
        let sql = "SELECT id FROM works
            WHERE audience > 0 OR posted_at IS NULL OR binned_at IS NOT NULL LIMIT 1";
        Ok(self.one(sql, &[], |row| row.get::<WorkId>(0))?.is_none())
    }

    /// Whether any work says a tag, whoever sees that work.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_said(&self, tag: TagId) -> Result<bool, Error> {
        let sql = "SELECT work FROM work_tags WHERE tag = $1 LIMIT 1";
        Ok(self.one(sql, values![tag], |row| row.get::<WorkId>(0))?.is_some())
    }

    /// Whether a work counts for the totals and for its tags.
    pub(super) fn is_public(&self, work: WorkId) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM works WHERE id = $1 AND audience = 0 AND posted_at IS NOT NULL
            AND binned_at IS NULL";
        Ok(self.one(sql, values![work], |row| row.get::<i64>(0))?.is_some())
    }
}

impl View<'_> {
    /// Who looks.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Whose reading it is, if that is remembered.
    pub fn reader(&self) -> Option<ReaderId> {
        self.reader
    }

    /// The numbers of [`readable!`].
    fn who(&self) -> [i64; 3] {
        let [_, own, nobodys] = self.listed();
        [place(self.viewer.reads()), own, nobodys]
    }

    /// The numbers of [`readable_in_pass!`]: without a link, then with that of each work that they
    /// opened.
    pub(super) fn passes(&self) -> Vec<[i64; 4]> {
        let [reads, own, nobodys] = self.who();
        let mut links: Vec<i64> = self.viewer.links().iter().map(|work| work.0).collect();
        links.push(0);
        links.sort_unstable();
        links.dedup();
        links.into_iter().map(|link| [reads, own, nobodys, link]).collect()
    }

    /// The numbers of [`listed!`]: the widest audience, the account, and the same account if what
    /// belongs to nobody is its own.
    pub(super) fn listed(&self) -> [i64; 3] {
        let own = self.viewer.account();
        let nobodys = own.filter(|_| self.viewer.owns_archive());
        let own = own.unwrap_or(NOBODY);
        [place(self.viewer.lists()), own.0, nobodys.map_or(0, |account| account.0)]
    }

    /// Whether a work is there for them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sees(&self, work: WorkId) -> Result<bool, Error> {
        if self.viewer.is_archive() {
            return Ok(true);
        }
        let link = if self.viewer.has_link(work) { work.0 } else { 0 };
        let [reads, own, nobodys] = self.who();
        let sql = concat!("SELECT w.id FROM works w WHERE w.id = $1 AND ", readable!());
        let found =
            self.one(sql, values![work, reads, own, nobodys, link], |row| row.get::<WorkId>(0))?;
        Ok(found.is_some())
    }

    /// Those of these works that are there for them.
    pub(super) fn seen(&self, works: &[WorkId]) -> Result<Vec<WorkId>, Error> {
        if self.viewer.is_archive() {
            return Ok(works.to_vec());
        }
        let sql = "SELECT w.id FROM (VALUES {rows}) AS k JOIN works w ON w.id = k.column1
            WHERE w.audience = 0 AND w.posted_at IS NOT NULL AND w.binned_at IS NULL";
        let keys: Vec<[Value<'_>; 1]> = works.iter().map(|id| [(*id).into()]).collect();
        let mut seen: HashSet<WorkId> =
            self.each(sql, &keys, |row| row.get(0))?.into_iter().collect();
        for work in works {
            // Few are not for everyone.
            if !seen.contains(work) && self.sees(*work)? {
                seen.insert(*work);
            }
        }
        Ok(works.iter().copied().filter(|work| seen.contains(work)).collect())
    }

    /// Whether a revision is there for them: what is shown of a work they see, and every state of
    /// their own.
    pub(super) fn sees_revision(&self, revision: RevisionId) -> Result<bool, Error> {
        if self.viewer.is_archive() {
            return Ok(true);
        }
        let sql = "SELECT w.id, w.revision_id FROM revisions r JOIN works w ON w.id = r.work
            WHERE r.id = $1";
        let found = self.one(sql, values![revision], |row| {
            Ok((row.get::<WorkId>(0)?, row.get::<RevisionId>(1)?))
        })?;
        let Some((work, shown)) = found else { return Ok(false) };
        if shown == revision {
            return self.sees(work);
        }
        Ok(self.visibility(work)?.is_some_and(|own| self.viewer.writes(&own)))
    }

    /// Whether a tag is there for them: not if only works say it that lists do not show them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn knows(&self, tag: &Tag) -> Result<bool, Error> {
        if tag.canonical || tag.synonym_of.is_some() || tag.all_uses > 0 {
            return Ok(true);
        }
        let [lists, own, nobodys] = self.listed();
        let sql = concat!(
            "SELECT w.id FROM work_tags l JOIN works w ON w.id = l.work WHERE l.tag = $1 AND ",
            listed!(),
            " LIMIT $2"
        );
        let values = values![tag.id, 1_u64, lists, own, nobodys];
        Ok(self.one(sql, values, |row| row.get::<WorkId>(0))?.is_some())
    }

    /// Whether an image is there for them: some work that shows it is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sees_media(&self, name: &MediaName) -> Result<bool, Error> {
        let [reads, own, nobodys] = self.who();
        let sql = concat!(
            "SELECT w.id FROM work_media l JOIN works w ON w.id = l.work WHERE l.name = $1 AND ",
            readable!(),
            " LIMIT 1"
        );
        for link in std::iter::once(0).chain(self.viewer.links().iter().map(|work| work.0)) {
            let values = values![name.as_str(), reads, own, nobodys, link];
            if self.one(sql, values, |row| row.get::<WorkId>(0))?.is_some() {
                return Ok(true);
            }
        }
        Ok(self.viewer.is_archive())
    }

    /// The same viewer for the filter index: works of narrow audiences that lists show them are
    /// named one by one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn filter_viewer(&self) -> Result<filter::Viewer, Error> {
        if self.viewer.is_archive() {
            return Ok(filter::Viewer::all_seeing());
        }
        let Some(account) = self.viewer.account() else { return Ok(filter::Viewer::default()) };
        let mut also: Vec<i64> = Vec::new();
        let named = "SELECT w.id FROM work_readers n JOIN works w ON w.id = n.work
            WHERE n.account = $1 AND w.audience > 1
            AND w.posted_at IS NOT NULL AND w.binned_at IS NULL";
        let along = "SELECT w.id FROM work_writers k JOIN works w ON w.id = k.work
            WHERE k.account = $1 AND w.audience > 1
            AND w.posted_at IS NOT NULL AND w.binned_at IS NULL";
        let owned = "SELECT w.id FROM works w WHERE w.owner = $1 AND w.audience > 1
            AND w.posted_at IS NOT NULL AND w.binned_at IS NULL";
        let nobodys = "SELECT w.id FROM works w
            WHERE (w.audience > 0 OR w.posted_at IS NULL OR w.binned_at IS NOT NULL)
            AND w.audience > 1 AND w.owner IS NULL
            AND w.posted_at IS NOT NULL AND w.binned_at IS NULL";
        for sql in [named, along, owned] {
            also.extend(self.rows(sql, values![account], |row| row.get::<i64>(0))?);
        }
        if self.viewer.owns_archive() {
            also.extend(self.rows(nobodys, &[], |row| row.get::<i64>(0))?);
        }
        also.sort_unstable();
        also.dedup();
        Ok(filter::Viewer { sees: filter::Audience::Members, also: also.into() })
    }
}

impl Write<'_> {
    /// Changes who sees a work: its owner, its audience, whether it is posted or binned, and whom
    /// the owner names; who its co-authors are is for `store/writers.rs`. The counts of tags and
    /// the totals follow, and the log of changes tells the indexes. Nothing is written if nothing
    /// differs.
    ///
    /// # Errors
    /// [`Error::Conflict`] if there is no such work, and those of the database.
    pub fn show_to(
        &mut self,
        work: WorkId,
        change: impl FnOnce(&mut Visibility),
        at: Millis,
    ) -> Result<Visibility, Error> {
        let absent = || Error::Conflict(format!("there is no work {work}"));
        let old = self.visibility(work)?.ok_or_else(absent)?;
        let mut new = old.clone();
        change(&mut new);
        new.named.sort_unstable();
        new.named.dedup();
        if new == old {
            return Ok(new);
        }
        let sql = "UPDATE works SET owner = $2, audience = $3, posted_at = $4, post_at = $5,
            binned_at = $6, changed_at = $7 WHERE id = $1";
        let Visibility { owner, audience, posted_at, post_at, binned_at, .. } = new;
        let row = values![work, owner, place(audience), posted_at, post_at, binned_at, at];
        self.run(sql, row)?;
        self.run("DELETE FROM work_readers WHERE work = $1", values![work])?;
        let readers: Vec<[Value<'_>; 2]> =
            new.named.iter().map(|account| [work.into(), (*account).into()]).collect();
        self.insert("INSERT INTO work_readers (work, account) VALUES {rows}", &readers)?;
        match (old.is_public(), new.is_public()) {
            (true, false) => self.count_work(work, -1)?,
            (false, true) => self.count_work(work, 1)?,
            _ => {}
        }
        self.log_change(work, at)?;
        Ok(new)
    }

    /// Adds a work to the totals and to the uses of its tags, or takes it away.
    fn count_work(&mut self, work: WorkId, by: i64) -> Result<(), Error> {
        let sql = "SELECT words, attention FROM works WHERE id = $1";
        let (words, attention): (i64, i64) =
            self.only(sql, values![work], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.add_to_totals(by, by * words, by * attention)?;
        let sql = "SELECT DISTINCT tag FROM work_tags WHERE work = $1";
        for tag in self.rows(sql, values![work], |row| row.get::<TagId>(0))? {
            self.count_use(tag, by);
        }
        Ok(())
    }

    /// Gives a work another link, or none; old links lead nowhere from then on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_link(&mut self, work: WorkId, link: Option<&Hash>) -> Result<(), Error> {
        let sql = "UPDATE works SET link_hash = $2 WHERE id = $1";
        self.run(sql, values![work, link]).map(drop)
    }
}

impl Read<'_> {
    /// The work that a link is of.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_by_link(&self, link: &Hash) -> Result<Option<WorkId>, Error> {
        let sql = "SELECT id FROM works WHERE link_hash = $1";
        self.one(sql, values![link], |row| row.get(0))
    }
}
