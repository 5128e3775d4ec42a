//! Lists of works: the shelf in every order, works that need a look, and the totals.
//!
//! A page costs the same few statements however long the shelf is, and never touches a body.

use std::collections::HashMap;

use fanfold_doc::html::Html;
use fanfold_doc::imported::WarningKind;

use super::chapters::html;
use super::value::{Row, Value, values};
use super::view::listed;
use super::works::columns;
use super::{Error, Read, View, Write};
use crate::archive::work::{Facts, Millis, RevisionId, WorkId};

/// What the shelf is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By title without its article, accents and case aside.
    Title,
    /// By the names of the authors, then by title; works without author come last.
    Author,
    /// By the day of the last change, else of the first posting, else of the import.
    #[default]
    Updated,
    /// By length.
    Words,
    /// By the order in which the works came into the archive.
    Added,
}

/// Which part of the shelf to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Listing {
    /// The order.
    pub sort: Sort,
    /// Whether the order is turned round.
    pub descending: bool,
    /// How many works to pass over.
    pub offset: u64,
    /// How many works to show at most.
    pub limit: u64,
}

/// A part of the shelf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// How many works there are in all.
    pub total: u64,
    /// The works, in order.
    pub rows: Vec<WorkRow>,
}

/// What a list shows of a work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRow {
    /// Its key.
    pub id: WorkId,
    /// What is said about it, but for collections and other header lines, which stay empty.
    pub facts: Facts,
    /// Its summary.
    pub summary: Html,
    /// Words of all chapters.
    pub words: u64,
    /// How many chapters it has.
    pub chapters: u64,
    /// When it came into the archive.
    pub imported_at: Millis,
    /// The current state of its texts.
    pub revision: RevisionId,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Works for everyone.
    pub works: u64,
    /// Their words.
    pub words: u64,
    /// Files that could not be read.
    pub problems: u64,
    /// Works that a person should look at: a provisional title, warnings or proposals.
    pub attention: u64,
    /// Files that were seen and are still there.
    pub files: u64,
}

/// Works that a person should look at for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// How many works there are in all.
    pub total: u64,
    /// The latest of them.
    pub rows: Vec<Look>,
}

/// A work that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its key.
    pub id: WorkId,
    /// Its title.
    pub title: String,
    /// How many places of it are meant.
    pub count: u64,
}

/// The statement for a page of the shelf: keys come from an index, then their rows. `CROSS JOIN`
/// keeps SQLite from walking the whole index once more to save itself the sorting of the page.
macro_rules! page {
    ($order:literal) => {
        concat!(
            "WITH page AS (SELECT w.id FROM works w WHERE ",
            listed!(),
            " ORDER BY ",
            $order,
            " LIMIT $1 OFFSET $2)
            SELECT w.title, w.title_is_provisional, w.language, w.published_at, w.updated_at,
            w.complete, w.chapters_expected, w.source_site, w.source_url, w.words,
            w.chapter_count, w.added_at, w.revision_id, r.doc_version, r.summary, w.id
            FROM page CROSS JOIN works w CROSS JOIN revisions r
            WHERE w.id = page.id AND r.id = w.revision_id ORDER BY ",
            $order
        )
    };
}

impl Sort {
    fn sql(self, descending: bool) -> &'static str {
        match (self, descending) {
            (Sort::Title, false) => page!("w.title_key, w.id"),
            (Sort::Title, true) => page!("w.title_key DESC, w.id DESC"),
            (Sort::Author, false) => page!("w.byline_key, w.title_key, w.id"),
            (Sort::Author, true) => page!("w.byline_key DESC, w.title_key DESC, w.id DESC"),
            (Sort::Updated, false) => page!("w.fresh_at, w.id"),
            (Sort::Updated, true) => page!("w.fresh_at DESC, w.id DESC"),
            (Sort::Words, false) => page!("w.words, w.id"),
            (Sort::Words, true) => page!("w.words DESC, w.id DESC"),
            (Sort::Added, false) => page!("w.id"),
            (Sort::Added, true) => page!("w.id DESC"),
        }
    }
}

impl View<'_> {
    /// A part of the shelf.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a summary that cannot be read.
    pub fn works(&self, listing: &Listing) -> Result<Shelf, Error> {
        let [lists, own, nobodys] = self.listed();
        let count = concat!(
            "SELECT COUNT(*) FROM (SELECT w.id FROM works w WHERE ",
            listed!(),
            " LIMIT $1 OFFSET $2) n"
        );
        let all = values![i64::MAX, 0_i64, lists, own, nobodys];
        let total: u64 = self.only(count, all, |row| row.get(0))?;
        // From the far half of the shelf it is shorter to come from the other end.
        let Listing { sort, descending, offset, limit } = *listing;
        let limit = limit.min(total.saturating_sub(offset));
        let turned = offset > total / 2;
        let passed = if turned { total.saturating_sub(offset + limit) } else { offset };
        let sql = sort.sql(descending != turned);
        let mut rows = match limit {
            0 => Vec::new(),
            _ => self.rows(sql, values![limit, passed, lists, own, nobodys], work_row)?,
        };
        if turned {
            rows.reverse();
        }
        self.fill(&mut rows)?;
        Ok(Shelf { total, rows })
    }

    /// A work as a list shows it.
    ///
    /// # Errors
    /// As for [`View::works`].
    pub fn work_row(&self, id: WorkId) -> Result<Option<WorkRow>, Error> {
        if !self.sees(id)? {
            return Ok(None);
        }
        let sql = "SELECT w.title, w.title_is_provisional, w.language, w.published_at,
            w.updated_at, w.complete, w.chapters_expected, w.source_site, w.source_url, w.words,
            w.chapter_count, w.added_at, w.revision_id, r.doc_version, r.summary, w.id
            FROM works w JOIN revisions r ON r.id = w.revision_id WHERE w.id = $1";
        let mut rows = self.rows(sql, values![id], work_row)?;
        self.fill(&mut rows)?;
        Ok(rows.pop())
    }

    /// Works as a list shows them, in the order of these keys; those that are not there are left
    /// out.
    ///
    /// # Errors
    /// As for [`View::works`].
    pub fn work_rows(&self, ids: &[WorkId]) -> Result<Vec<WorkRow>, Error> {
        let sql = "SELECT w.title, w.title_is_provisional, w.language, w.published_at,
            w.updated_at, w.complete, w.chapters_expected, w.source_site, w.source_url, w.words,
            w.chapter_count, w.added_at, w.revision_id, r.doc_version, r.summary, w.id
            FROM (VALUES {rows}) AS k JOIN works w ON w.id = k.column1
            JOIN revisions r ON r.id = w.revision_id";
        let ids = &self.seen(ids)?;
        let keys: Vec<[Value<'_>; 1]> = ids.iter().map(|id| [(*id).into()]).collect();
        let mut rows = self.each(sql, &keys, work_row)?;
        let places: HashMap<WorkId, usize> = ids.iter().copied().zip(0..).collect();
        rows.sort_by_key(|row| places.get(&row.id).copied());
        self.fill(&mut rows)?;
        Ok(rows)
    }

    /// Fills in the lists of the works of a page, a statement for each kind of list.
    fn fill(&self, rows: &mut [WorkRow]) -> Result<(), Error> {
        let ids: Vec<WorkId> = rows.iter().map(|row| row.id).collect();
        let mut places: HashMap<WorkId, &mut Facts> =
            rows.iter_mut().map(|row| (row.id, &mut row.facts)).collect();
        for (id, author) in self.authors_of(&ids)? {
            places.get_mut(&id).into_iter().for_each(|facts| facts.authors.push(author.clone()));
        }
        for (id, tag) in self.tags_of(&ids)? {
            places.get_mut(&id).into_iter().for_each(|facts| facts.tags.push(tag.clone()));
        }
        for (id, place) in self.series_of(&ids)? {
            places.get_mut(&id).into_iter().for_each(|facts| facts.series.push(place.clone()));
        }
        Ok(())
    }
}

impl Read<'_> {
    /// How much there is that is for everyone. Takes the same short time in a library of any size,
    /// but for counting files.
    ///
    /// # Errors
    /// Those of the database.
    pub fn totals(&self) -> Result<Totals, Error> {
        let count = |sql| self.only(sql, &[], |row| row.get(0));
        let problems = count("SELECT COUNT(*) FROM sources WHERE state = 'problem'")?;
        let gone: u64 = count("SELECT COUNT(*) FROM sources WHERE state = 'gone'")?;
        let seen: u64 = count("SELECT COUNT(*) FROM sources")?;
        Ok(Totals { problems, files: seen.saturating_sub(gone), ..self.counted()? })
    }

    fn counted(&self) -> Result<Totals, Error> {
        self.only("SELECT works, words, attention FROM totals", &[], |row| {
            Ok(Totals {
                works: row.get(0)?,
                words: row.get(1)?,
                attention: row.get(2)?,
                ..Totals::default()
            })
        })
    }
}

impl View<'_> {
    /// The works with warnings of a kind, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_with_warning(&self, kind: WarningKind, limit: u64) -> Result<Looks, Error> {
        let [lists, own, nobodys] = self.listed();
        let sql = concat!(
            "SELECT COUNT(*) FROM (SELECT DISTINCT n.work FROM warnings n
             JOIN works w ON w.id = n.work WHERE n.kind = $1 AND ",
            listed!(),
            " LIMIT $2) d"
        );
        let all = values![kind.key(), i64::MAX, lists, own, nobodys];
        let total = self.only(sql, all, |row| row.get(0))?;
        let values = values![kind.key(), limit, lists, own, nobodys];
        let sql = concat!(
            "SELECT w.id, w.title, COUNT(*) FROM warnings n JOIN works w ON w.id = n.work
             WHERE n.kind = $1 AND ",
            listed!(),
            " GROUP BY w.id, w.title ORDER BY w.id DESC LIMIT $2"
        );
        Ok(Looks { total, rows: self.rows(sql, values, look)? })
    }

    /// The works whose titles were made from their opening words, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_with_provisional_title(&self, limit: u64) -> Result<Looks, Error> {
        let [lists, own, nobodys] = self.listed();
        let sql = concat!(
            "SELECT COUNT(*) FROM (SELECT w.id FROM works w WHERE w.title_is_provisional = $1 AND ",
            listed!(),
            " LIMIT $2) d"
        );
        let all = values![true, i64::MAX, lists, own, nobodys];
        let total = self.only(sql, all, |row| row.get(0))?;
        let values = values![true, limit, lists, own, nobodys];
        let sql = concat!(
            "SELECT w.id, w.title, CAST(1 AS BIGINT) FROM works w WHERE w.title_is_provisional = $1 AND ",
            listed!(),
            " ORDER BY w.id DESC LIMIT $2"
        );
        Ok(Looks { total, rows: self.rows(sql, values, look)? })
    }

    /// The works for which rules propose tags, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_with_proposals(&self, limit: u64) -> Result<Looks, Error> {
        let [lists, own, nobodys] = self.listed();
        let sql = concat!(
            "SELECT COUNT(*) FROM (SELECT DISTINCT n.work FROM proposals n
             JOIN works w ON w.id = n.work WHERE n.position > $1 AND ",
            listed!(),
            " LIMIT $2) d"
        );
        let all = values![-1_i64, i64::MAX, lists, own, nobodys];
        let total = self.only(sql, all, |row| row.get(0))?;
        let values = values![-1_i64, limit, lists, own, nobodys];
        let sql = concat!(
            "SELECT w.id, w.title, COUNT(*) FROM proposals n JOIN works w ON w.id = n.work
             WHERE n.position > $1 AND ",
            listed!(),
            " GROUP BY w.id, w.title ORDER BY w.id DESC LIMIT $2"
        );
        Ok(Looks { total, rows: self.rows(sql, values, look)? })
    }
}

impl Write<'_> {
    /// Keeps the totals right.
    pub(super) fn add_to_totals(
        &mut self,
        works: i64,
        words: i64,
        attention: i64,
    ) -> Result<(), Error> {
        let sql = "UPDATE totals SET works = works + $1, words = words + $2,
            attention = attention + $3";
        let added: &[Value<'_>] = values![works, words, attention];
        self.run(sql, added).map(drop)
    }
}

fn look(row: &Row<'_>) -> Result<Look, Error> {
    Ok(Look { id: row.get(0)?, title: row.get(1)?, count: row.get(2)? })
}

fn work_row(row: &Row<'_>) -> Result<WorkRow, Error> {
    Ok(WorkRow {
        id: row.get(15)?,
        facts: columns(row)?,
        summary: html(row, 14, 13)?,
        words: row.get(9)?,
        chapters: row.get(10)?,
        imported_at: row.get(11)?,
        revision: row.get(12)?,
    })
}
