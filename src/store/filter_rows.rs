//! Works as the filter index is told of them: keys and numbers, no texts.
//!
//! A page of works costs one statement for the works and one for each list, and never touches a
//! body.

use std::collections::HashMap;

use fanfold_doc::document::Lang;
use fanfold_index::filter::{Audience, Column, Kind, Term, WorkRow};

use super::fold::{exact_key, name_key};
use super::value::{Lenient, Row, Value, values};
use super::{Error, Read};
use crate::archive::work::{Millis, WorkId};
use crate::archive::{language, tag};

impl Read<'_> {
    /// The keys of works after one that are shown to readers, ascending.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_ids_after(&self, after: WorkId, limit: u64) -> Result<Vec<WorkId>, Error> {
        let sql = "SELECT id FROM works WHERE id > $1 AND revision_id <> 0 ORDER BY id LIMIT $2";
        self.rows(sql, values![after, limit], |row| row.get(0))
    }

    /// Works as the filter index is told of them, in no order; those that are not posted, in the
    /// bin or gone are left out.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a key beyond 32 bits.
    pub fn filter_rows(&self, works: &[WorkId]) -> Result<Vec<WorkRow>, Error> {
        let keys: Vec<[Value<'_>; 1]> = works.iter().map(|work| [(*work).into()]).collect();
        let sql = "SELECT w.id, w.title_key, w.byline_key, w.language, w.published_at, w.fresh_at,
            w.added_at, w.complete, w.words, w.chapter_count, w.chapters_expected,
            w.audience
            FROM (VALUES {rows}) AS k JOIN works w ON w.id = k.column1
            WHERE w.posted_at IS NOT NULL AND w.binned_at IS NULL";
        let mut rows = self.each(sql, &keys, filter_row)?;
        let mut places: HashMap<i64, &mut WorkRow> =
            rows.iter_mut().map(|row| (row.work, row)).collect();
        let mut listed: Vec<(i64, i64, Term)> = Vec::new();
        let tags = "SELECT l.work, l.position, t.id, t.kind FROM (VALUES {rows}) AS k
            JOIN work_tags l ON l.work = k.column1 JOIN tags t ON t.id = l.tag";
        listed.extend(self.each(tags, &keys, |row| {
            let kind: tag::Kind = row.get(3)?;
            Ok((row.get(0)?, row.get(1)?, Term::new(kind_of(kind), key(row.get(2)?)?)))
        })?);
        for (sql, kind) in [
            (
                "SELECT l.work, l.position, l.author FROM (VALUES {rows}) AS k
                 JOIN work_authors l ON l.work = k.column1",
                Kind::Author,
            ),
            (
                "SELECT l.work, l.position, l.series FROM (VALUES {rows}) AS k
                 JOIN work_series l ON l.work = k.column1",
                Kind::Series,
            ),
            (
                "SELECT l.work, l.position, l.collection FROM (VALUES {rows}) AS k
                 JOIN work_collections l ON l.work = k.column1",
                Kind::Collection,
            ),
        ] {
            listed.extend(self.each(sql, &keys, |row| {
                Ok((row.get(0)?, row.get(1)?, Term::new(kind, key(row.get(2)?)?)))
            })?);
        }
        listed.sort_unstable_by_key(|(work, position, term)| (*work, term.kind, *position));
        for (work, _, term) in listed {
            places.get_mut(&work).into_iter().for_each(|row| row.terms.push(term));
        }
        Ok(rows)
    }

    /// The authors, series or collections that a reader means by a name: authors in any case and
    /// accents, series and collections by their very name. Of other kinds there are none here.
    ///
    /// # Errors
    /// As for [`Read::filter_rows`].
    pub fn named(&self, kind: Kind, name: &str) -> Result<Vec<Term>, Error> {
        let name = name.trim();
        let (sql, name) = match kind {
            Kind::Author => ("SELECT id FROM authors WHERE name_key = $1", name_key(name)),
            Kind::Series => ("SELECT id FROM series WHERE title = $1", name.to_owned()),
            Kind::Collection => ("SELECT id FROM collections WHERE name_key = $1", exact_key(name)),
            _ => return Ok(Vec::new()),
        };
        self.rows(sql, values![name.as_str()], |row| Ok(Term::new(kind, key(row.get(0)?)?)))
    }
}

/// The filter index's word for a kind of tag.
pub fn kind_of(kind: tag::Kind) -> Kind {
    match kind {
        tag::Kind::Rating => Kind::Rating,
        tag::Kind::Warning => Kind::Warning,
        tag::Kind::Category => Kind::Category,
        tag::Kind::Fandom => Kind::Fandom,
        tag::Kind::Relationship => Kind::Relationship,
        tag::Kind::Character => Kind::Character,
        tag::Kind::Freeform => Kind::Freeform,
        tag::Kind::Media => Kind::Media,
    }
}

fn key(id: i64) -> Result<u32, Error> {
    u32::try_from(id).map_err(|_| Error::damaged("a key is beyond what the filter index holds"))
}

fn filter_row(row: &Row<'_>) -> Result<WorkRow, Error> {
    let Lenient::<Lang>(language) = row.get(3)?;
    let published: Option<Millis> = row.get(4)?;
    let (fresh, added): (Millis, Millis) = (row.get(5)?, row.get(6)?);
    let (words, chapters): (u64, u64) = (row.get(8)?, row.get(9)?);
    let mut numbers = [0; Column::GIVEN];
    numbers[Column::Words as usize] = u32::try_from(words).unwrap_or(u32::MAX);
    numbers[Column::Chapters as usize] = u32::try_from(chapters).unwrap_or(u32::MAX);
    let planned: Option<u32> = row.get(10)?;
    numbers[Column::Planned as usize] = planned.unwrap_or(0);
    numbers[Column::Posted as usize] = seconds(published.unwrap_or(added));
    numbers[Column::Updated as usize] = seconds(fresh);
    let (title, creator): (String, String) = (row.get(1)?, row.get(2)?);
    let complete: Option<bool> = row.get(7)?;
    Ok(WorkRow {
        work: row.get(0)?,
        terms: language
            .iter()
            .flat_map(language::keys)
            .map(|id| Term::new(Kind::Language, id))
            .collect(),
        numbers,
        complete: complete.unwrap_or(false),
        audience: match row.get::<i64>(11)? {
            0 => Audience::Everyone,
            1 => Audience::Members,
            _ => Audience::Hidden,
        },
        title_key: title.into_bytes(),
        creator_key: creator.into_bytes(),
    })
}

/// A moment as the filter index keeps it.
fn seconds(at: Millis) -> u32 {
    u32::try_from(at.0.div_euclid(1000).max(0)).unwrap_or(u32::MAX)
}
