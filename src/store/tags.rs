//! Tags as rows: their names, what is found under a name, how much they are used, and the log of
//! their changes that indexes follow.
//!
//! Lists and pages of tags are in `tag_lists.rs`, what people do to tags in `wrangling.rs`.
//! `uses` is a column and not counted from `work_tags`, because lists stand in its order: the
//! works of a transaction are added up and written at its end, each tag once.

use std::collections::HashMap;

use super::fold::exact_key;
use super::value::{Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::refusal::Refusal;
use crate::archive::tag::{self, Kind, MEDIA, Tag};
use crate::archive::work::{Millis, TagChangeId, TagId};

/// Why something was not done to tags.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    /// It cannot be done.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A tag with its place among the others: what an index has to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRow {
    /// The tag.
    pub tag: Tag,
    /// The metatags right above it, by their keys. A tag that is not canonical has none.
    pub metas: Vec<TagId>,
}

/// The columns of a tag, from a table called `t`.
macro_rules! tag_columns {
    () => {
        "t.id, t.kind, t.name, t.canonical, t.synonym_of, t.uses, t.all_uses"
    };
}
pub(super) use tag_columns;

/// A tag from the first seven columns of a row.
pub(super) fn tag_of(row: &Row<'_>) -> Result<Tag, Error> {
    Ok(Tag {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        canonical: row.get(3)?,
        synonym_of: row.get(4)?,
        uses: row.get(5)?,
        all_uses: row.get(6)?,
    })
}

/// How many tags are handled at once where all of them are.
const PAGE: u64 = 4_096;

impl Read<'_> {
    /// A tag.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag(&self, id: TagId) -> Result<Option<Tag>, Error> {
        let sql = concat!("SELECT ", tag_columns!(), " FROM tags t WHERE t.id = $1");
        self.one(sql, values![id], tag_of)
    }

    /// The tags of these keys, by key. Unknown keys are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tags_by_id(&self, ids: &[TagId]) -> Result<HashMap<TagId, Tag>, Error> {
        let sql = concat!(
            "SELECT ",
            tag_columns!(),
            " FROM (VALUES {rows}) AS k JOIN tags t ON t.id = k.column1"
        );
        let keys: Vec<[Value<'_>; 1]> = ids.iter().map(|id| [(*id).into()]).collect();
        let tags = self.each(sql, &keys, tag_of)?;
        Ok(tags.into_iter().map(|tag| (tag.id, tag)).collect())
    }

    /// The tags with a name, of one kind or of any: those of this very spelling, else those that
    /// differ from it in case, accents, punctuation or spacing. The likeliest comes first:
    /// canonicals before synonyms before others, the most used first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tags_spelt(&self, kind: Option<Kind>, name: &str) -> Result<Vec<Tag>, Error> {
        let one = kind.map(|kind| [kind]);
        let kinds = one.as_ref().map_or(&Kind::ALL[..], |one| &one[..]);
        let rows = |name: &str| -> Vec<[Value<'static>; 2]> {
            kinds.iter().map(|kind| [(*kind).into(), name.to_owned().into()]).collect()
        };
        let exact = concat!(
            "SELECT ",
            tag_columns!(),
            " FROM (VALUES {rows}) AS k JOIN tags t ON t.kind = k.column1 AND t.name = k.column2"
        );
        let alike = concat!(
            "SELECT ",
            tag_columns!(),
            " FROM (VALUES {rows}) AS k
             JOIN tags t ON t.kind = k.column1 AND t.name_key = k.column2"
        );
        let mut found = self.each(exact, &rows(name.trim()), tag_of)?;
        if found.is_empty() {
            found = self.each(alike, &rows(&exact_key(&tag::key(name))), tag_of)?;
        }
        found.sort_by_key(|tag| {
            let (loose, uses) = (tag.synonym_of.is_none(), std::cmp::Reverse(tag.all_uses));
            (!tag.canonical, loose, uses, tag.kind, tag.id)
        });
        Ok(found)
    }

    /// What a reader means by a name: the likeliest tag of [`Read::tags_spelt`], or the canonical
    /// that it is a synonym of.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag_named(&self, kind: Option<Kind>, name: &str) -> Result<Option<Tag>, Error> {
        let Some(tag) = self.tags_spelt(kind, name)?.into_iter().next() else { return Ok(None) };
        match tag.synonym_of {
            Some(canonical) => self.tag(canonical),
            None => Ok(Some(tag)),
        }
    }

    /// A tag with its place among the others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag_row(&self, id: TagId) -> Result<Option<TagRow>, Error> {
        let Some(tag) = self.tag(id)? else { return Ok(None) };
        let sql = "SELECT meta FROM tag_metas WHERE sub = $1 ORDER BY meta";
        let metas = self.rows(sql, values![id], |row| row.get(0))?;
        Ok(Some(TagRow { tag, metas }))
    }

    /// All tags after a key, by their keys: for whoever builds an index anew.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag_rows(&self, after: TagId, limit: u64) -> Result<Vec<TagRow>, Error> {
        let sql = concat!(
            "SELECT ",
            tag_columns!(),
            " FROM tags t WHERE t.id > $1 ORDER BY t.id LIMIT $2"
        );
        let row = |row: &Row<'_>| Ok(TagRow { tag: tag_of(row)?, metas: Vec::new() });
        let mut rows = self.rows(sql, values![after, limit], row)?;
        let Some(last) = rows.last().map(|row| row.tag.id) else { return Ok(rows) };
        let sql = "SELECT sub, meta FROM tag_metas WHERE sub > $1 AND sub <= $2
            ORDER BY sub, meta";
        let metas: Vec<(TagId, TagId)> =
            self.rows(sql, values![after, last], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut metas = metas.into_iter().peekable();
        for row in &mut rows {
            while let Some((_, meta)) = metas.next_if(|(sub, _)| *sub == row.tag.id) {
                row.metas.push(meta);
            }
        }
        Ok(rows)
    }

    /// The tags that changed their place after a number of the log, oldest change first, each as
    /// it is now. A tag stands in it once for each change.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag_rows_after(
        &self,
        after: TagChangeId,
        limit: u64,
    ) -> Result<Vec<(TagChangeId, TagRow)>, Error> {
        let sql = "SELECT id, tag FROM tag_changes WHERE id > $1 ORDER BY id LIMIT $2";
        let changes: Vec<(TagChangeId, TagId)> =
            self.rows(sql, values![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut ids: Vec<TagId> = changes.iter().map(|change| change.1).collect();
        ids.sort_unstable();
        ids.dedup();
        let tags = self.tags_by_id(&ids)?;
        let keys: Vec<[Value<'_>; 1]> = ids.iter().map(|id| [(*id).into()]).collect();
        let sql = "SELECT m.sub, m.meta FROM (VALUES {rows}) AS k
            JOIN tag_metas m ON m.sub = k.column1";
        let mut metas: HashMap<TagId, Vec<TagId>> = HashMap::new();
        for (sub, meta) in self.each(sql, &keys, |row| Ok((row.get(0)?, row.get(1)?)))? {
            metas.entry(sub).or_default().push(meta);
        }
        metas.values_mut().for_each(|metas| metas.sort_unstable());
        let row = |(at, id): (TagChangeId, TagId)| {
            let tag = tags.get(&id)?.clone();
            Some((at, TagRow { tag, metas: metas.get(&id).cloned().unwrap_or_default() }))
        };
        Ok(changes.into_iter().filter_map(row).collect())
    }

    /// The end of the log of changes of tags; 0 if it is empty.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_tag_change(&self) -> Result<TagChangeId, Error> {
        self.only("SELECT COALESCE(MAX(id), 0) FROM tag_changes", &[], |row| row.get(0))
    }

    /// How many works say a tag, a synonym of it, or anything below it: what a reader finds under
    /// it. Counts each work once, so it takes the longer the more there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_under(&self, tag: TagId) -> Result<u64, Error> {
        let sql = "WITH RECURSIVE below (tag) AS (
                SELECT CAST($1 AS BIGINT)
                UNION SELECT m.sub FROM below b JOIN tag_metas m ON m.meta = b.tag
            ), names (tag) AS (
                SELECT tag FROM below
                UNION SELECT t.id FROM below b JOIN tags t ON t.synonym_of = b.tag
            ) SELECT COUNT(DISTINCT l.work) FROM names n JOIN work_tags l ON l.tag = n.tag";
        self.only(sql, values![tag], |row| row.get(0))
    }
}

impl Write<'_> {
    /// The tag of this kind and very name, made if there is none.
    ///
    /// # Errors
    /// [`Refusal::Name`] for what cannot be a name, [`Refusal::Fixed`] for a rating, warning or
    /// category that no work has; those of the database.
    pub fn make_tag(&mut self, kind: Kind, name: &str) -> Result<TagId, TagError> {
        let name =
            tag::checked_name(name).map_err(|why| Refusal::Name { name: name.to_owned(), why })?;
        let sql = "SELECT id FROM tags WHERE name = $1 AND kind = $2";
        if let Some(id) = self.one(sql, values![name.as_str(), kind], |row| row.get(0))? {
            return Ok(id);
        }
        if kind.is_fixed() {
            return Err(Refusal::Fixed(name, kind).into());
        }
        let sql = "INSERT INTO tags (name, kind, name_key) VALUES ($1, $2, $3) RETURNING id";
        let key = exact_key(&tag::key(&name));
        Ok(self.write_one(sql, values![name, kind, key])?)
    }

    /// Makes new ratings, warnings and categories synonyms of the fixed names that they mean.
    pub(super) fn recognise(
        &mut self,
        kind: Kind,
        made: &[(i64, String)],
        at: Millis,
    ) -> Result<(), Error> {
        for (id, name) in made {
            let Some(fixed) = tag::recognised(kind, name) else { continue };
            recognise(self, TagId(*id), kind, fixed)?;
            self.log_tag_changes(&[TagId(*id)], at)?;
        }
        Ok(())
    }

    /// Remembers that a work came to use a tag, or no longer does.
    pub(super) fn count_use(&mut self, tag: TagId, works: i64) {
        *self.uses.entry(tag).or_default() += works;
    }

    /// Writes the uses that were counted, in the order of the tags' keys.
    pub(super) fn settle_uses(&mut self) -> Result<(), Error> {
        let mut uses: Vec<(TagId, i64)> = self.uses.drain().filter(|(_, by)| *by != 0).collect();
        uses.sort_unstable();
        let rows: Vec<[Value<'_>; 2]> =
            uses.iter().map(|(tag, by)| [(*tag).into(), (*by).into()]).collect();
        let sql = "UPDATE tags SET uses = tags.uses + k.column2,
            all_uses = tags.all_uses + k.column2
            FROM (VALUES {rows}) AS k WHERE tags.id = k.column1
            RETURNING id, synonym_of";
        let written: Vec<(TagId, Option<TagId>)> =
            self.insert_returning(sql, &rows, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let by: HashMap<TagId, i64> = uses.into_iter().collect();
        let of_synonyms = written.into_iter().filter_map(|(tag, of)| Some((of?, *by.get(&tag)?)));
        self.add_all_uses(of_synonyms)
    }

    /// Adds to the uses of canonicals what their synonyms bring.
    pub(super) fn add_all_uses(
        &mut self,
        uses: impl Iterator<Item = (TagId, i64)>,
    ) -> Result<(), Error> {
        let mut sums: HashMap<TagId, i64> = HashMap::new();
        uses.for_each(|(tag, by)| *sums.entry(tag).or_default() += by);
        let mut rows: Vec<(TagId, i64)> = sums.into_iter().filter(|(_, by)| *by != 0).collect();
        rows.sort_unstable();
        let rows: Vec<[Value<'_>; 2]> =
            rows.into_iter().map(|(tag, by)| [tag.into(), by.into()]).collect();
        let sql = "UPDATE tags SET all_uses = tags.all_uses + k.column2
            FROM (VALUES {rows}) AS k WHERE tags.id = k.column1";
        self.insert(sql, &rows)
    }

    /// Tells indexes that tags changed their place.
    pub(super) fn log_tag_changes(&mut self, tags: &[TagId], at: Millis) -> Result<(), Error> {
        let rows: Vec<[Value<'_>; 2]> = tags.iter().map(|tag| [(*tag).into(), at.into()]).collect();
        self.insert("INSERT INTO tag_changes (tag, at) VALUES {rows}", &rows)
    }
}

/// Makes a tag a synonym of a fixed name.
fn recognise(tx: &Read<'_>, tag: TagId, kind: Kind, fixed: &str) -> Result<(), Error> {
    let sql = "UPDATE tags SET synonym_of = (SELECT c.id FROM tags c WHERE c.kind = $2
        AND c.name = $3) WHERE id = $1 AND name <> $3";
    tx.run(sql, values![tag, kind, fixed]).map(drop)
}

/// Fills in what the migration that brought this model cannot: the keys of names, and the names
/// that are canonical everywhere. Nobody follows the log yet, so nothing is put into it.
pub(super) fn fill(tx: &Read<'_>) -> Result<(), Error> {
    let sql = "UPDATE tags SET name_key = k.column2 FROM (VALUES {rows}) AS k
        WHERE tags.id = k.column1";
    let mut after = TagId(0);
    loop {
        let rows = tx.tag_rows(after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = last.tag.id;
        let keys: Vec<[Value<'_>; 2]> = rows
            .iter()
            .map(|row| [row.tag.id.into(), exact_key(&tag::key(&row.tag.name)).into()])
            .collect();
        tx.insert(sql, &keys)?;
    }
    let fixed = Kind::ALL.into_iter().flat_map(|kind| tag::fixed(kind).map(move |n| (kind, n)));
    let media = MEDIA.into_iter().map(|name| (Kind::Media, name));
    let rows: Vec<[Value<'_>; 3]> = fixed
        .chain(media)
        .map(|(kind, name)| [name.into(), kind.into(), exact_key(&tag::key(name)).into()])
        .collect();
    let sql = "INSERT INTO tags (name, kind, name_key) VALUES {rows}
        ON CONFLICT (name, kind) DO NOTHING";
    tx.insert(sql, &rows)?;
    let sql = "UPDATE tags SET canonical = 1 FROM (VALUES {rows}) AS k
        WHERE tags.name = k.column1 AND tags.kind = k.column2 AND k.column3 <> ''";
    tx.insert(sql, &rows)?;
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_fixed()) {
        let sql = "SELECT id, name FROM tags WHERE kind = $1 AND canonical = 0";
        let others: Vec<(TagId, String)> =
            tx.rows(sql, values![kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, name) in others {
            if let Some(fixed) = tag::recognised(kind, &name) {
                recognise(tx, id, kind, fixed)?;
            }
        }
    }
    tx.run(
        "UPDATE tags SET all_uses = uses + (SELECT COALESCE(CAST(SUM(s.uses) AS BIGINT), 0)
         FROM tags s WHERE s.synonym_of = tags.id) WHERE canonical = 1",
        &[],
    )
    .map(drop)
}
