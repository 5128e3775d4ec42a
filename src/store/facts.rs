//! What is said about a work and needs tables of its own: authors, tags, series, collections and
//! other header lines.
//!
//! Names are rows of their own, shared by works; a work's list of them keeps its order.

use std::collections::HashSet;

use fanfold_doc::imported::{Author, SeriesPlace, TagKind};

use super::fold::{exact_key, name_key};
use super::value::{Lenient, Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::tag;
use crate::archive::work::{Facts, Millis, TagId, WorkId};

/// A table of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Names {
    Author,
    Tag(TagKind),
    Series,
    Collection,
    Folder,
}

/// Between the parts of a key; no name holds it, because names are single lines of print.
const PART: char = '\u{1f}';

/// Puts a name into the byline, unless it stands there, however it was typed.
pub(super) fn sign(facts: &mut Facts, name: &str) {
    let key = name_key(name);
    if facts.authors.iter().all(|author| name_key(&author.name) != key) {
        facts.authors.push(Author { name: name.to_owned(), url: None });
    }
}

impl Write<'_> {
    /// Writes the lists of a new work, or of one whose lists were cleared.
    pub(super) fn insert_lists(
        &mut self,
        work: WorkId,
        facts: &Facts,
        at: Millis,
    ) -> Result<(), Error> {
        self.insert_authors(work, &facts.authors)?;
        self.insert_tags(work, &facts.tags, at)?;
        self.insert_series(work, facts)?;
        self.insert_collections(work, &facts.collections)?;
        let other: Vec<[Value<'_>; 4]> = (1_i64..)
            .zip(&facts.other)
            .map(|(at, (label, value))| {
                [work.into(), at.into(), label.as_str().into(), value.as_str().into()]
            })
            .collect();
        let sql = "INSERT INTO work_other (work, position, label, value) VALUES {rows}";
        self.insert(sql, &other)?;
        self.insert_ties(work, &facts.ties)
    }

    /// Clears the lists of a work.
    pub(super) fn clear_lists(&mut self, work: WorkId) -> Result<(), Error> {
        let sql = "SELECT DISTINCT tag FROM work_tags WHERE work = $1";
        if self.is_public(work)? {
            for tag in self.rows(sql, values![work], |row| row.get::<TagId>(0))? {
                self.count_use(tag, -1);
            }
        }
        for sql in [
            "DELETE FROM work_authors WHERE work = $1",
            "DELETE FROM work_tags WHERE work = $1",
            "DELETE FROM work_series WHERE work = $1",
            "DELETE FROM work_collections WHERE work = $1",
            "DELETE FROM work_other WHERE work = $1",
            "DELETE FROM work_gifts WHERE work = $1",
            "DELETE FROM work_relations WHERE work = $1",
            "UPDATE works SET comments = 1 WHERE id = $1 AND comments <> 1",
        ] {
            self.run(sql, values![work])?;
        }
        Ok(())
    }

    fn insert_authors(&mut self, work: WorkId, authors: &[Author]) -> Result<(), Error> {
        let keys: Vec<String> = authors.iter().map(author_key).collect();
        self.know(
            Names::Author,
            &keys,
            "SELECT a.id, a.author_key FROM (VALUES {rows}) AS k
             JOIN authors a ON a.author_key = k.column1",
            "INSERT INTO authors (author_key, name, name_key, url) VALUES {rows}
             RETURNING id, author_key",
            |at| {
                let author = authors.get(at)?;
                let url = author.url.as_ref().map(|url| url.as_str());
                let key = keys.get(at)?.as_str();
                let name = author.name.as_str();
                Some([key.into(), name.into(), name_key(name).into(), url.into()])
            },
        )?;
        let rows = self.list(work, keys.iter().map(|key| (Names::Author, key)));
        self.insert("INSERT INTO work_authors (work, position, author) VALUES {rows}", &rows)
    }

    fn insert_tags(
        &mut self,
        work: WorkId,
        tags: &[(TagKind, String)],
        at: Millis,
    ) -> Result<(), Error> {
        for kind in TagKind::ALL {
            let of_kind = tags.iter().filter(|tag| tag.0 == kind);
            let names: Vec<String> = of_kind.map(|tag| tag.1.clone()).collect();
            let made = self.know(
                Names::Tag(kind),
                &names,
                "SELECT t.id, t.name FROM (VALUES {rows}) AS k
                 JOIN tags t ON t.kind = k.column2 AND t.name = k.column1",
                "INSERT INTO tags (name, kind, name_key) VALUES {rows} RETURNING id, name",
                |at| {
                    let name = names.get(at)?.as_str();
                    Some([name.into(), kind.into(), exact_key(&tag::key(name)).into()])
                },
            )?;
            self.recognise(kind.into(), &made, at)?;
        }
        let names: Vec<_> = tags.iter().map(|tag| (Names::Tag(tag.0), tag.1.clone())).collect();
        let ids: HashSet<i64> =
            names.iter().filter_map(|key| self.known.get(key)).copied().collect();
        if self.is_public(work)? {
            ids.into_iter().for_each(|id| self.count_use(TagId(id), 1));
        }
        let rows = self.list(work, names.iter().map(|(kind, name)| (*kind, name)));
        self.insert("INSERT INTO work_tags (work, position, tag) VALUES {rows}", &rows)
    }

    fn insert_series(&mut self, work: WorkId, facts: &Facts) -> Result<(), Error> {
        let byline = byline_key(&facts.authors);
        let key = |place: &SeriesPlace| {
            let page = place.url.as_ref().map(|url| url.as_str().to_owned());
            exact_key(&page.unwrap_or_else(|| format!("{byline}{PART}{}", place.title)))
        };
        let keys: Vec<String> = facts.series.iter().map(key).collect();
        self.know(
            Names::Series,
            &keys,
            "SELECT s.id, s.series_key FROM (VALUES {rows}) AS k
             JOIN series s ON s.series_key = k.column1",
            "INSERT INTO series (series_key, title, url) VALUES {rows} RETURNING id, series_key",
            |at| {
                let place = facts.series.get(at)?;
                let url = place.url.as_ref().map(|url| url.as_str());
                Some([keys.get(at)?.as_str().into(), place.title.as_str().into(), url.into()])
            },
        )?;
        let list = self.list(work, keys.iter().map(|key| (Names::Series, key)));
        let mut rows = Vec::new();
        for ([work, position, series], place) in list.into_iter().zip(&facts.series) {
            // A series that its author renamed has the newest name for all of its works.
            self.run(
                "UPDATE series SET title = $2 WHERE id = $1 AND title <> $2",
                &[series.clone(), place.title.as_str().into()],
            )?;
            rows.push([work, position, series, place.part.into()]);
        }
        self.insert("INSERT INTO work_series (work, position, series, part) VALUES {rows}", &rows)
    }

    fn insert_collections(&mut self, work: WorkId, names: &[String]) -> Result<(), Error> {
        let keys: Vec<String> = names.iter().map(|name| exact_key(name)).collect();
        self.know(
            Names::Collection,
            &keys,
            "SELECT c.id, c.name_key FROM (VALUES {rows}) AS k
             JOIN collections c ON c.name_key = k.column1",
            "INSERT INTO collections (name_key, name) VALUES {rows} RETURNING id, name_key",
            |at| Some([keys.get(at)?.as_str().into(), names.get(at)?.as_str().into()]),
        )?;
        let rows = self.list(work, keys.iter().map(|key| (Names::Collection, key)));
        self.insert(
            "INSERT INTO work_collections (work, position, collection) VALUES {rows}",
            &rows,
        )
    }

    /// Sees to it that every key has a row in its table and is known to this transaction.
    /// `find` takes the columns of `row` and answers with id and key; so does `make`. Returns
    /// what had to be made.
    fn know<'v, const N: usize>(
        &mut self,
        names: Names,
        keys: &[String],
        find: &'static str,
        make: &'static str,
        row: impl Fn(usize) -> Option<[Value<'v>; N]>,
    ) -> Result<Vec<(i64, String)>, Error> {
        let mut unknown: Vec<(usize, &String)> = keys.iter().enumerate().collect();
        unknown.retain(|(_, key)| !self.known.contains_key(&(names, (*key).clone())));
        unknown.sort_by_key(|(_, key)| *key);
        unknown.dedup_by_key(|(_, key)| *key);
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        let id_and_key = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows: Vec<[Value<'v>; N]> = unknown.iter().filter_map(|(at, _)| row(*at)).collect();
        let found: Vec<(i64, String)> = self.each(find, &rows, id_and_key)?;
        self.learn(names, found);
        unknown.retain(|(_, key)| !self.known.contains_key(&(names, (*key).clone())));
        let rows: Vec<[Value<'v>; N]> = unknown.iter().filter_map(|(at, _)| row(*at)).collect();
        let made: Vec<(i64, String)> = self.insert_returning(make, &rows, id_and_key)?;
        self.learn(names, made.clone());
        Ok(made)
    }

    fn learn(&mut self, names: Names, rows: Vec<(i64, String)>) {
        self.known.extend(rows.into_iter().map(|(id, key)| ((names, key), id)));
    }

    /// The rows of a work's list of known names.
    fn list<'k>(
        &self,
        work: WorkId,
        keys: impl Iterator<Item = (Names, &'k String)>,
    ) -> Vec<[Value<'static>; 3]> {
        let known = |(names, key): (Names, &String)| self.known.get(&(names, key.clone())).copied();
        (1_i64..)
            .zip(keys.filter_map(known))
            .map(|(at, id)| [work.into(), at.into(), id.into()])
            .collect()
    }
}

impl Read<'_> {
    /// The lists of works, as `(work, place in the list, what stands there)`.
    pub(super) fn authors_of(&self, works: &[WorkId]) -> Result<Vec<(WorkId, Author)>, Error> {
        let sql = "SELECT l.work, a.name, a.url, l.position FROM (VALUES {rows}) AS k
            JOIN work_authors l ON l.work = k.column1 JOIN authors a ON a.id = l.author";
        self.lists(works, sql, 3, |row| {
            let Lenient(url) = row.get(2)?;
            Ok(Author { name: row.get(1)?, url })
        })
    }

    /// The tags of works.
    #[allow(clippy::type_complexity)] // a work and one of its tags
    pub(super) fn tags_of(
        &self,
        works: &[WorkId],
    ) -> Result<Vec<(WorkId, (TagKind, String))>, Error> {
        let sql = "SELECT l.work, t.kind, t.name, l.position FROM (VALUES {rows}) AS k
            JOIN work_tags l ON l.work = k.column1 JOIN tags t ON t.id = l.tag";
        self.lists(works, sql, 3, |row| Ok((row.get(1)?, row.get(2)?)))
    }

    /// The series of works.
    pub(super) fn series_of(&self, works: &[WorkId]) -> Result<Vec<(WorkId, SeriesPlace)>, Error> {
        let sql = "SELECT l.work, s.title, s.url, l.part, l.position FROM (VALUES {rows}) AS k
            JOIN work_series l ON l.work = k.column1 JOIN series s ON s.id = l.series";
        self.lists(works, sql, 4, |row| {
            let Lenient(url) = row.get(2)?;
            Ok(SeriesPlace { title: row.get(1)?, url, part: row.get(3)? })
        })
    }

    /// The collections of a work.
    pub(super) fn collections_of(&self, work: WorkId) -> Result<Vec<String>, Error> {
        let sql = "SELECT c.name FROM work_collections l
            JOIN collections c ON c.id = l.collection WHERE l.work = $1 ORDER BY l.position";
        self.rows(sql, values![work], |row| row.get(0))
    }

    /// The other header lines of a work.
    pub(super) fn other_of(&self, work: WorkId) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT label, value FROM work_other WHERE work = $1 ORDER BY position";
        self.rows(sql, values![work], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Asks for the lists of all works at once; sorted by work and place.
    fn lists<T>(
        &self,
        works: &[WorkId],
        sql: &'static str,
        position: usize,
        row: impl Fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<(WorkId, T)>, Error> {
        let keys: Vec<[Value<'_>; 1]> = works.iter().map(|work| [(*work).into()]).collect();
        let placed = |answer: &Row<'_>| {
            let place: (WorkId, i64) = (answer.get(0)?, answer.get(position)?);
            Ok((place, row(answer)?))
        };
        let mut rows = self.each(sql, &keys, placed)?;
        rows.sort_by_key(|row| row.0);
        Ok(rows.into_iter().map(|((work, _), item)| (work, item)).collect())
    }
}

/// What works are sorted by under their authors; those without come last.
pub(super) fn byline_key(authors: &[Author]) -> String {
    let names: Vec<String> = authors.iter().map(|author| name_key(&author.name)).collect();
    if names.is_empty() {
        return char::MAX.to_string();
    }
    names.join(" ").chars().take(200).collect()
}

fn author_key(author: &Author) -> String {
    let url = author.url.as_ref().map_or("", |url| url.as_str());
    exact_key(&format!("{}{PART}{url}", author.name))
}
